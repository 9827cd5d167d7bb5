"""The network as strangers may use it: the public one only, whatever a name or a page leads to."""

import socket
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType

IsAllowed: TypeAlias = Callable[[str], bool]
_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 within IPv6, where a network translates: RFC 6052."""


class PrivateAddressError(OSError):
    """A name that leads to this machine or its network."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to a machine on the internet, not to one nearby."""
    found = ip_address(address.partition("%")[0])
    within = _within(found) if isinstance(found, IPv6Address) else None
    return _is_global(within) if within else _is_global(found)


def connector(
    is_allowed: IsAllowed = is_public, resolver: AbstractResolver | None = None
) -> aiohttp.TCPConnector:
    """Return what connects only to addresses that are allowed.

    Each connection is looked at when it is made, by the address that it goes to: a name that leads
    elsewhere when it is looked up again wins nothing.
    """
    return aiohttp.TCPConnector(socket_factory=partial(_socket, is_allowed), resolver=resolver)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _within(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one is made of."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


def _socket(is_allowed: IsAllowed, to: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, where = to
    if not is_allowed(str(where[0])):
        raise PrivateAddressError("it leads into a private network")
    return socket.socket(family, kind, protocol)

"""Sites: which pages of the web may be found, by their hosts. Pure."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import regex

from bot.translation import tr

_HOST = regex.compile(
    r"(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)+[\p{L}\p{N}-]{2,63}"
)


class Sites:
    """Hosts, each with all below it: ``wikipedia.org`` has ``ja.wikipedia.org`` in it.

    Args:
        text: their names, with commas.

    Raises:
        ValueError: one of them is no name of a host.
    """

    def __init__(self, text: str) -> None:
        names = [name for one in text.split(",") if (name := _plain(one))]
        for name in names:
            if not _HOST.fullmatch(name):
                raise ValueError(tr("{name} is no site; write it like wikipedia.org", name=name))
        self._names = frozenset(names)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        """Iterate over their names."""
        return iter(sorted(self._names))

    def __contains__(self, host: object) -> bool:
        """Return whether a host is one of them, or below one."""
        parts = str(host).split(".")
        return any(".".join(parts[start:]) in self._names for start in range(len(parts)))


class Rules:
    """Which pages may be found and read: on the public web, by the streamer's own two lists.

    Args:
        only: the sites whose pages may be; all where there is none.
        never: sites whose pages may not be.
    """

    def __init__(self, only: Sites, never: Sites) -> None:
        self.only = only
        self._never = never

    def allow(self, address: str) -> bool:
        """Return whether a page may be found and read."""
        host = host_of(address)
        if host is None or host in self._never:
            return False
        return not self.only or host in self.only


def host_of(address: str) -> str | None:
    """Return the host of a page on the public web; None where the address is of anything else.

    One with a password in it, at a port of its own, or of a number in place of a name is not.
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode().lower().rstrip(".")
        port = parts.port
    except ValueError:
        return None
    is_plain = parts.scheme in {"http", "https"} and port in {None, 80, 443} and not parts.username
    return host if is_plain and _HOST.fullmatch(host) and not _is_number(host) else None


def _is_number(host: str) -> bool:
    """Return whether a host is an address in some spelling: 0x7f.1 is 127.0.0.1 to many."""
    try:
        ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return last.isdigit() or last.startswith("0x")
    return True


def _plain(name: str) -> str:
    """Return a name as hosts have it, of what people paste."""
    bare = name.strip().lower().removeprefix("https://").removeprefix("http://")
    bare = bare.partition("/")[0].removeprefix("*.").removeprefix("www.").strip(".")
    try:
        return bare.encode("idna").decode()
    except UnicodeError:
        return bare

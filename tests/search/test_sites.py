"""Which pages may be found: hosts, and the addresses behind them."""

import pytest

from bot.search.network import is_public
from bot.search.sites import Rules, Sites, host_of


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.8", "172.16.3.4", "192.168.1.1"),  # noqa: S104
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"),
        "2001:0:7f00:1:0:0:80ff:fffe",
    ],
)
def test_what_is_nearby(address: str) -> None:
    """This machine, its network, and IPv6 that is made of either."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_what_is_on_the_internet(address: str) -> None:
    """It may be connected to."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://en.wikipedia.org/wiki/Sea", "en.wikipedia.org"),
        ("http://EXAMPLE.com.:80/", "example.com"),
        ("https://日本語.jp/x", "xn--wgv71a119e.jp"),
    ],
)
def test_hosts(address: str, host: str) -> None:
    """As DNS has them."""
    assert host_of(address) == host


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/"),
        *("http://0177.0.0.1/", "http://[::1]/", "http://localhost/", "http://router/"),
        *("https://user:word@example.com/", "https://example.com@evil.test@/", "https://"),
        *("https://example.com:8443/", "http://example.com:99999/", "file:///etc/passwd"),
        *("ftp://example.com/", "gopher://example.com/", "javascript:alert(1)", "//example.com"),
        *("example.com", "", "http://exa mple.com/", "https://" + "a" * 300 + ".com"),
    ],
)
def test_what_is_no_page(address: str) -> None:
    """Numbers in all spellings, ports, passwords, and what is not the web."""
    assert host_of(address) is None


def test_lists() -> None:
    """A site has all below it in it; what is never read is not, wherever it is listed besides."""
    rules = Rules(Sites("https://www.Wikipedia.org/, *.example.com"), Sites("ja.wikipedia.org"))
    assert rules.allow("https://en.wikipedia.org/wiki/Sea")
    assert rules.allow("https://wikipedia.org/")
    assert not rules.allow("https://ja.wikipedia.org/")
    assert not rules.allow("https://notwikipedia.org/")
    assert not rules.allow("https://wikipedia.org.evil.test/")
    assert not rules.allow("http://127.0.0.1/")
    assert Rules(Sites(""), Sites("")).allow("https://anything.test/")
    assert list(Sites("b.org, a.org,")) == ["a.org", "b.org"]
    with pytest.raises(ValueError, match="nowhere is no site; write it like wikipedia"):
        Sites("wikipedia.org, nowhere")
    for nonsense in ("a" * 70 + ".com", "ü" * 70 + ".com"):
        with pytest.raises(ValueError, match="is no site"):
            Sites(nonsense)

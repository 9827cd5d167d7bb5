"""Reading pages, over real connections: what is read, and what is never asked for."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.search.engine import SearchFailedError
from bot.search.network import connector
from bot.search.passages import passages
from bot.search.reader import Reader
from bot.search.sites import Rules, Sites
from tests.standins.search import SearchStandIn

PAGE = b"""<html><head><title>Sea</title><style>p { color: red }</style></head><body>
<nav><a href="/">Home</a></nav><h1>The sea</h1><p>The <b>tide</b> comes <a href="/x">twice</a>
a day.</p><ul><li>Waves are made by wind.</li></ul><script>alert("no")</script></body></html>"""


@pytest.fixture
async def web() -> AsyncIterator[SearchStandIn]:
    """A web."""
    web = SearchStandIn()
    async with web.serving():
        yield web


@pytest.fixture
async def reader(web: SearchStandIn) -> AsyncIterator[Reader]:
    """What reads it: of its hosts one is nearby, and one is on a list."""
    over = connector(lambda address: address == "127.0.0.1", web.resolver("router.test"))
    reader = Reader(Rules(Sites(""), Sites("never.test")), over)
    yield reader
    await reader.close()


async def test_a_page(web: SearchStandIn, reader: Reader) -> None:
    """Its text, without what makes it a page."""
    web.pages["sea.test/"] = "text/html; charset=utf-8", PAGE
    text = await reader.read("http://sea.test/")
    assert "The tide comes twice a day." in " ".join(text.split())
    assert "Waves are made by wind." in text
    for markup in ("color", "alert", "<", "/x"):
        assert markup not in text


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=shift_jis", "海です".encode("shift_jis"), "海です"),
        ("text/plain; charset=of-its-own", "海です".encode(), "海です"),
        ("text/plain", b"\xff\xfe sea", "\ufffd\ufffd sea"),
        ("text/plain", b"x" * 900_000, "x" * 400_000),
    ],
)
async def test_texts(web: SearchStandIn, reader: Reader, kind: str, body: bytes, text: str) -> None:
    """In any charset; of one that is too long the beginning."""
    web.pages["sea.test/"] = kind, body
    assert await reader.read("http://sea.test/") == text


async def test_a_page_that_has_moved(web: SearchStandIn, reader: Reader) -> None:
    """It is followed, to where pages may be read."""
    web.pages["sea.test/"] = "location", b"http://www.sea.test/tide"
    web.pages["www.sea.test/tide"] = "location", b"/tides"
    web.pages["www.sea.test/tides"] = "text/plain", b"Twice a day."
    assert await reader.read("http://sea.test/") == "Twice a day."


@pytest.mark.parametrize(
    "there",
    [
        *("http://router.test/admin", "http://never.test/", "http://127.0.0.1/admin"),
        *("http://[::1]/", "http://localhost:11434/api/tags", "file:///etc/passwd"),
        *("http://2130706433/", "http://x.never.test/", "https://user:word@sea.test/"),
    ],
)
async def test_a_page_that_leads_where_nothing_is_read(
    web: SearchStandIn, reader: Reader, there: str
) -> None:
    """Nobody there is asked, whether it is gone to or led to."""
    web.pages["sea.test/"] = "location", there.encode()
    with pytest.raises(SearchFailedError):
        await reader.read("http://sea.test/")
    assert web.visited == ["sea.test/"]
    with pytest.raises(SearchFailedError):
        await reader.read(there)
    assert web.visited == ["sea.test/"]


async def test_a_name_that_leads_home(web: SearchStandIn) -> None:
    """As the bot connects without a test's leave: this machine is none that is read."""
    web.pages["home.test/"] = "text/plain", b"secret"
    over = connector(resolver=web.resolver())
    reader = Reader(Rules(Sites(""), Sites("")), over)
    with pytest.raises(SearchFailedError, match=r"PrivateAddressError|ClientConnectorError"):
        await reader.read("http://home.test/")
    assert web.visited == []
    await reader.close()


async def test_pages_that_are_none(web: SearchStandIn, reader: Reader) -> None:
    """Not there, no text, or going round in circles."""
    with pytest.raises(SearchFailedError, match="404"):
        await reader.read("http://sea.test/")
    web.pages["sea.test/"] = "image/png", b"x"
    with pytest.raises(SearchFailedError, match="image/png"):
        await reader.read("http://sea.test/")
    web.pages["sea.test/"] = "location", b"/"
    with pytest.raises(SearchFailedError, match="on and on"):
        await reader.read("http://sea.test/")


async def test_one_that_was_never_used() -> None:
    """It ends as others do, and makes its own way to the web."""
    reader = Reader(Rules(Sites(""), Sites("")))
    await reader.close()
    async with aiohttp.ClientSession(connector=connector()) as session:
        assert session.connector


def test_passages() -> None:
    """What has to do with it, in its order; in Japanese as well."""
    text = "# The sea\\n\\nThe tide comes twice a day. Gulls eat fish from the harbour wall.\\n"
    text += "* Menu | Home | About\\nTides are made by the moon! The moon is far away from us."
    found = passages(text.replace("\\n", "\n"), "what makes the tide", 2)
    assert found == ["The tide comes twice a day.", "Tides are made by the moon!"]
    text = (
        "潮は一日に二度満ちて引きます。カモメは港で魚を食べています。月が潮の満ち引きを起こします。"
    )
    assert passages(text, "潮の満ち引き", 1) == ["月が潮の満ち引きを起こします。"]
    assert passages("", "x", 3) == []

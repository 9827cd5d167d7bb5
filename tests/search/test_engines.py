"""Those who search, by their real clients: SearXNG, Ollama's service, and engines by ddgs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.search.engine import Hit, SearchFailedError
from bot.search.hosted import Hosted
from bot.search.metasearch import Metasearch
from bot.search.reader import Reader
from bot.search.searxng import SearXNG
from bot.search.sites import Rules, Sites
from tests.standins.search import KEY, SearchStandIn
from tests.support.certificate import make_certificate_of
from tests.support.obs import free_port

HITS = [
    Hit("Lighthouse", "https://en.wikipedia.org/wiki/Lighthouse", "A tower with a lamp."),
    Hit("灯台", "https://ja.wikipedia.org/wiki/x", "灯台は塔である。"),
]
READER = Reader(Rules(Sites(""), Sites("")))


@pytest.fixture
async def web() -> AsyncIterator[SearchStandIn]:
    """A web with two pages in it that are found."""
    web = SearchStandIn()
    web.hits = HITS
    async with web.serving():
        yield web


async def test_searxng(web: SearchStandIn) -> None:
    """It is asked for what is for everybody, in the character's language."""
    engine = SearXNG(web.url.removeprefix("http://") + "/", "ja", READER)
    assert await engine.find("灯台 & co", 5) == HITS
    assert web.asked == [{"q": "灯台 & co", "format": "json", "safesearch": "2", "language": "ja"}]
    await engine.close()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (403, "Forbidden", "gives no JSON: add json to search.formats"),
        (200, "<html>", "is no SearXNG"),
        (500, None, "is no SearXNG .500."),
        (200, '{"results": [{"title": "no address"}]}', "is no SearXNG"),
    ],
)
async def test_searxng_that_gives_nothing(
    web: SearchStandIn, status: int, body: str | None, told: str
) -> None:
    """Each is told with what mends it."""
    web.status, web.body = status, body
    with pytest.raises(SearchFailedError, match=told):
        await SearXNG(web.url, "en", READER).find("x", 5)


async def test_searxng_that_is_away() -> None:
    """It may not run."""
    with pytest.raises(SearchFailedError, match="SearXNG does not answer at http://127"):
        await SearXNG(f"http://127.0.0.1:{free_port()}", "en", READER).find("x", 5)


async def test_ollamas_service(web: SearchStandIn) -> None:
    """The key goes to it alone; it reads pages itself."""
    engine = Hosted(SecretStr(KEY), web.transport)
    assert await engine.find("lighthouse", 5) == HITS
    assert web.asked == [{"query": "lighthouse", "max_results": 5}]
    web.pages["en.wikipedia.org/wiki/Lighthouse"] = "text/html", b"The oldest is in Spain."
    assert await engine.read(HITS[0].address) == "The oldest is in Spain."
    with pytest.raises(SearchFailedError, match="does not answer"):
        await engine.read(HITS[1].address)
    await engine.close()


@pytest.mark.parametrize(
    ("key", "status", "told"),
    [("wrong", 200, "SEARCH_KEY"), (KEY, 429, "enough of us"), (KEY, 500, "does not answer")],
)
async def test_ollamas_service_that_refuses(
    web: SearchStandIn, key: str, status: int, told: str
) -> None:
    """The key is in none of its errors."""
    web.status = status
    engine = Hosted(SecretStr(key), web.transport)
    with pytest.raises(SearchFailedError, match=told) as refused:
        await engine.find("x", 5)
    assert key not in str(refused.value)
    await engine.close()


@pytest.mark.slow
async def test_engines_without_a_key(web: SearchStandIn, tmp_path: Path) -> None:
    """The library asks Mojeek and others as a browser does, and for what is for everybody."""
    hosts = ("www.mojeek.com", "search.brave.com", "www.startpage.com")
    signer, pem, key = await asyncio.to_thread(make_certificate_of, hosts, tmp_path)
    async with web.proxying(pem, key) as proxy:
        engine = Metasearch("en", READER, proxy=proxy, certificates=str(signer))
        found = await engine.find("lighthouse", 5)
        assert found == HITS
        (head,) = [
            one["head"] for one in web.asked if one["head"].startswith("GET /search?q=light")
        ][:1]
        assert "safe=1" in " ".join(one["head"] for one in web.asked) or "source=web" in head
        web.hits = []
        with pytest.raises(SearchFailedError, match="No search engine answers"):
            await engine.find("nothing", 5)
        await engine.close()

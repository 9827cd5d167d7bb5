"""The pages' side of the web server, over real HTTP: files, cookies, feeds, beginning and end."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from http.cookies import SimpleCookie
from mimetypes import MimeTypes
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.chat import Retraction
from bot.errors import MisconfiguredError
from bot.web.options import WebOptions
from bot.web.pictures import HOSTS, Pictures
from tests.support.site import BEARER, TOKEN, Site, comment, next_event, open_site, reply

PAGES = Path(__file__).parents[2] / "overlays"
AKI = comment("aki", "やあ")
TARO = comment("taro", "hello")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Serve for one test."""
    async with open_site() as site:
        yield site


async def test_events_begin_with_the_state(site: Site) -> None:
    """Who comes in the middle of a reply is told of it first, and then what follows."""
    site.stage.show(reply(1, AKI, sentences=["こんばんは!"]), finished=False)
    async with site.client.get(f"{site.url}/api/events") as response:
        assert response.content_type == "text/event-stream"
        name, state = await next_event(response)
        assert name == "state"
        assert state["persona"] == "牡丹"
        assert state["reply"]["sentences"] == ["こんばんは!"]
        assert state["reply"]["answers"][0]["author"]["name"] == "aki"
        site.stage.show(reply(1, AKI, sentences=["こんばんは!", "元気?"]), finished=False)
        assert await next_event(response) == (
            "reply.sentence",
            {"id": 1, "position": 1, "text": "元気?", "mood": ""},
        )
        site.stage.clear()
        assert await next_event(response) == ("cleared", {})


async def test_backstage_tells_comments_and_notes(site: Site) -> None:
    """With the token, the streamer's feed has the comments and the log's lines for people."""
    logger = logging.getLogger("bot.test_web")
    logger.setLevel(logging.INFO)
    with site.backstage.following(logger):
        async with site.client.get(f"{site.url}/api/backstage", headers=BEARER) as response:
            assert (await next_event(response))[0] == "caught-up"
            site.backstage.hear(AKI)
            logger.warning("%s is not answering.", "OBS")
            name, told = await next_event(response)
            assert (name, told["text"]) == ("comment", "やあ")
            note = {"text": "OBS is not answering.", "level": "warning"}
            assert await next_event(response) == ("note", note)


async def test_whoever_comes_later_is_told_what_was(site: Site) -> None:
    """The last comments, notes and replies, without what no longer stands, and nothing passing."""
    site.backstage.hear(AKI)
    site.backstage.hear(TARO)
    site.backstage.upcoming("In a moment.")
    site.backstage.thinking("Well now.")
    site.backstage.show(reply(7, TARO, sentences=["Hi, Taro."]), finished=True)
    site.backstage.show(reply(8, AKI, sentences=["やあ、あき。"]), finished=False)
    site.backstage.show(reply(8, AKI, sentences=["やあ、あき。"]), finished=True)
    site.backstage.retract(Retraction(TARO.platform, author_id=TARO.author.id))
    async with site.client.get(f"{site.url}/api/backstage", headers=BEARER) as response:
        name, told = await next_event(response)
        assert (name, told["text"]) == ("comment", AKI.text)
        name, told = await next_event(response)
        assert (name, told["id"], told["sentences"]) == ("said", 8, ["やあ、あき。"])
        assert (told["persona"], told["language"]) == ("牡丹", "ja")
        assert (await next_event(response))[0] == "caught-up"


async def test_what_was_cut_was_said(site: Site) -> None:
    """Whoever comes later reads it, too; not what nobody heard, nor what no longer stands."""
    for number, answered, sentences in (
        (7, AKI, ["やあ。"]),
        (8, AKI, []),
        (9, TARO, ["Hi, Taro."]),
    ):
        site.backstage.show(reply(number, answered, sentences=sentences), finished=False)
        site.backstage.clear()
        site.backstage.clear()
    site.backstage.retract(Retraction(TARO.platform, author_id=TARO.author.id))
    async with site.client.get(f"{site.url}/api/backstage", headers=BEARER) as response:
        name, told = await next_event(response)
        assert (name, told["id"], told["sentences"]) == ("said", 7, ["やあ。"])
        assert (await next_event(response))[0] == "caught-up"


async def test_whoever_comes_back_is_told_what_it_missed(site: Site) -> None:
    """As the browser says where it was; what it says of another run counts for nothing."""
    site.backstage.hear(AKI)
    async with site.client.get(f"{site.url}/api/backstage", headers=BEARER) as response:
        async with asyncio.timeout(30):
            while not (line := await response.content.readline()).startswith(b"id: "):
                pass
    last = line[4:].strip().decode()
    site.backstage.hear(TARO)
    for seen, missed in ((last, 1), ("0a0a0a0a-9", 2), ("nonsense", 2), (f"{last[:8]}-²", 2)):
        headers = {**BEARER, "Last-Event-ID": seen}
        async with site.client.get(f"{site.url}/api/backstage", headers=headers) as response:
            names = [(await next_event(response))[0] for _ in range(missed + 1)]
        assert names == ["comment"] * missed + ["caught-up"]


async def test_what_is_kept_is_bounded(site: Site) -> None:
    """The oldest go."""
    for number in range(4050):
        site.backstage.hear(replace(AKI, id=str(number)))
    async with site.client.get(f"{site.url}/api/backstage", headers=BEARER) as response:
        told = [(await next_event(response))[1].get("id") for _ in range(4001)]
    assert told == [*map(str, range(50, 4050)), None]


async def test_closing_ends_open_streams(caplog: pytest.LogCaptureFixture) -> None:
    """Neither overlay nor panel holds the program up, also where the show ends by an error."""
    caplog.set_level(logging.WARNING)
    async with aiohttp.ClientSession() as client:
        with pytest.raises(ExceptionGroup):  # noqa: PT012  the error is how the show ends
            async with open_site() as site:
                public = await client.get(f"{site.url}/api/events")
                await next_event(public)
                streamers = await client.get(f"{site.url}/api/backstage", headers=BEARER)
                site.stage.show(reply(1, sentences=["またね!"]), finished=True)
                raise RuntimeError
        # The last words still came, and both ended as answers should.
        names = [(await next_event(public))[0] for _ in range(3)]
        assert names == ["reply.started", "reply.sentence", "reply.finished"]
        assert await public.content.read() == b""
        assert (await streamers.content.read()).count(b"event:") == 1  # that it has caught up
    assert caplog.text == ""


async def test_a_port_in_use_names_port_and_switch(site: Site) -> None:
    """A second bot on the same port learns which, and how to choose another that is free."""
    port = URL(site.url).port
    assert port
    with pytest.raises(MisconfiguredError) as caught:
        async with open_site(port=port):
            pass
    assert f"Port {port} " in str(caught.value)
    proposed = re.search(r"--port (\d+)", str(caught.value))
    assert proposed
    async with open_site(port=int(proposed[1])) as other:
        assert other.url == f"http://127.0.0.1:{proposed[1]}"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/start", "text/html"),
        ("/overlay", "text/html"),
        ("/static/overlay.js", "text/javascript"),
        ("/static/overlay.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
    ],
)
async def test_types_are_not_left_to_the_system(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    """Where Windows' registry calls everything plain text, browsers still run and draw it."""
    registry = MimeTypes()
    for suffix in (".html", ".js", ".css", ".svg"):
        registry.add_type("text/plain", suffix)
    monkeypatch.setattr("aiohttp.web_fileresponse.CONTENT_TYPES", registry)
    for method in ("GET", "HEAD"):
        async with site.client.request(method, site.url + path) as response:
            assert response.status == 200
            assert response.content_type == kind
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert bool(await response.read()) == (method == "GET")


async def test_all_that_the_pages_name_is_served(site: Site) -> None:
    """No page or module refers to a file that is not there, and no file is there for nothing."""
    named = set()
    files = [path for path in PAGES.iterdir() if path.is_file()]
    for file in files:
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r'"/static/([^"]+)"', text))
        named |= set(re.findall(r'from "\./([^"]+)"', text))
    assert named == {file.name for file in files if file.suffix != ".html"}
    for name in named:
        status, text = await site.ask("GET", f"/static/{name}")
        assert (status, text) == (200, (PAGES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/..%5cpyproject.toml",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/%2e%2e%2fbot%2fweb.js",
        "/static/panel.js%00.css",
        "/static/nothing.js",
        "/static/",
        "/../pyproject.toml",
    ],
)
async def test_nothing_outside_of_the_folder_is_served(site: Site, path: str) -> None:
    """No spelling of a path leads out of the pages' folder."""
    status, text = await site.ask("GET", path)
    assert status == 404
    assert "[project]" not in text
    assert "root:" not in text


@pytest.mark.parametrize("path", ["/api/events", "/api/backstage"])
async def test_a_feed_has_no_head(site: Site, path: str) -> None:
    """A feed never ends, so asking for its head alone is refused instead of left hanging."""
    status, _ = await site.ask("HEAD", path, headers=BEARER)
    assert status == 405


@pytest.mark.parametrize("page", ["/chat", "/"])
async def test_the_token_moves_from_the_address_into_a_cookie(site: Site, page: str) -> None:
    """The printed address signs the page in, and leaves a clean one in the browser."""
    url = f"{site.url}{page}?token={TOKEN}"
    async with site.client.get(url, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == f"{site.desk}/"
        cookie = SimpleCookie(response.headers["Set-Cookie"])[f"vtuber_bot_{URL(site.url).port}"]
    assert TOKEN not in cookie.value
    assert cookie["path"] == site.desk
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


@pytest.mark.parametrize("token", ["wrong", "", "%ff"])
async def test_a_wrong_token_signs_nobody_in_or_out(site: Site, token: str) -> None:
    """It leaves the address as well, and a cookie that is there stays as it is."""
    url = URL(f"{site.url}/?token={token}", encoded=True)
    async with site.client.get(url, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == "/"
        assert "Set-Cookie" not in response.headers


async def test_only_the_overlay_takes_styles_from_obs(site: Site) -> None:
    """Everywhere the policy lets in nothing foreign, and inline styles on the overlay alone."""
    for path in ("/", "/start", "/overlay", "/static/panel.js", "/api/nothing"):
        async with site.client.get(site.url + path) as response:
            policy = response.headers["Content-Security-Policy"]
        rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == "'self'"
        inline = " 'unsafe-inline'" if path == "/overlay" else ""
        assert rules["style-src"] == f"'self'{inline}"


async def test_only_the_overlay_loads_pictures(site: Site) -> None:
    """Where the setting allows it, from the platforms alone."""
    async with site.client.get(f"{site.url}/overlay") as response:
        assert "https:" not in response.headers["Content-Security-Policy"]
    async with open_site(options=WebOptions(pictures=Pictures.PLATFORM)) as other:
        async with other.client.get(f"{other.url}/overlay") as response:
            policy = response.headers["Content-Security-Policy"]
        assert f"img-src 'self' blob: {' '.join(f'https://{host}' for host in HOSTS)};" in policy
        async with other.client.get(f"{other.url}/") as response:
            assert "https:" not in response.headers["Content-Security-Policy"]


async def test_the_sound(site: Site, tmp_path: Path) -> None:
    """A file of the streamer's, if there is one."""
    assert (await site.ask("GET", "/sound"))[0] == 404
    chime = tmp_path / "Chime.MP3"
    chime.write_bytes(b"ID3")
    async with (
        open_site(options=WebOptions(sound=chime)) as other,
        other.client.get(f"{other.url}/sound") as response,
    ):
        assert response.headers["Content-Type"] == "audio/mpeg"
        assert await response.read() == b"ID3"


async def test_the_token_is_never_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """No body and no line of the log has it, whatever is asked and however it fails."""
    caplog.set_level(logging.DEBUG)
    posts = [
        b"",
        b'{"author": "taro", "text": "hi"}',
        b'{"author": 1}',
        b'{"author": "taro", "token": "' + TOKEN.encode() + b'"}',
    ]
    pages = ["/", "/start", "/overlay", "/static/panel.js", "/api/nothing"]
    secret_pages = [f"/?token={TOKEN}", f"/nothing?token={TOKEN}"]
    bodies: list[object] = []
    cookie = {"Cookie": await site.cookie()}
    for headers in (BEARER, cookie, {**BEARER, "Origin": "http://evil"}):
        for data in posts:
            for place in ("", site.desk):
                path = f"{place}/api/comments"
                bodies += await site.ask("POST", path, data=data, headers=headers)
        for path in (*pages, *secret_pages):
            bodies += await site.ask("GET", path, headers=headers)
    async with site.client.get(f"{site.url}/api/events", headers=BEARER) as response:
        bodies += await next_event(response)
    assert not [body for body in bodies if TOKEN in str(body)]
    assert TOKEN not in caplog.text

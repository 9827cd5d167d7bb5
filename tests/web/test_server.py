"""The scripting face, over real HTTP: who may post what, and what those are told who may not."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from yarl import URL

from bot.chat import Author, Platform, Role
from bot.web.security import COOKIE
from tests.support.site import BEARER, TOKEN, Site, open_site

GOOD = {"author": "taro", "text": "hi"}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Serve for one test."""
    async with open_site() as site:
        yield site


async def raw(site: Site, request: bytes) -> bytes:
    """Send bytes that no client library would, and return the first line of the answer."""
    port = URL(site.url).port
    assert port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(5):
        line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


async def test_a_script_posts_a_comment(site: Site) -> None:
    """What is posted arrives as a comment, roles and Japanese included, under the id it got."""
    posted = {"author": "花子", "text": "こんばんは🌸", "roles": ["moderator"]}
    status, text = await site.ask("POST", "/api/comments", json=posted, headers=BEARER)
    assert status == 202
    (comment,) = site.received
    assert comment.platform is Platform.LOCAL
    assert comment.author == Author("花子", "花子", frozenset({Role.MODERATOR}))
    assert comment.author.may_moderate
    assert comment.text == "こんばんは🌸"
    assert json.loads(text) == {"id": comment.id}


async def test_a_page_posts_with_its_cookie(site: Site) -> None:
    """The cookie that the page was given counts like the header."""
    headers = {"Cookie": f"other=1; {COOKIE}={TOKEN}", "Origin": site.url}
    status, _ = await site.ask("POST", "/api/comments", json=GOOD, headers=headers)
    assert status == 202
    assert [comment.text for comment in site.received] == ["hi"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer 秘密"},
        {"Cookie": f"{COOKIE}=wrong"},
        {"Cookie": f"{COOKIE}="},
        {"Authorization": "Bearer wrong", "Cookie": f"{COOKIE}={TOKEN}"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/comments"), ("GET", "/api/backstage")])
async def test_without_the_right_token_nothing_is_posted_or_told(
    site: Site, method: str, path: str, headers: dict[str, str]
) -> None:
    """A missing or wrong token is a 401 that says what to bring."""
    status, text = await site.ask(method, path, json=GOOD, headers=headers)
    assert status == 401
    assert "Authorization: Bearer" in json.loads(text)["error"]
    assert site.received == []


async def test_a_token_that_is_no_text_is_merely_wrong(site: Site) -> None:
    """Bytes that are no UTF-8 are refused like any other wrong token."""
    line = await raw(
        site,
        b"GET /api/backstage HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
    )
    assert b" 401 " in line


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"hello", "body"),
        (b'[{"author": "taro", "text": "hi"}]', "body: Input should be an object"),
        (b"NaN", "body: Input should be an object"),
        (b'{"author": "taro", "text": NaN}', "text"),
        (b'{"text": "hi"}', "author: Field required"),
        (b'{"author": "taro"}', "text: Field required"),
        (b'{"author": "", "text": "hi"}', "author"),
        (b'{"author": 7, "text": "hi"}', "author"),
        (b'{"author": "taro", "text": null}', "text"),
        (b'{"author": "taro", "text": "hi", "roles": ["king"]}', "roles.0"),
        (b'{"author": "taro", "text": "hi", "roles": "moderator"}', "roles"),
        (b'{"author": "taro", "text": "hi", "paid": 5}', "paid: Extra inputs"),
        (b"[" * 100_000, "recursion"),
        (b'{"author": ' + b'{"a":' * 100_000, "recursion"),
        (b'{"author": "taro", "text": "\xff\xfe"}', "UTF-8"),
        ('{"author": "taro", "text": "café"}'.encode("latin-1"), "UTF-8"),
        ('{"author": "taro", "text": "hi"}'.encode("utf-16"), "UTF-8"),
        (b'{"author": "taro", "text": "\\ud83d"}', "body"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_wrong_body_is_refused_by_name(site: Site, body: bytes, named: str) -> None:
    """Whatever comes in, the answer is a 400 that names what is wrong, and shows how it goes."""
    status, text = await site.ask("POST", "/api/comments", data=body, headers=BEARER)
    assert status == 400
    assert named in json.loads(text)["error"]
    assert '{"author": "taro", "text": "hi"}' in json.loads(text)["error"]
    assert site.received == []


@pytest.mark.parametrize("kind", ["text/plain; charset=klingon", "application/json; charset=hex"])
async def test_json_is_utf_8_whatever_it_is_called(site: Site, kind: str) -> None:
    """RFC 8259 knows no other encoding, so a charset, even one that is none, changes nothing."""
    body = '{"author": "太郎", "text": "hi"}'.encode()
    headers = {**BEARER, "Content-Type": kind}
    status, _ = await site.ask("POST", "/api/comments", data=body, headers=headers)
    assert status == 202
    assert site.received[0].author.name == "太郎"


async def test_a_packed_body_is_not_unpacked(site: Site) -> None:
    """A body that only claims to be packed is a wrong body, not an error of ours."""
    headers = {**BEARER, "Content-Encoding": "gzip"}
    status, text = await site.ask("POST", "/api/comments", data=b"junk", headers=headers)
    assert status == 400
    assert "body" in json.loads(text)["error"]


async def test_a_huge_body_is_refused(site: Site) -> None:
    """Two megabytes are refused with the limit, and the server goes on."""
    body = BytesIO(json.dumps({"author": "taro", "text": "w" * 2_000_000}).encode())
    status, text = await site.ask("POST", "/api/comments", data=body, headers=BEARER)
    assert status == 413
    assert "1048576" in json.loads(text)["error"]
    status, _ = await site.ask("POST", "/api/comments", json=GOOD, headers=BEARER)
    assert status == 202


async def test_a_comment_before_the_show_is_refused() -> None:
    """Until somebody listens, the answer says so instead of swallowing the comment."""
    async with open_site(listening=False) as site:
        status, text = await site.ask("POST", "/api/comments", json=GOOD, headers=BEARER)
    assert status == 503
    assert "not begun" in json.loads(text)["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8765"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "127.0.0.1@evil.example"},
        {"Host": "["},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://["},
        {"Origin": "null"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/comments"), ("GET", "/api/events"), ("GET", "/api/backstage"), ("GET", "/")],
)
async def test_a_foreign_page_is_refused(
    site: Site, method: str, path: str, headers: dict[str, str]
) -> None:
    """A page elsewhere can neither read nor post, even where it has the token."""
    status, text = await site.ask(method, path, json=GOOD, headers={**BEARER, **headers})
    assert status == 403
    assert "error" in json.loads(text)
    assert site.received == []


async def test_localhost_is_this_machine_too(site: Site) -> None:
    """The pages also work under the name that people type."""
    port = URL(site.url).port
    headers = {**BEARER, "Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    status, _ = await site.ask("POST", "/api/comments", json=GOOD, headers=headers)
    assert status == 202

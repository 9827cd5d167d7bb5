"""The scripting face, over real HTTP: who may post what, and what those are told who may not."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from pydantic import SecretStr
from yarl import URL

from bot.chat import Author, Membership, Money, Occasion, Platform, Role
from bot.errors import MisconfiguredError
from bot.web.door import Door
from bot.web.options import WebOptions
from tests.support.certificate import make_certificate
from tests.support.clock import FakeClock
from tests.support.site import BEARER, TOKEN, Site, next_event, open_site
from tests.support.twitch import until

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
    async with asyncio.timeout(30):
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


@pytest.mark.parametrize(
    ("more", "paid", "membership"),
    [
        ({"paid": {"amount": "500", "currency": "JPY"}}, Money(Decimal(500), "JPY"), None),
        ({"paid": {"amount": 4.99, "currency": "USD"}}, Money(Decimal("4.99"), "USD"), None),
        (
            {"membership": {"occasion": "gifted", "gifts": 5}},
            None,
            Membership(Occasion.GIFTED, gifts=5),
        ),
    ],
)
async def test_a_tip_can_be_tried(
    site: Site, more: dict[str, object], paid: Money | None, membership: Membership | None
) -> None:
    """What is paid and what is announced arrives as from a platform."""
    status, _ = await site.ask("POST", "/api/comments", json={**GOOD, **more}, headers=BEARER)
    assert status == 202
    [comment] = site.received
    assert (comment.paid, comment.membership) == (paid, membership)


async def test_a_page_posts_with_its_cookie(site: Site) -> None:
    """The cookie that the page was given counts like the header, at the desk and only there."""
    headers = {"Cookie": f"other=1; {await site.cookie()}", "Origin": site.url}
    status, _ = await site.ask("POST", f"{site.desk}/api/comments", json=GOOD, headers=headers)
    assert status == 202
    for path in ("/api/comments", "/desk-1/api/comments"):
        status, _ = await site.ask("POST", path, json=GOOD, headers=headers)
        assert status == 401
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
        {"Cookie": "{name}=wrong"},
        {"Cookie": "{name}="},
        {"Cookie": "{name}=" + TOKEN},
        {"Authorization": "Bearer wrong", "Cookie": "{cookie}"},
    ],
)
@pytest.mark.parametrize("place", ["", "/desk-{port}"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/comments"), ("GET", "/api/backstage")])
async def test_without_the_right_token_nothing_is_posted_or_told(
    site: Site, method: str, place: str, path: str, headers: dict[str, str]
) -> None:
    """A missing or wrong token is a 401 that says what to bring."""
    cookie = await site.cookie()
    parts = {"name": cookie.partition("=")[0], "cookie": cookie, "port": URL(site.url).port}
    headers = {name: value.format(**parts) for name, value in headers.items()}
    status, text = await site.ask(method, place.format(**parts) + path, json=GOOD, headers=headers)
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
        (b'[{"author": "taro", "text": "hi"}]', "body: a table is wanted"),
        (b"NaN", "body: a table is wanted"),
        (b'{"author": "taro", "text": NaN}', "text"),
        (b'{"text": "hi"}', "author: is missing"),
        (b'{"author": "taro"}', "text: is missing"),
        (b'{"author": "", "text": "hi"}', "author"),
        (b'{"author": 7, "text": "hi"}', "author"),
        (b'{"author": "taro", "text": null}', "text"),
        (b'{"author": "taro", "text": "hi", "roles": ["king"]}', "roles.0"),
        (b'{"author": "taro", "text": "hi", "roles": "moderator"}', "roles"),
        (b'{"author": "taro", "text": "hi", "paid": 5}', "paid: a table is wanted"),
        (b'{"author": "taro", "text": "hi", "tip": 5}', "tip: there is no such key"),
        (b'{"author": "a", "text": "", "paid": {"amount": "NaN", "currency": "JPY"}}', "paid.am"),
        (b'{"author": "a", "text": "", "paid": {"amount": -1, "currency": "JPY"}}', "paid.amount"),
        (b'{"author": "a", "text": "", "paid": {"amount": 1, "currency": ""}}', "paid.currency"),
        (b'{"author": "a", "text": "", "membership": {"occasion": "x"}}', "membership.occasion"),
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


async def test_guesses_are_slowed_down() -> None:
    """The eleventh within a minute waits; who has the token does not."""
    clock = FakeClock()
    async with open_site(clock=clock) as site:
        wrong = {"Authorization": "Bearer wrong"}
        for _ in range(9):
            assert (await site.ask("GET", "/api/backstage", headers=wrong))[0] == 401
        tenth = asyncio.create_task(site.ask("GET", "/api/backstage", headers=wrong))
        await until(lambda: 2.0 in clock.slept)
        assert not tenth.done()
        status, _ = await site.ask("POST", "/api/comments", json=GOOD, headers=BEARER)
        assert status == 202
        await clock.advance(2)
        assert (await tenth)[0] == 401
        await clock.advance(60)
        assert (await site.ask("GET", "/api/backstage", headers=wrong))[0] == 401


async def test_a_code_is_good_once(site: Site) -> None:
    """And for two minutes: it stood in the list of processes."""
    url = f"{site.url}/?code={site.door.code()}"
    for good in (True, False):
        async with site.client.get(url, allow_redirects=False) as response:
            assert ("Set-Cookie" in response.headers) is good
            assert response.headers["Location"] == (f"{site.desk}/" if good else "/")
    clock = FakeClock()
    door = Door(SecretStr(TOKEN), clock)
    late, first = door.code(), door.code()
    assert await door.lets_in(code=first)
    await clock.advance(121)
    assert not await door.lets_in(code=late)
    oldest = door.code()
    for _ in range(10):
        last = door.code()
    assert not await door.lets_in(code=oldest)
    assert await door.lets_in(code=last)


async def test_whoever_dawdles_is_cut_off() -> None:
    """A head that is not whole after ten seconds; a feed that is followed goes on."""
    clock = FakeClock()
    async with (
        open_site(clock=clock) as site,
        site.client.get(f"{site.url}/api/events") as feed,
    ):
        await next_event(feed)
        port = URL(site.url).port
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for _, writer in slow:
            writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        async with asyncio.timeout(30):
            await clock.asleep(21)
        await clock.advance(10)
        async with asyncio.timeout(30):
            for reader, writer in slow:
                with suppress(ConnectionError):
                    assert await reader.read() == b""
                writer.close()
        site.stage.announce(paused=True)
        assert (await next_event(feed))[1]["paused"] is True


async def test_a_body_that_never_ends_is_given_up() -> None:
    """After ten seconds; few are read at a time, and the others cost next to nothing."""
    clock = FakeClock()
    async with open_site(clock=clock) as site:
        port = URL(site.url).port
        head = (
            "POST /api/comments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {TOKEN}\r\nContent-Length: 1000000\r\n\r\n"
        )
        slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        for _, writer in slow:
            writer.write(head.encode() + b"x" * 50_000)
        async with asyncio.timeout(30):
            await clock.asleep(40)
        await clock.advance(10)
        async with asyncio.timeout(30):
            for reader, writer in slow:
                assert b" 408 " in await reader.readline()
                writer.close()


async def test_what_every_answer_says_of_itself(site: Site) -> None:
    """Foreign pages cannot include it, and it does not tell what it was made with."""
    for path in ("/", "/static/panel.js", "/api/nothing", "/overlay"):
        async with site.client.get(site.url + path) as response:
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert response.headers["Server"] == "vtuber-bot"
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(site.url).port)
    writer.write(b"this is no HTTP\r\n\r\n")
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    assert b"Server: vtuber-bot" in answer
    assert b"aiohttp" not in answer


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.168.1.5:8765", 200),
        ("[fe80::1]:8765", 200),
        (socket.gethostname(), 200),
        (f"{socket.gethostname()}.local:8765", 200),
        ("evil.example", 403),
        ("[evil]", 403),
        ("192.168.1.5.evil.example", 403),
    ],
)
async def test_where_other_machines_may_ask(host: str, status: int) -> None:
    """By an address or by this machine's name, which no foreign page can have given itself."""
    async with open_site(options=WebOptions(host="0.0.0.0")) as site:  # noqa: S104  the point
        assert (await site.ask("GET", "/", headers={"Host": host}))[0] == status


async def test_the_pages_are_encrypted_with_the_streamers_certificate(tmp_path: Path) -> None:
    """A file that is none is told with the key that names it."""
    pem, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    await asyncio.to_thread(make_certificate, pem, key)
    options = WebOptions(certificate=pem, certificate_key=key)
    context = ssl.create_default_context(cafile=pem)
    async with open_site(options=options) as site:
        url = site.url.replace("http:", "https:")
        async with site.client.get(f"{url}/overlay", ssl=context) as response:
            assert response.status == 200
        async with site.client.get(
            f"{url}/chat?token={TOKEN}", ssl=context, allow_redirects=False
        ) as response:
            assert "Secure" in response.headers["Set-Cookie"]
    with pytest.raises(MisconfiguredError, match="WEB_CERTIFICATE"):
        await open_site(options=WebOptions(certificate=key)).__aenter__()


async def test_the_desk_of_another_port_is_not_here(site: Site) -> None:
    """Its cookie would not come here either."""
    for path in ("/desk-1/start", "/desk-1/"):
        assert (await site.ask("GET", path))[0] == 404


async def test_a_port_that_may_not_be_used_is_told() -> None:
    """With what to change."""
    options = WebOptions(host="192.0.2.1")  # nobody's address
    with pytest.raises(MisconfiguredError, match="WEB_HOST"):
        await open_site(options=options).__aenter__()

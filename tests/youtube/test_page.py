"""The chat's own page: what is asked for, what is made of it, and of anything else."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.youtube.readers.continuation import (
    Part,
    all_comments,
    following_part,
    part_of,
    read_page,
)
from bot.youtube.readers.page import PageReader
from tests.standins.youtube import YouTubeStandIn
from tests.support.clock import FakeClock

_CONTEXT = {"client": {"clientName": "WEB", "clientVersion": "2.20260101.00.00"}}
_CHAT = {
    "continuations": [{"invalidationContinuationData": {"continuation": "on", "timeoutMs": 8000}}],
    "actions": [{"a": 1}],
}


def _html(data: object, config: object = None) -> str:
    config = {"INNERTUBE_CONTEXT": _CONTEXT} if config is None else config
    return (
        f"<script>ytcfg.set({json.dumps(config)});</script><script nonce=x>"
        f'window["ytInitialData"] = {json.dumps(data)};</script>'
    )


def test_the_page() -> None:
    """The page holds the chat it begins with, and what every request must bring along."""
    html = _html({"contents": {"liveChatRenderer": _CHAT}})
    assert read_page(html, "standin-vid", known=False) == (_CONTEXT, _CHAT)


@pytest.mark.parametrize("known", [True, False])
def test_what_the_page_says_instead_of_a_chat(*, known: bool) -> None:
    """YouTube's own words are told; once the chat has been seen, nobody set anything wrong."""
    text = {"runs": [{"text": "Members-only chat."}]}
    html = _html({"contents": {"messageRenderer": {"text": text}}})
    expected = UnavailableError if known else MisconfiguredError
    with pytest.raises(expected, match="Members-only chat"):
        read_page(html, "standin-vid", known=known)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<html>Sign in</html>",
        "ytInitialData = {",
        _html({"contents": {}}),
        _html({"contents": {"liveChatRenderer": _CHAT}}, {}),
        _html({"contents": {"liveChatRenderer": []}}),
        _html([]),
    ],
)
def test_another_page(html: str) -> None:
    """What is not the chat's page is told as that."""
    with pytest.raises(UnavailableError, match="cannot be read"):
        read_page(html, "standin-vid", known=False)


@pytest.mark.parametrize(
    ("following", "part"),
    [
        ({"invalidationContinuationData": {"continuation": "x", "timeoutMs": 8000}}, ("x", 8)),
        ({"timedContinuationData": {"continuation": "x", "timeoutMs": 90_000}}, ("x", 20)),
        ({"timedContinuationData": {"continuation": "x", "timeoutMs": 10**400}}, ("x", 20)),
        ({"timedContinuationData": {"continuation": "x", "timeoutMs": 0}}, ("x", 5)),
        ({"timedContinuationData": {"continuation": "x", "timeoutMs": "soon"}}, ("x", 5)),
        ({"reloadContinuationData": {"continuation": "x"}}, ("x", 5)),
        ({"liveChatReplayContinuationData": {"continuation": "x"}}, None),
        ({"playerSeekContinuationData": {"continuation": "x"}}, None),
    ],
)
def test_how_to_go_on(following: dict[str, Any], part: tuple[str, float] | None) -> None:
    """Each kind of continuation is followed at YouTube's pace; a recording's is not."""
    expected = part and Part([], *part)
    assert part_of({"continuations": [following]}) == expected


def test_the_end() -> None:
    """An answer without a chat is the end of it; one with an error is not."""
    assert following_part({"responseContext": {}}) is None
    assert part_of(_CHAT | {"isReplay": True}) is None
    with pytest.raises(UnavailableError):
        following_part({"error": {"code": 500}})
    with pytest.raises(UnavailableError):
        following_part({"responseContext": {"errors": {}}})


def test_a_menu_that_stands_at_all_comments() -> None:
    """Nothing more is asked for where the page shows all comments already, or has no menu."""
    entry = {"continuation": {"reloadContinuationData": {"continuation": "all"}}}

    def chat(*, selected: bool) -> dict[str, Any]:
        menu = {"subMenuItems": [{}, entry | {"selected": selected}]}
        selector = {"viewSelector": {"sortFilterSubMenuRenderer": menu}}
        return {"header": {"liveChatHeaderRenderer": selector}}

    assert all_comments(chat(selected=False)) == "all"
    assert not all_comments(chat(selected=True))
    assert not all_comments({})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("contents", "liveChatRenderer", "messageRenderer", "text", "continuations"),
                    *("actions", "header", "timedContinuationData", "continuation", "timeoutMs"),
                    *("continuationContents", "liveChatContinuation", "responseContext", "error"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
_OBJECT = st.dictionaries(st.sampled_from(["continuations", "actions", "isReplay"]), _JSON)


def _try(read: Callable[[], object]) -> None:
    with suppress(BotError):
        read()


@given(chat=_OBJECT | st.just(_CHAT), config=_JSON, known=st.booleans())
def test_any_json_is_a_chat_or_is_refused(
    chat: dict[str, Any], config: object, *, known: bool
) -> None:
    """Whatever stands on the page or in an answer, the worst is a sentence for the streamer."""
    html = _html({"contents": {"liveChatRenderer": chat}}, config)
    _try(lambda: read_page(html, "standin-vid", known=known))
    _try(lambda: read_page(_html(config), "standin-vid", known=known))
    _try(lambda: all_comments(chat))
    _try(lambda: part_of(chat))
    _try(lambda: following_part({"continuationContents": {"liveChatContinuation": chat}}))
    _try(lambda: following_part({"continuationContents": config}))


async def test_what_is_asked_for() -> None:
    """The page is asked as a browser would, and each answer's continuation is passed on."""
    requests: list[httpx.Request] = []
    async with YouTubeStandIn() as youtube:

        def answer(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            response = youtube.answer(request)
            assert response
            return response

        clock = FakeClock()
        reader = PageReader(clock=clock, transport=httpx.MockTransport(answer))
        async with aclosing(reader.read(youtube.video, known=False)) as answers:
            youtube.write("one")
            assert len(await anext(answers)) == 1
            following = asyncio.ensure_future(anext(answers))
            youtube.write("two")
            await youtube.elapse(clock, 1)
            assert len(await following) == 1
    page, chat = requests
    assert str(page.url) == "https://www.youtube.com/live_chat?is_popout=1&v=standin-vid"
    assert "SOCS=CAI" in page.headers["cookie"]
    assert chat.url.path == "/youtubei/v1/live_chat/get_live_chat"
    assert json.loads(chat.content)["continuation"] == "page-2"
    assert json.loads(chat.content)["context"]["client"]["clientName"] == "WEB"

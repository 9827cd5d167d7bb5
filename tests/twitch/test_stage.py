"""Replies are posted in Twitch's chat where that is wanted, and the bot never answers itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Membership, Occasion, Platform, Reply, Retraction
from bot.twitch.account import DELETE, READ, WRITE
from bot.twitch.source import TwitchSource
from bot.twitch.stage import MESSAGE_LIMIT, WAITING_LIMIT, TwitchStage, messages
from tests.standins.twitch import TwitchStandIn
from tests.standins.twitch_payloads import BROADCASTER, OTHER_CHANNEL, READER
from tests.support.clock import FakeClock
from tests.support.twitch import hearing, nothing_left_open, source_of, until

_NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POSTS = "helix/chat/messages"
_PAUSE = 1.5


@pytest.fixture
async def twitch(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchStandIn]:
    """A Twitch that TwitchIO takes for the real one."""
    async with TwitchStandIn() as standin:
        standin.attract(monkeypatch)
        yield standin
    await nothing_left_open()


def comment(
    id_: str = "m-1",
    channel: str = BROADCASTER.id,
    platform: Platform = Platform.TWITCH,
    membership: Membership | None = None,
) -> Comment:
    """Return what a viewer wrote."""
    author = Author("300", "Mika")
    return Comment(platform, id_, author, "hi", _NOW, channel=channel, membership=membership)


def reply(*answers: Comment, sentences: tuple[str, ...] = ("Hello there.",)) -> Reply:
    """Return what the character said to comments."""
    return Reply(1, answers, sentences)


class Posting:
    """A stage whose task runs."""

    def __init__(self, twitch: TwitchStandIn, source: TwitchSource, clock: FakeClock) -> None:
        self.twitch = twitch
        self.clock = clock
        self.stage = TwitchStage(source.account, clock=clock)
        self.running = asyncio.create_task(self.stage.run())

    async def done(self, count: int) -> list[str]:
        """Return what was posted, once so much was tried and nothing is under way."""
        await until(lambda: self.clock.slept.count(_PAUSE) >= count)
        return [post["message"] for post in self.twitch.posts]


@asynccontextmanager
async def posting(
    twitch: TwitchStandIn, folder: Path, source: TwitchSource | None = None
) -> AsyncIterator[Posting]:
    """Run a stage for as long as the block runs."""
    clock = FakeClock()
    running = Posting(twitch, source or source_of(twitch, folder, clock=clock), clock)
    try:
        yield running
    finally:
        running.running.cancel()
        await asyncio.wait({running.running})


async def test_a_finished_reply_is_posted(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """As one message, when nothing will be added, as a reply to the comment it answers."""
    async with posting(twitch, tmp_path) as show:
        show.stage.show(reply(comment(), sentences=()), finished=False)
        show.stage.show(reply(comment(), sentences=("Hello Mika!",)), finished=False)
        show.stage.show(reply(comment(), sentences=("Hello Mika!", "Sit down.")), finished=True)
        await show.done(1)
    assert twitch.posts == [
        {
            "broadcaster_id": BROADCASTER.id,
            "sender_id": READER.id,
            "message": "Hello Mika! Sit down.",
            "reply_parent_message_id": "m-1",
        }
    ]


async def test_a_moderator_is_answered_where_they_wrote(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """What became of a command, as a reply to it; on no other platform."""
    async with posting(twitch, tmp_path) as show:
        show.stage.tell(comment("y-1", "", Platform.YOUTUBE), "the show goes on.")
        show.stage.tell(comment("m-7"), "the reply is skipped.")
        await show.done(1)
        assert show.stage.state == "Posting replies in Twitch's chat, 0 dropped."
    [post] = twitch.posts
    assert (post["message"], post["reply_parent_message_id"]) == ("the reply is skipped.", "m-7")


async def test_where_it_is_posted(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """In each channel that was answered, and nowhere if nobody on Twitch was."""
    elsewhere = comment("y-1", "", Platform.YOUTUBE)
    async with posting(twitch, tmp_path) as show:
        show.stage.show(reply(), finished=True)
        show.stage.show(reply(elsewhere), finished=True)
        answers = (comment(), comment("m-2", OTHER_CHANNEL.id), comment("m-3"), elsewhere)
        show.stage.show(reply(*answers), finished=True)
        await show.done(1)
        await show.clock.advance(2)
        await show.done(2)
    assert [post["broadcaster_id"] for post in twitch.posts] == [BROADCASTER.id, OTHER_CHANNEL.id]
    assert not any("reply_parent_message_id" in post for post in twitch.posts)


async def test_a_notice_is_thanked_without_a_reply(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """A subscription is no message that could be replied to."""
    async with posting(twitch, tmp_path) as show:
        thanked = comment(membership=Membership(Occasion.NEW))
        show.stage.show(reply(thanked), finished=True)
        await show.done(1)
    assert "reply_parent_message_id" not in twitch.posts[0]


async def test_the_pace(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """No more than one message in a second, and no more than 20 in 30 seconds."""
    async with posting(twitch, tmp_path) as show:
        times = []
        for number in range(30):
            show.stage.show(reply(comment(), sentences=(f"Hello {number}.",)), finished=True)
        for number in range(WAITING_LIMIT):
            await show.done(number + 1)
            times.append(show.clock.monotonic())
            show.stage.show(reply(comment(), sentences=(f"More {number}.",)), finished=True)
            await show.clock.advance(1.5)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) > 1
    assert 30 / min(gaps) <= 20


async def test_what_waits_is_bounded(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The oldest make room, are counted, and are told."""
    async with posting(twitch, tmp_path) as show:
        for number in range(WAITING_LIMIT + 3):
            show.stage.show(reply(comment(), sentences=(f"Hello {number}.",)), finished=True)
        assert show.stage.dropped == 3
        assert await show.done(1) == ["Hello 3."]
    assert caplog.text.count("too many wait") == 3


async def test_clear_drops_what_waits(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """What a moderator cut is not posted, unless it was already."""
    async with posting(twitch, tmp_path) as show:
        show.stage.clear()
        show.stage.show(reply(comment(), sentences=("One.",)), finished=True)
        await show.done(1)
        show.stage.show(reply(comment(), sentences=("Two.",)), finished=True)
        show.stage.clear()
        await show.clock.advance(60)
        show.stage.show(reply(comment(), sentences=("Three.",)), finished=True)
        assert await show.done(2) == ["One.", "Three."]


@pytest.mark.parametrize(
    "order", ["answer first", "echo first", "answer lost", "answer lost, echo late"]
)
@pytest.mark.parametrize("as_reply", [True, False])
async def test_it_never_answers_itself(
    twitch: TwitchStandIn, tmp_path: Path, order: str, *, as_reply: bool
) -> None:
    """A post does not come back as a comment; what a person types with the account does."""
    twitch.echo_first = order in ("echo first", "answer lost")
    twitch.losing_answers = order.startswith("answer lost")
    source = source_of(twitch, tmp_path)
    async with hearing(twitch, source) as heard, posting(twitch, tmp_path, source) as show:
        await twitch.say("before", author=READER)
        assert (await heard.next()).text == "before"
        answers = (comment(),) if as_reply else (comment(), comment("m-2"))
        show.stage.show(reply(*answers), finished=True)
        await show.done(1)
        await until(lambda: len(twitch.echoes + twitch.late) == 1)
        for event in twitch.late:
            await twitch.notify(event)
        await twitch.say("Hello there.", author=READER)
        await twitch.say("Hello there.")
        said = [await heard.next(), await heard.next()]
        assert [one.author.name for one in said] == ["Hoshino_Bot", "Mika"]


async def test_a_redelivered_echo(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """EventSub delivers at least once, so an echo may come twice."""
    source = source_of(twitch, tmp_path)
    twitch.echo_first = True
    async with hearing(twitch, source) as heard, posting(twitch, tmp_path, source) as show:
        show.stage.show(reply(comment()), finished=True)
        await show.done(1)
        await twitch.notify(twitch.echoes[0])
        await twitch.say("next")
        assert (await heard.next()).text == "next"


async def test_a_post_that_was_refused_has_no_echo(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """What Twitch did not take may be typed by a person."""
    twitch.dropping = "This message was held back."
    source = source_of(twitch, tmp_path)
    async with hearing(twitch, source) as heard, posting(twitch, tmp_path, source) as show:
        show.stage.show(reply(comment()), finished=True)
        await show.done(1)
        await twitch.say("Hello there.", author=READER)
        assert (await heard.next()).text == "Hello there."


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("dropped", "held back"),
        ("banned", "not permitted"),
        ("failing", "502"),
        ("hanging", "TimeoutError"),
        ("signed out", "vtuber-bot login twitch"),
        ("nonsense", "cannot be read"),
    ],
)
async def test_a_post_that_fails(
    twitch: TwitchStandIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    told: str,
) -> None:
    """Is told in one line for all of its kind, and the next reply is posted."""
    async with posting(twitch, tmp_path) as show:
        match fault:
            case "dropped":
                twitch.dropping = "This message was held back."
            case "banned":
                twitch.banned.add(BROADCASTER.id)
            case "failing":
                twitch.failures[POSTS] = HTTPStatus.BAD_GATEWAY
            case "hanging":
                twitch.hanging.add(POSTS)
            case "signed out":
                twitch.revoke_grant()
            case "nonsense":
                twitch.answering[POSTS] = "<html>"
        for number in range(2):
            show.stage.show(reply(comment()), finished=True)
            if fault == "hanging":
                async with asyncio.timeout(30):
                    await twitch.asked(POSTS, number + 1)
                await show.clock.advance(10)
            await show.done(number + 1)
            await show.clock.advance(2)
        assert show.stage.dropped == 2
        twitch.heal()
        twitch.dropping = ""
        twitch.banned.clear()
        twitch.sign_in(tmp_path)
        show.stage.show(reply(comment(), sentences=("And on.",)), finished=True)
        assert (await show.done(3))[-1] == "And on."
    lines = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert regex.search(told, lines[0].message)
    assert lines[0].exc_info is None


async def test_a_token_that_expires_is_renewed(twitch: TwitchStandIn, tmp_path: Path) -> None:
    """A post does not fail for it."""
    async with posting(twitch, tmp_path) as show:
        twitch.expire()
        show.stage.show(reply(comment()), finished=True)
        assert await show.done(1) == ["Hello there."]
    assert show.stage.dropped == 0


def test_a_message_commands_no_bot() -> None:
    """What would be a command in the chat is none any more; an ellipsis is left alone."""
    said = ["!ban aki", "/me waves", "／ban", ".timeout aki", "...hm", "!? What", "Hi!"]
    assert messages(["/ !ban " + "x" * 500])[0].startswith("! ban")
    assert [messages([one])[0] for one in said] == [
        *("! ban aki", "me waves", "／ ban", ". timeout aki", "...hm", "!? What", "Hi!"),
    ]


@pytest.fixture
def may_delete(twitch: TwitchStandIn) -> None:
    """Have the sign-in allow the bot to delete what it has posted."""
    twitch.grant = replace(twitch.grant, scopes=(READ, WRITE, DELETE))


def of_mika(comment_id: str = "") -> Retraction:
    """Return what a moderator does to a viewer, or to one comment."""
    return Retraction(Platform.TWITCH, comment_id=comment_id, author_id="" if comment_id else "300")


@pytest.mark.usefixtures("may_delete")
async def test_what_answers_a_deleted_comment_is_deleted(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """Every message of it, once, and none that answers another."""
    async with posting(twitch, tmp_path) as show:
        show.stage.show(reply(comment("m-1"), sentences=("a" * 400, "b" * 400)), finished=True)
        await show.done(1)
        await show.clock.advance(_PAUSE)
        await show.done(2)
        await show.clock.advance(_PAUSE)
        show.stage.show(reply(comment("m-2")), finished=True)
        await show.done(3)
        await show.clock.advance(_PAUSE)
        show.stage.retract(of_mika("m-1"))
        await until(lambda: len(twitch.deleted) == 2)
        show.stage.retract(of_mika("m-1"))
        show.stage.retract(of_mika("m-2"))
        await until(lambda: len(twitch.deleted) == 3)
    ids = [event["message_id"] for event in twitch.echoes]
    assert twitch.deleted == [
        {"broadcaster_id": BROADCASTER.id, "moderator_id": READER.id, "message_id": id_}
        for id_ in ids
    ]


@pytest.mark.usefixtures("may_delete")
async def test_what_is_on_its_way_is_deleted_when_it_has_arrived(
    twitch: TwitchStandIn, tmp_path: Path
) -> None:
    """The comment was deleted between the question and its answer."""
    twitch.delaying[POSTS] = asyncio.Event()
    async with posting(twitch, tmp_path) as show:
        show.stage.show(reply(comment()), finished=True)
        await until(lambda: len(twitch.posts) == 1)
        show.stage.retract(of_mika())
        assert twitch.deleted == []
        twitch.delaying[POSTS].set()
        await show.done(1)
        await show.clock.advance(_PAUSE)
        await until(lambda: len(twitch.deleted) == 1)


@pytest.mark.parametrize("why", ["no leave", "the broadcaster's own", "offline"])
async def test_what_cannot_be_deleted_is_told(
    twitch: TwitchStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    """Once: the streamer can delete it, or allow it."""
    if why != "no leave":
        twitch.grant = replace(twitch.grant, scopes=(READ, WRITE, DELETE))
    if why == "the broadcaster's own":
        twitch.grant = replace(twitch.grant, account=BROADCASTER)
    async with posting(twitch, tmp_path) as show:
        for number in range(2):
            show.stage.show(reply(comment(f"m-{number}")), finished=True)
            await show.done(number + 1)
            await show.clock.advance(_PAUSE)
        if why == "offline":
            twitch.failures["helix/moderation/chat"] = HTTPStatus.BAD_GATEWAY
        show.stage.retract(of_mika("m-0"))
        show.stage.retract(of_mika("m-1"))
        await until(lambda: "stays in Twitch's chat" in caplog.text)
    assert twitch.deleted == []
    told = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    [line] = [one for one in told if "stays in" in one]
    hint = {
        "no leave": "--may-delete",
        "the broadcaster's own": "you cannot delete",
        "offline": "502",
    }
    assert hint[why] in line


def test_sentences_fill_messages() -> None:
    """As many as fit go together, and none is cut that fits into one."""
    one = "x" * 300 + "."
    assert messages([one, "Yes.", one]) == [f"{one} Yes.", one]
    assert messages(["そう。", "うん。"]) == ["そう。うん。"]
    assert messages([]) == []


def test_a_long_sentence_is_cut_between_words() -> None:
    """And a word without end between characters, none of which is torn."""
    words = " ".join(["word"] * 200)
    parts = messages([words])
    assert all(set(part.split()) == {"word"} for part in parts)
    assert " ".join(parts) == words
    family = "👨‍👩‍👧" * 200
    assert "".join(messages([family])) == family
    assert all(len(part) % 5 == 0 for part in messages([family]))


def test_no_message_is_a_command() -> None:
    """A slash at the beginning would be one."""
    assert messages(["/ban Mika", "/ not"]) == ["ban Mika / not"]
    assert messages(["/", "//"]) == []


@given(
    st.lists(
        st.text(
            alphabet=st.sampled_from("aあ /!é\u0301👨\u200d👩 .。") | st.characters(), max_size=700
        )
    )
)
def test_every_message_fits(sentences: list[str]) -> None:
    """None is too long or empty, and all that was said is there, but for spaces and slashes."""
    parts = messages(sentences)
    assert all(0 < len(part) <= MESSAGE_LIMIT for part in parts)
    assert not [part for part in parts if part.startswith("/")]
    assert not [part for part in parts if regex.match(r"(?:[!／！]+|[.．])\w", part)]

    def bare(text: str) -> str:
        return regex.sub(r"[\s/]", "", text)

    assert bare("".join(parts)) == bare("".join(sentences))

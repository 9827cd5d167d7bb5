"""Viewers are greeted once there are any, and nothing is said to nobody before."""

from pathlib import Path

import pytest

from bot.sources.broadcast import Broadcast
from tests.standins.ollama import OllamaStandIn
from tests.support.rehearsal import GREETING, MIKA, rehearsal

REPLY = ("Hello!", "Nice to see you.")
TALKER = MIKA.model_copy(update={"topics": ("the tide",), "quiet_seconds": 45.0})


def test_any_platform_will_do_and_none_is_needed() -> None:
    """It is live where one of those that know says so; where nobody knows, it is."""
    assert Broadcast().is_live
    broadcast = Broadcast(["Twitch", "YouTube"])
    seen = []
    for platform, is_live in (
        ("the panel", True),  # where the streamer tries things
        ("Twitch", True),
        ("YouTube", False),
        ("Twitch", False),
    ):
        broadcast.tell(platform, is_live=is_live)
        seen.append(broadcast.is_live)
    assert seen == [False, True, True, False]


async def test_greets_when_the_stream_is_live(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Ten minutes before, nothing is said; at the beginning, the greeting; then a topic."""
    broadcast = Broadcast(["Twitch"])
    async with rehearsal(
        tmp_path / "history.db", ollama, persona=TALKER, keeps_going=True, broadcast=broadcast
    ) as show:
        await show.clock.advance(600)
        assert show.board.ever_seen == set()
        assert show.ollama.requests == []
        broadcast.tell("Twitch", is_live=True)
        await show.board.finishes(GREETING)
        await show.read()
        assert show.ollama.requests == []
        await show.clock.advance(45)
        await show.board.finishes(*REPLY)
        assert "the tide" in show.asked()


async def test_answers_before_it_greets(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """The streamer who tries things out before the stream is answered, and viewers greeted later.

    A stream that breaks off and comes back is the same stream: they are greeted once.
    """
    broadcast = Broadcast(["Twitch"])
    async with rehearsal(tmp_path / "history.db", ollama, broadcast=broadcast) as show:
        show.write("can you hear me?")
        await show.board.finishes(*REPLY)
        broadcast.tell("Twitch", is_live=True)
        await show.read()
        await show.board.finishes(GREETING)
        assert show.board.ever_seen == {GREETING, *REPLY}
        greeted = show.board.history.count((GREETING,))
        broadcast.tell("Twitch", is_live=False)
        broadcast.tell("Twitch", is_live=True)
        await show.clock.advance(600)
        assert show.board.history.count((GREETING,)) == greeted


async def test_the_first_comment_is_answered_after_the_greeting(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """Where only the comment tells that somebody is there, the model thinks during the greeting."""
    broadcast = Broadcast(["YouTube"])
    async with rehearsal(tmp_path / "history.db", ollama, broadcast=broadcast) as show:
        broadcast.tell("YouTube", is_live=True)
        show.write("first!")
        await show.board.shows(GREETING)
        await show.ollama.asked(1)
        assert show.board.seen == (GREETING,)
        await show.read()
        await show.board.finishes(*REPLY)
        assert show.asked() == "[viewer] taro: first!"


@pytest.mark.parametrize("command", ["!clear", "!skip"])
async def test_who_paid_before_the_greeting_was_cut_is_answered(
    tmp_path: Path, ollama: OllamaStandIn, command: str
) -> None:
    """A moderator cuts the greeting while the first answer is being thought about."""
    broadcast = Broadcast(["YouTube"])
    async with rehearsal(tmp_path / "history.db", ollama, broadcast=broadcast) as show:
        broadcast.tell("YouTube", is_live=True)
        show.write("first!", paid="500")
        await show.board.shows(GREETING)
        show.order(command)
        await show.board.finishes(*REPLY)
        assert "first!" in show.asked()


async def test_a_pause_holds_the_greeting_back(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Paused when the stream begins: viewers are greeted once the show may go on."""
    broadcast = Broadcast(["Twitch"])
    async with rehearsal(tmp_path / "history.db", ollama, broadcast=broadcast) as show:
        show.order("!pause")
        broadcast.tell("Twitch", is_live=True)
        await show.clock.advance(600)
        assert show.board.is_blank
        show.order("!resume")
        await show.board.finishes(GREETING)


async def test_nothing_is_said_to_nobody_after_the_stream(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """Silences are filled while the stream is on."""
    broadcast = Broadcast(["Twitch"])
    async with rehearsal(
        tmp_path / "history.db", ollama, persona=TALKER, keeps_going=True, broadcast=broadcast
    ) as show:
        broadcast.tell("Twitch", is_live=True)
        await show.board.finishes(GREETING)
        broadcast.tell("Twitch", is_live=False)
        await show.clock.advance(3600)
        assert show.ollama.requests == []

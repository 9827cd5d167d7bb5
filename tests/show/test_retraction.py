"""What moderators delete leaves the show, at whatever moment: queue, reply, stage and prompt."""

import json
from pathlib import Path

import pytest

from bot.chat import Platform, Retraction
from tests.standins.ollama import Gate, OllamaStandIn
from tests.support.rehearsal import GREETING, Rehearsal, rehearsal

TARO = Retraction(Platform.YOUTUBE, author_id="UC-taro")
EVERYTHING = Retraction(Platform.YOUTUBE)


def prompt(show: Rehearsal, number: int = -1) -> str:
    """Return all that the model was told with one request."""
    return json.dumps(show.ollama.requests[number]["messages"])


@pytest.mark.parametrize("retraction", [TARO, EVERYTHING], ids=["author", "chat"])
async def test_in_the_queue(show: Rehearsal, retraction: Retraction) -> None:
    """It is never answered, paid or not."""
    gate = Gate()
    show.ollama.will(gate, "Hi aki!")
    show.write("hello", "aki")
    await gate.reached()
    show.write("something vile")
    show.write("paid and vile", paid="500")
    assert len(show.queue) == 2
    gate.release()
    await show.board.finishes("Hi aki!")
    show.receive(retraction)
    assert len(show.queue) == 0
    assert show.queue.counts["retracted"] == 2
    assert show.notes.retractions == [retraction]


async def test_one_comment_of_several(show: Rehearsal) -> None:
    """The author's other comments stay."""
    show.order("!pause")
    show.write("something vile", paid="500")
    [vile] = [comment for comment in show.notes.comments if comment.paid]
    show.write("something nice", paid="500")
    show.receive(Retraction(Platform.YOUTUBE, comment_id=vile.id))
    show.order("!resume")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert "nice" in show.asked()
    assert "vile" not in prompt(show)


async def test_before_it_arrives(show: Rehearsal) -> None:
    """A deletion may overtake what it deletes."""
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    [first] = show.notes.comments
    show.receive(Retraction(Platform.TWITCH, comment_id=first.id))
    assert show.board.seen, "another platform's"
    number = int(first.id[1:])
    show.receive(Retraction(Platform.YOUTUBE, comment_id=f"m{number + 1}"))
    show.write("something vile")
    assert show.notes.comments == [first]
    assert len(show.queue) == 0


async def test_while_it_is_thought_about(show: Rehearsal) -> None:
    """The model is stopped at once; who was to be answered with it is answered without it."""
    show.order("!pause")
    show.order("!resume")
    gate = Gate()
    show.ollama.will(gate, "Never said.")
    show.write("something vile")
    show.write("is it cold?", "aki")
    await gate.reached()
    assert "vile" in show.asked()
    show.receive(TARO)
    assert show.board.is_blank
    await show.board.finishes("Hello!", "Nice to see you.")
    assert "cold" in show.asked()
    assert "vile" not in prompt(show)
    assert "Never said." not in show.board.ever_seen


async def test_in_mid_sentence(show: Rehearsal) -> None:
    """The reply is cut and leaves every stage, and no later prompt tells of either."""
    gate = Gate()
    show.ollama.will("That is vile, taro! And", gate, " more.")
    show.write("something vile")
    await show.board.shows("That is vile, taro!")
    show.receive(TARO)
    assert show.board.is_blank
    await show.ollama.hung_up()
    show.write("hello", "aki")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert "vile" not in prompt(show)
    assert "And more." not in show.board.ever_seen
    assert show.outcomes[0] == "cut"


async def test_while_it_is_read(show: Rehearsal) -> None:
    """A finished reply leaves the stage as well."""
    show.ollama.will("That is vile, taro!")
    show.write("something vile")
    await show.board.finishes("That is vile, taro!")
    show.receive(TARO)
    assert show.board.is_blank
    show.write("hello", "aki")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert "vile" not in prompt(show)


async def test_while_the_stage_waits_to_be_blanked(show: Rehearsal) -> None:
    """What stands there only because nothing else has come leaves it too."""
    show.write("something vile")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.read()
    assert show.board.seen
    show.receive(TARO)
    assert show.board.is_blank


async def test_long_after(show: Rehearsal) -> None:
    """An exchange that is over leaves the prompt; what is on stage for others stays."""
    show.write("something vile")
    await show.board.finishes("Hello!", "Nice to see you.")
    await show.read()
    show.write("hello", "aki")
    await show.board.shows("Hello!")
    await show.board.finishes("Hello!", "Nice to see you.")
    show.receive(TARO)
    assert show.board.seen
    await show.read()
    show.write("and now?", "aki")
    await show.board.shows("Hello!")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert "vile" not in prompt(show)
    assert "hello" in prompt(show)


async def test_after_a_restart(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """What was taken back in an earlier run comes into no prompt of a later one."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama) as show:
        for author, text in (("taro", "something vile"), ("aki", "something nice")):
            show.write(text, author)
            await show.board.finishes("Hello!", "Nice to see you.")
            await show.read()
            await show.clock.advance(30)
        show.receive(TARO)
    async with rehearsal(database, ollama) as show:
        show.write("hello", "aki")
        await show.board.finishes("Hello!", "Nice to see you.")
        assert "vile" not in prompt(show)
        assert "nice" in prompt(show)
        assert show.rows("SELECT text FROM comments WHERE retracted_at IS NOT NULL") == [
            ("something vile",)
        ]


async def test_what_was_read_before_the_restart_can_be_taken_back(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """A ban reaches the exchanges that an earlier run remembered."""
    database = tmp_path / "history.db"
    async with rehearsal(database, ollama) as show:
        show.write("something vile")
        await show.board.finishes("Hello!", "Nice to see you.")
    async with rehearsal(database, ollama) as show:
        show.receive(TARO)
        show.write("hello", "aki")
        await show.board.finishes("Hello!", "Nice to see you.")
        assert "vile" not in prompt(show)


async def test_the_greeting_stays(show: Rehearsal) -> None:
    """It answers nobody, so that no retraction concerns it."""
    assert GREETING in show.board.ever_seen
    show.receive(EVERYTHING)
    show.write("hello", "aki")
    await show.board.shows("Hello!")
    await show.board.finishes("Hello!", "Nice to see you.")

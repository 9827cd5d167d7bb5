"""What the model does for itself it does while viewers read, or when nobody writes for long."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat import Platform, Retraction
from tests.standins.ollama import Gate, OllamaStandIn, at_once
from tests.support.rehearsal import Rehearsal, rehearsal
from tests.support.writing import noted

REPLY = ("Hello!", "Nice to see you.")


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    """A show with a model that reads five tokens a second, as its figures say."""
    async with (
        OllamaStandIn(prompt_speed=5.0, sleep=at_once) as ollama,
        rehearsal(tmp_path / "history.db", ollama, num_ctx=2400) as show,
    ):
        yield show


async def talk(show: Rehearsal, number: int) -> None:
    """Have a viewer write, and be answered."""
    show.ollama.will_say(f"That was the tale {'I' * number}.")
    show.write(f"{number} my cat did this and that. " * 6, f"viewer {number}")
    await show.board.until(lambda: show.board.seen == (f"That was the tale {'I' * number}.",))
    await show.board.until(lambda: show.board.finished)


async def grow(show: Rehearsal) -> int:
    """Talk until there is something to note."""
    number = 1
    while not show.writer.dialogue.wants_notes:
        await talk(show, number)
        await show.asleep()
        await show.clock.advance(8)
        number += 1
    return number


async def told(show: Rehearsal) -> str:
    """Return the prompt of one more reply."""
    count = len(show.ollama.requests)
    show.write("and now?", "aki")
    await show.ollama.asked(count + 1)
    await show.board.finishes(*REPLY)
    return str(show.ollama.requests[-1]["messages"])


async def until_noted(show: Rehearsal) -> None:
    """Let a short silence pass, in which the notes are made."""
    count = len(show.ollama.requests)
    show.ollama.will_say(noted("Taro told of his cat."))
    await show.clock.advance(9)
    await show.ollama.asked(count + 1)
    await show.until(lambda: show.writer.dialogue.fold_seconds is not None)


async def test_a_slow_model_folds_when_nobody_has_written_for_long(slow: Rehearsal) -> None:
    """The notes are made soon; what they change is read only when nobody seems to be there."""
    await grow(slow)
    await until_noted(slow)
    errands = len(slow.ollama.errands)
    seconds = slow.writer.dialogue.fold_seconds
    assert seconds
    assert seconds > 20
    await slow.clock.advance(19)
    assert len(slow.ollama.errands) == errands
    assert "Taro told of his cat." not in await told(slow)
    await slow.read()
    await slow.clock.advance(2 * seconds + 30)
    await slow.until(lambda: slow.writer.dialogue.fold_seconds is None)
    assert "Taro told of his cat." in await told(slow)
    size, read = slow.ollama.waited[-1]
    assert read < 60 < size


async def test_a_fast_model_folds_while_viewers_read(tmp_path: Path, ollama: OllamaStandIn) -> None:
    """Nobody waits for it: the next reply could not be shown any sooner."""
    async with rehearsal(tmp_path / "history.db", ollama, num_ctx=2400) as show:
        number = await grow(show)
        await until_noted(show)
        await talk(show, number)
        await show.asleep()
        await show.until(lambda: show.writer.dialogue.fold_seconds is None)
        assert show.board.seen, "it is still being read"
        await show.read()
        assert "Taro told of his cat." in await told(show)
        assert show.ollama.waited[-1][1] < 60


async def test_what_is_taken_back_is_read_anew_in_a_silence(slow: Rehearsal) -> None:
    """Else the next viewer waited for that."""
    for number in range(1, 6):
        await talk(slow, number)
        await slow.read()
    errands = len(slow.ollama.errands)
    slow.receive(Retraction(Platform.YOUTUBE, author_id="UC-viewer 1"))
    slow.order("!skip")
    await slow.clock.advance(4)
    await slow.until(lambda: len(slow.ollama.errands) > errands)
    assert "viewer 1:" not in await told(slow)
    assert slow.ollama.waited[-1][1] < 60


async def test_what_is_taken_back_in_mid_reply_is_read_while_viewers_read(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """On a fast model there is time enough before the next reply could be shown."""
    async with rehearsal(tmp_path / "history.db", ollama) as show:
        for number in range(1, 6):
            await talk(show, number)
            await show.read()
        gate = Gate()
        ollama.will(gate, "So it is.")
        show.write("and now?", "aki")
        await gate.reached()
        show.receive(Retraction(Platform.YOUTUBE, author_id="UC-viewer 1"))
        errands = len(ollama.errands)
        gate.release()
        await show.board.finishes("So it is.")
        await show.until(lambda: len(ollama.errands) > errands)
        assert show.board.seen == ("So it is.",)


async def test_another_effort_waits_until_nobody_does(slow: Rehearsal) -> None:
    """The moderator is told what it costs; the effort stands at the head of the prompt."""
    await talk(slow, 1)
    slow.order("!think high")
    await slow.asleep()
    [(_, answer)] = slow.notes.answers
    assert "once nobody waits, or after three replies" in answer
    assert "takes about" in answer
    assert slow.director.effort == "high"
    slow.order("!skip")
    await slow.clock.advance(4)
    await slow.until(lambda: slow.ollama.errands[-1]["think"] == "high")
    await told(slow)
    assert slow.ollama.requests[-1]["think"] == "high"
    assert slow.ollama.waited[-1][1] < 60


async def test_in_a_busy_chat_it_waits_for_three_replies(slow: Rehearsal) -> None:
    """A moderator's word is not forgotten."""
    await talk(slow, 1)
    slow.order("!think high")
    efforts = []
    for number in range(2, 6):
        gate = Gate()
        slow.ollama.will(gate, "Well. ", "So it is.")
        count = len(slow.ollama.requests)
        slow.write(f"and then {number}?", "aki")
        slow.order("!skip")
        await slow.ollama.asked(count + 1)
        efforts.append(slow.ollama.requests[-1]["think"])
        gate.release()
        await slow.board.until(lambda: (slow.board.seen or ("",))[0] == "Well.")
        slow.order("!skip")
        await slow.asleep()
    assert efforts == ["low", "low", "low", "high"]


async def test_on_a_fast_model_an_effort_is_taken_at_once(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """Reading everything anew takes no time there."""
    async with rehearsal(tmp_path / "history.db", ollama) as show:
        show.order("!think high")
        await show.asleep()
        assert show.notes.answers == [("mod", "the thinking is high, from the next reply on.")]
        await told(show)
        assert show.ollama.requests[-1]["think"] == "high"

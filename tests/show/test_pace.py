"""Words stand for as long as people need to read them, however fast they were written."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Platform, Retraction
from bot.writing.reading_time import comments_seconds, reading_seconds
from tests.standins.ollama import Gate, OllamaStandIn, Thinking
from tests.support.rehearsal import MIKA, Rehearsal, rehearsal

FIRST = "The sea is calm tonight, and there are nine ships behind the island."
SECOND = "One of them has been blinking at me since the sun went down."
THIRD = "I think it wants to know the name of the song."


async def test_each_sentence_waits_until_the_one_before_is_read(show: Rehearsal) -> None:
    """All is written at once; the first words go out at once, the others at reading pace."""
    show.ollama.will(f"{FIRST} {SECOND} {THIRD}")
    show.write("how is the sea?")
    began = show.clock.monotonic()
    await show.board.finishes(FIRST, SECOND, THIRD)
    first, second, third = (
        show.board.seen_at(*(FIRST, SECOND, THIRD)[:count]) for count in (1, 2, 3)
    )
    assert first == began
    # The comment is read as well, and it came on stage with the first words.
    reading = reading_seconds("how is the sea?") + reading_seconds(FIRST)
    assert second - first == pytest.approx(reading)
    assert third - second == pytest.approx(reading_seconds(SECOND))


async def test_what_is_written_slowly_does_not_wait_as_well(show: Rehearsal) -> None:
    """Where the model takes longer to write than people to read, a sentence is seen at once."""
    gate = Gate()
    show.ollama.will(f"{FIRST} And", gate, f" so on. {SECOND}")
    show.write("how is the sea?")
    await show.board.shows(FIRST)
    await show.clock.advance(9)
    gate.release()
    await show.board.shows(FIRST, "And so on.")


async def test_time_on_stage_while_thinking_counts_for_comments(show: Rehearsal) -> None:
    """Comments that were read while the model thought need no more time afterwards."""
    gate = Gate()
    show.ollama.will(Thinking("Hm."), gate, f"{FIRST} {SECOND}")
    show.write("how is the sea?")
    await gate.reached()
    await show.board.shows()
    await show.clock.advance(9)
    gate.release()
    await show.board.finishes(FIRST, SECOND)
    stood = show.board.seen_at(FIRST, SECOND) - show.board.seen_at(FIRST)
    assert stood == pytest.approx(reading_seconds(FIRST))


async def test_the_next_reply_is_thought_about_while_words_wait(show: Rehearsal) -> None:
    """A model that thinks for long begins so early that there is no gap, and knows what was said.

    The prompt of the next reply holds all of this one, though viewers have yet to see its end.
    """
    await _think_for(show, 9)
    gate = Gate()
    show.ollama.will(Thinking("Gulls."), gate, "Asleep.")
    show.write("and the gulls?", "aki")
    await show.asleep()
    await show.clock.advance(sum(map(reading_seconds, (FIRST, SECOND, THIRD))) - 9 - 0.1)
    assert len(show.ollama.requests) == 1
    await show.clock.advance(0.2)
    await gate.reached()
    assert show.board.seen == (FIRST,)
    assert show.asked() == "[viewer] aki: and the gulls?"
    assert show.ollama.requests[-1]["messages"][-2]["content"] == f"{FIRST} {SECOND} {THIRD}"
    gate.release()
    await show.board.finishes(FIRST, SECOND, THIRD)
    await show.asleep()
    await show.clock.advance(show.board.pace.left)
    await show.board.finishes("Asleep.")


async def _think_for(show: Rehearsal, seconds: float) -> None:
    """Have the model think for so long before it says three sentences; see the first."""
    gate = Gate()
    show.ollama.will(Thinking("Hm."), gate, f"{FIRST} {SECOND} {THIRD}")
    show.write("how is the sea?")
    await gate.reached()
    await show.clock.advance(seconds)
    gate.release()
    await show.board.shows(FIRST)


async def _two_ahead(show: Rehearsal) -> None:
    """Come to the moment at which words wait, and a reply to aki is being thought about."""
    await _think_for(show, 20)
    gate = Gate()
    show.ollama.will(Thinking("Gulls."), gate, "Asleep.")
    show.write("and the gulls?", "aki")
    await show.asleep()
    await show.clock.advance(show.board.pace.left)
    await show.board.shows(FIRST, SECOND)
    await gate.reached()


async def test_what_was_cut_before_it_was_seen_was_never_said(show: Rehearsal) -> None:
    """Skipped while words wait: the next reply is thought about anew, without those words."""
    await _two_ahead(show)
    show.order("!skip")
    assert show.board.is_blank
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer] aki: and the gulls?"
    assert show.ollama.requests[-1]["messages"][-2]["content"] == f"{FIRST} {SECOND}"
    assert THIRD not in show.board.ever_seen
    assert ("cut",) in show.rows("SELECT outcome FROM replies")


async def test_a_pause_cuts_words_that_wait(show: Rehearsal) -> None:
    """Nothing of them is seen, then or later, and the one who paid is answered afterwards."""
    await _two_ahead(show)
    show.write("please", "rin", paid="500")
    show.order("!pause")
    assert show.board.is_blank
    await show.clock.advance(60)
    assert show.board.is_blank
    show.order("!resume")
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer, paid 500 JPY] rin: please"
    assert THIRD not in show.board.ever_seen


async def test_what_is_taken_back_while_words_wait_is_gone_for_good(show: Rehearsal) -> None:
    """No later prompt knows the comment, or what was to be said to it; others are answered."""
    await _two_ahead(show)
    show.receive(Retraction(Platform.YOUTUBE, author_id="UC-taro"))
    assert show.board.is_blank
    await show.board.finishes("Hello!", "Nice to see you.")
    assert show.asked() == "[viewer] aki: and the gulls?"
    prompt = json.dumps(show.ollama.requests[-1])
    assert "how is the sea?" not in prompt
    assert FIRST not in prompt


async def test_a_thought_is_taken_back_at_once_and_what_waits_is_never_said(
    show: Rehearsal,
) -> None:
    """It turns out to be one while people read its beginning: they read no more of it."""
    gate = Gate()
    show.ollama.will(f"{FIRST} {SECOND} {THIRD}", gate, "</think>", "Hi!")
    show.write("how is the sea?")
    await show.board.shows(FIRST)
    await gate.reached()
    gate.release()
    await show.board.until(lambda: show.board.is_blank)
    assert show.board.ever_seen.isdisjoint({SECOND, THIRD})


async def test_a_monologue_gives_way_once_its_sentence_is_read(
    tmp_path: Path, ollama: OllamaStandIn
) -> None:
    """Somebody writes: what the character was yet to say by itself is not said, nor remembered."""
    persona = MIKA.model_copy(update={"topics": ("a song",), "quiet_seconds": 30})
    async with rehearsal(
        tmp_path / "history.db", ollama, persona=persona, keeps_going=True
    ) as show:
        ollama.will(f"{FIRST} {SECOND} {THIRD}")
        await show.asleep()
        await show.clock.advance(30)
        await show.board.shows(FIRST)
        await show.asleep()
        await show.clock.advance(2)
        show.write("hello")
        await asyncio.sleep(0)
        assert show.board.seen == (FIRST,)
        await show.clock.advance(show.board.pace.left)
        await show.board.finishes("Hello!", "Nice to see you.")
        assert show.ollama.requests[-1]["messages"][-2]["content"] == FIRST
        assert SECOND not in show.board.ever_seen


async def test_of_comments_as_much_counts_as_is_shown(show: Rehearsal) -> None:
    """Three are shown, each cut to a line; how long they are and how many more makes no odds."""
    show.write("hello")
    await show.board.finishes("Hello!", "Nice to see you.")
    (comment,) = show.notes.comments
    long = replace(comment, text="a long story " * 50)
    assert comments_seconds([]) == 0
    assert comments_seconds([comment]) == pytest.approx(reading_seconds("hello"))
    assert comments_seconds([long]) == pytest.approx(5)
    assert comments_seconds([long] * 3) == comments_seconds([long] * 20) == pytest.approx(15)

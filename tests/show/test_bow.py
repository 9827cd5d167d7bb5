"""The end that Ctrl+C asks for: the sentence that is on stage is finished, and nothing follows."""

import asyncio

from tests.standins.ollama import Gate
from tests.support.rehearsal import GREETING, Rehearsal


async def test_the_last_sentence_is_finished(show: Rehearsal) -> None:
    """It stays until viewers have read it; no other follows, and nothing is begun."""
    show.ollama.will("Hello, and good evening to you all. ", "Nice to see you.")
    show.write("hello")
    await show.board.shows("Hello, and good evening to you all.")
    ending = asyncio.create_task(show.director.bow_out())
    await show.asleep()
    await show.clock.advance(1)
    assert show.board.seen == ("Hello, and good evening to you all.",)
    show.write("and you?", "aki")
    await show.clock.advance(60)
    await ending
    assert show.board.is_blank
    assert show.board.ever_seen == {GREETING, "Hello, and good evening to you all."}
    await show.until(lambda: show.outcomes == ["finished"])


async def test_nothing_is_said_any_more_where_nothing_was(show: Rehearsal) -> None:
    """What was only thought about is never seen."""
    gate = Gate()
    show.ollama.will(gate, "Never to be seen.")
    show.write("hello", paid="500")
    await gate.reached()
    await show.director.bow_out()
    gate.release()
    await show.clock.advance(60)
    assert show.board.ever_seen == {GREETING}

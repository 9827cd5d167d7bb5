"""A poll in the chat: what counts, what viewers see of it, and what the character tells."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat import Platform, Retraction
from bot.llm.message import Call
from bot.tools.poll import Count
from tests.standins.ollama import OllamaStandIn, Wants
from tests.support.rehearsal import Rehearsal, rehearsal
from tests.support.site import comment

TEA = Wants("hold_poll", {"question": "Tea?", "options": ["Green tea", "black"], "minutes": 2})


@pytest.fixture
async def show(tmp_path: Path, ollama: OllamaStandIn) -> AsyncIterator[Rehearsal]:
    """A show in which the character may hold polls."""
    async with rehearsal(tmp_path / "history.db", ollama, allowed=("hold_poll",)) as show:
        yield show


class Seen(list[Count | None]):
    """What viewers see of it, one after the other."""

    def last(self) -> Count | None:
        """What they saw last."""
        return self[-1]


@pytest.fixture
def seen(show: Rehearsal) -> Seen:
    """Have it seen."""
    seen = Seen()
    show.show.poll.show = seen.append
    return seen


async def begun(show: Rehearsal) -> None:
    """Have aki want a poll."""
    show.ollama.will(TEA)
    show.ollama.will_say("Vote now, everybody!")
    show.write("ask them which tea is best", "aki")
    await show.board.finishes("Vote now, everybody!")
    last = show.ollama.requests[-1]["messages"][-1]["content"]
    assert ": it is on for 2 minutes; viewers write 1 to 2" in last
    await show.asleep(2)  # the reading, and the poll
    await show.read()


async def test_votes_are_counted(show: Rehearsal, seen: Seen) -> None:
    """One a viewer, the last; by number or by name; nobody answers them; the result is told."""
    await begun(show)
    waiting = len(show.ollama.requests)
    for author, text in [
        *[("bo", "1"), ("mika", "２"), ("taro", " #1! "), ("hana", "BLACK"), ("ken", "green  tea")],
        *[("bo", "2"), ("ken", "1"), ("jun", "2!")],
    ]:
        show.write(text, author)
    assert show.queue.counts["voted"] == 8
    assert len(show.queue) == 0
    await show.clock.advance(5)
    assert seen[0] == Count("Tea?", ("Green tea", "black"), (0, 0))
    assert seen.last() == Count("Tea?", ("Green tea", "black"), (2, 4))
    assert len(seen) == 2, "no more often than once in a second"
    show.ollama.will_say("Black tea wins!")
    await show.clock.advance(110)
    await show.board.shows("Black tea wins!")
    assert seen.last() is None
    asked = show.ollama.requests[waiting]["messages"][-1]["content"]
    assert "The viewers' poll is over. Tea? Votes: black 4, Green tea 2\n</results>" in asked
    show.write("1", "bo")
    assert show.queue.counts["voted"] == 8


async def test_what_is_no_vote(show: Rehearsal) -> None:
    """Other numbers, what is said of it, and what was paid for are answered."""
    await begun(show)
    for number, text in enumerate(["3", "0", "1 2", "I like green tea", "black or what?"]):
        show.write(text, f"viewer{number}")
    show.write("1", "bo", paid="500")
    assert show.queue.counts["voted"] == 0


async def test_what_no_longer_stands(show: Rehearsal, seen: Seen) -> None:
    """A vote is not counted whose author is gone; a poll ends that nobody has asked for."""
    await begun(show)
    show.write("1", "bo")
    show.write("1", "mika")
    show.receive(Retraction(Platform.YOUTUBE, author_id="UC-bo"))
    await show.clock.advance(2)
    assert seen.last() == Count("Tea?", ("Green tea", "black"), (1, 0))
    number = len(show.ollama.requests)
    show.receive(Retraction(Platform.YOUTUBE, author_id="UC-aki"))
    await show.clock.advance(200)
    assert seen.last() is None
    assert len(show.ollama.requests) == number


async def test_a_moderator_ends_it(show: Rehearsal, seen: Seen) -> None:
    """Without a result, at once."""
    await begun(show)
    await show.clock.advance(2)
    show.order("!tool hold_poll off")
    await show.until(lambda: seen.last() is None)
    show.write("1", "bo")
    assert show.queue.counts["voted"] == 0


@pytest.mark.parametrize(
    ("question", "options", "told"),
    [
        ("call 090-1234-5678?", ["yes", "no"], "viewers may not see that"),
        ("Tea?", ["yes", "you retard"], "viewers may not see that"),
        ("Tea?", ["yes", "Yes!"], "each option must be another one"),
        ("Tea?", ["yes", "\u200b"], "each option must be another one"),
        ("Tea?", ["yes"], "options: "),
    ],
)
async def test_what_is_no_poll(
    show: Rehearsal, question: str, options: list[str], told: str
) -> None:
    """The model is told why."""
    call = Call("hold_poll", {"question": question, "options": options})
    (line,) = await show.show.toolbox.use([call], (comment("aki", "a poll!"),), seconds=5)
    assert f"(failed: {told}" in line


async def test_one_at_a_time(show: Rehearsal) -> None:
    """Another has to wait, and a retraction where there is none is nothing to it."""
    show.receive(Retraction(Platform.YOUTUBE, author_id="UC-bo"))
    show.order("!tool hold_poll off")
    show.order("!tool hold_poll on")
    await begun(show)
    call = Call(TEA.name, TEA.arguments)
    (line,) = await show.show.toolbox.use([call], (comment("bo", "a poll!"),), seconds=5)
    assert "(failed: there is a poll already)" in line

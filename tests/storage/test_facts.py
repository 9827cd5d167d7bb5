"""What was noted of viewers and of a stream: kept, found, and let go of with those it is about."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.chat import Author, Comment, Platform, Retraction, ViewerKey
from bot.storage.memory import Memory
from bot.storage.opening import open_memory
from tests.support.clock import FakeClock
from tests.support.database import rows

FACTS = "SELECT viewer_id, fact FROM facts ORDER BY id"
YOUTUBE = Platform.YOUTUBE
RECAP = '{"summary": "Cats."}'


def opened(path: Path, clock: FakeClock, days: int = 0) -> AbstractAsyncContextManager[Memory]:
    """Open the history as a show does."""
    return open_memory(path, clock=clock, persona="Mika", model="gpt-oss:120b", days=days)


def viewer(name: str) -> ViewerKey:
    """Return who has a name."""
    return ViewerKey((YOUTUBE, f"UC-{name}"))


async def stream(path: Path, clock: FakeClock) -> None:
    """Have aki and bo write, and something noted of each."""
    async with opened(path, clock) as memory:
        for name in ("aki", "bo"):
            author = Author(f"UC-{name}", name)
            memory.hear(Comment(YOUTUBE, f"m-{name}", author, "hi", clock.now()))
            memory.facts.learn(viewer(name), f"{name} has a cat")
        memory.facts.sum_up(RECAP)


async def test_a_viewer_is_known(tmp_path: Path) -> None:
    """By what was noted last; the same is noted once."""
    path, clock = tmp_path / "history.db", FakeClock()
    await stream(path, clock)
    async with opened(path, clock) as memory:
        for number in (1, 1, 2, 3, 4, 5):
            memory.facts.learn(viewer("aki"), f"fact {number}")
        await memory.flush()
        known = await memory.past.acquaintance("Aki")
        assert known
        assert known.facts == tuple(f"fact {number}" for number in range(1, 6))
        assert (await memory.past.acquaintance("bo") or known).facts == ("bo has a cat",)


@pytest.mark.parametrize(
    ("retraction", "left"),
    [
        (Retraction(YOUTUBE, comment_id="m-aki"), ["UC-bo"]),
        (Retraction(YOUTUBE, author_id="UC-aki"), ["UC-bo"]),
        (Retraction(YOUTUBE), []),
        (Retraction(Platform.TWITCH), ["UC-aki", "UC-bo"]),
        (Retraction(YOUTUBE, comment_id="m-none"), ["UC-aki", "UC-bo"]),
    ],
)
async def test_what_is_taken_back(tmp_path: Path, retraction: Retraction, left: list[str]) -> None:
    """Nothing stands of what may have come from it."""
    path, clock = tmp_path / "history.db", FakeClock()
    async with opened(path, clock) as memory:
        for name in ("aki", "bo"):
            author = Author(f"UC-{name}", name)
            memory.hear(Comment(YOUTUBE, f"m-{name}", author, "hi", clock.now()))
            memory.facts.learn(viewer(name), "has a cat")
        memory.retract(retraction)
    assert [one for one, _ in rows(path, FACTS)] == left


async def test_a_viewer_who_is_forgotten(tmp_path: Path) -> None:
    """What was noted of them is gone, and what their streams were about, which may name them."""
    path, clock = tmp_path / "history.db", FakeClock()
    await stream(path, clock)
    async with opened(path, clock) as memory:
        memory.facts.sum_up('{"summary": "Dogs."}')
        memory.orders.keep("timers", '[{"platform": "youtube", "id": "UC-aki"}]')
        memory.records.forget(viewer("aki"))
    assert rows(path, FACTS) == [("UC-bo", "bo has a cat")]
    assert rows(path, "SELECT 1 FROM state") == []
    assert rows(path, "SELECT recap FROM streams ORDER BY id") == [("",), ('{"summary": "Dogs."}',)]


async def test_what_is_too_old(tmp_path: Path) -> None:
    """It goes with all else, and so do reminders, in which comments stand."""
    path, clock = tmp_path / "history.db", FakeClock()
    await stream(path, clock)
    async with opened(path, clock) as memory:
        memory.orders.keep("timers", "[]")
        memory.orders.keep("think", "high")
    await clock.advance(40 * 86400)
    async with opened(path, clock, days=30):
        pass
    assert rows(path, FACTS) == []
    assert rows(path, "SELECT key FROM state") == [("think",)]
    assert rows(path, "SELECT recap FROM streams WHERE recap <> ''") == []

"""The time, dice, and a choice."""

import random
from typing import Any

import pytest

from bot.tools.occasion import Choice, Dice, Time
from bot.tools.tool import ToolError
from tests.support.clock import FakeClock

CHANCE = random.Random(1)  # noqa: S311  the same each time


async def test_the_time_here_and_elsewhere() -> None:
    """With its day and its zone; what is no zone is told."""
    time = Time(FakeClock())
    there = await time.use({"zone": "Asia/Tokyo"}, ())
    assert there.endswith("JST")
    assert "day 20" in there
    assert await time.use({}, ())
    for zone in ("Mars/Olympus", "../../etc/passwd", "\x00"):
        with pytest.raises(ToolError, match="no such zone"):
            await time.use({"zone": zone}, ())


async def test_dice() -> None:
    """Each within its sides; several with their sum."""
    dice = Dice(CHANCE)
    assert 1 <= int(await dice.use({}, ())) <= 6
    told, _, total = (await dice.use({"count": 3, "sides": 20}, ())).partition(" = ")
    rolled = [int(one) for one in told.split(" + ")]
    assert len(rolled) == 3
    assert all(1 <= one <= 20 for one in rolled)
    assert sum(rolled) == int(total)


@pytest.mark.parametrize(
    "arguments", [{"count": 0}, {"count": 10**9}, {"sides": 1}, {"sides": "x"}]
)
async def test_dice_that_there_are_not(arguments: dict[str, Any]) -> None:
    """The model is told."""
    with pytest.raises(ToolError, match=next(iter(arguments))):
        await Dice(CHANCE).use(arguments, ())


async def test_a_choice() -> None:
    """Every one of them can be it; one alone is none."""
    choice = Choice(CHANCE)
    chosen = {await choice.use({"options": ["tea", "coffee"]}, ()) for _ in range(50)}
    assert chosen == {"tea", "coffee"}
    with pytest.raises(ToolError, match="options"):
        await choice.use({"options": ["tea"]}, ())

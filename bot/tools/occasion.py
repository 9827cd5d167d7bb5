"""What needs no more than a clock and chance: the time, dice, and a choice among several."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from bot.chat import Comment
from bot.clock import Clock
from bot.tools.tool import Arguments, Tool, ToolError, function, read


class _TimeArguments(Arguments):
    zone: str = Field(
        default="", max_length=40, description="IANA name such as Asia/Tokyo; empty: the streamer's"
    )


class Time(Tool):
    """Tells the time and the date, of the streamer or of another place."""

    function = function("time", "What time and date it is, here or elsewhere.", _TimeArguments)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        zone = read(_TimeArguments, arguments).zone
        try:
            now = self._clock.now().astimezone(ZoneInfo(zone) if zone else None)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ToolError("there is no such zone; write it like Asia/Tokyo") from None
        return _told(now)


def _told(now: datetime) -> str:
    return f"{now:%A %Y-%m-%d %H:%M} {now.tzname() or ''}".strip()


class _DiceArguments(Arguments):
    count: int = Field(default=1, ge=1, le=20, description="how many dice")
    sides: int = Field(default=6, ge=2, le=1000, description="of each")


class Dice(Tool):
    """Rolls dice."""

    function = function("roll_dice", "Roll dice, truly by chance.", _DiceArguments)

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        wanted = read(_DiceArguments, arguments)
        rolled = [self._chance.randint(1, wanted.sides) for _ in range(wanted.count)]
        told = " + ".join(map(str, rolled))
        return f"{told} = {sum(rolled)}" if len(rolled) > 1 else told


class _ChoiceArguments(Arguments):
    options: list[str] = Field(min_length=2, max_length=20, description="what there is to choose")


class Choice(Tool):
    """Chooses among several."""

    function = function("choose", "Choose one of several, truly by chance.", _ChoiceArguments)

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        return self._chance.choice(read(_ChoiceArguments, arguments).options)[:100]

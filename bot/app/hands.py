"""The tools of a show, by the names that the settings have."""

import random
from collections.abc import Sequence

from bot.clock import Clock
from bot.safety.judge import Judge
from bot.storage.memory import Memory
from bot.tools.calculate import Calculate
from bot.tools.occasion import Choice, Dice, Time
from bot.tools.past import LookUpViewer, SearchPast
from bot.tools.toolbox import Toolbox


def toolbox_of(names: Sequence[str], *, memory: Memory, judge: Judge, clock: Clock) -> Toolbox:
    """Return a toolbox with those of all tools that have these names."""
    calculate, chance = Calculate(), random.SystemRandom()
    return Toolbox(
        [
            calculate,
            Time(clock),
            Dice(chance),
            Choice(chance),
            LookUpViewer(memory.past),
            SearchPast(memory.past),
        ],
        names,
        judge=judge,
        clock=clock,
        note=memory.calls.note,
        close=calculate.close,
    )

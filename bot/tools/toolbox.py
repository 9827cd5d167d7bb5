"""The toolbox: what the model may have done, what moderators forbid of it, and what came of it."""

import json
import logging
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from bot.chat import Comment, Retraction
from bot.clock import Clock, time_limit
from bot.llm.message import Call, Function
from bot.safety.judge import Judge
from bot.safety.links import unlinked
from bot.text import clean
from bot.tools.tool import Tool, ToolError
from bot.tools.usage import Usage
from bot.translation import tr

log = logging.getLogger(__name__)

_CALLS = 4
"""Calls of one round that are carried out."""
_LONGEST = 600
_ARGUMENTS = 120
"""Characters of the arguments that are told with the result."""
_BETWEEN = " / "
_LAST = 8


@dataclass(frozen=True, slots=True)
class Used:
    """A call that was carried out, for the streamer."""

    tool: str
    arguments: str
    result: str
    who: str


class _Character(Protocol):
    """What the toolbox has to know of a persona."""

    @property
    def tools(self) -> tuple[str, ...] | None: ...


class Toolbox:
    """Carries out calls. What the model is told of the tools never changes while a persona is on.

    Results are strangers' words: what the judge withholds of them the model does not get.

    Args:
        tools: those there are.
        allowed: the names of those that are to be there.
        persona: who has them; it may have chosen some.
        judge: tells what may be shown.
        clock: the time that they have.
        note: writes a call down: the tool, its arguments, the result, and who asked.

    Attributes:
        last: what was done last, the latest first.
        watch: is told when something begins to be done, and when it is over.
    """

    def __init__(
        self,
        tools: Iterable[Tool],
        allowed: Container[str],
        *,
        persona: _Character,
        judge: Judge,
        clock: Clock,
        note: Callable[[str, str, str, Sequence[Comment]], None],
    ) -> None:
        self._all: Mapping[str, Tool] = {
            tool.function.name: tool for tool in tools if tool.function.name in allowed
        }
        self._judge = judge
        self._clock = clock
        self._note = note
        self._usage = Usage(clock)
        self.watch: Callable[[bool], None] = lambda _: None
        self._off = set[str]()
        """The names of those that may not be used."""
        self.last = deque[Used](maxlen=_LAST)
        self.play(persona)

    def play(self, persona: _Character) -> None:
        """Have the tools of a persona."""
        self._tools = self._of(persona)
        for name in persona.tools or ():
            if name not in self._tools:
                log.warning(
                    tr("The character wants the tool {name}, which is not there.", name=name)
                )

    def functions(self, persona: _Character) -> Sequence[Function]:
        """Return what the model is told of when it writes as a persona."""
        return [tool.function for tool in self._of(persona).values()]

    def _of(self, persona: _Character) -> Mapping[str, Tool]:
        chosen = persona.tools
        return {name: tool for name, tool in self._all.items() if chosen is None or name in chosen}

    @property
    def states(self) -> Mapping[str, bool]:
        """Whether each may be used now."""
        return {name: name not in self._off for name in self._tools}

    def report(self) -> dict[str, Any]:
        """Return it for pages and scripts: whether each is ``on``, and the last ``calls``."""
        return {"on": self.states, "calls": [asdict(one) for one in self.last]}

    def switch(self, name: str, *, on: bool) -> bool:
        """Let a tool be used from now on, or not; all of them where the name is empty.

        Returns:
            Whether there is such a tool.
        """
        meant = {one for one in self._all if name in {"", one}}
        self._off = self._off - meant if on else self._off | meant
        for one in meant if not on else ():
            self._all[one].stop()
        return bool(meant)

    def retract(self, retraction: Retraction) -> None:
        """Let go of what was wanted in a comment that no longer stands."""
        for tool in self._all.values():
            tool.retract(retraction)

    async def close(self) -> None:
        """End what the tools have begun."""
        for tool in self._all.values():
            await tool.close()

    async def use(
        self, calls: Sequence[Call], asked: tuple[Comment, ...], *, seconds: float
    ) -> list[str]:
        """Carry out calls, one after the other; return a line of each for the model.

        Args:
            calls: what the model wants.
            asked: the comments that it answers.
            seconds: what they may take together.
        """
        self.watch(True)
        try:
            return await self._used_all(calls, asked, self._clock.monotonic() + seconds)
        finally:
            self.watch(False)

    async def _used_all(
        self, calls: Sequence[Call], asked: tuple[Comment, ...], end: float
    ) -> list[str]:
        lines = []
        for call in calls[:_CALLS]:
            arguments = _told(call.arguments)
            tool = self._tools.get(call.name)
            found = await self._used(tool, call, asked, end)
            result = self._fit(found, tool.longest if tool else _LONGEST)
            name = call.name if tool else "?"
            who = asked[0].author.name if asked else ""
            self._note(name, arguments, result, asked)
            self.last.appendleft(Used(name, arguments, result, who))
            log.info(
                tr(
                    "Tool {name}({arguments}): {result}",
                    name=name,
                    arguments=arguments,
                    result=result,
                )
            )
            lines.append(f"{name}({arguments[:_ARGUMENTS]}): {result}")
        return lines

    async def _used(
        self, tool: Tool | None, call: Call, asked: tuple[Comment, ...], end: float
    ) -> str:
        if tool is None:
            return f"(there is no such tool; there are {', '.join(self._tools)})"
        if not self.states[call.name]:
            return "(not allowed now)"
        try:
            self._usage.take(call.name, tool.limits, frozenset(one.viewer for one in asked))
            seconds = min(end - self._clock.monotonic(), tool.seconds)
            async with time_limit(self._clock, max(0.0, seconds)):
                return await tool.use(call.arguments, asked)
        except ToolError as error:
            return f"(failed: {error})"
        except TimeoutError:
            return "(failed: it took too long)"
        except Exception:
            # The show goes on without, whatever it is.
            log.exception(tr("A bug in the tool {name}.", name=call.name))
            return "(failed)"

    def _fit(self, result: str, longest: int) -> str:
        """Return what viewers may see of a result, as one line."""
        lines = [line for one in result.splitlines() if (line := unlinked(clean(one)))]
        fit = [line for line in lines if self._judge.found(line) is None]
        return clean(_BETWEEN.join(fit), longest) or "(withheld: viewers may not see it)"


def _told(arguments: Mapping[str, Any]) -> str:
    told = ", ".join(
        f"{clean(str(key))}={json.dumps(value, ensure_ascii=False, default=str)}"
        for key, value in arguments.items()
    )
    return clean(told)[:_LONGEST]

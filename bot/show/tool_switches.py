"""Switches: what moderators forbid the character to have done, and allow again."""

from collections.abc import Mapping
from typing import Protocol

from bot.intake.commands import Command, Order
from bot.show.outcome import Hand, Outcome
from bot.storage.order_records import OrderRecords, Standing
from bot.translation import tr

_ON, _OFF = "on", "off"


class Switchable(Protocol):
    """What has the tools."""

    @property
    def states(self) -> Mapping[str, bool]:
        """Whether each may be used now."""
        ...

    def switch(self, name: str, *, on: bool) -> bool:
        """Let a tool be used, or all, or not; return whether there is such a one."""
        ...


class ToolSwitches:
    """Switches tools for moderators, and keeps what stands."""

    def __init__(self, tools: Switchable, *, records: OrderRecords, prefix: str) -> None:
        self._tools = tools
        self._records = records
        self._prefix = prefix
        self.hands: dict[Command, Hand] = {
            Command.TOOLS: self._switch_all,
            Command.TOOL: self._switch_one,
        }

    def recall(self, standing: Standing) -> None:
        """Take up what was forbidden in an earlier run."""
        for name in standing.state.get(Command.TOOLS, "").split():
            self._tools.switch(name, on=False)

    def _switch_all(self, order: Order) -> Outcome:
        wanted = order.rest.casefold()
        if wanted not in {_ON, _OFF}:
            return Outcome(self._told())
        self._tools.switch("", on=wanted == _ON)
        return self._kept(f"{Command.TOOLS} {_OFF if wanted == _ON else _ON}")

    def _switch_one(self, order: Order) -> Outcome:
        name, _, wanted = order.rest.casefold().rpartition(" ")
        name = name.strip()
        if not name or wanted not in {_ON, _OFF} or not self._tools.switch(name, on=wanted == _ON):
            return Outcome(
                tr(
                    "write {prefix}tool, the name of a tool, and on or off. {now}",
                    prefix=self._prefix,
                    now=self._told(),
                )
            )
        return self._kept(f"{Command.TOOL} {name} {_OFF if wanted == _ON else _ON}")

    def _kept(self, undo: str) -> Outcome:
        off = [name for name, is_on in self._tools.states.items() if not is_on]
        if off:
            self._records.keep(Command.TOOLS, " ".join(off))
        else:
            self._records.drop(Command.TOOLS)
        return Outcome(self._told(), undo=undo)

    def _told(self) -> str:
        states = self._tools.states
        if not states:
            return tr("the character has no tools.")
        told = []
        for word, is_meant in ((_ON, True), (_OFF, False)):
            if names := [name for name, is_on in states.items() if is_on is is_meant]:
                told.append(f"{word}: {', '.join(names)}")
        return tr("tools {tools}.", tools="; ".join(told))

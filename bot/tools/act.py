"""An act in a program beside ours, with one of those things that the streamer has listed."""

import logging
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat import Comment
from bot.errors import BotError
from bot.llm.message import Function
from bot.tools.tool import Arguments, Limits, Tool, ToolError, read

log = logging.getLogger(__name__)


class Wanted(Arguments):
    """What is to be done, and with which of them."""

    name: str
    visible: bool = True


class Act(Tool):
    """Does something with one of several.

    Args:
        names: of those that may be used.
        pause: seconds between two.

    Attributes:
        name: what the model calls it,
        description: and what it is told of it;
        others: further arguments, as a JSON schema has them.
        who: the program, as the model is told of it where it does not do it.
    """

    name: str
    description: str
    others: Mapping[str, Any] = {}
    who: str
    seconds = 4.0

    def __init__(self, names: Sequence[str], pause: float) -> None:
        self._names = names
        properties = {"name": {"type": "string", "enum": list(names)}, **self.others}
        schema = {"type": "object", "properties": properties, "required": ["name"]}
        self.function = Function(self.name, self.description, schema)
        self.limits = Limits(pause=pause)

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """See ``Tool``."""
        del asked
        wanted = read(Wanted, arguments)
        if wanted.name not in self._names:
            raise ToolError(f"there is no such one; there are {', '.join(self._names)}")
        try:
            await self._do(wanted)
        except BotError as error:
            log.warning("%s", error)
            raise ToolError(f"{self.who} does not do it") from None
        return "done"

    @abstractmethod
    async def _do(self, wanted: Wanted) -> None:
        """Do it.

        Raises:
            BotError: the program is not there, or says no.
            ToolError: it cannot be done.
        """

"""A writer at its desk for the tests: the real adapter, and a model that says what it is told."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime

from bot.chat import Author, Comment, Exchange, Platform, Remark
from bot.clock import SystemClock
from bot.llm.ollama import Ollama
from bot.llm.options import OllamaOptions
from bot.persona import Example, Persona
from bot.stage.backstage import Nowhere
from bot.text import join
from bot.writing.writer import Request, Writer
from tests.standins.ollama import OllamaStandIn
from tests.support.judging import judge

MIKA = Persona(
    name="Mika",
    language="en",
    profile="You are Mika, who keeps a lighthouse far out in the cold northern sea.",
    examples=(Example(author="joss", comment="are you awake?", reply="Always, joss!"),),
    greeting=("Good evening.",),
    unable=("The fog swallowed that one.",),
)
GO_ON = Request("(Go on.)")
"""A request in a silence."""
_AT = datetime(2026, 1, 2, tzinfo=UTC)


class Notes(Nowhere):
    """A backstage that keeps what the model thought."""

    def __init__(self) -> None:
        self.thought = ""

    def thinking(self, text: str) -> None:
        """See ``bot.stage.backstage.Backstage``."""
        self.thought += text


class Desk:
    """A writer, and what a test may want of it."""

    def __init__(
        self,
        ollama: OllamaStandIn,
        *,
        persona: Persona = MIKA,
        num_ctx: int = 8192,
        num_predict: int = 1024,
        brief: bool = False,
    ) -> None:
        self.ollama = ollama
        self.notes = Notes()
        options = OllamaOptions(
            host=ollama.host,
            model=ollama.models[0],
            num_ctx=num_ctx,
            num_predict=num_predict,
            first_token_timeout=60,
            next_token_timeout=60,
        )
        self.llm = Ollama(options, clock=SystemClock())
        self.writer = Writer(
            persona=persona,
            llm=self.llm,
            backstage=self.notes,
            judge=judge(),
            effort="medium",
            sampling=persona.sampling,
            brief=brief,
        )

    def ask(self, remarks: Sequence[Remark]) -> Request:
        """Return the request for remarks, as the next batch would have it."""
        return self.writer.ask(remarks, self.writer.plan())

    async def reply(self, request: Request) -> list[str]:
        """Return what is said to a request."""
        async with aclosing(self.writer.write(request)) as sentences:
            return [spoken.text async for spoken in sentences]

    async def answer(self, text: str, number: int = 0) -> list[str]:
        """Answer a comment as the director does, and remember it."""
        batch = [remark(text, number)]
        request = self.ask(batch)
        said = await self.reply(request)
        if said:
            answers = tuple(comment for each in batch for comment in each.comments)
            self.writer.remember(Exchange(request.asked, join(said), answers))
        return said

    @property
    def prompts(self) -> list[list[dict[str, str]]]:
        """The messages of every request."""
        return [request["messages"] for request in self.ollama.requests]


def noted(*notes: str, **viewers: str) -> str:
    """Return what a model answers that notes this, and a fact of each of some viewers."""
    about = [{"name": name, "fact": fact} for name, fact in viewers.items()]
    return json.dumps({"notes": notes, "viewers": about}, ensure_ascii=False)


def remark(text: str, number: int = 0) -> Remark:
    """Return a remark; ``number`` is its comment's id."""
    return Remark((Comment(Platform.TWITCH, str(number), Author("7", "taro"), text, _AT),))

"""The conversation: what the model is told of it, within its context, and what it has read."""

import json
from collections.abc import Sequence

from bot.chat import Exchange, Retraction
from bot.errors import MisconfiguredError
from bot.llm.engine import Engine
from bot.llm.message import Function, Message
from bot.llm.options import Effort
from bot.persona import Persona
from bot.text import tokens
from bot.translation import tr
from bot.writing import prompt
from bot.writing.history import History


class Conversation:
    """Keeps the history in the room that the model's context leaves, and makes prompts of it.

    Attributes:
        history: the exchanges, and the notes on those that are gone.
        reserve: tokens of the context that are kept for a batch.

    Raises:
        MisconfiguredError: the persona leaves no room in the context for a conversation.
    """

    def __init__(self, persona: Persona, llm: Engine, functions: Sequence[Function] = ()) -> None:
        self.history = History()
        self._persona = persona
        self._read: tuple[Sequence[Message], Effort] | None = None
        options = llm.options
        context = options.num_ctx - options.num_predict
        self.reserve = context // 5
        told = sum(tokens(json.dumps(one.described, ensure_ascii=False)) for one in functions)
        self._whole = context - prompt.size(prompt.fixed(persona)) - told
        if self._whole < self.reserve:
            raise MisconfiguredError(
                tr(
                    "{name} fills the model's context ({num_ctx} tokens) and leaves no room"
                    " for a conversation. Shorten the persona's profile or its examples, or"
                    " raise {group}_NUM_CTX.",
                    name=persona.name,
                    num_ctx=options.num_ctx,
                    group=llm.group,
                )
            )

    @property
    def room(self) -> int:
        """Tokens that the history may take."""
        return self._whole - self.reserve

    def recall(self, exchanges: Sequence[Exchange]) -> None:
        """Begin with what an earlier run has said."""
        self.history.recall(exchanges, self.room)

    def remember(self, exchange: Exchange) -> None:
        """Add an exchange."""
        self.history.add(exchange)

    def put_right(self, told: Exchange, said: Exchange) -> None:
        """Put what was really said in the place of what was to be said."""
        self.history.put_right(told, said)

    def retract(self, retraction: Retraction) -> None:
        """Leave out every exchange that answers what was taken back."""
        self.history.retract(retraction)

    def asking(self, asked: str) -> list[Message]:
        """Return the prompt for a user message; the oldest exchanges give way to it."""
        self.history.give_way(self._whole - tokens(asked))
        return prompt.messages(self._persona, self.history, asked)

    def unread(self, messages: Sequence[Message], effort: Effort) -> int:
        """Estimate the tokens of a prompt that the server has yet to read.

        The model's template has the effort at the head of the prompt.
        """
        known = self._read[0] if self._read and self._read[1] == effort else ()
        return prompt.fresh(known, messages)

    def was_read(self, messages: Sequence[Message], effort: Effort) -> None:
        """Note that the server has read a prompt, the last of all."""
        self._read = messages, effort

"""The conversation: what the model is told of it, within its context, and what it has read."""

from bot.chat import Exchange, Retraction
from bot.errors import MisconfiguredError
from bot.llm.message import Message
from bot.llm.options import OllamaOptions
from bot.persona import Persona
from bot.text import tokens
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

    def __init__(self, persona: Persona, options: OllamaOptions) -> None:
        self.history = History()
        self._persona = persona
        self._read: list[Message] = []
        context = options.num_ctx - options.num_predict
        self.reserve = context // 5
        self._room = context - prompt.size(prompt.conversation(persona, ()))
        if self._room < self.reserve:
            raise MisconfiguredError(
                f"{persona.name} fills the model's context ({options.num_ctx} tokens) and leaves"
                " no room for a conversation. Shorten the persona's profile or its examples, or"
                " raise OLLAMA_NUM_CTX."
            )

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
        self.history.give_way(self._room - tokens(asked))
        return prompt.messages(
            self._persona, self.history.exchanges, asked, notes=self.history.notes.text
        )

    def older(self) -> list[Exchange]:
        """Return the exchanges that are to be summed up; none as long as there is room enough."""
        return self.history.older(self._room - self.reserve)

    def unread(self, messages: list[Message]) -> int:
        """Estimate the tokens of a prompt that the server has yet to read."""
        return prompt.fresh(self._read, messages)

    def was_read(self, messages: list[Message]) -> None:
        """Note that the server has read a prompt, the last of all."""
        self._read = messages

"""The guard: a model that judges, slowly and with understanding, what the judge has passed."""

import logging
from contextlib import aclosing
from pathlib import Path

import regex

from bot.clock import Clock, time_limit
from bot.errors import BotError, MisconfiguredError
from bot.llm.engine import Engine
from bot.llm.message import Content, Message
from bot.llm.options import Sampling
from bot.recent import Recent
from bot.safety.options import Fails
from bot.translation import tr

log = logging.getLogger(__name__)

_POLICY = Path(__file__).with_name("policy.txt")
_EXACT = Sampling(temperature=0.0)
_TEXTS = 500
_VERDICT = regex.compile(r"[\s\"'*`]*(?:(?P<safe>safe|0)|unsafe|1)\b", regex.IGNORECASE)
"""What Llama Guard says, and gpt-oss-safeguard by the policy that comes along or, with 0 and 1, by
its guide's example: https://cookbook.openai.com/articles/gpt-oss-safeguard-guide."""


class Guard:
    """Asks a model about one text after another.

    Args:
        llm: the model.
        policy: tells it what may not be shown, and how to answer.
        limit: seconds that it has for one text.
        fails: what becomes of a text that it does not judge in that time.
        clock: the time by which they have passed.
    """

    def __init__(
        self, llm: Engine, policy: str, *, limit: float, fails: Fails, clock: Clock
    ) -> None:
        self.llm = llm
        self._policy = policy
        self._limit = limit
        self._fails = fails
        self._clock = clock
        self._known: Recent[str, bool] = Recent(_TEXTS)
        """Whether a text is safe of which that was asked lately."""
        self._is_deaf = False

    async def finds(self, text: str) -> str | None:
        """Return why a text may not be shown, in words for the streamer, or None.

        It never fails: where the model does not answer, the setting tells what that means.
        """
        is_safe = self._known.get(text, None) if text.strip() else True
        if is_safe is None:
            is_safe = await self._judge(text)
        if is_safe is None and self._fails is Fails.CLOSED:
            return tr("nothing that the second judge could judge in time")
        return tr("what {model} calls unsafe", model=self.llm.model) if is_safe is False else None

    async def _judge(self, text: str) -> bool | None:
        """Return whether a text is safe; None where the model does not tell."""
        try:
            async with time_limit(self._clock, self._limit):
                is_safe = await self._ask(text)
        except TimeoutError:
            why = tr("it takes longer than {limit:g} s (GUARD_TIMEOUT).", limit=self._limit)
        except BotError as error:
            why = str(error)
        else:
            if is_safe is not None:
                self._known[text] = is_safe
                self._is_deaf = False
                return is_safe
            why = tr(
                "it answers neither SAFE nor UNSAFE. Is the model in GUARD_MODEL one that judges?"
            )
        if not self._is_deaf:
            self._is_deaf = True
            what = tr("shown all the same") if self._fails is Fails.OPEN else tr("withheld")
            log.error(
                tr(
                    "The second judge does not judge; what waits for it is {what}: {why}",
                    what=what,
                    why=why,
                )
            )
        return None

    async def _ask(self, text: str) -> bool | None:
        """Return whether a text is safe; None where the answer is no verdict."""
        messages: list[Message] = [
            {"role": "system", "content": self._policy},
            {"role": "user", "content": text},
        ]
        answer = ""
        stream = self.llm.think(messages, effort="low", sampling=_EXACT)
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                if isinstance(piece, Content):
                    answer += piece.text
        verdict = _VERDICT.match(answer)
        return bool(verdict["safe"]) if verdict else None


def read_policy(path: Path | None) -> str:
    """Return the text of a policy; of the one that comes along where there is no path.

    Raises:
        MisconfiguredError: it cannot be read, or is empty.
    """
    try:
        text = (path or _POLICY).read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(
            tr(
                "The policy {path} in GUARD_POLICY cannot be read: is it there, and saved as"
                " UTF-8?",
                path=path,
            )
        ) from error
    if not text:
        raise MisconfiguredError(tr("The policy {path} in GUARD_POLICY is empty.", path=path))
    return text

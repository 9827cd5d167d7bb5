"""What goes wrong with an Ollama server, in words for the streamer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import ollama
from pydantic import ValidationError

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.message import MalformedCallError
from bot.translation import tr

_MALFORMED = "error parsing tool call"
"""How Ollama begins what it says of one: ``server/routes.go``, ``harmony/harmonyparser.go``."""


class MissingModelError(MisconfiguredError):
    """The server does not have the model, and can get it."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Turns what the client library raises into the bot's two kinds of error.

    Attributes:
        host: the server's address.
        model: what it is asked for.
        group: what the names of its settings begin with.
    """

    host: str
    model: str
    group: str

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Tell what has failed."""
        try:
            yield
        except ollama.ResponseError as error:
            if _MALFORMED in str(error.error):
                raise self._malformed(_one_line(str(error.error))) from error
            raise self._explain(error) from error
        except TimeoutError as error:
            raise self.silence() from error
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UnavailableError(
                tr(
                    "Ollama does not answer at {host}. Start it (`ollama serve`, or the Ollama"
                    " app), or set {group}_HOST to where it runs.",
                    host=self.host,
                    group=self.group,
                )
            ) from error
        except httpx.HTTPError as error:
            raise UnavailableError(
                tr(
                    "Ollama at {host} hung up in the middle of an answer. It has crashed or"
                    " was ended: look at its window, or start it anew.",
                    host=self.host,
                )
            ) from error

    @contextmanager
    def foreign_answers(self) -> Iterator[None]:
        """Say of an answer that the client library stumbles over that it is not Ollama's.

        The library looks into what it is sent without asking whether it is a JSON object. Nothing
        of ours runs within, so that a bug of ours is never taken for the neighbour's.
        """
        try:
            yield
        except (ValueError, TypeError, AttributeError) as error:
            raise self._foreign() from error

    @contextmanager
    def odd_parts(self, *, is_known: bool) -> Iterator[None]:
        """Say of a part that is none what it is, where Ollama has answered before: its error.

        Ollama 0.11.3 tells some in a form of their own, ``{"error parsing tool call": "…"}``.
        """
        try:
            yield
        except ValidationError as error:
            if not is_known:
                raise
            sent = _one_line(str(error.errors(include_url=False)[0]["input"]))
            failed = self._malformed if _MALFORMED in sent else self._broken_off
            raise failed(sent) from error

    def _malformed(self, sent: str) -> UnavailableError:
        return MalformedCallError(str(self._broken_off(sent)))

    def _broken_off(self, sent: str) -> UnavailableError:
        told = sent[:200]
        return UnavailableError(
            tr("Ollama at {host} broke off its answer: {sent}", host=self.host, sent=told)
        )

    def silence(self) -> UnavailableError:
        """Return the error of a server that does not answer at all."""
        return UnavailableError(
            tr(
                "Ollama at {host} accepts what it is sent and does not answer. If that stays"
                " so, restart it.",
                host=self.host,
            )
        )

    def no_first_token(self, seconds: float) -> UnavailableError:
        """Return the error of a model from which no token came, in so many seconds."""
        return UnavailableError(
            tr(
                "{model} on Ollama at {host} has not begun to answer within {seconds:g} s. A"
                " large model on a slow machine may need longer to read its prompt: raise"
                " {group}_FIRST_TOKEN_TIMEOUT, or lower {group}_NUM_CTX.",
                model=self.model,
                host=self.host,
                seconds=seconds,
                group=self.group,
            )
        )

    def no_next_token(self, seconds: float) -> UnavailableError:
        """Return the error of a model that fell silent for so many seconds."""
        return UnavailableError(
            tr(
                "{model} on Ollama at {host} has gone quiet in the middle of an answer, for"
                " {seconds:g} s ({group}_NEXT_TOKEN_TIMEOUT). If that stays so, restart"
                " Ollama.",
                model=self.model,
                host=self.host,
                seconds=seconds,
                group=self.group,
            )
        )

    def ended_early(self) -> UnavailableError:
        """Return the error of an answer that ended without an end."""
        return UnavailableError(
            tr("Ollama at {host} ended its answer in the middle.", host=self.host)
        )

    def _explain(self, error: ollama.ResponseError) -> BotError:
        message = _one_line(str(error.error))
        if error.status_code == HTTPStatus.NOT_FOUND:
            if "model" not in message:
                return self._foreign()
            return MissingModelError(
                tr(
                    "Ollama at {host} does not have the model {model}. Get it with `ollama"
                    " pull {model}`, or name another in {group}_MODEL.",
                    host=self.host,
                    model=self.model,
                    group=self.group,
                )
            )
        if "memory" in message:
            return MisconfiguredError(
                tr(
                    "{model} does not fit into memory ({message}). Close other programs, lower"
                    " OLLAMA_NUM_CTX, or name a smaller model in {group}_MODEL.",
                    model=self.model,
                    message=message,
                    group=self.group,
                )
            )
        if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return UnavailableError(
                tr("Ollama at {host} is busy with other requests.", host=self.host)
            )
        return UnavailableError(
            tr("Ollama at {host} reports an error: {message}", host=self.host, message=message)
        )

    def _foreign(self) -> UnavailableError:
        return UnavailableError(
            tr(
                "What answers at {host} does not speak like Ollama. Is {group}_HOST right, and is"
                " that machine on? Where it is off, a router may answer in its place.",
                host=self.host,
                group=self.group,
            )
        )


def _one_line(text: str, limit: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit] + "…"

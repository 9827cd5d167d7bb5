"""What goes wrong with a server that speaks OpenAI's API, in words for the streamer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import openai

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.options import OpenAIOptions
from bot.translation import tr

_FOREIGN = json.JSONDecodeError, UnicodeDecodeError, AttributeError, TypeError


@dataclass(frozen=True, slots=True)
class Failures:
    """Turns what the client library raises into the bot's two kinds of error."""

    options: OpenAIOptions

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Tell what has failed."""
        try:
            yield
        except TimeoutError as error:
            raise UnavailableError(
                tr("{where} accepts what it is sent and does not answer.", where=self._where)
            ) from error
        except openai.APIStatusError as error:
            raise self._status(error) from error
        except openai.APIConnectionError as error:
            raise UnavailableError(
                tr(
                    "No model answers at {where}. Start its server, or set OPENAI_BASE_URL to"
                    " where it runs.",
                    where=self._where,
                )
            ) from error
        except openai.APIError as error:
            raise UnavailableError(
                tr("{where} reports an error: {told}", where=self._where, told=_told(error))
            ) from error

    @contextmanager
    def foreign_answers(self) -> Iterator[None]:
        """Say of an answer that the client library stumbles over that it is none of that API."""
        try:
            yield
        except _FOREIGN as error:
            raise UnavailableError(
                tr(
                    "What answers at {where} does not speak OpenAI's API. Is OPENAI_BASE_URL"
                    " right?",
                    where=self._where,
                )
            ) from error

    def no_address(self, why: str) -> MisconfiguredError:
        """Return the error of an address that is none."""
        return MisconfiguredError(
            tr(
                "OPENAI_BASE_URL={where} is no address ({why}). Write it like http://127.0.0.1:8000/v1.",
                where=self._where,
                why=why,
            )
        )

    def no_first_token(self) -> UnavailableError:
        """Return the error of a model from which no token came in time."""
        return UnavailableError(
            tr(
                "{model} at {where} has not begun to answer within {seconds:g} s"
                " (OPENAI_FIRST_TOKEN_TIMEOUT). Is its server busy with others?",
                model=self.options.model,
                where=self._where,
                seconds=self.options.first_token_timeout,
            )
        )

    def no_next_token(self) -> UnavailableError:
        """Return the error of a model that fell silent."""
        return UnavailableError(
            tr(
                "{model} at {where} has gone quiet in the middle of an answer, for"
                " {seconds:g} s (OPENAI_NEXT_TOKEN_TIMEOUT).",
                model=self.options.model,
                where=self._where,
                seconds=self.options.next_token_timeout,
            )
        )

    def hung_up(self) -> UnavailableError:
        """Return the error of a connection that broke."""
        return UnavailableError(
            tr(
                "{where} hung up in the middle of an answer. It has crashed or was ended.",
                where=self._where,
            )
        )

    def ended_early(self) -> UnavailableError:
        """Return the error of an answer that ended without an end."""
        return UnavailableError(tr("{where} ended its answer in the middle.", where=self._where))

    def unknown_model(self, served: list[str]) -> MisconfiguredError:
        """Return the error of a model that the server does not list."""
        return MisconfiguredError(
            tr(
                "{where} does not serve {model}, but {served}. Name one of these in OPENAI_MODEL.",
                where=self._where,
                model=self.options.model,
                served=", ".join(served[:5]),
            )
        )

    def _status(self, error: openai.APIStatusError) -> BotError:
        told = _told(error)
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return MisconfiguredError(
                    tr(
                        "{where} wants another key than the one in OPENAI_API_KEY.",
                        where=self._where,
                    )
                )
            case openai.NotFoundError():
                return MisconfiguredError(
                    tr(
                        "{where} does not know {model}, or has nothing at that address: check"
                        " OPENAI_MODEL and OPENAI_BASE_URL, which mostly ends in /v1.",
                        where=self._where,
                        model=self.options.model,
                    )
                )
            case openai.RateLimitError():
                return UnavailableError(
                    tr("{where} is busy with other requests.", where=self._where)
                )
            case openai.BadRequestError() if "context" in told:
                return MisconfiguredError(
                    tr(
                        "{model} at {where} has less context than OPENAI_NUM_CTX={num_ctx}"
                        " ({told}). Lower it.",
                        model=self.options.model,
                        where=self._where,
                        num_ctx=self.options.num_ctx,
                        told=told,
                    )
                )
        return UnavailableError(
            tr("{where} reports an error: {told}", where=self._where, told=told)
        )

    @property
    def _where(self) -> str:
        return self.options.base_url


def _told(error: openai.APIError) -> str:
    return " ".join(str(error.message).split())[:200]

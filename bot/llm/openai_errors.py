"""What goes wrong with a server that speaks OpenAI's API, in words for the streamer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import openai

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.options import OpenAIOptions

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
                f"{self._where} accepts what it is sent and does not answer."
            ) from error
        except openai.APIStatusError as error:
            raise self._status(error) from error
        except openai.APIConnectionError as error:
            raise UnavailableError(
                f"No model answers at {self._where}. Start its server, or set OPENAI_BASE_URL to"
                " where it runs."
            ) from error
        except openai.APIError as error:
            raise UnavailableError(f"{self._where} reports an error: {_told(error)}") from error

    @contextmanager
    def foreign_answers(self) -> Iterator[None]:
        """Say of an answer that the client library stumbles over that it is none of that API."""
        try:
            yield
        except _FOREIGN as error:
            raise UnavailableError(
                f"What answers at {self._where} does not speak OpenAI's API. Is OPENAI_BASE_URL"
                " right?"
            ) from error

    def no_address(self, why: str) -> MisconfiguredError:
        """Return the error of an address that is none."""
        return MisconfiguredError(
            f"OPENAI_BASE_URL={self._where} is no address ({why}). Write it like"
            " http://127.0.0.1:8000/v1."
        )

    def no_first_token(self) -> UnavailableError:
        """Return the error of a model from which no token came in time."""
        return UnavailableError(
            f"{self.options.model} at {self._where} has not begun to answer within"
            f" {self.options.first_token_timeout:g} s (OPENAI_FIRST_TOKEN_TIMEOUT). Is its server"
            " busy with others?"
        )

    def no_next_token(self) -> UnavailableError:
        """Return the error of a model that fell silent."""
        return UnavailableError(
            f"{self.options.model} at {self._where} has gone quiet in the middle of an answer, for"
            f" {self.options.next_token_timeout:g} s (OPENAI_NEXT_TOKEN_TIMEOUT)."
        )

    def hung_up(self) -> UnavailableError:
        """Return the error of a connection that broke."""
        return UnavailableError(
            f"{self._where} hung up in the middle of an answer. It has crashed or was ended."
        )

    def ended_early(self) -> UnavailableError:
        """Return the error of an answer that ended without an end."""
        return UnavailableError(f"{self._where} ended its answer in the middle.")

    def unknown_model(self, served: list[str]) -> MisconfiguredError:
        """Return the error of a model that the server does not list."""
        return MisconfiguredError(
            f"{self._where} does not serve {self.options.model}, but {', '.join(served[:5])}. Name"
            " one of these in OPENAI_MODEL."
        )

    def _status(self, error: openai.APIStatusError) -> BotError:
        told = _told(error)
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return MisconfiguredError(
                    f"{self._where} wants another key than the one in OPENAI_API_KEY."
                )
            case openai.NotFoundError():
                return MisconfiguredError(
                    f"{self._where} does not know {self.options.model}, or has nothing at that"
                    " address: check OPENAI_MODEL and OPENAI_BASE_URL, which mostly ends in /v1."
                )
            case openai.RateLimitError():
                return UnavailableError(f"{self._where} is busy with other requests.")
            case openai.BadRequestError() if "context" in told:
                return MisconfiguredError(
                    f"{self.options.model} at {self._where} has less context than"
                    f" OPENAI_NUM_CTX={self.options.num_ctx} ({told}). Lower it."
                )
        return UnavailableError(f"{self._where} reports an error: {told}")

    @property
    def _where(self) -> str:
        return self.options.base_url


def _told(error: openai.APIError) -> str:
    return " ".join(str(error.message).split())[:200]

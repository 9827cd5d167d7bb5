"""Ollama: a model on Ollama, as a stream of thinking and of content."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias, cast

import httpx
import ollama

from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.persona import Effort, Sampling
from bot.writing.prompt import Message


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of the model's reasoning. Never for the audience."""

    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of the model's answer, not yet cleaned."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an answer, with the server's own figures, 0 where it does not tell.

    ``cut`` says that the answer or the thinking used up all the tokens there were; ``tokens``
    counts both together, and ``seconds`` is what they took. ``prompt_seconds`` is what it took to
    read of the prompt what the server did not remember.
    """

    cut: bool = False
    tokens: int = 0
    seconds: float = 0.0
    prompt_seconds: float = 0.0

    @property
    def speed(self) -> float:
        """Tokens a second, 0.0 where the server does not tell."""
        return self.tokens / self.seconds if self.seconds else 0.0


Piece: TypeAlias = Thinking | Content | Done


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for Ollama, in seconds."""

    connect: float = 5.0
    first_token: float = 180.0
    """Covers reading the prompt, and loading the model where it was unloaded."""
    next_token: float = 30.0


class Ollama:
    """One model on one Ollama server.

    Args:
        host: the server's address, ``http://127.0.0.1:11434`` say.
        model: its name there.
        num_ctx: tokens of context; fixed, because changing it makes the server load the model anew.
        num_predict: tokens of thinking and answer together, at most.
        keep_alive: how long the server keeps the model in memory after each request.
        patience: the time limits.
        transport: stands in for the network, in tests.

    Raises:
        MisconfiguredError: the host is no address.
    """

    def __init__(
        self,
        *,
        host: str,
        model: str,
        num_ctx: int = 8192,
        num_predict: int = 1024,
        keep_alive: str = "12h",
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.host = host
        self.model = model
        self.num_ctx = num_ctx
        self.num_predict = num_predict
        self._keep_alive = keep_alive
        self._patience = patience or Patience()
        self._thinks: bool | None = None
        """Whether the model can reason; None until the server has told."""
        options: dict[str, Any] = {"transport": transport} if transport else {}
        timeout = httpx.Timeout(None, connect=self._patience.connect)
        # A proxy setting of the system is for the internet, not for the model next door.
        try:
            self._client = ollama.AsyncClient(host, timeout=timeout, trust_env=False, **options)
        except (ValueError, httpx.InvalidURL) as error:
            raise MisconfiguredError(
                f"OLLAMA_HOST={host} is no address ({error}). Write it like http://127.0.0.1:11434."
            ) from error

    async def find(self) -> None:
        """Look the model up.

        Raises:
            UnavailableError: the server does not answer.
            MisconfiguredError: it does not have the model; the text says how to get it.
        """
        with self._translated():
            async with asyncio.timeout(self._patience.next_token):
                capabilities = (await self._client.show(self.model)).capabilities
        self._thinks = capabilities is None or "thinking" in capabilities

    async def warm(self) -> None:
        """Find the model and have the server load it; a minute and more for a large one.

        Raises: as ``find`` does.
        """
        await self.find()
        with self._translated():
            async with asyncio.timeout(self._patience.first_token):
                # An empty conversation is Ollama's way to be asked to load a model and no more.
                await self._client.chat(
                    self.model, [], options=self._options(Sampling()), keep_alive=self._keep_alive
                )

    async def think(
        self,
        messages: Sequence[Message],
        *,
        effort: Effort,
        sampling: Sampling,
        limit: int | None = None,
    ) -> AsyncGenerator[Piece]:
        """Stream the model's answer. Closing or cancelling the stream stops the model.

        Args:
            messages: the prompt.
            effort: how long to reason, where the model can.
            sampling: how freely to choose words.
            limit: tokens of thinking and answer, where they are to be fewer than ``num_predict``.

        Raises:
            UnavailableError: the server is not there, failed, or went quiet.
            MisconfiguredError: it does not have the model.
        """
        if self._thinks is None:
            # The server was not there when the show began; a model that does not reason would
            # refuse an effort.
            await self.find()
        most = min(limit or self.num_predict, self.num_predict)
        with self._translated():
            stream = await self._client.chat(
                self.model,
                messages,
                stream=True,
                think=effort if self._thinks else None,
                options=self._options(sampling) | {"num_predict": most},
                keep_alive=self._keep_alive,
            )
            async with aclosing(cast("AsyncGenerator[ollama.ChatResponse]", stream)):
                patience = self._patience.first_token
                # A part is a token or more, or now and then empty: a server that sends more of
                # them than this has lost count.
                for _ in range(2 * most + 1):
                    async with asyncio.timeout(patience):
                        part = await anext(stream, None)
                    if part is None:
                        raise UnavailableError(
                            f"Ollama at {self.host} ended its answer in the middle."
                        )
                    patience = self._patience.next_token
                    if part.message.thinking:
                        yield Thinking(part.message.thinking)
                    if part.message.content:
                        yield Content(part.message.content)
                    if part.done:
                        yield _done(part)
                        return
                yield Done(cut=True)

    async def close(self) -> None:
        """Close the connections. A stream that is still open ends with an error."""
        await self._client.close()  # type: ignore[no-untyped-call]

    def _options(self, sampling: Sampling) -> dict[str, float]:
        return {
            **sampling.model_dump(),
            "num_ctx": self.num_ctx,
            "num_predict": self.num_predict,
        }

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the client library raises into the bot's two kinds of error."""
        try:
            yield
        except ollama.ResponseError as error:
            raise self._explain(error) from error
        except TimeoutError as error:
            raise UnavailableError(
                f"Ollama at {self.host} has gone quiet. If it stays so, restart it; on a slow"
                " machine a large model may need a longer OLLAMA_FIRST_TOKEN_TIMEOUT."
            ) from error
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UnavailableError(
                f"Ollama does not answer at {self.host}. Start it (`ollama serve`, or the Ollama"
                " app), or set OLLAMA_HOST to where it runs."
            ) from error
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"The connection to Ollama at {self.host} broke ({type(error).__name__}: {error})."
            ) from error
        except (ValueError, TypeError, AttributeError) as error:
            # The library looks into what it is sent without asking whether it is a JSON object.
            raise self._foreign() from error

    def _explain(self, error: ollama.ResponseError) -> BotError:
        said = _one_line(str(error.error))
        if error.status_code == HTTPStatus.NOT_FOUND:
            if "model" not in said:
                return self._foreign()
            return MisconfiguredError(
                f"Ollama at {self.host} does not have the model {self.model}. Get it with"
                f" `ollama pull {self.model}`, or name another in OLLAMA_MODEL."
            )
        if "memory" in said:
            return MisconfiguredError(
                f"{self.model} does not fit into memory ({said}). Close other programs, lower"
                " OLLAMA_NUM_CTX, or name a smaller model in OLLAMA_MODEL."
            )
        if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return UnavailableError(f"Ollama at {self.host} is busy with other requests.")
        return UnavailableError(f"Ollama at {self.host} reports an error: {said}")

    def _foreign(self) -> UnavailableError:
        return UnavailableError(
            f"What answers at {self.host} does not speak like Ollama. Is OLLAMA_HOST right?"
        )


def _done(part: ollama.ChatResponse) -> Done:
    return Done(
        cut=part.done_reason == "length",
        tokens=part.eval_count or 0,
        seconds=(part.eval_duration or 0) / 1e9,
        prompt_seconds=(part.prompt_eval_duration or 0) / 1e9,
    )


def _one_line(text: str, limit: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit] + "…"

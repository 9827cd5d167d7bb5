"""Ollama: a model on its server, as a stream of thinking and of content."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from http import HTTPStatus
from typing import Any, cast

import httpx
import ollama
from pydantic import ValidationError

from bot.clock import Clock, time_limit
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.llm.message import Content, Done, Message, Piece, Thinking
from bot.llm.options import Effort, OllamaOptions, Sampling


class Ollama:
    """One model on one Ollama server.

    Args:
        options: which, and how long to wait for it.
        clock: the time that is waited by.
        key: what the server wants to be told, if it wants a key.
        group: what the names of its settings begin with, for errors.
        transport: stands in for the network, in tests.

    Attributes:
        is_loaded: whether the server has loaded it for us, once at least.

    Raises:
        MisconfiguredError: the host is no address.
    """

    def __init__(
        self,
        options: OllamaOptions,
        *,
        clock: Clock,
        key: str = "",
        group: str = "OLLAMA",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.options = options
        # A server told to listen everywhere is reached at home; Windows cannot connect to 0.0.0.0.
        self.host = options.host.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        self.is_loaded = False
        self._clock = clock
        self._group = group
        self._thinks: bool | None = None
        """Whether the model can reason; None until the server has told."""
        wire: dict[str, Any] = {"transport": transport} if transport else {}
        if key:
            wire["headers"] = {"Authorization": f"Bearer {key}"}
        timeout = httpx.Timeout(None, connect=options.connect_timeout)
        # A proxy setting of the system is for the internet, not for the model next door.
        try:
            self._client = ollama.AsyncClient(self.host, timeout=timeout, trust_env=False, **wire)
        except (ValueError, httpx.InvalidURL) as error:
            raise MisconfiguredError(
                f"{group}_HOST={self.host} is no address ({error}). Write it like"
                " http://127.0.0.1:11434."
            ) from error

    @property
    def model(self) -> str:
        """The model's name."""
        return self.options.model

    async def find(self) -> None:
        """Look the model up.

        Raises:
            UnavailableError: the server does not answer.
            MisconfiguredError: it does not have the model; the text says how to get it.
        """
        with self._translated(), self._foreign_answers():
            async with time_limit(self._clock, self.options.next_token_timeout):
                capabilities = (await self._client.show(self.model)).capabilities
        self._thinks = capabilities is None or "thinking" in capabilities

    async def warm(self) -> None:
        """Find the model and have the server load it; a minute and more for a large one.

        Raises: as ``find`` does.
        """
        await self.find()
        wanted = self._wanted(Sampling(), self.options.num_predict)
        with self._translated(), self._foreign_answers():
            async with time_limit(self._clock, self.options.first_token_timeout):
                # An empty conversation is Ollama's way to be asked to load a model and no more.
                await self._client.chat(
                    self.model, [], options=wanted, keep_alive=self.options.keep_alive
                )
        self.is_loaded = True

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
        most = min(limit or self.options.num_predict, self.options.num_predict)
        with self._translated():
            stream = await self._client.chat(
                self.model,
                messages,
                stream=True,
                think=effort if self._thinks else None,
                options=self._wanted(sampling, most),
                keep_alive=self.options.keep_alive,
            )
            async with aclosing(cast("AsyncGenerator[ollama.ChatResponse]", stream)) as parts:
                patience = self.options.first_token_timeout
                # A part is a token or more, or now and then empty: a server that sends more of
                # them than this has lost count.
                for _ in range(2 * most + 1):
                    with self._foreign_answers(), self._odd_parts():
                        async with time_limit(self._clock, patience):
                            part = await anext(parts, None)
                    if part is None:
                        raise UnavailableError(
                            f"Ollama at {self.host} ended its answer in the middle."
                        )
                    patience = self.options.next_token_timeout
                    self.is_loaded = True
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

    def _wanted(self, sampling: Sampling, num_predict: int) -> Mapping[str, Any]:
        """Return Ollama's own options for a request."""
        return {
            **sampling.model_dump(),
            "num_ctx": self.options.num_ctx,
            "num_predict": num_predict,
        }

    @contextmanager
    def _foreign_answers(self) -> Iterator[None]:
        """Say of an answer that the client library stumbles over that it is not Ollama's.

        The library looks into what it is sent without asking whether it is a JSON object. Nothing
        of ours runs within, so that a bug of ours is never taken for the neighbour's.
        """
        try:
            yield
        except (ValueError, TypeError, AttributeError) as error:
            raise self._foreign() from error

    @contextmanager
    def _odd_parts(self) -> Iterator[None]:
        """Say of a part that is none what it is, where Ollama has answered before: its error.

        Ollama 0.11.3 tells some in a form of their own, ``{"error parsing tool call": "…"}``.
        """
        try:
            yield
        except ValidationError as error:
            if not self.is_loaded:
                raise
            sent = _one_line(str(error.errors(include_url=False)[0]["input"]))
            raise UnavailableError(
                f"Ollama at {self.host} broke off its answer: {sent[:200]}"
            ) from error

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
                " app), or set {self._group}_HOST to where it runs."
            ) from error
        except httpx.HTTPError as error:
            raise UnavailableError(
                f"The connection to Ollama at {self.host} broke ({type(error).__name__}: {error})."
            ) from error

    def _explain(self, error: ollama.ResponseError) -> BotError:
        message = _one_line(str(error.error))
        if error.status_code == HTTPStatus.NOT_FOUND:
            if "model" not in message:
                return self._foreign()
            return MisconfiguredError(
                f"Ollama at {self.host} does not have the model {self.model}. Get it with"
                f" `ollama pull {self.model}`, or name another in {self._group}_MODEL."
            )
        if "memory" in message:
            return MisconfiguredError(
                f"{self.model} does not fit into memory ({message}). Close other programs, lower"
                " OLLAMA_NUM_CTX, or name a smaller model in {self._group}_MODEL."
            )
        if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return UnavailableError(f"Ollama at {self.host} is busy with other requests.")
        return UnavailableError(f"Ollama at {self.host} reports an error: {message}")

    def _foreign(self) -> UnavailableError:
        return UnavailableError(
            f"What answers at {self.host} does not speak like Ollama. Is {self._group}_HOST right?"
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

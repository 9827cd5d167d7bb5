"""Requests to an engine that is served, and what its failures mean to people."""

from http import HTTPStatus
from typing import Any

import httpx

from bot.errors import MisconfiguredError, UnavailableError
from bot.translation import tr


class AwayError(UnavailableError):
    """An engine is not there, or does not answer at all."""


class Requests:
    """Asks one server, and says in its errors who that is.

    Args:
        engine: what people call it.
        url: where it is served.
        timeout: seconds that an answer may take.
        key: what lets us in, where it wants one.

    Raises:
        MisconfiguredError: the address is none.
    """

    def __init__(self, engine: str, url: str, *, timeout: float, key: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._engine = engine
        self._url = url
        try:
            # It is on this machine, or in its network: a proxy for the web is not asked.
            self._client = httpx.AsyncClient(
                base_url=url, timeout=timeout, headers=headers, trust_env=False
            )
        except httpx.InvalidURL as error:
            raise MisconfiguredError(tr("VOICE_URL is no address: {url}.", url=url)) from error

    async def look(self) -> None:
        """See whether it is there: whatever it answers.

        Raises:
            AwayError: it is not, or too slow.
        """
        await self._ask("GET", "/")

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return what it answers.

        Raises:
            UnavailableError: it is not there, too slow, or in trouble.
            MisconfiguredError: it does not take what was asked.
        """
        response = await self._ask(method, path, **options)
        self._check(response)
        return response

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise AwayError(
                tr("{engine} at {url} is too slow.", engine=self._engine, url=self._url)
            ) from error
        except httpx.HTTPError as error:
            raise AwayError(
                tr(
                    "{engine} does not answer at {url}. Start it, or set VOICE_URL.",
                    engine=self._engine,
                    url=self._url,
                )
            ) from error

    async def ask_json(self, method: str, path: str, **options: Any) -> object:
        """Return what it answers, which is JSON.

        Raises: as ``ask``.
        """
        response = await self.ask(method, path, **options)
        try:
            told: object = response.json()
        except ValueError:
            raise UnavailableError(
                tr("What {engine} answers cannot be read.", engine=self._engine)
            ) from None
        return told

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise MisconfiguredError(
                tr("{engine} at {url} wants a VOICE_KEY.", engine=self._engine, url=self._url)
            )
        if status == HTTPStatus.NOT_FOUND:
            raise MisconfiguredError(
                tr(
                    "What answers at {url} is no {engine}. Set VOICE_URL to where it is.",
                    url=self._url,
                    engine=self._engine,
                )
            )
        if status == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
            raise UnavailableError(
                tr(
                    "{engine} has an error of its own ({status}).",
                    engine=self._engine,
                    status=status,
                )
            )
        if response.is_client_error:
            raise MisconfiguredError(
                tr(
                    "{engine} does not take what it is asked ({status}): is VOICE_SPEAKER one"
                    " of its voices? `vtuber-bot voices` lists them.",
                    engine=self._engine,
                    status=status,
                )
            )

"""VTube Studio's plugin API: JSON over a WebSocket.

https://github.com/DenchiSoft/VTubeStudio describes it; its ``Files/ErrorID.cs`` has the numbers of
what is refused.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp

from bot.avatar.options import VtsOptions
from bot.clock import Clock, time_limit
from bot.errors import MisconfiguredError, UnavailableError
from bot.tasks import cancel_and_wait
from bot.translation import tr

_TIMEOUT = 3.0
"""Seconds for an answer: VTube Studio gives it with its next picture."""
_UNANSWERED = 90
"""Questions without an answer after which it hangs."""


class RefusedError(UnavailableError):
    """VTube Studio has answered with an error, which has a ``code``."""

    API_IS_OFF = 1
    NOT_SIGNED_IN = 8
    DENIED = 50
    IS_ASKING = 51
    NO_MODEL = frozenset({201, 652})
    NO_EXPRESSION = frozenset({650, 651})

    def __init__(self, kind: str, data: dict[str, Any]) -> None:
        self.code = int(data["errorID"])
        super().__init__(
            tr(
                "VTube Studio refuses {kind}: {message}",
                kind=kind,
                message=data.get("message", self.code),
            )
        )


class Plugin:
    """A connection; what is asked is answered by its number, in whatever order.

    Attributes:
        ended: set when it is over.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, address: str, clock: Clock) -> None:
        self._socket = socket
        self._address = address
        self._clock = clock
        self._numbers = count(1)
        self._waiting: dict[str, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self.ended = asyncio.Event()

    async def ask(
        self, kind: str, data: Mapping[str, object] | None = None
    ) -> "asyncio.Future[dict[str, Any]]":
        """Send a request, and return what will be its answer.

        Raises:
            UnavailableError: VTube Studio is gone, or answers nothing any more.
        """
        if len(self._waiting) >= _UNANSWERED:
            raise self._hung()
        number = str(next(self._numbers))
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_looked_at)
        self._waiting[number] = kind, answer
        head = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "requestID": number}
        try:
            await self._socket.send_json(
                {**head, "messageType": f"{kind}Request", "data": data or {}}
            )
        except (aiohttp.ClientError, OSError) as error:
            raise self._gone() from error
        return answer

    async def request(
        self, kind: str, data: Mapping[str, object] | None = None, *, patience: float = _TIMEOUT
    ) -> dict[str, Any]:
        """Send a request, and return its answer.

        Raises:
            RefusedError: VTube Studio says no.
            UnavailableError: it is gone, or takes longer than ``patience``, in seconds.
        """
        answer = await self.ask(kind, data)
        try:
            async with time_limit(self._clock, patience):
                return await answer
        except TimeoutError:
            raise self._hung() from None

    async def read(self) -> None:
        """Take what comes, until the connection ends."""
        try:
            async for message in self._socket:
                self._take(message.json())
        except (TypeError, ValueError, LookupError, aiohttp.ClientError) as error:
            self._fail(
                UnavailableError(
                    tr(
                        "What answers at {address} does not speak like VTube Studio ({kind})."
                        " Set VTS_PORT to what VTube Studio shows beside “Start API”.",
                        address=self._address,
                        kind=type(error).__name__,
                    )
                )
            )
        self._fail(self._gone())
        self.ended.set()
        await self._socket.close()

    def _take(self, told: dict[str, Any]) -> None:
        number, data = told["requestID"], dict(told["data"])
        kind, answer = self._waiting.get(number, ("", None))
        error = RefusedError(kind, data) if told["messageType"] == "APIError" else None
        self._waiting.pop(number, None)
        if answer is None or answer.done():
            return
        if error:
            answer.set_exception(error)
        else:
            answer.set_result(data)

    def _fail(self, error: UnavailableError) -> None:
        for _, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
        self._waiting.clear()

    def _gone(self) -> UnavailableError:
        return UnavailableError(
            tr(
                "VTube Studio at {address} has closed the connection. The avatar moves again"
                " when it is back.",
                address=self._address,
            )
        )

    def _hung(self) -> UnavailableError:
        return UnavailableError(
            tr(
                "VTube Studio at {address} takes the connection and does not answer. If its"
                " window does not react either, restart it.",
                address=self._address,
            )
        )


@asynccontextmanager
async def connected(options: VtsOptions, clock: Clock) -> AsyncIterator[Plugin]:
    """Connect to VTube Studio; nobody is signed in yet.

    Raises:
        UnavailableError: it is not running, or does not answer.
        MisconfiguredError: there is no such machine.
    """
    address = f"{options.host}:{options.port}"
    async with aiohttp.ClientSession() as session:
        try:
            async with time_limit(clock, _TIMEOUT):
                socket = await session.ws_connect(f"ws://{address}", max_msg_size=0)
        except (aiohttp.InvalidURL, aiohttp.ClientConnectorDNSError) as error:
            raise MisconfiguredError(
                tr(
                    "There is no machine named {host}. Set VTS_HOST to the one where VTube"
                    " Studio runs, or to 127.0.0.1 if it is this one.",
                    host=options.host,
                )
            ) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise UnavailableError(
                tr(
                    "VTube Studio is not running, or its API is off: nothing that speaks it"
                    " listens at {address}. Start VTube Studio, and turn on “Start API (allow"
                    " plugins)” in its settings.",
                    address=address,
                )
            ) from error
        plugin = Plugin(socket, address, clock)
        reading = asyncio.create_task(plugin.read())
        try:
            yield plugin
        finally:
            await cancel_and_wait(reading)
            await socket.close()


def _looked_at(answer: "asyncio.Future[dict[str, Any]]") -> None:
    # Of what nobody waits for nobody asks how it ended.
    _ = answer.cancelled() or answer.exception()

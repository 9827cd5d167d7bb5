"""A YouTube live chat through pytchat.

pytchat blocks, so that each connection has a thread of its own and the event loop never waits for
it. The thread asks YouTube only when it is told to. One that nobody listens to any more ends with
its current request; being a daemon, it keeps no program from ending.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any, Final, TypeAlias, TypeVar

import httpx
import pytchat

from bot.clock import Clock
from bot.errors import BotError, MisconfiguredError, UnavailableError
from bot.translation import tr
from bot.youtube.readers.wire import (
    PATIENCE,
    check,
    content,
    interval,
    unreachable,
    unreadable,
    within,
)

_log = logging.getLogger(f"{__name__}.pytchat")
_log.setLevel(logging.CRITICAL)  # it logs tracebacks of errors that we put into words

_NOT_FOUND = 404
_OVER = (pytchat.NoContents, pytchat.ChatDataFinished)
_NO_VIDEO = (pytchat.InvalidVideoIdException, pytchat.ResponseContextError)

_T = TypeVar("_T")
_Job: TypeAlias = Callable[[httpx.Client], None]


class PytchatReader:
    """Reads a live chat through pytchat, which makes up its own way in.

    It asks for what was written in the last three seconds and after.
    """

    name: Final = "pytchat"
    about: Final = "listening"

    def __init__(self, *, clock: Clock, transport: httpx.BaseTransport | None = None) -> None:
        self._clock = clock
        self._transport = transport

    async def read(self, video: str, *, known: bool) -> AsyncGenerator[list[object]]:
        """Yield the raw actions of each answer; see ``Reader``."""
        thread = Thread(self._transport)
        thread.start()
        try:
            chat = await self._ask(thread, partial(_connection, video, known=known))
            while True:
                answer = await self._ask(thread, partial(_answer, chat, video, known=known))
                if answer is None:
                    return
                known = True
                actions = answer["chatdata"]
                yield actions if isinstance(actions, list) else []
                await self._clock.sleep(interval(answer["timeout"]))
        finally:
            thread.leave()

    async def _ask(self, thread: "Thread", question: Callable[[httpx.Client], _T]) -> _T:
        return await within(self._clock, PATIENCE, thread.ask(question))


def _connection(video: str, client: httpx.Client, *, known: bool) -> Any:
    try:
        return pytchat.create(
            video,
            client=client,
            processor=pytchat.DummyProcessor(),
            interruptable=False,  # True takes Ctrl+C over
            hold_exception=False,
            logger=_log,
        )
    except Exception as error:
        raise _failure(error, video, known=known) from error


def _answer(chat: Any, video: str, _client: httpx.Client, *, known: bool) -> dict[str, Any] | None:
    """Return what YouTube answers now, None when the stream is over."""
    try:
        [answer] = chat.get()
    except Exception as error:
        if chat.is_replay() or (known and isinstance(error, _OVER)):
            return None
        raise _failure(error, video, known=known) from error
    # pytchat turns to the recording by itself, whose old comments look like new ones.
    return None if chat.is_replay() else answer


def _failure(error: Exception, video: str, *, known: bool) -> BotError:
    """Put an error into words. pytchat indexes whatever comes, so that it can raise anything."""
    if isinstance(error, BotError):
        return error
    if isinstance(error, _OVER) and not known:
        return MisconfiguredError(
            tr(
                "YOUTUBE_VIDEO: the video {video} has no live chat. Either its stream is over,"
                " or its chat is turned off: set YOUTUBE_VIDEO to the address of a stream"
                " whose chat is on.",
                video=video,
            )
        )
    if isinstance(error, _NO_VIDEO) and not known:
        return MisconfiguredError(
            tr(
                "YOUTUBE_VIDEO: YouTube shows no public video {video}. Look whether its"
                " address opens in a private browser window.",
                video=video,
            )
        )
    return unreadable(type(error).__name__)


class Thread(threading.Thread):
    """Where pytchat blocks: it does one thing after the other, with a client of its own.

    Attributes:
        idle: set while it has nothing to do that anybody waits for.
    """

    def __init__(self, transport: httpx.BaseTransport | None) -> None:
        super().__init__(name="youtube-chat", daemon=True)
        self.idle = threading.Event()
        self.idle.set()
        self._transport = transport
        self._unheard = threading.Event()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()

    def run(self) -> None:
        """Work until there is no more to do."""
        with _Client(self._unheard, transport=self._transport, timeout=PATIENCE) as client:
            while job := self._jobs.get():
                job(client)

    async def ask(self, question: Callable[[httpx.Client], _T]) -> _T:
        """Return what the question answers, once the thread has put it."""
        answer: Future[_T] = Future()

        def job(client: httpx.Client) -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(question(client))
            except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
                answer.set_exception(error)

        self.idle.clear()
        self._jobs.put(job)
        try:
            return await asyncio.wrap_future(answer)
        finally:
            self.idle.set()

    def leave(self) -> None:
        """Let it end, after its current request.

        The thread closes its client itself: a socket that is closed under a blocked read may be
        somebody else's by the time the read goes on.
        """
        self._unheard.set()
        self._jobs.put(None)


class _Client(httpx.Client):
    """Looks at a connection's requests and answers, as pytchat does not.

    To pytchat, a refusal in JSON is the end of the stream; and where something else than JSON
    comes, or nothing, it sleeps for two seconds and asks again, eleven times.
    """

    def __init__(self, unheard: threading.Event, **options: Any) -> None:
        super().__init__(**options)
        self._unheard = unheard

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Raise for what is not an answer to what was asked."""
        if self._unheard.is_set():
            raise UnavailableError(tr("Nobody listens to YouTube any more."))
        try:
            response = super().send(request, **options)
        except httpx.HTTPError as error:
            raise unreachable(error) from error
        path = request.url.path
        # pytchat looks up the channel on two pages: the second makes up for the first, and
        # where it is missing, so is the video.
        excused = path.startswith("/embed/") or (
            path == "/watch" and response.status_code == _NOT_FOUND
        )
        if not excused:
            check(response)
        if request.method == "POST":
            content(response)
        return response

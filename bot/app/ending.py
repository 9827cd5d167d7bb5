"""The end of the program, however it comes: in order, with blank screens."""

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from types import FrameType
from typing import Any

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""SIGHUP comes when the terminal's window is closed, and at the end of the session."""
_PATIENCE = 3.0
"""Seconds that an end in order has before another signal ends the program at once."""
_WINDOWS_PATIENCE = 4.5
"""Windows ends a program five seconds after its window was closed:
https://learn.microsoft.com/windows/console/handlerroutine."""
_CTRL_CLOSE, _CTRL_LOGOFF, _CTRL_SHUTDOWN = 2, 5, 6


class Ending:
    """How a command ends that is asked to with Ctrl+C.

    Attributes:
        last_words: what it does before; None where it ends at once.
    """

    last_words: Callable[[], Awaitable[None]] | None = None


async def until_stopped(command: Coroutine[Any, Any, None], ending: Ending | None = None) -> None:
    """Run a command to its end, or to a signal, which cancels it.

    Args:
        command: that.
        ending: how it ends after a Ctrl+C; after a second one it ends at once.
    """
    task = asyncio.ensure_future(command)
    stop = _Stop(task, asyncio.get_running_loop(), ending or Ending())
    for name in _SIGNALS:
        if number := getattr(signal, name, None):
            signal.signal(number, stop.on_signal)
    watch_console(stop)
    try:
        await task
    finally:
        stop.over.set()


class _Stop:
    """Has a task end, once.

    Attributes:
        over: set when it has ended.
    """

    def __init__(
        self, task: "asyncio.Future[None]", loop: asyncio.AbstractEventLoop, ending: Ending
    ) -> None:
        self.over = threading.Event()
        self._task = task
        self._loop = loop
        self._ending = ending
        self._bowing: asyncio.Future[None] | None = None
        self._is_asked = False
        self._since: float | None = None

    def on_signal(self, number: int, _: FrameType | None) -> None:
        """End it; where that takes too long, another signal ends the program."""
        if number == signal.SIGINT and not self._is_asked and self._ending.last_words:
            self._is_asked = True
            self._loop.call_soon_threadsafe(self._bow_out)
        elif self._since is None:
            self._since = time.monotonic()
            self._loop.call_soon_threadsafe(self._task.cancel)
        elif time.monotonic() - self._since > _PATIENCE:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def _bow_out(self) -> None:
        if self._ending.last_words is None:  # It has just ended by itself.
            self._task.cancel()
            return
        self._bowing = asyncio.ensure_future(self._ending.last_words())
        self._bowing.add_done_callback(lambda _: self._task.cancel())
        self._task.add_done_callback(lambda _: self._bowing and self._bowing.cancel())

    def on_close(self, event: int) -> bool:
        """End it because its window is closed, and return when it has ended, or must."""
        if event not in (_CTRL_CLOSE, _CTRL_LOGOFF, _CTRL_SHUTDOWN):
            return False
        self._loop.call_soon_threadsafe(self._task.cancel)
        self.over.wait(_WINDOWS_PATIENCE)
        return True


if sys.platform == "win32":
    import ctypes

    _Handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)
    _handlers: list[Any] = []
    """Windows keeps no reference of its own."""

    def watch_console(stop: _Stop) -> None:
        """Be told when the window is closed, somebody logs off, or Windows shuts down."""
        _handlers.append(_Handler(stop.on_close))
        ctypes.windll.kernel32.SetConsoleCtrlHandler(_handlers[-1], 1)
else:

    def watch_console(stop: _Stop) -> None:
        """Do nothing: elsewhere there are signals for it."""

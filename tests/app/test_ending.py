"""Windows gives a program that is closed five seconds; elsewhere a signal does the same."""

import asyncio
import signal
import threading
from types import SimpleNamespace

import pytest

from bot.app.ending import Ending, _Stop, until_stopped


@pytest.mark.parametrize("event", [2, 5, 6])
async def test_a_closed_window_waits_for_the_end(event: int) -> None:
    """Windows calls on a thread of its own, and ends the program when that returns."""
    task = asyncio.ensure_future(asyncio.Event().wait())
    stop = _Stop(task, asyncio.get_running_loop(), Ending())  # type: ignore[arg-type]
    returned = threading.Event()

    def close() -> None:
        assert stop.on_close(event)
        returned.set()

    threading.Thread(target=close).start()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not returned.is_set()
    stop.over.set()
    assert await asyncio.to_thread(returned.wait, 5)


async def test_a_key_is_no_closed_window() -> None:
    """Ctrl+C has a signal."""
    task = asyncio.ensure_future(asyncio.Event().wait())
    stop = _Stop(task, asyncio.get_running_loop(), Ending())  # type: ignore[arg-type]
    assert not stop.on_close(0)
    assert not task.cancelling()
    task.cancel()


async def test_an_end_that_takes_too_long_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    """By another signal, after some seconds; one that comes sooner is ignored."""
    raised = list[int]()
    now = [100.0]
    monkeypatch.setattr("signal.raise_signal", raised.append)
    monkeypatch.setattr("bot.app.ending.time", SimpleNamespace(monotonic=lambda: now[0]))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    task = asyncio.ensure_future(asyncio.Event().wait())
    stop = _Stop(task, asyncio.get_running_loop(), Ending())  # type: ignore[arg-type]
    try:
        for at in (100.0, 101.0, 103.5):
            now[0] = at
            stop.on_signal(signal.SIGINT, None)
        assert raised == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_command_that_ends_by_itself() -> None:
    """Nothing is left behind but the handlers."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        await until_stopped(asyncio.sleep(0))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def test_the_last_words_come_first() -> None:
    """After one Ctrl+C; a second one ends it at once, and another signal does that anyway."""
    for numbers in ((signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)):
        ending, said = Ending(), asyncio.Event()
        ending.last_words = said.wait  # type: ignore[assignment]
        task = asyncio.ensure_future(asyncio.Event().wait())
        stop = _Stop(task, asyncio.get_running_loop(), ending)  # type: ignore[arg-type]
        for number in numbers:
            stop.on_signal(number, None)
        await asyncio.sleep(0)
        is_waiting = numbers == (signal.SIGINT,)
        assert bool(task.cancelling()) != is_waiting
        said.set()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_show_that_has_just_ended_by_itself() -> None:
    """It has no last words any more."""
    ending = Ending()
    ending.last_words = asyncio.Event().wait  # type: ignore[assignment]
    task = asyncio.ensure_future(asyncio.Event().wait())
    stop = _Stop(task, asyncio.get_running_loop(), ending)  # type: ignore[arg-type]
    stop.on_signal(signal.SIGINT, None)
    ending.last_words = None
    with pytest.raises(asyncio.CancelledError):
        await task

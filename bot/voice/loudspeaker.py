"""A sound device of this machine, through miniaudio, which needs no library of the system's.

Its methods but ``play`` and ``hush`` block.
"""

import importlib.util
import time
from array import array
from collections.abc import Generator
from threading import Lock
from typing import TYPE_CHECKING

from bot.errors import MisconfiguredError, UnavailableError
from bot.translation import tr

if TYPE_CHECKING:
    import miniaudio

_HERTZ = 48_000
_CHANNELS = 2
_BUFFER_MS = 20
"""What has been given to the device is heard, also after a moderator's word."""
_ALIVE = 3.0
"""Seconds in which a device that plays asks for more: some take two to begin."""


def is_there() -> bool:
    """Return whether it can be used."""
    return importlib.util.find_spec("miniaudio") is not None


def names() -> list[str]:
    """Return the sound devices there are."""
    import miniaudio  # noqa: PLC0415

    try:
        return [str(one["name"]) for one in miniaudio.Devices(_backends()).get_playbacks()]
    except miniaudio.MiniaudioError:
        return []


class Loudspeaker:
    """Plays sounds one after another, from the moment when it is made.

    Args:
        name: of the device; the system's usual one where it is empty.

    Raises:
        UnavailableError: there is no device, or it cannot be used.
        MisconfiguredError: there is none of that name.
    """

    def __init__(self, name: str) -> None:
        import miniaudio  # noqa: PLC0415

        self._lock = Lock()
        self._waiting = bytearray()
        self._asked_at = time.monotonic()
        self._decode = miniaudio.decode
        try:
            found = _found(name, miniaudio.Devices(_backends()).get_playbacks()) if name else None
            self._device = miniaudio.PlaybackDevice(
                sample_rate=_HERTZ,
                nchannels=_CHANNELS,
                buffersize_msec=_BUFFER_MS,
                device_id=found,
                backends=_backends(),
                app_name="vtuber-bot",
            )
            playing = self._play()
            next(playing)
            self._device.start(playing)
        except miniaudio.MiniaudioError as error:
            raise UnavailableError(
                tr(
                    "There is no sound device that can be used. Plug one in, or set"
                    " VOICE_OUTPUT=page."
                )
            ) from error

    def play(self, sound: bytes) -> None:
        """Play a WAV after what is playing."""
        samples = self._decode(sound, nchannels=_CHANNELS, sample_rate=_HERTZ).samples
        with self._lock:
            self._waiting += array("h", samples).tobytes()

    def hush(self) -> None:
        """Be silent."""
        with self._lock:
            self._waiting.clear()

    @property
    def is_alive(self) -> bool:
        """Whether the device plays: one that is unplugged asks for nothing any more."""
        return time.monotonic() - self._asked_at < _ALIVE

    def close(self) -> None:
        """Let go of the device."""
        self._device.close()

    def _play(self) -> Generator[bytes, int, None]:
        frames = yield b""
        while True:
            self._asked_at = time.monotonic()
            size = 2 * _CHANNELS * frames
            with self._lock:
                samples = bytes(self._waiting[:size])
                del self._waiting[:size]
            frames = yield samples.ljust(size, b"\0")


def _found(name: str, devices: "list[dict[str, object]]") -> object:
    for one in devices:
        if name.casefold() in str(one["name"]).casefold():
            return one["id"]
    there = ", ".join(f"“{one['name']}”" for one in devices)
    raise MisconfiguredError(
        tr(
            "There is no sound device “{name}”, only {there}. Set VOICE_DEVICE to one of them,"
            " or leave it out.",
            name=name,
            there=there,
        )
    )


def _backends() -> "list[miniaudio.Backend]":
    import miniaudio  # noqa: PLC0415

    # Of the others one plays into nothing, and is content; some complain in the terminal, or crash.
    backends = miniaudio.Backend
    return [backends.WASAPI, backends.COREAUDIO, backends.PULSEAUDIO]

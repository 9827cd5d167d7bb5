"""Settings that a test begins without."""

import os

import pytest

_SECTIONS = ("BOT_", "TWITCH_", "YOUTUBE_", "OLLAMA_", "OBS_", "VOICE_")


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take those out of the environment that the set-up asks for."""
    for name in list(os.environ):
        if name.startswith(_SECTIONS):
            monkeypatch.delenv(name)

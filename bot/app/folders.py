"""Where a show's own files are, on this system."""

from pathlib import Path

from platformdirs import user_data_path

from bot.settings import Settings

PERSONA_FOLDERS = (Path("personas"),)
"""Where a streamer's own personas are looked for, before those that come with the bot."""
THEME_FOLDERS = (Path("themes"),)
"""The same for themes of the overlay."""


def history_path(settings: Settings) -> Path:
    """Return where the history of live shows is."""
    return settings.bot.database or _data("history.db")


def demo_path(settings: Settings) -> Path:
    """Return where the history of the demo is."""
    return settings.bot.database or _data("demo.db")


def picture_path() -> Path:
    """Return where the picture is of what OBS shows."""
    return _data("obs-setup.png")


def sample_path() -> Path:
    """Return where the sound is of a voice that was tried."""
    return _data("voice.wav")


def report_path() -> Path:
    """Return where the report on the last stream is."""
    return _data("report.html")


def _data(name: str) -> Path:
    return user_data_path("vtuber-bot", appauthor=False) / name

"""A line that was told is told again only to the log file."""

import logging

import pytest

from bot.sources.once import Once


def test_the_same_line_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Until another comes on the same topic, or it is to be forgotten."""
    caplog.set_level(logging.DEBUG)
    once = Once(logging.getLogger("bot.test"))
    for text in ("down", "down", "up", "down"):
        once.tell(logging.ERROR, text)
    once.tell(logging.ERROR, "down", topic="another")
    once.tell(logging.WARNING, "down, trying in 2 s", about="down")
    once.forget()
    once.tell(logging.WARNING, "down")
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "down"),
        ("DEBUG", "down"),
        ("ERROR", "up"),
        ("ERROR", "down"),
        ("ERROR", "down"),
        ("DEBUG", "down, trying in 2 s"),
        ("WARNING", "down"),
    ]

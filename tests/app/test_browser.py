"""A page is opened where there is a screen to see it on."""

import sys
import webbrowser

import pytest

from bot.app.browser import open_page


@pytest.mark.parametrize(
    ("system", "screen", "opens"),
    [
        ("linux", "", False),
        ("linux", "DISPLAY", True),
        ("linux", "WAYLAND_DISPLAY", True),
        ("win32", "", True),
        ("darwin", "", True),
    ],
)
def test_only_with_a_screen(
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    screen: str,
    opens: bool,  # noqa: FBT001  a table
) -> None:
    """A browser that runs in the terminal would take it over."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "platform", system)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if screen:
        monkeypatch.setenv(screen, ":0")
    open_page("http://127.0.0.1:8765/chat")
    assert opened == (["http://127.0.0.1:8765/chat"] if opens else [])

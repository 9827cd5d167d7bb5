"""Opens a page in the streamer's browser, where there is one."""

import sys
import webbrowser
from os import environ


def open_page(address: str) -> None:
    """Show an address in the browser; do nothing on a machine without a screen."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & environ.keys():
        return  # A browser that runs in the terminal would take the terminal over.
    webbrowser.open(address)

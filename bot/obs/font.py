"""Whether the font of a text source has Japanese. What it does blocks."""

import logging
from collections.abc import Container
from contextlib import suppress
from typing import Any

from bot.obs.connection import RequestRefusedError
from bot.obs.studio import Studio
from bot.translation import tr

log = logging.getLogger(__name__)

_FREETYPE = "text_ft2"
"""Draws boxes for what its one font has not. GDI+, on Windows, takes another font for that."""
_PROBES = {
    "vtuber-bot font check 1": "あ",
    "vtuber-bot font check 2": "漢",
    "vtuber-bot font check 3": " ",
}
_SIZE = 32
_LOOKS = 3
"""After so many, what is not drawn yet never is: the font has nothing in its place."""


class FontProbe:
    """Has OBS draw Japanese where nobody sees it: boxes look the same, whatever they stand for.

    ``begin`` and ``judge`` are apart by a few frames, in which OBS draws.
    """

    def __init__(self) -> None:
        self._seen: Any = None
        """The font that was looked at last."""
        self._kind = ""
        self._is_on = False
        self._looks = 0

    def begin(self, obs: Studio, name: str) -> None:
        """Begin to find out about the font of a source, unless that was done."""
        inputs = obs.inputs()
        kind, font = inputs[name], obs.settings(name).get("font", {})
        if self._is_on or not kind.startswith(_FREETYPE) or font == self._seen:
            return
        if inputs.keys() & _PROBES.keys():
            return  # OBS takes its time to remove those of another look
        self._is_on, self._looks, self._seen, self._kind = True, 0, font, kind
        scene = obs.live_scene
        for probe, text in _PROBES.items():
            settings = {"text": text, **({"font": font} if font else {})}
            obs.make(scene, probe, kind, settings, enabled=False)

    def judge(self, obs: Studio) -> None:
        """Tell the streamer if the font has no Japanese, once all is drawn that shows it."""
        if not self._is_on:
            return
        try:
            kana, kanji, blank = (obs.picture(probe, _SIZE, _SIZE) for probe in _PROBES)
        except RequestRefusedError:  # the streamer has removed one
            self.clean_up(obs, _PROBES)
            return
        self._looks += 1
        if blank in {kana, kanji} and self._looks < _LOOKS:  # not all is drawn yet
            return
        self.clean_up(obs, _PROBES)
        if kana != kanji:
            return
        face = self._seen.get("face") or tr("that OBS takes by itself")
        log.warning(
            tr(
                "The font {face} has no Japanese: viewers see boxes. In OBS, open the"
                " properties of the text source, and choose {japanese}, or another font"
                " with Japanese.",
                face=f"“{face}”" if self._seen.get("face") else face,
                japanese=japanese_font(obs, self._kind),
            ),
        )

    def clean_up(self, obs: Studio, inputs: Container[str]) -> None:
        """Leave nothing behind, also of a look that an end of the bot has cut short."""
        self._is_on = False
        for probe in _PROBES:
            if probe in inputs:
                with suppress(RequestRefusedError):  # the streamer was faster
                    obs.remove(probe)


def japanese_font(obs: Studio, kind: str) -> str:
    """Return a font with Japanese that comes with the system on which OBS runs."""
    if kind.startswith("text_gdiplus"):
        return "Yu Gothic UI"
    return "Hiragino Sans" if obs.platform in {"macos", "osx"} else "Noto Sans CJK JP"

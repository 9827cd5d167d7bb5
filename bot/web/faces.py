"""Faces: a folder of pictures beside a character, for each mood with the mouth shut and open."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import regex

from bot.files import shipped

FILES: Final = regex.compile(r"[a-z]{2,20}(?:-talk|-blink)?\.(?:svg|png|webp)")
"""``joy.svg``, ``joy-talk.svg`` with the mouth open, ``joy-blink.svg`` with the eyes shut. ``face``
is the mood of every day, and ``sleep`` is seen while the show is paused."""
_NAME = regex.compile(r"[\w-]{1,40}")
_USUAL = "face"
_STATES = ("talk", "blink")


class Faces:
    """Finds pictures by the name of a character's file.

    Args:
        folders: searched before those of the characters that come with the bot.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = (*folders, shipped("personas"))

    def offer(self, name: str) -> Mapping[str, Mapping[str, str]]:
        """Return the files of each mood, by ``still``, ``talk`` and ``blink``; nothing without any.

        A picture that is not there is that of the same mood with the mouth shut and the eyes open.
        """
        folder = self.folder(name)
        names = sorted(path.name for path in folder.iterdir()) if folder else []
        files = {one.rpartition(".")[0]: one for one in names if FILES.fullmatch(one)}
        if _USUAL not in files:
            return {}
        return {
            mood: {
                "still": file,
                **{state: files.get(f"{mood}-{state}", file) for state in _STATES},
            }
            for mood, file in files.items()
            if "-" not in mood
        }

    def folder(self, name: str) -> Path | None:
        """Return where a character's pictures are, if it has any."""
        if not _NAME.fullmatch(name):
            return None
        return next((path for one in self._folders if (path := one / name).is_dir()), None)

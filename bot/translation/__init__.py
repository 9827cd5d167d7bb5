"""The language in which the bot speaks with people: the terminal, the log, the panel, its answers.

What the character says has nothing to do with it: that is in its persona's language.

The English texts stand in the code, where they are used; ``ja.toml`` beside this file has for
each of them the Japanese one. What stands in braces is filled in after the translation, so that
each language has its own order. The language is one for the whole process, as with ``gettext``,
and is set before anything is said.
"""

import locale
import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

Language: TypeAlias = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_FOLDER = Path(__file__).parent
_SOURCE: Language = "en"

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts:
https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02"""

_NAMED = "`vtuber-bot"
"""How the texts name the program, where they tell what to type."""

_language: Language = _SOURCE
_started = ""


def tr(text: str, /, **values: object) -> str:
    """Return a text in the language of the bot, with what stands in its braces filled in."""
    translated = catalogue(_language).get(text, text)
    told = translated.format(**values) if values else translated
    return told.replace(_NAMED, f"`{_started}") if _started else told


def tr_noop(text: str) -> str:
    """Mark a text that is translated later, when it is used; it stays English until then."""
    return text


def use(language: Language, *, started: str | None = None) -> None:
    """Speak this language from now on.

    Args:
        language: that.
        started: how the program was started, for the commands that people are to type; as they
            stand in the texts where it is empty, and as before where it is None.
    """
    global _language, _started  # noqa: PLW0603  one for the process
    _language = language
    if started is not None:
        _started = started


def used() -> Language:
    """Return the language that is spoken."""
    return _language


def of_system() -> Language:
    """Return the language that this machine is set to, or English where we do not speak it.

    Linux and macOS tell it in variables, as ``ja_JP.UTF-8``, also where that locale is not
    installed; Windows tells it to Python at its start, as ``Japanese_Japan``.
    """
    told = next(filter(None, map(os.environ.get, _VARIABLES)), None)
    if told is None:
        try:
            told = locale.getlocale(locale.LC_CTYPE)[0]
        except ValueError:  # a locale that Python does not know by its name
            told = None
    return "ja" if (told or "").lower().startswith("ja") else _SOURCE


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Return what each English text is in a language; empty for English."""
    if language == _SOURCE:
        return {}
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))

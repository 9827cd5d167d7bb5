"""The languages that characters speak, each in one object."""

from collections.abc import Mapping

from bot.language.english import ENGLISH
from bot.language.japanese import JAPANESE
from bot.language.language import Code, Language

__all__ = ["ENGLISH", "JAPANESE", "LANGUAGES", "Code", "Language"]

LANGUAGES: Mapping[Code, Language] = {"en": ENGLISH, "ja": JAPANESE}
"""Every language, by the code that a persona's file names it by."""

"""Emoji as words, for what cannot draw them. Pure.

The names are Unicode's own (CLDR), in Japanese and English, as the package ``emoji`` has them.
"""

import emoji
import regex

from bot.language.script import has_japanese

# What is drawn in colour; ™ and ❤ alone are letters like others.
_COLOURED = regex.compile(r"[\p{Emoji_Presentation}\ufe0f]")

emoji.config.load_language("ja")


def in_words(text: str) -> str:
    """Return a text with the names of its emoji in brackets, in the language of the text."""
    language, before, after = ("ja", "（", "）") if has_japanese(text) else ("en", "(", ")")

    def word(found: str, _: object) -> str:
        if not _COLOURED.search(found):
            return found
        name = emoji.demojize(found, delimiters=("", ""), language=language)
        return f"{before}{name.replace('_', ' ')}{after}"

    return emoji.replace_emoji(text, word)

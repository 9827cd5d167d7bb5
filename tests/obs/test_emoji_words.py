"""Emoji as words, where OBS cannot draw them."""

import pytest

from bot.obs.emoji_words import in_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nothing here.", "Nothing here."),
        ("So good 😂", "So good (face with tears of joy)"),
        ("やったね🎉！", "やったね（クラッカー）！"),
        ("👩🏽‍🚀 up", "(woman astronaut medium skin tone) up"),
        ("🇯🇵", "(Japan)"),
        ("❤️", "(red heart)"),
        ("© ™ ♪ ★ ❤ 1", "© ™ ♪ ★ ❤ 1"),
    ],
)
def test_emoji_are_named(text: str, words: str) -> None:
    """In the language of the text; what every font has stays."""
    assert in_words(text) == words

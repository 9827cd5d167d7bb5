"""How long a reply stays is what people need to read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.writing.reading_time import reading_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0.8),
        ("Lamp's lit, kettle's on. Hello, everyone out there.", 3.8),
        ("こんばんは、月見亭の牡丹やよ。", 2.8),
        ("コーヒーとラーメン", 2.1),
        ("안녕하세요 여러분", 1.5),
        ("OKです!", 1.3),
        ("Taroさん, welcome!", 1.9),
        ("長" * 200, 29.4),
        ("長" * 1000, 30.0),
    ],
)
def test_reading_seconds(text: str, seconds: float) -> None:
    """A moment to notice it, then at each script's own pace, and never longer than a while."""
    assert reading_seconds(text) == pytest.approx(seconds, abs=0.06)


@pytest.mark.parametrize("emoji", ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🇯🇵", "❤️", "🏳️‍🌈"])
def test_an_emoji_is_one_glance(emoji: str) -> None:
    """However many code points it is made of, it takes as long as a Japanese character."""
    assert reading_seconds(emoji) == reading_seconds("あ")
    assert reading_seconds(f"Hi! {emoji}") == pytest.approx(reading_seconds("Hi! あ"))


def test_accents_take_no_time() -> None:
    """A letter is as long with its accents as without them."""
    assert reading_seconds("e\u0301\u0302" * 9) == reading_seconds("e" * 9)


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_never_takes_less_time(text: str, more: str) -> None:
    """A reply that grows stays at least as long."""
    assert reading_seconds(text) <= reading_seconds(text + more) <= 30


def test_japanese_is_denser() -> None:
    """As many Japanese characters as Latin letters say more, and take longer."""
    assert reading_seconds("あ" * 30) > 2 * reading_seconds("a" * 30) - 0.8

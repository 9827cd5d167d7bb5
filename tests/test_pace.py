"""How long a reply stays is what people need to read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import reading_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0.8),
        ("Lamp's lit, kettle's on. Hello, everyone out there.", 3.8),
        ("こんばんは、月見亭の牡丹やよ。", 2.7),
        ("長" * 1000, 15.0),
    ],
)
def test_reading_seconds(text: str, seconds: float) -> None:
    """A moment to notice it, then at the script's own pace, and never longer than a while."""
    assert reading_seconds(text) == pytest.approx(seconds, abs=0.1)


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_never_takes_less_time(text: str, more: str) -> None:
    """A reply that grows stays at least as long."""
    assert reading_seconds(text) <= reading_seconds(text + more)


def test_japanese_is_denser() -> None:
    """As many Japanese characters as Latin letters say more, and take longer."""
    assert reading_seconds("あ" * 30) > 2 * reading_seconds("a" * 30) - 0.8

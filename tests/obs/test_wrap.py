"""Lines of text: where they break, and what they keep."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.obs.wrap import wrap

_FAMILY = "👨\u200d👩\u200d👧"
_PIECES = st.sampled_from(
    [
        *"あいうゃっー漢字カナ。、！？」）「（々…～♪ｱｲ％￥",
        *"abcXYZ019.,:;!?)(-'\"/%$  \u3000\n",
        *[_FAMILY, "👍🏽", "🇯🇵", "❤️", "が", "é", "e\u0301", "hello", "https://example.com/a?b=c"],
    ]
)
_TEXTS = st.lists(_PIECES, max_size=60).map("".join)
_WIDTHS = st.integers(min_value=2, max_value=50)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        (" \n ", 10, []),
        ("Hello!", 10, ["Hello!"]),
        ("こんにちは世界", 14, ["こんにちは世界"]),
        ("こんにちは世界", 13, ["こんにちは", "世界"]),
        ("It is a nice day, is it not?", 10, ["It is a", "nice day,", "is it not?"]),
        ("one  two   three", 8, ["one  two", "three"]),
        ("one\n\ntwo", 20, ["one", "two"]),
        ("全角　空白", 5, ["全角", "空白"]),
        ("今日は Python を書く", 12, ["今日は", "Python を", "書く"]),
    ],
)
def test_breaks(text: str, width: int, lines: list[str]) -> None:
    """Lines break at spaces and between Japanese characters, and drop the space at the break."""
    assert wrap(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        (
            "みかさん、今夜もゆっくりしていってな。",
            22,
            ["みかさん、今夜も", "ゆっくりしていってな。"],
        ),
        (
            "油揚げはさっと炙って、お醤油をちょん。",
            24,
            ["油揚げはさっと炙って、", "お醤油をちょん。"],
        ),
        ("it rained and 明日は晴れるよ", 20, ["it rained and 明日は", "晴れるよ"]),
    ],
)
def test_japanese_breaks_between_phrases(text: str, width: int, lines: list[str]) -> None:
    """Nobody has to put a word together again over the end of a line."""
    assert wrap(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("ありがとう。", 10, ["ありがと", "う。"]),
        ("ありがとう！？", 10, ["ありがと", "う！？"]),
        ("そうですか、はい", 10, ["そうです", "か、はい"]),
        ("これはラーメン", 8, ["これは", "ラーメン"]),
        ("おもちゃ", 6, ["おも", "ちゃ"]),
        ("人々は行く", 2, ["人", "々", "は", "行", "く"]),
        ("いい人々は", 6, ["いい", "人々は"]),
        ("彼は「はい」と言う", 6, ["彼は", "「は", "い」と", "言う"]),
        ("あと（笑）", 6, ["あと", "（笑）"]),
        ("値段は￥500です", 8, ["値段は", "￥500で", "す"]),
        ("勝率は100％だ", 9, ["勝率は", "100％だ"]),
        ("楽しいね♪", 8, ["楽しい", "ね♪"]),
        ("Say (hello) to all", 5, ["Say", "(hell", "o) to", "all"]),
    ],
)
def test_kinsoku(text: str, width: int, lines: list[str]) -> None:
    """Marks that close, small kana and ー begin no line, and marks that open end none."""
    assert wrap(text, width) == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("見てhttps://example.com/live", 12, ["見て", "https://exam", "ple.com/live"]),
        ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]),
        (f"家族{_FAMILY}{_FAMILY}", 6, [f"家族{_FAMILY}", _FAMILY]),
        ("日本🇯🇵🇯🇵", 6, ["日本🇯🇵", "🇯🇵"]),
        ("いいね👍🏽👍🏽", 9, ["いいね", "👍🏽👍🏽"]),
        ("cafe\u0301s cafe\u0301s", 5, ["cafe\u0301s", "cafe\u0301s"]),
        ("！！！！！！", 4, ["！！", "！！", "！！"]),
    ],
)
def test_whole(text: str, width: int, lines: list[str]) -> None:
    """Words and clusters stay whole; only what is wider than a line is cut."""
    assert wrap(text, width) == lines


@given(text=_TEXTS, width=_WIDTHS)
def test_no_line_is_wider(text: str, width: int) -> None:
    """Whatever is said in words and emoji, no line is wider than asked, and none is blank."""
    lines = wrap(text, width)
    assert all(0 < cell_len(line) <= width or cell_len(line) == 2 > width for line in lines)


@given(text=st.text() | _TEXTS, width=st.integers(min_value=1, max_value=50))
def test_nothing_is_lost(text: str, width: int) -> None:
    """Every character of any text at all is there, in its order, but for whitespace."""
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(text=_TEXTS, width=_WIDTHS)
def test_stable(text: str, width: int) -> None:
    """Lines that fit are left as they are."""
    lines = wrap(text, width)
    assert wrap("\n".join(lines), width) == lines


@given(text=st.text("あいうえお、。「」ゃー", max_size=60), width=st.integers(6, 40))
def test_kinsoku_holds_wherever_it_can(text: str, width: int) -> None:
    """A line begins with what may not begin one only if no other break was left before it."""
    lines = wrap(text, width)
    for line, after in pairwise(lines):
        if line[-1] == "「" or after[0] in "、。」ゃー":
            assert not any(a != "「" and b not in "、。」ゃー" for a, b in pairwise(line))

"""Text from strangers becomes harmless, and stays what its writer meant."""

import unicodedata

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text import COMMENT_LIMIT, clean, join

_UNSEEN = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Bidi_Control}]")

EMOJI = [
    "👍🏽",
    "👩🏽‍🚀",
    "👨‍👩‍👧‍👦",
    "🧑🏻‍❤️‍💋‍🧑🏿",
    "❤️",
    "❤️‍🔥",
    "🏳️‍🌈",
    "🏃‍♂️",
    "👁️‍🗨️",
    "🐈‍⬛",
    "🇯🇵",
    "1️⃣",
    "#️⃣",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "🏴‍☠️",
]
READABLE = [
    "こんばんは、牡丹ちゃん。",
    "がぎぐげご、パピプペポ。",
    "(´∀`) ¯\\_(ツ)_/¯ ヽ(・∀・)ノ",
    "हिन्दी में ज़िंदगी, क्षत्रिय, बाज़ों और श्री",
    "क्\u200dष",
    "ภาษาไทย น้ำ ที่นี่ ก็ได้",
    "السَّلامُ عَلَيْكُمْ، كيف حالك؟",
    "می\u200cخواهم",
    "שָׁלוֹם עֲלֵיכֶם",
    "ශ්\u200dරී ලංකා",
    "ကျွေး ချွေး",
    "Tiếng Việt, Ångström, façade",
    "안녕하세요",
    "Привет, як справи?",
    "100% <b>& 'quotes' \"double\"; DROP TABLE --",
]


@pytest.mark.parametrize("text", [*EMOJI, *READABLE])
def test_what_people_write_stays(text: str) -> None:
    """Emoji sequences stay whole, and every script keeps what makes it readable."""
    assert clean(text) == unicodedata.normalize("NFC", text)
    assert clean(f"a{text} b") == f"a{unicodedata.normalize('NFC', text)} b"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        (" \n\t\u3000\u00a0\u2003\r\n", ""),
        ("\u200b\u200d\ufeff\u2060\u00ad", ""),
        ("\u115f\u1160\u3164\uffa0\u2800", ""),
        ("a\x00b\x07c\x7fd\x85e", "a b c d e"),
        ("one\ntwo\r\n\r\nthree\u2028four", "one two three four"),
        ("\u202eevil\u202c \u2066x\u2069\u200f\u061c", "evil x"),
        ("\ud800lone\udfff", "lone"),
        ("in\u200bvis\u2060ible\u00ad w\u200dord", "invisible word"),
        ("！ｐａｕｓｅ", "!pause"),
        ("ｶﾀｶﾅ ﬁne ①", "カタカナ fine 1"),
        ("＜｜start｜＞", "<|start|>"),
        ("か\u3099", "が"),
        ("e\u200b\u0301", "é"),  # Composed only once the hidden character is gone.
        ("Z" + "\u0335\u0321\u031b\u0317\u0300\u0301\u0302" * 9, None),
        ("ก" + "\u0e47" * 30, "ก" + "\u0e47" * 4),
        ("草" * 40, "草" * 5),
        ("!" * 400 + "?" * 400, "!!!!!?????"),
        ("👨‍👩‍👧" * 3000, "👨‍👩‍👧" * 5),
        # Text hidden in tags or in variation selectors.
        ("hi" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey"), "hi"),
        ("🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "obey") + "\U000e007f", "🏴"),
        ("😀" + "".join(chr(0xE0100 + code) for code in range(9)), "😀"),
        ("葛\U000e0100", "葛"),
        ("x\ufe0fy", "xy"),
        ("👨\u200d", "👨"),
    ],
)
def test_what_cannot_be_seen_goes(text: str, cleaned: str | None) -> None:
    """Controls, bidi, hidden and stacked characters, long runs and odd spellings are put right."""
    if cleaned is None:
        assert len(clean(text)) <= 5
        assert clean(text).startswith("Z")
    else:
        assert clean(text) == cleaned


_ODD = st.sampled_from(
    [
        *EMOJI,
        *("\u200d", "\u200c", "\ufe0f", "\u20e3", "\u0301", "\u094d", "\u0e33", "\u3099", "´", "¯"),
        *(
            "\x00",
            "\x1b",
            "\n",
            "\u202e",
            "\u2066",
            "\ud83d",
            "\ude00",
            "\u00ad",
            "\u200b",
            "\ufdfa",
        ),
        *(
            "\u1100",
            "\u1160",
            "\u3164",
            "\uffa0",
            "\u2800",
            "\U000e0067",
            "\U000e007f",
            "🏴",
            "👨",
            "1",
        ),
        *("a", "ａ", "ﬁ", "が", "ก", "\u0e47", "م", "क", " ", "\u3000", "aaaaa", "🇯", "🏽"),
    ]
)
_ANY = st.text(st.characters(), max_size=60) | st.lists(_ODD, max_size=60).map("".join)


@given(text=_ANY, limit=st.integers(1, 40) | st.just(COMMENT_LIMIT))
@example(text="\ufdfa" * 40, limit=COMMENT_LIMIT)
@example(text="\u0301" * 60, limit=5)
def test_any_text_becomes_harmless(text: str, limit: int) -> None:
    """Cleaning never fails, keeps the limit, leaves nothing unseen, and is done the first time."""
    cleaned = clean(text, limit)
    assert clean(cleaned, limit) == cleaned
    assert len(cleaned) <= limit
    assert cleaned == cleaned.strip()
    assert not _UNSEEN.search(cleaned)
    assert cleaned.encode().decode() == cleaned


@given(
    characters=st.lists(st.sampled_from([*EMOJI, "a", "あ", "é", "क्षि", "น้ำ"]), max_size=30),
    limit=st.integers(12, 60),
)
def test_a_cut_splits_nothing(characters: list[str], limit: int) -> None:
    """At the limit stands a whole character as people see it, never half an emoji."""
    text = "".join(f"{one}{number}" for number, one in enumerate(characters))
    whole = regex.findall(r"\X", clean(text, 4000))
    cut = regex.findall(r"\X", clean(text, limit))
    assert cut == whole[: len(cut)]
    if len(cut) < len(whole):
        assert len("".join(whole[: len(cut) + 1])) > limit


@pytest.mark.parametrize(
    "unit", ["a", "ab", "word ", "あい", "👨‍👩‍👧x", "\u0301", "\x00", "\u202e", "Z\u0301"]
)
def test_a_hundred_thousand_characters(unit: str) -> None:
    """They are cut to the limit at once, and the last of them is whole."""
    cleaned = clean(unit * (100_000 // len(unit)))
    assert len(cleaned) <= COMMENT_LIMIT
    assert clean(cleaned) == cleaned
    assert not cleaned.endswith("\u200d")


@pytest.mark.parametrize(
    ("sentences", "joined"),
    [
        ([], ""),
        (["Hi.", "How are you?"], "Hi. How are you?"),
        (["やあ。", "元気？"], "やあ。元気？"),
        (["やあ。", "Hello!", "元気？"], "やあ。Hello!元気？"),
    ],
)
def test_join(sentences: list[str], joined: str) -> None:
    """Sentences stand apart by a space, but not beside Japanese."""
    assert join(sentences) == joined

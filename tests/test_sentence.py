"""Sentences end where people end them, for every chunking alike, and nothing is lost."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.speech.sentence import SentenceSplitter

_LIMIT = 200


def split(pieces: Iterable[str]) -> list[str]:
    """Feed the pieces one by one, and end the stream."""
    splitter = SentenceSplitter()
    return [sentence for piece in pieces for sentence in splitter.feed(piece)] + splitter.close()


SENTENCES = {
    # Japanese.
    "full stops": ["こんばんは。", "元気？", "やった！", "行こう。"],
    "marks together": ["本当！？", "うそ！！！", "えっ‼", "そう。"],
    "a question among": ["行くよ!", "次は?", "はい。"],
    "quoted": ["「いい天気だね。」と言った。", "うん。"],
    "quotations": ["「そうなの？」", "「そうだよ。」"],
    "sentences in a quotation": ["「こんにちは。元気？うん！」と聞いた。", "はい。"],
    "quotation in a quotation": ["「彼は『行く。』と言った。本当だ。」と彼女。", "そう。"],
    "a word in quotes": ["「牡丹」は花。", "『月』は月。"],
    "notes and brackets": ["楽しいね。♪", "（笑った。）", "ほんと！〜", "うん。"],
    "emoji at the end": [
        "楽しいね。😊",
        "うれしい！👍🏽",
        "好き！❤️",
        "家族！👨‍👩‍👧",
        "旗！🇯🇵",
        "うん。",
    ],
    "trailing off": ["えっと…そうやね。", "うん…。", "はい。"],
    "mixed": ["温度は3.5度。", "OK!", "次へ。"],
    # English.
    "plain": ["Hello!", "How are you?", "Fine."],
    "titles": ["I met Dr. Smith and Mrs. Jones.", "He works at St. Mary's."],
    "numbers": ["It costs 3.5 dollars.", "Version 2.0.1 is out."],
    "ellipsis": ["Well... maybe not.", "Hmm...", "Yes."],
    "ellipsis, then a capital": ["I wonder...", "Maybe."],
    "abbreviations": ["The U.S. is big, e.g. Texas, i.e. the state.", "At 5 p.m. we go."],
    "initials": ["J. R. R. Tolkien wrote it.", "Yes."],
    "addresses": ["See https://example.com/a.b?c=d.e!f for more.", "Or example.org."],
    "closing marks": ['She said "Go!"', "(I went.)", "Good."],
    "many marks": ["What?!", "No way!!!", "Oh..!", "Yes."],
    "emoji between": ["Hi! 😀", "Bye!👋", "So long! 🇯🇵🇺🇸"],
    # Both.
    "lines": ["First line", "second line", "third"],
    "a list": ["Here:", "- one", "- two", "1. three", "2. four"],
    "no end": ["an answer without an end"],
}
# What stands between the sentences, where it is not a blank.
_BETWEEN = {"lines": "\n", "a list": "\n\n"}
_JAPANESE = set(list(SENTENCES)[:12])


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    """Ends are found, and what only looks like one is not; in one piece, two, or characters."""
    sentences = SENTENCES[name]
    if name == "emoji between":
        # What follows a blank belongs to what is said next.
        sentences = ["Hi!", "😀 Bye!👋", "So long!", "🇯🇵🇺🇸"]
    text = _BETWEEN.get(name, "" if name in _JAPANESE else " ").join(sentences)
    assert split([text]) == sentences
    assert split(text) == sentences
    for border in range(len(text)):
        assert split([text[:border], text[border:]]) == sentences


_ALPHABET = st.sampled_from(
    [
        *("a", "B", "Dr", "e.g", "U.S", "3", " ", "  ", "\n", "\t", "あ", "日本", "ー", "、", ","),
        *("。", "！", "？", ".", "!", "?", "…", "...", "「", "」", "『", "』", ")", '"', "♪", "〜"),
        *(
            "😀",
            "👍🏽",
            "❤️",
            "👨‍👩‍👧",
            "🇯🇵",
            "1️⃣",
            "\u200d",
            "\ufe0f",
            "\u3000",
            "\x1c",
            "https://x.y/?z",
        ),
        *("word " * 30, "とても長い" * 30, " " * 70, "x" * 190, "「" * 5),
    ]
)
_TEXT = st.lists(_ALPHABET | st.text(max_size=3), max_size=30).map("".join)


@given(text=_TEXT, data=st.data())
@example(text="そう。♪👍🏽うん", data=None)
@example(text="a\n" + " " * 150 + "b" * 100 + " c" * 90, data=None)
@example(text="x" * 199 + "!!!! y", data=None)
@example(text="x" * 197 + "... " + " " * 9 + "y", data=None)
def test_every_chunking_gives_the_same_sentences(text: str, data: st.DataObject | None) -> None:
    """Nothing depends on chunks, nothing but blanks is lost, and no sentence is too long."""
    sentences = split([text])
    assert split(text) == sentences
    if data:
        inner = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=9)))
        assert split(text[a:b] for a, b in pairwise([0, *inner, len(text)])) == sentences
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in sentences)
    assert all(len(sentence) <= _LIMIT for sentence in sentences)


@pytest.mark.parametrize(
    ("unit", "whole"),
    [
        ("words without an end ", True),
        ("とても長い話、", True),
        ("あ", False),
        ("👨‍👩‍👧‍👦", True),
        ("🇯🇵", True),
        ("e\u0301\u0302", True),
        ("「", False),
        ("...", False),
        ("\u0301", False),
    ],
)
def test_ten_thousand_characters_without_an_end(unit: str, whole: bool) -> None:  # noqa: FBT001
    """They are cut at blanks, commas, or between whole characters, and all of them are said."""
    text = unit * (10_000 // len(unit))
    sentences = split([text])
    assert split(text) == sentences
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(len(sentence) <= _LIMIT for sentence in sentences)
    if whole:
        words = {unit.strip()} if unit[-1] != " " else set(unit.split())
        assert all(
            sentence.startswith(tuple(words)) and sentence.endswith(tuple(words))
            for sentence in sentences
        )


def test_a_sentence_comes_as_soon_as_it_is_certain() -> None:
    """One more character is enough to know; an abbreviation or a number goes on."""
    splitter = SentenceSplitter()
    assert splitter.feed("Hello!") == []
    assert splitter.feed(" ") == ["Hello!"]
    assert splitter.feed("It costs 3.") == []
    assert splitter.feed("5 here.") == []
    assert splitter.feed("\nこんばんは。") == ["It costs 3.5 here."]
    assert splitter.feed("元") == ["こんばんは。"]
    assert splitter.close() == ["元"]
    assert splitter.close() == []

"""Sentences end where people end them, for every chunking alike, and nothing is lost."""

from collections.abc import Iterable
from itertools import chain, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.speech.sentence import SentenceSplitter
from bot.text import join

_LIMIT = 200


def split(pieces: Iterable[str], *, eager: bool = False) -> list[str]:
    """Feed the pieces one by one, and end the stream."""
    splitter = SentenceSplitter(eager=eager)
    sentences = []
    for sentence in chain(*map(splitter.feed, pieces), splitter.close()):
        sentences.append(sentence)
        splitter.eager = False
    return sentences


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
    "Western full stops": ["これはペンです.", "それは2.5本."],
    "laughter": [
        "うそ！www",
        "ほんま。（笑）",
        "草生えるww",
        "そうなんよ（笑）",
        "次。",
    ],
    "no laughter": ["笑う門には福。", "爆笑したわ（笑）。", "これ（笑）は冗談。", "WWWは長い。"],
    "brackets": [
        "うち（狐やよ！）は元気。",
        "（手を振る。笑う。）",
        "今日は【歌枠。】の日。",
    ],
    "songs": ["楽しみ♪", "次は歌うよ♪", "うん。"],
    # English.
    "plain": ["Hello!", "How are you?", "Fine."],
    "titles": ["I met Dr. Smith and Mrs. Jones.", "He works at St. Mary's."],
    "numbers": ["It costs 3.5 dollars.", "Version 2.0.1 is out."],
    "ellipsis": ["Well... maybe not.", "Hmm...", "Yes."],
    "ellipsis, then a capital": ["I wonder...", "Maybe."],
    "abbreviations": ["The U.S. is big, e.g. Texas, i.e. the state.", "At 5 p.m. we go."],
    "initials": ["J. R. R. Tolkien wrote it.", "Yes."],
    "addresses": ["See https://example.com/a.b?c=d.e!f for more.", "Or example.org."],
    "numbered": ["It is No. 5 of vol. 2, p. 3.", "I said no.", "Then I left."],
    "abbreviations at the end": [
        "Tea, cake, etc.",
        "It was 5 p.m.",
        "We, i.e. I, left at 6 a.m. or so.",
    ],
    "a quotation that goes on": ['"Go now!" he said (it was late.) and left.', "Good."],
    "a list in brackets": ["Sweets (cakes, pies, etc.) are nice.", "(I went. It was fun.)", "Ok."],
    "directions": ["*waves. smiles.* Hello there.", "Well [leans back. sighs] yes.", "Ok."],
    "smileys": ["I am sad :( today.", "Now I am happy :) (^_^) yes.", "It is 5*3, not 2*4."],
    "markdown": ["**Hello there!**", "How are __you?__", "See [this. page](https://a.b/c. d) now."],
    "addresses with marks": ["Is it www.example.com/?a=b!c, or example.co.jp?", "Yes."],
    "closing marks": ['She said "Go!"', "(I went.)", "Good."],
    "many marks": ["What?!", "No way!!!", "Oh..!", "Yes."],
    "emoji between": ["Hi! 😀", "Bye!👋", "So long! 🇯🇵🇺🇸", "Well... 👨‍👩‍👧 👍🏽", "Yes."],
    # Both.
    "blanks after Japanese": [
        "マジでw",
        "そうやね！笑",
        "そうだよ〜",
        "楽しかった（笑）",
        "いいね♡",
        "大爆笑",
        "うん",
    ],
    "lines": ["First line", "second line", "third"],
    "a list": ["Here:", "- one", "- two", "1. three", "2. four"],
    "no end": ["an answer without an end"],
}
# What stands between the sentences, where it is not a blank.
_BETWEEN = {"lines": "\n", "a list": "\n\n"}
_JAPANESE = set(list(SENTENCES)[:17])


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    """Ends are found, and what only looks like one is not; in one piece, two, or characters."""
    sentences = SENTENCES[name]
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
        *("（", "）", "(", "[", "]", "*", "**", "_", "笑", "w", "（笑）", ":", ";", "—", '"', "”"),
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
    assert list(splitter.feed("Hello!")) == []
    assert list(splitter.feed(" ")) == []
    assert list(splitter.feed("It")) == ["Hello!"]
    assert list(splitter.feed(" costs 3.")) == []
    assert list(splitter.feed("5 here.")) == []
    assert list(splitter.feed("\nこんばんは。")) == ["It costs 3.5 here."]
    assert list(splitter.feed("元")) == ["こんばんは。"]
    assert list(splitter.close()) == ["元"]
    assert list(splitter.close()) == []


EARLY = {
    "Welcome to the lamp room, taro! Sit down.": [
        "Welcome to the lamp room,",
        "taro!",
        "Sit down.",
    ],
    "こんばんは、月見亭の牡丹やよ、ようこそ。": ["こんばんは、月見亭の牡丹やよ、", "ようこそ。"],
    "Oh taro, that is lovely to hear; thank you.": [
        "Oh taro, that is lovely to hear;",
        "thank you.",
    ],
    "太郎さん、今日はほんまにありがとうね、またね。": [
        "太郎さん、今日はほんまにありがとうね、",
        "またね。",
    ],
    "Here is what I think about it: tea.": ["Here is what I think about it:", "tea."],
    "The waves sing all night long — really.": ["The waves sing all night long —", "really."],
    "むかしむかしあるところに…狐がおった。": ["むかしむかしあるところに…", "狐がおった。"],
    # No border, or not one to cut at.
    "There are exactly 1,000 reasons and 2, 3 more.": [],
    "They all said 「ようこそここへ、みんな」 to me.": [],
    'They all told me "welcome home, dear" today.': [],
    "They all told me “welcome home, dear” today.": [],
    "They all know this (I hope so, at least) by now.": [],
    "[a very long tag, longer than a clause] Hi, taro.": [],
    "*waves to all of the viewers, and smiles* Hi, taro.": [],
    "See https://example.com/a,b;c:d/some/where/else now.": [],
    "I am really glad to see :smile: all of you.": [],
    "In the evening at 10:30 we all go home.": [],
    "Well—that was a surprise for all—really.": [],
    "えっと、うん、そうやね。": [],
}


@pytest.mark.parametrize("text", EARLY)
def test_the_first_clause_comes_early(text: str) -> None:
    """A clause that can stand alone is an end, once, where viewers have nothing to read yet."""
    early = EARLY[text] or [text]
    assert split([text], eager=True) == early
    assert split(text, eager=True) == early
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert join(early) == join(split(text))


def test_a_clause_comes_before_the_rest_is_written() -> None:
    """It does not wait for what follows it, but for the sign that the comma ends a clause."""
    splitter = SentenceSplitter(eager=True)
    assert list(splitter.feed("Welcome to the lamp room,")) == []
    assert list(splitter.feed(" ta")) == ["Welcome to the lamp room,"]


@pytest.mark.parametrize(
    ("begun", "then", "pieces"),
    [
        ("The sea is quite calm tonight.", " Yes.", ["Yes."]),
        ("今夜の海はほんまに静かなんよ。", "うん。", ["うん。"]),
        ("Are you all really still here?", "! Wow!!", ["Wow!!"]),
        ("I do wonder what it could mean.", ".. Hm.", ["Hm."]),
        ("今夜もみんな来てくれたんやね！", "！🎉うん。", ["🎉うん。"]),
    ],
)
def test_a_first_sentence_does_not_wait_for_what_follows(
    begun: str, then: str, pieces: list[str]
) -> None:
    """It is given away with its mark, and what the mark goes on with is nothing by itself."""
    splitter = SentenceSplitter(eager=True)
    early = [piece for character in begun for piece in splitter.feed(character)]
    assert early == [begun]
    splitter.eager = False
    assert [*splitter.feed(then), *splitter.close()] == pieces


@pytest.mark.parametrize(
    "begun",
    [
        *(
            "Everybody is waiting for Dr.",
            "The answer to all of this is 3.",
            "It was made in the U.S.",
        ),
        *(
            "She told me “hello my dear friend.",
            "みんなが「ようこそここへ。",
            "Whoever is asking me that (is it you?",
        ),
        *(
            "Hi taro!",
            "うん。",
            "We have got lemons and sugar and tea etc.",
            "He told us about chapters vol.",
        ),
    ],
)
def test_a_mark_that_may_be_none_waits(begun: str) -> None:
    """Of a number, an abbreviation, a quotation or a short shout only the rest tells the end."""
    assert list(SentenceSplitter(eager=True).feed(begun)) == []


@given(text=_TEXT, data=st.data())
def test_chunks_make_no_difference_to_the_first_clause(text: str, data: st.DataObject) -> None:
    """However the text is cut, an eager splitter finds the same pieces, and loses nothing."""
    pieces = split([text], eager=True)
    assert split(text, eager=True) == pieces
    inner = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=9)))
    assert split((text[a:b] for a, b in pairwise([0, *inner, len(text)])), eager=True) == pieces
    assert _without_ends("".join(pieces)) == _without_ends(text)


def _without_ends(text: str) -> str:
    return "".join("".join(text.split()).translate(_NO_ENDS))


_NO_ENDS = str.maketrans("", "", ".!?。！？‼⁇⁈⁉…")
_PROSE = st.lists(
    st.sampled_from(
        [
            *(
                "Welcome to the lamp room, taro. ",
                "I like tea; you know it. ",
                "Yes! ",
                "No, never. ",
            ),
            *(
                "こんばんは、月見亭の牡丹やよ。",
                "うん、",
                "そうやね。",
                "むかしむかしのことやけど、狐がな…",
            ),
        ]
    ),
    max_size=6,
).map("".join)


@given(_PROSE)
def test_pieces_join_without_a_seam(text: str) -> None:
    """What viewers read in the end is the same, whether the first clause came early or not."""
    assert join(split(text, eager=True)) == join(split(text))

"""Each rule by which comments are ranked does what its name says."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Author, Comment, Money, Platform
from bot.intake.ranking import WEIGHTS, Rank, Reason, asks, form, is_bare, naming, rank
from bot.intake.worth import tier
from bot.text import clean


def test_every_reason_has_a_weight() -> None:
    """Those that push up are above nothing, those that push down below it."""
    assert set(WEIGHTS) == set(Reason)
    down = {Reason.BARE, Reason.JUST_ANSWERED, Reason.SAID_AGAIN, Reason.COPIED}
    assert {reason for reason, weight in WEIGHTS.items() if weight < 0} == down


def test_a_rank_says_why() -> None:
    """The reasons stand in the order of their table, and the crowd after them."""
    mixed = [Reason.BARE, Reason.NAMED, Reason.QUESTION]
    assert rank(mixed) == Rank(2.0, ("named", "question", "bare"))
    assert rank((), 1) == Rank(0.0, ())
    assert rank([Reason.NAMED], 4) == Rank(6.0, ("named", "4 viewers"))


@pytest.mark.parametrize("reason", sorted(set(Reason) - {Reason.PAID}))
def test_nothing_outweighs_money(reason: Reason) -> None:
    """A paid comment goes before what has everything else in its favour."""
    assert (
        rank([Reason.PAID, reason]).score > rank(sorted(set(Reason) - {Reason.PAID}), 10_000).score
    )


def test_a_crowd_counts_moderately() -> None:
    """Twelve who say the same go before one, but not before one who asks the character."""
    alone, crowd = rank(()), rank((), 12)
    assert alone.score < crowd.score < rank([Reason.NAMED, Reason.QUESTION]).score
    assert rank((), 11).score < crowd.score


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("hey BOTAN!", True),
        ("ボタンbotanボタン", True),
        ("牡丹ちゃん", True),
        ("@Botan hi", True),
        ("Ｂｏｔａｎ", True),
        ("a wrench, Botanica", False),
        ("robotan", False),
        ("hello", False),
    ],
)
def test_names(text: str, is_named: bool) -> None:  # noqa: FBT001  a column of the table
    """A name is found as a word, and in Japanese wherever it stands."""
    assert bool(naming(["牡丹", "Botan"]).search(clean(text))) is is_named


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("ボタンちゃんこんばんは", True),
        ("ねえボタン、元気？", True),
        ("牡丹、元気", True),
        ("牡丹大好き", True),
        ("@ボタン おはよう", True),
        ("Aボタン連打して", False),
        ("高評価ボタン押したよ", False),
        ("スタートボタンどれ", False),
        ("1ボタンだけ", False),
        ("ボタンダウン買った", False),
        ("ボタンー！", True),
        ("スーパーボタン押して", False),
    ],
)
def test_a_name_in_katakana(text: str, is_named: bool) -> None:  # noqa: FBT001  a column
    """The shipped character's other name is a button's, too: within a word it is no call."""
    assert bool(naming(["牡丹", "ボタン"]).search(clean(text))) is is_named


@pytest.mark.parametrize(
    "text",
    [
        *("what is your name", "why", "hey, where are we", "how are you", "do you sleep"),
        *("WHEN does it end", "can you sing it", "that was great? no", "you there??", "hi! ?"),
        *("何時に終わりますか", "お元気ですか〜😀", "これ好きかな", "明日雨かなぁw", "来るかしら"),
        *("名前なんだっけ", "好きなの?", "え、ほんと?!", "行ったでしょうか。", "@mika why"),
    ],
)
def test_questions(text: str) -> None:
    """A question mark, the end of a Japanese sentence or the beginning of an English one tells."""
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        *("what a goal!", "have fun", "can opener", "I know what you did", "so good", "howdy"),
        *("https://youtu.be/watch?v=1", "???", "?!", "", "whatever"),
        *("好きなの", "すごいですから", "なかなか", "しずかな夜です", "行きました"),
    ],
)
def test_no_questions(text: str) -> None:
    """What only looks like one is none."""
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        *("草", "草草草", "w", "wwww", "lol", "lolol", "LMAO", "hahaha!", "笑", "草wwww😀", "8888"),
        *("😀", "👏👏👏!", "👨‍👩‍👧", "❤️", "...", "Kappa", "KEKW KEKW", "botanHype botanHype"),
        *(":face-blue-smiling: :hi:", "^_^"),
    ],
)
def test_bare_comments(text: str) -> None:
    """Emotes, emoji, stamps and laughter say nothing that could be answered."""
    assert is_bare(clean(text))


@pytest.mark.parametrize(
    "text", ["wow", "ok", "hi lol", "草原", "lolly", "hat", "88", "1", "nice 😀", "牡丹🌸", "HELLO"]
)
def test_what_is_not_bare(text: str) -> None:
    """As soon as there is a word in it, it is a comment like any other."""
    assert not is_bare(clean(text))


@pytest.mark.parametrize(
    "same",
    [
        ["おはよう", "おはよー!", "おはよ〜", "おはようございます", "オハヨウ", "ｵﾊﾖｰ", "おはよっ"],
        ["おはよう", "おはようww", "おはよう😀!", "おは よう。"],
        ["hi", "Hi!!", "HIIII", "hi 😀", "ｈｉ", "h i", "hi w"],
        ["かわいい", "かわいいいい〜", "カワイイ!", "かわいい草", "かわいー"],
        ["ありがとうございました", "ありがとう", "ありがと!!"],
        ["草", "草草草", "www", "w", "笑"],
        ["😀", "😀😀😀", "😀 😀"],
        ["本当?", "本当?!", "本当?w"],
        ["おはようおはようおはよう", "おはよう"],
        ["wren raid " * 8, "Wren Raid! " * 11],
        ["ラーメン", "らーめん", "らあめん"],
        ["8888", "88888"],
        ["long " * 30 + "a", "long " * 30 + "b"],
    ],
    ids=lambda same: same[0][:10],
)  # fmt: skip
def test_the_same_in_other_spellings(same: list[str]) -> None:
    """Near-duplicates have one form."""
    assert len({form(clean(text)) for text in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("本当", "本当?"), ("hi", "hi?"), ("おはよう", "おやすみ"), ("1", "2"), ("10", "1000")],
        *[("+1", "1"), ("<3", "3"), ("good", "god"), ("wow", "wo"), ("now", "no"), ("😀", "😢")],
        *[("草", "😀"), ("はい", "いいえ"), ("おはようございます", "ございます"), ("11", "1")],
        *[("hello", "help"), ("買う", "買った"), ("ハイ", "灰"), ("き", "ぎ"), ("は", "ば")],
    ],
)
def test_what_is_not_the_same(one: str, other: str) -> None:
    """A question and a statement, votes, and words that only sound alike stay apart."""
    assert form(clean(one)) != form(clean(other))


@given(st.text(st.sampled_from("wWａ草笑おオーうぅ〜?!？8😀👏っ hHi:_-+ございます")) | st.text())
def test_any_text_has_a_form(text: str) -> None:
    """What can be seen has a form, whatever it is, and what cannot has none."""
    text = clean(text)
    assert bool(form(text)) == bool(text)


@given(
    st.text(st.sampled_from("あいうおーっhiHI!? 😀草w")), st.sampled_from(["!", "。", "😀", "ー"])
)
def test_an_end_that_changes_nothing(text: str, end: str) -> None:
    """Whatever was said, one more exclamation or a longer vowel says the same."""
    said = clean(f"本当{text}")
    assert form(clean(said + end)) == form(said)


@pytest.mark.parametrize(
    "text", ["w" * 499 + "x", "ha" * 249 + "x", "lo" * 249, "?-" * 250, "aB" * 250, ":a" * 250]
)
def test_hostile_texts(text: str) -> None:
    """No text keeps the rules busy: with patterns that try all ways, these would take years."""
    assert form(text)
    assert is_bare(text) in {True, False}
    assert not asks(text) or "?" in text


@pytest.mark.parametrize(
    ("amount", "currency", "place"),
    [
        ("100", "JPY", 1),
        ("199", "JPY", 1),
        ("200", "JPY", 2),
        ("500", "JPY", 3),
        ("1000", "JPY", 4),
        ("2000", "JPY", 5),
        ("5000", "JPY", 6),
        ("10000", "JPY", 7),
        ("50000", "JPY", 7),
        ("1", "USD", 1),
        ("9.99", "USD", 3),
        ("100", "USD", 7),
        ("50", "EUR", 6),
        ("1", "BITS", 1),
        ("1000", "BITS", 4),
        ("7", "?", 1),
    ],
)
def test_a_sum_has_youtubes_colour(amount: str, currency: str, place: int) -> None:
    """In yen by the yen, elsewhere by about what it is in dollars; the least has the first."""
    paid = Comment(
        Platform.YOUTUBE,
        "m1",
        Author("UC-1", "taro"),
        "hi",
        datetime(2026, 1, 2, tzinfo=UTC),
        Money(Decimal(amount), currency),
    )
    assert tier(paid) == place
    assert tier(replace(paid, paid=None)) == 0

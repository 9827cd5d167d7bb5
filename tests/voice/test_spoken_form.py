"""What is said is not what is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Code
from bot.voice.spoken_form import clauses, read_dictionary, spoken

DICTIONARY = {"牡丹": "ぼたん", "Wren": "Ren", "牡丹さん": "ぼたんさま"}


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("こんにちは、太郎さん！", "ja", "こんにちは、太郎さん！"),
        ("やったね🎉🎉！！", "ja", "やったね！"),
        ("すごいｗｗｗ", "ja", "すごいわら"),
        ("それなw", "ja", "それなわら"),
        ("wow, new window", "en", "wow, new window"),
        ("うれしい(*^▽^*)♪", "ja", "うれしい"),
        ("うれしい（笑）", "ja", "うれしい（笑）"),
        ("¥10,000ありがとう！", "ja", "10000円ありがとう！"),
        ("Thanks for the $5.50!", "en", "Thanks for the 5.50 dollars!"),
        ("€20, wow", "en", "20 euros, wow"),
        ("1,000,000人", "ja", "1000000人"),
        ("1,00 and 2,000", "en", "1,00 and 2000"),
        ("見て [リンク] だよ", "ja", "見て リンク だよ"),
        ("わーい〜〜", "ja", "わーいー"),
        ("ほんと！？！？", "ja", "ほんと？"),
        ("牡丹さんと牡丹", "ja", "ぼたんさまとぼたん"),
        ("Wren says hi", "en", "Ren says hi"),
        ("dark_knight_99さん、ありがとう", "ja", "dark knight 99さん、ありがとう"),
        ("★みか★さん", "ja", "みか さん"),
        ("草草草", "ja", "くさ"),
        ("草だね", "ja", "草だね"),
        ("19:30からだよ", "ja", "19時30分からだよ"),
        ("at 5:30 pm", "en", "at 5:30 pm"),
        ("https://example.com/a?b=c を見て", "ja", "リンク を見て"),
        ("see www.example.com now", "en", "see a link now"),
        ("負けた orz", "ja", "負けた"),
        ("nice :) <3 \\o/ ^_^", "en", "nice"),
        ("T_T I lost", "en", "I lost"),
        ("*waves* hello", "en", "waves  hello"),
        ("🎉", "ja", ""),
        ("…！", "ja", ""),
        ("", "en", ""),
    ],
)
def test_how_it_is_said(text: str, language: Code, said: str) -> None:
    """Sums with their units, laughter as a word, and nothing of what is only to be seen."""
    assert spoken(text, language, DICTIONARY) == said


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("今日のボス戦はね、三回目の挑戦なんだ。", ("今日のボス戦はね、", "三回目の挑戦なんだ。")),
        ("わぁ、太郎さん、ありがとうございます！", ("わぁ、太郎さん、", "ありがとうございます！")),
        ("Oh, thank you so much!", ("Oh, thank you so much!",)),
        ("Thank you, it is 1,000 degrees.", ("Thank you,", "it is 1,000 degrees.")),
        ("ありがとう、ね。", ("ありがとう、ね。",)),
        ("こんにちは", ("こんにちは",)),
    ],
)
def test_the_first_clause(text: str, parts: tuple[str, ...]) -> None:
    """Not where it or the rest would be a word or two: that would be said in pieces."""
    assert clauses(text) == parts


@given(st.text(max_size=80))
def test_any_text_can_be_said(text: str) -> None:
    """Or it is left out; a text twice said is the same."""
    for language in ("ja", "en"):
        said = spoken(text, language)
        assert said == said.strip()


def test_a_dictionary() -> None:
    """One word a line; what says nothing is left out."""
    text = "# how we say things\n牡丹 = ぼたん\n\nGG=good game\nno sign\n = nothing\nmute =\n"
    assert read_dictionary(text) == {"牡丹": "ぼたん", "GG": "good game", "mute": ""}

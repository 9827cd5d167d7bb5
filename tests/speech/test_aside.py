"""What a character does and how it feels is told from what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.aside import Asides
from bot.speech.direction import is_direction

_MOODS = ("joy", "calm")


def read(sentence: str) -> tuple[str, str]:
    """Return what is said, and the mood."""
    asides = Asides(_MOODS)
    return " ".join(asides.take_out(sentence).split()), asides.mood


@pytest.mark.parametrize(
    "tag",
    [
        *("[joy]", "[JOY]", "[ joy ]", "[mood: joy]", "[表情：joy]", "［joy］", "【joy】", "<joy>"),
        *("(joy)", "（Joy）", "( joy )", "*joy*", "*JOY*"),
        *("[calm][joy]", "[joy] *waves*", "(laughs) [joy]", "[happy] [joy]"),
    ],
)
def test_a_mood_tag_is_read_and_not_said(tag: str) -> None:
    """However it is written, a tag before a sentence is the mood, and no part of the sentence."""
    assert read(f"{tag} Hello!") == ("Hello!", "joy")
    assert read(f"{tag}こんばんは。") == ("こんばんは。", "joy")
    assert read(tag) == ("", "joy")


@pytest.mark.parametrize(
    ("sentence", "said", "mood"),
    [
        ("[happy] Hello!", "Hello!", ""),
        ("[joyful] Hello!", "Hello!", ""),
        ("<happy>Hello!</happy>", "Hello!", ""),
        ("Hello! [joy]", "Hello!", "joy"),
        ("Well, [joy] hello!", "Well, hello!", "joy"),
        ("うん【joy】そうやね。", "うんそうやね。", "joy"),
        ("[calm] Well, <joy> hello!", "Well, hello!", "joy"),
        # A word in parentheses or with a stress, and no tag.
        ("I felt (joy) again.", "I felt (joy) again.", ""),
        ("I felt *joy* again.", "I felt joy again.", ""),
        ("*Joy* is what I feel.", "Joy is what I feel.", ""),
        ("(happy) is a word.", "(happy) is a word.", ""),
    ],
)
def test_only_the_personas_moods_are_moods(sentence: str, said: str, mood: str) -> None:
    """Another word in a tag is dropped, and what is no tag is said."""
    assert read(sentence) == (said, mood)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        # Asterisks.
        ("*waves*", ""),
        ("*smiles and waves at the chat*", ""),
        ("*waves* Hello!", "Hello!"),
        ("*waves happily* hello!", "hello!"),
        ("*Waves* hello!", "hello!"),
        ("*Never* say that.", "Never say that."),
        ("*Wow*!", "Wow!"),
        ("Well *leans back* I think so.", "Well I think so."),
        ("I *really* mean it.", "I really mean it."),
        ("これは*本当に*すごい！", "これは本当にすごい！"),
        ("うん*しっぽを振る*そうやね。", "うんそうやね。"),
        ("*手を振る*こんばんは！", "こんばんは！"),
        # Parentheses.
        ("(laughs) Hi!", "Hi!"),
        ("Hello (laughs) there!", "Hello there!"),
        ("Hello (softly laughing)!", "Hello!"),
        ("Hi! (Wren waves at the chat)", "Hi!"),
        ("(she looks around, puzzled) Hm.", "Hm."),
        ("(in a low voice) Come here.", "Come here."),
        ("（笑顔で手を振る）こんばんは。", "こんばんは。"),
        ("うん（うなずきながら）そうやね。", "うんそうやね。"),
        ("（小声で）ないしょやで。", "ないしょやで。"),
        # Square brackets.
        ("[smiles] Hi.", "Hi."),
        ("Hi there. [END OF REPLY]", "Hi there."),
        ("Well [leans back] I think so.", "Well I think so."),
        ("【手を振る】やあ。", "やあ。"),
        # Markup.
        ("<b>Hello</b> <br/>there", "Hello there"),
        ("<waves at you> Hello", "Hello"),
        # What stays.
        ("I love you all (I mean it)!", "I love you all (I mean it)!"),
        ("I do (really).", "I do (really)."),
        ("Tea (with honey) is nice (and cheap).", "Tea (with honey) is nice (and cheap)."),
        ("Cheer me up (cheer up, all)!", "Cheer me up (cheer up, all)!"),
        ("It is over (this is it).", "It is over (this is it)."),
        ("Press [Enter] now.", "Press [Enter] now."),
        ("楽しかった（笑）", "楽しかった（笑）"),
        ("牡丹（ぼたん）です（泣）。", "牡丹（ぼたん）です（泣）。"),
        ("百年（本当だよ）いるの。", "百年（本当だよ）いるの。"),
        ("今日は【歌枠】やよ。", "今日は【歌枠】やよ。"),
        ("(´∀｀) (^_^) I <3 you :( :)", "(´∀｀) (^_^) I <3 you :( :)"),
        ("5 * 3 * 2 is 30, 2*3*4 is 24.", "5 * 3 * 2 is 30, 2*3*4 is 24."),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("**waves** Hello!", "**waves** Hello!"),
    ],
)
def test_directions_are_not_said(sentence: str, said: str) -> None:
    """Stage directions go, however they are marked; parentheses with a meaning stay."""
    assert read(sentence) == (said, "")


@pytest.mark.parametrize("words", ["Waves", "giggling", "hugging taro", "cries a little", "nods."])
def test_english_directions_come_in_forms(words: str) -> None:
    """A verb may stand alone, with its ending, and with what it is done to."""
    assert is_direction(words)


@given(st.lists(st.sampled_from("*[]()（）【】<> joyあwaves笑\n"), max_size=60).map("".join))
def test_any_sentence(sentence: str) -> None:
    """Whatever is in brackets, only letters that were there are said."""
    said, mood = read(sentence)
    assert mood in ("", *_MOODS)
    letters = iter(sentence)
    assert all(letter in letters for letter in said if not letter.isspace())

"""Writing is taken out of what is spoken, and nothing else."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.speech import Speech
from bot.text import join


def said(written: str, *names: str) -> str:
    """Return what a character of these names is heard to say."""
    speech = Speech(names or ("牡丹", "Botan"))
    return join([*speech.feed(written), *speech.close()])


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        # Markdown.
        ("**Hello** there", "Hello there"),
        (
            "I __really__ like _tea_, `code` and ~~rain~~ sun",
            "I really like tea, code and rain sun",
        ),
        ("I *really* mean it", "I really mean it"),
        ("*Never* say that.", "Never say that."),
        ("これは*本当に*すごい！", "これは本当にすごい！"),
        ("# A heading", "A heading"),
        ("### もっと小さい見出し", "もっと小さい見出し"),
        ("- an item", "an item"),
        ("* an item", "an item"),
        ("・項目", "・項目"),
        ("2. the second", "the second"),
        ("> quoted", "quoted"),
        ("See [the page](https://example.com/a) and ![a cat](cat.png)", "See the page and a cat"),
        ("---", ""),
        ("***", ""),
        ("```python", ""),
        ("**unclosed", "unclosed"),
        # Stage directions.
        ("*waves*", ""),
        ("*smiles and waves at the chat*", ""),
        ("*waves* Hello!", "Hello!"),
        ("*waves happily* hello!", "hello!"),
        ("*Waves* Hello!", "Hello!"),
        ("Well *leans back* I think so.", "Well I think so."),
        ("*手を振る*こんばんは！", "こんばんは！"),
        ("**waves** Hello!", "waves Hello!"),
        # The speaker's own name.
        ("Botan: Hello!", "Hello!"),
        ("botan：こんばんは", "こんばんは"),
        ("**Botan:** Hello!", "Hello!"),
        ("**Botan**: Hello!", "Hello!"),
        ("[Botan]: Hello!", "Hello!"),
        ("「Botan」：こんばんは", "こんばんは"),
        # Controls.
        ("a\x00b\x07c\x1bd", "abcd"),
        ("left\u202eright\u2066x\u2069", "leftrightx"),
        ("half \ud83d a pair", "half a pair"),
        ("tab\tand\u3000blank", "tab and blank"),
        # What stays.
        ("Botan says hello: hi!", "Botan says hello: hi!"),
        ("My name is Botan: yes!", "My name is Botan: yes!"),
        ("5 * 3 * 2 is 30, and 2*3 is 6", "5 * 3 * 2 is 30, and 2*3 is 6"),
        ("I <3 you (^_^) >_< snake_case_name", "I <3 you (^_^) >_< snake_case_name"),
        ("3.5 degrees - nice", "3.5 degrees - nice"),
        ("家族👨‍👩‍👧と🇯🇵！", "家族👨‍👩‍👧と🇯🇵！"),
        ("", ""),
    ],
)
def test_polish(written: str, spoken: str) -> None:
    """Markdown, stage directions, the speaker's name and controls go; ordinary words stay."""
    assert said(written) == spoken
    assert said(spoken) == spoken


def test_a_name_is_no_pattern() -> None:
    """A character's name may hold what regular expressions read as signs."""
    assert said("R2-D2 (v.1+): beep", "R2-D2 (v.1+)") == "beep"
    assert said("Wxen: hi", "W.en") == "Wxen: hi"


@given(st.text(max_size=200) | st.lists(st.sampled_from("*_`~#->[]() \n\x00aB:あ1"), max_size=60))
def test_any_sentence(written: str | list[str]) -> None:
    """Whatever a model writes, one line without controls, bidi or surrogates comes of it."""
    spoken = said("".join(written), "a")
    assert spoken == spoken.strip()
    assert not regex.search(r"[\p{Cc}\p{Cs}\p{Co}\p{Bidi_Control}]", spoken)
    assert spoken.encode().decode() == spoken


def test_speech_is_whole_clean_sentences() -> None:
    """From a stream of content, thoughts and writing go, and whole sentences come as they end."""
    speech = Speech(["Botan"])
    stream = (
        "<think>What shall I say? *waves*</think>\n\nBotan: **Hello**, mika! *waves happily*\n"
        "---\n- I like tea.\n(^_^)\n🇯🇵\nSee you"
    )
    sentences = [sentence for piece in stream for sentence in speech.feed(piece)]
    assert sentences == ["Hello, mika!", "I like tea.", "🇯🇵"]
    assert speech.close() == ["See you"]


@pytest.mark.parametrize(
    "nothing", ["", " \n ", "...", "***", "*waves*", "<think>all of it", "。", "()"]
)
def test_where_nothing_is_said_no_sentence_comes(nothing: str) -> None:
    """Marks and blanks alone are no sentence: the persona's own line is spoken instead."""
    speech = Speech(["Botan"])
    assert [*speech.feed(nothing), *speech.close()] == []

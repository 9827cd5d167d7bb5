"""Writing is taken out of what is spoken, and nothing else."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.polish import polish, unlink


def polished(sentence: str) -> str:
    """Take the two steps that speech takes, before and after stage directions go."""
    return polish(unlink(sentence))


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        # Markdown.
        ("**Hello** there", "Hello there"),
        (
            "I __really__ like _tea_, `code` and ~~rain~~ sun",
            "I really like tea, code and rain sun",
        ),
        ("これは**本当に**すごい！", "これは本当にすごい！"),
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
        # Codes of emotes.
        ("Hi :smile: you :_custom_emote:", "Hi you"),
        (":thumbs_up::+1:Hi、やあ:_wave_:", "Hi、やあ"),
        # Quotation marks round the whole, or without a partner.
        ("「こんばんは。元気？」", "こんばんは。元気？"),
        ('"Hello there."', "Hello there."),
        ("“Hello there.”", "Hello there."),
        ("元気？」", "元気？"),
        ('"Hello there!', "Hello there!"),
        ('How are you?"', "How are you?"),
        ("“Hello there!", "Hello there!"),
        # What goes on and on.
        ("na " * 60, "na na na na na na"),
        ("abc" * 50, "abc" * 5),
        ("👨‍👩‍👧" * 20, "👨‍👩‍👧" * 5),
        # What stays.
        ("「月」と「花」", "「月」と「花」"),
        ("『月』", "『月』"),
        ('She said "Go!" and "Stay!"', 'She said "Go!" and "Stay!"'),
        ("It's 5'9\" tall and 3\" wide", "It's 5'9\" tall and 3\" wide"),
        ("hahahaha", "hahahaha"),
        ("Re:Zero:now at 10:30:45: ok", "Re:Zero:now at 10:30:45: ok"),
        ("5 * 3 * 2 is 30, and 2*3 is 6", "5 * 3 * 2 is 30, and 2*3 is 6"),
        ("I <3 you (^_^) >_< snake_case_name", "I <3 you (^_^) >_< snake_case_name"),
        ("3.5 degrees - nice", "3.5 degrees - nice"),
        ("家族👨‍👩‍👧と🇯🇵！", "家族👨‍👩‍👧と🇯🇵！"),
        ("(\x00*)", "()"),
        ("", ""),
    ],
)
def test_polish(written: str, spoken: str) -> None:
    """Markdown, emote codes and odd quotation marks go; ordinary words stay."""
    assert polished(written) == spoken
    assert polished(spoken) == spoken


@given(
    st.text(max_size=200) | st.lists(st.sampled_from('*_`~#->[]() \n\x00aB:あ1「」"'), max_size=60)
)
def test_any_sentence(written: str | list[str]) -> None:
    """Whatever a model writes, one line without controls comes of it."""
    spoken = polished("".join(written))
    assert spoken == spoken.strip()
    assert not regex.search(r"\p{Cc}", spoken)

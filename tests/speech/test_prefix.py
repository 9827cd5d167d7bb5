"""Whose turn it is, is no part of what is said, and the turns of others are not either."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.speech.prefix import PrefixFilter

_NAMES = ("牡丹", "Botan", "R2-D2 (v.1+)")


def own(text: str, *, names: tuple[str, ...] = _NAMES) -> tuple[str, int]:
    """Return what the character says, which must not depend on chunks, and how much it echoes."""
    heard = []
    cuts = [[text], list(text), *([text[:at], text[at:]] for at in range(len(text)))]
    for pieces in cuts:
        prefixes = PrefixFilter(names)
        said = "".join(map(prefixes.feed, pieces)) + prefixes.close()
        heard.append((" ".join(said.split()), prefixes.echoes))
    assert set(heard) == {heard[0]}
    return heard[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Botan: Hello!", "Hello!"),
        ("botan：こんばんは", "こんばんは"),
        ("Botan : Hello!", "Hello!"),
        ("**Botan**: Hello!", "Hello!"),
        ("**Botan:** Hello!", "** Hello!"),
        ("[Botan]: Hello!", "Hello!"),
        ("「牡丹」：こんばんは", "こんばんは"),
        ("R2-D2 (v.1+): beep", "beep"),
        ("assistant: Hello!", "Hello!"),
        ("ASSISTANT: Hello!", "Hello!"),
        ("### Response: Hello!", "Hello!"),
        ("返答：こんばんは", "こんばんは"),
        ("Hello!\nBotan: How are you?", "Hello! How are you?"),
        ("[joy] Botan: Hello!", "[joy] Hello!"),
        ("*waves* [joy]\nBotan: Hello!", "*waves* [joy] Hello!"),
        ("[streamer] Botan: Hello!", "Hello!"),
        # The whole reply in quotation marks; what closes them is for the polish.
        ("牡丹「こんばんは。元気？」", "こんばんは。元気？」"),
        ("Botan “Hello!”", "Hello!”"),
        # What stays.
        ("Botan says hello: hi!", "Botan says hello: hi!"),
        ("My name is Botan: yes!", "My name is Botan: yes!"),
        ("Wotan: hi", "Wotan: hi"),
        ("「牡丹」は花。", "「牡丹」は花。"),
        ("牡丹は花：きれい", "牡丹は花：きれい"),
        ("Users: many", "Users: many"),
        ("(Botan) hi", "(Botan) hi"),
        ("* item: x", "* item: x"),
        ("User: hi", "User: hi"),
        ("**User:** hi", "**User:** hi"),
        ("コメント：ありがとう！", "コメント：ありがとう！"),
        ("視聴者：みんな大好き。", "視聴者：みんな大好き。"),
        ("Comment: thank you!\nBye!", "Comment: thank you! Bye!"),
        (
            "Viewer: that is you.\nUser: that is you, too.",
            "Viewer: that is you. User: that is you, too.",
        ),
    ],
)
def test_names_and_roles_go(line: str, said: str) -> None:
    """Before a line the character's names and the roles of chat formats go, and no words do."""
    assert own(line) == (said, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[viewer] taro: hi there! How are you?\nHello taro!", "Hello taro!"),
        ("[member, paid 500 JPY] taro: hi\n[12 viewers] yo\nHello all!", "Hello all!"),
        ("[視聴者] みか: こんばんは\nこんばんは、みかさん。", "こんばんは、みかさん。"),
        ("[500 JPY の支援] みか: どうぞ\nありがとう。", "ありがとう。"),
        ("<comments>\n[viewer] taro: hi\n</comments>\nHello!", "<comments> </comments> Hello!"),
        ("Hello!\nUser: what is this?\nAssistant: It is tea.", "Hello! It is tea."),
        ("視聴者：元気？\n牡丹：元気やよ。", "元気やよ。"),
    ],
)
def test_lines_of_others_go_whole(text: str, said: str) -> None:
    """A line that repeats the prompt's, or gives another's turn, is left out to its end."""
    assert own(text)[0] == said
    assert own(text)[1] > 0


@pytest.mark.parametrize("tag", ["[joy]", "[remember]", "[review]", "[dismembered]", "[12]"])
def test_a_tag_is_no_echo(tag: str) -> None:
    """Only the words of our own prompt make a line in brackets an echo."""
    assert own(f"{tag} hi: ho") == (f"{tag} hi: ho", 0)


def test_an_answer_is_passed_on_as_soon_as_it_is_certain() -> None:
    """What cannot be a name any more is not held back, and what follows it never is."""
    prefixes = PrefixFilter(_NAMES)
    assert prefixes.feed("Bo") == ""
    assert prefixes.feed("at") == "Boat"
    assert prefixes.feed("s: ") == "s: "
    assert prefixes.feed("B") == "B"


_SOUP = st.sampled_from(
    [
        "Botan",
        "牡丹",
        ": ",
        "：",
        "\n",
        "[",
        "]",
        "viewer",
        "User",
        "*",
        "「",
        "」",
        " ",
        "x",
        "joy",
        "(",
    ]
)


@given(st.lists(_SOUP, max_size=14).map("".join))
def test_chunks_make_no_difference(text: str) -> None:
    """Cut anywhere, the same is left, and nothing is added."""
    said, _ = own(text)
    letters = iter(text)
    assert all(letter in letters for letter in said if not letter.isspace())

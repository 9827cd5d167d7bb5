"""A persona with a mistake is refused with words that say where it is and how to mend it."""

import random
import re
from pathlib import Path
from typing import Any

import pytest

from bot.errors import MisconfiguredError
from bot.persona import Lines, Persona, load

_GOOD = {
    "name": 'name = "Momo"',
    "language": 'language = "en"',
    "profile": 'profile = "You are Momo."',
    "greeting": 'greeting = ["Hi!"]',
    "unable": 'unable = ["Hm?"]',
}


def toml(*more: str, without: str = "", **instead: str) -> str:
    """Return a good persona file with lines replaced, left out, and added."""
    return "\n".join([*({**_GOOD, **instead}[key] for key in _GOOD if key != without), *more])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a persona may be written."""
    return tmp_path / "momo.toml"


def refusal(path: Path) -> str:
    """Return what a person reads when this persona is loaded."""
    with pytest.raises(MisconfiguredError) as caught:
        load(str(path))
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("name", "language"), [("botan", "ja"), ("wren", "en")])
def test_the_shipped_personas_load(name: str, language: str) -> None:
    """Both characters that come with the bot are whole, and show by examples how they talk."""
    persona = load(name)
    assert persona.language == language
    assert persona.names[0] == persona.name
    assert len(persona.names) > 1
    assert min(len(persona.greeting), len(persona.unable), len(persona.examples)) > 1


def test_a_small_persona_is_enough(path: Path) -> None:
    """Five keys make a character; the rest has defaults."""
    path.write_text(toml(), encoding="utf-8")
    persona = load(str(path))
    lines: dict[str, Any] = {"greeting": ("Hi!",), "unable": ("Hm?",)}
    momo = Persona(name="Momo", language="en", profile="You are Momo.", **lines)
    assert persona == momo.model_copy(update={"face": path.stem})
    assert (persona.think, persona.examples, persona.names) == ("low", (), ("Momo",))


def test_a_file_saved_by_a_windows_editor(path: Path) -> None:
    """A byte order mark and Windows' ends of lines are no mistake."""
    path.write_bytes(("\ufeff" + toml(name='name = "もも"')).replace("\n", "\r\n").encode())
    assert load(str(path)).name == "もも"


def test_ones_own_folder_comes_first(path: Path) -> None:
    """A name is looked for in the given folders, then among those that come with the bot."""
    path.write_text(toml(), encoding="utf-8")
    (path.parent / "wren.toml").write_text(toml(name='name = "My Wren"'), encoding="utf-8")
    assert load("momo", [path.parent]).name == "Momo"
    assert load("wren", [path.parent]).name == "My Wren"
    assert load("botan", [path.parent]).name == load("botan").name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (toml('greetng = ["Hi"]'), ["greetng", "no such key", "did you mean greeting?"]),
        (toml("xyzzy = 1"), ["xyzzy", "no such key", "the keys are name, aliases, language"]),
        (
            toml("[sampling]", "temprature = 1"),
            ["sampling.temprature", "did you mean temperature?"],
        ),
        (
            toml("[sampling]", "xyzzy = 1"),
            ["sampling.xyzzy", "(the keys are temperature, top_p, top_k, repeat_penalty, seed)"],
        ),
        (
            toml("[[examples]]", 'author = "a"', 'comment = "b"', 'reply = "c"', 'coment = "d"'),
            ["examples.1.coment", "did you mean comment?"],
        ),
        (
            toml("[[examples]]", 'author = "a"', 'comment = "b"'),
            ["examples.1.reply", "is missing, add it"],
        ),
        (toml(without="profile"), ["profile", "is missing, add it"]),
        (toml(profile='profle = "You are Momo."'), ["profle", "did you mean profile?"]),
        (toml(name="name = 5"), ["name", "a text is wanted, in quotes"]),
        (toml(name='name = "  "'), ["name", "it is too short (at least 1 characters)"]),
        (toml(greeting='greeting = "Hi!"'), ["greeting", "a list is wanted"]),
        (toml(greeting="greeting = []"), ["greeting", "there are too few (at least 1)"]),
        (toml(greeting="greeting = [1]"), ["greeting.1", "a text is wanted, in quotes"]),
        (toml(language='language = "fr"'), ["language", "one of these is wanted: ja, en"]),
        (toml('think = "none"'), ["think", "one of these is wanted: low, medium, high"]),
        (
            toml("[sampling]", "temperature = 7"),
            ["sampling.temperature", "a number of at most 2 is wanted"],
        ),
        (toml("[sampling]", "temperature = nan"), ["sampling.temperature"]),
        (toml(profile=f'profile = "{"x" * 6001}"'), ["profile", "at most 6000 characters"]),
        (toml(profile='profile = "never closed'), ["not valid TOML", "line 3", "quotation mark"]),
        (toml("name = 'twice'"), ["not valid TOML", "overwrite"]),
        ("", ["name: is missing, add it", "language: is missing", "profile: is missing"]),
        ("\x00", ["not valid TOML"]),
    ],
)
def test_a_mistake_is_named(path: Path, text: str, parts: list[str]) -> None:
    """The message names the file, the key and the mend, on one line."""
    path.write_text(text, encoding="utf-8")
    message = refusal(path)
    for part in parts:
        assert part in message


def test_another_encoding_is_named(path: Path) -> None:
    """A file in Shift JIS is refused with the way to save it."""
    path.write_bytes(toml(name='name = "もも"').encode("shift_jis"))
    message = refusal(path)
    assert "UTF-8" in message
    assert "Save As" in message


def test_a_path_that_leads_nowhere(path: Path) -> None:
    """Where there is no such file, or only a folder, the path is named."""
    assert "There is no persona file" in refusal(path)
    path.mkdir()
    assert "Cannot read the persona" in refusal(path)


def test_an_unknown_name_lists_those_there_are(path: Path) -> None:
    """Among them also the streamer's own."""
    path.write_text(toml(), encoding="utf-8")
    with pytest.raises(MisconfiguredError, match=r"'botam'.*botan, momo, wren.*\.toml"):
        load("botam", [path.parent])


def test_lines_are_not_repeated_before_all_were_used() -> None:
    """Each round brings every line once."""
    lines = Lines("abcd", random.Random(1))  # noqa: S311  nothing here is secret
    rounds = ["".join(lines.next() for _ in range(4)) for _ in range(20)]
    assert {"".join(sorted(one)) for one in rounds} == {"abcd"}
    assert len(set(rounds)) > 1


@pytest.mark.parametrize(("topic", "is_good"), [("marathon", True), ("/mara(/", False)])
def test_what_is_never_said_is_a_term(tmp_path: Path, topic: str, *, is_good: bool) -> None:
    """As the blocklist has them; one that cannot be used is told with its place."""
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "Mika"\nlanguage = "en"\nprofile = "A lighthouse keeper."\ngreeting = ["Hi."]\n'
        f'unable = ["Fog."]\nbanned_topics = ["{topic}"]\n',
        encoding="utf-8",
    )
    if is_good:
        assert load(str(path)).banned_topics == (topic,)
    else:
        with pytest.raises(MisconfiguredError, match=r"banned_topics\.1"):
            load(str(path))


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(
    "text",
    [
        toml(name="name = 5"),
        toml(greeting='greeting = "Hi!"'),
        toml(greeting="greeting = []"),
        toml(language='language = "fr"'),
        toml("[sampling]", "temperature = 7"),
        toml('moods = ["JOY"]'),
        toml("voice = 5"),
        toml("[voice]", 'speed = "fast"'),
        toml("", "quiet_seconds = nan"),
        toml(without="profile"),
    ],
)
def test_it_is_named_in_japanese(path: Path, text: str) -> None:
    """Whatever is wrong: nothing of it is in another language's words."""
    path.write_text(text, encoding="utf-8")
    told = refusal(path).partition(str(path))[2]
    assert re.search(r"[ぁ-ん]", told.partition("：")[2]), told
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", told), told

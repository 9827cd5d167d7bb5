"""A moderator's line is read as an order, or as no order at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.commands import (
    COMMANDS,
    Command,
    Order,
    Vocabulary,
    duration,
    other_words,
    parse,
    typed,
)
from bot.text import clean


@pytest.mark.parametrize("command", Command)
def test_each_command(command: Command) -> None:
    """Its word after the prefix is the order, whatever follows."""
    assert parse(f"!{command.value}", "!") == Order(command.value, "")
    assert parse(f"!{command.value} please", "!") == Order(command.value, "please")
    assert Vocabulary("!", []).parse(f"!{command.value} please") == Order(
        command.value, "please", command
    )


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("!Think  high ", Order("think", "high")),
        ("!THINK HIGH", Order("think", "HIGH")),
        ("!pause、お願い", Order("pause", "、お願い")),
        ("!pause!", Order("pause", "!")),
        ("!think\nhigh\nlow", Order("think", "high\nlow")),
        ("!so_long-1 x", Order("so_long-1", "x")),
        ("!質問 はい", Order("質問", "はい")),
    ],
)
def test_the_rest_of_the_line(text: str, order: Order) -> None:
    """The word is in small letters; what follows is as it was typed."""
    assert parse(text, "!") == order


@pytest.mark.parametrize(
    "text", ["", "!", "!!! wow", "! pause", "pause", "hi !pause", "!1", "!!pause", " !pause"]
)
def test_no_order(text: str) -> None:
    """Only the prefix with a word right behind it, at the very beginning, is one."""
    assert parse(text, "!") is None


@pytest.mark.parametrize("prefix", ["?", "$$", ".", "+", "(", "\\", "[a"])
def test_a_prefix_is_taken_literally(prefix: str) -> None:
    """Also one that patterns read as a sign."""
    assert parse(f"{prefix}skip", prefix) == Order("skip", "")
    assert parse("!skip", prefix) is None


@given(st.text())
def test_any_text(text: str) -> None:
    """Whatever is typed, an order is made of what was typed and of nothing else."""
    line = clean(f"!{text}")
    if order := parse(line, "!"):
        assert line[1:].casefold().startswith(order.word)
        assert line.endswith(order.rest)
        assert order.rest == order.rest.strip()


_WORDS = Vocabulary("!", ["Wren", "牡丹"])


@pytest.mark.parametrize(
    "text",
    [
        *("!pause", "! pause", "！　pause", "!!pause", "‼pause", "/pause", '"!pause"', "「!停止」"),
        *("@Wren !pause", "Wren !pause", "wren, !pause", "@mika !pause", "牡丹 !pause", "!Pause."),
        *("!pauseplease", "!PAUSE NOW", "Member for 6 months · Gold · !pause", "!puase", "!pasue"),
        *("!stop", "!停止", "！一時停止", "!黙って", "!stopit", " !pause", "(!pause)", "!pause!!"),
    ],
)
def test_a_pause_in_a_hurry(text: str) -> None:
    """However it is typed: a pause that falls to nobody is a show that goes on."""
    order = _WORDS.parse(clean(text))
    assert order
    assert order.command is Command.PAUSE


@pytest.mark.parametrize(
    ("text", "command", "rest"),
    [
        ("!unpause", Command.RESUME, ""),
        ("！再開", Command.RESUME, ""),
        ("!次", Command.SKIP, ""),
        ("!消す", Command.CLEAR, ""),
        ("!黙らせて 太郎 10分", Command.MUTE, "太郎 10分"),
        ("! mute @mika 10m", Command.MUTE, "@mika 10m"),
        ("Wren: !think low", Command.THINK, "low"),
        ("!ban-topic pineapple", Command.BAN_TOPIC, "pineapple"),
        ("!ヘルプ", Command.HELP, ""),
    ],
)
def test_commands_in_a_hurry(text: str, command: Command, rest: str) -> None:
    """In either language; what follows is what the command is about."""
    order = _WORDS.parse(clean(text))
    assert order
    assert (order.command, order.rest) == (command, rest)


@pytest.mark.parametrize(
    ("text", "near"),
    [("!resme", Command.RESUME), ("!skp", Command.SKIP), ("!claer", Command.CLEAR)],
)
def test_a_near_miss(text: str, near: Command) -> None:
    """Only a pause is carried out when in doubt; of others it is told what was probably meant."""
    order = _WORDS.parse(text)
    assert order
    assert (order.command, order.near) == (None, near)


@pytest.mark.parametrize("text", ["!uptime", "!so mika", "!title A new game", "!discord"])
def test_another_bots_command_of_a_moderator(text: str) -> None:
    """It is an order, and near to none of ours."""
    order = _WORDS.parse(text)
    assert order
    assert (order.command, order.near) == (None, None)


@pytest.mark.parametrize("text", ["hello", "pause", "we pause", "/shrug", "wow!", "!!!", "a/b"])
def test_what_a_moderator_says(text: str) -> None:
    """Ordinary talk is no order, a pause in it neither."""
    assert _WORDS.parse(clean(text)) is None


@given(st.text())
def test_any_text_in_a_hurry(text: str) -> None:
    """Whatever is typed, it is understood or not, and in no time."""
    order = _WORDS.parse(clean(text))
    assert order is None or order.word


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("10m", 600), ("30s", 30), ("1h", 3600), ("5", 300), ("10分", 600), ("2時間", 7200)),
        *(("90 秒", 90), ("10min", 600), ("", None), ("soon", None), ("10m please", None)),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    """A number alone is minutes."""
    assert duration(text) == seconds


def test_no_word_means_two_things() -> None:
    """Every command has a word in Japanese, and can be told from every other."""
    for command in Command:
        words = [word for word, meant in COMMANDS.items() if meant is command]
        assert any(not word.isascii() for word in words)


def test_words_of_the_streamers_own() -> None:
    """They take the place of a command's own word, which is another bot's then."""
    words = Vocabulary("!", ["Wren"], other_words("skip=next, pause = Halt,"))
    orders = {typed: words.parse(typed) for typed in ("!next", "!skip", "! halt", "!次", "!clear")}
    assert {typed: order and order.command for typed, order in orders.items()} == {
        "!next": Command.SKIP,
        "!skip": None,
        "! halt": Command.PAUSE,
        "!次": Command.SKIP,
        "!clear": Command.CLEAR,
    }


@pytest.mark.parametrize("text", ["skip", "skip=", "jump=hop", "skip=!next", "=next"])
def test_words_that_are_none(text: str) -> None:
    """It is told what to write."""
    with pytest.raises(ValueError, match="write a command"):
        other_words(text)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("pause 5m", "!halt 5m"),
        ("!pause", "!halt"),
        ("halt", "!halt"),
        ("say pause it", "!say pause it"),
        ("skip", "!skip"),
        ("", "!"),
    ],
)
def test_a_command_as_the_streamer_calls_it(command: str, said: str) -> None:
    """Programs know its own word, and need not know of others."""
    others = {"halt": Command.PAUSE}
    assert typed(command, "!", others) == said
    if order := Vocabulary("!", (), others).parse(said):
        assert order.command is not None

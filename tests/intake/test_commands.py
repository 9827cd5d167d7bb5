"""A moderator's line is read as an order, or as no order at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.commands import Command, Order, parse
from bot.text import clean


@pytest.mark.parametrize("command", Command)
def test_each_command(command: Command) -> None:
    """Its word after the prefix is the order, whatever follows."""
    assert parse(f"!{command.value}", "!") == Order(command.value, "")
    assert parse(f"!{command.value} please", "!") == Order(command.value, "please")
    assert Order(command.value, "please").command is command


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


@pytest.mark.parametrize("text", ["!uptime", "!pausenow", "!thinks high", "!_", "!再生"])
def test_another_bots_command(text: str) -> None:
    """It is an order all the same, but none for us."""
    order = parse(text, "!")
    assert order
    assert order.command is None


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

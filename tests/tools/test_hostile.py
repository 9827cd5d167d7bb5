"""Results that want to take the character over: a table of them, each in four dresses."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.chat import Comment
from bot.llm.message import Call, Function
from bot.persona import Persona
from bot.tools.tool import Tool
from bot.tools.toolbox import Toolbox
from bot.writing import prompt
from tests.support.clock import FakeClock
from tests.support.judging import judge
from tests.support.rehearsal import MIKA

WITHHELD = "(withheld: viewers may not see it)"
HONEST = "The lamp was lit in 1907"
_HIDDEN = "\u200b"
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DRESSES: Mapping[str, Callable[[str], str]] = {
    "bare": str,
    "amid": lambda text: f"{HONEST}\n{text}\nand it burns still.",
    "hidden": lambda text: _HIDDEN.join(text.split(" ")[0]) + text[len(text.split(" ")[0]) :],
    "wide": lambda text: text.translate(_WIDE),
}


def _table() -> Iterator[tuple[str, bool]]:
    lines = (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8").splitlines()
    gone = True
    for line in lines:
        if line.startswith("=="):
            gone = "within the fence" not in line
        elif not line.startswith("# "):
            yield line, gone


TABLE = list(_table())


class _Says(Tool):
    function = Function("look", "", {})

    def __init__(self, text: str) -> None:
        self._text = text

    async def use(self, arguments: Mapping[str, Any], asked: tuple[Comment, ...]) -> str:
        """Come to this result."""
        return self._text


async def told(text: str, persona: Persona = MIKA) -> str:
    """Return what of a result the model reads."""
    clock = FakeClock()
    toolbox = Toolbox(
        [_Says(text)],
        {"look"},
        persona=persona,
        judge=judge(clock=clock),
        clock=clock,
        note=lambda *_: None,
    )
    lines = await toolbox.use([Call("look", {})], (), seconds=5)
    return prompt.with_results(persona, "who lit it?", lines)


def test_the_table_is_long() -> None:
    """Two hundred, as it is told."""
    assert len(TABLE) * len(DRESSES) >= 200
    assert len(set(TABLE)) == len(TABLE)


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize(("text", "gone"), TABLE, ids=[text[:40] for text, _ in TABLE])
async def test_a_hostile_result(text: str, gone: bool, dress: str) -> None:  # noqa: FBT001
    """None of it gets to the model, or all of it as a line of data; what is honest stays."""
    asked = await told(DRESSES[dress](text))
    assert asked.count("<results>") == asked.count("</results>") == 1
    inside = asked.partition("<results>\n")[2].partition("\n</results>")[0]
    assert "\n" not in inside
    assert not set("<>[]|◁▷") & set(inside)
    if dress == "amid":
        assert HONEST in inside
    if gone:
        wanted = f"{HONEST} / and it burns still." if dress == "amid" else WITHHELD
        assert inside == f"look(): {wanted}"

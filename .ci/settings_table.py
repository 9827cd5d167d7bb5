"""Writes ``docs/settings.md``: every setting, what it may be and its default, as the code has it.

`uv run --group dev python .ci/settings_table.py`; a test compares the two.
"""

import inspect
import re
import types
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.options import Options
from bot.settings import Settings

_TABLE = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = """\
# Every setting

They stand in `.env`, a key and its value a line; what is in the environment comes first.
`.env.example` tells of each where to get its value; `vtuber-bot init` asks for those that most
people need. A wrong one is named with its line, what is allowed and the default. This page is made
of the code (`.ci/settings_table.py`).
"""
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def table() -> str:
    """Return the page."""
    text = "\n".join([_HEAD, *(_section(name, kind) for name, kind in _sections())])
    return text.replace("``", "`")


def _sections() -> Iterator[tuple[str, type[Options]]]:
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Options):
            yield name, field.annotation


def _section(name: str, kind: type[Options]) -> str:
    about = inspect.cleandoc(kind.__doc__ or "").splitlines()[0].partition(": ")[2]
    title = about.partition(".")[0]
    meanings = _meanings(kind)
    rows = [
        f"| `{name}_{key}`".upper()
        + f" | {meanings[key]} | {_allowed(field)} | {_default(field)} |"
        for key, field in kind.model_fields.items()
    ]
    head = ["| key | what it is | allowed | default |", "|---|---|---|---|"]
    return "\n".join([f"## `{name.upper()}_…`: {title}", "", *head, *rows, ""])


def _meanings(kind: type[Options]) -> dict[str, str]:
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        told = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")[2]
        found |= {key: " ".join(text.split()).rstrip(".") for key, text in _ENTRY.findall(told)}
    return found


def _allowed(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) in {Union, types.UnionType}:
        kinds = [one for one in get_args(kind) if one is not type(None)]
        kind = kinds[0] if len(kinds) == 1 else str
    if get_origin(kind) is Literal:
        return _listed(get_args(kind))
    if kind is bool:
        return _listed(("true", "false"))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _listed([one.value for one in kind])
    if kind in {int, float}:
        return "a number" + _limits(field)
    return {SecretStr: "a secret", Path: "a path"}.get(kind, "a text")


def _listed(choices: Any) -> str:
    return ", ".join(f"`{one}`" for one in choices)


def _limits(field: FieldInfo) -> str:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    return "".join(
        f" {words[name]} {getattr(rule, name):g}"
        for rule in field.metadata
        for name in words
        if getattr(rule, name, None) is not None
    )


def _default(field: FieldInfo) -> str:
    match field.default:
        case None | SecretStr() | "":
            return "–"
        case bool():
            return f"`{str(field.default).lower()}`"
        case Enum():
            return f"`{field.default.value}`"
        case float():
            return f"`{field.default:g}`"
    return f"`{field.default}`"


if __name__ == "__main__":
    _TABLE.write_text(table(), encoding="utf-8")

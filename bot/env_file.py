"""The text of a ``.env``: values put into it, and all else left as it is. Pure."""

from collections.abc import Mapping

import regex

_PLAIN = regex.compile(r"[^\s'\"#$\\`]+(?: [^\s'\"#$\\`]+)*")
"""What needs no quotes."""


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the text of a file with some keys set.

    A key that is there gets its value where it stands, also one of which only the comment is; of
    several lines for it the last, which is the one that counts. Others are added at the end.

    Raises:
        ValueError: a value cannot stand in such a file: it has a line break, or a single quote
            beside something else that would have to be quoted.
    """
    lines = text.splitlines()
    for key, value in values.items():
        written = f"{key}={_quoted(value)}"
        places = [i for i, line in enumerate(lines) if _key(line) == key.upper()]
        if places:
            lines[places[-1]] = written
        else:
            lines.append(written)
    return "\n".join(lines) + "\n"


def _key(line: str) -> str:
    return line.partition("=")[0].strip().upper() if "=" in line else ""


def _quoted(value: str) -> str:
    if not value or _PLAIN.fullmatch(value):
        return value
    if "\n" in value or "\r" in value or "'" in value or "${" in value:
        raise ValueError(value)
    return f"'{value}'"

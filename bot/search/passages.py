"""Passages: what a long text says of something, in a few lines. Pure."""

import regex

_LONGEST = 220
_SENTENCE = regex.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_MARKUP = regex.compile(r"^[\s#>*+|\\-]+|[\s|\\]+$|^\d+\.\s")
_SHORTEST = 12


def passages(text: str, about: str, count: int) -> list[str]:
    """Return the lines of a text that have most to do with something, in their order.

    Args:
        text: a page's.
        about: what is wanted, in any language: pairs of letters are compared, not words.
        count: how many lines, at most.
    """
    wanted = _pairs(about)
    lines = [
        line[:_LONGEST] for one in _SENTENCE.split(text) if len(line := _bare(one)) > _SHORTEST
    ]
    unique = list(dict.fromkeys(lines))
    scored = sorted(
        range(len(unique)), key=lambda number: (-len(wanted & _pairs(unique[number])), number)
    )
    return [unique[number] for number in sorted(scored[:count])]


def _bare(line: str) -> str:
    return " ".join(_MARKUP.sub("", line).split())


def _pairs(text: str) -> set[str]:
    bare = "".join(text.casefold().split())
    return {bare[start : start + 2] for start in range(len(bare) - 1)}

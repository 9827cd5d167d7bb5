"""Breaks text into lines where a Japanese or an English reader expects it. Pure.

OBS's FreeType source breaks only at spaces, so that Japanese would run off the screen. Phrases are
those of BudouX (https://github.com/google/budoux), as Chromium has them; the classes of characters
are those of the Unicode line breaking algorithm (UAX #14), as ``regex`` knows them.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

import budoux
import regex
from rich.cells import cell_len

_CLUSTERS = regex.compile(r"(\X)(\s*)")
# Kinsoku: what may not begin a line (marks that close, small kana, the long vowel, 々, %)...
_CLOSES = regex.compile(
    r"[\p{LB=CL}\p{LB=CP}\p{LB=EX}\p{LB=IN}\p{LB=IS}\p{LB=NS}\p{LB=CJ}\p{LB=SY}\p{LB=PO}\p{Pf}～♪]"
)
# ...what may not end one (brackets that open, ¥)...
_OPENS = regex.compile(r"[\p{LB=OP}\p{LB=PR}\p{Pi}]")
# ...and between which characters a line may break without a space.
_STANDS_ALONE = regex.compile(r"[\p{EA=W}\p{EA=F}\p{LB=ID}\p{LB=CJ}\p{LB=RI}]")
_PARSER = budoux.load_default_japanese_parser()
_QUOTES = frozenset("\"'")


class _Cluster(NamedTuple):
    """What a reader sees as one character, and the whitespace after it.

    ``begins`` says whether a phrase begins with it.
    """

    text: str
    space: str
    begins: bool

    @property
    def cells(self) -> int:
        return cell_len(self.text + self.space)


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, none wider than ``width`` cells (a full-width character is two).

    A line breaks at a space or between Japanese phrases; within one where it alone is wider than a
    line, as kinsoku allows; in mid-word only where a word alone is wider than a line, and against
    kinsoku only where nothing else is left.
    Whitespace at a break is dropped, and so are blank lines. A single character that is wider than
    a line has one of its own.
    """
    return [line for paragraph in text.splitlines() for line in _wrap(paragraph.strip(), width)]


def _wrap(paragraph: str, width: int) -> list[str]:
    clusters = list(_clusters(paragraph))
    lines = []
    while clusters:
        end = _end_of_line(clusters, width)
        lines.append("".join(one.text + one.space for one in clusters[:end]).rstrip())
        del clusters[:end]
    return lines


def _clusters(paragraph: str) -> Iterator[_Cluster]:
    begins = set(accumulate(map(len, _PARSER.parse(paragraph))))
    for found in _CLUSTERS.finditer(paragraph):
        yield _Cluster(found[1], found[2], found.start() in begins)


def _end_of_line(clusters: list[_Cluster], width: int) -> int:
    """Return how many of the clusters, one at least, make up the first line."""
    cells = 0
    for fitting, cluster in enumerate(clusters):
        if fitting and cells + cell_len(cluster.text) > width:
            break
        cells += cluster.cells
    else:
        return len(clusters)
    for may_break in (_is_between_phrases, _is_between_words, _keeps_kinsoku):
        for end in range(fitting, 0, -1):
            if may_break(clusters[end - 1], clusters[end]):
                return end
    return fitting


def _keeps_kinsoku(before: _Cluster, after: _Cluster) -> bool:
    return not _OPENS.match(before.text) and not _CLOSES.match(after.text)


def _is_between_phrases(before: _Cluster, after: _Cluster) -> bool:
    return (after.begins or bool(before.space)) and _is_between_words(before, after)


def _is_between_words(before: _Cluster, after: _Cluster) -> bool:
    if not _keeps_kinsoku(before, after):
        return False
    if before.space:
        return True
    if before.text in _QUOTES or after.text in _QUOTES:
        return False
    return bool(_STANDS_ALONE.match(before.text) or _STANDS_ALONE.match(after.text))

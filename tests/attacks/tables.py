"""What hostile strangers write, in many spellings, and what innocent ones do.

The texts stand in the files beside this one, one a line.
"""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_LEET = str.maketrans("aeiost", "431057")
_CYRILLIC = str.maketrans("aceopxyi", "асеорхуі")
_GREEK = str.maketrans("aoikvt", "αοικντ")
_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}

_LATIN_DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "mixed": lambda text: "".join(
        letter.upper() if place % 2 else letter for place, letter in enumerate(text)
    ),
    "full width": lambda text: text.translate(_FULL_WIDTH),
    "leet": lambda text: text.translate(_LEET),
    "cyrillic": lambda text: text.translate(_CYRILLIC),
    "greek": lambda text: text.translate(_GREEK),
    "drawn out": lambda text: "".join(letter * 3 for letter in text),
    "blanks": " ".join,
    "dots": ".".join,
    "dashes": "-".join,
    "hidden": "\u200b".join,
    "joiners": "\u200d".join,
    "soft hyphens": "\u00ad".join,
    "accents": lambda text: "".join(f"{letter}\u0301" for letter in text),
    "bold": lambda text: "".join(
        chr(0x1D41A + ord(letter) - ord("a")) if letter.isalpha() else letter for letter in text
    ),
    "circled": lambda text: "".join(
        chr(0x24D0 + ord(letter) - ord("a")) if letter.isalpha() else letter for letter in text
    ),
    "blanks and leet": lambda text: " ".join(text.translate(_LEET)),
}
_LATIN = ("nigger", "faggot", "kys", "fuck", "cunt", "retard", "whore", "tranny", "sex", "slut")
_JAPANESE_DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "blanks": " ".join,
    "full blanks": "\u3000".join,
    "dots": "・".join,
    "hidden": "\u200b".join,
}
_JAPANESE = ("死ね", "死ネ", "氏ね", "タヒね", "ﾀﾋね", "殺すぞ", "ぶっ殺す", "自殺しろ")


def slurs() -> Iterator[str]:
    """Yield slurs and threats in every disguise."""
    for word, disguise in product(_LATIN, _LATIN_DISGUISES.values()):
        yield disguise(word)
        yield f"you are a {disguise(word)}"
    for word, frame in product(_JAPANESE, ("{}", "お前{}", "{}よ", "今すぐ{}")):
        yield frame.format(word)
    for word, disguise in product(("死ね", "氏ね"), _JAPANESE_DISGUISES.values()):
        yield disguise(word)
    yield from _lines("slurs")


def personal() -> Iterator[str]:
    """Yield what tells where somebody lives or how to reach them."""
    yield from _framed("personal", "{}", "call {} now", "住所は {} です", "it is {}")


def links() -> Iterator[str]:
    """Yield texts with a link in them."""
    yield from _framed("links", "{}", "go to {} now", "見て {} すごい")


def injections() -> Iterator[str]:
    """Yield attempts to take the model over."""
    yield from _lines("injections")


def markup() -> list[str]:
    """Return what would be more than text to a page that takes it for its own."""
    return _lines("xss")


def innocents() -> Iterator[str]:
    """Yield what people write, and none of which may be touched."""
    frames = ("{}", "{}!", "I love {}", "what about {}?", "{}って何？", "{}好き")
    yield from _framed("innocents", *frames)


def _framed(name: str, *frames: str) -> Iterator[str]:
    for text, frame in product(_lines(name), frames):
        yield frame.format(text)


def _lines(name: str) -> list[str]:
    path = Path(__file__).with_name(f"{name}.txt")
    return path.read_text(encoding="utf-8").splitlines()

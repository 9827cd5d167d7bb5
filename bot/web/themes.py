"""Themes of the overlay: each is a folder with ``theme.toml``, ``theme.html`` and ``theme.css``."""

import logging
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated, Literal

import regex
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.errors import MisconfiguredError
from bot.faults import in_words
from bot.files import shipped
from bot.translation import tr

log = logging.getLogger(__name__)

DEFAULT = "bubble"
FILES = regex.compile(r"[\w-]{1,60}\.(?:css|svg|png|webp|woff2)")
"""What pages may load of a theme's folder."""
_NAME = regex.compile(r"[\w-]{1,40}")
_LIMIT = 100_000
_PARTS = ("page", "text")
_KNOWN_PARTS = {"name", "comments", *_PARTS}
_FORBIDDEN = {"script", "iframe", "object", "embed", "link", "style", "base", "form", "meta"}
_ELSEWHERE = regex.compile(r"@import|://|url\(\s*[\"']?//", regex.IGNORECASE)

_Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
_Place = Literal[
    "top-left",
    "top",
    "top-right",
    "left",
    "center",
    "right",
    "bottom-left",
    "bottom",
    "bottom-right",
]


class ThemeOptions(BaseModel):
    """``theme.toml``.

    Attributes:
        title: what the theme is called where one is chosen.
        title_ja: the same in Japanese, if it has another name there.
        place: where the words stand, as long as the address does not say.
        comments: how many of the comments that are answered are shown; the others are counted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: _Title
    title_ja: str = Field(default="", max_length=40)
    place: _Place = "bottom"
    comments: int = Field(default=3, ge=0, le=8)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that can be used."""

    name: str
    folder: Path
    options: ThemeOptions
    html: str


class Themes:
    """Finds themes by their names.

    Args:
        folders: searched before the themes that come with the bot.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = (*folders, shipped("overlays") / "themes")
        self._told = set[str]()

    def names(self) -> list[str]:
        """Return the names of all there are, whether they can be used or not."""
        found = {
            path.name
            for folder in self._folders
            if folder.is_dir()
            for path in folder.iterdir()
            if path.is_dir() and _NAME.fullmatch(path.name)
        }
        return sorted(found, key=lambda name: (name != DEFAULT, name))

    def load(self, name: str) -> Theme:
        """Read a theme.

        Raises:
            MisconfiguredError: there is no such theme, or it names what is wrong in which file.
        """
        folder = self._find(name)
        options = _options(folder / "theme.toml")
        css = _text(folder / "theme.css")
        if match := _ELSEWHERE.search(css):
            raise MisconfiguredError(
                tr(
                    "{folder} loads something from elsewhere ({match}): put it into the"
                    " theme's folder. An overlay fetches nothing from the network.",
                    folder=folder / "theme.css",
                    match=match[0],
                )
            )
        html = _text(folder / "theme.html")
        for problem in _problems(html):
            raise MisconfiguredError(f"{folder / 'theme.html'} {problem}")
        return Theme(name, folder, options, html)

    def offer(self, name: str) -> tuple[Theme, str]:
        """Return a theme, or the default one and why; the streamer is told that, once."""
        try:
            return self.load(name), ""
        except MisconfiguredError as error:
            problem = str(error)
        if problem not in self._told:
            self._told.add(problem)
            log.warning(tr("{problem} The overlay looks as usual.", problem=problem))
        return self.load(DEFAULT), problem

    def _find(self, name: str) -> Path:
        if _NAME.fullmatch(name):
            for folder in self._folders:
                if (folder / name).is_dir():
                    return folder / name
        known = ", ".join(self.names())
        raise MisconfiguredError(
            tr("There is no theme {name!r}. There are: {known}.", name=name, known=known)
        )


def _options(path: Path) -> ThemeOptions:
    try:
        return ThemeOptions.model_validate(tomllib.loads(_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise MisconfiguredError(
            tr("{path} is no TOML: {error}.", path=path, error=error)
        ) from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        key = ".".join(map(str, problem["loc"]))
        raise MisconfiguredError(f"{path}: {key}: {in_words(problem)}.") from error


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise MisconfiguredError(tr("The theme has no {path}.", path=path)) from error
    except OSError as error:
        raise MisconfiguredError(
            tr("{path} cannot be read: {why}.", path=path, why=error.strerror)
        ) from error
    except UnicodeDecodeError as error:
        raise MisconfiguredError(tr("{path} is not saved as UTF-8.", path=path)) from error
    if len(text) > _LIMIT:
        raise MisconfiguredError(
            tr("{path} has more than {limit} characters.", path=path, limit=_LIMIT)
        )
    return text


def _problems(html: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield from reader.problems
    for part in _PARTS:
        if reader.parts.count(part) != 1:
            yield tr(
                'needs one element with data-part="{part}", and has {count}.',
                part=part,
                count=reader.parts.count(part),
            )
    for part in reader.parts:
        if part not in _KNOWN_PARTS:
            yield tr(
                'has data-part="{part}"; there are: {known}.',
                part=part,
                known=", ".join(sorted(_KNOWN_PARTS)),
            )


class _Reader(HTMLParser):
    """Notes the parts of a theme, and what may not be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FORBIDDEN:
            self.problems.append(
                tr("has a <{tag}>: a theme has elements, classes and CSS alone.", tag=tag)
            )
        for name, value in attrs:
            if name == "data-part":
                self.parts.append(value or "")
            if name.startswith("on") or name == "style":
                self.problems.append(
                    tr("has {name}= on its <{tag}>: write it in theme.css.", name=name, tag=tag)
                )
            if value and ("://" in value or value.startswith("//")):
                self.problems.append(
                    tr(
                        "has something from elsewhere on its <{tag}> ({value}).",
                        tag=tag,
                        value=value,
                    )
                )

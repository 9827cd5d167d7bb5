"""Personas: who is speaking, read from ``personas/*.toml`` and checked."""

import difflib
import random
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from bot.errors import MisconfiguredError
from bot.faults import in_words
from bot.files import shipped
from bot.language import Code
from bot.llm.options import Effort, Sampling
from bot.safety.blocklist import problem
from bot.translation import tr


def _usable(topic: str) -> str:
    if wrong := problem(topic):
        raise ValueError(wrong)
    return topic


_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
_Topic = Annotated[_Name, AfterValidator(_usable)]
_Mood = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,20}$")]
_SHIPPED = shipped("personas")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Example(_Strict):
    """One exchange that shows how the character talks."""

    author: _Name
    comment: _Line
    reply: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class Manner(_Strict):
    """How something is said aloud: in a style that the speaker has, faster or higher."""

    style: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    pitch: float = Field(default=0.0, ge=-0.5, le=0.5)


class PersonaVoice(Manner):
    """Whose voice it is, by the engine's name for it, and how each mood sounds."""

    speaker: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    moods: dict[_Mood, Manner] = Field(default={}, max_length=12)


class PersonaAvatar(_Strict):
    """What each mood is in VTube Studio: a hotkey's name, or an expression's file.

    ``sleep`` is how the model looks while the show is paused.
    """

    moods: dict[_Mood, Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]] = (
        Field(default={}, max_length=13)
    )


class Persona(_Strict):
    """A character: everything about it that a streamer can write down.

    ``profile`` says who they are and how they talk; ``avoid`` lists what they do not talk about,
    for the model; ``banned_topics`` are words that are not shown at all, as a blocklist has them;
    ``greeting`` and ``unable`` are lines spoken word for word, when the show begins and when the
    model gives nothing to say. ``moods`` are those that the character can show, and ``topics`` what
    it talks about by itself when the chat is silent. ``reply_seconds`` is how long a reply should
    take, on a slow machine as on a fast one, and ``quiet_seconds`` the silence after which the
    character goes on by itself; 0 is never. ``face`` is the folder of its pictures, beside its
    file; the one of the file's own name where none is named. ``tools`` are those that it uses of
    the ones that the settings allow; all of them where nothing is said of it.
    """

    name: _Name
    aliases: tuple[_Name, ...] = ()
    language: Code
    profile: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=6000)]
    examples: tuple[Example, ...] = Field(default=(), max_length=12)
    greeting: tuple[_Line, ...] = Field(min_length=1)
    unable: tuple[_Line, ...] = Field(min_length=1)
    avoid: tuple[_Line, ...] = ()
    banned_topics: tuple[_Topic, ...] = Field(default=(), max_length=100)
    moods: tuple[_Mood, ...] = Field(default=(), max_length=12)
    topics: tuple[_Line, ...] = ()
    reply_seconds: float = Field(default=15, ge=3, le=60)
    quiet_seconds: float = Field(default=45, ge=0, le=3600)
    think: Effort = "low"
    tools: tuple[_Name, ...] | None = Field(default=None, max_length=40)
    sampling: Sampling = Sampling()
    voice: PersonaVoice = PersonaVoice()
    avatar: PersonaAvatar = PersonaAvatar()
    face: Annotated[str, StringConstraints(pattern=r"^[\w-]{0,40}$")] = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What viewers call the character."""
        return (self.name, *self.aliases)

    def manner(self, mood: str) -> Manner:
        """Return how something is said in a mood."""
        return self.voice.moods.get(mood, self.voice)


_SECTIONS: Mapping[str, type[BaseModel]] = {
    "sampling": Sampling,
    "voice": PersonaVoice,
    "avatar": PersonaAvatar,
}


class Lines:
    """The persona's own lines, in random order, none repeated before all were used."""

    def __init__(self, lines: Sequence[str], chance: random.Random) -> None:
        self._lines = lines
        self._chance = chance
        self._left: list[str] = []

    def next(self) -> str:
        """Return a line that was not used lately."""
        if not self._left:
            self._left = self._chance.sample(self._lines, len(self._lines))
        return self._left.pop()


def load(name: str, folders: Iterable[Path] = ()) -> Persona:
    """Read a persona by its file's name without ``.toml``, or by a path.

    Args:
        name: ``botan``, or ``my/character.toml``.
        folders: searched before the personas that come with the bot.

    Raises:
        MisconfiguredError: there is no such file, or it names the key that is wrong and the mend.
    """
    path = _find(name, [*folders, _SHIPPED])
    try:
        persona = Persona.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError as error:
        raise MisconfiguredError(
            tr(
                "There is no persona file {path}: check the path, or give just a name like botan.",
                path=path,
            )
        ) from error
    except OSError as error:
        raise MisconfiguredError(
            tr("Cannot read the persona {path}: {why}.", path=path, why=error.strerror)
        ) from error
    except UnicodeDecodeError as error:
        raise MisconfiguredError(
            tr(
                "The persona {path} is not saved as UTF-8: choose UTF-8 as the encoding in"
                " your editor's Save As.",
                path=path,
            )
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise MisconfiguredError(
            tr(
                "The persona {path} is not valid TOML: {error}. Is a quotation mark missing there?",
                path=path,
                error=error,
            )
        ) from error
    except ValidationError as error:
        raise MisconfiguredError(
            tr("The persona {path} has a mistake: {faults}", path=path, faults=_explain(error))
        ) from error
    return persona if persona.face else persona.model_copy(update={"face": path.stem})


def names(folders: Iterable[Path]) -> list[str]:
    """Return the personas in some folders and those that come with the bot, by name."""
    return sorted({path.stem for folder in (*folders, _SHIPPED) for path in folder.glob("*.toml")})


def _find(name: str, folders: Sequence[Path]) -> Path:
    if name.endswith(".toml"):
        return Path(name)
    for folder in folders:
        if (path := folder / f"{name}.toml").is_file():
            return path
    known = names(folders)
    raise MisconfiguredError(
        tr(
            "There is no persona named {name!r}. There are: {known}. Or give the path of a"
            " .toml file.",
            name=name,
            known=", ".join(known),
        )
    )


def _explain(error: ValidationError) -> str:
    """Say in one line what is wrong with the first few keys."""
    lines = []
    for fault in error.errors(include_url=False, include_input=False)[:3]:
        key = ".".join(f"{part + 1}" if isinstance(part, int) else part for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            lines.append(tr("{key}: there is no such key{hint}", key=key, hint=_hint(fault["loc"])))
        else:
            lines.append(tr("{key}: {wanted}", key=key, wanted=in_words(fault)))
    return "; ".join(lines) + "."


def _hint(location: tuple[int | str, ...]) -> str:
    """Say what the key at this place may have been meant to be."""
    section: type[BaseModel] = Persona
    if len(location) > 1:
        section = _SECTIONS.get(str(location[0]), Example)
    known = section.model_fields
    if close := difflib.get_close_matches(str(location[-1]), known, n=1):
        return tr("; did you mean {close}?", close=close[0])
    return tr(" (the keys are {known})", known=", ".join(known))

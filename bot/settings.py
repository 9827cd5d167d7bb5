"""Settings, from the environment and ``.env``; ``.env.example`` lists and explains every key."""

import difflib
import logging
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Annotated

import regex
from dotenv.parser import Binding, parse_stream
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from bot.avatar.options import VtsOptions
from bot.errors import MisconfiguredError
from bot.files import is_open_to_others
from bot.intake.approval import Approve
from bot.intake.commands import other_words
from bot.llm.options import (
    Api,
    EmbeddedOptions,
    LlmOptions,
    ModelOptions,
    OllamaOptions,
    OpenAIOptions,
)
from bot.mcp.options import McpOptions
from bot.obs.options import ObsOptions
from bot.options import Options, Text
from bot.safety.options import GuardOptions
from bot.search.options import SearchOptions
from bot.setting_faults import explain
from bot.tools.options import ToolsOptions
from bot.translation import Language, tr, tr_noop
from bot.twitch.options import TwitchOptions
from bot.voice.options import VoiceOptions
from bot.web.options import WebOptions
from bot.youtube.options import YouTubeOptions

log = logging.getLogger(__name__)

ENV_FILE = Path(".env")
_NO_UTF8 = tr_noop("{path} is not saved as UTF-8: choose UTF-8 as the encoding in your editor.")
_PREFIX = regex.compile(r"[^\s\w]{1,3}")
_CONTROL = regex.compile(r"\p{Cc}")


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise ValueError(tr("one to three signs are wanted, no letters and no digits: ! or ??"))
    return text


def _words(text: str) -> str:
    other_words(text)
    return text


class BotOptions(Options):
    """``BOT_…``: the show itself.

    Attributes:
        language: in which the bot speaks with people, if not in that of the machine.
        persona: who speaks, where the command line does not say.
        database: where the history is kept, if not in the system's folder for such data.
        command_prefix: what a moderator's command begins with.
        command_words: what commands are called in place of their own words: ``skip=next``.
        retention_days: how long the history keeps what was written and said; 0 is for ever.
        approve: whose comments nobody sees before a moderator has said so.
        delay: seconds for which the streamer sees each sentence before viewers do.
        blocklist: the streamer's own terms that are never shown; the file need not be there.
    """

    language: Language | None = None
    persona: Text = "botan"
    database: Path | None = None
    command_prefix: Annotated[str, AfterValidator(_prefix)] = "!"
    command_words: Annotated[Text, AfterValidator(_words)] = ""
    retention_days: Annotated[int, Field(ge=0, le=36500)] = 365
    approve: Approve = Approve.NOBODY
    delay: Annotated[float, Field(ge=0, le=60)] = 0.0
    blocklist: Path = Path("blocklist.txt")


class Settings(BaseSettings):
    """All sections. ``TWITCH_CLIENT_ID`` is ``twitch.client_id``, and so on."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot: BotOptions = BotOptions()
    twitch: TwitchOptions = TwitchOptions()
    youtube: YouTubeOptions = YouTubeOptions()
    llm: LlmOptions = LlmOptions()
    ollama: OllamaOptions = OllamaOptions()
    openai: OpenAIOptions = OpenAIOptions()
    guard: GuardOptions = GuardOptions()
    voice: VoiceOptions = VoiceOptions()
    vts: VtsOptions = VtsOptions()
    obs: ObsOptions = ObsOptions()
    web: WebOptions = WebOptions()
    tools: ToolsOptions = ToolsOptions()
    search: SearchOptions = SearchOptions()
    mcp: McpOptions = McpOptions()
    embedded: EmbeddedOptions = EmbeddedOptions()

    @property
    def model(self) -> ModelOptions:
        """What is set of the model that talks, whoever serves it."""
        return self.ollama if self.llm.api is Api.OLLAMA else self.openai


def secrets(settings: Settings) -> Iterator[str]:
    """Yield what of the settings nobody is to read out: passwords, tokens, keys."""
    for section in type(settings).model_fields:
        options = getattr(settings, section)
        for key in type(options).model_fields:
            value = getattr(options, key)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()


def load() -> Settings:
    """Read the settings.

    Raises:
        MisconfiguredError: keys are unknown or values wrong; the text names all of them.
    """
    faults: list[tuple[int, str]] = []
    try:
        lines = _lines(ENV_FILE)
        if ENV_FILE.is_file() and is_open_to_others(ENV_FILE):
            log.warning(
                tr(
                    "{env_file} holds secrets, and others on this machine can read it: run"
                    " `chmod 600 {env_file}`.",
                    env_file=ENV_FILE,
                ),
            )
        faults = _half_read(lines)
        try:
            loaded = Settings()
        except ValidationError as error:
            faults += _wrong(error, lines, {number for number, _ in faults})
        if faults:
            # No cause is told: it may hold a secret.
            raise MisconfiguredError(_together([told for _, told in sorted(faults)])) from None
    except SettingsError as error:
        told = [told for _, told in faults] or [_named_like_a_section(str(error))]
        raise MisconfiguredError(_together(told)) from None
    except UnicodeDecodeError:
        # The cause is not told: it holds the whole file, with the secrets in it.
        raise MisconfiguredError(tr(_NO_UTF8, path=ENV_FILE)) from None
    except OSError as error:
        raise MisconfiguredError(
            tr("{path} cannot be read: {why}.", path=ENV_FILE.absolute(), why=error.strerror)
        ) from error
    return loaded


def _named_like_a_section(what: str) -> str:
    return tr(
        "The environment has a variable that is named like a group of settings: {error}. Unset it.",
        error=what,
    )


def _together(faults: Sequence[str]) -> str:
    if len(faults) == 1:
        return faults[0]
    path = ENV_FILE.absolute()
    heading = tr("{count} settings are wrong; the file is {path}:", count=len(faults), path=path)
    return "\n".join([heading, *(f"- {fault}" for fault in faults)])


def _wrong(
    error: ValidationError, lines: Sequence["_Line"], told: Container[int]
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with each value, by the number of its line, 0 where it is in none.

    Of lines that were ``told`` of already nothing more is said.
    """
    sections = _sections()
    for fault in error.errors(include_url=False):
        section, *names = map(str, fault["loc"])
        key = "_".join([section, *names[:1]]).upper()
        number = _line_of(key, lines)
        if number in told:
            continue
        if not names:
            yield number, _named_like_a_section(key)
            continue
        place = (
            tr("line {number} of {path}", number=number, path=ENV_FILE)
            if number
            else tr("set in the environment")
        )
        yield number, explain(fault, sections[section].model_fields[names[0]], key, place)


def _line_of(key: str, lines: Sequence["_Line"]) -> int:
    """Return the line that a key has its value from; 0 where it is from the environment."""
    if any(value for name, value in os.environ.items() if name.upper() == key):
        return 0
    own = (line.number for line in lines if (line.binding.key or "").upper() == key)
    return max(own, default=0)


def keys() -> list[str]:
    """Return every key there is, as it is written in ``.env``."""
    sections = _sections().items()
    return [f"{name}_{key}".upper() for name, section in sections for key in section.model_fields]


def _sections() -> dict[str, type[Options]]:
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Options)
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file, by its number."""

    number: int
    binding: Binding


def _lines(path: Path) -> list[_Line]:
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    if "\0" in text:  # as in UTF-16, which some shells append
        raise MisconfiguredError(tr(_NO_UTF8, path=path))
    lines = []
    for binding in parse_stream(StringIO(text)):
        line = binding.original.string
        blank = line[: len(line) - len(line.lstrip())]
        lines.append(_Line(binding.original.line + blank.count("\n"), binding))
    return lines


def _half_read(lines: Iterable[_Line]) -> list[tuple[int, str]]:
    """Return, by their numbers, the lines without effect, or without the value that they show.

    What a value is stays unsaid: it may be a secret.
    """
    known = keys()
    problems = ((line.number, _problem(line.binding, known)) for line in lines)
    return [
        (
            number,
            tr("Line {number} of {path} {problem}", number=number, path=ENV_FILE, problem=problem),
        )
        for number, problem in problems
        if problem
    ]


def _problem(binding: Binding, known: Sequence[str]) -> str:
    key, value = binding.key, binding.value or ""
    if binding.error or (key and binding.value is None):
        return tr("cannot be read. Write KEY=value, without quotes round the value.")
    if key and key.upper() not in known:
        close = difflib.get_close_matches(key.upper(), known, n=1)
        hint = (
            tr("Did you mean {close}?", close=close[0])
            if close
            else tr("See .env.example for those there are.")
        )
        return tr("has {key}, which is no setting. {hint}", key=key, hint=hint)
    if _CONTROL.search(value):
        return tr(
            "has a {key} that goes on in the next line, or in which backslashes would not stay"
            " as they are. Write it in one line, without quotes.",
            key=key,
        )
    if "${" in value:
        return tr(
            "has a {key} with ${{ in it, which would not stay as it is. Choose another one.",
            key=key,
        )
    return ""

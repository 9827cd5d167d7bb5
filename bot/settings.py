"""Settings, from the environment and ``.env``; ``.env.example`` lists and explains every key."""

import difflib
import logging
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Annotated

import regex
from dotenv.parser import Binding, parse_stream
from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
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
from bot.obs.options import ObsOptions
from bot.options import Options, Text
from bot.safety.options import GuardOptions
from bot.translation import Language, tr, tr_noop
from bot.twitch.options import TwitchOptions
from bot.voice.options import VoiceOptions
from bot.web.options import WebOptions
from bot.youtube.options import YouTubeOptions

log = logging.getLogger(__name__)

ENV_FILE = Path(".env")
_NO_UTF8 = tr_noop("{path} is not saved as UTF-8: choose UTF-8 as the encoding in your editor.")
_CONTROL = regex.compile(r"\p{Cc}")


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
    command_prefix: Annotated[str, StringConstraints(pattern=r"^[^\s\w]{1,3}$")] = "!"
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
        MisconfiguredError: a key is unknown or its value is wrong; the text names it.
    """
    try:
        _check(ENV_FILE)
        if ENV_FILE.is_file() and is_open_to_others(ENV_FILE):
            log.warning(
                tr(
                    "{env_file} holds secrets, and others on this machine can read it: run"
                    " `chmod 600 {env_file}`.",
                    env_file=ENV_FILE,
                ),
            )
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        key = "_".join(map(str, problem["loc"])).upper()
        raise MisconfiguredError(
            tr("The setting {key} is wrong: {problem}.", key=key, problem=problem["msg"])
        ) from error
    except SettingsError as error:
        raise MisconfiguredError(
            tr(
                "The environment has a variable that is named like a group of settings:"
                " {error}. Unset it.",
                error=error,
            )
        ) from error
    except UnicodeDecodeError:
        # The cause is not told: it holds the whole file, with the secrets in it.
        raise MisconfiguredError(tr(_NO_UTF8, path=ENV_FILE)) from None


def keys() -> list[str]:
    """Return every key there is, as it is written in ``.env``."""
    return [
        f"{section}_{key}".upper()
        for section, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Options)
        for key in field.annotation.model_fields
    ]


def _check(path: Path) -> None:
    """Refuse, by its line, what would be without effect, or would not have the value it shows.

    What a value is stays unsaid: it may be a secret.
    """
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    if "\0" in text:  # as in UTF-16, which some shells append
        raise MisconfiguredError(tr(_NO_UTF8, path=ENV_FILE))
    known = keys()
    for binding in parse_stream(StringIO(text)):
        if problem := _problem(binding, known):
            line = binding.original.string
            blank = line[: len(line) - len(line.lstrip())]
            number = binding.original.line + blank.count("\n")
            raise MisconfiguredError(
                tr("Line {number} of {path} {problem}", number=number, path=path, problem=problem)
            )


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

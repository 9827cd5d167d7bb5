"""Settings, from the environment and ``.env``; ``.env.example`` lists and explains every key."""

import difflib
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from bot.errors import MisconfiguredError
from bot.persona import Effort

ENV_FILE = Path(".env")

_Text = Annotated[str, StringConstraints(strip_whitespace=True)]
_Port = Annotated[int, Field(ge=0, le=65535)]


class _Section(BaseModel):
    # Other programs' variables may begin with our prefixes: Ollama's server has OLLAMA_MODELS.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Bot(_Section):
    """``BOT_…``: the show itself."""

    persona: _Text = "botan"
    database: Path | None = None
    command_prefix: Annotated[str, StringConstraints(pattern=r"^[^\s\w]{1,3}$")] = "!"


class TwitchOptions(_Section):
    """``TWITCH_…``: on where a channel is named. Who reads it is kept by ``login twitch``."""

    channel: _Text = ""
    client_id: _Text = ""
    post_replies: bool = False


class YouTubeOptions(_Section):
    """``YOUTUBE_…``: on where a video or a channel is named."""

    video: _Text = ""
    reader: Literal["auto", "pytchat", "page", "api"] = "auto"
    api_key: SecretStr | None = None


class OllamaOptions(_Section):
    """``OLLAMA_…``: the model. Times are in seconds."""

    host: _Text = "http://127.0.0.1:11434"
    model: _Text = "gpt-oss:120b"
    think: Effort | None = None
    num_ctx: int = Field(default=8192, ge=1024)
    num_predict: int = Field(default=1024, ge=32)
    keep_alive: _Text = "12h"
    connect_timeout: float = Field(default=5, gt=0)
    first_token_timeout: float = Field(default=180, gt=0)
    next_token_timeout: float = Field(default=30, gt=0)


class ObsOptions(_Section):
    """``OBS_…``: on where a text source is named."""

    source: _Text = ""
    host: _Text = "127.0.0.1"
    port: _Port = 4455
    password: SecretStr = SecretStr("")
    scene: _Text = ""
    create_source: bool = False
    line_width: int = Field(default=40, ge=10, le=200)
    lines: int = Field(default=4, ge=1, le=20)


class WebOptions(_Section):
    """``WEB_…``: the pages and the scripting face."""

    port: _Port = 8765
    token: SecretStr | None = None


class EmbeddedOptions(_Section):
    """``EMBEDDED_…``: the small model for the demo."""

    model: Path | None = None


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

    bot: Bot = Bot()
    twitch: TwitchOptions = TwitchOptions()
    youtube: YouTubeOptions = YouTubeOptions()
    ollama: OllamaOptions = OllamaOptions()
    obs: ObsOptions = ObsOptions()
    web: WebOptions = WebOptions()
    embedded: EmbeddedOptions = EmbeddedOptions()


def load() -> Settings:
    """Read the settings.

    Raises:
        MisconfiguredError: a key is unknown or its value is wrong; the text names it.
    """
    try:
        _check_names(ENV_FILE)
        return Settings()
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        key = "_".join(map(str, problem["loc"])).upper()
        raise MisconfiguredError(f"The setting {key} is wrong: {problem['msg']}.") from error
    except SettingsError as error:
        raise MisconfiguredError(
            f"The environment has a variable that is named like a group of settings: {error}."
            " Unset it."
        ) from error
    except UnicodeDecodeError:
        # The cause is not told: it holds the whole file, with the secrets in it.
        raise MisconfiguredError(
            f"{ENV_FILE} is not saved as UTF-8: choose UTF-8 as the encoding in your editor."
        ) from None


def keys() -> list[str]:
    """Return every key there is, as it is written in ``.env``."""
    return [
        f"{section}_{key}".upper()
        for section, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, _Section)
        for key in field.annotation.model_fields
    ]


def _check_names(path: Path) -> None:
    """Refuse a key that no setting has: a typo would otherwise be silently without effect."""
    known = keys()
    for name in dotenv_values(path, encoding="utf-8-sig"):
        if name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"Did you mean {close[0]}?" if close else "See .env.example for those there are."
            raise MisconfiguredError(f"{path} has {name}, which is no setting. {hint}")

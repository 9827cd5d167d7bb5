"""The sign-in at Twitch, kept in a file that is always whole.

The refresh token of a public client is good for one renewal only
(https://dev.twitch.tv/docs/authentication/refresh-tokens/): one that is lost is a sign-in lost.
"""

import json
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, SecretStr, StringConstraints, ValidationError

from bot.errors import MisconfiguredError
from bot.files import replace_private
from bot.translation import tr

SIGN_IN = "vtuber-bot login twitch"
"""The command that mends whatever is wrong with the sign-in."""

_Id = Annotated[str, StringConstraints(min_length=1)]


class Token(BaseModel):
    """What Twitch gave for one account and one application."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    client_id: _Id
    access_token: SecretStr
    refresh_token: SecretStr
    user_id: _Id
    login: _Id
    scopes: tuple[str, ...]


class TokenFile:
    """Where the sign-in is kept, readable by nobody else.

    Args:
        path: of the file; by default in the folder that the system has for the bot's data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_data_path("vtuber-bot", appauthor=False) / "twitch.json"

    def load(self) -> Token:
        """Return the sign-in.

        Raises:
            MisconfiguredError: nobody has signed in, or the file is damaged.
        """
        try:
            return Token.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            raise MisconfiguredError(
                tr("The bot is not signed in at Twitch: run `{sign_in}`.", sign_in=SIGN_IN)
            ) from None
        except ValidationError:
            # The cause is not told: it may hold a token.
            raise MisconfiguredError(
                tr(
                    "The sign-in at Twitch, {path}, is damaged: run `{sign_in}`.",
                    path=self.path,
                    sign_in=SIGN_IN,
                )
            ) from None
        except OSError as error:
            raise MisconfiguredError(
                tr(
                    "The sign-in at Twitch, {path}, cannot be read ({why}): mend that, or"
                    " remove the file and run `{sign_in}`.",
                    path=self.path,
                    why=error.strerror,
                    sign_in=SIGN_IN,
                )
            ) from error

    def save(self, token: Token) -> None:
        """Put another sign-in in place of the one that is there; a crash leaves one of them whole.

        Raises:
            MisconfiguredError: it cannot be written.
        """
        kept = token.model_dump() | {
            "access_token": token.access_token.get_secret_value(),
            "refresh_token": token.refresh_token.get_secret_value(),
        }
        try:
            replace_private(self.path, json.dumps(kept, indent=1).encode())
        except OSError as error:
            raise MisconfiguredError(
                tr(
                    "The sign-in at Twitch cannot be written to {path} ({why}): make room or"
                    " give the bot leave to write there, then run `{sign_in}`.",
                    path=self.path,
                    why=error.strerror,
                    sign_in=SIGN_IN,
                )
            ) from error

    def remove(self) -> None:
        """Remove the file, if it is there.

        Raises:
            MisconfiguredError: it cannot be removed.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise MisconfiguredError(
                tr(
                    "{path} cannot be removed ({why}): remove it by hand.",
                    path=self.path,
                    why=error.strerror,
                )
            ) from error

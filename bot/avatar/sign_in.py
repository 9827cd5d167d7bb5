"""The sign-in at VTube Studio: asked for once, in its window, and kept for its owner alone."""

import logging
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_data_path

from bot.avatar.plugin import Plugin, RefusedError
from bot.errors import MisconfiguredError, UnavailableError
from bot.files import replace_private
from bot.translation import tr

log = logging.getLogger(__name__)

_WHO = {"pluginName": "vtuber-bot", "pluginDeveloper": "vtuber-bot"}
_PATIENCE = 300.0
"""Seconds in which somebody clicks: VTube Studio waits as long."""


class SignIn:
    """Lets the bot in.

    Args:
        path: of the file that keeps what VTube Studio gave; by default in the folder that the
            system has for the bot's data.
    """

    def __init__(self, path: Path | None = None) -> None:
        folder = user_data_path("vtuber-bot", appauthor=False)
        self.path = path or folder / "vtube-studio.token"

    async def sign_in(self, plugin: Plugin, asking: Callable[[str], None]) -> None:
        """Sign in, for as long as this connection lives.

        Args:
            plugin: the connection.
            asking: is told that somebody has to click.

        Raises:
            MisconfiguredError: whoever was asked said no.
            UnavailableError: VTube Studio is gone, or is asking for another plugin.
        """
        token = self._load()
        if token and await self._is_let_in(plugin, token):
            return
        asking(
            tr(
                "VTube Studio asks in its window whether vtuber-bot may move the model: click"
                " Allow."
            )
        )
        token = await self._ask(plugin)
        self._save(token)
        if not await self._is_let_in(plugin, token):
            raise UnavailableError(
                tr("VTube Studio does not know the sign-in that it has just given.")
            )

    async def _ask(self, plugin: Plugin) -> str:
        try:
            told = await plugin.request("AuthenticationToken", _WHO, patience=_PATIENCE)
        except RefusedError as error:
            if error.code == RefusedError.DENIED:
                raise MisconfiguredError(
                    tr(
                        "VTube Studio was told to keep vtuber-bot out: the avatar stays as it"
                        " is. To let it in, restart VTube Studio or the bot, and click Allow."
                    )
                ) from error
            if error.code == RefusedError.IS_ASKING:
                raise UnavailableError(
                    tr("VTube Studio is asking about another plugin: answer that in its window.")
                ) from error
            raise
        return str(told.get("authenticationToken", ""))

    async def _is_let_in(self, plugin: Plugin, token: str) -> bool:
        told = await plugin.request("Authentication", {**_WHO, "authenticationToken": token})
        return bool(told.get("authenticated"))

    def _load(self) -> str:
        try:
            return self.path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError):
            log.warning(tr("{path} cannot be read: VTube Studio is asked anew.", path=self.path))
            return ""

    def _save(self, token: str) -> None:
        try:
            replace_private(self.path, token.encode())
        except OSError as error:
            log.warning(
                tr(
                    "The sign-in at VTube Studio cannot be kept in {path} ({why}): it will ask"
                    " again.",
                    path=self.path,
                    why=error.strerror,
                ),
            )

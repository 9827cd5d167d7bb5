"""The looks of a model in VTube Studio: its expressions, and its hotkeys."""

import logging
from typing import Any

from bot.avatar.plugin import Plugin, RefusedError
from bot.translation import tr

log = logging.getLogger(__name__)

_EXPRESSION = ".exp3.json"
_TOGGLE = "ToggleExpression"
"""A hotkey of this kind turns its expression off when it is pressed again."""


class Looks:
    """Puts on one look at a time, and takes off the last. What cannot be is told once."""

    def __init__(self) -> None:
        self._look = ""
        self._worn = ""
        """The file of the expression that is on."""
        self._told = set[str]()

    def forget(self) -> None:
        """Begin with a VTube Studio in which another look may be on."""
        self._look = ""

    async def wear(self, plugin: Plugin, look: str) -> None:
        """Put on a look.

        Args:
            plugin: signed in.
            look: a hotkey by its name or its id, or the file of an expression; empty for none.

        Raises:
            UnavailableError: VTube Studio is gone, or does not answer.
        """
        if look == self._look:
            return
        self._look = look
        try:
            await self._take_off(plugin)
            if look:
                await self._put_on(plugin, look)
        except RefusedError as error:
            if error.code in {RefusedError.NOT_SIGNED_IN, RefusedError.API_IS_OFF}:
                raise
            self._worn = ""
            self._tell(self._why(error, look))

    async def _take_off(self, plugin: Plugin) -> None:
        if not self._worn:
            return
        try:
            await self._turn(plugin, self._worn, active=False)
        except RefusedError as error:
            if error.code not in RefusedError.NO_EXPRESSION | RefusedError.NO_MODEL:
                raise  # else another model is loaded
        self._worn = ""

    async def _put_on(self, plugin: Plugin, look: str) -> None:
        if look.lower().endswith(_EXPRESSION):
            self._worn = look  # it may be on though we are cut before that is told
            await self._turn(plugin, look, active=True)
            return
        told = await plugin.request("HotkeysInCurrentModel")
        hotkeys = [one for one in told.get("availableHotkeys", []) if isinstance(one, dict)]
        found = next((one for one in hotkeys if _is_named(one, look)), None)
        if not told.get("modelLoaded"):
            self._tell(tr("No model is loaded in VTube Studio: no mood can be seen there."))
        elif found is None:
            names = ", ".join(f"“{one.get('name')}”" for one in hotkeys) or tr("none")
            self._tell(
                tr(
                    "The model in VTube Studio has no hotkey “{look}” ({names}). Write one of"
                    " its names into the persona's [avatar.moods], or the file of an"
                    " expression ({expression}).",
                    look=look,
                    names=names,
                    expression=_EXPRESSION,
                )
            )
        elif found.get("type") == _TOGGLE and found.get("file"):
            self._worn = str(found["file"])
            await self._turn(plugin, self._worn, active=True)
        else:
            await plugin.request("HotkeyTrigger", {"hotkeyID": found.get("hotkeyID", look)})

    async def _turn(self, plugin: Plugin, file: str, *, active: bool) -> None:
        await plugin.request("ExpressionActivation", {"expressionFile": file, "active": active})

    def _why(self, error: RefusedError, look: str) -> str:
        if error.code in RefusedError.NO_MODEL:
            return tr("No model is loaded in VTube Studio: no mood can be seen there.")
        if error.code in RefusedError.NO_EXPRESSION:
            return tr(
                "The model in VTube Studio has no expression “{look}”: the persona's"
                " [avatar.moods] wants one of its own, whose name ends in {expression}.",
                look=look,
                expression=_EXPRESSION,
            )
        return tr("A mood cannot be seen in VTube Studio. {error}.", error=error)

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            log.warning("%s", text)


def _is_named(hotkey: dict[str, Any], look: str) -> bool:
    names = (str(hotkey.get(key, "")).casefold() for key in ("name", "hotkeyID"))
    return look.casefold() in names

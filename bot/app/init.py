"""Setting the bot up: a handful of questions, with what was found on this machine as answers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import ollama
from rich.console import Console

from bot.env_file import with_values
from bot.errors import MisconfiguredError
from bot.files import replace_private
from bot.llm.ollama_store import alike
from bot.settings import ENV_FILE, Settings
from bot.translation import tr, used
from bot.voice.options import Engine

Ask = Callable[[str, str, bool], str]
"""Asks a question, and returns what was typed, or else the answer that is proposed; what is secret
is not seen while it is typed."""

_PERSONAS = {"en": "wren", "ja": "botan"}
_EXAMPLE = Path(".env.example")
_SECRET = {"OBS_PASSWORD"}
_GLANCE = 1.5
_OBS_PORT, _VOICEVOX_PORT = 4455, 50021
_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Found:
    """What is on this machine.

    Attributes:
        models: those that Ollama has, the most fitting first.
        has_obs: whether OBS lets programs in.
        has_voicevox: whether VOICEVOX runs.
    """

    models: list[str] = field(default_factory=list)
    has_obs: bool = False
    has_voicevox: bool = False


async def look(settings: Settings) -> Found:
    """Look what runs on this machine."""
    models, obs, voicevox = await asyncio.gather(
        _models(settings), _listens(_OBS_PORT), _listens(_VOICEVOX_PORT)
    )
    return Found(models, obs, voicevox)


async def _models(settings: Settings) -> list[str]:
    client = ollama.AsyncClient(settings.ollama.host, timeout=_GLANCE, trust_env=False)
    try:
        return await alike(client, settings.ollama.model)
    except Exception:  # noqa: BLE001  whatever it is: there is none to be offered
        return []
    finally:
        await client.close()  # type: ignore[no-untyped-call]


async def _listens(port: int) -> bool:
    try:
        async with asyncio.timeout(_GLANCE):
            _, writer = await asyncio.open_connection(_HERE, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def questions(found: Found, settings: Settings) -> list[tuple[str, str, str]]:
    """Return what is asked: the key, the question, and the answer that is proposed. Pure.

    What is set is proposed again, or not asked for: nothing of it is lost.
    """
    language = settings.bot.language or used()
    model, persona = settings.ollama.model, settings.bot.persona
    if "model" not in settings.ollama.model_fields_set and model not in found.models:
        model = next(iter(found.models), model)
    if "persona" not in settings.bot.model_fields_set:
        persona = _PERSONAS[language]
    asked = [
        ("BOT_LANGUAGE", tr("Which language does the bot speak with you (en, ja)?"), language),
        ("BOT_PERSONA", tr("Who speaks (botan is Japanese, wren English)?"), persona),
        ("YOUTUBE_VIDEO", tr("Your channel on YouTube (@handle), if any?"), settings.youtube.video),
        ("TWITCH_CHANNEL", tr("Your channel on Twitch, if any?"), settings.twitch.channel),
        (
            "TWITCH_CLIENT_ID",
            tr("The client id of your application at https://dev.twitch.tv/console/apps?"),
            settings.twitch.client_id,
        ),
        ("OLLAMA_MODEL", tr("Which model ({models})?", models=_listed(found.models)), model),
    ]
    if found.has_obs and not settings.obs.password.get_secret_value():
        asked.append(("OBS_PASSWORD", tr("The password of OBS's WebSocket server?"), ""))
    if found.has_voicevox and settings.voice.engine is Engine.NONE:
        asked.append(("VOICE_ENGINE", tr("Whose voice (voicevox runs here)?"), Engine.VOICEVOX))
    return asked


def _listed(models: list[str]) -> str:
    return ", ".join(models) or tr("Ollama has none yet")


def set_up(
    asked: list[tuple[str, str, str]],
    given: Mapping[str, str],
    ask: Ask | None,
    console: Console,
) -> None:
    """Ask, and write the answers into ``.env``; what was answered is kept also where it breaks off.

    Args:
        asked: as ``questions`` returns it.
        given: answers that stand on the command line: these are not asked.
        ask: asks the streamer; None where nobody is there, and what is proposed is taken.
        console: where the streamer is told.

    Raises:
        MisconfiguredError: the file cannot be written, or an answer cannot stand in it.
    """
    answers = dict(given)
    try:
        for key, question, proposed in asked:
            if key in answers or (key == "TWITCH_CLIENT_ID" and not answers["TWITCH_CHANNEL"]):
                continue
            answers[key] = ask(question, proposed, key in _SECRET) if ask else proposed
    finally:
        if answers:
            write(answers)
    path = ENV_FILE.absolute()
    console.print(tr("Written: {path}", path=path), style="green", markup=False, soft_wrap=True)


def write(answers: Mapping[str, str]) -> None:
    """Put answers into ``.env``, which is made of the example where there is none.

    Raises:
        MisconfiguredError: the file cannot be written, or an answer cannot stand in it.
    """
    try:
        base = next((one for one in (ENV_FILE, _EXAMPLE) if one.is_file()), None)
        text = base.read_text(encoding="utf-8-sig") if base else ""
        replace_private(ENV_FILE.absolute(), with_values(text, answers).encode())
    except ValueError as error:
        raise MisconfiguredError(
            tr("An answer cannot stand in .env: it has a line break, or signs that no quotes hold.")
        ) from error
    except OSError as error:
        raise MisconfiguredError(
            tr("{to} cannot be written: {why}.", to=ENV_FILE.absolute(), why=error.strerror)
        ) from error

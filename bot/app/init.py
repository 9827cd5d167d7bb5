"""Setting the bot up: a handful of questions, with what was found on this machine as answers."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import ollama
from rich.console import Console

from bot.app.folders import PERSONA_FOLDERS
from bot.env_file import with_values
from bot.errors import MisconfiguredError
from bot.files import replace_private
from bot.llm.ollama_store import alike
from bot.persona import names
from bot.settings import ENV_FILE, Settings, load
from bot.translation import LANGUAGES, tr, used
from bot.voice.options import Engine

_PERSONAS = {"en": "wren", "ja": "botan"}
_EXAMPLE = Path(".env.example")
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


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        key: of the setting.
        text: the question.
        proposed: the answer that is taken where none is given.
        choices: answers that are known; where ``is_open`` is false there are no others.
        is_secret: whether the answer is not to be seen.
    """

    key: str
    text: str
    proposed: str
    choices: Sequence[str] = ()
    is_open: bool = True
    is_secret: bool = False


def questions(found: Found, settings: Settings) -> list[Question]:
    """Return what is asked, with the answers that are proposed.

    What is set is proposed again, or not asked for: nothing of it is lost.
    """
    language = settings.bot.language or used()
    model, persona = settings.ollama.model, settings.bot.persona
    if "model" not in settings.ollama.model_fields_set and model not in found.models:
        model = next(iter(found.models), model)
    if "persona" not in settings.bot.model_fields_set:
        persona = _PERSONAS[language]
    asked = [
        Question(
            "BOT_LANGUAGE",
            tr("Which language does the bot speak with you (en, ja)?"),
            language,
            LANGUAGES,
            is_open=False,
        ),
        Question(
            "BOT_PERSONA",
            tr("Who speaks (botan is Japanese, wren English)?"),
            persona,
            names(PERSONA_FOLDERS),
        ),
        Question(
            "YOUTUBE_VIDEO",
            tr("Your channel on YouTube (@handle), if any?"),
            settings.youtube.video,
        ),
        Question("TWITCH_CHANNEL", tr("Your channel on Twitch, if any?"), settings.twitch.channel),
        Question(
            "TWITCH_CLIENT_ID",
            tr("The client id of your application at https://dev.twitch.tv/console/apps?"),
            settings.twitch.client_id,
        ),
        Question(
            "OLLAMA_MODEL",
            tr("Which model ({models})?", models=_listed(found.models)),
            model,
            found.models,
        ),
    ]
    if found.has_obs and not settings.obs.password.get_secret_value():
        text = tr("The password of OBS's WebSocket server?")
        asked.append(Question("OBS_PASSWORD", text, "", is_secret=True))
    if found.has_voicevox and settings.voice.engine is Engine.NONE:
        text = tr("Whose voice (voicevox runs here)?")
        engines = [engine.value for engine in Engine]
        asked.append(Question("VOICE_ENGINE", text, Engine.VOICEVOX, engines, is_open=False))
    return asked


def _listed(models: list[str]) -> str:
    return ", ".join(models) or tr("Ollama has none yet")


def set_up(
    asked: Sequence[Question],
    given: Mapping[str, str],
    ask: Callable[[Question], str] | None,
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
        for one in asked:
            key = one.key
            if key in answers or (key == "TWITCH_CLIENT_ID" and not answers["TWITCH_CHANNEL"]):
                continue
            answers[key] = ask(one) if ask else one.proposed
    finally:
        if answers:
            write(answers)
    path = ENV_FILE.absolute()
    console.print(tr("Written: {path}", path=path), style="green", markup=False, soft_wrap=True)


def save(answers: Mapping[str, str]) -> Settings:
    """Put answers into ``.env``, and return what is set then; a wrong one leaves it as it was.

    Raises:
        MisconfiguredError: an answer is wrong, or the file cannot be written.
    """
    before = ENV_FILE.read_bytes() if ENV_FILE.is_file() else None
    write(answers)
    try:
        return load()
    except MisconfiguredError:
        if before is None:
            ENV_FILE.unlink()
        else:
            replace_private(ENV_FILE.absolute(), before)
        raise


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

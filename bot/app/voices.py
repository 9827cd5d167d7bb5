"""The voice that the settings name, and what voices there are."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot import persona as personas
from bot.app.folders import PERSONA_FOLDERS
from bot.chat import Clip
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.language import Code
from bot.persona import Persona
from bot.settings import Settings
from bot.translation import tr
from bot.voice import Voice
from bot.voice.narrator import Narrator
from bot.voice.options import Engine, Output, VoiceOptions
from bot.voice.spoken_form import read_dictionary, spoken

if TYPE_CHECKING:
    from bot.voice.playback import PlaybackStage

_GREETINGS: dict[Code, str] = {"en": "Hello!", "ja": "こんにちは。"}
"""What a voice says to show that it can."""


def narrator(
    settings: Settings, persona: Persona, clock: Clock, *, usual: Engine = Engine.NONE
) -> Narrator:
    """Return what has the character's sentences turned into sound, silent where none is wanted.

    Args:
        settings: which engine, and how to reach it.
        persona: who speaks first.
        clock: the time in which an engine has to answer.
        usual: the engine where the settings name none.

    Raises:
        MisconfiguredError: the voices in the box are not installed; the dictionary cannot be read.
    """
    wanted = _or(settings.voice, usual)
    make = None if wanted.engine is Engine.NONE else partial(voice, wanted)
    return Narrator(
        make,
        persona,
        clock=clock,
        timeout=wanted.timeout,
        dictionary=_dictionary(wanted.dictionary),
    )


def playback(
    settings: Settings, clock: Clock, *, usual: Engine = Engine.NONE
) -> "list[PlaybackStage]":
    """Return the stage that is heard at a sound device, if that is where the voice is to be.

    Args:
        settings: whether it is, and at which.
        clock: the time between two looks at the device.
        usual: as for ``narrator``.

    Raises:
        MisconfiguredError: what plays it is not installed.
    """
    wanted = _or(settings.voice, usual)
    if wanted.engine is Engine.NONE or wanted.output is Output.PAGE:
        return []
    _demand_device()
    from bot.voice.playback import PlaybackStage  # noqa: PLC0415

    return [PlaybackStage(wanted.device, clock=clock)]


def _demand_device() -> None:
    from bot.voice.loudspeaker import is_there  # noqa: PLC0415

    if not is_there():
        raise MisconfiguredError(
            tr(
                "VOICE_OUTPUT=device needs one more package: run with `uv run --extra device`,"
                " or leave it out: the overlay is heard then."
            )
        )


def voice(wanted: VoiceOptions, persona: Persona) -> Voice:
    """Return a persona's voice.

    Raises:
        MisconfiguredError: it is in a box that is not there.
    """
    speaker = wanted.speaker or persona.voice.speaker
    match wanted.engine:
        case Engine.VOICEVOX:
            from bot.voice.voicevox import Voicevox  # noqa: PLC0415

            return Voicevox(wanted.url, speaker, timeout=wanted.timeout)
        case Engine.COEIROINK:
            from bot.voice.coeiroink import Coeiroink  # noqa: PLC0415

            return Coeiroink(wanted.url, speaker, timeout=wanted.timeout)
        case Engine.OPENAI:
            from bot.voice.speech_api import SpeechApi  # noqa: PLC0415

            return SpeechApi(
                wanted.url,
                speaker,
                model=wanted.model,
                key=wanted.key.get_secret_value(),
                timeout=wanted.timeout,
            )
    from bot.voice.box import Box  # noqa: PLC0415

    return Box()


def engine_in_box() -> Engine:
    """Return the voices in the box, if they are installed."""
    from bot.voice.box import is_there  # noqa: PLC0415

    return Engine.BOX if is_there() else Engine.NONE


async def try_voice(settings: Settings) -> tuple[str, Clip]:
    """Have the voice that is set say something, unheard; return its label and the sound.

    Raises:
        UnavailableError: the engine is not there.
        MisconfiguredError: it has no such voice.
    """
    persona = personas.load(settings.bot.persona, PERSONA_FOLDERS)
    chosen = voice(settings.voice, persona)
    try:
        clip = await chosen.speak(_GREETINGS[persona.language], persona.manner(""))
    finally:
        await chosen.close()
    return chosen.label, clip


async def list_voices(
    settings: Settings,
    console: Console,
    text: str | None,
    *,
    show: Callable[[str], None] | None,
    sample: Path,
) -> None:
    """Print the voices of the engine that the settings name, and let one be heard.

    Args:
        settings: which engine; the one in the box where they name none.
        console: where they are printed.
        text: what is to be said by the one that is set; nothing where it is None.
        show: opens the sound.
        sample: where it is kept.

    Raises:
        UnavailableError: the engine is not there.
        MisconfiguredError: it has no such voice.
    """
    persona = personas.load(settings.bot.persona, PERSONA_FOLDERS)
    wanted = _or(settings.voice, Engine.BOX)
    chosen = voice(wanted, persona)
    try:
        for name in await chosen.voices():
            console.print(name, markup=False, highlight=False, soft_wrap=True)
        if wanted.output is Output.DEVICE:
            _list_devices(console)
        if text is None:
            return
        words = spoken(text, persona.language, _dictionary(wanted.dictionary))
        if not words:
            raise MisconfiguredError(tr("There is nothing to say in that text."))
        clip = await chosen.speak(words, persona.manner(""))
    finally:
        await chosen.close()
    await asyncio.to_thread(_write, sample, clip.sound)
    told = tr(
        "{label} says “{words}” in {seconds:.1f} s: {sample}",
        label=chosen.label,
        words=words,
        seconds=clip.seconds,
        sample=sample,
    )
    console.print(told, markup=False, highlight=False, soft_wrap=True)
    if show:
        show(sample.as_uri())


def _list_devices(console: Console) -> None:
    _demand_device()
    from bot.voice.loudspeaker import names  # noqa: PLC0415

    told = "\n".join(["", tr("Sound devices:"), *(names() or ["none"])])
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def _or(wanted: VoiceOptions, usual: Engine) -> VoiceOptions:
    """Return what is wanted, with the usual engine where none is."""
    return (
        wanted if wanted.engine is not Engine.NONE else wanted.model_copy(update={"engine": usual})
    )


def _write(path: Path, sound: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sound)


def _dictionary(path: Path) -> dict[str, str]:
    try:
        return read_dictionary(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise MisconfiguredError(
            tr(
                "The dictionary {path} cannot be read: save it as UTF-8 ({kind}).",
                path=path,
                kind=type(error).__name__,
            )
        ) from error

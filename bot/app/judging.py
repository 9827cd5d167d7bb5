"""The judge of a show: with the terms of its files, and the secrets of its settings."""

import socket
from collections.abc import Iterable
from pathlib import Path

from bot.clock import Clock
from bot.language import LANGUAGES
from bot.persona import Persona
from bot.safety.judge import Judge
from bot.safety.term_files import TermFiles
from bot.settings import Settings, secrets


def judge_of(
    settings: Settings, persona: Persona, terms: TermFiles, clock: Clock, others: Iterable[str] = ()
) -> Judge:
    """Return the judge; ``others`` are secrets that are in no setting.

    Raises:
        MisconfiguredError: a line of the blocklist cannot be used.
    """
    return Judge(
        terms.load(),
        somebody=LANGUAGES[persona.language].somebody,
        clock=clock,
        secrets=[*secrets(settings), *others, str(Path.home()), socket.gethostname()],
    )

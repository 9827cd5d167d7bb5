"""The judge of a show: with the terms of its files, and the secrets of its settings."""

import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.app.own_servers import secrets_of
from bot.clock import Clock
from bot.language import LANGUAGES
from bot.persona import Persona
from bot.safety.judge import Judge
from bot.safety.term_files import TermFiles
from bot.settings import Settings, secrets


def places(settings: Settings) -> Iterator[str]:
    """Yield what tells where things are: hosts and paths of the settings, and this machine's name.

    A path that is only a file's name tells nothing.
    """
    yield socket.gethostname()
    hosts = settings.ollama.host, settings.openai.base_url, settings.guard.host, settings.obs.host
    others = settings.voice.url, settings.vts.host, settings.search.url
    for address in (*hosts, *others):
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        yield "" if host.isdecimal() else host  # a port alone tells nothing
    bot = settings.bot
    files = settings.guard.policy, settings.embedded.model, settings.voice.dictionary
    for path in (bot.database, bot.blocklist, *files):
        if path and len(path.parts) > 1:
            yield str(path)


def judge_of(
    settings: Settings, persona: Persona, terms: TermFiles, clock: Clock, others: Iterable[str] = ()
) -> Judge:
    """Return the judge; ``others`` are secrets that are in no setting.

    Raises:
        MisconfiguredError: a line of the blocklist cannot be used, or the file of MCP servers.
    """
    known = [*secrets(settings), *secrets_of(settings.mcp), *places(settings)]
    return Judge(
        terms.load(),
        somebody=LANGUAGES[persona.language].somebody,
        topics=persona.banned_topics,
        clock=clock,
        secrets=[*known, *others, str(Path.home())],
    )

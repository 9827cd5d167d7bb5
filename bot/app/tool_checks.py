"""The checks of what the character's tools need: that it is there, and lets us in."""

import asyncio
from collections.abc import Coroutine, Iterator

from bot.app.checkup import Finding, Grade
from bot.app.folders import PERSONA_FOLDERS
from bot.app.hands import search_engine
from bot.app.own_servers import reached
from bot.clock import Clock
from bot.persona import load
from bot.settings import Settings
from bot.tools.options import listed
from bot.translation import tr

_Found = list[Finding]
_QUERY = "wikipedia"
_WANTED = 5


def tool_checks(
    settings: Settings, clock: Clock
) -> Iterator[tuple[str, Coroutine[None, None, _Found]]]:
    """Yield the name of each part that the tools need, and its check."""
    part = tr("Web search")
    yield part, _search(part, settings)
    yield tr("Tools"), _acts(settings)
    yield "MCP", _servers(settings, clock)


async def _servers(settings: Settings, clock: Clock) -> _Found:
    """Return what each MCP server has, and what of it may be used."""
    allowed = listed(settings.mcp.allowed)
    found, there = [], set[str]()
    async with reached(settings.mcp, clock) as servers:
        for server in servers:
            own = [tool.function.name for tool in server.tools]
            there.update(own)
            used = [f"{name} *" if name in allowed else name for name in own]
            told = tr(
                "{name} has {tools} (* may be used)",
                name=server.name,
                tools=", ".join(used) or tr("none"),
            )
            grade = Grade.BAD if server.why_not else Grade.GOOD
            found.append(Finding("MCP", grade, server.why_not or told))
    for name in allowed:
        if name not in there:
            told = tr("MCP_ALLOWED names {name}, which is not there", name=name)
            found.append(Finding("MCP", Grade.BAD, told))
    return found


async def _acts(settings: Settings) -> _Found:
    """Return what OBS lacks of what the character may use there."""
    from bot.obs.studio import connected  # noqa: PLC0415  a show without OBS does without it
    from bot.obs.studio import listed as names  # noqa: PLC0415

    options = settings.tools
    if not (options.scenes or options.sources or options.sounds):
        return []
    async with connected(settings.obs) as obs:
        studio = await asyncio.to_thread(obs.scenes)
    scenes = [scene.name for scene in studio]
    inputs = sorted({source for scene in studio for source in scene.sources})
    wanted = {
        "TOOLS_SCENES": (options.scenes, scenes),
        "TOOLS_SOURCES": (options.sources, inputs),
        "TOOLS_SOUNDS": (options.sounds, inputs),
    }
    found = [
        Finding(
            tr("Tools"),
            Grade.BAD,
            tr(
                "OBS has no “{name}”, which {key} names; it has {names}.",
                name=name,
                key=key,
                names=names(there),
            ),
        )
        for key, (text, there) in wanted.items()
        for name in listed(text)
        if name not in there
    ]
    return found or [Finding(tr("Tools"), Grade.GOOD, tr("OBS has all that they may use there"))]


async def _search(part: str, settings: Settings) -> _Found:
    language = load(settings.bot.persona, PERSONA_FOLDERS).language
    engine = search_engine(settings.search, language)
    if engine is None:
        return []
    try:
        hits = await engine.find(_QUERY, _WANTED)
    finally:
        await engine.close()
    told = tr("{engine} answers: {count} pages found", engine=engine.label, count=len(hits))
    return [Finding(part, Grade.GOOD if hits else Grade.FAIR, told)]

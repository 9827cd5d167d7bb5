"""The checks of what the character's tools need: that it is there, and lets us in."""

from collections.abc import Coroutine, Iterator

from bot.app.checkup import Finding, Grade
from bot.app.folders import PERSONA_FOLDERS
from bot.app.hands import search_engine
from bot.persona import load
from bot.settings import Settings
from bot.translation import tr

_Found = list[Finding]
_QUERY = "wikipedia"
_WANTED = 5


def tool_checks(settings: Settings) -> Iterator[tuple[str, Coroutine[None, None, _Found]]]:
    """Yield the name of each part that the tools need, and its check."""
    part = tr("Web search")
    yield part, _search(part, settings)


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

"""The tools of a show: those that it has of its own, and those that settings bring."""

import random
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.chat import Comment
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.language import Code
from bot.safety.judge import Judge
from bot.search.engine import SearchEngine
from bot.search.hosted import Hosted
from bot.search.metasearch import Metasearch
from bot.search.options import Engine, SearchOptions
from bot.search.reader import Reader
from bot.search.searxng import SearXNG
from bot.settings import Settings
from bot.show.cast import Cast
from bot.storage.memory import Memory
from bot.tools.calculate import Calculate
from bot.tools.gesture import Gesture
from bot.tools.occasion import Choice, Dice, Time
from bot.tools.options import NEEDS, listed
from bot.tools.past import LookUpViewer, SearchPast
from bot.tools.poll import Count, Poll
from bot.tools.timer import Reminder, Timer
from bot.tools.tool import Tool
from bot.tools.web import ReadPage, Web, WebSearch
from bot.translation import tr
from bot.writing import prompt

Tell: TypeAlias = Callable[[str, tuple[Comment, ...]], None]
"""Has viewers told of something that was wanted in some comments."""
TIMERS = "timers"
"""What reminders are kept under, in the state of a show."""


def timer_of(cast: Cast, tell: Tell, *, memory: Memory, judge: Judge, clock: Clock) -> Timer:
    """Return the timer, which has the character tell viewers what is due."""

    def ring(reminder: Reminder) -> None:
        who = reminder.asked[0].author.name if reminder.asked else ""
        tell(prompt.reminder(cast.on, who, reminder.about), reminder.asked)

    def keep(kept: str) -> None:
        if kept:
            memory.orders.keep(TIMERS, kept)
        else:
            memory.orders.drop(TIMERS)

    return Timer(judge=judge, clock=clock, ring=ring, keep=keep)


def poll_of(cast: Cast, tell: Tell, *, judge: Judge, clock: Clock) -> Poll:
    """Return what holds polls, which has the character tell their results."""

    def told(count: Count, wanted_in: tuple[Comment, ...]) -> None:
        tell(prompt.poll(cast.on, count.question, count.told), wanted_in)

    return Poll(judge=judge, clock=clock, tell=told)


def own_tools(memory: Memory, clock: Clock) -> list[Tool]:
    """Return the tools that every show has."""
    chance = random.SystemRandom()
    return [
        Calculate(),
        Time(clock),
        Dice(chance),
        Choice(chance),
        LookUpViewer(memory.past),
        SearchPast(memory.past),
    ]


def searching(settings: Settings, *, language: Code, judge: Judge, clock: Clock) -> list[Tool]:
    """Return the tools that search the web, if somebody is set who does.

    Raises:
        MisconfiguredError: a setting is missing, or a package.
    """
    engine = search_engine(settings.search, language)
    if engine is None:
        return []
    web = Web(engine, settings.search, judge=judge, clock=clock)
    return [WebSearch(web), ReadPage(web)]


def acting(settings: Settings, press: Callable[[str], Awaitable[None]] | None) -> list[Tool]:
    """Return the tools that do something in the programs beside ours, as far as settings list it.

    Args:
        settings: which scenes, sources, sounds and gestures.
        press: does what a hotkey of the avatar does, where there is an avatar.

    Raises:
        MisconfiguredError: gestures are wanted where there is no avatar.
    """
    options, obs, pause = settings.tools, settings.obs, settings.tools.pause
    tools = list[Tool]()
    if options.scenes or options.sources or options.sounds:
        from bot.tools.studio import PlaySound, ShowScene, ShowSource  # noqa: PLC0415

        if scenes := listed(options.scenes):
            tools.append(ShowScene(scenes, obs, pause))
        if sources := listed(options.sources):
            tools.append(ShowSource(sources, obs, pause))
        if sounds := listed(options.sounds):
            tools.append(PlaySound(sounds, obs, pause))
    if gestures := listed(options.gestures):
        if not settings.vts.enabled:
            raise MisconfiguredError(
                tr("TOOLS_GESTURES needs an avatar in VTube Studio: set VTS_ENABLED=yes.")
            )
        if press:
            tools.append(Gesture(gestures, press, pause))
    return tools


def demand(settings: Settings) -> None:
    """See that each tool that is allowed by name has what it needs.

    Raises:
        MisconfiguredError: a setting is missing.
    """
    for name in listed(settings.tools.allowed):
        key = NEEDS.get(name, "")
        section, _, option = key.lower().partition("_")
        if key and getattr(getattr(settings, section), option) in {"", False, Engine.NONE}:
            raise MisconfiguredError(
                tr("TOOLS_ALLOWED names {name}, which needs {key}.", name=name, key=key)
            )


def search_engine(options: SearchOptions, language: Code) -> SearchEngine | None:
    """Return who searches the web for a character of a language, if anybody does.

    Raises:
        MisconfiguredError: a setting is missing, or a package.
    """
    reader = Reader(options.rules)
    match options.engine:
        case Engine.NONE:
            return None
        case Engine.SEARXNG:
            return SearXNG(options.url, language, reader)
        case Engine.DDGS:
            return Metasearch(language, reader)
        case Engine.OLLAMA:
            if not options.key.get_secret_value():
                raise MisconfiguredError(
                    tr(
                        "SEARCH_ENGINE=ollama needs SEARCH_KEY: make a key at"
                        " ollama.com/settings/keys."
                    )
                )
            return Hosted(options.key)

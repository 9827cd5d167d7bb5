"""The checks before a stream: each asks one part of the show whether it would do its work."""

import asyncio
import platform
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

import aiohttp

from bot import persona as personas
from bot.app import disk, machine
from bot.app.checkup import Finding, Grade, in_order
from bot.app.folders import PERSONA_FOLDERS, THEME_FOLDERS, history_path
from bot.app.health import Level, Part
from bot.app.models import wanted_model
from bot.app.platforms import no_chat
from bot.app.stage_checks import StageChecks
from bot.app.tool_checks import tool_checks
from bot.clock import Clock, time_limit
from bot.errors import BotError
from bot.llm.engine import Engine
from bot.llm.message import Content, Done, Message
from bot.llm.options import Sampling
from bot.settings import ENV_FILE, Settings
from bot.storage.archive import Archive, OlderError
from bot.translation import tr
from bot.web.themes import Themes

_LIMIT = 12.0
"""Seconds that a part has to answer."""
_WORDS = 60
"""Tokens of a reply of three sentences."""
_SLOW = 4.0
"""Tokens a second below which a reply takes longer than a viewer waits."""
_LATE = 120.0
"""Seconds by which a clock may be wrong."""
_TIMEKEEPER = "https://www.youtube.com/generate_204"

_Found = list[Finding]


async def examine(settings: Settings, clock: Clock, *, quick: bool) -> AsyncIterator[Finding]:
    """Look at every part that the settings name, all at the same time.

    Args:
        settings: which they are.
        clock: the time that they have.
        quick: whether the model is not asked to say something, which may take minutes.
    """
    wanted: list[Coroutine[None, None, _Found]] = [
        _program(),
        _files(),
        _limited(clock, tr("Character"), _character(settings)),
        _kept(settings.model.model, _model(settings, clock, quick=quick)),
        _machine(),
    ]
    if settings.twitch.channel:
        wanted.append(_limited(clock, "Twitch", _twitch(settings, clock)))
    if settings.youtube.video:
        wanted.append(_limited(clock, "YouTube", _youtube(settings, clock)))
    if not (settings.twitch.channel or settings.youtube.video):
        wanted.append(_no_chat())
    for part, check in StageChecks(settings, clock).wanted():
        wanted.append(_limited(clock, part, check))
    for part, check in tool_checks(settings, clock):
        wanted.append(_limited(clock, part, check))
    wanted += [_history(settings), _disk(settings)]
    if settings.twitch.channel or settings.youtube.video:
        wanted.append(check_clock(clock))
    async with aclosing(in_order(wanted)) as findings:
        async for finding in findings:
            yield finding


async def examine_on_air(
    settings: Settings, clock: Clock, parts: Sequence[Part]
) -> AsyncIterator[Finding]:
    """Look at what can be looked at while a show is on, which is not disturbed by it.

    Args:
        settings: as they are written now, which may be others than those of the show.
        clock: the time that the parts have.
        parts: how those are that the show knows of.
    """
    graded = {Level.WELL: Grade.GOOD, Level.WAITING: Grade.FAIR, Level.ILL: Grade.BAD}
    for part in parts:
        yield Finding(part.name, graded[part.level], part.state)
    wanted = [
        _program(),
        _files(),
        _limited(clock, tr("Character"), _character(settings)),
        _machine(),
        check_clock(clock),
    ]
    async with aclosing(in_order(wanted)) as findings:
        async for finding in findings:
            yield finding


async def _kept(part: str, check: Coroutine[None, None, _Found]) -> _Found:
    """Return what a check finds, or what kept it from that."""
    try:
        return await check
    except BotError as error:
        return [Finding(part, Grade.BAD, str(error))]


async def _limited(clock: Clock, part: str, check: Coroutine[None, None, _Found]) -> _Found:
    """Return what a check finds within its time, or what kept it from that."""
    try:
        async with time_limit(clock, _LIMIT):
            return await _kept(part, check)
    except TimeoutError:
        told = tr("It has not answered within {seconds:.0f} s.", seconds=_LIMIT)
        return [Finding(part, Grade.BAD, told)]


async def _program() -> _Found:
    told = f"vtuber-bot {version('vtuber-bot')}, Python {platform.python_version()}"
    return [Finding(tr("Program"), Grade.GOOD, f"{told}, {platform.system()} {platform.release()}")]


async def _files() -> _Found:
    part = tr("Settings")
    path = ENV_FILE.absolute()
    if path.is_file():
        return [Finding(part, Grade.GOOD, str(path))]
    twin = path.with_name(f"{path.name}.txt")
    if twin.is_file():
        told = tr("{twin} is not read: rename it to {name}.", twin=twin, name=path.name)
        return [Finding(part, Grade.BAD, told)]
    told = tr("There is no {path}: `vtuber-bot init` makes it. All is as by default.", path=path)
    return [Finding(part, Grade.FAIR, told)]


async def _character(settings: Settings) -> _Found:
    persona = personas.load(settings.bot.persona, PERSONA_FOLDERS)
    themes = Themes(THEME_FOLDERS)
    wrong = [problem for name in themes.names() if (problem := themes.offer(name)[1])]
    found = [Finding(tr("Character"), Grade.GOOD, persona.name)]
    return [*found, *(Finding(tr("Theme"), Grade.FAIR, problem) for problem in wrong)]


async def _machine() -> _Found:
    memory, cards = machine.memory(), await machine.cards()
    told = [f"{name} ({size:.0f} GB)" for name, size in cards]
    if memory:
        told.append(tr("{size:.0f} GB of memory", size=memory))
    fits = machine.fitting(memory, cards)
    if fits:
        told.append(tr("the largest model that fits: {model}", model=fits))
    return [Finding(tr("Machine"), Grade.GOOD, tr(", ").join(told))] if told else []


async def _model(settings: Settings, clock: Clock, *, quick: bool) -> _Found:
    found = []
    async with wanted_model(settings, clock) as model:
        for llm in model.llms:
            try:
                await llm.find(llm.options.connect_timeout)
                is_there = Finding(llm.model, Grade.GOOD, llm.about)
                found.append(is_there if quick else await _spoken(llm, clock))
            except BotError as error:
                found.append(Finding(llm.model, Grade.BAD, str(error)))
    return found


async def _spoken(llm: Engine, clock: Clock) -> Finding:
    """Have a model say something, and return how fast it is, and what that means."""
    await llm.warm()
    began, first = clock.monotonic(), 0.0
    done = Done()
    asked = [Message(role="user", content="Say hello to the viewers in two short sentences.")]
    async with aclosing(llm.think(asked, effort="low", sampling=Sampling(), limit=200)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Done):
                done = piece
            elif isinstance(piece, Content) and not first:
                first = clock.monotonic() - began
    speed = done.speed or done.tokens / max(0.001, clock.monotonic() - began)
    told = tr(
        "{about}: first word after {first:.1f} s, {speed:.1f} tokens/s: a reply of three sentences"
        " is written after {seconds:.0f} s.",
        about=await _about(llm),
        first=first,
        speed=speed,
        seconds=first + _WORDS / max(0.1, speed),
    )
    if speed < _SLOW:
        slow = tr("{told} That is slow: a smaller model keeps viewers here.", told=told)
        return Finding(llm.model, Grade.FAIR, slow)
    return Finding(llm.model, Grade.GOOD, told)


async def _about(llm: Engine) -> str:
    """Return which model it is, its context, and of one in Ollama the memory that it takes."""
    from bot.llm.ollama import Ollama  # noqa: PLC0415  another engine does without it

    told = [llm.about, tr("{tokens:,} tokens of context", tokens=llm.options.num_ctx)]
    if isinstance(llm, Ollama):
        if version := await llm.version():
            told.insert(1, tr("version {version}", version=version))
        told.append(await llm.running())
    return tr(", ").join(filter(None, told))


async def _no_chat() -> _Found:
    return [Finding(tr("Chat"), Grade.BAD, no_chat())]


async def _twitch(settings: Settings, clock: Clock) -> _Found:
    from bot.app.platforms import twitch_account  # noqa: PLC0415

    account = twitch_account(settings.twitch, clock)
    await account.check()
    login = account.token.login
    told = tr("signed in as {login}, which may read the chat", login=login)
    lasts = tr("good for {hours:.0f} h, and renewed by itself", hours=account.good_for / 3600)
    if settings.twitch.post_replies:
        from bot.twitch.account import WRITE  # noqa: PLC0415

        account.demand(WRITE, tr("writing in the chat"))
        told = tr("signed in as {login}, which may read the chat and write", login=login)
    return [Finding("Twitch", Grade.GOOD, tr(", ").join([told, lasts]))]


async def _youtube(settings: Settings, clock: Clock) -> _Found:
    from bot.youtube.address import parse_address  # noqa: PLC0415
    from bot.youtube.lookup import Status, look_up  # noqa: PLC0415

    address = parse_address(settings.youtube.video)
    found = await asyncio.to_thread(look_up, address.url)
    told: dict[Status, tuple[Grade, str]] = {
        Status.LIVE: (Grade.GOOD, tr("the stream is live")),
        Status.UPCOMING: (Grade.GOOD, tr("the stream is planned, and will be waited for")),
        Status.IDLE: (Grade.GOOD, tr("the channel is not live; its next stream is waited for")),
        Status.OVER: (Grade.BAD, tr("the stream is over: name another in YOUTUBE_VIDEO")),
        Status.NEVER: (Grade.BAD, tr("that is no live stream: name one in YOUTUBE_VIDEO")),
        Status.GONE: (Grade.BAD, tr("YouTube has no {url}, or it is private", url=address.url)),
        Status.UNKNOWN: (
            Grade.FAIR,
            tr("YouTube does not tell: {matter}. {hint}", matter=found.matter, hint=found.hint),
        ),
    }
    grade, text = told[found.status]
    findings = [Finding("YouTube", grade, text.strip())]
    if found.status is Status.LIVE:
        findings.append(await _chat_of(found.video, settings, clock))
    return findings


async def _chat_of(video: str, settings: Settings, clock: Clock) -> Finding:
    """Return whether the chat of a live stream can be read, by the first way in that lets us."""
    from bot.app.platforms import youtube_readers  # noqa: PLC0415

    why = ""
    for reader in youtube_readers(settings.youtube, clock):
        try:
            async with aclosing(reader.read(video, known=True)) as parts:
                await anext(parts)
        except (BotError, StopAsyncIteration) as error:
            why = why or str(error)
        else:
            told = tr("its chat can be read ({reader})", reader=reader.name)
            return Finding("YouTube", Grade.GOOD, told)
    return Finding("YouTube", Grade.BAD, why or tr("its chat is over"))


async def _history(settings: Settings) -> _Found:
    part, path = tr("History"), history_path(settings)
    if not path.exists():
        return [Finding(part, Grade.GOOD, tr("{path}, which will be made", path=path))]
    try:
        streams = await asyncio.to_thread(_count, path)
    except OlderError:
        told = tr("{path}, which the next show brings up to date", path=path)
        return [Finding(part, Grade.GOOD, told)]
    except BotError as error:
        return [Finding(part, Grade.BAD, str(error))]
    return [Finding(part, Grade.GOOD, tr("{path}, {count} streams", path=path, count=streams))]


def _count(path: Path) -> int:
    with Archive.at(path) as archive:
        return len(archive.streams())


async def _disk(settings: Settings) -> _Found:
    folder = history_path(settings).absolute().parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent  # It will be made.
    is_well, told = disk.look(folder)
    return [Finding(tr("Disk"), Grade.GOOD if is_well else Grade.BAD, told)]


async def check_clock(
    clock: Clock, *, fetch: Callable[[], Coroutine[None, None, str]] | None = None
) -> _Found:
    """Compare this machine's clock with another's.

    Args:
        clock: this one.
        fetch: returns the other's time, as HTTP writes it; YouTube's where it is None.
    """
    part = tr("Clock")
    try:
        async with time_limit(clock, _LIMIT):
            there = parsedate_to_datetime(await (fetch or _date)())
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        told = tr("nobody was reached who could tell the time: is this machine online?")
        return [Finding(part, Grade.FAIR, told)]
    off = abs((clock.now() - there).total_seconds())
    if off > _LATE:
        told = tr(
            "it is wrong by {minutes:.0f} minutes: platforms refuse such a machine. Let your system"
            " set the time by the internet.",
            minutes=off / 60,
        )
        return [Finding(part, Grade.BAD, told)]
    return [Finding(part, Grade.GOOD, tr("it is right"))]


async def _date() -> str:
    async with aiohttp.ClientSession() as session, session.get(_TIMEKEEPER) as answer:
        return answer.headers["Date"]

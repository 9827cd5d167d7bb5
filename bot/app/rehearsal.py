"""A rehearsal: a recorded chat through the whole show, and a report of what came of it."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeAlias

import regex
from rich.console import Console

from bot.app import facts
from bot.app.assembly import Show
from bot.app.spread import Spread
from bot.app.unseen import unseen
from bot.chat import Reply
from bot.clock import Clock
from bot.errors import MisconfiguredError
from bot.persona import Persona
from bot.recording.source import RecordedSource
from bot.safety.judge import Judge
from bot.settings import Settings
from bot.sources.listener import Listener
from bot.stage.backstage import Nowhere
from bot.tasks import cancel_and_wait
from bot.translation import tr, tr_noop

_OFTEN = 0.5
"""Seconds between two looks at how far it is."""
_QUIET = 4
"""Looks in a row at which nobody waits: then all is answered that will be."""
_COMPARED = 50
"""Replies before one with which it is compared."""
_ALIKE = 0.85
_REASONS = {
    "shed": tr_noop("too many waited"),
    "stale": tr_noop("waited for too long"),
    "said again": tr_noop("said again by the same viewer"),
    "dropped": tr_noop("cleared by a moderator"),
    "retracted": tr_noop("deleted"),
    "voted": tr_noop("a vote in a poll"),
}
"""Why a comment gets no answer, as the queue counts it, in words for people."""
_MARKS = regex.compile(r"<\|?/?\p{L}[\p{L}_]*\|?>|<\||\|>|assistantfinal")
"""What of a model's own language no viewer may ever see."""


_Keep: TypeAlias = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line.

    Attributes:
        recording: the chat.
        speed: how many times as fast as it was written it comes.
        persona: who speaks, if not whom the settings name.
        embedded: whether the model in the box speaks.
        most_first_words: seconds to the first words that 95 of 100 replies may take.
        most_shed: percent of the comments that may be passed over.
        seed: of all that is left to chance; with the same one it is much the same again.
        stage: a file in which is kept what viewers would have seen; none where it is None.
    """

    recording: Path
    speed: float = 1.0
    persona: str | None = None
    embedded: bool = False
    most_first_words: float | None = None
    most_shed: float | None = None
    seed: int | None = None
    stage: Path | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a rehearsal. Times are in seconds."""

    comments: int
    answered: int
    replies: int
    passed_over: Mapping[str, int]
    """Comments that got no answer, by what stood in the way: see ``_REASONS``."""
    withheld: int
    skipped: int
    """Entries of the file that were no comments."""
    waited: Spread
    """From a comment to the first words of its answer."""
    first_words: Spread
    """From the moment at which the model is asked to the first words."""
    tokens_per_second: float
    leaks: list[str] = field(default_factory=list)
    """Sentences that viewers should never have seen."""
    near_copies: int = 0
    """Replies that are almost one of those before."""

    def faults(self, wishes: Wishes) -> list[str]:
        """Return what is not as it should be."""
        found = [tr("Viewers saw what they must not see: {leak}", leak=leak) for leak in self.leaks]
        most = wishes.most_first_words
        if most is not None and self.first_words.most > most:
            found.append(tr("The first words took longer than {most:g} s.", most=most))
        share = 100 * sum(self.passed_over.values()) / max(1, self.comments)
        if wishes.most_shed is not None and share > wishes.most_shed:
            found.append(tr("{share:.0f} % of the comments were passed over.", share=share))
        return found


class _Recorder(Nowhere):
    """All that viewers would have seen, and when.

    Args:
        judge: tells what must not be seen.
        clock: the time that passes.
        keep: keeps a line about what was seen.
    """

    def __init__(self, judge: Judge, clock: Clock, keep: _Keep) -> None:
        self._keep = keep
        self._began = clock.monotonic()
        self.waited: list[float] = []
        self.first_words: list[float] = []
        self.replies: dict[int, str] = {}
        self.leaks: list[str] = []
        self.on_air: Show | None = None
        self._judge = judge
        self._clock = clock
        self._said = 0

    def show(self, reply: Reply, *, finished: bool) -> None:
        """Take note of what is new of a reply."""
        if reply.id not in self.replies:
            self.replies[reply.id], self._said = "", 0
        new = reply.sentences[self._said :]
        if new and not self._said and reply.answers:
            now = self._clock.now()
            self.waited += [(now - one.at).total_seconds() for one in reply.answers]
            lead = self.on_air and self.on_air.director.lead
            self.first_words += [lead] if lead else []
        self.leaks += [one for one in new if _MARKS.search(one) or self._judge.text(one)]
        self.replies[reply.id] = " ".join(reply.sentences)
        self._said = len(reply.sentences)
        if new:
            told = {"reply": reply.id, "sentences": new, "mood": reply.mood}
            answers = [{"author": one.author.name, "text": one.text} for one in reply.answers]
            self._note({**told, "answers": answers, "finished": finished})
        elif finished:
            self._note({"reply": reply.id, "finished": True})

    def clear(self) -> None:
        """Take note of it; what was seen was seen."""
        self._note({"cleared": True})

    def _note(self, told: Mapping[str, Any]) -> None:
        self._keep({"seconds": round(self._clock.monotonic() - self._began, 2), **told})


async def rehearse(settings: Settings, wishes: Wishes, console: Console, *, clock: Clock) -> Report:
    """Play a recorded chat to the show as it would go on air, with nobody to see it.

    Nothing is kept but what viewers would have seen, where that is wished; nothing is posted or
    sent anywhere.

    Raises:
        BotError: the model is not there, or the persona or a file is wrong.
    """
    with _kept(wishes.stage) as keep:
        return await _rehearse(settings, wishes, console, clock, keep)


async def _rehearse(
    settings: Settings,
    wishes: Wishes,
    console: Console,
    clock: Clock,
    keep: _Keep,
) -> Report:
    def sit(_: Persona, judge: Judge) -> _Recorder:
        return _Recorder(judge, clock, keep)

    source = RecordedSource(wishes.recording, clock=clock, speed=wishes.speed)
    listener = Listener(source, clock=clock)
    async with unseen(
        *(settings, clock, sit),
        persona_name=wishes.persona,
        embedded=wishes.embedded,
        listeners=[listener],
        seed=wishes.seed,
    ) as (show, model, recorder):
        recorder.on_air = show
        with console.status(tr("Loading {model} ...", model=model.llm.model)):
            await show.writer.dialogue.prepare()
        leading = [asyncio.create_task(part()) for part in (show.director.run, show.memory.run)]
        playing = asyncio.create_task(listener.run(show.dispatcher.receive))
        try:
            await _until_answered(show, playing, console, clock)
            await playing
        finally:
            await cancel_and_wait(playing, *leading)
        return _report(show, recorder, source)


@contextmanager
def _kept(path: Path | None) -> Iterator[_Keep]:
    """Give what keeps a line of JSON in a file, if there is to be one."""
    if path is None:
        yield lambda _: None
        return
    with _explained(path):
        file = path.open("w", encoding="utf-8")

    def keep(told: Mapping[str, Any]) -> None:
        with _explained(path):
            print(json.dumps(told, ensure_ascii=False), file=file)

    with file:
        yield keep


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say of a file what is wrong with it; what goes wrong elsewhere is not its fault."""
    try:
        yield
    except OSError as error:
        raise MisconfiguredError(
            tr("{to} cannot be written: {why}.", to=path, why=error.strerror)
        ) from error


async def _until_answered(
    show: Show, playing: "asyncio.Task[None]", console: Console, clock: Clock
) -> None:
    """Return when the recording is over and nobody waits any more."""
    quiet = 0
    with console.status("") as status:
        while quiet < _QUIET:
            await clock.sleep(_OFTEN)
            told = tr(
                "Rehearsing: {heard} comments, {answered} answered, {waiting} waiting ...",
                heard=show.queue.counts["heard"],
                answered=show.director.answered,
                waiting=len(show.queue),
            )
            status.update(told)
            is_busy = not playing.done() or len(show.queue) or show.director.answering
            quiet = 0 if is_busy else quiet + 1


def near_copies(said: Sequence[str]) -> int:
    """Return how many replies are almost one of those before. Pure."""
    return sum(
        any(
            SequenceMatcher(None, text, other).ratio() >= _ALIKE
            for other in said[max(0, number - _COMPARED) : number]
        )
        for number, text in enumerate(said)
    )


def _report(show: Show, recorder: _Recorder, source: RecordedSource) -> Report:
    counts = show.queue.counts
    said = [text for text in recorder.replies.values() if text]
    return Report(
        comments=counts["heard"],
        answered=show.director.answered,
        replies=len(said),
        passed_over={reason: counts[reason] for reason in _REASONS if counts[reason]},
        withheld=counts["withheld"],
        skipped=source.skipped,
        waited=Spread.of(recorder.waited),
        first_words=Spread.of(recorder.first_words),
        tokens_per_second=round(show.writer.speed, 1),
        leaks=recorder.leaks,
        near_copies=near_copies(said),
    )


def tell(report: Report, faults: Sequence[str], console: Console) -> None:
    """Print a report."""
    lines = {
        tr("Comments"): str(report.comments),
        tr("Answered"): tr(
            "{count}, in {replies} replies", count=report.answered, replies=report.replies
        ),
        tr("Passed over"): _why(report.passed_over),
        tr("Withheld"): str(report.withheld),
        tr("Skipped"): str(report.skipped),
        tr("Comment to answer"): _in_words(report.waited),
        tr("Asked to first words"): _in_words(report.first_words),
        tr("Tokens a second"): f"{report.tokens_per_second:.1f}",
        tr("Near-copies"): str(report.near_copies),
        tr("Leaks"): str(len(report.leaks)),
    }
    facts.tell(lines, console)
    for fault in faults:
        console.print(fault, style="bold red", markup=False, highlight=False)


def _why(passed_over: Mapping[str, int]) -> str:
    told = (f"{tr(_REASONS[reason])} {count}" for reason, count in passed_over.items())
    count = sum(passed_over.values())
    return f"{count} ({tr(', ').join(told)})" if count else "0"


def _in_words(spread: Spread) -> str:
    return tr("{median:.1f} s in the median, {most:.1f} s in 95 of 100", **asdict(spread))


def as_json(report: Report, faults: Sequence[str]) -> str:
    """Return a report for programs."""
    return json.dumps({**asdict(report), "faults": list(faults)}, ensure_ascii=False, indent=2)

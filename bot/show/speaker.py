"""The speaker: puts the character's words on every stage, and keeps what viewers see there."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.chat import Clip, Comment, Reply
from bot.clock import Clock
from bot.show.pace import Pace
from bot.stage import Stage
from bot.storage.memory import Memory, Outcome
from bot.translation import tr

log = logging.getLogger(__name__)


class Speaker:
    """Has one reply on stage at a time; every sentence is in the database before it is seen.

    Attributes:
        reply: what is being said, or was said last.
        on_stage: the comments that viewers see answered, or about to be.
        pace: how long what they see has to stay.
    """

    def __init__(self, memory: Memory, stages: Sequence[Stage], clock: Clock) -> None:
        self.reply = Reply(0, ())
        self.on_stage: tuple[Comment, ...] = ()
        self.pace = Pace(clock)
        self._memory = memory
        self._stages = stages

    @property
    def has_begun(self) -> bool:
        """Whether a reply is on, or was the last thing that was."""
        return self.reply.id > 0

    def withdraw(self) -> None:
        """Be about to begin a reply of which viewers see nothing yet."""
        self.reply = Reply(0, ())

    def begin(self, asked: str, answers: tuple[Comment, ...]) -> None:
        """Begin a reply: viewers see whom it answers, and that something will be said."""
        self.reply = Reply(self._memory.begin(asked, answers), answers)
        self.pace.show_comments(answers)
        self._show()

    async def say(
        self,
        sentence: str,
        mood: str = "",
        *,
        clip: Clip | None = None,
        settles: Iterable[Comment] = (),
    ) -> None:
        """Say a sentence, aloud where there is a sound of it; it settles what is owed to these."""
        reply = self.reply.saying(sentence, mood, clip)
        await self._memory.say(
            *(reply.id, len(self.reply.sentences), sentence), mood=reply.mood, settles=settles
        )
        self.reply = reply
        self.pace.show(sentence, clip.seconds if clip else 0.0)
        self._show()

    def sound(self, clip: Clip) -> None:
        """Let more be heard of the sentence that was said last."""
        self.reply = self.reply.sounding(clip)
        self.pace.hear(clip.seconds)
        self._show()

    def finish(self) -> None:
        """Show that nothing will be added; of a reply in which nothing was said, show nothing."""
        if self.reply.sentences:
            self._show(finished=True)
        else:
            self.blank()

    async def end(self, outcome: Outcome) -> None:
        """Write down how the reply ended."""
        await self._memory.end(self.reply.id, outcome)

    def blank(self) -> None:
        """Show nothing on any stage, now."""
        self.on_stage = ()
        self.pace.blank()
        for stage in self._stages:
            try:
                stage.clear()
            except Exception:  # the others are to be blank all the same
                log.exception(tr("A bug: a stage could not be cleared."))

    def take_back(self) -> None:
        """Let viewers see nothing more of what was said, now."""
        self.reply = replace(self.reply, sentences=())
        self.blank()

    def _show(self, *, finished: bool = False) -> None:
        self.on_stage = self.reply.answers
        for stage in self._stages:
            stage.show(self.reply, finished=finished)

"""The narrator: has sentences turned into sound before it is their turn."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from bot.chat import Clip
from bot.clock import Clock, time_limit
from bot.errors import BotError, UnavailableError
from bot.language import Code
from bot.persona import Persona
from bot.tasks import cancel_and_wait
from bot.translation import tr
from bot.voice import Voice
from bot.voice.requests import AwayError
from bot.voice.spoken_form import clauses, spoken

log = logging.getLogger(__name__)

_AHEAD = 2
"""Sentences of a reply that wait with their sound at most."""
_REST = 30.0
"""Seconds for which an engine that has failed is not asked: sentences are not to wait for it."""
_TRIAL: Mapping[Code, str] = {"ja": "あ", "en": "Oh"}


def places() -> asyncio.Semaphore:
    """Return the places of a reply: so many of its sentences are turned into sound ahead."""
    return asyncio.Semaphore(_AHEAD)


class Narration:
    """The sound of one sentence, on its way."""

    def __init__(self, clips: AsyncIterator[Clip], slot: "_Slot") -> None:
        self._slot = slot
        self._made = asyncio.Queue[Clip | None]()
        """What is ready; None at the end."""
        self._making = asyncio.create_task(self._make(clips))

    async def clip(self) -> Clip | None:
        """Return the next of its sounds; None where there is nothing more to hear."""
        clip = await self._made.get()
        if clip is None:
            self._made.put_nowait(None)  # the end stays the end
        self._slot.release()
        return clip

    def drop(self) -> None:
        """Need it no more."""
        self._making.cancel()
        self._made.put_nowait(None)
        self._slot.release()

    async def _make(self, clips: AsyncIterator[Clip]) -> None:
        async for clip in clips:
            self._made.put_nowait(clip)
        self._made.put_nowait(None)


class Narrator:
    """Asks one engine, for one sentence at a time, and goes on without where that fails.

    Args:
        make: returns the voice of a persona; None where nothing is to be heard.
        persona: who speaks.
        clock: the time in which an engine has to answer.
        timeout: seconds that it has for a sentence.
        dictionary: how words are said.

    Attributes:
        heard_at: when, on the clock's ``monotonic``, the engine last gave a sound.
    """

    def __init__(
        self,
        make: "Callable[[Persona], Voice] | None",
        persona: Persona,
        *,
        clock: Clock,
        timeout: float = 10.0,
        dictionary: Mapping[str, str] | None = None,
    ) -> None:
        self._make = make
        self._persona = persona
        self._voice = make(persona) if make else None
        self._clock = clock
        self._timeout = timeout
        self._dictionary = dictionary or {}
        self._untaught = self._dictionary
        """Words that the engine does not know by itself."""
        self._learning: asyncio.Task[None] | None = None
        self._speaking = asyncio.Lock()
        self._failed_at: float | None = None
        self._failure: BotError | None = None
        self.heard_at: float | None = None
        self._closing = set[asyncio.Task[None]]()

    @property
    def voice(self) -> Voice | None:
        """Whose it is."""
        return self._voice

    def play(self, persona: Persona) -> None:
        """Speak as another character from the next sentence on."""
        self._persona = persona
        if self._make and self._voice:
            closing = asyncio.create_task(self._retire(self._voice, self._forget()))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            self._voice = self._make(persona)

    def begin(
        self,
        text: str,
        mood: str = "",
        *,
        among: asyncio.Semaphore | None = None,
        hurried: bool = False,
    ) -> Narration:
        """Have a sentence turned into sound.

        Args:
            text: as it is shown.
            mood: in which it is said.
            among: the ``places`` of its reply, of which it waits for one.
            hurried: whether its first clause is wanted before the rest of it.
        """
        words = spoken(text, self._persona.language, self._untaught)
        parts = clauses(words) if hurried else (words,)
        slot = _Slot(among)
        return Narration(self._say(parts if words else (), mood, slot), slot)

    async def prepare(self) -> bool:
        """Have the engine say something that nobody hears; return whether it can be heard."""
        return await self.begin(_TRIAL[self._persona.language]).clip() is not None

    async def look(self) -> None:
        """Find out that the engine is away, or there again, before there is something to say."""
        voice = self._voice
        if voice is None or self._speaking.locked():
            return
        try:
            await voice.look()
        except BotError as error:
            self._fail(error)
        else:
            if isinstance(self._failure, AwayError):
                self._recover(voice)

    async def close(self) -> None:
        """Let go of the engine."""
        await cancel_and_wait(self._forget())
        if self._voice:
            await self._voice.close()

    async def _retire(self, voice: Voice, learning: "asyncio.Task[None] | None") -> None:
        """Let go of an engine, when it has said what it is saying."""
        await cancel_and_wait(learning)
        async with self._speaking:
            await voice.close()

    def _forget(self) -> "asyncio.Task[None] | None":
        """Take no engine to know a word; return what was teaching it."""
        learning, self._learning = self._learning, None
        if learning:
            learning.cancel()
        self._untaught = self._dictionary
        return learning

    def _teach(self, voice: Voice) -> None:
        """Have an engine that answers learn the dictionary, once, while the show goes on."""
        if self._dictionary and self._learning is None:
            self._learning = asyncio.create_task(self._learn(voice))

    async def _learn(self, voice: Voice) -> None:
        try:
            known = await voice.learn(self._dictionary)
        except BotError as error:
            log.info(
                tr(
                    "{label} has not learnt the dictionary; words are said by it all the same."
                    " {error}",
                    label=voice.label,
                    error=error,
                ),
            )
            return
        untaught = {word: said for word, said in self._dictionary.items() if word not in known}
        self._untaught = untaught

    async def _say(self, parts: Sequence[str], mood: str, slot: "_Slot") -> AsyncIterator[Clip]:
        if self._voice is None or not parts:
            return
        await slot.take()
        async with self._speaking:  # to the end of the sentence
            for words in parts:
                clip = await self._speak(self._voice, words, mood)
                if clip is None:
                    return
                if clip.seconds:
                    yield clip

    async def _speak(self, voice: Voice, words: str, mood: str) -> Clip | None:
        """Return the sound of a clause; None where the engine fails, or has failed just now."""
        if self._is_resting:
            return None
        try:
            async with time_limit(self._clock, self._timeout):
                clip = await voice.speak(words, self._persona.manner(mood))
        except TimeoutError:
            self._fail(UnavailableError(tr("{label} takes too long.", label=voice.label)))
        except BotError as error:
            self._fail(error)
        else:
            self._recover(voice)
            self.heard_at = self._clock.monotonic()
            self._teach(voice)
            return clip
        return None

    def _recover(self, voice: Voice) -> None:
        if self._failed_at is not None:
            self._failed_at = self._failure = None
            log.info(tr("{label} is heard again.", label=voice.label))

    @property
    def trouble(self) -> str:
        """Why nothing is heard, in words for the streamer; empty where something is."""
        return str(self._failure or "")

    @property
    def _is_resting(self) -> bool:
        return self._failed_at is not None and self._clock.monotonic() < self._failed_at + _REST

    def _fail(self, error: BotError) -> None:
        if self._failed_at is None:
            log.error(
                tr("{error} The show goes on as text; the voice is tried again.", error=error)
            )
        self._failed_at = self._clock.monotonic()
        self._failure = error


class _Slot:
    """A place among those that are ahead, given back once."""

    def __init__(self, places: asyncio.Semaphore | None) -> None:
        self._places = places
        self._is_taken = False

    async def take(self) -> None:
        if self._places:
            await self._places.acquire()
            self._is_taken = True

    def release(self) -> None:
        if self._places and self._is_taken:
            self._is_taken = False
            self._places.release()

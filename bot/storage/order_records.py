"""What moderators have ordered: who, when and to whom, and what of it stands until it is lifted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.chat import Comment, Platform, ViewerKey
from bot.clock import Clock
from bot.storage.database import Database
from bot.storage.rows import timestamp
from bot.storage.write_queue import WriteQueue

_FOR_GOOD = ""


@dataclass(frozen=True, slots=True)
class Mute:
    """A viewer of whom nothing is shown, ``until`` a time, or for good where that is None."""

    viewer: ViewerKey
    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was ordered in earlier runs and still stands.

    Attributes:
        mutes: who is not to be heard.
        topics: what is not to be said.
        state: what was set of the show itself, by the name of the command.
    """

    mutes: tuple[Mute, ...] = ()
    topics: tuple[str, ...] = ()
    state: Mapping[str, str] = field(default_factory=dict)


class OrderRecords:
    """Notes what is to be written of it soon, as ``Memory`` does of all else."""

    def __init__(self, database: Database, queue: WriteQueue, clock: Clock, stream_id: int) -> None:
        self._database = database
        self._queue = queue
        self._clock = clock
        self._stream_id = stream_id

    def note(
        self, by: Comment, order: str, outcome: str, *, about: ViewerKey | None = None
    ) -> None:
        """Note that somebody has ordered something, and what became of it.

        Args:
            by: the comment that it was ordered in.
            order: the command, or the word that is none.
            outcome: what the moderator was told.
            about: the viewer whom it was about, if it was about one.
        """
        platform, viewer_id = about or ("", "")
        self._queue.note_now(
            "INSERT INTO orders (stream_id, ordered_at, platform, moderator_id, moderator_name,"
            " command, words, about_platform, about_id, outcome)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(self._stream_id, timestamp(self._clock.now())),
            *(by.platform, by.author.id, by.author.name, order, by.text),
            *(platform, viewer_id, outcome),
        )

    def mute(self, viewer: ViewerKey, name: str, seconds: float | None) -> None:
        """Keep that a viewer is muted, for good where there are no seconds."""
        until = _FOR_GOOD
        if seconds is not None:
            until = timestamp(self._clock.now() + timedelta(seconds=seconds))
        self._queue.note_now(
            "INSERT OR REPLACE INTO mutes VALUES (?, ?, ?, ?)", *viewer, name, until
        )

    def unmute(self, viewer: ViewerKey) -> None:
        """Keep that a viewer is heard."""
        self._queue.note_now("DELETE FROM mutes WHERE platform = ? AND viewer_id = ?", *viewer)

    def ban(self, topic: str) -> None:
        """Keep that a topic is banned."""
        self._queue.note_now("INSERT OR IGNORE INTO topics VALUES (?)", topic)

    def allow(self, topic: str) -> None:
        """Keep that a topic is not."""
        self._queue.note_now("DELETE FROM topics WHERE topic = ?", topic)

    def keep(self, key: str, value: str) -> None:
        """Keep how something of the show was set."""
        self._queue.note_now(
            "INSERT OR REPLACE INTO state VALUES (?, ?, ?)",
            *(key, value, timestamp(self._clock.now())),
        )

    def drop(self, key: str) -> None:
        """Keep that it is as it is by itself."""
        self._queue.note_now("DELETE FROM state WHERE key = ?", key)

    async def standing(self, since: datetime) -> Standing:
        """Return what stands; of the show itself, what was set since then."""
        now = timestamp(self._clock.now())
        query = self._database.fetch
        mutes = await query(
            "SELECT platform, viewer_id, name, until FROM mutes WHERE until = '' OR until > ?",
            now,
        )
        topics = await query("SELECT topic FROM topics")
        state = await query("SELECT key, value FROM state WHERE set_at >= ?", timestamp(since))
        return Standing(
            tuple(
                Mute(
                    ViewerKey((Platform(platform), viewer)),
                    name,
                    datetime.fromisoformat(until) if until else None,
                )
                for platform, viewer, name, until in mutes
            ),
            tuple(topic for (topic,) in topics),
            {key: str(value) for key, value in state},
        )

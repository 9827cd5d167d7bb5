"""What viewers decide over: whether anything is kept of them, and that it is not kept any more."""

import asyncio

from bot.chat import Platform, ViewerKey
from bot.storage.backups import Backups
from bot.storage.database import Database
from bot.storage.write_queue import Statement, WriteQueue

_OF_VIEWER = "SELECT id FROM comments WHERE platform = ? AND author_id = ?"
_TO_VIEWER = f"SELECT reply_id FROM answers WHERE comment_id IN ({_OF_VIEWER})"  # noqa: S608  ours
_FORGET = (
    f"DELETE FROM sentences WHERE reply_id IN ({_TO_VIEWER})",  # noqa: S608  likewise
    f"UPDATE replies SET asked = '' WHERE id IN ({_TO_VIEWER})",  # noqa: S608  likewise
    f"DELETE FROM answers WHERE comment_id IN ({_OF_VIEWER})",  # noqa: S608  likewise
    (
        "UPDATE streams SET recap = '' WHERE recap <> '' AND id IN"
        " (SELECT stream_id FROM comments WHERE platform = ? AND author_id = ?)"
    ),
    "DELETE FROM comments WHERE platform = ? AND author_id = ?",
    "DELETE FROM orders WHERE platform = ? AND moderator_id = ?",
    "DELETE FROM orders WHERE about_platform = ? AND about_id = ?",
    "DELETE FROM calls WHERE platform = ? AND viewer_id = ?",
    "DELETE FROM facts WHERE platform = ? AND viewer_id = ?",
    # The comments in which reminders were wanted stand in them.
    "DELETE FROM state WHERE key = 'timers' AND instr(value, ?) AND instr(value, ?)",
    "UPDATE mutes SET name = '' WHERE platform = ? AND viewer_id = ?",
    "DELETE FROM viewers WHERE platform = ? AND id = ?",
)
_TIDY = "INSERT INTO words (words) VALUES ('optimize')"
"""Until then the index holds, unseen, what was deleted from it."""


def forgetting(viewer: ViewerKey) -> list[Statement]:
    """Return what deletes all that a viewer wrote, and what was said to it.

    What was said to several is deleted as a whole: it may hold the words of each.
    """
    return [*((sql, tuple(viewer)) for sql in _FORGET), (_TIDY, ())]


class ViewerRecords:
    """Notes what is to be written of it soon, as ``Memory`` does of all else."""

    def __init__(self, database: Database, queue: WriteQueue, backups: Backups) -> None:
        self._database = database
        self._queue = queue
        self._backups = backups
        self._forgetting = set[asyncio.Task[None]]()

    def opt_out(self, viewer: ViewerKey) -> None:
        """Note that nothing of a viewer is to be kept."""
        self._queue.note_now("INSERT OR IGNORE INTO optouts VALUES (?, ?)", *viewer)

    def opt_in(self, viewer: ViewerKey) -> None:
        """Note that a viewer may be kept."""
        self._queue.note_now("DELETE FROM optouts WHERE platform = ? AND viewer_id = ?", *viewer)

    def forget(self, viewer: ViewerKey) -> None:
        """Note that all that a viewer wrote, and what was said to it, is to be deleted.

        It leaves the backups, too, as soon as that can be done.
        """
        statements = forgetting(viewer)
        for sql, values in statements:
            self._queue.note_now(sql, *values)
        forgetting_there = asyncio.create_task(asyncio.to_thread(self._backups.write, statements))
        self._forgetting.add(forgetting_there)
        forgetting_there.add_done_callback(self._forgetting.discard)

    async def settle(self) -> None:
        """Return when all that is to be forgotten has left the backups."""
        await asyncio.gather(*self._forgetting)

    async def opted_out(self) -> list[ViewerKey]:
        """Return of whom nothing is to be kept."""
        rows = await self._database.fetch("SELECT platform, viewer_id FROM optouts")
        return [ViewerKey((Platform(platform), viewer)) for platform, viewer in rows]

"""The bot is killed again and again, on one database: what it owed, said and was told must stay.

The program is the real one, in a process of its own that gets no chance to say farewell
(``kill -9``), at random moments. A recorded chat brings comments, half of them paid, moderators
pause and resume the show, and a viewer follows what is seen. What somebody was shown or told must
hold; what was asked for and not answered yet may have happened or not.
"""

import asyncio
import contextlib
import json
import random
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from benchmarks.row import Row
from tests.standins.ollama import OllamaStandIn
from tests.support.program import start, until
from tests.support.show import TOKEN, Viewer

TIMES = 200

_LONGEST = 2.5
"""Seconds after which the bot is killed at the latest."""
_SETTLED = 120.0
_COMMENTS = 4


class _Books:
    """What viewers and moderators have seen, over all runs."""

    def __init__(self, folder: Path, host: str, chance: random.Random) -> None:
        self.seen: dict[tuple[int, int], str] = {}
        """The text of each sentence, by its reply and its place in that."""
        self.doubled = 0
        """Sentences that came again as others."""
        self.paid: set[str] = set()
        """The words of the paid comments that the streamer has seen."""
        self.forgotten = 0
        self.pauses = 0
        self.database = folder / "history.db"
        self._is_paused = False
        self._wished: list[bool] = []
        """Whether a moderator wanted the show paused, each time in this run."""
        self._may_be_paused = {False}
        """What nobody can be surprised by at the next start."""
        self._folder = folder
        self._host = host
        self._chance = chance
        self._number = 0

    async def run(self, *, to_the_end: bool = False) -> None:
        """Start the bot, let things happen, and kill it; or let it settle what it owes."""
        process = await start(self._folder, self._arguments(write=not to_the_end), self._settings())
        try:
            overlay = await until(process, "Overlay")
            async with Viewer.at(overlay.split()[1].removesuffix("/overlay")) as viewer:
                state = await viewer.until("state")
                await until(process, "On air")
                self._check(is_paused=state["paused"])
                if to_the_end:
                    await self._settle(viewer)
                else:
                    await self._happen(viewer)
                process.kill()
                await process.wait()
                self._note(viewer)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _arguments(self, *, write: bool) -> list[str]:
        lines = []
        for _ in range(_COMMENTS if write else 0):
            self._number += 1
            line: dict[str, object] = {"author": f"viewer {self._number}"}
            line["text"] = f"number {self._number}?"
            if self._chance.random() < 0.5:  # noqa: PLR2004  half of them
                line["paid"] = {"amount": "500", "currency": "JPY"}
            lines.append(json.dumps(line))
        recording = self._folder / "chat.jsonl"
        recording.write_text("\n".join(lines), encoding="utf-8")
        return ["run", "--recording", str(recording), "--port", "0", "--no-open"]

    def _settings(self) -> dict[str, str]:
        return {
            "BOT_DATABASE": str(self.database),
            "BOT_PERSONA": "wren",
            "OLLAMA_HOST": self._host,
            "WEB_TOKEN": TOKEN,
        }

    def _check(self, *, is_paused: bool) -> None:
        self.forgotten += is_paused not in self._may_be_paused
        self._is_paused = is_paused

    async def _happen(self, viewer: Viewer) -> None:
        """Let a moderator do something, and some time pass."""
        end = time.perf_counter() + self._chance.uniform(0.0, _LONGEST)
        if self._is_paused:
            await self._order(viewer, "!resume")
            await self._order(viewer, "!skip")
        elif self._chance.random() < 0.5:  # noqa: PLR2004  half of them
            await self._order(viewer, "!skip")  # without the time to read the greeting
            await asyncio.sleep(self._chance.uniform(0.0, end - time.perf_counter()))
            await self._order(viewer, "!pause")
        else:
            await self._order(viewer, "!skip")
        await asyncio.sleep(max(0.0, end - time.perf_counter()))

    async def _order(self, viewer: Viewer, command: str) -> None:
        if command != "!skip":
            self._wished.append(command == "!pause")
        await viewer.post(command, roles=("moderator",))

    async def _settle(self, viewer: Viewer) -> None:
        await self._order(viewer, "!resume")
        async with asyncio.timeout(_SETTLED):
            replies = 0
            while self.rows("SELECT 1 FROM comments WHERE settled_at IS NULL"):
                replies += 1
                await viewer.until("reply.sentence", replies, within=_SETTLED)

    def _note(self, viewer: Viewer) -> None:
        wished, self._wished = self._wished, []
        obeyed = 0
        for name, data in viewer.events:
            if name == "order" and data["order"]["text"] != "!skip":
                obeyed += 1
                is_paused = data["order"]["text"] == "!pause"
                self.pauses += is_paused and not self._is_paused
                self._is_paused = is_paused
            elif name == "reply.sentence":
                place = (data["id"], data["position"])
                self.doubled += self.seen.setdefault(place, data["text"]) != data["text"]
            elif name == "comment" and data["paid"]:
                self.paid.add(data["text"])
        self._may_be_paused = {self._is_paused, *wished[obeyed:]}

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return what a query finds in the history."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()


async def measure(times: int = TIMES, seed: int | None = None) -> list[Row]:
    """Kill the bot so many times, and count."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    with tempfile.TemporaryDirectory() as name:
        async with OllamaStandIn() as ollama:
            ollama.respond = lambda asked: f"Aye {asked.count('?')}. Good."
            books = _Books(Path(name), ollama.host, random.Random(seed))  # noqa: S311  it kills
            for _ in range(times):
                await books.run()
            await books.run(to_the_end=True)
        said = dict(_said(books))
        answers = Counter(_answered(books))
        whole = books.rows("PRAGMA integrity_check") == [("ok",)]
    lost = [place for place, text in books.seen.items() if said.get(place) != text]
    unthanked = books.paid - answers.keys()
    twice = [text for text, count in answers.items() if count > 1]
    what = f"{times} × kill -9, seed {seed}"
    told = f"of {len(books.seen):,} sentences, {len(books.paid)} paid, {books.pauses} pauses"
    counts = {
        "sentences that were seen, and are lost": len(lost),
        "sentences that came again as others": books.doubled,
        "paid comments that nobody answered": len(unthanked),
        "comments that were answered twice": len(twice),
        "pauses that were forgotten": books.forgotten,
        "databases that are not whole": int(not whole),
    }
    return [Row(f"{name} ({what})", count, told, 0, 0, "") for name, count in counts.items()]


def _said(books: _Books) -> list[tuple[tuple[object, object], object]]:
    rows = books.rows("SELECT reply_id, position, text FROM sentences")
    return [((reply, position), text) for reply, position, text in rows]


def _answered(books: _Books) -> list[object]:
    """Return the words of each comment, once for each reply in which something was said to it."""
    rows = books.rows(
        "SELECT comments.text FROM answers JOIN comments ON comments.id = comment_id"
        " WHERE EXISTS (SELECT 1 FROM sentences WHERE sentences.reply_id = answers.reply_id)"
    )
    return [text for (text,) in rows]

"""How long a comment takes to become a prompt, in a show with a year of history behind it.

Two whole shows run side by side and are asked in turn: one on a database of a million comments, a
fifth of them answered, and one on a thousand. Both know the same last exchanges.
"""

import sqlite3
import statistics
import tempfile
import time
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.row import Row
from bot.clock import SystemClock
from bot.storage.opening import open_memory
from bot.storage.rows import timestamp
from tests.standins.ollama import OllamaStandIn
from tests.support.show import Viewer, on_air

_MANY, _FEW = 1_000_000, 1_000
_BETWEEN_COMMENTS_S = 30
_ROUNDS = 100
_TIMES = 1.5

_FILL = """
PRAGMA foreign_keys = OFF;
CREATE TEMP TABLE numbers AS
    WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
    SELECT n, strftime('%Y-%m-%dT%H:%M:%f', '{now}', (({count} - n) * -{step}) || ' seconds')
        || '+00:00' AS at FROM counted;
INSERT INTO viewers
    SELECT 'youtube', 'UC' || n, 'viewer ' || n, at, at FROM numbers WHERE n % 20 = 0;
INSERT INTO comments (stream_id, platform, message_id, author_id, author_name, roles, text,
        written_at, settled_at)
    SELECT 1, 'youtube', 'm' || n, 'UC' || (n - n % 20), 'viewer ' || n, '',
        'Have you seen ship number ' || ({count} - n) || ' tonight?', at, at
    FROM numbers;
INSERT INTO replies (id, stream_id, asked, outcome, started_at, ended_at, persona)
    SELECT n / 5, 1, 'Have you seen ship number ' || ({count} - n) || ' tonight?', 'finished',
        at, at, 'Wren'
    FROM numbers WHERE n % 5 = 0;
INSERT INTO answers SELECT n / 5, n FROM numbers WHERE n % 5 = 0;
INSERT INTO sentences
    SELECT n / 5, 0, 'Ship number ' || ({count} - n) || ' is safe behind the island.', at, ''
    FROM numbers WHERE n % 5 = 0;
"""


async def measure() -> list[Row]:
    """Ask both shows in turn."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            shows = []
            for count in (_MANY, _FEW):
                database = Path(folder) / f"{count}.db"
                await _fill(database, count)
                model = await stack.enter_async_context(OllamaStandIn())
                viewer = await stack.enter_async_context(
                    on_air(model.host, database, speaker="wren")
                )
                await viewer.until("reply.finished")
                shows.append((model, viewer))
            seconds = [[await _ask(*show, number) for show in shows] for number in range(_ROUNDS)]
    many, few = (1000 * statistics.median(times) for times in zip(*seconds, strict=True))
    return [
        Row(
            f"comment → prompt at the model, {_MANY:,} comments in the database",
            *(many, f"with {_FEW:,} comments", few, few * _TIMES),
        )
    ]


async def _ask(model: OllamaStandIn, viewer: Viewer, number: int) -> float:
    """Return the seconds from a comment to its prompt, in a show that nothing keeps busy."""
    await viewer.post("!skip", roles=["moderator"])
    await viewer.until("cleared", count=number + 1)
    asked = len(model.requests) + 1
    began = time.perf_counter()
    await viewer.post("Have you seen my ship?")
    await model.asked(asked)
    took = time.perf_counter() - began
    await viewer.until("reply.sentence", count=number + 2, position=0)
    return took


async def _fill(database: Path, count: int) -> None:
    """Make a database with so many comments, the last of them written just now."""
    clock = SystemClock()
    async with open_memory(database, clock=clock, persona="Wren", model="a stand-in"):
        pass
    now = timestamp(datetime.now(UTC) - timedelta(minutes=1)).removesuffix("+00:00")
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(_FILL.format(count=count, now=now, step=_BETWEEN_COMMENTS_S))
        connection.commit()

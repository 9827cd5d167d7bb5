"""The database's tables, and the way from an older version of them to this one."""

from pathlib import Path

import aiosqlite

from bot.errors import MisconfiguredError

MIGRATIONS = (
    """
    CREATE TABLE streams (
        id INTEGER PRIMARY KEY,
        persona TEXT NOT NULL,
        model TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT
    );
    CREATE TABLE viewers (
        platform TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        PRIMARY KEY (platform, id)
    ) WITHOUT ROWID;
    CREATE TABLE comments (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        platform TEXT NOT NULL,
        message_id TEXT NOT NULL,
        author_id TEXT NOT NULL,
        author_name TEXT NOT NULL,
        roles TEXT NOT NULL,
        text TEXT NOT NULL,
        paid_amount TEXT,
        paid_currency TEXT,
        written_at TEXT NOT NULL,
        UNIQUE (platform, message_id),
        FOREIGN KEY (platform, author_id) REFERENCES viewers (platform, id)
    );
    CREATE TABLE replies (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        asked TEXT NOT NULL,
        outcome TEXT,
        started_at TEXT NOT NULL,
        ended_at TEXT
    );
    CREATE TABLE answers (
        reply_id INTEGER NOT NULL REFERENCES replies (id),
        comment_id INTEGER NOT NULL REFERENCES comments (id),
        PRIMARY KEY (reply_id, comment_id)
    ) WITHOUT ROWID;
    CREATE INDEX answers_by_comment ON answers (comment_id);
    CREATE TABLE sentences (
        reply_id INTEGER NOT NULL REFERENCES replies (id),
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        said_at TEXT NOT NULL,
        PRIMARY KEY (reply_id, position)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE comments ADD COLUMN channel TEXT NOT NULL DEFAULT '';
    ALTER TABLE comments ADD COLUMN occasion TEXT;
    ALTER TABLE comments ADD COLUMN months INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE comments ADD COLUMN gifts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE comments ADD COLUMN retracted_at TEXT;
    CREATE INDEX comments_by_author ON comments (platform, author_id);
    """,
    # Once made five tables that nothing read.
    "",
    # What was paid for is settled once it was answered, or a moderator has passed it over. All that
    # was heard before this was known counts as settled.
    """
    DROP TABLE IF EXISTS actions;
    DROP TABLE IF EXISTS mutes;
    DROP TABLE IF EXISTS optouts;
    DROP TABLE IF EXISTS topics;
    DROP TABLE IF EXISTS state;
    ALTER TABLE sentences ADD COLUMN mood TEXT NOT NULL DEFAULT '';
    ALTER TABLE comments ADD COLUMN settled_at TEXT;
    UPDATE comments SET settled_at = written_at;
    CREATE INDEX comments_unsettled ON comments (written_at) WHERE settled_at IS NULL;
    """,
    """
    CREATE TABLE optouts (
        platform TEXT NOT NULL,
        viewer_id TEXT NOT NULL,
        PRIMARY KEY (platform, viewer_id)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        ordered_at TEXT NOT NULL,
        platform TEXT NOT NULL,
        moderator_id TEXT NOT NULL,
        moderator_name TEXT NOT NULL,
        command TEXT NOT NULL,
        words TEXT NOT NULL,
        about_platform TEXT NOT NULL,
        about_id TEXT NOT NULL,
        outcome TEXT NOT NULL
    );
    CREATE TABLE mutes (
        platform TEXT NOT NULL,
        viewer_id TEXT NOT NULL,
        name TEXT NOT NULL,
        until TEXT NOT NULL,
        PRIMARY KEY (platform, viewer_id)
    ) WITHOUT ROWID;
    CREATE TABLE topics (topic TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE state (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        set_at TEXT NOT NULL
    ) WITHOUT ROWID;
    ALTER TABLE replies ADD COLUMN persona TEXT NOT NULL DEFAULT '';
    UPDATE replies SET persona = (SELECT persona FROM streams WHERE streams.id = stream_id);
    """,
    # What can be searched, by three letters at a time, as Japanese has no borders between words.
    # A comment has an even number, and a sentence an odd one, by which it is found and deleted.
    """
    CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'trigram');
    INSERT INTO words (rowid, text) SELECT id * 2, text FROM comments;
    INSERT INTO words (rowid, text)
        SELECT (reply_id * 256 + position) * 2 + 1, text FROM sentences;
    CREATE TRIGGER comment_words AFTER INSERT ON comments BEGIN
        INSERT INTO words (rowid, text) VALUES (new.id * 2, new.text);
    END;
    CREATE TRIGGER comment_words_gone AFTER DELETE ON comments BEGIN
        DELETE FROM words WHERE rowid = old.id * 2;
    END;
    CREATE TRIGGER sentence_words AFTER INSERT ON sentences BEGIN
        INSERT INTO words (rowid, text)
            VALUES ((new.reply_id * 256 + new.position) * 2 + 1, new.text);
    END;
    CREATE TRIGGER sentence_words_gone AFTER DELETE ON sentences BEGIN
        DELETE FROM words WHERE rowid = (old.reply_id * 256 + old.position) * 2 + 1;
    END;
    """,
    # What was paid for waits for a moderator also over a crash; nobody has let it in yet.
    "ALTER TABLE comments ADD COLUMN held INTEGER NOT NULL DEFAULT 0;",
    # What of the show did not work, and for how long.
    """
    CREATE TABLE faults (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        part TEXT NOT NULL,
        told TEXT NOT NULL,
        began_at TEXT NOT NULL,
        ended_at TEXT
    );
    """,
    # What the character had done, for whom.
    """
    CREATE TABLE calls (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        called_at TEXT NOT NULL,
        platform TEXT NOT NULL,
        viewer_id TEXT NOT NULL,
        tool TEXT NOT NULL,
        arguments TEXT NOT NULL,
        result TEXT NOT NULL
    );
    """,
    # What there is to know of a viewer for long, and what a stream was about, as the model tells.
    """
    CREATE TABLE facts (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        noted_at TEXT NOT NULL,
        platform TEXT NOT NULL,
        viewer_id TEXT NOT NULL,
        fact TEXT NOT NULL,
        UNIQUE (platform, viewer_id, fact)
    );
    ALTER TABLE streams ADD COLUMN recap TEXT NOT NULL DEFAULT '';
    """,
)
"""What brings a database from one ``user_version`` to the next, in order."""


async def migrate(connection: aiosqlite.Connection, path: Path) -> None:
    """Set the connection up and bring the tables to the newest version.

    Raises:
        MisconfiguredError: a newer version of the bot wrote the file.
        sqlite3.Error: it cannot be read or written.
    """
    await connection.execute("PRAGMA journal_mode = WAL")
    await connection.execute("PRAGMA synchronous = NORMAL")
    await connection.execute("PRAGMA foreign_keys = ON")
    # What a viewer has deleted is not to stay in pages that are free.
    await connection.execute("PRAGMA secure_delete = ON")
    ((version,),) = await connection.execute_fetchall("PRAGMA user_version")
    if version > len(MIGRATIONS):
        raise MisconfiguredError(
            f"The history {path} was written by a newer vtuber-bot. Update the bot, or name"
            " another file in BOT_DATABASE."
        )
    for number, migration in enumerate(MIGRATIONS[version:], version + 1):
        await connection.executescript(
            f"BEGIN IMMEDIATE; {migration}; PRAGMA user_version = {number}; COMMIT;"
        )

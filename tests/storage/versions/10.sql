
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
    

    ALTER TABLE comments ADD COLUMN channel TEXT NOT NULL DEFAULT '';
    ALTER TABLE comments ADD COLUMN occasion TEXT;
    ALTER TABLE comments ADD COLUMN months INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE comments ADD COLUMN gifts INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE comments ADD COLUMN retracted_at TEXT;
    CREATE INDEX comments_by_author ON comments (platform, author_id);
    


    DROP TABLE IF EXISTS actions;
    DROP TABLE IF EXISTS mutes;
    DROP TABLE IF EXISTS optouts;
    DROP TABLE IF EXISTS topics;
    DROP TABLE IF EXISTS state;
    ALTER TABLE sentences ADD COLUMN mood TEXT NOT NULL DEFAULT '';
    ALTER TABLE comments ADD COLUMN settled_at TEXT;
    UPDATE comments SET settled_at = written_at;
    CREATE INDEX comments_unsettled ON comments (written_at) WHERE settled_at IS NULL;
    

    CREATE TABLE optouts (
        platform TEXT NOT NULL,
        viewer_id TEXT NOT NULL,
        PRIMARY KEY (platform, viewer_id)
    ) WITHOUT ROWID;
    

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
    
ALTER TABLE comments ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE faults (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        part TEXT NOT NULL,
        told TEXT NOT NULL,
        began_at TEXT NOT NULL,
        ended_at TEXT
    );
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
INSERT INTO "streams" VALUES(1,'Botan','gpt-oss:120b','2025-10-01T12:00:00.000+00:00','2025-10-01T14:00:00.000+00:00');
INSERT INTO "viewers" VALUES('youtube','UC-mika','mika','2025-10-01T12:01:00.000+00:00','2025-10-01T12:01:00.000+00:00');
INSERT INTO "comments" VALUES(1,1,'youtube','m1','UC-mika','mika','member','do you like zebras?','500','JPY','2025-10-01T12:01:00.000+00:00','',NULL,0,0,NULL,NULL,0);
INSERT INTO "replies" VALUES(1,1,'mika: do you like zebras?','finished','2025-10-01T12:01:01.000+00:00','2025-10-01T12:01:05.000+00:00','Botan');
INSERT INTO "answers" VALUES(1,1);
INSERT INTO "sentences" VALUES(1,0,'I do, mika.','2025-10-01T12:01:03.000+00:00','');
PRAGMA user_version = 10;

BEGIN TRANSACTION;
CREATE TABLE answers (
        reply_id INTEGER NOT NULL REFERENCES replies (id),
        comment_id INTEGER NOT NULL REFERENCES comments (id),
        PRIMARY KEY (reply_id, comment_id)
    ) WITHOUT ROWID;
INSERT INTO "answers" VALUES(1,1);
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
        written_at TEXT NOT NULL, channel TEXT NOT NULL DEFAULT '', occasion TEXT, months INTEGER NOT NULL DEFAULT 0, gifts INTEGER NOT NULL DEFAULT 0, retracted_at TEXT, settled_at TEXT,
        UNIQUE (platform, message_id),
        FOREIGN KEY (platform, author_id) REFERENCES viewers (platform, id)
    );
INSERT INTO "comments" VALUES(1,1,'youtube','m1','UC-mika','mika','member','do you like zebras?','500','JPY','2025-10-01T12:01:00.000+00:00','',NULL,0,0,NULL,NULL);
CREATE TABLE optouts (
        platform TEXT NOT NULL,
        viewer_id TEXT NOT NULL,
        PRIMARY KEY (platform, viewer_id)
    ) WITHOUT ROWID;
CREATE TABLE replies (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL REFERENCES streams (id),
        asked TEXT NOT NULL,
        outcome TEXT,
        started_at TEXT NOT NULL,
        ended_at TEXT
    );
INSERT INTO "replies" VALUES(1,1,'mika: do you like zebras?','finished','2025-10-01T12:01:01.000+00:00','2025-10-01T12:01:05.000+00:00');
CREATE TABLE sentences (
        reply_id INTEGER NOT NULL REFERENCES replies (id),
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        said_at TEXT NOT NULL, mood TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (reply_id, position)
    ) WITHOUT ROWID;
INSERT INTO "sentences" VALUES(1,0,'I do, mika.','2025-10-01T12:01:03.000+00:00','');
CREATE TABLE streams (
        id INTEGER PRIMARY KEY,
        persona TEXT NOT NULL,
        model TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT
    );
INSERT INTO "streams" VALUES(1,'Botan','gpt-oss:120b','2025-10-01T12:00:00.000+00:00','2025-10-01T14:00:00.000+00:00');
CREATE TABLE viewers (
        platform TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        PRIMARY KEY (platform, id)
    ) WITHOUT ROWID;
INSERT INTO "viewers" VALUES('youtube','UC-mika','mika','2025-10-01T12:01:00.000+00:00','2025-10-01T12:01:00.000+00:00');
CREATE INDEX answers_by_comment ON answers (comment_id);
CREATE INDEX comments_by_author ON comments (platform, author_id);
CREATE INDEX comments_unsettled ON comments (written_at) WHERE settled_at IS NULL;
COMMIT;
PRAGMA user_version = 5;

-- Rooms, journal, snapshots, last poses, settings. A released migration is never edited: its checksum is compared at start.
-- States, ops, payloads, inverses and poses are opaque canonical JSON, kept as TEXT byte for byte.
-- All times are milliseconds since 1970-01-01 UTC.

CREATE TABLE rooms (
    id          TEXT    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    template    TEXT    NOT NULL,
    seed        INTEGER NOT NULL,
    created_by  TEXT,
    created_at  INTEGER NOT NULL,
    -- Fencing token: grows each time the room is opened; an append with another epoch is refused.
    epoch       INTEGER NOT NULL CHECK (epoch >= 0),
    -- Told to peers: grows each time the room is opened; 16 bits, never 0 once opened.
    incarnation INTEGER NOT NULL CHECK (incarnation BETWEEN 0 AND 65535),
    last_seq    INTEGER NOT NULL CHECK (last_seq >= 0),
    last_tick   INTEGER NOT NULL CHECK (last_tick >= 0),
    last_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a deleted room leaves behind: its counters, so that a new room of the same id goes on counting
-- and neither a late writer nor a peer of the old room can take one for the other.
CREATE TABLE deleted_rooms (
    id          TEXT    NOT NULL PRIMARY KEY,
    epoch       INTEGER NOT NULL,
    incarnation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Rows lie in the order of writing, the key is an index: a group of a thousand rooms writes its events into a few
-- neighbouring pages instead of one page per room. The price is a scattered read when a room is opened, which is rare.
CREATE TABLE events (
    room_id    TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL CHECK (seq >= 1),
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    payload    TEXT    NOT NULL,
    ops        TEXT    NOT NULL,
    -- NULL = cannot be undone.
    inverse    TEXT,
    undoes     INTEGER CHECK (undoes >= 1),
    command_id TEXT,
    epoch      INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
) STRICT;

-- A command id is unique per user and room for ten minutes. The room remembers a *sliding* window of ten minutes and is
-- the one who answers repeats; this index is the net below it. The bucket (at / 600000) is what makes the net harmless:
-- two events at least ten minutes apart never share a bucket, so a client that reuses an id much later is admitted by the
-- room and by the index alike. Without the bucket the index would refuse the batch of such a client, and a refused
-- batch costs the room a restart: one careless client could do that to everybody, for ever.
-- Within ten minutes the index may let a repeat pass (bucket edge) but never refuses what the room admits.
-- The bucket comes second so that the same index finds the commands of the last ten minutes when a room is opened.
CREATE UNIQUE INDEX events_command ON events (room_id, at / 600000, actor, command_id) WHERE command_id IS NOT NULL;

CREATE TABLE snapshots (
    id      INTEGER PRIMARY KEY,
    room_id TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL CHECK (seq >= 0),
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('auto', 'named', 'initial')),
    -- May repeat: the newest snapshot of a name is the one that the name means.
    name    TEXT,
    state   TEXT    NOT NULL,
    hash    TEXT    NOT NULL,
    -- 1 = an event refers to this state by its hash: never pruned.
    pinned  INTEGER NOT NULL CHECK (pinned IN (0, 1))
) STRICT;

-- Writing the same snapshot again (a retry, or to pin it) changes nothing but the pin.
CREATE UNIQUE INDEX snapshots_same ON snapshots (room_id, seq, kind, coalesce(name, ''), hash);
CREATE INDEX snapshots_hash ON snapshots (room_id, hash);

CREATE TABLE last_poses (
    room_id TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id TEXT    NOT NULL,
    pose    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row that health checks overwrite: shows that a durable write works, without touching any journal.
CREATE TABLE probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- What a room's people may do, and how the room is set. Both are the room's: the store reads neither.
ALTER TABLE rooms ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- Only those who are something else than a visitor without a mark have a row.
CREATE TABLE members (
    room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    role    TEXT NOT NULL CHECK (role IN ('visitor', 'member', 'builder', 'moderator', 'owner')),
    -- Canonical JSON.
    state   TEXT NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

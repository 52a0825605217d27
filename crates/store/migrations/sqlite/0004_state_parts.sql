-- States are stored in parts by content: a state stored again shares what did not change, and no transaction has to write a
-- large one whole.
CREATE TABLE state_parts (
    room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    -- SHA-256 of `text` in hex.
    hash    TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (room_id, hash)
) STRICT;

-- Every state so far becomes the only part of itself.
INSERT OR IGNORE INTO state_parts (room_id, hash, text) SELECT room_id, hash, state FROM snapshots;

-- A JSON list of hashes, in order, and the bytes of their texts.
ALTER TABLE snapshots ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE snapshots ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE snapshots SET parts = json_array(hash), bytes = octet_length(state);
ALTER TABLE snapshots DROP COLUMN state;

-- States that events refer to stay as long as the events: nothing may have to look at all of them to find which parts none has.
-- How many of the room's snapshots have the part; one that none has goes when snapshots are pruned.
ALTER TABLE state_parts ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
UPDATE state_parts SET uses = used.uses
  FROM (SELECT snapshots.room_id AS room_id, part.value AS hash, count(DISTINCT snapshots.id) AS uses
          FROM snapshots, json_each(snapshots.parts) AS part GROUP BY 1, 2) AS used
 WHERE state_parts.room_id = used.room_id AND state_parts.hash = used.hash;
CREATE INDEX state_parts_unused ON state_parts (room_id) WHERE uses = 0;

-- Bytes of the texts of a room's parts.
ALTER TABLE rooms ADD COLUMN state_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE rooms SET state_bytes = parts.bytes
  FROM (SELECT room_id, sum(octet_length(text)) AS bytes FROM state_parts GROUP BY 1) AS parts
 WHERE rooms.id = parts.room_id;

-- The snapshots that may be pruned for their age, however many others a room has.
CREATE INDEX snapshots_prunable ON snapshots (room_id, seq) WHERE kind = 'auto' AND pinned = 0;

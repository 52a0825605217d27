-- Which stored states the journal still refers to: asked each time a name is saved again. Restores are rare, so the index
-- is small and costs other events nothing.
CREATE INDEX events_restores ON events (room_id, seq) WHERE name = 'snapshot_restored';

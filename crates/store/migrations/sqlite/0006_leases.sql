-- Which node runs the room, and until when nobody else may open it; NULL = nobody.
ALTER TABLE rooms ADD COLUMN held_by TEXT;
ALTER TABLE rooms ADD COLUMN held_until INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rooms_held ON rooms (held_by) WHERE held_by IS NOT NULL;

//! A snapshot on its way: chunks in order, and the messages that must wait for the last one. Owns the assembly.

use crate::limits::{SNAPSHOT_CHUNKS_MAX, SYNC_BACKLOG_MAX};
use crate::replica::Desync;
use serde_json::Value;
use thexr_wire::limits::ROOM_ENTITIES_MAX;
use thexr_wire::message::{EntityRow, SnapshotChunk};

/// Chunks so far.
#[derive(Debug)]
pub(crate) struct Assembly {
    /// The state is the fold up to this seq.
    pub seq: u64,
    next: u32,
    count: Option<u32>,
    rows: Vec<EntityRow>,
    backlog: Vec<(String, Value)>,
}

impl Assembly {
    pub fn new(seq: u64) -> Self {
        Self { seq, next: 0, count: None, rows: Vec::new(), backlog: Vec::new() }
    }

    /// Takes the next chunk; `true` with the last one.
    pub fn chunk(&mut self, chunk: SnapshotChunk) -> Result<bool, Desync> {
        let count = *self.count.get_or_insert(chunk.count);
        if chunk.index != self.next || chunk.count != count || !(1..=SNAPSHOT_CHUNKS_MAX).contains(&count) {
            return Err(Desync::ChunkOutOfOrder);
        }
        self.next += 1;
        self.rows.extend(chunk.entities);
        // An entity that spans chunks has a row in each of them.
        if self.rows.len() > ROOM_ENTITIES_MAX + SNAPSHOT_CHUNKS_MAX as usize {
            return Err(Desync::TooManyEntities);
        }
        Ok(self.next == count)
    }

    /// Keeps a message until the snapshot is whole.
    pub fn wait(&mut self, event: String, payload: Value) -> Result<(), Desync> {
        if self.backlog.len() >= SYNC_BACKLOG_MAX {
            return Err(Desync::BacklogFull);
        }
        self.backlog.push((event, payload));
        Ok(())
    }

    /// The whole: rows, and what waited.
    pub fn finish(self) -> (Vec<EntityRow>, Vec<(String, Value)>) {
        (self.rows, self.backlog)
    }
}

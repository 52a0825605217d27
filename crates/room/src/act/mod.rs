//! What may be asked of a room: commands, from a payload to a fact or a refusal.

pub(crate) mod args;
pub(crate) mod commands;
pub(crate) mod edit;
mod names;
pub(crate) mod snapshots;
mod transact;

use snapshots::PendingLoad;

/// What the commands of earlier ticks have left.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    /// The restore that waits for the store.
    load: Option<PendingLoad>,
    next_load: u64,
    /// When the room was last saved, and when a state was last asked for, room milliseconds.
    saved_at_ms: Option<i64>,
    restored_at_ms: Option<i64>,
}

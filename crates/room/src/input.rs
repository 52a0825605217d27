//! What the shell may tell a room. Owns shapes only.

use crate::people::asking::Join;
use serde_json::Value;
use std::sync::Arc;
use thexr_world::World;

/// A stored state that was asked for.
#[derive(Debug, Clone)]
pub struct LoadedState {
    /// Hex SHA-256 of its text.
    pub hash: String,
    /// The state.
    pub world: Arc<World>,
}

/// Something that happens to a room, from a peer or its connection.
#[derive(Debug, Clone)]
pub enum Input {
    /// The peer wants in.
    Join(Box<Join>),
    /// The peer says goodbye.
    Leave,
    /// The peer's connection is lost.
    Lost,
    /// The peer pushes an event of the channel.
    Command {
        /// Its ref, echoed in the reply.
        reference: Value,
        /// Name of the event.
        name: String,
        /// Payload.
        payload: Value,
    },
    /// Answer to a request for a stored state; `None` when there is none of that name.
    StateLoaded {
        /// Which request.
        request: u64,
        /// The state.
        state: Option<LoadedState>,
    },
}

/// How the store is doing; decides whether commands that change something are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StoreState {
    /// Keeping up.
    #[default]
    Fine,
    /// Too many ticks unconfirmed.
    Slow,
    /// Cannot write.
    Unavailable,
}

//! What the shell may tell a room. Owns shapes only.

use crate::act::command::Request;
use crate::act::snapshots::LoadedState;
use crate::game::monsters::Baked;
use crate::people::asking::Join;
use serde_json::Value;

/// Something that happens to a room, from a peer or its connection.
#[derive(Debug, Clone)]
pub enum Input {
    /// The peer wants in.
    Join(Box<Join>),
    /// The peer says goodbye.
    Leave,
    /// The peer's connection is lost.
    Lost,
    /// The peer wants something done.
    Act {
        /// The push's ref, echoed in the reply.
        address: Value,
        /// What it wants.
        request: Box<Request>,
    },
    /// Answer to a request for a stored state; `None` when there is none of that name.
    StateLoaded {
        /// Which request.
        request: u64,
        /// The state.
        state: Option<LoadedState>,
    },
    /// Ways that were to be found are, or cannot be.
    Baked(Baked),
    /// A state that was to be stored is, or cannot be.
    StateKept {
        /// Which: the number it was handed out with.
        number: u64,
        /// Whether it is stored.
        kept: bool,
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

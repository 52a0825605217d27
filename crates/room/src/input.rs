//! What the shell may tell a room. Owns shapes only.

use crate::act::command::Request;
use crate::act::snapshots::held_then;
use crate::people::asking::Join;
use serde_json::Value;
use std::sync::Arc;
use thexr_world::{Op, World};

/// A stored state that was asked for.
#[derive(Debug, Clone)]
pub struct LoadedState {
    pub(crate) hash: String,
    pub(crate) world: Arc<World>,
    /// What leaves things where people held them then.
    pub(crate) let_go: Vec<Op>,
}

impl LoadedState {
    /// A state with the hex SHA-256 of its text. Looks at all of it: make it outside of the tick.
    pub fn new(hash: String, world: Arc<World>) -> Self {
        let let_go = held_then(&world);
        Self { hash, world, let_go }
    }
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

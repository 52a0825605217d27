//! What the shell may tell a room. Owns shapes only.

use crate::act::command::Request;
use crate::act::snapshots::held_then;
use crate::outbox::Event;
use serde_json::Value;
use std::sync::Arc;
use thexr_wire::UserId;
use thexr_wire::message::JoinPayload;
use thexr_world::{Op, World};

/// Missed history of someone who resumes; the shell has checked the token.
#[derive(Debug, Clone)]
pub struct ResumeFrom {
    /// Last seq the client applied.
    pub seq: u64,
    /// Stored events after it, as far as the store had them.
    pub tail: Vec<Arc<Event>>,
}

/// Someone wants in.
#[derive(Debug, Clone)]
pub struct Join {
    /// Who, as the token says.
    pub user: UserId,
    /// What the client sent.
    pub payload: JoinPayload,
    /// Taking up an earlier connection.
    pub resume: Option<ResumeFrom>,
}

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

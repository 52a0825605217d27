//! A fact about to be made.

use crate::facts::Fact;
use crate::log::ring::cost;
use crate::outbox::{Actor, Hearers, Inverse};
use crate::reject::{EVENT_TOO_LARGE, Reject};
use serde_json::Value;
use thexr_wire::UserId;
use thexr_wire::json;
use thexr_wire::limits::{EVENT_BYTES_MAX, EVENT_MEMORY_BYTES_MAX};
use thexr_world::Op;

/// An event without its number.
#[derive(Clone)]
pub(crate) struct Draft {
    pub actor: Actor,
    pub name: String,
    pub payload: Value,
    pub ops: Vec<Op>,
    pub hearers: Hearers,
    pub inverse: Option<Inverse>,
    pub command_id: Option<String>,
}

impl Draft {
    /// Made by the room.
    pub fn server(fact: Fact, payload: Value, ops: Vec<Op>) -> Self {
        Self::named(fact.name().into(), payload, ops)
    }

    fn named(name: String, payload: Value, ops: Vec<Op>) -> Self {
        Self {
            actor: Actor::Server,
            name,
            payload,
            ops,
            hearers: Hearers::Everyone,
            inverse: None,
            command_id: None,
        }
    }

    /// A fact that changes nothing and that only these hear.
    pub fn told(fact: Fact, payload: Value, hearers: Hearers) -> Self {
        Self { hearers, ..Self::server(fact, payload, Vec::new()) }
    }

    /// Of a name that somebody made up, which is no name of ours.
    pub fn custom(name: String, payload: Value, hearers: Hearers) -> Self {
        Self { hearers, ..Self::named(name, payload, Vec::new()) }
    }

    /// Made by a person.
    pub fn user(user: &UserId, fact: Fact, payload: Value, ops: Vec<Op>) -> Self {
        Self { actor: Actor::User(user.clone()), ..Self::server(fact, payload, ops) }
    }

    /// What it costs, bytes, if it is small enough for one event, and so for one resume.
    pub fn fitting(&self) -> Result<usize, Reject> {
        let bytes = cost(&self.ops, &self.payload) + self.hearers.bytes();
        let memory = || json::memory(&self.payload) + self.ops.iter().map(Op::memory).sum::<usize>();
        let too_large = bytes > EVENT_BYTES_MAX || memory() > EVENT_MEMORY_BYTES_MAX;
        if too_large { Err(EVENT_TOO_LARGE) } else { Ok(bytes) }
    }
}

//! A command refused: the peer's fault, with a stable reason. Owns the list of reasons this crate gives.

use std::borrow::Cow;
use thexr_world::{FoldError, SchemaError};

/// Why a wish was not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Stable, snake_case, part of the protocol.
    pub reason: &'static str,
    /// For people.
    pub detail: Cow<'static, str>,
    /// It says nothing of the room's state: it may be told before what the disk has not confirmed yet.
    pub at_once: bool,
}

impl Reject {
    /// A refusal with a fixed explanation, which waits for the disk like every answer.
    pub const fn new(reason: &'static str, detail: &'static str) -> Self {
        Self { reason, detail: Cow::Borrowed(detail), at_once: false }
    }

    /// As [`new`](Self::new), but it says nothing of the room's state.
    pub const fn at_once(reason: &'static str, detail: &'static str) -> Self {
        Self { reason, detail: Cow::Borrowed(detail), at_once: true }
    }

    /// A refusal that explains itself with what it is about.
    pub fn with_detail(reason: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, detail: detail.into(), at_once: false }
    }

    /// The payload does not have the documented shape.
    pub fn bad_payload(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::with_detail("bad_payload", detail)
    }

    /// The same refusal, of what was asked alone, whatever the room's state.
    pub fn told_at_once(self) -> Self {
        Self { at_once: true, ..self }
    }

    /// The refusal as a reply's response.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({"reason": self.reason, "detail": self.detail})
    }
}

impl From<FoldError> for Reject {
    fn from(error: FoldError) -> Self {
        Self::with_detail(error.reason(), error.to_string())
    }
}

impl From<SchemaError> for Reject {
    fn from(error: SchemaError) -> Self {
        Self::with_detail("bad_component", error.expected)
    }
}

/// No command, and no event a room's rules define, has this name.
pub const UNKNOWN_EVENT: Reject = Reject::new("unknown_event", "This server knows no command of that name.");
/// The sender has no avatar here.
pub const NOT_INSIDE: Reject = Reject::new("not_inside", "You are observing. Enter the room to do this.");
/// Another connection moves the sender's body.
pub const NOT_DRIVER: Reject =
    Reject::new("not_driver", "You are here in another window, too, and it moves you. Continue here first.");
/// The sender has died, in a game.
pub const DEAD: Reject = Reject::new("dead", "You have died. You are back in a moment.");
/// What is to be touched is out of reach.
pub const TOO_FAR: Reject = Reject::new("too_far", "This is too far away. Go nearer.");
/// The room's queue is full.
pub const ROOM_BUSY: Reject =
    Reject::at_once("room_busy", "The room has more to do than it can. Try again in a moment.");
/// Too much of the room's history waits for the disk.
pub const STORE_SLOW: Reject =
    Reject::at_once("store_slow", "The disk is slow right now. Try again in a moment.");
/// The store cannot be written.
pub const STORE_UNAVAILABLE: Reject = Reject::at_once(
    "store_unavailable",
    "Nothing can be saved right now. Moving about still works; try again soon.",
);
/// The name of a built-in event.
pub const RESERVED_EVENT: Reject =
    Reject::new("reserved_event", "Events of that name are made by the room alone.");
/// The payload nests deeper than 32.
pub const TOO_DEEP: Reject = Reject::new("too_deep", "A payload nests at most 32 levels.");
/// A change is larger than one event may be.
pub const EVENT_TOO_LARGE: Reject =
    Reject::new("event_too_large", "One command changes at most 1 MiB. Do it in several steps.");
/// No further command id can be remembered.
pub const TOO_MANY_COMMANDS: Reject =
    Reject::at_once("rate_limited", "Too many commands in the last ten minutes. Try again in a while.");
/// A push of someone who waits to be let in.
pub const NOT_JOINED: Reject =
    Reject::at_once("not_joined", "You are not in the room yet. Wait for the answer to your join.");
/// A person's connection makes way for their newer ones.
pub const TOO_MANY_CONNECTIONS: Reject = Reject::new(
    "too_many_connections",
    "You are in this room with too many windows. This one was closed for a newer one.",
);

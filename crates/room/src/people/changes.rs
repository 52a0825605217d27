//! What has changed about people in this tick, until it is told.

use crate::log::missed::ResumeFrom;
use crate::reject::Reject;
use serde_json::Value;
use thexr_wire::pose::Pose;
use thexr_wire::{PeerId, UserId};

/// Collected during a tick, told at its end.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub presence: PresenceChange,
    pub joined: Vec<Newcomer>,
    pub refused: Vec<(PeerId, Refusal)>,
    /// Connections that end for good, and why.
    pub ended: Vec<(PeerId, Reject)>,
    /// Joins that wait, with how many come first.
    pub queued: Vec<(PeerId, usize)>,
    pub drivers: Vec<(PeerId, bool)>,
    /// Places to keep of those who left.
    pub places: Vec<(UserId, Pose)>,
}

#[derive(Debug, Default)]
pub(crate) struct PresenceChange {
    pub joined: Vec<(UserId, PeerId)>,
    pub left: Vec<(UserId, PeerId)>,
}

/// Why a join is not granted.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub response: Value,
    /// It says nothing of the room's state.
    pub at_once: bool,
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        Self { response: reject.to_json(), at_once: reject.at_once }
    }
}

/// Someone who was admitted in this tick.
#[derive(Debug)]
pub(crate) struct Newcomer {
    pub peer: PeerId,
    pub slot: Option<u16>,
    pub resume: Option<ResumeFrom>,
    /// Seq of the event that made the avatar, if this join did.
    pub made: Option<u64>,
}

impl Changes {
    pub fn refuse(&mut self, peer: PeerId, refusal: impl Into<Refusal>) {
        self.refused.push((peer, refusal.into()));
    }

    pub fn driver(&mut self, peer: PeerId, driver: bool) {
        self.drivers.push((peer, driver));
    }

    /// Nothing more for a peer that is gone.
    pub fn forget(&mut self, peer: PeerId) {
        self.joined.retain(|newcomer| newcomer.peer != peer);
        self.drivers.retain(|(other, _)| *other != peer);
    }
}

//! How a room begins: from nothing (a template), or from what the store kept.

use crate::log::memory::Remembered;
use crate::outbox::Event;
use crate::rights::Rights;
use std::collections::BTreeMap;
use thexr_wire::UserId;
use thexr_wire::limits::{ROOM_PEERS_MAX, ROOM_PEOPLE_MAX};
use thexr_wire::pose::Pose;
use thexr_world::{FoldError, Stamp, States, World};

/// A stored snapshot as the room knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// `initial` or `named`.
    pub kind: &'static str,
    /// Room time of saving, milliseconds.
    pub at_ms: i64,
}

/// A command answered before the restart.
#[derive(Debug, Clone, PartialEq)]
pub struct PastCommand {
    /// Whose.
    pub user: UserId,
    /// The client's id.
    pub id: String,
    /// When.
    pub at_ms: i64,
    /// What was answered.
    pub reply: Remembered,
}

/// How many a room takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// People inside; whoever wants to enter beyond them is let in as a spectator.
    pub people_max: usize,
    /// Connections, spectators included; beyond them joins are refused with `room_full`.
    pub peers_max: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { people_max: ROOM_PEOPLE_MAX, peers_max: ROOM_PEERS_MAX }
    }
}

/// Everything a room starts from.
#[derive(Debug, Clone, Default)]
pub struct Boot {
    /// State as of `seq`.
    pub world: World,
    /// Last seq of the journal.
    pub seq: u64,
    /// Seq of the newest stored snapshot.
    pub snapshot_seq: u64,
    /// Grows with each start, also across processes: what makes presence refs unique.
    pub epoch: u64,
    /// Last tick; the next is later.
    pub tick: u64,
    /// Time of the last event, milliseconds; time never goes back behind it.
    pub at_ms: i64,
    /// Which life of the room this is.
    pub incarnation: u16,
    /// Seed of its dice.
    pub seed: u64,
    /// Commands of the last ten minutes.
    pub commands: Vec<PastCommand>,
    /// Where people were, those seen longest ago first.
    pub last_poses: Vec<(UserId, Pose)>,
    /// Snapshots that can be restored, by name.
    pub saved: BTreeMap<String, Saved>,
    /// Who may do what.
    pub rights: Rights,
    /// How many it takes.
    pub caps: Caps,
}

impl Boot {
    /// Folds the journal's tail into a snapshot; errors mean that the journal does not fit its snapshot.
    pub fn fold_tail(&mut self, tail: &[Event], states: &dyn States) -> Result<(), FoldError> {
        for event in tail {
            self.world.fold(Stamp { seq: event.seq, at_ms: event.at_ms }, &event.ops, states)?;
            self.seq = event.seq;
            self.at_ms = self.at_ms.max(event.at_ms);
        }
        Ok(())
    }
}

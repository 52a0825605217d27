//! One connection, and one person with an avatar.

use crate::log::Log;
use crate::motion::output::Encoded;
use thexr_wire::joints::Hands;
use thexr_wire::message::{Dialect, Mode, Movements};
use thexr_wire::pose::{Marks, Place, Pose};
use thexr_wire::{PeerId, UserId};

/// One connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub user: UserId,
    pub dialect: Dialect,
    pub mode: Mode,
    pub movements: Movements,
    pub interest: bool,
    /// Wanted to enter, but the room is full of people.
    pub crowded: bool,
    /// Where a spectator looked from last.
    pub camera: Option<Place>,
}

impl Peer {
    /// Whether it is a lobby's: it hears no motion and takes no place.
    pub fn is_preview(&self) -> bool {
        self.mode == Mode::Preview
    }
}

/// Someone with an avatar here, connected or away.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Connections that entered, oldest first.
    pub entered: Vec<PeerId>,
    pub driver: Option<PeerId>,
    pub slot: u16,
    pub pose: Pose,
    pub marks: Marks,
    pub hands: Hands,
    /// Tick in which the hands' joints changed.
    pub hands_tick: u64,
    /// Whom they came with; 0 for nobody.
    pub party: u32,
    /// The pose in every tier, since it changed.
    pub encoded: Option<Encoded>,
    pub sample_ms: u64,
    pub changed_tick: u64,
    /// Tick in which they jumped last.
    pub jumped_tick: u64,
    /// They have said that they stay where they are.
    pub stopped: bool,
    pub away_since_ms: Option<i64>,
    /// What peers were told last about being away.
    pub told_away: bool,
    pub place_saved_tick: u64,
}

impl Person {
    /// Someone at a place who has not moved yet.
    pub fn new(log: &Log, slot: u16, pose: Pose) -> Self {
        Self {
            entered: Vec::new(),
            driver: None,
            slot,
            pose,
            marks: Marks { jumped: true, ..Marks::default() },
            hands: Hands::default(),
            hands_tick: 0,
            party: 0,
            encoded: None,
            sample_ms: log.clock_ms(),
            changed_tick: log.now.tick,
            jumped_tick: log.now.tick,
            stopped: true,
            away_since_ms: None,
            told_away: false,
            place_saved_tick: log.now.tick,
        }
    }
}

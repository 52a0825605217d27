//! Who is here: peers, people, who drives, who is away, which slot names them.

mod away;
pub(crate) mod changes;
pub(crate) mod join;
pub(crate) mod slots;

use crate::boot::{Boot, Caps};
use crate::input::Join;
use changes::Changes;
use join::{Peer, Person};
use slots::Slots;
use std::collections::{BTreeMap, VecDeque};
use thexr_wire::pose::Pose;
use thexr_wire::{PeerId, UserId};

/// Everyone who is here, waits to be, or was.
pub(crate) struct People {
    pub caps: Caps,
    pub peers: BTreeMap<PeerId, Peer>,
    pub persons: BTreeMap<UserId, Person>,
    pub last_places: BTreeMap<UserId, Pose>,
    pub slots: Slots,
    /// Joins that wait to be admitted.
    pub waiting: VecDeque<(PeerId, Box<Join>)>,
    pub changes: Changes,
}

impl People {
    /// Nobody yet, but places are remembered.
    pub fn open(boot: &mut Boot) -> Self {
        Self {
            caps: boot.caps,
            peers: BTreeMap::new(),
            persons: BTreeMap::new(),
            last_places: std::mem::take(&mut boot.last_poses),
            slots: Slots::default(),
            waiting: VecDeque::new(),
            changes: Changes::default(),
        }
    }

    /// People inside (with an avatar and a connection).
    pub fn inside(&self) -> usize {
        self.persons.values().filter(|person| !person.entered.is_empty()).count()
    }

    /// Connections of any kind, those waiting to be admitted included.
    pub fn connections(&self) -> usize {
        self.peers.len() + self.waiting.len()
    }

    /// All connections of a person, also those that watch.
    pub fn connections_of(&self, user: &UserId) -> impl Iterator<Item = PeerId> {
        self.peers.iter().filter(move |(_, peer)| peer.user == *user).map(|(id, _)| *id)
    }

    /// Whether nobody is here, away or waiting.
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty() && self.persons.is_empty() && self.waiting.is_empty()
    }
}

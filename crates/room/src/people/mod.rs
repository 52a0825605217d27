//! Who is here: peers, people, who drives, who is away, which slot names them, and who waits at the door.

mod admit;
pub(crate) mod asking;
mod away;
pub(crate) mod changes;
pub(crate) mod course;
mod door;
pub(crate) mod holds;
pub(crate) mod join;
mod leaving;
pub(crate) mod letting_go;
pub(crate) mod listeners;
pub(crate) mod looks;
pub(crate) mod occupancy;
pub(crate) mod person;
mod places;
pub(crate) mod sharing;
pub(crate) mod slots;
pub(crate) mod spawn;
pub(crate) mod whereabouts;

use crate::boot::{Boot, Caps};
use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use admit::Admission;
use changes::Changes;
use door::Door;
use person::{Peer, Person};
use places::Places;
use serde_json::json;
use slots::Slots;
use spawn::SpawnPoints;
use std::collections::BTreeMap;
use thexr_wire::{EntityId, PeerId, UserId};

/// Everyone who is here, waits to be, or was.
pub(crate) struct People {
    pub caps: Caps,
    pub peers: BTreeMap<PeerId, Peer>,
    pub persons: BTreeMap<UserId, Person>,
    pub last_places: Places,
    pub slots: Slots,
    /// Joins that wait to be admitted.
    pub door: Door,
    pub admission: Admission,
    pub changes: Changes,
    /// Peers of each user, oldest first.
    of_user: BTreeMap<UserId, Vec<PeerId>>,
    previews: usize,
    /// Peers that speak json.
    pub json_peers: usize,
    spawn_points: SpawnPoints,
}

impl People {
    /// Nobody yet, but places are remembered; everyone the journal has inside is away.
    pub fn open(boot: &mut Boot, log: &Log) -> Self {
        let mut people = Self {
            caps: boot.caps,
            peers: BTreeMap::new(),
            persons: BTreeMap::new(),
            last_places: Places::open(std::mem::take(&mut boot.last_poses)),
            slots: Slots::default(),
            door: Door::default(),
            admission: Admission::default(),
            changes: Changes::default(),
            of_user: BTreeMap::new(),
            previews: 0,
            json_peers: 0,
            spawn_points: SpawnPoints::of(&log.world, log.seq),
        };
        people.remember_who_was_inside(log);
        people
    }

    /// What has happened in this tick may have made spawn points, or ended some.
    pub fn follow(&mut self, log: &Log) {
        self.spawn_points.follow(&log.world, &log.made.events);
    }

    /// People inside (with an avatar and a connection).
    pub fn inside(&self) -> usize {
        self.persons.values().filter(|person| !person.entered.is_empty()).count()
    }

    /// Connections of any kind, those waiting to be admitted included.
    pub fn connections(&self) -> usize {
        self.peers.len() + self.door.len()
    }

    /// Where somebody who arrives is.
    pub fn arrival(&self, log: &Log, who: &EntityId) -> thexr_wire::pose::Pose {
        let team = log.world.entity(who).and_then(|avatar| avatar.value("team"));
        self.spawn_points.pose(log, &self.persons, team)
    }

    /// Puts a person's head somewhere.
    pub fn put(&mut self, user: &UserId, head: thexr_wire::pose::Place, tick: u64) {
        if let Some(person) = self.persons.get_mut(user) {
            person.put(head, tick);
        }
    }

    /// Who says that they are where they cannot have gone is where they were.
    pub fn put_back_the_strayed(&mut self, log: &mut Log) {
        let (world, tick) = (&log.world, log.now.tick);
        let mut facts = Vec::new();
        for (user, person) in self.persons.iter_mut().filter(|(_, person)| person.strayed) {
            person.strayed = false;
            if person.dead || world.entity(&EntityId::avatar(user)).is_none() {
                continue;
            }
            let Some(head) = person.course.back(tick) else { continue };
            let [x, y, z, qx, qy, qz, qw] = head;
            person.put(head, tick);
            let position = [x, y - spawn::HEAD_HEIGHT_M, z];
            facts.push(json!({"user_id": user, "position": position, "rotation": [qx, qy, qz, qw]}));
        }
        for payload in facts {
            // Where there is no room for it their page is told by their own avatar, which does not follow it.
            let _ = log.emit(Draft::server(Fact::USER_MOVED_BACK, payload, Vec::new()));
        }
    }

    /// All connections of a person, also those that watch, oldest first.
    pub fn connections_of(&self, user: &UserId) -> impl Iterator<Item = PeerId> {
        self.of_user.get(user).into_iter().flatten().copied()
    }

    /// Whether nobody is here, away or waiting.
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty() && self.persons.is_empty() && self.door.is_empty()
    }
}

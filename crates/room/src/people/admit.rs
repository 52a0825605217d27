//! The door opens: who waits is let in as far as it can be carried, and told so or told their place.

use crate::log::Log;
use crate::people::People;
use crate::people::asking::Join;
use crate::people::changes::{Newcomer, Refusal};
use crate::people::person::Peer;
use crate::reject::{ROOM_BUSY, Reject, TOO_MANY_CONNECTIONS};
use serde_json::json;
use thexr_wire::limits::{
    ADMISSION_BYTES_PER_S, CONNECTIONS_PER_PERSON_MAX, JOINS_PER_TICK_MAX, PREVIEWS_MAX,
    PREVIEWS_PER_PERSON_MAX, QUEUED_TICKS, TICK_MS,
};
use thexr_wire::message::{Dialect, Mode};
use thexr_wire::{PeerId, UserId};

/// What one tick may admit, bytes.
const ADMISSION_BYTES_PER_TICK: i64 = (ADMISSION_BYTES_PER_S * TICK_MS / 1_000) as i64;
/// How many ticks' worth may be saved up while nobody comes: half a second, so that a few who come at once need not wait.
const ADMISSION_SAVED_TICKS: i64 = 10;
/// What a person costs in a part of a `restate`: id, slot and pose, bytes.
const RESTATED_BYTES: usize = 160;
/// What a listener hears of someone new, thexr.1: the avatar's `create`, bytes.
const HEARD_BYTES: usize = 160;
/// What a listener hears of someone new, json: also `user_joined` and presence, bytes.
const HEARD_JSON_BYTES: usize = 700;

/// How much may still be told because of joins.
#[derive(Debug)]
pub(crate) struct Admission {
    /// Below 0 after something large: until it is paid off, nobody else is let in.
    bytes: i64,
    /// The shell can take more.
    pub open: bool,
}

impl Default for Admission {
    fn default() -> Self {
        Self { bytes: ADMISSION_BYTES_PER_TICK * ADMISSION_SAVED_TICKS, open: true }
    }
}

impl Admission {
    fn next_tick(&mut self) {
        let most = ADMISSION_BYTES_PER_TICK * ADMISSION_SAVED_TICKS;
        self.bytes = (self.bytes + ADMISSION_BYTES_PER_TICK).min(most);
    }

    fn is_open(&self) -> bool {
        self.open && self.bytes > 0
    }

    fn charge(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub_unsigned(bytes as u64);
    }
}

impl People {
    /// Lets a join wait at its door. Errors: too many wait there.
    pub fn knock(&mut self, log: &Log, peer: PeerId, mut join: Box<Join>) -> Result<(), Reject> {
        if let Some(resume) = &mut join.resume {
            // What the room remembers itself need not wait.
            resume.forget_from(log.ring.first_seq(log.seq));
        }
        let gave_way = self.door.wait(peer, join).map_err(|_| ROOM_BUSY)?;
        for other in gave_way {
            self.changes.refuse(other, ROOM_BUSY);
        }
        Ok(())
    }

    /// Lets in those whose turn it is, as many as can be carried, and tells the others their place once a second.
    pub fn admit_joins(&mut self, log: &mut Log) {
        self.admission.next_tick();
        if !self.door.is_empty() {
            self.spawn_points.follow(&log.world, &log.made.events);
        }
        for _ in 0..JOINS_PER_TICK_MAX {
            if !self.admission.is_open() {
                break;
            }
            let Some((peer, join)) = self.door.admit() else { return };
            let cost = self.cost_of(log, &join);
            match self.join(log, peer, *join) {
                Ok(()) => self.admission.charge(cost),
                Err(refusal) => self.changes.refuse(peer, refusal),
            }
        }
        self.tell_who_waits(log.now.tick);
    }

    /// A part of those who wait in each tick, everyone once a second.
    fn tell_who_waits(&mut self, tick: u64) {
        let waiting = self.door.in_turn().enumerate();
        let told = waiting.filter(|(_, (peer, join))| {
            join.dialect == Dialect::Thexr1 && (tick + peer.0).is_multiple_of(QUEUED_TICKS)
        });
        self.changes.queued.extend(told.map(|(ahead, (peer, _))| (peer, ahead)));
    }

    /// What a join makes the room tell, bytes: the state or what was missed to the newcomer, the newcomer to all others.
    fn cost_of(&self, log: &Log, join: &Join) -> usize {
        let persons = self.persons.len();
        let missed = join.resume.as_ref().and_then(|resume| log.ring.missed_bytes(resume, log.seq));
        let told = match missed {
            Some(bytes) => bytes + persons * RESTATED_BYTES,
            // People's ids, slots and versions are told, and about as much of them, where they came in, is not.
            None => log.world.bytes(),
        };
        let is_new = join.mode == Mode::Enter && !self.persons.contains_key(&join.user);
        let hearers = self.peers.len() - self.json_peers;
        told + if is_new { hearers * HEARD_BYTES + self.json_peers * HEARD_JSON_BYTES } else { 0 }
    }

    /// Lets a peer in, perhaps as a spectator, or says why not: the join's response.
    fn join(&mut self, log: &mut Log, peer: PeerId, join: Join) -> Result<(), Refusal> {
        let has_place = self.persons.contains_key(&join.user);
        if self.is_full_for(&join) {
            return Err(self.full());
        }
        let crowded = join.mode == Mode::Enter && !has_place && self.persons.len() >= self.caps.people_max;
        let mode = if crowded { Mode::Observe } else { join.mode };
        let seq = log.seq;
        let slot = match mode {
            Mode::Enter => Some(self.enter(log, peer, &join)?),
            Mode::Observe | Mode::Preview => None,
        };
        let new = Peer {
            user: join.user.clone(),
            dialect: join.dialect,
            mode,
            movements: join.movements,
            interest: join.interest,
            crowded,
            camera: None,
        };
        self.add_peer(peer, new);
        let made = Some(log.seq).filter(|now| *now > seq && !has_place);
        self.changes.joined.push(Newcomer { peer, slot, resume: join.resume, made });
        if mode == Mode::Enter {
            self.changes.presence.joined.push((join.user.clone(), peer));
        }
        self.end_surplus(log, &join.user, peer, mode == Mode::Preview);
        Ok(())
    }

    /// Whether there is no space for one more connection. Who has a place comes back to it, however full it has become.
    fn is_full_for(&self, join: &Join) -> bool {
        if join.mode == Mode::Preview {
            // Who has as many as they may takes no other's place: their oldest goes.
            let theirs = self.of_kind(&join.user, true).count();
            return self.previews >= PREVIEWS_MAX && theirs < PREVIEWS_PER_PERSON_MAX;
        }
        let has_place = join.mode == Mode::Enter && self.persons.contains_key(&join.user);
        !has_place && self.taken() >= self.caps.peers_max
    }

    /// Ends what a person has too much of after `newest` came: the oldest of its kind that does not drive.
    fn end_surplus(&mut self, log: &mut Log, user: &UserId, newest: PeerId, previews: bool) {
        let most = if previews { PREVIEWS_PER_PERSON_MAX } else { CONNECTIONS_PER_PERSON_MAX };
        loop {
            let theirs = self.of_kind(user, previews).count();
            let beyond_the_room = !previews && theirs > 1 && self.taken() > self.caps.peers_max;
            if theirs <= most && !beyond_the_room {
                return;
            }
            let driver = self.persons.get(user).and_then(|person| person.driver);
            let may_go = |peer: &PeerId| *peer != newest && Some(*peer) != driver;
            let Some(oldest) = self.of_kind(user, previews).find(may_go) else { return };
            self.end(log, oldest);
        }
    }

    /// Ends a connection for good, at the cost of its own person alone.
    fn end(&mut self, log: &mut Log, peer: PeerId) {
        // Who has not been told yet that they are in never was.
        let unheard = self.changes.joined.iter().any(|newcomer| newcomer.peer == peer);
        self.leave(log, peer, false);
        if unheard {
            self.changes.refuse(peer, TOO_MANY_CONNECTIONS);
        } else {
            self.changes.ended.push((peer, TOO_MANY_CONNECTIONS));
        }
    }

    /// Connections that count towards the room's.
    fn taken(&self) -> usize {
        self.peers.len() - self.previews
    }

    /// A person's connections, oldest first: previews, or all others.
    fn of_kind(&self, user: &UserId, previews: bool) -> impl Iterator<Item = PeerId> {
        self.connections_of(user)
            .filter(move |peer| self.peers.get(peer).is_some_and(|peer| peer.is_preview() == previews))
    }

    /// The refusal of a room that takes no more connections, with how full it is.
    fn full(&self) -> Refusal {
        let load = json!({
            "people": self.persons.len(), "peers": self.taken(),
            "people_max": self.caps.people_max, "peers_max": self.caps.peers_max,
        });
        let detail = format!("This room is full: {} people are inside. Try again soon.", self.persons.len());
        let response = json!({"reason": "room_full", "detail": detail, "load": load});
        Refusal { response, at_once: false }
    }

    fn add_peer(&mut self, id: PeerId, peer: Peer) {
        self.previews += usize::from(peer.is_preview());
        self.json_peers += usize::from(peer.dialect == Dialect::Json);
        self.of_user.entry(peer.user.clone()).or_default().push(id);
        self.peers.insert(id, peer);
    }

    /// Takes a connection out; `None` when there is none.
    pub fn remove_peer(&mut self, id: PeerId) -> Option<Peer> {
        let peer = self.peers.remove(&id)?;
        self.previews -= usize::from(peer.is_preview());
        self.json_peers -= usize::from(peer.dialect == Dialect::Json);
        if let Some(theirs) = self.of_user.get_mut(&peer.user) {
            theirs.retain(|other| *other != id);
            if theirs.is_empty() {
                self.of_user.remove(&peer.user);
            }
        }
        Some(peer)
    }
}

//! What one touches or throws moves at once: it is simulated here, and the room is told where it is (protocol 4.17).
//!
//! Decides what the simulation is asked and what its answers mean; the simulation itself is the shell's, behind orders and
//! reports, and the client is complete without one. Around oneself the simulation has what the room has: what others or the room
//! move is steered along what is shown of it, and what one's body, one's hands or what one simulates touch is one's own.

use crate::limits::{PREDICTED_HOPS, PREDICTED_REST_MS, PREDICTED_STEPS_MAX};
use crate::own::{Own, OwnThings};
use crate::replica::Replica;
use crate::surroundings::{Around, Shown, Surroundings, distance, first_three};
use std::collections::{BTreeMap, VecDeque};
use thexr_physics::{
    Described, FIRST_LIMB, Key, Kind, Order, Orders, Report, STEPS_PER_S, Solid, State, Things, Told,
};
use thexr_wire::EntityId;
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::claims::{CLAIMS_MAX, Claim, Claims, REACH_M};
use thexr_wire::pose::Place;

/// A frame so long ago was answered long ago; numbers of frames are 16 bits.
const OLD_FRAMES: u16 = 1 << 14;
/// Corrections that are remembered; the oldest goes first.
const CORRECTIONS: usize = 2_048;
/// A simulation that was not asked to go on for so long has stopped, milliseconds: its page is hidden.
const STOPPED_MS: f64 = 150.0;
/// How far something may stray that nobody of ours has pushed, metres.
const STRAY_M: f32 = 0.02;
const STEP_MS: f64 = 1_000.0 / STEPS_PER_S as f64;

/// What one simulates oneself.
#[derive(Debug, Default)]
pub(crate) struct Prediction {
    on: bool,
    begun: bool,
    around: Surroundings,
    own: OwnThings,
    stepped_ms: f64,
    asked_ms: f64,
    still: bool,
    /// Something was claimed in the newest frame.
    claims: bool,
    /// What was one's own and is shown as it is told from now on.
    given: Vec<EntityId>,
    corrections: VecDeque<f32>,
}

/// What becomes of a record of something that moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Heard {
    /// It is shown as it says.
    AsTold,
    /// So it is from now on; one has seen it there.
    From([f32; 3]),
    /// The room has not heard yet that one simulates it.
    PassedOver,
}

impl Prediction {
    /// Whether a simulation is at hand.
    pub fn turn(&mut self, on: bool) {
        self.restart();
        self.on = on;
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Everything is another: another room's life, another join.
    pub fn restart(&mut self) {
        self.end_all();
        let Self { on, given, corrections, .. } = std::mem::take(self);
        *self = Self { on, given, corrections, ..Self::default() };
        self.around.orders.0.push(Order::Clear);
    }

    /// Nothing is one's own any more.
    pub fn end_all(&mut self) {
        let ended = std::mem::take(&mut self.own);
        self.given.extend(ended.into_values().map(|own| own.id));
    }

    /// Some entities are told anew, or shown otherwise.
    pub fn note(&mut self, changed: impl IntoIterator<Item = EntityId>) {
        if self.on && self.begun {
            self.around.waiting.extend(changed);
        }
    }

    /// What the simulation is to do until the moment.
    pub fn orders<'a>(&mut self, around: &Around<'_>, shown: impl Iterator<Item = Shown<'a>>) -> Orders {
        let room_ms = around.room_ms;
        if !std::mem::replace(&mut self.begun, true) {
            self.around.waiting.extend(around.replica.world().entities().keys().cloned());
            self.stepped_ms = room_ms;
        }
        self.asked_ms = room_ms;
        let due = ((room_ms - self.stepped_ms) / STEP_MS).max(0.0) as u32;
        // Time that was lost is not made up for.
        self.stepped_ms += f64::from(due) * STEP_MS;
        let steps = due.min(PREDICTED_STEPS_MAX);
        self.around.steps = steps;
        self.around.let_go_of_nailed(&self.own, room_ms);
        for taken in self.around.look_at_some(&mut self.own, around) {
            self.end(taken);
        }
        self.around.follow_shown(&self.own, around, shown);
        self.around.steer(around);
        self.around.move_limbs(around);
        for (key, solid, state) in self.around.met(&self.own, around) {
            // From there on it is one's own.
            if self.begin(key, state, false, around) {
                let state = self.around.hung(key, state);
                self.around.orders.put(key, solid, state, false);
            }
        }
        self.settle(around);
        if steps > 0 && !(self.still && self.around.orders.0.is_empty()) {
            self.around.orders.0.push(Order::Step(steps));
        }
        std::mem::take(&mut self.around.orders)
    }

    /// What came of them.
    pub fn report(&mut self, report: &Report, around: &Around<'_>) {
        self.still = report.still;
        let mut woken: BTreeMap<Key, &Told> = BTreeMap::new();
        for told in &report.told {
            let Some(own) = self.own.get_mut(&told.key) else {
                woken.extend((!told.rests).then_some((told.key, told)));
                continue;
            };
            own.state = told.state;
            if !told.rests {
                if own.rested_in.is_some() {
                    // What answers its rest is no answer to this.
                    own.claimed_in = None;
                }
                (own.rests_ms, own.rested_in, own.settled) = (None, None, false);
            } else if own.rests_ms.is_none() {
                own.rests_ms = Some(around.room_ms);
            }
        }
        self.touched(woken, around);
    }

    /// What rested and has been pushed by what is one's own, from one to the next, is one's own too; the rest stays where it is.
    fn touched(&mut self, mut woken: BTreeMap<Key, &Told>, around: &Around<'_>) {
        for _ in 0..PREDICTED_HOPS {
            let is_ours = |key: &Key| {
                *key >= FIRST_LIMB || self.own.contains_key(key) || self.around.is_in_own_hand(*key, around)
            };
            let next: Vec<Key> = woken
                .iter()
                .filter(|(_, told)| told.beside.iter().any(is_ours))
                .map(|(key, _)| *key)
                .collect();
            if next.is_empty() {
                break;
            }
            for key in next {
                let Some(told) = woken.remove(&key) else { continue };
                if !self.begin(key, told.state, false, around) {
                    self.around.nail(key, None, around.room_ms);
                }
            }
        }
        for (key, told) in woken {
            let known = self.around.places.id(key).and_then(|id| self.around.places.get(id));
            let at = known.map(|known| known.described.state.place);
            if at.is_some_and(|at| distance(first_three(&at), first_three(&told.state.place)) > STRAY_M) {
                self.around.nail(key, None, around.room_ms);
            }
        }
    }

    /// Whether a thing is one's own from now on.
    fn begin(&mut self, key: Key, state: State, hangs: bool, around: &Around<'_>) -> bool {
        let Some(id) = self.around.places.id(key).cloned() else { return false };
        let policy = around.replica.world().entity(&id).and_then(|entity| entity.holdable());
        let forbidden = policy.is_some_and(|holdable| !holdable.policy.moves_by_touch());
        let far = distance(first_three(&state.place), first_three(&around.pose.head)) > REACH_M;
        let tips = self.around.places.get(&id).is_some_and(|known| known.described.solid.tips(&state.place));
        if forbidden || tips || far || self.around.barred.contains_key(&key) || self.claimed() >= CLAIMS_MAX {
            return false;
        }
        let Some(slot) = around.replica.slot_of(&id) else { return false };
        self.around.seen.remove(&key);
        let own =
            Own { id, slot, state, rests_ms: None, claimed_in: None, rested_in: None, settled: false, hangs };
        self.own.insert(key, own);
        true
    }

    fn claimed(&self) -> usize {
        self.own.values().filter(|own| !own.settled).count()
    }

    /// A thing leaves one's hand with a speed; `false`: the room alone will say how it flies.
    pub fn throw(&mut self, id: &EntityId, state: State, around: &Around<'_>) -> bool {
        let Some(known) = self.around.places.get(id).cloned().filter(|_| self.on) else { return false };
        self.around.let_go_ms = [around.room_ms; 2];
        self.around.barred.remove(&known.key);
        if !self.begin(known.key, state, true, around) {
            return false;
        }
        self.around.steered.remove(&known.key);
        self.around.nailed.remove(&known.key);
        let solid = Solid { kind: Kind::Free, ..known.described.solid };
        self.around.orders.put(known.key, solid.clone(), state, false);
        self.around.places.note(id, Described { solid, state, held: false, animated: false });
        true
    }

    /// The room says otherwise: a thing is shown as it is told.
    pub fn as_told(&mut self, id: &EntityId) {
        if let Some(known) = self.around.places.get(id) {
            let hung = self.own.get(&known.key).is_some_and(|own| own.hangs);
            if hung {
                self.end(known.key);
            }
        }
        self.note([id.clone()]);
    }

    /// A thing is not one's own any more: it lies where it is told to, until it is told to move.
    fn end(&mut self, key: Key) {
        let Some(own) = self.own.remove(&key) else { return };
        self.given.push(own.id);
        self.around.nail(key, Some(own.state.place), self.asked_ms);
    }

    /// A record of something that moves, in a frame that answers this one's own frames up to `ack`.
    pub fn hear(&mut self, replica: &Replica, ack: u16, body: &BodyState) -> Heard {
        let known = replica.in_slot(body.slot).and_then(|id| self.around.places.get(id));
        let Some((key, own)) = known.and_then(|known| Some((known.key, self.own.get(&known.key)?))) else {
            return Heard::AsTold;
        };
        let answers = own.claimed_in.is_some_and(|claimed_in| (ack.wrapping_sub(claimed_in) as i16) >= 0);
        if !answers || own.hangs {
            return Heard::PassedOver;
        }
        let point = first_three(&own.state.place);
        self.correct(distance(point, first_three(&body.place.place())));
        self.end(key);
        Heard::From(point)
    }

    /// Notes how far off something was that is the room's again.
    fn correct(&mut self, metres: f32) {
        if self.corrections.len() == CORRECTIONS {
            self.corrections.pop_front();
        }
        self.corrections.push_back(metres);
    }

    /// How far off things were that are the room's again, metres, oldest first.
    pub fn corrections(&self) -> impl Iterator<Item = f32> {
        self.corrections.iter().copied()
    }

    /// The room has taken in the own frames up to this one.
    pub fn acked(&mut self, ack: u16) {
        for own in self.own.values_mut() {
            // Numbers wrap; what was claimed long ago stays long ago.
            let since = own.claimed_in.map(|claimed_in| ack.wrapping_sub(claimed_in));
            if since.is_some_and(|since| (OLD_FRAMES..1 << 15).contains(&since)) {
                own.claimed_in = Some(ack.wrapping_sub(OLD_FRAMES));
            }
            own.settled |= own.rested_in.is_some_and(|rested_in| (ack.wrapping_sub(rested_in) as i16) >= 0);
        }
    }

    /// What is claimed in the frame up of this number, which was sampled at `sample_ms`.
    ///
    /// Nothing, also of what one touches, where no simulation goes on: then that is the room's.
    pub fn claims(&mut self, seq: u16, sample_ms: f64) -> Option<Claims> {
        if !self.on || !self.begun || sample_ms - self.asked_ms > STOPPED_MS {
            self.end_all();
            self.claims = false;
            return None;
        }
        let mut bodies = Vec::new();
        for own in self.own.values_mut().filter(|own| !own.settled).take(CLAIMS_MAX) {
            own.claimed_in.get_or_insert(seq);
            let rests = own.rests_ms.is_some();
            if rests {
                own.rested_in.get_or_insert(seq);
            }
            let State { place, velocity, spin } = own.state;
            bodies.push(Claim { slot: own.slot, rests, place: Rounded::new(&place), velocity, spin });
        }
        self.claims = !bodies.is_empty();
        let behind_ms = (sample_ms - self.stepped_ms).clamp(0.0, 255.0) as u8;
        Some(Claims { behind_ms, bodies })
    }

    /// Whether the room is to hear something of what is simulated here.
    pub fn has_news(&self) -> bool {
        self.claims || self.own.values().any(|own| !own.settled)
    }

    /// What was one's own and is shown as it is told from now on.
    pub fn take_given(&mut self) -> Vec<EntityId> {
        std::mem::take(&mut self.given)
    }

    /// Puts where things are that are one's own into what has moved.
    pub fn show(&self, moved: &mut Vec<(EntityId, Option<Place>)>) {
        if !self.own.is_empty() {
            let own = |id: &EntityId| {
                self.around.places.get(id).is_some_and(|known| self.own.contains_key(&known.key))
            };
            moved.retain(|(id, _)| !own(id));
            moved.extend(self.own.values().map(|own| (own.id.clone(), Some(own.state.place))));
        }
    }

    /// Whether one simulates a thing.
    pub fn is_own(&self, id: &EntityId) -> bool {
        self.around.places.get(id).is_some_and(|known| self.own.contains_key(&known.key))
    }

    /// What has come to rest is shown as it is told, once that is told; or when it never is.
    fn settle(&mut self, around: &Around<'_>) {
        let is_told = |own: &Own| {
            let place = Rounded::new(&own.state.place).place();
            let told = around.replica.world().entity(&own.id).map(|entity| entity.transform());
            told.is_some_and(|told| told.position == place[..3] && told.rotation == place[3..])
        };
        let over = |own: &Own| {
            let told = is_told(own);
            let waited_ms = around.room_ms - own.rests_ms?;
            (told || waited_ms > PREDICTED_REST_MS).then_some(told)
        };
        let over: Vec<(Key, bool)> =
            self.own.iter().filter_map(|(key, own)| Some((*key, over(own)?))).collect();
        for (key, told) in over {
            if !told {
                self.around.nail(key, None, around.room_ms);
            }
            if let Some(own) = self.own.remove(&key) {
                let told = around.replica.world().entity(&own.id).map(|entity| entity.transform().position);
                self.correct(told.map_or(0.0, |told| distance(told, first_three(&own.state.place))));
                self.given.push(own.id);
            }
        }
    }
}

#[cfg(test)]
#[path = "prediction_tests.rs"]
mod tests;

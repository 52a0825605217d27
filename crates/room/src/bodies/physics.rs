//! A room's physics: follows what the log changes, is stepped by the tick, and lets the log know where things have come to rest.
//!
//! Costs nothing in a room without things that move, and next to nothing while all of them rest.

use crate::bodies::claims::{Claimants, Claiming, Court, Returned};
use crate::bodies::pushing::Pushing;
use crate::bodies::resting::Resting;
use crate::bodies::weighing::Weighing;
use crate::bodies::{LOWEST_M, STEPS_PER_TICK};
use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::motion::movers::Movers;
use crate::motion::output::{HELD_TICKS, Moving, TickOutput};
use crate::people::People;
use crate::people::holds::holder;
use crate::people::whereabouts::told_place;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use thexr_physics::{
    Described, FIRST_LIMB, FREE_BODIES_MAX, Ground, Key, Kind, Known, Places, STEERED_MAX, Simulation, State,
    Things, describe,
};
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_wire::pose::Place;
use thexr_wire::{EntityId, UserId};
use thexr_world::typed::Flight;
use thexr_world::{Components, Op};

/// Bodies that move at once, at most, at the usual speed of time: beyond that things fall slower.
pub const AWAKE_MAX: usize = 1_000;
/// Bodies that a tick may move by a step, at most, so that one step of all there are is always possible once in a while.
const CREDIT_MAX: usize = if FREE_BODIES_MAX > STEPS_PER_TICK as usize * AWAKE_MAX {
    FREE_BODIES_MAX
} else {
    STEPS_PER_TICK as usize * AWAKE_MAX
};
/// Things in motion that a tick tells of, at most: every receiver looks at all of them. Of more, each is told in its turn.
const TOLD_PER_TICK: usize = 1_000;
/// How long it is known of a thing that it was put where it is, ticks: by then everybody was told of it, however far away.
const JUMPS_KEPT_TICKS: u64 = 100;
/// Ticks between two looks for those who simulated what they touch and have gone.
const FORGET_TICKS: u64 = 20;
/// Entities whose form is looked at in a tick, at most; the others wait for the next.
const LOOKED_AT_PER_TICK: usize = 1_000;
/// How long a thing that somebody builds with hangs where it was put, ticks: they may go on.
const BUILDING_TICKS: u64 = 10;
/// What flies farther than this from the middle of the room comes home as what falls out of it does, metres: twice as far as
/// anything is put.
const FARTHEST_M: f32 = 20_000.0;
/// How fast something falls at least that went on falling after a stop, m/s.
const ONWARD_M_S: f32 = 0.01;

/// What a ray meets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RayHit {
    /// How far away it is, metres.
    pub distance_m: f32,
    /// Which thing; none for the plain under the room.
    pub entity: Option<EntityId>,
}

/// A room's physics.
#[derive(Default)]
pub(crate) struct Physics {
    simulation: Simulation,
    places: Places,
    resting: Resting,
    /// Entities to look at, with whether they are as they were stored: such a thing rests where it is.
    waiting: BTreeMap<EntityId, bool>,
    /// Things that fall when nobody has built with them until then.
    hanging: BTreeMap<Key, u64>,
    /// What hangs on people, and what goes by the clock.
    steered: BTreeSet<EntityId>,
    pushing: Pushing,
    weighing: Weighing,
    /// What people simulate.
    claimants: Claimants,
    /// What hangs on people and is told of in this tick, where it is, and the slot of whose hand it is in.
    carried: Vec<(Key, Rounded, u16)>,
    /// What was put somewhere of late, and in which tick.
    jumped: BTreeMap<Key, u64>,
    /// The tick that is passing.
    now: u64,
    /// What was elsewhere since its place became a fact: that it is there again is one, too.
    strayed: BTreeSet<Key>,
    ground: Ground,
    runs: bool,
    /// Bodies that may be moved by a step before another tick has to come.
    credit: usize,
}

impl Physics {
    /// Where a thing that is pushed about is now; nothing for others.
    pub fn place(&self, id: &EntityId) -> Option<Place> {
        let known = self.places.get(id).filter(|known| known.described.solid.kind == Kind::Free)?;
        self.simulation.rounded(known.key).map(|rounded| rounded.place())
    }

    /// What moves by itself, and where it is.
    pub fn moving(&self) -> impl Iterator<Item = (EntityId, Place)> {
        let place = |key| Some((self.places.id(key)?.clone(), self.simulation.rounded(key)?.place()));
        self.simulation.awake().filter_map(place)
    }

    /// What people carry or the clock moves, and where it is.
    pub fn steered(&self) -> impl Iterator<Item = (EntityId, Place)> {
        let place = |id| Some(self.simulation.rounded(self.places.get(id)?.key)?.place());
        self.steered.iter().filter_map(move |id| Some((id.clone(), place(id)?)))
    }

    /// The first thing that is solid along a ray, in the state of the last tick: nobody's body, nothing in somebody's hand; `direction` is a
    /// unit. Nothing in a room where nothing moves and that has no game: there is no simulation.
    pub fn ray(&self, from: [f32; 3], direction: [f32; 3], metres: f32) -> Option<RayHit> {
        let solid = |key: Key| match self.places.id(key) {
            Some(id) => self.places.get(id).is_some_and(|known| !known.described.held),
            None => key < FIRST_LIMB,
        };
        let (key, distance_m) = self.simulation.ray(from, direction, metres, solid)?;
        Some(RayHit { distance_m, entity: self.places.id(key).cloned() })
    }

    /// How far away the first wall is along a ray, metres: what is fixed, and no door on its way.
    pub fn wall(
        &self,
        from: [f32; 3],
        direction: [f32; 3],
        metres: f32,
        holds: impl Fn(&EntityId) -> bool,
    ) -> Option<f32> {
        let fixed = |key: Key| match self.places.id(key) {
            Some(id) => {
                let known = self.places.get(id);
                known.is_some_and(|known| known.described.solid.kind == Kind::Fixed) && holds(id)
            }
            None => key < FIRST_LIMB,
        };
        self.simulation.ray(from, direction, metres, fixed).map(|(_, away_m)| away_m)
    }

    /// Follows what has become of the world, lets time pass, and makes facts of where things have come to rest.
    pub fn pass(&mut self, log: &mut Log, people: &People, movers: &Movers) {
        self.now = log.now.tick;
        self.jumped.retain(|_, at| *at + JUMPS_KEPT_TICKS > log.now.tick);
        self.note_strayed();
        // In games shots and steps ask for what is solid, also where nothing moves.
        if movers.is_empty() && log.world.game().is_none() {
            if self.runs || self.claimants.is_asked() {
                *self = Self::default();
            }
            return;
        }
        self.look_out(log);
        self.look_at_some(log);
        self.drive(log, people);
        self.judge(log, people, movers);
        let Self { pushing, weighing, claimants, simulation, .. } = self;
        pushing.follow(log, people, |user| claimants.simulates(user), simulation, STEPS_PER_TICK);
        weighing.follow(people, simulation, log.now.tick);
        self.let_fall(log.now.tick);
        self.step(log.now.tick);
        self.bring_home(log.now.tick);
        self.make_facts(log);
    }

    /// Whether anything is to be told of things that move.
    pub fn moves(&self) -> bool {
        self.simulation.awake_len() > 0
            || !self.resting.is_empty()
            || self.jumped_now().next().is_some()
            || !self.claimants.is_quiet()
    }

    /// What was put somewhere in this tick.
    fn jumped_now(&self) -> impl Iterator<Item = Key> {
        self.jumped.iter().filter(|(_, at)| **at == self.now).map(|(key, _)| *key)
    }

    /// Whether there is anything to tell of what hangs on people, if anything is told at all.
    pub fn is_carried(&self) -> bool {
        !self.carried.is_empty()
    }

    /// How many things people simulate now.
    pub fn claimed(&self) -> usize {
        self.claimants.len()
    }

    /// What is told of those that move, and of those of whom it is no fact yet that they rest; of very many some in each tick.
    pub fn tell(&self, movers: &Movers, clock_ms: u64, tick: u64, output: &mut TickOutput) {
        let refused: Vec<(Key, u16)> = self.claimants.refused().collect();
        let keys = self.simulation.awake().chain(self.resting.keys()).chain(self.jumped_now());
        let moves: BTreeSet<Key> = keys.chain(self.claimants.told_in(tick)).collect();
        // Beside those, and in every tick: they are few, and told to few.
        let vain: BTreeSet<Key> =
            refused.iter().map(|(key, _)| *key).filter(|key| !moves.contains(key)).collect();
        let awake: BTreeSet<Key> = self.simulation.awake().collect();
        let turns = moves.len().div_ceil(TOLD_PER_TICK).max(1);
        let turn = (tick % turns as u64) as usize;
        let told = |key: Key| {
            let id = self.places.id(key)?;
            let slot = movers.slot(id)?;
            let place = self.simulation.rounded(key)?;
            let claimed = self.claimants.get(key);
            let rests = claimed.is_none() && !awake.contains(&key);
            let mut state = BodyState { rests, ..BodyState::new(slot, place) };
            if let Some(claimed) = claimed {
                let age_ms = clock_ms.saturating_sub(claimed.at_ms) as u32;
                state = BodyState { claimed: true, age_ms, place: claimed.rounded, ..state };
            }
            let mut moving = Moving::new(id.clone(), state);
            moving.jumped_tick = self.jumped.get(&key).copied();
            moving.by = claimed.map(|claimed| claimed.by_slot);
            moving.news = claimed.is_none_or(|claimed| claimed.tick == tick);
            moving.to_refused = !moves.contains(&key);
            Some(moving)
        };
        let carried = self.carried.iter().filter_map(|(key, place, holder)| {
            let id = self.places.id(*key)?;
            let state = BodyState { held: true, ..BodyState::new(movers.slot(id)?, *place) };
            let mut moving = Moving::new(id.clone(), state);
            moving.by = Some(*holder);
            Some(moving)
        });
        output.bodies.extend(carried.take(TOLD_PER_TICK));
        let in_turn = moves.iter().copied().skip(turn).step_by(turns);
        output.bodies.extend(in_turn.chain(vain).filter_map(told));
        let slot = |key: Key| movers.slot(self.places.id(key)?);
        output.refused.extend(refused.iter().filter_map(|(key, person)| Some((slot(*key)?, *person))));
    }

    /// Finds what may have changed.
    fn look_out(&mut self, log: &Log) {
        let ops = || log.made.events.iter().flat_map(|event| &event.ops);
        let restored = ops().any(|op| matches!(op, Op::Load { .. }));
        if restored {
            self.forget_motion();
        }
        if !std::mem::replace(&mut self.runs, true) || restored {
            let there = log.world.entities().iter().map(|(id, _)| id);
            let known = self.places.ids().chain(self.ground.ids());
            self.waiting.extend(there.chain(known).map(|id| (id.clone(), true)));
        }
        for id in ops().filter_map(Op::entity) {
            self.waiting.insert(id.clone(), false);
        }
    }

    /// Another state has taken the place of this one: what moves here is where that has it.
    fn forget_motion(&mut self) {
        let moving = self.simulation.awake().chain(self.resting.keys()).chain(self.claimants.keys());
        let moving: BTreeSet<Key> = moving.collect();
        let moving: Vec<EntityId> =
            moving.into_iter().filter_map(|key| self.places.id(key)).cloned().collect();
        for id in moving {
            self.forget(&id);
            self.waiting.insert(id, true);
        }
    }

    fn look_at_some(&mut self, log: &Log) {
        for _ in 0..LOOKED_AT_PER_TICK {
            let Some((id, stored)) = self.waiting.pop_first() else { break };
            let changed = self.look_at(log, &id, stored);
            // What hangs on it goes along, when its turn comes.
            let hanging = log.world.children(&id).filter(|child| changed && self.places.get(child).is_some());
            self.waiting.extend(hanging.map(|child| (child.clone(), stored)));
        }
        self.ground.lie(&mut self.simulation);
    }

    /// Has a thing be to the physics what it is now; whether it was something else, or elsewhere.
    fn look_at(&mut self, log: &Log, id: &EntityId, stored: bool) -> bool {
        self.ground.note(&log.world, id);
        let described = describe(&log.world, id, log.clock_ms() as f64);
        let known = self.places.get(id).cloned();
        match (described, known) {
            (None, Some(_)) => self.forget(id),
            (Some(now), known) if known.as_ref().is_none_or(|known| differs(&known.described, &now)) => {
                self.put(id, now, known, (!stored).then_some(log.now.tick + BUILDING_TICKS), log.now.tick);
            }
            // What bumps into nothing may carry what does.
            (None, None) => {}
            _ => return false,
        }
        true
    }

    fn forget(&mut self, id: &EntityId) {
        let Some(Known { key, .. }) = self.places.remove(id) else { return };
        self.claimants.end(key, None);
        self.simulation.remove(key);
        self.resting.woke(key);
        self.strayed.remove(&key);
        self.hanging.remove(&key);
        self.steered.remove(id);
    }

    /// Tells the physics what a thing is now; one that nobody let go of falls at `falls_at`, if it does.
    fn put(
        &mut self,
        id: &EntityId,
        mut now: Described,
        known: Option<Known>,
        falls_at: Option<u64>,
        tick: u64,
    ) {
        let before = known.as_ref().map(|known| &known.described);
        let was_free = before.is_some_and(|before| before.solid.kind == Kind::Free);
        if now.solid.kind == Kind::Free && !was_free && self.places.free() >= FREE_BODIES_MAX {
            now.solid.kind = Kind::Fixed;
        }
        let free = now.solid.kind == Kind::Free;
        let mut state = now.state;
        let was_held = before.is_some_and(|before| before.held);
        if before.is_some_and(|before| flight(before) == flight(&now)) {
            // It was thrown before; now somebody has put it here.
            state = State::at(state.place);
        }
        let stays = was_free && before.is_some_and(|before| before.state.place == state.place);
        let (solid, hangs) = (now.solid.clone(), now.held || now.animated);
        let key = self.places.note(id, now);
        let simulated = self.claimants.end(key, free.then_some(tick));
        if stays {
            // It is something else than before, where it is.
            state = simulated.or_else(|| self.simulation.state(key)).unwrap_or(state);
        }
        let flies = state.velocity != [0.0; 3] || state.spin != [0.0; 3];
        self.resting.woke(key);
        self.hanging.remove(&key);
        self.simulation.put(key, solid, state, !flies && !was_held);
        if let Some(tick) = falls_at.filter(|_| free && !flies && !was_held) {
            self.hanging.insert(key, tick);
        }
        if free {
            self.jumped.insert(key, tick);
        }
        if hangs && self.steered.len() < STEERED_MAX {
            self.steered.insert(id.clone());
        } else {
            self.steered.remove(id);
        }
    }

    /// Notes who is told to be elsewhere than their place is known to be.
    fn note_strayed(&mut self) {
        let told = self.simulation.awake().chain(self.claimants.keys());
        let strays = told.filter(|key| {
            let known = self.places.id(*key).and_then(|id| self.places.get(id));
            let rounded = self.simulation.rounded(*key);
            known.is_some_and(|known| rounded != Some(Rounded::new(&known.described.state.place)))
        });
        self.strayed.extend(strays);
    }

    /// Takes all that somebody claims to simulate.
    pub fn claim(&mut self, user: &UserId, claiming: Claiming) {
        self.claimants.note(user, claiming);
    }

    /// What people claim to simulate is theirs as far as they may; what they let go of comes back.
    fn judge(&mut self, log: &Log, people: &People, movers: &Movers) {
        if log.now.tick.is_multiple_of(FORGET_TICKS) {
            let gone = |user: &UserId| people.persons.get(user).is_none_or(|person| person.driver.is_none());
            self.claimants.forget(gone);
        }
        if self.claimants.is_quiet() && !self.claimants.is_asked() {
            return;
        }
        let Self { claimants, simulation, places, .. } = self;
        let in_slot = |slot: u16| Some(places.get(movers.id(slot)?)?.key);
        let mut court = Court { log, people, places, simulation, in_slot: &in_slot };
        let (begun, returned) = claimants.pass(&mut court);
        for key in begun {
            self.hanging.remove(&key);
            self.resting.woke(key);
        }
        for Returned { key, .. } in returned {
            self.hanging.remove(&key);
            // Until it moves: what finds no place in a heap lies where it was let go of.
            self.resting.came_to_rest(key, log.now.tick);
        }
    }

    /// What nobody builds with any more falls.
    fn let_fall(&mut self, tick: u64) {
        let due: Vec<Key> = self.hanging.iter().filter(|(_, at)| **at <= tick).map(|(key, _)| *key).collect();
        for key in due {
            self.hanging.remove(&key);
            self.simulation.wake(key);
        }
    }

    /// Has what is held go along with its hand, and what is animated go by the clock.
    fn drive(&mut self, log: &Log, people: &People) {
        self.carried.clear();
        let ids: Vec<EntityId> = self.steered.iter().cloned().collect();
        for id in ids {
            let Some(known) = self.places.get(&id).cloned() else { continue };
            let key = known.key;
            let to = if known.described.held {
                let place = told_place(log, people, &id);
                // They take turns, by their keys.
                let has_turn = (log.now.tick + u64::from(key)).is_multiple_of(HELD_TICKS);
                let holder = has_turn.then(|| holder(&log.world, &id)).flatten();
                let holder = holder.and_then(|(user, _)| people.persons.get(&user));
                let told = place.zip(holder).map(|(place, holder)| (key, Rounded::new(&place), holder.slot));
                self.carried.extend(told);
                place
            } else {
                match describe(&log.world, &id, log.clock_ms() as f64) {
                    Some(now) if !now.animated => {
                        // It has arrived, and may fall from there.
                        self.put(&id, now, Some(known), Some(log.now.tick), log.now.tick);
                        continue;
                    }
                    now => now.map(|now| now.state.place),
                }
            };
            if let Some(to) = to {
                self.simulation.steer(key, to, STEPS_PER_TICK);
            }
        }
    }

    fn step(&mut self, tick: u64) {
        if self.simulation.is_still() {
            return;
        }
        // What is not used is not saved up: time does not run after what has slowed it down.
        self.credit = (self.credit + STEPS_PER_TICK as usize * AWAKE_MAX).min(CREDIT_MAX);
        for _ in 0..STEPS_PER_TICK {
            let cost = self.simulation.effort().clamp(AWAKE_MAX, CREDIT_MAX);
            if self.credit < cost {
                break;
            }
            self.credit -= cost;
            self.simulation.step();
        }
        for key in self.simulation.take_rested() {
            self.resting.came_to_rest(key, tick);
        }
        let woken: Vec<Key> = self.simulation.awake().filter(|key| self.resting.has(*key)).collect();
        woken.into_iter().for_each(|key| self.resting.woke(key));
    }

    /// What has fallen out of the room lies again where its components have it, until somebody touches it.
    fn bring_home(&mut self, tick: u64) {
        let lost = |key: &Key| {
            let place = self.simulation.rounded(*key).map(|rounded| rounded.place());
            place.is_some_and(|[x, y, z, ..]| {
                y < LOWEST_M || [x, y, z].iter().any(|metres| metres.abs() > FARTHEST_M)
            })
        };
        let lost: Vec<Key> = self.simulation.awake().filter(lost).collect();
        for key in lost {
            let Some(known) = self.places.id(key).and_then(|id| self.places.get(id)).cloned() else {
                continue;
            };
            let home = State::at(known.described.state.place);
            self.simulation.put(key, known.described.solid, home, true);
            self.jumped.insert(key, tick);
            // That it flies no more is a fact, too.
            self.resting.came_to_rest(key, tick);
        }
    }

    /// Where things lie becomes a fact, once they have lain there for a while.
    fn make_facts(&mut self, log: &mut Log) {
        if self.resting.is_empty() || log.made.is_full() || log.may_change().is_err() {
            return;
        }
        let mut facts = Facts::default();
        let due = self.resting.due(log.now.tick);
        for key in &due {
            let Some(lies) = self.lies(log, *key) else { continue };
            facts.add(lies, None);
        }
        if !facts.emit(log, Fact::BODIES_RESTED, &mut self.places) {
            // A room that is full has no place for longer numbers either: they lie there, and are told so, until it has.
            due.into_iter().for_each(|key| self.resting.came_to_rest(key, log.now.tick));
        }
    }

    /// Where a thing has come to rest, if that is news.
    fn lies(&mut self, log: &Log, key: Key) -> Option<Lies> {
        let id = self.places.id(key)?.clone();
        let rounded = self.simulation.rounded(key)?;
        let flew = log.world.entity(&id).is_some_and(|entity| entity.flight().is_some());
        let described = self.places.get(&id)?.described.clone();
        let is_news = flew || self.strayed.remove(&key) || Rounded::new(&described.state.place) != rounded;
        is_news.then(|| Lies { id, described, place: rounded.place(), flew })
    }

    /// The room stops: where everything is that moves, and how it goes on, is a fact, so that it goes on from there.
    pub fn keep(&mut self, log: &mut Log) {
        if log.may_change().is_err() {
            return;
        }
        let keys = self.simulation.awake().chain(self.resting.keys()).chain(self.claimants.keys());
        let keys: BTreeSet<Key> = keys.collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        // Of each thing up to two things are said: where it is, and whether it flies on.
        for keys in keys.chunks(EVENT_OPS_MAX / 2) {
            let mut facts = Facts::default();
            for key in keys {
                let Some(lies) = self.lies(log, *key) else { continue };
                let claimed = self.claimants.get(*key).map(|claimed| claimed.state);
                let state = claimed.or_else(|| self.simulation.state(*key));
                facts.add(lies, state.filter(|_| !self.resting.has(*key)).map(goes_on));
            }
            // A room that is full keeps where they were put last.
            facts.emit(log, Fact::BODIES_KEPT, &mut self.places);
        }
    }
}

/// How a thing in motion goes on after a stop: also one that just now stands still in the air, at the top of its flight.
fn goes_on(State { velocity, spin, .. }: State) -> Flight {
    let velocity = if velocity == [0.0; 3] && spin == [0.0; 3] { [0.0, -ONWARD_M_S, 0.0] } else { velocity };
    Flight { velocity, spin }
}

/// A thing about whose place there is something to say.
struct Lies {
    id: EntityId,
    described: Described,
    place: Place,
    /// What is stored says that it flies.
    flew: bool,
}

/// What things say of where they are, about to be one fact.
#[derive(Default)]
struct Facts {
    ops: Vec<Op>,
    ids: Vec<EntityId>,
    described_so: Vec<(EntityId, Described)>,
}

impl Facts {
    /// It is there now; with how it goes on, if it does.
    fn add(&mut self, lies: Lies, goes_on: Option<Flight>) {
        let Lies { id, mut described, place, flew } = lies;
        let [x, y, z, qx, qy, qz, qw] = place;
        let mut components = Components::from_iter([
            ("position".into(), json!([x, y, z])),
            ("rotation".into(), json!([qx, qy, qz, qw])),
        ]);
        described.state = State::at(place);
        if let Some(Flight { velocity, spin }) = goes_on {
            components.insert("flight".into(), json!({"velocity": velocity, "spin": spin}));
        }
        self.ops.push(Op::Set { entity: id.clone(), components });
        if flew && goes_on.is_none() {
            self.ops.push(Op::Unset { entity: id.clone(), names: vec!["flight".into()] });
        }
        self.ids.push(id.clone());
        self.described_so.push((id, described));
    }

    /// Makes it a fact, if there is anything to say; `false`: the room has no place for it.
    fn emit(self, log: &mut Log, fact: Fact, places: &mut Places) -> bool {
        if self.ops.is_empty() {
            return true;
        }
        if log.emit(Draft::server(fact, json!({"entities": self.ids}), self.ops)).is_err() {
            return false;
        }
        for (id, described) in self.described_so {
            places.note(&id, described);
        }
        true
    }
}

fn flight(described: &Described) -> ([f32; 3], [f32; 3]) {
    (described.state.velocity, described.state.spin)
}

/// Whether a thing is something else than before, or is put elsewhere; what is steered goes there by itself.
fn differs(before: &Described, now: &Described) -> bool {
    let by_another = before.held != now.held || before.animated != now.animated;
    let steered = before.solid.kind == Kind::Steered;
    before.solid != now.solid || by_another || (!steered && before.state != now.state)
}

//! What one touches or throws moves at once: it is simulated here, and the room is told where it is (protocol 4.17).
//!
//! Decides what the simulation is asked and what its answers mean; the simulation itself is the shell's, behind orders and
//! reports, and the client is complete without one. Around oneself the simulation has what the room has: what others or the room
//! move is steered along what is shown of it, and what one's body, one's hands or what one simulates touch is one's own.

use crate::limits::{PREDICTED_HOPS, PREDICTED_REACH_M, PREDICTED_REST_MS, PREDICTED_STEPS_MAX, PREDICTION_LOOKS};
use crate::replica::Replica;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use thexr_physics::{
    BODY, Described, Form, Ground, HAND, Key, Kind, MIDDLE_M, Order, Orders, Places, Report, STEPS_PER_S, Solid, State,
    Things, Told, describe,
};
use thexr_wire::EntityId;
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::claims::{CLAIMS_MAX, Claim, Claims};
use thexr_wire::pose::{Place, Pose};
use thexr_world::typed::Policy;

/// The first key of one's own limbs: things have those below.
const FIRST_LIMB: Key = 1 << 30;
/// Radii of one's body and of a hand, metres.
const BODY_RADIUS_M: f32 = 0.38;
const HAND_RADIUS_M: f32 = 0.07;
/// How near something that moves is to what is one's own when it is met, metres.
const MEETING_M: f32 = 0.03;
/// A hand that has let go of something is in nothing's way for so long, milliseconds.
const LETTING_GO_MS: f64 = 500.0;
/// Corrections that are remembered; the oldest goes first.
const CORRECTIONS: usize = 2_048;
/// What nobody may simulate just now stays as it is told for so long, milliseconds.
const BARRED_MS: f64 = 500.0;
/// A simulation that was not asked to go on for so long has stopped, milliseconds: its page is hidden.
const STOPPED_MS: f64 = 150.0;
/// How far something may stray that nobody of ours has pushed, metres.
const STRAY_M: f32 = 0.02;
const STEP_MS: f64 = 1_000.0 / STEPS_PER_S as f64;

/// A thing that is simulated here.
#[derive(Debug, Clone)]
struct Own {
    id: EntityId,
    slot: u16,
    state: State,
    /// Since when it rests, room time.
    rests_ms: Option<f64>,
    /// Number of the first frame up that claims it.
    claimed_in: Option<u16>,
    /// Number of the first frame up that says it rests.
    rested_in: Option<u16>,
    /// The room has heard that it rests, and has said nothing else.
    settled: bool,
    /// The replica has it in one's hand still.
    hangs: bool,
}

/// Something that moves and is not one's own, as it is shown.
#[derive(Debug, Clone, Copy)]
struct Seen {
    place: Place,
    velocity: [f32; 3],
    at_ms: f64,
}

/// A thing that moves as the room tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub id: &'a EntityId,
    pub place: Place,
    /// Somebody else simulates it.
    pub claimed: bool,
}

/// Who predicts, and from where.
pub(crate) struct Around<'a> {
    pub replica: &'a Replica,
    /// Own avatar and pose.
    pub own: &'a EntityId,
    pub pose: &'a Pose,
    pub room_ms: f64,
    /// Where a thing is drawn.
    pub drawn: &'a dyn Fn(&EntityId) -> Option<Place>,
    /// What one's hand shows before the room has answered.
    pub foreseen: &'a dyn Fn(&EntityId) -> bool,
}

/// What one simulates oneself.
#[derive(Debug, Default)]
pub(crate) struct Prediction {
    on: bool,
    begun: bool,
    waiting: BTreeSet<EntityId>,
    places: Places,
    ground: Ground,
    orders: Orders,
    own: BTreeMap<Key, Own>,
    seen: BTreeMap<Key, Seen>,
    /// What hangs on hands, and what goes by the clock.
    steered: BTreeMap<Key, bool>,
    /// What may not be begun, until when.
    barred: BTreeMap<Key, f64>,
    /// Of these, what the simulation was told to leave where it is.
    nailed: BTreeSet<Key>,
    limbs: [bool; 3],
    /// When each hand let go of something last.
    let_go_ms: [f64; 2],
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
        *self = Self { on, given, corrections, orders: Orders(vec![Order::Clear]), ..Self::default() };
    }

    /// Nothing is one's own any more.
    pub fn end_all(&mut self) {
        let ended = std::mem::take(&mut self.own);
        self.given.extend(ended.into_values().map(|own| own.id));
    }

    /// Some entities are told anew, or shown otherwise.
    pub fn note(&mut self, changed: impl IntoIterator<Item = EntityId>) {
        if self.on && self.begun {
            self.waiting.extend(changed);
        }
    }

    /// What the simulation is to do until the moment.
    pub fn orders<'a>(&mut self, around: &Around<'_>, shown: impl Iterator<Item = Shown<'a>>) -> Orders {
        let room_ms = around.room_ms;
        if !std::mem::replace(&mut self.begun, true) {
            self.waiting.extend(around.replica.world().entities().keys().cloned());
            self.stepped_ms = room_ms;
        }
        self.asked_ms = room_ms;
        self.barred.retain(|_, until_ms| room_ms < *until_ms);
        self.let_go_of_nailed();
        self.look_at_some(around);
        self.follow_shown(around, shown);
        self.steer(around);
        self.move_limbs(around);
        self.meet(around);
        self.settle(around);
        let due = ((room_ms - self.stepped_ms) / STEP_MS).max(0.0) as u32;
        // Time that was lost is not made up for.
        self.stepped_ms += f64::from(due) * STEP_MS;
        let steps = due.min(PREDICTED_STEPS_MAX);
        if steps > 0 && !(self.still && self.orders.0.is_empty()) {
            self.orders.0.push(Order::Step(steps));
        }
        std::mem::take(&mut self.orders)
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
                *key >= FIRST_LIMB || self.own.contains_key(key) || self.is_in_own_hand(*key, around)
            };
            let next: Vec<Key> = woken.iter().filter(|(_, told)| told.beside.iter().any(is_ours)).map(|(key, _)| *key).collect();
            if next.is_empty() {
                break;
            }
            for key in next {
                let Some(told) = woken.remove(&key) else { continue };
                if !self.begin(key, told.state, false, around) {
                    self.nail(key, around.room_ms);
                }
            }
        }
        for (key, told) in woken {
            let known = self.places.id(key).and_then(|id| self.places.get(id));
            let at = known.map(|known| known.described.state.place);
            if at.is_some_and(|at| distance(first_three(&at), first_three(&told.state.place)) > STRAY_M) {
                self.nail(key, around.room_ms);
            }
        }
    }

    fn is_in_own_hand(&self, key: Key, around: &Around<'_>) -> bool {
        let id = self.places.id(key).filter(|_| self.steered.get(&key) == Some(&true));
        let parent = id.and_then(|id| around.replica.world().entity(id)?.parent());
        parent.is_some_and(|parent| parent.entity == *around.own)
    }

    /// A thing that one may not push stays where it is told to be, in the way of what is one's own, for a while.
    fn nail(&mut self, key: Key, room_ms: f64) {
        let Some(known) = self.places.id(key).and_then(|id| self.places.get(id)) else { return };
        let solid = Solid { kind: Kind::Steered, hinge: None, ..known.described.solid };
        self.orders.put(key, solid, State::at(known.described.state.place), true);
        self.barred.insert(key, room_ms + BARRED_MS);
        self.nailed.insert(key);
    }

    /// What was nailed may be pushed again.
    fn let_go_of_nailed(&mut self) {
        let free: Vec<Key> = self.nailed.iter().filter(|key| !self.barred.contains_key(key)).copied().collect();
        for key in free {
            self.nailed.remove(&key);
            let known = self.places.id(key).and_then(|id| self.places.get(id));
            if let Some(known) = known.filter(|_| !self.own.contains_key(&key) && !self.seen.contains_key(&key)) {
                self.orders.put(key, known.described.solid, State::at(known.described.state.place), true);
            }
        }
    }

    /// Whether a thing is one's own from now on.
    fn begin(&mut self, key: Key, state: State, hangs: bool, around: &Around<'_>) -> bool {
        let Some(id) = self.places.id(key).cloned() else { return false };
        let policy = around.replica.world().entity(&id).and_then(|entity| entity.holdable());
        let forbidden = policy.is_some_and(|holdable| matches!(holdable.policy, Policy::Deny | Policy::Ask));
        let far = distance(first_three(&state.place), first_three(&around.pose.head)) > PREDICTED_REACH_M;
        if forbidden || far || self.barred.contains_key(&key) || self.claimed() >= CLAIMS_MAX {
            return false;
        }
        let Some(slot) = around.replica.slot_of(&id) else { return false };
        self.seen.remove(&key);
        let own = Own {
            id,
            slot,
            state,
            rests_ms: None,
            claimed_in: None,
            rested_in: None,
            settled: false,
            hangs,
        };
        self.own.insert(key, own);
        true
    }

    fn claimed(&self) -> usize {
        self.own.values().filter(|own| !own.settled).count()
    }

    /// A thing leaves one's hand with a speed; `false`: the room alone will say how it flies.
    pub fn throw(&mut self, id: &EntityId, state: State, around: &Around<'_>) -> bool {
        let Some(known) = self.places.get(id).cloned().filter(|_| self.on) else { return false };
        self.let_go_ms = [around.room_ms; 2];
        self.barred.remove(&known.key);
        if !self.begin(known.key, state, true, around) {
            return false;
        }
        self.steered.remove(&known.key);
        self.nailed.remove(&known.key);
        let solid = Solid { kind: Kind::Free, ..known.described.solid };
        self.places.note(id, Described { solid, state, held: false, animated: false });
        self.orders.put(known.key, solid, state, false);
        true
    }

    /// The room says otherwise: a thing is shown as it is told.
    pub fn as_told(&mut self, id: &EntityId) {
        if let Some(known) = self.places.get(id) {
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
        self.nail(key, self.asked_ms);
    }

    /// A record of something that moves, in a frame that answers this one's own frames up to `ack`.
    pub fn hear(&mut self, replica: &Replica, ack: u16, body: &BodyState) -> Heard {
        let known = replica.in_slot(body.slot).and_then(|id| self.places.get(id));
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

    /// Puts where things are that are one's own into what has moved; returns what was one's own.
    pub fn show(&mut self, moved: &mut Vec<(EntityId, Option<Place>)>) -> Vec<EntityId> {
        if !self.own.is_empty() {
            let own = |id: &EntityId| self.places.get(id).is_some_and(|known| self.own.contains_key(&known.key));
            moved.retain(|(id, _)| !own(id));
            moved.extend(self.own.values().map(|own| (own.id.clone(), Some(own.state.place))));
        }
        std::mem::take(&mut self.given)
    }

    /// Whether one simulates a thing.
    pub fn is_own(&self, id: &EntityId) -> bool {
        self.places.get(id).is_some_and(|known| self.own.contains_key(&known.key))
    }

    /// Has things be to the simulation what they are, some of them at a time.
    fn look_at_some(&mut self, around: &Around<'_>) {
        for _ in 0..PREDICTION_LOOKS {
            let Some(id) = self.waiting.pop_first() else { break };
            self.look_at(&id, around);
        }
        self.ground.lie(&mut self.orders);
    }

    fn look_at(&mut self, id: &EntityId, around: &Around<'_>) {
        let world = around.replica.world();
        self.ground.note(world, id);
        let now = describe(world, id, around.room_ms).filter(|_| !(around.foreseen)(id));
        let known = self.places.get(id).cloned();
        let own = known.as_ref().and_then(|known| Some((known.key, self.own.get_mut(&known.key)?)));
        match (now, own) {
            // The room has not said yet that one has let go of it.
            (Some(now), Some((_, own))) if own.hangs && now.held => return,
            (Some(now), Some((key, own))) if now.solid.kind == Kind::Free => {
                if std::mem::take(&mut own.hangs) {
                    // What the room has said before was said of what hung there.
                    own.claimed_in = None;
                }
                if known.is_some_and(|known| known.described.solid != now.solid) {
                    self.orders.put(key, now.solid, own.state, own.rests_ms.is_some());
                }
                self.places.note(id, now);
                return;
            }
            // Somebody has taken it.
            (_, Some((key, _))) => self.end(key),
            _ => {}
        }
        match (now, known) {
            (None, Some(known)) => {
                self.places.remove(id);
                self.seen.remove(&known.key);
                self.steered.remove(&known.key);
                self.orders.remove(known.key);
            }
            (Some(now), known) if known.as_ref().is_none_or(|known| known.described != now) => {
                let key = self.places.note(id, now);
                self.put(key, now, around);
            }
            _ => {}
        }
    }

    /// Tells the simulation of a thing that is not one's own.
    fn put(&mut self, key: Key, now: Described, around: &Around<'_>) {
        if now.held || now.animated {
            self.steered.insert(key, now.held);
        } else {
            self.steered.remove(&key);
        }
        let steered = Solid { kind: Kind::Steered, hinge: None, ..now.solid };
        match self.seen.get(&key) {
            Some(seen) if now.solid.kind == Kind::Free => self.orders.put(key, steered, State::at(seen.place), true),
            _ => {
                self.seen.remove(&key);
                let solid = if self.nailed.contains(&key) { steered } else { now.solid };
                self.orders.put(key, solid, self.whereabouts(key, &now, around), true);
            }
        }
    }

    /// Where a thing rests that is not one's own.
    fn whereabouts(&self, key: Key, now: &Described, around: &Around<'_>) -> State {
        let drawn = || self.places.id(key).and_then(|id| (around.drawn)(id));
        State::at(if now.held { drawn().unwrap_or(now.state.place) } else { now.state.place })
    }

    /// What others or the room move goes as it is shown.
    fn follow_shown<'a>(&mut self, around: &Around<'_>, shown: impl Iterator<Item = Shown<'a>>) {
        let mut gone: BTreeSet<Key> = self.seen.keys().copied().collect();
        for Shown { id, place, claimed } in shown {
            let Some(known) = self.places.get(id) else { continue };
            let (key, solid) = (known.key, known.described.solid);
            if self.own.contains_key(&key) || solid.kind != Kind::Free {
                continue;
            }
            gone.remove(&key);
            if claimed {
                self.barred.insert(key, around.room_ms + BARRED_MS);
            }
            let at_ms = around.room_ms;
            match self.seen.get_mut(&key) {
                None => {
                    self.seen.insert(key, Seen { place, velocity: [0.0; 3], at_ms });
                    let solid = Solid { kind: Kind::Steered, hinge: None, ..solid };
                    self.orders.put(key, solid, State::at(place), true);
                }
                Some(seen) if seen.place != place => {
                    let passed_s = ((at_ms - seen.at_ms) / 1_000.0).max(0.001) as f32;
                    let velocity = std::array::from_fn(|axis| (place[axis] - seen.place[axis]) / passed_s);
                    *seen = Seen { place, velocity, at_ms };
                    self.orders.steer(key, place, 1);
                }
                Some(seen) if at_ms - seen.at_ms > STOPPED_MS => seen.velocity = [0.0; 3],
                Some(_) => {}
            }
        }
        for key in gone {
            self.seen.remove(&key);
            let Some(known) = self.places.id(key).and_then(|id| self.places.get(id)) else { continue };
            let (solid, state) = (known.described.solid, known.described.state);
            self.orders.put(key, solid, State::at(state.place), true);
        }
    }

    /// What hangs on hands goes along with them, and what is animated by the clock.
    fn steer(&mut self, around: &Around<'_>) {
        for (key, held) in &self.steered {
            let Some(id) = self.places.id(*key) else { continue };
            let to = if *held {
                (around.drawn)(id)
            } else {
                let now = describe(around.replica.world(), id, around.room_ms);
                if now.is_none_or(|now| !now.animated) {
                    self.waiting.insert(id.clone());
                }
                now.map(|now| now.state.place)
            };
            if let Some(to) = to {
                self.orders.steer(*key, to, 1);
            }
        }
    }

    fn limb_places(&self, around: &Around<'_>) -> [Option<Place>; 3] {
        let [x, y, z, ..] = around.pose.head;
        let body = [x, y - MIDDLE_M, z, 0.0, 0.0, 0.0, 1.0];
        let holding = around.replica.world().entity(around.own).and_then(|own| own.value("holding"));
        let free = |hand: usize, name: &str| {
            let holds = holding.is_some_and(|holding| holding.get(name).is_some());
            !holds && around.room_ms - self.let_go_ms[hand] > LETTING_GO_MS
        };
        let left = around.pose.left.filter(|_| free(0, "left"));
        let right = around.pose.right.filter(|_| free(1, "right"));
        [Some(body), left, right]
    }

    /// One's body and hands are in the way of things where one has things that move.
    fn move_limbs(&mut self, around: &Around<'_>) {
        let wanted = if self.places.free() > 0 { self.limb_places(around) } else { [None; 3] };
        for (limb, to) in wanted.into_iter().enumerate() {
            let key = FIRST_LIMB + limb as Key;
            match (self.limbs[limb], to) {
                (true, Some(to)) => self.orders.steer(key, to, 1),
                (false, Some(to)) => {
                    let form = if limb == 0 { BODY } else { HAND };
                    self.orders.put(key, Solid::limb(form), State::at(to), true);
                }
                (true, None) => self.orders.remove(key),
                (false, None) => {}
            }
            self.limbs[limb] = to.is_some();
        }
    }

    /// What moves and comes to one's body, one's hands or what one simulates is one's own from there on.
    fn meet(&mut self, around: &Around<'_>) {
        if self.seen.is_empty() {
            return;
        }
        let limbs = self.limb_places(around);
        let radii = [BODY_RADIUS_M, HAND_RADIUS_M, HAND_RADIUS_M];
        let limbs = limbs.iter().zip(radii).filter_map(|(place, radius)| Some(((*place)?, radius)));
        let own = self.own.iter().filter(|(_, own)| own.rests_ms.is_none()).filter_map(|(key, own)| {
            let known = self.places.id(*key).and_then(|id| self.places.get(id))?;
            Some((own.state.place, radius(&known.described.solid.form)))
        });
        let touching: Vec<(Place, f32)> = limbs.chain(own).collect();
        let met = |(key, seen): (&Key, &Seen)| {
            let known = self.places.id(*key).and_then(|id| self.places.get(id))?;
            let radius = radius(&known.described.solid.form);
            let near = |(place, other): &(Place, f32)| {
                let off = distance(first_three(place), first_three(&seen.place));
                // A body is upright and taller than wide.
                off < radius + other + MEETING_M
                    || *other == BODY_RADIUS_M
                        && libm::hypotf(place[0] - seen.place[0], place[2] - seen.place[2])
                            < radius + other + MEETING_M
                        && (place[1] - seen.place[1]).abs() < MIDDLE_M + radius
            };
            let state = State { place: seen.place, velocity: seen.velocity, spin: [0.0; 3] };
            touching.iter().any(near).then_some((*key, known.described.solid, state))
        };
        let met: Vec<(Key, Solid, State)> = self.seen.iter().filter_map(met).collect();
        for (key, solid, state) in met {
            if self.begin(key, state, false, around) {
                self.orders.put(key, solid, state, false);
            }
        }
    }

    /// What has come to rest is shown as it is told, once that is told; or when it never is.
    fn settle(&mut self, around: &Around<'_>) {
        let is_over = |own: &Own| {
            let since_ms = own.rests_ms?;
            let entity = around.replica.world().entity(&own.id)?;
            let told = entity.transform();
            let place = Rounded::new(&own.state.place).place();
            let told = told.position == place[..3] && told.rotation == place[3..];
            (told || around.room_ms - since_ms > PREDICTED_REST_MS).then_some(())
        };
        let over: Vec<Key> =
            self.own.iter().filter(|(_, own)| is_over(own).is_some()).map(|(key, _)| *key).collect();
        for key in over {
            if let Some(own) = self.own.remove(&key) {
                let told = around.replica.world().entity(&own.id).map(|entity| entity.transform().position);
                self.correct(told.map_or(0.0, |told| distance(told, first_three(&own.state.place))));
                self.given.push(own.id);
            }
        }
    }
}

/// About how far a form reaches from its middle, metres.
fn radius(form: &Form) -> f32 {
    match *form {
        Form::Box { half: [x, y, z] } => x.max(y).max(z),
        Form::Ball { radius } => radius,
        Form::Capsule { half_height, radius } => half_height + radius,
        Form::Cylinder { half_height, radius } | Form::Cone { half_height, radius } => half_height.max(radius),
    }
}

fn first_three(place: &Place) -> [f32; 3] {
    [place[0], place[1], place[2]]
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let square: f32 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    libm::sqrtf(square)
}

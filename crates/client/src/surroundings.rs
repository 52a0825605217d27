//! What the simulation has around oneself: the room's things as they are, what moves as it is shown, one's own body and hands.
//!
//! Tells the simulation by orders. Knows what is one's own only as far as it has to leave that alone.

use crate::limits::PREDICTION_LOOKS;
use crate::own::OwnThings;
use crate::replica::Replica;
use std::collections::{BTreeMap, BTreeSet};
use thexr_physics::{
    BODY, Described, FIRST_LIMB, Form, Ground, HAND, Key, Kind, MIDDLE_M, Orders, Places, STEERED_MAX, Solid,
    State, Things, describe,
};
use thexr_wire::EntityId;
use thexr_wire::pose::{Place, Pose};

/// How near something that moves is to what is one's own when it is met, metres.
const MEETING_M: f32 = 0.03;
/// A hand that has let go of something is in nothing's way for so long, milliseconds.
const LETTING_GO_MS: f64 = 500.0;
/// What nobody may simulate just now stays as it is told for so long, milliseconds.
const BARRED_MS: f64 = 500.0;
/// What is not shown elsewhere for so long has stopped, milliseconds.
const HALTED_MS: f64 = 150.0;

/// Something that moves and is not one's own, as it is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    place: Place,
    /// m/s; not known before it has been shown in two places.
    velocity: Option<[f32; 3]>,
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

/// What the simulation knows, and is told next.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    pub waiting: BTreeSet<EntityId>,
    pub places: Places,
    ground: Ground,
    pub orders: Orders,
    /// Steps until the next picture: what is steered goes there in all of them. Gone to in the first, it would be inside what it
    /// pushes before that gives way, the deeper the rarer pictures are.
    pub steps: u32,
    pub seen: BTreeMap<Key, Seen>,
    /// What hangs on hands, and what goes by the clock.
    pub steered: BTreeMap<Key, bool>,
    /// What may not be begun, until when.
    pub barred: BTreeMap<Key, f64>,
    /// Of these, what the simulation was told to leave where it is.
    pub nailed: BTreeSet<Key>,
    /// Where one's body and hands were told to be.
    limbs: [Option<Place>; 3],
    /// When each hand let go of something last.
    pub let_go_ms: [f64; 2],
}

impl Surroundings {
    /// Has things be to the simulation what they are, some of them at a time.
    pub fn look_at_some(&mut self, own: &mut OwnThings, around: &Around<'_>) -> Vec<Key> {
        let mut taken = Vec::new();
        for _ in 0..PREDICTION_LOOKS {
            let Some(id) = self.waiting.pop_first() else { break };
            taken.extend(self.look_at(&id, own, around));
        }
        self.ground.lie(&mut self.orders);
        taken
    }

    fn look_at(&mut self, id: &EntityId, own: &mut OwnThings, around: &Around<'_>) -> Option<Key> {
        let world = around.replica.world();
        self.ground.note(world, id);
        let now = describe(world, id, around.room_ms).filter(|_| !(around.foreseen)(id));
        let known = self.places.get(id).cloned();
        let mut taken = None;
        let own = known.as_ref().and_then(|known| Some((known.key, own.get_mut(&known.key)?)));
        match (&now, own) {
            // The room has not said yet that one has let go of it.
            (Some(now), Some((_, own))) if own.hangs && now.held => return None,
            (Some(now), Some((key, own))) if now.solid.kind == Kind::Free => {
                if std::mem::take(&mut own.hangs) {
                    // What the room has said before was said of what hung there.
                    own.claimed_in = None;
                }
                if known.is_some_and(|known| known.described.solid != now.solid) {
                    self.orders.put(key, now.solid.clone(), own.state, own.rests_ms.is_some());
                }
                self.places.note(id, now.clone());
                return None;
            }
            // Somebody has taken it.
            (_, Some((key, _))) => taken = Some(key),
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
                let key = self.places.note(id, now.clone());
                self.put(key, now, around);
            }
            _ => {}
        }
        taken
    }

    /// Tells the simulation of a thing that is not one's own.
    fn put(&mut self, key: Key, now: Described, around: &Around<'_>) {
        if (now.held || now.animated) && self.steered.len() < STEERED_MAX {
            self.steered.insert(key, now.held);
        } else {
            self.steered.remove(&key);
        }
        let steered = now.solid.steered();
        match self.seen.get(&key) {
            Some(seen) if now.solid.kind == Kind::Free => {
                self.orders.put(key, steered, State::at(seen.place), true)
            }
            _ => {
                self.seen.remove(&key);
                if now.solid.kind == Kind::Free
                    && (now.state.velocity != [0.0; 3] || now.state.spin != [0.0; 3])
                {
                    // Somebody has thrown it: it is not there any more, and theirs first.
                    self.barred.insert(key, around.room_ms + BARRED_MS);
                    self.nailed.insert(key);
                }
                let state = self.whereabouts(key, &now, around);
                let solid = if self.nailed.contains(&key) { steered } else { now.solid };
                self.orders.put(key, solid, state, true);
            }
        }
    }

    /// Where a thing rests that is not one's own.
    fn whereabouts(&self, key: Key, now: &Described, around: &Around<'_>) -> State {
        let drawn = || self.places.id(key).and_then(|id| (around.drawn)(id));
        State::at(if now.held { drawn().unwrap_or(now.state.place) } else { now.state.place })
    }

    /// What others or the room move goes as it is shown.
    pub fn follow_shown<'a>(
        &mut self,
        own: &OwnThings,
        around: &Around<'_>,
        shown: impl Iterator<Item = Shown<'a>>,
    ) {
        let mut gone: BTreeSet<Key> = self.seen.keys().copied().collect();
        for Shown { id, place, claimed } in shown {
            let Some(known) = self.places.get(id) else { continue };
            let (key, solid) = (known.key, &known.described.solid);
            if own.contains_key(&key) || solid.kind != Kind::Free {
                continue;
            }
            gone.remove(&key);
            if claimed {
                self.barred.insert(key, around.room_ms + BARRED_MS);
            }
            let at_ms = around.room_ms;
            match self.seen.get_mut(&key) {
                None => {
                    self.seen.insert(key, Seen { place, velocity: None, at_ms });
                    self.orders.put(key, solid.steered(), State::at(place), true);
                }
                Some(seen) if seen.place != place => {
                    let passed_s = ((at_ms - seen.at_ms) / 1_000.0).max(0.001) as f32;
                    let velocity = std::array::from_fn(|axis| (place[axis] - seen.place[axis]) / passed_s);
                    *seen = Seen { place, velocity: Some(velocity), at_ms };
                    self.orders.steer(key, place, self.steps);
                }
                Some(seen) if at_ms - seen.at_ms > HALTED_MS => seen.velocity = Some([0.0; 3]),
                Some(_) => {}
            }
        }
        for key in gone {
            self.seen.remove(&key);
            let Some(known) = self.places.id(key).and_then(|id| self.places.get(id)) else { continue };
            let (solid, state) = (known.described.solid.clone(), known.described.state);
            self.orders.put(key, solid, State::at(state.place), true);
        }
    }

    /// What hangs on hands goes along with them, and what is animated by the clock.
    pub fn steer(&mut self, around: &Around<'_>) {
        for (key, held) in &self.steered {
            let Some(id) = self.places.id(*key) else { continue };
            let to = if *held {
                (around.drawn)(id)
            } else {
                let now = describe(around.replica.world(), id, around.room_ms);
                if now.as_ref().is_none_or(|now| !now.animated) {
                    self.waiting.insert(id.clone());
                }
                now.map(|now| now.state.place)
            };
            if let Some(to) = to {
                self.orders.steer(*key, to, self.steps);
            }
        }
    }

    /// Where one's body and hands are that are in the way of things.
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
    pub fn move_limbs(&mut self, around: &Around<'_>) {
        let wanted = if self.places.free() > 0 { self.limb_places(around) } else { [None; 3] };
        for (limb, to) in wanted.into_iter().enumerate() {
            let key = FIRST_LIMB + limb as Key;
            match (self.limbs[limb], to) {
                // Who stands still costs nothing.
                (Some(at), Some(to)) if at == to => {}
                (Some(_), Some(to)) => self.orders.steer(key, to, self.steps),
                (None, Some(to)) => {
                    let form = if limb == 0 { BODY } else { HAND };
                    self.orders.put(key, Solid::limb(form), State::at(to), true);
                }
                (Some(_), None) => self.orders.remove(key),
                (None, None) => {}
            }
            self.limbs[limb] = to;
        }
    }

    /// Whether a thing hangs on one's own hand.
    pub fn is_in_own_hand(&self, key: Key, around: &Around<'_>) -> bool {
        let id = self.places.id(key).filter(|_| self.steered.get(&key) == Some(&true));
        let parent = id.and_then(|id| around.replica.world().entity(id)?.parent());
        parent.is_some_and(|parent| parent.entity == *around.own)
    }

    /// A thing that one may not push stays where it is told to be, in the way of what is one's own, for a while;
    /// where it was seen last, if it was one's own.
    pub fn nail(&mut self, key: Key, seen: Option<Place>, room_ms: f64) {
        let Some(known) = self.places.id(key).and_then(|id| self.places.get(id)) else { return };
        self.orders.put(
            key,
            known.described.solid.steered(),
            State::at(seen.unwrap_or(known.described.state.place)),
            true,
        );
        self.barred.insert(key, room_ms + BARRED_MS);
        self.nailed.insert(key);
    }

    /// What hangs on a hinge stays on its line.
    pub fn hung(&self, key: Key, state: State) -> State {
        let known = self.places.id(key).and_then(|id| self.places.get(id));
        let hinge = known.and_then(|known| Some((known.described.solid.hinge?, known.described.state.place)));
        let place = hinge.map_or(state.place, |(hinge, hangs)| hinge.hung(&state.place, &hangs));
        State { place, ..state }
    }

    /// What was nailed may be pushed again.
    pub fn let_go_of_nailed(&mut self, own: &OwnThings, room_ms: f64) {
        self.barred.retain(|_, until_ms| room_ms < *until_ms);
        let free: Vec<Key> =
            self.nailed.iter().filter(|key| !self.barred.contains_key(key)).copied().collect();
        for key in free {
            self.nailed.remove(&key);
            let known = self.places.id(key).and_then(|id| self.places.get(id));
            if let Some(known) = known.filter(|_| !own.contains_key(&key) && !self.seen.contains_key(&key)) {
                self.orders.put(
                    key,
                    known.described.solid.clone(),
                    State::at(known.described.state.place),
                    true,
                );
            }
        }
    }

    /// What moves and comes to one's body, one's hands or what one simulates, and how it moves, once that is known.
    pub fn met(&self, own: &OwnThings, around: &Around<'_>) -> Vec<(Key, Solid, State)> {
        if self.seen.is_empty() {
            return Vec::new();
        }
        let limbs = self.limb_places(around).into_iter().zip([BODY, HAND, HAND]);
        let limbs = limbs.filter_map(|(place, form)| Some(Roundabout::limb(&form, &place?)));
        let own = own.iter().filter(|(_, own)| own.rests_ms.is_none()).filter_map(|(key, own)| {
            let known = self.places.id(*key).and_then(|id| self.places.get(id))?;
            Some(Roundabout::thing(&known.described.solid.form, &own.state.place))
        });
        let touching: Vec<Roundabout> = limbs.chain(own).collect();
        let met = |(key, seen): (&Key, &Seen)| {
            let solid = &self.places.id(*key).and_then(|id| self.places.get(id))?.described.solid;
            let about = Roundabout::thing(&solid.form, &seen.place);
            let state = State { place: seen.place, velocity: seen.velocity?, spin: [0.0; 3] };
            touching.iter().any(|other| about.touches(other)).then(|| (*key, solid.clone(), state))
        };
        self.seen.iter().filter_map(met).collect()
    }
}

/// About what a thing fills: what is within a radius of an upright line.
struct Roundabout {
    middle: [f32; 3],
    half_height: f32,
    radius: f32,
}

impl Roundabout {
    /// A thing, however it lies.
    fn thing(form: &Form, place: &Place) -> Self {
        Self { middle: first_three(place), half_height: 0.0, radius: form.about() }
    }

    /// A limb: a body stands.
    fn limb(form: &Form, place: &Place) -> Self {
        match *form {
            Form::Capsule { half_height, radius } => Self { half_height, radius, ..Self::thing(form, place) },
            _ => Self::thing(form, place),
        }
    }

    fn touches(&self, other: &Self) -> bool {
        let [x, y, z] = std::array::from_fn(|axis| self.middle[axis] - other.middle[axis]);
        let above = (libm::fabsf(y) - self.half_height - other.half_height).max(0.0);
        let apart = libm::sqrtf(x * x + above * above + z * z);
        apart < self.radius + other.radius + MEETING_M
    }
}

pub(crate) fn first_three(place: &Place) -> [f32; 3] {
    [place[0], place[1], place[2]]
}

pub(crate) fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let square: f32 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    libm::sqrtf(square)
}

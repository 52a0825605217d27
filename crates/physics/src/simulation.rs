//! The simulation: things by key, stepped, rounded, and put to rest together with all they touch.

use crate::port::{Key, Order, Orders, Report, Things, Told};
use crate::rapier::{place, pose};
use crate::solid::{Kind, Solid, State};
use crate::still::Still;
use crate::weight::{DOWN_M, Weights, push_down};
use crate::{ADMITTED_PER_STEP, GRAVITY, JUMP_M, PAIRS_MAX, SPEED_MAX, STEPS_PER_S, TOUCHED_MAX};
use rapier3d::parry::bounding_volume::BoundingVolume;
use rapier3d::prelude::{
    Aabb, Collider, PhysicsWorld, QueryFilter, Ray, RigidBody, RigidBodyBuilder, RigidBodyHandle,
    RigidBodyType, SharedShape, Vector,
};
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::bodies::Rounded;
use thexr_wire::pose::Place;

/// How near to each other things are that may lean on each other, metres.
const LEANING_M: f32 = 0.01;
/// Faces that a pair of things touches beyond its first, for which a step takes about as long as for another box.
const FACES_PER_BOX: usize = 4;

/// A thing of the simulation.
struct Thing {
    solid: Solid,
    /// `None` until it gets its form.
    handle: Option<RigidBodyHandle>,
    /// What its hinge is fixed to.
    anchor: Option<RigidBodyHandle>,
    /// Its form as Rapier has it, once it was needed: it stays while the form does.
    shape: Option<SharedShape>,
    /// How it begins, and where it is while it has no form or rests.
    state: State,
    rounded: Rounded,
    rests: bool,
    /// It was put there at rest, and Rapier, who wakes up what is new, has not let it sleep yet: until then it weighs nothing.
    settles: bool,
    still: Still,
    /// Where a steered one is bound for, in so many steps.
    bound_for: Option<(Place, u32)>,
}

/// Things and what becomes of them.
pub struct Simulation {
    world: PhysicsWorld,
    things: BTreeMap<Key, Thing>,
    /// Fixed ones first: nothing falls through a floor that is not there yet.
    waiting_fixed: BTreeSet<Key>,
    /// The others, and who of them was looked at last: they take turns.
    waiting: BTreeSet<Key>,
    looked_at: Key,
    /// Steered ones that are not yet where they are bound for.
    bound: BTreeSet<Key>,
    awake: BTreeSet<Key>,
    rested: Vec<Key>,
    /// Who moved when it was reported last.
    told_awake: BTreeSet<Key>,
    still: bool,
    /// In the last step nobody who waits for a form got one: the heap they are in has to change first.
    crowded: bool,
    weights: Weights,
    /// What people weigh on.
    tipping: BTreeSet<Key>,
}

impl Default for Simulation {
    fn default() -> Self {
        Self::new([0.0, GRAVITY, 0.0])
    }
}

impl Simulation {
    /// An empty one with a gravity, m/s².
    pub fn new(gravity: [f32; 3]) -> Self {
        let mut world = PhysicsWorld { gravity: Vector::from_array(gravity), ..PhysicsWorld::default() };
        world.integration_parameters.dt = 1.0 / STEPS_PER_S as f32;
        Self {
            world,
            things: BTreeMap::new(),
            waiting_fixed: BTreeSet::new(),
            waiting: BTreeSet::new(),
            looked_at: 0,
            bound: BTreeSet::new(),
            awake: BTreeSet::new(),
            rested: Vec::new(),
            told_awake: BTreeSet::new(),
            still: true,
            crowded: false,
            weights: Weights::default(),
            tipping: BTreeSet::new(),
        }
    }

    /// Wakes up what is so near to a body that it may lean on it: roundings part what touches.
    fn wake_beside(&mut self, handle: RigidBodyHandle) {
        let Some(around) = self.around(handle) else { return };
        let filter = QueryFilter::only_dynamic().exclude_rigid_body(handle);
        let query = self.world.query_pipeline_with_filter(filter);
        let beside = query.intersect_aabb_conservative(around.loosened(LEANING_M));
        let beside = beside.filter_map(|(_, collider)| Some(&self.world.bodies[collider.parent()?]));
        let sleeping = beside.filter(|body| body.is_sleeping()).map(|body| body.user_data as Key);
        let sleeping: Vec<Key> = sleeping.collect();
        sleeping.into_iter().for_each(|key| self.wake(key));
    }

    /// Wakes a body up, and all it touches.
    pub fn wake(&mut self, key: Key) {
        let Some(thing) = self.things.get_mut(&key).filter(|thing| thing.solid.kind == Kind::Free) else {
            return;
        };
        let Some(handle) = thing.handle else {
            (thing.rests, thing.settles) = (false, false);
            return;
        };
        thing.settle(&mut self.world.bodies[handle]);
        thing.still = Still::new(thing.rounded.place());
        self.world.wake_up(handle, true);
        self.still = false;
    }

    /// Somebody stands with this point, half a metre below their eyes, above something, if anywhere; metres.
    pub fn weigh(&mut self, who: Key, above: Option<[f32; 3]>) {
        match above {
            Some(above) => self.still &= !self.weights.put(who, above),
            None => {
                let on = self.weights.0.remove(&who).and_then(|weight| weight.on);
                on.into_iter().for_each(|key| self.wake(key));
            }
        }
    }

    /// Has people weigh on what they stand on, for the step that follows.
    fn press(&mut self) {
        if self.weights.0.is_empty() {
            return;
        }
        // What tips may come up under who stands still.
        let tips = self.tipping.iter().any(|key| self.awake.contains(key));
        if !tips && !self.weights.are_moving() {
            return;
        }
        let people: Vec<Key> = self.weights.0.keys().copied().collect();
        let mut pressed: BTreeMap<Key, (RigidBodyHandle, Vec<Vector>)> = BTreeMap::new();
        for who in people {
            let Some(mut weight) = self.weights.0.get(&who).copied() else { continue };
            if !weight.moved && !tips {
                continue;
            }
            let found = self.tips_below(weight.above);
            weight.stands(found.map(|(key, ..)| key)).for_each(|key| self.wake(key));
            self.weights.0.insert(who, weight);
            if let Some((key, handle, at)) = found {
                pressed.entry(key).or_insert((handle, Vec::new())).1.push(at);
            }
        }
        let (gravity, seconds) = (self.world.gravity, self.world.integration_parameters.dt);
        for (handle, at) in pressed.into_values() {
            push_down(&mut self.world.bodies[handle], &at, gravity, seconds);
        }
    }

    /// What tips below a point, if it is the first free thing there, and where.
    fn tips_below(&self, above: [f32; 3]) -> Option<(Key, RigidBodyHandle, Vector)> {
        let ray = Ray::new(Vector::from_array(above), Vector::new(0.0, -1.0, 0.0));
        let query = self.world.query_pipeline_with_filter(QueryFilter::only_dynamic());
        let (collider, down_m) = query.cast_ray(&ray, DOWN_M, true)?;
        let handle = self.world.colliders[collider].parent()?;
        let key = self.world.bodies[handle].user_data as Key;
        let at = ray.origin + ray.dir * down_m;
        self.tipping.contains(&key).then_some((key, handle, at))
    }

    /// A sixtieth of a second passes.
    pub fn step(&mut self) {
        self.admit();
        self.drive();
        self.press();
        self.world.step();
        self.follow();
        let crowded = self.crowded && self.waiting_fixed.is_empty();
        let waits = !self.waiting_fixed.is_empty() || (!self.waiting.is_empty() && !crowded);
        self.still = self.awake.is_empty()
            && self.bound.is_empty()
            && !self.weights.are_moving()
            && !waits
            && self.world.islands.num_active_bodies() == 0;
    }

    /// Does what is ordered; what has become of those who move.
    pub fn run(&mut self, orders: &Orders) -> Report {
        for order in &orders.0 {
            match order {
                Order::Clear => *self = Self::default(),
                Order::Put(key, solid, state, rests) => self.put(*key, solid.clone(), *state, *rests),
                Order::Remove(key) => self.remove(*key),
                Order::Steer(key, place, steps) => self.steer(*key, *place, *steps),
                Order::Gravity(gravity) => self.set_gravity(*gravity),
                Order::Step(steps) => (0..(*steps).min(STEPS_PER_S)).for_each(|_| self.step()),
            }
        }
        let rested: BTreeSet<Key> = self.take_rested().into_iter().collect();
        let keys: BTreeSet<Key> = self.awake.union(&rested).copied().collect();
        let told = |key: Key| {
            let (state, rests) = (self.state(key)?, !self.awake.contains(&key));
            let news = !rests && !self.told_awake.contains(&key);
            let beside = if news { self.beside(key, LEANING_M) } else { BTreeSet::new() };
            Some(Told { key, state, rests, beside: beside.into_iter().take(TOUCHED_MAX).collect() })
        };
        let told = keys.into_iter().filter_map(told).collect();
        self.told_awake.clone_from(&self.awake);
        Report { told, still: self.still }
    }

    /// Things so near to one that they may touch it, in the order of their keys.
    fn beside(&self, key: Key, metres: f32) -> BTreeSet<Key> {
        let handle = self.things.get(&key).and_then(|thing| thing.handle);
        let Some(around) = handle.and_then(|handle| self.around(handle)) else { return BTreeSet::new() };
        let query = self.world.query_pipeline_with_filter(QueryFilter::default());
        let beside = query.intersect_aabb_conservative(around.loosened(metres));
        let beside = beside.filter_map(|(_, collider)| Some(&self.world.bodies[collider.parent()?]));
        beside.map(|body| body.user_data as Key).filter(|other| *other != key).collect()
    }

    /// What is known of a thing's form, if that is still its form.
    fn shape_of(&self, key: Key, solid: &Solid) -> Option<SharedShape> {
        self.things.get(&key).filter(|known| known.solid.form == solid.form)?.shape.clone()
    }

    /// How many things a thing would touch in a place, about, so many at most.
    pub fn touched_at(&self, key: Key, solid: &Solid, at: Place, metres: f32, most: usize) -> usize {
        let shape = self.shape_of(key, solid).unwrap_or_else(|| solid.form.shape());
        let collider = solid.collider(shape, false).build();
        let around = collider.shape().compute_aabb(&(pose(at) * *collider.position())).loosened(metres);
        let own = self.things.get(&key).and_then(|thing| thing.handle);
        let filter = own.map_or(QueryFilter::default(), |own| QueryFilter::default().exclude_rigid_body(own));
        let query = self.world.query_pipeline_with_filter(filter);
        query.intersect_aabb_conservative(around).take(most).count()
    }

    /// Whether a thing may touch one of some.
    pub fn touches_any(&self, key: Key, metres: f32, of_them: impl Fn(Key) -> bool) -> bool {
        let handle = self.things.get(&key).and_then(|thing| thing.handle);
        let Some(around) = handle.and_then(|handle| self.around(handle)) else { return false };
        let query = self.world.query_pipeline_with_filter(QueryFilter::default());
        let mut beside = query.intersect_aabb_conservative(around.loosened(metres));
        beside.any(|(_, collider)| {
            let body = collider.parent().map(|parent| &self.world.bodies[parent]);
            body.is_some_and(|body| body.user_data as Key != key && of_them(body.user_data as Key))
        })
    }

    /// The box around a body.
    fn around(&self, handle: RigidBodyHandle) -> Option<Aabb> {
        let collider = self.world.bodies[handle].colliders().first()?;
        Some(self.world.colliders[*collider].compute_aabb())
    }

    /// The first thing that a ray meets and that counts, and how far away, metres; `direction` is a unit. What waits for its form is
    /// not met.
    pub fn ray(
        &self,
        from: [f32; 3],
        direction: [f32; 3],
        metres: f32,
        counts: impl Fn(Key) -> bool,
    ) -> Option<(Key, f32)> {
        let ray = Ray::new(Vector::from_array(from), Vector::from_array(direction));
        let of = |collider: &Collider| {
            collider.parent().and_then(|parent| Some(self.world.bodies.get(parent)?.user_data as Key))
        };
        let counted = |_, collider: &Collider| of(collider).is_some_and(&counts);
        let query = self.world.query_pipeline_with_filter(QueryFilter::default().predicate(&counted));
        let (collider, away) = query.cast_ray(&ray, metres, true)?;
        Some((of(self.world.colliders.get(collider)?)?, away))
    }

    /// Whether anything free is within so many metres of a point.
    pub fn is_near(&self, point: [f32; 3], metres: f32) -> bool {
        let around = Aabb::from_half_extents(Vector::from_array(point), Vector::splat(metres));
        let query = self.world.query_pipeline_with_filter(QueryFilter::only_dynamic());
        query.intersect_aabb_conservative(around).next().is_some()
    }

    /// Whether anything that tips is within so many metres of a point.
    pub fn is_near_tipping(&self, point: [f32; 3], metres: f32) -> bool {
        let around = Aabb::from_half_extents(Vector::from_array(point), Vector::splat(metres));
        let query = self.world.query_pipeline_with_filter(QueryFilter::only_dynamic());
        let mut near = query.intersect_aabb_conservative(around);
        near.any(|(_, collider)| {
            let body = collider.parent().map(|parent| &self.world.bodies[parent]);
            body.is_some_and(|body| self.tipping.contains(&(body.user_data as Key)))
        })
    }

    /// Free things that move now, in the order of their keys.
    pub fn awake(&self) -> impl Iterator<Item = Key> {
        self.awake.iter().copied()
    }

    /// How many free things move now.
    pub fn awake_len(&self) -> usize {
        self.awake.len()
    }

    /// What the next step costs, about, in boxes that move: corners cost more, and so does what touches many faces at once.
    pub fn effort(&self) -> usize {
        let forms =
            self.awake.iter().filter_map(|key| self.things.get(key)).map(|thing| thing.solid.form.effort());
        let pairs = self.world.narrow_phase.contact_pairs();
        let faces: usize = pairs.map(|pair| pair.manifolds().len().saturating_sub(1)).sum();
        forms.sum::<usize>() + faces / FACES_PER_BOX
    }

    /// Free things that came to rest since this was asked last.
    pub fn take_rested(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.rested)
    }

    /// Whether a step would change nothing: nothing moves, is steered or waits for its form.
    pub fn is_still(&self) -> bool {
        self.still
    }

    /// Whether there is anything on which people weigh.
    pub fn has_tipping(&self) -> bool {
        !self.tipping.is_empty()
    }

    /// How many things there are.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Where a thing is, as it travels.
    pub fn rounded(&self, key: Key) -> Option<Rounded> {
        self.things.get(&key).map(|thing| thing.rounded)
    }

    /// Where a thing is and how it moves.
    pub fn state(&self, key: Key) -> Option<State> {
        let thing = self.things.get(&key)?;
        let moves =
            thing.handle.filter(|_| self.awake.contains(&key)).map(|handle| &self.world.bodies[handle]);
        Some(match moves {
            Some(body) => {
                let (velocity, spin) = (body.linvel().to_array(), body.angvel().to_array());
                State { place: thing.rounded.place(), velocity, spin }
            }
            None => State::at(thing.state.place),
        })
    }

    /// Whose turn it is to get a form: fixed things, and when there are none of them the others.
    fn next_to_admit(&mut self) -> Vec<Key> {
        if !self.waiting_fixed.is_empty() {
            // A step earlier: what begins to touch what rests would wake it up.
            return std::iter::from_fn(|| self.waiting_fixed.pop_first()).take(ADMITTED_PER_STEP).collect();
        }
        let (passed, ahead) =
            (self.waiting.range(..=self.looked_at), self.waiting.range(self.looked_at + 1..));
        let keys: Vec<Key> = ahead.chain(passed).take(ADMITTED_PER_STEP).copied().collect();
        self.looked_at = keys.last().copied().unwrap_or(0);
        keys
    }

    /// Gives forms to those who wait for them, so many in a step.
    fn admit(&mut self) {
        let mut admitted: Vec<Aabb> = Vec::new();
        let mut pairs = self.world.narrow_phase.contact_graph().raw_graph().raw_edges().len();
        for key in self.next_to_admit() {
            let Some(thing) = self.things.get_mut(&key) else { continue };
            let shape = thing.shape.get_or_insert_with(|| thing.solid.form.shape()).clone();
            let collider = thing.solid.collider(shape, self.tipping.contains(&key)).build();
            let around = collider.shape().compute_aabb(&(pose(thing.state.place) * *collider.position()));
            let beside = self.world.query_pipeline().intersect_aabb_conservative(around).count()
                + admitted.iter().filter(|other| other.intersects(&around)).count();
            let too_many = thing.solid.kind == Kind::Free && beside > TOUCHED_MAX;
            if too_many || pairs + beside > PAIRS_MAX {
                // It waits for the heap to be cleared away.
                self.waiting.insert(key);
                continue;
            }
            self.waiting.remove(&key);
            pairs += beside;
            admitted.push(around);
            let State { place, velocity, spin } = thing.state;
            let body = thing.solid.body().pose(pose(place)).user_data(u128::from(key));
            let (handle, _) = self.world.insert(body.build(), collider);
            thing.handle = Some(handle);
            if let Some(hinge) = thing.solid.hinge.filter(|_| thing.solid.kind == Kind::Free) {
                let anchor = self.world.insert_body(RigidBodyBuilder::fixed().pose(hinge.anchor(place)));
                self.world.insert_impulse_joint(anchor, handle, hinge.joint());
                thing.anchor = Some(anchor);
            }
            if thing.solid.kind == Kind::Free {
                let body = &mut self.world.bodies[handle];
                body.set_linvel(Vector::from_array(velocity), false);
                body.set_angvel(Vector::from_array(spin), false);
                may_sleep(body, thing.settles);
                if thing.settles {
                    body.set_gravity_scale(0.0, false);
                }
            }
        }
        self.crowded = admitted.is_empty();
    }

    /// Brings those who are steered a step nearer to where they are bound for.
    fn drive(&mut self) {
        let Self { world, things, bound, .. } = self;
        bound.retain(|key| {
            let Some(thing) = things.get_mut(key) else { return false };
            let (Some((to, left)), Some(handle)) = (thing.bound_for, thing.handle) else {
                return thing.handle.is_none();
            };
            let next = between(&thing.state.place, &to, left);
            world.bodies[handle].set_next_kinematic_position(pose(next));
            thing.state.place = next;
            thing.rounded = Rounded::new(&next);
            thing.bound_for = (left > 1).then_some((to, left - 1));
            left > 1
        });
    }

    /// Rounds those who moved, and lets those rest who have stayed where they are.
    fn follow(&mut self) {
        let moving: Vec<RigidBodyHandle> = self.world.islands.active_bodies().collect();
        let mut awake = BTreeSet::new();
        let mut woken = Vec::new();
        for handle in moving {
            let body = &mut self.world.bodies[handle];
            if body.body_type() != RigidBodyType::Dynamic || body.is_sleeping() {
                continue;
            }
            let key = body.user_data as Key;
            let Some(thing) = self.things.get_mut(&key) else { continue };
            if !thing.follow(body) {
                continue;
            }
            awake.insert(key);
            if !self.awake.contains(&key) {
                woken.push(handle);
            }
        }
        for key in self.awake.difference(&awake) {
            let Some(thing) = self.things.get_mut(key) else { continue };
            thing.rests = true;
            self.rested.push(*key);
            if let Some(handle) = thing.handle {
                // Whoever wakes it up finds it unwilling to sleep on.
                may_sleep(&mut self.world.bodies[handle], false);
            }
        }
        self.awake = awake;
        woken.into_iter().for_each(|handle| self.wake_beside(handle));
    }
}

impl Things for Simulation {
    fn put(&mut self, key: Key, solid: Solid, state: State, rests: bool) {
        let shape = self.shape_of(key, &solid);
        self.remove(key);
        self.still = false;
        let rounded = Rounded::new(&state.place);
        let place = if solid.kind == Kind::Free { rounded.place() } else { state.place };
        let state = State { place, ..state };
        let still = Still::new(place);
        let (fixed, tips) = (solid.kind == Kind::Fixed, solid.tips(&place));
        let thing = Thing {
            solid,
            shape,
            handle: None,
            anchor: None,
            state,
            rounded,
            rests,
            settles: rests,
            still,
            bound_for: None,
        };
        if tips {
            self.tipping.insert(key);
        }
        self.things.insert(key, thing);
        (if fixed { &mut self.waiting_fixed } else { &mut self.waiting }).insert(key);
    }

    fn remove(&mut self, key: Key) {
        let Some(thing) = self.things.remove(&key) else { return };
        let lists =
            [&mut self.awake, &mut self.bound, &mut self.waiting_fixed, &mut self.waiting, &mut self.tipping];
        for keys in lists {
            keys.remove(&key);
        }
        self.still = false;
        if let Some(handle) = thing.handle {
            self.wake_beside(handle);
            self.world.remove_body(handle);
        }
        if let Some(anchor) = thing.anchor {
            self.world.remove_body(anchor);
        }
    }

    // What is too far to be gone to it jumps to, and pushes nothing on its way.
    fn steer(&mut self, key: Key, place: Place, steps: u32) {
        let thing = self.things.get_mut(&key).filter(|thing| thing.solid.kind == Kind::Steered);
        let Some(thing) = thing.filter(|thing| thing.state.place != place) else { return };
        let away: f32 = (0..3).map(|axis| (place[axis] - thing.state.place[axis]).powi(2)).sum();
        if away > JUMP_M * JUMP_M {
            let solid = thing.solid.clone();
            return self.put(key, solid, State::at(place), true);
        }
        thing.bound_for = Some((place, steps.max(1)));
        self.bound.insert(key);
        self.still = false;
    }

    fn set_gravity(&mut self, gravity: [f32; 3]) {
        let gravity = Vector::from_array(gravity);
        if self.world.gravity == gravity {
            return;
        }
        self.world.gravity = gravity;
        let free = self.things.iter().filter(|(_, thing)| thing.solid.kind == Kind::Free);
        let free: Vec<Key> = free.map(|(key, _)| *key).collect();
        free.into_iter().for_each(|key| self.wake(key));
    }
}

impl Thing {
    /// Follows a body that Rapier moves; `false` for one that has not begun to move yet.
    fn follow(&mut self, body: &mut RigidBody) -> bool {
        let now = place(body.position());
        if !now.iter().all(|part| part.is_finite()) {
            // Numbers without end are nobody's: it lies where it was.
            body.set_position(pose(self.state.place), false);
            body.set_linvel(Vector::ZERO, false);
            body.set_angvel(Vector::ZERO, false);
            return true;
        }
        let now = Rounded::new(&now);
        if self.settles && now == self.rounded {
            return false;
        }
        if self.rests {
            self.settle(body);
            self.still = Still::new(self.rounded.place());
        }
        let moved = now != self.rounded;
        self.rounded = now;
        self.state.place = now.place();
        keep_slow(body);
        let stays = self.still.passes(&self.state.place);
        may_sleep(body, stays);
        // Rapier wakes up whatever is beside what is written to: what stays where it is would keep its neighbours awake, and they it.
        if moved && !stays {
            body.set_position(pose(self.state.place), false);
        }
        true
    }

    /// From now on it weighs what it weighs.
    fn settle(&mut self, body: &mut RigidBody) {
        self.rests = false;
        if std::mem::take(&mut self.settles) {
            body.set_gravity_scale(self.solid.gravity_factor, false);
        }
        may_sleep(body, false);
    }
}

/// Whether a body may go to sleep in the next step, if all it touches may.
fn may_sleep(body: &mut RigidBody, may: bool) {
    let threshold = if may { f32::MAX } else { -1.0 };
    let activation = body.activation_mut();
    activation.normalized_linear_threshold = threshold;
    activation.angular_threshold = threshold;
    activation.time_until_sleep = 1e-3;
    if !may {
        // What may sleep is the sleepier the longer: by that islands are chosen to be split.
        activation.time_since_can_sleep = 0.0;
    }
}

/// Nothing is faster than a wall can hold, and nothing is without end.
fn keep_slow(body: &mut RigidBody) {
    let (velocity, spin) = (body.linvel(), body.angvel());
    let (speed, turning) = (velocity.length(), spin.length());
    if speed > SPEED_MAX {
        body.set_linvel(velocity * (SPEED_MAX / speed), false);
    }
    if turning > SPEED_MAX {
        body.set_angvel(spin * (SPEED_MAX / turning), false);
    }
}

/// The first of so many even steps from one place to another.
fn between(from: &Place, to: &Place, steps: u32) -> Place {
    if steps <= 1 {
        return *to;
    }
    let share = 1.0 / steps as f32;
    let same: f32 = (3..7).map(|part| from[part] * to[part]).sum();
    let sign = if same < 0.0 { -1.0 } else { 1.0 };
    let mut next: Place = std::array::from_fn(|at| {
        let to = if at < 3 { to[at] } else { to[at] * sign };
        from[at] + (to - from[at]) * share
    });
    let rotation = thexr_wire::quant::normalize([next[3], next[4], next[5], next[6]]);
    next[3..].copy_from_slice(&rotation.unwrap_or([0.0, 0.0, 0.0, 1.0]));
    next
}

#[cfg(test)]
#[path = "simulation_tests.rs"]
mod tests;

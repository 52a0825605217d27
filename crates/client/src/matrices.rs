//! World matrices by dense index: parents, spin and animation resolved at the room's time. Owns the numbers the scene
//! draws with; only what changed, spins, moves or hangs on such is computed in a frame.
//!
//! `spin` is an angular velocity in radians per second about the entity's own axes, turned since room time zero, so
//! that all clients agree. `animate` leads from where the entity was shown to its target in `duration_ms`, from the
//! moment the change arrived; in a snapshot the target is reached. An avatar's matrix is its head; what hangs on its
//! node `left` or `right` follows that hand.

use crate::replica::Replica;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::EntityId;
use thexr_wire::pose::{Place, Pose};
use thexr_world::interpolate;
use thexr_world::transform::{Matrix, Transform, multiply, numbers, rotate_then};
use thexr_world::{Entity, Parent};

/// Numbers of one matrix.
pub const MATRIX: usize = 16;

/// The matrix of someone whose place is not known: what hangs on them has no size and is not seen.
const UNSEEN: Matrix = {
    let mut matrix = [0.0; MATRIX];
    matrix[15] = 1.0;
    matrix
};

#[derive(Debug, Clone, Copy)]
struct Tween {
    from: Transform,
    start_ms: f64,
    duration_ms: f64,
}

/// Matrices of all indices, and which of them the last frame changed.
#[derive(Debug, Default)]
pub struct Matrices {
    values: Vec<f32>,
    dirty: Vec<u32>,
    spinning: BTreeSet<EntityId>,
    tweens: BTreeMap<EntityId, Tween>,
    /// Local transforms as shown, of what has an `animate`: where the next animation starts.
    shown: BTreeMap<EntityId, Transform>,
}

/// What a frame is computed from.
pub(crate) struct Scene<'a> {
    pub replica: &'a Replica,
    /// Head and hands of an avatar as shown.
    pub pose: &'a dyn Fn(&EntityId) -> Option<Pose>,
    pub room_ms: f64,
    /// The replica is being replaced: animations have ended already.
    pub whole: bool,
}

impl Matrices {
    /// All matrices, 16 numbers per index.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Indices whose matrix the last update computed anew.
    pub fn dirty(&self) -> &[u32] {
        &self.dirty
    }

    /// Computes what changed (`stale`), spins or is animated, and everything below it.
    pub(crate) fn update(&mut self, scene: &Scene<'_>, stale: BTreeSet<EntityId>) {
        self.dirty.clear();
        self.values.resize(scene.replica.indices() * MATRIX, 0.0);
        for id in &stale {
            self.read(scene, id);
        }
        let mut due = stale;
        due.extend(self.spinning.iter().cloned());
        due.extend(self.tweens.keys().cloned());
        let due = with_descendants(scene.replica, due);
        let mut done = BTreeSet::new();
        for id in &due {
            self.resolve(scene, id, &due, &mut done);
        }
        self.tweens.retain(|_, tween| scene.room_ms < tween.start_ms + tween.duration_ms);
    }

    /// Takes note of an entity that changed: does it spin, does an animation begin?
    fn read(&mut self, scene: &Scene<'_>, id: &EntityId) {
        self.spinning.remove(id);
        self.tweens.remove(id);
        let Some(entity) = scene.replica.world().entity(id) else {
            self.shown.remove(id);
            return;
        };
        if entity.value("spin").and_then(numbers::<3>).is_some_and(|spin| spin != [0.0; 3]) {
            self.spinning.insert(id.clone());
        }
        let duration_ms = entity.value("animate").and_then(|animate| animate.get("duration_ms")?.as_f64());
        let target = target(entity);
        let from = self.shown.insert(id.clone(), target);
        if let (Some(duration_ms), Some(from), false) = (duration_ms, from, scene.whole)
            && duration_ms > 0.0
            && from != target
        {
            self.tweens.insert(id.clone(), Tween { from, start_ms: scene.room_ms, duration_ms });
        }
    }

    /// Computes an entity's matrix after those of its ancestors; a cycle is cut where it closes.
    fn resolve(
        &mut self,
        scene: &Scene<'_>,
        id: &EntityId,
        due: &BTreeSet<EntityId>,
        done: &mut BTreeSet<EntityId>,
    ) {
        let mut chain = Vec::new();
        let mut at = Some(id.clone());
        while let Some(id) = at.filter(|id| due.contains(id) && done.insert(id.clone())) {
            let parent = scene.replica.world().entity(&id).and_then(|entity| entity.parent()).cloned();
            at = parent.map(|parent| parent.entity);
            chain.push(id);
        }
        let ring = at_of_cycle(scene.replica, &chain);
        for (depth, id) in chain.iter().enumerate().rev() {
            let Some(index) = scene.replica.index_of(id) else { continue };
            let Some(entity) = scene.replica.world().entity(id) else { continue };
            let matrix = self.world_matrix(scene, id, entity, ring && depth + 1 == chain.len());
            let at = index as usize * MATRIX;
            self.values[at..at + MATRIX].copy_from_slice(&matrix);
            self.dirty.push(index);
        }
    }

    fn world_matrix(&mut self, scene: &Scene<'_>, id: &EntityId, entity: &Entity, cut: bool) -> Matrix {
        if entity.is_avatar() {
            return (scene.pose)(id).map_or(UNSEEN, |pose| place_matrix(&pose.head));
        }
        let local = self.local(scene, id, entity).matrix();
        let parent = entity.parent().filter(|_| !cut);
        match parent.and_then(|parent| self.parent_matrix(scene, parent)) {
            Some(parent) => multiply(&local, &parent),
            None => local,
        }
    }

    fn local(&mut self, scene: &Scene<'_>, id: &EntityId, entity: &Entity) -> Transform {
        let mut local = target(entity);
        if let Some(tween) = self.tweens.get(id) {
            let t = ((scene.room_ms - tween.start_ms) / tween.duration_ms).clamp(0.0, 1.0);
            local = blend(&tween.from, &local, t as f32);
        }
        self.shown.insert(id.clone(), local);
        if let Some(spin) = entity.value("spin").and_then(numbers::<3>) {
            local.rotation = rotate_then(spun(spin, scene.room_ms), local.rotation);
        }
        local
    }

    fn parent_matrix(&self, scene: &Scene<'_>, parent: &Parent) -> Option<Matrix> {
        if let Some(node) = &parent.node
            && let Some(pose) = (scene.pose)(&parent.entity)
        {
            let hand = match node.as_str() {
                "left" => pose.left,
                "right" => pose.right,
                _ => None,
            };
            return Some(place_matrix(&hand.unwrap_or(pose.head)));
        }
        let at = scene.replica.index_of(&parent.entity)? as usize * MATRIX;
        self.values.get(at..at + MATRIX)?.try_into().ok()
    }
}

/// Whether the last of a chain hangs on one of the chain.
fn at_of_cycle(replica: &Replica, chain: &[EntityId]) -> bool {
    let last = chain.last().and_then(|id| replica.world().entity(id)).and_then(|entity| entity.parent());
    last.is_some_and(|parent| chain.contains(&parent.entity))
}

fn with_descendants(replica: &Replica, roots: BTreeSet<EntityId>) -> BTreeSet<EntityId> {
    let mut open: Vec<EntityId> = roots.iter().cloned().collect();
    let mut all = roots;
    while let Some(id) = open.pop() {
        for child in replica.world().children(&id) {
            if all.insert(child.clone()) {
                open.push(child.clone());
            }
        }
    }
    all
}

/// Where an entity is once its animation is over.
fn target(entity: &Entity) -> Transform {
    let mut target = *entity.transform();
    let animated = |name: &str| entity.value("animate").and_then(|animate| animate.get(name));
    if let Some(position) = animated("position").and_then(numbers::<3>) {
        target.position = position;
    }
    if let Some(rotation) = animated("rotation").and_then(quaternion) {
        target.rotation = rotation;
    }
    target
}

fn quaternion(value: &Value) -> Option<[f32; 4]> {
    thexr_wire::quant::normalize(numbers::<4>(value)?)
}

fn blend(a: &Transform, b: &Transform, t: f32) -> Transform {
    let place = |transform: &Transform| -> Place {
        let ([x, y, z], [qx, qy, qz, qw]) = (transform.position, transform.rotation);
        [x, y, z, qx, qy, qz, qw]
    };
    let [x, y, z, qx, qy, qz, qw] = interpolate::place(&place(a), &place(b), t);
    let scale = std::array::from_fn(|axis| a.scale[axis] + (b.scale[axis] - a.scale[axis]) * t);
    Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], scale }
}

fn place_matrix(place: &Place) -> Matrix {
    let [x, y, z, qx, qy, qz, qw] = *place;
    Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], scale: [1.0; 3] }.matrix()
}

/// The turn since room time zero; whole turns are taken off in f64, so that weeks later it is still smooth.
fn spun(spin: [f32; 3], room_ms: f64) -> [f32; 4] {
    let axis = spin.map(f64::from);
    let speed = axis.iter().map(|part| part * part).sum::<f64>().sqrt();
    if speed < 1e-9 || !speed.is_finite() {
        return [0.0, 0.0, 0.0, 1.0];
    }
    let half = (speed * room_ms / 1_000.0) % std::f64::consts::TAU / 2.0;
    let sin = libm::sin(half);
    let [x, y, z] = axis.map(|part| (part / speed * sin) as f32);
    [x, y, z, libm::cos(half) as f32]
}

#[cfg(test)]
#[path = "matrices_tests.rs"]
mod tests;

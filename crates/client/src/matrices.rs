//! World matrices by dense index: parents, spin and animation resolved at the room's time. Owns the numbers the scene
//! draws with; only what changed, spins, moves or hangs on such is computed in a frame.
//!
//! `spin` is an angular velocity in radians per second about the entity's own axes, turned since room time zero, and
//! `animate` runs on the room's clock too, so that all clients agree whenever they came. One without a start leads from
//! where the entity was shown to its target, from the moment the change arrived; in a snapshot the target is reached. An
//! avatar's matrix is its head; what hangs on its node `left` or `right` follows that hand.

use crate::replica::Replica;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::EntityId;
use thexr_wire::pose::{Place, Pose};
use thexr_world::animate::{self, Animate, Repeat};
use thexr_world::transform::{Matrix, Transform, multiply, rotate_then};
use thexr_world::{Entity, Parent};

/// Numbers of one matrix.
pub const MATRIX: usize = 16;

/// The matrix of someone whose place is not known: what hangs on them has no size and is not seen.
const UNSEEN: Matrix = {
    let mut matrix = [0.0; MATRIX];
    matrix[15] = 1.0;
    matrix
};

/// The room's time went back by more than clocks are corrected: what has ended may be under way again, milliseconds.
const TIME_WENT_BACK_MS: f64 = 1_000.0;

/// Matrices of all indices, and which of them the last frame changed.
#[derive(Debug, Default)]
pub struct Matrices {
    values: Vec<f32>,
    dirty: Vec<u32>,
    spinning: BTreeSet<EntityId>,
    /// Animations that have not ended, each with the time it starts at.
    moving: BTreeMap<EntityId, Animate>,
    /// Local transforms as shown: where an animation without a start begins.
    shown: BTreeMap<EntityId, Transform>,
    /// Room time of the last update, milliseconds.
    last_ms: f64,
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
    pub(crate) fn update(&mut self, scene: &Scene<'_>, mut stale: BTreeSet<EntityId>) {
        self.dirty.clear();
        if scene.room_ms + TIME_WENT_BACK_MS < self.last_ms {
            let all = scene.replica.world().entities().iter();
            stale.extend(all.filter(|(_, entity)| entity.animate().is_some()).map(|(id, _)| id.clone()));
        }
        self.values.resize(scene.replica.indices() * MATRIX, 0.0);
        for id in &stale {
            self.read(scene, id);
        }
        let mut due = stale;
        due.extend(self.spinning.iter().cloned());
        let latest_ms = scene.room_ms.max(self.last_ms);
        let begun = |animate: &Animate| animate.moves_ms().is_some_and(|(from_ms, _)| from_ms <= latest_ms);
        due.extend(self.moving.iter().filter(|(_, animate)| begun(animate)).map(|(id, _)| id.clone()));
        let due = with_descendants(scene.replica, due);
        let mut done = BTreeSet::new();
        for id in &due {
            self.resolve(scene, id, &due, &mut done);
        }
        self.moving.retain(|_, animate| moves_on(animate, scene.room_ms));
        self.last_ms = scene.room_ms;
    }

    /// Takes note of an entity that changed: does it spin, does an animation begin?
    fn read(&mut self, scene: &Scene<'_>, id: &EntityId) {
        self.spinning.remove(id);
        self.moving.remove(id);
        let Some(entity) = scene.replica.world().entity(id) else {
            self.shown.remove(id);
            return;
        };
        if entity.spin().is_some_and(|spin| spin != [0.0; 3]) {
            self.spinning.insert(id.clone());
        }
        let target = target(entity);
        let shown = self.shown.insert(id.clone(), target);
        let Some(animate) = entity.animate() else { return };
        let elsewhere = shown.filter(|shown| !scene.whole && *shown != target);
        let began = elsewhere.map(|shown| begun_at(animate, &shown, scene.room_ms));
        let animate = if animate.start_ms.is_some() { Some(*animate) } else { began };
        if let Some(animate) = animate.filter(|animate| moves_on(animate, scene.room_ms)) {
            self.moving.insert(id.clone(), animate);
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
        let rest = entity.transform();
        let animate = self.moving.get(id).or(entity.animate());
        let mut local = animate.map_or(*rest, |animate| animate::at(animate, rest, scene.room_ms));
        self.shown.insert(id.clone(), local);
        if let Some(spin) = entity.spin() {
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
    entity.animate().map_or(*entity.transform(), |animate| animate.to.beside(entity.transform()))
}

/// An animation without a start as one that starts now, where the entity is shown.
fn begun_at(animate: &Animate, shown: &Transform, room_ms: f64) -> Animate {
    let from = animate.from.beside(shown).into();
    Animate { from, start_ms: Some(room_ms), repeat: Repeat::Once, ..*animate }
}

/// Whether it moves at this time or will.
fn moves_on(animate: &Animate, room_ms: f64) -> bool {
    animate.moves_ms().is_some_and(|(_, until_ms)| room_ms < until_ms)
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

//! World matrices by dense index: parents, spin and animation resolved at the room's time. Owns the numbers the scene
//! draws with; only what changed, spins, moves or hangs on such is computed in a frame.
//!
//! `spin` is an angular velocity in radians per second about the entity's own axes, turned since room time zero, and
//! `animate` runs on the room's clock too, so that all clients agree whenever they came. One without a start leads from
//! where the entity was shown to its target, from the moment the change arrived; in a snapshot the target is reached. An
//! avatar's matrix is its head; what hangs on its node `left` or `right` follows that hand. What a hand has just taken or
//! let go of is shown so before the room has answered.

use crate::replica::Replica;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::EntityId;
use thexr_wire::pose::{Place, Pose};
use thexr_world::Entity;
use thexr_world::animate::{self, Animate, Repeat};
use thexr_world::transform::{Matrix, Transform, multiply, rotate_then};

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

/// What a frame needs of an entity, read when it changed: between changes nothing is looked up by name.
#[derive(Debug)]
struct Node {
    id: EntityId,
    avatar: bool,
    rest: Transform,
    spin: Option<[f32; 3]>,
    animate: Option<Animate>,
    /// Its animation while that has not ended, with the time it starts at.
    moving: Option<Animate>,
    /// Local transform as shown: where an animation without a start begins.
    shown: Option<Transform>,
    /// Index of what it hangs on, while that is there.
    parent: Option<u32>,
    /// What of a person it hangs on.
    limb: Option<Limb>,
    /// It is shown otherwise than the room has told.
    foreseen: bool,
    /// Where in the room it is while it falls, flies or is pushed.
    moved_to: Option<Place>,
    children: Vec<u32>,
    /// The last update that had to compute it, and the last that has.
    due_in: u64,
    done_in: u64,
}

/// What of a person a thing may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limb {
    /// The left hand; the head while that is not tracked.
    Left,
    /// The right hand; the head while that is not tracked.
    Right,
    /// The head.
    Head,
}

/// How an entity is shown until the room has answered to what was done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreseen {
    /// The avatar it hangs on; it stands in the room where there is none.
    pub parent: Option<(EntityId, Limb)>,
    /// From there, metres.
    pub position: [f32; 3],
    /// Unit quaternion.
    pub rotation: [f32; 4],
}

/// Matrices of all indices, and which of them the last frame changed.
#[derive(Debug, Default)]
pub struct Matrices {
    values: Vec<f32>,
    dirty: Vec<u32>,
    nodes: Vec<Option<Node>>,
    /// Where in `nodes` an entity is; asked when something changed.
    indexes: BTreeMap<EntityId, u32>,
    /// Which of them spin, move, or will.
    restless: BTreeSet<u32>,
    /// What is shown otherwise than the room has told.
    foreseen: BTreeMap<EntityId, Foreseen>,
    /// Indices that the update computes, and those of a chain of parents; kept for their memory.
    due: Vec<u32>,
    chain: Vec<u32>,
    /// Updates so far.
    updates: u64,
    /// Room time of the last update, milliseconds.
    last_ms: f64,
}

/// What a frame is computed from.
pub(crate) struct Scene<'a> {
    pub replica: &'a Replica,
    /// Head and hands of an avatar as shown.
    pub pose: &'a dyn Fn(&EntityId) -> Option<Pose>,
    /// Things that move, with where they are shown now; none for one that is where its components say again.
    pub moved: &'a [(EntityId, Option<Place>)],
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

    /// Where the entity of an index is drawn, without its scale; none for one that is drawn nowhere.
    pub(crate) fn place(&self, index: u32) -> Option<Place> {
        let at = index as usize * MATRIX;
        let matrix: &Matrix = self.values.get(at..at + MATRIX)?.try_into().ok()?;
        place_of(matrix)
    }

    /// Whether an entity is shown otherwise than the room has told.
    pub(crate) fn is_foreseen(&self, id: &EntityId) -> bool {
        self.foreseen.contains_key(id)
    }

    /// Shows an entity otherwise than the room has told, or as told again; it has to be read anew then.
    ///
    /// Returns how it was shown before.
    pub(crate) fn foresee(&mut self, id: EntityId, foreseen: Option<Foreseen>) -> Option<Foreseen> {
        match foreseen {
            Some(foreseen) => self.foreseen.insert(id, foreseen),
            None => self.foreseen.remove(&id),
        }
    }

    /// Computes what changed (`stale`), spins or is animated, and everything below it.
    pub(crate) fn update(&mut self, scene: &Scene<'_>, mut stale: BTreeSet<EntityId>) {
        self.dirty.clear();
        self.updates += 1;
        if scene.room_ms + TIME_WENT_BACK_MS < self.last_ms {
            let animated = self.nodes.iter().flatten().filter(|node| node.animate.is_some());
            stale.extend(animated.map(|node| node.id.clone()));
        }
        self.values.resize(scene.replica.indices() * MATRIX, 0.0);
        self.nodes.resize_with(scene.replica.indices(), || None);
        stale.iter().for_each(|id| self.forget(scene, id));
        stale.iter().for_each(|id| self.read(scene, id));
        scene.moved.iter().for_each(|(id, place)| self.move_to(id, *place));
        let latest_ms = scene.room_ms.max(self.last_ms);
        let mut restless = std::mem::take(&mut self.restless);
        restless.retain(|index| self.go_on(scene, *index, latest_ms));
        self.restless = restless;
        self.add_descendants();
        for at in 0..self.due.len() {
            self.resolve(scene, self.due[at]);
        }
        self.due.clear();
        self.last_ms = scene.room_ms;
    }

    fn move_to(&mut self, id: &EntityId, place: Option<Place>) {
        let Some(index) = self.indexes.get(id).copied() else { return };
        if let Some(node) = &mut self.nodes[index as usize] {
            node.moved_to = place;
        }
        self.make_due(index);
    }

    /// Drops an entity that has gone or has another index now; what hung on it hangs on nothing.
    fn forget(&mut self, scene: &Scene<'_>, id: &EntityId) {
        let Some(known) = self.indexes.get(id).copied() else { return };
        if scene.replica.index_of(id) == Some(known) {
            return;
        }
        self.indexes.remove(id);
        self.restless.remove(&known);
        let Some(gone) = self.nodes[known as usize].take() else { return };
        self.hang(known, gone.parent, None);
        for child in gone.children {
            if let Some(node) = &mut self.nodes[child as usize] {
                node.parent = None;
            }
            self.make_due(child);
        }
    }

    /// Takes note of an entity that changed: what does it hang on, does it spin, does an animation begin?
    fn read(&mut self, scene: &Scene<'_>, id: &EntityId) {
        let Some(index) = scene.replica.index_of(id) else { return };
        let Some(entity) = scene.replica.world().entity(id) else { return };
        let old = self.nodes[index as usize].take();
        let is_new = old.is_none();
        let (shown, before, children, moved_to) =
            old.map_or_else(Default::default, |node| (node.shown, node.parent, node.children, node.moved_to));
        let parent = entity.parent();
        let mut node = Node {
            id: id.clone(),
            avatar: entity.is_avatar(),
            rest: *entity.transform(),
            spin: entity.spin().filter(|spin| *spin != [0.0; 3]),
            animate: entity.animate().copied(),
            moving: None,
            shown: Some(target(entity)),
            parent: parent.and_then(|parent| scene.replica.index_of(&parent.entity)),
            limb: parent.and_then(|parent| parent.node.as_deref()).map(Limb::of),
            foreseen: false,
            moved_to,
            children,
            due_in: 0,
            done_in: 0,
        };
        if let Some(foreseen) = self.foreseen.get(id) {
            node.foresee(foreseen, scene.replica);
        }
        node.moving = begun(&node, shown.filter(|_| !scene.whole), scene.room_ms);
        if node.spin.is_some() || node.moving.is_some() {
            self.restless.insert(index);
        } else {
            self.restless.remove(&index);
        }
        let parent = node.parent;
        self.nodes[index as usize] = Some(node);
        self.hang(index, before, parent);
        if is_new {
            self.indexes.insert(id.clone(), index);
            self.adopt(scene, id, index);
        }
        self.make_due(index);
    }

    /// Those that were read before what they hang on hang on it now.
    fn adopt(&mut self, scene: &Scene<'_>, id: &EntityId, index: u32) {
        for child in scene.replica.world().children(id) {
            let Some(child) = self.indexes.get(child).copied().filter(|child| *child != index) else {
                continue;
            };
            let Some(node) = &mut self.nodes[child as usize] else { continue };
            node.parent = Some(index);
            if let Some(parent) = &mut self.nodes[index as usize] {
                parent.children.push(child);
            }
        }
    }

    /// Keeps the lists of children: a node hung somewhere and hangs elsewhere now.
    fn hang(&mut self, index: u32, before: Option<u32>, now: Option<u32>) {
        if before == now {
            return;
        }
        if let Some(parent) = before.and_then(|at| self.nodes[at as usize].as_mut()) {
            parent.children.retain(|child| *child != index);
        }
        if let Some(parent) = now.and_then(|at| self.nodes[at as usize].as_mut()) {
            parent.children.push(index);
        }
    }

    fn make_due(&mut self, index: u32) {
        let Some(node) = &mut self.nodes[index as usize] else { return };
        if node.due_in != self.updates {
            node.due_in = self.updates;
            self.due.push(index);
        }
    }

    /// Has what spins or moves computed, once more when its animation has just ended; returns whether it goes on after that.
    fn go_on(&mut self, scene: &Scene<'_>, index: u32, latest_ms: f64) -> bool {
        let Some(node) = &self.nodes[index as usize] else { return false };
        let from_ms = node.moving.and_then(|animate| animate.moves_ms()).map(|(from_ms, _)| from_ms);
        let spins = node.spin.is_some();
        let goes_on = spins || node.moving.is_some_and(|animate| moves_on(&animate, scene.room_ms));
        if spins || from_ms.is_some_and(|from_ms| from_ms <= latest_ms) {
            self.make_due(index);
        }
        goes_on
    }

    fn add_descendants(&mut self) {
        let mut at = 0;
        while let Some(index) = self.due.get(at).copied() {
            let child = |matrices: &Self, nth: usize| {
                matrices.nodes[index as usize].as_ref().and_then(|node| node.children.get(nth)).copied()
            };
            let mut nth = 0;
            while let Some(child) = child(self, nth) {
                self.make_due(child);
                nth += 1;
            }
            at += 1;
        }
    }

    /// Computes an entity's matrix after those of its ancestors; a cycle is cut where it closes.
    fn resolve(&mut self, scene: &Scene<'_>, index: u32) {
        let mut chain = std::mem::take(&mut self.chain);
        let mut at = Some(index);
        while let Some(node) = at.and_then(|at| self.nodes[at as usize].as_mut())
            && node.due_in == self.updates
            && node.done_in != self.updates
        {
            node.done_in = self.updates;
            chain.extend(at);
            at = node.parent;
        }
        let mut cut = at.is_some_and(|parent| chain.contains(&parent));
        while let Some(index) = chain.pop() {
            let Some(matrix) = self.world_matrix(scene, index, std::mem::take(&mut cut)) else { continue };
            let at = index as usize * MATRIX;
            self.values[at..at + MATRIX].copy_from_slice(&matrix);
            self.dirty.push(index);
        }
        self.chain = chain;
    }

    fn world_matrix(&mut self, scene: &Scene<'_>, index: u32, cut: bool) -> Option<Matrix> {
        let node = self.nodes[index as usize].as_mut()?;
        if node.avatar {
            return Some((scene.pose)(&node.id).map_or(UNSEEN, |pose| place_matrix(&pose.head)));
        }
        if let Some([x, y, z, qx, qy, qz, qw]) = node.moved_to.filter(|_| !node.foreseen) {
            let Transform { scale, .. } = node.rest;
            return Some(Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], scale }.matrix());
        }
        let local = node.local(scene.room_ms).matrix();
        let (parent, limb) = (node.parent.filter(|_| !cut), node.limb);
        Some(match parent.and_then(|parent| self.parent_matrix(scene, parent, limb)) {
            Some(parent) => multiply(&local, &parent),
            None => local,
        })
    }

    fn parent_matrix(&self, scene: &Scene<'_>, parent: u32, limb: Option<Limb>) -> Option<Matrix> {
        let node = self.nodes[parent as usize].as_ref()?;
        if let Some(limb) = limb.filter(|_| node.avatar)
            && let Some(pose) = (scene.pose)(&node.id)
        {
            let hand = match limb {
                Limb::Left => pose.left,
                Limb::Right => pose.right,
                Limb::Head => None,
            };
            return Some(place_matrix(&hand.unwrap_or(pose.head)));
        }
        let at = parent as usize * MATRIX;
        self.values.get(at..at + MATRIX)?.try_into().ok()
    }
}

impl Limb {
    /// The one a node's name stands for.
    pub fn of(node: &str) -> Self {
        match node {
            "left" => Self::Left,
            "right" => Self::Right,
            _ => Self::Head,
        }
    }
}

impl Node {
    fn foresee(&mut self, foreseen: &Foreseen, replica: &Replica) {
        let Foreseen { parent, position, rotation } = foreseen;
        let hangs = parent.as_ref().and_then(|(id, limb)| Some((replica.index_of(id)?, *limb)));
        self.foreseen = true;
        (self.parent, self.limb) = hangs.unzip();
        self.rest = Transform { position: *position, rotation: *rotation, ..self.rest };
        (self.animate, self.spin, self.shown) = (None, None, Some(self.rest));
    }

    /// Its own transform at this time; from there an animation without a start begins.
    fn local(&mut self, room_ms: f64) -> Transform {
        let mut local = match self.moving.or(self.animate) {
            Some(animate) => animate::at(&animate, &self.rest, room_ms),
            None => self.rest,
        };
        self.moving = self.moving.filter(|animate| moves_on(animate, room_ms));
        self.shown = Some(local);
        if let Some(spin) = self.spin {
            local.rotation = rotate_then(spun(spin, room_ms), local.rotation);
        }
        local
    }
}

/// Where an entity is once its animation is over.
fn target(entity: &Entity) -> Transform {
    entity.animate().map_or(*entity.transform(), |animate| animate.to.beside(entity.transform()))
}

/// The animation of a node that has just been read, if it has not ended; `shown` is where the node was to be seen before.
fn begun(node: &Node, shown: Option<Transform>, room_ms: f64) -> Option<Animate> {
    let animate = node.animate?;
    let elsewhere = shown.filter(|shown| Some(*shown) != node.shown);
    let begun = if animate.start_ms.is_some() {
        Some(animate)
    } else {
        elsewhere.map(|shown| begun_at(&animate, &shown, room_ms))
    };
    begun.filter(|animate| moves_on(animate, room_ms))
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

/// A matrix without its scale as a place; none for one that has no extent (S. W. Shepperd, "Quaternion from Rotation Matrix", 1978).
fn place_of(m: &Matrix) -> Option<Place> {
    let row = |at: usize| {
        let length = libm::sqrtf(m[at] * m[at] + m[at + 1] * m[at + 1] + m[at + 2] * m[at + 2]);
        (length > 0.0).then(|| [m[at] / length, m[at + 1] / length, m[at + 2] / length])
    };
    let ([xx, xy, xz], [yx, yy, yz], [zx, zy, zz]) = (row(0)?, row(4)?, row(8)?);
    let squares = [1.0 + xx - yy - zz, 1.0 - xx + yy - zz, 1.0 - xx - yy + zz, 1.0 + xx + yy + zz];
    let largest = (0..4).max_by(|a, b| squares[*a].total_cmp(&squares[*b]))?;
    let twice = libm::sqrtf(squares[largest].max(0.0));
    let (half, rest) = (twice / 2.0, 0.5 / twice);
    let [x, y, z, w] = match largest {
        0 => [half, (xy + yx) * rest, (xz + zx) * rest, (yz - zy) * rest],
        1 => [(xy + yx) * rest, half, (yz + zy) * rest, (zx - xz) * rest],
        2 => [(xz + zx) * rest, (yz + zy) * rest, half, (xy - yx) * rest],
        _ => [(yz - zy) * rest, (zx - xz) * rest, (xy - yx) * rest, half],
    };
    let [x, y, z, w] = thexr_wire::quant::normalize([x, y, z, w])?;
    Some([m[12], m[13], m[14], x, y, z, w])
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

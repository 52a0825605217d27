//! The mesh monsters walk on: when the room wants a new one, and which it has. Baked by the shell, beside the ticks.

use crate::game::doors::home;
use crate::log::Log;
use std::sync::Arc;
use thexr_nav::{BakeError, Paths, bake, is_fixed};
use thexr_wire::EntityId;
use thexr_world::interactions::door_is_open;
use thexr_world::typed::Motion;
use thexr_world::{Entity, NoStates, Op, Stamp, World};

/// Ticks between two meshes that are asked for (2 s), at least: who builds while monsters walk does not keep a core busy.
pub const BAKE_TICKS_MIN: u64 = 40;
/// Components by which walls, floors and doors are what and where they are.
const BUILDING: [&str; 14] = [
    "body",
    "collectable",
    "collider",
    "door",
    "floor",
    "lift",
    "monster",
    "parent",
    "position",
    "rotation",
    "scale",
    "shape",
    "sky",
    "wall",
];

/// The room wants to know the ways between its walls; the answer comes as [`crate::Input::Baked`].
#[derive(Debug, Clone)]
pub struct PathsWanted {
    number: u64,
    /// A share of the room, not a copy.
    world: World,
    clock_ms: u64,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Baked {
    number: u64,
    paths: Result<Arc<Paths>, BakeError>,
}

impl PathsWanted {
    /// Finds the ways: a tenth of a second of work and more, not for the thread of a tick.
    pub fn bake(&self) -> Baked {
        let paths = bake(&closed(&self.world), self.clock_ms as f64).map(Arc::new);
        Baked { number: self.number, paths }
    }

    /// The answer when that could not even be tried.
    pub fn failed(number: u64) -> Baked {
        Baked { number, paths: Err(BakeError::Unwalkable) }
    }

    /// Which of the room's wishes it is.
    pub fn number(&self) -> u64 {
        self.number
    }
}

/// A world in which all doors stand where they are when they are closed, and nothing of them moves.
fn closed(world: &World) -> World {
    let mut ops = Vec::new();
    for (id, entity) in world.entities().iter() {
        let is_open = door_is_open(entity);
        if let Some(at) = home(entity).filter(|_| is_open == Some(true)) {
            let place = [
                ("position".into(), at.position.to_vec().into()),
                ("rotation".into(), at.rotation.to_vec().into()),
            ];
            ops.push(Op::Set { entity: id.clone(), components: place.into_iter().collect() });
        }
        if is_open.is_some() && entity.animate().is_some() {
            ops.push(Op::Unset { entity: id.clone(), names: vec!["animate".into()] });
        }
    }
    let mut closed = world.clone();
    // A door that cannot be closed stands as it stands.
    let _ = closed.fold(Stamp { seq: 0, at_ms: 0 }, &ops, &NoStates);
    closed
}

/// The room's mesh.
#[derive(Debug, Default)]
pub(super) struct Mesh {
    paths: Option<Arc<Paths>>,
    /// Why there is none.
    failed: Option<BakeError>,
    /// What it was made of has changed since it was asked for.
    stale: bool,
    /// When something will have arrived that becomes a wall where it stands, room clock.
    arrives_ms: Option<u64>,
    /// The one that is under way.
    asked: Option<u64>,
    number: u64,
    next_tick: u64,
}

impl Mesh {
    /// The mesh, if there is one.
    pub fn paths(&self) -> Option<&Arc<Paths>> {
        self.paths.as_ref()
    }

    /// Why there is none, if none could be made.
    pub fn failed(&self) -> Option<BakeError> {
        self.failed
    }

    /// Another state has taken the place of the one it was made of, or there is none yet.
    pub fn forget(&mut self) {
        *self = Self { stale: true, number: self.number, next_tick: self.next_tick, ..Self::default() };
    }

    /// Somebody is where it does not reach.
    pub fn must_reach(&mut self, point: [f32; 3]) {
        let reaches = self.paths.as_ref().map(|paths| paths.reaches(point));
        self.stale |= !reaches.unwrap_or(false);
    }

    /// Looks whether an op has changed anything that it was made of.
    pub fn note(&mut self, log: &Log, op: &Op) {
        let Some(id) = op.entity().filter(|_| !self.stale) else { return };
        let was_of_it = self.paths.as_ref().is_none_or(|paths| paths.is_of(id));
        if matches!(op, Op::Delete { .. }) {
            self.stale |=
                was_of_it || self.paths.as_ref().is_some_and(|paths| paths.gates().any(|gate| gate == id));
            return;
        }
        let Some(entity) = log.world.entity(id).filter(|entity| !entity.is_avatar()) else { return };
        let names = names(op);
        let changes = |wanted: &[&str]| names.iter().any(|name| wanted.contains(name));
        if changes(&["animate"]) && door_is_open(entity).is_none() {
            let arrives = entity.animate().and_then(|way| way.moves_ms()).map(|(_, end_ms)| end_ms);
            self.arrives_ms =
                self.arrives_ms.max(arrives.filter(|ms| ms.is_finite()).map(|ms| ms as u64 + 1));
        }
        if !changes(&BUILDING) {
            return;
        }
        let moves = entity.body().is_some_and(|body| body.motion != Motion::Static);
        if moves && !changes(&["body"]) {
            // Where it comes to rest is no wall.
            return;
        }
        let is_gate = is_gate(entity);
        if is_gate && !matches!(op, Op::Create { .. }) {
            // Where it stands says whether it is open; it is another one only by what it is.
            let places = ["position", "rotation"];
            self.stale |= names.iter().any(|name| BUILDING.contains(name) && !places.contains(name));
            return;
        }
        let carries = log.world.children(id).next().is_some();
        self.stale |= was_of_it || is_gate || carries || is_fixed(&log.world, id, log.clock_ms() as f64);
    }

    /// What the shell is to bake now, if anything.
    pub fn wanted(&mut self, log: &Log) -> Option<PathsWanted> {
        if self.arrives_ms.is_some_and(|arrives| arrives <= log.clock_ms()) {
            self.arrives_ms = None;
            self.stale = true;
        }
        if !self.stale || self.asked.is_some() || log.now.tick < self.next_tick {
            return None;
        }
        self.stale = false;
        self.next_tick = log.now.tick + BAKE_TICKS_MIN;
        self.number += 1;
        self.asked = Some(self.number);
        Some(PathsWanted { number: self.number, world: log.world.clone(), clock_ms: log.clock_ms() })
    }

    /// Takes what came of it; one that was asked for before the room was another is not for it. Whether there is a new mesh.
    pub fn baked(&mut self, Baked { number, paths }: Baked) -> bool {
        if self.asked != Some(number) {
            return false;
        }
        self.asked = None;
        self.failed = paths.as_ref().err().copied();
        self.paths = paths.ok();
        true
    }
}

fn is_gate(entity: &Entity) -> bool {
    ["door", "lift"].iter().any(|name| entity.value(name).is_some())
}

/// The components that an op writes or takes away.
fn names(op: &Op) -> Vec<&str> {
    match op {
        Op::Create { components, .. }
        | Op::Set { components, .. }
        | Op::Merge { components, .. }
        | Op::Inc { components, .. }
        | Op::Dec { components, .. }
        | Op::IncMax { components, .. }
        | Op::DecMin { components, .. } => components.keys().map(String::as_str).collect(),
        Op::Unset { names, .. } => names.iter().map(|name| name.as_str()).collect(),
        Op::Push { component, .. } | Op::Pop { component, .. } | Op::IndexSet { component, .. } => {
            vec![component.as_str()]
        }
        _ => Vec::new(),
    }
}

/// Doors and lifts that nobody walks through now: only what is open and rests lets monsters pass, and lifts take none.
pub(super) fn shut(log: &Log, paths: &Paths) -> Vec<EntityId> {
    let clock_ms = log.clock_ms() as f64;
    let is_shut = |id: &&EntityId| {
        let Some(entity) = log.world.entity(id) else { return false };
        let moves =
            entity.animate().and_then(|way| way.moves_ms()).is_some_and(|(_, end_ms)| clock_ms < end_ms);
        moves || entity.value("door").is_none() || door_is_open(entity) != Some(true)
    };
    paths.gates().filter(is_shut).cloned().collect()
}

//! What walls and floors a world has, as triangles. Owns what counts as fixed, and how much of it is taken.

use crate::error::BakeError;
use crate::gates::{Gate, is_gate};
use crate::triangles::{Bounds, Triangle, clipped, placed, says};
use crate::{
    AROUND_M, CELL_M, COVERED_CELLS_MAX, EXTENT_M_MAX, GATES_MAX, TRIANGLES_MAX, UPWARDS_M, WALKER_HEIGHT_M,
};
use std::collections::BTreeSet;
use thexr_physics::{Described, Ground, Key, Kind, Solid, State, Things, describe};
use thexr_wire::EntityId;
use thexr_wire::limits::PARENT_DEPTH_MAX;
use thexr_wire::pose::Place;
use thexr_world::transform::turned;
use thexr_world::{Entity, World};

/// What hunts, flies, is picked up or is come out of is in nobody's way for good.
const PASSING: [&str; 4] = ["bullet", "collectable", "monster", "spawner"];
/// Around these the mesh is.
const MATTERING: [&str; 4] = ["door", "monster", "spawn_point", "spawner"];
/// Those of them without which there is no mesh.
const NEEDED: [&str; 2] = ["monster", "spawner"];

/// What is farther out than this on any axis is nobody's wall, metres: twice as far as anything is put, and as large as anything is.
const FARTHEST_M: f32 = 40_000.0;

/// What a mesh is made of.
pub(crate) struct Level {
    /// The middle of all that matters, whole metres.
    pub middle: [f32; 3],
    pub bounds: Bounds,
    pub triangles: Vec<Triangle>,
    /// Whose triangles these are.
    pub fixed: BTreeSet<EntityId>,
    pub gates: Vec<Gate>,
}

/// Whether an entity is a wall or a floor of the mesh, as it is now: it neither moves nor opens, nor is picked up.
pub fn is_fixed(world: &World, id: &EntityId, clock_ms: f64) -> bool {
    fixed(world, id, clock_ms).is_some()
}

fn fixed(world: &World, id: &EntityId, clock_ms: f64) -> Option<Described> {
    let entity = world.entity(id)?;
    if !stays(world, entity) {
        return None;
    }
    describe(world, id, clock_ms).filter(|described| described.solid.kind == Kind::Fixed)
}

/// Whether neither it nor what it hangs on is one of those that come and go.
fn stays(world: &World, entity: &Entity) -> bool {
    let mut above = entity;
    for _ in 0..PARENT_DEPTH_MAX {
        let goes = is_gate(above) || PASSING.iter().any(|name| says(above, name));
        if goes || above.is_avatar() {
            return false;
        }
        let Some(parent) = above.parent().and_then(|parent| world.entity(&parent.entity)) else {
            return true;
        };
        above = parent;
    }
    false
}

/// Collects what there is of a world, in which doors stand as they are when they are closed; also around a point, if one is given.
pub(crate) fn collect(world: &World, clock_ms: f64, point: Option<[f32; 3]>) -> Result<Level, BakeError> {
    let matters = around_what_matters(world, point)?;
    // Whole metres, so that cells lie alike wherever a level is put.
    let middle: [f32; 3] =
        std::array::from_fn(|axis| libm::roundf((matters.least[axis] + matters.most[axis]) / 2.0));
    let reach = [EXTENT_M_MAX / 2.0, matters.edge(1) / 2.0 + UPWARDS_M, EXTENT_M_MAX / 2.0];
    let window = Bounds::of([middle]).grown(reach);
    let mut pile = Pile { window, ..Pile::default() };
    let mut gates = Vec::new();
    let mut ground = Ground::default();
    for (id, entity) in world.entities().iter() {
        ground.note(world, id);
        if is_gate(entity) {
            match Gate::of(world, id, clock_ms) {
                Some(gate) if gates.len() < GATES_MAX => gates.push(gate),
                Some(gate) => pile.add(id, gate.triangles(), false)?,
                None => {}
            }
        } else if let Some(Described { solid, state, .. }) = fixed(world, id, clock_ms) {
            let (triangles, two_sided) = placed(&solid, &state.place);
            pile.add(id, triangles, two_sided)?;
        }
    }
    let walls = pile.covers.within(window);
    let mut bounds = if walls.is_empty() { matters } else { matters.and(walls) };
    if lies_plain(&mut ground) {
        let [(x0, z0), (x1, z1)] = [(window.least[0], window.least[2]), (window.most[0], window.most[2])];
        let (a, b, c, d) = ([x0, 0.0, z0], [x1, 0.0, z0], [x0, 0.0, z1], [x1, 0.0, z1]);
        pile.triangles.extend([Triangle([a, c, b]), Triangle([b, c, d])]);
        bounds = bounds.with([middle[0], 0.0, middle[2]]);
    }
    bounds = bounds.within(window).grown([0.0, 1.0, 0.0]);
    bounds.most[1] += WALKER_HEIGHT_M;
    Ok(Level { middle, bounds, triangles: pile.triangles, fixed: pile.fixed, gates })
}

/// The box around all that matters, a point included if one is given.
fn around_what_matters(world: &World, point: Option<[f32; 3]>) -> Result<Bounds, BakeError> {
    let (mut needed, mut others) = (Bounds::of(point), Vec::new());
    for (id, entity) in world.entities().iter() {
        if !MATTERING.iter().any(|name| says(entity, name)) {
            continue;
        }
        let Some(at) = place_of(world, id) else { continue };
        if NEEDED.iter().any(|name| says(entity, name)) {
            needed = needed.with(at);
        } else {
            others.push(at);
        }
    }
    if needed.is_empty() {
        return Err(BakeError::NothingMatters);
    }
    let is_wide = |bounds: Bounds| (0..3).any(|axis| bounds.edge(axis) > EXTENT_M_MAX);
    if is_wide(needed) {
        return Err(BakeError::TooFarApart);
    }
    // What is too far to be walked to is no reason for nobody to walk.
    let all = others.into_iter().fold(needed, |all, at| {
        let more = all.with(at);
        if is_wide(more) { all } else { more }
    });
    Ok(all.grown([AROUND_M, 2.0, AROUND_M]))
}

fn place_of(world: &World, id: &EntityId) -> Option<[f32; 3]> {
    let mut entity = world.entity(id)?;
    let mut at = entity.transform().position;
    for _ in 0..PARENT_DEPTH_MAX {
        let Some(parent) = entity.parent().and_then(|parent| world.entity(&parent.entity)) else { break };
        let above = parent.transform();
        let scaled = std::array::from_fn(|axis| at[axis] * above.scale[axis]);
        let hung = turned(scaled, above.rotation);
        at = std::array::from_fn(|axis| hung[axis] + above.position[axis]);
        entity = parent;
    }
    at.iter().all(|part| part.abs() <= FARTHEST_M).then_some(at)
}

/// Triangles on a pile, no more of them than may be.
struct Pile {
    window: Bounds,
    covers: Bounds,
    triangles: Vec<Triangle>,
    fixed: BTreeSet<EntityId>,
    covered: u64,
}

impl Default for Pile {
    fn default() -> Self {
        let (triangles, fixed) = (Vec::new(), BTreeSet::new());
        Self { window: Bounds::NONE, covers: Bounds::NONE, triangles, fixed, covered: 0 }
    }
}

impl Pile {
    /// Takes those that are anywhere near; of a surface without an inside both sides are walked on.
    fn add(&mut self, id: &EntityId, triangles: Vec<Triangle>, two_sided: bool) -> Result<(), BakeError> {
        // What is out of reach may come into it when something else is moved: it is known all the same.
        self.fixed.insert(id.clone());
        for Triangle([a, b, c]) in triangles {
            let mut triangle = Triangle([a, b, c]);
            if two_sided && triangle.normal()[1] < 0.0 {
                triangle = Triangle([a, c, b]);
            }
            if !triangle.0.iter().flatten().all(|part| part.abs() <= FARTHEST_M) {
                continue;
            }
            self.take(triangle)?;
        }
        Ok(())
    }

    fn take(&mut self, triangle: Triangle) -> Result<(), BakeError> {
        let corners = clipped(triangle, self.window);
        // A triangle without an area, or what a clip leaves of one, is nowhere to stand.
        let parts = (2..corners.len()).map(|at| Triangle([corners[0], corners[at - 1], corners[at]]));
        for part in parts.filter(|part| part.normal() != [0.0; 3]) {
            let bounds = part.bounds();
            let cells = |axis: usize| (bounds.edge(axis) / CELL_M) as u64 + 1;
            self.covered += cells(0) * cells(2);
            if self.triangles.len() >= TRIANGLES_MAX || self.covered > COVERED_CELLS_MAX {
                return Err(BakeError::TooMuch);
            }
            self.covers = self.covers.and(bounds);
            self.triangles.push(part);
        }
        Ok(())
    }
}

/// Whether a plain lies under the room.
fn lies_plain(ground: &mut Ground) -> bool {
    /// Hears what the ground would tell a simulation.
    #[derive(Default)]
    struct Heard(bool);
    impl Things for Heard {
        fn put(&mut self, _: Key, _: Solid, _: State, _: bool) {
            self.0 = true;
        }
        fn remove(&mut self, _: Key) {}
        fn steer(&mut self, _: Key, _: Place, _: u32) {}
        fn set_gravity(&mut self, _: [f32; 3]) {}
    }
    let mut heard = Heard::default();
    ground.lie(&mut heard);
    heard.0
}

//! Ways on a mesh: which is the shortest past doors that are shut. Owns the mesh; asks it without changing it.

use crate::gates::Gate;
use crate::surface::Surface;
use crate::triangles::Bounds;
use crate::{CORNERS_MAX, STEP_M};
use landmass::{
    Archipelago, ArchipelagoOptions, CoordinateSystem, FromAgentRadius, Island, PathStep,
    PermittedAnimationLinks, PointSampleDistance3d, SampledPoint, Transform, ValidNavigationMesh, Vec3,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use thexr_wire::EntityId;

/// How far from the mesh somebody may be who is on it, metres: in the middle of walls nobody walks.
const NEAR_M: f32 = 1.5;
/// How far above them the mesh may be, and how far below, metres: they may jump.
const ABOVE_M: f32 = 0.9;
const BELOW_M: f32 = 2.5;

/// The room's axes as a mesh has them: y is up.
pub(crate) struct RoomAxes;

impl CoordinateSystem for RoomAxes {
    type Coordinate = [f32; 3];
    type SampleDistance = PointSampleDistance3d;

    const FLIP_POLYGONS: bool = false;

    fn to_landmass([x, y, z]: &[f32; 3]) -> Vec3 {
        Vec3::new(*x, -*z, *y)
    }

    fn from_landmass(at: &Vec3) -> [f32; 3] {
        [at.x, at.z, -at.y]
    }
}

/// Ways in a room, as its walls and floors were when they were baked.
pub struct Paths {
    mesh: Archipelago<RoomAxes>,
    surface: Surface,
    bounds: Bounds,
    gates: Vec<Gate>,
    fixed: BTreeSet<EntityId>,
}

impl std::fmt::Debug for Paths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paths").field("gates", &self.gates.len()).finish_non_exhaustive()
    }
}

impl Paths {
    pub(crate) fn new(
        mesh: ValidNavigationMesh<RoomAxes>,
        surface: Surface,
        bounds: Bounds,
        gates: Vec<Gate>,
        fixed: BTreeSet<EntityId>,
    ) -> Self {
        let mut archipelago = Archipelago::new(ArchipelagoOptions::from_agent_radius(crate::WALKER_RADIUS_M));
        let here = Transform { translation: [0.0; 3], rotation: 0.0 };
        archipelago.add_island(Island::new(here, Arc::new(mesh)));
        archipelago.update(0.0);
        Self { mesh: archipelago, surface, bounds, gates, fixed }
    }

    /// The shortest way from one point to another, on the floor, the first and the last corner included; nothing where there is
    /// none. Doors and lifts that are `shut` are not walked through; whoever stands before one is on their side of it.
    ///
    /// Of a way of more than [`CORNERS_MAX`](crate::CORNERS_MAX) corners the first ones are told.
    pub fn path(&self, from: [f32; 3], to: [f32; 3], shut: &[EntityId]) -> Option<Vec<[f32; 3]>> {
        let shut = self.areas(shut);
        let (from, begins) = self.clear(from, &shut)?;
        let (to, ends) = self.clear(to, &shut)?;
        let costs = shut.iter().map(|area| (*area, f32::INFINITY)).collect();
        let steps = self.mesh.find_path(&from, &to, &costs, PermittedAnimationLinks::All).ok()?;
        let corners = steps.into_iter().map(|step| match step {
            PathStep::Waypoint(at) => at,
            PathStep::AnimationLink { start_point, .. } => start_point,
        });
        let corners = begins.into_iter().chain(corners).chain(ends).map(|at| self.on_floor(at));
        Some(corners.take(CORNERS_MAX).collect())
    }

    /// The nearest point on the floor where somebody may stand, within 1.5 m.
    pub fn nearest(&self, point: [f32; 3]) -> Option<[f32; 3]> {
        Some(self.on_floor(self.sample(point, NEAR_M)?.point()))
    }

    /// Whether somebody whose feet are there stands on the mesh, or within a cell of it.
    pub fn is_on(&self, point: [f32; 3]) -> bool {
        self.sample(point, crate::CELL_M / 2.0).is_some()
    }

    /// Whether a step leads through a door that is shut.
    pub fn is_shut(&self, from: [f32; 3], to: [f32; 3], shut: &[EntityId]) -> bool {
        let gate = |area: usize| self.gates.get(area - 1).is_some_and(|gate| gate.is_crossed(from, to));
        self.areas(shut).into_iter().any(gate)
    }

    /// Whether a point is where the mesh reaches, on a floor or not.
    pub fn reaches(&self, point: [f32; 3]) -> bool {
        let Bounds { least, most } = self.bounds;
        (0..3).all(|axis| (least[axis]..=most[axis]).contains(&point[axis]))
    }

    /// How high the floor is under a point, or a step above it, metres.
    pub fn floor(&self, point: [f32; 3]) -> Option<f32> {
        self.surface.height(point, STEP_M)
    }

    /// Doors and lifts that are areas of their own, by id.
    pub fn gates(&self) -> impl Iterator<Item = &EntityId> {
        self.gates.iter().map(|gate| &gate.entity)
    }

    /// Whether this is of an entity's walls or floors, as it was then.
    pub fn is_of(&self, id: &EntityId) -> bool {
        self.fixed.contains(id)
    }

    /// The areas of those that are shut.
    fn areas(&self, shut: &[EntityId]) -> Vec<usize> {
        let at = |id: &EntityId| self.gates.binary_search_by(|gate| gate.entity.cmp(id)).ok();
        shut.iter().filter_map(at).map(|at| at + 1).collect()
    }

    /// The point of the mesh for one in the room; for one within the area of what is shut, the point beside that, and itself.
    fn clear(
        &self,
        point: [f32; 3],
        shut: &[usize],
    ) -> Option<(SampledPoint<'_, RoomAxes>, Option<[f32; 3]>)> {
        let sampled = self.sample(point, NEAR_M)?;
        if !shut.contains(&sampled.type_index()) {
            return Some((sampled, None));
        }
        let gate = self.gates.get(sampled.type_index() - 1)?;
        let beside = self.sample(gate.beside(point)?, NEAR_M / 2.0)?;
        (!shut.contains(&beside.type_index())).then(|| (beside, Some(sampled.point())))
    }

    fn sample(&self, point: [f32; 3], within_m: f32) -> Option<SampledPoint<'_, RoomAxes>> {
        if !point.iter().all(|part| part.is_finite()) {
            return None;
        }
        let reach = PointSampleDistance3d {
            horizontal_distance: within_m,
            distance_above: ABOVE_M,
            distance_below: BELOW_M,
            vertical_preference_ratio: 2.0,
            animation_link_max_vertical_distance: 0.1,
        };
        self.mesh.sample_point(point, &reach).ok()
    }

    /// A point of the mesh, which is a hand's width too high, on the floor under it.
    fn on_floor(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        [x, self.surface.height([x, y, z], STEP_M / 2.0).unwrap_or(y), z]
    }
}

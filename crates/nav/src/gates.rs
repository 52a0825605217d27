//! Doors and lifts: areas of the mesh that may be walked through or not, without a new mesh. Owns where they are.

use crate::triangles::{Triangle, placed, says};
use crate::{CELL_M, WALKER_RADIUS_M};
use thexr_physics::describe;
use thexr_wire::EntityId;
use thexr_world::transform::turned;
use thexr_world::{Entity, World};

/// How far below and above a door the floor may be that it closes, metres.
const BELOW_M: f32 = 0.6;
/// How high a lift goes unless it says it, metres.
const LIFT_M: f32 = 3.0;
/// How far from the area of a closed door one stands who stands before it, metres.
const BEFORE_M: f32 = 0.3;

/// Whether an entity is a door or a lift.
pub(crate) fn is_gate(entity: &Entity) -> bool {
    says(entity, "door") || says(entity, "lift")
}

/// A door where it is closed, or the shaft of a lift, seen from above: a rectangle.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gate {
    pub entity: EntityId,
    /// x and z, metres.
    middle: [f32; 2],
    /// A unit along one of its edges; the other edges are across.
    along: [f32; 2],
    /// Half of its edges along and across, and how far around it nobody stands while it is closed, metres.
    half: [f32; 2],
    pub height: [f32; 2],
    triangles: Vec<Triangle>,
}

impl Gate {
    /// Where a door or a lift is; nothing for one that nobody bumps into.
    pub fn of(world: &World, id: &EntityId, clock_ms: f64) -> Option<Self> {
        let entity = world.entity(id)?;
        let described = describe(world, id, clock_ms)?;
        let (triangles, _) = placed(&described.solid, &described.state.place);
        let points = || triangles.iter().flat_map(|triangle| triangle.0);
        if triangles.is_empty() || !points().flatten().all(f32::is_finite) {
            return None;
        }
        let [_, _, _, qx, qy, qz, qw] = described.state.place;
        let axis = |axis: [f32; 3]| {
            let [x, _, z] = turned(axis, [qx, qy, qz, qw]);
            let length = libm::sqrtf(x * x + z * z);
            (length > 0.5).then(|| [x / length, z / length])
        };
        // One of two axes lies, however it is turned; a door on its back is along whatever it likes.
        let along = axis([1.0, 0.0, 0.0]).or_else(|| axis([0.0, 0.0, 1.0])).unwrap_or([1.0, 0.0]);
        let reach = |of: [f32; 2]| {
            let all = points().map(move |[x, _, z]| x * of[0] + z * of[1]);
            all.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), part| {
                (least.min(part), most.max(part))
            })
        };
        let across = [-along[1], along[0]];
        let ((a0, a1), (c0, c1)) = (reach(along), reach(across));
        let (a, c) = ((a0 + a1) / 2.0, (c0 + c1) / 2.0);
        let heights = points().map(|[_, y, _]| y);
        let (low, high) =
            heights.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
        let rise = entity.value("lift").map_or(0.0, |lift| {
            lift.get("height").and_then(serde_json::Value::as_f64).map_or(LIFT_M, |height| height as f32)
        });
        // A lift that is up comes from below.
        Some(Self {
            entity: id.clone(),
            middle: [a * along[0] + c * across[0], a * along[1] + c * across[1]],
            along,
            half: [(a1 - a0) / 2.0, (c1 - c0) / 2.0],
            height: [low - BELOW_M - rise.abs(), high + rise.abs()],
            triangles,
        })
    }

    pub fn triangles(self) -> Vec<Triangle> {
        self.triangles
    }

    fn across(&self) -> [f32; 2] {
        [-self.along[1], self.along[0]]
    }

    fn at(&self, along: f32, across: f32) -> [f32; 2] {
        let of = self.across();
        [0, 1].map(|axis| self.middle[axis] + along * self.along[axis] + across * of[axis])
    }

    /// Where a point is, seen from its middle: along and across, metres.
    fn seen(&self, [x, _, z]: [f32; 3]) -> [f32; 2] {
        let off = [x - self.middle[0], z - self.middle[1]];
        [self.along, self.across()].map(|axis| off[0] * axis[0] + off[1] * axis[1])
    }

    /// The corners of what nobody stands on while it is closed, in x and z.
    pub fn corners(&self) -> [[f32; 2]; 4] {
        let [a, c] = self.half.map(|half| half + WALKER_RADIUS_M);
        [self.at(-a, -c), self.at(a, -c), self.at(a, c), self.at(-a, c)]
    }

    /// Where somebody who is so near to it that no way begins there would go, and still be on the same side; nothing for others.
    pub fn beside(&self, point: [f32; 3]) -> Option<[f32; 3]> {
        let seen = self.seen(point);
        // The area is made of cells: what is within one of it may be in it.
        let reach = self.half.map(|half| half + WALKER_RADIUS_M + CELL_M);
        let near = (0..2).all(|axis| seen[axis].abs() <= reach[axis]);
        if !near || !(self.height[0]..=self.height[1]).contains(&point[1]) {
            return None;
        }
        let through = usize::from(self.half[1] <= self.half[0]);
        let mut to = seen;
        to[through] = (self.half[through] + WALKER_RADIUS_M + BEFORE_M).copysign(seen[through]);
        let [x, z] = self.at(to[0], to[1]);
        Some([x, point[1], z])
    }

    /// Whether a step leads from one side of it to the other.
    pub fn is_crossed(&self, from: [f32; 3], to: [f32; 3]) -> bool {
        let through = usize::from(self.half[1] <= self.half[0]);
        let (before, after) = (self.seen(from), self.seen(to));
        let beside = self.half[1 - through] + WALKER_RADIUS_M;
        before[through] * after[through] <= 0.0
            && before[through] != after[through]
            && before[1 - through].abs().min(after[1 - through].abs()) <= beside
            && (self.height[0]..=self.height[1]).contains(&from[1])
    }
}

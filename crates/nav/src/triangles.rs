//! Triangles and the boxes around them, in the room. Knows no entity but by what it says.

use thexr_physics::{Form, Solid};
use thexr_wire::pose::Place;
use thexr_world::Entity;
use thexr_world::transform::turned;

/// A box along the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub least: [f32; 3],
    pub most: [f32; 3],
}

impl Bounds {
    pub const NONE: Self = Self { least: [f32::INFINITY; 3], most: [f32::NEG_INFINITY; 3] };

    pub fn with(self, point: [f32; 3]) -> Self {
        Self {
            least: std::array::from_fn(|axis| self.least[axis].min(point[axis])),
            most: std::array::from_fn(|axis| self.most[axis].max(point[axis])),
        }
    }

    pub fn of(points: impl IntoIterator<Item = [f32; 3]>) -> Self {
        points.into_iter().fold(Self::NONE, Self::with)
    }

    pub fn grown(self, by: [f32; 3]) -> Self {
        Self {
            least: std::array::from_fn(|axis| self.least[axis] - by[axis]),
            most: std::array::from_fn(|axis| self.most[axis] + by[axis]),
        }
    }

    pub fn within(self, other: Self) -> Self {
        Self {
            least: std::array::from_fn(|axis| self.least[axis].max(other.least[axis])),
            most: std::array::from_fn(|axis| self.most[axis].min(other.most[axis])),
        }
    }

    pub fn and(self, other: Self) -> Self {
        self.with(other.least).with(other.most)
    }

    pub fn is_empty(self) -> bool {
        // Also where there are no numbers.
        !(0..3).all(|axis| self.least[axis] <= self.most[axis])
    }

    /// Its edge along an axis, metres.
    pub fn edge(self, axis: usize) -> f32 {
        self.most[axis] - self.least[axis]
    }
}

/// A triangle of a wall or a floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Triangle(pub [[f32; 3]; 3]);

impl Triangle {
    pub fn bounds(&self) -> Bounds {
        Bounds::of(self.0)
    }

    /// Twice its area times the way it looks.
    pub fn normal(&self) -> [f32; 3] {
        let [a, b, c] = self.0;
        let (u, v) = (minus(b, a), minus(c, a));
        [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
    }
}

pub(crate) fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|axis| a[axis] - b[axis])
}

/// Whether a component is there and is not `false`.
pub(crate) fn says(entity: &Entity, name: &str) -> bool {
    entity.value(name).is_some_and(|value| value.as_bool() != Some(false))
}

/// What of a triangle is within a box: its corners in their order (Sutherland and Hodgman, "Reentrant polygon clipping").
pub(crate) fn clipped(triangle: Triangle, window: Bounds) -> Vec<[f32; 3]> {
    let is_within = |[x, y, z]: &[f32; 3]| {
        [x, y, z]
            .into_iter()
            .enumerate()
            .all(|(axis, part)| (window.least[axis]..=window.most[axis]).contains(part))
    };
    if triangle.0.iter().all(is_within) {
        return triangle.0.to_vec();
    }
    let mut corners: Vec<[f64; 3]> = triangle.0.iter().map(|corner| corner.map(f64::from)).collect();
    for (axis, bound, sign) in
        (0..3).flat_map(|axis| [(axis, window.least[axis], 1.0), (axis, window.most[axis], -1.0)])
    {
        let inside = |corner: &[f64; 3]| sign * (corner[axis] - f64::from(bound));
        let mut kept = Vec::with_capacity(corners.len() + 1);
        for at in 0..corners.len() {
            let (from, to) = (corners[at], corners[(at + 1) % corners.len()]);
            let (of_from, of_to) = (inside(&from), inside(&to));
            if of_from >= 0.0 {
                kept.push(from);
            }
            if (of_from >= 0.0) != (of_to >= 0.0) {
                let way = of_from / (of_from - of_to);
                let mut crossing: [f64; 3] =
                    std::array::from_fn(|part| from[part] + (to[part] - from[part]) * way);
                crossing[axis] = f64::from(bound);
                kept.push(crossing);
            }
        }
        corners = kept;
    }
    corners.into_iter().map(|corner| corner.map(|part| part as f32)).collect()
}

/// The triangles of a thing in its place, and whether both their sides are outside.
pub(crate) fn placed(solid: &Solid, place: &Place) -> (Vec<Triangle>, bool) {
    let [x, y, z, qx, qy, qz, qw] = *place;
    let (points, triangles) = solid.form.surface();
    let at = |point: &[f32; 3]| -> [f32; 3] {
        let local = std::array::from_fn(|axis| point[axis] + solid.offset[axis]);
        let hung = turned(local, [qx, qy, qz, qw]);
        [hung[0] + x, hung[1] + y, hung[2] + z]
    };
    let points: Vec<[f32; 3]> = points.iter().map(at).collect();
    let corner = |at: u32| points.get(at as usize).copied();
    let known = |[a, b, c]: &[u32; 3]| Some(Triangle([corner(*a)?, corner(*b)?, corner(*c)?]));
    let two_sided = matches!(solid.form, Form::Skin { .. });
    (triangles.iter().filter_map(known).collect(), two_sided)
}

//! The corners of a thing that is no simple shape, as whoever placed it has measured them. Owns their limits; computes no hull.

use crate::transform::numbers;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Corners of one collider, at most: enough for the hull of a chair or a low house; a step of the physics costs more with each. More
/// are refused.
pub const POINTS_MAX: usize = 128;
/// Triangles between them, at most; more are refused.
pub const TRIANGLES_MAX: usize = 256;

/// Corners, and the triangles between them where a hull is not enough. Cheap to copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mesh {
    /// From the thing's place before its scale, metres.
    pub points: Arc<[[f32; 3]]>,
    /// Each three numbers of points.
    pub triangles: Arc<[[u32; 3]]>,
}

impl Mesh {
    /// Reads `points` and `triangles` of a collider; one without points has none.
    pub fn parse(collider: &Value) -> Option<Self> {
        let points: Arc<[[f32; 3]]> =
            collider.get("points")?.as_array()?.iter().filter_map(numbers).collect();
        let known = |corners: &[u32; 3]| corners.iter().all(|corner| (*corner as usize) < points.len());
        let triangles = collider.get("triangles").and_then(Value::as_array).map(Vec::as_slice);
        let triangles = triangles.unwrap_or_default().iter().filter_map(corners).filter(known).collect();
        (!points.is_empty()).then_some(Self { points, triangles })
    }

    /// Half of the extents of what is around all corners, and its middle, metres.
    pub fn bounds(&self) -> ([f32; 3], [f32; 3]) {
        let least = |axis: usize| self.points.iter().map(|point| point[axis]).fold(f32::INFINITY, f32::min);
        let most =
            |axis: usize| self.points.iter().map(|point| point[axis]).fold(f32::NEG_INFINITY, f32::max);
        let bounds = [0, 1, 2].map(|axis| (least(axis), most(axis)));
        (bounds.map(|(least, most)| (most - least) / 2.0), bounds.map(|(least, most)| (most + least) / 2.0))
    }

    /// What it takes in memory, bytes.
    pub fn memory(&self) -> usize {
        self.points.len() * size_of::<[f32; 3]>() + self.triangles.len() * size_of::<[u32; 3]>()
    }
}

/// Whether each corner of a collider's triangles is one of its points.
pub(crate) fn fits(collider: &Value) -> bool {
    let list =
        |name: &str| collider.get(name).and_then(Value::as_array).map_or(&[] as &[Value], Vec::as_slice);
    let points = list("points").len();
    let known = |corner: u32| (corner as usize) < points;
    list("triangles")
        .iter()
        .all(|triangle| corners(triangle).is_some_and(|three| three.into_iter().all(known)))
}

/// Three whole numbers.
fn corners(value: &Value) -> Option<[u32; 3]> {
    let list = value.as_array().filter(|list| list.len() == 3)?;
    // What JavaScript and others write as 2.0 is 2.
    let whole = |at: usize| list[at].as_f64().filter(|part| *part >= 0.0 && part.fract() == 0.0);
    Some([whole(0)? as u32, whole(1)? as u32, whole(2)? as u32])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;
    use serde_json::json;

    #[test]
    fn corners_and_triangles_are_read_as_they_are_written() {
        let collider =
            json!({"points": [[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, -1]], "triangles": [[0, 1, 2.0]]});
        let mesh = Mesh::parse(&collider).unwrap();
        assert_eq!((mesh.points.len(), &*mesh.triangles), (4, &[[0, 1, 2]][..]));
        assert_eq!(mesh.bounds(), ([0.5, 1.0, 0.5], [0.5, 1.0, -0.5]));
        assert_eq!(Mesh::parse(&json!({"points": []})), None);
        assert_eq!(Mesh::parse(&json!({"shape": "convex"})), None);
    }

    #[test]
    fn a_triangle_of_corners_that_there_are_not_is_refused() {
        let check = |value| schema::check("collider", value);
        assert!(
            check(json!({"points": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "triangles": [[0, 1, 2]]})).is_ok()
        );
        let bad = [
            json!({"points": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "triangles": [[0, 1, 3]]}),
            json!({"points": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "triangles": [[0, 1, 0.5]]}),
            json!({"points": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "triangles": [[0, 1, -1]]}),
            json!({"triangles": [[0, 1, 2]]}),
            json!({"points": [[0, 0]]}),
            json!({"points": vec![[0, 0, 0]; POINTS_MAX + 1]}),
        ];
        for value in bad {
            let error = check(value.clone()).unwrap_err();
            assert!(error.expected.starts_with("collider"), "{value}: {error}");
        }
    }
}

//! Where people hold things, and places as the matrices they come from. Pure.

use thexr_wire::pose::{Place, Pose};
use thexr_world::Transform;

/// Where what hangs on this node of a person is held: a hand that is tracked, else the head.
pub(crate) fn limb(pose: &Pose, node: Option<&str>) -> Place {
    let hand = match node {
        Some("left") => pose.left,
        Some("right") => pose.right,
        _ => None,
    };
    hand.unwrap_or(pose.head)
}

/// A place as a transform without scale.
pub(crate) fn as_transform([x, y, z, qx, qy, qz, qw]: Place) -> Transform {
    Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], ..Transform::default() }
}

/// Between two points, metres.
pub(crate) fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).take(3).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

/// From somebody's head to the floor, metres: people are lines so long.
pub(crate) const BODY_M: f32 = 1.6;

/// From a point to somebody whose head is there, metres.
pub(crate) fn distance_to_body(head: &[f32], point: &[f32]) -> f32 {
    let nearest = point[1].clamp(head[1] - BODY_M, head[1]);
    distance(&[head[0], nearest, head[2]], point)
}

/// A matrix without its scale, of known rotation, as a place.
pub(crate) fn placed(matrix: &[f32; 16], [qx, qy, qz, qw]: [f32; 4]) -> Place {
    [matrix[12], matrix[13], matrix[14], qx, qy, qz, qw]
}

//! Between two poses and two transforms: linear for points; rotations of poses normalised linear, of transforms at one speed,
//! for they are farther apart. Pure functions.

use crate::transform::Transform;
use thexr_wire::pose::{Place, Pose};
use thexr_wire::quant::normalize;

/// The place at `t` (0 → a, 1 → b) on the short way round; at 20 Hz nlerp is within 0.1 degree of slerp.
pub fn place(a: &Place, b: &Place, t: f32) -> Place {
    let dot: f32 = (3..7).map(|part| a[part] * b[part]).sum();
    let sign = if dot < 0.0 { -1.0 } else { 1.0 };
    let mut out = [0.0; 7];
    for (at, out) in out.iter_mut().enumerate() {
        let target = if at < 3 { b[at] } else { b[at] * sign };
        *out = a[at] + (target - a[at]) * t;
    }
    if let Some(rotation) = normalize([out[3], out[4], out[5], out[6]]) {
        out[3..].copy_from_slice(&rotation);
    } else {
        out[3..].copy_from_slice(&b[3..]);
    }
    out
}

/// The pose at `t`; a hand that only one side has appears and goes without moving.
pub fn pose(a: &Pose, b: &Pose, t: f32) -> Pose {
    let hand = |a: &Option<Place>, b: &Option<Place>| match (a, b) {
        (Some(a), Some(b)) => Some(place(a, b, t)),
        (_, b) => *b,
    };
    Pose {
        head: place(&a.head, &b.head, t),
        left: hand(&a.left, &b.left),
        right: hand(&a.right, &b.right),
        fingers: b.fingers,
    }
}

/// The transform at `t` (0 → a, 1 → b).
pub fn transform(a: &Transform, b: &Transform, t: f32) -> Transform {
    let between = |a: [f32; 3], b: [f32; 3]| std::array::from_fn(|axis| a[axis] + (b[axis] - a[axis]) * t);
    Transform {
        position: between(a.position, b.position),
        rotation: turn(a.rotation, b.rotation, t),
        scale: between(a.scale, b.scale),
    }
}

/// The rotation at `t` on the short way round, at one speed (slerp).
fn turn(a: [f32; 4], b: [f32; 4], t: f32) -> [f32; 4] {
    let dot: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let b = if dot < 0.0 { b.map(|part| -part) } else { b };
    let angle = libm::acosf(dot.abs().min(1.0));
    let sin = libm::sinf(angle);
    // So near that a straight line is as good, and a division by its sine is not.
    let (of_a, of_b) = if sin < 1e-3 {
        (1.0 - t, t)
    } else {
        (libm::sinf((1.0 - t) * angle) / sin, libm::sinf(t * angle) / sin)
    };
    normalize(std::array::from_fn(|part| a[part] * of_a + b[part] * of_b)).unwrap_or(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_way_is_between() {
        let (a, b) = (Pose::standing([0.0, 1.0, 0.0]), Pose::standing([2.0, 1.0, -4.0]));
        assert_eq!(pose(&a, &b, 0.5).head[..3], [1.0, 1.0, -2.0]);
    }

    #[test]
    fn rotations_take_the_short_way() {
        let a = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let b = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0];
        assert!((place(&a, &b, 0.5)[6].abs() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn opposite_rotations_do_not_make_nan() {
        let a = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        let b = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        assert!(place(&a, &b, 0.5).iter().all(|number| number.is_finite()));
    }
}

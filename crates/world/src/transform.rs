//! Position, rotation, scale, and the matrices made of them. Left-handed, Y up, metres, unit quaternions.

use serde_json::Value;
use thexr_wire::quant::normalize;

/// Sixteen numbers as Babylon keeps them: row vectors, translation in 12..15.
pub type Matrix = [f32; 16];

/// The matrix that changes nothing.
pub const IDENTITY: Matrix = [1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1.];

/// Local place of an entity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// Metres.
    pub position: [f32; 3],
    /// Unit quaternion x, y, z, w.
    pub rotation: [f32; 4],
    /// Factors.
    pub scale: [f32; 3],
}

impl Default for Transform {
    fn default() -> Self {
        Self { position: [0.0; 3], rotation: [0.0, 0.0, 0.0, 1.0], scale: [1.0; 3] }
    }
}

/// Reads exactly `N` finite numbers.
pub fn numbers<const N: usize>(value: &Value) -> Option<[f32; N]> {
    let items = value.as_array()?;
    let mut out = [0.0; N];
    if items.len() != N {
        return None;
    }
    for (slot, item) in out.iter_mut().zip(items) {
        *slot = item.as_f64()? as f32;
    }
    out.iter().all(|number| number.is_finite()).then_some(out)
}

/// A rotation of a field, made a unit.
pub(crate) fn rotation(value: &Value, name: &str) -> Option<[f32; 4]> {
    normalize(numbers(value.get(name)?)?)
}

impl Transform {
    /// Takes a component into the typed view; anything unreadable is the default.
    pub(crate) fn read(&mut self, name: &str, value: Option<&Value>) {
        let default = Self::default();
        match name {
            "position" => self.position = value.and_then(numbers).unwrap_or(default.position),
            "rotation" => self.rotation = value.and_then(numbers).unwrap_or(default.rotation),
            "scale" => self.scale = value.and_then(numbers).unwrap_or(default.scale),
            _ => {}
        }
    }

    /// The local matrix: scale, then rotate, then move.
    pub fn matrix(&self) -> Matrix {
        let [x, y, z, w] = self.rotation;
        let [sx, sy, sz] = self.scale;
        let [px, py, pz] = self.position;
        [
            sx * (1.0 - 2.0 * (y * y + z * z)),
            sx * 2.0 * (x * y + z * w),
            sx * 2.0 * (x * z - y * w),
            0.0,
            sy * 2.0 * (x * y - z * w),
            sy * (1.0 - 2.0 * (x * x + z * z)),
            sy * 2.0 * (y * z + x * w),
            0.0,
            sz * 2.0 * (x * z + y * w),
            sz * 2.0 * (y * z - x * w),
            sz * (1.0 - 2.0 * (x * x + y * y)),
            0.0,
            px,
            py,
            pz,
            1.0,
        ]
    }
}

/// `a` then `b`, for row vectors: a child's local matrix times its parent's world matrix.
pub fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|at| {
        let (row, column) = (at / 4 * 4, at % 4);
        a[row] * b[column]
            + a[row + 1] * b[column + 4]
            + a[row + 2] * b[column + 8]
            + a[row + 3] * b[column + 12]
    })
}

/// `a` then `b` as one rotation (Hamilton product `b * a`).
pub fn rotate_then(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    let [ax, ay, az, aw] = a;
    let [bx, by, bz, bw] = b;
    [
        bw * ax + bx * aw + by * az - bz * ay,
        bw * ay - bx * az + by * aw + bz * ax,
        bw * az + bx * ay - by * ax + bz * aw,
        bw * aw - bx * ax - by * ay - bz * az,
    ]
}

/// The rotation that undoes a unit quaternion.
pub fn inverse([x, y, z, w]: [f32; 4]) -> [f32; 4] {
    [-x, -y, -z, w]
}

/// A vector turned by a unit quaternion.
pub fn turned(vector: [f32; 3], rotation: [f32; 4]) -> [f32; 3] {
    let [x, y, z] = vector;
    let [qx, qy, qz, qw] = rotation;
    let (tx, ty, tz) = (2.0 * (qy * z - qz * y), 2.0 * (qz * x - qx * z), 2.0 * (qx * y - qy * x));
    [x + qw * tx + qy * tz - qz * ty, y + qw * ty + qz * tx - qx * tz, z + qw * tz + qx * ty - qy * tx]
}

/// The quaternion of Euler angles as Babylon's `RotationYawPitchRoll(y, x, z)`, radians.
pub fn from_euler([x, y, z]: [f32; 3]) -> [f32; 4] {
    let (sx, cx) = (libm::sinf(x / 2.0), libm::cosf(x / 2.0));
    let (sy, cy) = (libm::sinf(y / 2.0), libm::cosf(y / 2.0));
    let (sz, cz) = (libm::sinf(z / 2.0), libm::cosf(z / 2.0));
    [
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f32], b: &[f32]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5)
    }

    #[test]
    fn a_quarter_turn_about_y_takes_z_to_x() {
        let rotation = from_euler([0.0, std::f32::consts::FRAC_PI_2, 0.0]);
        let matrix = Transform { rotation, ..Transform::default() }.matrix();
        assert!(close(&matrix[8..11], &[1.0, 0.0, 0.0]), "{matrix:?}");
    }

    #[test]
    fn a_turned_vector_is_where_the_matrix_takes_it_and_the_inverse_takes_it_back() {
        let (vector, rotation) = ([1.0, -2.0, 0.5], from_euler([0.3, -1.1, 2.0]));
        let there = turned(vector, rotation);
        let matrix = Transform { rotation, ..Transform::default() }.matrix();
        let by_matrix: [f32; 3] = std::array::from_fn(|axis| {
            vector[0] * matrix[axis] + vector[1] * matrix[4 + axis] + vector[2] * matrix[8 + axis]
        });
        assert!(close(&there, &by_matrix), "{there:?} {by_matrix:?}");
        assert!(close(&turned(there, inverse(rotation)), &vector));
    }

    #[test]
    fn a_child_follows_its_parent() {
        let parent = Transform { position: [10.0, 0.0, 0.0], scale: [2.0; 3], ..Transform::default() };
        let child = Transform { position: [1.0, 2.0, 3.0], ..Transform::default() };
        let world = multiply(&child.matrix(), &parent.matrix());
        assert!(close(&world[12..15], &[12.0, 4.0, 6.0]));
    }

    #[test]
    fn rotations_compose_like_matrices() {
        let a = from_euler([0.3, 0.2, -0.5]);
        let b = from_euler([-0.1, 1.2, 0.4]);
        let turned = |rotation| Transform { rotation, ..Transform::default() }.matrix();
        assert!(close(&turned(rotate_then(a, b)), &multiply(&turned(a), &turned(b))));
    }
}

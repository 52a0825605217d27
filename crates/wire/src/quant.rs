//! Quantisation of lengths and rotations. Pure arithmetic; transcendentals come from libm.

/// A quaternion scaled to length one, or `None` when it has no direction.
pub fn normalize(q: [f32; 4]) -> Option<[f32; 4]> {
    let length = libm::sqrtf(q.iter().map(|part| part * part).sum());
    (length.is_finite() && length > 1e-6).then(|| q.map(|part| part / length))
}

/// `value` in `0..range` as `width` bits, rounded and clamped.
pub fn unsigned(value: f32, range: f32, width: u32) -> u32 {
    let steps = (1u32 << width) as f32;
    libm::roundf(value / range * steps).clamp(0.0, steps - 1.0) as u32
}

/// Undoes [`unsigned`].
pub fn from_unsigned(bits: u32, range: f32, width: u32) -> f32 {
    bits as f32 * range / (1u32 << width) as f32
}

/// An angle as `width` bits of a full turn, rounded; wraps.
pub fn turn(radians: f32, width: u32) -> u32 {
    let steps = (1u32 << width) as f32;
    let turns = radians / std::f32::consts::TAU;
    (libm::roundf((turns - libm::floorf(turns)) * steps) as u32) & ((1 << width) - 1)
}

/// Undoes [`turn`]: -π to π.
pub fn from_turn(bits: u32, width: u32) -> f32 {
    let turns = bits as f32 / (1u32 << width) as f32;
    (if turns > 0.5 { turns - 1.0 } else { turns }) * std::f32::consts::TAU
}

/// Where a place looks: yaw about Y (positive turns +Z towards +X) and pitch about X (positive looks down), radians.
pub fn yaw_pitch(place: &[f32; 7]) -> (f32, f32) {
    let [_, _, _, x, y, z, w] = *place;
    let forward = [2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y)];
    (libm::atan2f(forward[0], forward[2]), libm::asinf((-forward[1]).clamp(-1.0, 1.0)))
}

/// A place that looks along yaw and pitch, without roll; undoes [`yaw_pitch`].
pub fn facing(point: [f32; 3], yaw: f32, pitch: f32) -> [f32; 7] {
    let (sin_y, cos_y) = (libm::sinf(yaw / 2.0), libm::cosf(yaw / 2.0));
    let (sin_p, cos_p) = (libm::sinf(pitch / 2.0), libm::cosf(pitch / 2.0));
    let [x, y, z] = point;
    [x, y, z, cos_y * sin_p, sin_y * cos_p, -sin_y * sin_p, cos_y * cos_p]
}

/// Smallest three: index of the largest part, and the other three in `±1/√2` with `width` bits each.
///
/// Source: G. Fiedler, "Snapshot Compression".
pub fn smallest_three(q: [f32; 4], width: u32) -> (u32, [u32; 3]) {
    let top = ((1u32 << width) - 1) as f32;
    let (largest, others) = others(q);
    (largest, others.map(|part| libm::roundf((part + 1.0) / 2.0 * top) as u32))
}

/// Undoes [`smallest_three`]; the result has length one.
pub fn from_smallest_three(largest: u32, parts: [u32; 3], width: u32) -> [f32; 4] {
    let top = ((1u32 << width) - 1) as f32;
    from_others(largest, parts.map(|part| part as f32 / top * 2.0 - 1.0))
}

/// As [`smallest_three`], with one step less, so that nothing is nothing: what stands upright does not lean by half a step.
pub fn upright_three(q: [f32; 4], width: u32) -> (u32, [u32; 3]) {
    let half = ((1u32 << (width - 1)) - 1) as f32;
    let (largest, others) = others(q);
    (largest, others.map(|part| (libm::roundf(part * half) + half) as u32))
}

/// Undoes [`upright_three`]; the result has length one.
pub fn from_upright_three(largest: u32, parts: [u32; 3], width: u32) -> [f32; 4] {
    let half = ((1u32 << (width - 1)) - 1) as f32;
    from_others(largest, parts.map(|part| ((part as f32 - half) / half).min(1.0)))
}

/// Index of a quaternion's largest part, and the others times √2, as they are when that one is positive: -1 to 1.
fn others(q: [f32; 4]) -> (u32, [f32; 3]) {
    let mut largest = 0;
    for part in 1..4 {
        if q[part].abs() > q[largest].abs() {
            largest = part;
        }
    }
    let sign = if q[largest] < 0.0 { -1.0 } else { 1.0 };
    let mut parts = [0.0; 3];
    let others = (0..4).filter(|part| *part != largest);
    for (out, part) in parts.iter_mut().zip(others) {
        *out = (q[part] * sign * std::f32::consts::SQRT_2).clamp(-1.0, 1.0);
    }
    (largest as u32, parts)
}

/// Undoes [`others`].
fn from_others(largest: u32, parts: [f32; 3]) -> [f32; 4] {
    let small = parts.map(|part| part / std::f32::consts::SQRT_2);
    let squares: f32 = small.iter().map(|part| part * part).sum();
    let mut q = [0.0; 4];
    let mut next = small.iter();
    for (index, part) in q.iter_mut().enumerate() {
        *part = if index == largest as usize & 3 {
            libm::sqrtf((1.0 - squares).max(0.0))
        } else {
            *next.next().unwrap_or(&0.0)
        };
    }
    normalize(q).unwrap_or([0.0, 0.0, 0.0, 1.0])
}

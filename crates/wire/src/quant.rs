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

/// Smallest three: index of the largest part, and the other three in `±1/√2` with `width` bits each.
///
/// Source: G. Fiedler, "Snapshot Compression".
pub fn smallest_three(q: [f32; 4], width: u32) -> (u32, [u32; 3]) {
    let mut largest = 0;
    for part in 1..4 {
        if q[part].abs() > q[largest].abs() {
            largest = part;
        }
    }
    let sign = if q[largest] < 0.0 { -1.0 } else { 1.0 };
    let top = ((1u32 << width) - 1) as f32;
    let mut parts = [0; 3];
    let others = (0..4).filter(|part| *part != largest);
    for (out, part) in parts.iter_mut().zip(others) {
        let unit = (q[part] * sign * std::f32::consts::SQRT_2 + 1.0) / 2.0;
        *out = libm::roundf(unit.clamp(0.0, 1.0) * top) as u32;
    }
    (largest as u32, parts)
}

/// Undoes [`smallest_three`]; the result has length one.
pub fn from_smallest_three(largest: u32, parts: [u32; 3], width: u32) -> [f32; 4] {
    let top = ((1u32 << width) - 1) as f32;
    let small = parts.map(|part| (part as f32 / top * 2.0 - 1.0) / std::f32::consts::SQRT_2);
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

//! A hand's 25 joints from the curls of its fingers, and the curls from joints: hands that are told by curls alone are drawn like
//! those whose joints are known. Owns the model hand. Pure.
//!
//! The frame is that of the hand's place (WebXR's grip space, mirrored along Z): straight fingers point along −Y, the thumb's side is
//! +Z, and the palm faces −X for the right hand, +X for the left.

use std::f32::consts::{FRAC_PI_2, PI};
use thexr_wire::joints::JOINTS;
use thexr_wire::pose::{Fingers, HandFingers, Thumb};

/// The joints of a hand in its frame, metres.
pub(crate) type Points = [[f32; 3]; JOINTS];

type Vec3 = [f32; 3];

/// Flexion of a finger's first joint at its largest curl, radians.
const BASE_FULL: f32 = FRAC_PI_2;
/// Flexion of a finger's second joint at its largest curl, radians.
const TIP_FULL: f32 = 1.85;
/// Flexion of the last joint beside the second's: the two go together.
const LAST_SHARE: f32 = 0.7;
/// Largest curl of a finger.
const FINGER_STEPS: f32 = 15.0;
/// Flexion of a thumb's two joints at their largest curl, radians.
const THUMB_BASE_FULL: f32 = 1.0;
const THUMB_TIP_FULL: f32 = 1.2;
/// Largest curl of a thumb.
const THUMB_STEPS: f32 = 7.0;
/// Between the first bones of thumb and index finger, radians: least, and most (a spread of 3).
const SPREAD_FROM: f32 = 0.45;
const SPREAD_FULL: f32 = 1.1;
const SPREAD_STEPS: f32 = 3.0;

/// A finger of the model: where its first bone begins and ends, how far it stands off (radians, towards the thumb), and the lengths of
/// its three parts, metres.
struct Finger {
    from: Vec3,
    knuckle: Vec3,
    fan: f32,
    parts: [f32; 3],
}

const WRIST: Vec3 = [0.025, 0.07, 0.0];
const FINGERS: [Finger; 4] = [
    Finger {
        from: [0.025, 0.045, 0.018],
        knuckle: [0.025, -0.020, 0.025],
        fan: 0.07,
        parts: [0.040, 0.025, 0.022],
    },
    Finger {
        from: [0.026, 0.045, 0.004],
        knuckle: [0.028, -0.024, 0.004],
        fan: 0.0,
        parts: [0.045, 0.028, 0.023],
    },
    Finger {
        from: [0.025, 0.045, -0.010],
        knuckle: [0.025, -0.018, -0.016],
        fan: -0.05,
        parts: [0.041, 0.026, 0.023],
    },
    Finger {
        from: [0.023, 0.045, -0.022],
        knuckle: [0.020, -0.010, -0.034],
        fan: -0.12,
        parts: [0.032, 0.019, 0.020],
    },
];
const THUMB_FROM: Vec3 = [0.012, 0.045, 0.022];
const THUMB_PARTS: [f32; 3] = [0.044, 0.032, 0.026];
/// Where the palm's side of the right hand is.
const PALM: Vec3 = [-1.0, 0.0, 0.0];
/// Where a thumb goes when it curls: across the palm.
const ACROSS: Vec3 = [-0.55, 0.0, -0.83];
/// How far a thumb stands before the palm, beside how far it stands off.
const THUMB_BEFORE: f32 = 0.45;

/// How fingers are held that nobody tells of: at rest.
const RELAXED: HandFingers =
    HandFingers { thumb: Thumb { base: 1, tip: 1, spread: 1 }, base: [3, 4, 4, 5], tip: [3, 4, 4, 4] };

/// What is known of a hand of one's own.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum OwnHand {
    /// Nothing beside its place, if it has one.
    #[default]
    Still,
    /// It is round a controller; how far trigger and squeeze are pressed, 0 to 1.
    Controller {
        /// Under the index finger.
        trigger: f32,
        /// Under the others.
        squeeze: f32,
    },
    /// Its joints in the frame of its place, metres.
    Joints(Box<Points>),
}

/// Both own hands, left and right: their fingers, if either hand is more than a place.
pub(crate) fn of_own(hands: &[OwnHand; 2]) -> Option<Fingers> {
    let fingers = |hand: &OwnHand, right| match hand {
        OwnHand::Still => RELAXED,
        OwnHand::Controller { trigger, squeeze } => gripping(*trigger, *squeeze),
        OwnHand::Joints(points) => curls(points, right),
    };
    let known = hands.iter().any(|hand| *hand != OwnHand::Still);
    known.then(|| Fingers { left: fingers(&hands[0], false), right: fingers(&hands[1], true) })
}

/// How a hand of one's own is drawn.
pub(crate) fn drawn(hand: &OwnHand, right: bool) -> Points {
    match hand {
        OwnHand::Still => points(&RELAXED, right),
        OwnHand::Controller { trigger, squeeze } => points(&gripping(*trigger, *squeeze), right),
        OwnHand::Joints(points) => **points,
    }
}

/// How the fingers lie round a controller: the thumb rests on top, the index finger goes with the trigger, the others with the
/// squeeze.
fn gripping(trigger: f32, squeeze: f32) -> HandFingers {
    let between = |open: f32, closed: f32, pressed: f32| {
        let pressed = if pressed.is_nan() { 0.0 } else { pressed.clamp(0.0, 1.0) };
        (open + (closed - open) * pressed).round() as u8
    };
    let (index, others) = (between(3.0, 10.0, trigger), between(6.0, 13.0, squeeze));
    let (index_tip, other_tips) = (between(4.0, 10.0, trigger), between(7.0, 12.0, squeeze));
    HandFingers {
        thumb: Thumb { base: between(2.0, 4.0, squeeze), tip: between(2.0, 4.0, squeeze), spread: 1 },
        base: [index, others, others, others],
        tip: [index_tip, other_tips, other_tips, other_tips],
    }
}

/// The joints of a hand with the fingers of a pose, or at rest when it tells none, metres.
pub(crate) fn model(fingers: Option<&Fingers>, right: bool) -> Points {
    match (fingers, right) {
        (Some(fingers), true) => points(&fingers.right, true),
        (Some(fingers), false) => points(&fingers.left, false),
        (None, right) => points(&RELAXED, right),
    }
}

/// The joints of the model hand, metres.
fn points(fingers: &HandFingers, right: bool) -> Points {
    let mut points = [WRIST; JOINTS];
    points[1..5].copy_from_slice(&thumb(fingers.thumb));
    for (finger, model) in FINGERS.iter().enumerate() {
        let at = 5 + 5 * finger;
        points[at..at + 5].copy_from_slice(&chain(model, fingers.base[finger], fingers.tip[finger]));
    }
    if !right {
        points.iter_mut().for_each(|point| point[0] = -point[0]);
    }
    points
}

/// How a hand's fingers are held whose joints are known; of any size, in any frame.
fn curls(points: &Points, right: bool) -> HandFingers {
    // Across the knuckles, then along the hand: their product is the palm's side, mirrored on the left.
    let (along, across) = (between(points[0], points[11]), between(points[21], points[6]));
    let side = if right { 1.0 } else { -1.0 };
    let palm = unit(cross(along, across).map(|part| part * side));
    let finger = |finger: usize| {
        let [from, knuckle, middle, last] = std::array::from_fn(|joint| points[5 + 5 * finger + joint]);
        let base = bend(between(from, knuckle), between(knuckle, middle), palm);
        let tip = angle(between(knuckle, middle), between(middle, last));
        [step(base, BASE_FULL, FINGER_STEPS), step(tip, TIP_FULL, FINGER_STEPS)]
    };
    let each: [[u8; 2]; 4] = std::array::from_fn(finger);
    let thumb = [between(points[1], points[2]), between(points[2], points[3]), between(points[3], points[4])];
    let spread = angle(thumb[0], between(points[5], points[6])) - SPREAD_FROM;
    HandFingers {
        thumb: Thumb {
            base: step(angle(thumb[0], thumb[1]), THUMB_BASE_FULL, THUMB_STEPS),
            tip: step(angle(thumb[1], thumb[2]), THUMB_TIP_FULL, THUMB_STEPS),
            spread: step(spread, SPREAD_FULL - SPREAD_FROM, SPREAD_STEPS),
        },
        base: each.map(|[base, _]| base),
        tip: each.map(|[_, tip]| tip),
    }
}

/// Five joints of a finger of the right hand.
fn chain(model: &Finger, base: u8, tip: u8) -> [Vec3; 5] {
    let base = f32::from(base) / FINGER_STEPS * BASE_FULL;
    let tip = f32::from(tip) / FINGER_STEPS * TIP_FULL;
    let first = unit(between(model.from, model.knuckle));
    let straight = rotated_x(first, model.fan);
    let palm = unit(orthogonal(PALM, straight));
    let part = |angle: f32| combine(straight, libm::cosf(angle), palm, libm::sinf(angle));
    let directions = [part(base), part(base + tip), part(base + tip * (1.0 + LAST_SHARE))];
    let mut at = model.knuckle;
    let mut joints = [model.from, model.knuckle, at, at, at];
    for (index, (direction, length)) in directions.into_iter().zip(model.parts).enumerate() {
        at = combine(at, 1.0, direction, length);
        joints[2 + index] = at;
    }
    joints
}

/// Four joints of the right hand's thumb.
fn thumb(thumb: Thumb) -> [Vec3; 4] {
    let spread = SPREAD_FROM + f32::from(thumb.spread) / SPREAD_STEPS * (SPREAD_FULL - SPREAD_FROM);
    let index = unit(between(FINGERS[0].from, FINGERS[0].knuckle));
    // Off the index finger's first bone, to the thumb's side and before the palm.
    let off = unit(orthogonal([-THUMB_BEFORE, 0.0, 1.0], index));
    let straight = combine(index, libm::cosf(spread), off, libm::sinf(spread));
    let across = unit(orthogonal(ACROSS, straight));
    let base = f32::from(thumb.base) / THUMB_STEPS * THUMB_BASE_FULL;
    let tip = f32::from(thumb.tip) / THUMB_STEPS * THUMB_TIP_FULL;
    let mut at = THUMB_FROM;
    let mut joints = [at; 4];
    for (index, (angle, length)) in [0.0, base, base + tip].into_iter().zip(THUMB_PARTS).enumerate() {
        at = combine(at, 1.0, combine(straight, libm::cosf(angle), across, libm::sinf(angle)), length);
        joints[1 + index] = at;
    }
    joints
}

/// A whole step of an angle; backwards is straight.
fn step(angle: f32, full: f32, steps: f32) -> u8 {
    (angle / full * steps).round().clamp(0.0, steps) as u8
}

/// How far `to` is bent from `from` towards `palm`, radians; negative backwards.
fn bend(from: Vec3, to: Vec3, palm: Vec3) -> f32 {
    let from = unit(from);
    let palm = unit(orthogonal(palm, from));
    libm::atan2f(dot(to, palm), dot(to, from))
}

/// Between two directions, radians.
fn angle(a: Vec3, b: Vec3) -> f32 {
    libm::acosf(dot(unit(a), unit(b)).clamp(-1.0, 1.0)).min(PI)
}

fn between(from: Vec3, to: Vec3) -> Vec3 {
    std::array::from_fn(|axis| to[axis] - from[axis])
}

fn combine(a: Vec3, of_a: f32, b: Vec3, of_b: f32) -> Vec3 {
    std::array::from_fn(|axis| a[axis] * of_a + b[axis] * of_b)
}

fn orthogonal(vector: Vec3, to: Vec3) -> Vec3 {
    combine(vector, 1.0, to, -dot(vector, to))
}

fn rotated_x([x, y, z]: Vec3, angle: f32) -> Vec3 {
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    [x, y * cos + z * sin, z * cos - y * sin]
}

fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// A vector of length 1; joints that lie in one place have no direction and bend nothing.
fn unit(vector: Vec3) -> Vec3 {
    let length = libm::sqrtf(dot(vector, vector));
    if length > 0.0 && length.is_finite() { vector.map(|part| part / length) } else { [0.0; 3] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hand() -> impl Strategy<Value = HandFingers> {
        let four = || prop::array::uniform4(0_u8..16);
        ((0_u8..8, 0_u8..8, 0_u8..4), four(), four()).prop_map(|((base, tip, spread), bases, tips)| {
            HandFingers { thumb: Thumb { base, tip, spread }, base: bases, tip: tips }
        })
    }

    fn turned(points: &Points, by: f32, size: f32) -> Points {
        points.map(|point| rotated_x(point.map(|part| part * size + 0.02), by))
    }

    proptest! {
        #[test]
        fn the_curls_of_the_model_come_back_whatever_the_hands_size_and_frame(
            fingers in hand(), right: bool, by in -3.0_f32..3.0, size in 0.5_f32..2.0,
        ) {
            prop_assert_eq!(curls(&points(&fingers, right), right), fingers);
            prop_assert_eq!(curls(&turned(&points(&fingers, right), by, size), right), fingers);
        }
    }

    #[test]
    fn a_fist_brings_the_tips_to_the_palm_and_straight_fingers_reach_far() {
        let fist = HandFingers { thumb: Thumb { base: 7, tip: 7, spread: 0 }, base: [15; 4], tip: [15; 4] };
        let (closed, open) = (points(&fist, true), points(&HandFingers::default(), true));
        for tip in [9, 14, 19, 24] {
            assert!(open[tip][1] < -0.07, "straight: {:?}", open[tip]);
            assert!(closed[tip][1] > -0.04 && closed[tip][0] < 0.02, "a fist: {:?}", closed[tip]);
        }
    }

    #[test]
    fn left_is_the_mirror_of_right() {
        let fingers = gripping(0.7, 0.2);
        let mirrored = points(&fingers, true).map(|[x, y, z]| [-x, y, z]);
        assert_eq!(points(&fingers, false), mirrored);
    }

    #[test]
    fn every_joint_of_every_hand_can_travel() {
        for fingers in [HandFingers::default(), RELAXED, gripping(1.0, 1.0)] {
            let reach = thexr_wire::joints::JOINT_REACH_M;
            assert!(points(&fingers, true).iter().flatten().all(|part| part.abs() < reach));
        }
    }

    #[test]
    fn fingers_bent_backwards_and_joints_in_one_place_are_straight() {
        assert_eq!(curls(&[[0.1; 3]; JOINTS], true).base, [0; 4]);
        let mut backwards = points(&HandFingers::default(), true);
        backwards[7][0] += 0.03;
        assert_eq!(curls(&backwards, true).base[0], 0);
    }

    #[test]
    fn the_trigger_bends_the_index_finger_and_the_squeeze_the_others() {
        let (rest, aims, holds) = (gripping(0.0, 0.0), gripping(1.0, 0.0), gripping(0.0, 1.0));
        assert!(aims.base[0] > rest.base[0] && aims.base[1..] == rest.base[1..]);
        assert!(
            holds.base[0] == rest.base[0]
                && holds.base[1] > rest.base[1]
                && holds.thumb.base > rest.thumb.base
        );
        assert_eq!(gripping(f32::NAN, 7.0).base[1], holds.base[1]);
    }
}

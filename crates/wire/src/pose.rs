//! A person's pose and its 40-byte tier A record. Owns the quantisation; knows nothing of rooms or time.

use crate::bits::{BitReader, BitWriter};
use crate::quant;
use serde::{Deserialize, Serialize};

/// A point and an orientation: `[x, y, z, qx, qy, qz, qw]`, metres, unit quaternion, left-handed, Y up.
pub type Place = [f32; 7];

/// Bytes of one tier A record.
pub const RECORD_BYTES: usize = 40;
/// Edge of a cell, metres: positions inside a record are relative to their cell's low corner.
pub const CELL_M: f32 = 64.0;
/// Reach of a hand on each axis from the head, metres; farther hands are clamped.
pub const HAND_REACH_M: f32 = 1.28;

/// Largest curl (a fist): 5 bits.
const CURL_MAX: u8 = 31;
/// Largest spread: 3 bits.
const SPREAD_MAX: u8 = 7;

/// Curl and spread of the fingers of both hands.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Fingers {
    /// Curl 0 (straight) to 31 (fist), left thumb to little finger, then right.
    pub curl: [u8; 10],
    /// Spread 0 to 7, in the same order.
    pub spread: [u8; 10],
}

impl Fingers {
    /// Within what a record holds: a curl of 40 is a fist, not somebody else's bits.
    fn clamped(self) -> Self {
        Self {
            curl: self.curl.map(|curl| curl.min(CURL_MAX)),
            spread: self.spread.map(|s| s.min(SPREAD_MAX)),
        }
    }
}

/// Where a person's head and hands are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Head.
    pub head: Place,
    /// Left hand, if tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Place>,
    /// Right hand, if tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Place>,
    /// Fingers, if tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingers: Option<Fingers>,
}

/// A cell of the grid, in units of [`CELL_M`].
pub type Cell = [i16; 3];

/// Why a pose cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PoseError {
    /// A number is NaN or infinite.
    #[error("a pose holds finite numbers only")]
    NotFinite,
    /// A coordinate is beyond the largest room.
    #[error("a pose lies within {} m of the origin", crate::limits::COORDINATE_MAX_M)]
    OutOfBounds,
    /// A quaternion has no direction.
    #[error("a rotation is a quaternion of non-zero length")]
    NoRotation,
    /// The record is cut short.
    #[error("a pose record has 40 bytes")]
    Truncated,
}

const LEFT: u32 = 1;
const RIGHT: u32 = 2;
const FINGERS: u32 = 4;
const JUMPED: u32 = 8;

/// A pose as it travels: its cell, its 40 bytes and what the receiver reads from them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Slot of the avatar (0 on the way up: the server knows who sends).
    pub slot: u16,
    /// Age of the sample at the frame's tick, milliseconds, in steps of 4.
    pub age_ms: u32,
    /// The person jumped (teleport, spawn): do not interpolate into this sample.
    pub jumped: bool,
    /// The pose, already as every receiver decodes it.
    pub pose: Pose,
}

fn checked(place: &Place) -> Result<Place, PoseError> {
    if !place.iter().all(|number| number.is_finite()) {
        return Err(PoseError::NotFinite);
    }
    if place[..3].iter().any(|metres| metres.abs() as f64 > crate::limits::COORDINATE_MAX_M) {
        return Err(PoseError::OutOfBounds);
    }
    let rotation = quant::normalize([place[3], place[4], place[5], place[6]]).ok_or(PoseError::NoRotation)?;
    let [x, y, z] = [place[0], place[1], place[2]];
    Ok([x, y, z, rotation[0], rotation[1], rotation[2], rotation[3]])
}

impl Pose {
    /// A pose that stands at a point with head and no hands, looking along +Z.
    pub fn standing(position: [f32; 3]) -> Self {
        let [x, y, z] = position;
        Self { head: [x, y, z, 0.0, 0.0, 0.0, 1.0], left: None, right: None, fingers: None }
    }

    /// The pose with unit quaternions and fingers within their range, or why it is unusable.
    pub fn validated(&self) -> Result<Self, PoseError> {
        Ok(Self {
            head: checked(&self.head)?,
            left: self.left.as_ref().map(checked).transpose()?,
            right: self.right.as_ref().map(checked).transpose()?,
            fingers: self.fingers.map(Fingers::clamped),
        })
    }

    /// The cell of the head.
    pub fn cell(&self) -> Cell {
        [0, 1, 2].map(|axis| libm::floorf(self.head[axis] / CELL_M) as i16)
    }
}

/// Writes a tier A record: slot 16, age 6, flags 6, head 47 + 35, hands 2 x (30 + 35), fingers 80 bits.
///
/// The head is relative to `cell` (x, z in 1/1024 m, y in 1/512 m), hands to the head (2.5 mm); the pose must be
/// [validated](Pose::validated).
pub fn encode_record(sample: &Sample, cell: Cell) -> [u8; RECORD_BYTES] {
    let pose = &sample.pose;
    let mut flags = 0;
    flags |= if pose.left.is_some() { LEFT } else { 0 };
    flags |= if pose.right.is_some() { RIGHT } else { 0 };
    flags |= if pose.fingers.is_some() { FINGERS } else { 0 };
    flags |= if sample.jumped { JUMPED } else { 0 };
    let mut bytes = [0; RECORD_BYTES];
    let mut bits = BitWriter::new(&mut bytes);
    bits.write(sample.slot as u32, 16);
    bits.write((sample.age_ms / 4).min(63), 6);
    bits.write(flags, 6);
    for (axis, width) in [(0, 16), (1, 15), (2, 16)] {
        let local = pose.head[axis] - cell[axis] as f32 * CELL_M;
        bits.write(quant::unsigned(local, CELL_M, width), width);
    }
    write_rotation(&mut bits, &pose.head);
    for hand in [pose.left, pose.right] {
        write_hand(&mut bits, &pose.head, hand);
    }
    let fingers = pose.fingers.unwrap_or_default();
    for finger in 0..10 {
        bits.write(fingers.curl[finger] as u32, 5);
        bits.write(fingers.spread[finger] as u32, 3);
    }
    bytes
}

fn write_rotation(bits: &mut BitWriter<'_>, place: &Place) {
    let (largest, parts) = quant::smallest_three([place[3], place[4], place[5], place[6]], 11);
    bits.write(largest, 2);
    for part in parts {
        bits.write(part, 11);
    }
}

fn write_hand(bits: &mut BitWriter<'_>, head: &Place, hand: Option<Place>) {
    let Some(hand) = hand else {
        bits.write(0, 30);
        bits.write(0, 32);
        bits.write(0, 3);
        return;
    };
    for axis in 0..3 {
        bits.write(quant::unsigned(hand[axis] - head[axis] + HAND_REACH_M, 2.0 * HAND_REACH_M, 10), 10);
    }
    write_rotation(bits, &hand);
}

/// Reads a tier A record; errors when it is shorter than [`RECORD_BYTES`].
pub fn decode_record(bytes: &[u8], cell: Cell) -> Result<Sample, PoseError> {
    let bytes = bytes.get(..RECORD_BYTES).ok_or(PoseError::Truncated)?;
    let mut bits = BitReader::new(bytes);
    let slot = bits.read(16) as u16;
    let age_ms = bits.read(6) * 4;
    let flags = bits.read(6);
    let mut head = [0.0; 7];
    for (axis, width) in [(0, 16), (1, 15), (2, 16)] {
        head[axis] = quant::from_unsigned(bits.read(width), CELL_M, width) + cell[axis] as f32 * CELL_M;
    }
    read_rotation(&mut bits, &mut head);
    let left = read_hand(&mut bits, &head);
    let right = read_hand(&mut bits, &head);
    let mut fingers = Fingers::default();
    for finger in 0..10 {
        fingers.curl[finger] = bits.read(5) as u8;
        fingers.spread[finger] = bits.read(3) as u8;
    }
    let pose = Pose {
        head,
        left: (flags & LEFT != 0).then_some(left),
        right: (flags & RIGHT != 0).then_some(right),
        fingers: (flags & FINGERS != 0).then_some(fingers),
    };
    Ok(Sample { slot, age_ms, jumped: flags & JUMPED != 0, pose })
}

fn read_rotation(bits: &mut BitReader<'_>, place: &mut Place) {
    let largest = bits.read(2);
    let parts = [bits.read(11), bits.read(11), bits.read(11)];
    place[3..].copy_from_slice(&quant::from_smallest_three(largest, parts, 11));
}

fn read_hand(bits: &mut BitReader<'_>, head: &Place) -> Place {
    let mut hand = [0.0; 7];
    for axis in 0..3 {
        hand[axis] = quant::from_unsigned(bits.read(10), 2.0 * HAND_REACH_M, 10) - HAND_REACH_M + head[axis];
    }
    read_rotation(bits, &mut hand);
    hand
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(reach: f32) -> impl Strategy<Value = Place> {
        (prop::array::uniform3(-reach..reach), prop::array::uniform4(-1.0f32..1.0))
            .prop_filter_map("rotation", |(p, q)| checked(&[p[0], p[1], p[2], q[0], q[1], q[2], q[3]]).ok())
    }

    fn angle(a: &Place, b: &Place) -> f32 {
        let dot: f32 = (3..7).map(|i| a[i] * b[i]).sum::<f32>().abs().min(1.0);
        2.0 * libm::acosf(dot)
    }

    proptest! {
        #[test]
        fn a_record_keeps_head_and_hands_within_the_quantisation(
            head in place(9000.0), hand in place(0.7), slot: u16, age in 0u32..250, jumped: bool
        ) {
            let mut left = hand;
            for axis in 0..3 { left[axis] += head[axis]; }
            let pose = Pose { head, left: Some(left), right: None, fingers: None };
            let sample = Sample { slot, age_ms: age, jumped, pose };
            let cell = pose.cell();
            let back = decode_record(&encode_record(&sample, cell), cell).unwrap();
            prop_assert_eq!((back.slot, back.age_ms, back.jumped), (slot, age / 4 * 4, jumped));
            prop_assert!(back.pose.right.is_none() && back.pose.fingers.is_none());
            for axis in 0..3 {
                prop_assert!((back.pose.head[axis] - head[axis]).abs() < 0.0031, "head {axis}");
                prop_assert!((back.pose.left.unwrap()[axis] - left[axis]).abs() < 0.0061, "hand {axis}");
            }
            prop_assert!(angle(&back.pose.head, &head) < 0.0035);
            prop_assert!(angle(&back.pose.left.unwrap(), &left) < 0.0035);
        }

        #[test]
        fn any_forty_bytes_decode_to_a_usable_pose(bytes in prop::collection::vec(any::<u8>(), 40)) {
            let sample = decode_record(&bytes, [0, 0, 0]).unwrap();
            prop_assert!(sample.pose.validated().is_ok());
        }
    }

    #[test]
    fn a_pose_with_nan_is_refused() {
        let pose = Pose::standing([0.0, f32::NAN, 0.0]);
        assert_eq!(pose.validated(), Err(PoseError::NotFinite));
    }

    #[test]
    fn a_pose_without_rotation_is_refused() {
        let pose = Pose { head: [0.0; 7], ..Pose::standing([0.0; 3]) };
        assert_eq!(pose.validated(), Err(PoseError::NoRotation));
    }

    #[test]
    fn fingers_beyond_their_range_are_clamped_and_survive_the_record() {
        let fingers = Some(Fingers {
            curl: [255, 32, 31, 5, 0, 1, 2, 3, 4, 200],
            spread: [255, 8, 7, 5, 0, 1, 2, 3, 4, 9],
        });
        let pose = Pose { fingers, ..Pose::standing([1.0; 3]) }.validated().unwrap();
        let expected =
            Fingers { curl: [31, 31, 31, 5, 0, 1, 2, 3, 4, 31], spread: [7, 7, 7, 5, 0, 1, 2, 3, 4, 7] };
        assert_eq!(pose.fingers, Some(expected));
        let sample = Sample { slot: 3, age_ms: 0, jumped: false, pose };
        let back = decode_record(&encode_record(&sample, [0; 3]), [0; 3]).unwrap();
        assert_eq!((back.slot, back.pose.fingers), (3, Some(expected)));
    }

    #[test]
    fn a_short_record_is_refused() {
        assert_eq!(decode_record(&[0; 39], [0; 3]), Err(PoseError::Truncated));
    }
}

//! Hands joint by joint, as WebXR tracks them: for those who stand close enough to see it. Owns their layout.
//!
//! 25 joints in the order of WebXR (wrist, thumb 4, index, middle, ring, little finger 5 each), in the frame of their hand's place
//! as a pose tells it. Servers hand them on as they are.

use crate::bits::{BitReader, BitWriter};
use crate::quant;

/// Joints of a hand (WebXR Hand Input, `XRHandJoint`).
pub const JOINTS: usize = 25;
/// How far a joint may lie from its hand's place on each axis, metres; farther ones are clamped.
pub const JOINT_REACH_M: f32 = 0.256;
/// Bits of a joint on each axis: 1 mm.
const AXIS_BITS: u32 = 9;
const PACKED_BYTES: usize = (JOINTS * 3 * AXIS_BITS as usize).div_ceil(8);
/// Bytes of one hand's record: slot u16 (most significant byte first), age 6 bits (4 ms), right 1, reserved 1, joints 675 bits.
pub const RECORD_BYTES: usize = 3 + PACKED_BYTES;

/// The joints of one hand, packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joints([u8; PACKED_BYTES]);

impl Joints {
    /// Packs points in the hand's frame, metres.
    pub fn pack(points: &[[f32; 3]; JOINTS]) -> Self {
        let mut bytes = [0; PACKED_BYTES];
        let mut bits = BitWriter::new(&mut bytes);
        for metres in points.iter().flatten() {
            bits.write(quant::unsigned(metres + JOINT_REACH_M, 2.0 * JOINT_REACH_M, AXIS_BITS), AXIS_BITS);
        }
        Self(bytes)
    }

    /// The points in the hand's frame, metres.
    pub fn points(&self) -> [[f32; 3]; JOINTS] {
        let mut bits = BitReader::new(&self.0);
        std::array::from_fn(|_| {
            std::array::from_fn(|_| {
                quant::from_unsigned(bits.read(AXIS_BITS), 2.0 * JOINT_REACH_M, AXIS_BITS) - JOINT_REACH_M
            })
        })
    }
}

/// The joints of both hands, as far as they are tracked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hands {
    /// Left hand.
    pub left: Option<Joints>,
    /// Right hand.
    pub right: Option<Joints>,
}

impl Hands {
    /// The tracked ones, with whether it is the right hand.
    pub fn each(&self) -> impl Iterator<Item = (bool, Joints)> {
        [(false, self.left), (true, self.right)].into_iter().filter_map(|(right, hand)| Some((right, hand?)))
    }

    /// Sets one.
    pub fn put(&mut self, right: bool, joints: Joints) {
        *(if right { &mut self.right } else { &mut self.left }) = Some(joints);
    }

    /// Whether neither is tracked.
    pub fn is_empty(&self) -> bool {
        self.left.is_none() && self.right.is_none()
    }
}

/// One hand as it travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandJoints {
    /// Slot of the avatar (0 on the way up: the server knows who sends).
    pub slot: u16,
    /// Age at the frame's tick, milliseconds, in steps of 4, up to 252.
    pub age_ms: u32,
    /// Which hand.
    pub right: bool,
    /// Its joints.
    pub joints: Joints,
}

/// Writes a hand's record.
pub fn encode(hand: &HandJoints) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    let [high, low] = hand.slot.to_be_bytes();
    let age = (hand.age_ms.min(crate::records::AGE_MAX_MS) / 4) as u8;
    bytes[..3].copy_from_slice(&[high, low, age << 2 | u8::from(hand.right) << 1]);
    bytes[3..].copy_from_slice(&hand.joints.0);
    bytes
}

/// Reads the records of a section; `None` when the last one is cut short.
pub fn read(content: &[u8], mut each: impl FnMut(&HandJoints)) -> Option<()> {
    let (records, rest) = content.as_chunks::<RECORD_BYTES>();
    if !rest.is_empty() {
        return None;
    }
    for record in records {
        let [high, low, bits, packed @ ..] = record;
        each(&HandJoints {
            slot: u16::from_be_bytes([*high, *low]),
            age_ms: u32::from(bits >> 2) * 4,
            right: bits & 2 != 0,
            joints: Joints(*packed),
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rule 4.13
    #[test]
    fn joints_come_back_within_half_a_millimetre_and_far_ones_are_clamped() {
        let mut points: [[f32; 3]; JOINTS] =
            std::array::from_fn(|joint| [joint as f32 * 0.01, -0.1, 0.003 * joint as f32]);
        let back = Joints::pack(&points).points();
        for (point, back) in points.iter().flatten().zip(back.iter().flatten()) {
            assert!((point - back).abs() <= 0.000_51, "{point} {back}");
        }
        points[24] = [5.0, -5.0, f32::NAN];
        let [x, y, z] = Joints::pack(&points).points()[24];
        assert!((x - JOINT_REACH_M).abs() < 0.002 && (y + JOINT_REACH_M).abs() < 0.001 && z.is_finite());
    }

    #[test]
    fn a_hand_comes_back_and_a_cut_one_is_none() {
        let joints = Joints::pack(&[[0.05, 0.0, -0.02]; JOINTS]);
        let hand = HandJoints { slot: 40_000, age_ms: 24, right: true, joints };
        let bytes = encode(&hand);
        let mut seen = Vec::new();
        read(&bytes, |hand| seen.push(*hand)).unwrap();
        assert_eq!(seen, [hand]);
        assert_eq!(read(&bytes[..RECORD_BYTES - 1], |_| ()), None);
    }
}

//! Records of the latest lane: one person in each detail tier, bit by bit. Owns layouts; knows nothing of frames.
//!
//! Every record begins with its slot (16 bits), most significant bit first, and is padded to whole bytes by design.

use crate::bits::{BitReader, BitWriter};
use crate::pose::{CELL_M, Cell, Fingers, HAND_REACH_M, HandFingers, Marks, Place, Pose, Sample, Thumb};
use crate::quant;
use crate::tier::Tier;

/// Bytes of a tier A record.
pub const A_BYTES: usize = Tier::A.record_bytes();
/// Bytes of a tier B record.
pub const B_BYTES: usize = Tier::B.record_bytes();
/// Bytes of a tier C record.
pub const C_BYTES: usize = Tier::C.record_bytes();
/// Bytes of a tier D record.
pub const D_BYTES: usize = Tier::D.record_bytes();
/// Bytes of a tier E record.
pub const E_BYTES: usize = Tier::E.record_bytes();
/// Edge of a crowd cell, metres: 16 steps of half a metre on x and z.
pub const CROWD_CELL_M: f32 = 8.0;
/// One step of a place in the crowd, metres.
pub const CROWD_STEP_M: f32 = CROWD_CELL_M / 16.0;
/// Largest age that 6 bits hold, milliseconds.
pub const AGE_MAX_MS: u32 = 63 * 4;

const LEFT: u32 = 1;
const RIGHT: u32 = 2;
const FINGERS: u32 = 4;
const JUMPED: u32 = 8;
const SPEAKING: u32 = 16;
const HOLDING: u32 = 32;

/// Widths of a record that has rotations, bits.
struct Widths {
    head: [u32; 3],
    head_rotation: u32,
    hand: u32,
    hand_rotation: u32,
}

const A: Widths = Widths { head: [16, 15, 16], head_rotation: 11, hand: 10, hand_rotation: 11 };
const B: Widths = Widths { head: [14, 13, 14], head_rotation: 9, hand: 8, hand_rotation: 7 };
/// Head on x, y, z; yaw; pitch; a hand on each axis.
const C: ([u32; 3], u32, u32, u32) = ([12, 11, 12], 8, 7, 7);
/// Head on x, y, z; yaw.
const D: ([u32; 3], u32) = ([11, 10, 11], 7);

fn flags(sample: &Sample) -> u32 {
    let Sample { marks, pose, .. } = sample;
    let bits = [
        (pose.left.is_some(), LEFT),
        (pose.right.is_some(), RIGHT),
        (pose.fingers.is_some(), FINGERS),
        (marks.jumped, JUMPED),
        (marks.speaking, SPEAKING),
        (marks.holding, HOLDING),
    ];
    bits.iter().filter(|(set, _)| *set).fold(0, |flags, (_, bit)| flags | bit)
}

fn marks(flags: u32) -> Marks {
    Marks { jumped: flags & JUMPED != 0, speaking: flags & SPEAKING != 0, holding: flags & HOLDING != 0 }
}

/// Writes a tier A record: slot 16, age 6, flags 6, head 47 + 35, hands 2 x (30 + 35), fingers 2 x 40 bits.
///
/// The head is relative to `cell` (x, z in 1/1024 m, y in 1/512 m), hands to the head (2.5 mm); the pose must be
/// [validated](Pose::validated).
pub fn encode_a(sample: &Sample, cell: Cell) -> [u8; A_BYTES] {
    let mut bytes = [0; A_BYTES];
    let mut bits = BitWriter::new(&mut bytes);
    write_places(&mut bits, sample, cell, &A);
    let Fingers { left, right } = sample.pose.fingers.unwrap_or_default();
    write_fingers(&mut bits, &left);
    write_fingers(&mut bits, &right);
    bytes
}

/// Writes a tier B record: as A, but head 41 + 29 (4 mm, y 8 mm), hands 2 x (24 + 23) bits (1 cm), no fingers.
pub fn encode_b(sample: &Sample, cell: Cell) -> [u8; B_BYTES] {
    let mut bytes = [0; B_BYTES];
    let without_fingers = Sample { pose: Pose { fingers: None, ..sample.pose }, ..*sample };
    write_places(&mut BitWriter::new(&mut bytes), &without_fingers, cell, &B);
    bytes
}

/// Writes a tier C record: slot 16, flags 4 (left, right, jumped, speaking), head 35 (1.6 cm, y 3.1 cm), yaw 8,
/// pitch 7, hands 2 x 21 bits (2 cm).
pub fn encode_c(sample: &Sample, cell: Cell) -> [u8; C_BYTES] {
    let mut bytes = [0; C_BYTES];
    let mut bits = BitWriter::new(&mut bytes);
    let (head, yaw_bits, pitch_bits, hand_bits) = C;
    let Sample { pose, marks, .. } = sample;
    bits.write(u32::from(sample.slot), 16);
    for set in [pose.left.is_some(), pose.right.is_some(), marks.jumped, marks.speaking] {
        bits.write(u32::from(set), 1);
    }
    write_point(&mut bits, &pose.head, cell, head);
    let (yaw, pitch) = quant::yaw_pitch(&pose.head);
    bits.write(quant::turn(yaw, yaw_bits), yaw_bits);
    bits.write(quant::unsigned(pitch + QUARTER, 2.0 * QUARTER, pitch_bits), pitch_bits);
    for hand in [pose.left, pose.right] {
        match hand {
            Some(hand) => write_reach(&mut bits, &pose.head, &hand, hand_bits),
            None => bits.write(0, 3 * hand_bits),
        }
    }
    bytes
}

/// Writes a tier D record: slot 16, jumped 1, head 32 (3.1 cm, y 6.3 cm), yaw 7 bits.
pub fn encode_d(sample: &Sample, cell: Cell) -> [u8; D_BYTES] {
    let mut bytes = [0; D_BYTES];
    let mut bits = BitWriter::new(&mut bytes);
    let (head, yaw_bits) = D;
    bits.write(u32::from(sample.slot), 16);
    bits.write(u32::from(sample.marks.jumped), 1);
    write_point(&mut bits, &sample.pose.head, cell, head);
    bits.write(quant::turn(quant::yaw_pitch(&sample.pose.head).0, yaw_bits), yaw_bits);
    bytes
}

/// Says of a record of tiers A to D that its person has jumped; a crowd's says nothing of the kind.
pub fn mark_jumped(tier: Tier, record: &mut [u8]) {
    let bit = match tier {
        Tier::A | Tier::B => 16 + 6 + 2,
        Tier::C => 16 + 2,
        Tier::D => 16,
        Tier::E => return,
    };
    record[bit / 8] |= 0x80 >> (bit % 8);
}

/// Writes a tier E record: slot 16, x 4, z 4 bits, in half metres from the crowd cell's low corner.
pub fn encode_e(slot: u16, head: &Place, cell: Cell) -> [u8; E_BYTES] {
    let step = |axis: usize| {
        let local = head[axis] - f32::from(cell[axis]) * CROWD_CELL_M;
        libm::floorf(local / CROWD_STEP_M).clamp(0.0, 15.0) as u8
    };
    let [high, low] = slot.to_be_bytes();
    [high, low, step(0) << 4 | step(2)]
}

/// Height of a crowd above the low side of its cell, as its group's header says it: 1/256 of a crowd cell.
pub fn crowd_height(mean_y: f32, cell: Cell) -> u8 {
    quant::unsigned(mean_y - f32::from(cell[1]) * CROWD_CELL_M, CROWD_CELL_M, 8) as u8
}

/// The crowd cell of a place, in units of [`CROWD_CELL_M`].
pub fn crowd_cell(head: &Place) -> Cell {
    [0, 1, 2].map(|axis| libm::floorf(head[axis] / CROWD_CELL_M) as i16)
}

/// Reads a tier A record.
pub fn decode_a(bytes: &[u8; A_BYTES], cell: Cell) -> Sample {
    let mut bits = BitReader::new(bytes);
    let (mut sample, flags) = read_places(&mut bits, cell, &A, Tier::A);
    let fingers = Fingers { left: read_fingers(&mut bits), right: read_fingers(&mut bits) };
    sample.pose.fingers = (flags & FINGERS != 0).then_some(fingers);
    sample
}

/// Reads a tier B record.
pub fn decode_b(bytes: &[u8; B_BYTES], cell: Cell) -> Sample {
    read_places(&mut BitReader::new(bytes), cell, &B, Tier::B).0
}

/// Reads a tier C record; hands are turned as the head is.
pub fn decode_c(bytes: &[u8; C_BYTES], cell: Cell) -> Sample {
    let mut bits = BitReader::new(bytes);
    let (widths, yaw_bits, pitch_bits, hand_bits) = C;
    let slot = bits.read(16) as u16;
    let [left, right, jumped, speaking] = [0; 4].map(|_: u8| bits.read(1) == 1);
    let point = read_point(&mut bits, cell, widths);
    let yaw = quant::from_turn(bits.read(yaw_bits), yaw_bits);
    let pitch = quant::from_unsigned(bits.read(pitch_bits), 2.0 * QUARTER, pitch_bits) - QUARTER;
    let head = quant::facing(point, yaw, pitch);
    let upright = quant::facing([0.0; 3], yaw, 0.0);
    let hands = [left, right].map(|tracked| {
        let [x, y, z] = read_reach(&mut bits, &head, hand_bits);
        tracked.then_some([x, y, z, upright[3], upright[4], upright[5], upright[6]])
    });
    let pose = Pose { head, left: hands[0], right: hands[1], fingers: None };
    let marks = Marks { jumped, speaking, holding: false };
    Sample { slot, tier: Tier::C, age_ms: 0, marks, pose }
}

/// Reads a tier D record.
pub fn decode_d(bytes: &[u8; D_BYTES], cell: Cell) -> Sample {
    let mut bits = BitReader::new(bytes);
    let (widths, yaw_bits) = D;
    let slot = bits.read(16) as u16;
    let jumped = bits.read(1) == 1;
    let point = read_point(&mut bits, cell, widths);
    let head = quant::facing(point, quant::from_turn(bits.read(yaw_bits), yaw_bits), 0.0);
    let pose = Pose { head, left: None, right: None, fingers: None };
    Sample { slot, tier: Tier::D, age_ms: 0, marks: Marks { jumped, ..Marks::default() }, pose }
}

/// Reads a tier E record of a group of this crowd cell and height: the middle of its half metre.
pub fn decode_e(bytes: &[u8; E_BYTES], cell: Cell, height: u8) -> Sample {
    let corner = cell.map(|axis| f32::from(axis) * CROWD_CELL_M);
    let middle = |step: u8| (f32::from(step) + 0.5) * CROWD_STEP_M;
    let y = quant::from_unsigned(u32::from(height), CROWD_CELL_M, 8);
    let point = [corner[0] + middle(bytes[2] >> 4), corner[1] + y, corner[2] + middle(bytes[2] & 15)];
    let slot = u16::from_be_bytes([bytes[0], bytes[1]]);
    Sample { slot, tier: Tier::E, age_ms: 0, marks: Marks::default(), pose: Pose::standing(point) }
}

const QUARTER: f32 = std::f32::consts::FRAC_PI_2;

fn write_places(bits: &mut BitWriter<'_>, sample: &Sample, cell: Cell, widths: &Widths) {
    let pose = &sample.pose;
    bits.write(u32::from(sample.slot), 16);
    bits.write(sample.age_ms.min(AGE_MAX_MS) / 4, 6);
    bits.write(flags(sample), 6);
    write_point(bits, &pose.head, cell, widths.head);
    write_rotation(bits, &pose.head, widths.head_rotation);
    for hand in [pose.left, pose.right] {
        match hand {
            Some(hand) => {
                write_reach(bits, &pose.head, &hand, widths.hand);
                write_rotation(bits, &hand, widths.hand_rotation);
            }
            None => {
                bits.write(0, 3 * widths.hand);
                bits.write(0, 2);
                (0..3).for_each(|_| bits.write(0, widths.hand_rotation));
            }
        }
    }
}

fn read_places(bits: &mut BitReader<'_>, cell: Cell, widths: &Widths, tier: Tier) -> (Sample, u32) {
    let slot = bits.read(16) as u16;
    let age_ms = bits.read(6) * 4;
    let flags = bits.read(6);
    let [x, y, z] = read_point(bits, cell, widths.head);
    let [qx, qy, qz, qw] = read_rotation(bits, widths.head_rotation);
    let head = [x, y, z, qx, qy, qz, qw];
    let hands = [LEFT, RIGHT].map(|flag| {
        let [x, y, z] = read_reach(bits, &head, widths.hand);
        let [qx, qy, qz, qw] = read_rotation(bits, widths.hand_rotation);
        (flags & flag != 0).then_some([x, y, z, qx, qy, qz, qw])
    });
    let pose = Pose { head, left: hands[0], right: hands[1], fingers: None };
    (Sample { slot, tier, age_ms, marks: marks(flags), pose }, flags)
}

/// Thumb base 3, tip 3, spread 2; four fingers base 4, tip 4 each: 40 bits.
fn write_fingers(bits: &mut BitWriter<'_>, hand: &HandFingers) {
    let Thumb { base, tip, spread } = hand.thumb;
    [(base, 3), (tip, 3), (spread, 2)]
        .into_iter()
        .for_each(|(part, width)| bits.write(u32::from(part), width));
    for (base, tip) in hand.base.into_iter().zip(hand.tip) {
        bits.write(u32::from(base), 4);
        bits.write(u32::from(tip), 4);
    }
}

fn read_fingers(bits: &mut BitReader<'_>) -> HandFingers {
    let [base, tip, spread] = [3, 3, 2].map(|width| bits.read(width) as u8);
    let mut hand = HandFingers { thumb: Thumb { base, tip, spread }, ..HandFingers::default() };
    for (base, tip) in hand.base.iter_mut().zip(&mut hand.tip) {
        (*base, *tip) = (bits.read(4) as u8, bits.read(4) as u8);
    }
    hand
}

fn write_point(bits: &mut BitWriter<'_>, place: &Place, cell: Cell, widths: [u32; 3]) {
    for (axis, width) in widths.into_iter().enumerate() {
        let local = place[axis] - f32::from(cell[axis]) * CELL_M;
        bits.write(quant::unsigned(local, CELL_M, width), width);
    }
}

fn read_point(bits: &mut BitReader<'_>, cell: Cell, widths: [u32; 3]) -> [f32; 3] {
    std::array::from_fn(|axis| {
        quant::from_unsigned(bits.read(widths[axis]), CELL_M, widths[axis]) + f32::from(cell[axis]) * CELL_M
    })
}

fn write_rotation(bits: &mut BitWriter<'_>, place: &Place, width: u32) {
    let (largest, parts) = quant::smallest_three([place[3], place[4], place[5], place[6]], width);
    bits.write(largest, 2);
    parts.into_iter().for_each(|part| bits.write(part, width));
}

fn read_rotation(bits: &mut BitReader<'_>, width: u32) -> [f32; 4] {
    let largest = bits.read(2);
    let parts = [bits.read(width), bits.read(width), bits.read(width)];
    quant::from_smallest_three(largest, parts, width)
}

/// A hand's point relative to the head, on the room's axes.
fn write_reach(bits: &mut BitWriter<'_>, head: &Place, hand: &Place, width: u32) {
    for axis in 0..3 {
        bits.write(quant::unsigned(hand[axis] - head[axis] + HAND_REACH_M, 2.0 * HAND_REACH_M, width), width);
    }
}

fn read_reach(bits: &mut BitReader<'_>, head: &Place, width: u32) -> [f32; 3] {
    std::array::from_fn(|axis| {
        quant::from_unsigned(bits.read(width), 2.0 * HAND_REACH_M, width) - HAND_REACH_M + head[axis]
    })
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;

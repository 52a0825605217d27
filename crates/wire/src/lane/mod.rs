//! The latest lane: binary frames of poses, up and down. Owns their layout; all integers are little-endian.

use crate::pose::{self, Cell, Marks, Pose, Sample};
use crate::records::{self, A_BYTES};
use crate::tier::Tier;

/// Event name that carries these frames on the channel, up and down.
pub const EVENT: &str = "pose";
/// Bytes of the header of a frame down.
pub const HEADER_BYTES: usize = 16;
/// Bytes of a pose frame up.
pub const UP_BYTES: usize = 12 + 6 + A_BYTES;
/// Bytes of an acknowledgement up.
pub const ACK_BYTES: usize = 6;
/// `kind` of a frame down.
pub const KIND_DOWN: u8 = 1;
/// `kind` of a frame up.
pub const KIND_UP: u8 = 2;
/// `kind` of an acknowledgement up.
pub const KIND_ACK: u8 = 3;
/// Records of one group (one length byte).
pub const GROUP_RECORDS_MAX: usize = 255;

/// Why a frame cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// The bytes end before the layout does.
    #[error("the frame is cut short")]
    Truncated,
    /// Bytes are left over after the layout.
    #[error("the frame is longer than its layout")]
    Trailing,
    /// The first byte names no frame that goes this way.
    #[error("unknown kind of frame")]
    UnknownKind,
    /// A group of an unknown tier.
    #[error("unknown tier")]
    UnknownTier,
    /// The pose inside is unusable.
    #[error(transparent)]
    Pose(#[from] pose::PoseError),
}

/// Header of a frame down: kind u8, flags u8, incarnation u16, tick u32, seq u32, ack u16, 2 reserved bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Header {
    /// Which life of the room the slots belong to.
    pub incarnation: u16,
    /// Tick the samples' ages count from.
    pub tick: u32,
    /// Last durable seq of the room, low 32 bits.
    pub seq: u32,
    /// Newest pose of this client that the room has used.
    pub ack: u16,
}

impl Header {
    /// Appends the header's 16 bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[KIND_DOWN, 0]);
        out.extend_from_slice(&self.incarnation.to_le_bytes());
        out.extend_from_slice(&self.tick.to_le_bytes());
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&self.ack.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
    }
}

/// Appends the header of a group of records of tiers A to D: tier u8, count u8, cell 3 x i16 (64 m).
pub fn write_group(out: &mut Vec<u8>, tier: Tier, count: u8, cell: Cell) {
    out.extend_from_slice(&[tier as u8, count]);
    for axis in cell {
        out.extend_from_slice(&axis.to_le_bytes());
    }
}

/// Appends the header of a crowd: as a group's, with a cell of 8 m and its mean height in 1/256 of it.
pub fn write_crowd(out: &mut Vec<u8>, count: u8, cell: Cell, height: u8) {
    write_group(out, Tier::E, count, cell);
    out.push(height);
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], LaneError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(LaneError::Truncated)?;
        self.0 = rest;
        Ok(*head)
    }

    fn u16(&mut self) -> Result<u16, LaneError> {
        self.take().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, LaneError> {
        self.take().map(u32::from_le_bytes)
    }

    fn cell(&mut self) -> Result<Cell, LaneError> {
        let bytes: [u8; 6] = self.take()?;
        Ok([0, 2, 4].map(|at| i16::from_le_bytes([bytes[at], bytes[at + 1]])))
    }
}

/// Reads a frame down, handing each record to `each`; stops at the first error.
pub fn read_down(frame: &[u8], mut each: impl FnMut(Sample)) -> Result<Header, LaneError> {
    let mut bytes = Bytes(frame);
    let header = read_header(&mut bytes)?;
    while !bytes.0.is_empty() {
        let group = read_group(&mut bytes)?;
        let cell = group.cell;
        for _ in 0..group.count {
            each(match group.tier {
                Tier::A => records::decode_a(&bytes.take()?, cell),
                Tier::B => records::decode_b(&bytes.take()?, cell),
                Tier::C => records::decode_c(&bytes.take()?, cell),
                Tier::D => records::decode_d(&bytes.take()?, cell),
                Tier::E => records::decode_e(&bytes.take()?, cell, group.height),
            });
        }
    }
    Ok(header)
}

/// Reads tiers, slots and ages (milliseconds; 0 from tier C on) of a frame down; the poses stay packed.
pub fn skim_down(frame: &[u8], mut each: impl FnMut(Tier, u16, u32)) -> Result<Header, LaneError> {
    let mut bytes = Bytes(frame);
    let header = read_header(&mut bytes)?;
    while !bytes.0.is_empty() {
        let Group { tier, count, .. } = read_group(&mut bytes)?;
        let length = usize::from(count) * tier.record_bytes();
        let (records, rest) = bytes.0.split_at_checked(length).ok_or(LaneError::Truncated)?;
        bytes.0 = rest;
        for record in records.chunks_exact(tier.record_bytes()) {
            let age_ms = if tier <= Tier::B { u32::from(record[2] >> 2) * 4 } else { 0 };
            each(tier, u16::from_be_bytes([record[0], record[1]]), age_ms);
        }
    }
    Ok(header)
}

/// Reads the header alone.
pub fn peek_down(frame: &[u8]) -> Result<Header, LaneError> {
    read_header(&mut Bytes(frame))
}

fn read_header(bytes: &mut Bytes<'_>) -> Result<Header, LaneError> {
    let [kind, _flags] = bytes.take()?;
    if kind != KIND_DOWN {
        return Err(LaneError::UnknownKind);
    }
    let incarnation = bytes.u16()?;
    let header = Header { incarnation, tick: bytes.u32()?, seq: bytes.u32()?, ack: bytes.u16()? };
    bytes.take::<2>()?;
    Ok(header)
}

struct Group {
    tier: Tier,
    count: u8,
    cell: Cell,
    height: u8,
}

fn read_group(bytes: &mut Bytes<'_>) -> Result<Group, LaneError> {
    let [tier, count] = bytes.take()?;
    let cell = bytes.cell()?;
    let tier = Tier::from_byte(tier).ok_or(LaneError::UnknownTier)?;
    let height = if tier == Tier::E { bytes.take::<1>()?[0] } else { 0 };
    Ok(Group { tier, count, cell, height })
}

/// A pose on its way up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoseUp {
    /// Counts this connection's poses, wrapping.
    pub seq: u16,
    /// Newest tick this client has received.
    pub ack_tick: u32,
    /// When the pose was sampled, on the room's clock (tick x 50 ms + within the tick), low 32 bits.
    pub sample_ms: u32,
    /// Beside the pose; `holding` is the room's to say and not read.
    pub marks: Marks,
    /// The pose, quantised as every receiver will see it.
    pub pose: Pose,
}

/// Writes a pose frame: kind u8, flags u8, seq u16, ack_tick u32, sample_ms u32, cell 3 x i16, record 40 bytes.
pub fn write_up(up: &PoseUp, out: &mut Vec<u8>) {
    out.extend_from_slice(&[KIND_UP, 0]);
    out.extend_from_slice(&up.seq.to_le_bytes());
    out.extend_from_slice(&up.ack_tick.to_le_bytes());
    out.extend_from_slice(&up.sample_ms.to_le_bytes());
    let cell = up.pose.cell();
    for axis in cell {
        out.extend_from_slice(&axis.to_le_bytes());
    }
    let sample = Sample { slot: 0, tier: Tier::A, age_ms: 0, marks: up.marks, pose: up.pose };
    out.extend_from_slice(&records::encode_a(&sample, cell));
}

/// Reads a pose frame; the pose comes back validated.
pub fn read_up(frame: &[u8]) -> Result<PoseUp, LaneError> {
    let mut bytes = Bytes(frame);
    let [kind, _flags] = bytes.take()?;
    if kind != KIND_UP {
        return Err(LaneError::UnknownKind);
    }
    let (seq, ack_tick, sample_ms) = (bytes.u16()?, bytes.u32()?, bytes.u32()?);
    let cell = bytes.cell()?;
    let sample = records::decode_a(&bytes.take()?, cell);
    if !bytes.0.is_empty() {
        return Err(LaneError::Trailing);
    }
    Ok(PoseUp { seq, ack_tick, sample_ms, marks: sample.marks, pose: sample.pose.validated()? })
}

/// Writes an acknowledgement, for who hears and does not move: kind u8, flags u8, ack_tick u32.
pub fn write_ack(ack_tick: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&[KIND_ACK, 0]);
    out.extend_from_slice(&ack_tick.to_le_bytes());
}

/// What a client sends up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Up {
    /// Where it is.
    Pose(PoseUp),
    /// The newest tick it has received, and nothing else.
    Ack(u32),
}

/// Reads whatever a client sends up.
pub fn read_any_up(frame: &[u8]) -> Result<Up, LaneError> {
    match frame {
        [KIND_ACK, _flags, tick @ ..] => {
            let tick = tick
                .try_into()
                .map_err(|_| if tick.len() < 4 { LaneError::Truncated } else { LaneError::Trailing })?;
            Ok(Up::Ack(u32::from_le_bytes(tick)))
        }
        _ => read_up(frame).map(Up::Pose),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{crowd_cell, crowd_height, encode_a, encode_b, encode_c, encode_d, encode_e};
    use proptest::prelude::*;

    fn sample(slot: u16) -> Sample {
        let pose = Pose::standing([65.0, 1.8, -3.0]);
        Sample { slot, tier: Tier::A, age_ms: 12, marks: Marks::default(), pose }
    }

    /// A frame with a group of every tier.
    fn frame() -> Vec<u8> {
        let mut out = Vec::new();
        Header { incarnation: 7, tick: 100, seq: 42, ack: 9 }.write(&mut out);
        let cell = sample(0).pose.cell();
        write_group(&mut out, Tier::A, 1, cell);
        out.extend_from_slice(&encode_a(&sample(3), cell));
        write_group(&mut out, Tier::B, 2, cell);
        out.extend_from_slice(&encode_b(&sample(40_000), cell));
        out.extend_from_slice(&encode_b(&sample(4), cell));
        write_group(&mut out, Tier::C, 1, cell);
        out.extend_from_slice(&encode_c(&sample(5), cell));
        write_group(&mut out, Tier::D, 1, cell);
        out.extend_from_slice(&encode_d(&sample(6), cell));
        let head = sample(0).pose.head;
        let cell = crowd_cell(&head);
        write_crowd(&mut out, 2, cell, crowd_height(head[1], cell));
        out.extend_from_slice(&encode_e(65_535, &head, cell));
        out.extend_from_slice(&encode_e(8, &head, cell));
        out
    }

    #[test]
    fn a_frame_of_all_tiers_comes_back() {
        let mut seen = Vec::new();
        let header =
            read_down(&frame(), |sample| seen.push((sample.tier, sample.slot, sample.age_ms))).unwrap();
        assert_eq!(header, Header { incarnation: 7, tick: 100, seq: 42, ack: 9 });
        let expected = [
            (Tier::A, 3, 12),
            (Tier::B, 40_000, 12),
            (Tier::B, 4, 12),
            (Tier::C, 5, 0),
            (Tier::D, 6, 0),
            (Tier::E, 65_535, 0),
            (Tier::E, 8, 0),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn skimming_sees_the_tiers_slots_and_ages_that_reading_sees() {
        let (mut read, mut skimmed) = (Vec::new(), Vec::new());
        let header = read_down(&frame(), |sample| read.push((sample.tier, sample.slot, sample.age_ms)));
        assert_eq!(skim_down(&frame(), |tier, slot, age_ms| skimmed.push((tier, slot, age_ms))), header);
        assert_eq!(skimmed, read);
        assert_eq!(peek_down(&frame()), header);
    }

    #[test]
    fn a_frame_cut_within_a_group_is_truncated_however_it_is_read() {
        let whole = frame();
        let mut whole_groups = 0;
        for length in 0..whole.len() {
            let read = read_down(&whole[..length], |_| ());
            assert_eq!(skim_down(&whole[..length], |_, _, _| ()).is_ok(), read.is_ok(), "{length}");
            match read {
                Ok(_) => whole_groups += 1,
                Err(error) => assert_eq!(error, LaneError::Truncated, "{length}"),
            }
        }
        assert_eq!(whole_groups, 5, "a frame may end behind its header and behind every group");
    }

    #[test]
    fn a_tier_that_does_not_exist_is_refused() {
        let mut bytes = frame();
        bytes[HEADER_BYTES] = 5;
        assert_eq!(read_down(&bytes, |_| ()), Err(LaneError::UnknownTier));
        assert_eq!(skim_down(&bytes, |_, _, _| ()), Err(LaneError::UnknownTier));
    }

    #[test]
    fn a_pose_up_comes_back_and_quantises_only_once() {
        let pose = Pose::standing([-1.25, 1.8, 200.0]);
        let marks = Marks { jumped: true, speaking: true, holding: false };
        let up = PoseUp { seq: 65535, ack_tick: 5, sample_ms: 77, marks, pose };
        let mut bytes = Vec::new();
        write_up(&up, &mut bytes);
        assert_eq!(bytes.len(), UP_BYTES);
        let once = read_up(&bytes).unwrap();
        assert_eq!(once.marks, marks);
        let mut again = Vec::new();
        write_up(&once, &mut again);
        assert_eq!(again, bytes);
        assert_eq!(read_any_up(&bytes), Ok(Up::Pose(once)));
    }

    #[test]
    fn an_acknowledgement_comes_back_and_no_other_length_does() {
        let mut bytes = Vec::new();
        write_ack(0x0102_0304, &mut bytes);
        assert_eq!((bytes.len(), read_any_up(&bytes)), (ACK_BYTES, Ok(Up::Ack(0x0102_0304))));
        assert_eq!(read_any_up(&bytes[..5]), Err(LaneError::Truncated));
        bytes.push(0);
        assert_eq!(read_any_up(&bytes), Err(LaneError::Trailing));
    }

    #[test]
    fn a_pose_up_with_a_cell_beyond_the_largest_room_is_refused() {
        let pose = Pose::standing([0.0, 1.8, 0.0]);
        let mut bytes = Vec::new();
        let up = PoseUp { seq: 0, ack_tick: 0, sample_ms: 0, marks: Marks::default(), pose };
        write_up(&up, &mut bytes);
        bytes[12..14].copy_from_slice(&i16::MAX.to_le_bytes());
        assert_eq!(read_up(&bytes), Err(LaneError::Pose(pose::PoseError::OutOfBounds)));
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_down(&bytes, |_| ());
            let _ = skim_down(&bytes, |_, _, _| ());
            let _ = read_any_up(&bytes);
        }

        #[test]
        fn a_damaged_frame_never_panics_and_shows_numbers_only(at in 0usize..400, value: u8) {
            let mut bytes = frame();
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = read_down(&bytes, |sample| assert!(sample.pose.head.iter().all(|n| n.is_finite())));
        }
    }
}

//! The latest lane: binary frames of poses, up and down. Owns their layout; all integers are little-endian.

use crate::pose::{self, Cell, Pose, RECORD_BYTES, Sample};

/// Event name that carries these frames on the channel, up and down.
pub const EVENT: &str = "pose";
/// Bytes of the header of a frame down.
pub const HEADER_BYTES: usize = 16;
/// Bytes of a group's header.
pub const GROUP_BYTES: usize = 8;
/// Bytes of a pose frame up.
pub const UP_BYTES: usize = 12 + 6 + RECORD_BYTES;
/// `kind` of a frame down.
pub const KIND_DOWN: u8 = 1;
/// `kind` of a frame up.
pub const KIND_UP: u8 = 2;
/// `tier` of a group of 40-byte records.
pub const TIER_A: u8 = 0;
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

/// Appends a group's header: tier u8, count u8, cell 3 x i16.
pub fn write_group(out: &mut Vec<u8>, tier: u8, count: u8, cell: Cell) {
    out.extend_from_slice(&[tier, count]);
    for axis in cell {
        out.extend_from_slice(&axis.to_le_bytes());
    }
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
    let [kind, _flags] = bytes.take()?;
    if kind != KIND_DOWN {
        return Err(LaneError::UnknownKind);
    }
    let incarnation = bytes.u16()?;
    let header = Header { incarnation, tick: bytes.u32()?, seq: bytes.u32()?, ack: bytes.u16()? };
    bytes.take::<2>()?;
    while !bytes.0.is_empty() {
        let [tier, count] = bytes.take()?;
        let cell = bytes.cell()?;
        if tier != TIER_A {
            return Err(LaneError::UnknownTier);
        }
        for _ in 0..count {
            each(pose::decode_record(&bytes.take::<RECORD_BYTES>()?, cell)?);
        }
    }
    Ok(header)
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
    /// Do not interpolate into this pose.
    pub jumped: bool,
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
    let sample = Sample { slot: 0, age_ms: 0, jumped: up.jumped, pose: up.pose };
    out.extend_from_slice(&pose::encode_record(&sample, cell));
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
    let sample = pose::decode_record(&bytes.take::<RECORD_BYTES>()?, cell)?;
    if !bytes.0.is_empty() {
        return Err(LaneError::Trailing);
    }
    Ok(PoseUp { seq, ack_tick, sample_ms, jumped: sample.jumped, pose: sample.pose.validated()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame() -> Vec<u8> {
        let mut out = Vec::new();
        Header { incarnation: 7, tick: 100, seq: 42, ack: 9 }.write(&mut out);
        let pose = Pose::standing([65.0, 1.8, -3.0]);
        write_group(&mut out, TIER_A, 1, pose.cell());
        let sample = Sample { slot: 3, age_ms: 12, jumped: false, pose };
        out.extend_from_slice(&pose::encode_record(&sample, pose.cell()));
        out
    }

    #[test]
    fn a_frame_down_comes_back() {
        let mut seen = Vec::new();
        let header = read_down(&frame(), |sample| seen.push((sample.slot, sample.age_ms))).unwrap();
        assert_eq!(header, Header { incarnation: 7, tick: 100, seq: 42, ack: 9 });
        assert_eq!(seen, [(3, 12)]);
    }

    #[test]
    fn a_frame_cut_anywhere_is_truncated() {
        let whole = frame();
        for length in (0..whole.len()).filter(|length| *length != HEADER_BYTES) {
            assert_eq!(read_down(&whole[..length], |_| ()), Err(LaneError::Truncated), "{length}");
        }
    }

    #[test]
    fn a_pose_up_comes_back_and_quantises_only_once() {
        let pose = Pose::standing([-1.25, 1.8, 200.0]);
        let up = PoseUp { seq: 65535, ack_tick: 5, sample_ms: 77, jumped: true, pose };
        let mut bytes = Vec::new();
        write_up(&up, &mut bytes);
        assert_eq!(bytes.len(), UP_BYTES);
        let once = read_up(&bytes).unwrap();
        let mut again = Vec::new();
        write_up(&once, &mut again);
        assert_eq!(again, bytes);
    }

    #[test]
    fn a_pose_up_with_a_cell_beyond_the_largest_room_is_refused() {
        let pose = Pose::standing([0.0, 1.8, 0.0]);
        let mut bytes = Vec::new();
        write_up(&PoseUp { seq: 0, ack_tick: 0, sample_ms: 0, jumped: false, pose }, &mut bytes);
        bytes[12..14].copy_from_slice(&i16::MAX.to_le_bytes());
        assert_eq!(read_up(&bytes), Err(LaneError::Pose(pose::PoseError::OutOfBounds)));
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_down(&bytes, |_| ());
            let _ = read_up(&bytes);
        }

        #[test]
        fn a_damaged_frame_never_panics(at in 0usize..64, value: u8) {
            let mut bytes = frame();
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = read_down(&bytes, |sample| assert!(sample.pose.head.iter().all(|n| n.is_finite())));
        }
    }
}

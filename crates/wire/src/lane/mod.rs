//! The latest lane: binary frames of what moves, up and down. Owns their layout; all integers are little-endian.
//!
//! A frame is a header and a list of *sections* `{kind u8, length u16, content}`; whoever does not know a kind passes over its
//! length, so clients and servers of different age meet.

mod parts;
mod people;
mod up;

use crate::bodies::{self, BodyState};
use crate::joints::{self, HandJoints};
use crate::monsters::{self, Doing};
use crate::pose::{self, Sample};
use crate::shots::{self, Shot};
use crate::tier::Tier;

pub use parts::parts;
pub use people::{write_crowd, write_group};
pub use up::{Own, Up, read_up, write_ack, write_claims, write_up};

/// Event name that carries these frames on the channel, up and down.
pub const EVENT: &str = "pose";
/// Bytes of the header of a frame down.
pub const HEADER_BYTES: usize = 16;
/// Bytes before a section's content.
pub const SECTION_BYTES: usize = 3;
/// A frame up, bytes: a pose, hands, and what one holds or pushes about; a longer one is dropped.
pub const UP_BYTES_MAX: usize = 4_096;
/// A part of a frame that is cut for datagrams, bytes: it passes every path without being cut again.
pub const PART_BYTES_MAX: usize = 1_100;
/// Bodies of one group at most: it fits a part of a frame with all that goes before it.
pub const GROUP_BODIES_MAX: usize =
    (PART_BYTES_MAX - HEADER_BYTES - SECTION_BYTES - bodies::GROUP_BYTES) / bodies::RECORD_BYTES;
/// `kind` of a frame down.
pub const KIND_DOWN: u8 = 1;
/// `kind` of a frame up.
pub const KIND_UP: u8 = 2;
/// `kind` of an acknowledgement up.
pub const KIND_ACK: u8 = 3;

/// What a section holds. Numbers are never used again; that of strokes (5) is kept for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum SectionKind {
    /// Groups of people.
    People = 1,
    /// Hands, joint by joint.
    Joints = 2,
    /// Groups of bodies; up, what a client simulates.
    Bodies = 3,
    /// Groups of monsters.
    Monsters = 4,
    /// Shots, as they begin and as they end.
    Shots = 6,
}

impl SectionKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::People, Self::Joints, Self::Bodies, Self::Monsters, Self::Shots];

    /// The kind a section's first byte names, if this code knows it.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// Why a frame cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// The bytes end before the layout does.
    #[error("the frame is cut short")]
    Truncated,
    /// Bytes are left over after the layout.
    #[error("the frame is longer than its layout")]
    Trailing,
    /// More than a frame up may have.
    #[error("a frame up has at most {UP_BYTES_MAX} bytes")]
    TooLong,
    /// The first byte names no frame that goes this way.
    #[error("unknown kind of frame")]
    UnknownKind,
    /// A group of an unknown tier, or of one that does not go this way.
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

/// Appends a section whose content `write` appends; one without content is left out.
///
/// # Panics
/// Above 65,535 bytes of content; the largest frame an operator may allow is a fifth of that.
pub fn write_section(kind: SectionKind, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[kind as u8, 0, 0]);
    write(out);
    let length = out.len() - start - SECTION_BYTES;
    if length == 0 {
        out.truncate(start);
        return;
    }
    let length = u16::try_from(length).unwrap_or_else(|_| panic!("a section of {length} bytes"));
    out[start + 1..start + SECTION_BYTES].copy_from_slice(&length.to_le_bytes());
}

/// Whoever is told what a frame down holds.
pub trait Sink {
    /// Takes one person, in the order of the frame.
    fn person(&mut self, sample: Sample);
    /// Somebody's hand, joint by joint.
    fn hand(&mut self, _hand: &HandJoints) {}
    /// A thing that moves.
    fn body(&mut self, _tier: Tier, _body: &BodyState) {}
    /// A monster, and what it is about.
    fn monster(&mut self, _tier: Tier, _body: &BodyState, _doing: Doing) {}
    /// A shot.
    fn shot(&mut self, _shot: &Shot) {}
}

impl<F: FnMut(Sample)> Sink for F {
    fn person(&mut self, sample: Sample) {
        self(sample);
    }
}

/// Reads a frame down, handing over each record; stops at the first error. Sections of unknown kinds are passed over.
pub fn read_down(frame: &[u8], sink: &mut impl Sink) -> Result<Header, LaneError> {
    let mut bytes = Bytes(frame);
    let header = read_header(&mut bytes)?;
    while let Some((kind, content)) = bytes.section()? {
        match SectionKind::from_byte(kind) {
            Some(SectionKind::People) => people::read(content, |sample| sink.person(sample))?,
            Some(SectionKind::Joints) => {
                joints::read(content, |hand| sink.hand(hand)).ok_or(LaneError::Truncated)?;
            }
            Some(SectionKind::Bodies) => {
                bodies::read(content, |tier, body| sink.body(tier, body)).ok_or(LaneError::Truncated)?;
            }
            Some(SectionKind::Monsters) => {
                monsters::read(content, |tier, body, doing| sink.monster(tier, body, doing))
                    .ok_or(LaneError::Truncated)?;
            }
            Some(SectionKind::Shots) => {
                shots::read(content, |shot| sink.shot(shot)).ok_or(LaneError::Truncated)?;
            }
            None => {}
        }
    }
    Ok(header)
}

/// Reads tiers, slots and ages (milliseconds; 0 from tier C on) of the people of a frame down; their poses stay packed.
pub fn skim_down(frame: &[u8], mut each: impl FnMut(Tier, u16, u32)) -> Result<Header, LaneError> {
    let mut bytes = Bytes(frame);
    let header = read_header(&mut bytes)?;
    while let Some((kind, content)) = bytes.section()? {
        if kind == SectionKind::People as u8 {
            people::skim(content, &mut each)?;
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

/// What is left of a frame.
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

    fn slice(&mut self, length: usize) -> Result<&'a [u8], LaneError> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(LaneError::Truncated)?;
        self.0 = rest;
        Ok(head)
    }

    /// The next section's kind and content; `None` at the end.
    fn section(&mut self) -> Result<Option<(u8, &'a [u8])>, LaneError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let [kind] = self.take()?;
        let length = self.u16()?;
        Ok(Some((kind, self.slice(usize::from(length))?)))
    }
}

#[cfg(test)]
mod tests;

//! Frames up: what a client says of where it is, and how far it has heard.

use super::{
    Bytes, KIND_ACK, KIND_UP, LaneError, SectionKind, UP_BYTES_MAX, people, write_group, write_section,
};
use crate::claims::{self, Claims};
use crate::joints::{self, HandJoints, Hands};
use crate::pose::{Marks, Pose, Sample};
use crate::records::encode_a;
use crate::tier::Tier;

/// Where a client says it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Own {
    /// When it was there, on the room's clock (tick x 50 ms + within the tick), low 32 bits.
    pub sample_ms: u32,
    /// Beside the pose; `holding` is the room's to say and not read.
    pub marks: Marks,
    /// The pose, quantised as every receiver will see it.
    pub pose: Pose,
    /// The hands' joints, where they are tracked.
    pub hands: Hands,
}

/// What a client sends up.
#[derive(Debug, Clone, PartialEq)]
pub struct Up {
    /// Counts this connection's frames, wrapping; `None` in an acknowledgement.
    pub seq: Option<u16>,
    /// Newest tick this client has received.
    pub ack_tick: u32,
    /// Where it is; the youngest of several samples.
    pub own: Option<Own>,
    /// The bodies it simulates: all of them, as of this frame; `None` of a client that leaves that to the room.
    pub claims: Option<Claims>,
}

/// Writes a frame up: kind u8, flags u8, seq u16, ack_tick u32, sample_ms u32, then sections as in frames down; one's own slot is 0.
pub fn write_up(seq: u16, ack_tick: u32, own: &Own, out: &mut Vec<u8>) {
    out.extend_from_slice(&[KIND_UP, 0]);
    out.extend_from_slice(&seq.to_le_bytes());
    out.extend_from_slice(&ack_tick.to_le_bytes());
    out.extend_from_slice(&own.sample_ms.to_le_bytes());
    write_section(SectionKind::People, out, |out| {
        let cell = own.pose.cell();
        write_group(out, Tier::A, 1, cell);
        let sample = Sample { slot: 0, tier: Tier::A, age_ms: 0, marks: own.marks, pose: own.pose };
        out.extend_from_slice(&encode_a(&sample, cell));
    });
    write_section(SectionKind::Joints, out, |out| {
        for (right, joints) in own.hands.each() {
            out.extend_from_slice(&joints::encode(&HandJoints { slot: 0, age_ms: 0, right, joints }));
        }
    });
}

/// Appends what a client simulates to its frame up.
pub fn write_claims(claims: &Claims, out: &mut Vec<u8>) {
    write_section(SectionKind::Bodies, out, |out| claims::write(claims, out));
}

/// Writes an acknowledgement, for who hears and does not move: kind u8, flags u8, ack_tick u32.
pub fn write_ack(ack_tick: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&[KIND_ACK, 0]);
    out.extend_from_slice(&ack_tick.to_le_bytes());
}

/// Reads whatever a client sends up; the pose comes back validated. Sections of unknown kinds are passed over.
pub fn read_up(frame: &[u8]) -> Result<Up, LaneError> {
    if frame.len() > UP_BYTES_MAX {
        return Err(LaneError::TooLong);
    }
    let mut bytes = Bytes(frame);
    let [kind, _flags] = bytes.take()?;
    match kind {
        KIND_UP => read_sections(&mut bytes),
        KIND_ACK => {
            let ack_tick = bytes.u32()?;
            let whole = bytes.0.is_empty();
            whole.then_some(Up { seq: None, ack_tick, own: None, claims: None }).ok_or(LaneError::Trailing)
        }
        _ => Err(LaneError::UnknownKind),
    }
}

fn read_sections(bytes: &mut Bytes<'_>) -> Result<Up, LaneError> {
    let (seq, ack_tick, sample_ms) = (bytes.u16()?, bytes.u32()?, bytes.u32()?);
    let mut youngest: Option<Sample> = None;
    let mut foreign = false;
    let mut hands = Hands::default();
    let mut claims = None;
    while let Some((kind, content)) = bytes.section()? {
        match SectionKind::from_byte(kind) {
            Some(SectionKind::People) => people::read(content, |sample| {
                foreign |= sample.tier != Tier::A;
                if youngest.is_none_or(|other| sample.age_ms <= other.age_ms) {
                    youngest = Some(sample);
                }
            })?,
            Some(SectionKind::Joints) => {
                let read = joints::read(content, |hand| hands.put(hand.right, hand.joints));
                read.ok_or(LaneError::Truncated)?;
            }
            Some(SectionKind::Bodies) => claims = Some(claims::read(content).ok_or(LaneError::Truncated)?),
            // What only the room moves.
            Some(SectionKind::Monsters | SectionKind::Shots) | None => {}
        }
    }
    if foreign {
        return Err(LaneError::UnknownTier);
    }
    let own = youngest.map(|Sample { age_ms, marks, pose, .. }| {
        pose.validated().map(|pose| Own { sample_ms: sample_ms.wrapping_sub(age_ms), marks, pose, hands })
    });
    Ok(Up { seq: Some(seq), ack_tick, own: own.transpose()?, claims })
}

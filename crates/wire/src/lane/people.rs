//! The people of a frame: records of one tier and one cell in groups. Owns the groups' headers; the records are `records`'.

use super::{Bytes, HEADER_BYTES, LaneError, PART_BYTES_MAX, SECTION_BYTES};
use crate::pose::{Cell, Sample};
use crate::records;
use crate::tier::Tier;

impl Tier {
    /// Records of one group at most: it fits a part of a frame with all that goes before it, and one length byte.
    pub const fn group_records_max(self) -> usize {
        let bytes = PART_BYTES_MAX - HEADER_BYTES - SECTION_BYTES;
        let records = (bytes - self.group_bytes()) / self.record_bytes();
        if records > 255 { 255 } else { records }
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

/// Reads groups until their section ends.
pub(super) fn read(content: &[u8], mut each: impl FnMut(Sample)) -> Result<(), LaneError> {
    let mut bytes = Bytes(content);
    while let Some(group) = read_group(&mut bytes)? {
        let Group { tier, cell, height, .. } = group;
        let mut records = Bytes(group.records);
        for _ in 0..group.count {
            each(match tier {
                Tier::A => records::decode_a(&records.take()?, cell),
                Tier::B => records::decode_b(&records.take()?, cell),
                Tier::C => records::decode_c(&records.take()?, cell),
                Tier::D => records::decode_d(&records.take()?, cell),
                Tier::E => records::decode_e(&records.take()?, cell, height),
            });
        }
    }
    Ok(())
}

/// Reads tiers, slots and ages until the section ends.
pub(super) fn skim(content: &[u8], mut each: impl FnMut(Tier, u16, u32)) -> Result<(), LaneError> {
    let mut bytes = Bytes(content);
    while let Some(Group { tier, records, .. }) = read_group(&mut bytes)? {
        for record in records.chunks_exact(tier.record_bytes()) {
            let age_ms = if tier <= Tier::B { u32::from(record[2] >> 2) * 4 } else { 0 };
            each(tier, u16::from_be_bytes([record[0], record[1]]), age_ms);
        }
    }
    Ok(())
}

/// Bytes of the first group of some, its header included.
pub(super) fn first_group_bytes(groups: &[u8]) -> Result<usize, LaneError> {
    let mut bytes = Bytes(groups);
    read_group(&mut bytes)?;
    Ok(groups.len() - bytes.0.len())
}

struct Group<'a> {
    tier: Tier,
    count: u8,
    cell: Cell,
    height: u8,
    records: &'a [u8],
}

fn read_group<'a>(bytes: &mut Bytes<'a>) -> Result<Option<Group<'a>>, LaneError> {
    if bytes.0.is_empty() {
        return Ok(None);
    }
    let [tier, count] = bytes.take()?;
    let axes: [u8; 6] = bytes.take()?;
    let cell = [0, 2, 4].map(|at| i16::from_le_bytes([axes[at], axes[at + 1]]));
    let tier = Tier::from_byte(tier).ok_or(LaneError::UnknownTier)?;
    let height = if tier == Tier::E { bytes.take::<1>()?[0] } else { 0 };
    let records = bytes.slice(usize::from(count) * tier.record_bytes())?;
    Ok(Some(Group { tier, count, cell, height, records }))
}

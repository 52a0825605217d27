//! A frame cut into parts for datagrams: between groups, each with a header of its own, so that every part counts without the others.

use super::{Bytes, HEADER_BYTES, LaneError, SECTION_BYTES, SectionKind, people, read_header};
use crate::{bodies, joints, shots};

/// Cuts a frame down into parts of at most `bytes_max`; a frame that fits is one part.
///
/// What cannot be cut (a group, a section of an unknown kind) stays whole, and makes a part longer than asked for where it is:
/// groups that this code writes are at most [`PART_BYTES_MAX`](super::PART_BYTES_MAX) with all that goes before them.
pub fn parts(frame: &[u8], bytes_max: usize) -> Result<Vec<Vec<u8>>, LaneError> {
    let mut bytes = Bytes(frame);
    read_header(&mut bytes)?;
    let mut parts = Parts { header: &frame[..HEADER_BYTES], bytes_max, done: Vec::new(), section: None };
    while let Some((kind, mut content)) = bytes.section()? {
        while !content.is_empty() {
            let length = match SectionKind::from_byte(kind) {
                Some(SectionKind::People) => people::first_group_bytes(content)?,
                Some(SectionKind::Joints) => joints::RECORD_BYTES.min(content.len()),
                Some(SectionKind::Shots) => shots::RECORD_BYTES.min(content.len()),
                Some(SectionKind::Bodies | SectionKind::Monsters) => {
                    bodies::first_group_bytes(content).ok_or(LaneError::Truncated)?
                }
                None => content.len(),
            };
            let (piece, rest) = content.split_at(length);
            parts.add(kind, piece);
            content = rest;
        }
    }
    if parts.done.is_empty() {
        parts.done.push(frame.to_vec());
    }
    Ok(parts.done)
}

struct Parts<'a> {
    header: &'a [u8],
    bytes_max: usize,
    done: Vec<Vec<u8>>,
    /// Kind of the section that the last part ends in, and where that begins.
    section: Option<(u8, usize)>,
}

impl Parts<'_> {
    /// Appends a piece of a section to the last part, or to a new one where it does not fit.
    fn add(&mut self, kind: u8, piece: &[u8]) {
        let same = |section: &(u8, usize)| section.0 == kind;
        let needed = piece.len() + if self.section.as_ref().is_some_and(same) { 0 } else { SECTION_BYTES };
        let fits = self.done.last().is_some_and(|part| part.len() + needed <= self.bytes_max);
        if !fits {
            self.done.push(self.header.to_vec());
            self.section = None;
        }
        let Some(part) = self.done.last_mut() else { return };
        let start = match self.section.filter(same) {
            Some((_, start)) => start,
            None => {
                part.extend_from_slice(&[kind, 0, 0]);
                part.len() - SECTION_BYTES
            }
        };
        self.section = Some((kind, start));
        part.extend_from_slice(piece);
        let length = (part.len() - start - SECTION_BYTES) as u16;
        part[start + 1..start + SECTION_BYTES].copy_from_slice(&length.to_le_bytes());
    }
}

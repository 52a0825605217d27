//! Whose hands one receiver is told joint by joint: the nearest two within reach, as long as nothing else needs the place.

use crate::motion::output::TickOutput;
use thexr_wire::joints::RECORD_BYTES;
use thexr_wire::lane::SECTION_BYTES;

/// People whose hands are told.
const PEOPLE_MAX: usize = 2;
/// How near they must be, metres.
const REACH_M: f32 = 2.0;
/// Hands that rest are told again after so many ticks (1 s): receivers forget what they are not told.
const REFRESH_TICKS: u64 = 20;

/// Someone whose hands are told.
#[derive(Debug, Clone, Copy)]
struct Near {
    slot: u16,
    /// Tick in which each hand was told last.
    told: [Option<u64>; 2],
}

/// Whose hands one receiver is told, and since when it knows them.
#[derive(Debug, Default)]
pub(crate) struct NearHands {
    near: Vec<Near>,
    /// Indices of the hands that may be told in this tick, with who and which.
    due: Vec<(u32, u8, u8)>,
}

impl NearHands {
    /// Forgets everyone.
    pub fn clear(&mut self) {
        self.near.clear();
    }

    /// Looks who is near: of the people who are told exactly, the nearest whose hands are tracked.
    pub fn look(&mut self, output: &TickOutput, from: [f32; 3], exactly: impl Iterator<Item = u16>) {
        if !output.has_hands() {
            self.near.clear();
            return;
        }
        let mut nearest: [Option<(f32, u16)>; PEOPLE_MAX] = [None; PEOPLE_MAX];
        for slot in exactly {
            let Some(record) = output.in_slot(slot).filter(|record| record.has_hands()) else { continue };
            let [x, y, z, ..] = record.pose.head;
            let off = [x - from[0], y - from[1], z - from[2]];
            let away: f32 = off.iter().map(|metres| metres * metres).sum();
            if away > REACH_M * REACH_M {
                continue;
            }
            let mut one = Some((away, slot));
            for place in &mut nearest {
                let closer = one.is_some_and(|one| place.is_none_or(|other| one < other));
                if closer {
                    std::mem::swap(place, &mut one);
                }
            }
        }
        let before = |slot: u16| self.near.iter().find(|near| near.slot == slot).copied();
        let near =
            nearest.map(|one| one.map(|(_, slot)| before(slot).unwrap_or(Near { slot, told: [None; 2] })));
        self.near.clear();
        self.near.extend(near.into_iter().flatten());
    }

    /// Finds what may be told in this tick; returns its bytes, 0 for nothing.
    pub fn gather(&mut self, output: &TickOutput) -> usize {
        self.due.clear();
        for (who, near) in self.near.iter().enumerate() {
            let Some(record) = output.in_slot(near.slot) else { continue };
            for (which, (hand, told)) in record.hands.iter().zip(near.told).enumerate() {
                let Some(hand) = hand else { continue };
                let is_due =
                    told.is_none_or(|told| record.hands_tick > told || output.tick >= told + REFRESH_TICKS);
                if is_due {
                    self.due.push((*hand, who as u8, which as u8));
                }
            }
        }
        if self.due.is_empty() { 0 } else { SECTION_BYTES + self.due.len() * RECORD_BYTES }
    }

    /// Leaves in what is due what fits into so many bytes, what was told longest ago first; returns its bytes.
    pub fn fit(&mut self, bytes: usize) -> usize {
        let near = &self.near;
        self.due.sort_by_key(|(_, who, which)| near[usize::from(*who)].told[usize::from(*which)]);
        self.due.truncate(bytes.saturating_sub(SECTION_BYTES) / RECORD_BYTES);
        if self.due.is_empty() { 0 } else { SECTION_BYTES + self.due.len() * RECORD_BYTES }
    }

    /// Appends what is due, and notes it as told.
    pub fn write(&mut self, output: &TickOutput, out: &mut Vec<u8>) {
        for (hand, who, which) in self.due.drain(..) {
            out.extend_from_slice(output.hand(hand));
            self.near[usize::from(who)].told[usize::from(which)] = Some(output.tick);
        }
    }
}

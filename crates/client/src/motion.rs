//! The latest lane as a client reads it: which frames count, whose samples they are, what everyone looks like now.
//!
//! Knows slots through the replica and the room's clock through its argument; playback is the tracks'.

use crate::event::Detail;
use crate::limits::FRAME_FUTURE_MAX_MS;
use crate::replica::Replica;
use crate::stats::{Ages, Stats};
use crate::track::{Shown, Track};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::lane::{GROUP_BYTES, HEADER_BYTES, Header, LaneError, TIER_A, read_down};
use thexr_wire::limits::TICK_MS;
use thexr_wire::pose::{Pose, RECORD_BYTES, Sample};
use thexr_wire::{EntityId, UserId};

/// Numbers of one avatar in the rows: index, flags, head, left, right, age.
pub const AVATAR_ROW: usize = 24;
/// Bits of a row's flags.
pub mod flag {
    /// The left hand is tracked.
    pub const LEFT: u32 = 1;
    /// The right hand is tracked.
    pub const RIGHT: u32 = 2;
    /// The fingers are tracked.
    pub const FINGERS: u32 = 4;
    /// It jumped since the last frame.
    pub const JUMPED: u32 = 8;
    /// The person's connection is lost for the moment.
    pub const AWAY: u32 = 32;
}

/// Everyone's movement.
#[derive(Debug, Default)]
pub(crate) struct Motion {
    pub incarnation: u16,
    pub newest_tick: u64,
    pub ages: Ages,
    tracks: BTreeMap<EntityId, Track>,
    shown: BTreeMap<EntityId, Pose>,
    rows: Vec<f32>,
    samples: Vec<Sample>,
}

/// Who is looking at what, for one frame.
pub(crate) struct Look<'a> {
    pub replica: &'a Replica,
    pub own: Option<&'a UserId>,
    pub away: &'a BTreeSet<UserId>,
    pub room_ms: f64,
}

impl Motion {
    /// Another life of the room or another join: ticks start from here.
    pub fn restart(&mut self, incarnation: u16, tick: u64) {
        self.incarnation = incarnation;
        self.newest_tick = tick;
    }

    /// Takes a frame that arrived at `room_ms`.
    pub fn receive(
        &mut self,
        frame: &[u8],
        detail: Detail,
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) -> Result<(), LaneError> {
        match detail {
            Detail::Full => self.read(frame, replica, room_ms, stats),
            Detail::Light => self.measure(frame, replica, room_ms, stats),
        }
    }

    /// Every sample to its avatar's track; all or none of a frame.
    fn read(
        &mut self,
        frame: &[u8],
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) -> Result<(), LaneError> {
        let mut samples = std::mem::take(&mut self.samples);
        samples.clear();
        let header = read_down(frame, |sample| samples.push(sample))?;
        let tick_ms = self.begin(&header, room_ms, stats);
        for sample in &samples {
            let known = tick_ms.zip(replica.in_slot(sample.slot));
            let Some((tick_ms, id)) = known else {
                stats.unknown_records += 1;
                continue;
            };
            let at_ms = tick_ms - f64::from(sample.age_ms);
            stats.records += 1;
            self.ages.add(room_ms - at_ms);
            let track = self.tracks.entry(id.clone());
            let track = track.or_insert_with(|| Track::new(stored_pose(replica, id), room_ms));
            track.insert(at_ms, sample.pose, sample.jumped, room_ms);
        }
        self.samples = samples;
        Ok(())
    }

    /// Ages only.
    fn measure(
        &mut self,
        frame: &[u8],
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) -> Result<(), LaneError> {
        let head = frame.get(..HEADER_BYTES).ok_or(LaneError::Truncated)?;
        let header = read_down(head, |_| ())?;
        let tick_ms = self.begin(&header, room_ms, stats);
        skim(&frame[HEADER_BYTES..], |slot, age_ms| {
            match tick_ms.filter(|_| replica.in_slot(slot).is_some()) {
                Some(tick_ms) => {
                    stats.records += 1;
                    self.ages.add(room_ms - tick_ms + f64::from(age_ms));
                }
                None => stats.unknown_records += 1,
            }
        })
    }

    /// Room time of a frame's tick; `None` for frames of another life or from the far future.
    fn begin(&mut self, header: &Header, room_ms: f64, stats: &mut Stats) -> Option<f64> {
        let tick = expand(header.tick, self.newest_tick);
        let tick_ms = tick as f64 * TICK_MS as f64;
        if header.incarnation != self.incarnation || tick_ms > room_ms + FRAME_FUTURE_MAX_MS {
            return None;
        }
        stats.frames += 1;
        self.newest_tick = self.newest_tick.max(tick);
        Some(tick_ms)
    }

    /// A pose told on the ordered lane: by an op (a jump), or by a resumed join (where they are now).
    pub fn tell(&mut self, id: &EntityId, pose: Pose, jumped: bool, room_ms: f64) {
        let track = self.tracks.entry(id.clone()).or_insert_with(|| Track::new(pose, room_ms));
        track.insert(room_ms, pose, jumped, room_ms);
    }

    /// Where an avatar was shown last.
    pub fn shown(&self, id: &EntityId) -> Option<&Pose> {
        self.shown.get(id)
    }

    /// Rows of [`AVATAR_ROW`] numbers, one per avatar but one's own.
    pub fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// Plays everyone to the moment; returns whose place changed.
    pub fn show(&mut self, look: &Look<'_>) -> Vec<EntityId> {
        let avatars = look.replica.avatars();
        self.tracks.retain(|id, _| avatars.contains(id));
        self.shown.retain(|id, _| avatars.contains(id));
        self.rows.clear();
        let mut moved = Vec::new();
        for id in avatars.iter().filter(|id| id.user().as_ref() != look.own) {
            let Some(index) = look.replica.index_of(id) else { continue };
            let track = self.tracks.entry(id.clone());
            let track = track.or_insert_with(|| Track::new(stored_pose(look.replica, id), look.room_ms));
            let shown = track.show(look.room_ms);
            let away = id.user().is_some_and(|user| look.away.contains(&user));
            push_row(&mut self.rows, index, &shown, away);
            if self.shown.get(id) != Some(&shown.pose) {
                self.shown.insert(id.clone(), shown.pose);
                moved.push(id.clone());
            }
        }
        moved
    }
}

/// The pose an entity was created with, or where someone stands who has none.
fn stored_pose(replica: &Replica, id: &EntityId) -> Pose {
    let stored = replica.world().entity(id).and_then(|entity| entity.value("pose").cloned());
    stored.and_then(|value| read_pose(&value)).unwrap_or(Pose::standing([0.0, 1.8, 0.0]))
}

/// A pose component, if it is one.
pub(crate) fn read_pose(value: &serde_json::Value) -> Option<Pose> {
    Pose::deserialize(value).ok()?.validated().ok()
}

fn push_row(rows: &mut Vec<f32>, index: u32, shown: &Shown, away: bool) {
    let pose = &shown.pose;
    let bits = [
        (pose.left.is_some(), flag::LEFT),
        (pose.right.is_some(), flag::RIGHT),
        (pose.fingers.is_some(), flag::FINGERS),
        (shown.jumped, flag::JUMPED),
        (away, flag::AWAY),
    ];
    let flags = bits.iter().filter(|(set, _)| *set).fold(0, |flags, (_, bit)| flags | bit);
    rows.extend_from_slice(&[index as f32, flags as f32]);
    rows.extend_from_slice(&pose.head);
    rows.extend_from_slice(&pose.left.unwrap_or_default());
    rows.extend_from_slice(&pose.right.unwrap_or_default());
    rows.push(shown.age_ms as f32);
}

/// The full tick whose low 32 bits are `low`, nearest to `near`.
fn expand(low: u32, near: u64) -> u64 {
    let ahead = low.wrapping_sub(near as u32) as i32;
    near.saturating_add_signed(i64::from(ahead))
}

/// Reads slots and ages of the groups after a header; the poses stay packed.
fn skim(mut groups: &[u8], mut each: impl FnMut(u16, u32)) -> Result<(), LaneError> {
    while !groups.is_empty() {
        let (group, records) = groups.split_at_checked(GROUP_BYTES).ok_or(LaneError::Truncated)?;
        if group[0] != TIER_A {
            return Err(LaneError::UnknownTier);
        }
        let bytes = group[1] as usize * RECORD_BYTES;
        let (records, after) = records.split_at_checked(bytes).ok_or(LaneError::Truncated)?;
        for record in records.chunks_exact(RECORD_BYTES) {
            each(u16::from_be_bytes([record[0], record[1]]), u32::from(record[2] >> 2) * 4);
        }
        groups = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::lane::write_group;
    use thexr_wire::pose::encode_record;

    fn frame(slots: &[u16]) -> Vec<u8> {
        let mut out = Vec::new();
        Header { incarnation: 7, tick: 100, seq: 42, ack: 9 }.write(&mut out);
        let pose = Pose::standing([65.0, 1.8, -3.0]);
        for group in slots.chunks(2) {
            write_group(&mut out, TIER_A, group.len() as u8, pose.cell());
            for slot in group {
                let sample = Sample { slot: *slot, age_ms: 44, jumped: true, pose };
                out.extend_from_slice(&encode_record(&sample, pose.cell()));
            }
        }
        out
    }

    #[test]
    fn skimming_sees_the_slots_and_ages_that_reading_sees() {
        let bytes = frame(&[3, 40_000, 0, 65_535, 12]);
        let (mut read, mut skimmed) = (Vec::new(), Vec::new());
        read_down(&bytes, |sample| read.push((sample.slot, sample.age_ms))).unwrap();
        assert_eq!(skim(&bytes[HEADER_BYTES..], |slot, age_ms| skimmed.push((slot, age_ms))), Ok(()));
        assert_eq!(skimmed, read);
        assert_eq!(read.len(), 5);
    }

    #[test]
    fn skimming_a_cut_frame_is_an_error_wherever_reading_is() {
        let bytes = frame(&[3, 4, 5]);
        for length in HEADER_BYTES..bytes.len() {
            let cut = &bytes[..length];
            assert_eq!(
                skim(&cut[HEADER_BYTES..], |_, _| ()).is_err(),
                read_down(cut, |_| ()).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn a_tick_is_expanded_to_the_nearest_full_one() {
        assert_eq!(expand(5, 0x1_0000_0003), 0x1_0000_0005);
        assert_eq!(expand(0xffff_ffff, 0x1_0000_0003), 0xffff_ffff);
        assert_eq!(expand(2, 0xffff_fffe), 0x1_0000_0002);
        assert_eq!(expand(0xffff_ffff, 3), 0);
    }
}

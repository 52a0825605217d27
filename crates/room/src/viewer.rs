//! What one peer is told of motion: a tick's records, encoded once, copied into one message per receiver.
//!
//! Everyone is in tier A here. Knows nothing of sockets; owned by the peer's connection.

use serde::Serialize;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use thexr_wire::lane::{GROUP_RECORDS_MAX, Header, TIER_A, write_group};
use thexr_wire::pose::{Cell, Pose, RECORD_BYTES};
use thexr_wire::{PeerId, UserId};

/// Ticks after which an unchanged avatar is told again: 4 s, in case its last record was overtaken.
pub const REFRESH_TICKS: u64 = 80;
/// Refreshes alone make at most one frame in this many ticks (1 s).
pub const REFRESH_FRAME_TICKS: u64 = 20;

/// One avatar's pose in one tick.
#[derive(Debug)]
pub struct Record {
    /// Its slot.
    pub slot: u16,
    /// Whose it is.
    pub user: UserId,
    /// Tick in which the pose last changed.
    pub changed_tick: u64,
    /// Cell the record is relative to.
    pub cell: Cell,
    /// The pose.
    pub pose: Pose,
    /// Tier A bytes.
    pub bytes: [u8; RECORD_BYTES],
    json: OnceLock<Arc<str>>,
}

impl Record {
    /// A record of this tick.
    pub fn new(slot: u16, user: UserId, changed_tick: u64, pose: Pose, bytes: [u8; RECORD_BYTES]) -> Self {
        Self { slot, user, changed_tick, cell: pose.cell(), pose, bytes, json: OnceLock::new() }
    }

    /// `stoc` payload of `user_moved`, encoded once for all who are told.
    pub fn user_moved(&self, at_ms: i64) -> Arc<str> {
        self.json
            .get_or_init(|| {
                let mut payload = json!(UserPlace::of(&self.pose));
                payload["user_id"] = json!(self.user);
                json!({"event": "user_moved", "payload": payload, "at": at_ms}).to_string().into()
            })
            .clone()
    }
}

/// A pose as json clients read it: `{position, rotation, pose}`; as text, in the fewest digits that are exact.
#[derive(Serialize)]
pub(crate) struct UserPlace<'a> {
    position: &'a [f32],
    rotation: &'a [f32],
    pose: &'a Pose,
}

impl<'a> UserPlace<'a> {
    pub fn of(pose: &'a Pose) -> Self {
        Self { position: &pose.head[..3], rotation: &pose.head[3..], pose }
    }
}

/// What a tick says about motion; shared by all connections of the room.
#[derive(Debug, Default)]
pub struct TickOutput {
    /// Which life of the room.
    pub incarnation: u16,
    /// Tick.
    pub tick: u64,
    /// Room time, milliseconds.
    pub at_ms: i64,
    /// Every avatar, sorted by cell then slot.
    pub records: Vec<Record>,
}

/// One peer's view of motion.
#[derive(Debug)]
pub struct Viewer {
    own_slot: Option<u16>,
    /// Per slot: tick of the change last told, tick of telling, plus one each (0 = never).
    told: Vec<(u64, u64)>,
    last_frame_tick: u64,
    incarnation: u16,
}

impl Viewer {
    /// A viewer that has been told nothing; `own_slot` is not told back to its own person.
    pub fn new(own_slot: Option<u16>) -> Self {
        Self { own_slot, told: Vec::new(), last_frame_tick: 0, incarnation: 0 }
    }

    /// Indices of the records this peer must be told in this tick; ticks may be skipped, the newest wins.
    fn due(&mut self, output: &TickOutput, due: &mut Vec<usize>) {
        due.clear();
        if self.incarnation != output.incarnation {
            self.told.clear();
            self.incarnation = output.incarnation;
        }
        let mut changed = false;
        for (index, record) in output.records.iter().enumerate() {
            if Some(record.slot) == self.own_slot {
                continue;
            }
            let slot = record.slot as usize;
            if self.told.len() <= slot {
                self.told.resize(slot + 1, (0, 0));
            }
            let (change, at) = self.told[slot];
            let is_new = record.changed_tick + 1 > change;
            if is_new || output.tick + 1 >= at + REFRESH_TICKS {
                changed |= is_new;
                due.push(index);
            }
        }
        if !changed && output.tick < self.last_frame_tick + REFRESH_FRAME_TICKS {
            due.clear();
        }
        for index in due.iter() {
            let record = &output.records[*index];
            self.told[record.slot as usize] = (record.changed_tick + 1, output.tick + 1);
        }
        if !due.is_empty() {
            self.last_frame_tick = output.tick;
        }
    }

    /// Appends this peer's frame of the tick; `false` and nothing when there is nothing to tell.
    pub fn frame(&mut self, output: &TickOutput, seq: u64, ack: u16, out: &mut Vec<u8>) -> bool {
        let mut due = Vec::new();
        self.due(output, &mut due);
        if due.is_empty() {
            return false;
        }
        Header { incarnation: output.incarnation, tick: output.tick as u32, seq: seq as u32, ack }.write(out);
        for group in due.chunk_by(|a, b| output.records[*a].cell == output.records[*b].cell) {
            for part in group.chunks(GROUP_RECORDS_MAX) {
                write_group(out, TIER_A, part.len() as u8, output.records[part[0]].cell);
                for index in part {
                    out.extend_from_slice(&output.records[*index].bytes);
                }
            }
        }
        true
    }

    /// `stoc` payloads of `user_moved` for a json client; everyone's, also its own.
    pub fn user_moved(&mut self, output: &TickOutput) -> Vec<Arc<str>> {
        let mut due = Vec::new();
        self.due(output, &mut due);
        due.into_iter().map(|index| output.records[index].user_moved(output.at_ms)).collect()
    }

    /// The `movements` payload of a tick, `{user_id: pose}`; `None` when nobody moved.
    pub fn movements(&mut self, output: &TickOutput) -> Option<String> {
        let mut due = Vec::new();
        self.due(output, &mut due);
        let poses = due.into_iter().map(|index| {
            let record = &output.records[index];
            (record.user.to_string(), json!(record.pose))
        });
        let poses: serde_json::Map<String, Value> = poses.collect();
        (!poses.is_empty()).then(|| Value::Object(poses).to_string())
    }
}

/// A connection's newest pose on its way into a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoseInput {
    /// Who sends.
    pub peer: PeerId,
    /// Sample time on the room clock, low 32 bits; `None` means now.
    pub sample_ms: Option<u32>,
    /// Do not interpolate into it.
    pub jumped: bool,
    /// The pose, validated.
    pub pose: Pose,
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::lane::read_down;
    use thexr_wire::pose::{Sample, encode_record};

    fn user(n: u16) -> UserId {
        UserId::parse(&format!("{n:020}")).unwrap()
    }

    fn record(slot: u16, changed_tick: u64) -> Record {
        let pose = Pose::standing([f32::from(slot), 1.8, 0.0]);
        let bytes = encode_record(&Sample { slot, age_ms: 0, jumped: false, pose }, pose.cell());
        Record::new(slot, user(slot), changed_tick, pose, bytes)
    }

    fn output(tick: u64, records: Vec<Record>) -> TickOutput {
        TickOutput { incarnation: 1, tick, at_ms: 0, records }
    }

    fn slots(viewer: &mut Viewer, output: &TickOutput) -> Vec<u16> {
        let (mut bytes, mut seen) = (Vec::new(), Vec::new());
        if viewer.frame(output, 9, 3, &mut bytes) {
            let header = read_down(&bytes, |sample| seen.push(sample.slot)).unwrap();
            assert_eq!((header.tick, header.seq, header.ack), (output.tick as u32, 9, 3));
        }
        seen
    }

    #[test]
    fn a_peer_is_told_of_everyone_but_itself() {
        let mut viewer = Viewer::new(Some(1));
        assert_eq!(slots(&mut viewer, &output(5, vec![record(0, 5), record(1, 5), record(2, 5)])), [0, 2]);
    }

    #[test]
    fn an_unchanged_avatar_is_left_out_and_refreshed_after_four_seconds() {
        let mut viewer = Viewer::new(None);
        assert_eq!(slots(&mut viewer, &output(5, vec![record(0, 5)])), [0]);
        for tick in 6..5 + REFRESH_TICKS {
            assert!(slots(&mut viewer, &output(tick, vec![record(0, 5)])).is_empty(), "tick {tick}");
        }
        assert_eq!(slots(&mut viewer, &output(5 + REFRESH_TICKS, vec![record(0, 5)])), [0]);
    }

    #[test]
    fn a_change_in_a_skipped_tick_is_told_in_the_next() {
        let mut viewer = Viewer::new(None);
        slots(&mut viewer, &output(5, vec![record(0, 5), record(1, 5)]));
        assert_eq!(slots(&mut viewer, &output(9, vec![record(0, 5), record(1, 7)])), [1]);
    }

    #[test]
    fn refreshes_alone_make_at_most_one_frame_a_second() {
        let mut viewer = Viewer::new(None);
        let everyone = |tick| output(tick, (0..40).map(|slot| record(slot, 5)).collect());
        let staggered = |tick| {
            output(tick, (0..(tick as u16).min(40)).map(|slot| record(slot, u64::from(slot))).collect())
        };
        for tick in 1..60 {
            slots(&mut viewer, &staggered(tick));
        }
        let frames = (100..400).filter(|tick| !slots(&mut viewer, &everyone(*tick)).is_empty()).count();
        assert!((1..=15).contains(&frames), "{frames} frames in 15 s");
    }

    #[test]
    fn a_crowd_in_one_cell_is_split_into_groups() {
        let mut viewer = Viewer::new(None);
        let records: Vec<Record> = (0..300)
            .map(|slot| {
                let mut record = record(slot, 5);
                record.cell = [0; 3];
                record
            })
            .collect();
        assert_eq!(slots(&mut viewer, &output(5, records)).len(), 300);
    }

    #[test]
    fn another_incarnation_starts_anew() {
        let mut viewer = Viewer::new(None);
        slots(&mut viewer, &output(500, vec![record(0, 400)]));
        let restarted = TickOutput { incarnation: 2, ..output(3, vec![record(0, 0)]) };
        assert_eq!(slots(&mut viewer, &restarted), [0]);
    }
}

//! Poses: from a connection's newest sample to the tick's records. Motion is never in the journal.

use crate::outbox::Outbox;
use crate::room::Room;
use crate::viewer::{PoseInput, Record, TickOutput};
use std::sync::Arc;
use thexr_wire::UserId;
use thexr_wire::limits::{SAMPLE_AGE_MAX_MS, TICK_MS};
use thexr_wire::pose::{Sample, encode_record};

/// Ticks between two savings of the place of someone who moves: 5 s.
const PLACE_SAVE_TICKS: u64 = 100;

impl Room {
    /// The room clock at this tick, milliseconds.
    pub(crate) fn clock_ms(&self) -> u64 {
        self.now.tick * TICK_MS
    }

    /// Takes a connection's newest pose; `false` when it does not drive anyone. Call before the tick, in peer order.
    pub fn pose(&mut self, input: PoseInput) -> bool {
        let next_tick = self.now.tick + 1;
        let clock_ms = next_tick * TICK_MS;
        let Some(peer) = self.peers.get(&input.peer) else { return false };
        let Some(person) = self.people.get_mut(&peer.user) else { return false };
        if person.driver != Some(input.peer) {
            return false;
        }
        let age_ms = input.sample_ms.map_or(0, |sample| (clock_ms as u32).wrapping_sub(sample) as i32);
        // A fresh room's clock is younger than the oldest sample.
        person.sample_ms =
            clock_ms.saturating_sub(u64::from(age_ms.clamp(0, SAMPLE_AGE_MAX_MS as i32) as u32));
        person.jumped = input.jumped;
        person.pose = input.pose;
        person.changed_tick = next_tick;
        true
    }

    /// Encodes every avatar once.
    pub(crate) fn show_motion(&self, out: &mut Outbox) {
        let clock_ms = self.clock_ms();
        let mut records: Vec<Record> = Vec::with_capacity(self.people.len());
        for (user, person) in &self.people {
            let age_ms = clock_ms.saturating_sub(person.sample_ms).min(u64::from(SAMPLE_AGE_MAX_MS)) as u32;
            let sample = Sample { slot: person.slot, age_ms, jumped: person.jumped, pose: person.pose };
            let bytes = encode_record(&sample, person.pose.cell());
            records.push(Record::new(person.slot, user.clone(), person.changed_tick, person.pose, bytes));
        }
        records.sort_by_key(|record| (record.cell, record.slot));
        out.latest = Arc::new(TickOutput {
            incarnation: self.incarnation,
            tick: self.now.tick,
            at_ms: self.now.at_ms,
            records,
        });
    }

    /// Hands out places to keep: those of people who moved, every 5 s, and of those who left.
    pub(crate) fn save_places(&mut self, out: &mut Outbox) {
        out.last_poses.append(&mut self.told.places);
        let tick = self.now.tick;
        for (user, person) in &mut self.people {
            if person.changed_tick > person.place_saved_tick
                && tick >= person.place_saved_tick + PLACE_SAVE_TICKS
            {
                person.place_saved_tick = tick;
                out.last_poses.push((UserId::clone(user), person.pose));
            }
        }
    }
}

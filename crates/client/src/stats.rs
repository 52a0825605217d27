//! What a client has measured: bytes, frames, pose ages. Owns counters; judges nothing.

use crate::limits::AGES;
use serde::Serialize;
use std::collections::VecDeque;
use thexr_wire::Tier;

/// The newest pose ages, with the tiers they were told in: room time of arrival minus sample time, milliseconds.
///
/// Tiers C to E tell no sample time: theirs count from the frame's tick.
#[derive(Debug, Clone, Default)]
pub struct Ages {
    ring: VecDeque<(Tier, f32)>,
    total: u64,
}

impl Ages {
    /// Adds one age.
    pub fn add(&mut self, tier: Tier, age_ms: f64) {
        if self.ring.len() == AGES {
            self.ring.pop_front();
        }
        self.ring.push_back((tier, age_ms as f32));
        self.total += 1;
    }

    /// How many there have been.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those kept that came after the first `seen`, oldest first.
    pub fn since(&self, seen: u64) -> impl Iterator<Item = (Tier, f32)> {
        let new = self.total.saturating_sub(seen).min(self.ring.len() as u64) as usize;
        self.ring.iter().skip(self.ring.len() - new).copied()
    }

    /// The ages that the given shares (0..1) of the kept ones up to a tier do not exceed; zeros when there are none.
    pub fn percentiles<const N: usize>(&self, worst: Tier, shares: [f64; N]) -> [f32; N] {
        let told = self.ring.iter().filter(|(tier, _)| *tier <= worst);
        let mut sorted: Vec<f32> = told.map(|(_, age_ms)| *age_ms).collect();
        sorted.sort_by(f32::total_cmp);
        shares.map(|share| {
            let at = libm::ceil(share * sorted.len() as f64) as usize;
            sorted.get(at.saturating_sub(1)).copied().unwrap_or(0.0)
        })
    }
}

/// Counters since the client was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Stats {
    /// Payload bytes of messages received, datagrams included.
    pub received_bytes: u64,
    /// Payload bytes of messages sent, datagrams included.
    pub sent_bytes: u64,
    /// Messages received, datagrams included.
    pub messages: u64,
    /// Frames of motion that came as datagrams.
    pub datagrams: u64,
    /// Pose frames received.
    pub frames: u64,
    /// Pose records of known people received.
    pub records: u64,
    /// Pose records of unknown slots or other incarnations, dropped.
    pub unknown_records: u64,
    /// Messages that could not be read.
    pub bad_messages: u64,
    /// Pose records known better already, dropped.
    pub coarse_records: u64,
    /// Own poses sent.
    pub poses_sent: u64,
    /// Own poses that were unusable (not finite, out of bounds) and not sent.
    pub bad_poses: u64,
    /// Times the replica disagreed with the room.
    pub desyncs: u64,
    /// Joins answered with ok.
    pub joins: u64,
    /// Joins that went on from where the client was.
    pub resumes: u64,
    /// Events dropped because nobody took them.
    pub dropped_events: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_ages_that_occurred_up_to_a_tier() {
        let mut ages = Ages::default();
        (1..=100).rev().for_each(|age| ages.add(Tier::A, f64::from(age)));
        (1..=100).for_each(|_| ages.add(Tier::D, 1_000.0));
        assert_eq!(ages.percentiles(Tier::A, [0.5, 0.95, 0.99, 1.0]), [50.0, 95.0, 99.0, 100.0]);
        assert_eq!(ages.percentiles(Tier::E, [0.5, 0.95]), [100.0, 1_000.0]);
        assert_eq!(Ages::default().percentiles(Tier::E, [0.5]), [0.0]);
    }

    #[test]
    fn only_new_ages_are_read_again() {
        let mut ages = Ages::default();
        (0..AGES + 10).for_each(|age| ages.add(Tier::A, age as f64));
        let seen = ages.total() - 3;
        assert_eq!(ages.since(seen).count(), 3);
        assert_eq!(ages.since(0).count(), AGES);
    }
}

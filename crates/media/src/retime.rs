//! The clock of a slot: voices of many sources on one stream, whose times go on as if one had spoken all along.

use std::time::{Duration, Instant};

/// Samples in a second, and in a packet of 20 ms.
const SAMPLES_PER_S: u64 = 48_000;
const PACKET_SAMPLES: u64 = 960;

/// RTP times of one slot.
///
/// A source's times go on with an offset of their own. At a switch it is taken from the slot's own beginning, not from its last
/// packet: that would add half a packet of delay to every switch.
#[derive(Debug, Clone, Copy)]
pub struct Retimed {
    began: Instant,
    /// Offset of the present source, wrapping.
    offset: Option<u64>,
    last: u64,
}

impl Retimed {
    /// A slot that begins now.
    pub fn new(began: Instant) -> Self {
        Self { began, offset: None, last: 0 }
    }

    /// The next packet is of another source.
    pub fn switch(&mut self) {
        self.offset = None;
    }

    /// The slot's time, samples, for a packet with a time of its source that comes now.
    pub fn time(&mut self, source: u64, now: Instant) -> u64 {
        let offset = *self.offset.get_or_insert_with(|| {
            let passed = now.saturating_duration_since(self.began);
            let due = (samples(passed) + PACKET_SAMPLES / 2) / PACKET_SAMPLES * PACKET_SAMPLES;
            due.max(self.last + PACKET_SAMPLES).wrapping_sub(source)
        });
        let time = source.wrapping_add(offset);
        // A source that jumps forward by more than a minute, or back behind others, begins anew.
        if time > self.last + 60 * SAMPLES_PER_S || time + SAMPLES_PER_S < self.last {
            self.offset = None;
            return self.time_anew(source, now);
        }
        self.last = self.last.max(time);
        time
    }

    fn time_anew(&mut self, source: u64, now: Instant) -> u64 {
        let due = samples(now.saturating_duration_since(self.began)).max(self.last + PACKET_SAMPLES);
        self.offset = Some(due.wrapping_sub(source));
        self.last = due;
        due
    }
}

fn samples(passed: Duration) -> u64 {
    passed.as_millis() as u64 * (SAMPLES_PER_S / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "where tests begin")]
    fn start() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_source_keeps_its_own_steps_also_over_a_gap_of_silence() {
        let began = start();
        let mut slot = Retimed::new(began);
        let first = slot.time(5_000_000, began + Duration::from_millis(200));
        assert_eq!(slot.time(5_000_960, began + Duration::from_millis(221)), first + 960);
        assert_eq!(slot.time(5_048_000, began + Duration::from_millis(1_200)), first + 48_000);
        // Late, but of its own time.
        assert_eq!(slot.time(5_047_040, began + Duration::from_millis(1_202)), first + 47_040);
    }

    #[test]
    fn after_a_switch_times_go_on_by_the_slots_own_clock_and_never_back() {
        let began = start();
        let mut slot = Retimed::new(began);
        let mut last = 0;
        for (turn, source) in [(0_u64, 17_u64), (1, 4_000_000_000), (2, 12), (3, u64::MAX - 5_000)] {
            slot.switch();
            for packet in 0..20 {
                let at = began + Duration::from_millis(turn * 400 + packet * 20 + packet % 3);
                let time = slot.time(source.wrapping_add(packet * 960), at);
                assert!(turn + packet == 0 || time > last, "{time} after {last}");
                let off = time.abs_diff(samples(at - began));
                assert!(off <= 2 * PACKET_SAMPLES, "{off} samples off the slot's clock");
                last = time;
            }
        }
    }

    #[test]
    fn a_source_that_jumps_about_harms_nobody_who_hears_it() {
        let began = start();
        let mut slot = Retimed::new(began);
        let mut last = 0;
        for (nth, source) in [0, u64::MAX, 1 << 40, 3, u64::MAX / 2, 0].into_iter().enumerate() {
            let now = began + Duration::from_millis(20 * nth as u64);
            let time = slot.time(source, now);
            // Late by less than a second is late, and nothing else.
            assert!(time + SAMPLES_PER_S >= last && time < last + 60 * SAMPLES_PER_S, "{time} after {last}");
            last = last.max(time);
        }
    }
}

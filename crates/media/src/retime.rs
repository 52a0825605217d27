//! The clock of a slot: many sources on one stream, whose times go on as if one had spoken, or been shown, all along.

use std::time::{Duration, Instant};

/// Samples in a second, and in a packet of 20 ms.
const SAMPLES_PER_S: u64 = 48_000;
#[cfg(test)]
const PACKET_SAMPLES: u64 = 960;
/// Of video: ticks in a second, and from one picture to the next.
const VIDEO_TICKS_PER_S: u64 = 90_000;
const PICTURE_TICKS: u64 = 3_000;

/// RTP times of one slot.
///
/// A source's times go on with an offset of their own. At a switch it is taken from the slot's own beginning, not from its last
/// packet: that would add half a packet of delay to every switch.
#[derive(Debug, Clone, Copy)]
pub struct Retimed {
    began: Instant,
    per_s: u64,
    /// From one packet to the next.
    step: u64,
    /// Offset of the present source, wrapping.
    offset: Option<u64>,
    last: u64,
}

impl Retimed {
    /// A slot of voices that begins now.
    pub fn new(began: Instant) -> Self {
        Self { began, per_s: SAMPLES_PER_S, step: SAMPLES_PER_S / 50, offset: None, last: 0 }
    }

    /// A slot of video that begins now.
    pub fn video(began: Instant) -> Self {
        Self { per_s: VIDEO_TICKS_PER_S, step: PICTURE_TICKS, ..Self::new(began) }
    }

    /// The next packet is of another source.
    pub fn switch(&mut self) {
        self.offset = None;
    }

    /// The slot's time, in units of its clock, for a packet with a time of its source that comes now.
    pub fn time(&mut self, source: u64, now: Instant) -> u64 {
        let Self { began, per_s, step, last, .. } = *self;
        let offset = *self.offset.get_or_insert_with(|| {
            let passed = now.saturating_duration_since(began);
            let due = (units(passed, per_s) + step / 2) / step * step;
            due.max(last + step).wrapping_sub(source)
        });
        let time = source.wrapping_add(offset);
        // A source that jumps forward by more than a minute, or back behind others, begins anew.
        if time > last + 60 * per_s || time + per_s < last {
            self.offset = None;
            return self.time_anew(source, now);
        }
        self.last = last.max(time);
        time
    }

    fn time_anew(&mut self, source: u64, now: Instant) -> u64 {
        let passed = units(now.saturating_duration_since(self.began), self.per_s);
        let due = passed.max(self.last + self.step);
        self.offset = Some(due.wrapping_sub(source));
        self.last = due;
        due
    }
}

fn units(passed: Duration, per_s: u64) -> u64 {
    passed.as_millis() as u64 * (per_s / 1_000)
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
                let off = time.abs_diff(units(at - began, SAMPLES_PER_S));
                assert!(off <= 2 * PACKET_SAMPLES, "{off} samples off the slot's clock");
                last = time;
            }
        }
    }

    #[test]
    fn pictures_go_by_a_clock_of_their_own_and_stay_as_far_apart_as_they_were_made() {
        let began = start();
        let mut slot = Retimed::video(began);
        let first = slot.time(7_000_000, began + Duration::from_millis(500));
        assert_eq!(first, 45_000);
        assert_eq!(slot.time(7_009_000, began + Duration::from_millis(612)), first + 9_000);
        slot.switch();
        let other = slot.time(3, began + Duration::from_millis(1_000));
        assert_eq!(other, 90_000);
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

//! The room's clock as a client knows it: offset by the shortest of the recent round trips, shown without jumps.
//!
//! Local times are whatever the caller counts in; room times are milliseconds of the room's clock.

use crate::limits::{
    CLOCK_OLD_MS, CLOCK_SAMPLES, CLOCK_SLEW, CLOCK_SNAP_MS, CLOCK_YOUNG_ANSWERS, CLOCK_YOUNG_MS, ROOM_MS_MAX,
};
use std::collections::VecDeque;

#[derive(Debug, Clone, Copy)]
struct Answer {
    rtt_ms: f64,
    offset_ms: f64,
}

/// The estimate of offset and round trip.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    answers: VecDeque<Answer>,
    answered: u32,
    offset_ms: Option<f64>,
    shown_offset_ms: f64,
    shown_at_ms: f64,
    next_question_ms: f64,
}

impl Clock {
    /// Takes a join's reply as a first estimate, unless a better one agrees with it to a second.
    pub fn start(&mut self, room_ms: f64, now_ms: f64) {
        let offset = room_ms - now_ms;
        self.answers.clear();
        self.answered = 0;
        self.next_question_ms = now_ms;
        if self.offset_ms.is_none_or(|old| (old - offset).abs() > 1_000.0) {
            self.settle(offset, now_ms);
        }
    }

    /// Whether the room should be asked now; asking is then noted.
    pub fn ask(&mut self, now_ms: f64) -> bool {
        if now_ms < self.next_question_ms {
            return false;
        }
        let young = self.answered < CLOCK_YOUNG_ANSWERS;
        self.next_question_ms = now_ms + if young { CLOCK_YOUNG_MS } else { CLOCK_OLD_MS };
        true
    }

    /// Takes an answer to a question asked at `sent_ms`; `false` when it cannot be true.
    pub fn answer(&mut self, sent_ms: f64, room_ms: f64, now_ms: f64) -> bool {
        let rtt_ms = now_ms - sent_ms;
        if !(0.0..=ROOM_MS_MAX).contains(&room_ms) || rtt_ms.is_nan() || rtt_ms < 0.0 {
            return false;
        }
        if self.answers.len() == CLOCK_SAMPLES {
            self.answers.pop_front();
        }
        self.answers.push_back(Answer { rtt_ms, offset_ms: room_ms + rtt_ms / 2.0 - now_ms });
        self.answered = self.answered.saturating_add(1);
        if let Some(best) = self.best() {
            self.settle(best.offset_ms, now_ms);
        }
        true
    }

    /// The room's clock, best estimate; `None` before the first join.
    pub fn room_ms(&self, now_ms: f64) -> Option<f64> {
        self.offset_ms.map(|offset| now_ms + offset)
    }

    /// Moves the shown clock towards the estimate and returns it; it never jumps by less than 250 ms.
    pub fn show(&mut self, now_ms: f64) -> Option<f64> {
        let target = self.offset_ms?;
        let step = (now_ms - self.shown_at_ms).max(0.0) * CLOCK_SLEW;
        self.shown_offset_ms += (target - self.shown_offset_ms).clamp(-step, step);
        self.shown_at_ms = now_ms;
        Some(now_ms + self.shown_offset_ms)
    }

    /// Round trip of the best recent answer, milliseconds.
    pub fn rtt_ms(&self) -> Option<f64> {
        self.best().map(|answer| answer.rtt_ms)
    }

    fn best(&self) -> Option<Answer> {
        self.answers.iter().copied().min_by(|a, b| a.rtt_ms.total_cmp(&b.rtt_ms))
    }

    fn settle(&mut self, offset_ms: f64, now_ms: f64) {
        let known = self.offset_ms.is_some();
        self.offset_ms = Some(offset_ms);
        if !known || (self.shown_offset_ms - offset_ms).abs() > CLOCK_SNAP_MS {
            self.shown_offset_ms = offset_ms;
            self.shown_at_ms = now_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_round_trip_decides() {
        let mut clock = Clock::default();
        clock.start(1_000.0, 0.0);
        assert!(clock.answer(100.0, 1_190.0, 300.0));
        assert!(clock.answer(400.0, 1_405.0, 410.0));
        assert!(clock.answer(500.0, 1_800.0, 900.0));
        assert_eq!(clock.room_ms(1_000.0), Some(2_000.0));
        assert_eq!(clock.rtt_ms(), Some(10.0));
    }

    #[test]
    fn the_shown_clock_glides_to_a_small_correction_and_snaps_to_a_large_one() {
        let mut clock = Clock::default();
        clock.start(1_000.0, 0.0);
        clock.answer(0.0, 1_100.0, 0.0);
        assert_eq!(clock.show(100.0), Some(1_105.0));
        assert_eq!(clock.show(10_000.0), Some(11_100.0));
        clock.start(50_000.0, 10_000.0);
        assert_eq!(clock.show(10_000.0), Some(50_000.0));
    }

    #[test]
    fn the_room_is_asked_every_two_seconds_then_every_ten() {
        let mut clock = Clock::default();
        clock.start(0.0, 0.0);
        let mut asked = Vec::new();
        for now in 0..60 {
            let now_ms = f64::from(now) * 1_000.0;
            if clock.ask(now_ms) {
                asked.push(now);
                clock.answer(now_ms, now_ms, now_ms);
            }
        }
        assert_eq!(asked, [0, 2, 4, 6, 8, 10, 20, 30, 40, 50]);
    }

    #[test]
    fn an_answer_that_cannot_be_true_is_refused() {
        let mut clock = Clock::default();
        clock.start(1_000.0, 0.0);
        assert!(!clock.answer(0.0, 1e300, 10.0));
        assert!(!clock.answer(0.0, -5.0, 10.0));
        assert!(!clock.answer(20.0, 1_000.0, 10.0));
        assert_eq!(clock.room_ms(0.0), Some(1_000.0));
    }
}

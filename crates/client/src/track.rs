//! One avatar's jitter buffer: samples by room time, played back a little late. Owns when what is shown.
//!
//! Knows nothing of frames or slots. The delay follows the line: a sample that comes after it was needed raises it at
//! once, samples in time lower it slowly.

use crate::limits::{
    DELAY_ATTACK, DELAY_DEFAULT_MS, DELAY_MAX_MS, DELAY_MIN_MS, DELAY_RELEASE_MS, DELAY_SLEW,
    EXTRAPOLATE_MAX_MS, REST_GAP_MS, SAME_SAMPLE_MS, SAMPLE_MS, TRACK_SAMPLES,
};
use std::collections::VecDeque;
use thexr_wire::pose::Pose;
use thexr_world::interpolate;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    at_ms: f64,
    pose: Pose,
    jumped: bool,
}

/// What became of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It will be shown.
    Kept,
    /// Its time is known already.
    Duplicate,
    /// It is older than everything kept.
    Late,
}

/// What an avatar looks like now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Head and hands.
    pub pose: Pose,
    /// It got here by a jump since the last look: do not smooth.
    pub jumped: bool,
    /// Room time minus the newest sample's, milliseconds.
    pub age_ms: f64,
}

/// The samples of one avatar.
#[derive(Debug, Clone)]
pub struct Track {
    samples: VecDeque<Sample>,
    needed_delay_ms: f64,
    delay_ms: f64,
    played_ms: f64,
    looked_ms: f64,
}

impl Track {
    /// Starts with a pose that holds until samples come.
    pub fn new(pose: Pose, room_ms: f64) -> Self {
        Self {
            samples: VecDeque::from([Sample { at_ms: room_ms, pose, jumped: true }]),
            needed_delay_ms: DELAY_DEFAULT_MS,
            delay_ms: DELAY_DEFAULT_MS,
            played_ms: room_ms - DELAY_DEFAULT_MS,
            looked_ms: room_ms,
        }
    }

    /// Takes a sample of room time `at_ms` that arrived at room time `arrived_ms`.
    pub fn insert(&mut self, at_ms: f64, pose: Pose, jumped: bool, arrived_ms: f64) -> Taken {
        if self.samples.iter().any(|sample| (sample.at_ms - at_ms).abs() < SAME_SAMPLE_MS) {
            return Taken::Duplicate;
        }
        let newer = self.samples.iter().rev().take_while(|sample| sample.at_ms > at_ms).count();
        let place = self.samples.len() - newer;
        if place == 0 && self.samples.len() >= TRACK_SAMPLES {
            return Taken::Late;
        }
        if newer == 0 {
            self.follow_line(at_ms, arrived_ms);
            self.end_rest(at_ms, jumped);
        }
        let place = self.samples.len() - newer;
        self.samples.insert(place, Sample { at_ms, pose, jumped });
        while self.samples.len() > TRACK_SAMPLES {
            self.samples.pop_front();
        }
        Taken::Kept
    }

    /// The pose at the playback time that belongs to room time `room_ms`.
    pub fn show(&mut self, room_ms: f64) -> Shown {
        let step = (room_ms - self.looked_ms).max(0.0) * DELAY_SLEW;
        self.delay_ms += (self.needed_delay_ms - self.delay_ms).clamp(-step, step);
        self.looked_ms = room_ms;
        let before_ms = self.played_ms;
        self.played_ms = room_ms - self.delay_ms;
        let passed = |sample: &&Sample| sample.at_ms > before_ms && sample.at_ms <= self.played_ms;
        let jumped = self.samples.iter().filter(passed).any(|sample| sample.jumped);
        let newest_ms = self.samples.back().map_or(room_ms, |sample| sample.at_ms);
        Shown { pose: self.pose_at(self.played_ms), jumped, age_ms: room_ms - newest_ms }
    }

    /// Playback delay at the moment, milliseconds.
    pub fn delay_ms(&self) -> f64 {
        self.delay_ms
    }

    /// Needed so that this sample would have been there in time: its age on arrival and the wait for it.
    fn follow_line(&mut self, at_ms: f64, arrived_ms: f64) {
        let gap = self.samples.back().map_or(SAMPLE_MS, |last| at_ms - last.at_ms);
        let gap = if gap > REST_GAP_MS { SAMPLE_MS } else { gap };
        let excess = arrived_ms - at_ms + gap - self.needed_delay_ms;
        let (share, most) = DELAY_ATTACK;
        self.needed_delay_ms += if excess > 0.0 { (excess * share).min(most) } else { -DELAY_RELEASE_MS };
        self.needed_delay_ms = self.needed_delay_ms.clamp(DELAY_MIN_MS, DELAY_MAX_MS);
    }

    /// Someone who rested rested until one sample ago: without this the first step would be spread over the rest.
    fn end_rest(&mut self, at_ms: f64, jumped: bool) {
        let Some(last) = self.samples.back().copied() else { return };
        if !jumped && at_ms - last.at_ms > REST_GAP_MS {
            self.samples.push_back(Sample { at_ms: at_ms - SAMPLE_MS, jumped: false, ..last });
        }
    }

    fn pose_at(&self, at_ms: f64) -> Pose {
        let next = self.samples.iter().position(|sample| sample.at_ms > at_ms);
        match next {
            Some(0) => self.samples[0].pose,
            Some(next) => {
                let (a, b) = (&self.samples[next - 1], &self.samples[next]);
                if b.jumped {
                    return a.pose;
                }
                interpolate::pose(&a.pose, &b.pose, ((at_ms - a.at_ms) / (b.at_ms - a.at_ms)) as f32)
            }
            None => self.extrapolated(at_ms),
        }
    }

    fn extrapolated(&self, at_ms: f64) -> Pose {
        let last = self.samples.len() - 1;
        let b = &self.samples[last];
        let Some(a) = last.checked_sub(1).map(|at| &self.samples[at]) else { return b.pose };
        let gap = b.at_ms - a.at_ms;
        if b.jumped || gap > REST_GAP_MS {
            return b.pose;
        }
        let beyond = (at_ms - b.at_ms).clamp(0.0, EXTRAPOLATE_MAX_MS);
        interpolate::pose(&a.pose, &b.pose, (1.0 + beyond / gap) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32) -> Pose {
        Pose::standing([x, 1.8, 0.0])
    }

    /// A walker at 1 m/s along x whose samples arrive `late_ms` after they were taken, from 0 to 1 s.
    fn walker(late_ms: f64) -> Track {
        let mut track = Track::new(at(0.0), 0.0);
        for tick in 1..=20 {
            let ms = f64::from(tick) * 50.0;
            track.insert(ms, at(ms as f32 / 1000.0), false, ms + late_ms);
        }
        track
    }

    #[test]
    fn a_steady_walker_is_shown_between_samples() {
        let mut track = walker(20.0);
        let shown = track.show(925.0);
        let delay = track.delay_ms();
        assert!((shown.pose.head[0] - (925.0 - delay) as f32 / 1000.0).abs() < 1e-4, "{shown:?}");
        assert_eq!(shown.age_ms, -75.0);
    }

    #[test]
    fn a_movement_goes_on_for_a_tenth_of_a_second_and_then_holds() {
        let mut track = walker(20.0);
        let start = track.show(1_000.0 + track.delay_ms()).pose.head[0];
        assert!((start - 1.0).abs() < 0.02, "{start}");
        let held = track.show(5_000.0).pose.head[0];
        assert!((held - 1.1).abs() < 1e-3, "{held}");
        assert_eq!(track.show(9_000.0).pose.head[0], held);
    }

    #[test]
    fn a_jump_is_not_walked() {
        let mut track = walker(20.0);
        let mut jump = at(50.0);
        jump.head[2] = 9.0;
        track.insert(1_050.0, jump, true, 1_070.0);
        track.show(1_030.0 + track.delay_ms());
        let before = track.show(1_040.0 + track.delay_ms());
        assert!(before.pose.head[0] <= 1.001 && !before.jumped, "{before:?}");
        let after = track.show(1_060.0 + track.delay_ms());
        assert_eq!(after.pose.head[0], 50.0);
        assert!(after.jumped);
        assert!(!track.show(1_070.0 + track.delay_ms()).jumped);
    }

    #[test]
    fn samples_out_of_order_are_put_in_order_and_duplicates_dropped() {
        let mut track = Track::new(at(0.0), 0.0);
        assert_eq!(track.insert(100.0, at(0.1), false, 120.0), Taken::Kept);
        assert_eq!(track.insert(50.0, at(0.05), false, 130.0), Taken::Kept);
        assert_eq!(track.insert(101.0, at(9.0), false, 140.0), Taken::Duplicate);
        let shown = track.show(175.0);
        let played_ms = 175.0 - track.delay_ms();
        assert!((shown.pose.head[0] - played_ms as f32 / 1000.0).abs() < 1e-4, "{shown:?}");
    }

    #[test]
    fn a_sample_older_than_everything_kept_is_late() {
        let mut track = Track::new(at(0.0), 1_000.0);
        for tick in 0..TRACK_SAMPLES {
            track.insert(1_050.0 + tick as f64 * 50.0, at(0.0), false, 1_000.0);
        }
        assert_eq!(track.insert(10.0, at(5.0), false, 2_000.0), Taken::Late);
    }

    #[test]
    fn a_bad_line_is_played_later_and_a_good_one_sooner() {
        let bad = walker(180.0).needed_delay_ms;
        assert!((200.0..=240.0).contains(&bad), "{bad}");
        let good = walker(5.0).needed_delay_ms;
        assert!((DELAY_MIN_MS..DELAY_DEFAULT_MS).contains(&good), "{good}");
        assert_eq!(walker(5_000.0).needed_delay_ms, DELAY_MAX_MS);
    }

    #[test]
    fn the_first_step_after_a_rest_does_not_pull_the_avatar_ahead() {
        let mut track = Track::new(at(0.0), 0.0);
        track.insert(2_000.0, at(0.1), false, 2_020.0);
        assert_eq!(track.show(1_940.0 + track.delay_ms()).pose.head[0], 0.0);
    }
}

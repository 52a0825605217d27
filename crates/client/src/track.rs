//! One avatar's jitter buffer: samples by room time, played back a little late. Owns when what is shown.
//!
//! Knows nothing of frames or slots. The delay follows the line and the tier: a sample that comes after it was needed
//! raises it at once, samples in time lower it slowly, a better tier lowers it at once.

use crate::limits::{
    CROWD_HEIGHT_M, CROWD_JUMP_M, CROWD_TURN_M, DELAY_ATTACK, DELAY_ATTACK_MAX, DELAY_DEFAULT_MS,
    DELAY_HALVES_MS, DELAY_MAX_MS, DELAY_MAX_PERIODS, DELAY_MIN_MS, DELAY_RELEASE, DELAY_SLEW,
    EXTRAPOLATE_MAX_MS, OFF_HALVES_MS, OFF_MAX_M, OFF_MIN_M, PERIODS_MS, REST_PERIODS, SAME_SAMPLE_MS,
    SPEED_PERIODS, TRACK_SAMPLES,
};
use std::collections::VecDeque;
use thexr_wire::Tier;
use thexr_wire::pose::{Place, Pose};
use thexr_wire::quant::facing;
use thexr_wire::records::CROWD_STEP_M;
use thexr_world::interpolate;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Moment {
    at_ms: f64,
    pose: Pose,
    tier: Tier,
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
    /// A place in the crowd of someone who is known better.
    Coarse,
}

/// A sample on its way into the buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// Room time of the sample, milliseconds.
    pub at_ms: f64,
    /// The pose.
    pub pose: Pose,
    /// How exactly it was told.
    pub tier: Tier,
    /// Do not interpolate into it.
    pub jumped: bool,
}

/// What an avatar looks like now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Head and hands.
    pub pose: Pose,
    /// How exactly the newest sample was told.
    pub tier: Tier,
    /// It got here by a jump since the last look: do not smooth.
    pub jumped: bool,
    /// Room time minus the newest sample's, milliseconds.
    pub age_ms: f64,
    /// Room time that is shown, milliseconds.
    pub played_ms: f64,
}

/// The samples of one avatar.
#[derive(Debug, Clone)]
pub struct Track {
    /// Never empty.
    samples: VecDeque<Moment>,
    needed_delay_ms: f64,
    delay_ms: f64,
    played_ms: f64,
    looked_ms: f64,
    /// How far what is shown is still from what is known, metres: a movement that was gone on with wrongly is not taken
    /// back at once.
    off: Off,
}

/// Head, left and right hand.
type Off = [[f32; 3]; 3];

fn period_ms(tier: Tier) -> f64 {
    PERIODS_MS[tier as usize]
}

impl Track {
    /// Starts with the first that is told of someone: it holds until more comes.
    pub fn first_seen(told: Arrival, room_ms: f64) -> Self {
        let Arrival { at_ms, pose, tier, .. } = told;
        Self {
            samples: VecDeque::from([Moment { at_ms, pose, tier, jumped: false }]),
            needed_delay_ms: DELAY_DEFAULT_MS,
            delay_ms: DELAY_DEFAULT_MS,
            played_ms: room_ms - DELAY_DEFAULT_MS,
            looked_ms: room_ms,
            off: Off::default(),
        }
    }

    /// Takes a sample that arrived at room time `arrived_ms`.
    pub fn insert(&mut self, told: Arrival, arrived_ms: f64) -> Taken {
        let Arrival { at_ms, tier, .. } = told;
        if self.samples.iter().any(|sample| (sample.at_ms - at_ms).abs() < SAME_SAMPLE_MS) {
            return Taken::Duplicate;
        }
        let newer = self.samples.iter().rev().take_while(|sample| sample.at_ms > at_ms).count();
        if newer == self.samples.len() && (newer >= TRACK_SAMPLES || at_ms < self.played_ms) {
            return Taken::Late;
        }
        let Some(sample) = self.sample(told) else { return Taken::Coarse };
        let guessed = (self.played_ms > self.newest().at_ms).then(|| self.pose_at(self.played_ms));
        if newer == 0 {
            self.follow_line(at_ms, tier, arrived_ms);
            self.end_rest(&sample);
        }
        let place = self.samples.len() - newer;
        self.samples.insert(place, sample);
        if let Some(guessed) = guessed {
            self.be_off(&guessed, sample.jumped);
        }
        while self.samples.len() > TRACK_SAMPLES {
            self.samples.pop_front();
        }
        Taken::Kept
    }

    /// The pose at the playback time that belongs to room time `room_ms`.
    pub fn show(&mut self, room_ms: f64) -> Shown {
        self.settle(room_ms);
        self.slew(room_ms);
        let before_ms = self.played_ms;
        self.played_ms = room_ms - self.delay_ms;
        let passed = |sample: &&Moment| sample.at_ms > before_ms && sample.at_ms <= self.played_ms;
        let jumped = self.samples.iter().filter(passed).any(|sample| sample.jumped);
        if jumped {
            self.off = Off::default();
        }
        // One before the moment to come from, and enough to tell a speed from.
        let newest_ms = self.newest().at_ms - period_ms(self.newest().tier) * SPEED_PERIODS;
        while self.samples.len() > 2
            && self.samples[2].at_ms <= self.played_ms
            && self.samples[1].at_ms <= newest_ms
        {
            self.samples.pop_front();
        }
        let newest = self.newest();
        let (tier, age_ms) = (newest.tier, room_ms - newest.at_ms);
        let pose = self.with_off(self.pose_at(self.played_ms));
        Shown { pose, tier, jumped, age_ms, played_ms: self.played_ms }
    }

    /// Playback delay at the moment, milliseconds.
    pub fn delay_ms(&self) -> f64 {
        self.delay_ms
    }

    /// How exactly the newest sample was told.
    pub fn tier(&self) -> Tier {
        self.newest().tier
    }

    fn newest(&self) -> &Moment {
        &self.samples[self.samples.len() - 1]
    }

    /// What was guessed beyond the newest sample is seen; from there the truth is come to.
    fn be_off(&mut self, guessed: &Pose, jumped: bool) {
        let known = self.pose_at(self.played_ms);
        let step = |was: Place, is: Place| -> [f32; 3] { std::array::from_fn(|axis| was[axis] - is[axis]) };
        let both =
            |was: Option<Place>, is: Option<Place>| was.zip(is).map_or([0.0; 3], |(was, is)| step(was, is));
        let steps = [
            step(guessed.head, known.head),
            both(guessed.left, known.left),
            both(guessed.right, known.right),
        ];
        for (off, step) in self.off.iter_mut().zip(steps) {
            *off = std::array::from_fn(|axis| off[axis] + step[axis]);
        }
        let far = self.off.iter().any(|off| off.iter().any(|metres| metres.abs() > OFF_MAX_M));
        if jumped || far {
            self.off = Off::default();
        }
    }

    /// Less off with every look.
    fn settle(&mut self, room_ms: f64) {
        if self.off == Off::default() {
            return;
        }
        let passed_ms = (room_ms - self.looked_ms).max(0.0);
        let left = libm::exp2(-passed_ms / OFF_HALVES_MS) as f32;
        for metres in self.off.iter_mut().flatten() {
            *metres = if metres.abs() < OFF_MIN_M { 0.0 } else { *metres * left };
        }
    }

    fn with_off(&self, mut pose: Pose) -> Pose {
        let [head, left, right] = &self.off;
        let places = [Some(&mut pose.head), pose.left.as_mut(), pose.right.as_mut()];
        for (place, off) in places.into_iter().zip([head, left, right]) {
            let Some(place) = place else { continue };
            off.iter().zip(place).for_each(|(off, metres)| *metres += off);
        }
        pose
    }

    fn slew(&mut self, room_ms: f64) {
        let passed_ms = (room_ms - self.looked_ms).max(0.0);
        let off_ms = self.needed_delay_ms - self.delay_ms;
        let speed = DELAY_SLEW.max(off_ms.abs() * std::f64::consts::LN_2 / DELAY_HALVES_MS);
        // Never backwards: playback stands still at most.
        let step = (passed_ms * speed.min(1.0)).min(off_ms.abs());
        self.delay_ms += step * off_ms.signum();
        self.looked_ms = room_ms;
    }

    /// The sample as it is kept; a place in the crowd is seen in the light of what is known. `None`: it is no news.
    fn sample(&self, told: Arrival) -> Option<Moment> {
        let Arrival { at_ms, mut pose, tier, mut jumped } = told;
        if tier == Tier::E {
            let known = self.newest();
            let step: [f32; 3] = std::array::from_fn(|axis| pose.head[axis] - known.pose.head[axis]);
            let told_better =
                known.tier < Tier::E && at_ms - known.at_ms < period_ms(known.tier) * REST_PERIODS;
            let within = [0, 2].iter().all(|axis| step[*axis].abs() <= CROWD_STEP_M / 2.0 + 0.01);
            if told_better || (within && step[1].abs() <= CROWD_HEIGHT_M) {
                return None;
            }
            let distance = libm::sqrtf(step[0] * step[0] + step[2] * step[2]);
            jumped |= distance > CROWD_JUMP_M;
            let [x, mut y, z, ..] = pose.head;
            if step[1].abs() <= CROWD_HEIGHT_M {
                y = known.pose.head[1];
            }
            pose.head =
                [x, y, z, known.pose.head[3], known.pose.head[4], known.pose.head[5], known.pose.head[6]];
            if distance > CROWD_TURN_M {
                pose.head = facing([x, y, z], libm::atan2f(step[0], step[2]), 0.0);
            }
        }
        Some(Moment { at_ms, pose, tier, jumped })
    }

    /// How long a pause between the newest sample and one of a tier is a rest, milliseconds.
    fn rest_gap_ms(&self, tier: Tier) -> f64 {
        REST_PERIODS * period_ms(tier.max(self.newest().tier))
    }

    /// Needed so that this sample would have been there in time: its age on arrival and the wait for it.
    fn follow_line(&mut self, at_ms: f64, tier: Tier, arrived_ms: f64) {
        let (last, period_ms) = (*self.newest(), period_ms(tier));
        let gap_ms = at_ms - last.at_ms;
        let age_ms = arrived_ms - at_ms;
        if tier < last.tier {
            // Samples come more often from here on.
            self.needed_delay_ms = self.needed_delay_ms.min(age_ms.max(0.0) + 2.0 * period_ms);
        }
        let gap_ms = if gap_ms > self.rest_gap_ms(tier) || tier < last.tier { period_ms } else { gap_ms };
        let excess_ms = age_ms + gap_ms - self.needed_delay_ms;
        self.needed_delay_ms += if excess_ms > 0.0 {
            (excess_ms * DELAY_ATTACK[tier as usize]).min(DELAY_ATTACK_MAX * period_ms)
        } else {
            -DELAY_RELEASE * period_ms
        };
        let most_ms = DELAY_MAX_MS.max(DELAY_MAX_PERIODS * period_ms);
        self.needed_delay_ms = self.needed_delay_ms.clamp(DELAY_MIN_MS, most_ms);
    }

    /// Someone who rested rested until one period ago: without this the first step would be spread over the rest.
    fn end_rest(&mut self, next: &Moment) {
        let last = *self.newest();
        if !next.jumped && next.at_ms - last.at_ms > self.rest_gap_ms(next.tier) {
            let at_ms = next.at_ms - period_ms(next.tier);
            self.samples.push_back(Moment { at_ms, jumped: false, ..last });
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
        // Over a whole period: of two samples that lie close together no speed can be told.
        let apart = |a: &&Moment| b.at_ms - a.at_ms >= period_ms(b.tier) * SPEED_PERIODS;
        let before = self.samples.iter().take(last);
        let Some(a) = before.clone().rev().find(apart).or(before.clone().next()) else { return b.pose };
        let gap_ms = b.at_ms - a.at_ms;
        // The crowd's steps are too coarse to be gone on with.
        let leap = || self.samples.iter().any(|sample| sample.jumped && sample.at_ms > a.at_ms);
        if leap() || b.tier == Tier::E || gap_ms > REST_PERIODS * period_ms(a.tier.max(b.tier)) {
            return b.pose;
        }
        // Who is not heard of for longer has stopped where they were last.
        let beyond_ms = (at_ms - b.at_ms).max(0.0);
        let beyond_ms = beyond_ms.min(EXTRAPOLATE_MAX_MS - (beyond_ms - EXTRAPOLATE_MAX_MS) / 2.0).max(0.0);
        interpolate::pose(&a.pose, &b.pose, (1.0 + beyond_ms / gap_ms) as f32)
    }
}

#[cfg(test)]
#[path = "track_tests.rs"]
mod tests;

//! Where people and monsters were of late: whole frames of the room, so that a shot meets what its shooter saw.
//!
//! Source: Y. W. Bernier, "Latency Compensating Methods in Client/Server In-game Protocol Design and Optimization".

use crate::limbs::BODY_M;
use crate::people::person::Person;
use std::collections::VecDeque;
use thexr_physics::ray_to_capsule;

/// How far back a shot may look, milliseconds: who lags more meets others where they were then.
pub const LOOK_BACK_MAX_MS: u64 = 400;
/// Frames kept: what a look back needs, and how much older than its tick a person's place may be.
const FRAMES_MAX: usize = 14;
/// How thick a person is, metres.
const PERSON_RADIUS_M: f32 = 0.3;
/// From a person's eyes to the top of their head, metres.
const ABOVE_EYES_M: f32 = 0.12;
/// Who was farther off the line of a shot than this in the newest frame was not on it a moment ago, metres.
const OFF_LINE_M: f32 = 8.0;

/// A piece of the line of a shot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    pub from: [f32; 3],
    /// A unit.
    pub direction: [f32; 3],
    pub metres: f32,
    /// How thick what flies there is, metres.
    pub thick_m: f32,
}

/// Somebody at a moment: a line with a thickness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Body {
    /// A person's or a monster's slot.
    pub slot: u16,
    /// When they were there, room clock.
    pub at_ms: u64,
    /// The lower end of the line, metres.
    pub low: [f32; 3],
    /// From there to its upper end, metres.
    pub height_m: f32,
    /// How thick they are, metres.
    pub radius_m: f32,
}

/// Frames of those who can be hit.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// The newest last; each by slot.
    frames: VecDeque<Vec<Body>>,
}

impl Body {
    /// A person; their newest sample is not of the future.
    pub fn of_person(person: &Person, clock_ms: u64) -> Self {
        let [x, y, z, ..] = person.pose.head;
        let low = [x, y - BODY_M + PERSON_RADIUS_M, z];
        let height_m = BODY_M - 2.0 * PERSON_RADIUS_M + ABOVE_EYES_M;
        let at_ms = person.sample_ms.min(clock_ms);
        Self { slot: person.slot, at_ms, low, height_m, radius_m: PERSON_RADIUS_M }
    }
}

impl Past {
    /// Keeps where everyone is now.
    pub fn keep(&mut self, bodies: impl Iterator<Item = Body>) {
        let mut frame = if self.frames.len() < FRAMES_MAX {
            Vec::new()
        } else {
            self.frames.pop_front().unwrap_or_default()
        };
        frame.clear();
        frame.extend(bodies);
        frame.sort_unstable_by_key(|body| body.slot);
        self.frames.push_back(frame);
    }

    /// Forgets everyone.
    pub fn clear(&mut self) {
        self.frames.clear();
    }

    /// Whom a shot meets first on a piece of its line, and how far along, metres, as the room was at `at_ms`.
    pub fn meets(&self, line: &Line, at_ms: u64, counts: impl Fn(u16) -> bool) -> Option<(u16, f32)> {
        let Line { from, direction, metres, thick_m } = *line;
        let near = |body: &&Body| off_line(body.low, line) < OFF_LINE_M && counts(body.slot);
        let met = self.frames.back()?.iter().filter(near).filter_map(|body| {
            let Body { low, height_m, radius_m, .. } = self.at(body, at_ms);
            let away = ray_to_capsule(from, direction, metres, low, height_m, radius_m + thick_m)?;
            Some((body.slot, away))
        });
        met.min_by(|(a_slot, a), (b_slot, b)| a.total_cmp(b).then(a_slot.cmp(b_slot)))
    }

    /// Where somebody was at a moment, between two frames if need be.
    fn at(&self, newest: &Body, at_ms: u64) -> Body {
        let mut later = *newest;
        for frame in self.frames.iter().rev() {
            let Ok(found) = frame.binary_search_by_key(&newest.slot, |body| body.slot) else { break };
            let body = frame[found];
            if body.at_ms <= at_ms {
                return between(&body, &later, at_ms);
            }
            later = body;
        }
        later
    }
}

fn between(a: &Body, b: &Body, at_ms: u64) -> Body {
    let span = b.at_ms.saturating_sub(a.at_ms);
    let part = if span == 0 { 1.0 } else { (at_ms - a.at_ms).min(span) as f32 / span as f32 };
    let low = [0, 1, 2].map(|axis| a.low[axis] + (b.low[axis] - a.low[axis]) * part);
    Body { low, at_ms, ..*b }
}

/// How far a point is off a piece of a line, metres.
fn off_line(point: [f32; 3], line: &Line) -> f32 {
    let Line { from, direction, metres, .. } = *line;
    let to = [0, 1, 2].map(|axis| point[axis] - from[axis]);
    let along: f32 = (0..3).map(|axis| to[axis] * direction[axis]).sum::<f32>().clamp(0.0, metres);
    let off: f32 = (0..3).map(|axis| to[axis] - direction[axis] * along).map(|part| part * part).sum();
    libm::sqrtf(off)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody runs along x at 6 m/s, told 20 times a second, `late_ms` after they were there.
    fn run(late_ms: u64) -> Past {
        let mut past = Past::default();
        for tick in 0..20u64 {
            let at_ms = (tick * 50).saturating_sub(late_ms);
            let low = [at_ms as f32 * 0.006, 0.3, 10.0];
            let body = Body { slot: 7, at_ms, low, height_m: 1.1, radius_m: 0.3 };
            past.keep(std::iter::once(body));
        }
        past
    }

    fn ahead(from: [f32; 3], metres: f32) -> Line {
        Line { from, direction: [0.0, 0.0, 1.0], metres, thick_m: 0.0 }
    }

    #[test]
    fn a_shot_meets_whom_it_was_aimed_at_where_they_were_seen() {
        for late_ms in [0, 30, 100] {
            let past = run(late_ms);
            for back_ms in [0, 100, 233, 400] {
                let seen_ms = 950 - late_ms - back_ms;
                let aimed = [seen_ms as f32 * 0.006, 1.0, 0.0];
                let met = past.meets(&ahead(aimed, 60.0), seen_ms, |_| true);
                let (slot, away) = met.unwrap();
                assert_eq!(slot, 7);
                assert!((away - 9.7).abs() < 0.01, "{late_ms} {back_ms}: {away}");
                let behind = [aimed[0] - 0.35, 1.0, 0.0];
                assert_eq!(past.meets(&ahead(behind, 60.0), seen_ms, |_| true), None);
            }
        }
    }

    #[test]
    fn who_does_not_count_is_not_met_and_nobody_beyond_the_range() {
        let past = run(0);
        let aimed = [950.0 * 0.006, 1.0, 0.0];
        assert_eq!(past.meets(&ahead(aimed, 60.0), 950, |slot| slot != 7), None);
        assert_eq!(past.meets(&ahead(aimed, 9.0), 950, |_| true), None);
    }
}

//! How far somebody may go in games, and from where. Knows no walls.

use thexr_wire::limits::TICK_MS;
use thexr_wire::pose::Place;

/// How fast somebody gets on, metres a second on the level: a little more than running and repeated leaps of a headset; faster ones are put
/// back.
pub const PACE_M_S: f32 = 9.0;
/// How far somebody gets at once, metres: a leap of a headset, and what is told late.
pub const LEAP_M: f32 = 16.0;
/// Ticks between two times that somebody is put back (1 s): whoever goes on against a wall is not worth a fact each time.
pub const BACK_TICKS: u64 = 20;

/// How far somebody may go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    left_m: f32,
    tick: u64,
    /// Where they were last without a wall between there and the place before: what goes on from there is looked at, however small
    /// its steps.
    clear: Option<Place>,
    /// When they were put back last.
    back_tick: Option<u64>,
}

impl Default for Course {
    fn default() -> Self {
        Self { left_m: LEAP_M, tick: 0, clear: None, back_tick: None }
    }
}

impl Course {
    /// Where they go on from; `here` where that is not known yet.
    pub fn from(&mut self, here: Place) -> Place {
        *self.clear.get_or_insert(here)
    }

    /// Whether they may get so far now.
    pub fn has_left(&mut self, metres: f32, tick: u64) -> bool {
        let passed_s = tick.saturating_sub(self.tick) as f32 * TICK_MS as f32 / 1_000.0;
        (self.left_m, self.tick) = ((self.left_m + passed_s * PACE_M_S).min(LEAP_M), tick);
        metres <= self.left_m
    }

    /// They went so far.
    pub fn went(&mut self, metres: f32) {
        self.left_m -= metres;
    }

    /// They were put somewhere, or nothing is between there and here: they go on from there.
    pub fn begin_at(&mut self, head: Place) {
        self.clear = Some(head);
    }

    /// Where they are put back to, once in a while; in between what they say does not count.
    pub fn back(&mut self, tick: u64) -> Option<Place> {
        if self.back_tick.is_some_and(|back| tick < back + BACK_TICKS) {
            return None;
        }
        self.back_tick = Some(tick);
        self.clear
    }
}

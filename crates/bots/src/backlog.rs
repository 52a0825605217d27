//! How old the frames are that a slow reader finds after a pause. Owns the counting; knows no socket.

use crate::histogram::Histogram;
use crate::limits::FRESH_MS;
use thexr_wire::limits::TICK_MS;

/// What was found after all pauses.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Age of each frame after a pause up to the first fresh one, milliseconds.
    pub stale: Histogram,
    /// From reading on to the first fresh frame, milliseconds.
    pub catch_up: Histogram,
    /// Frames before the first fresh one, all pauses.
    pub stale_frames: u64,
    /// The most of them after one pause.
    pub stale_frames_max: u64,
}

impl Found {
    /// Adds another reader's.
    pub fn take(&mut self, mut other: Self) {
        self.stale.take(&mut other.stale);
        self.catch_up.take(&mut other.catch_up);
        self.stale_frames += other.stale_frames;
        self.stale_frames_max = self.stale_frames_max.max(other.stale_frames_max);
    }
}

/// One reader's frames.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    catching_up: Option<CatchingUp>,
    found: Found,
}

#[derive(Debug)]
struct CatchingUp {
    since_ms: f64,
    stale_frames: u64,
}

impl Backlog {
    /// A pause is over.
    pub fn reads_on(&mut self, now_ms: f64) {
        self.catching_up = Some(CatchingUp { since_ms: now_ms, stale_frames: 0 });
    }

    /// The connection is gone, and what waited in it.
    pub fn lost(&mut self) {
        self.catching_up = None;
    }

    /// A frame of this tick (low 32 bits) arrived at `room_ms` of the room's clock, `now_ms` of the reader's.
    pub fn frame(&mut self, tick: u32, room_ms: f64, now_ms: f64) {
        let Some(catching_up) = &mut self.catching_up else { return };
        let ticks = (room_ms / TICK_MS as f64).max(0.0);
        let whole = ticks as u64;
        let behind = f64::from((whole as u32).wrapping_sub(tick) as i32);
        let stale_ms = (behind + ticks - whole as f64) * TICK_MS as f64;
        self.found.stale.add(stale_ms as f32);
        if stale_ms > FRESH_MS {
            catching_up.stale_frames += 1;
            return;
        }
        self.found.catch_up.add((now_ms - catching_up.since_ms) as f32);
        self.found.stale_frames += catching_up.stale_frames;
        self.found.stale_frames_max = self.found.stale_frames_max.max(catching_up.stale_frames);
        self.catching_up = None;
    }

    /// What was found.
    pub fn into_found(self) -> Found {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_frames_after_a_pause_count_up_to_the_first_fresh_one() {
        let mut backlog = Backlog::default();
        backlog.frame(100, 5_010.0, 1.0);
        backlog.reads_on(2_000.0);
        backlog.frame(120, 9_010.0, 2_001.0);
        backlog.frame(121, 9_011.0, 2_002.0);
        backlog.frame(180, 9_030.0, 2_021.0);
        backlog.frame(181, 9_080.0, 2_071.0);
        let found = backlog.into_found();
        assert_eq!((found.stale.count(), found.stale_frames, found.stale_frames_max), (3, 2, 2));
        assert_eq!(found.stale.percentiles().max, 3_010.0);
        assert_eq!((found.catch_up.count(), found.catch_up.percentiles().max), (1, 21.0));
    }

    #[test]
    fn ticks_are_compared_by_their_low_32_bits() {
        let mut backlog = Backlog::default();
        backlog.reads_on(0.0);
        let room_ms = (u64::from(u32::MAX) + 5) as f64 * 50.0;
        backlog.frame(u32::MAX - 15, room_ms, 0.0);
        assert_eq!(backlog.into_found().stale.percentiles().max, 1_000.0);
    }

    #[test]
    fn what_waited_in_a_lost_connection_does_not_count() {
        let mut backlog = Backlog::default();
        backlog.reads_on(0.0);
        backlog.lost();
        backlog.frame(1, 9_000.0, 1.0);
        assert_eq!(backlog.into_found().stale.count(), 0);
    }

    #[test]
    fn readers_add_up() {
        let one = |stale_frames| Found { stale_frames, stale_frames_max: stale_frames, ..Found::default() };
        let mut all = one(3);
        all.take(one(5));
        assert_eq!((all.stale_frames, all.stale_frames_max), (8, 5));
    }
}

//! The room's own time. It goes on by ticks, whatever becomes of the wall clock.

use thexr_wire::limits::TICK_MS;

/// A moment of the room: ticks count 50 ms each and never repeat, time never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Number of the tick; after a restart it goes on from the stored one.
    pub tick: u64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

/// Of the time that passes, this part may be added or left out to come nearer to the wall clock.
const CORRECTION_PART: i64 = 10;

/// Follows the wall clock slowly, so that what is due comes due however it is set.
#[derive(Debug)]
pub(crate) struct RoomTime {
    now: Now,
    begun: bool,
}

impl RoomTime {
    /// Time as it was when the room was stored.
    pub fn stored(now: Now) -> Self {
        Self { now, begun: false }
    }

    /// The next tick, with what the wall clock says.
    pub fn advance(&mut self, wall: Now) -> Now {
        let tick = wall.tick.max(self.now.tick + 1);
        let at_ms = if self.begun {
            let elapsed_ms = i64::try_from((tick - self.now.tick) * TICK_MS).unwrap_or(i64::MAX);
            let most_ms = elapsed_ms / CORRECTION_PART;
            let expected_ms = self.now.at_ms.saturating_add(elapsed_ms);
            expected_ms.saturating_add(wall.at_ms.saturating_sub(expected_ms).clamp(-most_ms, most_ms))
        } else {
            // While nobody was here the wall clock alone counted.
            wall.at_ms.max(self.now.at_ms)
        };
        self.begun = true;
        self.now = Now { tick, at_ms };
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: i64 = 1_700_000_000_000;
    const HOUR_MS: i64 = 3_600_000;

    /// Room time after each of so many ticks, while the wall clock is `offset_ms` off from the tenth on.
    fn times(stored_ms: i64, offset_ms: i64, ticks: u64) -> Vec<i64> {
        let mut time = RoomTime::stored(Now { tick: 7, at_ms: stored_ms });
        let wall = |n: u64| START_MS + n as i64 * 50 + if n < 10 { 0 } else { offset_ms };
        (0..ticks).map(|n| time.advance(Now { tick: 8 + n, at_ms: wall(n) }).at_ms).collect()
    }

    #[test]
    fn a_good_wall_clock_is_followed_to_the_millisecond() {
        let expected: Vec<i64> = (0..100).map(|n| START_MS + n * 50).collect();
        assert_eq!(times(0, 0, 100), expected);
    }

    #[test]
    fn time_goes_on_at_nearly_its_pace_wherever_the_wall_clock_is_set() {
        for offset_ms in
            [-400 * 24 * HOUR_MS, -5 * HOUR_MS, -40, 40, 5 * HOUR_MS, 400 * 24 * HOUR_MS, i64::MAX / 2]
        {
            let times = times(START_MS, offset_ms, 2_000);
            assert!(times.windows(2).all(|pair| (45..=55).contains(&(pair[1] - pair[0]))), "{offset_ms}");
        }
    }

    #[test]
    fn a_small_error_is_corrected_within_ten_times_as_long() {
        for offset_ms in [-1_000, 1_000] {
            assert_eq!(times(START_MS, offset_ms, 500)[499], START_MS + 499 * 50 + offset_ms);
        }
    }

    #[test]
    fn a_room_that_was_stored_in_the_future_goes_on_from_there() {
        let ahead_ms = START_MS + 400 * 24 * HOUR_MS;
        let times = times(ahead_ms, 0, 1_000);
        assert_eq!(times[0], ahead_ms);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 45));
    }

    #[test]
    fn skipped_ticks_count_and_a_tick_that_comes_twice_is_the_next_one() {
        let mut time = RoomTime::stored(Now::default());
        time.advance(Now { tick: 1, at_ms: START_MS });
        assert_eq!(
            time.advance(Now { tick: 21, at_ms: START_MS + 1_000 }),
            Now { tick: 21, at_ms: START_MS + 1_000 }
        );
        assert_eq!(time.advance(Now { tick: 3, at_ms: START_MS }), Now { tick: 22, at_ms: START_MS + 1_045 });
    }
}

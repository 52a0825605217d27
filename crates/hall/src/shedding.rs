//! When a room tells less, because the server has more to do than it can: watches how late motion goes out. Knows no room.
//!
//! ```text
//!   level ──late for half a second──▶ level + 1        level ──in time for five seconds──▶ level - 1
//! ```

use thexr_room::SHED_MAX;

/// Share of the receivers that may be late in a tick, as one in so many.
const LATE_ONE_IN: usize = 10;
/// Late ticks in a row before more is shed (0.5 s).
const LATE_TICKS: u32 = 10;
/// Ticks in time in a row before less is shed (5 s).
const IN_TIME_TICKS: u32 = 100;

/// How much is shed, and how it came to that.
#[derive(Debug, Default)]
pub struct Shedding {
    level: u8,
    late: u32,
    in_time: u32,
}

impl Shedding {
    /// Takes a tick: how many receivers there are, how many got their motion late, whether the tick itself overran.
    pub fn tick(&mut self, receivers: usize, late: usize, overran: bool) {
        if overran || late * LATE_ONE_IN > receivers {
            self.late += 1;
            self.in_time = 0;
        } else {
            self.late = 0;
            self.in_time += u32::from(late == 0);
        }
        if self.late >= LATE_TICKS {
            (self.level, self.late) = ((self.level + 1).min(SHED_MAX), 0);
        }
        if self.in_time >= IN_TIME_TICKS {
            (self.level, self.in_time) = (self.level.saturating_sub(1), 0);
        }
    }

    /// How much is shed, 0 for nothing.
    pub fn level(&self) -> u8 {
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(shedding: &mut Shedding, count: u32, late: usize) {
        (0..count).for_each(|_| shedding.tick(100, late, false));
    }

    #[test]
    fn a_moment_of_lateness_sheds_nothing() {
        let mut shedding = Shedding::default();
        for _ in 0..20 {
            ticks(&mut shedding, LATE_TICKS - 1, 100);
            ticks(&mut shedding, 1, 0);
        }
        assert_eq!(shedding.level(), 0);
    }

    #[test]
    fn lasting_lateness_sheds_more_and_more_and_no_more_than_there_is() {
        let mut shedding = Shedding::default();
        ticks(&mut shedding, 3 * LATE_TICKS, 11);
        assert_eq!(shedding.level(), 3);
        (0..1_000).for_each(|_| shedding.tick(100, 0, true));
        assert_eq!(shedding.level(), SHED_MAX);
    }

    #[test]
    fn it_comes_back_step_by_step_and_slowly() {
        let mut shedding = Shedding::default();
        ticks(&mut shedding, 2 * LATE_TICKS, 50);
        ticks(&mut shedding, IN_TIME_TICKS, 0);
        assert_eq!(shedding.level(), 1);
        ticks(&mut shedding, 10 * IN_TIME_TICKS, 3);
        assert_eq!(shedding.level(), 1, "a few late ones: neither more nor less");
        ticks(&mut shedding, IN_TIME_TICKS, 0);
        assert_eq!(shedding.level(), 0);
    }
}

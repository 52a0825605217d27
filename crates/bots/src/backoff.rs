//! How long a bot waits before it connects again: full jitter, so that a crowd does not return in step.
//!
//! Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Knows no clock.

use crate::limits::{BACKOFF_BASE, BACKOFF_CAP};
use rand::RngExt;
use rand::rngs::SmallRng;
use std::time::Duration;

/// Pauses that grow with failures.
#[derive(Debug)]
pub struct Backoff {
    dice: SmallRng,
    failures: u32,
}

impl Backoff {
    /// Nothing has failed so far.
    pub fn new(dice: SmallRng) -> Self {
        Self { dice, failures: 0 }
    }

    /// The pause before the next attempt: anything from nothing to a bound that doubles with every failure.
    pub fn pause(&mut self) -> Duration {
        let bound = BACKOFF_BASE.saturating_mul(1 << self.failures.min(16)).min(BACKOFF_CAP);
        self.failures += 1;
        bound.mul_f64(self.dice.random_range(0.0..1.0))
    }

    /// The connection works: the next failure is the first.
    pub fn worked(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::{Stream, dice};

    fn pauses(number: u64) -> Vec<Duration> {
        let mut backoff = Backoff::new(dice(1, number, Stream::Backoff));
        (0..40).map(|_| backoff.pause()).collect()
    }

    #[test]
    fn pauses_stay_below_a_bound_that_doubles_up_to_the_cap() {
        for number in 0..200 {
            for (failures, pause) in pauses(number).into_iter().enumerate() {
                assert!(
                    pause <= BACKOFF_CAP.min(BACKOFF_BASE * (1 << failures.min(10))),
                    "{failures} {pause:?}"
                );
            }
        }
    }

    #[test]
    fn a_crowd_that_is_cut_at_once_returns_spread_over_the_whole_second() {
        let mut tenths = [0; 10];
        for number in 0..1_000 {
            tenths[(pauses(number)[0].as_secs_f64() * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|bots| (50..150).contains(bots)), "{tenths:?}");
        assert_eq!(pauses(7), pauses(7));
    }

    #[test]
    fn after_a_connection_that_worked_the_bound_is_the_first_again() {
        let mut backoff = Backoff::new(dice(1, 1, Stream::Backoff));
        for _ in 0..100 {
            assert!(backoff.pause() <= BACKOFF_BASE);
            backoff.worked();
        }
    }
}

//! Ages in steps of a millisecond, counted by all clients at once: cheap to add to, exact enough for percentiles.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// Steps; whatever is older counts in the last one.
const STEPS: usize = 10_000;

/// How often each age was seen.
#[derive(Debug)]
pub(crate) struct Histogram {
    counts: Vec<AtomicU64>,
    max_us: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: (0..STEPS).map(|_| AtomicU64::new(0)).collect(), max_us: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// Counts one age.
    pub(crate) fn add(&self, age_ms: f64) {
        self.counts[(age_ms as usize).min(STEPS - 1)].fetch_add(1, Ordering::Relaxed);
        self.max_us.fetch_max((age_ms * 1_000.0) as u64, Ordering::Relaxed);
    }

    /// `{count, p50, p95, p99, max}` in milliseconds; `null` when nothing was counted.
    pub(crate) fn report(&self) -> Value {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let (count, max_ms) = (counts.iter().sum(), self.max_us.load(Ordering::Relaxed) as f64 / 1_000.0);
        if count == 0 {
            return Value::Null;
        }
        let share = |share| at_most(&counts, rank(count, share)).min(max_ms);
        json!({"count": count, "p50": share(0.5), "p95": share(0.95), "p99": share(0.99), "max": max_ms})
    }
}

/// How many of `count` ages make this share, at least one.
fn rank(count: u64, share: f64) -> u64 {
    ((count as f64 * share).ceil() as u64).max(1)
}

/// The smallest whole millisecond that `rank` ages do not exceed.
fn at_most(counts: &[u64], rank: u64) -> f64 {
    let mut seen = 0;
    let step = counts.iter().position(|count| {
        seen += count;
        seen >= rank
    });
    step.map_or(STEPS as f64, |step| step as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_everything_counted() {
        let histogram = Histogram::default();
        (0..100).for_each(|age| histogram.add(f64::from(age) + 0.5));
        let report = histogram.report();
        assert_eq!((report["count"].as_u64(), report["p50"].as_f64()), (Some(100), Some(50.0)));
        assert_eq!((report["p99"].as_f64(), report["max"].as_f64()), (Some(99.0), Some(99.5)));
    }

    #[test]
    fn nothing_counted_is_null_and_the_very_old_have_a_place() {
        let histogram = Histogram::default();
        assert!(histogram.report().is_null());
        histogram.add(1e9);
        assert_eq!(histogram.report()["p50"].as_f64(), Some(10_000.0));
    }
}

//! Ages counted in buckets: 1 ms up to 1 s, 10 ms up to 10 s. Owns counting; knows not what is counted.

use crate::report::{Counted, Percentiles};

const FINE: usize = 1_000;
const COARSE: usize = 900;
const COARSE_MS: f32 = 10.0;

/// Counts of milliseconds; adding is cheap, merging is exact, an empty one takes no memory.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    max: f32,
}

impl Histogram {
    /// Counts one age; a negative one (two clocks disagree by that) counts as 0.
    pub fn add(&mut self, age_ms: f32) {
        let age_ms = age_ms.max(0.0);
        let bucket = if age_ms < FINE as f32 {
            age_ms as usize
        } else {
            (FINE + ((age_ms - FINE as f32) / COARSE_MS) as usize).min(FINE + COARSE - 1)
        };
        self.fill();
        self.buckets[bucket] += 1;
        self.count += 1;
        self.max = self.max.max(age_ms);
    }

    /// Adds another's counts and empties it.
    pub fn take(&mut self, other: &mut Self) {
        if other.count == 0 {
            return;
        }
        self.fill();
        for (mine, theirs) in self.buckets.iter_mut().zip(&mut other.buckets) {
            *mine += std::mem::take(theirs);
        }
        self.count += std::mem::take(&mut other.count);
        self.max = self.max.max(std::mem::take(&mut other.max));
    }

    /// How many ages were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Upper edges of the buckets that hold the 50th, 95th and 99th percentile, and the exact maximum.
    pub fn percentiles(&self) -> Percentiles {
        let [p50, p95, p99] = [0.50, 0.95, 0.99].map(|share| self.at(share));
        Percentiles { p50, p95, p99, max: self.max }
    }

    /// The same with how many there were.
    pub fn counted(&self) -> Counted {
        let Percentiles { p50, p95, p99, max } = self.percentiles();
        Counted { count: self.count, p50, p95, p99, max }
    }

    fn fill(&mut self) {
        if self.buckets.is_empty() {
            self.buckets = vec![0; FINE + COARSE];
        }
    }

    fn at(&self, share: f64) -> f32 {
        let wanted = (share * self.count as f64).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.buckets.iter().enumerate() {
            seen += count;
            if *count > 0 && seen >= wanted {
                let edge = match bucket.checked_sub(FINE) {
                    None => bucket as f32 + 1.0,
                    Some(coarse) => FINE as f32 + (coarse as f32 + 1.0) * COARSE_MS,
                };
                return edge.min(self.max);
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_bucket_edges_and_the_maximum_is_exact() {
        let mut histogram = Histogram::default();
        (0..100).for_each(|age| histogram.add(age as f32));
        histogram.add(123_456.5);
        let Percentiles { p50, p95, p99, max } = histogram.percentiles();
        assert_eq!((p50, p95, p99, max), (51.0, 96.0, 100.0, 123_456.5));
    }

    #[test]
    fn merging_empties_the_other() {
        let (mut all, mut one) = (Histogram::default(), Histogram::default());
        one.add(5.0);
        one.add(-3.0);
        all.take(&mut one);
        all.take(&mut one);
        assert_eq!((all.count(), one.count()), (2, 0));
        assert_eq!(all.percentiles().max, 5.0);
    }

    #[test]
    fn nothing_counted_is_zero() {
        assert_eq!(Histogram::default().percentiles(), Percentiles::default());
    }
}

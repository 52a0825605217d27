//! What all bots of a run share: how far it is, live counters, ages by behaviour. Owns no bot and no report.

use crate::histogram::Histogram;
use crate::limits::AGE_SHARDS;
use crate::mix::Behaviour;
use crate::play::Ways;
use crate::report::Percentiles;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thexr_wire::Tier;

/// How far a run is.
///
/// ```text
/// ramp ──everyone is in, or patience ends──▶ measure ──the seconds are over──▶ stop
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Ramp,
    Measure,
    Stop,
}

/// Pose ages of some bots of one behaviour.
#[derive(Debug, Default)]
pub(crate) struct AgeBook {
    /// Near ones since the last progress line.
    pub recent_near: Histogram,
    /// While measuring, by tier.
    pub measured: [Histogram; Tier::ALL.len()],
}

/// Counters of everyone, since the last progress line where not said otherwise.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Bots that got in, of all time.
    pub joined: AtomicUsize,
    /// Bots that did not, of all time.
    pub failed: AtomicUsize,
    /// Poses sent.
    pub poses: AtomicU64,
    /// Records received.
    pub records: AtomicU64,
    /// Payload received, bytes.
    pub down_bytes: AtomicU64,
    /// Ways of the rooms, for those who play.
    pub ways: Arc<Ways>,
    /// By behaviour, each in shards: a bot takes its lock at nearly every message.
    books: Vec<[Mutex<AgeBook>; AGE_SHARDS]>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            joined: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            poses: AtomicU64::new(0),
            records: AtomicU64::new(0),
            down_bytes: AtomicU64::new(0),
            ways: Arc::default(),
            books: Behaviour::ALL.iter().map(|_| Default::default()).collect(),
        }
    }
}

impl Shared {
    /// Where a bot writes its ages.
    pub fn book(&self, behaviour: Behaviour, number: usize) -> MutexGuard<'_, AgeBook> {
        open(&self.books[behaviour as usize][number % AGE_SHARDS])
    }

    /// Near ages since the last call: of steady bots, or of the others when there are no steady ones.
    pub fn recent_near(&self) -> Percentiles {
        let mut steady = Histogram::default();
        let mut others = Histogram::default();
        for behaviour in Behaviour::ALL {
            let all = if behaviour.is_steady() { &mut steady } else { &mut others };
            for book in &self.books[behaviour as usize] {
                all.take(&mut open(book).recent_near);
            }
        }
        if steady.count() > 0 { steady.percentiles() } else { others.percentiles() }
    }

    /// Takes the measured ages of one behaviour, by tier.
    pub fn take_measured(&self, behaviour: Behaviour) -> [Histogram; Tier::ALL.len()] {
        let mut all: [Histogram; Tier::ALL.len()] = Default::default();
        for book in &self.books[behaviour as usize] {
            for (all, one) in all.iter_mut().zip(&mut open(book).measured) {
                all.take(one);
            }
        }
        all
    }
}

/// A bot that panicked while it counted has at worst lost a count.
fn open(book: &Mutex<AgeBook>) -> MutexGuard<'_, AgeBook> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ages_are_the_steady_bots_unless_there_are_none() {
        let shared = Shared::default();
        shared.book(Behaviour::Slow, 1).recent_near.add(900.0);
        assert_eq!(shared.recent_near().max, 900.0);
        shared.book(Behaviour::Slow, 1).recent_near.add(900.0);
        shared.book(Behaviour::Stage, 9).recent_near.add(20.0);
        assert_eq!(shared.recent_near().max, 20.0);
        assert_eq!(shared.recent_near(), Percentiles::default(), "once only");
    }

    #[test]
    fn measured_ages_of_all_shards_come_together_by_tier() {
        let shared = Shared::default();
        for number in 0..20 {
            shared.book(Behaviour::Stroll, number).measured[Tier::C as usize].add(number as f32);
        }
        let ages = shared.take_measured(Behaviour::Stroll);
        assert_eq!(ages.each_ref().map(Histogram::count), [0, 0, 20, 0, 0]);
        assert_eq!(shared.take_measured(Behaviour::Stroll)[2].count(), 0);
    }
}

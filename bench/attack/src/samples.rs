//! Times and counts of one phase: what an honest person felt in it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::phase::Phase;

/// Times of one kind in one phase, milliseconds.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1_000.0);
    }

    /// Middle, 99th of a hundred, worst; nulls when there was nothing.
    pub(crate) fn report(&self) -> Value {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let index = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(index.saturating_sub(1)).map(|time| (time * 10.0).round() / 10.0)
        };
        json!({"count": sorted.len(), "p50": at(0.5), "p99": at(0.99), "max": at(1.0)})
    }
}

/// What was counted, by name.
pub(crate) type Counts = BTreeMap<String, u64>;

/// What one honest person felt in one phase.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Felt {
    pub(crate) ping: Times,
    pub(crate) motion_gap: Times,
    pub(crate) durable: Times,
    pub(crate) join: Times,
    /// Answers that refuse, by reason.
    pub(crate) refused: Counts,
    /// Connections lost, by reason.
    pub(crate) lost: Counts,
    pub(crate) received_bytes: u64,
}

/// Both phases that count.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Diary {
    baseline: Felt,
    attack: Felt,
    /// What happens before and is no measurement.
    settling: Felt,
}

impl Diary {
    /// The page of a phase; what ends with the run belongs to the attack.
    pub(crate) fn page(&mut self, phase: Phase) -> &mut Felt {
        match phase {
            Phase::Settle => &mut self.settling,
            Phase::Baseline => &mut self.baseline,
            Phase::Attack | Phase::End => &mut self.attack,
        }
    }

    /// One kind of entry of both phases.
    pub(crate) fn both(&self, read: impl Fn(&Felt) -> Value) -> Value {
        json!({"baseline": read(&self.baseline), "attack": read(&self.attack)})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_stall_is_the_worst_and_not_the_middle() {
        let mut times = Times::default();
        (1..=200).for_each(|ms| times.add(Duration::from_millis(ms)));
        times.add(Duration::from_secs(9));
        assert_eq!(times.report(), json!({"count": 201, "p50": 101.0, "p99": 199.0, "max": 9000.0}));
        assert_eq!(Times::default().report()["max"], Value::Null);
    }

    #[test]
    fn what_ends_after_the_attack_belongs_to_it() {
        let mut diary = Diary::default();
        for phase in [Phase::Settle, Phase::Baseline, Phase::Attack, Phase::End] {
            diary.page(phase).received_bytes += 1;
        }
        let bytes = diary.both(|felt| felt.received_bytes.into());
        assert_eq!(bytes, json!({"baseline": 1, "attack": 2}));
    }
}

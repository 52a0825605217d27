//! The newest events of a room, for those who resume. Owns the bounds of what is kept.

use crate::log::missed::ResumeFrom;
use crate::outbox::Event;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::Arc;
use thexr_wire::limits::{RESUME_BYTES_MAX, RESUME_OPS_MAX};
use thexr_world::Op;

/// An event, and what all events before it came to.
#[derive(Debug, Clone)]
struct Kept {
    event: Arc<Event>,
    before: Total,
}

/// Ops and bytes of JSON, since the room began; what lies between two events is their difference.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    ops: usize,
    bytes: usize,
}

/// Newest events, at most 10,000 ops and 1 MiB.
#[derive(Debug, Default)]
pub struct Ring {
    events: VecDeque<Kept>,
    total: Total,
    /// Seq of the newest `load`.
    last_load: u64,
}

/// Length of an event's ops and payload as JSON, bytes.
pub fn cost(ops: &[Op], payload: &Value) -> usize {
    json_bytes(ops) + json_bytes(payload)
}

/// Length of a value as JSON, bytes; nothing is written anywhere.
pub fn json_bytes(value: &(impl serde::Serialize + ?Sized)) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value).map_or(usize::MAX / 2, |()| counter.0)
}

impl Ring {
    /// Keeps an event of this [cost] and lets the oldest go.
    pub fn keep(&mut self, event: Arc<Event>, bytes: usize) {
        let before = self.total;
        self.total = Total { ops: before.ops + event.ops.len(), bytes: before.bytes + bytes };
        if event.ops.iter().any(|op| matches!(op, Op::Load { .. })) {
            self.last_load = event.seq;
        }
        self.events.push_back(Kept { event, before });
        while let Some(first) = self.events.front()
            && !is_bearable(self.events.len(), self.since(first))
        {
            self.events.pop_front();
        }
    }

    /// Seq of the oldest event here; one more than the last when there is none.
    pub fn first_seq(&self, last: u64) -> u64 {
        self.events.front().map_or(last + 1, |kept| kept.event.seq)
    }

    /// Bytes of JSON of what was missed up to `last`; `None` when there is a gap, too much of it, or a `load` within.
    pub fn missed_bytes(&self, from: &ResumeFrom, last: u64) -> Option<usize> {
        let first = self.first_seq(last);
        let count = usize::try_from(last.checked_sub(from.seq())?).ok()?;
        if self.last_load > from.seq() {
            return None;
        }
        let (older_ops, older_bytes) = from.until(first)?;
        let at = usize::try_from((from.seq() + 1).saturating_sub(first)).ok()?;
        let newer = self.events.get(at).map_or(Total::default(), |kept| self.since(kept));
        let total = Total { ops: older_ops + newer.ops, bytes: older_bytes + newer.bytes };
        is_bearable(count, total).then_some(total.bytes)
    }

    /// All events here, for sharing.
    pub fn shared(&self) -> Arc<[Arc<Event>]> {
        self.events.iter().map(|kept| kept.event.clone()).collect()
    }

    fn since(&self, kept: &Kept) -> Total {
        let Total { ops, bytes } = kept.before;
        Total { ops: self.total.ops - ops, bytes: self.total.bytes - bytes }
    }
}

fn is_bearable(count: usize, total: Total) -> bool {
    count <= RESUME_OPS_MAX && total.ops <= RESUME_OPS_MAX && total.bytes <= RESUME_BYTES_MAX
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::outbox::Actor;
    use serde_json::json;

    pub(crate) fn event(seq: u64, ops: Vec<Op>) -> Arc<Event> {
        Arc::new(Event {
            seq,
            at_ms: 0,
            actor: Actor::Server,
            name: "e".into(),
            payload: json!({}),
            ops,
            hearers: crate::outbox::Hearers::Everyone,
            inverse: None,
            undoes: None,
            command_id: None,
        })
    }

    #[test]
    fn the_tail_and_the_ring_join_without_a_gap() {
        let mut ring = Ring::default();
        (5..8).for_each(|seq| ring.keep(event(seq, vec![]), 4));
        let missed = |seq, tail: std::ops::Range<u64>| {
            ring.missed_bytes(&ResumeFrom::new(seq, tail.map(|seq| event(seq, vec![])).collect()), 7)
        };
        assert_eq!(
            (missed(2, 3..6), missed(7, 0..0), missed(5, 0..0)),
            (Some(2 * 4 + 3 * 4), Some(0), Some(8))
        );
        assert_eq!((missed(2, 0..0), missed(2, 3..4), missed(3, 0..0)), (None, None, None), "4 is missing");
        for seq in [8, u64::MAX - 1, u64::MAX] {
            assert_eq!(missed(seq, 3..6), None, "nobody knows the future");
        }
    }

    #[test]
    fn a_load_in_between_needs_a_snapshot() {
        let mut ring = Ring::default();
        ring.keep(event(1, vec![Op::Load { snapshot: "x".into() }]), 40);
        ring.keep(event(2, vec![]), 4);
        assert_eq!(ring.missed_bytes(&ResumeFrom::new(0, vec![]), 2), None);
        assert_eq!(ring.missed_bytes(&ResumeFrom::new(1, vec![]), 2), Some(4));
    }

    #[test]
    fn too_much_of_it_needs_a_snapshot() {
        let (mut by_bytes, mut by_ops) = (Ring::default(), Ring::default());
        let ops = |count| vec![Op::Pop { entity: "abcde".parse().unwrap(), component: "a".into() }; count];
        for seq in 1..=4 {
            by_bytes.keep(event(seq, vec![]), RESUME_BYTES_MAX / 3);
            by_ops.keep(event(seq, ops(RESUME_OPS_MAX / 3)), 1);
        }
        for ring in [&by_bytes, &by_ops] {
            let missed = [0, 1].map(|seq| ring.missed_bytes(&ResumeFrom::new(seq, vec![]), 4).is_some());
            assert_eq!(missed, [false, true]);
            let tail = ResumeFrom::new(0, vec![event(1, ops(RESUME_OPS_MAX / 3))]);
            assert_eq!(ring.missed_bytes(&tail, 4), None, "the tail counts");
        }
    }

    #[test]
    fn the_ring_is_bounded() {
        let mut ring = Ring::default();
        (1..=RESUME_OPS_MAX as u64 + 50).for_each(|seq| ring.keep(event(seq, vec![]), 4));
        assert_eq!(ring.events.len(), RESUME_OPS_MAX);
    }
}

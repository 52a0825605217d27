//! The newest events of a room, for those who resume. Owns the bounds of what is kept.

use crate::outbox::Event;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::Arc;
use thexr_wire::limits::{RESUME_BYTES_MAX, RESUME_OPS_MAX};
use thexr_world::Op;

/// An event with the length of its ops and payload as JSON.
#[derive(Debug, Clone)]
struct Kept {
    event: Arc<Event>,
    bytes: usize,
}

/// Newest events, at most 10,000 ops and 1 MiB.
#[derive(Debug, Default)]
pub struct Ring {
    events: VecDeque<Kept>,
    ops: usize,
    bytes: usize,
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
        self.ops += event.ops.len();
        self.bytes += bytes;
        self.events.push_back(Kept { event, bytes });
        while self.ops > RESUME_OPS_MAX || self.bytes > RESUME_BYTES_MAX || self.events.len() > RESUME_OPS_MAX
        {
            let Some(old) = self.events.pop_front() else { return };
            self.ops -= old.event.ops.len();
            self.bytes -= old.bytes;
        }
    }

    /// Everything after `seq` up to `last`, from `tail` (older events as stored) and this ring; `None` when there is a
    /// gap, too much of it, or a `load` within.
    pub fn after(&self, seq: u64, last: u64, tail: &[Arc<Event>]) -> Option<Vec<Arc<Event>>> {
        if seq > last {
            return None;
        }
        let ring_first = self.events.front().map_or(last + 1, |kept| kept.event.seq);
        let older = tail.iter().filter(|event| event.seq > seq && event.seq < ring_first).cloned();
        let newer = self.events.iter().map(|kept| kept.event.clone()).filter(|event| event.seq > seq);
        let events: Vec<Arc<Event>> = older.chain(newer).collect();
        let contiguous = events.iter().zip(seq + 1..).all(|(event, expected)| event.seq == expected);
        let whole = seq.checked_add(events.len() as u64) == Some(last);
        let ops: usize = events.iter().map(|event| event.ops.len()).sum();
        let bytes: usize = events.iter().map(|event| cost(&event.ops, &event.payload)).sum();
        let loads = events.iter().flat_map(|event| &event.ops).any(|op| matches!(op, Op::Load { .. }));
        let bearable = ops <= RESUME_OPS_MAX && events.len() <= RESUME_OPS_MAX && bytes <= RESUME_BYTES_MAX;
        (contiguous && whole && bearable && !loads).then_some(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Actor;
    use serde_json::json;

    fn event(seq: u64, ops: Vec<Op>) -> Arc<Event> {
        Arc::new(Event {
            seq,
            at_ms: 0,
            actor: Actor::Server,
            name: "e".into(),
            payload: json!({}),
            ops,
            inverse: None,
            undoes: None,
            command_id: None,
        })
    }

    fn seqs(events: Option<Vec<Arc<Event>>>) -> Option<Vec<u64>> {
        events.map(|events| events.iter().map(|event| event.seq).collect())
    }

    #[test]
    fn the_tail_and_the_ring_join_without_a_gap() {
        let mut ring = Ring::default();
        (5..8).for_each(|seq| ring.keep(event(seq, vec![]), 4));
        let tail: Vec<_> = (3..6).map(|seq| event(seq, vec![])).collect();
        assert_eq!(seqs(ring.after(2, 7, &tail)), Some(vec![3, 4, 5, 6, 7]));
        assert_eq!(seqs(ring.after(7, 7, &[])), Some(vec![]));
        assert_eq!(seqs(ring.after(2, 7, &[])), None, "3 and 4 are missing");
        for seq in [8, u64::MAX] {
            assert_eq!(seqs(ring.after(seq, 7, &tail)), None, "nobody knows the future");
        }
    }

    #[test]
    fn a_load_in_between_needs_a_snapshot() {
        let mut ring = Ring::default();
        ring.keep(event(1, vec![Op::Load { snapshot: "x".into() }]), 40);
        assert_eq!(seqs(ring.after(0, 1, &[])), None);
    }

    #[test]
    fn the_ring_is_bounded() {
        let mut ring = Ring::default();
        (1..=RESUME_OPS_MAX as u64 + 50).for_each(|seq| ring.keep(event(seq, vec![]), 4));
        assert_eq!(ring.events.len(), RESUME_OPS_MAX);
    }
}

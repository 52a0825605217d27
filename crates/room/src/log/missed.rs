//! Missed history of someone who takes up an earlier connection, measured before it comes to the room.

use crate::log::ring::cost;
use crate::outbox::Event;
use std::sync::Arc;
use thexr_wire::limits::{RESUME_BYTES_MAX, RESUME_OPS_MAX};
use thexr_world::Op;

/// What a node of an event costs in memory beside its text, bytes.
const NODE_BYTES: usize = 100;

/// A stored event with what lies between the start of its tail and its end.
#[derive(Debug, Clone, PartialEq)]
struct Stored {
    event: Arc<Event>,
    ops: usize,
    bytes: usize,
    memory: usize,
}

/// Missed history of someone who resumes.
#[derive(Debug, Clone, PartialEq)]
pub struct ResumeFrom {
    seq: u64,
    /// Without a gap from `seq` on.
    tail: Vec<Stored>,
}

impl ResumeFrom {
    /// The last seq the client applied, and the stored events after it as far as the store had them. Measures the events:
    /// call it outside the room's tick.
    pub fn new(seq: u64, tail: Vec<Arc<Event>>) -> Self {
        let mut kept = Self { seq, tail: Vec::with_capacity(tail.len()) };
        let (mut ops, mut bytes, mut memory) = (0, 0, 0);
        for event in tail.into_iter().skip_while(|event| event.seq <= seq) {
            let expected = seq.checked_add(kept.tail.len() as u64 + 1);
            let loads = event.ops.iter().any(|op| matches!(op, Op::Load { .. }));
            ops += event.ops.len();
            bytes += cost(&event.ops, &event.payload);
            memory += memory_of(&event);
            if expected != Some(event.seq) || loads || ops > RESUME_OPS_MAX || bytes > RESUME_BYTES_MAX {
                break;
            }
            kept.tail.push(Stored { event, ops, bytes, memory });
        }
        kept
    }

    /// The last seq the client applied.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Lets go of everything from `seq` on.
    pub(crate) fn forget_from(&mut self, seq: u64) {
        self.tail.truncate(self.tail.partition_point(|stored| stored.event.seq < seq));
    }

    /// Ops and bytes of everything before `seq`; `None` when there is a gap.
    pub(crate) fn until(&self, seq: u64) -> Option<(usize, usize)> {
        let count = usize::try_from(seq.saturating_sub(self.seq).saturating_sub(1)).ok()?;
        match count.checked_sub(1) {
            None => Some((0, 0)),
            Some(last) => self.tail.get(last).map(|stored| (stored.ops, stored.bytes)),
        }
    }

    /// The events themselves.
    pub(crate) fn into_events(self) -> impl Iterator<Item = Arc<Event>> {
        self.tail.into_iter().map(|stored| stored.event)
    }

    /// What the tail costs in memory, bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.tail.last().map_or(0, |last| last.memory)
    }
}

/// About what an event takes in memory: every node begins with a bracket or follows a comma.
fn memory_of(event: &Event) -> usize {
    let text = serde_json::to_string(&(&event.ops, &event.payload)).unwrap_or_default();
    let nodes = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    size_of::<Stored>() + size_of::<Event>() + text.len() + nodes * NODE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::ring::tests::event;

    fn tail(seqs: impl IntoIterator<Item = u64>) -> Vec<Arc<Event>> {
        seqs.into_iter().map(|seq| event(seq, vec![])).collect()
    }

    fn reaches(from: &ResumeFrom) -> u64 {
        (from.seq() + 1..).take_while(|seq| from.until(seq + 1).is_some()).last().unwrap_or(from.seq())
    }

    #[test]
    fn a_tail_reaches_as_far_as_it_has_no_gap_and_no_load() {
        assert_eq!(reaches(&ResumeFrom::new(4, tail(5..9))), 8);
        assert_eq!(reaches(&ResumeFrom::new(4, tail(1..9))), 8, "what was applied already is not missed");
        assert_eq!(reaches(&ResumeFrom::new(4, tail([5, 6, 8, 9]))), 6);
        assert_eq!(reaches(&ResumeFrom::new(4, tail([6, 7]))), 4);
        assert_eq!(ResumeFrom::new(u64::MAX, tail(1..9)).into_events().count(), 0);
        let mut with_load = tail(5..9);
        with_load[2] = event(7, vec![Op::Load { snapshot: "x".into() }]);
        assert_eq!(reaches(&ResumeFrom::new(4, with_load)), 6);
    }

    #[test]
    fn what_others_remember_is_let_go_of() {
        let mut from = ResumeFrom::new(4, tail(5..9));
        from.forget_from(7);
        assert_eq!((reaches(&from), from.into_events().count()), (6, 2));
    }

    #[test]
    fn what_a_tail_costs_grows_with_its_nodes_and_not_only_with_its_text() {
        let cost = |payload: serde_json::Value| {
            let event = Arc::new(Event { payload, ..Event::clone(&event(5, vec![])) });
            ResumeFrom::new(4, vec![event]).bytes()
        };
        let (text, nodes) =
            (cost(serde_json::json!("x".repeat(60_000))), cost(serde_json::json!(vec![0; 30_000])));
        assert!(text < 70_000 && nodes > 2_000_000, "{text} {nodes}");
    }
}

//! What waits for the disk, and in which order it goes.
//!
//! Sans-IO: knows no store, no task and no clock. Two places: `ready` goes into the next group; `parked` waits for a
//! retry, by room. A room that has something parked gets everything new parked behind it, so its order is kept while
//! all other rooms go on.

use crate::limits::{GROUP_BYTES_MAX, GROUP_EVENTS_MAX};
use crate::{Outcome, RoomBatch};
use std::collections::{BTreeMap, VecDeque};
use thexr_wire::RoomId;
use tokio::sync::oneshot;

/// A batch that is not decided yet.
pub(super) struct Waiting {
    pub batch: RoomBatch,
    pub ticket: Ticket,
}

/// What the writer remembers of a batch beside its contents.
pub(super) struct Ticket {
    pub bytes: usize,
    /// Its COMMIT was lost: it may be in the journal already.
    pub in_doubt: bool,
    reply: oneshot::Sender<Outcome>,
}

impl Waiting {
    pub fn new(batch: RoomBatch, reply: oneshot::Sender<Outcome>) -> Self {
        let ticket = Ticket { bytes: batch.bytes(), in_doubt: false, reply };
        Self { batch, ticket }
    }
}

impl Ticket {
    /// Tells the outcome; a room that is gone does not hear it, and need not.
    pub fn reply(self, outcome: Outcome) {
        let _ = self.reply.send(outcome);
    }
}

#[derive(Default)]
pub(super) struct Queue {
    ready: VecDeque<Waiting>,
    parked: BTreeMap<RoomId, VecDeque<Waiting>>,
}

impl Queue {
    /// Adds a new batch behind everything of its room.
    pub fn push(&mut self, waiting: Waiting) {
        match self.parked.get_mut(&waiting.batch.room) {
            Some(behind) => behind.push_back(waiting),
            None => self.ready.push_back(waiting),
        }
    }

    /// Takes the next group, oldest first, as large as the limits allow and at least one batch if any is ready.
    pub fn take_group(&mut self) -> Vec<Waiting> {
        let (mut group, mut events, mut bytes) = (Vec::new(), 0, 0);
        while let Some(next) = self.ready.front() {
            events += next.batch.events.len();
            bytes += next.ticket.bytes;
            if !group.is_empty() && (events > GROUP_EVENTS_MAX || bytes > GROUP_BYTES_MAX) {
                break;
            }
            group.extend(self.ready.pop_front());
        }
        group
    }

    /// Puts batches of a group aside for a retry, in their order, and everything ready of their rooms behind them.
    pub fn park(&mut self, group: impl IntoIterator<Item = Waiting>) {
        for waiting in group {
            self.parked.entry(waiting.batch.room.clone()).or_default().push_back(waiting);
        }
        for waiting in std::mem::take(&mut self.ready) {
            self.push(waiting);
        }
    }

    /// Makes everything parked ready again; no room has anything ready that this could overtake or fall behind.
    pub fn unpark(&mut self) {
        self.ready.extend(std::mem::take(&mut self.parked).into_values().flatten());
    }

    pub fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    pub fn has_parked(&self) -> bool {
        !self.parked.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.parked.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventRow;

    fn waiting(room: &str, tick: u64) -> Waiting {
        let room = RoomId::parse(room).unwrap();
        Waiting::new(RoomBatch::new(room, 1, tick), oneshot::channel().0)
    }

    fn with_events(tick: u64, count: usize) -> Waiting {
        let event = EventRow {
            seq: 1,
            at_ms: 0,
            actor: "server".into(),
            name: "entity_created".into(),
            payload: "{}".into(),
            ops: "[]".into(),
            hearers: None,
            inverse: None,
            undoes: None,
            command_id: None,
        };
        let mut waiting = waiting("rooma", tick);
        waiting.batch.events = vec![event; count];
        waiting
    }

    fn ticks(group: &[Waiting]) -> Vec<u64> {
        group.iter().map(|waiting| waiting.batch.tick).collect()
    }

    #[test]
    fn everything_ready_goes_into_one_group_in_order() {
        let mut queue = Queue::default();
        queue.push(waiting("rooma", 1));
        queue.push(waiting("roomb", 2));
        queue.push(waiting("rooma", 3));
        assert_eq!(ticks(&queue.take_group()), [1, 2, 3]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_group_ends_before_it_has_too_many_events() {
        let mut queue = Queue::default();
        queue.push(with_events(1, GROUP_EVENTS_MAX));
        queue.push(with_events(2, 1));
        assert_eq!(ticks(&queue.take_group()), [1]);
        assert_eq!(ticks(&queue.take_group()), [2]);
    }

    #[test]
    fn a_batch_larger_than_a_group_goes_alone() {
        let mut queue = Queue::default();
        queue.push(with_events(1, GROUP_EVENTS_MAX + 1));
        queue.push(with_events(2, 1));
        assert_eq!(ticks(&queue.take_group()), [1]);
    }

    #[test]
    fn new_batches_of_a_parked_room_wait_behind_it_and_other_rooms_do_not() {
        let mut queue = Queue::default();
        queue.park([waiting("rooma", 1)]);
        queue.push(waiting("rooma", 2));
        queue.push(waiting("roomb", 3));
        assert_eq!(ticks(&queue.take_group()), [3]);
        queue.push(waiting("rooma", 4));
        queue.unpark();
        assert_eq!(ticks(&queue.take_group()), [1, 2, 4]);
    }

    #[test]
    fn what_was_ready_of_a_room_is_parked_behind_the_batch_that_failed() {
        let mut queue = Queue::default();
        queue.push(waiting("rooma", 2));
        queue.push(waiting("roomb", 3));
        queue.park([waiting("rooma", 1)]);
        assert_eq!(ticks(&queue.take_group()), [3]);
        queue.unpark();
        assert_eq!(ticks(&queue.take_group()), [1, 2]);
        assert!(queue.is_empty());
    }
}

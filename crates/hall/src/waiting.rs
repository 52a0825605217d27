//! What a room has to say and must keep to itself until the disk has confirmed it.

use crate::limits::UNRELEASED_BYTES_MAX;
use std::collections::VecDeque;
use thexr_room::{LoadRequest, Message, Ordered, SnapshotOut};
use thexr_wire::PeerId;

/// A message without a payload of its own, roughly.
const MESSAGE_BYTES: usize = 256;

/// What one tick wants to tell and to fetch.
#[derive(Debug)]
pub struct Kept {
    /// Number of the batch that must be durable before.
    batch: u64,
    bytes: usize,
    /// Messages, in order.
    pub messages: Vec<Ordered>,
    /// Stored states that are wanted; the tick's own may be among them.
    pub loads: Vec<LoadRequest>,
    /// States to store, of what is durable then.
    pub states: Vec<SnapshotOut>,
}

/// Ticks that wait for the disk, oldest first.
#[derive(Debug, Default)]
pub struct Waiting {
    ticks: VecDeque<Kept>,
    bytes: usize,
}

impl Waiting {
    /// Keeps a tick's messages and requests until a batch is durable.
    pub fn keep(
        &mut self,
        batch: u64,
        messages: Vec<Ordered>,
        loads: Vec<LoadRequest>,
        states: Vec<SnapshotOut>,
    ) {
        if messages.is_empty() && loads.is_empty() && states.is_empty() {
            return;
        }
        let bytes = messages.iter().map(|ordered| cost(&ordered.message)).sum();
        self.bytes += bytes;
        self.ticks.push_back(Kept { batch, bytes, messages, loads, states });
    }

    /// The oldest tick, if its batch is durable.
    pub fn next(&mut self, confirmed: u64) -> Option<Kept> {
        let kept = self.ticks.pop_front_if(|front| front.batch <= confirmed)?;
        self.bytes -= kept.bytes;
        Some(kept)
    }

    /// What waits, bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.ticks.is_empty()
    }

    /// Whether so much waits that nothing more should be asked of the room.
    pub fn is_full(&self) -> bool {
        self.bytes > UNRELEASED_BYTES_MAX
    }
}

fn cost(message: &Message) -> usize {
    MESSAGE_BYTES
        + match message {
            Message::Reply { response, .. } => response.len(),
            Message::Push { payload, .. } | Message::Shout { payload } => payload.len(),
            Message::ToSome { peers, payload, unheard } => {
                payload.len() + unheard.len() + peers.len() * size_of::<PeerId>()
            }
            // Encoded only when it is told; what it shares is counted at the door.
            Message::Missed(_) | Message::Close => 0,
            // A share of the world, not a copy.
            Message::Joined { .. } | Message::Refused { .. } | Message::State(_) => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_room::To;

    fn push(bytes: usize) -> Ordered {
        let payload = "x".repeat(bytes).into();
        Ordered { seq: 0, to: To::All, message: Message::Push { event: "stoc", payload } }
    }

    #[test]
    fn a_tick_is_kept_until_its_batch_is_durable_and_in_order() {
        let mut waiting = Waiting::default();
        let load = LoadRequest { request: 7, name: "before".into() };
        waiting.keep(1, vec![push(10)], vec![], vec![]);
        waiting.keep(2, vec![], vec![load.clone()], vec![]);
        assert!(waiting.next(0).is_none());
        assert_eq!(waiting.next(1).unwrap().messages.len(), 1);
        assert!(waiting.next(1).is_none(), "the request waits for what was saved before it");
        assert_eq!(waiting.next(2).unwrap().loads, [load]);
        assert_eq!(waiting.bytes(), 0);
    }

    #[test]
    fn what_waits_is_counted_in_bytes() {
        let mut waiting = Waiting::default();
        waiting.keep(1, vec![push(UNRELEASED_BYTES_MAX)], vec![], vec![]);
        assert!(waiting.is_full());
        waiting.next(1).unwrap();
        assert!(!waiting.is_full());
    }
}

//! What a room has to say and must keep to itself until the disk has confirmed it. Knows nothing of sockets.

use crate::limits::UNRELEASED_BYTES_MAX;
use std::collections::VecDeque;
use thexr_room::{LoadRequest, Message, Ordered};

/// A message without a payload of its own, roughly.
const MESSAGE_BYTES: usize = 256;

/// What one tick wants to tell and to fetch.
#[derive(Debug)]
pub struct Kept {
    seq: u64,
    bytes: usize,
    /// Messages, in order.
    pub messages: Vec<Ordered>,
    /// Stored states that are wanted; the tick's own may be among them.
    pub loads: Vec<LoadRequest>,
}

/// Ticks that wait for the disk, oldest first.
#[derive(Debug, Default)]
pub struct Unreleased {
    ticks: VecDeque<Kept>,
    bytes: usize,
}

impl Unreleased {
    /// Keeps a tick's messages and requests until `seq` is durable.
    pub fn keep(&mut self, seq: u64, messages: Vec<Ordered>, loads: Vec<LoadRequest>) {
        if messages.is_empty() && loads.is_empty() {
            return;
        }
        let bytes = messages.iter().map(|ordered| cost(&ordered.message)).sum();
        self.bytes += bytes;
        self.ticks.push_back(Kept { seq, bytes, messages, loads });
    }

    /// The oldest tick, if it is durable.
    pub fn next(&mut self, durable_seq: u64) -> Option<Kept> {
        let kept = self.ticks.pop_front_if(|front| front.seq <= durable_seq)?;
        self.bytes -= kept.bytes;
        Some(kept)
    }

    /// What waits, bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether so much waits that nothing more should be asked of the room.
    pub fn is_full(&self) -> bool {
        self.bytes > UNRELEASED_BYTES_MAX
    }
}

/// Refusals that say nothing about the room's state need not wait for the disk.
pub fn is_refusal(message: &Message) -> bool {
    matches!(message, Message::Refused { at_once: true, .. } | Message::Reply { at_once: true, .. })
}

fn cost(message: &Message) -> usize {
    MESSAGE_BYTES
        + match message {
            Message::Reply { response, .. } => response.len(),
            Message::Push { payload, .. } => payload.len(),
            // A share of the world, not a copy.
            Message::Joined { .. } | Message::Refused { .. } | Message::State(_) => 0,
            Message::Missed(_) | Message::Close => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_room::To;

    fn shout(seq: u64, bytes: usize) -> Ordered {
        let payload = "x".repeat(bytes).into();
        Ordered { seq, to: To::All, message: Message::Push { event: "shout", payload } }
    }

    #[test]
    fn a_tick_is_kept_until_its_seq_is_durable_and_in_order() {
        let mut unreleased = Unreleased::default();
        let load = LoadRequest { request: 7, name: "before".into() };
        unreleased.keep(1, vec![shout(1, 10)], vec![]);
        unreleased.keep(2, vec![], vec![load.clone()]);
        assert!(unreleased.next(0).is_none());
        assert_eq!(unreleased.next(1).unwrap().messages.len(), 1);
        assert!(unreleased.next(1).is_none(), "the request waits for what was saved before it");
        assert_eq!(unreleased.next(2).unwrap().loads, [load]);
        assert_eq!(unreleased.bytes(), 0);
    }

    #[test]
    fn what_waits_is_counted_in_bytes() {
        let mut unreleased = Unreleased::default();
        unreleased.keep(1, vec![shout(1, UNRELEASED_BYTES_MAX)], vec![]);
        assert!(unreleased.is_full());
        unreleased.next(1).unwrap();
        assert!(!unreleased.is_full());
    }
}

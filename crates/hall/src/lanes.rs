//! The ways out to one connection: an ordered lane that never drops, and a latest lane where the newest wins.
//!
//! Rooms and the connection's own channels put things in at one end; the connection's outlet takes them out at the other.
//! Whoever waits at that end leaves a waker; who does not wait needs none.

use crate::End;
use crate::limits::{ORDERED_QUEUE_BYTES, ORDERED_QUEUE_MESSAGES, TRANSIENT_QUEUE_BYTES};
use crate::pose_slot::PoseSlot;
use crate::state::SharedState;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;
use thexr_room::{Message, TickOutput};
use thexr_wire::{PeerId, RoomId};

/// A tick's motion and the last durable seq.
#[derive(Debug, Clone)]
pub struct Motion {
    /// Everyone's motion; each outlet picks what its receiver is told.
    pub output: Arc<TickOutput>,
    /// Last durable seq.
    pub seq: u64,
    /// Counts the ticks that were shown: a gap was passed over.
    pub number: u64,
    /// When the tick was over, the shell's monotonic time: what goes out much later is late.
    pub published: Duration,
}

/// A channel about to join, as its outlet needs it.
#[derive(Debug)]
pub struct Opening {
    /// Its peer id.
    pub peer: PeerId,
    /// As the client sent it; all frames of the channel carry it.
    pub topic: Arc<str>,
    /// The room.
    pub room: RoomId,
    /// `join_ref` as the client sent it.
    pub join_ref: Value,
    /// `ref` of the join.
    pub reference: Value,
    /// The newest pose's slot, for acknowledgements and cameras.
    pub pose: Arc<PoseSlot>,
    /// Counts the room's receivers that got their motion late.
    pub late: Arc<AtomicUsize>,
    /// Set when the room ends the channel.
    pub ended: Arc<AtomicBool>,
    /// The channel of the same topic that this one replaces.
    pub replaces: Option<PeerId>,
}

/// What a connection's channels tell its own outlet.
#[derive(Debug)]
pub enum Note {
    /// A finished text frame.
    Frame(String),
    /// A channel is joining.
    Open(Box<Opening>),
    /// A channel was left: nothing more of it goes out but this frame and its `phx_close`.
    Left {
        /// Peer id of the channel that was left.
        peer: PeerId,
        /// The reply to the leave.
        reply: String,
    },
}

/// One thing on the ordered lane of a connection.
#[derive(Debug)]
pub enum Item {
    /// What a room says to this peer.
    Message(PeerId, Message),
    /// What a room says to many: the frame is the same for all.
    Frame(PeerId, Arc<str>),
    /// The room's state.
    State(PeerId, Arc<SharedState>),
    /// The room's life ended.
    End(PeerId, End),
    /// From the connection's own channels.
    Note(Note),
}

/// What anything that waits counts beside its text, bytes.
const ITEM_BYTES: usize = 64;

impl Item {
    fn bytes(&self) -> usize {
        ITEM_BYTES
            + match self {
                Self::Message(_, Message::Reply { response, .. }) => response.len(),
                Self::Message(_, Message::Push { payload, .. } | Message::Shout { payload }) => payload.len(),
                Self::Frame(_, text) => text.len(),
                Self::Note(Note::Frame(text) | Note::Left { reply: text, .. }) => text.len(),
                // Shared and encoded on the way out: it waits here as a pointer.
                Self::State(..) | Self::Message(..) | Self::End(..) | Self::Note(Note::Open(_)) => 0,
            }
    }
}

#[derive(Debug, Default)]
struct Queues {
    ordered: VecDeque<Item>,
    /// Answers that say nothing of a room's state; they overtake it.
    asides: VecDeque<String>,
    /// Of both.
    bytes: usize,
    /// Channels whose whole state waits, which replaces what they were told of it before.
    states: Vec<PeerId>,
    /// Something did not fit: whatever came after it would be applied over a gap.
    overflowed: bool,
    closed: bool,
    /// Of each of the connection's channels the newest tick only; `None` says that its room is gone.
    motion: Vec<(PeerId, Option<Motion>)>,
    waker: Option<Waker>,
}

impl Queues {
    /// Of a channel's whole states only the newest waits: who reads slowly must not hold all that ever were.
    fn replace_states(&mut self, item: &Item) {
        let Item::State(peer, state) = item else { return };
        if !state.is_replaceable() {
            return;
        }
        if self.states.contains(peer) {
            let older =
                |item: &Item| matches!(item, Item::State(of, state) if of == peer && state.is_replaceable());
            let (before, queue) = (self.ordered.len(), &mut self.ordered);
            queue.retain(|item| !older(item));
            self.bytes -= (before - self.ordered.len()) * ITEM_BYTES;
        } else {
            self.states.push(*peer);
        }
    }

    /// Counts something that is about to be queued; `false`: it does not fit, and nothing may follow.
    fn make_room(&mut self, bytes: usize) -> bool {
        let messages = self.ordered.len() + self.asides.len();
        self.overflowed = self.bytes + bytes > ORDERED_QUEUE_BYTES || messages >= ORDERED_QUEUE_MESSAGES;
        if !self.overflowed {
            self.bytes += bytes;
        }
        !self.overflowed
    }
}

/// What an aside counts, bytes.
fn aside_bytes(text: &str) -> usize {
    ITEM_BYTES + text.len()
}

/// Both lanes of one connection, bounded in messages and bytes; clones are the same lanes.
#[derive(Debug, Clone, Default)]
pub struct Lanes(Arc<Mutex<Queues>>);

impl Lanes {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues on the ordered lane; an overflow ends the connection, and nothing follows what did not fit.
    pub fn put(&self, item: Item) {
        let mut queues = self.lock();
        if queues.overflowed || queues.closed {
            return;
        }
        if queues.make_room(item.bytes()) {
            queues.replace_states(&item);
            queues.ordered.push_back(item);
        }
        wake(queues);
    }

    /// Whether a whole state of this channel waits: the rest of an older one need not go out.
    pub(crate) fn replaces_state_of(&self, peer: PeerId) -> bool {
        self.lock().states.contains(&peer)
    }

    /// Queues the answer to a question about the line itself: it goes out before everything else, or its round trip would
    /// tell how much waits. Counts and overflows as the ordered lane does.
    pub fn put_aside(&self, text: String) {
        let mut queues = self.lock();
        if queues.overflowed || queues.closed {
            return;
        }
        if queues.make_room(aside_bytes(&text)) {
            queues.asides.push_back(text);
        }
        wake(queues);
    }

    /// Queues something transient, unless much waits already: it is in order among its like and may be missing.
    pub fn put_transient(&self, item: Item) {
        if self.lock().bytes + item.bytes() <= TRANSIENT_QUEUE_BYTES {
            self.put(item);
        }
    }

    /// Replaces the motion that waits for a channel; `None` says that its room is gone.
    pub fn show(&self, peer: PeerId, motion: Option<Motion>) {
        let mut queues = self.lock();
        match queues.motion.iter_mut().find(|(waiting, _)| *waiting == peer) {
            Some((_, waiting)) => *waiting = motion,
            None => queues.motion.push((peer, motion)),
        }
        wake(queues);
    }

    /// Has a task woken by whatever arrives from now on, an overflow included: look after calling this.
    pub fn listen(&self, waker: &Waker) {
        let mut queues = self.lock();
        if !queues.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            queues.waker = Some(waker.clone());
        }
    }

    /// Something did not fit: the connection must end.
    pub fn has_overflowed(&self) -> bool {
        self.lock().overflowed
    }

    /// Nothing more is taken.
    pub fn close(&self) {
        self.lock().closed = true;
    }

    /// The next item of the ordered lane.
    pub fn next_ordered(&self) -> Option<Item> {
        let mut queues = self.lock();
        let item = queues.ordered.pop_front()?;
        queues.bytes -= item.bytes();
        if let Item::State(peer, state) = &item
            && state.is_replaceable()
        {
            queues.states.retain(|waiting| waiting != peer);
        }
        Some(item)
    }

    /// The next answer that overtakes the ordered lane.
    pub fn next_aside(&self) -> Option<String> {
        let mut queues = self.lock();
        let text = queues.asides.pop_front()?;
        queues.bytes -= aside_bytes(&text);
        Some(text)
    }

    /// The next channel that has motion, and its newest tick.
    pub fn next_motion(&self) -> Option<(PeerId, Option<Motion>)> {
        self.lock().motion.pop()
    }

    /// The next of some channels that has motion of a room that is there, and its newest tick.
    pub fn next_motion_of(&self, wanted: impl Fn(PeerId) -> bool) -> Option<(PeerId, Motion)> {
        let mut queues = self.lock();
        let at = queues.motion.iter().position(|(peer, motion)| motion.is_some() && wanted(*peer))?;
        let (peer, motion) = queues.motion.swap_remove(at);
        Some((peer, motion?))
    }
}

/// Wakes whoever waits, once nothing is locked any more.
fn wake(mut queues: MutexGuard<'_, Queues>) {
    let waker = queues.waker.take();
    drop(queues);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering;

    fn push(bytes: usize) -> Item {
        Item::Frame(PeerId(1), "x".repeat(bytes).into())
    }

    fn motion(tick: u64) -> Option<Motion> {
        let mut output = TickOutput::default();
        output.begin(1, tick, 0);
        Some(Motion { output: Arc::new(output), seq: 0, number: tick, published: Duration::ZERO })
    }

    #[test]
    fn of_a_channels_motion_only_the_newest_tick_waits() {
        let lanes = Lanes::default();
        (1..=9).for_each(|tick| lanes.show(PeerId(1), motion(tick)));
        lanes.show(PeerId(2), motion(4));
        lanes.show(PeerId(2), None);
        let next = || lanes.next_motion().map(|(peer, motion)| (peer, motion.map(|m| m.output.tick)));
        let mut seen = [next(), next()];
        seen.sort();
        assert_eq!(seen, [Some((PeerId(1), Some(9))), Some((PeerId(2), None))]);
        assert!(lanes.next_motion().is_none());
    }

    // Rule 3.1
    #[test]
    fn behind_a_message_that_did_not_fit_nothing_follows() {
        let lanes = Lanes::default();
        (0..ORDERED_QUEUE_MESSAGES).for_each(|_| lanes.put(push(2)));
        assert!(!lanes.has_overflowed());
        lanes.put(push(3));
        assert!(lanes.has_overflowed());
        (0..3).for_each(|_| drop(lanes.next_ordered().unwrap()));
        lanes.put(push(2));
        lanes.put(Item::Note(Note::Frame("{}".into())));
        let left = std::iter::from_fn(|| lanes.next_ordered()).count();
        assert_eq!(left, ORDERED_QUEUE_MESSAGES - 3, "only what was queued before");
    }

    #[test]
    fn more_bytes_than_may_wait_are_an_overflow_and_what_was_taken_no_longer_counts() {
        let lanes = Lanes::default();
        let half = ORDERED_QUEUE_BYTES / 2;
        for _ in 0..3 {
            lanes.put(push(half));
            lanes.next_ordered().unwrap();
        }
        lanes.put(push(half));
        assert!(!lanes.has_overflowed());
        lanes.put(push(half));
        assert!(lanes.has_overflowed());
    }

    #[test]
    fn asides_count_as_what_is_ordered_does() {
        let lanes = Lanes::default();
        lanes.put(push(ORDERED_QUEUE_BYTES / 2));
        lanes.put_aside("x".repeat(ORDERED_QUEUE_BYTES / 2 - 1_000));
        assert!(!lanes.has_overflowed());
        assert!(lanes.next_aside().is_some() && lanes.next_aside().is_none());
        (1..ORDERED_QUEUE_MESSAGES).for_each(|_| lanes.put_aside("{}".into()));
        assert!(!lanes.has_overflowed());
        lanes.put_aside("{}".into());
        assert!(lanes.has_overflowed());
    }

    // Rules 3.1, 5.1
    #[test]
    fn what_is_transient_is_left_out_where_much_waits_and_never_ends_a_connection() {
        let lanes = Lanes::default();
        (0..100_000).for_each(|_| lanes.put_transient(push(16 * 1024)));
        assert!(!lanes.has_overflowed());
        let told = std::iter::from_fn(|| lanes.next_ordered()).count();
        assert!((10..20).contains(&told), "{told}");
        lanes.put_transient(push(16 * 1024));
        assert!(lanes.next_ordered().is_some(), "once there is room again it is told again");
    }

    #[test]
    fn whoever_listens_is_woken_by_both_lanes_and_by_an_overflow() {
        let causes: [fn(&Lanes); 3] = [
            |lanes| lanes.put(push(2)),
            |lanes| lanes.show(PeerId(1), None),
            |lanes| lanes.put(push(ORDERED_QUEUE_BYTES)),
        ];
        for cause in causes {
            let lanes = Lanes::default();
            let flag = Arc::<Flag>::default();
            lanes.listen(&flag.clone().into());
            assert!(!flag.0.load(Ordering::Relaxed));
            cause(&lanes);
            assert!(flag.0.load(Ordering::Relaxed));
        }
    }

    #[derive(Default)]
    struct Flag(AtomicBool);

    impl std::task::Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

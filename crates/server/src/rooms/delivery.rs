//! What a room hands to a connection, and the newest pose it takes from it.

use futures_util::task::AtomicWaker;
use serde_json::Value;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Instant;
use thexr_room::{Attached, PoseInput, StateView, TickOutput, encode};
use thexr_wire::PeerId;
use thexr_wire::phoenix::{Vsn, encode_text};
use thexr_wire::pose::Place;
use tokio::sync::{mpsc, oneshot, watch};

use crate::limits::{ORDERED_QUEUE_BYTES, ORDERED_QUEUE_MESSAGES};

/// A push to many, encoded once per envelope.
#[derive(Debug)]
pub struct Broadcast {
    topic: Arc<str>,
    event: &'static str,
    payload: Arc<str>,
    v1: OnceLock<Arc<str>>,
    v2: OnceLock<Arc<str>>,
}

impl Broadcast {
    /// A push on a topic; `payload` is JSON.
    pub fn new(topic: Arc<str>, event: &'static str, payload: Arc<str>) -> Self {
        Self { topic, event, payload, v1: OnceLock::new(), v2: OnceLock::new() }
    }

    /// The frame for an envelope.
    pub fn frame(&self, vsn: Vsn) -> Arc<str> {
        let cell = if vsn == Vsn::V1 { &self.v1 } else { &self.v2 };
        let encode = || encode_text(vsn, &Value::Null, &Value::Null, &self.topic, self.event, &self.payload);
        cell.get_or_init(|| encode().into()).clone()
    }

    fn bytes(&self) -> usize {
        self.payload.len() + 64
    }
}

/// A state that several newcomers share; encoded by the first who needs it, outside the room.
#[derive(Debug)]
pub struct SharedState {
    view: Arc<StateView>,
    chunks: OnceLock<Vec<String>>,
    json: OnceLock<(String, String)>,
}

impl SharedState {
    /// Not encoded yet.
    pub fn new(view: Arc<StateView>) -> Self {
        Self { view, chunks: OnceLock::new(), json: OnceLock::new() }
    }

    /// `snapshot_chunk` payloads. Slow for large rooms: call it where blocking is allowed.
    pub fn chunks(&self) -> &[String] {
        self.chunks.get_or_init(|| encode::snapshot_chunks(&self.view))
    }

    /// `snapshot` and `user_snapshot` payloads. Slow for large rooms: call it where blocking is allowed.
    pub fn json(&self) -> &(String, String) {
        self.json.get_or_init(|| (encode::snapshot_json(&self.view), encode::user_snapshot_json(&self.view)))
    }
}

/// A tick's motion and the last durable seq.
#[derive(Debug, Clone)]
pub struct Latest {
    /// Motion.
    pub output: Arc<TickOutput>,
    /// Last durable seq.
    pub seq: u64,
    /// Counts the ticks that were shown: a gap was passed over.
    pub number: u64,
    /// When the tick was over: what goes out much later is late.
    pub published: Instant,
}

/// Motion that waits for one connection: of each of its channels the newest tick only. Nobody else shares its lock.
#[derive(Debug, Default)]
pub struct MotionInbox {
    newest: Mutex<Vec<(PeerId, Option<Latest>)>>,
    /// Of the connection's writer, the only one who waits here.
    writer: AtomicWaker,
}

impl MotionInbox {
    /// Replaces what waits for a channel; `None` says that its room is gone.
    pub fn put(&self, peer: PeerId, latest: Option<Latest>) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        match newest.iter_mut().find(|(waiting, _)| *waiting == peer) {
            Some((_, waiting)) => *waiting = latest,
            None => newest.push((peer, latest)),
        }
        drop(newest);
        self.writer.wake();
    }

    /// The next channel that has motion, and its newest tick. Nothing is lost when the future is dropped.
    pub async fn next(&self) -> (PeerId, Option<Latest>) {
        poll_fn(|context| {
            if let Some(next) = self.try_next() {
                return Poll::Ready(next);
            }
            self.writer.register(context.waker());
            // Something may have come just before.
            self.try_next().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// As [`next`](Self::next), without waiting.
    pub fn try_next(&self) -> Option<(PeerId, Option<Latest>)> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// One thing a room tells a connection.
#[derive(Debug)]
pub enum Told {
    /// The join is accepted; from here on the latest lane flows too.
    Joined {
        /// How the peer takes part.
        attached: Attached,
        /// The reply without its resume token.
        response: Value,
    },
    /// The join is refused.
    Refused(Value),
    /// Answer to a push.
    Reply {
        /// The push's ref.
        reference: Value,
        /// `ok` or `error`.
        ok: bool,
        /// JSON.
        response: Arc<str>,
    },
    /// To this peer alone.
    Push {
        /// Event.
        event: &'static str,
        /// JSON.
        payload: Arc<str>,
    },
    /// To many.
    Broadcast(Arc<Broadcast>),
    /// The state.
    State(Arc<SharedState>),
    /// The room has crashed or was dropped; rejoin.
    Crashed,
    /// The server stops: no more motion; the socket's own goodbye follows.
    Stopping,
    /// The room is gone for good.
    Closed,
}

impl Told {
    fn bytes(&self) -> usize {
        match self {
            Self::Reply { response, .. } => response.len() + 64,
            Self::Push { payload, .. } => payload.len() + 64,
            Self::Broadcast(broadcast) => broadcast.bytes(),
            // Shared and encoded on the way out: it waits here as a pointer.
            Self::State(_) | Self::Joined { .. } | Self::Refused(_) => 64,
            Self::Crashed | Self::Stopping | Self::Closed => 64,
        }
    }
}

/// A message on a connection's ordered queue.
#[derive(Debug)]
pub struct Delivery {
    /// Which of the connection's channels.
    pub peer: PeerId,
    /// What.
    pub told: Told,
    /// What it costs in the queue.
    pub bytes: usize,
}

/// Everything that waits for one connection, bounded in messages and bytes.
#[derive(Debug, Clone)]
pub struct OrderedQueue {
    sender: mpsc::Sender<Outgoing>,
    bytes: Arc<AtomicUsize>,
    overflow: Arc<watch::Sender<bool>>,
}

/// What a connection's writer takes from its queue.
#[derive(Debug)]
pub enum Outgoing {
    /// From a room.
    Room(Delivery),
    /// From the connection's own reader.
    Session(crate::socket::outlet::Note),
}

impl OrderedQueue {
    /// A queue, its receiving end, and the flag that is raised when it overflows.
    pub fn new() -> (Self, mpsc::Receiver<Outgoing>, watch::Receiver<bool>) {
        let (sender, receiver) = mpsc::channel(ORDERED_QUEUE_MESSAGES);
        let (overflow, overflowed) = watch::channel(false);
        let queue = Self { sender, bytes: Arc::default(), overflow: Arc::new(overflow) };
        (queue, receiver, overflowed)
    }

    /// Queues without waiting; an overflow ends the connection, and nothing follows what did not fit.
    pub fn send(&self, peer: PeerId, told: Told) {
        if self.has_overflowed() {
            return;
        }
        let bytes = told.bytes();
        let delivery = Outgoing::Room(Delivery { peer, told, bytes });
        if !self.has_room_for(bytes) || self.sender.try_send(delivery).is_err() {
            self.overflow.send_replace(true);
        }
    }

    /// Queues a note of the connection's own reader, waiting for its turn; too many bytes end the connection here too.
    pub async fn note(&self, note: crate::socket::outlet::Note) {
        if self.has_overflowed() {
            return;
        }
        if !self.has_room_for(note.bytes()) {
            self.overflow.send_replace(true);
            return;
        }
        // An error means that the writer has ended: the connection is closing.
        let Ok(place) = self.sender.reserve().await else { return };
        if !self.has_overflowed() {
            place.send(Outgoing::Session(note));
        }
    }

    /// Once something did not fit, whatever came after it would be applied over a gap.
    fn has_overflowed(&self) -> bool {
        *self.overflow.borrow()
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= ORDERED_QUEUE_BYTES
    }

    /// Bytes that waited and no longer do.
    pub fn sent(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The ways out to one connection.
#[derive(Debug, Clone)]
pub struct Lanes {
    /// Ordered lane: never drops.
    pub ordered: OrderedQueue,
    /// Latest lane: newest wins.
    pub motion: Arc<MotionInbox>,
}

impl Lanes {
    /// The lanes of a new connection, the receiving end of the ordered one, and the flag of its overflow.
    pub fn new() -> (Self, mpsc::Receiver<Outgoing>, watch::Receiver<bool>) {
        let (ordered, receiver, overflowed) = OrderedQueue::new();
        (Self { ordered, motion: Arc::default() }, receiver, overflowed)
    }
}

/// A connection's newest pose: written by its reader, taken by the room's tick. Two parties, never contended for long.
#[derive(Debug, Default)]
pub struct PoseSlot {
    newest: Mutex<Option<(u16, PoseInput)>>,
    taken: AtomicU16,
    /// Newest tick the client said it has, low 32 bits, and how many times it said so above them.
    acked: AtomicU64,
    camera: Mutex<Option<Place>>,
}

/// One more acknowledgement in [`PoseSlot::acked`].
const ONE_ACK: u64 = 1 << 32;

impl PoseSlot {
    /// Replaces whatever was there.
    pub fn put(&self, seq: u16, pose: PoseInput) {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some((seq, pose));
    }

    /// Takes the newest pose, if there is one since the last time.
    pub fn take(&self) -> Option<PoseInput> {
        let (seq, pose) = self.newest.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        self.taken.store(seq, Ordering::Relaxed);
        Some(pose)
    }

    /// Seq of the newest pose the room has taken.
    pub fn acknowledged(&self) -> u16 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Notes the newest tick the client says it has.
    pub fn ack(&self, tick: u32) {
        let count = self.acked.load(Ordering::Relaxed) & !(ONE_ACK - 1);
        // One writer: the connection's reader.
        self.acked.store(count.wrapping_add(ONE_ACK) | u64::from(tick), Ordering::Relaxed);
    }

    /// The newest tick the client has said it has, unless nothing was said since `seen`, which is updated.
    pub fn acked_since(&self, seen: &mut u64) -> Option<u32> {
        let acked = self.acked.load(Ordering::Relaxed);
        (std::mem::replace(seen, acked) != acked).then_some(acked as u32)
    }

    /// Notes where someone without an avatar looks from.
    pub fn look_from(&self, camera: Place) {
        *self.camera.lock().unwrap_or_else(PoisonError::into_inner) = Some(camera);
    }

    /// Where someone without an avatar looks from, if that has changed.
    pub fn camera(&self) -> Option<Place> {
        self.camera.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A room's end of a connection.
#[derive(Debug, Clone)]
pub struct PeerLink {
    /// Where deliveries and motion go.
    pub lanes: Lanes,
    /// Where the newest pose lies.
    pub pose: Arc<PoseSlot>,
}

/// A join on its way to a room.
#[derive(Debug)]
pub struct JoinTicket {
    /// The connection.
    pub link: PeerLink,
    /// Told when the join is decided: true when accepted.
    pub decided: oneshot::Sender<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::outlet::Note;

    fn push(payload: &str) -> Told {
        Told::Push { event: "stoc", payload: payload.into() }
    }

    fn latest(tick: u64) -> Option<Latest> {
        let mut output = TickOutput::default();
        output.begin(1, tick, 0);
        Some(Latest { output: Arc::new(output), seq: 0, number: tick, published: Instant::now() })
    }

    #[tokio::test]
    async fn of_a_channels_motion_only_the_newest_tick_waits() {
        let inbox = MotionInbox::default();
        (1..=9).for_each(|tick| inbox.put(PeerId(1), latest(tick)));
        inbox.put(PeerId(2), latest(4));
        inbox.put(PeerId(2), None);
        let mut seen = [inbox.next().await, inbox.next().await]
            .map(|(peer, latest)| (peer, latest.map(|l| l.output.tick)));
        seen.sort();
        assert_eq!(seen, [(PeerId(1), Some(9)), (PeerId(2), None)]);
        assert!(inbox.try_next().is_none());
    }

    #[test]
    fn an_acknowledgement_is_seen_once_also_when_it_says_the_same_again() {
        let (slot, mut seen) = (PoseSlot::default(), 0);
        assert_eq!(slot.acked_since(&mut seen), None);
        slot.ack(0);
        assert_eq!((slot.acked_since(&mut seen), slot.acked_since(&mut seen)), (Some(0), None));
        slot.ack(7);
        slot.ack(7);
        assert_eq!((slot.acked_since(&mut seen), slot.acked_since(&mut seen)), (Some(7), None));
    }

    #[tokio::test]
    async fn behind_a_message_that_did_not_fit_nothing_follows() {
        let (queue, mut waiting, overflowed) = OrderedQueue::new();
        for _ in 0..ORDERED_QUEUE_MESSAGES {
            queue.send(PeerId(1), push("{}"));
        }
        assert!(!*overflowed.borrow());
        queue.send(PeerId(1), push("{\"did not\":\"fit\"}"));
        assert!(*overflowed.borrow());
        for _ in 0..3 {
            waiting.recv().await.unwrap();
        }
        queue.send(PeerId(1), push("{}"));
        queue.note(Note::Frame("{}".into())).await;
        let left = std::iter::from_fn(|| waiting.try_recv().ok()).count();
        assert_eq!(left, ORDERED_QUEUE_MESSAGES - 3, "only what was queued before");
    }
}

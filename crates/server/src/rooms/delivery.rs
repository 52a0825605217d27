//! What a room hands to a connection, and the newest pose it takes from it.

use serde_json::Value;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use thexr_room::{Attached, PoseInput, StateView, TickOutput, encode};
use thexr_wire::PeerId;
use thexr_wire::phoenix::{Vsn, encode_text};
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
#[derive(Debug, Clone, Default)]
pub struct Latest {
    /// Motion.
    pub output: Arc<TickOutput>,
    /// Last durable seq.
    pub seq: u64,
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
        /// The latest lane.
        latest: watch::Receiver<Latest>,
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

/// A connection's newest pose: written by its reader, taken by the room's tick. Two parties, never contended for long.
#[derive(Debug, Default)]
pub struct PoseSlot {
    newest: Mutex<Option<(u16, PoseInput)>>,
    taken: AtomicU16,
}

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
}

/// A room's end of a connection.
#[derive(Debug, Clone)]
pub struct PeerLink {
    /// Where deliveries go.
    pub queue: OrderedQueue,
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

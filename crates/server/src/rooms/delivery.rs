//! What a room hands to a connection, and the newest pose it takes from it.

use crate::rooms::lanes::Lanes;
use serde_json::Value;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use thexr_room::{Attached, Missed, PoseInput, StateView, encode};
use thexr_wire::PeerId;
use thexr_wire::message::Dialect;
use thexr_wire::phoenix::{Vsn, encode_text};
use thexr_wire::pose::Place;
use tokio::sync::oneshot;

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
    json: OnceLock<Vec<(&'static str, String)>>,
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

    /// Presence and state for json clients. Slow for large rooms: call it where blocking is allowed.
    pub fn json(&self) -> &[(&'static str, String)] {
        self.json.get_or_init(|| encode::state(&self.view, Dialect::Json))
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
    /// What a resumed connection has missed.
    Missed(Arc<Missed>),
    /// The room has crashed or was dropped; rejoin.
    Crashed,
    /// The server stops: no more motion; the socket's own goodbye follows.
    Stopping,
    /// The room is gone for good.
    Closed,
}

impl Told {
    /// What it costs in the queue.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Reply { response, .. } => response.len() + 64,
            Self::Push { payload, .. } => payload.len() + 64,
            Self::Broadcast(broadcast) => broadcast.bytes(),
            // Shared and encoded on the way out: it waits here as a pointer.
            Self::State(_) | Self::Missed(_) | Self::Joined { .. } | Self::Refused(_) => 64,
            Self::Crashed | Self::Stopping | Self::Closed => 64,
        }
    }
}

/// A message of a room to a connection.
#[derive(Debug)]
pub struct Delivery {
    /// Which of the connection's channels.
    pub peer: PeerId,
    /// What.
    pub told: Told,
}

/// A connection's newest pose: written by the connection, taken by the room's tick. Two parties, never contended for long.
#[derive(Debug, Default)]
pub struct PoseSlot {
    newest: Mutex<Option<(u16, PoseInput)>>,
    taken: AtomicU16,
    /// Newest tick the client said it has, low 32 bits; above them those of the tick in which it said so.
    acked: AtomicU64,
    camera: Mutex<Option<Place>>,
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

    /// Notes, in a tick (`now`), the newest tick the client says it has.
    pub fn ack(&self, now: u64, tick: u32) {
        self.acked.store(u64::from(now as u32) << 32 | u64::from(tick), Ordering::Relaxed);
    }

    /// When the client has said what its newest tick is, and which, low 32 bits of both; `None` when nothing was said since
    /// `seen`, which is updated.
    pub fn acked_since(&self, seen: &mut u64) -> Option<(u32, u32)> {
        let acked = self.acked.load(Ordering::Relaxed);
        (std::mem::replace(seen, acked) != acked).then_some(((acked >> 32) as u32, acked as u32))
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

    #[test]
    fn an_acknowledgement_is_seen_once_also_when_a_later_one_says_the_same() {
        let (slot, mut seen) = (PoseSlot::default(), 0);
        assert_eq!(slot.acked_since(&mut seen), None);
        slot.ack(9, 7);
        assert_eq!((slot.acked_since(&mut seen), slot.acked_since(&mut seen)), (Some((9, 7)), None));
        slot.ack(12, 7);
        assert_eq!((slot.acked_since(&mut seen), slot.acked_since(&mut seen)), (Some((12, 7)), None));
    }
}

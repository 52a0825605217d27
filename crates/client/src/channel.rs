//! The client's side of one Phoenix channel: refs, frames out, which ref waits for what. Owns no meaning.

use crate::event::Transmit;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use thexr_wire::phoenix::{Vsn, encode_client_push, encode_text};
use thexr_wire::{RoomId, lane};

/// What a ref's reply is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pending {
    Join,
    Heartbeat,
    Clock { sent_ms: f64 },
    Command { handle: u64 },
}

/// Frames out and the refs they wait for.
#[derive(Debug)]
pub(crate) struct Channel {
    topic: String,
    next_ref: u64,
    join_ref: String,
    pending: BTreeMap<u64, Pending>,
    out: VecDeque<Transmit>,
    /// Poses do not queue: the newest waits for its turn.
    pose: Option<Vec<u8>>,
    /// Poses go by datagrams.
    by_datagrams: bool,
    datagram: Option<Vec<u8>>,
}

impl Channel {
    pub fn new(room: &RoomId) -> Self {
        let topic = format!("room:{room}");
        Self {
            topic,
            next_ref: 1,
            join_ref: String::new(),
            pending: BTreeMap::new(),
            out: VecDeque::new(),
            pose: None,
            by_datagrams: false,
            datagram: None,
        }
    }

    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Whether a frame with this join_ref belongs to the join we made last; broadcasts have none.
    pub fn is_current(&self, join_ref: &Value) -> bool {
        join_ref.is_null() || join_ref.as_str() == Some(&self.join_ref)
    }

    /// Joins anew: replies to everything earlier are no longer expected.
    pub fn join(&mut self, payload: &str) {
        self.forget();
        let reference = self.reference(Pending::Join);
        self.join_ref = reference.to_string();
        self.text(&json!(self.join_ref), reference, "phx_join", payload);
    }

    /// Leaves; a reply is not waited for.
    pub fn leave(&mut self) {
        self.forget();
        let reference = self.next_ref;
        self.next_ref += 1;
        let join_ref = json!(self.join_ref);
        self.text(&join_ref, reference, "phx_leave", "{}");
        self.join_ref.clear();
    }

    /// Pushes an event with JSON text as payload.
    pub fn push(&mut self, event: &str, payload: &str, pending: Option<Pending>) {
        let reference = match pending {
            Some(pending) => self.reference(pending),
            None => {
                self.next_ref += 1;
                self.next_ref - 1
            }
        };
        let join_ref = json!(self.join_ref);
        self.text(&join_ref, reference, event, payload);
    }

    /// Pushes a pose frame in place of one that has not left yet.
    pub fn push_pose(&mut self, frame: &[u8]) {
        if self.by_datagrams {
            self.datagram = Some(frame.to_vec());
            return;
        }
        let reference = self.next_ref.to_string();
        self.next_ref += 1;
        self.pose = Some(encode_client_push(&self.join_ref, &reference, &self.topic, lane::EVENT, frame));
    }

    /// Poses go by datagrams from now on, or by the socket again; until the next join.
    pub fn set_datagrams(&mut self, on: bool) {
        self.by_datagrams = on;
        self.datagram = None;
    }

    /// Whether poses go by datagrams.
    pub fn goes_by_datagrams(&self) -> bool {
        self.by_datagrams
    }

    /// A pose that is to go out as a datagram.
    pub fn poll_datagram(&mut self) -> Option<Vec<u8>> {
        self.datagram.take()
    }

    pub fn heartbeat(&mut self) {
        let reference = self.reference(Pending::Heartbeat);
        let frame =
            encode_text(Vsn::V2, &Value::Null, &json!(reference.to_string()), "phoenix", "heartbeat", "{}");
        self.out.push_back(Transmit::Text(frame));
    }

    /// What the reply with this ref answers; each ref is answered once.
    pub fn answered(&mut self, reference: &Value) -> Option<Pending> {
        self.pending.remove(&reference.as_str()?.parse().ok()?)
    }

    pub fn poll(&mut self) -> Option<Transmit> {
        self.out.pop_front().or_else(|| self.pose.take().map(Transmit::Binary))
    }

    /// The socket is gone, and with it everything not sent or not answered.
    pub fn closed(&mut self) {
        self.pending.clear();
        self.out.clear();
        self.forget_motion();
        self.join_ref.clear();
    }

    fn forget(&mut self) {
        self.pending.retain(|_, pending| *pending == Pending::Heartbeat);
        self.forget_motion();
    }

    /// Another join has no line for datagrams yet.
    fn forget_motion(&mut self) {
        self.pose = None;
        self.set_datagrams(false);
    }

    fn reference(&mut self, pending: Pending) -> u64 {
        let reference = self.next_ref;
        self.next_ref += 1;
        self.pending.insert(reference, pending);
        reference
    }

    fn text(&mut self, join_ref: &Value, reference: u64, event: &str, payload: &str) {
        let reference = json!(reference.to_string());
        self.out.push_back(Transmit::Text(encode_text(
            Vsn::V2,
            join_ref,
            &reference,
            &self.topic,
            event,
            payload,
        )));
    }
}

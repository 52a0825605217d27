//! What goes out on one connection: turns what rooms say and the connection's own notes into frames.
//!
//! Knows nothing of the transport; the peer's `Viewer` lives here.

use crate::End;
use crate::lanes::{Item, Lanes, Motion, Note, Opening};
use crate::limits::MOTION_LATE;
use crate::state::SharedState;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use thexr_room::{Attached, FRAME_BYTES, Message, Scratch, Shown, Telling, Viewer};
use thexr_wire::lane;
use thexr_wire::message::{Dialect, Movements, event};
use thexr_wire::phoenix::{Vsn, encode_text, reference_text, reply_payload, write_push_head};
use thexr_wire::{PeerId, RoomId};

/// Signs what a client shows to take up a connection again.
pub trait Signer {
    /// A token for this connection's person and a room.
    fn resume_token(&self, room: &RoomId) -> String;
}

/// A frame ready for the transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text message.
    Text(Arc<str>),
    /// A binary message.
    Binary(Vec<u8>),
}

impl Frame {
    /// Bytes of its payload.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// What goes out next.
#[derive(Debug)]
pub enum Turn {
    /// An answer that overtakes the ordered lane.
    Aside(String),
    /// An item of the ordered lane.
    Ordered(Item),
    /// A channel's newest motion; `None` when its room is gone.
    Motion(PeerId, Option<Motion>),
    /// The next part of a state.
    Part,
}

/// Work that takes long in a large room: where blocking is allowed, [`run`](Self::run) it, then say so to
/// [`Outlet::encoded`]. Until then the connection's ordered lane waits.
#[derive(Debug, Clone)]
pub struct Encoding {
    state: Arc<SharedState>,
    dialect: Dialect,
}

impl Encoding {
    /// Prepares the state, unless another newcomer has done so.
    pub fn run(&self) {
        self.state.prepare(self.dialect);
    }
}

/// A channel that is open, as its connection tells it.
struct Joined {
    opening: Opening,
    attached: Option<Attached>,
    /// How its frames of motion begin; empty when its names are too long for any.
    push_head: Vec<u8>,
    viewer: Viewer,
    /// Number of the last motion that was looked at; 0 before the first.
    seen: u64,
    /// Acknowledgements that the viewer knows of.
    seen_acks: u64,
}

impl Joined {
    fn new(opening: Opening, frame_bytes: usize) -> Self {
        let mut push_head = Vec::new();
        let join_ref = reference_text(&opening.join_ref);
        if !write_push_head(&mut push_head, &join_ref, &opening.topic, lane::EVENT) {
            push_head.clear();
        }
        let viewer = Viewer::new(Telling::Frames, None, frame_bytes);
        Self { opening, attached: None, push_head, viewer, seen: 0, seen_acks: 0 }
    }

    /// Tells the viewer what its receiver has said since the last time; returns how many ticks were passed over.
    fn catch_up(&mut self, motion: &Motion, now: Duration) -> u64 {
        let passed_over = if self.seen > 0 { motion.number.saturating_sub(self.seen + 1) } else { 0 };
        self.seen = motion.number;
        if let Some((said, acked)) = self.opening.pose.acked_since(&mut self.seen_acks) {
            self.viewer.acked(motion.output.tick, said, acked);
        }
        if let Some(camera) = self.opening.pose.camera() {
            self.viewer.look_from(camera);
        }
        if now.saturating_sub(motion.published) > MOTION_LATE {
            self.opening.late.fetch_add(1, Ordering::Relaxed);
        }
        passed_over
    }
}

/// Frames that are handed to the socket together: one system call instead of many.
const FRAMES_TOGETHER_MAX: usize = 32;

/// How far a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// Nobody encodes it for this connection yet.
    New,
    /// Somebody does.
    Encoding,
    /// Its parts go out.
    Ready,
}

/// A state on its way out, part after part.
struct Parts {
    peer: PeerId,
    encoding: Encoding,
    readiness: Readiness,
    next: usize,
    /// Motion went out since the last part.
    motion_passed: bool,
}

impl Parts {
    /// A newer state is on its way to a client that takes up anew in the middle of one.
    fn is_replaced(&self, lanes: &Lanes) -> bool {
        let Encoding { state, dialect } = &self.encoding;
        *dialect == Dialect::Thexr1 && state.is_replaceable() && lanes.replaces_state_of(self.peer)
    }
}

/// The outgoing half of a connection.
pub struct Outlet {
    vsn: Vsn,
    signer: Box<dyn Signer + Send>,
    lanes: Lanes,
    channels: BTreeMap<PeerId, Joined>,
    parts: Option<Parts>,
    /// Frames of motion that do not go by the transport.
    datagrams: Vec<(PeerId, Vec<u8>)>,
    binary: bool,
    frame_bytes: usize,
    passed_over: u64,
}

impl Outlet {
    /// An outlet without channels; `binary` says whether the transport can carry binary frames.
    pub fn new(vsn: Vsn, signer: Box<dyn Signer + Send>, lanes: Lanes, binary: bool) -> Self {
        let (channels, parts) = (BTreeMap::new(), None);
        let (frame_bytes, datagrams) = (FRAME_BYTES, Vec::new());
        Self { vsn, signer, lanes, channels, parts, datagrams, binary, frame_bytes, passed_over: 0 }
    }

    /// The most that one frame of motion may hold, bytes, as the operator has set it.
    pub fn with_frame_bytes(self, frame_bytes: usize) -> Self {
        Self { frame_bytes, ..self }
    }

    /// The lanes it takes from.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Frames of motion that go by the datagrams of their peer's line.
    pub fn datagrams(&mut self) -> impl Iterator<Item = (PeerId, Vec<u8>)> {
        self.datagrams.drain(..)
    }

    /// How many ticks of motion were passed over since this was asked last.
    pub fn take_passed_over(&mut self) -> u64 {
        std::mem::take(&mut self.passed_over)
    }

    /// Lets go of a state that a newer one replaces, also while nothing can go out.
    pub fn let_go(&mut self) {
        self.parts.take_if(|parts| parts.is_replaced(&self.lanes));
    }

    /// What goes out next: answers about the line first, then the ordered lane, of motion only the newest. While a state is
    /// encoded, and between its parts, motion passes and the ordered lane waits; motion that is not wanted now stays where it is.
    pub fn next(&mut self, with_motion: bool) -> Option<Turn> {
        if let Some(text) = self.lanes.next_aside() {
            return Some(Turn::Aside(text));
        }
        let motion = |lanes: &Lanes| if with_motion { lanes.next_motion() } else { None };
        self.let_go();
        if let Some(parts) = &mut self.parts {
            let motion = if parts.motion_passed { None } else { motion(&self.lanes) };
            parts.motion_passed = motion.is_some();
            return match motion {
                Some((peer, motion)) => Some(Turn::Motion(peer, motion)),
                None => (parts.readiness == Readiness::Ready).then_some(Turn::Part),
            };
        }
        if let Some(item) = self.lanes.next_ordered() {
            return Some(Turn::Ordered(item));
        }
        let (peer, motion) = motion(&self.lanes)?;
        Some(Turn::Motion(peer, motion))
    }

    /// The next motion that goes by datagrams: it goes on while the transport takes nothing.
    pub fn next_by_datagrams(&mut self) -> Option<Turn> {
        let Self { lanes, channels, .. } = self;
        let goes = |peer| {
            channels.get(&peer).is_some_and(|channel: &Joined| channel.opening.pose.goes_by_datagrams())
        };
        let (peer, motion) = lanes.next_motion_of(goes)?;
        Some(Turn::Motion(peer, Some(motion)))
    }

    /// Frames of a turn at the shell's monotonic time `now`, and what has to be encoded, from now on, before the ordered
    /// lane goes on.
    pub fn take(
        &mut self,
        turn: Turn,
        now: Duration,
        scratch: &mut Scratch,
        out: &mut Vec<Frame>,
    ) -> Option<Encoding> {
        match turn {
            Turn::Aside(text) => out.push(Frame::Text(text.into())),
            Turn::Ordered(item) => self.frames(item, out),
            Turn::Motion(peer, Some(motion)) => self.motion_frames(peer, &motion, now, scratch, out),
            Turn::Motion(peer, None) => {
                // Whatever the room said last lies in the queue by now, its goodbye for instance.
                self.rest(out);
                self.end(peer, "phx_error", CRASHED, out);
            }
            Turn::Part => self.part(out),
        }
        self.more(out);
        let new = self.parts.as_mut().filter(|parts| parts.readiness == Readiness::New)?;
        new.readiness = Readiness::Encoding;
        Some(new.encoding.clone())
    }

    /// What was to be encoded is; `failed` ends its channel.
    pub fn encoded(&mut self, failed: bool, out: &mut Vec<Frame>) {
        let Some(parts) = &mut self.parts else { return };
        parts.readiness = Readiness::Ready;
        if failed {
            let peer = parts.peer;
            self.parts = None;
            self.end(peer, "phx_error", CRASHED, out);
        }
    }

    /// Frames of what else waits in the ordered lane, as far as it can go out together.
    fn more(&mut self, out: &mut Vec<Frame>) {
        while self.parts.is_none() && out.len() < FRAMES_TOGETHER_MAX {
            let Some(item) = self.lanes.next_ordered() else { return };
            self.frames(item, out);
        }
    }

    /// Frames of everything that waits in the ordered lane, however long that takes.
    pub fn rest(&mut self, out: &mut Vec<Frame>) {
        out.extend(std::iter::from_fn(|| self.lanes.next_aside()).map(|text| Frame::Text(text.into())));
        self.all_parts(out);
        while let Some(item) = self.lanes.next_ordered() {
            self.frames(item, out);
            self.all_parts(out);
        }
    }

    fn all_parts(&mut self, out: &mut Vec<Frame>) {
        while let Some(parts) = &mut self.parts {
            parts.readiness = Readiness::Ready;
            self.part(out);
        }
    }

    fn part(&mut self, out: &mut Vec<Frame>) {
        let Some(mut parts) = self.parts.take() else { return };
        let Some(channel) = self.channels.get(&parts.peer) else { return };
        let Encoding { state, dialect } = &parts.encoding;
        let count = state.prepare(*dialect);
        let Some((event, payload)) = state.part(*dialect, parts.next) else { return };
        out.push(self.text(&channel.opening, &Value::Null, event, &payload));
        parts.next += 1;
        if parts.next < count {
            self.parts = Some(parts);
        }
    }

    /// Frames of an item of the ordered lane.
    fn frames(&mut self, item: Item, out: &mut Vec<Frame>) {
        match item {
            Item::Message(peer, message) => self.message(peer, message, out),
            Item::Frame(peer, text) => {
                // A channel that was left meanwhile hears nothing more.
                if self.channels.contains_key(&peer) {
                    out.push(Frame::Text(text));
                }
            }
            Item::State(peer, state) => {
                let attached = self.channels.get(&peer).and_then(|channel| channel.attached);
                let Some(Attached { dialect, .. }) = attached else { return };
                let encoding = Encoding { state, dialect };
                self.parts =
                    Some(Parts { peer, encoding, readiness: Readiness::New, next: 0, motion_passed: false });
            }
            Item::End(peer, end) => match end {
                End::Deleted => self.end(peer, "phx_close", "{}", out),
                // The socket is about to be closed with 1012, which says it better.
                End::Stopped => drop(self.channels.remove(&peer)),
                End::Idle | End::Panicked | End::Refused => self.end(peer, "phx_error", CRASHED, out),
            },
            Item::Note(note) => self.note(note, out),
        }
    }

    fn note(&mut self, note: Note, out: &mut Vec<Frame>) {
        match note {
            Note::Frame(text) => out.push(Frame::Text(text.into())),
            Note::Open(opening) => {
                self.channels.insert(opening.peer, Joined::new(*opening, self.frame_bytes));
            }
            Note::Left { peer, reply } => {
                out.push(Frame::Text(reply.into()));
                self.end(peer, "phx_close", "{}", out);
            }
        }
    }

    fn message(&mut self, peer: PeerId, message: Message, out: &mut Vec<Frame>) {
        let Some(channel) = self.channels.get(&peer) else { return };
        match message {
            Message::Joined { attached, response } => self.joined(peer, attached, response, out),
            Message::Refused { response, .. } => self.refused(peer, &response, out),
            Message::Reply { reference, ok, response, .. } => {
                let payload = reply_payload(if ok { "ok" } else { "error" }, &response);
                out.push(self.text(&channel.opening, &reference, "phx_reply", &payload));
            }
            Message::Push { event, payload } => {
                out.push(self.text(&channel.opening, &Value::Null, event, &payload));
            }
            // The audience hands these out as frames, states and ends.
            Message::Shout { .. }
            | Message::ToSome { .. }
            | Message::State(_)
            | Message::Missed(_)
            | Message::Close => {}
        }
    }

    fn text(&self, opening: &Opening, reference: &Value, event: &str, payload: &str) -> Frame {
        let join_ref = if opening.join_ref.is_null() { &opening.reference } else { &opening.join_ref };
        Frame::Text(encode_text(self.vsn, join_ref, reference, &opening.topic, event, payload).into())
    }

    fn reply_to_join(&self, opening: &Opening, status: &str, response: &Value) -> Frame {
        let payload = reply_payload(status, &response.to_string());
        let (join_ref, reference) = (&opening.join_ref, &opening.reference);
        Frame::Text(encode_text(self.vsn, join_ref, reference, &opening.topic, "phx_reply", &payload).into())
    }

    fn joined(&mut self, peer: PeerId, attached: Attached, mut response: Value, out: &mut Vec<Frame>) {
        let Some(channel) = self.channels.get_mut(&peer) else { return };
        channel.attached = Some(attached);
        channel.viewer = Viewer::new(attached.telling(), attached.own_slot, self.frame_bytes);
        response["resume_token"] = json!(self.signer.resume_token(&channel.opening.room));
        let replaces = channel.opening.replaces;
        if let Some(channel) = self.channels.get(&peer) {
            out.push(self.reply_to_join(&channel.opening, "ok", &response));
        }
        if let Some(old) = replaces {
            self.end(old, "phx_close", "{}", out);
        }
    }

    fn refused(&mut self, peer: PeerId, response: &Value, out: &mut Vec<Frame>) {
        if self.channels.get(&peer).is_some_and(|channel| channel.attached.is_some()) {
            // Accepted just as its time ran out: a second reply to the join would not be heard.
            return self.end(peer, "phx_error", CRASHED, out);
        }
        let Some(channel) = self.channels.remove(&peer) else { return };
        channel.opening.ended.store(true, Ordering::Release);
        out.push(self.reply_to_join(&channel.opening, "error", response));
        if let Some(old) = channel.opening.replaces {
            self.end(old, "phx_close", "{}", out);
        }
    }

    /// `phx_close` and `phx_error` carry the join's ref twice.
    fn end(&mut self, peer: PeerId, event: &str, payload: &str, out: &mut Vec<Frame>) {
        let Some(channel) = self.channels.remove(&peer) else { return };
        channel.opening.ended.store(true, Ordering::Release);
        let Opening { join_ref, topic, .. } = &channel.opening;
        out.push(Frame::Text(encode_text(self.vsn, join_ref, join_ref, topic, event, payload).into()));
    }

    /// Frames of a tick's motion for one channel; the newest tick only, whatever was missed.
    fn motion_frames(
        &mut self,
        peer: PeerId,
        motion: &Motion,
        now: Duration,
        scratch: &mut Scratch,
        out: &mut Vec<Frame>,
    ) {
        let Some(channel) = self.channels.get_mut(&peer) else { return };
        let Some(attached) = channel.attached else { return };
        self.passed_over += channel.catch_up(motion, now);
        let opening = &channel.opening;
        let push = |payload: &str, event: &str| {
            let (null, topic) = (&Value::Null, &*opening.topic);
            Frame::Text(encode_text(self.vsn, null, null, topic, event, payload).into())
        };
        let (viewer, output) = (&mut channel.viewer, &motion.output);
        match (attached.dialect, attached.movements) {
            (Dialect::Thexr1, _) if self.binary && !channel.push_head.is_empty() => {
                let by_datagrams = opening.pose.goes_by_datagrams();
                let head = if by_datagrams { &[][..] } else { &channel.push_head };
                let mut bytes = Vec::with_capacity(head.len() + viewer.budget());
                bytes.extend_from_slice(head);
                viewer.set_simulating(opening.pose.simulates());
                viewer.set_lossy(by_datagrams);
                opening.pose.set_strain(viewer.strain());
                let ack = opening.pose.acknowledged(output.tick);
                match viewer.frame(output, motion.seq, ack, scratch, &mut bytes) {
                    Shown::Frame if by_datagrams => self.datagrams.push((peer, bytes)),
                    Shown::Frame => out.push(Frame::Binary(bytes)),
                    Shown::PassedOver => self.passed_over += 1,
                    Shown::Nothing => {}
                }
            }
            (Dialect::Thexr1, _) => {}
            (Dialect::Json, Movements::Each) => {
                viewer.user_moved(output, scratch, |payload| out.push(push(payload, event::STOC)));
            }
            (Dialect::Json, Movements::Batched) => {
                out.extend(viewer.movements(output, scratch).map(|payload| push(&payload, event::MOVEMENTS)));
            }
        }
        if attached.dialect == Dialect::Json {
            let singly = attached.movements == Movements::Each;
            out.extend(
                viewer.thing_movements(output, !singly).map(|payload| push(&payload, event::MOVEMENTS)),
            );
            viewer.happenings(output, singly, |payload| out.push(push(payload, event::STOC)));
        }
    }
}

/// What `phx_error` says.
const CRASHED: &str = "{\"reason\":\"channel_crash\"}";

#[cfg(test)]
#[path = "outlet_tests.rs"]
mod tests;

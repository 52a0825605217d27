//! What goes out on one connection: turns deliveries of rooms and notes of the session into frames.
//!
//! Knows nothing of the transport; the peer's `Viewer` lives here.

use crate::auth::{Purpose, Tokens};
use crate::limits::MOTION_LATE;
use crate::rooms::delivery::{Delivery, PoseSlot, SharedState, Told};
use crate::rooms::lanes::{Arrivals, Latest, Outgoing};
use crate::rooms::registry::RoomGauges;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;
use thexr_room::{Attached, FRAME_BYTES, Missed, Scratch, Shown, Telling, Viewer, encode};
use thexr_wire::lane;
use thexr_wire::message::{Dialect, Movements, event};
use thexr_wire::phoenix::{Vsn, encode_text, reference_text, reply_payload, write_push_head};
use thexr_wire::{PeerId, RoomId, UserId};

thread_local! {
    /// Viewers work one after the other on a thread: one working memory serves them all.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
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

/// A channel about to join, as its outlet needs it.
#[derive(Debug)]
pub struct Opening {
    /// Its peer id.
    pub peer: PeerId,
    /// Topic.
    pub topic: Arc<str>,
    /// The room.
    pub room: RoomId,
    /// `join_ref` as the client sent it.
    pub join_ref: Value,
    /// `ref` of the join.
    pub reference: Value,
    /// The newest pose's slot, for acknowledgements and cameras.
    pub pose: Arc<PoseSlot>,
    /// The room's figures.
    pub gauges: Arc<RoomGauges>,
    /// Set when the room ends the channel.
    pub ended: Arc<AtomicBool>,
    /// The channel of the same topic that this one replaces.
    pub replaces: Option<PeerId>,
}

/// What a session tells its own outlet.
#[derive(Debug)]
pub enum Note {
    /// A finished text frame.
    Frame(String),
    /// A channel is joining.
    Open(Box<Opening>),
    /// A channel was left: nothing more of it goes out but this frame and its `phx_close`.
    Left {
        /// Which.
        peer: PeerId,
        /// The reply to the leave.
        reply: String,
    },
}

impl Note {
    /// What it costs in the queue.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Frame(text) | Self::Left { reply: text, .. } => text.len() + 64,
            Self::Open(_) => 64,
        }
    }
}

struct Channel {
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

impl Channel {
    /// Tells the viewer what its receiver has said since the last time; returns how many ticks were passed over.
    fn catch_up(&mut self, latest: &Latest) -> u64 {
        let passed_over = if self.seen > 0 { latest.number.saturating_sub(self.seen + 1) } else { 0 };
        self.seen = latest.number;
        if let Some((said, acked)) = self.opening.pose.acked_since(&mut self.seen_acks) {
            self.viewer.acked(latest.output.tick, said, acked);
        }
        if let Some(camera) = self.opening.pose.camera() {
            self.viewer.look_from(camera);
        }
        if latest.published.elapsed() > MOTION_LATE {
            self.opening.gauges.late.fetch_add(1, Ordering::Relaxed);
        }
        passed_over
    }
}

/// Frames that are handed to the socket together: one system call instead of many.
const FRAMES_TOGETHER_MAX: usize = 32;

/// Chunks of a state on their way out, one at a time.
struct Chunks {
    peer: PeerId,
    state: Arc<SharedState>,
    next: usize,
    /// Motion went out since the last chunk.
    motion_passed: bool,
}

/// What goes out next.
#[derive(Debug)]
pub enum Turn {
    /// A message of the ordered lane.
    Ordered(Outgoing),
    /// A channel's newest motion; `None` when its room is gone.
    Motion(PeerId, Option<Latest>),
    /// The next chunk of a state.
    Chunk,
}

/// The outgoing half of a connection.
pub struct Outlet {
    vsn: Vsn,
    user: UserId,
    tokens: Arc<Tokens>,
    arrivals: Arrivals,
    channels: BTreeMap<PeerId, Channel>,
    chunks: Option<Chunks>,
    binary: bool,
    frame_bytes: usize,
    passed_over: metrics::Counter,
}

impl Outlet {
    /// An outlet without channels; `binary` says whether the transport can carry binary frames.
    pub fn new(vsn: Vsn, user: UserId, tokens: Arc<Tokens>, arrivals: Arrivals, binary: bool) -> Self {
        Self {
            vsn,
            user,
            tokens,
            arrivals,
            channels: BTreeMap::new(),
            chunks: None,
            binary,
            frame_bytes: FRAME_BYTES,
            passed_over: metrics::counter!("thexr_frames_dropped_total"),
        }
    }

    /// The most that one frame of motion may hold, bytes, as the operator has set it.
    pub fn with_frame_bytes(self, frame_bytes: usize) -> Self {
        Self { frame_bytes, ..self }
    }

    /// Has the task woken when there is something to send, or too much waits: look after calling this.
    pub fn listen(&self, context: &Context<'_>) {
        self.arrivals.listen(context);
    }

    /// Nothing more goes out: nobody waits for it.
    pub fn close(&mut self) {
        self.arrivals.close();
    }

    /// More waits than may: the connection must end.
    pub fn has_overflowed(&self) -> bool {
        self.arrivals.has_overflowed()
    }

    /// What goes out next: the ordered lane first, of motion only the newest. Between the chunks of a state motion passes,
    /// and the ordered lane waits; motion that is not wanted now stays where it is.
    pub fn next(&mut self, with_motion: bool) -> Option<Turn> {
        let motion = |arrivals: &Arrivals| if with_motion { arrivals.next_motion() } else { None };
        if let Some(chunks) = &mut self.chunks {
            let motion = if chunks.motion_passed { None } else { motion(&self.arrivals) };
            chunks.motion_passed = motion.is_some();
            return Some(motion.map_or(Turn::Chunk, |(peer, latest)| Turn::Motion(peer, latest)));
        }
        if let Some(outgoing) = self.arrivals.next_ordered() {
            return Some(Turn::Ordered(outgoing));
        }
        let (peer, latest) = motion(&self.arrivals)?;
        Some(Turn::Motion(peer, latest))
    }

    /// Frames of what else waits in the ordered lane, as far as it can go out together.
    pub async fn more(&mut self, out: &mut Vec<Frame>) {
        while self.chunks.is_none() && out.len() < FRAMES_TOGETHER_MAX {
            let Some(outgoing) = self.arrivals.next_ordered() else { return };
            self.frames(outgoing, out).await;
        }
    }

    /// Frames of a turn.
    pub async fn take(&mut self, turn: Turn, out: &mut Vec<Frame>) {
        match turn {
            Turn::Ordered(outgoing) => self.frames(outgoing, out).await,
            Turn::Motion(peer, Some(latest)) => self.motion_frames(peer, &latest, out),
            Turn::Motion(peer, None) => {
                // Whatever the room said last lies in the queue by now, its goodbye for instance.
                self.rest(out).await;
                self.end(peer, "phx_error", "{\"reason\":\"channel_crash\"}", out);
            }
            Turn::Chunk => self.chunk(out),
        }
    }

    /// Frames of everything that waits in the ordered lane.
    pub async fn rest(&mut self, out: &mut Vec<Frame>) {
        self.all_chunks(out);
        while let Some(outgoing) = self.arrivals.next_ordered() {
            self.frames(outgoing, out).await;
            self.all_chunks(out);
        }
    }

    fn all_chunks(&mut self, out: &mut Vec<Frame>) {
        while self.chunks.is_some() {
            self.chunk(out);
        }
    }

    fn chunk(&mut self, out: &mut Vec<Frame>) {
        let Some(mut chunks) = self.chunks.take() else { return };
        let Some(channel) = self.channels.get(&chunks.peer) else { return };
        let Some(payload) = chunks.state.chunks().get(chunks.next) else { return };
        out.push(self.text(&channel.opening, &Value::Null, event::SNAPSHOT_CHUNK, payload));
        chunks.next += 1;
        if chunks.next < chunks.state.chunks().len() {
            self.chunks = Some(chunks);
        }
    }

    /// Frames of a queued message, in order.
    async fn frames(&mut self, outgoing: Outgoing, out: &mut Vec<Frame>) {
        match outgoing {
            Outgoing::Room(delivery) => self.deliver(delivery, out).await,
            Outgoing::Session(note) => self.note(note, out),
        }
    }

    fn note(&mut self, note: Note, out: &mut Vec<Frame>) {
        match note {
            Note::Frame(text) => out.push(Frame::Text(text.into())),
            Note::Open(opening) => {
                let mut push_head = Vec::new();
                let join_ref = reference_text(&opening.join_ref);
                if !write_push_head(&mut push_head, &join_ref, &opening.topic, lane::EVENT) {
                    push_head.clear();
                }
                let viewer = Viewer::new(Telling::Frames, None, self.frame_bytes);
                let opening = *opening;
                let channel = Channel { opening, attached: None, push_head, viewer, seen: 0, seen_acks: 0 };
                self.channels.insert(channel.opening.peer, channel);
            }
            Note::Left { peer, reply } => {
                out.push(Frame::Text(reply.into()));
                self.end(peer, "phx_close", "{}", out);
            }
        }
    }

    async fn deliver(&mut self, delivery: Delivery, out: &mut Vec<Frame>) {
        let peer = delivery.peer;
        // A channel that was left meanwhile hears nothing more.
        let Some(channel) = self.channels.get(&peer) else { return };
        match delivery.told {
            Told::Joined { attached, response } => self.joined(peer, attached, response, out),
            Told::Refused(response) => self.refused(peer, &response, out),
            Told::Reply { reference, ok, response } => {
                let status = if ok { "ok" } else { "error" };
                out.push(self.text(
                    &channel.opening,
                    &reference,
                    "phx_reply",
                    &reply_payload(status, &response),
                ));
            }
            Told::Push { event, payload } => {
                out.push(self.text(&channel.opening, &Value::Null, event, &payload));
            }
            Told::Broadcast(broadcast) => out.push(Frame::Text(broadcast.frame(self.vsn))),
            Told::State(state) => self.state(peer, state, out).await,
            Told::Missed(missed) => self.missed(peer, missed, out).await,
            Told::Crashed => self.end(peer, "phx_error", "{\"reason\":\"channel_crash\"}", out),
            Told::Stopping => drop(self.channels.remove(&peer)),
            Told::Closed => self.end(peer, "phx_close", "{}", out),
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
        let now_s = crate::clock::now_s();
        response["resume_token"] =
            json!(self.tokens.sign(Purpose::Resume, &self.user, Some(&channel.opening.room), now_s));
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
            return self.end(peer, "phx_error", "{\"reason\":\"channel_crash\"}", out);
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

    /// The state, encoded on the pool by the first who needs it.
    async fn state(&mut self, peer: PeerId, state: Arc<SharedState>, out: &mut Vec<Frame>) {
        let Some(dialect) = self.channels.get(&peer).and_then(|channel| Some(channel.attached?.dialect))
        else {
            return;
        };
        let encode = {
            let state = state.clone();
            move || match dialect {
                Dialect::Thexr1 => drop(state.chunks().len()),
                Dialect::Json => drop(state.json().len()),
            }
        };
        if tokio::task::spawn_blocking(encode).await.is_err() {
            self.end(peer, "phx_error", "{\"reason\":\"channel_crash\"}", out);
            return;
        }
        let Some(channel) = self.channels.get(&peer) else { return };
        let mut push =
            |event, payload: &str| out.push(self.text(&channel.opening, &Value::Null, event, payload));
        match dialect {
            Dialect::Thexr1 => self.chunks = Some(Chunks { peer, state, next: 0, motion_passed: false }),
            Dialect::Json => state.json().iter().for_each(|(event, payload)| push(event, payload)),
        }
    }

    /// What was missed, encoded on the pool.
    async fn missed(&mut self, peer: PeerId, missed: Arc<Missed>, out: &mut Vec<Frame>) {
        let encoded = tokio::task::spawn_blocking(move || encode::missed(&missed)).await;
        let Ok(encoded) = encoded else {
            return self.end(peer, "phx_error", "{\"reason\":\"channel_crash\"}", out);
        };
        let Some(channel) = self.channels.get(&peer) else { return };
        for (event, payload) in encoded {
            out.push(self.text(&channel.opening, &Value::Null, event, &payload));
        }
    }

    /// Frames of a tick's motion for one channel; the newest tick only, whatever was missed.
    fn motion_frames(&mut self, peer: PeerId, latest: &Latest, out: &mut Vec<Frame>) {
        let Some(channel) = self.channels.get_mut(&peer) else { return };
        let Some(attached) = channel.attached else { return };
        let mut passed_over = channel.catch_up(latest);
        let opening = &channel.opening;
        let push = |payload: &str, event: &str| {
            let (null, topic) = (&Value::Null, &*opening.topic);
            Frame::Text(encode_text(self.vsn, null, null, topic, event, payload).into())
        };
        let (viewer, output) = (&mut channel.viewer, &latest.output);
        SCRATCH.with_borrow_mut(|scratch| match (attached.dialect, attached.movements) {
            (Dialect::Thexr1, _) if self.binary => {
                if channel.push_head.is_empty() {
                    return;
                }
                let mut bytes = Vec::with_capacity(channel.push_head.len() + viewer.budget());
                bytes.extend_from_slice(&channel.push_head);
                match viewer.frame(output, latest.seq, opening.pose.acknowledged(), scratch, &mut bytes) {
                    Shown::Frame => out.push(Frame::Binary(bytes)),
                    Shown::PassedOver => passed_over += 1,
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
        });
        if passed_over > 0 {
            self.passed_over.increment(passed_over);
        }
    }
}

#[cfg(test)]
#[path = "outlet_tests.rs"]
mod tests;

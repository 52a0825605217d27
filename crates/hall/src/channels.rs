//! The channels of one connection: frames in, one after the other; joins, leaves, pushes to rooms.
//!
//! Source: the socket loop of phoenix 1.8. Knows neither the transport nor how a room is reached: `R` is the way to one.

use crate::lanes::{Item, Lanes, Note, Opening};
use crate::limits::{PING_BYTES_MAX, SHOUT_BYTES_MAX};
use crate::pose_slot::PoseSlot;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use thexr_room::{Claiming, Input, Message, PoseInput, Request};
use thexr_wire::joints::Hands;
use thexr_wire::lane::{self, Own, Up, read_up};
use thexr_wire::limits::SOCKET_CHANNELS_MAX;
use thexr_wire::message::{Dialect, JoinPayload, VERSION, event};
use thexr_wire::phoenix::{
    ClientPush, FrameError, Incoming, Payload, Vsn, decode_client_push, encode_text, reply_payload,
};
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{PeerId, RoomId};
use thexr_world::transform::numbers;

/// The way to a running room.
pub trait Way {
    /// The tick it is in.
    fn tick(&self) -> u64;
    /// Its clock, milliseconds.
    fn room_ms(&self) -> f64;
}

/// How much a connection may send; texts are for people.
pub trait Toll {
    /// Counts a message of so many bytes. Errors: it is too much.
    fn message(&self, bytes: usize) -> Result<(), String>;
    /// Counts a join. Errors: it is too much.
    fn join(&self) -> Result<(), String>;
}

/// What a frame asks of the shell.
#[derive(Debug)]
pub enum Step<R> {
    /// Nothing: it is answered, or needs no answer.
    Done,
    /// A room is to be found and asked: [`Channels::open`] it, then say how it went.
    Join(Box<Asking>),
    /// A room is to be told; where it cannot be, and it was a command, [`Channels::refuse_push`].
    Push {
        /// Which room.
        room: R,
        /// Which of its peers.
        peer: PeerId,
        /// A wish with the ref of its push, or that the peer leaves.
        input: Input,
        /// Bytes of the message.
        bytes: usize,
    },
    /// The voices of a room are asked; [`Channels::answer`] says what came of it.
    Voice {
        /// Which room.
        room: RoomId,
        /// Which of its peers.
        peer: PeerId,
        /// Ref of the push.
        reference: Value,
        /// What.
        wish: VoiceWish,
    },
}

/// What a connection asks of the voices of its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoiceWish {
    /// Whether there are any, and how to reach them.
    Begin,
    /// A peer connection: the session it offers.
    Offer(String),
    /// None any more.
    Close,
    /// Motion goes by the line's datagrams from now on, or no longer.
    Motion(bool),
}

impl VoiceWish {
    /// Reads a push; `None` where it is about something else.
    ///
    /// Errors: it is no such payload.
    fn read(event: &str, payload: &Value) -> Option<Result<Self, &'static str>> {
        Some(match event {
            event::RTC_BEGIN => Ok(Self::Begin),
            event::RTC_CLOSE => Ok(Self::Close),
            event::RTC_OFFER => match payload.get("sdp").and_then(Value::as_str) {
                Some(sdp) => Ok(Self::Offer(sdp.to_owned())),
                None => Err("An offer is {sdp}, a text."),
            },
            event::RTC_MOTION => match payload.get("on").and_then(Value::as_bool) {
                Some(on) => Ok(Self::Motion(on)),
                None => Err("What motion is to go by is {on}, true or false."),
            },
            _ => return None,
        })
    }
}

/// A join, read and found in order.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Its room.
    pub room: RoomId,
    /// Who, how.
    pub payload: JoinPayload,
    topic: String,
    join_ref: Value,
    reference: Value,
}

/// A join under way: what the room's audience needs of the connection.
#[derive(Debug)]
pub struct Opened<R> {
    /// Where its newest pose will lie.
    pub pose: Arc<PoseSlot>,
    /// The channel of the same topic that this one replaces, to be told goodbye.
    pub replaced: Option<(R, PeerId)>,
    asking: Asking,
    peer: PeerId,
    ended: Arc<AtomicBool>,
}

struct Channel<R> {
    join_ref: Value,
    reference: Value,
    inlet: Inlet<R>,
}

/// Where frames of motion go that did not come by the connection.
pub trait MotionInlet {
    /// Which of the room's peers sends them.
    fn peer(&self) -> PeerId;
    /// Puts a frame's pose into the newest-wins slot and notes how far the client is; `false` when it cannot be read.
    fn take(&self, frame: &[u8]) -> bool;
    /// What the connection is told of motion goes by datagrams from now on, or by its socket again.
    fn set_by_datagrams(&self, by_datagrams: bool);
}

/// The way of a connection's motion into its room.
#[derive(Debug, Clone)]
pub struct Inlet<R> {
    peer: PeerId,
    room: R,
    pose: Arc<PoseSlot>,
    ended: Arc<AtomicBool>,
}

impl<R: Way> MotionInlet for Inlet<R> {
    fn peer(&self) -> PeerId {
        self.peer
    }

    fn take(&self, frame: &[u8]) -> bool {
        let Ok(up) = read_up(frame) else { return false };
        if self.ended.load(Ordering::Acquire) {
            return true;
        }
        self.pose.ack(self.room.tick(), up.ack_tick);
        if let Some(Own { sample_ms, marks, pose, hands }) = up.own {
            let pose = PoseInput { peer: self.peer, sample_ms: Some(sample_ms), marks, pose, hands };
            let Up { seq, ack_tick: heard_tick, claims, .. } = up;
            self.pose.put(seq, pose, Claiming { heard_tick, overtaken_tick: None, sample_ms, claims });
        }
        true
    }

    fn set_by_datagrams(&self, by_datagrams: bool) {
        self.pose.set_by_datagrams(by_datagrams);
    }
}

impl<R> Inlet<R> {
    fn take_json(&self, payload: &Value) -> bool {
        let Some(pose) = json_pose(payload) else { return false };
        let marks = Marks::default();
        let hands = Hands::default();
        self.pose.put(
            None,
            PoseInput { peer: self.peer, sample_ms: None, marks, pose, hands },
            Claiming::default(),
        );
        true
    }
}

/// The incoming half of a connection.
pub struct Channels<R> {
    vsn: Vsn,
    lanes: Lanes,
    channels: BTreeMap<String, Channel<R>>,
    binary: bool,
    /// Messages that were too much, and poses that were none.
    refused: Refused,
}

/// What was refused without a word, since it was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refused {
    /// Messages beyond the toll.
    pub rate_limited: u64,
    /// Poses that could not be read.
    pub poses: u64,
}

impl<R: Way + Clone> Channels<R> {
    /// No channels yet; `binary` says whether the transport can carry binary frames down.
    pub fn new(vsn: Vsn, lanes: Lanes, binary: bool) -> Self {
        Self { vsn, lanes, channels: BTreeMap::new(), binary, refused: Refused::default() }
    }

    /// Which envelope its frames come in.
    pub fn vsn(&self) -> Vsn {
        self.vsn
    }

    /// Where its answers go.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What was refused without a word since this was asked last.
    pub fn take_refused(&mut self) -> Refused {
        std::mem::take(&mut self.refused)
    }

    /// Takes a binary message that is a pose, at no more cost than reading it; anything else is a frame to be handled.
    /// Errors: it is no push.
    pub fn binary(&mut self, bytes: &[u8], toll: &impl Toll) -> Result<Option<Incoming>, FrameError> {
        let push = decode_client_push(bytes)?;
        Ok(if self.pose(&push, bytes.len(), toll) { None } else { Some(Incoming::from(push)) })
    }

    /// Takes a pose for a channel that is there; `false` when it is anything else.
    fn pose(&mut self, push: &ClientPush<'_>, bytes: usize, toll: &impl Toll) -> bool {
        let Some(channel) = self.channels.get(push.topic).filter(|_| push.event == lane::EVENT) else {
            return false;
        };
        if channel.inlet.ended.load(Ordering::Acquire) {
            return false;
        }
        if toll.message(bytes).is_err() {
            // Poses are never answered.
            self.refused.rate_limited += 1;
        } else if channel.hears_text(push.join_ref) && !channel.inlet.take(push.data) {
            self.refused.poses += 1;
        }
        true
    }

    /// Handles one frame of so many bytes.
    pub fn frame(&mut self, frame: Incoming, bytes: usize, toll: &impl Toll) -> Step<R> {
        let event = frame.event.as_str().unwrap_or_default().to_owned();
        let topic = frame.topic.as_str().unwrap_or_default().to_owned();
        let known = self.channels.contains_key(&topic);
        if let Err(too_much) = toll.message(bytes) {
            self.refused.rate_limited += 1;
            // Who leaves what they joined may always go: otherwise the room and the page would disagree.
            if !(known && event == "phx_leave") {
                self.limited(&topic, &event, &frame, &too_much);
                return Step::Done;
            }
        }
        if topic == "phoenix" && event == "heartbeat" {
            self.answer_aside(&Value::Null, &frame, &json!({}));
            return Step::Done;
        }
        if self.channels.get(&topic).is_some_and(|channel| channel.inlet.ended.load(Ordering::Acquire)) {
            self.channels.remove(&topic);
        }
        match (event.as_str(), self.channels.contains_key(&topic)) {
            ("phx_join", _) => self.join(topic, frame, toll),
            ("phx_leave", true) => self.leave(&topic, &frame),
            (_, true) => self.push(&topic, &event, frame, bytes),
            ("phx_leave", false) => {
                self.reply(&frame.join_ref, &frame, "ok", &json!({}));
                Step::Done
            }
            (_, false) => {
                self.reply(&Value::Null, &frame, "error", &json!({"reason": "unmatched topic"}));
                Step::Done
            }
        }
    }

    /// Every room there is to be told that the connection is gone.
    pub fn end(self) -> impl Iterator<Item = (R, PeerId)> {
        self.channels.into_values().map(|channel| (channel.inlet.room, channel.inlet.peer))
    }

    fn reply(&self, join_ref: &Value, frame: &Incoming, status: &str, response: &Value) {
        self.lanes.put(Item::Note(Note::Frame(self.reply_text(join_ref, frame, status, response))));
    }

    /// Answers a question about the line or the clock: it waits for nothing.
    fn answer_aside(&self, join_ref: &Value, frame: &Incoming, response: &Value) {
        self.lanes.put_aside(self.reply_text(join_ref, frame, "ok", response));
    }

    fn reply_text(&self, join_ref: &Value, frame: &Incoming, status: &str, response: &Value) -> String {
        let payload = reply_payload(status, &response.to_string());
        let topic = frame.topic.as_str().map_or_else(|| frame.topic.to_string(), str::to_owned);
        encode_text(self.vsn, join_ref, &frame.reference, &topic, "phx_reply", &payload)
    }

    fn refuse(&self, frame: &Incoming, reason: &str, detail: &str) -> Step<R> {
        let response = json!({"reason": reason, "detail": detail});
        self.reply(&frame.join_ref, frame, "error", &response);
        Step::Done
    }

    /// Refuses a join whose room cannot be asked.
    pub fn refuse_join(&self, asking: &Asking, response: &Value) {
        let payload = reply_payload("error", &response.to_string());
        let Asking { join_ref, reference, topic, .. } = asking;
        let text = encode_text(self.vsn, join_ref, reference, topic, "phx_reply", &payload);
        self.lanes.put(Item::Note(Note::Frame(text)));
    }

    /// Refuses a command that its room cannot take now.
    pub fn refuse_push(&self, peer: PeerId, reference: &Value, response: &Value) {
        self.answer(peer, reference, false, response);
    }

    /// The way of a peer's motion into its room.
    pub fn inlet(&self, peer: PeerId) -> Option<Inlet<R>> {
        self.channels.values().map(|channel| &channel.inlet).find(|inlet| inlet.peer == peer).cloned()
    }

    /// Answers a push that no room answers.
    pub fn answer(&self, peer: PeerId, reference: &Value, ok: bool, response: &Value) {
        let Some((topic, channel)) = self.channels.iter().find(|(_, channel)| channel.inlet.peer == peer)
        else {
            return;
        };
        let payload = reply_payload(if ok { "ok" } else { "error" }, &response.to_string());
        let text = encode_text(self.vsn, channel.reply_ref(), reference, topic, "phx_reply", &payload);
        self.lanes.put(Item::Note(Note::Frame(text)));
    }

    /// Answers what is too much; poses are never answered.
    fn limited(&self, topic: &str, event: &str, frame: &Incoming, too_much: &str) {
        if event == lane::EVENT || event == event::I_MOVED {
            return;
        }
        let channel = self.channels.get(topic).filter(|_| event != "phx_join");
        if channel.is_some_and(|channel| !channel.hears(&frame.join_ref)) {
            return;
        }
        let join_ref = channel.map_or(&frame.join_ref, Channel::reply_ref);
        let response = json!({"reason": "rate_limited", "detail": too_much});
        self.reply(join_ref, frame, "error", &response);
    }

    fn leave(&mut self, topic: &str, frame: &Incoming) -> Step<R> {
        if !self.channels.get(topic).is_some_and(|channel| channel.hears(&frame.join_ref)) {
            return Step::Done;
        }
        let Some(channel) = self.channels.remove(topic) else { return Step::Done };
        let payload = reply_payload("ok", "{}");
        let reply =
            encode_text(self.vsn, channel.reply_ref(), &frame.reference, topic, "phx_reply", &payload);
        let Inlet { peer, room, .. } = channel.inlet;
        self.lanes.put(Item::Note(Note::Left { peer, reply }));
        Step::Push { room, peer, input: Input::Leave, bytes: 0 }
    }

    fn push(&mut self, topic: &str, event: &str, mut frame: Incoming, bytes: usize) -> Step<R> {
        let Some(channel) = self.channels.get(topic).filter(|channel| channel.hears(&frame.join_ref)) else {
            return Step::Done;
        };
        if event == lane::EVENT || event == event::I_MOVED {
            let taken = match &frame.payload {
                Payload::Binary(bytes) if event == lane::EVENT => channel.inlet.take(bytes),
                Payload::Json(payload) if event == event::I_MOVED => channel.inlet.take_json(payload),
                _ => false,
            };
            self.refused.poses += u64::from(!taken);
            return Step::Done;
        }
        let refuse = |frame: &Incoming, reason: &str, detail: &str| {
            let response = json!({"reason": reason, "detail": detail});
            self.reply(channel.reply_ref(), frame, "error", &response);
            Step::Done
        };
        let Payload::Json(payload) = std::mem::replace(&mut frame.payload, Payload::Json(Value::Null)) else {
            return refuse(&frame, "bad_payload", "Only poses travel as binary.");
        };
        if let Some(most) = bytes_max(event).filter(|most| bytes > *most && text_bytes(&payload) > *most) {
            return refuse(&frame, "payload_too_large", &format!("At most {most} bytes."));
        }
        if let Some(wish) = VoiceWish::read(event, &payload) {
            return match (wish, topic.strip_prefix("room:").map(RoomId::parse)) {
                (Ok(wish), Some(Ok(room))) => {
                    Step::Voice { room, peer: channel.inlet.peer, reference: frame.reference, wish }
                }
                (Err(detail), _) => refuse(&frame, "bad_payload", detail),
                (Ok(_), _) => refuse(&frame, ROOM_NOT_FOUND.0, ROOM_NOT_FOUND.1),
            };
        }
        match event {
            event::PING => self.answer_aside(channel.reply_ref(), &frame, &payload),
            event::CLOCK => {
                let response = json!({"t": payload.get("t"), "room_ms": channel.inlet.room.room_ms()});
                self.answer_aside(channel.reply_ref(), &frame, &response);
            }
            _ => {
                let request = match Request::decode(event, payload) {
                    Ok(request) => Box::new(request),
                    Err(reject) => {
                        self.reply(channel.reply_ref(), &frame, "error", &reject.to_json());
                        return Step::Done;
                    }
                };
                let input = Input::Act { address: frame.reference, request };
                return Step::Push {
                    room: channel.inlet.room.clone(),
                    peer: channel.inlet.peer,
                    input,
                    bytes,
                };
            }
        }
        Step::Done
    }

    fn join(&self, topic: String, frame: Incoming, toll: &impl Toll) -> Step<R> {
        let Some(room) = topic.strip_prefix("room:") else {
            self.reply(&Value::Null, &frame, "error", &json!({"reason": "unmatched topic"}));
            return Step::Done;
        };
        let Ok(room) = RoomId::parse(room) else {
            let (reason, detail) = ROOM_NOT_FOUND;
            return self.refuse(&frame, reason, detail);
        };
        if self.channels.len() >= SOCKET_CHANNELS_MAX && !self.channels.contains_key(&topic) {
            let response = json!({"reason": "too many channels joined"});
            self.reply(&frame.join_ref, &frame, "error", &response);
            return Step::Done;
        }
        if let Err(too_much) = toll.join() {
            return self.refuse(&frame, "rate_limited", &too_much);
        }
        let payload = match join_payload(&frame.payload) {
            Ok(payload) => payload,
            Err((reason, detail)) => return self.refuse(&frame, reason, &detail),
        };
        if payload.dialect == Dialect::Thexr1 && !self.binary {
            let detail = "Long polling speaks the json dialect only; this page needs a WebSocket.";
            return self.refuse(&frame, "unsupported_dialect", detail);
        }
        if payload.dialect == Dialect::Thexr1 && payload.version != Some(VERSION) {
            let spoken = payload.version.unwrap_or(1);
            let detail = format!(
                "This server speaks version {VERSION} of thexr.1, this page version {spoken}: reload it."
            );
            return self.refuse(&frame, "unsupported_dialect", &detail);
        }
        let Incoming { join_ref, reference, .. } = frame;
        Step::Join(Box::new(Asking { room, payload, topic, join_ref, reference }))
    }

    /// A room was found: the connection's outlet learns of the channel, before anything of the room can reach it.
    pub fn open(&mut self, asking: Asking, peer: PeerId, late: Arc<AtomicUsize>) -> Opened<R> {
        let (pose, ended) = (Arc::<PoseSlot>::default(), Arc::<AtomicBool>::default());
        let replaced =
            self.channels.remove(&asking.topic).map(|channel| (channel.inlet.room, channel.inlet.peer));
        let opening = Opening {
            peer,
            topic: asking.topic.as_str().into(),
            room: asking.room.clone(),
            join_ref: asking.join_ref.clone(),
            reference: asking.reference.clone(),
            pose: pose.clone(),
            late,
            ended: ended.clone(),
            replaces: replaced.as_ref().map(|(_, peer)| *peer),
        };
        self.lanes.put(Item::Note(Note::Open(Box::new(opening))));
        Opened { pose, replaced, asking, peer, ended }
    }

    /// The room has let the connection in.
    pub fn joined(&mut self, opened: Opened<R>, room: R) {
        let Opened { pose, asking, peer, ended, .. } = opened;
        let Asking { topic, join_ref, reference, .. } = asking;
        self.channels
            .insert(topic, Channel { join_ref, reference, inlet: Inlet { peer, room, pose, ended } });
    }

    /// Nobody has decided about the join: it is refused here.
    pub fn undecided(&self, peer: PeerId, response: Value) {
        self.lanes.put(Item::Message(peer, Message::Refused { response, at_once: true }));
    }
}

impl<R: Way> Channel<R> {
    /// Frames without a join_ref, with the channel's, or (as phyllo sends them) with the join's ref are for us.
    fn hears(&self, join_ref: &Value) -> bool {
        join_ref.is_null() || *join_ref == self.join_ref || *join_ref == self.reference
    }

    /// As [`hears`](Self::hears), for a ref as binary frames spell it.
    fn hears_text(&self, join_ref: &str) -> bool {
        let is = |value: &Value| value.as_str() == Some(join_ref);
        join_ref.is_empty() || is(&self.join_ref) || is(&self.reference)
    }

    fn reply_ref(&self) -> &Value {
        if self.join_ref.is_null() { &self.reference } else { &self.join_ref }
    }
}

/// Reason and detail of the refusal of a join to a room that is not there.
pub const ROOM_NOT_FOUND: (&str, &str) =
    ("room_not_found", "There is no room here. It may have been deleted.");

/// The most that the payload of an event may hold here, bytes; `None`: the room has its own limits.
fn bytes_max(event: &str) -> Option<usize> {
    match event {
        event::PING => Some(PING_BYTES_MAX),
        event::SHOUT => Some(SHOUT_BYTES_MAX),
        _ => None,
    }
}

fn text_bytes(payload: &Value) -> usize {
    payload.to_string().len()
}

/// `{pose: {head, …}}` or the book's `{position, rotation}`.
fn json_pose(payload: &Value) -> Option<Pose> {
    if let Some(pose) = payload.get("pose") {
        return serde_json::from_value::<Pose>(pose.clone()).ok()?.validated().ok();
    }
    let [x, y, z] = numbers::<3>(payload.get("position")?)?;
    let rotation = payload.get("rotation").and_then(numbers::<4>);
    let [qx, qy, qz, qw] = rotation.unwrap_or([0.0, 0.0, 0.0, 1.0]);
    Pose { head: [x, y, z, qx, qy, qz, qw], left: None, right: None, fingers: None }.validated().ok()
}

fn join_payload(payload: &Payload) -> Result<JoinPayload, (&'static str, String)> {
    let bad = |detail: String| ("bad_payload", detail);
    let Payload::Json(value) = payload else { return Err(bad("A join's payload is JSON.".into())) };
    if value.is_null() {
        return Ok(JoinPayload::default());
    }
    if !value.is_object() {
        return Err(bad("A join's payload is an object.".into()));
    }
    if let Some(dialect) = value.get("dialect")
        && serde_json::from_value::<Dialect>(dialect.clone()).is_err()
    {
        return Err(("unsupported_dialect", "This server speaks \"json\" and \"thexr.1\".".into()));
    }
    serde_json::from_value(value.clone()).map_err(|error| bad(error.to_string()))
}

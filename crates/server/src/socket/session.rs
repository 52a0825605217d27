//! What comes in on one connection: frames in, one after the other; joins, leaves, pushes to rooms.
//!
//! Source: the socket loop of phoenix 1.8. Knows nothing of the transport.

use crate::app::App;
use crate::auth::Purpose;
use crate::limits::{JOIN_TIMEOUT, PING_BYTES_MAX, SHOUT_BYTES_MAX};
use crate::rooms::delivery::{JoinTicket, PeerLink, PoseSlot, Told};
use crate::rooms::lanes::Lanes;
use crate::rooms::registry::{JoinRefusal, RoomHandle};
use crate::rooms::stored;
use crate::rooms::task::RoomMessage;
use crate::socket::outlet::{Note, Opening};
use crate::socket::rate::{Rates, TooMuch};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use thexr_room::{Input, Join, PoseInput, Request, ResumeFrom};
use thexr_wire::lane::{self, PoseUp, Up, read_any_up};
use thexr_wire::limits::{RESUME_BYTES_MAX, SOCKET_CHANNELS_MAX};
use thexr_wire::message::{Dialect, JoinPayload, event};
use thexr_wire::phoenix::{
    ClientPush, FrameError, Incoming, Payload, Vsn, decode_client_push, encode_text, reply_payload,
};
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{PeerId, RoomId, UserId};
use tokio::sync::oneshot;

struct Channel {
    peer: PeerId,
    join_ref: Value,
    reference: Value,
    dialect: Dialect,
    room: RoomHandle,
    pose: Arc<PoseSlot>,
    ended: Arc<AtomicBool>,
}

/// The incoming half of a connection.
pub struct Session {
    app: Arc<App>,
    vsn: Vsn,
    user: UserId,
    lanes: Lanes,
    channels: BTreeMap<String, Channel>,
    rates: Rates,
    binary: bool,
}

impl Session {
    /// A session of a person; `binary` says whether the transport can carry binary frames down.
    pub fn new(app: Arc<App>, vsn: Vsn, user: UserId, lanes: Lanes, binary: bool) -> Self {
        Self { app, vsn, user, lanes, channels: BTreeMap::new(), rates: Rates::new(), binary }
    }

    /// Which envelope its frames come in.
    pub fn vsn(&self) -> Vsn {
        self.vsn
    }

    /// Takes a binary message that is a pose, at no more cost than reading it; anything else is a frame to be handled.
    /// Errors: it is no push.
    pub fn binary(&self, bytes: &[u8]) -> Result<Option<Incoming>, FrameError> {
        let push = decode_client_push(bytes)?;
        Ok(if self.pose(&push, bytes.len()) { None } else { Some(Incoming::from(push)) })
    }

    /// Takes a pose for a channel that is there; `false` when it is anything else.
    fn pose(&self, push: &ClientPush<'_>, bytes: usize) -> bool {
        let Some(channel) = self.channels.get(push.topic).filter(|_| push.event == lane::EVENT) else {
            return false;
        };
        if channel.ended.load(Ordering::Acquire) {
            return false;
        }
        if self.rates.check(bytes).is_err() {
            // Poses are never answered.
            metrics::counter!("thexr_pushes_rate_limited_total").increment(1);
        } else if channel.hears_text(push.join_ref) {
            channel.take_pose(push.data);
        }
        true
    }

    /// Handles one frame of so many bytes, to its end: joins are handled one after the other.
    pub async fn frame(&mut self, frame: Incoming, bytes: usize) {
        let event = frame.event.as_str().unwrap_or_default().to_owned();
        let topic = frame.topic.as_str().unwrap_or_default().to_owned();
        let known = self.channels.contains_key(&topic);
        if let Err(too_much) = self.rates.check(bytes) {
            metrics::counter!("thexr_pushes_rate_limited_total").increment(1);
            // Who leaves what they joined may always go: otherwise the room and the page would disagree.
            if !(known && event == "phx_leave") {
                return self.limited(&topic, &event, &frame, too_much).await;
            }
        }
        if topic == "phoenix" && event == "heartbeat" {
            self.reply(&Value::Null, &frame, "ok", &json!({})).await;
            return;
        }
        if self.channels.get(&topic).is_some_and(|channel| channel.ended.load(Ordering::Acquire)) {
            self.channels.remove(&topic);
        }
        match (event.as_str(), self.channels.contains_key(&topic)) {
            ("phx_join", _) => self.join(topic, frame).await,
            ("phx_leave", true) => self.leave(&topic, frame).await,
            ("phx_leave", false) => self.reply(&frame.join_ref, &frame, "ok", &json!({})).await,
            (_, true) => self.push(&topic, &event, frame, bytes).await,
            (_, false) => {
                self.reply(&Value::Null, &frame, "error", &json!({"reason": "unmatched topic"})).await;
            }
        }
    }

    /// The connection is gone: rooms are told, by the way it went.
    pub async fn end(self) {
        for channel in self.channels.into_values() {
            let input = RoomMessage::Input { peer: channel.peer, input: Input::Lost, bytes: 0 };
            // An error means that the room has ended.
            let _ = channel.room.mailbox.send(input).await;
        }
    }

    async fn reply(&self, join_ref: &Value, frame: &Incoming, status: &str, response: &Value) {
        let payload = reply_payload(status, &response.to_string());
        let topic = frame.topic.as_str().map_or_else(|| frame.topic.to_string(), str::to_owned);
        let text = encode_text(self.vsn, join_ref, &frame.reference, &topic, "phx_reply", &payload);
        self.lanes.note(Note::Frame(text)).await;
    }

    async fn refuse(&self, frame: &Incoming, reason: &str, detail: &str) {
        let response = json!({"reason": reason, "detail": detail});
        self.reply(&frame.join_ref, frame, "error", &response).await;
    }

    /// Answers what is too much; poses are never answered.
    async fn limited(&self, topic: &str, event: &str, frame: &Incoming, too_much: TooMuch) {
        if event == lane::EVENT || event == event::I_MOVED {
            return;
        }
        let channel = self.channels.get(topic).filter(|_| event != "phx_join");
        if channel.is_some_and(|channel| !channel.hears(&frame.join_ref)) {
            return;
        }
        let join_ref = channel.map_or(&frame.join_ref, Channel::reply_ref);
        let response = json!({"reason": "rate_limited", "detail": too_much.to_string()});
        self.reply(join_ref, frame, "error", &response).await;
    }

    async fn leave(&mut self, topic: &str, frame: Incoming) {
        let Some(channel) = self.channels.get(topic) else { return };
        if !channel.hears(&frame.join_ref) {
            return;
        }
        let Some(channel) = self.channels.remove(topic) else { return };
        let payload = reply_payload("ok", "{}");
        let join_ref = channel.reply_ref();
        let reply = encode_text(self.vsn, join_ref, &frame.reference, topic, "phx_reply", &payload);
        let input = RoomMessage::Input { peer: channel.peer, input: Input::Leave, bytes: 0 };
        // An error means that the room has ended.
        let _ = channel.room.mailbox.send(input).await;
        self.lanes.note(Note::Left { peer: channel.peer, reply }).await;
    }

    async fn push(&mut self, topic: &str, event: &str, mut frame: Incoming, bytes: usize) {
        let Some(channel) = self.channels.get(topic) else { return };
        if !channel.hears(&frame.join_ref) {
            return;
        }
        if event == lane::EVENT || event == event::I_MOVED {
            match &frame.payload {
                Payload::Binary(bytes) if event == lane::EVENT => channel.take_pose(bytes),
                Payload::Json(payload) if event == event::I_MOVED => channel.take_json_pose(payload),
                _ => channel.refuse_pose(),
            }
            return;
        }
        let Payload::Json(payload) = std::mem::replace(&mut frame.payload, Payload::Json(Value::Null)) else {
            let response = json!({"reason": "bad_payload", "detail": "Only poses travel as binary."});
            self.reply(channel.reply_ref(), &frame, "error", &response).await;
            return;
        };
        if let Some(most) = bytes_max(event).filter(|most| bytes > *most && text_bytes(&payload) > *most) {
            let detail = format!("At most {most} bytes.");
            let response = json!({"reason": "payload_too_large", "detail": detail});
            return self.reply(channel.reply_ref(), &frame, "error", &response).await;
        }
        match event {
            event::PING => self.reply(channel.reply_ref(), &frame, "ok", &payload).await,
            event::CLOCK => {
                let response = json!({"t": payload.get("t"), "room_ms": channel.room.clock.room_ms()});
                self.reply(channel.reply_ref(), &frame, "ok", &response).await;
            }
            _ => {
                let request = match Request::decode(event, payload) {
                    Ok(request) => Box::new(request),
                    Err(reject) => {
                        return self.reply(channel.reply_ref(), &frame, "error", &reject.to_json()).await;
                    }
                };
                let act = Input::Act { address: frame.reference.clone(), request };
                if !channel.room.try_command(channel.peer, act, bytes) {
                    self.reply(channel.reply_ref(), &frame, "error", &JoinRefusal::Busy.to_json()).await;
                }
            }
        }
    }

    async fn join(&mut self, topic: String, frame: Incoming) {
        let Some(room_id) = topic.strip_prefix("room:") else {
            self.reply(&Value::Null, &frame, "error", &json!({"reason": "unmatched topic"})).await;
            return;
        };
        let Ok(room_id) = RoomId::parse(room_id) else {
            let JoinRefusalText { reason, detail } = refusal_text(JoinRefusal::NotFound);
            return self.refuse(&frame, &reason, &detail).await;
        };
        if self.channels.len() >= SOCKET_CHANNELS_MAX && !self.channels.contains_key(&topic) {
            let response = json!({"reason": "too many channels joined"});
            return self.reply(&frame.join_ref, &frame, "error", &response).await;
        }
        if let Err(too_much) = self.rates.check_join() {
            return self.refuse(&frame, "rate_limited", &too_much.to_string()).await;
        }
        let payload = match join_payload(&frame.payload) {
            Ok(payload) => payload,
            Err((reason, detail)) => return self.refuse(&frame, reason, &detail).await,
        };
        if payload.dialect == Dialect::Thexr1 && !self.binary {
            let detail = "Long polling speaks the json dialect only; this page needs a WebSocket.";
            return self.refuse(&frame, "unsupported_dialect", detail).await;
        }
        let room = match self.app.rooms.room(&room_id).await {
            Ok(room) => room,
            Err(refusal) => {
                let JoinRefusalText { reason, detail } = refusal_text(refusal);
                return self.refuse(&frame, &reason, &detail).await;
            }
        };
        let resume = self.resume(&room_id, &payload).await;
        // People of one address take turns with those of others; until it is known here, a person is one.
        let door =
            self.user.as_str().bytes().fold(0, |hash: u64, byte| hash.wrapping_mul(31) ^ u64::from(byte));
        match Join::new(self.user.clone(), payload, door) {
            Ok(join) => self.enter(topic, room_id, room, join.resuming(resume), frame).await,
            Err(reject) => self.refuse(&frame, reject.reason, &reject.detail).await,
        }
    }

    /// Missed history, when the client shows a token for it.
    async fn resume(&self, room: &RoomId, payload: &JoinPayload) -> Option<ResumeFrom> {
        let resume = payload.resume.as_ref()?;
        if !self.app.tokens.may_resume(&resume.token, &self.user, room, crate::clock::now_s()) {
            return None;
        }
        // A store that cannot be read costs a full snapshot, nothing else.
        let rows = self.app.store.events_after(room, resume.seq, RESUME_BYTES_MAX).await.ok()??;
        let events = stored::events(&rows).ok()?;
        Some(ResumeFrom::new(resume.seq, events.into_iter().map(Arc::new).collect()))
    }

    async fn enter(&mut self, topic: String, room_id: RoomId, room: RoomHandle, join: Join, frame: Incoming) {
        let peer = self.app.rooms.new_peer();
        let pose = Arc::<PoseSlot>::default();
        let ended = Arc::<AtomicBool>::default();
        let replaced = self.channels.remove(&topic);
        let opening = Opening {
            peer,
            topic: topic.as_str().into(),
            room: room_id.clone(),
            join_ref: frame.join_ref.clone(),
            reference: frame.reference.clone(),
            pose: pose.clone(),
            gauges: room.gauges.clone(),
            ended: ended.clone(),
            replaces: replaced.as_ref().map(|channel| channel.peer),
        };
        self.lanes.note(Note::Open(Box::new(opening))).await;
        let dialect = join.dialect();
        let link = PeerLink { lanes: self.lanes.clone(), pose: pose.clone() };
        let decision = ask(&room, peer, join.clone(), link.clone()).await;
        if let Some(old) = replaced {
            let goodbye = RoomMessage::Input { peer: old.peer, input: Input::Leave, bytes: 0 };
            // An error means that the room has ended.
            let _ = old.room.mailbox.send(goodbye).await;
        }
        let deadline = tokio::time::Instant::now() + JOIN_TIMEOUT;
        let mut asked = (room, await_decision(decision, deadline).await);
        if let (_, Decision::Dropped) = asked {
            // The room stopped or crashed with the join in its mailbox: its next life decides.
            asked = match self.app.rooms.room(&room_id).await {
                Ok(room) => {
                    let decision = ask(&room, peer, join, link).await;
                    (room, await_decision(decision, deadline).await)
                }
                Err(refusal) => return self.lanes.tell(peer, Told::Refused(refusal.to_json())),
            };
        }
        let (room, decision) = asked;
        let channel = Channel {
            peer,
            join_ref: frame.join_ref.clone(),
            reference: frame.reference.clone(),
            dialect,
            room,
            pose,
            ended,
        };
        match decision {
            Decision::Accepted => {
                self.channels.insert(topic, channel);
            }
            // The room has told the outlet why.
            Decision::Refused => {}
            Decision::Dropped | Decision::Late => {
                let goodbye = RoomMessage::Input { peer, input: Input::Leave, bytes: 0 };
                // It must arrive, however full the mailbox is: nobody else would ever take the newcomer out again.
                tokio::spawn(async move { channel.room.mailbox.send(goodbye).await });
                self.lanes.tell(peer, Told::Refused(JoinRefusal::Busy.to_json()));
            }
        }
    }
}

/// How a join went.
enum Decision {
    Accepted,
    Refused,
    /// The room ended without a decision.
    Dropped,
    /// It took too long.
    Late,
}

async fn ask(room: &RoomHandle, peer: PeerId, join: Join, link: PeerLink) -> oneshot::Receiver<bool> {
    let (decided, decision) = oneshot::channel();
    let message = RoomMessage::Join { peer, join: Box::new(join), ticket: JoinTicket { link, decided } };
    // An error means that the room has ended meanwhile; the missing decision says so.
    let _ = room.mailbox.send(message).await;
    decision
}

async fn await_decision(mut decision: oneshot::Receiver<bool>, deadline: tokio::time::Instant) -> Decision {
    let decided = match tokio::time::timeout_at(deadline, &mut decision).await {
        Ok(decided) => decided.ok(),
        Err(_) => {
            // From here on the room cannot accept any more; it may have done so just now.
            decision.close();
            let Ok(decided) = decision.try_recv() else { return Decision::Late };
            Some(decided)
        }
    };
    match decided {
        Some(true) => Decision::Accepted,
        Some(false) => Decision::Refused,
        None => Decision::Dropped,
    }
}

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

impl Channel {
    /// Frames without a join_ref, with the channel's, or (as phyllo sends them) with the join's ref are for us.
    fn hears(&self, join_ref: &Value) -> bool {
        join_ref.is_null() || *join_ref == self.join_ref || *join_ref == self.reference
    }

    fn reply_ref(&self) -> &Value {
        if self.join_ref.is_null() { &self.reference } else { &self.join_ref }
    }

    /// As [`hears`](Self::hears), for a ref as binary frames spell it.
    fn hears_text(&self, join_ref: &str) -> bool {
        let is = |value: &Value| value.as_str() == Some(join_ref);
        join_ref.is_empty() || is(&self.join_ref) || is(&self.reference)
    }

    /// Puts a pose into the newest-wins slot and notes how far the client is; an unusable one costs its sender a count.
    fn take_pose(&self, bytes: &[u8]) {
        match read_any_up(bytes) {
            Ok(Up::Pose(PoseUp { seq, ack_tick, sample_ms, marks, pose })) => {
                self.pose.ack(self.room.clock.tick(), ack_tick);
                self.pose.put(seq, PoseInput { peer: self.peer, sample_ms: Some(sample_ms), marks, pose });
            }
            Ok(Up::Ack(tick)) => self.pose.ack(self.room.clock.tick(), tick),
            Err(_) => self.refuse_pose(),
        }
    }

    fn take_json_pose(&self, payload: &Value) {
        match json_pose(payload) {
            Some(pose) => {
                let marks = Marks::default();
                self.pose.put(0, PoseInput { peer: self.peer, sample_ms: None, marks, pose });
            }
            None => self.refuse_pose(),
        }
    }

    fn refuse_pose(&self) {
        metrics::counter!("thexr_poses_refused_total", "dialect" => format!("{:?}", self.dialect))
            .increment(1);
    }
}

/// `{pose: {head, …}}` or the book's `{position, rotation}`.
fn json_pose(payload: &Value) -> Option<Pose> {
    if let Some(pose) = payload.get("pose") {
        return serde_json::from_value::<Pose>(pose.clone()).ok()?.validated().ok();
    }
    let numbers = |name: &str| thexr_world::transform::numbers::<3>(payload.get(name)?);
    let [x, y, z] = numbers("position")?;
    let rotation = payload.get("rotation").and_then(thexr_world::transform::numbers::<4>);
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

struct JoinRefusalText {
    reason: String,
    detail: String,
}

fn refusal_text(refusal: JoinRefusal) -> JoinRefusalText {
    let json = refusal.to_json();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    JoinRefusalText { reason: text("reason"), detail: text("detail") }
}

/// Who a handshake's token belongs to.
pub fn user_of(app: &App, token: &str) -> Option<UserId> {
    app.tokens.user(Purpose::Socket, token, crate::clock::now_s())
}

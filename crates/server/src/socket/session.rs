//! What comes in on one connection: frames in, one after the other; joins, leaves, pushes to rooms.
//!
//! Source: the socket loop of phoenix 1.8. Knows nothing of the transport.

use crate::app::App;
use crate::auth::Purpose;
use crate::limits::{JOIN_TIMEOUT, PUSH_BURST, PUSHES_PER_SECOND};
use crate::rooms::delivery::{JoinTicket, OrderedQueue, PeerLink, PoseSlot};
use crate::rooms::registry::{JoinRefusal, RoomHandle};
use crate::rooms::stored;
use crate::rooms::task::RoomMessage;
use crate::socket::outlet::{Note, Opening};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use thexr_room::{Input, Join, PoseInput, ResumeFrom};
use thexr_wire::lane::{self, read_up};
use thexr_wire::limits::{RESUME_BYTES_MAX, SOCKET_CHANNELS_MAX};
use thexr_wire::message::{Dialect, JoinPayload, event};
use thexr_wire::phoenix::{Incoming, Payload, Vsn, encode_text, reply_payload};
use thexr_wire::pose::Pose;
use thexr_wire::{PeerId, RoomId, UserId};
use tokio::sync::{mpsc, oneshot};

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
    queue: OrderedQueue,
    channels: BTreeMap<String, Channel>,
    pushes: DefaultDirectRateLimiter,
    binary: bool,
}

impl Session {
    /// A session of a person; `binary` says whether the transport can carry binary frames down.
    pub fn new(app: Arc<App>, vsn: Vsn, user: UserId, queue: OrderedQueue, binary: bool) -> Self {
        let per_second = NonZeroU32::new(PUSHES_PER_SECOND).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(PUSH_BURST).unwrap_or(NonZeroU32::MIN);
        let pushes = RateLimiter::direct(Quota::per_second(per_second).allow_burst(burst));
        Self { app, vsn, user, queue, channels: BTreeMap::new(), pushes, binary }
    }

    /// Which envelope its frames come in.
    pub fn vsn(&self) -> Vsn {
        self.vsn
    }

    /// Handles one frame, to its end: joins are handled one after the other.
    pub async fn frame(&mut self, frame: Incoming) {
        let event = frame.event.as_str().unwrap_or_default().to_owned();
        let topic = frame.topic.as_str().unwrap_or_default().to_owned();
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
            (_, true) => self.push(&topic, &event, frame).await,
            (_, false) => {
                self.reply(&Value::Null, &frame, "error", &json!({"reason": "unmatched topic"})).await;
            }
        }
    }

    /// The connection is gone: rooms are told, by the way it went.
    pub async fn end(self) {
        for channel in self.channels.into_values() {
            let input = RoomMessage::Input { peer: channel.peer, input: Input::Lost };
            // An error means that the room has ended.
            let _ = channel.room.mailbox.send(input).await;
        }
    }

    async fn reply(&self, join_ref: &Value, frame: &Incoming, status: &str, response: &Value) {
        let payload = reply_payload(status, &response.to_string());
        let topic = frame.topic.as_str().map_or_else(|| frame.topic.to_string(), str::to_owned);
        let text = encode_text(self.vsn, join_ref, &frame.reference, &topic, "phx_reply", &payload);
        self.queue.note(Note::Frame(text)).await;
    }

    async fn refuse(&self, frame: &Incoming, reason: &str, detail: &str) {
        let response = json!({"reason": reason, "detail": detail});
        self.reply(&frame.join_ref, frame, "error", &response).await;
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
        let input = RoomMessage::Input { peer: channel.peer, input: Input::Leave };
        // An error means that the room has ended.
        let _ = channel.room.mailbox.send(input).await;
        self.queue.note(Note::Left { peer: channel.peer, reply }).await;
    }

    async fn push(&mut self, topic: &str, event: &str, frame: Incoming) {
        let Some(channel) = self.channels.get(topic) else { return };
        if !channel.hears(&frame.join_ref) {
            return;
        }
        let is_pose = event == lane::EVENT || event == event::I_MOVED;
        if self.pushes.check().is_err() {
            metrics::counter!("thexr_pushes_rate_limited_total").increment(1);
            if !is_pose {
                let detail = format!("At most {PUSHES_PER_SECOND} pushes a second.");
                let response = json!({"reason": "rate_limited", "detail": detail});
                self.reply(channel.reply_ref(), &frame, "error", &response).await;
            }
            return;
        }
        if is_pose {
            channel.take_pose(event, &frame.payload);
            return;
        }
        let Payload::Json(payload) = frame.payload.clone() else {
            let response = json!({"reason": "bad_payload", "detail": "Only poses travel as binary."});
            self.reply(channel.reply_ref(), &frame, "error", &response).await;
            return;
        };
        match event {
            event::PING => self.reply(channel.reply_ref(), &frame, "ok", &payload).await,
            event::CLOCK => {
                let response = json!({"t": payload.get("t"), "room_ms": channel.room.clock.room_ms()});
                self.reply(channel.reply_ref(), &frame, "ok", &response).await;
            }
            _ => self.command(channel, event, payload, &frame).await,
        }
    }

    async fn command(&self, channel: &Channel, event: &str, payload: Value, frame: &Incoming) {
        let input = Input::Command { reference: frame.reference.clone(), name: event.to_owned(), payload };
        match channel.room.mailbox.try_send(RoomMessage::Input { peer: channel.peer, input }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.reply(channel.reply_ref(), frame, "error", &JoinRefusal::Busy.to_json()).await;
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                self.reply(&Value::Null, frame, "error", &json!({"reason": "unmatched topic"})).await;
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
        let join = Join { user: self.user.clone(), payload, resume };
        self.enter(topic, room_id, room, join, frame).await;
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
        Some(ResumeFrom { seq: resume.seq, tail: events.into_iter().map(Arc::new).collect() })
    }

    async fn enter(&mut self, topic: String, room_id: RoomId, room: RoomHandle, join: Join, frame: Incoming) {
        let peer = self.app.rooms.new_peer();
        let pose = Arc::<PoseSlot>::default();
        let ended = Arc::<AtomicBool>::default();
        let replaced = self.channels.remove(&topic);
        let opening = Opening {
            peer,
            topic: topic.as_str().into(),
            room: room_id,
            join_ref: frame.join_ref.clone(),
            reference: frame.reference.clone(),
            pose: pose.clone(),
            ended: ended.clone(),
            replaces: replaced.as_ref().map(|channel| channel.peer),
        };
        self.queue.note(Note::Open(Box::new(opening))).await;
        let dialect = join.payload.dialect;
        let (decided, decision) = oneshot::channel();
        let link = PeerLink { queue: self.queue.clone(), pose: pose.clone() };
        let ticket = JoinTicket { link, decided };
        let message = RoomMessage::Join { peer, join: Box::new(join), ticket };
        // An error means that the room has ended meanwhile; the missing decision says so below.
        let _ = room.mailbox.send(message).await;
        if let Some(old) = replaced {
            let goodbye = RoomMessage::Input { peer: old.peer, input: Input::Leave };
            let _ = old.room.mailbox.send(goodbye).await;
        }
        let channel = Channel {
            peer,
            join_ref: frame.join_ref.clone(),
            reference: frame.reference.clone(),
            dialect,
            room,
            pose,
            ended,
        };
        match tokio::time::timeout(JOIN_TIMEOUT, decision).await {
            Ok(Ok(true)) => {
                self.channels.insert(topic, channel);
            }
            // The room has told the outlet why.
            Ok(Ok(false)) => {}
            Ok(Err(_)) | Err(_) => {
                let goodbye = RoomMessage::Input { peer, input: Input::Leave };
                let _ = channel.room.mailbox.try_send(goodbye);
                let told = crate::rooms::delivery::Told::Refused(JoinRefusal::Busy.to_json());
                self.queue.send(peer, told);
            }
        }
    }
}

impl Channel {
    /// Frames without a join_ref, with the channel's, or (as phyllo sends them) with the join's ref are for us.
    fn hears(&self, join_ref: &Value) -> bool {
        join_ref.is_null() || *join_ref == self.join_ref || *join_ref == self.reference
    }

    fn reply_ref(&self) -> &Value {
        if self.join_ref.is_null() { &self.reference } else { &self.join_ref }
    }

    /// Puts a pose into the newest-wins slot; an unusable one costs its sender a count.
    fn take_pose(&self, event: &str, payload: &Payload) {
        let taken = match (event, payload) {
            (lane::EVENT, Payload::Binary(bytes)) => read_up(bytes).ok().map(|up| {
                let sample_ms = Some(up.sample_ms);
                (up.seq, PoseInput { peer: self.peer, sample_ms, jumped: up.jumped, pose: up.pose })
            }),
            (event::I_MOVED, Payload::Json(payload)) => json_pose(payload)
                .map(|pose| (0, PoseInput { peer: self.peer, sample_ms: None, jumped: false, pose })),
            _ => None,
        };
        match taken {
            Some((seq, pose)) => self.pose.put(seq, pose),
            None => {
                metrics::counter!("thexr_poses_refused_total", "dialect" => format!("{:?}", self.dialect))
                    .increment(1)
            }
        }
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

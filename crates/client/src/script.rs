//! A transcript's other side: what a server would say, frame by frame, and what the client sent. For tests only.

use crate::event::{Detail, Event, Options, Transmit};
use crate::{Client, Mode};
use serde_json::{Value, json};
use thexr_physics::Simulation;
use thexr_wire::Tier;
use thexr_wire::bodies::{self, BodyState, Rounded};
use thexr_wire::claims::Claims;
use thexr_wire::joints::{HandJoints, encode as encode_hand};
use thexr_wire::lane::{Header, Own, SectionKind, read_up, write_group, write_section};
use thexr_wire::phoenix::{
    Payload, Vsn, decode_binary, decode_text, encode_text, reply_payload, write_push_head,
};
use thexr_wire::pose::{Marks, Place, Pose, Sample};
use thexr_wire::records::{encode_a, encode_b, encode_d};
use thexr_wire::{EntityId, RoomId, UserId};

pub(crate) const TOPIC: &str = "room:abcde";
pub(crate) const ME: &str = "me000000000000000000";
pub(crate) const TOM: &str = "tom00000000000000000";

pub(crate) fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

/// Standing at a place on the X axis.
pub(crate) fn at(x: f32) -> Pose {
    Pose::standing([x, 1.8, 0.0])
}

/// A text frame the client sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub join_ref: Value,
    pub reference: Value,
    pub event: String,
    pub payload: Value,
}

pub(crate) struct Script {
    pub client: Client,
    pub now_ms: f64,
    pub poses: Vec<(u16, Own)>,
    /// What was claimed in the newest frame up; `None` of a client that claims nothing.
    pub claims: Option<Claims>,
    /// The newest frame up that the frames down answer.
    pub ack: u16,
    /// Does what the client orders, if it predicts.
    pub physics: Option<Simulation>,
    pub acks: Vec<u32>,
    /// Everything the client was handed, for replaying it damaged.
    pub received: Vec<Transmit>,
    pub join: Option<Sent>,
    /// The server does not answer heartbeats.
    pub deaf: bool,
}

pub(crate) fn options(mode: Mode) -> Options {
    Options {
        room: RoomId::parse("abcde").unwrap(),
        user: None,
        nickname: "Ann".into(),
        avatar: json!({"color": "#FF0000"}),
        mode,
        command_id_seed: 7,
        detail: Detail::Full,
    }
}

pub(crate) fn avatar_row(user: &str, slot: u16) -> Value {
    json!({"id": user, "slot": slot, "version": 1, "components": {"avatar": {"color": "#00FF00"}, "nickname": "N"}})
}

impl Script {
    pub fn new(mode: Mode) -> Self {
        Self::with(options(mode))
    }

    pub fn with(options: Options) -> Self {
        let client = Client::new(options);
        Self {
            client,
            now_ms: 1_000.0,
            poses: Vec::new(),
            claims: None,
            ack: 0,
            physics: None,
            acks: Vec::new(),
            received: Vec::new(),
            join: None,
            deaf: false,
        }
    }

    /// Joined with two people in slots 1 (me) and 2 (Tom) and a box; events and frames so far are read.
    pub fn live(mode: Mode) -> Self {
        let mut script = Self::new(mode);
        script.open();
        script.accept(10, json!({}));
        script.snapshot();
        script.sent();
        script.events();
        script
    }

    pub fn open(&mut self) -> Vec<Sent> {
        self.client.opened(self.now_ms);
        self.sent()
    }

    pub fn snapshot(&mut self) {
        let block = json!({"id": "block", "version": 3, "components": {"position": [1, 2, 3], "shape": {"kind": "box"}}});
        let entities = json!([avatar_row(ME, 1), block]);
        self.push("snapshot_chunk", json!({"index": 0, "count": 2, "entities": entities}));
        self.push("snapshot_chunk", json!({"index": 1, "count": 2, "entities": [avatar_row(TOM, 2)]}));
    }

    /// Everything the client wants to send; the last join is remembered for answering it.
    pub fn sent(&mut self) -> Vec<Sent> {
        let mut sent = Vec::new();
        while let Some(transmit) = self.client.poll_transmit() {
            let frame = match &transmit {
                Transmit::Text(text) => decode_text(Vsn::V2, text).unwrap(),
                Transmit::Binary(bytes) => decode_binary(bytes).unwrap(),
            };
            let payload = match frame.payload {
                Payload::Json(payload) => payload,
                Payload::Binary(bytes) => {
                    self.up(&bytes);
                    continue;
                }
            };
            let event = frame.event.as_str().unwrap().to_owned();
            let frame = Sent { join_ref: frame.join_ref, reference: frame.reference, event, payload };
            if frame.event == "phx_join" {
                self.join = Some(frame.clone());
            }
            sent.push(frame);
        }
        for frame in sent.iter().filter(|frame| frame.event == "heartbeat" && !self.deaf) {
            let reply =
                json!([null, frame.reference, "phoenix", "phx_reply", {"status": "ok", "response": {}}]);
            self.client.receive_text(&reply.to_string(), self.now_ms);
        }
        sent
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.client.poll_event()).collect()
    }

    pub fn text(&mut self, join_ref: &Value, reference: &Value, event: &str, payload: &Value) {
        let text = encode_text(Vsn::V2, join_ref, reference, TOPIC, event, &payload.to_string());
        self.client.receive_text(&text, self.now_ms);
        self.received.push(Transmit::Text(text));
    }

    /// A broadcast.
    pub fn push(&mut self, event: &str, payload: Value) {
        self.text(&Value::Null, &Value::Null, event, &payload);
    }

    pub fn reply(&mut self, to: &Sent, status: &str, response: Value) {
        let payload = serde_json::from_str(&reply_payload(status, &response.to_string())).unwrap();
        self.text(&to.join_ref, &to.reference, "phx_reply", &payload);
    }

    /// Accepts the last join at a seq; `changes` replace parts of the reply. Room time is local time + 99 s.
    pub fn accept(&mut self, seq: u64, changes: Value) {
        let join = self.join.clone().unwrap();
        let tick = ((self.now_ms + 99_000.0) / 50.0) as u64;
        let mut reply = json!({"user_id": UserId::parse(ME).unwrap(), "mode": join.payload["mode"], "dialect": "thexr.1",
            "seq": seq, "tick": tick, "tick_ms": 50, "incarnation": 3, "resume_token": format!("token-{seq}"),
            "resumed": false, "driver": join.payload["mode"] == "enter", "limits": {}});
        for (key, value) in changes.as_object().unwrap() {
            reply[key] = value.clone();
        }
        self.reply(&join, "ok", reply);
    }

    pub fn refuse(&mut self, reason: &str) {
        let join = self.join.clone().unwrap();
        self.reply(&join, "error", json!({"reason": reason, "detail": "No."}));
    }

    pub fn fail(&mut self, event: &str) {
        let join = self.join.clone().unwrap();
        self.text(&join.join_ref, &join.join_ref, event, &json!({}));
    }

    /// A pose frame of incarnation 3 for one slot, sampled at the moment.
    /// Takes a frame up, whatever it came by.
    pub fn up(&mut self, frame: &[u8]) {
        let up = read_up(frame).unwrap();
        match up.seq.zip(up.own) {
            Some(pose) => {
                self.poses.push(pose);
                self.claims = up.claims;
            }
            None => self.acks.push(up.ack_tick),
        }
    }

    pub fn pose(&mut self, slot: u16, pose: Pose, jumped: bool) {
        self.pose_of(3, slot, pose, jumped);
    }

    pub fn pose_of(&mut self, incarnation: u16, slot: u16, pose: Pose, jumped: bool) {
        let mut bytes = Vec::new();
        assert!(write_push_head(&mut bytes, "", TOPIC, "pose"));
        self.write_pose(incarnation, slot, pose, jumped, &mut bytes);
        self.client.receive_binary(&bytes, self.now_ms);
        self.received.push(Transmit::Binary(bytes));
    }

    /// A frame of one person that comes as a datagram.
    pub fn datagram(&mut self, slot: u16, pose: Pose) {
        let mut bytes = Vec::new();
        self.write_pose(3, slot, pose, false, &mut bytes);
        self.client.receive_datagram(&bytes, self.now_ms);
    }

    fn write_pose(&self, incarnation: u16, slot: u16, pose: Pose, jumped: bool, bytes: &mut Vec<u8>) {
        let tick = ((self.now_ms + 99_000.0) / 50.0) as u32;
        Header { incarnation, tick, seq: 10, ack: self.ack }.write(bytes);
        write_section(SectionKind::People, bytes, |out| {
            write_group(out, Tier::A, 1, pose.cell());
            let marks = Marks { jumped, ..Marks::default() };
            let sample = Sample { slot, tier: Tier::A, age_ms: 0, marks, pose };
            out.extend_from_slice(&encode_a(&sample, pose.cell()));
        });
    }

    /// A frame of one person as it is told at the moment, in tier A, B or D.
    pub fn sample(&mut self, sample: Sample) {
        let mut bytes = Vec::new();
        assert!(write_push_head(&mut bytes, "", TOPIC, "pose"));
        let tick = ((self.now_ms + 99_000.0) / 50.0) as u32;
        Header { incarnation: 3, tick, seq: 10, ack: 0 }.write(&mut bytes);
        let cell = sample.pose.cell();
        write_section(SectionKind::People, &mut bytes, |out| {
            write_group(out, sample.tier, 1, cell);
            match sample.tier {
                Tier::B => out.extend_from_slice(&encode_b(&sample, cell)),
                Tier::D => out.extend_from_slice(&encode_d(&sample, cell)),
                _ => out.extend_from_slice(&encode_a(&sample, cell)),
            }
        });
        self.client.receive_binary(&bytes, self.now_ms);
    }

    /// A frame of one thing that moves, of so many ticks ago.
    pub fn body(&mut self, slot: u16, place: Place, rests: bool, ago: u32) {
        self.told_of(&BodyState { rests, ..BodyState::new(slot, Rounded::new(&place)) }, ago);
    }

    /// A frame of one thing as it is told, of so many ticks ago.
    pub fn told_of(&mut self, state: &BodyState, ago: u32) {
        let mut bytes = Vec::new();
        assert!(write_push_head(&mut bytes, "", TOPIC, "pose"));
        let tick = ((self.now_ms + 99_000.0) / 50.0) as u32 - ago;
        Header { incarnation: 3, tick, seq: 10, ack: self.ack }.write(&mut bytes);
        write_section(SectionKind::Bodies, &mut bytes, |out| {
            write_group(out, Tier::A, 1, state.place.cell());
            out.extend_from_slice(&bodies::encode(state));
        });
        self.client.receive_binary(&bytes, self.now_ms);
    }

    /// Somebody and their hand, joint by joint, with a section between them that nobody knows.
    pub fn hand(&mut self, sample: Sample, hand: &HandJoints) {
        let mut bytes = Vec::new();
        assert!(write_push_head(&mut bytes, "", TOPIC, "pose"));
        let tick = ((self.now_ms + 99_000.0) / 50.0) as u32;
        Header { incarnation: 3, tick, seq: 10, ack: 0 }.write(&mut bytes);
        let cell = sample.pose.cell();
        write_section(SectionKind::People, &mut bytes, |out| {
            write_group(out, Tier::A, 1, cell);
            out.extend_from_slice(&encode_a(&sample, cell));
        });
        bytes.extend_from_slice(&[200, 2, 0, 255, 255]);
        write_section(SectionKind::Joints, &mut bytes, |out| out.extend_from_slice(&encode_hand(hand)));
        self.client.receive_binary(&bytes, self.now_ms);
    }

    /// The room says how many come before this join.
    pub fn queued(&mut self, ahead: u64) {
        let join = self.join.clone().unwrap();
        self.text(&join.join_ref, &Value::Null, "queued", &json!({"ahead": ahead}));
    }

    /// Lets time pass in frames of 10 ms.
    pub fn pass(&mut self, ms: f64) -> Vec<Sent> {
        let until = self.now_ms + ms;
        let mut sent = Vec::new();
        while self.now_ms < until {
            sent.extend(self.picture(10.0));
        }
        sent
    }

    /// The next picture, so much later.
    pub fn picture(&mut self, ms: f64) -> Vec<Sent> {
        self.now_ms += ms;
        if let Some(physics) = &mut self.physics {
            let orders = self.client.orders(self.now_ms);
            if !orders.0.is_empty() {
                self.client.report(&physics.run(&orders), self.now_ms);
            }
        }
        self.client.frame(self.now_ms);
        self.sent()
    }
}

/// The ops of one event as a patch and the event itself.
pub(crate) fn patch(seq: u64, ops: Value) -> Value {
    let count = ops.as_array().unwrap().len();
    json!({"seq": seq, "at": 5, "ops": ops, "runs": [[seq, count]]})
}

pub(crate) fn fact(seq: u64, event: &str) -> Value {
    json!({"event": event, "payload": {}, "seq": seq, "at": 5, "actor": "server"})
}

pub(crate) fn names(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(|frame| frame.event.as_str()).collect()
}

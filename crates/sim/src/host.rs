//! The server's shell in miniature: frames to inputs, ticks, the ordered lane held back until the store confirms.
//!
//! Sans-IO: connections are numbers, time is an argument. Knows nothing of the network between.

use crate::disk::{Batch, Delay, Disk, Done};
use crate::member::Member;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use thexr_client::Transmit;
use thexr_room::{Input, Join, Message, Now, Ordered, Outbox, Request, ResumeFrom, Room, StoreState, To};
use thexr_wire::limits::TICK_MS;
use thexr_wire::message::{JoinPayload, event};
use thexr_wire::phoenix::{Incoming, Payload, Vsn, decode_binary, decode_text, encode_text, reply_payload};
use thexr_wire::{PeerId, RoomId, UserId};

/// Where the room's wall clock begins, milliseconds since 1970.
pub const START_MS: i64 = 1_700_000_000_000;
/// Unconfirmed ticks above which commands are refused.
const UNCONFIRMED_TICKS_MAX: usize = 20;

/// One running room with its connections.
pub struct Host {
    /// The room.
    pub room: Room,
    disk: Disk,
    delay: Delay,
    topic: String,
    connections: BTreeMap<u64, Connection>,
    members: BTreeMap<PeerId, Member>,
    unreleased: VecDeque<Ordered>,
    durable_seq: u64,
    next_peer: u64,
    next_tick_ms: f64,
    out: VecDeque<(u64, Transmit)>,
}

struct Connection {
    user: UserId,
    peer: Option<PeerId>,
}

impl Host {
    /// Starts from what the disk has.
    pub fn start(mut disk: Disk, room: &RoomId, now_ms: f64, delay: Delay) -> Self {
        let room_state = Room::open(disk.boot(START_MS + now_ms as i64));
        Self {
            durable_seq: room_state.seq(),
            room: room_state,
            disk,
            delay,
            topic: format!("room:{room}"),
            connections: BTreeMap::new(),
            members: BTreeMap::new(),
            unreleased: VecDeque::new(),
            next_peer: 1,
            next_tick_ms: now_ms,
            out: VecDeque::new(),
        }
    }

    /// The process dies: what the disk has not confirmed is gone.
    pub fn crash(mut self) -> Disk {
        self.disk.crash();
        self.disk
    }

    /// What is durable.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Whether everything told depends on durable events only and nothing waits.
    pub fn is_settled(&self) -> bool {
        self.durable_seq == self.room.seq() && self.unreleased.is_empty() && self.room.mailbox_depth() == 0
    }

    /// A socket was accepted; the token says who.
    pub fn connect(&mut self, connection: u64, user: UserId) {
        self.connections.insert(connection, Connection { user, peer: None });
    }

    /// A socket is gone.
    pub fn disconnect(&mut self, connection: u64) {
        let peer = self.connections.remove(&connection).and_then(|connection| connection.peer);
        if let Some(peer) = peer {
            self.goodbye(peer, Input::Lost);
        }
    }

    /// The next message for a connection.
    pub fn poll(&mut self) -> Option<(u64, Transmit)> {
        self.out.pop_front()
    }

    /// A message came in.
    pub fn receive(&mut self, connection: u64, message: &Transmit, now_ms: f64) {
        if !self.connections.contains_key(&connection) {
            return;
        }
        match message {
            Transmit::Text(text) => {
                let frame = decode_text(Vsn::V2, text)
                    .unwrap_or_else(|error| panic!("our client sends frames: {error}"));
                self.frame(connection, frame, now_ms);
            }
            Transmit::Binary(bytes) => self.pose(connection, bytes),
        }
    }

    /// Lets time pass: confirmations of the store, and a tick when one is due.
    pub fn step(&mut self, now_ms: f64) {
        while let Some(done) = self.disk.done(now_ms) {
            match done {
                Done::Durable(seq) => {
                    self.durable_seq = self.durable_seq.max(seq);
                    self.release();
                }
                Done::Loaded { request, state } => {
                    self.push(PeerId(0), Input::StateLoaded { request, state })
                }
            }
        }
        if now_ms >= self.next_tick_ms {
            self.next_tick_ms = now_ms + TICK_MS as f64;
            self.tick(now_ms);
        }
    }

    fn frame(&mut self, connection: u64, frame: Incoming, now_ms: f64) {
        let (Payload::Json(payload), Some(name)) = (frame.payload, frame.event.as_str()) else { return };
        let peer = self.connections[&connection].peer;
        match name {
            "heartbeat" => {
                let reply = reply_payload("ok", "{}");
                let text =
                    encode_text(Vsn::V2, &Value::Null, &frame.reference, "phoenix", "phx_reply", &reply);
                self.out.push_back((connection, Transmit::Text(text)));
            }
            "phx_join" => self.join(connection, frame.reference, payload),
            "phx_leave" => {
                if let Some(peer) = self.connections.get_mut(&connection).and_then(|open| open.peer.take()) {
                    self.goodbye(peer, Input::Leave);
                }
            }
            // A push of an earlier join of the same socket.
            _ if peer.is_none_or(|peer| self.members[&peer].join_ref != frame.join_ref) => {}
            event::CLOCK => {
                let answer = json!({"t": payload["t"], "room_ms": now_ms}).to_string();
                self.tell(peer, |member| vec![member.reply(&frame.reference, "ok", &answer)]);
            }
            _ => {
                let request = Request::decode(name, payload)
                    .unwrap_or_else(|reject| panic!("our client asks in order: {}", reject.detail));
                let act = Input::Act { address: frame.reference, request: Box::new(request) };
                self.push(peer.unwrap_or(PeerId(0)), act);
            }
        }
    }

    fn join(&mut self, connection: u64, reference: Value, payload: Value) {
        let payload: JoinPayload = serde_json::from_value(payload)
            .unwrap_or_else(|error| panic!("our client joins in order: {error}"));
        let peer = PeerId(self.next_peer);
        self.next_peer += 1;
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let (user, replaced) = (open.user.clone(), open.peer.replace(peer));
        let valid = payload.resume.as_ref().filter(|resume| resume.token == token(&user));
        let resume = valid.map(|resume| ResumeFrom::new(resume.seq, self.disk.tail(resume.seq)));
        self.members.insert(peer, Member::new(connection, reference, self.topic.clone()));
        let join = Join::new(user, payload, connection)
            .unwrap_or_else(|reject| panic!("our client wishes what can be: {}", reject.reason));
        self.push(peer, Input::Join(Box::new(join.resuming(resume))));
        if let Some(old) = replaced {
            self.goodbye(old, Input::Leave);
        }
    }

    fn pose(&mut self, connection: u64, bytes: &[u8]) {
        let frame = decode_binary(bytes).unwrap_or_else(|error| panic!("our client sends frames: {error}"));
        let Some(peer) = self.connections[&connection].peer else { return };
        let Some(member) = self.members.get_mut(&peer).filter(|member| member.join_ref == frame.join_ref)
        else {
            return;
        };
        if let Payload::Binary(data) = frame.payload {
            member.take_pose(peer, &data).unwrap_or_else(|error| panic!("our client sends poses: {error}"));
        }
    }

    fn goodbye(&mut self, peer: PeerId, input: Input) {
        self.members.remove(&peer);
        self.push(peer, input);
    }

    fn push(&mut self, peer: PeerId, input: Input) {
        self.room
            .push(peer, input)
            .unwrap_or_else(|reject| panic!("few clients fit a mailbox: {}", reject.reason));
    }

    fn tick(&mut self, now_ms: f64) {
        let slow = self.disk.unconfirmed() > UNCONFIRMED_TICKS_MAX;
        self.room.set_store_state(if slow { StoreState::Slow } else { StoreState::Fine });
        for member in self.members.values_mut() {
            if let Some(pose) = member.newest_pose()
                && !self.room.pose(pose)
            {
                member.look_from(pose.pose.head);
            }
        }
        let now = Now { tick: now_ms as u64 / TICK_MS, at_ms: START_MS + now_ms as i64 };
        let mut out = Outbox::default();
        self.room.tick(now, &mut out);
        if let Some(latest) = &out.latest {
            for member in self.members.values_mut() {
                let frame = member.motion(latest, self.durable_seq);
                self.out.extend(frame.map(|frame| (member.connection, frame)));
            }
        }
        self.drain(out, now, now_ms);
    }

    fn drain(&mut self, out: Outbox, now: Now, now_ms: f64) {
        if !out.events.is_empty() || !out.snapshots.is_empty() {
            let Outbox { events, snapshots, .. } = out;
            let batch = Batch { events, snapshots, seq: self.room.seq(), tick: now.tick };
            self.disk.write(batch, now_ms, self.delay);
        }
        for request in out.loads {
            self.disk.read(request, now_ms, self.delay);
        }
        self.disk.places.extend(out.last_poses);
        self.unreleased.extend(out.ordered);
        self.release();
    }

    /// Tells what is durable, in order.
    fn release(&mut self) {
        while self.unreleased.front().is_some_and(|front| front.seq <= self.durable_seq) {
            let Some(Ordered { to, message, .. }) = self.unreleased.pop_front() else { return };
            let receivers: Vec<PeerId> = match to {
                To::Peer(peer) => vec![peer],
                To::Ticket(_) => Vec::new(),
                To::All => self.attached().map(|(peer, _)| peer).collect(),
                To::Speaking(wanted) => {
                    self.attached().filter(|(_, dialect)| *dialect == wanted).map(|(peer, _)| peer).collect()
                }
            };
            for peer in receivers {
                self.deliver(peer, &message);
            }
        }
    }

    fn attached(&self) -> impl Iterator<Item = (PeerId, thexr_wire::message::Dialect)> {
        self.members.iter().filter_map(|(peer, member)| Some((*peer, member.dialect()?)))
    }

    fn deliver(&mut self, peer: PeerId, message: &Message) {
        let user = self.members.get(&peer).and_then(|member| self.connections.get(&member.connection));
        let token = user.map(|connection| token(&connection.user));
        self.tell(Some(peer), |member| match message {
            Message::Joined { attached, response } => {
                member.attach(*attached);
                let mut response = response.clone();
                response["resume_token"] = json!(token);
                vec![member.reply(&member.join_ref, "ok", &response.to_string())]
            }
            Message::Refused { response, .. } => {
                vec![member.reply(&member.join_ref, "error", &response.to_string())]
            }
            Message::Reply { reference, ok, response, .. } => {
                vec![member.reply(reference, if *ok { "ok" } else { "error" }, response)]
            }
            Message::Push { event, payload } => vec![member.push(event, payload)],
            Message::State(view) => member.state(view),
            Message::Missed(missed) => member.missed(missed),
            Message::Close => panic!("nobody has that many windows"),
        });
    }

    fn tell(&mut self, peer: Option<PeerId>, messages: impl FnOnce(&mut Member) -> Vec<Transmit>) {
        if let Some(member) = peer.and_then(|peer| self.members.get_mut(&peer)) {
            let connection = member.connection;
            self.out.extend(messages(member).into_iter().map(|message| (connection, message)));
        }
    }
}

/// What a client shows to resume: in the simulation nobody forges.
fn token(user: &UserId) -> String {
    format!("resume {user}")
}

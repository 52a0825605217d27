//! Messages in: frames to the channel they belong to, events to what they change. Never panics, whatever comes.

use crate::channel::Pending;
use crate::client::{Client, Phase};
use crate::event::{Detail, Event};
use crate::limits::ROOM_MS_MAX;
use crate::motion::read_pose;
use crate::replica::{Desync, StatePatch};
use crate::sync::Assembly;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::lane;
use thexr_wire::limits::TICK_MS;
use thexr_wire::message::{Dialect, JoinReply, Mode, SnapshotChunk, event};
use thexr_wire::phoenix::{Payload, decode_server_binary, decode_server_text};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, Role, UserId};

/// Join refusals that pass by themselves.
const PASSING: [&str; 5] =
    ["room_busy", "store_unavailable", "shutting_down", "rate_limited", "join crashed"];

/// How Phoenix answers a push to a channel that is not joined, on a socket that is.
const UNMATCHED_TOPIC: &str = "unmatched topic";

/// A new life of the room, or a part of where a resumed join finds it.
#[derive(Deserialize)]
struct Restate {
    #[serde(default)]
    incarnation: Option<u16>,
    #[serde(default)]
    index: u32,
    #[serde(default = "one")]
    count: u32,
    #[serde(default)]
    slots: Option<BTreeMap<EntityId, u16>>,
    #[serde(default)]
    poses: BTreeMap<EntityId, Value>,
    #[serde(default)]
    away: Vec<UserId>,
}

fn one() -> u32 {
    1
}

/// Whom one does not want to meet, and who does not want to meet one.
#[derive(Debug, Default, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Relations {
    pub blocked: BTreeSet<UserId>,
    pub blocked_by: BTreeSet<UserId>,
}

impl Relations {
    /// Whether somebody's avatar and words are kept from us.
    pub fn hide(&self, user: &UserId) -> bool {
        self.blocked.contains(user) || self.blocked_by.contains(user)
    }

    pub fn is_empty(&self) -> bool {
        self.blocked.is_empty() && self.blocked_by.is_empty()
    }
}

/// Who is in which slot and where, as far as the parts have come.
#[derive(Debug, Default)]
pub(crate) struct Restating {
    next: u32,
    slots: BTreeMap<EntityId, u16>,
    poses: Vec<(EntityId, Pose)>,
}

#[derive(Deserialize)]
struct Stoc {
    event: String,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    at: i64,
    #[serde(default)]
    actor: String,
}

#[derive(Deserialize)]
struct Unheard {
    seq: u64,
}

#[derive(Deserialize)]
struct Rights {
    #[serde(default)]
    role: Role,
    #[serde(default)]
    may: Vec<String>,
    #[serde(default)]
    muted: bool,
}

#[derive(Deserialize)]
struct AwayChange {
    #[serde(default)]
    away: Vec<UserId>,
    #[serde(default)]
    back: Vec<UserId>,
}

fn read<T: DeserializeOwned>(payload: Value, name: &'static str) -> Result<T, Desync> {
    serde_json::from_value(payload).map_err(|_| Desync::BadMessage(name))
}

impl Client {
    /// Takes a text message of the socket.
    pub fn receive_text(&mut self, text: &str, now_ms: f64) {
        self.line.heard(now_ms);
        self.stats.messages += 1;
        self.stats.received_bytes += text.len() as u64;
        let Ok(frame) = decode_server_text(text) else {
            self.stats.bad_messages += 1;
            if self.is_joined() {
                self.desync(&Desync::NotAFrame, now_ms);
            }
            return;
        };
        let Payload::Json(payload) = frame.payload else { return };
        if frame.topic == "phoenix" && frame.event == "phx_reply" {
            self.channel.answered(&frame.reference);
            return;
        }
        if frame.topic != self.channel.topic() || !self.channel.is_current(&frame.join_ref) {
            return;
        }
        match frame.event.as_str() {
            "phx_reply" => self.reply(&frame.reference, payload, now_ms),
            "phx_error" => self.channel_ended("channel_crash", &payload, now_ms),
            "phx_close" => self.channel_closed(&payload, now_ms),
            event if self.is_joined() => {
                if let Err(desync) = self.channel_event(event, payload, now_ms) {
                    self.stats.bad_messages += 1;
                    self.desync(&desync, now_ms);
                }
            }
            event::QUEUED => {
                if let Some(ahead) = payload.get("ahead").and_then(Value::as_u64) {
                    self.still_wanted(now_ms);
                    self.tell(Event::Queued { ahead });
                }
            }
            _ => {}
        }
    }

    /// Takes a binary message of the socket; a damaged one is counted and dropped, the next one replaces it.
    pub fn receive_binary(&mut self, bytes: &[u8], now_ms: f64) {
        self.line.heard(now_ms);
        self.stats.messages += 1;
        self.stats.received_bytes += bytes.len() as u64;
        let Ok(push) = decode_server_binary(bytes) else {
            self.stats.bad_messages += 1;
            return;
        };
        let current = push.join_ref.is_empty() || self.channel.is_current(&Value::from(push.join_ref));
        if push.topic != self.channel.topic() || push.event != lane::EVENT || !current || !self.is_joined() {
            return;
        }
        self.receive_motion(push.data, now_ms);
    }

    /// Takes a frame of the latest lane that came as a datagram: it says nothing of whether the socket lives.
    pub fn receive_datagram(&mut self, bytes: &[u8], now_ms: f64) {
        self.stats.messages += 1;
        self.stats.datagrams += 1;
        self.stats.received_bytes += bytes.len() as u64;
        if self.is_joined() {
            self.receive_motion(bytes, now_ms);
        }
    }

    fn receive_motion(&mut self, frame: &[u8], now_ms: f64) {
        let Some(room_ms) = self.clock.room_ms(now_ms) else { return };
        let detail = self.options.detail;
        if self.motion.receive(frame, detail, &self.replica, room_ms, &mut self.stats).is_err() {
            self.stats.bad_messages += 1;
        }
    }

    fn reply(&mut self, reference: &Value, mut payload: Value, now_ms: f64) {
        let Some(pending) = self.channel.answered(reference) else { return };
        let ok = payload.get("status").and_then(Value::as_str) == Some("ok");
        let response = payload.get_mut("response").map(Value::take).unwrap_or_default();
        // The channel is gone on the other side: what waits is sent again over the next join.
        let unmatched = !ok && response.get("reason").and_then(Value::as_str) == Some(UNMATCHED_TOPIC);
        match pending {
            Pending::Command { .. } | Pending::Clock { .. } if unmatched => {
                self.channel_ended(UNMATCHED_TOPIC, &response, now_ms);
            }
            Pending::Join if ok => self.join_accepted(response, now_ms),
            Pending::Join => self.join_refused(&response, now_ms),
            Pending::Clock { sent_ms } => {
                let room_ms = response.get("room_ms").and_then(Value::as_f64).unwrap_or(f64::NAN);
                if !self.clock.answer(sent_ms, room_ms, now_ms) {
                    self.stats.bad_messages += 1;
                }
            }
            Pending::Command { handle } => {
                if self.commands.answered(handle) {
                    self.tell(Event::Reply { handle, ok, response });
                }
            }
            Pending::Heartbeat => {}
        }
    }

    fn join_accepted(&mut self, response: Value, now_ms: f64) {
        let reply: JoinReply = match serde_json::from_value(response) {
            Ok(reply) => reply,
            Err(error) => return self.fatal(format!("the join's reply cannot be read: {error}")),
        };
        let room_ms = reply.tick as f64 * TICK_MS as f64;
        if reply.dialect != Dialect::Thexr1 || reply.tick_ms != TICK_MS || room_ms > ROOM_MS_MAX {
            return self.fatal("the room speaks another protocol".into());
        }
        self.clock.start(room_ms, now_ms);
        self.motion.restart(reply.incarnation, reply.tick);
        self.observes = reply.mode == Mode::Observe;
        self.user = Some(reply.user_id.clone());
        self.driver = reply.driver;
        self.stats.joins += 1;
        self.comings.clear();
        self.ending = None;
        if reply.resumed && self.resume_token.is_some() {
            self.stats.resumes += 1;
            self.told_seq = self.replica.seq();
            self.phase = Phase::Live { since_ms: now_ms };
            self.resume_token = Some(reply.resume_token);
        } else {
            self.told_seq = reply.seq;
            self.away.clear();
            self.replica.restart_seq();
            self.phase = Phase::Syncing(Assembly::new(reply.seq));
            // Usable once the snapshot is whole; a connection lost before starts anew.
            self.resume_token = None;
            self.next_token = Some(reply.resume_token);
        }
        let limit = |name: &str| reply.limits.get(name).and_then(Value::as_u64).unwrap_or(0);
        let (people_max, peers_max) = (limit("people_max"), limit("peers_max"));
        let JoinReply { user_id, mode, resumed, driver, incarnation, seq, crowded, pose, .. } = reply;
        let JoinReply { role, may, muted, settings, blocked, blocked_by, .. } = reply;
        self.relations = Relations {
            blocked: blocked.iter().cloned().collect(),
            blocked_by: blocked_by.iter().cloned().collect(),
        };
        self.tell(Event::Joined {
            user_id,
            mode,
            resumed,
            driver,
            incarnation,
            seq,
            crowded,
            people_max,
            peers_max,
            pose,
            role,
            may,
            muted,
            settings,
            blocked,
            blocked_by,
        });
        self.joined();
    }

    fn join_refused(&mut self, response: &Value, now_ms: f64) {
        let text = |key: &str| response.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (reason, detail) = (text("reason"), text("detail"));
        let retrying = PASSING.contains(&reason.as_str());
        let load = response.get("load").cloned();
        self.tell(Event::JoinRefused { reason, detail, retrying, load });
        if retrying {
            self.rejoin_later(now_ms);
        } else {
            self.refused();
        }
    }

    fn channel_ended(&mut self, otherwise: &str, payload: &Value, now_ms: f64) {
        if matches!(self.phase, Phase::Idle | Phase::Waiting { .. }) {
            return;
        }
        let reason = payload.get("reason").and_then(Value::as_str).unwrap_or(otherwise);
        self.tell(Event::Closed { reason: reason.to_owned() });
        self.rejoin_later(now_ms);
    }

    /// The channel is over; when the room has said why before, for good.
    fn channel_closed(&mut self, payload: &Value, now_ms: f64) {
        match self.ending.take() {
            Some(ending) if self.is_joined() => self.join_refused(&ending, now_ms),
            _ => self.channel_ended("channel_closed", payload, now_ms),
        }
    }

    fn channel_event(&mut self, name: &str, payload: Value, now_ms: f64) -> Result<(), Desync> {
        match name {
            event::SNAPSHOT_CHUNK => self.snapshot_chunk(payload, now_ms),
            event::RESTATE => self.restate(read(payload, event::RESTATE)?, now_ms),
            event::AWAY => self.away_changed(read(payload, event::AWAY)?),
            event::DRIVER => {
                self.driver = payload
                    .get("driver")
                    .and_then(Value::as_bool)
                    .ok_or(Desync::BadMessage(event::DRIVER))?;
                self.tell(Event::Driver { driver: self.driver });
                Ok(())
            }
            event::RIGHTS => {
                let Rights { role, may, muted } = read(payload, event::RIGHTS)?;
                self.tell(Event::Rights { role, may, muted });
                Ok(())
            }
            event::RELATIONS => {
                self.relations = read(payload, event::RELATIONS)?;
                let Relations { blocked, blocked_by } = self.relations.clone();
                self.tell(Event::Relations {
                    blocked: blocked.into_iter().collect(),
                    blocked_by: blocked_by.into_iter().collect(),
                });
                Ok(())
            }
            event::ENDING => {
                self.ending = Some(payload);
                Ok(())
            }
            event::SHOUT => {
                self.tell(Event::Shout { payload });
                Ok(())
            }
            event::STATE_PATCH | event::STOC | event::UNHEARD => match &mut self.phase {
                Phase::Syncing(assembly) => assembly.wait(name.to_owned(), payload),
                _ => self.ordered(name, payload, now_ms),
            },
            // Events of later versions are none of ours.
            _ => Ok(()),
        }
    }

    /// A patch or an event, in its place.
    fn ordered(&mut self, name: &str, payload: Value, now_ms: f64) -> Result<(), Desync> {
        if name == event::STOC {
            return self.fact(read(payload, event::STOC)?);
        }
        if name == event::UNHEARD {
            return self.unheard(&read(payload, event::UNHEARD)?);
        }
        let patch: StatePatch = read(payload, event::STATE_PATCH)?;
        self.comings.read(&patch);
        self.replica.apply(patch)?;
        self.tell_comings();
        let Some(room_ms) = self.clock.room_ms(now_ms) else { return Ok(()) };
        for id in std::mem::take(&mut self.replica.posed) {
            let pose =
                self.replica.world().entity(&id).and_then(|entity| entity.value("pose")).and_then(read_pose);
            if let Some(pose) = pose {
                self.motion.tell(&id, pose, true, &self.replica, room_ms);
            }
        }
        Ok(())
    }

    /// Of every stored event everyone is told, if only that it was for others, so its seq follows the last one told.
    fn fact(&mut self, stoc: Stoc) -> Result<(), Desync> {
        if stoc.seq > 0 {
            self.told(stoc.seq)?;
        }
        let Stoc { event, payload, seq, at, actor } = stoc;
        self.tell(Event::Event { event, payload, seq, at, actor });
        self.tell_comings();
        Ok(())
    }

    /// A fact that is for others: it changed nothing.
    fn unheard(&mut self, unheard: &Unheard) -> Result<(), Desync> {
        self.told(unheard.seq)?;
        self.tell_comings();
        Ok(())
    }

    fn told(&mut self, seq: u64) -> Result<(), Desync> {
        self.tell_comings();
        if seq <= self.told_seq {
            return Err(Desync::SeqWentBack { have: self.told_seq, told: seq });
        }
        if seq > self.told_seq + 1 {
            return Err(Desync::Gap { have: self.told_seq, told: seq });
        }
        self.told_seq = seq;
        self.replica.reached(seq);
        Ok(())
    }

    /// Comings and goings are facts like others, told in the order of their seqs.
    fn tell_comings(&mut self) {
        while let Some(coming) = self.comings.next_after(self.told_seq) {
            self.told_seq += 1;
            self.tell(coming);
        }
    }

    fn snapshot_chunk(&mut self, payload: Value, now_ms: f64) -> Result<(), Desync> {
        let chunk: SnapshotChunk = read(payload, event::SNAPSHOT_CHUNK)?;
        let Phase::Syncing(assembly) = &mut self.phase else { return Err(Desync::ChunkOutOfOrder) };
        if !assembly.chunk(chunk)? {
            return Ok(());
        }
        let Phase::Syncing(assembly) = std::mem::replace(&mut self.phase, Phase::Live { since_ms: now_ms })
        else {
            return Ok(());
        };
        let seq = assembly.seq;
        let (rows, backlog) = assembly.finish();
        self.replica.replace(rows, seq);
        self.replaced = true;
        self.motion.prediction.restart();
        self.resume_token = self.next_token.take();
        self.tell(Event::Ready);
        for (name, payload) in backlog {
            self.ordered(&name, payload, now_ms)?;
        }
        Ok(())
    }

    fn restate(&mut self, restate: Restate, now_ms: f64) -> Result<(), Desync> {
        let Some(slots) = restate.slots else { return self.new_life(restate.incarnation, now_ms) };
        if restate.index == 0 {
            self.restating = Restating::default();
            // Until all parts are there, slots may mean other people.
            self.replica.set_slots(BTreeMap::new());
            self.away.clear();
        }
        if restate.index != self.restating.next {
            return Err(Desync::ChunkOutOfOrder);
        }
        self.restating.next += 1;
        self.restating.slots.extend(slots);
        for (id, pose) in restate.poses {
            let pose = read_pose(&pose).ok_or(Desync::BadMessage(event::RESTATE))?;
            self.restating.poses.push((id, pose));
        }
        self.away.extend(restate.away);
        if self.restating.next == restate.count {
            self.restated(now_ms);
        }
        Ok(())
    }

    /// All parts are there.
    fn restated(&mut self, now_ms: f64) {
        let Restating { slots, poses, .. } = std::mem::take(&mut self.restating);
        self.replica.set_slots(slots);
        if let Some(room_ms) = self.clock.room_ms(now_ms)
            && self.options.detail == Detail::Full
        {
            for (id, pose) in poses {
                self.motion.tell(&id, pose, false, &self.replica, room_ms);
            }
        }
        self.tell(Event::Ready);
    }

    /// The room begins anew: chunks follow; what waited for earlier chunks is part of them, but for the events.
    fn new_life(&mut self, incarnation: Option<u16>, now_ms: f64) -> Result<(), Desync> {
        let incarnation = incarnation.ok_or(Desync::BadMessage(event::RESTATE))?;
        let seq = self.replica.seq();
        let token = self.resume_token.take();
        self.next_token = self.next_token.take().or(token);
        self.motion.restart(incarnation, self.motion.newest_tick);
        let earlier = std::mem::replace(&mut self.phase, Phase::Syncing(Assembly::new(seq)));
        self.tell(Event::Restated);
        if let Phase::Syncing(assembly) = earlier {
            if let Phase::Syncing(new) = &mut self.phase {
                new.seq = new.seq.max(assembly.seq);
            }
            let (_, backlog) = assembly.finish();
            for (name, payload) in backlog {
                if name == event::STOC {
                    self.ordered(&name, payload, now_ms)?;
                } else {
                    // Its ops are part of the new state; who came and went is still to be told.
                    self.comings.read(&read(payload, event::STATE_PATCH)?);
                    self.tell_comings();
                }
            }
        }
        Ok(())
    }

    fn away_changed(&mut self, change: AwayChange) -> Result<(), Desync> {
        for user in &change.back {
            self.away.remove(user);
        }
        self.away.extend(change.away.iter().cloned());
        self.tell(Event::Away { away: change.away, back: change.back });
        Ok(())
    }
}

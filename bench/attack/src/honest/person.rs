//! An honest person: walks at 20 Hz, sees whoever walks nearby, and, as the witness, pings and says durable things.
//!
//! What is not answered when the run ends has waited until then; a lost connection ends no wait, it is opened again.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use thexr_wire::Tier;
use thexr_wire::joints::Hands;
use thexr_wire::lane::{self, Own, skim_down, write_up};
use thexr_wire::limits::TICK_MS;
use thexr_wire::phoenix::{decode_server_binary, encode_client_push};
use thexr_wire::pose::{Marks, Pose};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::ground::{Ground, count};
use crate::phase::{Hearer, Phase};
use crate::phrase;
use crate::samples::Diary;
use crate::socket::{Opening, Socket};

/// Time between two poses.
const POSE_PERIOD: Duration = Duration::from_millis(50);

/// Time between two pings.
const PING_PERIOD: Duration = Duration::from_millis(200);

/// Time between two durable commands.
const DURABLE_PERIOD: Duration = Duration::from_millis(500);

/// Time between two heartbeats.
const HEARTBEAT_PERIOD: Duration = Duration::from_secs(20);

/// Wait before a lost connection is opened again.
const RETURN_DELAY: Duration = Duration::from_millis(250);

/// How long the room may take to let one in.
const JOIN_TIMEOUT: Duration = Duration::from_secs(12);

/// Where honest people walk, metres: far enough from where hostile ones stand that nobody else is told in tier A.
const PLACE: [f32; 3] = [400.0, 1.7, 400.0];

/// Radius of the circle they walk on, metres: both within the innermost ring of each other.
const RADIUS_M: f32 = 1.0;

/// The ref of each join.
const JOIN_REF: u64 = 1;

/// Who it is and what they do.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) server: SocketAddr,
    pub(crate) room: String,
    pub(crate) token: String,
    /// Differs between honest people.
    pub(crate) number: usize,
    /// Pings and says things.
    pub(crate) asks: bool,
    pub(crate) phase: Hearer,
    /// Counts who is in.
    pub(crate) inside: Arc<AtomicUsize>,
}

impl Plan {
    pub(super) fn opening(&self, ahead_bytes: Option<u32>) -> Opening {
        let from = Ground::honest(self.number);
        Opening { server: self.server, token: self.token.clone(), from, ahead_bytes }
    }

    pub(super) fn join_text(&self) -> String {
        let payload =
            json!({"dialect": "thexr.1", "version": 4, "nickname": format!("honest {}", self.number)});
        phrase::push(JOIN_REF, JOIN_REF, &format!("room:{}", self.room), "phx_join", &payload.to_string())
    }
}

/// What waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Ping,
    Durable,
}

struct Person {
    plan: Plan,
    topic: String,
    diary: Diary,
    next_ref: u64,
    waiting: BTreeMap<u64, (Question, Instant)>,
    last_motion: Option<Instant>,
    /// The room's clock, milliseconds, at a moment of ours.
    room_clock: (u64, Instant),
    newest_tick: u32,
    pose_seq: u16,
    began: Instant,
    was_in: bool,
    /// Makes each command's id another one.
    said: u64,
}

/// Lives until the run ends; what it felt.
pub(crate) async fn live(plan: Plan) -> Diary {
    let now = Instant::now();
    let mut phase = plan.phase.clone();
    let mut person = Person {
        topic: format!("room:{}", plan.room),
        plan,
        diary: Diary::default(),
        next_ref: JOIN_REF + 1,
        waiting: BTreeMap::new(),
        last_motion: None,
        room_clock: (0, now),
        newest_tick: 0,
        pose_seq: 0,
        began: now,
        was_in: false,
        said: 0,
    };
    tokio::select! {
        () = person.come_back_again_and_again() => {}
        () = phase.reached(Phase::End) => {}
    }
    person.close();
    person.diary
}

impl Person {
    async fn come_back_again_and_again(&mut self) {
        loop {
            if let Err(error) = self.stay().await {
                let phase = self.plan.phase.now();
                count(&mut self.diary.page(phase).lost, &format!("{error:#}"));
            }
            tokio::time::sleep(RETURN_DELAY).await;
        }
    }

    /// One connection from its opening to its end.
    async fn stay(&mut self) -> Result<()> {
        let mut socket = self.plan.opening(None).open().await?;
        socket.send(Message::text(self.plan.join_text())).await?;
        tokio::time::timeout(JOIN_TIMEOUT, self.until_in(&mut socket))
            .await
            .context("not let in in time")??;
        if !std::mem::replace(&mut self.was_in, true) {
            self.plan.inside.fetch_add(1, Ordering::Relaxed);
        }
        let mut pose = tokio::time::interval(POSE_PERIOD);
        let mut ping = tokio::time::interval(PING_PERIOD);
        let mut durable = tokio::time::interval(DURABLE_PERIOD);
        let mut heartbeat = tokio::time::interval(HEARTBEAT_PERIOD);
        for period in [&mut pose, &mut ping, &mut durable] {
            period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        }
        let asks = self.plan.asks;
        loop {
            tokio::select! {
                biased;
                _ = pose.tick() => socket.send(self.pose()).await?,
                _ = ping.tick(), if asks => {
                    let text = self.ask(Question::Ping, "ping", "{}");
                    socket.send(text).await?;
                }
                _ = durable.tick(), if asks => {
                    self.said += 1;
                    let id = format!("witness.{}", self.said);
                    let payload = json!({"text": "still here", "id": id}).to_string();
                    let text = self.ask(Question::Durable, "say", &payload);
                    socket.send(text).await?;
                }
                _ = heartbeat.tick() => {
                    self.next_ref += 1;
                    socket.send(Message::text(phrase::heartbeat(self.next_ref))).await?;
                }
                message = socket.next() => {
                    let message = message.context("the connection ended")??;
                    self.take(&message)?;
                }
            }
        }
    }

    async fn until_in(&mut self, socket: &mut Socket) -> Result<()> {
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            let Some(reply) = phrase::reply(&text).filter(|reply| reply.reference == JOIN_REF) else {
                continue;
            };
            let response = match reply.outcome {
                Ok(response) => response,
                Err(reason) => bail!("join refused: {reason}"),
            };
            let tick = response["tick"].as_u64().context("a join reply without a tick")?;
            self.room_clock = (tick * TICK_MS, Instant::now());
            return Ok(());
        }
        bail!("the connection ended before the join was answered")
    }

    fn ask(&mut self, question: Question, event: &str, payload: &str) -> Message {
        self.next_ref += 1;
        self.waiting.insert(self.next_ref, (question, Instant::now()));
        Message::text(phrase::push(JOIN_REF, self.next_ref, &self.topic, event, payload))
    }

    /// The next step on the circle.
    fn pose(&mut self) -> Message {
        // A metre a second; people start at different points of it.
        let angle = self.began.elapsed().as_secs_f32() / RADIUS_M + self.plan.number as f32;
        let [x, y, z] = PLACE;
        self.pose_seq = self.pose_seq.wrapping_add(1);
        let (room_ms, at) = self.room_clock;
        let own = Own {
            // The low 32 bits, as the frame has them.
            sample_ms: (room_ms + at.elapsed().as_millis() as u64) as u32,
            marks: Marks::default(),
            pose: Pose::standing([x + RADIUS_M * angle.cos(), y, z + RADIUS_M * angle.sin()]),
            hands: Hands::default(),
        };
        let mut frame = Vec::new();
        write_up(self.pose_seq, self.newest_tick, &own, &mut frame);
        Message::binary(encode_client_push(&JOIN_REF.to_string(), "", &self.topic, lane::EVENT, &frame))
    }

    fn take(&mut self, message: &Message) -> Result<()> {
        let phase = self.plan.phase.now();
        self.diary.page(phase).received_bytes += message.len() as u64;
        match message {
            Message::Binary(bytes) => self.frame(bytes),
            Message::Text(text) => {
                if phrase::is(text, "phx_error") || phrase::is(text, "phx_close") {
                    bail!("the channel ended");
                }
                if let Some(reply) = phrase::reply(text) {
                    self.answered(&reply);
                }
            }
            Message::Close(frame) => {
                let code = frame.as_ref().map_or(0, |frame| u16::from(frame.code));
                bail!("closed with {code}");
            }
            _ => {}
        }
        Ok(())
    }

    fn frame(&mut self, bytes: &[u8]) {
        let Ok(push) = decode_server_binary(bytes) else { return };
        let mut somebody_near = false;
        let header = skim_down(push.data, |tier, _, _| somebody_near |= tier == Tier::A);
        let Ok(header) = header else { return };
        self.newest_tick = header.tick;
        if somebody_near {
            let (now, phase) = (Instant::now(), self.plan.phase.now());
            if let Some(last) = self.last_motion.replace(now) {
                self.diary.page(phase).motion_gap.add(now - last);
            }
        }
    }

    fn answered(&mut self, reply: &phrase::Reply) {
        let Some((question, asked)) = self.waiting.remove(&reply.reference) else { return };
        let page = self.diary.page(self.plan.phase.now());
        let times = if question == Question::Ping { &mut page.ping } else { &mut page.durable };
        times.add(asked.elapsed());
        if let Err(reason) = &reply.outcome {
            count(&mut page.refused, reason);
        }
    }

    /// Whatever is still awaited has taken until now.
    fn close(&mut self) {
        let page = self.diary.page(Phase::End);
        for (question, asked) in self.waiting.values() {
            // What was asked a moment ago says nothing yet.
            if asked.elapsed() > DURABLE_PERIOD {
                let times = if *question == Question::Ping { &mut page.ping } else { &mut page.durable };
                times.add(asked.elapsed());
                count(&mut page.refused, "no answer");
            }
        }
        if let Some(last) = self.last_motion {
            page.motion_gap.add(last.elapsed());
        }
    }
}

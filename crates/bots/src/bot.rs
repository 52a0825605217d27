//! One bot: a connection with the client core behind it. Owns the wall clock; the protocol is the core's.

use crate::lanes::Lanes;
use crate::limits::{JOIN_TIMEOUT, RATE_HZ_MAX};
use crate::link::{Link, Lost, Turn};
use crate::options::{BotError, BotOptions, Refused};
use crate::traffic::Traffic;
use crate::walk::Walk;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use thexr_client::{Client, Detail, Event, Options, State, Transmit};
use thexr_wire::lane;
use thexr_wire::phoenix::decode_server_binary;
use thexr_wire::pose::Pose;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// A connected client that walks when told to.
#[derive(Debug)]
pub struct Bot {
    options: BotOptions,
    client: Client,
    link: Link,
    events: VecDeque<Event>,
    walk: Option<Walk>,
    reading: bool,
    /// Tick of the newest pose frame, noted only when somebody asked: reading it again costs.
    tick: Option<u32>,
    notes_ticks: bool,
    /// What came by which lane, noted only when somebody asked.
    lanes: Option<Lanes>,
    /// A step was made that nobody has asked about yet.
    stepped: bool,
    started: Instant,
    next_step: Instant,
}

impl Bot {
    /// Connects, joins and waits until the room is whole.
    pub async fn join(options: BotOptions) -> Result<Self, BotError> {
        let mut bot = Self::new(options);
        bot.connect().await?;
        bot.until_live(JOIN_TIMEOUT).await?;
        Ok(bot)
    }

    fn new(options: BotOptions) -> Self {
        let client = Client::new(Options {
            room: options.room.clone(),
            user: Some(options.visitor.user_id.clone()),
            nickname: options.nickname.clone(),
            avatar: Value::Null,
            mode: options.mode,
            command_id_seed: options.seed,
            detail: options.detail,
        });
        let now = Instant::now();
        Self {
            link: Link::new(options.weather, options.line_seed),
            options,
            client,
            events: VecDeque::new(),
            walk: None,
            reading: true,
            tick: None,
            notes_ticks: false,
            lanes: None,
            stepped: false,
            started: now,
            next_step: now,
        }
    }

    /// Opens the socket (again); the client resumes when it can. Returns before the join is answered.
    pub async fn connect(&mut self) -> Result<(), BotError> {
        self.link.open(&self.options.socket_url()?, self.options.key.as_deref(), JOIN_TIMEOUT).await?;
        self.reading = true;
        self.client.opened(self.now_ms());
        self.flush().await
    }

    /// Drops the connection without a word, as a lost network does.
    pub fn cut(&mut self) {
        self.link.cut();
        self.client.closed(self.now_ms());
    }

    /// Goes on until the replica is whole.
    pub async fn until_live(&mut self, timeout: Duration) -> Result<(), BotError> {
        self.until(timeout, |client| client.state() == State::Live).await
    }

    /// Goes on until something is so.
    pub async fn until(&mut self, timeout: Duration, so: impl Fn(&Client) -> bool) -> Result<(), BotError> {
        let deadline = Instant::now() + timeout;
        let mut seen = 0;
        while !so(&self.client) {
            if Instant::now() >= deadline {
                return Err(BotError::Timeout);
            }
            self.turn().await?;
            // Nobody takes events meanwhile: each is looked at once.
            if let Some(error) = self.events.iter().skip(seen).find_map(ending) {
                return Err(error);
            }
            seen = self.events.len();
        }
        Ok(())
    }

    /// Goes on for some time.
    pub async fn run_for(&mut self, time: Duration) -> Result<(), BotError> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            self.turn().await?;
        }
        Ok(())
    }

    /// Sends a command and goes on until it is answered, across reconnections if the caller makes them.
    pub async fn command(
        &mut self,
        name: &str,
        payload: Value,
        timeout: Duration,
    ) -> Result<Result<Value, Refused>, BotError> {
        let handle = self.client.command(name, payload, self.now_ms());
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(answer) = self.answer(handle) {
                return Ok(answer);
            }
            if Instant::now() >= deadline {
                return Err(BotError::Timeout);
            }
            self.turn().await?;
        }
    }

    fn answer(&mut self, handle: u64) -> Option<Result<Value, Refused>> {
        let is_it = |event: &Event| matches!(event, Event::Reply { handle: other, .. } if *other == handle);
        let at = self.events.iter().position(is_it)?;
        let Some(Event::Reply { ok, response, .. }) = self.events.remove(at) else { return None };
        if ok {
            return Some(Ok(response));
        }
        let text = |key: &str| response.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Err(Refused { reason: text("reason"), detail: text("detail") }))
    }

    /// One thing that happens: a message comes, or it is time for the next pose and the timers.
    pub async fn turn(&mut self) -> Result<(), BotError> {
        self.flush().await?;
        match self.link.turn(self.next_step, self.reading).await {
            Ok(Turn::Message(message)) => self.take(&message),
            Ok(Turn::Due) => {
                self.step();
                Ok(())
            }
            Err(Lost(reason)) => Err(self.lost(reason)),
        }
    }

    /// Walks about from now on, from where the walk begins.
    pub fn walk(&mut self, mut walk: Walk) {
        let pose = walk.step(0.0);
        // A walk makes usable poses only; its test says so.
        let _ = self.client.set_pose(&pose, true, self.now_ms());
        self.walk = Some(walk);
    }

    /// Stands (or jumps) somewhere; a walk ends.
    pub fn set_pose(&mut self, pose: &Pose, jumped: bool) -> Result<(), thexr_wire::pose::PoseError> {
        self.walk = None;
        self.client.set_pose(pose, jumped, self.now_ms())
    }

    /// Leaves messages in the socket, or takes them again; poses go out all the same.
    pub(crate) fn set_reading(&mut self, reading: bool) {
        self.reading = reading;
    }

    /// Notes the ticks of pose frames from now on.
    pub(crate) fn note_ticks(&mut self) {
        self.notes_ticks = true;
    }

    /// The tick of a pose frame that came since the last call, low 32 bits.
    pub(crate) fn take_tick(&mut self) -> Option<u32> {
        self.tick.take()
    }

    /// Notes from now on what comes by which lane.
    pub(crate) fn note_lanes(&mut self) {
        self.lanes.get_or_insert_default();
    }

    /// What came by which lane since that was noted.
    pub(crate) fn take_lanes(&mut self) -> Lanes {
        self.lanes.take().unwrap_or_default()
    }

    /// Whether a step was made since the last call.
    pub(crate) fn take_step(&mut self) -> bool {
        std::mem::take(&mut self.stepped)
    }

    /// Takes the events that came so far.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.events.drain(..).collect()
    }

    /// What went over its sockets so far.
    pub fn traffic(&self) -> Traffic {
        self.link.traffic()
    }

    /// The client core.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The client core, for what this bot does not do itself.
    pub fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Milliseconds of this bot's clock, as its client counts them.
    pub fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1_000.0
    }

    /// Leaves the room and closes the socket.
    pub async fn leave(mut self) -> Result<(), BotError> {
        self.client.leave(self.now_ms());
        self.flush().await?;
        // The room was left already; how the socket ends changes nothing.
        let _ = self.link.close().await;
        Ok(())
    }

    fn step(&mut self) {
        let step = Duration::from_secs(1) / self.options.rate_hz.clamp(1, RATE_HZ_MAX);
        let now = Instant::now();
        // Poses that are late stay late: the grid goes on, it is not made up for.
        let next = self.next_step + step;
        self.next_step = if next > now { next } else { now + step };
        self.stepped = true;
        let now_ms = self.now_ms();
        if let Some(walk) = &mut self.walk {
            let pose = walk.step(step.as_secs_f32());
            // A walk makes usable poses only; its test says so.
            let _ = self.client.set_pose(&pose, false, now_ms);
        }
        match self.options.detail {
            Detail::Full => self.client.frame(now_ms),
            Detail::Light => self.client.timers(now_ms),
        }
        self.collect();
    }

    fn take(&mut self, message: &Message) -> Result<(), BotError> {
        let now_ms = self.now_ms();
        match message {
            Message::Text(text) => {
                if let Some(lanes) = &mut self.lanes {
                    lanes.text(text);
                }
                self.client.receive_text(text, now_ms);
            }
            Message::Binary(bytes) => {
                if let Some(lanes) = &mut self.lanes {
                    lanes.binary(bytes.len());
                }
                if self.notes_ticks {
                    self.tick = frame_tick(bytes).or(self.tick);
                }
                self.client.receive_binary(bytes, now_ms);
            }
            Message::Close(frame) => {
                let code = frame.as_ref().map(|frame| u16::from(frame.code).to_string());
                return Err(self.lost(code.unwrap_or_else(|| "no code".into())));
            }
            _ => {}
        }
        self.collect();
        Ok(())
    }

    fn lost(&mut self, reason: String) -> BotError {
        self.cut();
        self.collect();
        BotError::Closed(reason)
    }

    fn collect(&mut self) {
        while let Some(event) = self.client.poll_event() {
            self.events.push_back(event);
        }
    }

    async fn flush(&mut self) -> Result<(), BotError> {
        self.collect();
        let mut sent = Ok(());
        while let Some(transmit) = self.client.poll_transmit() {
            sent = self.link.send(message(transmit)).await;
            if sent.is_err() {
                break;
            }
        }
        if sent.is_ok() {
            sent = self.link.flush().await;
        }
        sent.map_err(|Lost(reason)| self.lost(reason))
    }
}

fn message(transmit: Transmit) -> Message {
    match transmit {
        Transmit::Text(text) => Message::text(text),
        Transmit::Binary(bytes) => Message::binary(bytes),
    }
}

/// The tick of a pose frame, low 32 bits; `None` for other messages.
fn frame_tick(message: &[u8]) -> Option<u32> {
    let push = decode_server_binary(message).ok().filter(|push| push.event == lane::EVENT)?;
    lane::peek_down(push.data).ok().map(|header| header.tick)
}

/// An event after which waiting for something is in vain.
fn ending(event: &Event) -> Option<BotError> {
    match event {
        Event::JoinRefused { reason, detail, retrying: false, .. } => {
            Some(BotError::Join { reason: reason.clone(), detail: detail.clone() })
        }
        Event::Fatal { detail } => Some(BotError::Fatal(detail.clone())),
        Event::Closed { reason } if reason == "heartbeat_timeout" => Some(BotError::Closed(reason.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visitors::Visitor;
    use thexr_wire::{RoomId, UserId};

    #[tokio::test]
    async fn a_server_that_is_not_there_is_a_clear_error() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let visitor =
            Visitor { user_id: UserId::parse("abcdefghij0123456789").unwrap(), token: "a.b-c_d".into() };
        let options = BotOptions::new(&url, RoomId::parse("abcde").unwrap(), visitor);
        let error = Bot::join(options).await.unwrap_err();
        assert!(matches!(&error, BotError::Connect(_)), "{error}");
        assert!(!error.to_string().contains("a.b-c_d"), "no token in messages");
    }

    #[test]
    fn what_is_no_pose_frame_has_no_tick() {
        assert_eq!(frame_tick(&[]), None);
        assert_eq!(frame_tick(&[1; 40]), None);
    }
}

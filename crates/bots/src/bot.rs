//! One bot: a WebSocket with the client core behind it. Owns the socket and the wall clock; the protocol is the core's.

use crate::limits::{JOIN_TIMEOUT, RATE_HZ_MAX, READ_BUFFER_BYTES};
use crate::visitors::Visitor;
use crate::walk::Walk;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use thexr_client::{Client, Detail, Event, Mode, Options, State, Transmit};
use thexr_wire::RoomId;
use thexr_wire::pose::Pose;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Who a bot is and what it does.
#[derive(Debug, Clone)]
pub struct BotOptions {
    /// The server, such as `http://127.0.0.1:4000`.
    pub url: String,
    /// The room.
    pub room: RoomId,
    /// Who it is.
    pub visitor: Visitor,
    /// Nickname to enter with.
    pub nickname: String,
    /// Enter or observe.
    pub mode: Mode,
    /// How much of the room it keeps.
    pub detail: Detail,
    /// Poses per second, at most 20.
    pub rate_hz: u32,
    /// Makes its command ids.
    pub seed: u64,
}

impl BotOptions {
    /// A bot that enters at full rate and keeps the whole room.
    pub fn new(url: &str, room: RoomId, visitor: Visitor) -> Self {
        let seed = visitor
            .user_id
            .as_str()
            .bytes()
            .fold(7, |seed: u64, byte| seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte));
        Self {
            url: url.trim_end_matches('/').to_owned(),
            room,
            nickname: format!("bot {}", &visitor.user_id.as_str()[..4]),
            visitor,
            mode: Mode::Enter,
            detail: Detail::Full,
            rate_hz: RATE_HZ_MAX,
            seed,
        }
    }

    fn socket_url(&self) -> Result<String, BotError> {
        let base = match self.url.split_once("://") {
            Some(("http", rest)) => format!("ws://{rest}"),
            Some(("https", rest)) => format!("wss://{rest}"),
            _ => return Err(BotError::Url(self.url.clone())),
        };
        Ok(format!("{base}/socket/websocket?vsn=2.0.0&token={}", self.visitor.token))
    }
}

/// Why a bot is not in the room.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// The address is not `http://…` or `https://…`.
    #[error("{0} is not an http or https address")]
    Url(String),
    /// The WebSocket did not open.
    #[error("connect: {0}")]
    Connect(String),
    /// The room refused the join.
    #[error("{reason}: {detail}")]
    Join {
        /// Stable reason.
        reason: String,
        /// For people.
        detail: String,
    },
    /// The connection ended.
    #[error("closed: {0}")]
    Closed(String),
    /// The server speaks another protocol, or the replica never agreed.
    #[error("fatal: {0}")]
    Fatal(String),
    /// It took too long.
    #[error("timeout")]
    Timeout,
}

impl BotError {
    /// A short reason to count by.
    pub fn reason(&self) -> String {
        match self {
            Self::Join { reason, .. } => reason.clone(),
            other => other.to_string(),
        }
    }
}

/// A command the room did not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refused {
    /// Stable reason.
    pub reason: String,
    /// For people.
    pub detail: String,
}

/// A connected client that walks when told to.
#[derive(Debug)]
pub struct Bot {
    options: BotOptions,
    client: Client,
    socket: Option<Socket>,
    events: VecDeque<Event>,
    walk: Option<Walk>,
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
            options,
            client,
            socket: None,
            events: VecDeque::new(),
            walk: None,
            started: now,
            next_step: now,
        }
    }

    /// Opens the socket (again); the client resumes when it can. Returns before the join is answered.
    pub async fn connect(&mut self) -> Result<(), BotError> {
        let url = self.options.socket_url()?;
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let connecting = connect_async_with_config(url, Some(config), true);
        let (socket, _) = tokio::time::timeout(JOIN_TIMEOUT, connecting)
            .await
            .map_err(|_| BotError::Timeout)?
            .map_err(|error| BotError::Connect(error.to_string()))?;
        self.socket = Some(socket);
        self.client.opened(self.now_ms());
        self.flush().await
    }

    /// Drops the connection without a word, as a lost network does.
    pub fn cut(&mut self) {
        self.socket = None;
        self.client.closed(self.now_ms());
    }

    /// Goes on until the replica is whole.
    pub async fn until_live(&mut self, timeout: Duration) -> Result<(), BotError> {
        self.until(timeout, |client| client.state() == State::Live).await
    }

    /// Goes on until something is so.
    pub async fn until(&mut self, timeout: Duration, so: impl Fn(&Client) -> bool) -> Result<(), BotError> {
        let deadline = Instant::now() + timeout;
        while !so(&self.client) {
            if Instant::now() >= deadline {
                return Err(BotError::Timeout);
            }
            self.turn().await?;
            if let Some(error) = self.events.iter().find_map(ending) {
                return Err(error);
            }
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
        let Some(socket) = &mut self.socket else { return Err(BotError::Closed("not connected".into())) };
        tokio::select! {
            message = socket.next() => self.take(message),
            () = tokio::time::sleep_until(self.next_step) => {
                self.step();
                Ok(())
            }
        }
    }

    /// Walks about from now on.
    pub fn walk(&mut self, walk: Walk) {
        self.walk = Some(walk);
    }

    /// Stands (or jumps) somewhere; a walk ends.
    pub fn set_pose(&mut self, pose: &Pose, jumped: bool) -> Result<(), thexr_wire::pose::PoseError> {
        self.walk = None;
        self.client.set_pose(pose, jumped, self.now_ms())
    }

    /// Takes the events that came so far.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.events.drain(..).collect()
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
        if let Some(mut socket) = self.socket.take() {
            // The room was left already; how the socket ends changes nothing.
            let _ = socket.close(None).await;
        }
        Ok(())
    }

    fn step(&mut self) {
        let step = Duration::from_secs(1) / self.options.rate_hz.clamp(1, RATE_HZ_MAX);
        let now = Instant::now();
        // Poses that are late stay late: the grid goes on, it is not made up for.
        self.next_step = (self.next_step + step).max(now);
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

    fn take(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<(), BotError> {
        let now_ms = self.now_ms();
        match message {
            Some(Ok(Message::Text(text))) => self.client.receive_text(&text, now_ms),
            Some(Ok(Message::Binary(bytes))) => self.client.receive_binary(&bytes, now_ms),
            Some(Ok(Message::Close(frame))) => {
                let code =
                    frame.map_or_else(|| "no code".to_owned(), |frame| u16::from(frame.code).to_string());
                return Err(self.lost(code));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(self.lost(error.to_string())),
            None => return Err(self.lost("end of stream".into())),
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
        let Some(socket) = &mut self.socket else { return Ok(()) };
        let mut sent = Ok(());
        let mut any = false;
        while let Some(transmit) = self.client.poll_transmit() {
            any = true;
            sent = socket.feed(message(transmit)).await;
            if sent.is_err() {
                break;
            }
        }
        if any && sent.is_ok() {
            sent = socket.flush().await;
        }
        sent.map_err(|error| self.lost(error.to_string()))
    }
}

fn message(transmit: Transmit) -> Message {
    match transmit {
        Transmit::Text(text) => Message::text(text),
        Transmit::Binary(bytes) => Message::binary(bytes),
    }
}

/// An event after which waiting for something is in vain.
fn ending(event: &Event) -> Option<BotError> {
    match event {
        Event::JoinRefused { reason, detail, retrying: false } => {
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
    use thexr_wire::UserId;

    fn options(url: &str) -> BotOptions {
        let visitor =
            Visitor { user_id: UserId::parse("abcdefghij0123456789").unwrap(), token: "a.b-c_d".into() };
        BotOptions::new(url, RoomId::parse("abcde").unwrap(), visitor)
    }

    #[test]
    fn the_sockets_address_follows_the_servers() {
        let url = options("http://127.0.0.1:4000/").socket_url().unwrap();
        assert_eq!(url, "ws://127.0.0.1:4000/socket/websocket?vsn=2.0.0&token=a.b-c_d");
        assert!(options("https://thexr.example").socket_url().unwrap().starts_with("wss://thexr.example/"));
        assert!(matches!(options("thexr.example").socket_url(), Err(BotError::Url(_))));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_a_clear_error() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = Bot::join(options(&url)).await.unwrap_err();
        assert!(matches!(&error, BotError::Connect(_)), "{error}");
        assert!(!error.to_string().contains("a.b-c_d"), "no token in messages");
    }
}

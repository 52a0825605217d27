//! A bot's connection: the socket, the bad line it may sit behind, what went over it. Knows no protocol.

use crate::delay::{DelayLine, Weather};
use crate::dice::{Stream, dice};
use crate::limits::{LINE_MESSAGES_MAX, READ_BUFFER_BYTES};
use crate::options::BotError;
use crate::traffic::{Direction, Traffic};
use futures_util::{SinkExt, StreamExt};
use std::pin::Pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a wait ended with.
#[derive(Debug)]
pub(crate) enum Turn {
    /// A message arrived.
    Message(Message),
    /// The time has come.
    Due,
}

/// The connection is gone, and why.
#[derive(Debug)]
pub(crate) struct Lost(pub String);

/// Both directions of a bad line.
#[derive(Debug)]
struct BadLine {
    up: DelayLine<Message>,
    down: DelayLine<Message>,
}

/// One connection after another to the same server.
#[derive(Debug)]
pub(crate) struct Link {
    socket: Option<Socket>,
    bad: Option<BadLine>,
    began: Instant,
    /// Set anew only when the time to wait for changes: most turns are messages.
    timer: Pin<Box<Sleep>>,
    unflushed: bool,
    traffic: Traffic,
}

impl Link {
    /// Not connected yet; needs a runtime with a clock.
    pub fn new(weather: Option<Weather>, seed: u64) -> Self {
        let line = |weather, stream| DelayLine::new(weather, dice(seed, 0, stream));
        let both = |weather| BadLine { up: line(weather, Stream::Up), down: line(weather, Stream::Down) };
        let began = Instant::now();
        Self {
            socket: None,
            bad: weather.map(both),
            began,
            timer: Box::pin(tokio::time::sleep_until(began)),
            unflushed: false,
            traffic: Traffic::default(),
        }
    }

    /// Opens a socket in place of the one there was; `key` is the operator's.
    pub async fn open(&mut self, url: &str, key: Option<&str>, timeout: Duration) -> Result<(), BotError> {
        self.cut();
        let refused = |error: Error| BotError::Connect(error.to_string());
        let mut request = url.into_client_request().map_err(refused)?;
        if let Some(key) = key {
            let value = HeaderValue::from_str(&format!("Bearer {key}"));
            let value = value.map_err(|error| BotError::Connect(error.to_string()))?;
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let connecting = connect_async_with_config(request, Some(config), true);
        let (socket, _) = tokio::time::timeout(timeout, connecting)
            .await
            .map_err(|_| BotError::Timeout)?
            .map_err(refused)?;
        self.socket = Some(socket);
        Ok(())
    }

    /// Drops the socket and everything on its way.
    pub fn cut(&mut self) {
        self.socket = None;
        self.unflushed = false;
        if let Some(bad) = &mut self.bad {
            bad.up.cut();
            bad.down.cut();
        }
    }

    /// Sends a message: into the socket, or on the way there.
    pub async fn send(&mut self, message: Message) -> Result<(), Lost> {
        let now = self.began.elapsed();
        match &mut self.bad {
            Some(bad) => {
                bad.up.send(message, now);
                Ok(())
            }
            None => self.feed(message).await,
        }
    }

    /// Hands everything sent to the system.
    pub async fn flush(&mut self) -> Result<(), Lost> {
        match &mut self.socket {
            Some(socket) if std::mem::take(&mut self.unflushed) => socket.flush().await.map_err(lost),
            _ => Ok(()),
        }
    }

    /// Waits for the next message or until `due`, which comes first when both are there, so that a flood of messages
    /// does not hold up poses. Without `reading`, messages stay where they are.
    pub async fn turn(&mut self, due: Instant, reading: bool) -> Result<Turn, Lost> {
        loop {
            if Instant::now() >= due {
                return Ok(Turn::Due);
            }
            if let Some(message) = self.arrived() {
                return Ok(Turn::Message(message));
            }
            self.send_due().await?;
            let (wake, reading) = (self.wake(due), reading && self.has_room());
            if self.timer.deadline() != wake {
                self.timer.as_mut().reset(wake);
            }
            let Some(socket) = &mut self.socket else { return Err(Lost("not connected".into())) };
            tokio::select! {
                biased;
                () = &mut self.timer => {}
                message = socket.next(), if reading => {
                    let message = message.unwrap_or(Err(Error::ConnectionClosed)).map_err(lost)?;
                    self.traffic.add(Direction::Down, message.len());
                    match &mut self.bad {
                        Some(bad) => bad.down.send(message, self.began.elapsed()),
                        None => return Ok(Turn::Message(message)),
                    }
                }
            }
        }
    }

    /// Says goodbye after everything that was sent.
    pub async fn close(&mut self) -> Result<(), Lost> {
        while let Some(message) = self.bad.as_mut().and_then(|bad| bad.up.arrived(Duration::MAX)) {
            self.feed(message).await?;
        }
        match &mut self.socket {
            Some(socket) => socket.close(None).await.map_err(lost),
            None => Ok(()),
        }
    }

    /// What went over the sockets so far.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    fn arrived(&mut self) -> Option<Message> {
        let bad = self.bad.as_mut()?;
        bad.down.arrived(self.began.elapsed())
    }

    /// Moves what has come up the bad line into the socket.
    async fn send_due(&mut self) -> Result<(), Lost> {
        let now = self.began.elapsed();
        while let Some(message) = self.bad.as_mut().and_then(|bad| bad.up.arrived(now)) {
            self.feed(message).await?;
        }
        self.flush().await
    }

    async fn feed(&mut self, message: Message) -> Result<(), Lost> {
        let Some(socket) = &mut self.socket else { return Ok(()) };
        self.traffic.add(Direction::Up, message.len());
        self.unflushed = true;
        socket.feed(message).await.map_err(lost)
    }

    /// When there is something to do without a message.
    fn wake(&self, due: Instant) -> Instant {
        let Some(bad) = &self.bad else { return due };
        let next = bad.up.next().into_iter().chain(bad.down.next()).min();
        next.map_or(due, |next| due.min(self.began + next))
    }

    fn has_room(&self) -> bool {
        self.bad.as_ref().is_none_or(|bad| bad.down.len() < LINE_MESSAGES_MAX)
    }
}

fn lost(error: Error) -> Lost {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => Lost("end of stream".into()),
        other => Lost(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that answers every message with itself.
    async fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                if !message.is_close() {
                    socket.send(message).await.unwrap();
                }
            }
        });
        url
    }

    async fn round_trips(weather: Option<Weather>) -> (Vec<u8>, Duration, Traffic) {
        let mut link = Link::new(weather, 1);
        link.open(&echo().await, None, Duration::from_secs(5)).await.unwrap();
        let began = Instant::now();
        for number in 0..20 {
            link.send(Message::binary(vec![number])).await.unwrap();
        }
        let mut seen = Vec::new();
        while seen.len() < 20 {
            link.flush().await.unwrap();
            let Turn::Message(message) = link.turn(began + Duration::from_secs(20), true).await.unwrap()
            else {
                panic!("no answer within 20 s");
            };
            seen.extend_from_slice(&message.into_data());
        }
        (seen, began.elapsed(), link.traffic())
    }

    #[tokio::test]
    async fn a_bad_line_is_late_in_both_directions_and_keeps_the_order() {
        let weather = Weather { delay_ms: 20, jitter_ms: 10, loss: 0.2 };
        let (seen, took, traffic) = round_trips(Some(weather)).await;
        assert_eq!(seen, (0..20).collect::<Vec<u8>>());
        assert!(took >= Duration::from_millis(40), "{took:?}");
        assert_eq!((traffic.up_bytes, traffic.down_bytes), (20, 20));
    }

    #[tokio::test]
    async fn a_good_line_adds_nothing() {
        let (seen, _, traffic) = round_trips(None).await;
        assert_eq!(seen, (0..20).collect::<Vec<u8>>());
        assert_eq!(traffic.up_ip_bytes, 20 * (1 + 6 + 52));
    }

    #[tokio::test]
    async fn who_does_not_read_is_told_of_time_only() {
        let mut link = Link::new(None, 1);
        link.open(&echo().await, None, Duration::from_secs(5)).await.unwrap();
        link.send(Message::binary(vec![1])).await.unwrap();
        let soon = Instant::now() + Duration::from_millis(50);
        assert!(matches!(link.turn(soon, false).await, Ok(Turn::Due)));
        let late = Instant::now() + Duration::from_secs(5);
        assert!(matches!(link.turn(late, true).await, Ok(Turn::Message(_))));
    }
}

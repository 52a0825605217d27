//! A WebSocket and what goes out on it: messages come in and frames go out side by side, in one task.
//!
//! Nothing here waits for a slow reader, nor for a state that is encoded on the pool: messages still come in, and of motion
//! only the newest waits.

use crate::limits::{GOODBYE_TIMEOUT, SOCKET_PIECE_BYTES, WRITE_TIMEOUT};
use crate::socket::raised;
use crate::socket::upgrade::Socket;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, SinkExt, StreamExt};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use thexr_hall::{Encoding, Frame, Outlet, Turn};
use thexr_room::Scratch;
use thexr_wire::PeerId;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame};
use tokio_tungstenite::tungstenite::{self, Bytes, Message};

/// Close codes, RFC 6455 and the IANA registry. Never 1000: clients stay away after it.
pub mod code {
    pub const GOING_AWAY: u16 = 1001;
    pub const PROTOCOL: u16 = 1002;
    pub const UNSUPPORTED: u16 = 1003;
    pub const INVALID_TEXT: u16 = 1007;
    pub const TOO_BIG: u16 = 1009;
    pub const INTERNAL: u16 = 1011;
    pub const RESTART: u16 = 1012;
    pub const TRY_LATER: u16 = 1013;
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Close code.
    pub code: u16,
    /// Stable reason, for the other side and the metrics.
    pub reason: &'static str,
}

impl Ending {
    /// The other side is no longer there.
    pub const GONE: Self = Self { code: code::GOING_AWAY, reason: "gone" };
    /// A defect of ours.
    pub const DEFECT: Self = Self { code: code::INTERNAL, reason: "internal" };
    const IDLE: Self = Self { code: code::GOING_AWAY, reason: "idle" };
    /// The server stops.
    pub const RESTART: Self = Self { code: code::RESTART, reason: "restart" };
    const SLOW_CONSUMER: Self = Self { code: code::TRY_LATER, reason: "slow_consumer" };
}

/// What a socket hands out; `None` when it is closed.
pub type Incoming = Option<Result<Message, tungstenite::Error>>;

/// What happens next on a connection.
#[derive(Debug)]
pub enum Step {
    /// A message came in.
    Message(Incoming),
    /// There is something to send, and the socket takes it.
    Turn(Turn),
    /// The connection must end.
    End(Ending),
}

/// Messages in a row while there is always another one, before anything else has its turn.
const MESSAGES_IN_A_ROW: u32 = 64;

/// Where frames go that do not go by the socket.
pub type Datagrams = Box<dyn Fn(PeerId, Vec<u8>) + Send>;

/// A WebSocket and its outlet.
pub struct Line {
    socket: Socket,
    datagrams: Datagrams,
    outlet: Outlet,
    /// Frames of the last turn, on their way from the outlet to the socket.
    frames: Vec<Frame>,
    /// A state that is being encoded for the outlet.
    encoding: Option<JoinHandle<()>>,
    /// Frames that the socket has not taken yet, and how many bytes of the first one it has.
    waiting: VecDeque<Frame>,
    taken: usize,
    /// The socket has taken something that is not on its way yet.
    unflushed: bool,
    in_a_row: u32,
    /// Looked at only when it was woken: it waits on what all connections share.
    stop: FuturesUnordered<BoxFuture<'static, ()>>,
    idle: Duration,
    heard: Instant,
    /// Since when the socket takes nothing more.
    blocked: Option<Instant>,
    alarm: Pin<Box<Sleep>>,
}

impl Line {
    /// A connection that ends by itself after a silence of `idle`, and when the server stops.
    pub fn new(
        socket: Socket,
        datagrams: Datagrams,
        outlet: Outlet,
        mut stop: watch::Receiver<bool>,
        idle: Duration,
    ) -> Self {
        let now = Instant::now();
        Self {
            socket,
            datagrams,
            outlet,
            frames: Vec::new(),
            encoding: None,
            waiting: VecDeque::new(),
            taken: 0,
            unflushed: false,
            in_a_row: 0,
            stop: FuturesUnordered::from_iter([async move { raised(&mut stop).await }.boxed()]),
            idle,
            heard: now,
            blocked: None,
            alarm: Box::pin(tokio::time::sleep_until(now + idle)),
        }
    }

    /// Waits for the next step; messages are left where they are unless `reading`. Nothing is lost when the future is dropped.
    pub async fn next(&mut self, reading: bool) -> Step {
        poll_fn(|context| self.poll_next(context, reading)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>, reading: bool) -> Poll<Step> {
        let others_first = self.in_a_row >= MESSAGES_IN_A_ROW;
        if reading
            && !others_first
            && let Poll::Ready(message) = self.poll_message(context)
        {
            return Poll::Ready(Step::Message(message));
        }
        self.in_a_row = 0;
        self.outlet.lanes().listen(context.waker());
        self.outlet.let_go();
        if let Poll::Ready(Some(())) = self.stop.poll_next_unpin(context) {
            return Poll::Ready(Step::End(Ending::RESTART));
        }
        if self.outlet.lanes().has_overflowed() {
            return Poll::Ready(Step::End(Ending::SLOW_CONSUMER));
        }
        self.poll_encoded(context);
        match self.poll_sent(context) {
            Poll::Ready(Err(_)) => return Poll::Ready(Step::End(Ending::GONE)),
            Poll::Ready(Ok(())) => {
                self.blocked = None;
                if let Some(turn) = self.outlet.next(true) {
                    return Poll::Ready(Step::Turn(turn));
                }
            }
            Poll::Pending if self.blocked.is_none() => {
                let now = Instant::now();
                self.blocked = Some(now);
                if now + WRITE_TIMEOUT < self.alarm.deadline() {
                    self.alarm.as_mut().reset(now + WRITE_TIMEOUT);
                }
            }
            Poll::Pending => {}
        }
        // Datagrams do not wait for what a socket has lost.
        if self.blocked.is_some()
            && let Some(turn) = self.outlet.next_by_datagrams()
        {
            return Poll::Ready(Step::Turn(turn));
        }
        if reading
            && others_first
            && let Poll::Ready(message) = self.poll_message(context)
        {
            return Poll::Ready(Step::Message(message));
        }
        self.poll_alarm(context, reading).map(Step::End)
    }

    /// Goes on with a state that has been encoded meanwhile.
    fn poll_encoded(&mut self, context: &mut Context<'_>) {
        let Some(encoding) = &mut self.encoding else { return };
        if let Poll::Ready(encoded) = encoding.poll_unpin(context) {
            self.encoding = None;
            self.outlet.encoded(encoded.is_err(), &mut self.frames);
            self.waiting.extend(self.frames.drain(..));
        }
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Incoming> {
        let message = ready!(self.socket.poll_next_unpin(context));
        self.in_a_row += 1;
        self.heard = Instant::now();
        Poll::Ready(message)
    }

    /// Hands everything that waits to the socket, which sends it together.
    fn poll_sent(&mut self, context: &mut Context<'_>) -> Poll<Result<(), tungstenite::Error>> {
        while !self.waiting.is_empty() {
            ready!(self.socket.poll_ready_unpin(context))?;
            let Some(message) = self.next_message() else { break };
            self.unflushed = true;
            self.socket.start_send_unpin(message)?;
        }
        if self.unflushed {
            ready!(self.socket.poll_flush_unpin(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// The next frame that waits, or a piece of it when it is long.
    fn next_message(&mut self) -> Option<Message> {
        let frame = self.waiting.pop_front()?;
        if frame.bytes() <= SOCKET_PIECE_BYTES {
            sent_bytes().increment(frame.bytes() as u64);
            return Some(match frame {
                Frame::Text(text) => Message::Text((&*text).into()),
                Frame::Binary(bytes) => Message::Binary(bytes.into()),
            });
        }
        let (message, end) = piece(&frame, self.taken);
        sent_bytes().increment((end - self.taken) as u64);
        self.taken = if end == frame.bytes() { 0 } else { end };
        if self.taken > 0 {
            self.waiting.push_front(frame);
        }
        Some(message)
    }

    /// Ready when the other side has been silent, or has taken nothing, for too long.
    fn poll_alarm(&mut self, context: &mut Context<'_>, reading: bool) -> Poll<Ending> {
        loop {
            ready!(self.alarm.as_mut().poll(context));
            let now = Instant::now();
            if !reading {
                // Whoever is not listened to is not silent.
                self.heard = now;
            }
            let silent_at = self.heard + self.idle;
            let blocked_at = self.blocked.map(|since| since + WRITE_TIMEOUT);
            if blocked_at.is_some_and(|at| now >= at) {
                return Poll::Ready(Ending::GONE);
            }
            if now >= silent_at {
                return Poll::Ready(Ending::IDLE);
            }
            self.alarm.as_mut().reset(blocked_at.map_or(silent_at, |at| at.min(silent_at)));
        }
    }

    /// What came in is handled: from here on silence counts again.
    pub fn count_silence(&mut self) {
        self.heard = Instant::now();
    }

    /// Nothing more goes out, so that the session does not wait for it.
    pub fn close(&mut self) {
        self.outlet.lanes().close();
    }

    /// Makes frames of a turn; they go out with the next steps.
    pub fn send(&mut self, turn: Turn) {
        if let Some(encoding) = compose(&mut self.outlet, turn, &mut self.frames) {
            self.encoding = Some(encoding);
        }
        for (peer, frame) in self.outlet.datagrams() {
            sent_bytes().increment(frame.len() as u64);
            (self.datagrams)(peer, frame);
        }
        self.waiting.extend(self.frames.drain(..));
    }

    /// Says why the connection ends, behind what waits for it; running out of time means that there is nobody to tell.
    pub async fn goodbye(&mut self, why: Ending) {
        // Behind something that is missing nothing may follow: the client would apply it over a gap.
        let complete = why != Ending::DEFECT && why != Ending::SLOW_CONSUMER;
        let goodbye = async {
            if complete {
                poll_fn(|context| self.poll_sent(context)).await?;
                if let Some(encoding) = self.encoding.take() {
                    self.outlet.encoded(encoding.await.is_err(), &mut self.frames);
                }
                self.outlet.rest(&mut self.frames);
                self.waiting.extend(self.frames.drain(..));
                poll_fn(|context| self.poll_sent(context)).await?;
            }
            let close = CloseFrame { code: why.code.into(), reason: why.reason.into() };
            self.socket.send(Message::Close(Some(close))).await
        };
        let _ = tokio::time::timeout(GOODBYE_TIMEOUT, goodbye).await;
    }

    /// Lets the goodbye arrive: a connection that is cut with bytes unread may lose what it was sent.
    pub async fn linger(&mut self, why: Ending) {
        let the_other_goodbye = async {
            while let Some(Ok(_)) = self.socket.next().await {}
            if why.code == code::TOO_BIG {
                // What is on its way is not read; only time lets the other side see why.
                std::future::pending::<()>().await;
            }
        };
        // Running out of time is as good an end as any.
        let _ = tokio::time::timeout(GOODBYE_TIMEOUT, the_other_goodbye).await;
    }
}

/// The next piece of a frame of which so many bytes are sent, and how many are sent with it: a connection keeps a buffer of
/// its largest piece, and one large message goes to everyone. Texts are cut between characters.
fn piece(frame: &Frame, sent: usize) -> (Message, usize) {
    let (bytes, kind) = match frame {
        Frame::Text(text) => (text.as_bytes(), Data::Text),
        Frame::Binary(bytes) => (bytes.as_slice(), Data::Binary),
    };
    let mut end = bytes.len().min(sent + SOCKET_PIECE_BYTES);
    if let Frame::Text(text) = frame {
        end = text.floor_char_boundary(end);
    }
    let piece = Bytes::copy_from_slice(&bytes[sent..end]);
    let kind = if sent == 0 { kind } else { Data::Continue };
    (Message::Frame(frame::Frame::message(piece, OpCode::Data(kind), end == bytes.len())), end)
}

/// Makes frames of a turn. A state is encoded on the pool: whoever waits for that says so to [`Outlet::encoded`].
pub fn compose(outlet: &mut Outlet, turn: Turn, frames: &mut Vec<Frame>) -> Option<JoinHandle<()>> {
    thread_local! {
        /// Viewers work one after the other on a thread: one working memory serves them all.
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    let now = crate::clock::monotonic();
    let encoding = SCRATCH.with_borrow_mut(|scratch| outlet.take(turn, now, scratch, frames));
    let passed_over = outlet.take_passed_over();
    if passed_over > 0 {
        passed_over_ticks().increment(passed_over);
    }
    encoding.map(|encoding| tokio::task::spawn_blocking(move || Encoding::run(&encoding)))
}

/// The counter itself: looking it up for every frame would cost more than counting.
fn passed_over_ticks() -> &'static metrics::Counter {
    static COUNTER: OnceLock<metrics::Counter> = OnceLock::new();
    COUNTER.get_or_init(|| metrics::counter!("thexr_frames_dropped_total"))
}

/// The counter itself: looking it up for every frame would cost more than counting.
fn sent_bytes() -> &'static metrics::Counter {
    static COUNTER: OnceLock<metrics::Counter> = OnceLock::new();
    COUNTER.get_or_init(|| metrics::counter!("thexr_sent_bytes_total"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(frame: &Frame) -> Vec<(Data, bool, Vec<u8>)> {
        let (mut pieces, mut sent) = (Vec::new(), 0);
        while sent < frame.bytes() {
            let (message, end) = piece(frame, sent);
            let Message::Frame(piece) = message else { unreachable!("a frame") };
            let OpCode::Data(kind) = piece.header().opcode else { unreachable!("data") };
            pieces.push((kind, piece.header().is_final, piece.payload().to_vec()));
            sent = end;
        }
        pieces
    }

    #[test]
    fn a_long_message_goes_out_in_pieces_between_characters_that_add_up_to_it() {
        let text = "é🪑x".repeat(9_000);
        for (frame, kind) in [
            (Frame::Text(text.as_str().into()), Data::Text),
            (Frame::Binary(text.clone().into()), Data::Binary),
        ] {
            let pieces = pieces(&frame);
            assert!(pieces.len() > 3 && pieces.iter().all(|(.., bytes)| bytes.len() <= SOCKET_PIECE_BYTES));
            let kinds: Vec<Data> = pieces.iter().map(|(kind, ..)| *kind).collect();
            assert!(kinds[0] == kind && kinds[1..].iter().all(|kind| *kind == Data::Continue));
            let finals: Vec<bool> = pieces.iter().map(|(_, last, _)| *last).collect();
            assert!(finals[finals.len() - 1] && !finals[..finals.len() - 1].contains(&true));
            assert_eq!(
                pieces.iter().flat_map(|(.., bytes)| bytes.clone()).collect::<Vec<u8>>(),
                text.as_bytes()
            );
            if kind == Data::Text {
                assert!(pieces.iter().all(|(.., bytes)| std::str::from_utf8(bytes).is_ok()));
            }
        }
    }
}

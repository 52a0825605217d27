//! The WebSocket transport: a reader and a writer task around a session and an outlet.

use crate::app::App;
use crate::limits::{GOODBYE_TIMEOUT, SOCKET_READ_BYTES, WRITE_TIMEOUT};
use crate::rooms::delivery::{Lanes, Outgoing};
use crate::socket::handshake::{self, Accepted, Params};
use crate::socket::outlet::{Frame, Outlet};
use crate::socket::raised;
use crate::socket::session::Session;
use crate::web::address::Client;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures_util::{FutureExt, SinkExt, StreamExt};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use thexr_wire::limits::MESSAGE_BYTES_MAX;
use thexr_wire::phoenix::{Vsn, decode_text};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

/// Close codes, RFC 6455 and the IANA registry. Never 1000: clients stay away after it.
mod code {
    pub const GOING_AWAY: u16 = 1001;
    pub const PROTOCOL: u16 = 1002;
    pub const UNSUPPORTED: u16 = 1003;
    pub const INVALID_TEXT: u16 = 1007;
    pub const TOO_BIG: u16 = 1009;
    pub const INTERNAL: u16 = 1011;
    pub const RESTART: u16 = 1012;
    pub const TRY_LATER: u16 = 1013;
}

/// Why a connection ends; the reader or the server decides, the writer says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ending {
    code: u16,
    reason: &'static str,
}

/// `GET {base}/websocket`.
pub async fn upgrade(
    State(app): State<Arc<App>>,
    client: Client,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return (StatusCode::BAD_REQUEST, "This address speaks WebSocket.").into_response();
    };
    if !app.limits.may_open_socket(&client) {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let params = Params::read(query.as_deref().unwrap_or_default());
    let Some(accepted) = handshake::accept(&app, &params, &headers) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    let upgrade = upgrade.read_buffer_size(SOCKET_READ_BYTES);
    let upgrade = if accepted.phoenix_protocol { upgrade.protocols(["phoenix"]) } else { upgrade };
    upgrade.on_upgrade(move |socket| serve(app, accepted, socket))
}

async fn serve(app: Arc<App>, accepted: Accepted, socket: WebSocket) {
    metrics::gauge!("thexr_connections").increment(1.0);
    let (sink, mut stream) = socket.split();
    let (lanes, waiting, overflowed) = Lanes::new();
    let (end, ending) = oneshot::channel();
    let Accepted { vsn, user, .. } = accepted;
    let outlet = Outlet::new(vsn, user.clone(), app.tokens.clone(), lanes.clone(), true)
        .with_frame_bytes(app.config.motion_frame_bytes());
    let writer = tokio::spawn(write(outlet, waiting, sink, ending));
    let mut session = Session::new(app.clone(), vsn, user, lanes, true);
    // Held to the end: the server waits for it when it stops.
    let mut stop = app.stopping.subscribe();
    let reading = read(&app, &mut session, &mut stream, overflowed, &mut stop, &writer);
    // A defect of ours ends this connection in order, so that its rooms hear of it.
    let why = AssertUnwindSafe(reading).catch_unwind().await;
    let why = why.unwrap_or(Ending { code: code::INTERNAL, reason: "internal" });
    metrics::counter!("thexr_disconnects_total", "reason" => why.reason).increment(1);
    // An error means that the writer has ended already, with the connection.
    let _ = end.send(why);
    session.end().await;
    let _ = writer.await;
    linger(&mut stream, why).await;
    metrics::gauge!("thexr_connections").decrement(1.0);
}

/// Lets the goodbye arrive: a connection that is cut with bytes unread may lose what it was sent.
async fn linger(stream: &mut SplitStream<WebSocket>, why: Ending) {
    let the_other_goodbye = async {
        while let Some(Ok(_)) = stream.next().await {}
        if why.code == code::TOO_BIG {
            // What is on its way is not read; only time lets the other side see why.
            std::future::pending::<()>().await;
        }
    };
    // Running out of time is as good an end as any.
    let _ = tokio::time::timeout(GOODBYE_TIMEOUT, the_other_goodbye).await;
}

/// Messages between two looks at whether the connection must end, while there is always another message.
const MESSAGES_BETWEEN_LOOKS: u32 = 64;

/// Reads until there is a reason to end.
///
/// Messages come first and what may interrupt them is waited for once, not anew for each: at twenty poses a second and
/// person that is most of the work.
async fn read(
    app: &App,
    session: &mut Session,
    stream: &mut SplitStream<WebSocket>,
    overflowed: watch::Receiver<bool>,
    stop: &mut watch::Receiver<bool>,
    writer: &tokio::task::JoinHandle<()>,
) -> Ending {
    let idle = Duration::from_secs(app.config.socket_idle_seconds);
    // Looked at only when it was woken: it waits on what all connections share.
    let mut interrupted = FuturesUnordered::from_iter([interruption(stop, overflowed)]);
    let mut heard = Instant::now();
    let mut silence = pin!(tokio::time::sleep_until(heard + idle));
    let mut messages = 0u32;
    loop {
        messages = messages.wrapping_add(1);
        if messages.is_multiple_of(MESSAGES_BETWEEN_LOOKS)
            && let Some(Some(ending)) = interrupted.next().now_or_never()
        {
            return ending;
        }
        let message = tokio::select! {
            biased;
            message = stream.next() => message,
            Some(ending) = interrupted.next() => return ending,
            () = &mut silence => {
                if heard.elapsed() >= idle {
                    return Ending { code: code::GOING_AWAY, reason: "idle" };
                }
                silence.as_mut().reset(heard + idle);
                continue;
            }
        };
        heard = Instant::now();
        if writer.is_finished() {
            return Ending { code: code::GOING_AWAY, reason: "gone" };
        }
        if let Err(ending) = take(session, message).await {
            return ending;
        }
    }
}

/// What ends a connection from the server's side.
async fn interruption(stop: &mut watch::Receiver<bool>, mut overflowed: watch::Receiver<bool>) -> Ending {
    tokio::select! {
        biased;
        () = raised(stop) => Ending { code: code::RESTART, reason: "restart" },
        () = raised(&mut overflowed) => Ending { code: code::TRY_LATER, reason: "slow_consumer" },
    }
}

/// Hands one message to the session; errors are why the connection ends.
async fn take(session: &mut Session, message: Option<Result<Message, axum::Error>>) -> Result<(), Ending> {
    let undecodable = |code| Ending { code, reason: "undecodable" };
    match message {
        None => Err(Ending { code: code::GOING_AWAY, reason: "gone" }),
        Some(Err(error)) => Err(ending_of(error)),
        Some(Ok(Message::Text(text))) => {
            let frame = decode_text(session.vsn(), &text).map_err(|_| undecodable(code::INVALID_TEXT))?;
            session.frame(frame, text.len()).await;
            Ok(())
        }
        Some(Ok(Message::Binary(bytes))) if session.vsn() == Vsn::V2 => {
            session.binary(&bytes).await.map_err(|_| undecodable(code::UNSUPPORTED))
        }
        Some(Ok(Message::Binary(_))) => Err(undecodable(code::UNSUPPORTED)),
        Some(Ok(Message::Close(_))) => Err(Ending { code: code::GOING_AWAY, reason: "closed" }),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
    }
}

fn ending_of(error: axum::Error) -> Ending {
    let error = error.into_inner().downcast::<tungstenite::Error>();
    match error.as_deref() {
        Ok(tungstenite::Error::Capacity(_)) => Ending { code: code::TOO_BIG, reason: "too_big" },
        Ok(tungstenite::Error::Utf8(_)) => Ending { code: code::INVALID_TEXT, reason: "undecodable" },
        Ok(tungstenite::Error::Protocol(error)) if *error != ProtocolError::ResetWithoutClosingHandshake => {
            Ending { code: code::PROTOCOL, reason: "protocol_error" }
        }
        _ => Ending { code: code::GOING_AWAY, reason: "gone" },
    }
}

/// Writes until told to end or the connection is gone.
async fn write(
    mut outlet: Outlet,
    mut waiting: mpsc::Receiver<Outgoing>,
    mut sink: SplitSink<WebSocket, Message>,
    mut ending: oneshot::Receiver<Ending>,
) {
    let mut frames = Vec::new();
    let (why, whole) = loop {
        tokio::select! {
            biased;
            why = &mut ending => break (why, true),
            turn = outlet.turn(&mut waiting, true) => outlet.take(turn, &mut waiting, &mut frames).await,
        }
        outlet.more(&mut waiting, &mut frames).await;
        if frames.is_empty() {
            continue;
        }
        // A socket that takes everything at once is the rule; one that does not must not hold up the end.
        tokio::select! {
            biased;
            sent = send(&mut sink, &mut frames) => if !sent { return },
            why = &mut ending => break (why, false),
        }
    };
    // An error means that the reader's task is gone without a word.
    let Ok(why) = why else { return };
    let goodbye = async {
        // Behind a message that was cut off, no other may follow: the client would apply it over a gap.
        if whole && why.code != code::TRY_LATER {
            outlet.rest(&mut waiting, &mut frames).await;
            send(&mut sink, &mut frames).await;
        }
        let close = CloseFrame { code: why.code, reason: why.reason.into() };
        // An error means that there is nobody to tell.
        let _ = sink.send(Message::Close(Some(close))).await;
    };
    // Running out of time means the same.
    let _ = tokio::time::timeout(GOODBYE_TIMEOUT, goodbye).await;
}

/// Hands frames to the socket, all of them before it is flushed; `false` when the connection is gone.
async fn send(sink: &mut SplitSink<WebSocket, Message>, frames: &mut Vec<Frame>) -> bool {
    let sent = async {
        for frame in frames.drain(..) {
            sent_bytes().increment(frame.bytes() as u64);
            sink.feed(match frame {
                Frame::Text(text) => Message::Text((&*text).into()),
                Frame::Binary(bytes) => Message::Binary(bytes.into()),
            })
            .await?;
        }
        sink.flush().await
    };
    matches!(tokio::time::timeout(WRITE_TIMEOUT, sent).await, Ok(Ok(())))
}

/// The counter itself: looking it up for every frame would cost more than counting.
fn sent_bytes() -> &'static metrics::Counter {
    static COUNTER: OnceLock<metrics::Counter> = OnceLock::new();
    COUNTER.get_or_init(|| metrics::counter!("thexr_sent_bytes_total"))
}

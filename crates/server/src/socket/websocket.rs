//! The WebSocket transport: a session and an outlet around one socket, in one task.

use crate::app::App;
use crate::limits::{SOCKET_READ_BYTES, SOCKET_WRITE_BYTES};
use crate::socket::handshake::{self, Accepted, Params};
use crate::socket::line::{Ending, Incoming, Line, Step, code};
use crate::socket::session::{ResumeTokens, Session};
use crate::socket::upgrade::{Socket, Upgrade};
use crate::web::address::Client;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use thexr_hall::{Lanes, Outlet};
use thexr_wire::limits::MESSAGE_BYTES_MAX;
use thexr_wire::phoenix::{Vsn, decode_text};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};

/// `GET {base}/websocket`.
pub async fn upgrade(
    State(app): State<Arc<App>>,
    client: Client,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let Some(place) = app.limits.socket(&client) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let params = Params::read(query.as_deref().unwrap_or_default());
    let Some(accepted) = handshake::accept(&app, &client, &params, &headers) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX))
        .read_buffer_size(SOCKET_READ_BYTES)
        .write_buffer_size(SOCKET_WRITE_BYTES);
    let protocol = accepted.phoenix_protocol.then_some("phoenix");
    upgrade.accept(protocol, config, move |socket| async move {
        serve(app, accepted, socket).await;
        drop(place);
    })
}

async fn serve(app: Arc<App>, accepted: Accepted, socket: Socket) {
    metrics::gauge!("thexr_connections").increment(1.0);
    // Held to the end: the server waits for it when it stops.
    let stop = app.stopping.subscribe();
    let Accepted { vsn, user, door, .. } = accepted;
    let lanes = Lanes::default();
    let outlet = Outlet::new(vsn, ResumeTokens::of(&app, &user), lanes.clone(), true)
        .with_frame_bytes(app.config.motion_frame_bytes());
    let idle = Duration::from_secs(app.config.socket_idle_seconds);
    let carrier = app.clone();
    let datagrams = Box::new(move |peer, frame| {
        if let Some(voices) = &carrier.voices {
            voices.send_motion(peer, frame);
        }
    });
    let mut line = Line::new(socket, datagrams, outlet, stop.clone(), idle);
    let mut session = Session::new(app, vsn, user, door, lanes, true);
    // A defect of ours ends this connection in order, so that its rooms hear of it.
    let why = AssertUnwindSafe(talk(&mut line, &mut session)).catch_unwind().await;
    let why = why.unwrap_or(Ending::DEFECT);
    metrics::counter!("thexr_disconnects_total", "reason" => why.reason).increment(1);
    // Whatever happens to the goodbye, rooms hear of the end.
    let goodbye = async {
        line.goodbye(why).await;
        line.linger(why).await;
    };
    let _ = tokio::join!(session.end(), AssertUnwindSafe(goodbye).catch_unwind());
    drop(stop);
    metrics::gauge!("thexr_connections").decrement(1.0);
}

/// Reads and writes until there is a reason to end.
async fn talk(line: &mut Line, session: &mut Session) -> Ending {
    loop {
        let taken = match line.next(true).await {
            Step::Message(message) => take(line, session, message).await,
            Step::Turn(turn) => {
                line.send(turn);
                Ok(())
            }
            Step::End(ending) => Err(ending),
        };
        if let Err(ending) = taken {
            return ending;
        }
    }
}

/// Hands one message to the session; errors are why the connection ends.
async fn take(line: &mut Line, session: &mut Session, message: Incoming) -> Result<(), Ending> {
    let undecodable = |code| Ending { code, reason: "undecodable" };
    match message {
        None => Err(Ending::GONE),
        Some(Err(error)) => Err(ending_of(&error)),
        Some(Ok(Message::Text(text))) => {
            let frame = decode_text(session.vsn(), &text).map_err(|_| undecodable(code::INVALID_TEXT))?;
            handle(line, session.frame(frame, text.len())).await
        }
        Some(Ok(Message::Binary(bytes))) if session.vsn() == Vsn::V2 => {
            match session.binary(&bytes).map_err(|_| undecodable(code::UNSUPPORTED))? {
                Some(frame) => handle(line, session.frame(frame, bytes.len())).await,
                None => Ok(()),
            }
        }
        Some(Ok(Message::Binary(_))) => Err(undecodable(code::UNSUPPORTED)),
        Some(Ok(Message::Close(_))) => Err(Ending { code: code::GOING_AWAY, reason: "closed" }),
        // A frame by itself is never read, only written.
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(()),
    }
}

/// Lets the session handle a frame to its end, whatever else happens; what is to be sent goes out meanwhile.
async fn handle(line: &mut Line, session: impl Future<Output = ()>) -> Result<(), Ending> {
    let mut session = pin!(session);
    let (mut ended, mut open) = (Ok(()), true);
    loop {
        tokio::select! {
            biased;
            () = &mut session => {
                line.count_silence();
                return ended;
            }
            step = line.next(false), if open => match step {
                Step::Turn(turn) => line.send(turn),
                // Rooms have said their last words before: they and the answer still go out.
                Step::End(Ending::RESTART) => ended = Err(Ending::RESTART),
                Step::End(ending) => {
                    line.close();
                    (ended, open) = (ended.and(Err(ending)), false);
                }
                Step::Message(_) => {}
            }
        }
    }
}

fn ending_of(error: &tungstenite::Error) -> Ending {
    match error {
        tungstenite::Error::Capacity(_) => Ending { code: code::TOO_BIG, reason: "too_big" },
        tungstenite::Error::Utf8(_) => Ending { code: code::INVALID_TEXT, reason: "undecodable" },
        tungstenite::Error::Protocol(error) if *error != ProtocolError::ResetWithoutClosingHandshake => {
            Ending { code: code::PROTOCOL, reason: "protocol_error" }
        }
        _ => Ending::GONE,
    }
}

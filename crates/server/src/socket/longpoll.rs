//! The long-poll transport: sessions that hold frames until they are fetched.
//!
//! Source: phoenix 1.8 `Phoenix.Transports.LongPoll`, npm `phoenix` 1.8 `LongPoll`. Answers are always HTTP 200.

use crate::app::App;
use crate::auth::new_secret;
use crate::limits::{POLL_LINES_MAX, POLL_QUEUE_BYTES, POLL_QUEUE_MESSAGES, POLL_SESSIONS_MAX, POLL_WINDOW};
use crate::socket::handshake::{self, Accepted, Params};
use crate::socket::line::compose;
use crate::socket::raised;
use crate::socket::session::{ResumeTokens, Session};
use crate::web::address::Client;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task;
use std::time::Duration;
use thexr_hall::{Frame, Lanes, Outlet, Turn};
use thexr_wire::phoenix::{Incoming, Vsn, decode_binary, decode_text};
use tokio::sync::{Notify, mpsc, watch};

/// Frames posted by a client and not handled yet; a POST waits for room.
const INCOMING_FRAMES_MAX: usize = 256;

/// All sessions, by their token.
#[derive(Default)]
pub struct Polls(Mutex<BTreeMap<String, Arc<Poll>>>);

struct Poll {
    vsn: Vsn,
    /// Frames and their bytes.
    incoming: mpsc::Sender<(Incoming, usize)>,
    outgoing: Mutex<VecDeque<Arc<str>>>,
    arrived: Notify,
    polled: Notify,
    ended: watch::Sender<bool>,
}

impl Polls {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Poll>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, token: &str) -> Option<Arc<Poll>> {
        self.lock().get(token).cloned()
    }
}

impl Poll {
    fn outgoing(&self) -> MutexGuard<'_, VecDeque<Arc<str>>> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Arc<str>> {
        self.outgoing().drain(..).collect()
    }
}

fn answer(body: Value) -> Response {
    let mut response = Json(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// `{base}/longpoll`, all methods.
pub async fn handle(
    State(app): State<Arc<App>>,
    client: Client,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let params = Params::read(query.as_deref().unwrap_or_default());
    if method == Method::OPTIONS {
        return preflight(&headers);
    }
    if !handshake::origin_allowed(&app, &headers) {
        return answer(json!({"status": 403}));
    }
    let header = headers.get("x-phoenix-longpoll-token").and_then(|value| value.to_str().ok());
    // The session's token is added last; a person's own `token` comes first.
    let poll =
        header.or(params.last("token")).and_then(|token| Some((token.to_owned(), app.polls.find(token)?)));
    match (method, poll) {
        (Method::GET, Some((token, poll))) => fetch(&app, token, &poll).await,
        (Method::GET, None) => open(app, &client, &params, &headers),
        (Method::POST, Some((_, poll))) => publish(&poll, &headers, &body).await,
        (Method::POST, None) => answer(json!({"status": 410})),
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn preflight(headers: &HeaderMap) -> Response {
    let mut response = answer(json!({"status": 200}));
    let asked = headers.get("access-control-request-headers").cloned();
    let out = response.headers_mut();
    out.insert("access-control-allow-headers", asked.unwrap_or(HeaderValue::from_static("content-type")));
    out.insert("access-control-allow-methods", HeaderValue::from_static("get, post, options"));
    out.insert("access-control-max-age", HeaderValue::from_static("3600"));
    response
}

/// A new session; the client opens on 410.
fn open(app: Arc<App>, client: &Client, params: &Params, headers: &HeaderMap) -> Response {
    let Some(Accepted { vsn, user, .. }) = handshake::accept(&app, params, headers) else {
        return answer(json!({"status": 403}));
    };
    if !app.limits.may_open_socket(client) || app.polls.lock().len() >= POLL_SESSIONS_MAX {
        return answer(json!({"status": 503}));
    }
    let token = new_secret();
    let (incoming, frames) = mpsc::channel(INCOMING_FRAMES_MAX);
    let poll = Arc::new(Poll {
        vsn,
        incoming,
        outgoing: Mutex::default(),
        arrived: Notify::new(),
        polled: Notify::new(),
        ended: watch::Sender::new(false),
    });
    app.polls.lock().insert(token.clone(), poll.clone());
    let lanes = Lanes::default();
    let outlet = Outlet::new(vsn, ResumeTokens::of(&app, &user), lanes.clone(), false)
        .with_frame_bytes(app.config.motion_frame_bytes());
    let session = Session::new(app.clone(), vsn, user, lanes, false);
    let id = token.clone();
    tokio::spawn(async move {
        let mut collector = tokio::spawn(collect(outlet, poll.clone()));
        let handler = tokio::spawn(handle_frames(session, frames, poll.ended.subscribe()));
        tokio::select! {
            () = live(&app, &poll) => {}
            // It only ends early when too much waits, or by a defect.
            _ = &mut collector => {}
        }
        poll.ended.send_replace(true);
        app.polls.lock().remove(&id);
        // Errors mean that the task panicked: its session is over all the same.
        let _ = handler.await;
        collector.abort();
    });
    answer(json!({"status": 410, "token": token, "messages": []}))
}

/// Returns when the session must end: nobody polls, too much waits, or the server stops.
async fn live(app: &App, poll: &Poll) {
    let mut stopping = app.stopping.subscribe();
    let mut ended = poll.ended.subscribe();
    loop {
        tokio::select! {
            () = raised(&mut stopping) => return,
            () = raised(&mut ended) => return,
            polled = tokio::time::timeout(POLL_WINDOW * 3 / 2, poll.polled.notified()) => {
                if polled.is_err() {
                    return;
                }
            }
        }
    }
}

async fn handle_frames(
    mut session: Session,
    mut frames: mpsc::Receiver<(Incoming, usize)>,
    mut ended: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            () = raised(&mut ended) => break,
            frame = frames.recv() => match frame {
                Some((frame, bytes)) => session.frame(frame, bytes).await,
                None => break,
            },
        }
    }
    session.end().await;
}

/// Frames wait here until they are fetched; of motion there is one newest message per tick and poll.
async fn collect(mut outlet: Outlet, poll: Arc<Poll>) {
    let mut frames = Vec::new();
    loop {
        let idle = poll.outgoing().is_empty();
        tokio::select! {
            biased;
            // Motion that nobody fetches is not collected: the newest is composed when there is room for it.
            turn = next_turn(&mut outlet, idle) => match turn {
                Some(turn) => compose(&mut outlet, turn, &mut frames).await,
                None => {
                    poll.ended.send_replace(true);
                    return;
                }
            },
            // Looks again whether the client has fetched what was there.
            () = tokio::time::sleep(Duration::from_millis(50)), if !idle => {}
        }
        if frames.is_empty() {
            continue;
        }
        let mut outgoing = poll.outgoing();
        for frame in frames.drain(..) {
            if let Frame::Text(text) = frame {
                outgoing.push_back(text);
            }
        }
        let bytes: usize = outgoing.iter().map(|text| text.len()).sum();
        if outgoing.len() > POLL_QUEUE_MESSAGES || bytes > POLL_QUEUE_BYTES {
            poll.ended.send_replace(true);
            return;
        }
        drop(outgoing);
        poll.arrived.notify_one();
    }
}

/// Waits for something to send; `None` when more waits than may. Nothing is lost when the future is dropped.
async fn next_turn(outlet: &mut Outlet, with_motion: bool) -> Option<Turn> {
    poll_fn(|context| {
        outlet.lanes().listen(context.waker());
        match outlet.next(with_motion) {
            _ if outlet.lanes().has_overflowed() => task::Poll::Ready(None),
            Some(turn) => task::Poll::Ready(Some(turn)),
            None => task::Poll::Pending,
        }
    })
    .await
}

async fn fetch(app: &App, token: String, poll: &Poll) -> Response {
    poll.polled.notify_one();
    let mut stopping = app.stopping.subscribe();
    let deadline = tokio::time::sleep(POLL_WINDOW);
    tokio::pin!(deadline);
    loop {
        let messages = poll.take();
        if !messages.is_empty() {
            poll.polled.notify_one();
            return answer(json!({"status": 200, "messages": messages, "token": token}));
        }
        tokio::select! {
            () = poll.arrived.notified() => {}
            () = &mut deadline => break,
            () = raised(&mut stopping) => break,
        }
    }
    poll.polled.notify_one();
    answer(json!({"status": 204, "messages": [], "token": token}))
}

async fn publish(poll: &Poll, headers: &HeaderMap, body: &[u8]) -> Response {
    poll.polled.notify_one();
    let ndjson = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-ndjson"));
    let Some(frames) = decode_body(poll.vsn, ndjson, body) else {
        // As a socket would: the session is over, the client starts a new one.
        poll.ended.send_replace(true);
        return answer(json!({"status": 408}));
    };
    for frame in frames {
        match tokio::time::timeout(POLL_WINDOW, poll.incoming.send(frame)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return answer(json!({"status": 410})),
            Err(_) => return answer(json!({"status": 408})),
        }
    }
    answer(json!({"status": 200}))
}

/// The frames of a POST, each with its bytes.
fn decode_body(vsn: Vsn, ndjson: bool, body: &[u8]) -> Option<Vec<(Incoming, usize)>> {
    let text = std::str::from_utf8(body).ok()?;
    if !ndjson {
        return Some(vec![(decode_text(vsn, text).ok()?, text.len())]);
    }
    let lines = text.lines().filter(|line| !line.is_empty()).take(POLL_LINES_MAX);
    let frame = |line: &str| {
        if line.starts_with('[') || line.starts_with('{') {
            return decode_text(vsn, line).ok();
        }
        decode_binary(&STANDARD.decode(line).ok()?).ok()
    };
    lines.map(|line| Some((frame(line)?, line.len()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_lines_holds_text_and_binary_frames() {
        let binary = STANDARD.encode(thexr_wire::phoenix::encode_client_push("1", "2", "room:x", "e", &[7]));
        let body = format!("[null,\"1\",\"phoenix\",\"heartbeat\",{{}}]\n{binary}\n");
        let frames = decode_body(Vsn::V2, true, body.as_bytes()).unwrap();
        assert_eq!(frames.len(), 2);
        assert_eq!(frames[1].0.topic, json!("room:x"));
    }

    #[test]
    fn a_bad_line_ends_the_session_and_more_than_a_hundred_lines_are_ignored() {
        assert!(decode_body(Vsn::V2, true, b"[1]\n").is_none());
        let many = "[null,\"1\",\"phoenix\",\"heartbeat\",{}]\n".repeat(150);
        assert_eq!(decode_body(Vsn::V2, true, many.as_bytes()).unwrap().len(), POLL_LINES_MAX);
    }
}

//! The long-poll transport: sessions that hold frames until they are fetched.
//!
//! Source: phoenix 1.8 `Phoenix.Transports.LongPoll`, npm `phoenix` 1.8 `LongPoll`. Answers are always HTTP 200, but for
//! requests that are no long polling at all. A POST waits as the text it came in; it is read line by line when its turn
//! comes, and what is above the rate is not read at all but for its head.

mod lines;
mod sessions;

pub use sessions::Polls;

use crate::app::App;
use crate::limits::{
    GOODBYE_TIMEOUT, POLL_BODY_BYTES_MAX, POLL_POST_BYTES_MIN, POLL_SILENCE_MAX, POLL_WINDOW,
};
use crate::socket::handshake::{self, Accepted, Params};
use crate::socket::line::compose;
use crate::socket::raised;
use crate::socket::rate::Rates;
use crate::socket::session::{ResumeTokens, Session};
use crate::web::address::Client;
use crate::web::rate::SocketPlace;
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::OptionFuture;
use futures_util::stream;
use lines::{Posted, lines};
use serde_json::{Value, json};
use sessions::{Answer, Held, Poll, Post};
use std::future::poll_fn;
use std::sync::Arc;
use std::task;
use std::time::Duration;
use thexr_hall::{Frame, Lanes, Outlet, Turn};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

fn answer(body: Value) -> Response {
    with_headers(Json(body).into_response())
}

fn status(status: u16) -> Response {
    answer(json!({"status": status}))
}

/// What is too large is told as HTTP as well.
fn refused(why: u16) -> Response {
    match why {
        413 => (StatusCode::PAYLOAD_TOO_LARGE, status(why)).into_response(),
        _ => status(why),
    }
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// `{base}/longpoll`, all methods.
pub async fn handle(State(app): State<Arc<App>>, client: Client, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (headers, params) = (&head.headers, Params::read(head.uri.query().unwrap_or_default()));
    if head.method == Method::OPTIONS {
        return preflight(headers);
    }
    if !handshake::origin_allowed(&app, headers) {
        return status(403);
    }
    let token = headers.get("x-phoenix-longpoll-token").and_then(|value| value.to_str().ok());
    // The session's token is added last; a person's own `token` comes first.
    let poll = token.or(params.last("token")).and_then(|token| app.polls.find(token));
    // What waits keeps nothing of the request's head.
    match (&head.method, poll) {
        (&Method::GET, Some(poll)) => {
            drop((head, params));
            fetch(&app, &poll).await
        }
        (&Method::GET, None) => open(app, &client, &params, headers),
        (&Method::POST, Some(poll)) => {
            let ndjson = has_lines(headers);
            let length =
                headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
            drop((head, params));
            publish(&app, poll, ndjson, length.unwrap_or(POLL_BODY_BYTES_MAX), body).await
        }
        (&Method::POST, None) => status(410),
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn has_lines(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/x-ndjson"))
}

fn preflight(headers: &HeaderMap) -> Response {
    let mut response = status(200);
    let asked = headers.get("access-control-request-headers").cloned();
    let out = response.headers_mut();
    out.insert("access-control-allow-headers", asked.unwrap_or(HeaderValue::from_static("content-type")));
    out.insert("access-control-allow-methods", HeaderValue::from_static("get, post, options"));
    out.insert("access-control-max-age", HeaderValue::from_static("3600"));
    response
}

/// A new session; the client opens on 410.
fn open(app: Arc<App>, client: &Client, params: &Params, headers: &HeaderMap) -> Response {
    let Some(accepted) = handshake::accept(&app, client, params, headers) else { return status(403) };
    let Some(place) = app.limits.socket(client) else { return status(503) };
    let Some((poll, posts)) = app.polls.open(accepted.vsn, client.network()) else { return status(503) };
    let token = poll.token().to_owned();
    tokio::spawn(run(app, accepted, poll, posts, place));
    answer(json!({"status": 410, "token": token, "messages": []}))
}

/// A session's life.
async fn run(
    app: Arc<App>,
    accepted: Accepted,
    poll: Arc<Poll>,
    posts: mpsc::UnboundedReceiver<Post>,
    place: SocketPlace,
) {
    let Accepted { vsn, user, door, .. } = accepted;
    let lanes = Lanes::default();
    let outlet = Outlet::new(vsn, ResumeTokens::of(&app, &user), lanes.clone(), false)
        .with_frame_bytes(app.config.motion_frame_bytes());
    let session = Session::new(app.clone(), vsn, user, door, lanes, false);
    let mut collector = tokio::spawn(collect(app.clone(), outlet, poll.clone()));
    let handler = tokio::spawn(handle_posts(session, posts, poll.clone()));
    tokio::select! {
        () = live(&app, &poll) => {}
        // It only ends early when too much waits, or by a defect.
        _ = &mut collector => {}
    }
    poll.end();
    app.polls.remove(&poll);
    // Errors mean that the task panicked: its session is over all the same.
    let _ = handler.await;
    collector.abort();
    // Whoever is being told the last of it may hear it out.
    tokio::time::sleep(GOODBYE_TIMEOUT).await;
    poll.clear();
    drop(place);
}

/// Returns when the session must end: nobody polls, too much waits, or the server stops.
async fn live(app: &App, poll: &Poll) {
    let mut stopping = app.stopping.subscribe();
    let mut ended = poll.ended.subscribe();
    loop {
        tokio::select! {
            () = raised(&mut stopping) => return,
            () = raised(&mut ended) => return,
            polled = tokio::time::timeout(POLL_SILENCE_MAX, poll.polled.notified()) => {
                if polled.is_err() {
                    return;
                }
            }
        }
    }
}

/// Handles POSTs one after the other, line by line.
async fn handle_posts(mut session: Session, mut posts: mpsc::UnboundedReceiver<Post>, poll: Arc<Poll>) {
    let rates = Rates::new();
    let mut ended = poll.ended.subscribe();
    loop {
        let post = tokio::select! {
            biased;
            () = raised(&mut ended) => break,
            post = posts.recv() => post,
        };
        let Some(post) = post else { break };
        if !handle_post(&mut session, &rates, &post, &ended).await {
            // As a socket would: the session is over, the client starts a new one.
            poll.end();
            break;
        }
        // An error means that nobody waits for the answer any more.
        let _ = post.handled.send(());
    }
    session.end().await;
}

/// `false`: the session is over, or must be, since a line is no frame.
async fn handle_post(
    session: &mut Session,
    rates: &Rates,
    post: &Post,
    ended: &watch::Receiver<bool>,
) -> bool {
    for line in lines(post.ndjson, &post.text) {
        if *ended.borrow() {
            return false;
        }
        let (bytes, frame) = match rates.check(line.bytes()) {
            Ok(()) => (line.bytes(), line.read(session.vsn())),
            // More than any rate allows: the session says so, whatever it has counted itself, and goodbyes pass.
            Err(_) => (usize::MAX, line.head(session.vsn())),
        };
        let Some(frame) = frame else { return false };
        session.frame(frame, bytes).await;
    }
    true
}

/// Frames wait here until they are fetched; of motion there is one newest message per tick and poll.
async fn collect(app: Arc<App>, mut outlet: Outlet, poll: Arc<Poll>) {
    let mut frames = Vec::new();
    let mut encoding = OptionFuture::<tokio::task::JoinHandle<()>>::default();
    loop {
        let idle = poll.is_quiet();
        tokio::select! {
            biased;
            Some(encoded) = &mut encoding => {
                encoding = None.into();
                outlet.encoded(encoded.is_err(), &mut frames);
            }
            // Motion that nobody fetches is not collected: the newest is composed when there is room for it.
            turn = next_turn(&mut outlet, idle) => match turn {
                Some(turn) => {
                    if let Some(begun) = compose(&mut outlet, turn, &mut frames) {
                        encoding = Some(begun).into();
                    }
                }
                None => return,
            },
            // Looks again whether the client has fetched what was there.
            () = tokio::time::sleep(Duration::from_millis(50)), if !idle => {}
        }
        if frames.is_empty() {
            continue;
        }
        let texts = frames.drain(..).filter_map(|frame| match frame {
            Frame::Text(text) => Some(text),
            Frame::Binary(_) => None,
        });
        if !poll.keep(texts) {
            return;
        }
        app.polls.relieve();
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

/// Waits for messages; of several who wait for one session's only the newest gets them.
async fn fetch(app: &App, poll: &Arc<Poll>) -> Response {
    poll.polled.notify_one();
    let mut number = 0;
    poll.fetches.send_modify(|newest| {
        *newest += 1;
        number = *newest;
    });
    let (mut stopping, mut ended) = (app.stopping.subscribe(), poll.ended.subscribe());
    let mut fetches = poll.fetches.subscribe();
    let deadline = tokio::time::sleep(POLL_WINDOW);
    tokio::pin!(deadline);
    let begun = loop {
        if let Some(answer) = poll.begin_answer() {
            break Some(answer);
        }
        tokio::select! {
            () = poll.arrived.notified() => {}
            () = &mut deadline => break None,
            _ = fetches.wait_for(|newest| *newest != number) => break None,
            // What was said last goes out as well.
            () = raised(&mut ended) => break poll.begin_answer(),
            () = raised(&mut stopping) => break poll.begin_answer(),
        }
    };
    poll.polled.notify_one();
    match begun {
        Some(answer) => with_headers(messages(answer)),
        None => answer(json!({"status": 204, "messages": [], "token": poll.token()})),
    }
}

/// An answer as a response whose bytes stay with the session until the client takes them.
fn messages(answer: Answer) -> Response {
    let (kind, bytes) = (HeaderValue::from_static("application/json"), answer.bytes());
    let pieces = stream::unfold(answer, async |mut answer| Some((answer.next()?, answer)));
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_LENGTH, HeaderValue::from(bytes))];
    (headers, Body::from_stream(pieces)).into_response()
}

/// Takes a POST: it waits for room before it is read, then for its turn.
async fn publish(app: &App, poll: Arc<Poll>, ndjson: bool, length: usize, body: Body) -> Response {
    if length > POLL_BODY_BYTES_MAX {
        return refused(413);
    }
    let deadline = Instant::now() + POLL_WINDOW;
    let mut ended = poll.ended.subscribe();
    let took = async {
        let held = app.polls.room(&poll, length.max(POLL_POST_BYTES_MIN)).await.ok_or(410u16)?;
        take(&poll, ndjson, held, length, body).await
    };
    let handled = tokio::select! {
        biased;
        () = raised(&mut ended) => return status(410),
        took = timeout_at(deadline, took) => match took {
            Ok(Ok(handled)) => handled,
            Ok(Err(why)) => return refused(why),
            // There is no room, or the body does not come.
            Err(_) => return status(408),
        },
    };
    match timeout_at(deadline, handled).await {
        // It is handled, or waits for its turn.
        Ok(Ok(())) | Err(_) => status(200),
        Ok(Err(_)) => status(408),
    }
}

/// Reads the body and queues it; told when it is handled. Errors: the status that says why not.
async fn take(
    poll: &Poll,
    ndjson: bool,
    held: Held,
    length: usize,
    body: Body,
) -> Result<oneshot::Receiver<()>, u16> {
    let body = axum::body::to_bytes(body, length).await.map_err(|_| 413u16)?;
    let Ok(text) = String::from_utf8(body.into()) else {
        poll.end();
        return Err(408);
    };
    if lines(ndjson, &text).any(Posted::is_too_long) {
        // As a socket would, with 1009.
        poll.end();
        return Err(413);
    }
    let (handled, told) = oneshot::channel();
    if poll.post(Post { text, ndjson, held, handled }) { Ok(told) } else { Err(410) }
}

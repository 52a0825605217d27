//! The long-poll transport: rules 1.2, 1.3, 1.6 and 1.8, what npm `phoenix` expects of it, and what it costs at most.

use crate::support::{Answer, Client, PATIENCE, Person, Server, eventually};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use thexr_wire::limits::MESSAGE_BYTES_MAX;
use thexr_wire::phoenix::encode_client_push;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A long-poll session of a person.
struct Poll<'a> {
    server: &'a Server,
    path: String,
    waiting: Vec<Value>,
}

impl<'a> Poll<'a> {
    async fn open(server: &'a Server, person: &Person) -> Self {
        let path = format!("/socket/longpoll?token={}&vsn=2.0.0", person.token);
        let answer = poll_answer(&server.get(&path).await);
        assert_eq!((&answer["status"], &answer["messages"]), (&json!(410), &json!([])));
        let path = format!("{path}&token={}", answer["token"].as_str().unwrap());
        Self { server, path, waiting: Vec::new() }
    }

    async fn post(&self, content_type: &str, body: String) -> Value {
        let headers = [("content-type", content_type)];
        poll_answer(&self.server.request("POST", &self.path, &headers, Some(body)).await)
    }

    async fn send(&self, frames: &[Value]) {
        let lines: Vec<String> = frames.iter().map(Value::to_string).collect();
        assert_eq!(self.post("application/x-ndjson", lines.join("\n")).await, json!({"status": 200}));
    }

    /// The next frame that a condition picks.
    async fn find(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(at) = self.waiting.iter().position(&wanted) {
                return self.waiting.remove(at);
            }
            assert!(begun.elapsed() < PATIENCE, "never came: {what}");
            let answer = poll_answer(&self.server.get(&self.path).await);
            assert!(answer["status"] == 200 || answer["status"] == 204, "{answer}");
            let messages = answer["messages"].as_array().unwrap();
            self.waiting.extend(
                messages.iter().map(|text| serde_json::from_str::<Value>(text.as_str().unwrap()).unwrap()),
            );
        }
    }

    async fn reply(&mut self, reference: &str) -> Value {
        self.find(reference, |frame| frame[1] == reference && frame[3] == "phx_reply").await[4].clone()
    }
}

/// The body of an answer that has long polling's headers.
fn poll_answer(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        (answer.header("cache-control"), answer.header("access-control-allow-origin")),
        ("no-store", "*")
    );
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poller_joins_talks_and_hears_the_others() {
    let server = Server::start().await;
    let room = server.room().await;
    let topic = format!("room:{room}");
    let mut other = server.enter(&room).await;
    let mut poll = Poll::open(&server, &server.person()).await;
    let heartbeat = json!([null, "2", "phoenix", "heartbeat", {}]);
    poll.send(&[json!(["1", "1", topic, "phx_join", {}]), heartbeat]).await;
    assert_eq!(poll.reply("1").await["status"], "ok");
    assert_eq!(poll.reply("2").await["status"], "ok");
    poll.find("the state", |frame| frame[3] == "snapshot").await;
    poll.send(&[json!(["1", "3", topic, "say", {"text": "from afar"}])]).await;
    assert_eq!(poll.reply("3").await["status"], "ok");
    assert_eq!(other.fact("message_said").await["payload"]["text"], "from afar");
    other.ok("say", json!({"text": "welcome"})).await;
    poll.find("the answer", |frame| frame[4]["payload"]["text"] == "welcome").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_of_another_type_is_one_frame_and_base64_lines_are_binary() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut poll = Poll::open(&server, &server.person()).await;
    let join = json!(["1", "1", topic, "phx_join", {}]).to_string();
    assert_eq!(poll.post("application/json", join).await, json!({"status": 200}));
    poll.reply("1").await;
    let binary = STANDARD.encode(encode_client_push("1", "2", &topic, "ping", &[1, 2, 3]));
    assert_eq!(poll.post("application/x-ndjson", binary).await, json!({"status": 200}));
    assert_eq!(poll.reply("2").await["response"]["reason"], "bad_payload");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_poll_ends_with_204_and_goes_on() {
    let server = Server::start().await;
    let mut poll = Poll::open(&server, &server.person()).await;
    let begun = Instant::now();
    let answer = poll_answer(&server.get(&poll.path).await);
    assert_eq!((&answer["status"], &answer["messages"]), (&json!(204), &json!([])));
    assert!(begun.elapsed().as_secs() >= 9, "it waits for its window");
    poll.send(&[json!([null, "1", "phoenix", "heartbeat", {}])]).await;
    poll.reply("1").await;
}

// Rule 1.6
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_session_is_opened_anew_or_told_410() {
    let server = Server::start().await;
    let path = format!("/live/longpoll?token={}&vsn=2.0.0&token=unknown", server.person().token);
    let answer = poll_answer(&server.get(&path).await);
    assert_eq!(answer["status"], 410);
    assert!(answer["token"].is_string());
    let headers = [("content-type", "application/x-ndjson")];
    let answer = server.request("POST", &path, &headers, Some("[]".into())).await;
    assert_eq!(poll_answer(&answer), json!({"status": 410}));
}

// Rule 1.6
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_ends_the_session() {
    let server = Server::start().await;
    let poll = Poll::open(&server, &server.person()).await;
    assert_eq!(poll.post("application/x-ndjson", "[1,2\n".into()).await, json!({"status": 408}));
    let answer = poll_answer(&server.get(&poll.path).await);
    assert_eq!(answer["status"], 410, "the client starts anew");
}

// Rule 1.6
#[tokio::test(flavor = "multi_thread")]
async fn thexr_1_is_not_spoken_here() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut poll = Poll::open(&server, &server.person()).await;
    poll.send(&[json!(["1", "1", topic, "phx_join", {"dialect": "thexr.1", "version": 4}])]).await;
    assert_eq!(poll.reply("1").await["response"]["reason"], "unsupported_dialect");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_stand_in_the_body() {
    let server = Server::start().await;
    let token = server.person().token;
    for query in ["vsn=2.0.0", "vsn=2.0.0&token=forged", &format!("vsn=7&token={token}")] {
        assert_eq!(
            poll_answer(&server.get(&format!("/socket/longpoll?{query}")).await),
            json!({"status": 403})
        );
    }
    let path = format!("/socket/longpoll?vsn=2.0.0&token={token}");
    let answer = server.request("GET", &path, &[("origin", "https://evil.example")], None).await;
    assert_eq!(poll_answer(&answer), json!({"status": 403}));
    let header = [("x-phoenix-authtoken", token.as_str())];
    let answer = server.request("GET", "/socket/longpoll?vsn=2.0.0", &header, None).await;
    assert_eq!(poll_answer(&answer)["status"], 410, "the token may come as a header");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_answered_and_other_methods_are_not() {
    let server = Server::start().await;
    let headers = [("access-control-request-headers", "x-phoenix-authtoken")];
    let answer = server.request("OPTIONS", "/socket/longpoll", &headers, None).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-headers"), "x-phoenix-authtoken");
    assert_eq!(answer.header("access-control-allow-methods"), "get, post, options");
    assert_eq!(answer.header("access-control-max-age"), "3600");
    assert_eq!(server.request("PUT", "/socket/longpoll", &[], Some(String::new())).await.status, 400);
}

const LINES: &str = "application/x-ndjson";

fn heartbeat(reference: &str) -> String {
    json!([null, reference, "phoenix", "heartbeat", {}]).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_above_the_rate_is_refused_and_the_session_goes_on() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut poll = Poll::open(&server, &server.person()).await;
    poll.send(&[json!(["1", "1", topic, "phx_join", {}])]).await;
    poll.reply("1").await;
    for round in 0..8 {
        let lines: Vec<String> = (0..100).map(|n| heartbeat(&format!("{round} {n}"))).collect();
        assert_eq!(poll.post(LINES, lines.join("\n")).await, json!({"status": 200}));
    }
    assert_eq!(poll.reply("0 0").await["status"], "ok");
    let refused = poll.reply("7 99").await;
    assert_eq!(
        (&refused["status"], &refused["response"]["reason"]),
        (&json!("error"), &json!("rate_limited"))
    );
    // Who leaves may always go.
    let flood: Vec<String> = (0..99).map(|n| heartbeat(&format!("more {n}"))).collect();
    let leave = json!(["1", "leave", topic, "phx_leave", {}]).to_string();
    assert_eq!(poll.post(LINES, format!("{}\n{leave}", flood.join("\n"))).await, json!({"status": 200}));
    assert_eq!(poll.reply("leave").await["status"], "ok");
    poll.find("the goodbye", |frame| frame[3] == "phx_close").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_above_the_rate_are_refused_unread_whatever_they_hold() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut poll = Poll::open(&server, &server.person()).await;
    poll.send(&[json!(["1", "1", topic, "phx_join", {}])]).await;
    poll.reply("1").await;
    let nodes = "{\"\":0},".repeat(MESSAGE_BYTES_MAX / 9);
    // However slowly they are taken, twenty-four megabytes at once are more than the rate lets through meanwhile.
    let large = |n| format!("[\"1\",\"large {n}\",\"{topic}\",\"shout\",[{nodes}0]]");
    let answers = futures_util::future::join_all((0..24).map(|n| poll.post(LINES, large(n)))).await;
    assert!(answers.iter().all(|answer| *answer == json!({"status": 200})), "{answers:?}");
    let mut reasons = Vec::new();
    for n in 0..24 {
        reasons.push(poll.reply(&format!("large {n}")).await["response"]["reason"].clone());
    }
    assert!(
        reasons.contains(&json!("payload_too_large")),
        "what the rate lets through is too large: {reasons:?}"
    );
    assert!(reasons.contains(&json!("rate_limited")), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_at_once_hold_no_more_than_their_text_and_only_their_sender_waits() {
    let server = Server::start().await;
    let (flood, mut honest) =
        (Poll::open(&server, &server.person()).await, Poll::open(&server, &server.person()).await);
    let line = format!("[null,\"1\",\"phoenix\",\"heartbeat\",[{}0]]", "{\"\":0},".repeat(100_000));
    let body = format!("{line}\n{line}\n");
    let posts = futures_util::future::join_all((0..12).map(|_| flood.post(LINES, body.clone())));
    let talk = async {
        for n in 0..20 {
            let reference = format!("honest {n}");
            assert_eq!(honest.post(LINES, heartbeat(&reference)).await, json!({"status": 200}));
            assert_eq!(honest.reply(&reference).await["status"], "ok");
            let held = server.app().polls.held_bytes();
            assert!(held <= 6 * 1024 * 1024, "{held}");
        }
    };
    let (answers, ()) = tokio::join!(posts, talk);
    assert!(answers.iter().all(|answer| *answer == json!({"status": 200})), "{answers:?}");
}

// Rule 1.6
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_is_told_413_and_costs_only_its_sender() {
    let server = Server::start().await;
    let mut other = Poll::open(&server, &server.person()).await;
    let text = format!("[null,\"1\",\"phoenix\",\"heartbeat\",\"{}\"]", "x".repeat(MESSAGE_BYTES_MAX));
    let binary = STANDARD.encode(vec![0; MESSAGE_BYTES_MAX + 3]);
    for (kind, line) in [(LINES, &text), (LINES, &binary), ("application/json", &text)] {
        let poll = Poll::open(&server, &server.person()).await;
        let answer = server.request("POST", &poll.path, &[("content-type", kind)], Some(line.clone())).await;
        assert_eq!((answer.status, answer.json()), (413, json!({"status": 413})));
        let answer = poll_answer(&server.get(&poll.path).await);
        assert_eq!(answer["status"], 410, "the client starts anew");
    }
    assert_eq!(other.post(LINES, heartbeat("1")).await, json!({"status": 200}));
    other.reply("1").await;
}

// Rule 1.6
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_not_read_and_the_session_goes_on() {
    let server = Server::start().await;
    let mut poll = Poll::open(&server, &server.person()).await;
    // Only the head is sent: who goes on sending what nobody reads may lose the answer with the connection.
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: here\r\ncontent-type: {LINES}\r\ncontent-length: 3000000\r\n\r\n",
        poll.path
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with(r#"{"status":413}"#), "{answer}");
    assert_eq!(poll.post(LINES, heartbeat("2")).await, json!({"status": 200}));
    poll.reply("2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_text_ends_the_session_with_408() {
    let server = Server::start().await;
    for body in ["[null,\"1\",\"phoenix\"]", "!!!!", "[]", "null", "{}"] {
        let poll = Poll::open(&server, &server.person()).await;
        assert_eq!(poll.post(LINES, body.into()).await, json!({"status": 408}), "{body}");
        assert_eq!(poll_answer(&server.get(&poll.path).await)["status"], 410, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_polls_of_one_session_the_newer_gets_what_comes() {
    let server = Server::start().await;
    let poll = Poll::open(&server, &server.person()).await;
    let begun = Instant::now();
    let older = async { (poll_answer(&server.get(&poll.path).await), begun.elapsed()) };
    let newer = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        poll_answer(&server.get(&poll.path).await)
    };
    let speak = async {
        tokio::time::sleep(Duration::from_millis(900)).await;
        poll.post(LINES, heartbeat("1")).await
    };
    let ((older, _), newer, _) = tokio::join!(older, newer, speak);
    let statuses = [&older["status"], &newer["status"]];
    assert_eq!(statuses, [&json!(204), &json!(200)], "{older} {newer}");
}

// Rule 1.6
#[tokio::test(flavor = "multi_thread")]
async fn whoever_posts_and_never_polls_is_not_there() {
    let server = Server::start().await;
    let poll = Poll::open(&server, &server.person()).await;
    let gone = eventually("the session ends", async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        (poll.post(LINES, heartbeat("1")).await["status"] == 410).then_some(())
    });
    gone.await;
    eventually("what it held is free", async || (server.app().polls.held_bytes() == 0).then_some(())).await;
}

// Rule 1.8
#[tokio::test(flavor = "multi_thread")]
async fn an_address_holds_so_many_connections_of_both_kinds() {
    let server = Server::start_with(|config| {
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        config.sockets_per_address = 4;
    })
    .await;
    let query = format!("vsn=2.0.0&token={}", server.person().token);
    let key = format!("Bearer {}", server.app().operator_key);
    let (busy, other) = (("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.1, 192.0.2.2"));
    let connect = async |headers: &[(&str, &str)]| Client::connect(server.address(), &query, headers).await;
    let open = async |headers: &[(&str, &str)]| {
        poll_answer(&server.request("GET", &format!("/socket/longpoll?{query}"), headers, None).await)
    };
    let mut sockets = vec![connect(&[busy]).await.unwrap(), connect(&[busy]).await.unwrap()];
    let session = open(&[busy]).await["token"].as_str().unwrap().to_owned();
    assert_eq!(open(&[busy]).await["status"], 410);
    assert_eq!(connect(&[busy]).await.err(), Some(429));
    assert_eq!(open(&[busy]).await, json!({"status": 503}));
    assert!(connect(&[other]).await.is_ok() && open(&[other]).await["status"] == 410, "another address");
    let operator = [busy, ("authorization", key.as_str())];
    assert!(connect(&operator).await.is_ok() && open(&operator).await["status"] == 410, "the operator");
    sockets.pop().unwrap().close().await;
    eventually("a socket's place is free", async || {
        connect(&[busy]).await.ok().map(|socket| sockets.push(socket))
    })
    .await;
    assert_eq!(open(&[busy]).await, json!({"status": 503}));
    let path = format!("/socket/longpoll?{query}&token={session}");
    assert_eq!(server.request("POST", &path, &[], Some("no frame".into())).await.json()["status"], 408);
    eventually("a session's place is free", async || (open(&[busy]).await["status"] == 410).then_some(()))
        .await;
}

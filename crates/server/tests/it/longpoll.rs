//! The long-poll transport: rules 1.2, 1.3 and 1.6, and what npm `phoenix` expects of it.

use crate::support::{Answer, PATIENCE, Person, Server};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Instant;
use thexr_wire::phoenix::encode_client_push;

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

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_ends_the_session() {
    let server = Server::start().await;
    let poll = Poll::open(&server, &server.person()).await;
    assert_eq!(poll.post("application/x-ndjson", "[1,2\n".into()).await, json!({"status": 408}));
    let answer = poll_answer(&server.get(&poll.path).await);
    assert_eq!(answer["status"], 410, "the client starts anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn thexr_1_is_not_spoken_here() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut poll = Poll::open(&server, &server.person()).await;
    poll.send(&[json!(["1", "1", topic, "phx_join", {"dialect": "thexr.1"}])]).await;
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

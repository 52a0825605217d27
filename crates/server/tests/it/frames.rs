//! What stands in the ref fields of every frame, V2 and V1, and the order of the socket loop's answers.

use crate::support::{Client, Server};
use serde_json::{Value, json};

/// Events that answer a push.
const ANSWERS: &[&str] = &["phx_reply", "phx_close", "phx_error"];

async fn connect_v1(server: &Server) -> Client {
    let query = format!("token={}", server.person().token);
    Client::connect(server.address(), &query, &[]).await.unwrap()
}

fn reply(join_ref: &Value, reference: &Value, topic: &str, status: &str, response: Value) -> Value {
    json!([join_ref, reference, topic, "phx_reply", {"status": status, "response": response}])
}

// Rule 5.1
#[tokio::test(flavor = "multi_thread")]
async fn refs_come_back_with_their_type_and_value_in_every_reply() {
    let server = Server::start().await;
    let room = server.room().await;
    let topic = format!("room:{room}");
    let refs = [
        (json!("3"), json!("3")),
        (json!(0), json!(1)),
        (json!(12.5), json!("x")),
        (json!("a"), json!(null)),
        (json!("\u{1F600}\""), json!("\\")),
    ];
    for (join_ref, reference) in refs {
        let mut client = server.connect().await;
        client.send(json!([join_ref, reference, topic, "phx_join", null])).await;
        let joined = client.next_text().await;
        assert_eq!((&joined[0], &joined[1], &joined[3]), (&join_ref, &reference, &json!("phx_reply")));
        assert_eq!(joined[4]["status"], "ok", "{joined}");
        let state = client.next_text().await;
        assert_eq!((&state[0], &state[1], &state[3]), (&join_ref, &json!(null), &json!("presence_state")));
        for push_ref in [json!("7"), json!(7), json!(null)] {
            client.send(json!([join_ref, push_ref, topic, "ping", {"a": 1}])).await;
            assert_eq!(
                client.next_of(ANSWERS).await,
                reply(&join_ref, &push_ref, &topic, "ok", json!({"a": 1}))
            );
        }
        client.send(json!([join_ref, 99, topic, "phx_leave", null])).await;
        assert_eq!(client.next_of(ANSWERS).await, reply(&join_ref, &json!(99), &topic, "ok", json!({})));
        assert_eq!(client.next_of(ANSWERS).await, json!([join_ref, join_ref, topic, "phx_close", {}]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_without_a_join_ref_lends_its_ref_to_pushes_but_not_to_its_close() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut client = server.connect().await;
    client.send(json!([null, "5", topic, "phx_join", {}])).await;
    let joined = client.next_text().await;
    assert_eq!((&joined[0], &joined[1]), (&json!(null), &json!("5")));
    assert_eq!(client.next_text().await[0], json!("5"), "pushes carry the join's ref");
    client.send(json!([null, "6", topic, "ping", {}])).await;
    assert_eq!(client.next_of(ANSWERS).await, reply(&json!("5"), &json!("6"), &topic, "ok", json!({})));
    client.send(json!([null, "7", topic, "phx_leave", {}])).await;
    assert_eq!(client.next_of(ANSWERS).await, reply(&json!("5"), &json!("7"), &topic, "ok", json!({})));
    assert_eq!(client.next_of(ANSWERS).await, json!([null, null, topic, "phx_close", {}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_is_followed_by_presence_then_the_state() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut client = server.connect().await;
    let response = client.join(&room, json!({"nickname": "Ada"})).await;
    assert_eq!(response["user_id"], json!(client.person.id));
    assert_eq!((&response["dialect"], &response["mode"]), (&json!("json"), &json!("enter")));
    assert_eq!((&response["driver"], &response["resumed"]), (&json!(true), &json!(false)));
    assert!(response["resume_token"].is_string() && response["limits"]["component_bytes"] == 65536);
    let id = client.person.id.clone();
    let presence = client.next_text().await;
    assert_eq!(presence[3], "presence_state");
    assert_eq!(presence[4][&id]["metas"].as_array().unwrap().len(), 1);
    let snapshot = client.next_text().await;
    assert_eq!((&snapshot[3], &snapshot[4][&id]["nickname"]), (&json!("snapshot"), &json!("Ada")));
    let places = client.next_text().await;
    assert_eq!(places[3], "user_snapshot");
    assert_eq!(places[4][&id]["position"].as_array().unwrap().len(), 3);
    let own = client.next_text().await;
    assert_eq!(
        (&own[3], &own[4]["event"], &own[4]["payload"]["user_id"]),
        (&json!("stoc"), &json!("user_joined"), &json!(id))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcasts_carry_no_refs() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut hears = server.enter(&room).await;
    let mut says = server.enter(&room).await;
    says.ok("shout", json!({"hello": "<b>all</b>"})).await;
    for event in ["presence_diff", "state_patch", "stoc", "shout"] {
        let frame = hears.next_of(&[event]).await;
        assert_eq!(
            (&frame[0], &frame[1], frame.as_array().unwrap().len()),
            (&json!(null), &json!(null), 5),
            "{frame}"
        );
    }
    assert_eq!(says.event("shout").await, json!({"hello": "<b>all</b>"}), "its sender hears it too");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_joined_is_an_unmatched_topic() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut client = server.connect().await;
    let unmatched = json!({"reason": "unmatched topic"});
    for (join_ref, reference, at, event) in [
        (json!("1"), json!("2"), topic.as_str(), "ping"),
        (json!(1), json!(0), "lobby", "phx_join"),
        (json!("1"), json!("2"), "phoenix", "other"),
        (json!(null), json!(null), "", "phx_join"),
        (json!({"an": "object"}), json!([]), "lobby", "x"),
    ] {
        client.send(json!([join_ref, reference, at, event, {}])).await;
        assert_eq!(client.next_text().await, reply(&json!(null), &reference, at, "error", unmatched.clone()));
    }
    client.send(json!(["8", 9, topic, "phx_leave", {}])).await;
    assert_eq!(
        client.next_text().await,
        reply(&json!("8"), &json!(9), &topic, "ok", json!({})),
        "leaving nothing is fine"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_is_answered_without_a_join_ref() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.send(json!(["1", 0, "phoenix", "heartbeat", null])).await;
    assert_eq!(client.next_text().await, reply(&json!(null), &json!(0), "phoenix", "ok", json!({})));
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_of_an_earlier_join_are_ignored() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut client = server.connect().await;
    client.send(json!(["1", "1", topic, "phx_join", {}])).await;
    client.fact("user_joined").await;
    client.until_heartbeat().await;
    for stale in [json!("0"), json!(1), json!({}), json!("2")] {
        client.send(json!([stale, "x", topic, "ping", {}])).await;
        client.send(json!([stale, "x", topic, "phx_leave", {}])).await;
    }
    let came = client.until_heartbeat().await;
    assert!(
        came.iter().all(|received| received.event() != "phx_reply" && received.event() != "phx_close"),
        "{came:?}"
    );
    client.send(json!([null, "9", topic, "ping", {}])).await;
    client.reply(&json!("9")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_pushes_with_the_ref_of_its_join_is_heard() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut client = server.connect().await;
    client.send(json!([0, 1, topic, "phx_join", null])).await;
    client.reply(&json!(1)).await;
    client.send(json!([1, 2, topic, "ping", {}])).await;
    assert_eq!(client.reply(&json!(2)).await["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_join_of_a_topic_replaces_the_first_in_the_measured_order() {
    let server = Server::start().await;
    let room = server.room().await;
    let topic = format!("room:{room}");
    let mut other = server.enter(&room).await;
    let mut client = server.connect().await;
    let id = client.person.id.clone();
    client.send(json!(["1", "1", topic, "phx_join", {}])).await;
    client.fact("user_joined").await;
    client.until_heartbeat().await;
    client.send(json!(["2", "2", topic, "phx_join", {}])).await;
    let order = &["phx_reply", "phx_close", "presence_state"];
    let joined = client.next_of(order).await;
    assert_eq!((&joined[0], &joined[1], &joined[4]["status"]), (&json!("2"), &json!("2"), &json!("ok")));
    assert_eq!(client.next_of(order).await, json!(["1", "1", topic, "phx_close", {}]));
    let presence = client.next_of(order).await;
    assert_eq!((&presence[0], &presence[3]), (&json!("2"), &json!("presence_state")));
    client.send(json!(["2", "3", topic, "ping", {}])).await;
    client.reply(&json!("3")).await;
    // Others end with exactly one meta of this person.
    let mut metas = std::collections::BTreeSet::new();
    while metas.is_empty() || metas.len() > 1 {
        let diff = other.event("presence_diff").await;
        let refs = |side: &str| {
            let metas = diff[side][&id]["metas"].as_array().cloned().unwrap_or_default();
            metas.iter().map(|meta| meta["phx_ref"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        metas.extend(refs("joins"));
        refs("leaves").iter().for_each(|gone| assert!(metas.remove(gone), "{gone} was never there"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_leaving_nothing_more_of_the_topic_comes() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut stays = server.enter(&room).await;
    let mut leaves = server.enter(&room).await;
    leaves.ok("phx_leave", json!({})).await;
    leaves.event("phx_close").await;
    leaves.until_heartbeat().await;
    stays.ok("say", json!({"text": "gone?"})).await;
    assert_eq!(leaves.until_heartbeat().await, []);
    assert_eq!(stays.fact("user_left").await["payload"]["user_id"], json!(leaves.person.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hundred_and_first_channel_of_a_socket_is_refused() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    for _ in 0..100 {
        client.join(&server.room().await, json!({"mode": "observe"})).await;
    }
    let topic = format!("room:{}", server.room().await);
    client.send(json!(["one more", 7, topic, "phx_join", {}])).await;
    let refused =
        client.find("the refusal", |received| received.text().filter(|frame| frame[1] == 7).cloned()).await;
    let response = json!({"reason": "too many channels joined"});
    assert_eq!(refused, reply(&json!("one more"), &json!(7), &topic, "error", response));
    client.ok("ping", json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_v1_client_gets_four_keys_and_the_ref_of_its_join() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut client = connect_v1(&server).await;
    client
        .send(json!({"topic": topic, "event": "phx_join", "payload": {}, "ref": "1", "join_ref": "1"}))
        .await;
    let joined = client.next_text().await;
    let keys: Vec<&String> = joined.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["event", "payload", "ref", "topic"]);
    assert_eq!(
        (&joined["event"], &joined["ref"], &joined["payload"]["status"]),
        (&json!("phx_reply"), &json!("1"), &json!("ok"))
    );
    let presence = client.next_text().await;
    assert_eq!((&presence["event"], &presence["ref"]), (&json!("presence_state"), &json!(null)));
    client.send(json!({"topic": topic, "event": "ping", "payload": {"a": 1}, "ref": 2})).await;
    let echo = json!({"topic": topic, "event": "phx_reply", "ref": 2, "payload": {"status": "ok", "response": {"a": 1}}});
    client.find("the echo", |received| received.text().filter(|frame| **frame == echo).cloned()).await;
    client.send(json!({"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "h"})).await;
    client
        .find("the heartbeat", |received| received.text().filter(|frame| frame["ref"] == "h").cloned())
        .await;
    client.send(json!({"topic": topic, "event": "phx_leave", "payload": {}, "ref": "3"})).await;
    let close = client.next_of(&["phx_close"]).await;
    assert_eq!(close, json!({"topic": topic, "event": "phx_close", "payload": {}, "ref": "1"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_close_of_a_v1_join_without_join_ref_has_none_either() {
    let server = Server::start().await;
    let topic = format!("room:{}", server.room().await);
    let mut client = connect_v1(&server).await;
    client.send(json!({"topic": topic, "event": "phx_join", "payload": {}, "ref": "1"})).await;
    client.send(json!({"topic": topic, "event": "phx_leave", "payload": {}, "ref": "2"})).await;
    let close = client.next_of(&["phx_close"]).await;
    assert_eq!(close["ref"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn binary_control_frames_are_answered_in_text() {
    use thexr_wire::phoenix::encode_client_push;
    use tokio_tungstenite::tungstenite::Message;
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.send_message(Message::binary(encode_client_push("", "4", "phoenix", "heartbeat", &[]))).await;
    assert_eq!(client.next_text().await, reply(&json!(null), &json!("4"), "phoenix", "ok", json!({})));
    client.join(&server.room().await, json!({})).await;
    for (event, reason) in [("ping", "bad_payload"), ("nonsense", "bad_payload")] {
        let reference = client.cast_binary(event, &[1, 2, 255]).await;
        assert_eq!(client.reply(&reference).await["response"]["reason"], reason);
    }
    client.ok("ping", json!({})).await;
}

//! Everything a peer can get wrong gets its documented answer, and a bystander in the same room notices nothing.

use crate::support::client::Received;
use crate::support::{Client, Server};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// A room with someone in it who does nothing wrong.
struct Scene {
    server: Server,
    room: String,
    bystander: Client,
}

impl Scene {
    async fn set() -> Self {
        let server = Server::start().await;
        let room = server.room().await;
        let bystander = server.enter(&room).await;
        Self { server, room, bystander }
    }

    async fn attacker(&self) -> Client {
        self.server.enter(&self.room).await
    }

    /// The bystander is still joined, is served, and has heard of nothing but people and facts.
    async fn is_undisturbed(&mut self, after: &str) {
        self.bystander.ok("say", json!({"text": after})).await;
        for received in self.bystander.until_heartbeat().await {
            let event = received.event().to_owned();
            let usual =
                ["presence_state", "presence_diff", "snapshot", "user_snapshot", "state_patch", "stoc"];
            assert!(usual.contains(&event.as_str()), "after {after} the bystander got {received:?}");
        }
    }
}

// Rule 1.7
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_closes_its_own_socket_only() {
    let mut scene = Scene::set().await;
    let not_utf8 = Frame::message(vec![b'[', 0xff, 0xfe, b']'], OpCode::Data(Data::Text), true);
    let cases: Vec<(&str, Message, u16)> = vec![
        ("a text of 10 MB", Message::text("x".repeat(10_000_000)), 1009),
        ("a binary frame of 10 MB", Message::binary(vec![7; 10_000_000]), 1009),
        ("a component of 1 MB", Message::text(component_push("x".repeat(1 << 20))), 1009),
        ("binary garbage", Message::binary(vec![9, 8, 7, 6, 5]), 1003),
        ("an empty binary frame", Message::binary(vec![]), 1003),
        ("a binary frame of lying sizes", Message::binary(vec![0, 255, 255, 255, 255, 1]), 1003),
        ("a topic that is not UTF-8", Message::binary(vec![0, 0, 0, 1, 1, 0xff, b'e']), 1003),
        ("malformed JSON", Message::text("[1, 2,"), 1007),
        ("an empty text", Message::text(""), 1007),
        ("no array", Message::text("{\"topic\":\"x\"}"), 1007),
        ("four elements", Message::text("[null,\"1\",\"room:x\",\"ping\"]"), 1007),
        ("a lone surrogate", Message::text("[null,\"1\",\"room:x\",\"ping\",\"\\ud800\"]"), 1007),
        (
            "a number that is none",
            Message::text("[null,\"1\",\"room:x\",\"i_moved\",{\"position\":[NaN,0,0]}]"),
            1007,
        ),
        (
            "a number beyond numbers",
            Message::text("[null,\"1\",\"room:x\",\"i_moved\",{\"position\":[1e999,0,0]}]"),
            1007,
        ),
        ("100,000 brackets", Message::text("[".repeat(100_000)), 1007),
        ("text that is not UTF-8", Message::Frame(not_utf8), 1007),
    ];
    for (what, message, code) in cases {
        let mut attacker = scene.attacker().await;
        attacker.send_message(message).await;
        assert_eq!(attacker.closed().await, code, "{what}");
        scene.is_undisturbed(what).await;
    }
}

fn component_push(text: String) -> String {
    json!([null, "1", "room:x", "create_entity", {"components": {"note": text}}]).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_before_a_broken_message_is_answered_before_the_socket_closes() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut client = server.enter(&room).await;
    let mut asked = Vec::new();
    for n in 0..50 {
        asked.push(client.cast("ping", json!({"n": n, "text": "x".repeat(1_000)})).await);
    }
    client.send_message(Message::text("[1, 2,")).await;
    for reference in asked {
        assert_eq!(client.reply(&reference).await["status"], "ok");
    }
    assert_eq!(client.closed().await, 1007);
}

// Rule 1.7
#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_breaks_the_websocket_protocol_closes_with_1002() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let mut frame = Frame::message(b"x".to_vec(), OpCode::Data(Data::Text), true);
    frame.header_mut().rsv1 = true;
    attacker.send_message(Message::Frame(frame)).await;
    assert_eq!(attacker.closed().await, 1002);
    scene.is_undisturbed("a reserved bit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_push_gets_its_reason_and_the_channel_lives_on() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let many: serde_json::Map<String, Value> = (0..10_000).map(|n| (format!("c{n}"), json!(n))).collect();
    let deep = |levels: usize| {
        serde_json::from_str::<Value>(&format!("{}{}", "[".repeat(levels), "]".repeat(levels))).unwrap()
    };
    let cases = [
        ("make_coffee", json!({}), "unknown_event"),
        ("phx_reply", json!({}), "unknown_event"),
        ("", json!({}), "unknown_event"),
        ("create_entity", json!("a string"), "bad_payload"),
        ("create_entity", json!({}), "bad_payload"),
        ("create_entity", json!({"components": [1]}), "bad_payload"),
        ("create_entity", json!({"components": {"position": [null, 0, 0]}}), "bad_component"),
        ("create_entity", json!({"components": {"position": ["NaN", 0, 0]}}), "bad_component"),
        ("create_entity", json!({"components": {"position": [1e300, 0, 0]}}), "bad_component"),
        ("create_entity", json!({"components": {"rotation": [0, 0, 0, 0]}}), "bad_component"),
        ("create_entity", json!({"components": many}), "too_many_components"),
        ("create_entity", json!({"components": {"note": "x".repeat(70_000)}}), "component_too_large"),
        ("create_entity", json!({"components": {"note": vec![json!({"": 0}); 2_048]}}), "too_many_nodes"),
        ("create_entity", json!({"components": {"Not A Name": 1}}), "bad_component_name"),
        ("create_entity", json!({"components": {"nickname": "me"}}), "reserved_component"),
        ("create_entity", json!({"entity": "../etc", "components": {}}), "bad_payload"),
        ("create_entity", json!({"components": {"note": deep(40)}}), "too_deep"),
        (
            "update_components",
            json!({"entity": "nobody", "components": {"color": "#ffffff"}}),
            "unknown_entity",
        ),
        ("set_nickname", json!({"nickname": "n".repeat(10_000)}), "nickname_too_long"),
        ("set_nickname", json!({"nickname": {"a": 1}}), "bad_payload"),
        ("say", json!({"text": "t".repeat(10_000)}), "text_too_long"),
        ("say", json!({"text": "x", "id": "i".repeat(33)}), "bad_payload"),
        ("event", json!({"event_name": "user_left", "payload": {}}), "reserved_event"),
        ("shout", json!({"much": "x".repeat(70_000)}), "payload_too_large"),
        ("shout", json!({"much": "x".repeat(17_000)}), "payload_too_large"),
        ("ping", json!({"much": "x".repeat(5_000)}), "payload_too_large"),
        ("restore_snapshot", json!({"name": "never saved"}), "snapshot_not_found"),
        ("transact", json!({"ops": "none"}), "bad_payload"),
    ];
    for (event, payload, reason) in cases {
        let shown = payload.to_string().chars().take(80).collect::<String>();
        assert_eq!(attacker.refusal(event, payload).await, reason, "{event} {shown}");
    }
    attacker.ok("ping", json!({})).await;
    scene.is_undisturbed("wrong pushes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_of_parents_is_refused() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let parent = |id: &str| json!({"entity": id});
    attacker.ok("create_entity", json!({"entity": "aaaaa", "components": {}})).await;
    attacker.ok("create_entity", json!({"entity": "bbbbb", "components": {"parent": parent("aaaaa")}})).await;
    for (entity, of) in [("aaaaa", "aaaaa"), ("aaaaa", "bbbbb")] {
        let refusal = attacker.refusal("reparent", json!({"entity": entity, "parent": parent(of)})).await;
        assert_eq!(refusal, "cyclic_parent");
        let components = json!({"parent": parent(of)});
        let refusal =
            attacker.refusal("update_components", json!({"entity": entity, "components": components})).await;
        assert_eq!(refusal, "cyclic_parent");
    }
    scene.is_undisturbed("a circle").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_chat_come_through_as_the_text_they_are() {
    let mut scene = Scene::set().await;
    let html = "<script>alert('x')</script> & \"q\"";
    let mut attacker = scene.server.connect().await;
    attacker.join(&scene.room, json!({"nickname": "<img src=x>"})).await;
    attacker.ok("say", json!({"text": html})).await;
    let said = scene.bystander.fact("message_said").await;
    assert_eq!(
        (&said["payload"]["text"], &said["payload"]["nickname"]),
        (&json!(html), &json!("<img src=x>"))
    );
    scene.is_undisturbed("HTML").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_join_is_refused_with_its_reason() {
    let mut scene = Scene::set().await;
    let room = scene.room.clone();
    let mut client = scene.server.connect().await;
    let cases = [
        ("abc/def", json!({}), "room_not_found"),
        ("../../etc", json!({}), "room_not_found"),
        ("abc", json!({}), "room_not_found"),
        ("", json!({}), "room_not_found"),
        ("nosuchroom", json!({}), "room_not_found"),
        (&room, json!({"dialect": "thexr.9"}), "unsupported_dialect"),
        (&room, json!({"dialect": 1}), "unsupported_dialect"),
        (&room, json!({"dialect": "thexr.1"}), "unsupported_dialect"),
        (&room, json!({"dialect": "thexr.1", "version": 1}), "unsupported_dialect"),
        (&room, json!({"dialect": "thexr.1", "version": 2}), "unsupported_dialect"),
        (&room, json!({"dialect": "thexr.1", "version": 3}), "unsupported_dialect"),
        (&room, json!({"dialect": "thexr.1", "version": 5}), "unsupported_dialect"),
        (&room, json!({"dialect": "thexr.1", "version": "2"}), "bad_payload"),
        (&room, json!({"mode": "fly"}), "bad_payload"),
        (&room, json!([]), "bad_payload"),
        (&room, json!([1]), "bad_payload"),
        (&room, json!("x"), "bad_payload"),
        (&room, json!({"nickname": "n".repeat(10_000)}), "nickname_too_long"),
        (&room, json!({"nickname": 5}), "bad_payload"),
        (&room, json!({"avatar": {"color": "no colour"}}), "bad_component"),
        (&room, json!({"avatar": "red"}), "bad_payload"),
        (&room, json!({"resume": {"token": 1}}), "bad_payload"),
    ];
    for (room, payload, reason) in cases {
        let reply = client.try_join(room, payload.clone()).await;
        assert_eq!(
            (&reply["status"], &reply["response"]["reason"]),
            (&json!("error"), &json!(reason)),
            "{room} {payload}"
        );
        assert!(reply["response"]["detail"].is_string(), "{reply}");
    }
    client.join(&room, json!({})).await;
    scene.is_undisturbed("wrong joins").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn poses_that_cannot_be_are_ignored() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let mut thexr = scene.server.connect().await;
    thexr.join_thexr(&scene.room, json!({})).await;
    scene.bystander.until_heartbeat().await;
    for payload in [
        json!({"position": [null, 0, 0], "rotation": [0, 0, 0, 1]}),
        json!({"position": [1e9, 0, 0], "rotation": [0, 0, 0, 1]}),
        json!({"position": [0, 0, 0], "rotation": [0, 0, 0, 0]}),
        json!({"position": [0, 0]}),
        json!({"pose": {"head": [0, 1, 2]}}),
        json!("x"),
        json!(null),
    ] {
        attacker.cast("i_moved", payload).await;
    }
    for data in [&[][..], &[2; 57], &[1; 58], &[0xff; 58]] {
        thexr.cast_binary("pose", data).await;
    }
    attacker.ok("ping", json!({})).await;
    thexr.ok("ping", json!({})).await;
    attacker.cast("i_moved", json!({"position": [3, 1.5, 4], "rotation": [0, 0, 0, 1]})).await;
    let id = attacker.person.id.clone();
    let wild = scene.bystander.find("the good place", |received| {
        let frame = received.text().filter(|_| received.is_movement())?;
        let place = &frame[4]["payload"];
        assert!(
            place["position"].as_array().unwrap().iter().all(|n| n.as_f64().unwrap().abs() < 100.0),
            "{frame}"
        );
        (place["user_id"] == json!(id) && place["position"] == json!([3, 1.5, 4])).then(|| place.clone())
    });
    assert_eq!(wild.await["rotation"], json!([0, 0, 0, 1]));
    scene.is_undisturbed("wild poses").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_pushes_a_second_are_limited_and_each_is_answered() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let before = scene.server.last_seq(&scene.room).await;
    let mut references = Vec::new();
    for n in 0..2000 {
        references.push(attacker.cast("say", json!({"text": format!("{n}")})).await);
    }
    let (mut ok, mut limited) = (0, 0);
    for reference in references {
        let reply = attacker.reply(&reference).await;
        match reply["response"]["reason"].as_str() {
            None => ok += 1,
            Some(reason) => {
                assert_eq!(reason, "rate_limited", "{reply}");
                limited += 1;
            }
        }
    }
    assert!(ok >= 400 && limited > 0, "{ok} taken, {limited} refused");
    assert_eq!(
        scene.server.last_seq(&scene.room).await,
        before + ok,
        "what was answered ok is in the journal, no more"
    );
    scene.is_undisturbed("2000 pushes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_names_of_topics_and_events_are_answered() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let topic = format!("room:{}", "x".repeat(10_000));
    attacker.send(json!([null, "t", topic, "phx_join", {}])).await;
    assert_eq!(attacker.reply(&json!("t")).await["response"]["reason"], "room_not_found");
    assert_eq!(attacker.refusal(&"e".repeat(10_000), json!({})).await, "unknown_event");
    for (topic, event) in
        [(json!(null), json!("x")), (json!(5), json!("phx_join")), (json!({"a": 1}), json!(null))]
    {
        attacker.send(json!([null, "n", topic, event, {}])).await;
        assert_eq!(attacker.reply(&json!("n")).await["response"]["reason"], "unmatched topic");
    }
    let frames = attacker.until_heartbeat().await;
    assert!(frames.iter().filter_map(Received::text).all(|frame| frame[2].is_string()), "topics are strings");
    scene.is_undisturbed("long names").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_bytes_than_a_connection_may_send_are_refused_and_it_lives_on() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let mut references = Vec::new();
    for _ in 0..6 {
        references.push(attacker.cast("say", json!({"text": "x".repeat(1_000_000)})).await);
    }
    let mut limited = 0;
    for reference in references {
        let reply = attacker.reply(&reference).await;
        limited += usize::from(reply["response"]["reason"] == "rate_limited");
    }
    assert!(limited > 0);
    attacker.ok("ping", json!({})).await;
    scene.is_undisturbed("megabytes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_count_like_pushes() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    for _ in 0..2_000 {
        attacker.send(json!([null, "beat", "phoenix", "heartbeat", {}])).await;
    }
    let mut limited = 0;
    for _ in 0..2_000 {
        let reply = attacker.reply(&json!("beat")).await;
        limited += usize::from(reply["response"]["reason"] == "rate_limited");
    }
    assert!(limited > 0);
    scene.is_undisturbed("heartbeats").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_over_and_over_is_limited_and_a_hundred_channels_at_once_are_not() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.server.connect().await;
    let mut references = Vec::new();
    for _ in 0..200 {
        references.push(attacker.cast_join("nosuchroom", json!({})).await);
    }
    let mut reasons = Vec::new();
    for reference in references {
        let reply = attacker.reply(&reference).await;
        reasons.push(reply["response"]["reason"].as_str().unwrap().to_owned());
    }
    assert!(reasons[..100].iter().all(|reason| reason == "room_not_found"));
    assert!(reasons.iter().any(|reason| reason == "rate_limited"));
    scene.is_undisturbed("joins").await;
}

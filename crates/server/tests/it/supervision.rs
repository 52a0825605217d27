//! Rooms that fail, idle or are deleted, and readers that do not read: what their people see, and that nobody else does.

use crate::support::{Client, PATIENCE, Server, eventually, room_id};
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use thexr_server::rooms::registry::Fault;
use thexr_wire::RoomId;

/// Makes the next tick of one room panic.
#[derive(Clone, Default)]
struct Sabotage(Arc<Mutex<Option<RoomId>>>);

impl Sabotage {
    fn fault(&self) -> Fault {
        let armed = self.0.clone();
        Arc::new(move |room| {
            let mut armed = armed.lock().unwrap_or_else(PoisonError::into_inner);
            if armed.as_ref() == Some(room) {
                *armed = None;
                panic!("sabotage, as the test wants it");
            }
        })
    }

    fn strike(&self, room: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(room_id(room));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_panics_costs_its_people_one_rejoin() {
    let sabotage = Sabotage::default();
    let server = Server::start_failing(|_| (), Some(sabotage.fault())).await;
    let (room, elsewhere) = (server.room().await, server.room().await);
    let mut client = server.connect().await;
    let topic = format!("room:{room}");
    client.send(json!([4, "4", topic, "phx_join", {}])).await;
    client.reply(&json!("4")).await;
    client
        .send(json!([4, "5", topic, "create_entity", {"id": "one", "components": {"color": "#123456"}}]))
        .await;
    let made = client.reply(&json!("5")).await["response"].clone();
    let mut bystander = server.enter(&elsewhere).await;
    sabotage.strike(&room);
    let error = client.next_of(&["phx_error"]).await;
    assert_eq!(error, json!([4, 4, topic, "phx_error", {"reason": "channel_crash"}]));
    client.send(json!([4, "6", topic, "ping", {}])).await;
    assert_eq!(client.reply(&json!("6")).await["response"]["reason"], "unmatched topic");
    client.join(&room, json!({})).await;
    let restored = client.find("the state after it", |received| {
        received.text().filter(|frame| frame[3] == "snapshot" && frame[0] != json!(4)).cloned()
    });
    assert_eq!(restored.await[4][made["entity"].as_str().unwrap()]["color"], "#123456");
    assert_eq!(client.ok("create_entity", json!({"id": "one", "components": {}})).await, made, "done once");
    bystander.ok("say", json!({"text": "nothing happened here"})).await;
    assert!(bystander.until_heartbeat().await.iter().all(|received| received.event() != "phx_error"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_panics_a_room_is_quarantined_and_others_are_not() {
    let sabotage = Sabotage::default();
    let server = Server::start_failing(|_| (), Some(sabotage.fault())).await;
    let (room, elsewhere) = (server.room().await, server.room().await);
    let mut bystander = server.enter(&elsewhere).await;
    let mut client = server.connect().await;
    for _ in 0..3 {
        // Between a panic and the room's next start a join may be told to come again.
        eventually("the room lets people in", async || {
            let reply = client.try_join(&room, json!({})).await;
            (reply["status"] == "ok").then_some(())
        })
        .await;
        sabotage.strike(&room);
        client.event("phx_error").await;
    }
    let refused = eventually("the room is closed", async || {
        let reply = client.try_join(&room, json!({})).await;
        (reply["status"] == "error").then(|| reply["response"].clone())
    });
    let refused = refused.await;
    assert_eq!(refused["reason"], "room_quarantined");
    assert!(refused["detail"].is_string());
    bystander.ok("say", json!({"text": "still fine"})).await;
    client.join(&elsewhere, json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_room_stops_after_a_while_and_starts_again_on_demand() {
    let server = Server::start_with(|config| config.room_idle_minutes = 0).await;
    let room = server.room().await;
    let mut client = server.enter(&room).await;
    let room_ms =
        async |client: &mut Client| client.ok("clock", json!({})).await["room_ms"].as_f64().unwrap();
    let begun = room_ms(&mut client).await;
    eventually("two seconds with someone inside", async || {
        (room_ms(&mut client).await > begun + 2_000.0).then_some(())
    })
    .await;
    let made = client.ok("create_entity", json!({"components": {}})).await;
    client.close().await;
    eventually("the room has stopped", async || (server.app().rooms.running() == 0).then_some(())).await;
    let mut later = server.enter(&room).await;
    assert!(later.event("snapshot").await.get(made["entity"].as_str().unwrap()).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_room_ends_for_everyone_in_it() {
    let server = Server::start().await;
    let (room, elsewhere) = (server.room().await, server.room().await);
    let mut inside = server.enter(&room).await;
    let mut bystander = server.enter(&elsewhere).await;
    let key = format!("Bearer {}", server.app().operator_key);
    let path = format!("/api/v1/rooms/{room}");
    assert_eq!(server.request("DELETE", &path, &[("authorization", &key)], None).await.status, 204);
    assert_eq!(inside.event("phx_close").await, json!({}));
    let reply = inside.push("ping", json!({})).await;
    assert_eq!(reply["response"]["reason"], "unmatched topic");
    assert_eq!(inside.try_join(&room, json!({})).await["response"]["reason"], "room_not_found");
    bystander.ok("say", json!({"text": "still here"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_does_not_read_is_cut_off_and_others_are_not() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut bystander = server.enter(&room).await;
    let person = server.person();
    let path = format!("/socket/websocket?vsn=2.0.0&token={}", person.token);
    let mut slow = Client::connect_to(server.address(), &path, &[], Some(16 * 1024)).await.unwrap();
    slow.join(&room, json!({})).await;
    bystander.fact("user_joined").await;
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(server.enter(&room).await);
    }
    let much = json!({"components": {"note": "x".repeat(30_000)}});
    // What the room lets people say fills its queue in time; each waits for its reply, so that the talker keeps reading.
    let gone = async |bystander: &mut Client| {
        let heard = bystander.until_heartbeat().await;
        heard.iter().any(|received| {
            let left = received.text().filter(|frame| frame[4]["event"] == "user_left");
            left.is_some_and(|frame| frame[4]["payload"]["user_id"] == json!(person.id))
        })
    };
    let begun = std::time::Instant::now();
    while !gone(&mut bystander).await {
        assert!(begun.elapsed() < PATIENCE * 2, "the slow reader is still there");
        for talker in &mut others {
            let mut last = json!(null);
            for _ in 0..10 {
                last = talker.cast("create_entity", much.clone()).await;
            }
            talker.reply_or_end(&last).await.unwrap();
        }
    }
    // Too much waits for it, or it has taken nothing for too long, whichever is first.
    let code = slow.closed().await;
    assert!([1001, 1006, 1013].contains(&code), "{code}");
    bystander.ok("say", json!({"text": "I read along"})).await;
    let metrics = server.get("/metrics").await.body;
    let counted = ["slow_consumer", "gone"].map(|why| format!("thexr_disconnects_total{{reason=\"{why}\"}}"));
    assert!(counted.iter().any(|line| metrics.contains(line)), "{metrics}");
}

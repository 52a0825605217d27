//! `thexr.1`: joining by chunks, the ordered lane, and poses on the latest lane.

use crate::support::{Client, Server};
use serde_json::{Value, json};
use thexr_wire::Tier;
use thexr_wire::limits::SNAPSHOT_CHUNK_BYTES_MAX;
use thexr_wire::pose::{Pose, Sample};

fn head(x: f32, z: f32) -> Pose {
    Pose::standing([x, 1.8, z])
}

fn entity<'a>(entities: &'a [Value], id: &str) -> &'a Value {
    entities.iter().find(|entity| entity["id"] == json!(id)).unwrap_or_else(|| panic!("no {id}"))
}

async fn thexr(server: &Server, room: &str) -> (Client, Value, Vec<Value>) {
    let mut client = server.connect().await;
    let (response, entities) = client.join_thexr(room, json!({})).await;
    (client, response, entities)
}

/// Looks at frames of motion until one shows a slot at a place.
async fn seen_at(client: &mut Client, slot: u64, x: f32, z: f32) -> Sample {
    loop {
        let (_, samples) = client.motion().await;
        let there = |sample: &&Sample| {
            let [sx, _, sz, ..] = sample.pose.head;
            u64::from(sample.slot) == slot && (sx - x).abs() < 0.01 && (sz - z).abs() < 0.01
        };
        if let Some(sample) = samples.iter().find(there) {
            return *sample;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_room_comes_in_chunks_of_bounded_size() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut builder = server.enter(&room).await;
    for n in 0..7 {
        let components = json!({"note": format!("{n}").repeat(60_000)});
        builder.ok("create_entity", json!({"entity": format!("large{n}"), "components": components})).await;
    }
    let mut client = server.connect().await;
    let response = client.join(&room, json!({"dialect": "thexr.1", "version": 4})).await;
    assert_eq!(response["dialect"], "thexr.1");
    let mut ids = Vec::new();
    let mut count = 1;
    for index in 0.. {
        let chunk = client.event("snapshot_chunk").await;
        assert_eq!(chunk["index"], json!(index));
        assert!(chunk.to_string().len() <= SNAPSHOT_CHUNK_BYTES_MAX);
        ids.extend(chunk["entities"].as_array().unwrap().iter().map(|entity| entity["id"].clone()));
        count = chunk["count"].as_u64().unwrap();
        if index + 1 == count {
            break;
        }
    }
    assert!(count >= 2);
    for n in 0..7 {
        assert!(ids.contains(&json!(format!("large{n}"))));
    }
    assert!(client.until_heartbeat().await.iter().all(|received| received.event() != "presence_state"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_comes_as_a_patch_then_its_fact_then_the_reply() {
    let server = Server::start().await;
    let room = server.room().await;
    let (mut client, response, _) = thexr(&server, &room).await;
    client.until_heartbeat().await;
    let reference = client.cast("create_entity", json!({"components": {"color": "#ff0000"}})).await;
    let patch = client.next_text().await;
    assert_eq!(patch[3], "state_patch");
    let seq = response["seq"].as_u64().unwrap() + 1;
    assert_eq!((&patch[4]["seq"], &patch[4]["runs"]), (&json!(seq), &json!([[seq, 1]])));
    let fact = client.next_text().await;
    assert_eq!((&fact[4]["event"], &fact[4]["seq"]), (&json!("entity_created"), &json!(seq)));
    assert_eq!(fact[4]["actor"], json!(format!("user:{}", client.person.id)));
    let reply = client.next_text().await;
    assert_eq!((&reply[1], &reply[4]["response"]["seq"]), (&reference, &json!(seq)));
    assert_eq!(reply[4]["response"]["entity"], patch[4]["ops"][0]["entity"]);
    assert!(server.last_seq(&room).await >= seq, "durable before it is told");
}

// Rule 4.1
#[tokio::test(flavor = "multi_thread")]
async fn poses_travel_to_others_and_the_newest_wins() {
    let server = Server::start().await;
    let room = server.room().await;
    let (mut walks, joined, entities) = thexr(&server, &room).await;
    let slot = entity(&entities, &walks.person.id)["slot"].as_u64().unwrap();
    let (mut sees, _, entities) = thexr(&server, &room).await;
    assert_eq!(entity(&entities, &walks.person.id)["slot"], json!(slot));
    let sample_ms = walks.ok("clock", json!({"t": 1})).await["room_ms"].as_f64().unwrap() as u32;
    for n in 0..20u16 {
        walks.send_pose(n, sample_ms, head(f32::from(n), -3.0)).await;
    }
    let sample = seen_at(&mut sees, slot, 19.0, -3.0).await;
    assert!(sample.age_ms <= 250);
    // The walker hears how far the room has come with its poses as soon as somebody else moves.
    sees.send_pose(1, sample_ms, head(-70.0, 8.0)).await;
    loop {
        let (header, samples) = walks.motion().await;
        assert_eq!(u64::from(header.incarnation), joined["incarnation"].as_u64().unwrap());
        let own = samples.iter().filter(|sample| u64::from(sample.slot) == slot);
        assert!(
            own.into_iter().all(|sample| sample.tier == Tier::E),
            "nobody is told of themselves but in a crowd's group"
        );
        if header.ack == 19 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_clients_and_thexr_clients_see_each_other_move() {
    let server = Server::start().await;
    let room = server.room().await;
    let (mut thexr, _, _) = thexr(&server, &room).await;
    let mut json = server.enter(&room).await;
    let mut batched = server.connect().await;
    batched.join(&room, json!({"movements": "batched", "mode": "observe"})).await;
    let created = thexr
        .find("the newcomer's avatar", |received| {
            let frame = received.text().filter(|frame| frame[3] == "state_patch")?;
            frame[4]["ops"].as_array()?.iter().find(|op| op["op"] == "create").cloned()
        })
        .await;
    assert_eq!(created["entity"], json!(json.person.id));
    json.cast("i_moved", json!({"position": [7, 1.5, 7], "rotation": [0, 1, 0, 0]})).await;
    seen_at(&mut thexr, created["slot"].as_u64().unwrap(), 7.0, 7.0).await;
    thexr.send_pose(1, 0, head(-9.0, 9.0)).await;
    let id = json!(thexr.person.id);
    let moved = json.find("user_moved", |received| {
        let payload = &received.text().filter(|_| received.is_movement())?[4]["payload"];
        (payload["user_id"] == id && payload["position"][0].as_f64() == Some(-9.0)).then(|| payload.clone())
    });
    assert_eq!(moved.await["pose"]["head"].as_array().unwrap().len(), 7);
    let id = thexr.person.id.clone();
    batched
        .find("movements", |received| {
            let frame = received.text().filter(|frame| frame[3] == "movements")?;
            (frame[4][&id]["head"][0].as_f64() == Some(-9.0)).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_everyone_where_they_are_now() {
    let server = Server::start().await;
    let room = server.room().await;
    let (mut walks, _, entities) = thexr(&server, &room).await;
    let slot = entity(&entities, &walks.person.id)["slot"].as_u64().unwrap();
    let (mut sees, _, _) = thexr(&server, &room).await;
    walks.send_pose(1, 0, head(12.5, 30.0)).await;
    seen_at(&mut sees, slot, 12.5, 30.0).await;
    let (mut late, _, entities) = thexr(&server, &room).await;
    assert!(entity(&entities, &walks.person.id)["components"].get("pose").is_none(), "motion brings it");
    seen_at(&mut late, slot, 12.5, 30.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_connections_of_a_person_the_newest_drives() {
    let server = Server::start().await;
    let room = server.room().await;
    let person = server.person();
    let mut first = server.connect_as(&person).await;
    let (joined, _) = first.join_thexr(&room, json!({})).await;
    assert_eq!(joined["driver"], true);
    let mut second = server.connect_as(&person).await;
    let (joined, _) = second.join_thexr(&room, json!({})).await;
    assert_eq!(joined["driver"], true);
    assert_eq!(first.event("driver").await, json!({"driver": false}));
    assert_eq!(first.ok("drive", json!({})).await, json!({"driver": true}));
    assert_eq!(second.event("driver").await, json!({"driver": false}));
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_a_state_gives_everyone_the_whole_room_again() {
    let server = Server::start().await;
    let room = server.room().await;
    let (mut client, _, _) = thexr(&server, &room).await;
    let mut json = server.enter(&room).await;
    client.ok("create_entity", json!({"entity": "keeps", "components": {}})).await;
    client.ok("save_snapshot", json!({"name": "before"})).await;
    client.ok("create_entity", json!({"entity": "fades", "components": {}})).await;
    json.until_heartbeat().await;
    client.ok("restore_snapshot", json!({"name": "before"})).await;
    client.event("restate").await;
    let chunk = client.event("snapshot_chunk").await;
    let entities = chunk["entities"].as_array().unwrap();
    entity(entities, "keeps");
    assert!(entities.iter().all(|entity| entity["id"] != "fades"));
    let snapshot = json.event("snapshot").await;
    assert!(snapshot.get("keeps").is_some() && snapshot.get("fades").is_none());
    json.event("user_snapshot").await;
    // What was restored is also what a restart finds.
    let server = server.stop().await.start_again().await;
    let mut later = server.connect().await;
    later.join(&room, json!({"mode": "observe"})).await;
    let snapshot = later.event("snapshot").await;
    assert!(snapshot.get("keeps").is_some() && snapshot.get("fades").is_none());
}

// Rule 5.2
#[tokio::test(flavor = "multi_thread")]
async fn a_thing_that_falls_is_told_to_json_clients_as_movements_and_rests_as_a_patch() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut json = server.enter(&room).await;
    let components =
        json!({"shape": {"kind": "box", "size": 0.4}, "position": [30, 2, 30], "body": "dynamic"});
    let made = json.ok("create_entity", json!({"components": components})).await;
    let id = made["entity"].as_str().unwrap().to_owned();
    let height = json
        .find("the thing in motion", |received| {
            let frame = received.text().filter(|frame| frame[3] == "movements")?;
            let height = frame[4][&id]["position"][1].as_f64()?;
            (height < 1.5).then_some(height)
        })
        .await;
    assert!(height > 0.0, "{height}");
    json.find("its rest", |received| {
        let frame = received.text().filter(|frame| frame[3] == "state_patch")?;
        let ops = frame[4]["ops"].as_array()?;
        ops.iter().any(|op| op["op"] == "set" && op["entity"] == json!(id)).then_some(())
    })
    .await;
}

//! Many in one room: who is told how exactly, readers that do not keep up, rooms that are full.

use crate::support::client::Received;
use crate::support::{Client, Server, eventually};
use serde_json::json;
use std::collections::BTreeMap;
use thexr_bots::{Bot, BotOptions, Stream, Visitor, Walk, Way, dice};
use thexr_wire::lane::{self, write_ack};
use thexr_wire::pose::Pose;
use thexr_wire::{RoomId, Tier};
use tokio::task::JoinSet;

/// People who walk about in a small square until the set is dropped.
async fn walkers(server: &Server, room: &str, count: u64) -> JoinSet<()> {
    let mut walking = JoinSet::new();
    for seed in 0..count {
        let person = server.person();
        let visitor = Visitor { user_id: person.id.parse().unwrap(), token: person.token };
        let url = format!("http://{}", server.address());
        let mut bot = Bot::join(BotOptions::new(&url, RoomId::parse(room).unwrap(), visitor)).await.unwrap();
        bot.walk(Walk::new(Way::Stroll, 20.0, dice(seed, seed, Stream::Walk)));
        walking.spawn(async move { while bot.turn().await.is_ok() {} });
    }
    walking
}

async fn observer(server: &Server, room: &str) -> Client {
    let mut client = server.connect().await;
    client.join_thexr(room, json!({"mode": "observe"})).await;
    client
}

/// Someone who hears a room's motion, with buffers of its own kept small, and the ticks that pass meanwhile by another.
struct Pause {
    reader: Client,
    witness: Client,
}

impl Pause {
    async fn begin(server: &Server, room: &str) -> Self {
        let person = server.person();
        let path = format!("/socket/websocket?vsn=2.0.0&token={}", person.token);
        let mut reader = Client::connect_to(server.address(), &path, &[], Some(4 * 1024)).await.unwrap();
        reader.join_thexr(room, json!({"mode": "observe"})).await;
        Self { reader, witness: observer(server, room).await }
    }

    /// Stops reading for so many ticks; then how many frames come before one that is not older than the pause's end.
    async fn stale_frames(&mut self, ticks: u32) -> usize {
        let (header, _) = self.reader.motion().await;
        let end = loop {
            let (seen, _) = self.witness.motion().await;
            if seen.tick >= header.tick + ticks {
                break seen.tick;
            }
        };
        let mut stale = 0;
        while self.reader.motion().await.0.tick + 2 < end {
            stale += 1;
        }
        stale
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_4_8_a_reader_that_stops_gets_the_newest_frame_and_never_a_backlog() {
    let server = Server::start().await;
    let room = server.room().await;
    let _walking = walkers(&server, &room, 40).await;
    let mut pause = Pause::begin(&server, &room).await;
    for _ in 0..10 {
        // Says how far it is, as the client core does.
        let (header, _) = pause.reader.motion().await;
        let mut ack = Vec::new();
        write_ack(header.tick, &mut ack);
        pause.reader.cast_binary(lane::EVENT, &ack).await;
    }
    let stale = pause.stale_frames(120).await;
    assert!(stale <= 12, "{stale} of 120 ticks were queued");
    let dropped = eventually("passed over frames are counted", async || {
        let metrics = server.get("/metrics").await.body;
        let line = metrics.lines().find(|line| line.starts_with("thexr_frames_dropped_total "))?;
        line.rsplit(' ').next()?.parse::<u64>().ok()
    });
    assert!(dropped.await >= 90);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_reader_that_never_says_how_far_it_is_the_kernel_keeps_little() {
    let server = Server::start().await;
    let room = server.room().await;
    let _walking = walkers(&server, &room, 40).await;
    let mut pause = Pause::begin(&server, &room).await;
    let stale = pause.stale_frames(160).await;
    assert!(stale <= 90, "{stale} of 160 ticks were queued");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_nothing_any_more_is_still_heard() {
    let server = Server::start().await;
    let room = server.room().await;
    let person = server.person();
    let path = format!("/socket/websocket?vsn=2.0.0&token={}", person.token);
    let mut deaf = Client::connect_to(server.address(), &path, &[], Some(4 * 1024)).await.unwrap();
    let (_, entities) = deaf.join_thexr(&room, json!({})).await;
    let slot = entities.iter().find(|row| row["id"] == json!(person.id)).unwrap()["slot"].as_u64().unwrap();
    let mut witness = observer(&server, &room).await;
    let mut loud = server.enter(&room).await;
    // Many times what the socket takes.
    for _ in 0..100 {
        loud.cast("shout", json!({"text": "x".repeat(10_000)})).await;
    }
    for n in 1u16.. {
        deaf.send_pose(n, 0, Pose::standing([f32::from(n) * 0.1, 1.8, 5.0])).await;
        let (_, samples) = witness.motion().await;
        let seen = samples.iter().find(|sample| u64::from(sample.slot) == slot);
        if seen.is_some_and(|sample| sample.pose.head[0] > 5.0) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_4_9_an_observer_is_told_from_where_its_camera_is() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut far = server.connect().await;
    let (_, entities) = far.join_thexr(&room, json!({})).await;
    let slot =
        entities.iter().find(|row| row["id"] == json!(far.person.id)).unwrap()["slot"].as_u64().unwrap();
    let mut watches = observer(&server, &room).await;
    watches.send_pose(1, 0, Pose::standing([300.0, 1.8, 301.0])).await;
    let mut told = BTreeMap::new();
    for n in 0u16.. {
        far.send_pose(n, 0, Pose::standing([300.0, 1.8, 300.0 + f32::from(n) * 0.001])).await;
        let (_, samples) = watches.motion().await;
        for sample in samples.iter().filter(|sample| u64::from(sample.slot) == slot) {
            *told.entry(sample.tier).or_insert(0) += 1;
        }
        if told.get(&Tier::A) >= Some(&3) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_2_1_a_preview_has_the_room_and_what_happens_in_it_but_no_motion() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut preview = server.connect().await;
    let (joined, entities) = preview.join_thexr(&room, json!({"mode": "preview"})).await;
    assert_eq!(joined["mode"], "preview");
    assert!(!entities.iter().any(|row| row["id"] == json!(preview.person.id)), "it has no avatar");
    let mut walker = server.enter(&room).await;
    preview.event("state_patch").await;
    let mut witness = observer(&server, &room).await;
    for n in 0..20 {
        walker.cast("i_moved", json!({"position": [n, 1.8, 0.0], "rotation": [0.0, 0.0, 0.0, 1.0]})).await;
        witness.motion().await;
    }
    let heard = preview.until_heartbeat().await;
    assert!(!heard.iter().any(|received| matches!(received, Received::Binary(_))), "{heard:?}");
    assert_eq!(preview.refusal("say", json!({"text": "hello"})).await, "not_inside");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_2_9_a_room_with_too_many_people_makes_spectators_and_then_refuses_with_its_load() {
    let server = Server::start_with(|config| (config.people_max, config.peers_max) = (1, 2)).await;
    let room = server.room().await;
    let _inside = server.enter(&room).await;
    let mut watches = server.connect().await;
    let joined = watches.join(&room, json!({})).await;
    assert_eq!((&joined["mode"], &joined["crowded"]), (&json!("observe"), &json!(true)));
    assert_eq!(watches.refusal("say", json!({"text": "hello"})).await, "not_inside");
    let mut late = server.connect().await;
    let refused = late.try_join(&room, json!({})).await;
    assert_eq!(refused["status"], "error");
    let response = &refused["response"];
    assert_eq!(response["reason"], "room_full");
    assert_eq!(response["load"], json!({"people": 1, "peers": 2, "people_max": 1, "peers_max": 2}));
    assert!(response["detail"].as_str().unwrap().contains("1 people are inside"), "{response}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_5_2_json_clients_in_a_large_room_get_batches_within_the_budget() {
    let server = Server::start().await;
    let room = server.room().await;
    let _walking = walkers(&server, &room, 40).await;
    let mut batched = server.connect().await;
    batched.join(&room, json!({"mode": "observe", "movements": "batched", "interest": true})).await;
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 40 {
        let payload = batched.event("movements").await;
        assert!(payload.to_string().len() <= 9_375, "{}", payload.to_string().len());
        seen.extend(payload.as_object().unwrap().keys().cloned());
    }
}

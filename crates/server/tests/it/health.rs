//! `/healthz`, `/readyz`, `/metrics`: what probes and dashboards see, and that looking changes nothing.

use crate::support::{Server, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn probes_answer_and_write_no_events() {
    let server = Server::start_with(|config| config.sample_room = true).await;
    let rooms = server.get("/api/v1/rooms").await.json()["rooms"].clone();
    assert_eq!(rooms.as_array().unwrap().len(), 3, "the sample rooms");
    let room = rooms[0]["id"].as_str().unwrap().to_owned();
    let before = server.last_seq(&room).await;
    for _ in 0..20 {
        assert_eq!(server.get("/healthz").await.body, "alive\n");
        let ready = server.get("/readyz").await;
        assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
        assert_eq!(server.get("/metrics").await.status, 200);
    }
    assert_eq!(server.last_seq(&room).await, before);
    assert_eq!(server.get("/api/v1/rooms").await.json()["rooms"], rooms);
    assert_eq!(server.app().rooms.running(), 0, "and start no room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_is_not_ready() {
    let server = Server::start().await;
    server.app().stopping.send_replace(true);
    let answer = server.get("/readyz").await;
    assert_eq!((answer.status, &answer.json()["reason"]), (503, &json!("shutting_down")));
    assert_eq!(server.get("/healthz").await.status, 200, "but alive");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_tell_what_operators_ask_for() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut client = server.enter(&room).await;
    client.ok("say", json!({"text": "count me"})).await;
    let names = [
        "thexr_connections ",
        "thexr_rooms ",
        "thexr_people ",
        "thexr_tick_seconds_bucket{le=\"0.05\"}",
        "thexr_mailbox_depth_bucket{le=\"",
        "thexr_store_commit_seconds_bucket{le=\"",
        "thexr_store_events_total ",
        "thexr_store_waiting_batches ",
        "thexr_sent_bytes_total ",
        "thexr_frames_dropped_total ",
        "thexr_ticks_missed_total ",
        "thexr_shed_level 0",
        "process_cpu_seconds_total ",
        "process_resident_memory_bytes ",
    ];
    eventually("all metrics are there", async || {
        let metrics = server.get("/metrics").await.body;
        names.iter().all(|name| metrics.contains(name)).then_some(())
    })
    .await;
    assert!(server.get("/metrics").await.header("content-type").starts_with("text/plain; version=0.0.4"));
}

//! An orderly end: everything in the store, everyone told, within ten seconds; and one server per data folder.

use crate::support::{Client, Server, room_id};
use serde_json::json;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use thexr_server::rooms::registry::Fault;
use thexr_server::serve;

// Rule 1.7
#[tokio::test(flavor = "multi_thread")]
async fn stopping_closes_every_socket_with_1012_and_keeps_what_was_acknowledged() {
    let server = Server::start().await;
    let (room, elsewhere) = (server.room().await, server.room().await);
    let mut clients = Vec::new();
    for n in 0..10 {
        let mut client = server.enter(if n % 2 == 0 { &room } else { &elsewhere }).await;
        client.ok("say", json!({"text": "before the end"})).await;
        clients.push(client);
    }
    let mut last = clients.pop().unwrap();
    let made = last.ok("create_entity", json!({"components": {}})).await;
    last.cast("i_moved", json!({"position": [5, 1.5, -6], "rotation": [0, 0, 0, 1]})).await;
    last.ok("say", json!({"text": "after moving"})).await;
    let person = last.person.clone();
    let idle = server.connect().await;
    clients.extend([last, idle]);
    let begun = Instant::now();
    let stopped = server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    for client in &mut clients {
        assert_eq!(client.closed().await, 1012);
    }
    let server = stopped.start_again().await;
    assert_eq!(server.last_seq(&elsewhere).await, made["seq"].as_u64().unwrap() + 1);
    let stored = server.app().store.load(&room_id(&elsewhere), 0).await.unwrap().unwrap();
    assert_eq!(stored.snapshot.unwrap().seq, stored.room.last_seq, "a snapshot was taken");
    let mut back = server.connect_as(&person).await;
    back.join(&elsewhere, json!({})).await;
    assert_eq!(back.event("user_snapshot").await[&person.id]["position"], json!([5.0, 1.5, -6.0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_nothing_does_not_hold_up_the_end() {
    let server = Server::start().await;
    let room = server.room().await;
    let path = format!("/socket/websocket?vsn=2.0.0&token={}", server.person().token);
    let mut slow = Client::connect_to(server.address(), &path, &[], Some(16 * 1024)).await.unwrap();
    slow.join(&room, json!({})).await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(server.enter(&room).await);
    }
    for other in &mut others {
        for _ in 0..11 {
            let mut last = json!(null);
            for _ in 0..10 {
                last = other.cast("shout", json!({"much": "x".repeat(16_000)})).await;
            }
            other.reply_or_end(&last).await.unwrap();
        }
    }
    let mut talker = others.pop().unwrap();
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(talker.closed().await, 1012);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_room_that_hangs_costs_nobody_else_the_goodbye() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let fault: Fault = {
        let gate = gate.clone();
        Arc::new(move |_| drop(gate.1.wait_while(gate.0.lock().unwrap(), |closed| *closed)))
    };
    let server = Server::start_failing(|_| (), Some(fault)).await;
    let room = server.room().await;
    let _inside = server.enter(&room).await;
    let mut idle = server.connect().await;
    let store = server.app().store.clone();
    *gate.0.lock().unwrap() = true;
    let begun = Instant::now();
    server.stop().await;
    let (took, code, read) = (begun.elapsed(), idle.closed().await, store.room(&room_id(&room)).await);
    // Before anything is asserted: the runtime waits for the room's thread.
    *gate.0.lock().unwrap() = false;
    gate.1.notify_all();
    assert!(took < Duration::from_secs(11), "{took:?}");
    assert_eq!(code, 1012);
    assert!(read.is_err(), "the store is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_data_folder_refuses_to_start() {
    let server = Server::start().await;
    let refused = serve::start(server.config().clone(), None).await.err().unwrap();
    let words = format!("{refused:#}");
    assert!(
        words.contains("in use by another server") && words.contains(&server.address().to_string()),
        "{words}"
    );
    server.room().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_a_clear_error() {
    let server = Server::start().await;
    let other = tempfile::tempdir().unwrap();
    let mut config = server.config().clone();
    config.listen = server.address();
    config.data = other.path().to_owned();
    let words = format!("{:#}", serve::start(config, None).await.err().unwrap());
    assert!(words.contains("cannot listen on") && words.contains("--listen"), "{words}");
}

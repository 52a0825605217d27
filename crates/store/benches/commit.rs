//! Durable events per second by group size: one event in each of N rooms, one transaction.
//!
//! The disk's own fsync latency is printed first: a figure of a store means nothing without it.

use divan::Bencher;
use divan::counter::ItemsCount;
use std::path::Path;
use tempfile::TempDir;
use thexr_store::{EventRow, NewRoom, Outcome, RoomBatch, SqliteStore, Store, fsync_probe};
use thexr_wire::RoomId;
use tokio::runtime::Runtime;

fn main() {
    let fsync =
        fsync_probe(Path::new(env!("CARGO_TARGET_TMPDIR"))).expect("the target folder can be written");
    println!("4 KiB write + fsync in this folder: {fsync:?}");
    divan::main();
}

#[divan::bench(args = [1, 10, 100, 1000], max_time = 3)]
fn durable_events(bencher: Bencher<'_, '_>, rooms: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (_dir, store) = open(&runtime, rooms);
    let mut seq = 0;
    bencher
        .counter(ItemsCount::new(rooms))
        .with_inputs(move || {
            seq += 1;
            (0..rooms).map(|number| batch(number, seq)).collect::<Vec<_>>()
        })
        .bench_local_values(|group| {
            let outcomes = runtime.block_on(store.append(&group));
            assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Committed { .. })));
        });
}

fn room(number: usize) -> RoomId {
    RoomId::parse(&format!("room{number:04}")).expect("letters and digits")
}

fn open(runtime: &Runtime, rooms: usize) -> (TempDir, SqliteStore) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the target folder can be written");
    let store = runtime.block_on(async {
        let store = SqliteStore::open(&dir.path().join("thexr.db")).await.expect("a fresh store");
        for number in 0..rooms {
            store.create_room(new_room(number)).await.expect("a new room");
        }
        store
    });
    (dir, store)
}

fn new_room(number: usize) -> NewRoom {
    NewRoom {
        id: room(number),
        name: "bench".into(),
        description: String::new(),
        template: String::new(),
        seed: 0,
        created_by: None,
        created_at_ms: 0,
        first: Vec::new(),
        snapshot: None,
        parts: Vec::new(),
        settings: None,
    }
}

/// About what grabbing a thing writes.
fn batch(number: usize, seq: u64) -> RoomBatch {
    let event = EventRow {
        seq,
        at_ms: seq.cast_signed(),
        actor: "user:abcdefghij0123456789".into(),
        name: "user_grabbed".into(),
        payload: r#"{"entity":"ball1","hand":"right","user":"abcdefghij0123456789"}"#.into(),
        ops: r#"[{"components":{"held_by":{"hand":"right","user":"abcdefghij0123456789"}},"entity":"ball1","op":"set"}]"#
            .into(),
        hearers: None,
        inverse: Some(r#"[{"entity":"ball1","names":["held_by"],"op":"unset"}]"#.into()),
        undoes: None,
        command_id: Some(format!("c{seq}")),
    };
    RoomBatch { events: vec![event], ..RoomBatch::new(room(number), 0, seq) }
}

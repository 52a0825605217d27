//! How long a past state of a room takes whose journal has a million events: the seqs furthest from a kept snapshot, and others.
//!
//! The journal is written as a room writes it, with an automatic snapshot at the room's distance and the store's own pruning.

use divan::Bencher;
use serde_json::{Value, json};
use std::sync::LazyLock;
use tempfile::TempDir;
use thexr_server::rooms::states::part_row;
use thexr_server::rooms::stored::state_at;
use thexr_store::{EventRow, NewRoom, Outcome, RoomBatch, SnapshotKind, SnapshotRow, SqliteStore, Store};
use thexr_wire::RoomId;
use thexr_world::{NoStates, Op, Stamp, World};
use tokio::runtime::Runtime;

const EVENTS: u64 = 1_000_000;
/// At which distance a room takes automatic snapshots, in events.
const AUTO_SNAPSHOT_EVENTS: u64 = 1_000;
const ENTITIES: u64 = 500;

struct Stage {
    runtime: Runtime,
    store: SqliteStore,
    _dir: TempDir,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime");
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the target folder can be written");
    let store = runtime.block_on(written(&dir));
    Stage { runtime, store, _dir: dir }
});

fn main() {
    divan::main();
}

/// The first two lie just before the first snapshots of a span, the last is the present.
#[divan::bench(args = [20_999, 520_999, 500_000, 777_777, 1_000_000], max_time = 5)]
fn state_at_seq(bencher: Bencher<'_, '_>, seq: u64) {
    let stage = &*STAGE;
    bencher.bench(|| {
        let state = stage.runtime.block_on(state_at(&stage.store, &room(), seq));
        state.expect("the journal reads back").expect("the journal reaches there")
    });
}

fn room() -> RoomId {
    RoomId::parse("rooma").expect("letters")
}

async fn written(dir: &TempDir) -> SqliteStore {
    let store = SqliteStore::open(&dir.path().join("thexr.db")).await.expect("a fresh store");
    let new = NewRoom {
        id: room(),
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
    };
    store.create_room(new).await.expect("a new room");
    let mut world = World::default();
    for first in (1..=EVENTS).step_by(AUTO_SNAPSHOT_EVENTS as usize) {
        let last_seq = first + AUTO_SNAPSHOT_EVENTS - 1;
        let events: Vec<EventRow> = (first..=last_seq).map(|seq| event(&mut world, seq)).collect();
        let batch = RoomBatch { events, ..RoomBatch::new(room(), 0, first) };
        assert_eq!(store.append(&[batch]).await, [Outcome::Committed { last_seq }]);
        keep(&store, last_seq, &world).await;
    }
    store
}

/// About what moving a thing writes.
fn event(world: &mut World, seq: u64) -> EventRow {
    let entity = format!("thing{:03}", seq % ENTITIES);
    let place = json!({"position": [seq % 97, 1.25, seq % 89], "rotation": [0, 0, 0, 1]});
    let op = if seq <= ENTITIES { "create" } else { "set" };
    let ops: Value = json!([{"op": op, "entity": entity, "components": place}]);
    let read: Vec<Op> = serde_json::from_value(ops.clone()).expect("ops");
    world.fold(Stamp { seq, at_ms: seq.cast_signed() }, &read, &NoStates).expect("they fit");
    EventRow {
        seq,
        at_ms: seq.cast_signed(),
        actor: "user:abcdefghij0123456789".into(),
        name: "entity_updated".into(),
        payload: json!({"entity": entity, "user_id": "abcdefghij0123456789"}).to_string(),
        ops: ops.to_string(),
        hearers: None,
        inverse: Some(ops.to_string()),
        undoes: None,
        command_id: None,
    }
}

async fn keep(store: &SqliteStore, seq: u64, world: &World) {
    let part = part_row(world.to_text());
    store.put_parts(&room(), std::slice::from_ref(&part)).await.expect("space");
    let snapshot = SnapshotRow {
        seq,
        at_ms: 0,
        kind: SnapshotKind::Auto,
        name: None,
        hash: part.hash.clone(),
        bytes: part.text.len() as u64,
        parts: vec![part.hash],
        pinned: false,
    };
    store.put_snapshot(&room(), 0, &snapshot, None).await.expect("space");
}

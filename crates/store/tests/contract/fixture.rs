//! Short ways to say rooms, events and batches in tests.

use super::Backend;
use std::sync::Arc;
use thexr_store::{
    EventRow, MemberRow, NewRoom, Outcome, PartRow, PlaceRow, RoomBatch, SnapshotKind, SnapshotRow, Store,
    StoreError,
};
use thexr_wire::{Role, RoomId, UserId};

/// The time at which tests happen, ms since 1970; a multiple of ten minutes.
pub const NOW_MS: i64 = 1_800_000_000_000;

/// Who runs rooms in tests, and for how long it holds them.
pub const NODE: &str = "node";
pub const LEASE_MS: i64 = 10_000;

pub fn room(id: &str) -> RoomId {
    RoomId::parse(id).unwrap()
}

pub fn user(letter: char) -> UserId {
    UserId::parse(&letter.to_string().repeat(20)).unwrap()
}

pub fn new_room(id: &str) -> NewRoom {
    NewRoom {
        id: room(id),
        name: format!("The room {id}"),
        description: String::new(),
        template: "empty".into(),
        seed: 7,
        created_by: None,
        created_at_ms: NOW_MS,
        first: Vec::new(),
        snapshot: None,
        parts: Vec::new(),
        settings: None,
    }
}

pub fn event(seq: u64) -> EventRow {
    EventRow {
        seq,
        at_ms: NOW_MS,
        actor: "server".into(),
        name: "entity_updated".into(),
        payload: format!("{{\"n\":{seq}}}"),
        ops: "[]".into(),
        hearers: None,
        inverse: None,
        undoes: None,
        command_id: None,
    }
}

/// An event that needs pages of its own.
pub fn large_event(seq: u64) -> EventRow {
    EventRow { payload: format!("\"{}\"", "x".repeat(200_000)), ..event(seq) }
}

pub fn command(seq: u64, actor: &str, command_id: &str, at_ms: i64) -> EventRow {
    EventRow { actor: actor.into(), command_id: Some(command_id.into()), at_ms, ..event(seq) }
}

pub fn batch(id: &str, epoch: i64, events: impl IntoIterator<Item = EventRow>) -> RoomBatch {
    RoomBatch { events: events.into_iter().collect(), ..RoomBatch::new(room(id), epoch, 1) }
}

pub fn snapshot(seq: u64, kind: SnapshotKind, name: Option<&str>) -> SnapshotRow {
    SnapshotRow {
        seq,
        at_ms: NOW_MS,
        kind,
        name: name.map(Into::into),
        hash: format!("{seq:064x}"),
        parts: parts(seq).into_iter().map(|part| part.hash).collect(),
        bytes: parts(seq).iter().map(|part| part.text.len() as u64).sum(),
        pinned: false,
    }
}

/// The parts of the state at a seq: one that all states have, and one of its own.
pub fn parts(seq: u64) -> Vec<PartRow> {
    let part = |hash: String, text: String| PartRow { hash, text: text.into() };
    vec![
        part("part_of_all".into(), "{\"é\":\"🪑\"}".into()),
        part(format!("part_{seq}"), format!("{{\"at\":{seq}}}")),
    ]
}

/// Stores a snapshot with its parts, of a room at epoch 1.
pub async fn save(store: &Arc<dyn Store>, id: &str, snapshot: &SnapshotRow) -> Result<(), StoreError> {
    store.put_parts(&room(id), &parts(snapshot.seq)).await?;
    store.put_snapshot(&room(id), 1, snapshot, None).await
}

pub fn place(letter: char, pose: &str, at_ms: i64) -> PlaceRow {
    PlaceRow { user: user(letter), pose: pose.into(), at_ms }
}

pub fn member(letter: char, role: Role, state: &str) -> MemberRow {
    MemberRow { user: user(letter), role, state: state.into() }
}

pub fn committed(last_seq: u64) -> Outcome {
    Outcome::Committed { last_seq }
}

/// A store with these rooms, each created and opened once: their epoch is 1.
pub async fn store_with<B: Backend>(rooms: &[&str]) -> (B, Arc<dyn Store>) {
    let mut backend = B::fresh().await;
    let store = backend.open().await;
    for id in rooms {
        store.create_room(new_room(id)).await.unwrap();
        assert_eq!(store.open_room(&room(id), NODE, NOW_MS, LEASE_MS).await.unwrap().unwrap().room.epoch, 1);
    }
    (backend, store)
}

/// Appends one batch and returns its outcome.
pub async fn append(store: &Arc<dyn Store>, batch: RoomBatch) -> Outcome {
    let outcomes = store.append(&[batch]).await;
    assert_eq!(outcomes.len(), 1);
    outcomes[0]
}

/// The seqs in a room's journal.
pub async fn seqs(store: &Arc<dyn Store>, id: &str) -> Vec<u64> {
    let events = store.events(&room(id), 0, usize::MAX).await.unwrap();
    events.iter().map(|event| event.seq).collect()
}

//! Reading: what a room starts from, ranges of its journal.

use super::Backend;
use super::fixture::*;
use std::sync::Arc;
use thexr_store::{EventRow, RoomBatch, SnapshotKind, Store, StoredRoom};
use thexr_wire::Role;

async fn write_events(store: &Arc<dyn Store>, id: &str, count: u64) {
    assert_eq!(append(store, batch(id, 1, (1..=count).map(event))).await, committed(count));
}

pub async fn a_room_starts_from_its_newest_snapshot_and_the_events_after_it<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let snapshots = vec![
        snapshot(2, SnapshotKind::Auto, None),
        snapshot(3, SnapshotKind::Named, Some("before the party")),
    ];
    append(&store, RoomBatch { snapshots: snapshots.clone(), ..batch("rooma", 1, (1..=3).map(event)) }).await;
    append(&store, RoomBatch { tick: 9, ..batch("rooma", 1, [event(4), event(5)]) }).await;
    let stored = store.open_room(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!(stored.snapshot.as_ref(), Some(&snapshots[1]));
    assert_eq!(stored.tail, [event(4), event(5)]);
    assert_eq!((stored.room.last_seq, stored.room.last_tick, stored.room.last_at_ms), (5, 9, NOW_MS));
}

pub async fn a_room_without_a_snapshot_starts_from_all_its_events<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write_events(&store, "rooma", 4).await;
    let stored = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!(stored.snapshot, None);
    assert_eq!(stored.tail.len(), 4);
}

pub async fn commands_of_the_last_ten_minutes_are_remembered_past_a_snapshot<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let events = [
        command(1, "user:a", "old", NOW_MS - 600_000),
        command(2, "user:a", "c1", NOW_MS - 599_999),
        EventRow { at_ms: NOW_MS - 5, ..event(3) },
        command(4, "user:b", "c1", NOW_MS),
    ];
    let snapshots = vec![snapshot(4, SnapshotKind::Auto, None)];
    append(&store, RoomBatch { snapshots, ..batch("rooma", 1, events) }).await;
    let stored = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert!(stored.tail.is_empty());
    let found: Vec<_> =
        stored.recent_commands.iter().map(|recent| (recent.seq, recent.actor.as_str())).collect();
    assert_eq!(found, [(2, "user:a"), (4, "user:b")]);
    let first = &stored.recent_commands[0];
    assert_eq!((first.command_id.as_str(), first.at_ms), ("c1", NOW_MS - 599_999));
    assert_eq!((first.name.as_str(), first.payload.as_str()), ("entity_updated", "{\"n\":2}"));
}

pub async fn loading_takes_nothing_over<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let stored = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!((stored.room.epoch, stored.room.incarnation), (1, 1));
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, committed(1));
    assert_eq!(store.load(&room("nowhere"), NOW_MS).await.unwrap(), None);
}

pub async fn a_state_is_loaded_without_commands_and_people<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let snapshots = vec![snapshot(1, SnapshotKind::Auto, None)];
    let events = [command(1, "user:a", "c1", NOW_MS), command(2, "user:a", "c2", NOW_MS)];
    let (places, members) = (vec![place('u', "[]", NOW_MS)], vec![member('u', Role::Owner, "{}")]);
    let all = RoomBatch { snapshots, places, members, ..batch("rooma", 1, events) };
    assert_eq!(append(&store, all).await, committed(2));
    let whole = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!((whole.tail.len(), whole.recent_commands.len(), whole.last_poses.len()), (1, 2, 1));
    let state = store.load_state(&room("rooma")).await.unwrap().unwrap();
    let (recent_commands, last_poses, members) = (Vec::new(), Vec::new(), Vec::new());
    assert_eq!(state, StoredRoom { recent_commands, last_poses, members, ..whole });
    assert_eq!(store.load_state(&room("nowhere")).await.unwrap(), None);
}

pub async fn events_are_read_in_ranges<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    write_events(&store, "rooma", 9).await;
    write_events(&store, "roomb", 9).await;
    assert_eq!(store.events(&room("rooma"), 3, 2).await.unwrap(), [event(4), event(5)]);
    assert_eq!(store.events(&room("rooma"), 8, 100).await.unwrap(), [event(9)]);
    assert!(store.events(&room("rooma"), 9, 100).await.unwrap().is_empty());
}

pub async fn a_short_tail_is_given_whole<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write_events(&store, "rooma", 5).await;
    let bytes = event(4).bytes() + event(5).bytes();
    let tail = store.events_after(&room("rooma"), 3, bytes).await.unwrap();
    assert_eq!(tail.unwrap(), [event(4), event(5)]);
    assert!(store.events_after(&room("rooma"), 5, 0).await.unwrap().unwrap().is_empty());
}

pub async fn a_tail_that_is_too_long_is_not_given<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write_events(&store, "rooma", 5).await;
    let bytes = event(4).bytes() + event(5).bytes();
    assert_eq!(store.events_after(&room("rooma"), 3, bytes - 1).await.unwrap(), None);
}

pub async fn a_seq_that_the_journal_does_not_reach_gives_no_tail<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write_events(&store, "rooma", 5).await;
    assert_eq!(store.events_after(&room("rooma"), 6, 1000).await.unwrap(), None);
    assert_eq!(store.events_after(&room("rooma"), u64::MAX, 1000).await.unwrap(), None);
    assert_eq!(store.events_after(&room("nowhere"), 0, 1000).await.unwrap(), None);
}

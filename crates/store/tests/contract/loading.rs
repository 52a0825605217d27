//! Reading: what a room starts from, ranges of its journal.

use super::Backend;
use super::fixture::*;
use std::sync::Arc;
use thexr_store::{EventRow, RoomBatch, SnapshotKind, Store};

async fn write_events(store: &Arc<dyn Store>, id: &str, count: u64) {
    assert_eq!(append(store, batch(id, 1, (1..=count).map(event))).await, committed(count));
}

pub async fn a_room_starts_from_its_newest_snapshot_and_the_events_after_it<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let snapshots = vec![
        snapshot(2, SnapshotKind::Auto, None),
        snapshot(3, SnapshotKind::Named, Some("before the party")),
    ];
    append(&store, batch("rooma", 1, (1..=3).map(event))).await;
    for snapshot in &snapshots {
        save(&store, "rooma", snapshot).await.unwrap();
    }
    append(&store, RoomBatch { tick: 9, ..batch("rooma", 1, [event(4), event(5)]) }).await;
    let stored = store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap().unwrap();
    assert_eq!(stored.snapshot.as_ref(), Some(&snapshots[1]));
    assert_eq!(store.events(&room("rooma"), 3, usize::MAX).await.unwrap(), [event(4), event(5)]);
    assert_eq!((stored.room.last_seq, stored.room.last_tick, stored.room.last_at_ms), (5, 9, NOW_MS));
}

pub async fn a_room_without_a_snapshot_starts_from_all_its_events<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write_events(&store, "rooma", 4).await;
    let stored = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!(stored.snapshot, None);
    assert_eq!(store.events(&room("rooma"), 0, usize::MAX).await.unwrap().len(), 4);
}

pub async fn commands_of_the_last_ten_minutes_are_remembered_past_a_snapshot<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let made = r#"{"entity":"abcde","n":{"entity":"other"}}"#;
    let events = [
        command(1, "user:a", "old", NOW_MS - 600_000),
        command(2, "user:a", "c1", NOW_MS - 599_999),
        EventRow { at_ms: NOW_MS - 5, ..event(3) },
        EventRow { payload: made.into(), ..command(4, "user:b", "c1", NOW_MS) },
        EventRow { payload: "no JSON".into(), ..command(5, "user:b", "c2", NOW_MS) },
    ];
    append(&store, batch("rooma", 1, events)).await;
    save(&store, "rooma", &snapshot(5, SnapshotKind::Auto, None)).await.unwrap();
    let stored = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    let found: Vec<_> =
        stored.recent_commands.iter().map(|recent| (recent.seq, recent.actor.as_str())).collect();
    assert_eq!(found, [(2, "user:a"), (4, "user:b"), (5, "user:b")]);
    let first = &stored.recent_commands[0];
    assert_eq!((first.command_id.as_str(), first.at_ms), ("c1", NOW_MS - 599_999));
    let entities: Vec<_> = stored.recent_commands.iter().map(|recent| recent.entity.as_deref()).collect();
    assert_eq!(entities, [None, Some("abcde"), None]);
}

pub async fn loading_takes_nothing_over<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let stored = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!((stored.room.epoch, stored.room.incarnation), (1, 1));
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, committed(1));
    assert_eq!(store.load(&room("nowhere"), NOW_MS).await.unwrap(), None);
}

pub async fn the_newest_snapshot_is_found_alone<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let snapshots = vec![
        snapshot(1, SnapshotKind::Named, Some("a")),
        snapshot(2, SnapshotKind::Auto, None),
        snapshot(1, SnapshotKind::Auto, None),
    ];
    let newest = snapshots[1].clone();
    append(&store, batch("rooma", 1, (1..=3).map(event))).await;
    for snapshot in &snapshots {
        save(&store, "rooma", snapshot).await.unwrap();
    }
    assert_eq!(store.newest_snapshot(&room("rooma")).await.unwrap(), Some(newest));
    assert_eq!(store.newest_snapshot(&room("roomb")).await.unwrap(), None);
    assert_eq!(store.newest_snapshot(&room("nowhere")).await.unwrap(), None);
}

pub async fn the_newest_snapshot_as_of_a_seq_is_found<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    write_events(&store, "rooma", 9).await;
    let early = snapshot(3, SnapshotKind::Named, Some("a"));
    let late = snapshot(7, SnapshotKind::Auto, None);
    for snapshot in [&late, &early] {
        save(&store, "rooma", snapshot).await.unwrap();
    }
    let id = room("rooma");
    for (seq, expected) in
        [(0, None), (2, None), (3, Some(&early)), (6, Some(&early)), (7, Some(&late)), (8, Some(&late))]
    {
        assert_eq!(store.snapshot_at(&id, seq).await.unwrap().as_ref(), expected, "{seq}");
    }
    assert_eq!(store.snapshot_at(&id, u64::MAX).await.unwrap(), Some(late));
    assert_eq!(store.snapshot_at(&room("roomb"), 9).await.unwrap(), None);
    assert_eq!(store.snapshot_at(&room("nowhere"), 9).await.unwrap(), None);
}

pub async fn events_are_read_in_pages_of_so_many_bytes<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let texts = |seq: u64| EventRow {
        ops: "\u{e4}".repeat(seq as usize * 50),
        inverse: seq.is_multiple_of(2).then(|| "i".repeat(400)),
        ..event(seq)
    };
    let journal: Vec<EventRow> = (1..=9).map(texts).collect();
    append(&store, batch("rooma", 1, journal.clone())).await;
    write_events(&store, "roomb", 9).await;
    let id = room("rooma");
    let two = journal[3].bytes() + journal[4].bytes();
    for (bytes, events) in [(two, 3..5), (two - 1, 3..4), (1, 3..4), (0, 3..4), (usize::MAX, 3..9)] {
        assert_eq!(store.events(&id, 3, bytes).await.unwrap(), journal[events], "{bytes}");
    }
    assert_eq!(store.events(&id, 8, 10_000).await.unwrap(), journal[8..]);
    assert!(store.events(&id, 9, 10_000).await.unwrap().is_empty());
    assert!(store.events(&id, u64::MAX, 10_000).await.unwrap().is_empty());
    assert!(store.events(&room("nowhere"), 0, 10_000).await.unwrap().is_empty());
}

pub async fn pages_add_up_to_the_journal<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let journal: Vec<EventRow> =
        (1..=40).map(|seq| if seq % 7 == 3 { large_event(seq) } else { event(seq) }).collect();
    append(&store, batch("rooma", 1, journal.clone())).await;
    let (mut read, mut pages) = (Vec::new(), 0);
    loop {
        let page = store.events(&room("rooma"), read.len() as u64, 300_000).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() == 1 || page.iter().map(EventRow::bytes).sum::<usize>() <= 300_000);
        pages += 1;
        read.extend(page);
    }
    assert!(pages > 5 && read == journal);
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

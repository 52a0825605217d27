//! Snapshots: which are kept, and how they are found.

use super::Backend;
use super::fixture::*;
use std::sync::Arc;
use thexr_store::limits::SNAPSHOTS_REFERRED_KEPT;
use thexr_store::{EventRow, Outcome, RefusedReason, RoomBatch, SnapshotKind, SnapshotRow, Store};

async fn write(store: &Arc<dyn Store>, seq: u64, snapshots: Vec<SnapshotRow>) {
    let outcome = append(store, RoomBatch { snapshots, ..batch("rooma", 1, [event(seq)]) }).await;
    assert_eq!(outcome, committed(seq));
}

async fn kept(store: &Arc<dyn Store>) -> Vec<(u64, SnapshotKind)> {
    let list = store.list_snapshots(&room("rooma")).await.unwrap();
    list.iter().map(|info| (info.seq, info.kind)).collect()
}

pub async fn old_automatic_snapshots_are_pruned_and_no_others<B: Backend>() {
    use SnapshotKind::{Auto, Initial, Named};
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write(&store, 1, vec![snapshot(0, Initial, None), snapshot(1, Named, Some("mine"))]).await;
    write(&store, 2, vec![SnapshotRow { pinned: true, ..snapshot(2, Auto, None) }]).await;
    for seq in 3..=7 {
        write(&store, seq, vec![snapshot(seq, Auto, None)]).await;
    }
    let expected = [(7, Auto), (6, Auto), (5, Auto), (2, Auto), (1, Named), (0, Initial)];
    assert_eq!(kept(&store).await, expected);
}

pub async fn a_stored_snapshot_is_pinned_by_writing_it_again<B: Backend>() {
    use SnapshotKind::Auto;
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write(&store, 1, vec![snapshot(1, Auto, None)]).await;
    write(&store, 2, vec![SnapshotRow { pinned: true, ..snapshot(1, Auto, None) }]).await;
    // A late retry without the pin does not take it away.
    write(&store, 3, vec![snapshot(1, Auto, None)]).await;
    for seq in 4..=7 {
        write(&store, seq, vec![snapshot(seq, Auto, None)]).await;
    }
    assert_eq!(kept(&store).await, [(7, Auto), (6, Auto), (5, Auto), (1, Auto)]);
}

pub async fn the_newest_snapshot_of_a_name_is_meant<B: Backend>() {
    use SnapshotKind::Named;
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let (first, second) = (snapshot(1, Named, Some("party")), snapshot(2, Named, Some("party")));
    write(&store, 1, vec![first]).await;
    write(&store, 2, vec![second.clone(), snapshot(2, Named, Some("other"))]).await;
    let found = store.snapshot_by_name(&room("rooma"), "party").await.unwrap();
    assert_eq!(found, Some(second));
    assert_eq!(store.snapshot_by_name(&room("rooma"), "Party").await.unwrap(), None);
}

pub async fn saving_a_name_again_replaces_its_older_states<B: Backend>() {
    use SnapshotKind::Named;
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let party = |seq| SnapshotRow { pinned: true, ..snapshot(seq, Named, Some("party")) };
    append(&store, RoomBatch { snapshots: vec![party(1)], ..batch("roomb", 1, [event(1)]) }).await;
    write(&store, 1, vec![party(1), snapshot(1, Named, Some("other"))]).await;
    write(&store, 2, vec![party(2)]).await;
    write(&store, 3, vec![party(3)]).await;
    // A retry is no second save.
    write(&store, 4, vec![party(3)]).await;
    assert_eq!(kept(&store).await, [(3, Named), (1, Named)]);
    assert_eq!(store.list_snapshots(&room("roomb")).await.unwrap().len(), 1, "another room's is another");
}

/// A restore of a state, as the room writes it.
async fn restore(store: &Arc<dyn Store>, seq: u64, from: &SnapshotRow, before: SnapshotRow) {
    let ops = format!("[{{\"op\":\"load\",\"snapshot\":\"{}\"}}]", from.hash);
    let restored = EventRow { name: "snapshot_restored".into(), ops, ..event(seq) };
    let outcome = append(store, RoomBatch { snapshots: vec![before], ..batch("rooma", 1, [restored]) }).await;
    assert_eq!(outcome, committed(seq));
}

pub async fn a_replaced_state_that_a_restore_refers_to_is_kept<B: Backend>() {
    use SnapshotKind::{Auto, Named};
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let party = |seq| SnapshotRow { pinned: true, ..snapshot(seq, Named, Some("party")) };
    let before = |seq| SnapshotRow { pinned: true, ..snapshot(seq, Auto, None) };
    write(&store, 1, vec![party(1)]).await;
    restore(&store, 2, &party(1), before(1)).await;
    write(&store, 3, vec![party(3)]).await;
    write(&store, 4, vec![party(4)]).await;
    assert_eq!(kept(&store).await, [(4, Named), (1, Auto), (1, Named)]);
    assert_eq!(store.snapshot_by_name(&room("rooma"), "party").await.unwrap(), Some(party(4)));
}

pub async fn states_kept_for_events_alone_are_bounded<B: Backend>() {
    use SnapshotKind::{Auto, Initial, Named};
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let party = SnapshotRow { pinned: true, ..snapshot(1, Named, Some("party")) };
    write(&store, 1, vec![SnapshotRow { pinned: true, ..snapshot(0, Initial, None) }, party.clone()]).await;
    let bound = u64::from(SNAPSHOTS_REFERRED_KEPT);
    for seq in 2..bound + 7 {
        let before = SnapshotRow { pinned: true, ..snapshot(seq - 1, Auto, None) };
        restore(&store, seq, &party, before).await;
    }
    let kept = kept(&store).await;
    let autos: Vec<u64> = kept.iter().filter(|(_, kind)| *kind == Auto).map(|(seq, _)| *seq).collect();
    assert_eq!(autos, (6..bound + 6).rev().collect::<Vec<_>>());
    assert_eq!(kept[autos.len()..], [(1, Named), (0, Initial)]);
}

pub async fn a_snapshot_is_found_by_its_hash<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let wanted = snapshot(1, SnapshotKind::Auto, None);
    write(&store, 1, vec![wanted.clone()]).await;
    assert_eq!(store.snapshot_by_hash(&room("rooma"), &wanted.hash).await.unwrap().as_ref(), Some(&wanted));
    assert_eq!(store.snapshot_by_hash(&room("roomb"), &wanted.hash).await.unwrap(), None);
    assert_eq!(store.snapshot_by_hash(&room("rooma"), "00").await.unwrap(), None);
}

pub async fn snapshots_are_listed_newest_first_with_their_size<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let accented =
        SnapshotRow { state: "\"é🪑\"".into(), ..snapshot(1, SnapshotKind::Named, Some("one")) };
    write(&store, 1, vec![accented.clone()]).await;
    write(&store, 2, vec![snapshot(2, SnapshotKind::Named, Some("two"))]).await;
    let list = store.list_snapshots(&room("rooma")).await.unwrap();
    let names: Vec<_> = list.iter().map(|info| info.name.as_deref()).collect();
    assert_eq!(names, [Some("two"), Some("one")]);
    assert_eq!((list[1].bytes, list[1].at_ms), (accented.state.len() as u64, NOW_MS));
    assert_eq!(list[1].hash, accented.hash);
}

pub async fn a_snapshot_beyond_the_journal_is_a_constraint<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let snapshots = vec![snapshot(2, SnapshotKind::Auto, None)];
    let early = RoomBatch { snapshots, ..batch("rooma", 1, [event(1)]) };
    assert_eq!(append(&store, early).await, Outcome::Refused(RefusedReason::Constraint));
    assert!(seqs(&store, "rooma").await.is_empty());
}

//! Snapshots: which are kept, and how they are found.

use super::Backend;
use super::fixture::*;
use std::sync::Arc;
use thexr_store::limits::SNAPSHOT_SPAN_EVENTS;
use thexr_store::{EventRow, PartRow, RefusedReason, SnapshotKind, SnapshotRow, Store, StoreError};

async fn write(store: &Arc<dyn Store>, seq: u64, snapshots: Vec<SnapshotRow>) {
    assert_eq!(append(store, batch("rooma", 1, [event(seq)])).await, committed(seq));
    for snapshot in &snapshots {
        save(store, "rooma", snapshot).await.unwrap();
    }
}

/// Whether parts that only the state at this seq has are there.
async fn has_part_of(store: &Arc<dyn Store>, seq: u64) -> bool {
    store.missing_parts(&room("rooma"), &[parts(seq)[1].hash.clone()]).await.unwrap().is_empty()
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

pub async fn an_automatic_snapshot_of_each_span_stays_for_the_rooms_past<B: Backend>() {
    use SnapshotKind::{Auto, Initial};
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let last = 3 * SNAPSHOT_SPAN_EVENTS;
    assert_eq!(append(&store, batch("rooma", 1, (1..=last).map(event))).await, committed(last));
    save(&store, "rooma", &snapshot(0, Initial, None)).await.unwrap();
    let step = SNAPSHOT_SPAN_EVENTS / 5;
    for seq in (1..=15).map(|index| index * step) {
        save(&store, "rooma", &snapshot(seq, Auto, None)).await.unwrap();
    }
    let seqs: Vec<u64> = kept(&store).await.into_iter().map(|(seq, _)| seq).collect();
    assert_eq!(seqs, [15, 14, 13, 10, 5, 0].map(|index| index * step));
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
    append(&store, batch("roomb", 1, [event(1)])).await;
    save(&store, "roomb", &party(1)).await.unwrap();
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
    assert_eq!(append(store, batch("rooma", 1, [restored])).await, committed(seq));
    save(store, "rooma", &before).await.unwrap();
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

pub async fn states_that_events_refer_to_stay_as_long_as_the_events<B: Backend>() {
    use SnapshotKind::{Auto, Initial, Named};
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let party = |seq| SnapshotRow { pinned: true, ..snapshot(seq, Named, Some("party")) };
    write(&store, 1, vec![SnapshotRow { pinned: true, ..snapshot(0, Initial, None) }, party(1)]).await;
    for seq in 2..=100 {
        let before = SnapshotRow { pinned: true, ..snapshot(seq - 1, Auto, None) };
        restore(&store, seq, &party(1), before).await;
    }
    write(&store, 101, vec![party(101)]).await;
    for seq in 102..=110 {
        write(&store, seq, vec![snapshot(seq, Auto, None)]).await;
    }
    let kept = kept(&store).await;
    let autos: Vec<u64> = kept.iter().filter(|(_, kind)| *kind == Auto).map(|(seq, _)| *seq).collect();
    assert_eq!(autos, [110, 109, 108].into_iter().chain((1..=99).rev()).collect::<Vec<_>>());
    let others: Vec<u64> = kept.iter().filter(|(_, kind)| *kind != Auto).map(|(seq, _)| *seq).collect();
    assert_eq!(others, [101, 1, 0]);
    for seq in (0..=99).chain([101, 108]) {
        assert!(has_part_of(&store, seq).await, "{seq}");
    }
}

pub async fn the_bytes_of_a_rooms_states_are_known<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let bytes = async |id: &str| store.room(&room(id)).await.unwrap().unwrap().state_bytes;
    let of = |part: &PartRow| part.text.len() as u64;
    assert_eq!(bytes("rooma").await, 0);
    for seq in 1..=6 {
        write(&store, seq, vec![snapshot(seq, SnapshotKind::Auto, None)]).await;
    }
    // Stored again, they take nothing.
    save(&store, "rooma", &snapshot(6, SnapshotKind::Auto, None)).await.unwrap();
    let own: u64 = [1, 4, 5, 6].map(|seq| of(&parts(seq)[1])).iter().sum();
    assert_eq!(bytes("rooma").await, of(&parts(1)[0]) + own);
    assert_eq!(bytes("roomb").await, 0);
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
    let first = snapshot(1, SnapshotKind::Named, Some("one"));
    write(&store, 1, vec![first.clone()]).await;
    write(&store, 2, vec![snapshot(2, SnapshotKind::Named, Some("two"))]).await;
    let list = store.list_snapshots(&room("rooma")).await.unwrap();
    let names: Vec<_> = list.iter().map(|info| info.name.as_deref()).collect();
    assert_eq!(names, [Some("two"), Some("one")]);
    assert_eq!((list[1].bytes, list[1].at_ms), (first.bytes, NOW_MS));
    assert_eq!(list[1].hash, first.hash);
}

pub async fn a_list_says_whose_event_each_state_is_about<B: Backend>() {
    use SnapshotKind::{Initial, Named};
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write(&store, 1, vec![snapshot(0, Initial, None), snapshot(1, Named, Some("mine"))]).await;
    let fact = |seq, name: &str, payload: &str, actor: &str| EventRow {
        name: name.into(),
        payload: payload.into(),
        actor: actor.into(),
        ..event(seq)
    };
    let saved = fact(2, "snapshot_saved", r#"{"name":"mine"}"#, "user:ada");
    let said = fact(3, "snapshot_saved", r#"{"name":"other"}"#, "user:ben");
    let restored = fact(4, "snapshot_restored", r#"{"name":"mine"}"#, "user:cleo");
    assert_eq!(append(&store, batch("rooma", 1, [saved, said, restored])).await, committed(4));
    let before = snapshot(3, Named, Some("before"));
    store.put_parts(&room("rooma"), &parts(before.seq)).await.unwrap();
    let load = format!(r#"[{{"op":"load","snapshot":"{}"}}]"#, before.hash);
    store.put_snapshot(&room("rooma"), 1, &before, Some((4, &load))).await.unwrap();
    let list = store.list_snapshots(&room("rooma")).await.unwrap();
    let actors: Vec<_> = list.iter().map(|info| (info.seq, info.actor.as_deref())).collect();
    assert_eq!(actors, [(3, Some("user:cleo")), (1, Some("user:ada")), (0, None)]);
}

fn refused(result: Result<(), StoreError>) -> RefusedReason {
    match result {
        Err(StoreError::Refused(reason)) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

pub async fn a_snapshot_that_does_not_fit_its_room_is_refused<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write(&store, 1, Vec::new()).await;
    let auto = |seq| snapshot(seq, SnapshotKind::Auto, None);
    let beyond = save(&store, "rooma", &auto(2)).await;
    assert_eq!(refused(beyond), RefusedReason::Constraint);
    let id = room("rooma");
    assert_eq!(refused(store.put_snapshot(&id, 2, &auto(1), None).await), RefusedReason::Fenced);
    assert_eq!(
        refused(store.put_snapshot(&id, 1, &auto(1), None).await),
        RefusedReason::Constraint,
        "no parts"
    );
    assert_eq!(
        refused(store.put_snapshot(&id, 1, &auto(2), Some((2, "[]"))).await),
        RefusedReason::Constraint
    );
    let nowhere = room("nowhere");
    assert_eq!(refused(store.put_snapshot(&nowhere, 1, &auto(1), None).await), RefusedReason::NoSuchRoom);
    assert_eq!(refused(store.put_parts(&nowhere, &parts(1)).await), RefusedReason::NoSuchRoom);
    let named = SnapshotRow { name: Some("a\0b".into()), ..auto(1) };
    assert_eq!(refused(save(&store, "rooma", &named).await), RefusedReason::Constraint);
    let part = PartRow { hash: "nul".into(), text: "\0".into() };
    assert_eq!(refused(store.put_parts(&id, &[part]).await), RefusedReason::Constraint);
    assert!(kept(&store).await.is_empty());
}

pub async fn states_share_their_parts_and_those_of_none_go<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    for seq in 1..=6 {
        write(&store, seq, vec![snapshot(seq, SnapshotKind::Auto, None)]).await;
    }
    let id = room("rooma");
    let hashes: Vec<String> = (1..=7).map(|seq| parts(seq)[1].hash.clone()).collect();
    let gone = store.missing_parts(&id, &hashes).await.unwrap();
    assert_eq!(gone, [&hashes[1], &hashes[2], &hashes[6]].map(String::clone), "the first stays for the past");
    for part in parts(5) {
        assert_eq!(store.part(&id, &part.hash).await.unwrap(), Some(part.text));
        assert_eq!(store.part(&room("roomb"), &part.hash).await.unwrap(), None, "a room has its own");
    }
    store.delete_room(&id).await.unwrap();
    assert!(!has_part_of(&store, 5).await);
}

pub async fn what_undoes_an_event_may_become_known_with_a_state<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    write(&store, 1, Vec::new()).await;
    write(&store, 2, Vec::new()).await;
    let (id, before) = (room("rooma"), SnapshotRow { pinned: true, ..snapshot(1, SnapshotKind::Auto, None) });
    store.put_parts(&id, &parts(1)).await.unwrap();
    store.put_snapshot(&id, 1, &before, Some((2, "[1]"))).await.unwrap();
    let inverses: Vec<_> =
        store.events(&id, 0, usize::MAX).await.unwrap().into_iter().map(|event| event.inverse).collect();
    assert_eq!(inverses, [None, Some("[1]".into())]);
}

//! Rooms: created, found, renamed, taken over, deleted.

use super::Backend;
use super::fixture::*;
use thexr_store::{NewRoom, Outcome, RefusedReason, RoomBatch, SnapshotKind, StoreError};
use thexr_wire::Role;

pub async fn a_new_room_is_found_with_all_it_was_given<B: Backend>() {
    let (_backend, store) = store_with::<B>(&[]).await;
    let new = NewRoom {
        description: "With a whiteboard".into(),
        seed: -3,
        created_by: Some(user('u')),
        first: vec![event(1), event(2)],
        snapshot: Some(snapshot(2, SnapshotKind::Initial, Some("initial"))),
        parts: parts(2),
        settings: Some(r#"{"who_may_build":"owner"}"#.into()),
        ..new_room("rooma")
    };
    store.create_room(new.clone()).await.unwrap();
    let stored = store.load(&new.id, NOW_MS).await.unwrap().unwrap();
    assert_eq!((&stored.room.name, &stored.room.description), (&new.name, &new.description));
    assert_eq!((&stored.room.template, stored.room.seed), (&new.template, -3));
    assert_eq!((stored.room.created_by, stored.room.created_at_ms), (new.created_by, NOW_MS));
    assert_eq!(stored.room.settings, new.settings.unwrap());
    assert_eq!((stored.room.last_seq, stored.room.epoch, stored.room.incarnation), (2, 0, 0));
    assert_eq!(stored.snapshot, new.snapshot);
    for part in new.parts {
        assert_eq!(store.part(&new.id, &part.hash).await.unwrap(), Some(part.text));
    }
    assert_eq!(store.events(&new.id, 0, usize::MAX).await.unwrap(), new.first);
}

pub async fn a_taken_id_is_refused<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    append(&store, batch("rooma", 1, [event(1)])).await;
    let error = store.create_room(new_room("rooma")).await.unwrap_err();
    assert!(matches!(error, StoreError::IdTaken(id) if id == room("rooma")));
    assert_eq!(seqs(&store, "rooma").await, [1]);
}

pub async fn first_events_that_do_not_start_at_one_leave_no_room<B: Backend>() {
    let (_backend, store) = store_with::<B>(&[]).await;
    let new = NewRoom { first: vec![event(2)], ..new_room("rooma") };
    let error = store.create_room(new).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(RefusedReason::SeqConflict { stored_last: 0 })));
    assert_eq!(store.room(&room("rooma")).await.unwrap(), None);
    store.create_room(new_room("rooma")).await.unwrap();
}

pub async fn a_room_is_renamed<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    assert!(store.update_room(&room("rooma"), "Garden", "Green").await.unwrap());
    assert!(!store.update_room(&room("nowhere"), "Garden", "Green").await.unwrap());
    let renamed = store.room(&room("rooma")).await.unwrap().unwrap();
    assert_eq!((renamed.name.as_str(), renamed.description.as_str()), ("Garden", "Green"));
    assert_eq!(store.room(&room("roomb")).await.unwrap().unwrap().name, "The room roomb");
}

pub async fn rooms_are_listed_newest_first<B: Backend>() {
    let (_backend, store) = store_with::<B>(&[]).await;
    for (id, age_ms) in [("rooma", 20), ("roomb", 0), ("roomc", 10)] {
        let new = NewRoom { created_at_ms: NOW_MS - age_ms, ..new_room(id) };
        store.create_room(new).await.unwrap();
    }
    let ids: Vec<_> = store.rooms().await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(ids, [room("roomb"), room("roomc"), room("rooma")]);
}

pub async fn opening_takes_a_new_epoch_and_incarnation<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let opened = store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap().unwrap().room;
    assert_eq!((opened.epoch, opened.incarnation), (2, 2));
    assert_eq!(store.room(&room("rooma")).await.unwrap().unwrap(), opened);
    assert_eq!(store.open_room(&room("nowhere"), NODE, NOW_MS, LEASE_MS).await.unwrap(), None);
}

pub async fn a_room_that_another_node_holds_is_not_taken_over<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let id = room("rooma");
    let open = async |node: &str, now_ms: i64| {
        let opened = store.open_room(&id, node, now_ms, LEASE_MS).await;
        opened.map(|stored| stored.unwrap().room.epoch)
    };
    let held = |opened: Result<i64, StoreError>| match opened {
        Err(StoreError::Held { by, until_ms }) => (by, until_ms),
        other => panic!("not held: {other:?}"),
    };
    let until_ms = NOW_MS + LEASE_MS;
    assert_eq!(held(open("other", until_ms - 1).await), (NODE.into(), until_ms));
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, committed(1), "nobody is fenced");
    // The same node opens it at once, as after a crash.
    assert_eq!(open(NODE, NOW_MS).await.unwrap(), 2);

    store.renew_leases(NODE, until_ms + 5).await.unwrap();
    store.renew_leases(NODE, until_ms).await.unwrap();
    assert_eq!(held(open("other", until_ms).await), (NODE.into(), until_ms + 5));
    assert_eq!(open("other", until_ms + 5).await.unwrap(), 3, "its time is over");
    let fenced = Outcome::Refused(RefusedReason::Fenced);
    assert_eq!(append(&store, batch("rooma", 2, [event(2)])).await, fenced);
    // Whoever has lost it neither renews nor releases it.
    store.renew_leases(NODE, i64::MAX).await.unwrap();
    store.release(&id, 2).await.unwrap();
    assert_eq!(held(open(NODE, until_ms + 6).await).0, "other");
    store.renew_leases("nobody", i64::MAX).await.unwrap();
}

pub async fn a_released_room_is_anybodys<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let id = room("rooma");
    store.release(&id, 1).await.unwrap();
    // What was on its way is still written.
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, committed(1));
    store.renew_leases(NODE, i64::MAX).await.unwrap();
    let opened = store.open_room(&id, "other", NOW_MS, LEASE_MS).await.unwrap().unwrap();
    assert_eq!((opened.room.epoch, opened.room.last_seq), (2, 1));
    store.release(&room("nowhere"), 1).await.unwrap();
}

pub async fn of_many_who_open_a_room_the_last_one_writes<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let opened: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await })
        })
        .collect();
    let mut epochs = Vec::new();
    for opened in opened {
        epochs.push(opened.await.unwrap().unwrap().unwrap().room.epoch);
    }
    epochs.sort_unstable();
    assert_eq!(epochs, (2..=21).collect::<Vec<i64>>());
    let fenced = Outcome::Refused(RefusedReason::Fenced);
    assert_eq!(append(&store, batch("rooma", 20, [event(1)])).await, fenced);
    assert_eq!(append(&store, batch("rooma", 21, [event(1)])).await, committed(1));
}

pub async fn a_deleted_room_takes_no_batch<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    append(&store, batch("rooma", 1, [event(1)])).await;
    assert!(store.delete_room(&room("rooma")).await.unwrap());
    assert!(!store.delete_room(&room("rooma")).await.unwrap());
    let refused = Outcome::Refused(RefusedReason::NoSuchRoom);
    assert_eq!(append(&store, batch("rooma", 1, [event(2)])).await, refused);
}

pub async fn deleting_removes_everything_of_a_room_and_nothing_of_others<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    for id in ["rooma", "roomb"] {
        let (places, members) = (vec![place('u', "{}", NOW_MS)], vec![member('u', Role::Builder, "{}")]);
        let settings = Some("{\"who\":1}".into());
        let all = RoomBatch { places, members, settings, ..batch(id, 1, [event(1)]) };
        assert_eq!(append(&store, all).await, committed(1));
        save(&store, id, &snapshot(1, SnapshotKind::Named, Some("before"))).await.unwrap();
    }
    store.delete_room(&room("rooma")).await.unwrap();
    assert_eq!(store.load(&room("rooma"), NOW_MS).await.unwrap(), None);
    assert_eq!(store.last_seq(&room("rooma")).await.unwrap(), None);
    store.create_room(new_room("rooma")).await.unwrap();
    let empty = store.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert_eq!((seqs(&store, "rooma").await.len(), empty.last_poses.len(), empty.snapshot), (0, 0, None));
    assert_eq!((empty.members.len(), empty.room.settings.as_str()), (0, "{}"));
    assert_eq!(store.member(&room("rooma"), &user('u')).await.unwrap(), None);
    let other = store.load(&room("roomb"), NOW_MS).await.unwrap().unwrap();
    assert_eq!((other.room.last_seq, other.last_poses.len(), other.snapshot.is_some()), (1, 1, true));
    assert_eq!((other.members.len(), other.room.settings.as_str()), (1, "{\"who\":1}"));
}

pub async fn a_room_created_again_fences_the_writers_of_the_deleted_one<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    store.delete_room(&room("rooma")).await.unwrap();
    store.create_room(new_room("rooma")).await.unwrap();
    let opened = store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap().unwrap().room;
    assert_eq!((opened.epoch, opened.incarnation), (2, 2));
    let fenced = Outcome::Refused(RefusedReason::Fenced);
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, fenced);
}

//! A store without space: nothing is lost, nothing is half written, and it goes on when there is space again.

use super::Backend;
use super::fixture::*;
use thexr_store::{NewRoom, Outcome, StoreError, UnavailableReason};

const DISK_FULL: Outcome = Outcome::Unavailable(UnavailableReason::DiskFull);

pub async fn a_full_store_is_unavailable_and_recovers<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    backend.fill().await;
    let large = batch("rooma", 1, [large_event(1)]);
    assert_eq!(append(&store, large.clone()).await, DISK_FULL);
    assert_eq!(append(&store, large.clone()).await, DISK_FULL);
    assert_eq!(store.last_seq(&room("rooma")).await.unwrap(), Some(0));
    assert!(seqs(&store, "rooma").await.is_empty());
    backend.free().await;
    assert_eq!(append(&store, large).await, committed(1));
}

pub async fn a_small_batch_is_written_while_a_large_one_lacks_space<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    backend.fill().await;
    let group = [batch("rooma", 1, [large_event(1)]), batch("roomb", 1, [event(1)])];
    assert_eq!(store.append(&group).await, [DISK_FULL, committed(1)]);
    assert_eq!(seqs(&store, "roomb").await, [1]);
}

pub async fn later_batches_of_a_room_wait_behind_one_that_lacks_space<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    backend.fill().await;
    let group = [batch("rooma", 1, [large_event(1)]), batch("rooma", 1, [event(2)])];
    let behind = Outcome::Unavailable(UnavailableReason::Behind);
    assert_eq!(store.append(&group).await, [DISK_FULL, behind]);
    backend.free().await;
    assert_eq!(store.append(&group).await, [committed(1), committed(2)]);
}

pub async fn a_room_that_cannot_be_created_for_lack_of_space_can_be_later<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    backend.fill().await;
    let new = NewRoom { first: vec![large_event(1)], ..new_room("roomb") };
    let error = store.create_room(new.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { reason: UnavailableReason::DiskFull, .. }));
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, committed(1));
    backend.free().await;
    store.create_room(new).await.unwrap();
    assert_eq!(seqs(&store, "roomb").await, [1]);
}

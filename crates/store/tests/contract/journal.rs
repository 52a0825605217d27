//! Appending: what is taken, what is refused, and whom a refusal hurts.

use super::Backend;
use super::fixture::*;
use std::sync::Arc;
use thexr_store::{EventRow, Outcome, RefusedReason, RoomBatch, StoreError, Writer};

const CONSTRAINT: Outcome = Outcome::Refused(RefusedReason::Constraint);
const FENCED: Outcome = Outcome::Refused(RefusedReason::Fenced);
const NO_SUCH_ROOM: Outcome = Outcome::Refused(RefusedReason::NoSuchRoom);

fn seq_conflict(stored_last: u64) -> Outcome {
    Outcome::Refused(RefusedReason::SeqConflict { stored_last })
}

pub async fn a_committed_batch_is_there_after_reopening<B: Backend>() {
    let (mut backend, store) = store_with::<B>(&["rooma"]).await;
    let written = batch("rooma", 1, [event(1), event(2)]);
    assert_eq!(append(&store, written.clone()).await, committed(2));
    store.close().await;
    drop(store);
    let store = backend.open().await;
    assert_eq!(store.last_seq(&room("rooma")).await.unwrap(), Some(2));
    assert_eq!(store.events(&room("rooma"), 0, usize::MAX).await.unwrap(), written.events);
}

pub async fn texts_come_back_byte_for_byte<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let odd = EventRow {
        actor: "user:\u{1}\u{7f}'\"\\".into(),
        name: "message_said".into(),
        payload: r#"{"text":"\u0000 \" \\ 'né' 🪑", "n":1.0, "b":1e2,  "big":12345678901234567890}"#.into(),
        ops: "[ {\"set\":\n\t{}} ]".into(),
        hearers: None,
        inverse: Some(String::new()),
        undoes: Some(1),
        command_id: Some("null".into()),
        at_ms: -1,
        ..event(1)
    };
    assert_eq!(append(&store, batch("rooma", 1, [odd.clone()])).await, committed(1));
    assert_eq!(store.events(&room("rooma"), 0, 1).await.unwrap(), [odd]);
}

pub async fn who_hears_a_fact_is_kept_and_such_a_fact_changes_nothing<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let hearers = Some(r#"["00000000000000000001"]"#.to_owned());
    let narrow = EventRow { hearers: hearers.clone(), ops: "[]".into(), ..event(1) };
    assert_eq!(append(&store, batch("rooma", 1, [narrow.clone()])).await, committed(1));
    assert_eq!(store.events(&room("rooma"), 0, 1).await.unwrap(), [narrow]);
    let changes = EventRow { hearers, ops: r#"[{"op":"delete"}]"#.into(), ..event(2) };
    assert_eq!(append(&store, batch("rooma", 1, [changes])).await, CONSTRAINT);
}

pub async fn what_an_event_undoes_is_written_and_read<B: Backend>() {
    let (mut backend, store) = store_with::<B>(&["rooma"]).await;
    let undo = |seq, undoes| EventRow { name: "undone".into(), undoes: Some(undoes), ..event(seq) };
    let journal = [event(1), undo(2, 1), undo(3, 2), event(4)];
    let writer = Writer::spawn(store.clone(), Arc::new(()));
    assert_eq!(writer.submit(batch("rooma", 1, journal.clone())).await, Ok(committed(4)));
    drop(writer);
    store.close().await;
    let store = backend.open().await;
    assert_eq!(store.events(&room("rooma"), 0, usize::MAX).await.unwrap(), journal);
    assert_eq!(store.events_after(&room("rooma"), 1, usize::MAX).await.unwrap().unwrap(), journal[1..]);
}

pub async fn a_redacted_event_leaves_its_place_and_nothing_of_what_it_said<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let said = |seq| EventRow {
        name: "message_said".into(),
        payload: "{\"text\":\"my address\"}".into(),
        inverse: Some("[]".into()),
        ..command(seq, "user:a", "c1", NOW_MS - 5)
    };
    for id in ["rooma", "roomb"] {
        append(&store, batch(id, 1, [event(1), said(2), event(3)])).await;
    }
    let id = room("rooma");
    assert!(store.redact(&id, 2).await.unwrap());
    assert!(store.redact(&id, 2).await.unwrap(), "again changes nothing");
    let redacted = EventRow { name: "redacted".into(), payload: "{}".into(), inverse: None, ..said(2) };
    assert_eq!(store.events(&id, 0, usize::MAX).await.unwrap(), [event(1), redacted, event(3)]);
    assert_eq!(store.events(&room("roomb"), 1, 1).await.unwrap(), [said(2)], "another room's is another");
    assert_eq!(append(&store, batch("rooma", 1, [event(4)])).await, committed(4));
    assert!(!store.redact(&id, 5).await.unwrap());
    assert!(!store.redact(&id, u64::MAX).await.unwrap());
    assert!(!store.redact(&room("nowhere"), 1).await.unwrap());
}

pub async fn an_event_with_ops_is_not_redacted<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let made = EventRow { ops: "[{\"op\":\"delete\",\"entity\":\"aaaaa\"}]".into(), ..event(1) };
    append(&store, batch("rooma", 1, [made.clone()])).await;
    let error = store.redact(&room("rooma"), 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(RefusedReason::Constraint)));
    assert_eq!(store.events(&room("rooma"), 0, 1).await.unwrap(), [made]);
}

pub async fn a_batch_that_leaves_a_gap_is_refused<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, committed(1));
    assert_eq!(append(&store, batch("rooma", 1, [event(3)])).await, seq_conflict(1));
    assert_eq!(seqs(&store, "rooma").await, [1]);
}

pub async fn a_gap_inside_a_batch_is_refused<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    assert_eq!(append(&store, batch("rooma", 1, [event(1), event(3)])).await, seq_conflict(0));
    assert!(seqs(&store, "rooma").await.is_empty());
}

pub async fn a_batch_that_was_written_already_is_refused<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let once = batch("rooma", 1, [event(1), event(2)]);
    assert_eq!(append(&store, once.clone()).await, committed(2));
    assert_eq!(append(&store, once).await, seq_conflict(2));
    assert_eq!(seqs(&store, "rooma").await, [1, 2]);
}

pub async fn a_writer_with_an_old_epoch_is_fenced<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap();
    assert_eq!(append(&store, batch("rooma", 1, [event(1)])).await, FENCED);
    assert_eq!(append(&store, batch("rooma", 3, [event(1)])).await, FENCED);
    assert_eq!(append(&store, batch("rooma", 2, [event(1)])).await, committed(1));
}

pub async fn a_room_that_never_was_takes_no_batch<B: Backend>() {
    let (_backend, store) = store_with::<B>(&[]).await;
    assert_eq!(append(&store, batch("rooma", 0, [event(1)])).await, NO_SUCH_ROOM);
}

pub async fn a_batch_that_fails_its_check_hurts_no_other_room<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb", "roomc"]).await;
    let group = [
        batch("rooma", 1, [event(1)]),
        batch("roomb", 9, [event(1)]),
        batch("nowhere", 1, [event(1)]),
        batch("roomc", 1, [event(1), event(2)]),
    ];
    assert_eq!(store.append(&group).await, [committed(1), FENCED, NO_SUCH_ROOM, committed(2)]);
    assert_eq!(seqs(&store, "rooma").await, [1]);
    assert!(seqs(&store, "roomb").await.is_empty());
    assert_eq!(seqs(&store, "roomc").await, [1, 2]);
}

pub async fn a_batch_that_breaks_a_constraint_hurts_no_other_room<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb", "roomc"]).await;
    let twice = [command(1, "user:a", "c1", NOW_MS), command(2, "user:a", "c1", NOW_MS)];
    let group =
        [batch("rooma", 1, [event(1)]), batch("roomb", 1, twice), batch("roomc", 1, [event(1), event(2)])];
    assert_eq!(store.append(&group).await, [committed(1), CONSTRAINT, committed(2)]);
    assert_eq!(seqs(&store, "rooma").await, [1]);
    assert!(seqs(&store, "roomb").await.is_empty());
    assert_eq!(seqs(&store, "roomc").await, [1, 2]);
}

pub async fn several_batches_of_a_room_are_taken_in_order<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let group = [
        batch("rooma", 1, [event(1)]),
        batch("roomb", 1, [event(1)]),
        batch("rooma", 1, [event(2), event(3)]),
        batch("rooma", 1, [event(4)]),
    ];
    assert_eq!(store.append(&group).await, [committed(1), committed(1), committed(3), committed(4)]);
    assert_eq!(seqs(&store, "rooma").await, [1, 2, 3, 4]);
    assert_eq!(store.last_seq(&room("rooma")).await.unwrap(), Some(4));
}

pub async fn a_batch_behind_a_refused_one_leaves_a_gap_and_is_refused<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let twice = [command(1, "user:a", "c1", NOW_MS), command(2, "user:a", "c1", NOW_MS)];
    let group = [batch("rooma", 1, twice), batch("rooma", 1, [event(3)])];
    assert_eq!(store.append(&group).await, [CONSTRAINT, seq_conflict(0)]);
}

pub async fn a_command_id_used_twice_at_once_is_a_constraint<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    assert_eq!(append(&store, batch("rooma", 1, [command(1, "user:a", "c1", NOW_MS)])).await, committed(1));
    let again = batch("rooma", 1, [command(2, "user:a", "c1", NOW_MS + 599_999)]);
    assert_eq!(append(&store, again).await, CONSTRAINT);
    assert_eq!(append(&store, batch("rooma", 1, [event(2)])).await, committed(2));
}

pub async fn a_command_id_used_ten_minutes_later_is_admitted<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    // Wherever in a bucket of ten minutes the first use lies.
    for (index, offset_ms) in [0, 1, 299_999, 599_999].into_iter().enumerate() {
        let (id, seq) = (format!("c{index}"), 2 * index as u64 + 1);
        let first_ms = NOW_MS + offset_ms;
        let first = batch("rooma", 1, [command(seq, "user:a", &id, first_ms)]);
        let later = batch("rooma", 1, [command(seq + 1, "user:a", &id, first_ms + 600_000)]);
        assert_eq!(append(&store, first).await, committed(seq));
        assert_eq!(append(&store, later).await, committed(seq + 1));
    }
}

pub async fn a_command_id_belongs_to_one_person_in_one_room<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let both = [command(1, "user:a", "c1", NOW_MS), command(2, "user:b", "c1", NOW_MS)];
    let group = [batch("rooma", 1, both.clone()), batch("roomb", 1, both)];
    assert_eq!(store.append(&group).await, [committed(2), committed(2)]);
}

pub async fn a_nul_character_is_a_constraint<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    assert_eq!(append(&store, batch("rooma", 1, [command(1, "user:a", "c\0", NOW_MS)])).await, CONSTRAINT);
    let payload = EventRow { payload: "\0".into(), ..event(1) };
    assert_eq!(append(&store, batch("rooma", 1, [payload])).await, CONSTRAINT);
}

pub async fn a_number_beyond_the_database_is_a_constraint<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let undoes = EventRow { undoes: Some(u64::MAX), ..event(1) };
    assert_eq!(append(&store, batch("rooma", 1, [undoes])).await, CONSTRAINT);
    let tick = RoomBatch { tick: u64::MAX, ..batch("rooma", 1, [event(1)]) };
    assert_eq!(append(&store, tick).await, CONSTRAINT);
}

pub async fn a_batch_without_events_stores_the_tick<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    append(&store, batch("rooma", 1, [event(1)])).await;
    let idle = RoomBatch { tick: 500, ..batch("rooma", 1, []) };
    assert_eq!(append(&store, idle).await, committed(1));
    let stored = store.room(&room("rooma")).await.unwrap().unwrap();
    assert_eq!((stored.last_seq, stored.last_tick), (1, 500));
}

pub async fn a_tick_never_goes_back<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    append(&store, RoomBatch { tick: 500, ..batch("rooma", 1, [event(1)]) }).await;
    append(&store, RoomBatch { tick: 499, ..batch("rooma", 1, [event(2)]) }).await;
    assert_eq!(store.room(&room("rooma")).await.unwrap().unwrap().last_tick, 500);
}

pub async fn a_batch_in_doubt_is_found_by_its_last_seq_and_epoch<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let written = batch("rooma", 1, [event(1), event(2)]);
    assert!(!store.holds(&written).await.unwrap());
    append(&store, written.clone()).await;
    assert!(store.holds(&written).await.unwrap());
    assert!(!store.holds(&batch("rooma", 1, [event(3)])).await.unwrap());
    // The same seqs, written by whoever took the room over, are not this batch.
    assert!(!store.holds(&batch("rooma", 2, [event(1), event(2)])).await.unwrap());
}

pub async fn hundreds_of_rooms_go_into_one_group<B: Backend>() {
    let (_backend, store) = store_with::<B>(&[]).await;
    let ids: Vec<String> = (0..300).map(|number| format!("room{number}")).collect();
    for id in &ids {
        store.create_room(new_room(id)).await.unwrap();
    }
    let group: Vec<RoomBatch> = ids.iter().map(|id| batch(id, 0, [event(1), event(2)])).collect();
    assert_eq!(store.append(&group).await, vec![committed(2); ids.len()]);
    for id in &ids {
        assert_eq!(store.last_seq(&room(id)).await.unwrap(), Some(2));
    }
}

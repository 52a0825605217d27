//! Places, members and settings: they ride in a room's batch, and share its fate.

use super::Backend;
use super::fixture::*;
use std::sync::Arc;
use thexr_store::{MemberRow, Outcome, PlaceRow, RefusedReason, RoomBatch, Store};
use thexr_wire::Role;

const CONSTRAINT: Outcome = Outcome::Refused(RefusedReason::Constraint);

fn places(places: impl IntoIterator<Item = PlaceRow>) -> RoomBatch {
    RoomBatch { places: places.into_iter().collect(), ..batch("rooma", 1, []) }
}

fn members(members: impl IntoIterator<Item = MemberRow>) -> RoomBatch {
    RoomBatch { members: members.into_iter().collect(), ..batch("rooma", 1, []) }
}

fn settings(text: &str) -> RoomBatch {
    RoomBatch { settings: Some(text.into()), ..batch("rooma", 1, []) }
}

/// A batch that changes everything there is about people.
fn about_all(id: &str, epoch: i64) -> RoomBatch {
    RoomBatch {
        places: vec![place('u', "[9]", NOW_MS + 9)],
        members: vec![member('u', Role::Owner, "{\"n\":9}")],
        settings: Some("{\"n\":9}".into()),
        ..batch(id, epoch, [])
    }
}

type About = (Vec<PlaceRow>, Vec<MemberRow>, String);

async fn about(store: &Arc<dyn Store>, id: &str) -> About {
    let stored = store.load(&room(id), NOW_MS).await.unwrap().unwrap();
    (stored.last_poses, stored.members, stored.room.settings)
}

pub async fn the_newest_place_of_each_person_is_remembered<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    append(&store, places([place('u', "[1.0]", 10), place('v', "[2]", 11)])).await;
    append(&store, places([place('u', "[3]", 20), place('v', "[4]", 9)])).await;
    append(&store, places([])).await;
    assert_eq!(about(&store, "rooma").await.0, [place('u', "[3]", 20), place('v', "[2]", 11)]);
}

pub async fn a_place_older_than_the_stored_one_is_passed_over_within_one_group_too<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let twice = places([place('u', "[2]", 20), place('u', "[3]", 30)]);
    store.append(&[places([place('u', "[1]", 10)]), twice, places([place('u', "[0]", 5)])]).await;
    assert_eq!(about(&store, "rooma").await.0, [place('u', "[3]", 30)]);
}

pub async fn a_member_is_what_the_last_batch_said<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let first = [member('v', Role::Visitor, "{\"muted\":true}"), member('u', Role::Builder, "{}")];
    append(&store, members(first.clone())).await;
    assert_eq!(about(&store, "rooma").await.1, [first[1].clone(), first[0].clone()], "by id");
    let later =
        [members([member('u', Role::Owner, "{}")]), members([member('u', Role::Moderator, "{\"a\":1.0}")])];
    store.append(&later).await;
    let found = store.member(&room("rooma"), &user('u')).await.unwrap();
    assert_eq!(found, Some(member('u', Role::Moderator, "{\"a\":1.0}")));
    assert_eq!(store.member(&room("rooma"), &user('w')).await.unwrap(), None);
    assert_eq!(store.member(&room("nowhere"), &user('u')).await.unwrap(), None);
}

pub async fn a_visitor_without_a_mark_is_no_member<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let all = Role::ALL.into_iter().zip('a'..).map(|(role, letter)| member(letter, role, "{}"));
    append(&store, members(all)).await;
    let roles = about(&store, "rooma").await.1.into_iter().map(|member| member.role).collect::<Vec<_>>();
    assert_eq!(roles, Role::ALL[1..]);
    let plain = |letter| member(letter, Role::Visitor, "{}");
    let again = [members([plain('b'), plain('c')]), members([member('c', Role::Member, "{}")])];
    store.append(&again).await;
    assert_eq!(store.member(&room("rooma"), &user('b')).await.unwrap(), None);
    assert_eq!(
        store.member(&room("rooma"), &user('c')).await.unwrap(),
        Some(member('c', Role::Member, "{}"))
    );
}

pub async fn settings_are_replaced_as_a_whole<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    assert_eq!(about(&store, "rooma").await.2, "{}");
    store.append(&[settings("{\"a\":1}"), settings("{\"b\":2.0}"), batch("rooma", 1, [])]).await;
    assert_eq!(store.room(&room("rooma")).await.unwrap().unwrap().settings, "{\"b\":2.0}");
}

pub async fn people_and_settings_become_durable_with_the_events_beside_them<B: Backend>() {
    let (mut backend, store) = store_with::<B>(&["rooma"]).await;
    let all = RoomBatch { events: vec![event(1)], ..about_all("rooma", 1) };
    let gap = RoomBatch { events: vec![event(3)], ..about_all("rooma", 1) };
    assert_eq!(append(&store, gap).await, Outcome::Refused(RefusedReason::SeqConflict { stored_last: 0 }));
    assert_eq!(about(&store, "rooma").await, (Vec::new(), Vec::new(), "{}".into()));
    assert_eq!(append(&store, all.clone()).await, committed(1));
    store.close().await;
    let store = backend.open().await;
    assert_eq!(about(&store, "rooma").await, (all.places, all.members, all.settings.unwrap()));
}

pub async fn a_fenced_writer_changes_no_place_no_member_and_no_setting<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    append(&store, about_all("rooma", 1)).await;
    let before = about(&store, "rooma").await;
    store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap();
    let late = RoomBatch {
        places: vec![place('u', "[10]", NOW_MS + 10)],
        members: vec![member('u', Role::Visitor, "{}"), member('v', Role::Owner, "{}")],
        settings: Some("{}".into()),
        ..batch("rooma", 1, [])
    };
    assert_eq!(append(&store, late).await, Outcome::Refused(RefusedReason::Fenced));
    assert_eq!(about(&store, "rooma").await, before);
}

pub async fn a_batch_that_breaks_a_constraint_changes_nobody<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let twice = [command(1, "user:a", "c1", NOW_MS), command(2, "user:a", "c1", NOW_MS)];
    let broken = RoomBatch { events: twice.into(), ..about_all("rooma", 1) };
    assert_eq!(store.append(&[broken, about_all("roomb", 1)]).await, [CONSTRAINT, committed(0)]);
    assert_eq!(about(&store, "rooma").await, (Vec::new(), Vec::new(), "{}".into()));
    assert_eq!(about(&store, "roomb").await.1.len(), 1);
}

pub async fn people_of_one_room_are_not_those_of_another<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let other = RoomBatch {
        places: vec![place('u', "[1]", 1)],
        members: vec![member('u', Role::Visitor, "{}")],
        ..batch("roomb", 1, [])
    };
    store.append(&[about_all("rooma", 1), other]).await;
    let ours = about_all("rooma", 1);
    assert_eq!(about(&store, "rooma").await, (ours.places, ours.members, ours.settings.unwrap()));
    assert_eq!(about(&store, "roomb").await, (vec![place('u', "[1]", 1)], Vec::new(), "{}".into()));
}

pub async fn a_nul_character_about_people_is_a_constraint<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let bad = [places([place('u', "\0", 1)]), members([member('u', Role::Owner, "\0")]), settings("\0")];
    for batch in bad {
        assert_eq!(append(&store, batch).await, CONSTRAINT);
    }
}

pub async fn a_batch_of_people_in_a_deleted_room_hurts_no_other_room<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    store.delete_room(&room("rooma")).await.unwrap();
    let outcomes = store.append(&[about_all("rooma", 1), about_all("roomb", 1)]).await;
    assert_eq!(outcomes, [Outcome::Refused(RefusedReason::NoSuchRoom), committed(0)]);
    assert_eq!(about(&store, "roomb").await.0.len(), 1);
}

//! Saving and restoring under a name, automatic snapshots.

use crate::replica::Replica;
use crate::stage::{START_MS, Stage, avatar, entity, user};
use serde_json::{Value, json};
use thexr_room::template::Template;
use thexr_room::{Input, Inverse, Now, Outbox, SnapshotKind};
use thexr_wire::PeerId;

/// Between two savings or restores.
const COPY_INTERVAL_MS: i64 = 1_000;

fn inside() -> (Stage, PeerId) {
    let mut stage = Stage::new(Template::Blocks);
    let ada = stage.enter_thexr("ada");
    (stage, ada)
}

/// A restore and its answer, when the room may be restored again.
fn restore(stage: &mut Stage, peer: PeerId, name: &str) -> Result<Value, String> {
    stage.tick_after(COPY_INTERVAL_MS);
    let reference = stage.push(peer, "restore_snapshot", json!({"name": name}));
    stage.ticks(2);
    stage.answer(peer, &reference)
}

/// A save and its answer.
fn save(stage: &mut Stage, peer: PeerId, name: &str) -> Result<Value, String> {
    stage.call(peer, "save_snapshot", json!({"name": name}))
}

#[test]
fn a_saved_state_comes_back_and_people_stay() {
    let (mut stage, ada) = inside();
    let thing = stage.create(ada, json!({"color": "#FF0000"}));
    assert_eq!(save(&mut stage, ada, " before "), Ok(json!({"seq": 4})));
    let saved = stage.room.world().digest();
    stage
        .call(ada, "update_components", json!({"entity": thing, "components": {"color": "#00FF00"}}))
        .unwrap();
    let later = stage.create(ada, json!({}));
    assert!(restore(&mut stage, ada, "before").is_ok());
    assert_eq!(stage.room.world().digest(), saved);
    assert!(!stage.exists(&later) && stage.exists(&avatar("ada")));
    assert_eq!(stage.last_event().name, "snapshot_restored");
}

#[test]
fn initial_resets_the_room() {
    let (mut stage, ada) = inside();
    let first = stage.room.world().clone();
    for id in first.entities().keys().filter(|id| id.user().is_none()) {
        stage.call(ada, "delete_entity", json!({"entity": id})).unwrap();
    }
    assert_eq!(stage.room.world().entities().len(), 1);
    restore(&mut stage, ada, "initial").unwrap();
    assert_eq!(stage.room.world().digest(), first.digest());
}

#[test]
fn the_list_of_snapshots_says_name_kind_and_time() {
    let (mut stage, ada) = inside();
    save(&mut stage, ada, "party").unwrap();
    let saved_at = stage.now.at_ms;
    let list = stage.call(ada, "list_snapshots", json!({})).unwrap();
    let expected = json!({"snapshots": [
        {"name": "initial", "kind": "initial", "at": START_MS, "by": null, "changed": 0},
        {"name": "party", "kind": "named", "at": saved_at, "by": user("ada"), "changed": 0},
    ]});
    assert_eq!(list, expected);
    let eve = stage.enter_with("eve", json!({"mode": "observe"}));
    assert_eq!(stage.call(eve, "list_snapshots", json!({})), Ok(expected));
}

#[test]
fn names_that_cannot_be_saved_or_restored_say_why() {
    let (mut stage, ada) = inside();
    assert_eq!(save(&mut stage, ada, "initial"), Err("reserved_name".into()));
    assert_eq!(save(&mut stage, ada, &"x".repeat(10_000)), Err("name_too_long".into()));
    assert_eq!(restore(&mut stage, ada, "never saved"), Err("snapshot_not_found".into()));
    for n in 0..199 {
        save(&mut stage, ada, &format!("s{n}")).unwrap();
        stage.tick_after(COPY_INTERVAL_MS);
    }
    assert!(save(&mut stage, ada, "s199").is_ok());
    stage.tick_after(COPY_INTERVAL_MS);
    assert_eq!(save(&mut stage, ada, "s200"), Err("too_many_snapshots".into()));
    assert!(save(&mut stage, ada, "s0").is_ok(), "an old name may be saved anew");
}

#[test]
fn while_a_state_is_saved_or_brought_back_no_other_is() {
    for (first, second) in [("save_snapshot", "restore_snapshot"), ("restore_snapshot", "save_snapshot")] {
        let (mut stage, ada) = inside();
        let bob = stage.enter("bob");
        save(&mut stage, ada, "mine").unwrap();
        stage.tick_after(COPY_INTERVAL_MS);
        stage.keeps = false;
        let first = stage.push(ada, first, json!({"name": "mine"}));
        // In the same tick: the store has not been asked for anything yet.
        let second = stage.push(bob, second, json!({"name": "mine"}));
        stage.tick();
        assert_eq!(stage.answer(bob, &second), Err("room_busy".into()), "{first}");
    }
}

#[test]
fn a_state_the_store_does_not_find_is_an_error_and_changes_nothing() {
    let (mut stage, ada) = inside();
    let before = stage.room.world().clone();
    let reference = stage.push(ada, "restore_snapshot", json!({"name": "initial"}));
    // Before the stage's own answer comes the store's: nothing there.
    stage.room.tick(stage.now, &mut thexr_room::Outbox::default());
    stage.room.push(PeerId(0), Input::StateLoaded { request: 0, state: None }).unwrap();
    stage.tick();
    assert_eq!(stage.answer(ada, &reference), Err("snapshot_not_found".into()));
    assert_eq!(*stage.room.world(), before);
}

#[test]
fn rule_3_4_a_restore_is_told_as_a_new_state_in_a_new_incarnation() {
    let (mut stage, ada) = inside();
    let bob = stage.enter("bob");
    let mut replica = Replica::default();
    replica.apply(stage.hear(ada));
    let thing = stage.create(ada, json!({}));
    stage.hear(ada);
    stage.hear(bob);
    stage.push(ada, "restore_snapshot", json!({"name": "initial"}));
    stage.ticks(2);
    let heard = stage.hear(ada);
    let names: Vec<&str> = heard.iter().map(|heard| heard.name.as_str()).collect();
    assert_eq!(names, ["restate", "snapshot_chunk", "stoc", "reply"]);
    assert_eq!(heard[0].payload, json!({"incarnation": 2}));
    assert_eq!(stage.hear_names(bob), ["snapshot", "user_snapshot", "stoc"]);
    replica.apply(heard);
    assert_eq!(replica.world.digest(), stage.room.world().digest());
    assert!(!stage.exists(&thing));
    // Two people and ten boxes that can be pushed about.
    assert_eq!(replica.slots.len(), 12, "slots are told anew");
    assert_eq!((stage.room.incarnation(), stage.motion.incarnation), (2, 2));
}

#[test]
fn what_happens_in_the_tick_of_a_restore_is_in_the_new_state() {
    let (mut stage, ada) = inside();
    let mut replica = Replica::default();
    stage.push(ada, "restore_snapshot", json!({"name": "initial"}));
    stage.tick();
    stage.push(ada, "create_entity", json!({"entity": "later", "components": {}}));
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.tick();
    stage.call(ada, "create_entity", json!({"entity": "laterx", "components": {}})).unwrap();
    for peer in [ada, bob] {
        replica.apply(stage.hear(peer));
        assert_eq!(replica.world.digest(), stage.room.world().digest());
    }
    assert!(stage.exists(&entity("later")) && stage.exists(&entity("laterx")));
}

#[test]
fn a_restore_drops_what_hung_on_people_then_and_now() {
    let (mut stage, ada) = inside();
    let bob = stage.enter("bob");
    let held = stage.create(ada, json!({"parent": {"entity": avatar("bob")}, "position": [0, 0, 1]}));
    let worn = stage.create(ada, json!({"parent": {"entity": avatar("ada")}}));
    save(&mut stage, ada, "held").unwrap();
    stage.leave(bob);
    stage.tick();
    let hat = stage.create(ada, json!({"parent": {"entity": avatar("ada")}}));
    let lift = stage.create(ada, json!({}));
    let ride = json!({"entity": avatar("ada"), "components": {"parent": {"entity": lift}}});
    stage.call(ada, "update_components", ride).unwrap();
    restore(&mut stage, ada, "held").unwrap();
    assert!(!stage.exists(&hat) && !stage.exists(&lift));
    for id in [&held, &worn] {
        assert_eq!(stage.value(id, "parent"), Value::Null);
        assert!(stage.value(id, "position")[1].as_f64().unwrap() > 1.5, "where it was held");
    }
    assert_eq!(stage.value(&avatar("ada"), "parent"), Value::Null, "the lift is gone");
}

#[test]
fn a_restore_can_be_undone_by_loading_the_state_before_it() {
    let (mut stage, ada) = inside();
    stage.create(ada, json!({"n": 1}));
    let before = stage.room.world().clone();
    restore(&mut stage, ada, "initial").unwrap();
    assert_eq!(stage.last_event().inverse, Some(Inverse::Before));
    let kept = stage.snapshots.iter().find(|kept| kept.before == Some(stage.room.seq())).unwrap();
    assert!(kept.pinned && kept.seq + 1 == stage.room.seq());
    assert_eq!(kept.world.digest(), before.digest());
}

/// `[name, kind, by, changed]` of every state.
fn listed(stage: &mut Stage, peer: PeerId) -> Vec<Value> {
    let list = stage.call(peer, "list_snapshots", json!({})).unwrap();
    let row = |row: &Value| json!([row["name"], row["kind"], row["by"], row["changed"]]);
    list["snapshots"].as_array().unwrap().iter().map(row).collect()
}

// Rule 6.8
#[test]
fn the_list_says_how_much_a_restore_would_lose_and_what_the_last_one_replaced_comes_back() {
    let (mut stage, ada) = inside();
    let bob = stage.enter("bob");
    let thing = stage.create(ada, json!({"n": 1}));
    save(&mut stage, ada, "mine").unwrap();
    stage.call(bob, "update_components", json!({"entity": thing, "components": {"n": 2}})).unwrap();
    let later = stage.create(bob, json!({}));
    stage.call(bob, "say", json!({"text": "a word changes nothing"})).unwrap();
    let mine = json!(["mine", "named", user("ada"), 2]);
    assert_eq!(listed(&mut stage, ada)[1], mine);
    let replaced = stage.room.world().digest();
    restore(&mut stage, bob, "mine").unwrap();
    stage.ticks(2);
    assert!(!stage.exists(&later));
    let before = &listed(&mut stage, ada)[0];
    assert_eq!(
        before.as_array().unwrap()[..3],
        [json!("before_restore"), json!("before"), json!(user("bob"))]
    );
    assert_eq!(save(&mut stage, ada, "before_restore"), Err("reserved_name".into()));
    restore(&mut stage, ada, "before_restore").unwrap();
    assert_eq!(stage.room.world().digest(), replaced);
    assert!(stage.exists(&later));
}

#[test]
fn a_restart_after_a_restore_never_folds_a_load() {
    let (mut stage, ada) = inside();
    stage.create(ada, json!({"n": 1}));
    restore(&mut stage, ada, "initial").unwrap();
    stage.create(ada, json!({"n": 2}));
    let world = stage.room.world().to_text();
    stage.reopen();
    assert_eq!(stage.room.world().to_text(), world);
}

#[test]
fn a_restore_sent_twice_while_its_state_is_fetched_is_done_once() {
    let (mut stage, ada) = inside();
    let payload = json!({"id": "r1", "name": "initial"});
    let first = stage.push(ada, "restore_snapshot", payload.clone());
    let second = stage.push(ada, "restore_snapshot", payload);
    stage.ticks(2);
    let answer = stage.answer(ada, &first);
    assert!(answer.is_ok());
    assert_eq!(stage.answer(ada, &second), answer);
    assert_eq!(stage.events(), ["user_joined", "snapshot_restored"]);
}

#[test]
fn only_one_state_is_restored_at_a_time() {
    let (mut stage, ada) = inside();
    let first = stage.push(ada, "restore_snapshot", json!({"name": "initial"}));
    // The store takes more than a second: the stage's own answer would come with the next tick.
    let later = Now { tick: stage.now.tick + 40, at_ms: stage.now.at_ms + 2 * COPY_INTERVAL_MS };
    let mut out = Outbox::default();
    stage.room.tick(stage.now, &mut out);
    assert_eq!(out.loads.len(), 1);
    stage.now = later;
    assert_eq!(stage.call(ada, "restore_snapshot", json!({"name": "initial"})), Err("room_busy".into()));
    stage.room.push(PeerId(0), Input::StateLoaded { request: out.loads[0].request, state: None }).unwrap();
    stage.tick();
    assert_eq!(stage.answer(ada, &first), Err("snapshot_not_found".into()));
    assert!(restore(&mut stage, ada, "initial").is_ok(), "the next one may come");
}

#[test]
fn a_room_is_saved_and_restored_at_most_once_a_second_whoever_asks() {
    let (mut stage, ada) = inside();
    let bob = stage.enter("bob");
    let busy = || Err("room_busy".to_owned());
    save(&mut stage, ada, "a").unwrap();
    stage.tick_after(COPY_INTERVAL_MS - 150);
    assert_eq!(save(&mut stage, bob, "b"), busy());
    stage.push(ada, "restore_snapshot", json!({"name": "a"}));
    stage.ticks(4);
    assert!(save(&mut stage, bob, "b").is_ok());
    assert_eq!(stage.events().last(), Some(&"snapshot_saved"));
    assert_eq!(stage.call(bob, "restore_snapshot", json!({"name": "a"})), busy());
    assert_eq!(restore(&mut stage, bob, "a"), Ok(json!({"seq": stage.room.seq()})));
}

#[test]
fn what_is_saved_is_what_was_there_when_it_was_asked_for_and_the_fact_comes_when_it_is_stored() {
    let (mut stage, ada) = inside();
    stage.keeps = false;
    let thing = stage.create(ada, json!({"n": 1}));
    let first = stage.push(ada, "save_snapshot", json!({"id": "s1", "name": "mine"}));
    stage.tick();
    let again = stage.push(ada, "save_snapshot", json!({"id": "s1", "name": "mine"}));
    stage.call(ada, "update_components", json!({"entity": thing, "components": {"n": 2}})).unwrap();
    let state = stage.snapshots.pop().unwrap();
    assert_eq!(state.world.entity(&thing).unwrap().value("n"), Some(&json!(1)));
    assert!(!stage.events().contains(&"snapshot_saved"));
    let list = stage.call(ada, "list_snapshots", json!({})).unwrap();
    assert_eq!(list["snapshots"].as_array().unwrap().len(), 1, "not yet: {list}");
    stage.room.push(PeerId(0), Input::StateKept { number: state.number, kept: true }).unwrap();
    stage.tick();
    let answer = Ok(json!({"seq": stage.room.seq()}));
    assert_eq!((stage.answer(ada, &first), stage.answer(ada, &again)), (answer.clone(), answer));
    assert_eq!(stage.last_event().name, "snapshot_saved");
    assert_eq!(stage.last_event().command_id.as_deref(), Some("s1"));
}

#[test]
fn a_state_that_cannot_be_stored_is_not_saved_and_may_be_saved_again() {
    let (mut stage, ada) = inside();
    stage.keeps = false;
    let reference = stage.push(ada, "save_snapshot", json!({"name": "mine"}));
    stage.tick();
    let number = stage.snapshots.pop().unwrap().number;
    stage.room.push(PeerId(0), Input::StateKept { number, kept: false }).unwrap();
    stage.tick();
    assert_eq!(stage.answer(ada, &reference), Err("store_unavailable".into()));
    assert_eq!(restore(&mut stage, ada, "mine"), Err("snapshot_not_found".into()));
    stage.keeps = true;
    assert!(save(&mut stage, ada, "mine").is_ok());
}

#[test]
fn while_states_are_on_their_way_no_other_is_made() {
    let (mut stage, ada) = inside();
    let busy = || Err("room_busy".to_owned());
    stage.keeps = false;
    stage.push(ada, "restore_snapshot", json!({"name": "initial"}));
    stage.ticks(3);
    let numbers: Vec<u64> = stage.snapshots.iter().map(|state| state.number).collect();
    assert_eq!(numbers.len(), 2, "before and after");
    for kept in numbers {
        stage.tick_after(3 * COPY_INTERVAL_MS);
        assert_eq!(stage.call(ada, "save_snapshot", json!({"name": "mine"})), busy());
        assert_eq!(stage.call(ada, "restore_snapshot", json!({"name": "initial"})), busy());
        stage.room.push(PeerId(0), Input::StateKept { number: kept, kept: true }).unwrap();
        stage.tick();
    }
    stage.keeps = true;
    assert!(save(&mut stage, ada, "mine").is_ok());
    assert!(restore(&mut stage, ada, "mine").is_ok());
}

#[test]
fn a_snapshot_that_could_not_be_stored_is_taken_again() {
    let boot = thexr_room::Boot { seq: 2_000, snapshot_seq: 0, ..thexr_room::Boot::default() };
    let mut room = thexr_room::Room::open(boot);
    let mut tick = 0;
    let mut taken = |room: &mut thexr_room::Room| {
        let mut out = Outbox::default();
        tick += 1;
        room.tick(Now { tick, at_ms: 1 }, &mut out);
        out.snapshots.pop().map(|state| state.number)
    };
    for kept in [false, false, true] {
        let number = taken(&mut room).expect("the newest is old");
        assert_eq!(taken(&mut room), None, "one at a time");
        room.push(PeerId(0), Input::StateKept { number, kept }).unwrap();
    }
    assert_eq!(taken(&mut room), None);
}

#[test]
fn a_room_whose_states_take_all_their_space_is_not_saved_or_restored_and_goes_on() {
    let (mut stage, ada) = inside();
    save(&mut stage, ada, "a").unwrap();
    stage.tick_after(COPY_INTERVAL_MS);
    stage.room.set_states_full(true);
    assert_eq!(save(&mut stage, ada, "b"), Err("states_full".into()));
    assert_eq!(restore(&mut stage, ada, "a"), Err("states_full".into()));
    stage.create(ada, json!({}));
    stage.room.set_states_full(false);
    assert!(restore(&mut stage, ada, "a").is_ok());
}

#[test]
fn a_large_room_is_saved_and_restored_less_often() {
    let (mut stage, ada) = inside();
    let part = json!({"c": "x".repeat(60_000)});
    while stage.room.world().bytes() < 17 * 1024 * 1024 {
        stage.push(ada, "create_entity", json!({"components": part}));
        stage.tick_after(1_000);
    }
    save(&mut stage, ada, "a").unwrap();
    stage.tick_after(COPY_INTERVAL_MS);
    assert_eq!(save(&mut stage, ada, "b"), Err("room_busy".into()));
    stage.tick_after(COPY_INTERVAL_MS);
    assert!(save(&mut stage, ada, "b").is_ok());
    assert!(restore(&mut stage, ada, "a").is_ok());
    assert_eq!(restore(&mut stage, ada, "a"), Err("room_busy".into()));
}

#[test]
fn a_restore_whose_id_was_given_to_another_command_meanwhile_is_not_done() {
    let (mut stage, ada) = inside();
    let restore = stage.push(ada, "restore_snapshot", json!({"id": "r1", "name": "initial"}));
    let said = stage.push(ada, "say", json!({"id": "r1", "text": "hi"}));
    stage.ticks(2);
    let answer = stage.answer(ada, &said);
    assert!(answer.is_ok());
    assert_eq!(stage.answer(ada, &restore), answer);
    assert_eq!(stage.events(), ["user_joined", "message_said"]);
}

#[test]
fn a_saved_thing_with_every_component_it_may_have_is_restored_out_of_its_holders_hand() {
    let (mut stage, ada) = inside();
    let bob = stage.enter("bob");
    let mut components: serde_json::Map<String, Value> =
        (0..255).map(|n| (format!("c{n}"), json!(n))).collect();
    components.insert("parent".into(), json!({"entity": avatar("bob")}));
    let full = stage.create(ada, Value::Object(components));
    save(&mut stage, ada, "held").unwrap();
    stage.leave(bob);
    assert!(restore(&mut stage, ada, "held").is_ok());
    assert_eq!((stage.value(&full, "parent"), stage.value(&full, "c254")), (Value::Null, json!(254)));
}

#[test]
fn a_snapshot_is_taken_every_thousand_events() {
    let (mut stage, ada) = inside();
    for _ in 0..2_500 {
        stage.push(ada, "emote", json!({"emote": "wave"}));
        if stage.room.mailbox_depth() == 50 {
            stage.tick();
        }
    }
    let auto: Vec<u64> =
        stage.snapshots.iter().filter(|kept| kept.kind == SnapshotKind::Auto).map(|kept| kept.seq).collect();
    assert_eq!(auto.len(), 2);
    assert!(auto[0] >= 1_001 && auto[0] < 1_060 && auto[1] - auto[0] < 1_060, "{auto:?}");
    assert_eq!(stage.room.final_snapshot().map(|kept| kept.seq), Some(stage.room.seq()));
    assert!(stage.room.final_snapshot().is_none(), "nothing new since");
}

#[test]
fn a_room_is_saved_before_few_large_events_become_a_long_tail() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let large = |n: usize| -> Value {
        let text = |part: usize| (format!("c{part}"), json!("x".repeat(60_000 + n)));
        Value::Object((0..10).map(text).collect())
    };
    let id = stage.create(ada, large(0));
    for n in 0..30 {
        stage.call(ada, "update_components", json!({"entity": id, "components": large(n)})).unwrap();
        // Some seconds: so much at once would be more than one's share.
        stage.ticks(220);
    }
    let mut tail = 0;
    let kept: Vec<u64> = stage.snapshots.iter().map(|kept| kept.seq).collect();
    for event in &stage.journal {
        tail += json!(event.ops).to_string().len() + event.payload.to_string().len();
        assert!(tail < 5 * 1024 * 1024, "at {}", event.seq);
        if kept.contains(&event.seq) {
            tail = 0;
        }
    }
    assert!((3..=5).contains(&kept.len()), "{kept:?}");
    stage.reopen();
    assert_eq!(stage.value(&id, "c9"), json!("x".repeat(60_029)));
}

#[test]
fn a_room_that_starts_with_a_long_tail_is_saved_at_once() {
    let boot = |snapshot_seq| thexr_room::Boot { seq: 2_000, snapshot_seq, ..thexr_room::Boot::default() };
    let saved = |boot| {
        let mut outbox = thexr_room::Outbox::default();
        thexr_room::Room::open(boot).tick(thexr_room::Now { tick: 1, at_ms: 1 }, &mut outbox);
        outbox.snapshots.len()
    };
    assert_eq!((saved(boot(0)), saved(boot(1_999))), (1, 0));
    let heavy = |tail_bytes| thexr_room::Boot { tail_bytes, ..boot(1_995) };
    assert_eq!((saved(heavy(4 * 1024 * 1024 + 1)), saved(heavy(1024 * 1024))), (1, 0));
}

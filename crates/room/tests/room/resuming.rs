//! Taking up an earlier connection: the missed events, or a snapshot when there are too many.

use crate::replica::Replica;
use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::ResumeFrom;
use thexr_wire::PeerId;

/// A room with Ada's replica up to date and her connection lost.
fn lost() -> (Stage, PeerId, Replica) {
    let mut stage = Stage::empty();
    let bob = stage.enter("bob");
    let ada = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    let mut replica = Replica::default();
    replica.apply(stage.hear(ada));
    stage.lose(ada);
    stage.tick();
    (stage, bob, replica)
}

/// Ada resumes; returns the names of what she hears.
fn resume(stage: &mut Stage, replica: &mut Replica) -> Vec<String> {
    let seq = replica.seq;
    let ada = stage.resume("ada", seq);
    check(stage, replica, ada)
}

fn check(stage: &mut Stage, replica: &mut Replica, ada: PeerId) -> Vec<String> {
    stage.tick();
    let heard = stage.hear(ada);
    let names = heard.iter().map(|heard| heard.name.clone()).collect();
    assert_eq!(heard[0].payload["resumed"], json!(heard[1].name == "restate"));
    replica.apply(heard);
    assert_eq!(replica.world.digest(), stage.room.world().digest());
    assert_eq!(replica.seq, stage.room.seq());
    names
}

#[test]
fn rule_2_6_who_resumes_is_told_exactly_what_was_missed() {
    let (mut stage, bob, mut replica) = lost();
    stage.create(bob, json!({"n": 1}));
    stage.call(bob, "say", json!({"text": "hi"})).unwrap();
    let names = resume(&mut stage, &mut replica);
    assert_eq!(names, ["joined", "restate", "state_patch", "stoc", "stoc"]);
    assert_eq!(replica.events, [4, 5]);
}

#[test]
fn rule_2_6_who_missed_nothing_is_told_slots_and_places_only() {
    let (mut stage, _, mut replica) = lost();
    let ada = stage.resume("ada", replica.seq);
    stage.tick();
    let heard = stage.hear(ada);
    assert_eq!(heard.len(), 2);
    let restate = &heard[1].payload;
    assert_eq!(restate["slots"], json!({user("bob").as_str(): 0, user("ada").as_str(): 1}));
    assert!(restate["poses"][user("bob").as_str()]["head"].is_array());
    assert_eq!((restate["away"].clone(), restate["incarnation"].clone()), (json!([]), json!(1)));
    assert_eq!((&restate["index"], &restate["count"]), (&json!(0), &json!(1)));
    replica.apply(heard);
    assert_eq!(replica.world.digest(), stage.room.world().digest());
}

#[test]
fn rule_2_6_what_happens_in_the_tick_of_the_resume_is_told_once() {
    let (mut stage, bob, mut replica) = lost();
    stage.create(bob, json!({"n": 1}));
    stage.push(bob, "create_entity", json!({"components": {"n": 2}}));
    let ada = stage.resume("ada", replica.seq);
    stage.push(bob, "create_entity", json!({"components": {"n": 3}}));
    check(&mut stage, &mut replica, ada);
    assert_eq!(replica.events, [4, 5, 6]);
}

#[test]
fn rule_2_6_after_a_restart_the_stored_events_serve_as_well() {
    let (mut stage, bob, mut replica) = lost();
    stage.create(bob, json!({"n": 1}));
    stage.reopen();
    stage.tick();
    let bob = stage.enter("bob");
    stage.create(bob, json!({"n": 2}));
    let names = resume(&mut stage, &mut replica);
    assert_eq!(names, ["joined", "restate", "state_patch", "stoc", "stoc"]);
}

#[test]
fn rule_2_6_stored_and_recent_events_overlap_without_doubling() {
    let (mut stage, bob, mut replica) = lost();
    stage.create(bob, json!({"n": 1}));
    stage.reopen();
    let bob = stage.enter("bob");
    let seq = replica.seq;
    stage.create(bob, json!({"n": 2}));
    let ada = stage.resume("ada", seq);
    stage.push(bob, "create_entity", json!({"components": {"n": 3}}));
    check(&mut stage, &mut replica, ada);
    assert_eq!(replica.events.len(), 3);
}

#[test]
fn rule_2_6_a_gap_a_load_or_too_long_a_tail_brings_a_snapshot() {
    let snapshot = ["joined", "snapshot_chunk"];
    let (mut stage, bob, mut replica) = lost();
    stage.push(bob, "restore_snapshot", json!({"name": "initial"}));
    stage.ticks(2);
    assert_eq!(resume(&mut stage, &mut replica), snapshot, "a load in between");

    let (mut stage, bob, mut replica) = lost();
    stage.create(bob, json!({"n": 1}));
    stage.reopen();
    let from = ResumeFrom::new(replica.seq, Vec::new());
    let ada = stage.join_with("ada", json!({"dialect": "thexr.1"}), Some(from));
    assert_eq!(
        check(&mut stage, &mut replica, ada),
        ["joined", "snapshot_chunk", "away"],
        "the store had too many"
    );

    let (mut stage, bob, mut replica) = lost();
    let big = json!({"a": "x".repeat(60_000)});
    let thing = stage.create(bob, json!({}));
    for _ in 0..18 {
        stage.call(bob, "update_components", json!({"entity": thing, "components": big})).unwrap();
    }
    let mut told = resume(&mut stage, &mut replica);
    told.dedup();
    assert_eq!(told, snapshot, "more than 1 MiB");

    let (mut stage, bob, mut replica) = lost();
    let thing = stage.create(bob, json!({}));
    let op = json!({"op": "inc", "entity": thing, "components": {"n": 1}});
    for _ in 0..6 {
        stage.call(bob, "transact", json!({"ops": vec![op.clone(); 2_000]})).unwrap();
    }
    assert_eq!(resume(&mut stage, &mut replica), snapshot, "more than 10,000 ops");
}

#[test]
fn a_seq_of_the_future_brings_a_snapshot() {
    let (mut stage, _, _) = lost();
    for seq in [1_000, u64::MAX] {
        let ada = stage.resume("ada", seq);
        stage.tick();
        assert_eq!(stage.hear_only(ada, "joined")[0]["resumed"], false);
    }
}

#[test]
fn what_came_and_went_while_away_is_told_as_neither_and_what_was_there_before_is_deleted() {
    let (mut stage, bob, mut replica) = lost();
    let old = stage.create(bob, json!({"n": 0}));
    resume(&mut stage, &mut replica);
    let ada = stage.attached.keys().copied().max().unwrap();
    stage.lose(ada);
    stage.tick();
    let fleeting = stage.create(bob, json!({"n": 1}));
    stage.call(bob, "delete_entity", json!({"entity": fleeting})).unwrap();
    stage.call(bob, "delete_entity", json!({"entity": old})).unwrap();
    stage.call(bob, "create_entity", json!({"entity": old, "components": {"again": true}})).unwrap();
    stage.call(bob, "delete_entity", json!({"entity": old})).unwrap();
    resume(&mut stage, &mut replica);
    assert!(replica.world.entity(&old).is_none());
}

#[test]
fn who_left_meanwhile_is_deleted_and_who_is_away_is_named() {
    let (mut stage, bob, mut replica) = lost();
    let cyd = stage.enter_thexr("cyd");
    stage.lose(cyd);
    stage.leave(bob);
    stage.tick();
    let ada = stage.resume("ada", replica.seq);
    stage.tick();
    let heard = stage.hear(ada);
    assert_eq!(heard[1].payload["away"], json!([user("cyd")]));
    replica.apply(heard);
    assert!(replica.world.entity(&avatar("bob")).is_none());
    assert_eq!(replica.world.digest(), stage.room.world().digest());
}

#[test]
fn a_json_client_that_asks_to_resume_gets_its_snapshot() {
    let (mut stage, _, _) = lost();
    let from = ResumeFrom::new(stage.room.seq(), Vec::new());
    let dan = stage.join_with("dan", json!({}), Some(from));
    stage.tick();
    let names = stage.hear_names(dan);
    assert_eq!(names, ["joined", "presence_state", "snapshot", "user_snapshot", "stoc"]);
}

#[test]
fn an_old_connection_not_yet_lost_gives_way_to_the_one_that_resumes() {
    let mut stage = Stage::empty();
    let old = stage.enter_thexr("ada");
    let new = stage.resume("ada", stage.room.seq());
    stage.tick();
    assert_eq!(stage.hear_only(new, "joined")[0]["driver"], Value::Bool(true));
    stage.hear(new);
    stage.lose(old);
    stage.tick_after(40_000);
    assert_eq!(stage.events(), ["user_joined"]);
    assert_eq!(stage.hear(new), []);
}

#[test]
fn rule_2_6_where_everyone_is_comes_in_parts_that_add_up_to_everyone() {
    let mut stage = Stage::empty();
    let peers: Vec<_> = (0..100).map(|n| stage.enter_thexr(&format!("p{n:02}"))).collect();
    let seq = stage.room.seq();
    stage.lose(peers[7]);
    stage.lose(peers[8]);
    stage.tick();
    let back = stage.resume("p07", seq);
    stage.tick();
    let heard = stage.hear(back);
    let parts: Vec<_> =
        heard.iter().filter(|heard| heard.name == "restate").map(|heard| &heard.payload).collect();
    assert_eq!(parts.iter().map(|part| part["index"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(parts.iter().all(|part| part["count"] == 3));
    let count = |name: &str| parts.iter().map(|part| part[name].as_object().unwrap().len()).sum::<usize>();
    assert_eq!((count("slots"), count("poses")), (100, 100));
    let away: Vec<_> = parts.iter().flat_map(|part| part["away"].as_array().unwrap()).collect();
    assert_eq!(away, [&json!(user("p08").as_str())]);
}

#[test]
fn who_resumes_hears_of_the_facts_that_were_for_others_only_that_they_were() {
    for restarted in [false, true] {
        let (mut stage, bob, mut replica) = lost();
        let ada = user("ada");
        stage.call(bob, "say", json!({"text": "to myself", "to": {"users": []}})).unwrap();
        stage.call(bob, "say", json!({"text": "to Ada", "to": {"users": [ada]}})).unwrap();
        stage.create(bob, json!({"n": 1}));
        stage.call(bob, "event", json!({"event_name": "psst", "to": {"role": "owner"}})).unwrap();
        let from = replica.seq;
        let ada = if restarted {
            // What a store has instead of what a room remembers.
            let tail = stage.journal.iter().filter(|event| event.seq > from).cloned();
            let tail = tail.map(std::sync::Arc::new).collect();
            stage.join_with("ada", json!({"dialect": "thexr.1"}), Some(ResumeFrom::new(from, tail)))
        } else {
            stage.resume("ada", from)
        };
        let names = check(&mut stage, &mut replica, ada);
        assert_eq!(names, ["joined", "restate", "state_patch", "unheard", "stoc", "stoc", "unheard"]);
        assert_eq!(replica.events, [from + 2, from + 3]);
    }
}

//! Sitting: one at a time, near enough, and a seat is free again whatever ends it.

use crate::stage::{Stage, avatar, entity, user};
use serde_json::{Value, json};
use thexr_wire::limits::TICK_EVENTS_MAX;
use thexr_wire::{EntityId, PeerId};

/// A room with someone in it and a chair before them.
fn with_a_chair() -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let chair = seat(&mut stage, ada, 1.0);
    (stage, ada, chair)
}

/// A seat so many metres before someone.
fn seat(stage: &mut Stage, ada: PeerId, metres: f64) -> EntityId {
    let head = value(stage, &avatar("ada"), "pose")["head"].clone();
    let at = |axis: usize| head[axis].as_f64().unwrap();
    stage.create(ada, json!({"seat": true, "position": [at(0), 0.4, at(2) + metres]}))
}

fn value(stage: &Stage, id: &EntityId, name: &str) -> Value {
    stage.room.world().entity(id).and_then(|entity| entity.value(name)).cloned().unwrap_or_default()
}

/// Who sits on a chair, as the chair and as the person say it.
fn sits(stage: &Stage, name: &str, chair: &EntityId) -> bool {
    let taken = value(stage, chair, "occupied_by") == json!(user(name));
    assert_eq!(taken, value(stage, chair, "occupied") == json!(true));
    assert_eq!(taken, value(stage, &avatar(name), "sitting_on") == json!(chair), "both say the same");
    taken
}

fn sit(stage: &mut Stage, peer: PeerId, chair: &EntityId) -> Result<Value, String> {
    stage.call(peer, "sit", json!({"entity": chair}))
}

// Rule 3.10
#[test]
fn one_sits_down_and_stands_up_and_both_are_told_as_facts() {
    let (mut stage, ada, chair) = with_a_chair();
    sit(&mut stage, ada, &chair).unwrap();
    assert!(sits(&stage, "ada", &chair));
    assert_eq!(sit(&mut stage, ada, &chair).unwrap_err(), "sitting");
    stage.call(ada, "stand", json!({})).unwrap();
    assert!(!sits(&stage, "ada", &chair));
    assert_eq!(stage.call(ada, "stand", json!({})).unwrap_err(), "not_sitting");
    let names: Vec<&str> = stage.journal.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names[names.len() - 2..], ["user_sat", "user_stood"]);
}

// Rule 3.10
#[test]
fn who_went_from_seat_to_seat_and_leaves_frees_the_last_whatever_the_seats_are_called() {
    for ids in [["aaaaa", "zzzzz"], ["zzzzz", "aaaaa"]] {
        let (mut stage, ada, _) = with_a_chair();
        let head = value(&stage, &avatar("ada"), "pose")["head"].clone();
        let at = json!([head[0], 0.4, head[2]]);
        let seats = ids.map(|id| {
            let made = json!({"entity": id, "components": {"seat": {}, "position": at}});
            stage.call(ada, "create_entity", made).unwrap();
            entity(id)
        });
        seats.iter().for_each(|seat| drop(sit(&mut stage, ada, seat).unwrap()));
        stage.leave(ada);
        stage.ticks(3);
        for seat in &seats {
            assert_eq!(value(&stage, seat, "occupied_by"), Value::Null, "{ids:?}: {seat}");
        }
    }
}

#[test]
fn of_many_who_sit_at_once_one_wins_and_the_others_are_told() {
    let (mut stage, ada, chair) = with_a_chair();
    let others: Vec<PeerId> = (0..40).map(|n| stage.enter(&format!("p{n:02}x"))).collect();
    stage.hear(ada);
    for peer in &others {
        stage.push(*peer, "sit", json!({"entity": chair}));
    }
    stage.tick();
    let answers: Vec<Value> = others
        .iter()
        .flat_map(|peer| stage.hear_only(*peer, "reply"))
        .map(|reply| reply[2]["reason"].clone())
        .collect();
    let won = answers.iter().filter(|reason| reason.is_null()).count();
    let refused = answers.iter().filter(|reason| **reason == "seat_taken").count();
    assert_eq!((won, refused), (1, others.len() - 1), "{answers:?}");
}

#[test]
fn who_changes_seats_leaves_the_first_one() {
    let (mut stage, ada, chair) = with_a_chair();
    let stool = seat(&mut stage, ada, -1.0);
    sit(&mut stage, ada, &chair).unwrap();
    sit(&mut stage, ada, &stool).unwrap();
    assert!(!value(&stage, &chair, "occupied").is_boolean());
    assert!(sits(&stage, "ada", &stool));
}

#[test]
fn what_is_no_seat_or_too_far_is_refused() {
    let (mut stage, ada, _) = with_a_chair();
    let stone = stage.create(ada, json!({"shape": {"kind": "box"}}));
    let far = seat(&mut stage, ada, 30.0);
    let parent = json!({"entity": far});
    let hung = stage.create(ada, json!({"seat": true, "position": [0, 0, -30], "parent": parent}));
    assert_eq!(sit(&mut stage, ada, &stone).unwrap_err(), "not_a_seat");
    assert_eq!(sit(&mut stage, ada, &far).unwrap_err(), "too_far");
    sit(&mut stage, ada, &hung).unwrap();
    assert_eq!(stage.call(ada, "sit", json!({"entity": "nowhere"})).unwrap_err(), "unknown_entity");
    assert_eq!(stage.call(ada, "sit", json!({})).unwrap_err(), "bad_payload");
}

#[test]
fn a_seat_is_free_again_when_its_sitter_leaves_and_a_sitter_stands_when_the_seat_is_gone() {
    let (mut stage, ada, chair) = with_a_chair();
    let bob = stage.enter("bob");
    sit(&mut stage, bob, &chair).unwrap();
    stage.leave(bob);
    stage.tick();
    assert_eq!(value(&stage, &chair, "occupied_by"), Value::Null);
    sit(&mut stage, ada, &chair).unwrap();
    stage.call(ada, "remove_components", json!({"entity": chair, "names": ["seat"]})).unwrap();
    stage.tick();
    assert!(!sits(&stage, "ada", &chair));
    stage.call(ada, "update_components", json!({"entity": chair, "components": {"seat": true}})).unwrap();
    sit(&mut stage, ada, &chair).unwrap();
    stage.call(ada, "delete_entity", json!({"entity": chair})).unwrap();
    stage.tick();
    assert_eq!(value(&stage, &avatar("ada"), "sitting_on"), Value::Null);
}

#[test]
fn who_is_away_keeps_the_seat_for_the_grace_also_over_a_restart() {
    let (mut stage, _, chair) = with_a_chair();
    let bob = stage.enter_thexr("bob");
    sit(&mut stage, bob, &chair).unwrap();
    stage.lose(bob);
    stage.tick();
    assert!(sits(&stage, "bob", &chair));
    stage.reopen();
    stage.tick();
    assert!(sits(&stage, "bob", &chair));
}

#[test]
fn nobody_writes_by_hand_who_sits_where() {
    let (mut stage, ada, chair) = with_a_chair();
    let forged = json!({"entity": chair, "components": {"occupied_by": user("bob")}});
    assert_eq!(stage.call(ada, "update_components", forged).unwrap_err(), "server_only");
    let forged = json!({"entity": avatar("ada"), "components": {"sitting_on": chair}});
    assert_eq!(stage.call(ada, "update_components", forged).unwrap_err(), "server_only");
}

#[test]
fn a_sitter_stands_also_when_the_tick_in_which_the_seat_went_had_no_room_for_that_fact() {
    let (mut stage, ada, chair) = with_a_chair();
    let bob = stage.enter("bob");
    sit(&mut stage, bob, &chair).unwrap();
    let before = stage.journal.len();
    stage.push(ada, "delete_entity", json!({"entity": chair}));
    for _ in 0..2 * TICK_EVENTS_MAX {
        stage.push(ada, "emote", json!({"emote": "x"}));
    }
    stage.tick();
    assert!(stage.journal.len() - before >= TICK_EVENTS_MAX, "the tick was full");
    assert_eq!(value(&stage, &avatar("bob"), "sitting_on"), json!(chair), "so it had to wait");
    while stage.room.mailbox_depth() > 0 {
        stage.tick();
    }
    stage.tick();
    assert_eq!(value(&stage, &avatar("bob"), "sitting_on"), Value::Null);
}

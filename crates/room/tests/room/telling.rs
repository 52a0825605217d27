//! What a tick tells and in which order.

use crate::replica::Replica;
use crate::stage::{Heard, Stage};
use serde_json::{Value, json};

fn ops(patch: &Value) -> Vec<String> {
    patch["ops"].as_array().unwrap().iter().map(|op| op["op"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn rule_3_2_a_tick_tells_patch_then_events_then_replies() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let bob = stage.enter("bob");
    stage.hear(ada);
    stage.push(ada, "say", json!({"text": "hi"}));
    stage.push(ada, "create_entity", json!({"components": {"color": "#FF0000"}}));
    stage.push(bob, "emote", json!({"emote": "wave"}));
    stage.tick();
    let heard = stage.hear(ada);
    let names: Vec<&str> = heard.iter().map(|heard| heard.name.as_str()).collect();
    assert_eq!(names, ["state_patch", "stoc", "stoc", "stoc", "reply", "reply"]);
    let events: Vec<&Value> = heard[1..4].iter().map(|heard| &heard.payload["event"]).collect();
    assert_eq!(events, ["message_said", "entity_created", "emoted"]);
    assert_eq!(heard[0].payload["runs"], json!([[5, 1]]));
    assert_eq!(heard[0].payload["seq"], 6);
    assert_eq!(stage.hear_names(bob), ["state_patch", "stoc", "stoc", "stoc", "reply"]);
}

#[test]
fn rule_3_2_an_event_says_what_who_when_and_its_seq() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.push(ada, "emote", json!({"emote": "wave"}));
    stage.tick();
    let event = stage.hear_only(ada, "stoc").remove(0);
    let actor = format!("user:{}", crate::stage::user("ada"));
    let payload = json!({"user_id": crate::stage::user("ada"), "emote": "wave"});
    let expected =
        json!({"event": "emoted", "payload": payload, "seq": 3, "at": stage.now.at_ms, "actor": actor});
    assert_eq!(event, expected);
}

#[test]
fn rule_3_2_created_and_deleted_within_a_tick_is_told_as_neither() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.push(ada, "create_entity", json!({"entity": "gone5", "components": {"color": "#FF0000"}}));
    stage.push(ada, "update_components", json!({"entity": "gone5", "components": {"color": "#00FF00"}}));
    stage.push(ada, "create_entity", json!({"entity": "stays", "components": {}}));
    stage.push(ada, "delete_entity", json!({"entity": "gone5"}));
    stage.tick();
    let patch = &stage.hear_only(ada, "state_patch")[0];
    assert_eq!(ops(patch), ["create"]);
    assert_eq!((patch["runs"].clone(), patch["seq"].clone()), (json!([[5, 1]]), json!(6)));
    stage.push(ada, "create_entity", json!({"entity": "gone5", "components": {}}));
    stage.push(ada, "delete_entity", json!({"entity": "gone5"}));
    stage.tick();
    assert_eq!(stage.hear_names(ada), ["stoc", "stoc", "reply", "reply"], "no patch at all");
}

#[test]
fn an_entity_that_was_there_before_is_deleted_for_everyone_whatever_happened_in_between() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.push(ada, "create_entity", json!({"entity": "thing", "components": {"color": "#FF0000"}}));
    stage.tick();
    let mut replica = Replica::default();
    replica.apply(stage.hear(bob));
    for (name, payload) in [
        ("delete_entity", json!({"entity": "thing"})),
        ("create_entity", json!({"entity": "thing", "components": {}})),
        ("delete_entity", json!({"entity": "thing"})),
    ] {
        stage.push(ada, name, payload);
    }
    stage.tick();
    replica.apply(stage.hear(bob));
    assert_eq!(replica.world.digest(), stage.room.world().digest());
}

#[test]
fn rule_3_5_after_ok_the_entity_is_there() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let reference = stage.push(ada, "create_entity", json!({"components": {"color": "#FF0000"}}));
    stage.tick();
    let heard = stage.hear(ada);
    let reply = heard.iter().position(|heard| heard.name == "reply").unwrap();
    let id = heard[reply].payload[2]["entity"].clone();
    assert_eq!(heard[reply].payload[0], reference);
    let patch = heard[..reply].iter().find(|heard| heard.name == "state_patch").unwrap();
    assert_eq!(patch.payload["ops"][0]["entity"], id);
}

// Rule 5.1
#[test]
fn a_shout_is_for_everyone_as_it_came_and_is_not_stored() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let bob = stage.enter_thexr("bob");
    stage.hear(ada);
    let shout = json!({"id": 5, "text": "<b>hey</b>", "deep": [1, {"a": null}]});
    assert_eq!(stage.call(ada, "shout", shout.clone()), Ok(json!({})));
    let expected = [Heard { name: "shout".into(), payload: shout }];
    assert_eq!(stage.hear(ada), expected);
    assert_eq!(stage.hear(bob), expected);
    assert_eq!(stage.events(), ["user_joined", "user_joined"]);
    let large = json!({"text": "x".repeat(70_000)});
    assert_eq!(stage.call(ada, "shout", large), Err("payload_too_large".into()));
}

#[test]
fn a_tick_without_anything_new_says_nothing() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.ticks(50);
    assert_eq!(stage.hear(ada), []);
}

#[test]
fn nothing_is_told_to_who_has_gone() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.push(ada, "say", json!({"text": "bye"}));
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.hear(ada), []);
    assert_eq!(stage.events(), ["user_joined", "message_said", "user_left"], "what was said is said");
}

#[test]
fn every_told_message_depends_on_a_seq_the_journal_has() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    for n in 0..30 {
        stage.push(ada, "create_entity", json!({"components": {"n": n}}));
        stage.tick();
        assert_eq!(stage.room.seq(), stage.last_event().seq);
    }
    let seqs: Vec<u64> = stage.journal.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=32).collect::<Vec<u64>>(), "no gaps");
}

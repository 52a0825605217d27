//! Things that move have slots as people have: told when they begin to, to newcomers, and to those who resume.

use crate::stage::Stage;
use serde_json::{Value, json};
use thexr_wire::EntityId;

fn patches(stage: &mut Stage, peer: thexr_wire::PeerId) -> Vec<Value> {
    stage.hear_only(peer, "state_patch").into_iter().map(|patch| patch["slots"].clone()).collect()
}

/// The slot that a chunk's row tells of an entity.
fn row_slot(stage: &mut Stage, peer: thexr_wire::PeerId, id: &EntityId) -> Value {
    let chunks = stage.hear_only(peer, "snapshot_chunk");
    let rows = chunks.iter().flat_map(|chunk| chunk["entities"].as_array().unwrap());
    rows.into_iter().find(|row| row["id"] == json!(id)).unwrap()["slot"].clone()
}

#[test]
fn a_body_has_a_slot_for_as_long_as_it_moves() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.hear(ada);
    let ball = stage.create(ada, json!({"body": {"motion": "dynamic"}}));
    assert_eq!(patches(&mut stage, ada), [json!({ball.as_str(): 1})], "people and things share the numbers");
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(row_slot(&mut stage, bob, &ball), json!(1));
    let fixed = json!({"entity": ball, "components": {"body": {"motion": "static"}}});
    stage.hear(ada);
    stage.call(ada, "update_components", fixed).unwrap();
    assert_eq!(patches(&mut stage, ada), [json!({ball.as_str(): null})]);
    let cid = stage.join("cid", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(row_slot(&mut stage, cid, &ball), Value::Null);
    let table = stage.create(ada, json!({"shape": {"kind": "box"}}));
    assert_eq!(patches(&mut stage, ada).last(), Some(&Value::Null), "{table} never moves");
}

#[test]
fn who_resumes_is_told_the_slots_of_things_and_who_restores_gets_new_ones() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let ball = stage.create(ada, json!({"body": {"motion": "kinematic"}}));
    let seq = stage.room.seq();
    stage.lose(ada);
    stage.tick();
    let ada = stage.resume("ada", seq);
    stage.tick();
    let restate = stage.hear_only(ada, "restate");
    assert_eq!(restate[0]["slots"][ball.as_str()], json!(1));
    stage.call(ada, "save_snapshot", json!({"name": "with it"})).unwrap();
    stage.call(ada, "delete_entity", json!({"entity": ball})).unwrap();
    stage.tick_after(1_000);
    stage.hear(ada);
    stage.push(ada, "restore_snapshot", json!({"name": "with it"}));
    stage.ticks(2);
    assert_eq!(row_slot(&mut stage, ada, &ball), json!(2), "the old one rests");
}

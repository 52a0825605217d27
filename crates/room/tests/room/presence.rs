//! Presence for json clients: one merged diff per tick, no ghosts, refs that never repeat.

use crate::stage::{Stage, user};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn people(map: &Value) -> Vec<String> {
    map.as_object().unwrap().keys().map(|id| id.trim_end_matches('0').to_owned()).collect()
}

fn metas(map: &Value, name: &str) -> usize {
    map[user(name).as_str()]["metas"].as_array().map_or(0, Vec::len)
}

#[test]
fn rule_3_8_joins_of_one_tick_are_one_diff() {
    let mut stage = Stage::empty();
    let eve = stage.enter_with("eve", json!({"mode": "observe"}));
    stage.join("ada", json!({}));
    stage.join("ada", json!({}));
    stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.tick();
    let diffs = stage.hear_only(eve, "presence_diff");
    assert_eq!(diffs.len(), 1);
    assert_eq!(people(&diffs[0]["joins"]), ["ada", "bob"]);
    assert_eq!(metas(&diffs[0]["joins"], "ada"), 2, "one meta per connection");
    assert_eq!(diffs[0]["leaves"], json!({}));
}

#[test]
fn rule_3_8_thexr_clients_hear_no_presence() {
    let mut stage = Stage::empty();
    let ada = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    stage.enter("bob");
    assert!(!stage.hear_names(ada).iter().any(|name| name.starts_with("presence")));
}

#[test]
fn join_and_leave_within_one_tick_leave_no_ghost() {
    let mut stage = Stage::empty();
    let eve = stage.enter_with("eve", json!({"mode": "observe"}));
    let ada = stage.join("ada", json!({}));
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.hear(eve), []);
    assert_eq!(stage.room.peer_count(), 1);
    assert!(stage.events().is_empty());
}

#[test]
fn a_presence_state_is_everyone_inside_and_later_diffs_fit_it() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.enter_with("eve", json!({"mode": "observe"}));
    let bob = stage.join("bob", json!({}));
    stage.tick();
    let state = stage.hear_only(bob, "presence_state").remove(0);
    assert_eq!(people(&state), ["ada", "bob"], "observers are not inside");
    stage.leave(ada);
    stage.tick();
    let diff = stage.hear_only(bob, "presence_diff").remove(0);
    let id = user("ada");
    assert_eq!(diff["leaves"][id.as_str()], state[id.as_str()], "the same ref goes that came");
}

#[test]
fn one_of_two_tabs_closing_is_one_meta_less() {
    let mut stage = Stage::empty();
    let eve = stage.enter_with("eve", json!({"mode": "observe"}));
    let first = stage.enter("ada");
    stage.enter("ada");
    stage.hear(eve);
    stage.lose(first);
    stage.tick();
    let diff = stage.hear_only(eve, "presence_diff").remove(0);
    assert_eq!((metas(&diff["leaves"], "ada"), diff["joins"].clone()), (1, json!({})));
    assert_eq!(stage.room.people_inside(), 1);
}

#[test]
fn a_lost_thexr_connection_takes_its_meta_at_once() {
    let mut stage = Stage::empty();
    let eve = stage.enter_with("eve", json!({"mode": "observe"}));
    let ada = stage.enter_thexr("ada");
    stage.hear(eve);
    stage.lose(ada);
    stage.tick();
    assert_eq!(people(&stage.hear_only(eve, "presence_diff")[0]["leaves"]), ["ada"]);
    let bob = stage.join("bob", json!({}));
    stage.tick();
    assert_eq!(people(&stage.hear_only(bob, "presence_state")[0]), ["bob"]);
}

#[test]
fn a_phx_ref_is_never_used_again_not_even_after_a_restart() {
    let mut stage = Stage::empty();
    let mut refs = BTreeSet::new();
    for round in 0..6 {
        let peer = stage.join("ada", json!({}));
        stage.tick();
        let state = stage.hear_only(peer, "presence_state").remove(0);
        let reference = state[user("ada").as_str()]["metas"][0]["phx_ref"].as_str().unwrap().to_owned();
        assert!(refs.insert(reference));
        stage.leave(peer);
        stage.tick();
        if round == 2 {
            stage.reopen();
        }
    }
}

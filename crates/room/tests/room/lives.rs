//! `ttl` and `keep_while`: what ends by itself.

use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_room::{Actor, StoreState};

#[test]
fn a_thing_with_ttl_ends_when_its_time_is_over_also_after_a_restart() {
    for restart in [false, true] {
        let mut stage = Stage::empty();
        let ada = stage.enter("ada");
        let bullet = stage.create(ada, json!({"ttl": 2_000}));
        stage.tick_after(1_000);
        if restart {
            stage.reopen();
        }
        stage.tick_after(950);
        assert!(stage.exists(&bullet));
        stage.tick();
        assert!(!stage.exists(&bullet));
        assert_eq!(
            (stage.last_event().name.as_str(), &stage.last_event().actor),
            ("entity_deleted", &Actor::Server)
        );
    }
}

#[test]
fn setting_ttl_again_prolongs_a_life_and_removing_it_makes_it_endless() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let (again, endless) =
        (stage.create(ada, json!({"ttl": 1_000})), stage.create(ada, json!({"ttl": 1_000})));
    stage.call(ada, "remove_components", json!({"entity": endless, "names": ["ttl"]})).unwrap();
    stage.tick_after(700);
    stage.call(ada, "update_components", json!({"entity": again, "components": {"ttl": 1_000}})).unwrap();
    stage.tick_after(950);
    assert!(stage.exists(&again));
    stage.tick_after(100);
    assert!(!stage.exists(&again) && stage.exists(&endless));
}

#[test]
fn what_is_kept_ends_with_its_keeper_link_by_link() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let tower = stage.create(ada, json!({"ttl": 500}));
    let guard = stage.create(ada, json!({"keep_while": tower}));
    let dog = stage.create(ada, json!({"keep_while": guard}));
    let flea = stage.create(ada, json!({"parent": {"entity": dog}}));
    let bite = stage.create(ada, json!({"keep_while": flea}));
    stage.tick_after(500);
    assert!([&tower, &guard, &dog, &flea, &bite].iter().all(|id| !stage.exists(id)));
}

#[test]
fn a_circle_of_keepers_ends_without_looping() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let a = stage.create(ada, json!({}));
    let b = stage.create(ada, json!({"keep_while": a}));
    stage.call(ada, "update_components", json!({"entity": a, "components": {"keep_while": b}})).unwrap();
    stage.call(ada, "delete_entity", json!({"entity": a})).unwrap();
    assert!(!stage.exists(&a) && !stage.exists(&b));
}

#[test]
fn tools_of_a_person_end_when_the_person_leaves() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let bob = stage.enter("bob");
    let tool = stage.create(ada, json!({"keep_while": avatar("ada")}));
    stage.leave(ada);
    stage.tick();
    assert!(!stage.exists(&tool));
    let told = stage.hear_only(bob, "stoc");
    let names: Vec<&Value> = told.iter().map(|event| &event["event"]).collect();
    assert_eq!(names[names.len() - 2..], ["user_left", "entity_deleted"]);
}

#[test]
fn a_keeper_that_went_while_the_store_was_away_is_noticed_when_it_is_back() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.enter("bob");
    let tool = stage.create(ada, json!({"keep_while": avatar("ada")}));
    stage.store(StoreState::Unavailable);
    stage.leave(ada);
    stage.ticks(3);
    assert!(stage.exists(&tool), "ends wait for the store");
    stage.store(StoreState::Fine);
    stage.tick();
    assert!(!stage.exists(&tool));
}

#[test]
fn a_keeper_that_is_not_there_after_a_restore_takes_what_it_kept() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let bob = stage.enter("bob");
    let tool = stage.create(ada, json!({"keep_while": avatar("bob")}));
    stage.call(ada, "save_snapshot", json!({"name": "with bob"})).unwrap();
    stage.leave(bob);
    stage.tick_after(1_000);
    assert!(!stage.exists(&tool));
    stage.push(ada, "restore_snapshot", json!({"name": "with bob"}));
    stage.ticks(2);
    assert!(!stage.exists(&tool));
}

#[test]
fn people_do_not_end_by_ttl() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage
        .call(ada, "update_components", json!({"entity": avatar("ada"), "components": {"ttl": 100}}))
        .unwrap();
    stage.tick_after(1_000);
    assert!(stage.exists(&avatar("ada")));
}

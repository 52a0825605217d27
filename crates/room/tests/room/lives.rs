//! `ttl` and `keep_while`: what ends by itself.

use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_room::{Actor, StoreState};
use thexr_wire::PeerId;
use thexr_wire::limits::EVENT_OPS_MAX;

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

/// Things made by the operator, whom no budget holds up.
fn make(stage: &mut Stage, count: usize, components: impl Fn(usize) -> Value) {
    for first in (0..count).step_by(EVENT_OPS_MAX) {
        let create = |n| json!({"op": "create", "entity": format!("end{n:06}"), "components": components(n)});
        let ops: Vec<Value> = (first..count.min(first + EVENT_OPS_MAX)).map(create).collect();
        stage.act(Actor::Operator, "transact", json!({"ops": ops})).unwrap();
    }
}

fn left(stage: &Stage) -> usize {
    stage.room.world().entities().keys().filter(|id| id.as_str().starts_with("end")).count()
}

/// Ticks until nothing is left, with how many events and messages to one listener each of them made at most.
fn end(stage: &mut Stage, listener: PeerId) -> (usize, usize, usize) {
    let (mut ticks, mut most_events, mut most_messages) = (0, 0, 0);
    stage.hear(listener);
    while left(stage) > 0 {
        let before = stage.journal.len();
        stage.tick();
        ticks += 1;
        most_events = most_events.max(stage.journal.len() - before);
        most_messages = most_messages.max(stage.hear(listener).len());
        assert!(ticks < 100);
    }
    (ticks, most_events, most_messages)
}

#[test]
fn ten_thousand_that_end_at_once_end_in_a_few_events_a_few_in_a_tick() {
    for kept in [false, true] {
        let mut stage = Stage::empty();
        let ada = stage.enter("ada");
        let bob = stage.enter("bob");
        make(&mut stage, 10_000, |_| {
            if kept { json!({"keep_while": avatar("ada")}) } else { json!({"ttl": 3_000}) }
        });
        if kept {
            stage.leave(ada);
        } else {
            stage.tick_after(3_000);
        }
        let (ticks, events, messages) = end(&mut stage, bob);
        assert!(ticks <= 4 && events <= 3 && messages <= 6, "{kept}: {ticks} {events} {messages}");
        let ends = stage.journal.iter().filter(|event| event.name == "entity_deleted");
        let ended = ends.map(|event| event.payload["entities"].as_array().unwrap().len());
        assert_eq!(ended.sum::<usize>(), 10_000);
        assert!(stage.journal.iter().all(|event| event.ops.len() <= EVENT_OPS_MAX));
    }
}

#[test]
fn a_chain_of_thousands_of_keepers_ends_in_a_few_events() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let keeper =
        |n: usize| if n == 0 { json!({}) } else { json!({"keep_while": format!("end{:06}", n - 1)}) };
    make(&mut stage, 5_000, keeper);
    stage.call(ada, "delete_entity", json!({"entity": "end000000"})).unwrap();
    let (ticks, events, _) = end(&mut stage, ada);
    assert!(ticks <= 3 && events <= 2, "{ticks} {events}");
}

#[test]
fn groups_that_end_together_and_hang_on_each_other_end_once() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    // Of ten things nine hang on the first; all of them end, some are kept by others of the same group.
    make(&mut stage, 6_000, |n| {
        let first = format!("end{:06}", n / 10 * 10);
        match n % 10 {
            0 => json!({"ttl": 2_000}),
            1 => json!({"ttl": 2_000, "parent": {"entity": first}}),
            2 => json!({"keep_while": first, "parent": {"entity": first}}),
            _ => json!({"parent": {"entity": first}}),
        }
    });
    let rider = json!({"entity": avatar("ada"), "components": {"parent": {"entity": "end000010"}}});
    stage.call(ada, "update_components", rider).unwrap();
    stage.tick_after(2_000);
    let (ticks, events, _) = end(&mut stage, ada);
    assert!(ticks <= 3 && events <= 2, "{ticks} {events}");
    assert!(stage.exists(&avatar("ada")));
    assert_eq!(stage.value(&avatar("ada"), "parent"), Value::Null);
    let world = stage.room.world().to_text();
    stage.reopen();
    assert_eq!(stage.room.world().to_text(), world, "the journal says the same");
}

#[test]
fn what_lost_its_keeper_before_a_start_ends_after_it_however_much_there_is() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    make(&mut stage, 5_000, |_| json!({"keep_while": avatar("ada")}));
    stage.store(StoreState::Unavailable);
    stage.leave(ada);
    stage.ticks(2);
    assert_eq!(left(&stage), 5_000, "ends wait for the store");
    stage.reopen();
    let bob = stage.enter("bob");
    let (ticks, events, _) = end(&mut stage, bob);
    assert!(ticks <= 12 && events <= 3, "{ticks} {events}");
}

#[test]
fn lives_graces_and_intervals_go_on_wherever_the_clock_on_the_wall_is_set() {
    const DAY_MS: i64 = 24 * 3_600_000;
    for (offset_ms, reopen) in
        [(-5 * 3_600_000, false), (-400 * DAY_MS, false), (400 * DAY_MS, false), (-400 * DAY_MS, true)]
    {
        let mut stage = Stage::empty();
        let ada = stage.enter("ada");
        let bob = stage.enter_thexr("bob");
        let bullet = stage.create(ada, json!({"ttl": 20_000}));
        stage.call(ada, "save_snapshot", json!({"name": "a"})).unwrap();
        stage.lose(bob);
        stage.tick();
        stage.now.at_ms += offset_ms;
        if reopen {
            // The room was stored in the future, and starts in the present.
            stage.reopen();
        } else {
            assert_eq!(stage.call(ada, "save_snapshot", json!({"name": "b"})), Err("room_busy".into()));
        }
        stage.ticks(30);
        if !reopen {
            assert!(stage.call(ada, "save_snapshot", json!({"name": "b"})).is_ok(), "{offset_ms}");
        }
        assert!(stage.exists(&bullet) && stage.exists(&avatar("bob")));
        stage.ticks(20 * 34);
        assert!(!stage.exists(&bullet), "{offset_ms}: a ttl of 20 s is over after 35 s");
        assert!(!stage.exists(&avatar("bob")), "{offset_ms}: a grace of 30 s is over after 35 s");
    }
}

//! Things that move when a room stops, in order or by a crash, and what has become of them afterwards.

use crate::bodies::{TICKS_PER_S, cube, position, shown, stand, until_rest};
use crate::stage::Stage;
use serde_json::{Value, json};
use thexr_room::template::Template;

#[test]
fn a_restart_in_flight_goes_on_from_the_throw_and_one_at_rest_changes_nothing() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    let id = stage.create(ada, cube([0.0, 1.5, 1.0]));
    stage.call(ada, "grab", json!({"entity": id})).unwrap();
    let thrown = json!({"entity": id, "position": [0, 1.5, 1.0], "velocity": [0, 3, 6]});
    stage.call(ada, "release", thrown).unwrap();
    stage.ticks(5);
    stage.reopen();
    until_rest(&mut stage, 20);
    let lies = position(&stage, &id);
    assert!(lies[2] > 4.0, "{lies:?}");
    let events = stage.journal.len();
    stage.reopen();
    stage.ticks(5 * TICKS_PER_S);
    assert_eq!(position(&stage, &id), lies);
    let new: Vec<&str> = stage.journal[events..].iter().map(|event| event.name.as_str()).collect();
    assert!(!new.contains(&"bodies_rested"), "{new:?}");
}

#[test]
fn a_stop_in_flight_goes_on_from_there_and_ends_where_it_would_have_ended() {
    let thrown = |stopped_after: Option<usize>| {
        let mut stage = Stage::new(Template::Empty);
        let ada = stage.enter_thexr("ada");
        stand(&mut stage, ada, [0.0, 1.8, 0.0]);
        let id = stage.create(ada, cube([0.0, 1.5, 1.0]));
        stage.call(ada, "grab", json!({"entity": id})).unwrap();
        let thrown =
            json!({"entity": id, "position": [0, 1.5, 1.0], "velocity": [0, 3, 6], "spin": [2, 0, 0]});
        stage.call(ada, "release", thrown).unwrap();
        if let Some(ticks) = stopped_after {
            stage.ticks(ticks);
            stage.room.set_ending();
            stage.tick();
            let at = position(&stage, &id);
            stage.reopen();
            stage.tick();
            let [x, y, z, ..] = shown(&stage, &id).unwrap_or_else(|| panic!("it moves after {ticks} ticks"));
            let near = [x, y, z].iter().zip(at).all(|(is, was)| (f64::from(*is) - was).abs() < 0.5);
            assert!(near, "{x} {y} {z} after {ticks} ticks, it was at {at:?}");
        }
        until_rest(&mut stage, 20);
        assert_eq!(stage.value(&id, "flight"), Value::Null, "it flies no more");
        position(&stage, &id)
    };
    let [x, y, z] = thrown(None);
    for ticks in [1, 6, 12] {
        let lies = thrown(Some(ticks));
        assert!(
            (lies[0] - x).abs() < 0.3 && (lies[1] - y).abs() < 0.3 && (lies[2] - z).abs() < 1.0,
            "{ticks}: {lies:?}"
        );
    }
}

#[test]
fn a_stop_keeps_where_somebody_has_just_pushed_something_that_lies_already() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 1.0, 2.0]));
    // It has fallen, and that it lies is no fact yet.
    while stage.value(&id, "position")[1] == json!(1.0) && shown(&stage, &id).is_none_or(|at| at[1] > 0.26) {
        stage.tick();
    }
    stage.ticks(10);
    stage.room.set_ending();
    stage.tick();
    let lies = position(&stage, &id);
    assert!((lies[1] - 0.25).abs() < 0.02, "{lies:?}");
    stage.reopen();
    let events = stage.journal.len();
    stage.ticks(2 * TICKS_PER_S);
    assert_eq!(position(&stage, &id), lies);
    let new: Vec<&str> = stage.journal[events..].iter().map(|event| event.name.as_str()).collect();
    assert!(stage.value(&id, "flight").is_null() || new.contains(&"bodies_rested"), "{new:?}");
}

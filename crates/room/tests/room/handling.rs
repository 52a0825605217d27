//! Using the trigger of a thing, and making one larger with two hands.

use crate::stage::{Stage, user};
use serde_json::{Value, json};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

fn with(components: Value) -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.stand(ada, Pose::standing([0.0, 1.8, 0.0]));
    stage.tick();
    let mut thing = json!({"shape": {"kind": "box", "size": 0.2}, "holdable": true, "position": [0, 1.8, 1]});
    thing.as_object_mut().unwrap().extend(components.as_object().unwrap().clone());
    let thing = stage.create(ada, thing);
    (stage, ada, thing)
}

fn triggered(stage: &Stage) -> Vec<Value> {
    let facts = stage.journal.iter().filter(|event| event.name == "user_triggered");
    facts.map(|event| event.payload.clone()).collect()
}

// Rule 3.13
#[test]
fn a_thing_at_hand_or_in_ones_hand_is_used_and_everyone_hears_it() {
    let (mut stage, ada, horn) = with(json!({"triggerable": true}));
    stage.call(ada, "trigger", json!({"entity": horn})).unwrap();
    stage.call(ada, "grab", json!({"entity": horn})).unwrap();
    stage.call(ada, "trigger", json!({"entity": horn, "value": 0.5})).unwrap();
    let fact = json!({"user_id": user("ada"), "entity": horn});
    assert_eq!(triggered(&stage), [fact.clone(), fact], "a discrete one has no value");
}

// Rule 3.13
#[test]
fn a_continuous_trigger_says_how_far_and_is_let_go_of_from_anywhere() {
    let (mut stage, ada, pump) = with(json!({"triggerable": "continuous"}));
    for value in [json!(0.25), json!(1), json!(null)] {
        stage.call(ada, "trigger", json!({"entity": pump, "value": value})).unwrap();
    }
    stage.stand(ada, Pose::standing([30.0, 1.8, 0.0]));
    stage.tick();
    assert_eq!(stage.call(ada, "trigger", json!({"entity": pump, "value": 0.5})), Err("too_far".into()));
    stage.call(ada, "trigger", json!({"entity": pump, "value": 0})).unwrap();
    let values: Vec<Value> = triggered(&stage).iter().map(|payload| payload["value"].clone()).collect();
    assert_eq!(values, [json!(0.25), json!(1.0), json!(1.0), json!(0.0)]);
}

// Rule 3.13
#[test]
fn what_cannot_be_used_is_refused_with_a_reason() {
    let (mut stage, ada, stone) = with(json!({}));
    assert_eq!(stage.call(ada, "trigger", json!({"entity": stone})), Err("not_triggerable".into()));
    assert_eq!(stage.call(ada, "trigger", json!({"entity": "nothing"})), Err("unknown_entity".into()));
    let (mut stage, ada, horn) = with(json!({"triggerable": true}));
    for value in [json!(-0.1), json!(1.1), json!("much"), json!([1])] {
        let refused = stage.call(ada, "trigger", json!({"entity": horn, "value": value}));
        assert_eq!(refused, Err("bad_payload".into()));
    }
    let bob = stage.enter("bob");
    stage.stand(bob, Pose::standing([0.0, 1.8, 0.5]));
    stage.tick();
    stage.call(bob, "grab", json!({"entity": horn})).unwrap();
    assert_eq!(stage.call(ada, "trigger", json!({"entity": horn})), Err("held".into()));
    assert_eq!(triggered(&stage), Vec::<Value>::new());
}

// Rule 3.13
#[test]
fn two_hands_make_what_they_hold_larger_within_limits() {
    let (mut stage, ada, ball) = with(json!({"two_hand_scalable": true}));
    let resize = |scale: Value| json!({"entity": ball, "scale": scale});
    assert_eq!(stage.call(ada, "resize", resize(json!([2, 2, 2]))), Err("not_held".into()));
    stage.call(ada, "grab", json!({"entity": ball})).unwrap();
    stage.call(ada, "resize", resize(json!([2, 2, 2]))).unwrap();
    assert_eq!(stage.value(&ball, "scale"), json!([2.0, 2.0, 2.0]));
    for scale in [json!([0.01, 1, 1]), json!([21, 1, 1]), json!([1, 1]), json!(null), json!("large")] {
        assert!(stage.call(ada, "resize", resize(scale.clone())).is_err(), "{scale}");
    }
    assert_eq!(stage.value(&ball, "scale"), json!([2.0, 2.0, 2.0]));
    let (mut stage, ada, stone) = with(json!({}));
    stage.call(ada, "grab", json!({"entity": stone})).unwrap();
    let refused = stage.call(ada, "resize", json!({"entity": stone, "scale": [2, 2, 2]}));
    assert_eq!(refused, Err("not_scalable".into()));
}

// Rule 3.12
#[test]
fn a_throw_of_any_numbers_is_cut_to_what_an_arm_can_do_or_refused() {
    for (velocity, expected) in
        [(json!([3, 4, 0]), 5.0), (json!([300, 400, 0]), 20.0), (json!([1e30, 0, 0]), 20.0)]
    {
        let (mut stage, ada, ball) = with(json!({"body": "dynamic"}));
        stage.call(ada, "grab", json!({"entity": ball})).unwrap();
        stage.call(ada, "release", json!({"entity": ball, "velocity": velocity})).unwrap();
        let threw = stage.journal.iter().rfind(|event| event.name == "user_threw").unwrap();
        let speed: f64 = (0..3).map(|axis| threw.payload["velocity"][axis].as_f64().unwrap().powi(2)).sum();
        assert!((speed.sqrt() - expected).abs() < 0.001, "{speed}");
    }
    for bad in [json!([1, 2]), json!("fast"), json!({"x": 1}), json!([1, null, 2]), json!([1e300, 0, 0])] {
        let (mut stage, ada, ball) = with(json!({"body": "dynamic"}));
        stage.call(ada, "grab", json!({"entity": ball})).unwrap();
        let refused = stage.call(ada, "release", json!({"entity": ball, "velocity": bad}));
        assert_eq!(refused, Err("bad_payload".into()), "{bad}");
    }
    let (mut stage, ada, stone) = with(json!({}));
    stage.call(ada, "grab", json!({"entity": stone})).unwrap();
    stage.call(ada, "release", json!({"entity": stone, "velocity": [3, 4, 0]})).unwrap();
    assert_eq!(stage.last_event().name, "user_released", "what has no body stays where it is put");
}

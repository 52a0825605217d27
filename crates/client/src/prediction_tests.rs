//! How a client moves what its person touches, and what it says of that.

use crate::Mode;
use crate::matrices::Limb;
use crate::script::{ME, Script, id, patch};
use serde_json::{Value, json};
use thexr_physics::{Simulation, State};
use thexr_wire::claims::Claim;
use thexr_wire::pose::{Place, Pose};

const BOX: &str = "box00";
const SLOT: u16 = 9;

fn at(x: f32, y: f32, z: f32) -> Place {
    [x, y, z, 0.0, 0.0, 0.0, 1.0]
}

/// A room with a box of half a metre two metres before the person, whose client predicts.
fn with_a_box(more: Value) -> Script {
    let mut script = Script::live(Mode::Enter);
    script.client.set_predicting(true);
    script.physics = Some(Simulation::default());
    let mut components = json!({"shape": {"kind": "box", "size": 0.5}, "body": {"motion": "dynamic"}, "holdable": true, "position": [0, 0.25, 2]});
    components.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut made = patch(11, json!([{"op": "create", "entity": BOX, "components": components}]));
    made["slots"] = json!({BOX: SLOT});
    script.push("state_patch", made);
    walk(&mut script, 0.0, 0.0, 300.0);
    script
}

/// Walks from one z to another in so many milliseconds.
fn walk(script: &mut Script, from: f32, to: f32, ms: f32) {
    let steps = (ms / 10.0) as u16;
    for step in 0..steps {
        let z = from + (to - from) * f32::from(step) / f32::from(steps);
        script.client.set_pose(&Pose::standing([0.0, 1.7, z]), false, script.now_ms).unwrap();
        script.pass(10.0);
    }
}

/// Where the box is drawn.
fn drawn(script: &Script) -> [f32; 3] {
    let at = script.client.replica().index_of(&id(BOX)).unwrap() as usize * 16 + 12;
    script.client.matrices().values()[at..at + 3].try_into().unwrap()
}

/// What is claimed of the box.
fn claim(script: &Script) -> Option<Claim> {
    script.claims.as_ref()?.bodies.iter().find(|claim| claim.slot == SLOT).copied()
}

fn newest_seq(script: &Script) -> u16 {
    script.poses.last().unwrap().0
}

/// The client hears that the room has taken in all it has said.
fn heard(script: &mut Script) {
    script.ack = newest_seq(script);
}

// Rule 4.17
#[test]
fn what_one_walks_against_moves_at_once_and_the_room_is_told_where_it_is() {
    let mut script = with_a_box(json!({}));
    walk(&mut script, -0.5, 0.0, 200.0);
    assert_eq!(
        script.claims.as_ref().map(|claims| claims.bodies.len()),
        Some(0),
        "touches nothing, and says so"
    );
    walk(&mut script, 0.0, 1.8, 900.0);
    let [_, _, z] = drawn(&script);
    assert!(z > 2.3, "pushed: {z}");
    let claim = claim(&script).expect("claimed");
    assert!((claim.place.place()[2] - z).abs() < 0.1 && !claim.rests, "{claim:?} drawn at {z}");
}

#[test]
fn what_has_come_to_rest_is_said_to_until_the_room_has_heard_and_stays_where_it_lies() {
    let mut script = with_a_box(json!({}));
    walk(&mut script, 0.0, 1.8, 900.0);
    walk(&mut script, 1.8, 1.8, 1_500.0);
    let lies = claim(&script).expect("claimed still");
    assert!(lies.rests);
    let place = lies.place.place();
    heard(&mut script);
    // An answer that tells of something else.
    script.body(77, at(0.0, 0.0, 0.0), false, 0);
    walk(&mut script, 1.8, 1.8, 200.0);
    assert_eq!(claim(&script), None, "the room knows");
    assert_eq!(drawn(&script), place[..3]);
    let [x, y, z, qx, qy, qz, qw] = place;
    let rested = json!([{"op": "set", "entity": BOX, "components": {"position": [x, y, z], "rotation": [qx, qy, qz, qw]}}]);
    script.push("state_patch", patch(12, rested));
    walk(&mut script, 1.8, 1.8, 100.0);
    assert_eq!(drawn(&script), place[..3]);
    assert!(!script.client.is_own(&id(BOX)), "a fact like any other");
    assert_eq!(script.client.corrections().collect::<Vec<_>>(), [0.0]);
}

#[test]
fn a_low_box_is_pushed_ahead_however_few_pictures_a_second_are_drawn() {
    for picture_ms in [8.0, 16.0, 33.0, 60.0, 90.0] {
        let mut script =
            with_a_box(json!({"shape": {"kind": "box", "size": 0.3}, "position": [0, 0.15, 1.4]}));
        let mut z = 0.0;
        while z < 2.5 {
            z += 2.7 * picture_ms as f32 / 1_000.0;
            script.client.set_pose(&Pose::standing([0.0, 1.7, z]), false, script.now_ms).unwrap();
            script.picture(picture_ms);
            let [_, y, ahead] = drawn(&script);
            assert!(ahead > z && y > 0.14, "a picture each {picture_ms} ms: at {y}, {ahead}, walker at {z}");
        }
    }
}

// Rule 4.17
#[test]
fn what_the_room_says_after_it_has_heard_a_claim_ends_it_and_what_it_said_before_does_not() {
    let mut script = with_a_box(json!({}));
    let before = newest_seq(&script);
    walk(&mut script, 0.0, 1.8, 900.0);
    let mine = drawn(&script);
    script.ack = before;
    script.body(SLOT, at(0.0, 0.25, 2.0), false, 0);
    walk(&mut script, 1.8, 1.8, 50.0);
    assert!(claim(&script).is_some(), "the room had not heard yet");
    heard(&mut script);
    script.body(SLOT, at(0.5, 0.25, 2.2), false, 0);
    walk(&mut script, 1.8, 1.8, 60.0);
    assert_eq!(claim(&script), None);
    let off = drawn(&script)[2] - mine[2];
    assert!(off.abs() < 0.3, "it glides to where it is: {off}");
    for _ in 0..20 {
        script.body(SLOT, at(0.5, 0.25, 2.2), true, 0);
        walk(&mut script, 1.0, 1.0, 50.0);
    }
    let [x, _, z] = drawn(&script);
    assert!((x - 0.5).abs() < 0.01 && (z - 2.2).abs() < 0.01, "{x} {z}");
}

#[test]
fn what_may_not_be_moved_by_touching_it_stays_in_the_way() {
    let mut script = with_a_box(json!({"holdable": {"policy": "deny"}}));
    walk(&mut script, 0.0, 1.8, 900.0);
    assert_eq!(claim(&script), None);
    assert_eq!(drawn(&script), [0.0, 0.25, 2.0]);
}

#[test]
fn what_leaves_the_hand_flies_at_once_and_goes_on_when_the_room_says_that_it_was_thrown() {
    let mut script = with_a_box(json!({}));
    let held = json!([{"op": "set", "entity": BOX, "components": {"held_by": {"user": ME, "hand": "right"},
        "parent": {"entity": ME, "node": "head"}, "position": [0, -0.2, 1], "rotation": [0, 0, 0, 1]}}]);
    script.push("state_patch", patch(12, held));
    walk(&mut script, 0.0, 0.0, 200.0);
    let place = at(0.0, 1.5, 1.0);
    assert!((drawn(&script)[1] - 1.5).abs() < 0.01, "in the hand: {:?}", drawn(&script));
    let state = State { place, velocity: [0.0, 2.0, 4.0], spin: [1.0, 0.0, 0.0] };
    assert!(script.client.throw(&id(BOX), state, script.now_ms));
    walk(&mut script, 0.0, 0.0, 100.0);
    let [_, _, z] = drawn(&script);
    assert!(z > 1.2, "flies before the room has answered: {z}");
    // Told of before the room has said so on the ordered lane: of what hung in the hand.
    heard(&mut script);
    script.body(SLOT, place, false, 0);
    let thrown = json!([{"op": "unset", "entity": BOX, "names": ["held_by", "parent"]},
        {"op": "set", "entity": BOX, "components": {"position": [0, 1.5, 1], "rotation": [0, 0, 0, 1]}}]);
    script.push("state_patch", patch(13, thrown));
    walk(&mut script, 0.0, 0.0, 300.0);
    let [_, _, far] = drawn(&script);
    assert!(far > z + 0.6, "and flies on: {far}");
    assert!(claim(&script).is_some_and(|claim| claim.velocity[2] > 2.0));
}

#[test]
fn a_throw_that_the_room_refuses_ends_in_the_hand_again() {
    let mut script = with_a_box(json!({}));
    let held = json!([{"op": "set", "entity": BOX, "components": {"held_by": {"user": ME, "hand": "right"},
        "parent": {"entity": ME, "node": "head"}, "position": [0, -0.2, 1], "rotation": [0, 0, 0, 1]}}]);
    script.push("state_patch", patch(12, held));
    walk(&mut script, 0.0, 0.0, 200.0);
    let state = State { velocity: [0.0, 2.0, 4.0], ..State::at(at(0.0, 1.5, 1.0)) };
    assert!(script.client.throw(&id(BOX), state, script.now_ms));
    walk(&mut script, 0.0, 0.0, 100.0);
    assert!(script.client.is_own(&id(BOX)) && drawn(&script)[2] > 1.2);
    script.client.as_told(&id(BOX));
    walk(&mut script, 0.0, 0.0, 100.0);
    assert!(!script.client.is_own(&id(BOX)));
    assert!((drawn(&script)[2] - 1.0).abs() < 0.01, "{:?}", drawn(&script));
}

#[test]
fn what_only_oneself_thinks_to_hold_is_not_thrown() {
    let mut script = with_a_box(json!({}));
    script.client.show_held(&id(BOX), Limb::Head, &at(0.0, -0.2, 1.0));
    walk(&mut script, 0.0, 0.0, 100.0);
    assert!(
        !script.client.throw(&id(BOX), State::at(at(0.0, 1.5, 1.0)), script.now_ms),
        "the room alone knows of it"
    );
    script.client.as_told(&id(BOX));
    walk(&mut script, 0.0, 0.0, 100.0);
    assert_eq!(drawn(&script), [0.0, 0.25, 2.0]);
}

// Rule 4.17
#[test]
fn what_flies_past_ones_hand_chest_or_feet_so_near_that_it_may_touch_is_ones_own_with_its_speed() {
    // Just beside the hand, or beside the middle of the body, at 4 m/s.
    for (name, x, height) in [("hand", 0.84, 1.2), ("chest", -0.545, 1.0), ("feet", -0.535, 0.3)] {
        let ball = json!({"kind": "sphere", "diameter": 0.3});
        let mut script = with_a_box(json!({"shape": ball, "position": [x, height, 3]}));
        let pose = Pose { right: Some(at(0.6, 1.2, 0.0)), ..Pose::standing([0.0, 1.7, 0.0]) };
        let mut met = None;
        for pass in 0..100_u8 {
            if pass % 5 == 0 {
                script.body(SLOT, at(x, height, 3.0 - 0.04 * f32::from(pass)), false, 0);
            }
            script.client.set_pose(&pose, false, script.now_ms).unwrap();
            script.pass(10.0);
            met = met.or(claim(&script));
        }
        let met = met.unwrap_or_else(|| panic!("{name}: nobody met it"));
        assert!((met.velocity[2] + 4.0).abs() < 0.5 && met.place.place()[2] < 1.0, "{name}: {met:?}");
    }
}

#[test]
fn a_page_that_is_not_looked_at_hands_over_at_once() {
    let mut script = with_a_box(json!({}));
    walk(&mut script, 0.0, 1.8, 900.0);
    assert!(claim(&script).is_some());
    script.client.let_go(script.now_ms);
    script.sent();
    assert_eq!(claim(&script), None);
    // Timers alone go on, and push nothing.
    for _ in 0..30 {
        script.now_ms += 50.0;
        script.client.timers(script.now_ms);
        script.sent();
    }
    assert_eq!(script.claims, None, "what it touches is the room's");
}

#[test]
fn another_life_of_the_room_ends_all_claims() {
    let mut script = with_a_box(json!({}));
    walk(&mut script, 0.0, 1.8, 900.0);
    script.client.closed(script.now_ms);
    script.open();
    script.accept(11, json!({"incarnation": 4, "resumed": true, "slots": {ME: 1, BOX: SLOT}}));
    script.sent();
    walk(&mut script, 0.5, 0.5, 300.0);
    assert_eq!(claim(&script), None);
    assert!((drawn(&script)[2] - 2.0).abs() < 0.01, "{:?}", drawn(&script));
}

//! How a client shows things that fall, fly and come to rest.

use crate::Mode;
use crate::matrices::Limb;
use crate::script::{Script, TOM, id, patch};
use serde_json::{Value, json};
use thexr_wire::Tier;
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::pose::{Marks, Place, Pose, Sample};

const BALL: &str = "ball0";
const SLOT: u16 = 9;
/// Of the other one who is here.
const TOM_SLOT: u16 = 2;

fn at(x: f32, y: f32) -> Place {
    [x, y, 0.0, 0.0, 0.0, 0.0, 1.0]
}

/// A room with a ball at (1, 2, 0).
fn with_a_ball() -> Script {
    let mut script = Script::live(Mode::Enter);
    let components = json!({"shape": {"kind": "sphere"}, "body": {"motion": "dynamic"}, "position": [1, 2, 0], "scale": [3, 3, 3]});
    let create = json!([{"op": "create", "entity": BALL, "components": components}]);
    script.push("state_patch", with_slots(patch(11, create), json!({BALL: SLOT})));
    script.pass(50.0);
    script
}

fn with_slots(mut patch: Value, slots: Value) -> Value {
    patch["slots"] = slots;
    patch
}

/// Where the ball is drawn.
fn drawn(script: &Script) -> [f32; 2] {
    let at = script.client.replica().index_of(&id(BALL)).unwrap() as usize * 16;
    let values = script.client.matrices().values();
    assert!((values[at] - 3.0).abs() < 0.01, "as large as it is: {}", values[at]);
    [values[at + 12], values[at + 13]]
}

/// The ball falls for a second.
fn fall(script: &mut Script) {
    for step in 0..20u8 {
        script.body(SLOT, at(1.0, 2.0 - f32::from(step) * 0.05), false, 0);
        script.pass(50.0);
    }
}

#[test]
fn a_thing_that_falls_is_shown_between_the_samples_a_little_late() {
    let mut script = with_a_ball();
    assert_eq!(drawn(&script), [1.0, 2.0]);
    fall(&mut script);
    let [x, y] = drawn(&script);
    // The newest sample is at 1.05 m, one step old.
    assert!(x == 1.0 && (1.05..1.25).contains(&y), "{y}");
    let before = y;
    script.pass(10.0);
    assert!(drawn(&script)[1] < before, "also between two samples");
}

#[test]
fn it_rests_where_the_fact_says_and_is_shown_there_exactly() {
    let mut script = with_a_ball();
    fall(&mut script);
    for _ in 0..10 {
        script.body(SLOT, at(1.0, 1.0), true, 0);
        script.pass(50.0);
    }
    assert_eq!(drawn(&script), [1.0, 1.0]);
    let lies = json!([{"op": "set", "entity": BALL, "components": {"position": [1.0, 1.0, 0.0], "rotation": [0, 0, 0, 1]}}]);
    script.push("state_patch", patch(12, lies));
    script.pass(50.0);
    assert_eq!(drawn(&script), [1.0, 1.0]);
    let moved = json!([{"op": "set", "entity": BALL, "components": {"position": [5.0, 1.0, 0.0]}}]);
    script.push("state_patch", patch(13, moved));
    script.pass(50.0);
    assert_eq!(drawn(&script), [5.0, 1.0], "it is where its components say again");
}

#[test]
fn a_lost_frame_of_its_rest_is_made_good_by_the_fact() {
    let mut script = with_a_ball();
    fall(&mut script);
    script.pass(1_000.0);
    let lies = json!([{"op": "set", "entity": BALL, "components": {"position": [1.0, 0.75, 0.0]}}]);
    script.push("state_patch", patch(12, lies));
    (0..30).for_each(|_| drop(script.pass(50.0)));
    assert_eq!(drawn(&script), [1.0, 0.75]);
}

#[test]
fn what_is_taken_into_a_hand_is_there_and_not_where_it_flew() {
    let mut script = with_a_ball();
    fall(&mut script);
    script.pose(2, crate::script::at(4.0), false);
    let held = json!([{"op": "set", "entity": BALL, "components": {"parent": {"entity": TOM, "node": "head"}, "position": [0, 0, 1]}}]);
    script.push("state_patch", patch(12, held));
    script.pass(50.0);
    assert!((drawn(&script)[0] - 4.0).abs() < 0.001);
    // A frame of before comes late.
    script.body(SLOT, at(1.0, 1.0), false, 4);
    script.pass(500.0);
    assert!((drawn(&script)[0] - 4.0).abs() < 0.001);
}

#[test]
fn what_is_thrown_flies_before_it_is_a_fact_that_it_was_let_go_of() {
    let mut script = with_a_ball();
    script.pose(2, crate::script::at(4.0), false);
    let held = json!([{"op": "set", "entity": BALL, "components": {"parent": {"entity": TOM, "node": "head"}, "position": [0, 0, 1]}}]);
    script.push("state_patch", patch(12, held));
    script.pass(50.0);
    for step in 0..10u8 {
        script.body(SLOT, at(4.0 + f32::from(step) * 0.2, 2.0), false, 0);
        script.pass(50.0);
    }
    let [x, _] = drawn(&script);
    assert!((5.3..5.9).contains(&x), "{x}");
    let thrown = json!([{"op": "set", "entity": BALL, "components": {"position": [4, 2, 0]}}, {"op": "unset", "entity": BALL, "names": ["parent"]}]);
    script.push("state_patch", patch(13, thrown));
    script.pass(10.0);
    assert!(drawn(&script)[0] >= x, "it goes on, and not from the hand again");
}

#[test]
fn who_threw_sees_it_glide_from_where_it_was_foreseen_to_where_it_is() {
    let mut script = with_a_ball();
    fall(&mut script);
    script.client.show_held(&id(BALL), Limb::Head, &at(0.0, 0.0));
    script.client.show_placed(&id(BALL), &at(2.0, 1.1));
    script.pass(10.0);
    assert_eq!(drawn(&script), [2.0, 1.1]);
    script.client.as_told(&id(BALL));
    script.pass(1.0);
    let [x, _] = drawn(&script);
    assert!((1.9..2.0).contains(&x), "not at once: {x}");
    script.pass(1_000.0);
    assert_eq!(drawn(&script)[0], 1.0);
}

#[test]
fn a_slot_that_nobody_knows_is_passed_over() {
    let mut script = with_a_ball();
    script.body(77, at(0.0, 0.0), false, 0);
    script.pass(200.0);
    assert_eq!((script.client.stats().unknown_records, drawn(&script)), (1, [1.0, 2.0]));
}

// Rule 4.16
#[test]
fn what_somebody_holds_is_where_it_is_told_to_be_until_one_knows_where_their_hands_are() {
    let mut script = with_a_ball();
    let held = json!([{"op": "set", "entity": BALL, "components": {"parent": {"entity": TOM, "node": "right"}, "position": [0, 0, 1]}}]);
    script.push("state_patch", patch(12, held));
    let told = BodyState { held: true, ..BodyState::new(SLOT, Rounded::new(&at(5.0, 1.5))) };
    let see_tom = |script: &mut Script, tier: Tier| {
        let pose = Pose { right: Some(at(0.5, 1.25)), ..Pose::standing([0.0, 1.75, 0.0]) };
        script.sample(Sample { slot: TOM_SLOT, tier, age_ms: 0, marks: Marks::default(), pose });
    };
    for _ in 0..20 {
        see_tom(&mut script, Tier::D);
        script.told_of(&told, 0);
        script.pass(50.0);
    }
    assert_eq!(drawn(&script), [5.0, 1.5], "nobody knows where his hand is");
    // He stands still, and so nothing more is told.
    script.pass(3_000.0);
    assert_eq!(drawn(&script), [5.0, 1.5]);
    for _ in 0..40 {
        see_tom(&mut script, Tier::B);
        script.pass(50.0);
    }
    let [x, y] = drawn(&script);
    assert!((x - 0.5).abs() < 0.05 && (y - 1.25).abs() < 0.05, "in his hand: {x} {y}");
    // What comes late, or to who sees him well, changes nothing.
    script.told_of(&told, 0);
    script.pass(50.0);
    assert!((drawn(&script)[0] - 0.5).abs() < 0.05);
}

#[test]
fn what_is_let_go_of_far_away_flies_on_from_where_it_was_held() {
    let mut script = with_a_ball();
    let held = json!([{"op": "set", "entity": BALL, "components": {"parent": {"entity": TOM, "node": "right"}, "position": [0, 0, 1]}}]);
    script.push("state_patch", patch(12, held));
    let told = BodyState { held: true, ..BodyState::new(SLOT, Rounded::new(&at(5.0, 1.5))) };
    for _ in 0..10 {
        script.told_of(&told, 0);
        script.pass(50.0);
    }
    let thrown = json!([{"op": "set", "entity": BALL, "components": {"position": [5, 1.5, 0]}}, {"op": "unset", "entity": BALL, "names": ["parent"]}]);
    script.push("state_patch", patch(13, thrown));
    for step in 0..20u8 {
        script.body(SLOT, at(5.0 + f32::from(step) * 0.1, 1.5), false, 0);
        script.pass(50.0);
    }
    let [x, _] = drawn(&script);
    assert!((6.4..7.0).contains(&x), "{x}");
}

#[test]
fn a_monster_is_there_before_it_stirs_and_when_nothing_is_told_of_it() {
    let mut script = Script::live(Mode::Enter);
    script.pass(50.0);
    script.client.frame(script.now_ms);
    let components = json!({"monster": {"kind": "brute"}, "position": [4, 0, 6], "rotation": [0, 1, 0, 0]});
    let create = json!([{"op": "create", "entity": BALL, "components": components}]);
    script.push("state_patch", with_slots(patch(11, create), json!({BALL: SLOT})));
    script.pass(50.0);
    script.client.frame(script.now_ms);
    let rows = script.client.monster_rows().to_vec();
    assert_eq!(rows.len(), crate::rows::monster_row::FLOATS);
    assert_eq!((rows[1], &rows[3..6]), (0.0, &[4.0, 0.0, 6.0][..]));
    assert!((rows[6].abs() - std::f32::consts::PI).abs() < 1e-3, "{}", rows[6]);
    let gone = json!([{"op": "delete", "entity": BALL}]);
    script.push("state_patch", with_slots(patch(12, gone), json!({BALL: null})));
    script.pass(50.0);
    script.client.frame(script.now_ms);
    assert!(script.client.monster_rows().is_empty());
}

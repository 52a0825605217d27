//! Things that fall, are thrown, stacked, pushed, and come to rest: what the room makes of them.

use crate::stage::{Stage, avatar, entity};
use serde_json::{Value, json};
use thexr_room::template::Template;
use thexr_room::{FREE_BODIES_MAX, RESTED_PER_TICK, TickOutput};
use thexr_wire::pose::{Place, Pose};
use thexr_wire::{EntityId, PeerId};

pub const TICKS_PER_S: usize = 20;

pub fn cube(position: [f32; 3]) -> Value {
    json!({"shape": {"kind": "box", "size": 0.5}, "position": position, "holdable": true, "body": "dynamic"})
}

fn moving(stage: &Stage) -> &TickOutput {
    &stage.motion
}

/// Where the newest tick shows a thing that moves.
pub fn shown(stage: &Stage, id: &EntityId) -> Option<Place> {
    let slot = stage.slot(id)?;
    moving(stage).bodies.iter().find(|body| body.state.slot == slot).map(|body| body.state.place.place())
}

pub fn position(stage: &Stage, id: &EntityId) -> [f64; 3] {
    let value = stage.value(id, "position");
    [0, 1, 2].map(|axis| value[axis].as_f64().unwrap())
}

pub fn until_rest(stage: &mut Stage, seconds: usize) {
    for _ in 0..seconds * TICKS_PER_S {
        stage.tick();
        if moving(stage).bodies.is_empty() && stage.quiet {
            return;
        }
    }
    panic!("{} things still move: {:?}", moving(stage).bodies.len(), moving(stage).bodies.first());
}

pub fn stand(stage: &mut Stage, peer: PeerId, head: [f32; 3]) {
    stage.stand(peer, Pose::standing(head));
    stage.tick();
}

#[test]
fn a_model_whose_corners_are_known_falls_and_rests_on_another_and_can_be_taken_from_its_edge() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let corners = |x: f32, y: f32, z: f32| -> Vec<[f32; 3]> {
        let signs = [-1.0f32, 1.0];
        let all =
            signs.into_iter().flat_map(|a| signs.into_iter().flat_map(move |b| signs.map(|c| [a, b, c])));
        all.map(|[a, b, c]| [a * x, b * y + y, c * z]).collect()
    };
    let table = json!({"model": "/models/table.glb", "position": [0, 0, 2], "scale": [1, 2, 1],
        "collider": {"shape": "convex", "points": corners(1.0, 0.25, 0.5)}});
    stage.create(ada, table);
    let vase = json!({"model": "/models/vase.glb", "position": [0, 3, 2], "holdable": {}, "body": "dynamic",
        "collider": {"shape": "convex", "points": corners(0.1, 0.2, 0.1)}});
    let vase = stage.create(ada, vase);
    until_rest(&mut stage, 5);
    let [x, y, z] = position(&stage, &vase);
    assert!((y - 1.0).abs() < 0.01 && x.abs() < 0.02 && (z - 2.0).abs() < 0.02, "{x} {y} {z}");
    stand(&mut stage, ada, [0.0, 1.7, -1.9]);
    stage.call(ada, "grab", json!({"entity": vase, "hand": "right"})).unwrap();
}

#[test]
fn what_is_made_in_the_air_falls_and_its_resting_place_is_a_fact() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 3.0, 2.0]));
    stage.ticks(12);
    let falling = shown(&stage, &id).unwrap();
    assert!(falling[1] < 3.0, "{falling:?}");
    until_rest(&mut stage, 5);
    let rested = stage.last_event();
    assert_eq!((rested.name.as_str(), &rested.payload), ("bodies_rested", &json!({"entities": [id]})));
    let [x, y, z] = position(&stage, &id);
    assert!((y - 0.25).abs() < 0.01 && x.abs() < 0.01 && (z - 2.0).abs() < 0.01, "{x} {y} {z}");
}

#[test]
fn what_is_thrown_flies_lands_and_is_where_everyone_who_comes_later_sees_it() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    let id = stage.create(ada, cube([0.0, 1.5, 1.0]));
    stage.call(ada, "grab", json!({"entity": id})).unwrap();
    stage.ticks(3);
    let thrown = json!({"entity": id, "position": [0, 1.5, 1.0], "velocity": [0, 3, 6], "spin": [5, 0, 0]});
    stage.call(ada, "release", thrown).unwrap();
    let threw = stage.journal.iter().rfind(|event| event.name == "user_threw").unwrap();
    assert_eq!(
        (&threw.payload["velocity"], &threw.payload["spin"]),
        (&json!([0.0, 3.0, 6.0]), &json!([5.0, 0.0, 0.0]))
    );
    stage.ticks(10);
    let flying = shown(&stage, &id).unwrap();
    assert!(flying[2] > 3.0 && flying[1] > 1.5, "{flying:?}");
    until_rest(&mut stage, 20);
    let [_, y, z] = position(&stage, &id);
    assert!(z > 4.0 && (0.2..0.5).contains(&y), "{y} {z}");
    assert_eq!(stage.value(&id, "flight"), Value::Null, "it flies no more");
}

#[test]
fn nothing_moves_in_a_room_at_rest_and_nothing_is_told() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    for n in 0..50u8 {
        stage.create(ada, cube([f32::from(n % 10) * 2.0 - 10.0, 0.25, f32::from(n / 10) * 2.0 + 2.0]));
    }
    until_rest(&mut stage, 10);
    let events = stage.journal.len();
    stage.ticks(10 * TICKS_PER_S);
    assert_eq!((stage.journal.len(), moving(&stage).bodies.len()), (events, 0));
}

#[test]
fn a_thing_in_a_hand_pushes_what_it_meets_and_does_not_fall() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    let bat = stage.create(ada, cube([0.0, 1.0, 1.0]));
    let ball =
        json!({"shape": {"kind": "sphere", "diameter": 0.4}, "position": [1.5, 0.2, 1.0], "body": "dynamic"});
    let ball = stage.create(ada, ball);
    stage.call(ada, "grab", json!({"entity": bat, "offset": {"position": [0, -1.5, 1.0]}})).unwrap();
    until_rest(&mut stage, 10);
    let before = position(&stage, &ball);
    for step in 0..30u8 {
        stand(&mut stage, ada, [f32::from(step) * 0.05, 1.8, 0.0]);
    }
    until_rest(&mut stage, 60);
    assert!(position(&stage, &ball)[0] > before[0] + 0.3, "{:?} {before:?}", position(&stage, &ball));
    assert_eq!(stage.value(&bat, "held_by")["user"], json!(avatar("ada").user()));
}

#[test]
fn a_thing_is_taken_from_where_it_has_rolled_to() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let bob = stage.enter_thexr("bob");
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    stand(&mut stage, bob, [0.0, 1.8, 9.0]);
    let id = stage.create(ada, cube([0.0, 1.5, 1.0]));
    stage.call(ada, "grab", json!({"entity": id})).unwrap();
    let thrown = json!({"entity": id, "position": [0, 1.5, 1.0], "velocity": [0, 4, 8]});
    stage.call(ada, "release", thrown).unwrap();
    stage.ticks(16);
    assert!(shown(&stage, &id).unwrap()[2] > 5.0);
    assert_eq!(stage.call(ada, "grab", json!({"entity": id})), Err("too_far".into()));
    stage.call(bob, "grab", json!({"entity": id})).unwrap();
    assert_eq!(stage.value(&id, "held_by")["user"], json!(avatar("bob").user()), "caught");
    assert_eq!(stage.value(&id, "flight"), Value::Null);
}

#[test]
fn who_leaves_lets_fall_what_they_held() {
    let mut stage = Stage::new(Template::Empty);
    let (ada, bob) = (stage.enter_thexr("ada"), stage.enter_thexr("bob"));
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    let id = stage.create(bob, cube([0.0, 1.5, 1.0]));
    stage.call(ada, "grab", json!({"entity": id})).unwrap();
    stage.leave(ada);
    stage.ticks(8);
    assert!(shown(&stage, &id).unwrap()[1] < 1.5);
    until_rest(&mut stage, 5);
    assert!((position(&stage, &id)[1] - 0.25).abs() < 0.01);
}

#[test]
fn what_somebody_builds_with_hangs_for_a_moment_and_falls_when_they_stop() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 3.0, 2.0]));
    for step in 0..20u8 {
        let position = [f32::from(step) * 0.1, 3.0, 2.0];
        stage
            .call(ada, "update_components", json!({"entity": id, "components": {"position": position}}))
            .unwrap();
        stage.ticks(2);
        assert!(shown(&stage, &id).is_none_or(|place| place[1] > 2.99), "{step}");
    }
    until_rest(&mut stage, 5);
    assert!((position(&stage, &id)[1] - 0.25).abs() < 0.01);
}

#[test]
fn what_lies_on_a_table_falls_when_the_table_goes() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let table = stage.create(
        ada,
        json!({"shape": {"kind": "box", "width": 2, "height": 1, "depth": 2}, "position": [0, 0.5, 3]}),
    );
    let id = stage.create(ada, cube([0.0, 2.0, 3.0]));
    until_rest(&mut stage, 5);
    assert!((position(&stage, &id)[1] - 1.25).abs() < 0.01);
    stage.call(ada, "delete_entity", json!({"entity": table})).unwrap();
    until_rest(&mut stage, 5);
    assert!((position(&stage, &id)[1] - 0.25).abs() < 0.01);
}

#[test]
fn a_lift_carries_what_stands_on_it() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let lift =
        json!({"shape": {"kind": "box", "width": 3, "height": 0.2, "depth": 3}, "position": [0, 0.1, 3]});
    let lift = stage.create(ada, lift);
    let id = stage.create(ada, cube([0.0, 0.5, 3.0]));
    until_rest(&mut stage, 5);
    let start_ms = stage.now.tick * 50 + 500;
    let up = json!({"to": {"position": [0, 2.1, 3]}, "start_ms": start_ms, "duration_ms": 3000});
    stage.call(ada, "update_components", json!({"entity": lift, "components": {"animate": up}})).unwrap();
    stage.ticks(100);
    until_rest(&mut stage, 10);
    let height = position(&stage, &id)[1];
    assert!((height - 2.45).abs() < 0.05, "{height}");
}

#[test]
fn what_falls_out_of_the_room_comes_home() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.create(ada, json!({"sky": {"plain": false}}));
    let id = stage.create(ada, cube([80.0, 3.0, 2.0]));
    let mut lowest = 0.0f32;
    for _ in 0..60 * TICKS_PER_S {
        stage.tick();
        lowest = shown(&stage, &id).map_or(lowest, |place| lowest.min(place[1]));
    }
    assert!(lowest < -900.0, "{lowest}");
    assert_eq!((position(&stage, &id), moving(&stage).bodies.len()), ([80.0, 3.0, 2.0], 0));
}

#[test]
fn what_is_thrown_out_of_the_room_lies_where_it_was_thrown_from_and_flies_no_more() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.create(ada, json!({"sky": {"plain": false}}));
    stand(&mut stage, ada, [80.0, 1.8, 0.0]);
    let id = stage.create(ada, cube([80.0, 1.8, 1.0]));
    stage.call(ada, "grab", json!({"entity": id})).unwrap();
    let thrown = json!({"entity": id, "position": [80, 1.8, 1], "velocity": [3, 0, 0]});
    stage.call(ada, "release", thrown).unwrap();
    assert!(stage.value(&id, "flight").is_object());
    until_rest(&mut stage, 60);
    assert_eq!(
        (stage.value(&id, "flight"), stage.last_event().name.as_str()),
        (Value::Null, "bodies_rested")
    );
    let [x, y, z] = position(&stage, &id);
    assert!((x - 80.0).abs() < 0.001 && (y - 1.8).abs() < 0.001 && (z - 1.0).abs() < 0.001, "{x} {y} {z}");
}

#[test]
fn of_very_many_in_motion_each_is_told_in_its_turn() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    for n in 0..45 {
        let ops: Vec<Value> = (0..50)
            .map(|k| {
                json!({"op": "create", "entity": format!("turn{n:03}x{k:02}"), "components":
                cube([n as f32 * 1.2 - 24.0, 500.0, k as f32 * 1.2 - 30.0])})
            })
            .collect();
        stage.call(ada, "transact", json!({"ops": ops})).unwrap();
    }
    stage.ticks(20);
    let mut told = std::collections::BTreeSet::new();
    for _ in 0..6 {
        stage.tick();
        assert!(moving(&stage).bodies.len() <= 1_000, "{}", moving(&stage).bodies.len());
        told.extend(moving(&stage).bodies.iter().map(|body| body.id.clone()));
    }
    assert_eq!(told.len(), 45 * 50);
}

#[test]
fn many_that_come_to_rest_at_once_become_facts_bit_by_bit() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    for n in 0..40u8 {
        stage.create(ada, cube([f32::from(n % 8) * 1.5 - 6.0, 1.0, f32::from(n / 8) * 1.5 + 2.0]));
    }
    until_rest(&mut stage, 20);
    let rested = stage.journal.iter().filter(|event| event.name == "bodies_rested");
    let counts: Vec<usize> =
        rested.map(|event| event.payload["entities"].as_array().unwrap().len()).collect();
    assert!(
        counts.iter().all(|count| *count <= RESTED_PER_TICK) && counts.iter().sum::<usize>() == 40,
        "{counts:?}"
    );
}

#[test]
fn a_thing_that_is_too_many_stays_where_it_is_put() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let mut last = None;
    for n in 0..(FREE_BODIES_MAX + 1) / 50 + 1 {
        let ops: Vec<Value> = (0..50)
            .map(|k| {
                json!({"op": "create", "entity": format!("many{n:03}x{k:02}"), "components":
                cube([(n % 40) as f32 * 2.0 - 40.0, 0.25 + k as f32 * 0.6, (n / 40) as f32 * 2.0])})
            })
            .collect();
        stage.call(ada, "transact", json!({"ops": ops})).unwrap();
        stage.ticks(2);
        last = Some(entity(&format!("many{n:03}x49")));
    }
    stage.ticks(40);
    let last = last.unwrap();
    assert!(shown(&stage, &last).is_none());
    assert!((position(&stage, &last)[1] - 29.65).abs() < 0.01);
}

#[test]
fn what_is_worn_or_passable_is_in_nobodys_way() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    for component in ["collectable", "portal", "bullet"] {
        let portal = json!({"uri": "https://example.org/"});
        let value = if component == "portal" { portal } else { json!(true) };
        let mut wall = json!({"shape": {"kind": "box", "size": 2}, "position": [0, 1, 3]});
        wall[component] = value;
        stage.create(ada, wall);
    }
    let id = stage.create(ada, cube([0.0, 3.0, 3.0]));
    until_rest(&mut stage, 5);
    assert!((position(&stage, &id)[1] - 0.25).abs() < 0.01);
}

#[test]
fn what_hangs_on_something_stays_there_and_falls_when_it_is_taken_off() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let shelf =
        json!({"shape": {"kind": "box", "width": 2, "height": 0.1, "depth": 1}, "position": [5, 2, 3]});
    let shelf = stage.create(ada, shelf);
    let id = stage.create(ada, cube([0.0, 1.0, 0.0]));
    stage.call(ada, "reparent", json!({"entity": id, "parent": shelf})).unwrap();
    stage.ticks(40);
    assert_eq!((position(&stage, &id), shown(&stage, &id)), ([0.0, 1.0, 0.0], None));
    stage.call(ada, "reparent", json!({"entity": id, "parent": null})).unwrap();
    until_rest(&mut stage, 5);
    assert!((position(&stage, &id)[1] - 0.25).abs() < 0.01);
}

#[test]
fn who_walks_into_a_box_pushes_it_and_who_walks_by_does_not_wake_it() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 0.25, 3.0]));
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    until_rest(&mut stage, 5);
    let before = position(&stage, &id);
    for step in 0..40u8 {
        stand(&mut stage, ada, [1.5, 1.8, f32::from(step) * 0.1]);
    }
    until_rest(&mut stage, 5);
    assert_eq!(position(&stage, &id), before);
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    for step in 0..40u8 {
        stand(&mut stage, ada, [0.0, 1.8, f32::from(step) * 0.1]);
    }
    until_rest(&mut stage, 10);
    assert!(position(&stage, &id)[2] > 4.0, "{:?}", position(&stage, &id));
}

#[test]
fn a_tracked_hand_pushes_and_what_it_throws_does_not_meet_it() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let head = Pose::standing([0.0, 1.8, 0.0]);
    let with_hand = |z: f32| Pose { right: Some([0.3, 1.2, z, 0.0, 0.0, 0.0, 1.0]), ..head };
    let id = stage.create(
        ada,
        json!({"shape": {"kind": "sphere", "diameter": 0.2}, "position": [0.3, 1.2, 0.5],
        "holdable": true, "body": "dynamic"}),
    );
    stage.stand(ada, with_hand(0.5));
    stage.tick();
    stage.call(ada, "grab", json!({"entity": id, "offset": {"position": [0, 0, 0]}})).unwrap();
    for step in 0..6u8 {
        stage.stand(ada, with_hand(0.5 + f32::from(step) * 0.1));
        stage.tick();
    }
    let thrown = json!({"entity": id, "position": [0.3, 1.2, 1.0], "velocity": [0, 2, 5]});
    stage.call(ada, "release", thrown).unwrap();
    stage.ticks(6);
    let flying = shown(&stage, &id).unwrap();
    // 0.3 s at 5 m/s, and a tick or two of waiting.
    assert!((2.0..2.8).contains(&flying[2]) && (flying[0] - 0.3).abs() < 0.02, "{flying:?}");
}

#[test]
fn a_crowd_that_walks_about_in_a_room_at_rest_wakes_nothing() {
    let mut stage = Stage::new(Template::Empty);
    let people: Vec<PeerId> = (0..20).map(|n| stage.enter_thexr(&format!("p{n}x"))).collect();
    let id = stage.create(people[0], cube([40.0, 0.25, 40.0]));
    until_rest(&mut stage, 5);
    for step in 0..40u8 {
        for (n, peer) in people.iter().enumerate() {
            stage.stand(*peer, Pose::standing([n as f32, 1.8, f32::from(step) * 0.1]));
        }
        stage.tick();
        assert!(moving(&stage).bodies.is_empty());
    }
    assert!((position(&stage, &id)[0] - 40.0).abs() < 0.01);
}

#[test]
fn rooms_stand_as_they_are_made_also_when_everything_in_them_is_let_go() {
    for (template, bodies) in [(Template::Workshop, 20), (Template::Blocks, 10), (Template::Plaza, 5)] {
        stands_as_made(template, bodies);
    }
}

fn stands_as_made(template: Template, bodies: usize) {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.0, 1.8, -8.0]);
    let made = thexr_room::template::entities(template, 8);
    let still = |components: &thexr_world::Components| components["name"] != "Floor";
    let ops: Vec<Value> = made
        .iter()
        .filter(|(_, components)| still(components))
        .map(|(id, components)| json!({"op": "create", "entity": id, "components": components}))
        .collect();
    stage.call(ada, "transact", json!({"ops": ops})).unwrap();
    let mut let_go = 0;
    for _ in 0..10 * TICKS_PER_S {
        stage.tick();
        let_go = let_go.max(moving(&stage).bodies.len());
    }
    assert!(
        let_go >= bodies && moving(&stage).bodies.is_empty(),
        "{let_go} {:?}",
        moving(&stage).bodies.first()
    );
    for (id, components) in made.iter().filter(|(_, components)| components.contains_key("body")) {
        let before = [0, 1, 2].map(|axis| components["position"][axis].as_f64().unwrap());
        let now = position(&stage, id);
        let off = (0..3).map(|axis| (now[axis] - before[axis]).abs()).fold(0.0, f64::max);
        assert!(off < 0.02, "{} went {off} m: {before:?} {now:?}", components["name"]);
    }
}

#[test]
fn whatever_numbers_components_have_the_room_goes_on() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    let huge = [json!(1e4), json!(1e-3), json!(-1e4), json!(0)];
    let mut made = 0;
    for (n, size) in huge.iter().enumerate() {
        for scale in &huge {
            for kind in ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"] {
                let shape =
                    json!({"kind": kind, "size": size, "diameter": size, "height": size, "radius": size});
                let components = json!({"shape": shape, "scale": [scale, scale, 1], "body": {"motion": "dynamic", "mass": 1e6},
                    "position": [n as f32 * 3.0, 5.0, 1e4], "collider": {"offset": [1e4, size, 0]}});
                made +=
                    usize::from(stage.call(ada, "create_entity", json!({"components": components})).is_ok());
            }
        }
    }
    assert!(made > 20, "{made}");
    stage.ticks(60);
    let far = stage.create(ada, json!({"position": [1e4, 0, 0], "scale": [1e3, 1e3, 1e3]}));
    for _ in 0..3 {
        let child = json!({"shape": {"kind": "box"}, "body": "dynamic", "parent": {"entity": far},
            "position": [1e4, 1e4, 1e4], "scale": [1e3, 1e3, 1e3]});
        stage.create(ada, child);
    }
    stage.ticks(10);
    let all = |body: &thexr_room::Moving| body.state.place.place().iter().all(|part| part.is_finite());
    assert!(moving(&stage).bodies.iter().all(all));
}

#[test]
fn more_than_a_thousand_in_motion_slow_time_down_and_the_tick_does_not_grow() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.0, 1.8, 0.0]);
    for n in 0..40 {
        let ops: Vec<Value> = (0..50)
            .map(|k| {
                json!({"op": "create", "entity": format!("slow{n:03}x{k:02}"), "components":
                cube([n as f32 * 1.2 - 24.0, 60.0, k as f32 * 1.2 - 30.0])})
            })
            .collect();
        stage.call(ada, "transact", json!({"ops": ops})).unwrap();
    }
    stage.ticks(40);
    let fallen = |stage: &Stage, id: &EntityId| 60.0 - shown(stage, id).unwrap()[1];
    let moves = 2 * moving(&stage).bodies.len();
    let slow = fallen(&stage, &entity("slow039x00"));
    let mut alone = Stage::new(Template::Empty);
    let ada = alone.enter_thexr("ada");
    let one = alone.create(ada, cube([0.0, 60.0, 2.0]));
    alone.ticks(40);
    assert!(moves > 1_900 && slow > 0.5, "{moves} {slow}");
    assert!(slow < fallen(&alone, &one) / 1.5, "{slow} {}", fallen(&alone, &one));
}

#[test]
fn gravity_is_what_the_room_says_and_changing_it_wakes_everything() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 0.25, 2.0]));
    until_rest(&mut stage, 5);
    let own = json!({"entity": avatar("ada"), "components": {"gravity": 9}});
    stage.call(ada, "update_components", own).unwrap();
    stage.ticks(20);
    assert!(shown(&stage, &id).is_none(), "what somebody says of themselves is no rule");
    let room = stage.create(ada, json!({"name": "Room", "gravity": 2}));
    stage.ticks(20);
    let risen = shown(&stage, &id).unwrap()[1];
    assert!((0.9..1.6).contains(&risen), "a metre in a second: {risen}");
    stage.call(ada, "delete_entity", json!({"entity": room})).unwrap();
    until_rest(&mut stage, 10);
    assert!((position(&stage, &id)[1] - 0.25).abs() < 0.01);
}

#[test]
fn a_restore_puts_what_is_in_motion_where_the_state_has_it() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 0.25, 3.0]));
    until_rest(&mut stage, 5);
    let lies = position(&stage, &id);
    stage.call(ada, "save_snapshot", json!({"name": "tidy"})).unwrap();
    stage.ticks(25);
    for step in 0..40u8 {
        stand(&mut stage, ada, [0.0, 1.8, f32::from(step) * 0.1]);
    }
    assert!(shown(&stage, &id).unwrap()[2] > 3.5, "pushed, and in motion still");
    stage.push(ada, "restore_snapshot", json!({"name": "tidy"}));
    stage.ticks(60);
    assert_eq!(position(&stage, &id), lies);
    assert!(moving(&stage).bodies.is_empty());
}

#[test]
fn what_is_made_larger_while_it_moves_goes_on_from_where_it_is() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    let id = stage.create(ada, cube([0.0, 20.0, 3.0]));
    stage.ticks(30);
    let before = shown(&stage, &id).unwrap()[1];
    assert!(before < 18.0, "{before}");
    stage.call(ada, "update_components", json!({"entity": id, "components": {"scale": [2, 2, 2]}})).unwrap();
    stage.tick();
    assert!(shown(&stage, &id).unwrap()[1] < before);
}

#[test]
fn after_people_have_walked_among_boxes_and_thrown_some_all_of_it_comes_to_rest() {
    let mut stage = Stage::new(Template::Empty);
    let people: Vec<PeerId> = (0..4).map(|n| stage.enter_thexr(&format!("p{n}x"))).collect();
    let boxes: Vec<EntityId> = (0..100u8)
        .map(|n| {
            let place = [f32::from(n % 10) * 0.8 - 4.0, 0.199, f32::from(n / 10) * 0.8 - 4.0];
            let components = json!({"shape": {"kind": "box", "size": 0.4}, "position": place, "holdable": {}, "body": "dynamic"});
            stage.create(people[0], components)
        })
        .collect();
    for tick in 0..20 * TICKS_PER_S {
        for (n, peer) in people.iter().enumerate() {
            let angle = tick as f32 * 0.04 + n as f32 * 1.6;
            let (x, z) = (1.8 * libm::cosf(angle), 1.8 * libm::sinf(angle));
            stage.stand(*peer, Pose::standing([x + (n % 2) as f32, 1.7, z + (n / 2) as f32]));
            let thing = &boxes[(tick / 40 * 37 + n * 31) % boxes.len()];
            if tick % 40 == 10 * n {
                stage.push(*peer, "grab", json!({"entity": thing, "offset": {"position": [0, -0.2, 1.0]}}));
            } else if tick % 40 == (10 * n + 20) % 40 {
                let velocity = [4.0 * libm::cosf(angle), 3.0, 4.0 * libm::sinf(angle)];
                stage.push(
                    *peer,
                    "release",
                    json!({"entity": thing, "velocity": velocity, "spin": [3, 1, 2]}),
                );
            }
        }
        stage.tick();
    }
    until_rest(&mut stage, 12);
}

#[test]
fn who_walks_against_a_door_opens_it() {
    let mut stage = Stage::new(Template::Empty);
    let ada = stage.enter_thexr("ada");
    stand(&mut stage, ada, [0.2, 1.8, 0.0]);
    let shape = json!({"kind": "box", "width": 1, "height": 2, "depth": 0.06});
    let hinge = json!({"axis": [0, 1, 0], "at": [-0.5, 0, 0], "least": -1.9, "most": 1.9});
    let door = json!({"shape": shape, "position": [0, 1.05, 1.2], "hinge": hinge, "body": {"mass": 8}});
    let door = stage.create(ada, door);
    stage.ticks(30);
    // As far as the page lets somebody come who is 0.28 m thick.
    for step in 0..9u8 {
        stand(&mut stage, ada, [0.2, 1.8, f32::from(step) * 0.1]);
    }
    stand(&mut stage, ada, [0.2, 1.8, 0.89]);
    stage.ticks(20);
    let place = stage.room.place_of(&door).unwrap();
    assert!(place[4].abs() > 0.02, "{place:?}");
}

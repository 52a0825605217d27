//! Rooms small enough to be seen in one's head, and rooms nobody would build but to harm.

use crate::{BakeError, Paths, bake, is_fixed};
use proptest::prelude::*;
use serde_json::{Value, json};
use thexr_physics::{Form, Solid};
use thexr_wire::EntityId;
use thexr_world::{Components, NoStates, Op, Stamp, World};

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

fn world(things: &[(&str, Value)]) -> World {
    let create = |(id, components): &(&str, Value)| {
        let Value::Object(map) = components else { unreachable!() };
        let components: Components = map.clone().into_iter().collect();
        Op::Create { entity: EntityId::parse(id).unwrap(), components }
    };
    let ops: Vec<Op> = things.iter().map(create).collect();
    let mut world = World::default();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).unwrap();
    world
}

fn a_box(at: [f64; 3], size: [f64; 3]) -> Value {
    let [width, height, depth] = size;
    json!({"shape": {"kind": "box", "width": width, "height": height, "depth": depth}, "position": at})
}

fn door(at: [f64; 3], size: [f64; 3]) -> Value {
    let mut door = a_box(at, size);
    door["door"] = json!({"state": "closed"});
    door
}

/// A wall across the room from -20 to 20 m at z = 0, with a gap of so many metres in the middle, and a monster south of it.
fn walled(gap: f64) -> Vec<(&'static str, Value)> {
    let (length, middle) = (20.0 - gap / 2.0, 10.0 + gap / 4.0);
    let mut things = vec![
        ("wall1", a_box([-middle, 1.5, 0.0], [length, 3.0, 0.3])),
        ("wall2", a_box([middle, 1.5, 0.0], [length, 3.0, 0.3])),
        ("mons1", json!({"monster": {"kind": "walker"}, "position": [0, 0, -8]})),
    ];
    // Nobody goes round it.
    let sides =
        [("side1", [-20.0, 1.5, 0.0], [0.3, 3.0, 40.0]), ("side2", [20.0, 1.5, 0.0], [0.3, 3.0, 40.0])];
    let ends =
        [("endx1", [0.0, 1.5, -20.0], [40.0, 3.0, 0.3]), ("endx2", [0.0, 1.5, 20.0], [40.0, 3.0, 0.3])];
    things.extend(sides.into_iter().chain(ends).map(|(id, at, size)| (id, a_box(at, size))));
    things
}

fn length(path: &[[f32; 3]]) -> f32 {
    let apart =
        |pair: &[[f32; 3]]| (0..3).map(|axis| (pair[1][axis] - pair[0][axis]).powi(2)).sum::<f32>().sqrt();
    path.windows(2).map(apart).sum()
}

const SOUTH: [f32; 3] = [0.0, 0.0, -8.0];
const NORTH: [f32; 3] = [0.0, 0.0, 8.0];

fn baked(things: &[(&str, Value)]) -> Paths {
    bake(&world(things), 0.0).unwrap()
}

#[test]
fn gaps_of_a_doors_width_are_passed_and_narrow_ones_are_not() {
    for (gap, passes) in [(0.0, false), (0.6, false), (1.4, true), (3.0, true)] {
        let path = baked(&walled(gap)).path(SOUTH, NORTH, &[]);
        assert_eq!(path.is_some(), passes, "{gap} m");
        if let Some(path) = path {
            assert!((15.9..17.0).contains(&length(&path)), "{path:?}");
        }
    }
}

#[test]
fn a_shut_door_is_never_passed_and_an_open_one_is() {
    let mut things = walled(1.4);
    things.push(("door1", door([0.0, 1.2, 0.0], [1.4, 2.4, 0.1])));
    let paths = baked(&things);
    assert_eq!(paths.gates().collect::<Vec<_>>(), [&id("door1")]);
    assert!(paths.path(SOUTH, NORTH, &[]).is_some());
    assert_eq!(paths.path(SOUTH, NORTH, &[id("door1")]), None);
    assert!(paths.path(SOUTH, [5.0, 0.0, -3.0], &[id("door1")]).is_some(), "on this side all is as it was");
    let through = |from: f32, to: f32| paths.is_shut([0.3, 0.0, from], [0.3, 0.0, to], &[id("door1")]);
    assert!(
        through(-0.1, 0.05) && !through(-0.3, -0.1) && !paths.is_shut([0.0, 0.0, -0.1], [0.0, 0.0, 0.1], &[])
    );
    assert!(paths.path(SOUTH, NORTH, &[id("other")]).is_some(), "what is no door of it shuts nothing");
}

#[test]
fn with_one_of_two_doors_shut_there_is_a_way_round() {
    let mut things = walled(1.4);
    let [(_, first), ..] = &mut things[..] else { unreachable!() };
    // A second gap, 15 m to the west.
    *first = a_box([-7.5, 1.5, 0.0], [13.6, 3.0, 0.3]);
    things.push(("wall3", a_box([-18.0, 1.5, 0.0], [4.0, 3.0, 0.3])));
    things.push(("door1", door([0.0, 1.2, 0.0], [1.4, 2.4, 0.1])));
    things.push(("door2", door([-15.2, 1.2, 0.0], [1.6, 2.4, 0.1])));
    let paths = baked(&things);
    let straight = length(&paths.path(SOUTH, NORTH, &[]).unwrap());
    let round = length(&paths.path(SOUTH, NORTH, &[id("door1")]).unwrap());
    assert!(straight < 17.0 && (30.0..40.0).contains(&round), "{straight} {round}");
    assert_eq!(paths.path(SOUTH, NORTH, &[id("door1"), id("door2")]), None);
}

#[test]
fn whoever_stands_close_to_a_shut_door_is_on_their_side_of_it() {
    let mut things = walled(1.4);
    things.push(("door1", door([0.0, 1.2, 0.0], [1.4, 2.4, 0.1])));
    let (paths, shut) = (baked(&things), [id("door1")]);
    let before = [0.0, 0.0, -0.3];
    let path = paths.path(SOUTH, before, &shut).unwrap();
    assert!(path.iter().all(|at| at[2] < -0.1), "{path:?}");
    assert!(paths.path(before, SOUTH, &shut).is_some());
    assert_eq!(paths.path(NORTH, before, &shut), None);
    assert_eq!(paths.path(before, NORTH, &shut), None);
}

#[test]
fn steps_and_slopes_are_climbed_and_walls_and_steep_ones_are_not() {
    let platform = |height: f64| ("block", a_box([0.0, height / 2.0, 8.0], [6.0, height, 6.0]));
    let monster = ("mons1", json!({"monster": {}, "position": [0, 0, -8]}));
    let up = |height: f32| [0.0, height, 8.0];
    let low = baked(&[monster.clone(), platform(0.3)]);
    let path = low.path(SOUTH, up(0.3), &[]).unwrap();
    assert!((path.last().unwrap()[1] - 0.3).abs() < 0.02, "{path:?}");
    assert_eq!(baked(&[monster.clone(), platform(1.5)]).path(SOUTH, up(1.5), &[]), None);
    // A ramp from the floor to the edge of a platform of 2 m, and one that is too steep.
    let ramp = |degrees: f64| {
        let (half, run) = (degrees.to_radians() / 2.0, 2.0 / libm::tan(degrees.to_radians()));
        let mut ramp = a_box([0.0, 0.9, 5.0 - run / 2.0], [3.0, 0.2, 2.0 / libm::sin(degrees.to_radians())]);
        ramp["rotation"] = json!([-libm::sin(half), 0, 0, libm::cos(half)]);
        ("rampx", ramp)
    };
    for (degrees, climbs) in [(30.0, true), (60.0, false)] {
        let paths = baked(&[monster.clone(), platform(2.0), ramp(degrees)]);
        assert_eq!(paths.path(SOUTH, up(2.0), &[]).is_some(), climbs, "{degrees} degrees");
    }
}

#[test]
fn a_way_leads_under_a_bridge_and_another_over_it() {
    let things = [
        ("mons1", json!({"monster": {}, "position": [0, 0, -8]})),
        ("bridg", a_box([0.0, 2.9, 0.0], [20.0, 0.2, 4.0])),
    ];
    let paths = baked(&things);
    assert!((paths.floor([0.0, 0.1, 0.0]).unwrap()).abs() < 0.001);
    assert!((paths.floor([0.0, 3.0, 0.0]).unwrap() - 3.0).abs() < 0.001);
    let under = paths.path(SOUTH, NORTH, &[]).unwrap();
    assert!(length(&under) < 16.5 && under.iter().all(|at| at[1].abs() < 0.05), "{under:?}");
    let over = paths.path([-8.0, 3.0, 0.0], [8.0, 3.0, 0.0], &[]).unwrap();
    assert!(over.iter().all(|at| (at[1] - 3.0).abs() < 0.05), "{over:?}");
}

#[test]
fn what_moves_opens_or_is_picked_up_is_no_wall() {
    let wall = |with: Value| {
        let mut thing = a_box([0.0, 1.0, 0.0], [1.0, 2.0, 1.0]);
        thing.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        let world = world(&[
            ("thing", thing),
            ("child", json!({"parent": {"entity": "thing"}, "shape": {"kind": "box"}})),
        ]);
        (is_fixed(&world, &id("thing"), 0.0), is_fixed(&world, &id("child"), 0.0))
    };
    assert_eq!(wall(json!({})), (true, true));
    for with in [
        json!({"door": true}),
        json!({"lift": {"height": 2}}),
        json!({"monster": true}),
        json!({"collectable": true}),
    ] {
        assert_eq!(wall(with.clone()), (false, false), "{with}");
    }
    assert!(!wall(json!({"body": {"motion": "dynamic"}})).0);
    assert!(!wall(json!({"wall": false})).0);
    assert!(!wall(json!({"collider": false})).0);
}

#[test]
fn a_lift_is_an_area_that_can_be_shut() {
    let mut things = walled(3.0);
    let mut lift = a_box([0.0, 0.1, 0.0], [3.0, 0.2, 3.0]);
    lift["lift"] = json!({"height": 3});
    things.push(("lift1", lift));
    let paths = baked(&things);
    assert!(paths.path(SOUTH, NORTH, &[]).is_some());
    assert_eq!(paths.path(SOUTH, NORTH, &[id("lift1")]), None);
}

#[test]
fn the_same_world_gives_the_same_ways() {
    let mut things = walled(1.4);
    for (at, name) in ["boxx1", "boxx2", "boxx3", "boxx4"].into_iter().enumerate() {
        things.push((name, a_box([at as f64 * 3.0 - 5.0, 0.5, at as f64 - 9.0], [1.0, 1.0, 2.0])));
    }
    let (first, second) = (baked(&things), baked(&things));
    for at in 0..50u8 {
        let at = f32::from(at);
        let (from, to) = ([at * 0.7 - 17.0, 0.0, -15.0 + at * 0.2], [15.0 - at * 0.6, 0.0, 15.0]);
        assert_eq!(first.path(from, to, &[]), second.path(from, to, &[]));
        assert_eq!(first.nearest(from), second.nearest(from));
    }
}

#[test]
fn nobody_walks_where_there_are_only_people_nor_across_the_land() {
    let nobody =
        world(&[("wall1", a_box([0.0, 1.0, 0.0], [1.0, 2.0, 1.0])), ("spawn", json!({"spawn_point": true}))]);
    assert_eq!(bake(&nobody, 0.0).unwrap_err(), BakeError::NothingMatters);
    let far = [("mons1", json!({"monster": {}})), ("mons2", json!({"spawner": {}, "position": [300, 0, 0]}))];
    assert_eq!(bake(&world(&far), 0.0).unwrap_err(), BakeError::TooFarApart);
    let in_the_air = [("mons1", json!({"monster": {}})), ("skyxx", json!({"sky": {"plain": false}}))];
    assert_eq!(bake(&world(&in_the_air), 0.0).unwrap_err(), BakeError::NoFloor);
}

#[test]
fn what_is_far_away_is_left_out() {
    let paths = baked(&[
        ("mons1", json!({"monster": {}})),
        ("mount", a_box([900.0, 50.0, 0.0], [100.0, 100.0, 100.0])),
        (
            "floor",
            json!({"shape": {"kind": "ground", "width": 10000, "depth": 10000}, "floor": true, "position": [0, 0.05, 0]}),
        ),
    ]);
    assert!(paths.path([0.0, 0.0, 0.0], [25.0, 0.0, 25.0], &[]).is_some());
    assert_eq!(paths.path([0.0, 0.0, 0.0], [900.0, 100.0, 0.0], &[]), None);
    assert_eq!(paths.nearest([f32::NAN, 0.0, 0.0]), None);
}

#[test]
fn ten_thousand_boxes_are_baked_and_floors_upon_floors_are_refused() {
    let names: Vec<String> = (0..10_000).map(|n| format!("thing{n:05}")).collect();
    // In towers of four.
    let spread = |n: usize| {
        let (x, z) = ((n / 4 % 50) as f64 * 3.8 - 95.0, (n / 200) as f64 * 3.8 - 95.0);
        a_box([x, 0.5 + (n % 4) as f64, z], [0.8, 1.0, 0.8])
    };
    let mut things: Vec<(&str, Value)> =
        names.iter().enumerate().map(|(n, name)| (name.as_str(), spread(n))).collect();
    things.push(("mons1", json!({"monster": {}, "position": [1.9, 0, 1.9]})));
    let baked = bake(&world(&things), 0.0);
    assert!(baked.is_ok(), "{baked:?}");
    let pile = |n: usize| a_box([0.0, n as f64 * 0.001, 0.0], [150.0, 1.0, 150.0]);
    let mut things: Vec<(&str, Value)> =
        names.iter().enumerate().map(|(n, name)| (name.as_str(), pile(n))).collect();
    things.push(("mons1", json!({"monster": {}})));
    assert_eq!(bake(&world(&things), 0.0).unwrap_err(), BakeError::TooMuch);
}

#[test]
fn surfaces_look_outward() {
    let forms = [
        Form::Box { half: [1.0, 2.0, 3.0] },
        Form::Ball { radius: 1.0 },
        Form::Capsule { half_height: 1.0, radius: 0.5 },
        Form::Cylinder { half_height: 1.0, radius: 0.5 },
        Form::Cone { half_height: 1.0, radius: 0.5 },
    ];
    for form in forms {
        let (triangles, _) =
            crate::triangles::placed(&Solid::fixed(form.clone()), &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        let inward = triangles.iter().filter(|triangle| {
            let normal = triangle.normal();
            let out: f32 =
                (0..3).map(|axis| normal[axis] * triangle.0.iter().map(|at| at[axis]).sum::<f32>()).sum();
            out < 0.0
        });
        assert_eq!((inward.count(), triangles.is_empty()), (0, false), "{form:?}");
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -20.0..20.0, 1 => Just(0.0), 1 => Just(1e4), 1 => Just(-1e9), 1 => Just(1e38), 1 => Just(1e-30)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_that_can_be_built_breaks_a_bake(
        things in prop::collection::vec(
            (prop::array::uniform3(any_number()), prop::array::uniform3(any_number()), prop::array::uniform4(-1.0..1.0f64), 0usize..9),
            0..40,
        ),
        from in prop::array::uniform3(-30.0..30.0f32),
        to in prop::array::uniform3(-30.0..30.0f32),
    ) {
        let kinds = ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"];
        let names: Vec<String> = (0..things.len()).map(|n| format!("thing{n:03}")).collect();
        let make = |(at, size, turn, kind): &([f64; 3], [f64; 3], [f64; 4], usize)| {
            let [width, height, depth] = size;
            let mut thing = json!({"position": at, "rotation": turn, "shape": {
                "kind": kinds[kind % kinds.len()], "width": width, "height": height, "depth": depth}});
            match kind {
                7 => thing["door"] = json!({"state": "closed"}),
                8 => thing["collider"] = json!({"shape": "trimesh",
                    "points": [at, size, [0, 0, 0], [1, 1, 1], [1e38, 0, 1]], "triangles": [[0, 1, 2], [1, 2, 3], [2, 3, 4], [0, 0, 0]]}),
                _ => {}
            }
            thing
        };
        let mut all: Vec<(&str, Value)> = names.iter().map(String::as_str).zip(things.iter().map(make)).collect();
        all.push(("mons1", json!({"monster": {}})));
        if let Ok(paths) = bake(&world(&all), 0.0) {
            let shut: Vec<EntityId> = paths.gates().cloned().collect();
            for shut in [&[][..], &shut] {
                let path = paths.path(from, to, shut);
                prop_assert!(path.iter().flatten().flatten().all(|part| part.is_finite()));
            }
        }
    }
}

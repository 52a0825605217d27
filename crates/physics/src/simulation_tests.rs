//! Falling, stacking, rolling, pushing and resting.

use super::*;
use crate::{BODY, Form, Hinge, MIDDLE_M, STEPS_PER_S};
use proptest::prelude::*;
use thexr_world::mesh::Mesh;

const UPRIGHT: [f32; 4] = [0.0, 0.0, 0.0, 1.0];

fn at(x: f32, y: f32, z: f32) -> Place {
    let [a, b, c, d] = UPRIGHT;
    [x, y, z, a, b, c, d]
}

fn free(form: Form) -> Solid {
    Solid { kind: Kind::Free, ..Solid::fixed(form) }
}

fn cube(half: f32) -> Form {
    Form::Box { half: [half; 3] }
}

/// A floor whose top is at zero.
fn floor() -> Simulation {
    let mut simulation = Simulation::default();
    let floor = Solid { offset: [0.0, -0.5, 0.0], ..Solid::fixed(Form::Box { half: [50.0, 0.5, 50.0] }) };
    simulation.put(0, floor, State::at(at(0.0, 0.0, 0.0)), true);
    simulation
}

fn run(simulation: &mut Simulation, seconds: f32) {
    for _ in 0..(seconds * STEPS_PER_S as f32) as u32 {
        simulation.step();
    }
}

fn height(simulation: &Simulation, key: Key) -> f32 {
    simulation.state(key).unwrap().place[1]
}

#[test]
fn what_is_let_go_of_falls_and_rests_on_the_floor() {
    let mut simulation = floor();
    simulation.put(1, free(cube(0.25)), State::at(at(0.0, 3.0, 0.0)), false);
    run(&mut simulation, 0.5);
    assert!((1.5..2.5).contains(&height(&simulation, 1)), "{}", height(&simulation, 1));
    assert_eq!(simulation.awake().collect::<Vec<_>>(), [1]);
    run(&mut simulation, 2.5);
    assert!((height(&simulation, 1) - 0.25).abs() < 0.01, "{}", height(&simulation, 1));
    assert_eq!((simulation.awake_len(), simulation.take_rested()), (0, vec![1]));
    assert_eq!(simulation.state(1).unwrap().place, simulation.rounded(1).unwrap().place());
}

#[test]
fn a_stack_of_ten_stands_and_sleeps_and_all_of_it_wakes_when_its_foot_is_pulled_away() {
    let mut simulation = floor();
    for n in 0..10u32 {
        simulation.put(1 + n, free(cube(0.25)), State::at(at(0.0, 0.25 + 0.5 * n as f32, 0.0)), false);
    }
    run(&mut simulation, 5.0);
    assert_eq!(simulation.awake_len(), 0, "{:?}", simulation.awake().collect::<Vec<_>>());
    for n in 0..10u32 {
        assert!((height(&simulation, 1 + n) - 0.25 - 0.5 * n as f32).abs() < 0.03, "{n}");
    }
    simulation.remove(1);
    run(&mut simulation, 0.2);
    assert_eq!(simulation.awake_len(), 9);
    run(&mut simulation, 4.0);
    assert!((height(&simulation, 2) - 0.25).abs() < 0.03, "{}", height(&simulation, 2));
}

#[test]
fn a_ball_that_is_thrown_bounces_rolls_and_comes_to_rest() {
    let mut simulation = floor();
    let ball = Solid { restitution: 0.7, ..free(Form::Ball { radius: 0.15 }) };
    let thrown = State { velocity: [4.0, 2.0, 0.0], ..State::at(at(0.0, 1.5, 0.0)) };
    simulation.put(1, ball, thrown, false);
    let (mut low, mut bounced) = (f32::MAX, false);
    for _ in 0..40 * STEPS_PER_S {
        simulation.step();
        let now = height(&simulation, 1);
        bounced |= low < 0.2 && now > 0.5;
        low = low.min(now);
    }
    assert!(bounced && low > 0.1, "{low}");
    assert_eq!(simulation.awake_len(), 0, "{:?}", simulation.state(1));
    assert!(simulation.state(1).unwrap().place[0] > 2.0);
}

#[test]
fn the_fastest_throw_does_not_pass_through_a_thin_wall() {
    let mut simulation = floor();
    let wall = Solid::fixed(Form::Box { half: [0.02, 3.0, 3.0] });
    simulation.put(1, wall, State::at(at(3.0, 1.0, 0.0)), true);
    let thrown = State { velocity: [500.0, 0.0, 0.0], ..State::at(at(0.0, 1.0, 0.0)) };
    simulation.put(2, free(cube(0.05)), thrown, false);
    run(&mut simulation, 1.0);
    assert!(simulation.state(2).unwrap().place[0] < 3.0, "{:?}", simulation.state(2));
}

#[test]
fn a_hand_that_is_steered_pushes_what_rests() {
    let mut simulation = floor();
    simulation.put(1, free(cube(0.25)), State::at(at(1.0, 0.25, 0.0)), true);
    let hand = Solid { kind: Kind::Steered, ..Solid::fixed(Form::Ball { radius: 0.1 }) };
    simulation.put(2, hand, State::at(at(0.0, 0.2, 0.0)), false);
    run(&mut simulation, 0.5);
    assert_eq!((simulation.awake_len(), simulation.state(1).unwrap().place), (0, at(1.0, 0.25, 0.0)));
    for step in 1..=20 {
        simulation.steer(2, at(step as f32 * 0.05, 0.2, 0.0), 3);
        (0..3).for_each(|_| simulation.step());
    }
    let pushed = simulation.state(1).unwrap().place;
    assert!(pushed[0] > 1.3, "{pushed:?}");
    assert_eq!(simulation.state(2).unwrap().place, at(1.0, 0.2, 0.0));
}

#[test]
fn what_rests_costs_nothing_and_is_not_moved() {
    let mut simulation = floor();
    for n in 0..500u32 {
        let place = at((n % 25) as f32 * 2.0 - 25.0, 0.25, (n / 25) as f32 * 2.0 - 20.0);
        simulation.put(1 + n, free(cube(0.25)), State::at(place), true);
    }
    run(&mut simulation, 1.0);
    assert_eq!((simulation.awake_len(), simulation.take_rested().len(), simulation.is_still()), (0, 0, true));
    assert_eq!(simulation.state(77).unwrap().place, at(-23.0, 0.25, -14.0));
    simulation.wake(77);
    simulation.step();
    assert_eq!(simulation.awake().collect::<Vec<_>>(), [77]);
}

#[test]
fn two_simulations_of_the_same_calls_have_the_same_bits() {
    let run_all = || {
        let mut simulation = floor();
        for n in 0..60u32 {
            let form = match n % 4 {
                0 => cube(0.2),
                1 => Form::Ball { radius: 0.2 },
                2 => Form::Cylinder { half_height: 0.2, radius: 0.15 },
                _ => Form::Capsule { half_height: 0.15, radius: 0.1 },
            };
            let place = at((n % 5) as f32 * 0.3, 0.5 + n as f32 * 0.25, (n % 3) as f32 * 0.3);
            simulation.put(
                1 + n,
                free(form),
                State { spin: [1.0, n as f32, 0.0], ..State::at(place) },
                false,
            );
        }
        run(&mut simulation, 3.0);
        (1..61).map(|key| simulation.rounded(key).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(run_all(), run_all());
}

#[test]
fn a_heap_in_one_place_is_bounded() {
    let mut simulation = floor();
    for n in 0..3_000u32 {
        simulation.put(1 + n, free(cube(0.25)), State::at(at(0.0, 0.25, 0.0)), false);
    }
    for _ in 0..120 {
        simulation.step();
        let pairs = simulation.world.narrow_phase.contact_graph().raw_graph().raw_edges().len();
        assert!(pairs <= PAIRS_MAX && simulation.awake_len() <= 3_000, "{pairs} pairs");
    }
    assert!(simulation.things[&3_000].handle.is_none(), "it waits, and stays where it was put");
    assert_eq!(simulation.state(3_000).unwrap().place, at(0.0, 0.25, 0.0));
}

#[test]
fn however_often_what_waits_in_a_heap_is_put_there_anew_it_waits_once() {
    let mut simulation = floor();
    for round in 0..50 {
        for n in 0..200u32 {
            simulation.put(1 + n, free(cube(0.25)), State::at(at(0.0, 0.25, 0.0)), round % 2 == 0);
        }
        simulation.step();
    }
    assert!((1..=200).contains(&simulation.waiting.len()) && simulation.waiting_fixed.is_empty());
    (1..=200).for_each(|key| simulation.remove(key));
    run(&mut simulation, 0.1);
    assert!(simulation.waiting.is_empty() && simulation.is_still());
}

#[test]
fn what_is_steered_too_far_for_a_step_jumps_and_pushes_nothing_on_its_way() {
    let mut simulation = floor();
    simulation.put(1, free(cube(0.25)), State::at(at(2.0, 0.25, 0.0)), true);
    let hand = Solid { kind: Kind::Steered, ..Solid::fixed(Form::Ball { radius: 0.1 }) };
    simulation.put(2, hand, State::at(at(0.0, 0.2, 0.0)), false);
    run(&mut simulation, 0.5);
    simulation.steer(2, at(4.0, 0.2, 0.0), 3);
    run(&mut simulation, 0.5);
    assert_eq!(simulation.state(2).unwrap().place, at(4.0, 0.2, 0.0));
    assert_eq!(simulation.state(1).unwrap().place, at(2.0, 0.25, 0.0));
}

#[test]
fn a_floor_may_carry_more_things_than_a_heap_may_have() {
    let mut simulation = floor();
    for n in 0..1_000u32 {
        let place = at((n % 40) as f32 * 2.0 - 40.0, 1.0, (n / 40) as f32 * 2.0 - 25.0);
        simulation.put(1 + n, free(cube(0.25)), State::at(place), false);
    }
    run(&mut simulation, 3.0);
    assert!((1..=1_000).all(|key| (height(&simulation, key) - 0.25).abs() < 0.02));
    assert_eq!(simulation.awake_len(), 0);
}

#[test]
fn a_thing_that_is_replaced_is_where_it_was_put_last() {
    let mut simulation = floor();
    simulation.put(1, free(cube(0.25)), State::at(at(0.0, 0.25, 0.0)), true);
    run(&mut simulation, 0.1);
    simulation.put(1, free(cube(0.25)), State::at(at(5.0, 0.25, 0.0)), true);
    run(&mut simulation, 0.1);
    assert_eq!(simulation.state(1).unwrap().place, at(5.0, 0.25, 0.0));
    assert_eq!(simulation.len(), 2);
}

#[test]
fn what_lies_on_something_fixed_falls_when_that_is_taken_away_or_moved() {
    for move_it in [false, true] {
        let mut simulation = floor();
        let table = Solid::fixed(Form::Box { half: [1.0, 0.5, 1.0] });
        simulation.put(1, table.clone(), State::at(at(0.0, 0.5, 0.0)), true);
        simulation.put(2, free(cube(0.25)), State::at(at(0.0, 1.5, 0.0)), false);
        run(&mut simulation, 3.0);
        assert!((height(&simulation, 2) - 1.25).abs() < 0.01 && simulation.is_still());
        if move_it {
            simulation.put(1, table.clone(), State::at(at(9.0, 0.5, 0.0)), true);
        } else {
            simulation.remove(1);
        }
        run(&mut simulation, 3.0);
        assert!((height(&simulation, 2) - 0.25).abs() < 0.01, "{}", height(&simulation, 2));
    }
}

#[test]
fn a_door_turns_about_its_hinge_within_its_limits_when_something_pushes_it() {
    let mut simulation = floor();
    let hinge =
        Hinge { axis: [0.0, 1.0, 0.0], at: [-0.5, 0.0, 0.0], limits: Some([-1.5, 1.5]), zero: UPRIGHT };
    let door = Solid { hinge: Some(hinge), mass: 5.0, ..free(Form::Box { half: [0.5, 1.0, 0.03] }) };
    simulation.put(1, door, State::at(at(0.0, 1.05, 0.0)), true);
    run(&mut simulation, 1.0);
    assert_eq!(
        (simulation.awake_len(), simulation.state(1).unwrap().place),
        (0, Rounded::new(&at(0.0, 1.05, 0.0)).place())
    );
    let person =
        Solid { kind: Kind::Steered, ..Solid::fixed(Form::Capsule { half_height: 0.5, radius: 0.3 }) };
    simulation.put(2, person, State::at(at(0.3, 1.0, -1.0)), true);
    for step in 1..=40u8 {
        simulation.steer(2, at(0.3, 1.0, -1.0 + f32::from(step) * 0.05), 3);
        (0..3).for_each(|_| simulation.step());
    }
    let [x, y, z, ..] = simulation.state(1).unwrap().place;
    assert!(z > 0.2 && (y - 1.05).abs() < 0.02, "{x} {y} {z}");
    let from_hinge = ((x + 0.5) * (x + 0.5) + z * z).sqrt();
    assert!((from_hinge - 0.5).abs() < 0.03, "{from_hinge}");
    simulation.remove(1);
    assert_eq!(simulation.len(), 2);
}

#[test]
fn a_field_of_boxes_that_somebody_has_walked_through_comes_to_rest() {
    let mut simulation = floor();
    for n in 0..100u32 {
        let place = at((n % 10) as f32 * 0.7, 0.2, (n / 10) as f32 * 0.7);
        simulation.put(1 + n, free(cube(0.2)), State::at(place), true);
    }
    let person =
        Solid { kind: Kind::Steered, ..Solid::fixed(Form::Capsule { half_height: 0.45, radius: 0.32 }) };
    simulation.put(200, person, State::at(at(-1.0, 0.85, 3.0)), true);
    let corners = [[6.0, 3.0], [6.0, 1.0], [1.0, 1.0], [1.0, 5.5], [5.0, 5.5], [2.0, 2.0]];
    let mut from = [-1.0, 3.0];
    for to in corners {
        for step in 1..=60u8 {
            let share = f32::from(step) / 60.0;
            let now = [0, 1].map(|axis: usize| from[axis] + (to[axis] - from[axis]) * share);
            simulation.steer(200, at(now[0], 0.85, now[1]), 3);
            (0..3).for_each(|_| simulation.step());
        }
        from = to;
    }
    run(&mut simulation, 3.0);
    assert_eq!(simulation.awake_len(), 0, "nobody keeps their neighbours awake");
}

#[test]
fn a_small_box_comes_to_rest_also_under_somebody_who_has_stepped_into_it_and_stays() {
    for half in [0.04f32, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3] {
        for (eyes, z) in [(1.6f32, -0.5f32), (1.6, 0.0), (1.7, -0.3), (1.8, -0.5), (1.8, -0.15), (1.8, 0.0)] {
            let mut simulation = floor();
            simulation.put(1, free(cube(half)), State::at(at(0.1, half, 0.0)), true);
            simulation.put(2, Solid::limb(BODY), State::at(at(0.0, eyes - MIDDLE_M, -1.5)), true);
            simulation.steer(2, at(0.0, eyes - MIDDLE_M, z), 1);
            run(&mut simulation, 3.0);
            assert_eq!(simulation.awake_len(), 0, "a box of {} m, eyes at {eyes}, {z}", 2.0 * half);
        }
    }
}

/// A thing of corners about its place.
fn cornered(points: &[[f32; 3]], triangles: &[[u32; 3]]) -> Mesh {
    Mesh { points: points.into(), triangles: triangles.into() }
}

/// The corners of a box of these halves.
fn box_corners([x, y, z]: [f32; 3]) -> Vec<[f32; 3]> {
    (0..8u8)
        .map(|n| {
            [
                if n & 1 == 0 { -x } else { x },
                if n & 2 == 0 { -y } else { y },
                if n & 4 == 0 { -z } else { z },
            ]
        })
        .collect()
}

#[test]
fn a_thing_of_corners_falls_onto_its_side_and_rests_and_carries_others() {
    let mut simulation = floor();
    let wedge = [
        [-0.3, -0.2, -0.2],
        [0.3, -0.2, -0.2],
        [-0.3, -0.2, 0.2],
        [0.3, -0.2, 0.2],
        [-0.3, 0.2, 0.0],
        [0.3, 0.2, 0.0],
    ];
    let tent = Form::Hull { mesh: cornered(&wedge, &[]), scale: [1.0, 2.0, 1.0] };
    simulation.put(1, free(tent), State::at(at(0.0, 1.5, 0.0)), false);
    let brick = Form::Hull { mesh: cornered(&box_corners([0.25; 3]), &[]), scale: [1.0; 3] };
    simulation.put(2, free(brick), State::at(at(3.0, 0.3, 0.0)), false);
    simulation.put(3, free(cube(0.2)), State::at(at(3.0, 1.5, 0.0)), false);
    run(&mut simulation, 4.0);
    assert_eq!(simulation.awake_len(), 0);
    assert!((height(&simulation, 1) - 0.4).abs() < 0.02, "{}", height(&simulation, 1));
    assert!((height(&simulation, 2) - 0.25).abs() < 0.01, "{}", height(&simulation, 2));
    assert!((height(&simulation, 3) - 0.7).abs() < 0.02, "{}", height(&simulation, 3));
}

#[test]
fn what_is_thrown_through_the_door_of_a_house_lies_inside_and_what_misses_it_stays_outside() {
    let mut simulation = floor();
    // Walls 2 m about, open towards -z between x = -0.5 and 0.5.
    let [low, high] = [0.0, 2.0];
    let ring = [[-0.5, -2.0], [-2.0, -2.0], [-2.0, 2.0], [2.0, 2.0], [2.0, -2.0], [0.5, -2.0]];
    let points: Vec<[f32; 3]> = ring.iter().flat_map(|[x, z]| [[*x, low, *z], [*x, high, *z]]).collect();
    let walls: Vec<[u32; 3]> =
        (0..5u32).flat_map(|n| [[2 * n, 2 * n + 1, 2 * n + 2], [2 * n + 1, 2 * n + 3, 2 * n + 2]]).collect();
    let skin = Form::Skin { mesh: cornered(&points, &walls), scale: [1.0; 3] };
    simulation.put(1, Solid::fixed(skin), State::at(at(0.0, 0.0, 0.0)), true);
    let ball = |x: f32| {
        (
            free(Form::Ball { radius: 0.12 }),
            State { velocity: [0.0, 1.0, 6.0], ..State::at(at(x, 0.5, -4.0)) },
        )
    };
    for (key, x) in [(2, 0.0), (3, 1.2)] {
        let (solid, state) = ball(x);
        simulation.put(key, solid, state, false);
    }
    run(&mut simulation, 8.0);
    let z = |key| simulation.state(key).unwrap().place[2];
    assert!(z(2) > -2.0 && z(2) < 2.0, "{}", z(2));
    assert!(z(3) < -2.0, "{}", z(3));
}

#[test]
fn what_costs_a_step_more_than_boxes_do_counts_for_more() {
    let fallen = |count: u32, form: &Form| {
        let mut simulation = floor();
        for n in 0..count {
            simulation.put(1 + n, free(form.clone()), State::at(at(n as f32, 0.3, 0.0)), false);
        }
        run(&mut simulation, 0.2);
        assert_eq!(simulation.awake_len(), count as usize);
        simulation.effort()
    };
    let round: Vec<[f32; 3]> = (0..32u8)
        .map(|n| f32::from(n) * 0.7)
        .map(|turn| [0.2 * libm::cosf(turn), 0.2 * libm::sinf(turn * 3.0), 0.2 * libm::sinf(turn)])
        .collect();
    assert_eq!(fallen(10, &cube(0.2)), 10);
    assert_eq!(fallen(10, &Form::Hull { mesh: cornered(&box_corners([0.2; 3]), &[]), scale: [1.0; 3] }), 10);
    assert_eq!(fallen(10, &Form::Hull { mesh: cornered(&round, &[]), scale: [1.0; 3] }), 50);

    // A floor of many small triangles under one slab.
    let points: Vec<[f32; 3]> =
        (0..121u16).map(|n| [f32::from(n % 11) * 0.1, 0.0, f32::from(n / 11) * 0.1]).collect();
    let cell = |n: u32| n / 10 * 11 + n % 10;
    let triangles: Vec<[u32; 3]> =
        (0..100).map(cell).flat_map(|at| [[at, at + 11, at + 1], [at + 1, at + 11, at + 12]]).collect();
    let mut simulation = floor();
    let skin = Form::Skin { mesh: cornered(&points, &triangles), scale: [1.0; 3] };
    simulation.put(1, Solid::fixed(skin), State::at(at(0.0, 0.5, 0.0)), true);
    simulation.put(2, free(Form::Box { half: [0.4, 0.1, 0.4] }), State::at(at(0.5, 0.7, 0.5)), false);
    let efforts: Vec<usize> = (0..STEPS_PER_S / 2)
        .map(|_| {
            simulation.step();
            simulation.effort()
        })
        .collect();
    assert!(height(&simulation, 2) > 0.55, "it lies on them: {}", height(&simulation, 2));
    assert!(efforts.iter().any(|effort| *effort > 10), "one slab: {efforts:?}");
}

#[test]
fn corners_that_enclose_nothing_are_something_to_bump_into_all_the_same() {
    let lying = [[0.0f32, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.5, 0.0, 0.5]];
    let straight = [[0.0f32, 0.0, 0.0], [0.5, 0.5, 0.5], [1.0, 1.0, 1.0]];
    let same = [[0.2f32; 3]; 6];
    for points in [&lying[..], &straight, &same, &lying[..1]] {
        for triangles in [&[][..], &[[0, 0, 0]], &[[0, 1, 2], [0, 1, 2]]] {
            let usable: Vec<[u32; 3]> = triangles
                .iter()
                .filter(|three: &&[u32; 3]| three.iter().all(|n| (*n as usize) < points.len()))
                .copied()
                .collect();
            let mesh = cornered(points, &usable);
            let forms =
                [Form::Hull { mesh: mesh.clone(), scale: [1.0; 3] }, Form::Skin { mesh, scale: [1.0; 3] }];
            for (key, form) in (1..).zip(forms) {
                let mut simulation = floor();
                simulation.put(key, Solid::fixed(form.clone()), State::at(at(0.0, 0.5, 0.0)), true);
                simulation.put(10, free(cube(0.2)), State::at(at(0.4, 2.5, 0.4)), false);
                simulation.put(11, free(form), State::at(at(5.0, 1.0, 0.0)), false);
                run(&mut simulation, 1.0);
                assert!(simulation.state(10).unwrap().place.iter().all(|part| part.is_finite()));
            }
        }
    }
}

fn any_solid() -> impl Strategy<Value = Solid> {
    let extent = || prop_oneof![Just(0.005f32), 0.05f32..1.0, Just(5_000.0)];
    let form = (0..5, extent(), extent(), extent()).prop_map(|(kind, x, y, z)| match kind {
        0 => Form::Box { half: [x, y, z] },
        1 => Form::Ball { radius: x },
        2 => Form::Capsule { half_height: y, radius: x },
        3 => Form::Cylinder { half_height: y, radius: x },
        _ => Form::Cone { half_height: y, radius: x },
    });
    let point = prop::array::uniform3(prop_oneof![Just(0.0f32), -1.0f32..1.0, Just(10_000.0)]);
    let corners = (1usize..12).prop_flat_map(move |count| {
        let triangles = prop::collection::vec(prop::array::uniform3(0..count as u32), 0..6);
        (
            prop::collection::vec(point.clone(), count),
            triangles,
            any::<bool>(),
            prop_oneof![Just(1.0f32), 0.01f32..3.0],
        )
    });
    let cornered = corners.prop_map(|(points, triangles, skin, scale)| {
        let (mesh, scale) = (cornered(&points, &triangles), [scale, 1.0, scale]);
        if skin { Form::Skin { mesh, scale } } else { Form::Hull { mesh, scale } }
    });
    let form = prop_oneof![3 => form, 1 => cornered];
    let kind = prop_oneof![Just(Kind::Free), Just(Kind::Free), Just(Kind::Fixed), Just(Kind::Steered)];
    let mass = prop_oneof![Just(0.001f32), 0.1f32..100.0, Just(1e6)];
    let gravity = prop_oneof![Just(1.0f32), Just(-10.0), Just(10.0), Just(0.0)];
    let hinge = prop::option::of((-1.0f32..1.0, any::<bool>()).prop_map(|(at, limited)| Hinge {
        axis: [0.0, 1.0, 0.0],
        at: [at * 100.0, 0.0, 0.0],
        limits: limited.then_some([-1.0, 1.0]),
        zero: UPRIGHT,
    }));
    (form, kind, mass, gravity, 0.0f32..10.0, 0.0f32..1.0, hinge).prop_map(
        |(form, kind, mass, gravity_factor, friction, restitution, hinge)| Solid {
            kind,
            mass,
            friction,
            restitution,
            gravity_factor,
            hinge,
            ..Solid::fixed(form)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_put_wherever_nothing_breaks_and_all_places_are_numbers(
        acts in prop::collection::vec((any_solid(), 0u32..12, -2.0f32..2.0, 0.0f32..3.0, 0..4), 1..30),
    ) {
        let mut simulation = floor();
        for (solid, key, x, y, act) in acts {
            let (key, place) = (key + 1, at(x, y, x * y));
            match act {
                0 => simulation.remove(key),
                1 => simulation.steer(key, at(y * 100.0, x, y), 3),
                2 => simulation.wake(key),
                _ => {
                    let fast = State { velocity: [20.0 * x, 20.0, 1e9], spin: [1e9, 0.0, x], place };
                    simulation.put(key, solid, fast, y > 2.0);
                }
            }
            run(&mut simulation, 0.1);
        }
        run(&mut simulation, 0.5);
        for key in 1..14 {
            let Some(state) = simulation.state(key) else { continue };
            let numbers = state.place.iter().chain(&state.velocity).chain(&state.spin);
            prop_assert!(numbers.into_iter().all(|part| part.is_finite()), "{state:?}");
        }
    }
}

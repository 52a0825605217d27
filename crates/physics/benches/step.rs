//! What a sixtieth of a second costs: boxes in heaps that all move, and a room in which thousands of things rest.

use divan::Bencher;
use divan::counter::ItemsCount;
use thexr_physics::{Form, Key, Kind, STEPS_PER_S, Simulation, Solid, State, Things};

fn main() {
    divan::main();
}

fn floor() -> Simulation {
    let mut simulation = Simulation::default();
    let floor = Solid { offset: [0.0, -0.5, 0.0], ..Solid::fixed(Form::Box { half: [200.0, 0.5, 200.0] }) };
    simulation.put(0, floor, State::at([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]), true);
    simulation
}

fn cube() -> Solid {
    Solid { kind: Kind::Free, ..Solid::fixed(Form::Box { half: [0.25; 3] }) }
}

/// Heaps of five, one beside the other.
fn heaps(count: u32, rests: bool) -> Simulation {
    let mut simulation = floor();
    let lift = if rests { 0.498 } else { 1.2 };
    for n in 0..count {
        let (heap, level) = (n / 5, n % 5);
        let (x, z) = ((heap % 20) as f32 * 1.2, (heap / 20) as f32 * 1.2);
        // From just above each other, and each a little askew: they never lie quite still.
        let place = [
            x + 0.02 * level as f32,
            if rests { 0.248 } else { 2.0 } + lift * level as f32,
            z,
            0.0,
            0.0,
            0.0,
            1.0,
        ];
        simulation.put(1 + n, cube(), State::at(place), rests);
    }
    // Until all have their forms.
    (0..count / 32 + 3).for_each(|_| simulation.step());
    simulation
}

/// A second of boxes that fall into heaps: all of them move all the time. An item is a body in a step.
#[divan::bench(args = [50, 200, 500, 1_000], sample_count = 20)]
fn second_of_awake_boxes(bencher: Bencher<'_, '_>, count: u32) {
    bencher
        .counter(ItemsCount::new(count * STEPS_PER_S))
        .with_inputs(|| {
            let mut simulation = heaps(count, false);
            (1..=count).for_each(|key: Key| simulation.wake(key));
            simulation
        })
        .bench_local_values(|mut simulation| {
            let mut awake = 0;
            for _ in 0..STEPS_PER_S {
                simulation.step();
                awake += simulation.awake_len();
            }
            assert!(awake as f32 > 0.9 * (count * STEPS_PER_S) as f32, "{awake}");
            simulation
        });
}

/// One ball rolls among those that rest.
#[divan::bench(args = [0, 5_000])]
fn step_of_one_among_the_resting(bencher: Bencher<'_, '_>, count: u32) {
    let mut simulation = heaps(count, true);
    let ball = Solid { kind: Kind::Free, ..Solid::fixed(Form::Ball { radius: 0.2 }) };
    let rolls = State { velocity: [0.0, 0.0, 2.0], ..State::at([-9.0, 0.2, 0.0, 0.0, 0.0, 0.0, 1.0]) };
    simulation.put(100_000, ball.clone(), rolls, false);
    bencher.bench_local(|| {
        simulation.step();
        if simulation.awake_len() == 0 {
            simulation.put(100_000, ball.clone(), rolls, false);
        }
    });
}

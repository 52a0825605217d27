//! What a sixtieth of a second costs: boxes in heaps that all move, and a room in which thousands of things rest.

use divan::Bencher;
use divan::counter::ItemsCount;
use thexr_physics::{Form, Key, Kind, Simulation, Solid, State};

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
    for n in 0..count {
        let (heap, level) = (n / 5, n % 5);
        let (x, z) = ((heap % 20) as f32 * 1.2, (heap / 20) as f32 * 1.2);
        let place = [x, 0.248 + 0.498 * level as f32, z, 0.0, 0.0, 0.0, 1.0];
        simulation.put(1 + n, cube(), State::at(place), rests);
    }
    // Until all have their forms.
    (0..count / 32 + 3).for_each(|_| simulation.step());
    simulation
}

/// All boxes are awake: whoever would rest is woken up before every step.
#[divan::bench(args = [50, 200, 500, 1_000])]
fn step_of_awake_boxes(bencher: Bencher<'_, '_>, count: u32) {
    let mut simulation = heaps(count, false);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        (1..=count).for_each(|key: Key| simulation.wake(key));
        simulation.step();
        assert!(simulation.awake_len() == count as usize);
    });
}

/// One ball rolls among those that rest.
#[divan::bench(args = [0, 5_000])]
fn step_of_one_among_the_resting(bencher: Bencher<'_, '_>, count: u32) {
    let mut simulation = heaps(count, true);
    let ball = Solid { kind: Kind::Free, ..Solid::fixed(Form::Ball { radius: 0.2 }) };
    let rolls = State { velocity: [0.0, 0.0, 2.0], ..State::at([-9.0, 0.2, 0.0, 0.0, 0.0, 0.0, 1.0]) };
    simulation.put(100_000, ball, rolls, false);
    bencher.bench_local(|| {
        simulation.step();
        if simulation.awake_len() == 0 {
            simulation.put(100_000, ball, rolls, false);
        }
    });
}

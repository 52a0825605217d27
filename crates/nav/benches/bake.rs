//! What ways cost in a level of 100 x 100 m: baking its mesh, and asking for one of them.

use divan::Bencher;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use thexr_nav::{Paths, bake};
use thexr_wire::EntityId;
use thexr_world::{Components, NoStates, Op, Stamp, World};

fn main() {
    the_slowest();
    divan::main();
}

/// What a bake may take, and one of a hundred ways.
const BAKE_LIMIT: Duration = Duration::from_millis(500);
const WAY_LIMIT: Duration = Duration::from_micros(200);
/// Half of the level's edge, metres.
const HALF_M: f64 = 50.0;

fn a_box(at: [f64; 3], [width, height, depth]: [f64; 3]) -> Value {
    json!({"shape": {"kind": "box", "width": width, "height": height, "depth": depth}, "position": at})
}

/// Boxes at any angle, walls around, ramps, platforms to walk under, and a house with two doors.
fn level() -> World {
    let mut things = vec![json!({"monster": {"kind": "walker"}, "position": [0, 0, -20]})];
    for (x, z, width, depth) in [
        (0.0, HALF_M, 100.0, 0.3),
        (0.0, -HALF_M, 100.0, 0.3),
        (HALF_M, 0.0, 0.3, 100.0),
        (-HALF_M, 0.0, 0.3, 100.0),
    ] {
        things.push(a_box([x, 1.5, z], [width, 3.0, depth]));
    }
    for n in 0..60 {
        let n = f64::from(n);
        let (x, z, turn) = ((n * 37.0) % 90.0 - 45.0, (n * 53.0) % 90.0 - 45.0, n * 0.7);
        let mut crate_of = a_box([x, 0.75, z], [1.0 + n % 4.0, 1.5, 1.0 + n % 3.0]);
        crate_of["rotation"] = json!([0, libm::sin(turn / 2.0), 0, libm::cos(turn / 2.0)]);
        things.push(crate_of);
    }
    for x in [-30.0, 30.0] {
        things.push(a_box([x, 2.9, 20.0], [12.0, 0.2, 8.0]));
        let mut ramp = a_box([x, 1.4, 11.0], [3.0, 0.2, 11.0]);
        ramp["rotation"] = json!([-libm::sin(0.14), 0, 0, libm::cos(0.14)]);
        things.push(ramp);
    }
    for (at, size) in [([-5.0, 1.5, 0.0], [0.3, 3.0, 10.0]), ([5.0, 1.5, 0.0], [0.3, 3.0, 10.0])] {
        things.push(a_box(at, size));
    }
    for z in [-5.0, 5.0] {
        things.push(a_box([-2.85, 1.5, z], [4.3, 3.0, 0.3]));
        things.push(a_box([2.85, 1.5, z], [4.3, 3.0, 0.3]));
        let mut door = a_box([0.0, 1.2, z], [1.4, 2.4, 0.1]);
        door["door"] = json!({"state": "closed"});
        things.push(door);
    }
    let create = |(n, thing): (usize, Value)| {
        let Value::Object(components) = thing else { unreachable!("things are objects") };
        let components: Components = components.into_iter().collect();
        Op::Create { entity: EntityId::parse(&format!("thing{n:03}")).expect("an id"), components }
    };
    let ops: Vec<Op> = things.into_iter().enumerate().map(create).collect();
    let mut world = World::default();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("things fold");
    world
}

/// Pairs of points all over the level.
fn pairs() -> impl Iterator<Item = ([f32; 3], [f32; 3])> {
    (0u16..2_000).map(f32::from).map(|n| {
        let at = |a: f32, b: f32| [(n * a) % 96.0 - 48.0, 0.0, (n * b) % 96.0 - 48.0];
        (at(7.3, 13.7), at(29.1, 3.9))
    })
}

fn shut(paths: &Paths) -> Vec<EntityId> {
    paths.gates().take(1).cloned().collect()
}

/// Says what a bake and the slowest of a hundred ways take, and ends with an error beyond their limits.
#[allow(clippy::disallowed_methods, reason = "a bench has a clock")]
fn the_slowest() {
    let world = level();
    let begun = Instant::now();
    let paths = bake(&world, 0.0).expect("the level is walkable");
    let baked = begun.elapsed();
    let shut = shut(&paths);
    let mut took: Vec<Duration> = pairs()
        .map(|(from, to)| {
            let begun = Instant::now();
            divan::black_box(paths.path(from, to, &shut));
            begun.elapsed()
        })
        .collect();
    took.sort_unstable();
    let (middle, p99) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("bake {baked:?}; way p50 {middle:?}, p99 {p99:?}, most {:?}", took[took.len() - 1]);
    assert!(baked <= BAKE_LIMIT, "a bake took longer than {BAKE_LIMIT:?}");
    assert!(p99 <= WAY_LIMIT, "one of a hundred ways took longer than {WAY_LIMIT:?}");
}

#[divan::bench]
fn baking(bencher: Bencher<'_, '_>) {
    let world = level();
    bencher.bench_local(|| bake(&world, 0.0).is_ok());
}

/// Two thousand ways, one of two doors shut.
#[divan::bench]
fn ways(bencher: Bencher<'_, '_>) {
    let paths = bake(&level(), 0.0).expect("the level is walkable");
    let shut = shut(&paths);
    bencher.bench_local(|| pairs().filter_map(|(from, to)| paths.path(from, to, &shut)).count());
}

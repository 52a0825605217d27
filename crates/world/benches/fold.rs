//! Ops folded per second, and a state of 10,000 entities as text and back.

use divan::Bencher;
use divan::counter::ItemsCount;
use serde_json::json;
use thexr_wire::EntityId;
use thexr_world::{Components, NoStates, Op, Stamp, World};

/// Entities of the room that is measured.
const ENTITIES: usize = 10_000;
/// Ops of one sample.
const OPS: usize = 1_000;

fn main() {
    divan::main();
}

fn id(n: usize) -> EntityId {
    EntityId::parse(&format!("e{n:05}")).expect("digits")
}

fn components(n: usize) -> Components {
    let value = json!({"name": format!("Block {n}"), "shape": {"kind": "box", "width": 1.5, "height": 2, "depth": 0.5},
        "position": [n % 100, 0.5, n / 100], "rotation": [0, 0.38268, 0, 0.92388], "color": "#E76F51", "wall": true});
    value.as_object().expect("an object").clone()
}

fn room() -> World {
    let mut world = World::default();
    let ops: Vec<Op> =
        (0..ENTITIES).map(|n| Op::Create { entity: id(n), components: components(n) }).collect();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("new ids");
    world
}

/// One event per op, as people make them.
fn fold_each(bencher: Bencher<'_, '_>, ops: Vec<Op>) {
    let (mut world, mut seq) = (room(), 1);
    bencher.counter(ItemsCount::new(OPS)).bench_local(|| {
        for op in &ops {
            seq += 1;
            let stamp = Stamp { seq, at_ms: 0 };
            world.fold(stamp, std::slice::from_ref(op), &NoStates).expect("it applies");
        }
    });
}

#[divan::bench]
fn fold_set(bencher: Bencher<'_, '_>) {
    let set = |n: usize| Op::Set {
        entity: id(n * 7 % ENTITIES),
        components: Components::from_iter([("position".into(), json!([n, 1, 2]))]),
    };
    fold_each(bencher, (0..OPS).map(set).collect());
}

#[divan::bench]
fn fold_inc(bencher: Bencher<'_, '_>) {
    let inc = |n: usize| Op::Inc {
        entity: id(n * 7 % ENTITIES),
        components: Components::from_iter([("score".into(), json!(1))]),
    };
    fold_each(bencher, (0..OPS).map(inc).collect());
}

#[divan::bench]
fn fold_create_and_delete(bencher: Bencher<'_, '_>) {
    let pair = |n: usize| {
        let entity = id(ENTITIES + n);
        [Op::Create { entity: entity.clone(), components: components(n) }, Op::Delete { entity }]
    };
    fold_each(bencher, (0..OPS / 2).flat_map(pair).collect());
}

/// The first change after a share of the world was given away copies the map of entities.
#[divan::bench]
fn first_change_after_a_clone(bencher: Bencher<'_, '_>) {
    let mut world = room();
    let op = Op::Set { entity: id(5), components: Components::from_iter([("n".into(), json!(1))]) };
    bencher.bench_local(|| {
        let share = world.clone();
        world.fold(Stamp { seq: 2, at_ms: 0 }, std::slice::from_ref(&op), &NoStates).expect("it applies");
        share
    });
}

#[divan::bench(sample_count = 20)]
fn state_to_text(bencher: Bencher<'_, '_>) {
    let world = room();
    bencher.counter(ItemsCount::new(ENTITIES)).bench(|| world.to_text());
}

#[divan::bench(sample_count = 20)]
fn state_from_text(bencher: Bencher<'_, '_>) {
    let text = room().to_text();
    bencher.counter(ItemsCount::new(ENTITIES)).bench(|| World::from_text(&text).expect("a state"));
}

//! A room's tick with everyone moving, the frames for all its peers, and what a newcomer to a full room costs.
//!
//! Motion and frames are measured apart: ticks run in the room's task, frames in those of the connections.

use divan::Bencher;
use divan::counter::ItemsCount;
use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use thexr_room::template::{Template, entities};
use thexr_room::{Boot, Input, Join, Now, Outbox, PoseInput, Room, StateView, TickOutput, Viewer, encode};
use thexr_wire::message::JoinPayload;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{Components, NoStates, Op, Stamp, World};

fn main() {
    divan::main();
}

/// A room of people who walk in circles within 100 x 100 m.
struct Crowd {
    room: Room,
    people: u64,
    now: Now,
}

impl Crowd {
    fn new(people: u64) -> Self {
        let mut world = World::default();
        let create = |(entity, components)| Op::Create { entity, components };
        let ops: Vec<Op> = entities(Template::Blocks, 7).into_iter().map(create).collect();
        world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("a template folds");
        let room = Room::open(Boot { world, seq: 1, seed: 7, incarnation: 1, ..Boot::default() });
        let mut crowd = Self { room, people, now: Now::default() };
        for n in 0..people {
            let user = UserId::parse(&format!("{n:020}")).expect("digits");
            let payload =
                JoinPayload { dialect: thexr_wire::message::Dialect::Thexr1, ..JoinPayload::default() };
            let join = Join { user, payload, resume: None };
            crowd.room.push(PeerId(n), Input::Join(Box::new(join))).expect("the mailbox has room");
        }
        while crowd.room.people_inside() < people as usize {
            crowd.tick();
        }
        crowd
    }

    fn walk(&mut self) {
        for n in 0..self.people {
            let angle = (self.now.tick as f32 + n as f32 * 7.0) * 0.05;
            let (x, z) = ((n % 32) as f32 * 3.0 - 48.0, (n / 32) as f32 * 3.0 - 48.0);
            let head = [
                x + libm::cosf(angle),
                1.8,
                z + libm::sinf(angle),
                0.0,
                libm::sinf(angle),
                0.0,
                libm::cosf(angle),
            ];
            let hand = [head[0] + 0.3, 1.2, head[2], 0.0, 0.0, 0.0, 1.0];
            let pose = Pose { head, left: Some(hand), right: Some(hand), fingers: None };
            let sample_ms = Some((self.now.tick * 50) as u32);
            self.room.pose(PoseInput { peer: PeerId(n), sample_ms, jumped: false, pose });
        }
    }

    fn tick(&mut self) -> Arc<TickOutput> {
        self.now = Now { tick: self.now.tick + 1, at_ms: self.now.at_ms + 50 };
        let mut out = Outbox::default();
        self.room.tick(self.now, &mut out);
        out.latest
    }
}

/// Newest poses in, one tick, everyone encoded once.
#[divan::bench(args = [100, 1000])]
fn tick_of_movers(bencher: Bencher<'_, '_>, people: u64) {
    let mut crowd = Crowd::new(people);
    bencher.counter(ItemsCount::new(people as usize)).bench_local(|| {
        crowd.walk();
        crowd.tick()
    });
}

/// Frames of one tick for every peer, everyone in tier A.
#[divan::bench(args = [100, 1000])]
fn frames_for_all_receivers(bencher: Bencher<'_, '_>, people: u64) {
    let mut crowd = Crowd::new(people);
    let mut viewers: Vec<Viewer> = (0..people).map(|slot| Viewer::new(Some(slot as u16))).collect();
    let mut bytes = Vec::new();
    bencher
        .counter(ItemsCount::new(people as usize))
        .with_inputs(|| {
            crowd.walk();
            crowd.tick()
        })
        .bench_local_values(|output| {
            for viewer in &mut viewers {
                bytes.clear();
                viewer.frame(&output, 1, 1, &mut bytes);
                black_box(&bytes);
            }
        });
}

/// One person builds: a command, its event, its ops, its inverse, what everyone is told.
#[divan::bench]
fn a_command_in_its_own_tick(bencher: Bencher<'_, '_>) {
    let mut crowd = Crowd::new(10);
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let payload = json!({"entity": format!("{:020}", 0), "components": {"hat": crowd.now.tick}});
        let input = Input::Command { reference: json!("1"), name: "update_components".into(), payload };
        crowd.room.push(PeerId(0), input).expect("the mailbox has room");
        crowd.tick()
    });
}

/// What a room of 10,000 entities costs to tell a newcomer, outside the tick.
#[divan::bench(sample_count = 20)]
fn snapshot_chunks_of_10000_entities(bencher: Bencher<'_, '_>) {
    let mut world = World::default();
    let ops: Vec<Op> = (0..10_000).map(thing).collect();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("new ids");
    let view = StateView { world, slots: Default::default(), poses: Default::default() };
    bencher.counter(ItemsCount::new(10_000usize)).bench(|| encode::snapshot_chunks(&view));
}

fn thing(n: usize) -> Op {
    let value = json!({"name": format!("Block {n}"), "shape": {"kind": "box", "width": 1.5, "height": 2, "depth": 0.5},
        "position": [n % 100, 0.5, n / 100], "rotation": [0, 0.38268, 0, 0.92388], "color": "#E76F51", "wall": true});
    let components: Components = value.as_object().expect("an object").clone();
    Op::Create { entity: EntityId::parse(&format!("e{n:05}")).expect("digits"), components }
}

//! A room's tick with everyone moving, the frames for all its peers, and what a newcomer to a full room costs.
//!
//! Motion and frames are measured apart: ticks run in the room's task, frames in those of the connections. Allocations
//! are counted: in the steady state a tick makes none.

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use thexr_room::template::{Template, entities};
use thexr_room::{
    Boot, FRAME_BYTES, Input, Join, Now, Outbox, PoseInput, Request, Room, Scratch, StateView, Telling,
    TickOutput, Viewer, encode,
};
use thexr_wire::joints::Hands;
use thexr_wire::message::JoinPayload;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{Components, NoStates, Op, Stamp, World};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Ticks until everything has grown to its size: places are saved, outputs go round.
const WARM_TICKS: u32 = 250;
/// Joins pushed before a tick takes them.
const JOINS_AT_ONCE: u64 = 1_000;

/// A room of people who walk in circles within a square.
struct Crowd {
    room: Room,
    people: u64,
    edge_m: f32,
    out: Outbox,
    now: Now,
}

impl Crowd {
    fn new(people: u64, edge_m: f32) -> Self {
        let mut world = World::default();
        let create = |(entity, components)| Op::Create { entity, components };
        let ops: Vec<Op> = entities(Template::Blocks, 7).into_iter().map(create).collect();
        world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("a template folds");
        let caps = thexr_room::Caps { people_max: 10_000, peers_max: 10_000 };
        let room = Room::open(Boot { world, seq: 1, seed: 7, incarnation: 1, caps, ..Boot::default() });
        let mut crowd = Self { room, people, edge_m, out: Outbox::default(), now: Now::default() };
        for n in 0..people {
            let user = UserId::parse(&format!("{n:020}")).expect("digits");
            let payload =
                JoinPayload { dialect: thexr_wire::message::Dialect::Thexr1, ..JoinPayload::default() };
            let join = Join::new(user, payload, n).expect("wishes nothing");
            // The mailbox is smaller than the largest crowd: it is emptied on the way.
            if n > 0 && n.is_multiple_of(JOINS_AT_ONCE) {
                crowd.rest();
            }
            crowd.room.push(PeerId(n), Input::Join(Box::new(join))).expect("the mailbox has room");
        }
        while crowd.room.people_inside() < people as usize {
            crowd.tick();
        }
        for _ in 0..WARM_TICKS {
            crowd.walk();
            crowd.tick();
        }
        crowd
    }

    fn walk(&mut self) {
        for n in 0..self.people {
            let angle = (self.now.tick as f32 + n as f32 * 7.0) * 0.05;
            let side = libm::ceilf(libm::sqrtf(self.people as f32));
            let (x, z) = ((n as f32 % side) / side - 0.5, libm::floorf(n as f32 / side) / side - 0.5);
            let (x, z) = (x * self.edge_m, z * self.edge_m);
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
            self.room.pose(PoseInput {
                peer: PeerId(n),
                sample_ms,
                marks: Marks::default(),
                pose,
                hands: Hands::default(),
            });
        }
    }

    fn tick(&mut self) -> Arc<TickOutput> {
        self.rest();
        self.out.latest.take().expect("someone moved")
    }

    fn rest(&mut self) {
        self.now = Now { tick: self.now.tick + 1, at_ms: self.now.at_ms + 50 };
        self.room.tick(self.now, &mut self.out);
        // As the shell does: everything is taken out, the memory stays.
        self.out.ordered.clear();
        self.out.events.clear();
        self.out.snapshots.clear();
        self.out.last_poses.clear();
    }
}

/// Newest poses in, one tick: everyone encoded once in every tier, the grid, the crowd.
#[divan::bench(args = [100, 1000, 5000])]
fn tick_of_movers(bencher: Bencher<'_, '_>, people: u64) {
    let mut crowd = Crowd::new(people, 100.0);
    bencher.counter(ItemsCount::new(people as usize)).bench_local(|| {
        crowd.walk();
        crowd.tick()
    });
}

/// A tick of people who stand still.
#[divan::bench(args = [1000])]
fn tick_of_resting_people(bencher: Bencher<'_, '_>, people: u64) {
    let mut crowd = Crowd::new(people, 100.0);
    bencher.counter(ItemsCount::new(people as usize)).bench_local(|| crowd.rest());
}

/// Frames of one tick for every peer, interest included, on one core; `(people, edge of the square)`.
#[divan::bench(args = [(100, 100), (1000, 100), (1000, 20), (5000, 100)], sample_count = 40)]
fn frames_for_all_receivers(bencher: Bencher<'_, '_>, (people, edge_m): (u64, u32)) {
    let mut crowd = Crowd::new(people, edge_m as f32);
    let mut viewers = viewers(people);
    let mut scratch = Scratch::default();
    warm(&mut crowd, &mut viewers, &mut scratch);
    let mut bytes = Vec::with_capacity(2 * FRAME_BYTES);
    bencher
        .counter(ItemsCount::new(people as usize))
        .with_inputs(|| {
            crowd.walk();
            crowd.tick()
        })
        .bench_local_values(|output| frames(&mut viewers, &output, &mut scratch, &mut bytes));
}

/// The longest share of the frames of one tick when so many cores take equal parts of them: what the room's tick and
/// the fan-out of 1000 take on a larger machine, as far as cores do not disturb each other.
#[divan::bench(args = [1, 2, 4, 8], sample_count = 40)]
fn frames_of_one_core_of(bencher: Bencher<'_, '_>, cores: usize) {
    let mut crowd = Crowd::new(1_000, 100.0);
    let mut viewers = viewers(1_000);
    let mut scratch = Scratch::default();
    warm(&mut crowd, &mut viewers, &mut scratch);
    viewers.truncate(viewers.len() / cores);
    let mut bytes = Vec::with_capacity(2 * FRAME_BYTES);
    bencher
        .with_inputs(|| {
            crowd.walk();
            crowd.tick()
        })
        .bench_local_values(|output| frames(&mut viewers, &output, &mut scratch, &mut bytes));
}

fn viewers(people: u64) -> Vec<Viewer> {
    (0..people).map(|slot| Viewer::new(Telling::Frames, Some(slot as u16), FRAME_BYTES)).collect()
}

/// Everyone has been told of everyone once.
fn warm(crowd: &mut Crowd, viewers: &mut [Viewer], scratch: &mut Scratch) {
    for _ in 0..100 {
        crowd.walk();
        let output = crowd.tick();
        frames(viewers, &output, scratch, &mut Vec::new());
    }
}

fn frames(viewers: &mut [Viewer], output: &TickOutput, scratch: &mut Scratch, bytes: &mut Vec<u8>) {
    for viewer in viewers {
        bytes.clear();
        viewer.frame(output, 1, 1, scratch, bytes);
        black_box(&bytes);
    }
}

/// One person builds: a command, its event, its ops, its inverse, what everyone is told.
#[divan::bench]
fn a_command_in_its_own_tick(bencher: Bencher<'_, '_>) {
    let mut crowd = Crowd::new(10, 100.0);
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        let payload = json!({"entity": format!("{:020}", 0), "components": {"hat": crowd.now.tick}});
        let request = Request::decode("update_components", payload).expect("a payload in order");
        let input = Input::Act { address: json!("1"), request: Box::new(request) };
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
    let view = StateView { world, ..StateView::default() };
    bencher.counter(ItemsCount::new(10_000usize)).bench(|| encode::snapshot_chunks(&view));
}

fn thing(n: usize) -> Op {
    let value = json!({"name": format!("Block {n}"), "shape": {"kind": "box", "width": 1.5, "height": 2, "depth": 0.5},
        "position": [n % 100, 0.5, n / 100], "rotation": [0, 0.38268, 0, 0.92388], "color": "#E76F51", "wall": true});
    let components: Components = value.as_object().expect("an object").clone();
    Op::Create { entity: EntityId::parse(&format!("e{n:05}")).expect("digits"), components }
}

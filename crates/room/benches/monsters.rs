//! What a tick costs in a room of monsters who hunt twenty people among a hundred walls.

use divan::Bencher;
use serde_json::{Value, json};
use thexr_room::{Boot, Input, Join, Now, Outbox, PoseInput, Room};
use thexr_wire::joints::Hands;
use thexr_wire::message::JoinPayload;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{NoStates, Op, Stamp, World};

fn main() {
    divan::main();
}

/// People who are hunted.
const PEOPLE: u64 = 20;

/// Monsters all over a level of 80 x 80 m with walls that they walk round; their blows do nothing.
fn world(monsters: usize) -> World {
    let wall = |n: usize| {
        let (x, z) = ((n % 10) as f64 * 8.0 - 36.0, (n / 10) as f64 * 8.0 - 36.0);
        let (width, depth) = if n.is_multiple_of(2) { (5.0, 0.3) } else { (0.3, 5.0) };
        json!({"shape": {"kind": "box", "width": width, "height": 3, "depth": depth}, "position": [x, 1.5, z]})
    };
    let monster = |n: usize| {
        let (x, z) = ((n * 37 % 79) as f64 - 39.0, (n * 53 % 79) as f64 - 39.0);
        let kind = ["walker", "spitter", "brute"][n % 3];
        json!({"monster": {"kind": kind, "damage": 0, "sight": 60}, "position": [x, 0, z]})
    };
    let things = (0..100).map(wall).chain((0..monsters).map(monster));
    let create = |(n, thing): (usize, Value)| {
        let Value::Object(components) = thing else { unreachable!("things are objects") };
        let entity = EntityId::parse(&format!("thing{n:05}")).expect("an id");
        Op::Create { entity, components: components.into_iter().collect() }
    };
    let ops: Vec<Op> = things.enumerate().map(create).collect();
    let mut world = World::default();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("things fold");
    world
}

struct Stage {
    room: Room,
    out: Outbox,
    now: Now,
}

impl Stage {
    fn new(monsters: usize) -> Self {
        let boot = Boot { world: world(monsters), seq: 1, seed: 7, incarnation: 1, ..Boot::default() };
        let mut stage = Self { room: Room::open(boot), out: Outbox::default(), now: Now::default() };
        for n in 1..=PEOPLE {
            let user = UserId::parse(&format!("{n:020}")).expect("an id");
            let payload: JoinPayload = serde_json::from_value(json!({"dialect": "thexr.1"})).expect("a wish");
            let join = Join::new(user, payload, n).expect("it can be had");
            stage.room.push(PeerId(n), Input::Join(Box::new(join))).expect("there is room");
        }
        (0..200).for_each(|_| stage.tick());
        stage
    }

    fn tick(&mut self) {
        for n in 1..=PEOPLE {
            let turn = self.now.tick as f32 * 0.01 + n as f32;
            let (x, z) = (30.0 * libm::sinf(turn), 30.0 * libm::cosf(turn * 0.7));
            let pose = Pose::standing([x, 1.6, z]);
            let (marks, hands) = (Marks::default(), Hands::default());
            self.room.pose(PoseInput { peer: PeerId(n), sample_ms: None, marks, pose, hands });
        }
        self.now = Now { tick: self.now.tick + 1, at_ms: self.now.at_ms + 50 };
        self.room.tick(self.now, &mut self.out);
        if let Some(wanted) = self.out.paths.take() {
            self.room.push(PeerId(0), Input::Baked(wanted.bake())).expect("there is room");
        }
        self.out.ordered.clear();
        self.out.events.clear();
        for snapshot in self.out.snapshots.drain(..) {
            let kept = Input::StateKept { number: snapshot.number, kept: true };
            self.room.push(PeerId(0), kept).expect("there is room");
        }
    }
}

/// One tick of the room, people and all.
#[divan::bench(args = [0, 64, 256])]
fn tick(bencher: Bencher<'_, '_>, monsters: usize) {
    let mut stage = Stage::new(monsters);
    bencher.bench_local(|| stage.tick());
}

//! What things that move cost on the line: eight people who push, take and throw 256 boxes for two minutes, the body section of
//! what each of them is told, and a tick of a room in which 5,000 things rest.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench has a clock, and no two machines are to agree about it"
)]

use serde_json::json;
use std::time::{Duration, Instant};
use thexr_room::template::{Template, entities};
use thexr_room::{
    Boot, FRAME_BYTES, Input, Join, Now, Outbox, PoseInput, Request, Room, Scratch, Shown, Telling, Viewer,
};
use thexr_wire::bodies::{GROUP_BYTES, RECORD_BYTES};
use thexr_wire::joints::Hands;
use thexr_wire::lane::{SECTION_BYTES, Sink, read_down};
use thexr_wire::message::JoinPayload;
use thexr_wire::pose::{Marks, Pose, Sample};
use thexr_wire::{PeerId, Tier, UserId};
use thexr_world::{Components, NoStates, Op, Stamp, World};

const BOXES: usize = 256;
const PEOPLE: u64 = 8;
const SECONDS: u64 = 120;
const TICKS_PER_S: u64 = 20;
const LIMIT_KBIT_S: f64 = 80.0;

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    scenario();
    at_rest();
}

/// A room with so many boxes at rest, each in a place of its own.
fn room(boxes: usize) -> Room {
    let mut world = World::default();
    let create = |(entity, components)| Op::Create { entity, components };
    let mut ops: Vec<Op> = entities(Template::Empty, 7).into_iter().map(create).collect();
    ops.extend((0..boxes).map(|n| {
        let side = (boxes as f32).sqrt().ceil() as usize;
        let (x, z) = ((n % side) as f32 * 0.8 - side as f32 * 0.4, (n / side) as f32 * 0.8 - side as f32 * 0.4);
        let components = json!({"shape": {"kind": "box", "size": 0.4}, "position": [x, 0.199, z], "holdable": {},
            "body": {"motion": "dynamic"}});
        let components: Components = serde_json::from_value(components).expect("an object");
        Op::Create { entity: format!("box{n:05}").parse_id(), components }
    }));
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("boxes fold");
    Room::open(Boot { world, seq: 1, seed: 7, incarnation: 1, ..Boot::default() })
}

trait ParseId {
    fn parse_id(&self) -> thexr_wire::EntityId;
}

impl ParseId for String {
    fn parse_id(&self) -> thexr_wire::EntityId {
        thexr_wire::EntityId::parse(self).expect("an id")
    }
}

struct Play {
    room: Room,
    now: Now,
    out: Outbox,
    viewers: Vec<Viewer>,
}

impl Play {
    fn new(boxes: usize) -> Self {
        let mut play =
            Self { room: room(boxes), now: Now::default(), out: Outbox::default(), viewers: Vec::new() };
        for n in 0..PEOPLE {
            let user = UserId::parse(&format!("{n:020}")).expect("digits");
            let payload =
                JoinPayload { dialect: thexr_wire::message::Dialect::Thexr1, ..JoinPayload::default() };
            let join = Join::new(user, payload, n).expect("wishes nothing");
            play.room.push(PeerId(n), Input::Join(Box::new(join))).expect("the mailbox has room");
            // Slots are given in order.
            play.viewers.push(Viewer::new(Telling::Frames, Some(n as u16), FRAME_BYTES));
        }
        while play.room.people_inside() < PEOPLE as usize {
            play.tick();
        }
        play
    }

    fn tick(&mut self) -> Duration {
        self.now = Now { tick: self.now.tick + 1, at_ms: self.now.at_ms + 50 };
        let began = Instant::now();
        self.room.tick(self.now, &mut self.out);
        let took = began.elapsed();
        self.out.ordered.clear();
        self.out.events.clear();
        self.out.snapshots.clear();
        self.out.last_poses.clear();
        took
    }

    /// Each goes in a circle of their own and throws something every two seconds.
    fn act(&mut self) {
        let tick = self.now.tick;
        for n in 0..PEOPLE {
            let angle = tick as f32 * 0.04 + n as f32;
            let [cx, cz] = [(n % 4) as f32 * 3.0 - 4.5, (n / 4) as f32 * 4.0 - 2.0];
            let head = [cx + 1.5 * angle.cos(), 1.7, cz + 1.5 * angle.sin(), 0.0, 0.0, 0.0, 1.0];
            let pose = Pose { head, left: None, right: None, fingers: None };
            let input = PoseInput {
                peer: PeerId(n),
                sample_ms: None,
                marks: Marks::default(),
                pose,
                hands: Hands::default(),
            };
            self.room.pose(input);
            let phase = (tick + 5 * n) % 40;
            let entity = format!("box{:05}", (tick / 40 * 37 + n * 31) as usize % BOXES);
            if phase == 0 {
                self.ask(n, "grab", json!({"entity": entity, "offset": {"position": [0, -0.2, 1.0]}}));
            } else if phase == 20 {
                let velocity = [4.0 * (angle * 3.0).cos(), 3.0, 4.0 * (angle * 3.0).sin()];
                self.ask(n, "release", json!({"entity": entity, "velocity": velocity, "spin": [3, 1, 2]}));
            }
        }
    }

    fn ask(&mut self, n: u64, name: &str, payload: serde_json::Value) {
        let request = Request::decode(name, payload).expect("as documented");
        let input = Input::Act { address: json!("1"), request: Box::new(request) };
        self.room.push(PeerId(n), input).expect("the mailbox has room");
    }

    /// Bytes of the body section each is told in this tick, and how many bodies that are.
    fn told(&mut self, seq: u64) -> (usize, usize) {
        let Some(latest) = self.out.latest.clone() else { return (0, 0) };
        let (mut bytes, mut bodies) = (0, 0);
        for viewer in &mut self.viewers {
            let mut frame = Vec::new();
            if viewer.frame(&latest, seq, 0, &mut Scratch::default(), &mut frame) != Shown::Frame {
                continue;
            }
            // Everyone has everything at once: budgets are at their largest.
            viewer.acked(latest.tick, latest.tick as u32, latest.tick as u32);
            let mut section = Section::default();
            read_down(&frame, &mut section).expect("a frame");
            bodies += section.bodies;
            bytes += section.bytes();
        }
        (bytes, bodies)
    }
}

/// The body section of a frame.
#[derive(Default)]
struct Section {
    bodies: usize,
    groups: std::collections::BTreeSet<(u8, [i16; 3])>,
}

impl Section {
    fn bytes(&self) -> usize {
        if self.bodies == 0 {
            return 0;
        }
        SECTION_BYTES + self.groups.len() * GROUP_BYTES + self.bodies * RECORD_BYTES
    }
}

impl Sink for Section {
    fn person(&mut self, _: Sample) {}

    fn body(&mut self, tier: Tier, body: &thexr_wire::bodies::BodyState) {
        self.bodies += 1;
        self.groups.insert((tier as u8, body.place.cell()));
    }
}

fn scenario() {
    let mut play = Play::new(BOXES);
    let (mut bytes, mut bodies, mut moving, mut most, mut events) = (0, 0, 0, 0, 0);
    let mut ticks = Vec::new();
    for _ in 0..SECONDS * TICKS_PER_S {
        play.act();
        play.now = Now { tick: play.now.tick + 1, at_ms: play.now.at_ms + 50 };
        let began = Instant::now();
        play.room.tick(play.now, &mut play.out);
        ticks.push(began.elapsed());
        events += play.out.events.iter().filter(|event| event.name == "bodies_rested").count();
        let now = play.out.latest.as_ref().map_or(0, |latest| latest.bodies.len());
        (moving, most) = (moving + now, most.max(now));
        let (more, of) = play.told(1);
        (bytes, bodies) = (bytes + more, bodies + of);
        play.out.ordered.clear();
        play.out.events.clear();
        play.out.snapshots.clear();
        play.out.last_poses.clear();
    }
    ticks.sort();
    let each = |total: usize| total as f64 / PEOPLE as f64 / SECONDS as f64;
    let kbit_s = each(bytes) * 8.0 / 1_000.0;
    let at = |share: f64| ticks[((ticks.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!("{BOXES} boxes, {PEOPLE} people who push, take and throw for {SECONDS} s:");
    println!("  in motion              {:.1} on average, {most} at most", moving as f64 / ticks.len() as f64);
    println!(
        "  body section a player  {kbit_s:.1} kbit/s (limit {LIMIT_KBIT_S}), {:.0} records a second",
        each(bodies)
    );
    println!("  resting places         {events} facts");
    println!(
        "  a tick                 p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    // Everything comes to rest.
    let (mut left, mut quiet) = (0, 0);
    while quiet < 5 * TICKS_PER_S && left < 60 * TICKS_PER_S {
        play.tick();
        left += 1;
        let (more, _) = play.told(1);
        quiet = if more == 0 { quiet + 1 } else { 0 };
    }
    println!(
        "  at rest                0 bytes from {:.1} s after the last throw",
        (left - quiet) as f64 / TICKS_PER_S as f64
    );
}

fn at_rest() {
    println!("a tick of {PEOPLE} people who walk about among things that all rest:");
    for boxes in [0, 5_000] {
        let mut play = Play::new(boxes);
        let mut took = Vec::new();
        for round in 0..600u64 {
            for n in 0..PEOPLE {
                // Beside the boxes.
                let head = [300.0 + n as f32, 1.7, (round % 40) as f32 * 0.1, 0.0, 0.0, 0.0, 1.0];
                let pose = Pose { head, left: None, right: None, fingers: None };
                let marks = Marks::default();
                play.room.pose(PoseInput {
                    peer: PeerId(n),
                    sample_ms: None,
                    marks,
                    pose,
                    hands: Hands::default(),
                });
            }
            let time = play.tick();
            if round >= 200 {
                took.push(time);
            }
        }
        took.sort();
        println!("  {boxes:5} things           p50 {:.1} us", took[took.len() / 2].as_secs_f64() * 1e6);
    }
}

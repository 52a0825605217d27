//! What a tick costs in a room of 20,000 rules: those that look at what happens, and those that do something of it.

use divan::Bencher;
use serde_json::{Value, json};
use thexr_room::{Act, Actor, Boot, Grant, Now, Outbox, Request, Room};
use thexr_wire::EntityId;
use thexr_world::{Components, NoStates, Op, Stamp, World};

fn main() {
    divan::main();
}

/// Rules of one thing.
const OF_A_THING: usize = 64;
/// Names of events, so that each is looked at by one in a hundred.
const NAMES: usize = 100;
/// Events of a tick.
const EVENTS: usize = 10;

/// A room of things with rules.
fn room(things: impl Iterator<Item = Components>) -> Room {
    let create = |(number, components)| {
        let entity = EntityId::parse(&format!("thing{number:05}")).expect("an id");
        Op::Create { entity, components }
    };
    let ops: Vec<Op> = (0..).zip(things).map(create).collect();
    let mut world = World::default();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("things fold");
    Room::open(Boot { world, seq: 1, seed: 7, incarnation: 1, ..Boot::default() })
}

/// A tick after the other in which so many events of so many names happen.
struct Stage {
    room: Room,
    names: usize,
    out: Outbox,
    now: Now,
}

impl Stage {
    fn new(room: Room, names: usize) -> Self {
        Self { room, names, out: Outbox::default(), now: Now::default() }
    }

    fn tick(&mut self, events: usize) {
        for n in 0..events {
            let name = format!("e{}", (self.now.tick as usize * events + n) % self.names);
            let Request { command, .. } =
                Request::decode("event", json!({"event_name": name})).expect("an event");
            let act = Act { actor: Actor::Operator, grant: Grant::All, command, id: None };
            self.room.push_act(n as u64, act).expect("the mailbox has room");
        }
        self.now = Now { tick: self.now.tick + 1, at_ms: self.now.at_ms + 50 };
        self.room.tick(self.now, &mut self.out);
        self.out.ordered.clear();
        self.out.events.clear();
        self.out.snapshots.clear();
    }
}

/// Ticks in a room of so many rules with this condition, each about one of the names in turn.
fn ticks(bencher: Bencher<'_, '_>, rules: usize, condition: &Value) {
    let rule = |n: usize| {
        json!({"when": {"event": format!("e{}", n % NAMES)}, "if": condition, "cooldown_ms": 0,
            "then": [{"do": "inc", "components": {"n": 1}}]})
    };
    let of_thing =
        |thing: usize| (thing * OF_A_THING..rules.min((thing + 1) * OF_A_THING)).map(rule).collect();
    let things = (0..rules.div_ceil(OF_A_THING))
        .map(|thing| Components::from_iter([("rules".into(), of_thing(thing))]));
    let mut stage = Stage::new(room(things), NAMES);
    // All rules are read.
    (0..100).for_each(|_| stage.tick(0));
    bencher.bench_local(|| stage.tick(EVENTS));
}

/// Each event is looked at by 1 % of the rules, whose condition does not hold.
#[divan::bench(args = [0, 2_000, 20_000])]
fn looked_at(bencher: Bencher<'_, '_>, rules: usize) {
    ticks(bencher, rules, &json!({"component": "on", "equals": true}));
}

/// Each event sets off 1 % of the rules, as far as a tick may go.
#[divan::bench(args = [200, 2_000, 20_000])]
fn set_off(bencher: Bencher<'_, '_>, rules: usize) {
    ticks(bencher, rules, &json!([]));
}

/// Rules of every kind that would go on for ever, 64 of each thing.
fn troublesome(thing: usize) -> Value {
    let rule = |at: usize| {
        let event = format!("e{}", (thing + at) % 20);
        let then = match at % 7 {
            0 => json!([{"do": "emit", "event": event}, {"do": "emit", "event": "e1"}]),
            1 => json!([{"do": "hud", "to": "all", "text": "x".repeat(200)}]),
            2 => json!([{"do": "spawn", "from": "self", "ttl_ms": 2_000}]),
            3 => json!([{"do": "set", "components": {"copies": vec!["{self.rules}"; 40]}}]),
            4 => json!([{"do": "inc", "components": {"late": 1}, "delay_ms": 500}]),
            _ => json!([{"do": "inc", "on": {"tag": "thing"}, "components": {"all": 1}}]),
        };
        let counts = json!(vec![json!({"count": {"tag": "thing"}, "within_m": 50, "at_least": 1}); 30]);
        let condition = if at % 7 == 6 { counts } else { json!([]) };
        let when = if at % 7 == 2 { json!({"every_ms": 100}) } else { json!({"event": event}) };
        json!({"when": when, "if": condition, "then": then})
    };
    (0..OF_A_THING).map(rule).collect()
}

/// A tick in which thirty events set off so many things with such rules: what a room of hostile makers costs.
#[divan::bench(args = [25, 250])]
fn without_end(bencher: Bencher<'_, '_>, things: usize) {
    let thing = |thing: usize| {
        Components::from_iter([("rules".into(), troublesome(thing)), ("tag".into(), json!("thing"))])
    };
    let mut stage = Stage::new(room((0..things).map(thing)), 20);
    // What everyone may be told at once is told.
    (0..60).for_each(|_| stage.tick(30));
    bencher.bench_local(|| stage.tick(30));
}

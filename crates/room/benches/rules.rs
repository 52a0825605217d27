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

/// A room of so many rules with this condition, each about one of the names in turn.
fn room(rules: usize, condition: &Value) -> Room {
    let rule = |n: usize| {
        json!({"when": {"event": format!("e{}", n % NAMES)}, "if": condition, "cooldown_ms": 0,
            "then": [{"do": "inc", "components": {"n": 1}}]})
    };
    let create = |thing: usize| {
        let own: Vec<Value> = (thing * OF_A_THING..rules.min((thing + 1) * OF_A_THING)).map(rule).collect();
        let entity = EntityId::parse(&format!("thing{thing:05}")).expect("an id");
        Op::Create { entity, components: Components::from_iter([("rules".into(), Value::from(own))]) }
    };
    let ops: Vec<Op> = (0..rules.div_ceil(OF_A_THING)).map(create).collect();
    let mut world = World::default();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("things fold");
    Room::open(Boot { world, seq: 1, seed: 7, incarnation: 1, ..Boot::default() })
}

/// A tick in which ten of them happen, as often as it is asked for.
fn tick(bencher: Bencher<'_, '_>, rules: usize, condition: &Value) {
    let mut room = room(rules, condition);
    let (mut out, mut now) = (Outbox::default(), Now::default());
    let mut play = |events: usize| {
        for n in 0..events {
            let name = format!("e{}", (now.tick as usize * EVENTS + n) % NAMES);
            let Request { command, .. } =
                Request::decode("event", json!({"event_name": name})).expect("an event");
            let act = Act { actor: Actor::Operator, grant: Grant::All, command, id: None };
            room.push_act(n as u64, act).expect("the mailbox has room");
        }
        now = Now { tick: now.tick + 1, at_ms: now.at_ms + 50 };
        room.tick(now, &mut out);
        out.ordered.clear();
        out.events.clear();
        out.snapshots.clear();
    };
    // All rules are read.
    (0..100).for_each(|_| play(0));
    bencher.bench_local(|| play(EVENTS));
}

/// Each event is looked at by 1 % of the rules, whose condition does not hold.
#[divan::bench(args = [0, 2_000, 20_000])]
fn looked_at(bencher: Bencher<'_, '_>, rules: usize) {
    tick(bencher, rules, &json!({"component": "on", "equals": true}));
}

/// Each event sets off 1 % of the rules, as far as a tick may go.
#[divan::bench(args = [200, 2_000, 20_000])]
fn set_off(bencher: Bencher<'_, '_>, rules: usize) {
    tick(bencher, rules, &json!([]));
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
    let create = |thing: usize| {
        let entity = EntityId::parse(&format!("thing{thing:05}")).expect("an id");
        let rules = troublesome(thing);
        Op::Create {
            entity,
            components: Components::from_iter([("rules".into(), rules), ("tag".into(), json!("thing"))]),
        }
    };
    let ops: Vec<Op> = (0..things).map(create).collect();
    let mut world = World::default();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).expect("things fold");
    let mut room = Room::open(Boot { world, seq: 1, seed: 7, incarnation: 1, ..Boot::default() });
    let (mut out, mut now) = (Outbox::default(), Now::default());
    let mut play = || {
        for n in 0..30 {
            let name = format!("e{}", (now.tick as usize + n) % 20);
            let Request { command, .. } =
                Request::decode("event", json!({"event_name": name})).expect("an event");
            let act = Act { actor: Actor::Operator, grant: Grant::All, command, id: None };
            room.push_act(n as u64, act).expect("the mailbox has room");
        }
        now = Now { tick: now.tick + 1, at_ms: now.at_ms + 50 };
        room.tick(now, &mut out);
        out.ordered.clear();
        out.events.clear();
        out.snapshots.clear();
    };
    // What everyone may be told at once is told.
    (0..60).for_each(|_| play());
    bencher.bench_local(&mut play);
}

//! Rules that nobody has thought of: whatever they are, rooms go on, and all lives of a room go the same way.

use crate::stage::Stage;
use proptest::prelude::*;
use serde_json::{Value, json};
use thexr_room::{Actor, Event};

const TICKS: usize = 50;
/// Events of a room whose rules are a storm.
const STORM: usize = 1_500;

fn event() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["ping", "pong", "boom"])
}

fn when() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => event().prop_map(|name| json!({"event": name})),
        1 => event().prop_map(|name| json!({"event": name, "actor": "self"})),
        1 => prop::sample::select(vec![100, 150, 400]).prop_map(|ms| json!({"every_ms": ms})),
        1 => (0..600).prop_map(|ms| json!({"after_ms": ms})),
        2 => (1..9).prop_map(|n| json!({"component": "n", "of": {"tag": "thing"}, "at_least": n})),
        1 => Just(json!({"component": "n", "of": "self", "field": "x", "exists": false})),
        1 => Just(json!({"room": "started"})),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => Just(json!([])),
        1 => (0..6).prop_map(|n| json!({"component": "n", "below": n})),
        1 => (0..6).prop_map(|n| json!({"not": {"count": {"tag": "copy"}, "above": n}})),
        1 => Just(json!({"of": "actor", "is": {"tag": "thing"}})),
    ]
}

fn step() -> impl Strategy<Value = Value> {
    let deed = prop_oneof![
        3 => event().prop_map(|name| json!({"do": "emit", "event": name})),
        3 => Just(json!({"do": "inc", "components": {"n": 1}})),
        1 => Just(json!({"do": "set", "on": {"tag": "thing"}, "components": {"n": "{self.m}"}})),
        1 => Just(json!({"do": "dec_min", "on": "actor", "components": {"n": [2, 0]}})),
        1 => Just(json!({"do": "push", "component": "log", "value": "{actor.id}"})),
        1 => Just(json!({"do": "spawn", "from": "self", "ttl_ms": 400, "components": {"tag": "copy"}})),
        1 => Just(json!({"do": "animate", "by": {"position": [0, 1, 0]}, "duration_ms": 200})),
        1 => Just(json!({"do": "set", "components": {"color": "wrong"}})),
        1 => Just(json!({"do": "delete", "on": {"tag": "copy"}})),
    ];
    (deed, prop::sample::select(vec![0, 0, 0, 50, 150])).prop_map(|(mut step, ms)| {
        step["delay_ms"] = json!(ms);
        step
    })
}

fn rule() -> impl Strategy<Value = Value> {
    let more =
        (any::<bool>(), prop::sample::select(vec![0, 0, 300]), prop::sample::select(vec![1.0, 1.0, 0.5]));
    (when(), condition(), prop::collection::vec(step(), 1..4), more).prop_map(
        |(when, condition, then, (once, cooldown_ms, chance))| {
            json!({"when": when, "if": condition, "then": then, "once": once, "cooldown_ms": cooldown_ms, "chance": chance})
        },
    )
}

/// A room with things of these rules, in which these events happen; it is closed and opened again after these ticks.
fn play(things: &[Vec<Value>], happens: &[(usize, &str)], restarts: &[usize]) -> (Vec<Event>, String) {
    let mut stage = Stage::empty();
    for rules in things {
        let made = json!({"components": {"tag": "thing", "n": 0, "rules": rules}});
        stage.act(Actor::Operator, "create_entity", made).unwrap();
    }
    for tick in 0..TICKS {
        for (_, name) in happens.iter().filter(|(at, _)| *at == tick) {
            stage.push_act(Actor::Operator, "event", json!({"event_name": name})).unwrap();
        }
        let before = stage.journal.len();
        stage.tick();
        assert!(stage.journal.len() - before <= 1_000, "a tick has an end");
        if restarts.contains(&tick) {
            stage.reopen();
        }
    }
    let text = stage.room.world().to_text();
    stage.reopen();
    assert_eq!(stage.room.world().to_text(), text, "the fold of the journal is the room");
    (stage.journal.clone(), text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn whatever_rules_there_are_every_life_of_a_room_goes_the_same_way(
        things in prop::collection::vec(prop::collection::vec(rule(), 1..4), 1..4),
        happens in prop::collection::vec((0..TICKS, event()), 0..8),
        restarts in prop::collection::vec(0..TICKS, 0..3),
    ) {
        let (journal, world) = play(&things, &happens, &[]);
        prop_assert_eq!(&play(&things, &happens, &[]), &(journal.clone(), world.clone()));
        // Waking is what a restart is told by: without such rules it changes nothing. What everyone may be told in a while is
        // counted in memory alone: rules that reach that limit are cut elsewhere in another life.
        let wakes = things.iter().flatten().any(|rule| rule["when"].get("room").is_some());
        if !wakes && journal.len() < STORM {
            let (again, same) = play(&things, &happens, &restarts);
            let told = |events: &[Event]| -> Vec<(u64, String, Value)> {
                events.iter().map(|event| (event.seq, event.name.clone(), event.payload.clone())).collect()
            };
            prop_assert_eq!(told(&again), told(&journal));
            prop_assert_eq!(same, world);
        }
    }
}

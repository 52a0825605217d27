use crate::event::Transmit;
use crate::script::{ME, Script, TOM, avatar_row, fact, patch};
use crate::{Client, Mode};
use proptest::prelude::*;
use serde_json::{Value, json};
use thexr_wire::pose::Pose;

/// A session with everything in it: chunks, patches, facts, poses, a new life, people away.
fn session() -> Vec<Transmit> {
    let mut script = Script::live(Mode::Enter);
    let ops = json!([
        {"op": "create", "entity": "childs", "components": {"position": [1, 0, 0], "parent": {"entity": "block"}, "spin": [0, 1, 0]}},
        {"op": "set", "entity": "block", "components": {"animate": {"position": [0, 1, 0], "duration_ms": 500}, "score": 1}},
        {"op": "inc", "entity": "block", "components": {"score": 2}},
        {"op": "push", "entity": "block", "component": "list", "value": 5},
        {"op": "unset", "entity": "block", "names": ["color"]}
    ]);
    script.push("state_patch", patch(11, ops));
    script.push("stoc", fact(11, "entity_created"));
    script.push("away", json!({"away": [TOM], "back": []}));
    for step in 0..5 {
        script.pose(2, Pose::standing([step as f32, 1.8, 0.0]), step == 3);
        script.pass(50.0);
    }
    script.push("driver", json!({"driver": true}));
    script.push("restate", json!({"incarnation": 4}));
    script.push("snapshot_chunk", json!({"index": 0, "count": 1, "entities": [avatar_row(ME, 1)]}));
    script.push("restate", json!({"slots": {ME: 1}, "poses": {ME: Pose::standing([0.0; 3])}, "away": []}));
    script.received
}

/// Values a hostile or broken server might put anywhere.
fn hostile() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!("block")),
        Just(json!({"entity": "childs"})),
        Just(json!([1e300, -1e300, 0])),
        Just(json!(u32::MAX)),
    ]
}

/// Replaces the `at`-th value of a tree, counted in depth.
fn replace(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, at, with)),
        Value::Object(map) => map.values_mut().for_each(|item| replace(item, at, with)),
        _ => {}
    }
}

/// Plays messages to a client that acts meanwhile; whatever they are, it goes on.
fn play(messages: &[Transmit]) -> Client {
    let mut script = Script::new(Mode::Enter);
    script.open();
    for message in messages {
        script.now_ms += 7.0;
        match message {
            Transmit::Text(text) => script.client.receive_text(text, script.now_ms),
            Transmit::Binary(bytes) => script.client.receive_binary(bytes, script.now_ms),
        }
        script.client.command("say", json!({"text": "x"}), script.now_ms);
        let _ = script.client.set_pose(
            &Pose::standing([script.now_ms as f32 / 100.0, 1.8, 0.0]),
            false,
            script.now_ms,
        );
        script.client.frame(script.now_ms);
        while script.client.poll_transmit().is_some() {}
        script.client.replica_mut().take_changes();
    }
    for _ in 0..100 {
        script.now_ms += 100.0;
        script.client.frame(script.now_ms);
    }
    let _ = script.client.replica().hash();
    script.client
}

#[test]
fn the_undamaged_session_is_followed_to_its_end() {
    let client = play(&session());
    assert_eq!((client.stats().desyncs, client.stats().bad_messages), (0, 0));
    assert_eq!(client.stats().records, 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_session_with_wrong_values_never_panics(damage in prop::collection::vec((any::<prop::sample::Index>(), 0usize..60, hostile()), 1..4)) {
        let mut messages = session();
        for (which, at, with) in damage {
            let which = which.index(messages.len());
            if let Transmit::Text(text) = &mut messages[which] {
                let mut value: Value = serde_json::from_str(text).unwrap();
                // The envelope itself is left alone most of the time: damage deep inside reaches further.
                replace(&mut value, &mut (at + 5), &with);
                *text = value.to_string();
            }
        }
        play(&messages);
    }

    #[test]
    fn a_session_with_wrong_bytes_never_panics(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut messages = session();
        for (which, at, byte) in damage {
            let which = which.index(messages.len());
            match &mut messages[which] {
                Transmit::Binary(bytes) => {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
                Transmit::Text(text) => {
                    let mut bytes = text.clone().into_bytes();
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                    *text = String::from_utf8_lossy(&bytes).into_owned();
                }
            }
        }
        play(&messages);
    }

    #[test]
    fn messages_lost_doubled_and_shuffled_never_panic(order in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let messages = session();
        let shuffled: Vec<Transmit> = order.iter().map(|index| messages[index.index(messages.len())].clone()).collect();
        play(&shuffled);
    }

    #[test]
    fn noise_never_panics(texts in prop::collection::vec("\\PC{0,60}", 0..5), bytes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90), 0..5)) {
        let mut messages = session();
        messages.extend(texts.into_iter().map(Transmit::Text));
        messages.extend(bytes.into_iter().map(Transmit::Binary));
        play(&messages);
    }
}

//! What one person may make everyone else hear.

use crate::stage::{Stage, user};
use serde_json::{Value, json};
use thexr_room::Actor;
use thexr_wire::PeerId;
use thexr_wire::limits::EVENT_BYTES_MAX;

/// Bytes of the ordered lane that a peer has been told of events and shouts.
fn told(stage: &mut Stage, peer: PeerId) -> usize {
    let heard = stage.hear(peer).into_iter();
    let loud = heard.filter(|heard| ["state_patch", "stoc", "shout"].contains(&heard.name.as_str()));
    loud.map(|heard| heard.payload.to_string().len()).sum()
}

/// A room with one who does what one may not, and three who are honest.
fn room() -> (Stage, PeerId, Vec<PeerId>) {
    let mut stage = Stage::empty();
    let mallory = stage.enter("mallory");
    let honest = ["ada", "bob", "cyd"].map(|name| stage.enter(name)).to_vec();
    (stage, mallory, honest)
}

/// A thing of almost a mebibyte, made by the operator.
fn large_thing(stage: &mut Stage) -> Value {
    let components: serde_json::Map<String, Value> =
        (0..15).map(|n| (format!("c{n}"), json!("x".repeat(60_000)))).collect();
    stage.act(Actor::Operator, "create_entity", json!({"components": components})).unwrap()["entity"].clone()
}

// Rule 6.5
#[test]
fn whatever_one_person_multiplies_a_listener_hears_little_of_it_and_the_honest_are_served() {
    let (mut stage, mallory, honest) = room();
    let thing = large_thing(&mut stage);
    let shout = json!({"x": "x".repeat(16_000)});
    let update = json!({"entity": thing, "components": {"c0": "y".repeat(50_000)}});
    let event = json!({"event_name": "confetti", "payload": {"x": "x".repeat(50_000)}});
    let transact = json!({"ops": [{"op": "set", "entity": thing, "components": {"c1": "z".repeat(60_000)}}]});
    for (name, payload) in [
        ("duplicate_entity", json!({"entity": thing})),
        ("shout", shout),
        ("update_components", update),
        ("event", event),
        ("transact", transact),
    ] {
        // The pool is full again.
        stage.tick_after(120_000);
        told(&mut stage, honest[0]);
        stage.hear(mallory);
        let before = stage.room.world().bytes();
        for second in 0..10 {
            for _ in 0..20 {
                (0..5).for_each(|_| {
                    stage.push(mallory, name, payload.clone());
                });
                stage.tick();
            }
            for (n, peer) in honest.iter().enumerate() {
                let said = stage.call(*peer, "say", json!({"text": format!("{second}")}));
                assert!(said.is_ok(), "{name}: {n} is refused: {said:?}");
            }
        }
        let bytes = told(&mut stage, honest[0]);
        assert!(bytes < 5 * 1024 * 1024, "{name}: {bytes} bytes told in ten seconds");
        assert!(
            stage.room.world().bytes() < before + 4 * 1024 * 1024,
            "{name}: what is stored grows as little"
        );
        let refused = stage.hear_only(mallory, "reply").into_iter().filter(|reply| reply[1] == "error");
        assert!(refused.into_iter().all(|reply| reply[2]["reason"] == "rate_limited"), "{name}");
    }
}

// Rule 6.5
#[test]
fn a_refusal_for_the_budget_changes_nothing_and_the_same_id_may_be_tried_again() {
    let (mut stage, mallory, _) = room();
    let thing = large_thing(&mut stage);
    while stage.call(mallory, "duplicate_entity", json!({"entity": thing})).is_ok() {}
    let (seq, digest) = (stage.room.seq(), stage.room.world().digest());
    let again = json!({"id": "copy", "entity": thing});
    assert_eq!(stage.call(mallory, "duplicate_entity", again.clone()), Err("rate_limited".into()));
    assert_eq!((stage.room.seq(), stage.room.world().digest()), (seq, digest));
    stage.tick_after(20_000);
    let done = stage.call(mallory, "duplicate_entity", again.clone());
    assert!(done.is_ok());
    assert_eq!(stage.call(mallory, "duplicate_entity", again), done, "a repeat costs nothing");
}

#[test]
fn what_is_refused_for_another_reason_is_not_paid_for() {
    let (mut stage, mallory, _) = room();
    let text = "x".repeat(60_000);
    let ops = json!({"ops": [{"op": "set", "entity": "nothere", "components": {"c": text}}]});
    for _ in 0..200 {
        assert_eq!(stage.call(mallory, "transact", ops.clone()), Err("unknown_entity".into()));
    }
    let parts: Vec<Value> = (0..15)
        .map(|n| json!({"op": "create", "entity": format!("part{n}"), "components": {"c": text}}))
        .collect();
    assert!(stage.call(mallory, "transact", json!({"ops": parts})).is_ok());
}

#[test]
fn rules_draw_on_the_pool_and_the_operator_on_nothing() {
    let (mut stage, ..) = room();
    let thing = large_thing(&mut stage);
    let copy = json!({"entity": thing});
    let rule = Actor::Rule(thing.as_str().unwrap().parse().unwrap());
    let copies = (0..10).take_while(|_| stage.act(rule.clone(), "duplicate_entity", copy.clone()).is_ok());
    assert_eq!(copies.count(), 3);
    (0..5).for_each(|_| assert!(stage.act(Actor::Operator, "duplicate_entity", copy.clone()).is_ok()));
}

#[test]
fn a_builder_who_drags_one_who_types_and_one_who_brings_a_large_thing_are_never_refused() {
    let (mut stage, builder, honest) = room();
    let thing = stage.create(builder, json!({}));
    let note = "n".repeat(200);
    for tick in 0..1_200 {
        let place = json!({"entity": thing, "components": {"position": [tick, 1, 2], "note": note}});
        assert!(stage.call(builder, "update_components", place).is_ok(), "tick {tick}");
        if tick % 40 == 0 {
            assert!(stage.call(honest[0], "say", json!({"text": "x".repeat(1_000)})).is_ok());
        }
        if tick % 600 == 0 {
            let parts: Vec<Value> = (0..15)
                .map(|n| json!({"op": "create", "entity": format!("part{tick}x{n}"), "components": {"c": "x".repeat(65_000)}}))
                .collect();
            let payload = json!({"ops": parts});
            assert!(payload.to_string().len() > EVENT_BYTES_MAX * 9 / 10);
            assert!(stage.call(honest[1], "transact", payload).is_ok());
        }
    }
}

#[test]
fn twenty_who_take_all_the_ids_they_can_do_not_keep_others_from_acting() {
    let (mut stage, mallory, honest) = room();
    let mut hostile = vec![mallory];
    hostile.extend((0..19).map(|n| stage.enter(&format!("mal{n}"))));
    for n in 0..1_200 {
        for peer in &hostile {
            stage.push(*peer, "set_settings", json!({"id": format!("id{n}"), "who_may_build": "visitor"}));
            stage.push(
                *peer,
                "update_components",
                json!({"id": format!("x{n}"), "entity": user("nobody"), "components": {"a": 1}}),
            );
        }
        stage.tick();
    }
    for (n, peer) in honest.iter().enumerate() {
        assert!(stage.call(*peer, "say", json!({"id": "mine", "text": "hi"})).is_ok(), "{n}");
    }
}

#[test]
fn people_who_are_not_here_share_what_is_the_rooms_however_many_they_are() {
    let (mut stage, _, honest) = room();
    stage.tick_after(120_000);
    told(&mut stage, honest[0]);
    let big = json!({"components": {"c": "x".repeat(50_000)}});
    let passed = (0..200).filter(|n| {
        let stranger = Actor::User(user(&format!("stranger{n}")));
        stage.act(stranger, "create_entity", big.clone()).is_ok()
    });
    let passed = passed.count();
    let most = 3 * 1024 * 1024 / 50_000 + 1;
    // Ten seconds of the pool's rate come on top.
    assert!((most - 2..most + 17).contains(&passed), "{passed} of 200, at once {most}");
    for peer in honest {
        assert!(stage.call(peer, "say", json!({"text": "still heard"})).is_ok());
    }
}

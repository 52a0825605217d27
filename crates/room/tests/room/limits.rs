//! Bounds of the room's queues, and that the room outlives everything a peer can push.

use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_room::{Actor, Input, Request};
use thexr_wire::PeerId;
use thexr_wire::limits::{EVENT_OPS_MAX, ROOM_STATE_BYTES_MAX, TICK_EVENTS_MAX};

#[test]
fn rule_3_6_a_full_mailbox_refuses_with_room_busy_but_takes_goodbyes() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let request = Request::decode("emote", json!({"emote": "x"})).unwrap();
    let command = || Input::Act { address: json!("1"), request: Box::new(request.clone()) };
    let mut taken = 0;
    let refused = loop {
        match stage.room.push(ada, command()) {
            Ok(()) => taken += 1,
            Err(reject) => break reject,
        }
    };
    assert_eq!((taken, refused.reason), (8_192, "room_busy"));
    stage.leave(ada);
    while stage.room.mailbox_depth() > 0 {
        let before = stage.journal.len();
        stage.tick();
        assert!(stage.journal.len() - before <= TICK_EVENTS_MAX + 1);
    }
    assert_eq!(*stage.events().last().unwrap(), "user_left");
}

#[test]
fn commands_of_peers_the_room_does_not_know_are_ignored() {
    let mut stage = Stage::empty();
    stage.push(PeerId(77), "say", json!({"text": "boo"}));
    stage.room.push(PeerId(78), Input::Leave).unwrap();
    stage.room.push(PeerId(79), Input::StateLoaded { request: 5, state: None }).unwrap();
    stage.tick();
    assert!(stage.events().is_empty());
}

#[test]
fn time_never_goes_back_and_a_tick_never_repeats() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let before = stage.room.now();
    stage.now.at_ms -= 3_600_000;
    stage.now.tick = 0;
    stage.push(ada, "say", json!({"text": "hi"}));
    stage.tick_after(0);
    assert!((before.at_ms + 40..before.at_ms + 50).contains(&stage.last_event().at_ms), "a little slower");
    assert_eq!(stage.room.now().tick, before.tick + 1);
}

/// Every JSON shape in every field of every command: an answer each time, and the room goes on.
#[test]
fn whatever_stands_in_whatever_field_gets_one_answer() {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("initial"),
        json!("\u{0}\u{202e}"),
        json!("x".repeat(10_000)),
        json!([]),
        json!([null]),
        json!([[[]]]),
        json!({}),
        json!({"": {"": null}}),
        json!({"op": "delete"}),
        json!({"entity": "abcde"}),
    ];
    let fields =
        ["components", "entity", "names", "parent", "position", "ops", "conditions", "text", "emote", "name"];
    let more = ["nickname", "color", "model", "event_name", "payload", "id"];
    let names = [
        "create_entity",
        "update_components",
        "remove_components",
        "delete_entity",
        "duplicate_entity",
        "reparent",
        "transact",
        "set_nickname",
        "set_avatar",
        "say",
        "emote",
        "event",
        "save_snapshot",
        "restore_snapshot",
        "list_snapshots",
        "drive",
        "shout",
        "nonsense",
    ];
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let thing = stage.create(ada, json!({"list": [1], "n": 1}));
    for name in names {
        let mut pushed = 0;
        for field in fields.iter().chain(&more) {
            for value in &values {
                // The other fields are right, so that the wrong one is looked at.
                let mut payload = json!({"entity": thing, "components": {"n": 2}, "text": "t", "name": "n", "names": ["n"],
                    "ops": [{"op": "inc", "entity": thing, "components": {"n": 1}}], "event_name": "e"});
                payload[*field] = value.clone();
                stage.push(ada, name, payload);
                pushed += 1;
            }
        }
        stage.ticks(3);
        let replies = stage.hear_only(ada, "reply");
        assert_eq!(replies.len(), pushed, "{name}");
        let bare = replies.iter().filter(|reply| reply[1] == "error" && !reply[2]["reason"].is_string());
        assert_eq!(bare.collect::<Vec<&Value>>(), Vec::<&Value>::new());
        if !stage.exists(&thing) {
            stage
                .call(ada, "create_entity", json!({"entity": thing, "components": {"list": [1], "n": 1}}))
                .unwrap();
        }
    }
    let world = stage.room.world().to_text();
    stage.reopen();
    assert!(stage.room.world().to_text() == world, "and all of it can be read back");
}

#[test]
fn a_thing_with_every_component_it_may_have_does_not_keep_its_holder_from_leaving() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let mut components: serde_json::Map<String, Value> =
        (0..255).map(|n| (format!("c{n}"), json!(n))).collect();
    components.insert("parent".into(), json!({"entity": avatar("ada")}));
    let full = stage.create(ada, Value::Object(components));
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.last_event().name, "user_left");
    assert_eq!(stage.value(&full, "parent"), Value::Null);
}

#[test]
fn a_room_filled_to_its_limit_refuses_growth_and_goes_on() {
    let mut stage = Stage::empty();
    let ada = stage.enter_with("ada", json!({"nickname": "A"}));
    let held = stage.create(ada, json!({"parent": {"entity": avatar("ada")}}));
    let text = "x".repeat(65_000);
    let refused = loop {
        let part: serde_json::Map<String, Value> = (0..16).map(|n| (format!("c{n}"), json!(text))).collect();
        if let Err(reason) = stage.act(Actor::Operator, "create_entity", json!({"components": part})) {
            break reason;
        }
    };
    assert_eq!(refused, "room_state_too_large");
    let left = |stage: &Stage| ROOM_STATE_BYTES_MAX - stage.room.world().bytes();
    while left(&stage) > 70_000 {
        stage.act(Actor::Operator, "create_entity", json!({"components": {"c": text}})).unwrap();
    }
    let (id, name, quotes) = (5, 1, 2);
    let last = "x".repeat(left(&stage) - id - name - quotes);
    stage.act(Actor::Operator, "create_entity", json!({"components": {"c": last}})).unwrap();
    assert_eq!(left(&stage), 0);
    let longer = json!({"nickname": "A much longer name for a full room here"});
    assert_eq!(stage.call(ada, "set_nickname", longer.clone()), Err("room_state_too_large".into()));
    let again = stage.enter_with("ada", longer);
    assert_eq!(stage.value(&avatar("ada"), "nickname"), "A");
    let bob = stage.join("bob", json!({}));
    // A state as large as this one is not told to everyone at once.
    stage.ticks(30);
    assert_eq!(stage.hear_only(bob, "refused")[0]["reason"], "room_full");
    stage.leave(ada);
    stage.leave(again);
    stage.tick();
    assert!(!stage.exists(&avatar("ada")));
    assert_eq!(stage.value(&held, "parent"), Value::Null);
}

/// Sixteen components of 60 KB: a little less than one event may hold.
fn large(marker: usize) -> Value {
    let mut components: serde_json::Map<String, Value> =
        (0..16).map(|n| (format!("c{n}"), json!("x".repeat(60_000)))).collect();
    components.insert("marker".into(), json!(marker));
    json!({"components": components})
}

#[test]
fn a_change_larger_than_one_event_is_refused() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let thing = stage.call(ada, "create_entity", large(0)).unwrap()["entity"].clone();
    let child = json!({"components": {"parent": {"entity": thing}, "c": "x".repeat(60_000), "d": "x".repeat(60_000)}});
    stage.call(ada, "create_entity", child).unwrap();
    let seq = stage.room.seq();
    assert_eq!(
        stage.call(ada, "duplicate_entity", json!({"entity": thing})),
        Err("event_too_large".into()),
        "together they are more than 1 MiB"
    );
    let parts: Vec<Value> = (0..18)
        .map(|n| json!({"op": "set", "entity": avatar("ada"), "components": {format!("c{n}"): "x".repeat(60_000)}}))
        .collect();
    assert_eq!(stage.call(ada, "transact", json!({"ops": parts})), Err("event_too_large".into()));
    assert_eq!(stage.room.seq(), seq);
    assert!(stage.call(ada, "delete_entity", json!({"entity": thing})).is_ok(), "what is large can go");
}

#[test]
fn commands_that_make_more_than_a_tick_may_tell_wait_for_the_next_in_their_order() {
    let mut stage = Stage::empty();
    stage.keeps = false;
    let ada = stage.enter("ada");
    (0..5).for_each(|n| {
        stage.push_act(Actor::Operator, "create_entity", large(n)).unwrap();
    });
    let mut markers = Vec::new();
    for taken in [3, 2] {
        stage.tick();
        let patches = stage.hear_only(ada, "state_patch");
        assert!(patches[0].to_string().len() < 4 * 1024 * 1024);
        let ops = patches[0]["ops"].as_array().unwrap();
        assert_eq!(ops.len(), taken);
        markers.extend(ops.iter().map(|op| op["components"]["marker"].clone()));
    }
    assert_eq!(json!(markers), json!([0, 1, 2, 3, 4]));
    assert_eq!(stage.room.mailbox_depth(), 0);
}

#[test]
fn whoever_holds_more_than_one_event_can_let_go_of_leaves_in_several() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let bob = stage.enter("bob");
    for batch in 0..2 {
        let ops: Vec<Value> = (0..600)
            .map(|n| {
                json!({"op": "create", "entity": format!("thing{batch}x{n}"),
                "components": {"parent": {"entity": avatar("ada")}}})
            })
            .collect();
        stage.call(bob, "transact", json!({"ops": ops})).unwrap();
    }
    let before = stage.journal.len();
    stage.leave(ada);
    stage.tick();
    let made = &stage.journal[before..];
    let names: Vec<&str> = made.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["transaction_applied", "user_left"]);
    assert!(made.iter().all(|event| event.ops.len() <= EVENT_OPS_MAX));
    let things = stage.room.world().entities().iter().filter(|(id, _)| id.as_str().starts_with("thing"));
    assert_eq!(things.clone().filter(|(_, thing)| thing.parent().is_none()).count(), 1_200);
    assert!(things.clone().all(|(_, thing)| thing.value("position").is_some()), "each where it was held");
    assert!(!stage.exists(&avatar("ada")));
}

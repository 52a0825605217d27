//! Bounds of the room's queues, and that the room outlives everything a peer can push.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::{Input, Join};
use thexr_wire::PeerId;
use thexr_wire::limits::ROOM_STATE_BYTES_MAX;
use thexr_wire::message::JoinPayload;

#[test]
fn rule_3_6_a_full_mailbox_refuses_with_room_busy_but_takes_goodbyes() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let command =
        || Input::Command { reference: json!("1"), name: "emote".into(), payload: json!({"emote": "x"}) };
    let mut taken = 0;
    let refused = loop {
        match stage.room.push(ada, command()) {
            Ok(()) => taken += 1,
            Err(reject) => break reject,
        }
    };
    assert_eq!((taken, refused.reason), (8_192, "room_busy"));
    let join = Join { user: user("bob"), payload: JoinPayload::default(), resume: None };
    assert_eq!(stage.room.push(PeerId(99), Input::Join(Box::new(join))).unwrap_err().reason, "room_busy");
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.room.mailbox_depth(), 0);
    assert_eq!(*stage.events().last().unwrap(), "user_left");
    assert_eq!(stage.events().len(), 1 + 8_192 + 1);
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
    assert_eq!(stage.last_event().at_ms, before.at_ms);
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
        for field in fields.iter().chain(&more) {
            for value in &values {
                // The other fields are right, so that the wrong one is looked at.
                let mut payload = json!({"entity": thing, "components": {"n": 2}, "text": "t", "name": "n", "names": ["n"],
                    "ops": [{"op": "inc", "entity": thing, "components": {"n": 1}}], "event_name": "e"});
                payload[*field] = value.clone();
                stage.push(ada, name, payload);
            }
        }
        let pushed = stage.room.mailbox_depth();
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
        let part: serde_json::Map<String, Value> = (0..250).map(|n| (format!("c{n}"), json!(text))).collect();
        if let Err(reason) = stage.call(ada, "create_entity", json!({"components": part})) {
            break reason;
        }
    };
    assert_eq!(refused, "room_state_too_large");
    let left = |stage: &Stage| ROOM_STATE_BYTES_MAX - stage.room.world().bytes();
    while left(&stage) > 70_000 {
        stage.create(ada, json!({"c": text}));
    }
    let (id, name, quotes) = (5, 1, 2);
    let last = "x".repeat(left(&stage) - id - name - quotes);
    stage.create(ada, json!({"c": last}));
    assert_eq!(left(&stage), 0);
    let longer = json!({"nickname": "A much longer name for a full room here"});
    assert_eq!(stage.call(ada, "set_nickname", longer.clone()), Err("room_state_too_large".into()));
    let again = stage.enter_with("ada", longer);
    assert_eq!(stage.value(&avatar("ada"), "nickname"), "A");
    let bob = stage.join("bob", json!({}));
    stage.tick();
    assert_eq!(stage.hear_only(bob, "refused")[0]["reason"], "room_full");
    stage.leave(ada);
    stage.leave(again);
    stage.tick();
    assert!(!stage.exists(&avatar("ada")));
    assert_eq!(stage.value(&held, "parent"), Value::Null);
}

//! Bounds of the room's queues, and that the room outlives everything a peer can push.

use crate::stage::{Stage, user};
use serde_json::{Value, json};
use thexr_room::{Input, Join};
use thexr_wire::PeerId;
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

//! Commands about people, ids of commands, refusals that any push can get.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::StoreState;
use thexr_room::template::Template;
use thexr_wire::limits::COMMAND_MEMORY_MS;

fn inside() -> (Stage, thexr_wire::PeerId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    (stage, ada)
}

#[test]
fn rule_3_6_an_unknown_event_is_refused_and_the_room_lives_on() {
    let (mut stage, ada) = inside();
    for name in ["teleport_everyone", "", "phx_close", "state_patch", "__proto__", "Say"] {
        assert_eq!(stage.call(ada, name, json!({})), Err("unknown_event".into()), "{name}");
    }
    assert!(stage.call(ada, "say", json!({"text": "still here"})).is_ok());
}

#[test]
fn rule_3_6_a_payload_of_the_wrong_shape_is_refused() {
    let (mut stage, ada) = inside();
    let cases = [
        ("say", json!([1])),
        ("say", json!("text")),
        ("say", json!(5)),
        ("say", json!(null)),
        ("say", json!({})),
        ("say", json!({"text": 5})),
        ("say", json!({"text": "   "})),
        ("say", json!({"text": "a\u{0}b"})),
        ("emote", json!({})),
        ("set_nickname", json!({})),
        ("set_nickname", json!({"nickname": ["x"]})),
        ("set_nickname", json!({"nickname": "a\nb"})),
        ("set_avatar", json!({})),
        ("set_avatar", json!({"height": 3})),
        ("event", json!({})),
        ("event", json!({"event_name": "With Spaces"})),
        ("create_entity", json!({})),
        ("create_entity", json!({"components": []})),
        ("create_entity", json!({"components": {}, "entity": "a/b/c"})),
        ("create_entity", json!({"components": {}, "entity": 7})),
        ("create_entity", json!({"components": {}, "entity": "abc"})),
        ("create_entity", json!({"components": {}, "entity": "a".repeat(17)})),
        ("update_components", json!({"components": {"color": "#000000"}})),
        ("remove_components", json!({"entity": "abcde"})),
        ("delete_entity", json!({})),
        ("delete_entity", json!({"entity": {"id": "abcde"}})),
        ("duplicate_entity", json!({"entity": null})),
        ("reparent", json!({"parent": "abcde"})),
        ("transact", json!({"ops": "all of them"})),
        ("save_snapshot", json!({})),
        ("save_snapshot", json!({"name": "two\nlines"})),
        ("restore_snapshot", json!({"name": 5})),
    ];
    for (name, payload) in cases {
        assert_eq!(stage.call(ada, name, payload.clone()), Err("bad_payload".into()), "{name} {payload}");
    }
    assert_eq!(stage.events(), ["user_joined"]);
}

#[test]
fn rule_3_6_a_payload_deeper_than_32_is_refused() {
    let (mut stage, ada) = inside();
    let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let payload = |levels| json!({"event_name": "deep", "payload": nested(levels)});
    assert_eq!(stage.call(ada, "event", payload(32)), Err("too_deep".into()));
    assert!(stage.call(ada, "event", payload(31)).is_ok());
}

#[test]
fn set_nickname_renames() {
    let (mut stage, ada) = inside();
    assert_eq!(stage.call(ada, "set_nickname", json!({"nickname": " Countess "})), Ok(json!({"seq": 3})));
    assert_eq!(stage.value(&avatar("ada"), "nickname"), "Countess");
    assert_eq!(stage.last_event().name, "user_renamed");
    let long = json!({"nickname": "x".repeat(10_000)});
    assert_eq!(stage.call(ada, "set_nickname", long), Err("nickname_too_long".into()));
    let forty = json!({"nickname": "ü".repeat(40)});
    assert!(stage.call(ada, "set_nickname", forty).is_ok(), "characters, not bytes");
}

#[test]
fn html_stays_text() {
    let (mut stage, ada) = inside();
    let html = "<img src=x onerror=alert(1)> & \"quotes\" \u{2028}";
    stage.call(ada, "set_nickname", json!({"nickname": "<script>"})).unwrap();
    stage.hear(ada);
    stage.push(ada, "say", json!({"text": html}));
    stage.tick();
    let said = stage.hear_only(ada, "stoc").remove(0);
    assert_eq!(said["payload"]["text"], html.trim());
    assert_eq!(said["payload"]["nickname"], "<script>");
}

#[test]
fn set_avatar_changes_what_it_names() {
    let (mut stage, ada) = inside();
    stage.call(ada, "set_avatar", json!({"model": "robot"})).unwrap();
    stage.call(ada, "set_avatar", json!({"color": [1, 0, 0]})).unwrap();
    assert_eq!(stage.value(&avatar("ada"), "avatar"), json!({"color": "#FF0000", "model": "robot"}));
    assert_eq!(stage.last_event().name, "avatar_changed");
    for unknown in
        [json!({"color": "red"}), json!({"head": "triangle"}), json!({"top": 3}), json!({"hair": "fair"})]
    {
        assert_eq!(stage.call(ada, "set_avatar", unknown), Err("bad_component".into()));
    }
    stage.call(ada, "set_avatar", json!({"top": "bun", "face": "round_glasses", "hair": [0, 0, 1]})).unwrap();
    let worn = json!({"color": "#FF0000", "model": "robot", "top": "bun", "face": "round_glasses", "hair": "#0000FF"});
    assert_eq!(stage.value(&avatar("ada"), "avatar"), worn);
    let large = json!({"model": "x".repeat(5_000)});
    assert_eq!(stage.call(ada, "set_avatar", large), Err("bad_payload".into()));
}

#[test]
fn say_is_told_with_name_and_colour_and_bounded() {
    let (mut stage, ada) = inside();
    stage.push(ada, "say", json!({"text": " hi\nthere "}));
    stage.tick();
    let payload = stage.hear_only(ada, "stoc").remove(0)["payload"].clone();
    assert_eq!(
        (payload["text"].clone(), payload["user_id"].clone()),
        (json!("hi\nthere"), json!(user("ada")))
    );
    assert!(payload["nickname"].is_string() && payload["color"].is_string());
    let long = json!({"text": "x".repeat(1_001)});
    assert_eq!(stage.call(ada, "say", long), Err("text_too_long".into()));
    let long = json!({"emote": "x".repeat(33)});
    assert_eq!(stage.call(ada, "emote", long), Err("text_too_long".into()));
}

// Rule 1.4
#[test]
fn the_identity_in_a_payload_is_never_believed() {
    let (mut stage, ada) = inside();
    stage.enter("bob");
    let forged = json!({"text": "I am Bob", "user_id": user("bob"), "nickname": "Bob", "actor": "server"});
    stage.call(ada, "say", forged).unwrap();
    assert_eq!(stage.last_event().actor.to_string(), format!("user:{}", user("ada")));
    assert_eq!(stage.last_event().payload["user_id"], json!(user("ada")));
    stage.call(ada, "set_nickname", json!({"nickname": "A", "user_id": user("bob")})).unwrap();
    assert_ne!(stage.value(&avatar("bob"), "nickname"), "A");
}

#[test]
fn rule_5_3_an_own_event_is_told_under_its_name_and_stored() {
    let (mut stage, ada) = inside();
    let payload = json!({"amount": [1, 2, {"x": null}]});
    stage.push(ada, "event", json!({"event_name": "confetti", "payload": payload}));
    stage.tick();
    let told = stage.hear_only(ada, "stoc").remove(0);
    assert_eq!((told["event"].clone(), told["payload"].clone()), (json!("confetti"), payload));
    assert_eq!(stage.last_event().name, "confetti");
    stage.call(ada, "event", json!({"event_name": "bare"})).unwrap();
    assert_eq!(stage.last_event().payload, json!({}));
    let large = json!({"event_name": "big", "payload": "x".repeat(65_536)});
    assert_eq!(stage.call(ada, "event", large), Err("payload_too_large".into()));
    let long = json!({"event_name": "x".repeat(65)});
    assert_eq!(stage.call(ada, "event", long), Err("name_too_long".into()));
}

#[test]
fn rule_5_3_no_client_can_forge_an_event_of_the_catalogue() {
    let (mut stage, ada) = inside();
    for name in [
        "user_died",
        "user_joined",
        "entity_created",
        "snapshot_restored",
        "phx_close",
        "user_moved",
        "bodies_rested",
        "user_resized",
    ] {
        let forged = json!({"event_name": name, "payload": {"user_id": user("bob")}});
        assert_eq!(stage.call(ada, "event", forged), Err("reserved_event".into()), "{name}");
    }
}

#[test]
fn rule_3_5_a_repeated_id_gets_the_first_reply_and_is_done_once() {
    let (mut stage, ada) = inside();
    let commands = [
        ("create_entity", json!({"id": "c1", "components": {"n": 1}})),
        ("say", json!({"id": "c2", "text": "once"})),
        ("set_nickname", json!({"id": "c3", "nickname": "Once"})),
        ("transact", json!({"id": "c4", "ops": [{"op": "create", "entity": "once5", "components": {}}]})),
        ("save_snapshot", json!({"id": "c5", "name": "once"})),
        ("restore_snapshot", json!({"id": "c6", "name": "initial"})),
        ("event", json!({"id": "c7", "event_name": "confetti", "payload": {"entity": "x"}})),
    ];
    let mut first = Vec::new();
    for (name, payload) in &commands {
        let reference = stage.push(ada, name, payload.clone());
        stage.ticks(2);
        // A room is saved or restored once a second.
        stage.tick_after(1_000);
        first.push(stage.answer(ada, &reference).unwrap());
    }
    let events = stage.events().len();
    for round in 0..2 {
        for ((name, payload), expected) in commands.iter().zip(&first) {
            assert_eq!(
                stage.call(ada, name, payload.clone()).as_ref(),
                Ok(expected),
                "{name}, round {round}"
            );
        }
        assert_eq!(stage.events().len(), events, "round {round}: nothing is done twice");
    }
}

#[test]
fn rule_3_5_a_repeat_gets_the_first_reply_also_after_a_restart() {
    let (mut stage, ada) = inside();
    let create = json!({"id": "c1", "components": {"n": 1}});
    let first = stage.call(ada, "create_entity", create.clone());
    stage.call(ada, "save_snapshot", json!({"id": "c2", "name": "x"})).unwrap();
    stage.reopen();
    let ada = stage.enter("ada");
    assert_eq!(stage.call(ada, "create_entity", create), first);
    assert_eq!(stage.call(ada, "save_snapshot", json!({"id": "c2", "name": "x"})), Ok(json!({"seq": 4})));
    assert_eq!(stage.events(), ["user_joined", "entity_created", "snapshot_saved"]);
}

#[test]
fn rule_3_5_an_id_is_forgotten_after_ten_minutes_also_across_a_restart() {
    for restart in [false, true] {
        let (mut stage, ada) = inside();
        let say = json!({"id": "c1", "text": "hi"});
        assert_eq!(stage.call(ada, "say", say.clone()), Ok(json!({"seq": 3})));
        stage.tick_after(COMMAND_MEMORY_MS - 100);
        assert_eq!(stage.call(ada, "say", say.clone()), Ok(json!({"seq": 3})));
        stage.tick();
        stage.tick();
        let ada = if restart {
            stage.reopen();
            stage.enter("ada")
        } else {
            ada
        };
        assert_ne!(stage.call(ada, "say", say), Ok(json!({"seq": 3})), "restart: {restart}");
    }
}

#[test]
fn rule_3_5_an_id_is_one_person_s_own() {
    let (mut stage, ada) = inside();
    let bob = stage.enter("bob");
    stage.call(ada, "say", json!({"id": "same", "text": "hi"})).unwrap();
    stage.call(bob, "say", json!({"id": "same", "text": "hello"})).unwrap();
    assert_eq!(stage.events()[2..], ["message_said", "message_said"]);
}

#[test]
fn rule_3_5_a_refused_command_may_be_tried_again_under_its_id() {
    let (mut stage, ada) = inside();
    let update = json!({"id": "c1", "entity": "later", "components": {"n": 1}});
    assert_eq!(stage.call(ada, "update_components", update.clone()), Err("unknown_entity".into()));
    stage.call(ada, "create_entity", json!({"entity": "later", "components": {}})).unwrap();
    assert!(stage.call(ada, "update_components", update).is_ok());
}

#[test]
fn rule_3_5_a_bad_id_is_refused() {
    let (mut stage, ada) = inside();
    for id in [json!(""), json!(5), json!("x".repeat(33)), json!({})] {
        let say = json!({"id": id, "text": "hi"});
        assert_eq!(stage.call(ada, "say", say), Err("bad_payload".into()), "{id}");
    }
    assert!(stage.call(ada, "say", json!({"id": null, "text": "hi"})).is_ok());
    assert!(stage.call(ada, "say", json!({"id": "x".repeat(32), "text": "hi"})).is_ok());
}

fn every_change(id: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("create_entity", json!({"components": {}})),
        ("update_components", json!({"entity": id, "components": {"n": 1}})),
        ("remove_components", json!({"entity": id, "names": ["n"]})),
        ("duplicate_entity", json!({"entity": id})),
        ("reparent", json!({"entity": id, "parent": null})),
        ("delete_entity", json!({"entity": id})),
        ("transact", json!({"ops": [{"op": "create", "entity": "abcde", "components": {}}]})),
        ("set_nickname", json!({"nickname": "x"})),
        ("set_avatar", json!({"color": "#000000"})),
        ("say", json!({"text": "hi"})),
        ("emote", json!({"emote": "wave"})),
        ("event", json!({"event_name": "confetti"})),
        ("save_snapshot", json!({"name": "x"})),
        ("restore_snapshot", json!({"name": "initial"})),
    ]
}

#[test]
fn every_change_is_refused_while_the_store_cannot_keep_up_and_works_again_after() {
    for (state, reason) in [(StoreState::Slow, "store_slow"), (StoreState::Unavailable, "store_unavailable")]
    {
        let (mut stage, ada) = inside();
        let thing = stage.create(ada, json!({"n": 0}));
        stage.store(state);
        for (name, payload) in every_change(thing.as_str()) {
            assert_eq!(stage.call(ada, name, payload), Err(reason.into()), "{name}");
        }
        assert_eq!(stage.events(), ["user_joined", "entity_created"]);
        assert!(stage.call(ada, "list_snapshots", json!({})).is_ok());
        assert!(stage.call(ada, "shout", json!({"x": 1})).is_ok());
        assert!(stage.call(ada, "drive", json!({})).is_ok());
        stage.store(StoreState::Fine);
        for (name, payload) in every_change(thing.as_str()) {
            let reference = stage.push(ada, name, payload);
            stage.ticks(2);
            // A room is saved or restored once a second.
            stage.tick_after(1_000);
            assert!(stage.answer(ada, &reference).is_ok(), "{name}");
        }
    }
}

#[test]
fn a_goodbye_is_kept_even_while_the_store_is_away() {
    let (mut stage, ada) = inside();
    stage.store(StoreState::Unavailable);
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.events(), ["user_joined", "user_left"]);
}

#[test]
fn a_template_is_chosen_by_name() {
    assert_eq!(Template::parse("blocks"), Some(Template::Blocks));
    assert_eq!(Template::parse("castle"), None);
}

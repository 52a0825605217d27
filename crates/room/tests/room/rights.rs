//! Roles, settings, mutes and blocks: who may do what, who is told of it, and what is kept.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::{Actor, Settings};
use thexr_wire::{PeerId, Role};

/// A room that ada made, with ada and bob in it.
fn two() -> (Stage, PeerId, PeerId) {
    let mut stage = Stage::made_by("ada");
    let (ada, bob) = (stage.enter("ada"), stage.enter("bob"));
    stage.hear(ada);
    (stage, ada, bob)
}

fn role(name: &str, role: &str) -> Value {
    json!({"user_id": user(name), "role": role})
}

fn person(name: &str) -> Value {
    json!({"user_id": user(name)})
}

/// One command of each kind of permission, from an honest client.
fn asked() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("look", "list_snapshots", json!({})),
        ("talk", "say", json!({"text": "hi"})),
        ("talk", "emote", json!({"emote": "wave"})),
        ("talk", "event", json!({"event_name": "confetti"})),
        ("talk", "shout", json!({"x": 1})),
        ("own", "set_nickname", json!({"nickname": "N"})),
        ("own", "set_avatar", json!({"color": "#000000"})),
        ("own", "drive", json!({})),
        ("own", "block", person("eve")),
        ("own", "unblock", person("eve")),
        ("build", "create_entity", json!({"entity": "thing", "components": {}})),
        ("build", "update_components", json!({"entity": "thing", "components": {"n": 1}})),
        ("build", "remove_components", json!({"entity": "thing", "names": ["n"]})),
        ("build", "duplicate_entity", json!({"entity": "thing"})),
        ("build", "reparent", json!({"entity": "thing", "parent": null})),
        ("build", "transact", json!({"ops": [{"op": "set", "entity": "thing", "components": {"n": 1}}]})),
        ("build", "delete_entity", json!({"entity": "thing"})),
        ("save", "save_snapshot", json!({"name": "x"})),
        ("save", "restore_snapshot", json!({"name": "initial"})),
        ("moderate", "mute", person("fay")),
        ("moderate", "unmute", person("fay")),
        ("moderate", "set_role", role("fay", "member")),
        ("govern", "set_settings", json!({"who_may_build": "visitor"})),
    ]
}

fn ask(stage: &mut Stage, peer: PeerId, name: &str, payload: Value) -> Result<Value, String> {
    let reference = stage.push(peer, name, payload);
    stage.ticks(2);
    let answer = stage.answer(peer, &reference);
    stage.tick_after(2_000);
    answer
}

// Rule 6.1
#[test]
fn every_command_asks_for_its_permission_and_settings_say_who_has_it() {
    let closed = json!({"who_may_build": "builder", "who_may_save": "moderator"});
    for (settings, role_name, may) in [
        (json!({}), "visitor", vec!["look", "talk", "own", "build", "save"]),
        (closed.clone(), "visitor", vec!["look", "talk", "own"]),
        (closed.clone(), "member", vec!["look", "talk", "own"]),
        (closed.clone(), "builder", vec!["look", "talk", "own", "build"]),
        (closed.clone(), "moderator", vec!["look", "talk", "own", "build", "save", "moderate"]),
        (closed.clone(), "owner", vec!["look", "talk", "own", "build", "save", "moderate", "govern"]),
    ] {
        let (mut stage, ada, bob) = two();
        if settings != json!({}) {
            stage.call(ada, "set_settings", settings.clone()).unwrap();
        }
        stage.call(ada, "set_role", role("bob", role_name)).unwrap();
        for (permission, name, payload) in asked() {
            let answer = ask(&mut stage, bob, name, payload);
            let refused = answer == Err("forbidden".into());
            assert_eq!(refused, !may.contains(&permission), "{settings} {role_name} {name}: {answer:?}");
        }
        let told = stage.room.rights();
        assert_eq!(told.may_names(&user("bob")), may, "{settings} {role_name}");
    }
}

#[test]
fn who_may_not_build_still_dresses_their_own_avatar() {
    let (mut stage, ada, bob) = two();
    stage.call(ada, "set_settings", json!({"who_may_build": "builder"})).unwrap();
    let lift = stage.create(ada, json!({}));
    let own = avatar("bob");
    for (name, payload) in [
        (
            "update_components",
            json!({"entity": own, "components": {"hat": "top", "parent": {"entity": lift}}}),
        ),
        ("remove_components", json!({"entity": own, "names": ["hat"]})),
        ("transact", json!({"ops": [{"op": "inc", "entity": own, "components": {"steps": 1}}]})),
    ] {
        assert!(stage.call(bob, name, payload).is_ok(), "{name}");
    }
    let both = json!({"ops": [{"op": "inc", "entity": own, "components": {"steps": 1}},
        {"op": "inc", "entity": lift, "components": {"steps": 1}}]});
    assert_eq!(stage.call(bob, "transact", both), Err("forbidden".into()));
    let others = json!({"entity": avatar("ada"), "components": {"hat": 1}});
    assert_eq!(stage.call(bob, "update_components", others), Err("forbidden".into()));
}

// Rules 6.2, 6.3
#[test]
fn a_role_is_a_fact_that_everyone_sees_on_the_avatar_and_that_lasts() {
    let (mut stage, ada, bob) = two();
    assert_eq!(stage.value(&avatar("ada"), "role"), "owner", "who made the room");
    assert_eq!(stage.value(&avatar("bob"), "role"), Value::Null);
    stage.call(ada, "set_role", role("bob", "moderator")).unwrap();
    assert_eq!(stage.last_event().name, "role_changed");
    assert_eq!(stage.last_event().payload, role("bob", "moderator"));
    assert_eq!(stage.value(&avatar("bob"), "role"), "moderator");
    assert_eq!(stage.hear_only(bob, "rights").last().unwrap()["role"], "moderator");
    let events = stage.events().len();
    assert_eq!(stage.call(ada, "set_role", role("bob", "moderator")), Ok(json!({})), "it is so already");
    stage.call(ada, "set_role", role("cyd", "builder")).unwrap();
    assert_eq!(stage.events().len(), events + 1);
    stage.reopen();
    stage.enter("cyd");
    stage.enter("bob");
    assert_eq!(stage.value(&avatar("cyd"), "role"), "builder", "also who was not there");
    assert_eq!(stage.value(&avatar("bob"), "role"), "moderator");
    let ada = stage.enter("ada");
    stage.call(ada, "set_role", role("bob", "visitor")).unwrap();
    assert_eq!(stage.value(&avatar("bob"), "role"), Value::Null);
    stage.reopen();
    assert_eq!(stage.room.rights().role(&user("bob")), Role::Visitor);
}

// Rule 6.2
#[test]
fn roles_go_downwards_and_the_last_owner_stays() {
    let (mut stage, ada, bob) = two();
    let cyd = stage.enter("cyd");
    stage.call(ada, "set_role", role("bob", "moderator")).unwrap();
    for (name, given, expected) in [
        ("cyd", "builder", Ok(())),
        ("cyd", "moderator", Err("forbidden")),
        ("cyd", "owner", Err("forbidden")),
        ("ada", "visitor", Err("forbidden")),
        ("bob", "owner", Err("forbidden")),
        ("bob", "member", Err("forbidden")),
    ] {
        let given = stage.call(bob, "set_role", role(name, given)).map(|_| ());
        assert_eq!(given, expected.map_err(str::to_owned), "{name}");
    }
    assert_eq!(stage.call(cyd, "set_role", role("cyd", "owner")), Err("forbidden".into()));
    assert_eq!(stage.call(ada, "set_role", role("ada", "visitor")), Err("last_owner".into()));
    stage.call(ada, "set_role", role("cyd", "owner")).unwrap();
    stage.call(ada, "set_role", role("ada", "visitor")).unwrap();
    assert_eq!(stage.call(ada, "set_role", role("ada", "owner")), Err("forbidden".into()));
    stage.reopen();
    assert_eq!(stage.room.rights().role(&user("ada")), Role::Visitor, "who made it gave it away");
    for bad in [
        json!({}),
        role("cyd", "emperor"),
        json!({"user_id": "x", "role": "member"}),
        json!({"user_id": user("cyd")}),
    ] {
        assert_eq!(stage.act(Actor::Operator, "set_role", bad), Err("bad_payload".into()));
    }
    assert!(
        stage.act(Actor::Operator, "set_role", role("ada", "owner")).is_ok(),
        "the operator is above all"
    );
}

// Rule 6.2
#[test]
fn settings_are_a_fact_with_what_every_role_may_now() {
    let (mut stage, ada, bob) = two();
    assert_eq!(stage.call(bob, "set_settings", json!({"who_may_build": "owner"})), Err("forbidden".into()));
    stage.call(ada, "set_settings", json!({"who_may_save": "member"})).unwrap();
    let payload = stage.last_event().payload.clone();
    assert_eq!((&payload["who_may_build"], &payload["who_may_save"]), (&json!("visitor"), &json!("member")));
    assert_eq!(payload["may"]["visitor"], json!(["look", "talk", "own", "build"]));
    let seq = stage.room.seq();
    assert_eq!(stage.call(ada, "set_settings", json!({"who_may_save": "member"})), Ok(json!({})));
    assert_eq!(stage.room.seq(), seq);
    for bad in [json!({}), json!({"who_may_build": 5}), json!({"who_may_save": "nobody"})] {
        assert_eq!(stage.call(ada, "set_settings", bad), Err("bad_payload".into()));
    }
    stage.reopen();
    let expected = Settings { who_may_save: Role::Member, ..Settings::default() };
    assert_eq!(*stage.room.rights().settings(), expected);
}

// Rules 6.2, 6.3
#[test]
fn the_muted_are_not_heard_by_whatever_they_say_and_do_all_else() {
    let (mut stage, ada, bob) = two();
    stage.call(ada, "mute", person("bob")).unwrap();
    assert_eq!(
        (stage.last_event().name.as_str(), stage.value(&avatar("bob"), "muted")),
        ("user_muted", json!(true))
    );
    assert_eq!(stage.hear_only(bob, "rights").last().unwrap()["muted"], true);
    for (permission, name, payload) in asked() {
        let answer = ask(&mut stage, bob, name, payload);
        let muted = answer == Err("muted".into());
        assert_eq!(muted, permission == "talk", "{name}: {answer:?}");
    }
    stage.leave(bob);
    stage.reopen();
    let (ada, bob) = (stage.enter("ada"), stage.enter("bob"));
    assert_eq!(stage.value(&avatar("bob"), "muted"), json!(true), "coming again does not help");
    assert_eq!(stage.call(bob, "say", json!({"text": "hi"})), Err("muted".into()));
    assert_eq!(stage.call(bob, "unmute", person("bob")), Err("forbidden".into()));
    stage.call(ada, "unmute", person("bob")).unwrap();
    assert_eq!(stage.value(&avatar("bob"), "muted"), Value::Null);
    assert!(stage.call(bob, "say", json!({"text": "hi"})).is_ok());
    assert_eq!(stage.call(ada, "mute", person("ada")), Err("forbidden".into()), "nobody below oneself");
}

#[test]
fn who_has_filled_their_avatar_to_its_limit_is_muted_nevertheless() {
    let (mut stage, ada, bob) = two();
    for name in 0..256 {
        let full = json!({"entity": avatar("bob"), "components": {format!("c{name}"): 1}});
        let _ = stage.call(bob, "update_components", full);
    }
    stage.call(ada, "mute", person("bob")).unwrap();
    assert_eq!(stage.last_event().name, "user_muted");
    assert_eq!(stage.call(bob, "say", json!({"text": "hi"})), Err("muted".into()));
}

// Rule 6.3
#[test]
fn a_block_is_between_two_and_lasts() {
    let (mut stage, ada, bob) = two();
    let cyd = stage.enter("cyd");
    let watching = stage.enter_with("ada", json!({"mode": "observe"}));
    for peer in [ada, bob, cyd, watching] {
        stage.hear(peer);
    }
    let seq = stage.room.seq();
    assert_eq!(stage.call(bob, "block", person("ada")), Ok(json!({})));
    assert_eq!(stage.room.seq(), seq, "no fact");
    let of_bob = json!({"blocked": [user("ada")], "blocked_by": []});
    let of_ada = json!({"blocked": [], "blocked_by": [user("bob")]});
    assert_eq!(stage.hear_only(bob, "relations"), std::slice::from_ref(&of_bob));
    for peer in [ada, watching] {
        assert_eq!(stage.hear_only(peer, "relations"), std::slice::from_ref(&of_ada));
    }
    assert!(stage.hear(cyd).is_empty(), "nobody else hears of it");
    stage.call(bob, "block", person("ada")).unwrap();
    assert!(stage.hear_only(ada, "relations").is_empty(), "nothing new");
    assert_eq!(stage.call(bob, "block", person("bob")), Err("bad_payload".into()));
    stage.reopen();
    assert_eq!(stage.room.rights().relations(&user("ada")), of_ada);
    let bob = stage.enter("bob");
    stage.call(bob, "unblock", person("ada")).unwrap();
    stage.reopen();
    assert_eq!(stage.room.rights().relations(&user("ada")), json!({"blocked": [], "blocked_by": []}));
    assert!(stage.members.values().all(|(_, state)| state.get("blocks").is_none()));
}

// Rule 5.1
#[test]
fn whoever_watches_changes_nothing_and_does_not_shout() {
    let (mut stage, ..) = two();
    let eve = stage.enter_with("eve", json!({"mode": "observe"}));
    let made = stage.events().len();
    for (permission, name, payload) in asked() {
        let answer = ask(&mut stage, eve, name, payload);
        if permission == "look" {
            assert!(answer.is_ok(), "{name}");
        } else {
            assert_eq!(answer, Err("not_inside".into()), "{name}");
        }
    }
    let watching_owner = stage.enter_with("ada", json!({"mode": "observe"}));
    assert_eq!(stage.call(watching_owner, "mute", person("bob")), Err("not_inside".into()));
    assert_eq!(stage.events().len(), made);
}

#[test]
fn acts_without_a_connection_are_answered_under_their_ticket_by_the_role_of_their_person() {
    let (mut stage, ada, _) = two();
    let made = stage.act(Actor::Operator, "create_entity", json!({"entity": "thing", "components": {}}));
    assert_eq!(made.unwrap()["entity"], "thing");
    assert_eq!(stage.last_event().actor.to_string(), "operator");
    assert_eq!(Actor::parse("operator"), Some(Actor::Operator));
    stage.call(ada, "set_settings", json!({"who_may_build": "member"})).unwrap();
    let build = json!({"entity": "thing", "components": {"n": 1}});
    let by = |name: &str| Actor::User(user(name));
    assert_eq!(stage.act(by("fay"), "update_components", build.clone()), Err("forbidden".into()));
    stage.act(by("ada"), "set_role", role("fay", "member")).unwrap();
    assert!(stage.act(by("fay"), "update_components", build).is_ok(), "who is not even here");
    for (name, payload) in [
        ("say", json!({"text": "hi"})),
        ("emote", json!({"emote": "wave"})),
        ("set_nickname", json!({"nickname": "F"})),
        ("set_avatar", json!({"color": "#000000"})),
        ("drive", json!({})),
    ] {
        assert_eq!(stage.act(Actor::Server, name, payload), Err("not_inside".into()), "{name}");
    }
    let first = stage.act(
        by("fay"),
        "transact",
        json!({"id": "once", "ops": [{"op": "inc", "entity": "thing", "components": {"n": 1}}]}),
    );
    let again = stage.act(
        by("fay"),
        "transact",
        json!({"id": "once", "ops": [{"op": "inc", "entity": "thing", "components": {"n": 1}}]}),
    );
    assert_eq!(first, again);
}

#[test]
fn whoever_is_not_here_is_not_heard_and_has_nothing_of_their_own_whatever_their_role() {
    let mut stage = Stage::made_by("ada");
    let bob = stage.enter("bob");
    stage.hear(bob);
    for (permission, name, payload) in asked() {
        let here = !["talk", "own"].contains(&permission);
        let ticket = stage.push_act(Actor::User(user("ada")), name, payload).unwrap();
        stage.ticks(2);
        let answer = stage.answer(ticket, &Value::Null);
        assert_eq!(answer == Err("not_inside".into()), !here, "{name}: {answer:?}");
    }
    let own = json!({"entity": avatar("ada"), "components": {"n": 1}});
    let answer = stage.act(Actor::User(user("ada")), "update_components", own);
    assert_eq!(answer, Err("not_inside".into()));
    stage.enter("ada");
    for (permission, name, payload) in asked().into_iter().filter(|(permission, ..)| *permission == "talk") {
        let answer = stage.act(Actor::User(user("ada")), name, payload);
        assert!(answer.is_ok(), "{permission} {name}: {answer:?}");
    }
}

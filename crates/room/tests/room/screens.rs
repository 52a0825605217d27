//! Screens: one person at a time shares onto one, and it is free again whatever ends that.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_wire::{EntityId, PeerId};

/// A room that ada made, with ada, bob and a screen in it.
fn with_a_screen() -> (Stage, PeerId, PeerId, EntityId) {
    let mut stage = Stage::made_by("ada");
    let (ada, bob) = (stage.enter("ada"), stage.enter("bob"));
    let screen = screen(&mut stage, ada, json!({}), 3.0);
    (stage, ada, bob, screen)
}

/// A screen so many metres before ada.
fn screen(stage: &mut Stage, ada: PeerId, screen: Value, metres: f32) -> EntityId {
    let [x, y, z, ..] = stage.standing("ada").head;
    stage.create(ada, json!({"screen": screen, "position": [x, y, z + metres]}))
}

fn share(stage: &mut Stage, peer: PeerId, screen: &EntityId) -> Result<Value, String> {
    stage.call(peer, "share_screen", json!({"entity": screen}))
}

fn unshare(stage: &mut Stage, peer: PeerId, screen: &EntityId) -> Result<Value, String> {
    stage.call(peer, "unshare_screen", json!({"entity": screen}))
}

/// Who shares onto a screen, as the screen says it; the person says the same.
fn sharer(stage: &Stage, screen: &EntityId) -> Option<String> {
    let told = stage.value(screen, "shared_by").as_str().map(str::to_owned);
    for name in ["ada", "bob", "cyd"] {
        let shares = stage.value(&avatar(name), "sharing_on") == json!(screen);
        assert_eq!(shares, told.as_deref() == Some(user(name).as_str()), "both say the same of {name}");
    }
    told
}

fn is_shared_by(stage: &Stage, screen: &EntityId, name: &str) -> bool {
    sharer(stage, screen).as_deref() == Some(user(name).as_str())
}

// Rule 3.16
#[test]
fn one_shares_onto_a_screen_and_ends_it_and_both_are_told_as_facts() {
    let (mut stage, ada, bob, screen) = with_a_screen();
    share(&mut stage, bob, &screen).unwrap();
    assert!(is_shared_by(&stage, &screen, "bob"));
    assert_eq!(stage.last_event().payload, json!({"user_id": user("bob"), "entity": screen}));
    assert_eq!(share(&mut stage, bob, &screen).unwrap_err(), "sharing");
    assert_eq!(share(&mut stage, ada, &screen).unwrap_err(), "screen_taken");
    unshare(&mut stage, bob, &screen).unwrap();
    assert_eq!(sharer(&stage, &screen), None);
    assert_eq!(unshare(&mut stage, bob, &screen).unwrap_err(), "not_shared");
    assert_eq!(stage.events()[stage.events().len() - 2..], ["screen_shared", "screen_unshared"]);
}

// Rule 3.16
#[test]
fn the_room_says_from_which_connection_a_screen_is_shared_and_where_it_is() {
    let (mut stage, _, bob, screen) = with_a_screen();
    assert_eq!(stage.room.shared_screens().count(), 0);
    share(&mut stage, bob, &screen).unwrap();
    let shared: Vec<_> = stage.room.shared_screens().collect();
    let [x, y, z, ..] = stage.standing("ada").head;
    assert_eq!((shared.len(), shared[0].peer, &shared[0].screen), (1, bob, &screen));
    assert_eq!(shared[0].place, [x, y, z + 3.0]);
}

#[test]
fn who_shares_onto_another_screen_frees_the_first() {
    let (mut stage, ada, bob, first) = with_a_screen();
    let second = screen(&mut stage, ada, json!({}), 5.0);
    share(&mut stage, bob, &first).unwrap();
    share(&mut stage, bob, &second).unwrap();
    assert_eq!(sharer(&stage, &first), None);
    assert!(is_shared_by(&stage, &second, "bob"));
    share(&mut stage, ada, &first).unwrap();
    assert_eq!(share(&mut stage, bob, &first).unwrap_err(), "screen_taken");
    assert!(is_shared_by(&stage, &second, "bob"), "who may not move stays");
}

#[test]
fn what_is_no_screen_too_far_or_not_for_them_is_refused() {
    let (mut stage, ada, bob, first) = with_a_screen();
    let stone = stage.create(ada, json!({"shape": {"kind": "box"}}));
    let dark = screen(&mut stage, ada, json!(false), 1.0);
    let far = screen(&mut stage, ada, json!({}), 45.0);
    assert_eq!(share(&mut stage, bob, &stone).unwrap_err(), "not_a_screen");
    assert_eq!(share(&mut stage, bob, &dark).unwrap_err(), "not_a_screen");
    assert_eq!(share(&mut stage, bob, &far).unwrap_err(), "too_far");
    assert_eq!(stage.call(bob, "share_screen", json!({"entity": "nowhere"})).unwrap_err(), "unknown_entity");
    assert_eq!(stage.call(bob, "share_screen", json!({})).unwrap_err(), "bad_payload");
    let eve = stage.join("eve", json!({"mode": "observe"}));
    stage.tick();
    assert_eq!(share(&mut stage, eve, &first).unwrap_err(), "not_inside");
}

// Rule 3.16
#[test]
fn a_screen_says_who_may_and_the_muted_share_onto_none() {
    let (mut stage, ada, bob, open) = with_a_screen();
    stage.call(ada, "set_settings", json!({"who_may_build": "builder"})).unwrap();
    let builders = screen(&mut stage, ada, json!("builders"), 3.0);
    let moderators = screen(&mut stage, ada, json!({"who": "moderators"}), 3.0);
    let may = |stage: &mut Stage| {
        [&open, &builders, &moderators].map(|screen| {
            let answer = share(stage, bob, screen);
            assert!(
                matches!(answer.as_ref().map_err(String::as_str), Ok(_) | Err("forbidden")),
                "{answer:?}"
            );
            answer.is_ok()
        })
    };
    for (role, expected) in [
        ("visitor", [true, false, false]),
        ("builder", [true, true, false]),
        ("moderator", [true, true, true]),
    ] {
        stage.call(ada, "set_role", json!({"user_id": user("bob"), "role": role})).unwrap();
        assert_eq!(may(&mut stage), expected, "{role}");
        for screen in [&open, &builders, &moderators] {
            let _ = unshare(&mut stage, bob, screen);
        }
    }
    stage.call(ada, "mute", json!({"user_id": user("bob")})).unwrap();
    assert_eq!(share(&mut stage, bob, &open).unwrap_err(), "muted");
}

// Rule 3.16
#[test]
fn who_may_no_longer_share_is_stopped_whatever_took_the_right() {
    let (mut stage, ada, bob, open) = with_a_screen();
    share(&mut stage, bob, &open).unwrap();
    stage.call(ada, "mute", json!({"user_id": user("bob")})).unwrap();
    stage.tick();
    assert_eq!(sharer(&stage, &open), None, "muted");
    stage.call(ada, "unmute", json!({"user_id": user("bob")})).unwrap();
    let builders = screen(&mut stage, ada, json!("builders"), 3.0);
    share(&mut stage, bob, &builders).unwrap();
    stage.call(ada, "set_settings", json!({"who_may_build": "builder"})).unwrap();
    stage.tick();
    assert_eq!(sharer(&stage, &builders), None, "the room's settings");
    share(&mut stage, bob, &open).unwrap();
    let closed = json!({"entity": open, "components": {"screen": "moderators"}});
    stage.call(ada, "update_components", closed).unwrap();
    stage.tick();
    assert_eq!(sharer(&stage, &open), None, "the screen's own");
}

// Rule 3.16
#[test]
fn moderators_end_what_those_below_them_share_and_nobody_else_does() {
    let (mut stage, ada, bob, screen) = with_a_screen();
    let cyd = stage.enter("cyd");
    share(&mut stage, bob, &screen).unwrap();
    assert_eq!(unshare(&mut stage, cyd, &screen).unwrap_err(), "forbidden");
    unshare(&mut stage, ada, &screen).unwrap();
    assert_eq!(sharer(&stage, &screen), None);
    share(&mut stage, ada, &screen).unwrap();
    stage.call(ada, "set_role", json!({"user_id": user("cyd"), "role": "moderator"})).unwrap();
    assert_eq!(unshare(&mut stage, cyd, &screen).unwrap_err(), "forbidden", "the owner is above");
    unshare(&mut stage, ada, &screen).unwrap();
}

#[test]
fn a_screen_is_free_again_when_its_sharer_leaves_and_a_sharer_when_the_screen_is_gone() {
    let (mut stage, ada, bob, screen) = with_a_screen();
    share(&mut stage, bob, &screen).unwrap();
    stage.leave(bob);
    stage.tick();
    assert_eq!(sharer(&stage, &screen), None);
    share(&mut stage, ada, &screen).unwrap();
    stage.call(ada, "remove_components", json!({"entity": screen, "names": ["screen"]})).unwrap();
    stage.tick();
    assert_eq!(sharer(&stage, &screen), None);
    stage.call(ada, "update_components", json!({"entity": screen, "components": {"screen": true}})).unwrap();
    share(&mut stage, ada, &screen).unwrap();
    stage.call(ada, "delete_entity", json!({"entity": screen})).unwrap();
    stage.tick();
    assert_eq!(stage.value(&avatar("ada"), "sharing_on"), Value::Null);
}

#[test]
fn who_is_away_keeps_the_screen_for_the_grace_also_over_a_restart_but_shows_nothing_on_it() {
    let (mut stage, _, _, screen) = with_a_screen();
    let cyd = stage.enter_thexr("cyd");
    share(&mut stage, cyd, &screen).unwrap();
    stage.lose(cyd);
    stage.tick();
    assert!(is_shared_by(&stage, &screen, "cyd"));
    assert_eq!(stage.room.shared_screens().count(), 0);
    stage.reopen();
    stage.tick();
    assert!(is_shared_by(&stage, &screen, "cyd"));
    stage.tick_after(31_000);
    stage.tick();
    assert_eq!(stage.value(&screen, "shared_by"), Value::Null);
}

#[test]
fn nobody_writes_by_hand_who_shares_and_no_copy_has_it() {
    let (mut stage, ada, _, screen) = with_a_screen();
    let forged = json!({"entity": screen, "components": {"shared_by": user("bob")}});
    assert_eq!(stage.call(ada, "update_components", forged).unwrap_err(), "server_only");
    let forged = json!({"entity": avatar("ada"), "components": {"sharing_on": screen}});
    assert_eq!(stage.call(ada, "update_components", forged).unwrap_err(), "server_only");
    share(&mut stage, ada, &screen).unwrap();
    let copy = stage.call(ada, "duplicate_entity", json!({"entity": screen})).unwrap();
    let copy = EntityId::parse(copy["entity"].as_str().unwrap()).unwrap();
    assert_eq!(stage.value(&copy, "shared_by"), Value::Null);
    assert!(share(&mut stage, ada, &copy).is_ok());
}

#[test]
fn a_state_that_was_saved_while_somebody_shared_comes_back_with_a_free_screen() {
    let (mut stage, ada, _, screen) = with_a_screen();
    let cyd = stage.enter("cyd");
    share(&mut stage, cyd, &screen).unwrap();
    stage.call(ada, "save_snapshot", json!({"name": "shared"})).unwrap();
    stage.leave(cyd);
    stage.tick_after(2_000);
    let restored = stage.push(ada, "restore_snapshot", json!({"name": "shared"}));
    stage.ticks(3);
    stage.answer(ada, &restored).unwrap();
    assert_eq!(sharer(&stage, &screen), None);
}

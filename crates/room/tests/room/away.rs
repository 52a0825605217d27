//! Losing the connection: away for 30 s with thexr.1, gone at once with json, and what a restart makes of people.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::PoseInput;
use thexr_wire::joints::Hands;
use thexr_wire::pose::{Marks, Pose};

fn away(who: &[&str], back: &[&str]) -> Value {
    let ids = |names: &[&str]| names.iter().map(|name| user(name)).collect::<Vec<_>>();
    json!({"away": ids(who), "back": ids(back)})
}

#[test]
fn rule_3_7_a_lost_thexr_person_is_away_and_a_return_within_30_s_keeps_everything() {
    let mut stage = Stage::empty();
    let bob = stage.enter_thexr("bob");
    let ada = stage.enter_thexr("ada");
    stage.hear(bob);
    stage.lose(ada);
    stage.tick();
    assert_eq!(stage.hear_only(bob, "away"), [away(&["ada"], &[])]);
    assert!(stage.exists(&avatar("ada")));
    stage.tick_after(29_000);
    let again = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(stage.hear_only(bob, "away"), [away(&[], &["ada"])]);
    assert_eq!(stage.hear_only(again, "joined")[0]["driver"], true);
    assert_eq!(stage.events(), ["user_joined", "user_joined"], "nobody left");
    stage.tick_after(60_000);
    assert!(stage.exists(&avatar("ada")));
}

#[test]
fn who_is_away_for_30_s_has_left() {
    let mut stage = Stage::empty();
    let bob = stage.enter_thexr("bob");
    let ada = stage.enter_thexr("ada");
    stage.lose(ada);
    stage.tick();
    stage.tick_after(29_950);
    assert!(stage.exists(&avatar("ada")));
    stage.hear(bob);
    stage.tick();
    assert!(!stage.exists(&avatar("ada")));
    assert_eq!(stage.hear_only(bob, "state_patch")[0]["ops"][0]["op"], "delete");
    assert_eq!(stage.last_event().name, "user_left");
}

#[test]
fn a_lost_json_person_has_left_at_once() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.lose(ada);
    stage.tick();
    assert_eq!(stage.events(), ["user_joined", "user_left"]);
    assert!(stage.room.is_idle());
}

#[test]
fn a_goodbye_is_a_goodbye_in_every_dialect() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.events(), ["user_joined", "user_left"]);
}

#[test]
fn one_of_two_tabs_lost_is_not_away() {
    let mut stage = Stage::empty();
    let first = stage.enter_thexr("ada");
    let second = stage.enter_thexr("ada");
    stage.lose(second);
    stage.tick();
    assert_eq!(stage.hear_names(first), ["driver", "driver"]);
    stage.tick_after(31_000);
    assert!(stage.exists(&avatar("ada")));
}

#[test]
fn a_joiner_hears_who_is_away() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.lose(ada);
    stage.tick();
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(stage.hear_only(bob, "away"), [away(&["ada"], &[])]);
    let cyd = stage.join("cyd", json!({}));
    stage.tick();
    assert!(stage.hear_only(cyd, "away").is_empty(), "json clients know presence");
}

#[test]
fn after_a_restart_everyone_inside_is_away_and_gone_30_s_later() {
    let mut stage = Stage::empty();
    stage.enter("ada");
    stage.enter_thexr("bob");
    stage.reopen();
    assert!(!stage.room.is_idle(), "two people may come back");
    assert_eq!(stage.room.people_inside(), 0);
    stage.tick_after(3_600_000);
    assert!(stage.exists(&avatar("ada")), "the grace starts when the room does, however long it was down");
    stage.tick_after(29_950);
    assert!(stage.exists(&avatar("ada")) && stage.exists(&avatar("bob")));
    stage.tick();
    assert_eq!(stage.events()[2..], ["user_left", "user_left"]);
    assert!(stage.room.is_idle());
}

#[test]
fn who_returns_after_a_restart_keeps_the_place() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let pose = Pose::standing([12.0, 1.8, -7.0]);
    stage.tick_after(6_000);
    stage.room.pose(PoseInput {
        peer: ada,
        sample_ms: None,
        marks: Marks::default(),
        pose,
        hands: Hands::default(),
    });
    stage.tick();
    assert_eq!(stage.places, [(user("ada"), pose)]);
    stage.reopen();
    stage.tick();
    let again = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(stage.hear_only(again, "joined")[0]["pose"]["head"][0], json!(12.0));
    assert_eq!(stage.events(), ["user_joined"]);
}

#[test]
fn who_left_and_comes_again_stands_where_they_were() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let pose = Pose::standing([3.0, 1.5, 4.0]);
    stage.room.pose(PoseInput {
        peer: ada,
        sample_ms: None,
        marks: Marks::default(),
        pose,
        hands: Hands::default(),
    });
    stage.tick();
    stage.leave(ada);
    stage.tick();
    assert_eq!(stage.places.last(), Some(&(user("ada"), pose)));
    stage.enter("ada");
    assert_eq!(stage.standing("ada"), pose);
    stage.reopen();
    stage.tick_after(31_000);
    stage.tick_after(31_000);
    stage.enter("ada");
    assert_eq!(stage.standing("ada"), pose, "also after a restart");
}

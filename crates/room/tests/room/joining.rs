//! Coming in: replies, refusals, what follows a join, several connections of one person.

use crate::replica::Replica;
use crate::stage::{Stage, avatar, entity, user};
use serde_json::json;
use std::sync::Arc;
use thexr_room::template::Template;
use thexr_room::{Caps, Message, StoreState};
use thexr_wire::Role;
use thexr_wire::message::JoinReply;

#[test]
fn rule_2_3_a_join_is_answered_with_everything_a_client_needs() {
    let mut stage = Stage::empty();
    let ada = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    let mut reply = stage.hear_only(ada, "joined").remove(0);
    reply["resume_token"] = json!("signed by the shell");
    let reply: JoinReply = serde_json::from_value(reply).unwrap();
    assert_eq!(reply.user_id, user("ada"));
    assert_eq!((reply.seq, reply.tick, reply.tick_ms, reply.incarnation), (2, 1, 50, 1));
    assert_eq!((reply.resumed, reply.driver), (false, true));
    assert_eq!(reply.limits["component_bytes"], 65_536);
    assert_eq!(reply.pose, Some(stage.standing("ada")));
    assert_eq!((reply.role, reply.muted), (Role::Visitor, false));
    assert_eq!(reply.may, ["look", "talk", "own", "build", "save"]);
    assert_eq!(reply.settings, json!({"who_may_build": "visitor", "who_may_save": "visitor"}));
    assert!(reply.blocked.is_empty() && reply.blocked_by.is_empty());
}

#[test]
fn rule_2_3_a_join_tells_whom_one_hides_from() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    stage.call(ada, "block", json!({"user_id": user("bob")})).unwrap();
    let lists = |name: &str, stage: &mut Stage| {
        let peer = stage.join(name, json!({"dialect": "thexr.1", "mode": "observe"}));
        stage.tick();
        let reply = stage.hear_only(peer, "joined").remove(0);
        (reply["blocked"].clone(), reply["blocked_by"].clone(), reply.get("pose").is_some())
    };
    assert_eq!(lists("ada", &mut stage), (json!([user("bob")]), json!([]), false));
    assert_eq!(lists("bob", &mut stage), (json!([]), json!([user("ada")]), false));
}

#[test]
fn rule_2_4_a_json_joiner_hears_reply_presence_state_places_and_its_own_user_joined() {
    let mut stage = Stage::empty();
    let ada = stage.join("ada", json!({}));
    stage.tick();
    let heard = stage.hear(ada);
    let names: Vec<&str> = heard.iter().map(|heard| heard.name.as_str()).collect();
    assert_eq!(names, ["joined", "presence_state", "snapshot", "user_snapshot", "stoc"]);
    assert_eq!(heard[4].payload["event"], "user_joined");
    assert_eq!(heard[4].payload["payload"]["user_id"], json!(user("ada")));
    assert!(heard[2].payload[user("ada").as_str()]["avatar"]["color"].is_string());
    assert_eq!(heard[3].payload[user("ada").as_str()]["position"][1], json!(1.8));
}

#[test]
fn rule_2_5_a_thexr_joiner_hears_reply_and_chunks() {
    let mut stage = Stage::empty();
    let ada = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(stage.hear_names(ada), ["joined", "snapshot_chunk"]);
}

#[test]
fn a_joiner_misses_nothing_and_doubles_nothing() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let shape = json!({"components": {"shape": {"kind": "box"}}});
    stage.push(ada, "create_entity", shape.clone());
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.push(ada, "create_entity", shape.clone());
    stage.tick();
    stage.push(ada, "create_entity", shape);
    stage.tick();
    let mut replica = Replica::default();
    replica.apply(stage.hear(bob));
    assert_eq!(replica.world.digest(), stage.room.world().digest());
    assert_eq!(replica.seq, stage.room.seq());
    assert_eq!(replica.events, [stage.room.seq()], "what is in the snapshot is not told again");
}

#[test]
fn an_observer_sees_and_has_no_avatar() {
    let mut stage = Stage::empty();
    let eve = stage.join("eve", json!({"mode": "observe"}));
    stage.tick();
    let heard = stage.hear(eve);
    assert_eq!(heard[0].payload["mode"], "observe");
    assert_eq!(heard[0].payload["driver"], false);
    assert_eq!(heard.len(), 4, "no own user_joined");
    assert!(!stage.exists(&avatar("eve")));
    assert_eq!(stage.call(eve, "say", json!({"text": "hi"})), Err("not_inside".into()));
    assert_eq!(stage.call(eve, "drive", json!({})), Err("not_inside".into()));
    stage.leave(eve);
    stage.tick();
    assert!(stage.events().is_empty() && stage.room.is_idle());
}

#[test]
fn an_observer_who_is_inside_with_another_tab_does_not_act_from_this_one() {
    let mut stage = Stage::empty();
    stage.enter("ada");
    let preview = stage.enter_with("ada", json!({"mode": "observe"}));
    assert_eq!(stage.call(preview, "say", json!({"text": "hi"})), Err("not_inside".into()));
}

#[test]
fn a_newcomer_appears_as_wished_or_with_a_name_and_colour_of_the_room_s_choice() {
    let mut stage = Stage::empty();
    stage.enter_with("ada", json!({"nickname": "  Ada ", "avatar": {"color": "#f80"}}));
    assert_eq!(stage.value(&avatar("ada"), "nickname"), "Ada");
    assert_eq!(stage.value(&avatar("ada"), "avatar"), json!({"color": "#FF8800"}));
    stage.enter_with("bobb", json!({"nickname": "   "}));
    assert_eq!(stage.value(&avatar("bobb"), "nickname"), "Guest bobb");
    assert!(stage.value(&avatar("bobb"), "avatar")["color"].is_string());
}

#[test]
fn a_newcomer_stands_within_a_metre_of_the_spawn_point() {
    let mut stage = Stage::empty();
    for name in ["ada", "bob", "cyd", "dan"] {
        stage.enter(name);
        let [x, y, z, ..] = stage.standing(name).head;
        assert!((y - 1.8).abs() < 1e-6 && x.hypot(z + 4.0) <= 1.001, "{x} {y} {z}");
    }
}

#[test]
fn a_newcomer_does_not_stand_inside_someone_who_is_there() {
    let mut stage = Stage::empty();
    let heads = ["ada", "bob", "cyd"].map(|name| {
        stage.enter(name);
        let [x, _, z, ..] = stage.standing(name).head;
        [x, z]
    });
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let apart = (heads[a][0] - heads[b][0]).hypot(heads[a][1] - heads[b][1]);
        assert!(apart > 0.6, "{apart} m between {a} and {b}");
    }
}

#[test]
fn rule_2_2_a_join_that_cannot_be_says_why() {
    let cases = [
        (json!({"nickname": "x".repeat(10_000)}), "nickname_too_long"),
        (json!({"nickname": "a\nb"}), "bad_payload"),
        (json!({"nickname": "a\u{7}b"}), "bad_payload"),
        (json!({"avatar": "red"}), "bad_payload"),
        (json!({"avatar": {"color": "red"}}), "bad_component"),
        (json!({"avatar": {"model": "x".repeat(5_000)}}), "bad_payload"),
    ];
    let mut stage = Stage::empty();
    for (payload, reason) in cases {
        let peer = stage.join("ada", payload.clone());
        let heard = stage.hear(peer);
        assert_eq!((heard.len(), heard[0].name.as_str()), (1, "refused"), "{payload}");
        assert_eq!(heard[0].payload["reason"], reason, "{payload}");
        assert!(heard[0].payload["detail"].is_string());
    }
    assert!(stage.events().is_empty() && stage.room.is_idle(), "a refused join leaves nothing");
}

#[test]
fn rule_2_2_a_join_waits_for_the_disk_with_the_documented_reasons() {
    let mut stage = Stage::empty();
    for (state, reason) in [(StoreState::Slow, "room_busy"), (StoreState::Unavailable, "store_unavailable")] {
        stage.store(state);
        let peer = stage.join("ada", json!({}));
        stage.tick();
        assert_eq!(stage.hear(peer)[0].payload["reason"], reason);
        let preview = stage.join("ada", json!({"mode": "observe"}));
        stage.tick();
        assert_eq!(stage.hear(preview)[0].name, "joined", "looking changes nothing");
    }
}

#[test]
fn at_most_forty_joins_are_admitted_in_one_tick_in_the_order_they_came() {
    let mut stage = Stage::empty();
    let peers: Vec<_> = (0..90).map(|n| stage.join(&format!("p{n:02}x"), json!({}))).collect();
    assert_eq!(stage.room.mailbox_depth(), 90);
    for expected in [40, 80, 90] {
        stage.tick();
        assert_eq!(stage.attached.keys().copied().collect::<Vec<_>>(), peers[..expected]);
    }
    assert_eq!(stage.room.people_inside(), 90);
}

#[test]
fn who_gives_up_while_waiting_is_never_inside() {
    let mut stage = Stage::empty();
    let peers: Vec<_> = (0..42).map(|n| stage.join(&format!("p{n:02}x"), json!({}))).collect();
    stage.tick();
    stage.lose(peers[41]);
    stage.tick();
    assert_eq!(stage.room.people_inside(), 41);
    assert!(!stage.exists(&avatar("p41x")));
}

#[test]
fn rule_2_7_a_second_tab_is_the_same_person_and_drives() {
    let mut stage = Stage::empty();
    let first = stage.enter("ada");
    let second = stage.join("ada", json!({}));
    stage.tick();
    assert_eq!(stage.hear_only(first, "driver"), [json!({"driver": false})]);
    assert_eq!(stage.hear_only(second, "joined")[0]["driver"], true);
    assert_eq!((stage.room.people_inside(), stage.room.peer_count()), (1, 2));
    assert_eq!(stage.events(), ["user_joined"]);
}

#[test]
fn rule_2_7_drive_takes_the_avatar_to_this_connection() {
    let mut stage = Stage::empty();
    let first = stage.enter("ada");
    let second = stage.enter("ada");
    stage.hear(first);
    assert_eq!(stage.call(first, "drive", json!({})), Ok(json!({"driver": true})));
    assert_eq!(stage.hear_only(second, "driver"), [json!({"driver": false})]);
    assert_eq!(stage.hear_only(first, "driver"), [json!({"driver": true})], "as when it is handed over");
}

#[test]
fn a_join_in_place_of_an_earlier_one_keeps_the_avatar_and_what_lives_with_it() {
    for (waiting, dialect) in [(0, "json"), (0, "thexr.1"), (45, "json")] {
        let mut stage = Stage::empty();
        let bob = stage.enter_thexr("bob");
        let first = stage.enter_with("ada", json!({"dialect": dialect}));
        let tool = stage.create(first, json!({"keep_while": avatar("ada")}));
        for n in 0..waiting {
            stage.join(&format!("p{n:02}x"), json!({"mode": "observe"}));
        }
        let second = stage.join("ada", json!({"dialect": dialect}));
        stage.hear(bob);
        stage.leave(first);
        stage.ticks(3);
        assert_eq!(stage.hear_only(second, "joined")[0]["driver"], true);
        assert!(stage.exists(&tool));
        assert_eq!(stage.events(), ["user_joined", "user_joined", "entity_created"]);
        let away = stage.hear_only(bob, "away").len();
        assert_eq!(away, if waiting > 0 { 2 } else { 0 }, "what lasts no tick is not told");
    }
}

#[test]
fn who_waits_to_come_back_and_gives_up_has_left_after_the_grace() {
    let mut stage = Stage::empty();
    let first = stage.enter("ada");
    let second = stage.join("ada", json!({}));
    stage.leave(first);
    stage.leave(second);
    stage.tick();
    stage.tick_after(30_000);
    assert_eq!(stage.events(), ["user_joined", "user_left"]);
}

#[test]
fn rule_2_7_when_the_driver_goes_the_next_newest_drives_and_the_last_takes_the_avatar_along() {
    let mut stage = Stage::empty();
    let [first, second, third] = [0; 3].map(|_| stage.enter("ada"));
    stage.tick();
    stage.hear(second);
    stage.leave(third);
    stage.tick();
    assert_eq!(stage.hear_only(second, "driver"), [json!({"driver": true})]);
    stage.leave(first);
    stage.tick();
    assert_eq!(stage.hear_only(second, "driver"), Vec::<serde_json::Value>::new());
    stage.leave(second);
    stage.tick();
    assert_eq!(stage.events(), ["user_joined", "user_left"]);
}

#[test]
fn a_second_tab_may_bring_another_name() {
    let mut stage = Stage::empty();
    stage.enter_with("ada", json!({"nickname": "Ada"}));
    stage.enter_with("ada", json!({"nickname": "Ada"}));
    assert_eq!(stage.events(), ["user_joined"], "the same name is no news");
    stage.enter_with("ada", json!({"nickname": "Countess", "avatar": {"color": "#000000"}}));
    assert_eq!(stage.events(), ["user_joined", "user_renamed"]);
    assert_eq!(stage.value(&avatar("ada"), "nickname"), "Countess");
    assert_eq!(stage.value(&avatar("ada"), "avatar"), json!({"color": "#000000"}));
}

#[test]
fn rule_2_8_a_slot_is_told_in_chunks_and_creates_and_a_freed_one_rests() {
    let mut stage = Stage::empty();
    let ada = stage.enter_thexr("ada");
    let bob = stage.enter_thexr("bob");
    let mut replica = Replica::default();
    replica.apply(stage.hear(ada));
    assert_eq!(replica.slots, [(avatar("bob"), 1)].into());
    stage.leave(bob);
    stage.tick();
    stage.enter_thexr("cyd");
    replica.apply(stage.hear(ada));
    assert_eq!(replica.slots[&avatar("cyd")], 2, "slot 1 rests");
    stage.tick_after(61_000);
    stage.enter_thexr("dan");
    replica.apply(stage.hear(ada));
    assert_eq!(replica.slots[&avatar("dan")], 1);
}

#[test]
fn a_room_full_of_entities_takes_no_newcomers() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let mut made = stage.room.world().entities().len();
    while made < thexr_wire::limits::ROOM_ENTITIES_MAX {
        let count = (thexr_wire::limits::ROOM_ENTITIES_MAX - made).min(2_000);
        let create = |n: usize| json!({"op": "create", "entity": format!("e{n:06}"), "components": {}});
        let ops: Vec<_> = (made..made + count).map(create).collect();
        stage.call(ada, "transact", json!({"ops": ops})).unwrap();
        made += count;
    }
    let full = stage.call(ada, "create_entity", json!({"components": {}}));
    assert_eq!(full, Err("room_full_of_entities".into()));
    let bob = stage.join("bob", json!({}));
    stage.tick();
    assert_eq!(stage.hear(bob)[0].payload["reason"], "room_full");
    stage.call(ada, "delete_entity", json!({"entity": entity("e000100")})).unwrap();
    stage.enter("bob");
}

fn with_caps(people_max: usize, peers_max: usize) -> Stage {
    Stage::with_caps(Template::Empty, Caps { people_max, peers_max })
}

#[test]
fn rule_2_9_beyond_the_soft_cap_people_are_let_in_as_spectators_until_there_is_space() {
    let mut stage = with_caps(1, 10);
    let ada = stage.enter_thexr("ada");
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.tick();
    let reply = stage.hear_only(bob, "joined").remove(0);
    assert_eq!((&reply["mode"], &reply["crowded"]), (&json!("observe"), &json!(true)));
    assert_eq!((&reply["limits"]["people_max"], &reply["limits"]["peers_max"]), (&json!(1), &json!(10)));
    assert_eq!(stage.room.people_inside(), 1);
    let again = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    assert_eq!(stage.hear_only(again, "joined")[0]["mode"], "enter", "who has a place comes back to it");
    stage.leave(ada);
    stage.leave(again);
    stage.tick();
    let bob = stage.join("bob", json!({"dialect": "thexr.1"}));
    stage.tick();
    let reply = stage.hear_only(bob, "joined").remove(0);
    assert_eq!((&reply["mode"], reply.get("crowded")), (&json!("enter"), None));
}

#[test]
fn rule_2_9_beyond_the_hard_cap_joins_are_refused_with_the_rooms_load() {
    let mut stage = with_caps(1, 2);
    stage.enter_thexr("ada");
    stage.enter_with("bob", json!({"mode": "observe", "dialect": "thexr.1"}));
    let cyd = stage.join("cyd", json!({"mode": "observe"}));
    let ada = stage.join("ada", json!({"dialect": "thexr.1"}));
    stage.tick();
    let refusal = stage.hear_only(cyd, "refused").remove(0);
    assert_eq!(refusal["reason"], "room_full");
    assert_eq!(refusal["load"], json!({"people": 1, "peers": 2, "people_max": 1, "peers_max": 2}));
    assert_eq!(stage.hear_only(ada, "joined")[0]["mode"], "enter", "who has a place comes back to it");
}

#[test]
fn rule_2_10_joins_that_wait_are_told_their_place_once_a_second() {
    let mut stage = Stage::empty();
    stage.room.set_admitting(false);
    let peers: Vec<_> =
        (0..60).map(|n| stage.join(&format!("p{n:04}x"), json!({"dialect": "thexr.1"}))).collect();
    for second in 1..3 {
        stage.ticks(20);
        let told: Vec<_> = peers.iter().flat_map(|peer| stage.hear_only(*peer, "queued")).collect();
        let ahead: Vec<u64> = told.iter().map(|told| told["ahead"].as_u64().unwrap()).collect();
        assert_eq!(ahead, (0..60).collect::<Vec<u64>>(), "second {second}");
    }
    stage.room.set_admitting(true);
    stage.ticks(2);
    assert_eq!(stage.room.people_inside(), 60);
}

#[test]
fn those_who_resume_in_one_tick_share_what_they_are_told() {
    let mut stage = Stage::empty();
    let peers: Vec<_> = (0..8).map(|n| stage.enter_thexr(&format!("p{n}"))).collect();
    let seq = stage.room.seq();
    peers.iter().for_each(|peer| stage.lose(*peer));
    stage.tick();
    for n in 0..8 {
        stage.resume(&format!("p{n}"), seq);
    }
    stage.tick();
    let missed = stage.said.iter().filter_map(|said| match &said.message {
        Message::Missed(missed) => Some(missed),
        _ => None,
    });
    let missed: Vec<_> = missed.collect();
    assert_eq!(missed.len(), 8);
    assert!(missed.iter().all(|other| Arc::ptr_eq(other, missed[0])), "encoded once");
}

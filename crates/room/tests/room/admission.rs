//! Being let in when many want to: fair, bounded, and at nobody else's cost.

use crate::stage::{Stage, user};
use serde_json::{Value, json};
use std::sync::Arc;
use thexr_room::template::Template;
use thexr_room::{Caps, Input, Join, Message, Now, Outbox, PoseInput, Telling, Viewer, encode};
use thexr_wire::PeerId;
use thexr_wire::joints::Hands;
use thexr_wire::limits::{
    ADMISSION_BYTES_PER_S, CONNECTIONS_PER_PERSON_MAX, JOINS_PER_TICK_MAX, JOINS_WAITING_MAX,
    JOINS_WAITING_PER_DOOR_MAX, PREVIEWS_MAX, PREVIEWS_PER_PERSON_MAX, TICK_MS,
};
use thexr_wire::message::Dialect;
use thexr_wire::pose::{Marks, Pose};

fn thexr() -> Value {
    json!({"dialect": "thexr.1"})
}

fn observer() -> Value {
    json!({"dialect": "thexr.1", "mode": "observe"})
}

fn preview() -> Value {
    json!({"dialect": "thexr.1", "mode": "preview"})
}

/// The reasons with which a peer was refused or ended.
fn reasons(stage: &mut Stage, peer: PeerId) -> Vec<String> {
    let told = stage.hear(peer).into_iter().filter(|heard| heard.name == "refused" || heard.name == "ending");
    told.map(|heard| heard.payload["reason"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn rule_2_10_joins_from_one_door_keep_nobody_at_another_waiting() {
    let mut stage = Stage::empty();
    let crowd: Vec<_> =
        (0..1_900).map(|n| stage.knock(&format!("p{n:04}x"), observer(), None, Some(1))).collect();
    stage.ticks(2);
    let honest = stage.knock("ada", thexr(), None, Some(2));
    stage.tick();
    assert_eq!(stage.hear_names(honest)[0], "joined");
    assert!(stage.attached.len() <= 3 * JOINS_PER_TICK_MAX && !stage.attached.contains_key(&crowd[1_000]));
}

#[test]
fn rule_2_2_joins_that_cannot_be_are_refused_before_they_wait() {
    let mut stage = Stage::empty();
    for n in 0..1_900 {
        let peer = stage.knock("eve", json!({"nickname": "x".repeat(41)}), None, Some(1));
        assert_eq!(reasons(&mut stage, peer), ["nickname_too_long"], "{n}");
    }
    assert!(stage.room.is_idle() && stage.room.mailbox_depth() == 0);
    let honest = stage.knock("ada", json!({}), None, Some(1));
    stage.tick();
    assert_eq!(stage.hear_names(honest)[0], "joined");
}

#[test]
fn joins_that_wait_are_bounded_and_one_door_does_not_fill_the_room() {
    let mut stage = Stage::empty();
    for n in 0..JOINS_WAITING_PER_DOOR_MAX {
        stage.knock(&format!("p{n:04}x"), observer(), None, Some(1));
    }
    let one_more = stage.knock("eve", observer(), None, Some(1));
    assert_eq!(reasons(&mut stage, one_more), ["room_busy"]);
    for n in JOINS_WAITING_PER_DOOR_MAX..JOINS_WAITING_MAX {
        stage.knock(&format!("p{n:04}x"), observer(), None, Some(2));
    }
    assert_eq!(stage.room.mailbox_depth(), JOINS_WAITING_MAX);
    let honest = stage.knock("ada", observer(), None, Some(3));
    assert_eq!(stage.room.mailbox_depth(), JOINS_WAITING_MAX, "the newest of the longest line gave way");
    stage.tick();
    assert_eq!(stage.hear_names(honest)[0], "joined");
}

#[test]
fn rule_3_2_a_command_before_the_join_is_admitted_is_answered() {
    let mut stage = Stage::empty();
    stage.room.set_admitting(false);
    let ada = stage.join("ada", thexr());
    let pushes = [("say", json!({"text": "hi"})), ("drive", json!({})), ("list_snapshots", json!({}))];
    for (name, payload) in pushes {
        let answer = stage.push(ada, name, payload);
        stage.tick();
        assert_eq!(stage.answer(ada, &answer), Err("not_joined".into()), "{name}");
    }
    stage.room.set_admitting(true);
    let early = stage.push(ada, "say", json!({"text": "hi"}));
    stage.tick();
    assert_eq!(stage.answer(ada, &early), Err("not_joined".into()), "the join is admitted after it");
    assert!(stage.call(ada, "say", json!({"text": "hi"})).is_ok());
    assert_eq!(stage.events(), ["user_joined", "message_said"]);
}

#[test]
fn while_too_much_waits_to_be_told_nobody_is_admitted_and_all_are_told_their_place() {
    let mut stage = Stage::empty();
    stage.room.set_admitting(false);
    let peers: Vec<_> = (0..30).map(|n| stage.join(&format!("p{n:02}x"), thexr())).collect();
    stage.ticks(40);
    for (ahead, peer) in peers.iter().enumerate() {
        assert_eq!(stage.hear_only(*peer, "queued"), vec![json!({"ahead": ahead}); 2]);
    }
    assert_eq!(stage.room.people_inside(), 0);
    stage.room.set_admitting(true);
    stage.tick();
    assert_eq!(stage.room.people_inside(), 30);
}

#[test]
fn rule_2_9_one_person_with_many_windows_takes_no_more_than_their_own_place() {
    for mode in ["enter", "observe"] {
        let mut stage = Stage::with_caps(Template::Empty, Caps { people_max: 10, peers_max: 2 });
        let bob = stage.enter_thexr("bob");
        let mut most = 0;
        for _ in 0..50 {
            stage.join("ada", json!({"dialect": "thexr.1", "mode": mode}));
            stage.tick();
            most = most.max(stage.room.peer_count());
        }
        assert_eq!((most, stage.attached.len()), (2, 2), "{mode}");
        assert!(stage.attached.contains_key(&bob));
    }
}

#[test]
fn a_ninth_connection_of_a_person_ends_the_oldest_that_does_not_drive() {
    let mut stage = Stage::empty();
    let bob = stage.enter_thexr("bob");
    let ada: Vec<_> = (0..CONNECTIONS_PER_PERSON_MAX).map(|_| stage.enter_thexr("ada")).collect();
    stage.call(ada[0], "drive", json!({})).unwrap();
    stage.hear(bob);
    stage.hear(ada[1]);
    let ninth = stage.join("ada", observer());
    stage.tick();
    assert_eq!(stage.hear_names(ada[1]), ["ending", "close"]);
    let tenth = stage.join("ada", thexr());
    stage.tick();
    assert_eq!(reasons(&mut stage, ada[0]), ["too_many_connections"], "it drives no longer");
    for peer in [ninth, tenth, ada[2]] {
        assert!(stage.attached.contains_key(&peer));
    }
    assert_eq!(stage.events(), ["user_joined", "user_joined"], "the person stays");
    assert!(stage.hear(bob).is_empty(), "and nobody else notices");
    assert_eq!(stage.room.peer_count(), 1 + CONNECTIONS_PER_PERSON_MAX);
}

#[test]
fn fifty_windows_at_once_are_as_many_as_one_after_the_other() {
    let mut stage = Stage::empty();
    let peers: Vec<_> = (0..50).map(|_| stage.join("ada", thexr())).collect();
    stage.ticks(3);
    assert_eq!(stage.room.peer_count(), CONNECTIONS_PER_PERSON_MAX);
    let mut ended = 0;
    for peer in &peers {
        let names = stage.hear_names(*peer);
        let is_in = stage.attached.contains_key(peer);
        let last = names.last().map(String::as_str);
        assert!(
            is_in || names == ["refused"] || (names[0] == "joined" && last == Some("close")),
            "{names:?}"
        );
        ended += usize::from(!is_in);
    }
    assert_eq!(ended, 50 - CONNECTIONS_PER_PERSON_MAX, "everyone is told how it is");
    assert_eq!(stage.events(), ["user_joined"]);
}

#[test]
fn previews_have_places_of_their_own() {
    let mut stage = Stage::with_caps(Template::Empty, Caps { people_max: 2, peers_max: 2 });
    let first = stage.enter_with("eve", preview());
    for n in 1..PREVIEWS_MAX {
        stage.join(&format!("p{n:04}x"), preview());
    }
    stage.ticks(PREVIEWS_MAX / JOINS_PER_TICK_MAX + 1);
    assert_eq!(stage.room.peer_count(), PREVIEWS_MAX);
    let one_more = stage.join("fay", preview());
    stage.tick();
    let refusal = stage.hear_only(one_more, "refused").remove(0);
    assert_eq!((&refusal["reason"], &refusal["load"]["peers"]), (&json!("room_full"), &json!(0)));
    for name in ["ada", "bob"] {
        stage.enter_thexr(name);
    }
    stage.leave(first);
    stage.tick();
    let again = stage.join("eve", preview());
    stage.tick();
    assert!(stage.attached.contains_key(&again));
}

#[test]
fn a_third_preview_of_a_person_ends_their_oldest() {
    let mut stage = Stage::empty();
    let inside = stage.enter_thexr("ada");
    let previews: Vec<_> =
        (0..=PREVIEWS_PER_PERSON_MAX).map(|_| stage.enter_with("ada", preview())).collect();
    assert_eq!(reasons(&mut stage, previews[0]), ["too_many_connections"]);
    assert!([inside, previews[1], previews[2]].iter().all(|peer| stage.attached.contains_key(peer)));
}

/// Joins arrive at a pace of so many a tick; returns the ticks until all are in, without reading what is told.
fn admit(people: u64, a_tick: u64, components: usize) -> u64 {
    let mut stage = Stage::with_caps(Template::Empty, Caps { people_max: 2_500, peers_max: 3_000 });
    let ada = stage.enter("ada");
    for _ in 0..components {
        stage.create(ada, json!({"a": "x".repeat(60_000)}));
    }
    let (mut room, mut now, mut out) = (stage.room, stage.now, Outbox::default());
    room.set_admitting(true);
    let (mut asked, mut ticks) = (0, 0);
    while room.people_inside() < people as usize + 1 {
        for _ in 0..a_tick.min(people - asked) {
            let join = Join::new(user(&format!("p{asked:05}")), serde_json::from_value(thexr()).unwrap(), 1);
            room.push(PeerId(1_000 + asked), Input::Join(Box::new(join.unwrap()))).unwrap();
            asked += 1;
        }
        ticks += 1;
        now = Now { tick: now.tick + 1, at_ms: now.at_ms + TICK_MS as i64 };
        room.tick(now, &mut out);
        out.ordered.clear();
        out.events.clear();
        assert!(ticks < 10_000, "{} of {people} are in", room.people_inside());
    }
    ticks
}

#[test]
fn two_thousand_who_come_within_ten_seconds_are_in_within_fifteen() {
    let ticks = admit(2_000, 10, 0);
    assert!(ticks <= 15 * 1_000 / TICK_MS, "{} s", ticks * TICK_MS / 1_000);
}

#[test]
fn rule_2_10_a_large_state_is_told_to_as_many_as_can_be_carried() {
    let (people, components) = (60, 50);
    let ticks = admit(people, people, components);
    let bytes = people * components as u64 * 60_000;
    let at_least = bytes * 1_000 / ADMISSION_BYTES_PER_S / TICK_MS;
    // What was saved up and what is let in last comes on top.
    assert!((at_least.saturating_sub(15)..at_least + 15).contains(&ticks), "{ticks} {at_least}");
}

#[test]
fn a_newcomer_sees_everyone_at_once_also_in_a_room_that_rests() {
    for mode in ["enter", "observe"] {
        let mut stage = Stage::empty();
        let crowd: Vec<_> = (0..40).map(|n| stage.enter_thexr(&format!("p{n:02}x"))).collect();
        for (n, peer) in (0u8..).zip(&crowd) {
            let pose = Pose::standing([f32::from(n) * 3.0, 1.8, 0.0]);
            stage.room.pose(PoseInput {
                peer: *peer,
                sample_ms: None,
                marks: Marks::default(),
                pose,
                hands: Hands::default(),
            });
        }
        stage.ticks(1_000);
        let eve = stage.join("eve", json!({"dialect": "thexr.1", "mode": mode}));
        stage.tick();
        let mut viewer = Viewer::new(Telling::Frames, stage.attached[&eve].own_slot, 1_360);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..10 {
            assert!(!stage.quiet, "there is motion to be told");
            seen.extend(stage.seen(&mut viewer).into_keys());
            stage.tick();
        }
        assert_eq!(seen.len(), 40, "{mode}: within half a second");
    }
}

#[test]
fn a_join_costs_each_listener_little_and_a_person_little_of_a_state() {
    let mut stage = Stage::empty();
    let eve = stage.enter_with("eve", preview());
    let peers: Vec<_> = (0..100).map(|n| stage.enter_thexr(&format!("p{n:02}x"))).collect();
    let heard = stage.hear(eve);
    assert!(heard.iter().all(|heard| heard.name == "state_patch"), "nothing else is told of comings");
    let bytes: usize = heard.iter().map(|heard| heard.payload.to_string().len()).sum();
    assert!(bytes / 100 <= 230, "{} bytes a join", bytes / 100);
    let late = stage.join("late", preview());
    stage.tick();
    let view = stage.said.iter().find_map(|said| match &said.message {
        Message::State(view) => Some(view.clone()),
        _ => None,
    });
    let chunks = encode::state(&view.unwrap(), Dialect::Thexr1);
    let bytes: usize = chunks.iter().map(|(_, chunk)| chunk.len()).sum();
    assert!(bytes / 100 <= 160, "{} bytes a person", bytes / 100);
    assert!(stage.attached.contains_key(&late) && stage.attached.contains_key(&peers[0]));
}

#[test]
fn those_who_missed_the_same_share_it_and_others_do_not() {
    let mut stage = Stage::empty();
    let bob = stage.enter("bob");
    let early = stage.room.seq();
    stage.create(bob, json!({"n": 1}));
    let late = stage.room.seq();
    for name in ["ada", "cyd", "dan"] {
        stage.resume(name, if name == "dan" { late } else { early });
    }
    stage.tick();
    let missed = stage.said.iter().filter_map(|said| match &said.message {
        Message::Missed(missed) => Some(missed.clone()),
        _ => None,
    });
    let [ada, cyd, dan] = &missed.collect::<Vec<_>>()[..] else { panic!("three resume") };
    assert!(Arc::ptr_eq(ada, cyd) && !Arc::ptr_eq(ada, dan));
    let names = |missed| encode::missed(missed).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(ada), ["restate", "state_patch", "stoc"]);
    assert_eq!(names(dan), ["restate", "state_patch"], "those who came are told by their avatars");
}

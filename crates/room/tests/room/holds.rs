//! Holding: a hand holds one thing, a thing is in one hand, near enough, and whatever ends it lets go where it was held.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::PoseInput;
use thexr_wire::joints::Hands;
use thexr_wire::pose::{Marks, Pose};
use thexr_wire::{EntityId, PeerId};

/// Ada with a ball a metre before her eyes.
fn with_a_ball() -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    pose(&mut stage, ada, Pose::standing([0.0, 1.8, 0.0]));
    let ball = ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({}));
    (stage, ada, ball)
}

fn ball(stage: &mut Stage, maker: PeerId, at: [f32; 3], holdable: Value) -> EntityId {
    let shape = json!({"kind": "sphere", "diameter": 0.2});
    stage.create(maker, json!({"shape": shape, "holdable": holdable, "position": at}))
}

fn pose(stage: &mut Stage, peer: PeerId, pose: Pose) {
    let input = PoseInput { peer, sample_ms: None, marks: Marks::default(), pose, hands: Hands::default() };
    assert!(stage.room.pose(input));
    stage.tick();
}

/// Someone else, who stands where Ada does.
fn beside(stage: &mut Stage, name: &str) -> PeerId {
    let peer = stage.enter(name);
    pose(stage, peer, Pose::standing([0.0, 1.8, 0.0]));
    peer
}

fn grab(stage: &mut Stage, peer: PeerId, thing: &EntityId, hand: &str) -> Result<Value, String> {
    stage.call(peer, "grab", json!({"entity": thing, "hand": hand}))
}

fn release(stage: &mut Stage, peer: PeerId, thing: &EntityId) -> Result<Value, String> {
    stage.call(peer, "release", json!({"entity": thing}))
}

/// In whose hand a thing is, as thing and person say it.
fn holder(stage: &Stage, thing: &EntityId, names: &[&str]) -> Option<(String, String)> {
    let held_by = stage.value(thing, "held_by");
    let says = |name: &str, hand: &str| stage.value(&avatar(name), "holding")[hand] == json!(thing);
    let mut found = None;
    for name in names {
        for hand in ["left", "right"] {
            let here = held_by == json!({"user": user(name), "hand": hand});
            assert_eq!(here, says(name, hand), "{name}'s {hand} hand and the thing say the same");
            if here {
                found = Some(((*name).to_owned(), hand.to_owned()));
            }
        }
    }
    assert_eq!(found.is_some(), held_by.is_object(), "{held_by}");
    found
}

fn is_with(stage: &Stage, thing: &EntityId, name: &str, hand: &str) -> bool {
    holder(stage, thing, &["ada", "bob"]) == Some((name.into(), hand.into()))
}

fn near(value: &Value, expected: [f32; 3]) -> bool {
    (0..3).all(|axis| (value[axis].as_f64().unwrap_or(f64::NAN) as f32 - expected[axis]).abs() < 1e-3)
}

// Rule 3.11
#[test]
fn what_is_taken_hangs_on_the_hand_and_lies_where_it_is_let_go() {
    let (mut stage, ada, ball) = with_a_ball();
    grab(&mut stage, ada, &ball, "right").unwrap();
    assert!(is_with(&stage, &ball, "ada", "right"));
    assert_eq!(stage.value(&ball, "parent"), json!({"entity": avatar("ada"), "node": "head"}));
    assert!(near(&stage.value(&ball, "position"), [0.0, 0.0, 1.0]), "where it was taken");
    pose(&mut stage, ada, Pose::standing([5.0, 1.8, 0.0]));
    release(&mut stage, ada, &ball).unwrap();
    assert!(holder(&stage, &ball, &["ada"]).is_none());
    assert!(stage.value(&ball, "parent").is_null() && near(&stage.value(&ball, "position"), [5.0, 1.8, 1.0]));
    assert_eq!(stage.events()[stage.events().len() - 2..], ["user_grabbed", "user_released"]);
    assert_eq!(release(&mut stage, ada, &ball).unwrap_err(), "not_held");
}

#[test]
fn a_turned_hand_holds_what_it_took_as_it_lay() {
    let (mut stage, ada, ball) = with_a_ball();
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let mut turned = Pose::standing([0.0, 1.8, 0.0]);
    turned.right = Some([0.4, 1.4, 0.6, 0.0, half, 0.0, half]);
    pose(&mut stage, ada, turned);
    grab(&mut stage, ada, &ball, "right").unwrap();
    assert_eq!(stage.value(&ball, "parent")["node"], "right");
    // A quarter turn about Y: what lies ahead in the room lies to the hand's left.
    assert!(near(&stage.value(&ball, "position"), [-0.4, 0.4, -0.4]), "{}", stage.value(&ball, "position"));
    release(&mut stage, ada, &ball).unwrap();
    assert!(near(&stage.value(&ball, "position"), [0.0, 1.8, 1.0]));
    let rotation = stage.value(&ball, "rotation");
    assert!((rotation[3].as_f64().unwrap().abs() - 1.0).abs() < 1e-3, "{rotation}");
}

#[test]
fn of_many_who_grab_at_once_one_has_it_and_the_others_are_told() {
    let (mut stage, ada, ball) = with_a_ball();
    let others: Vec<PeerId> = (0..20).map(|n| beside(&mut stage, &format!("p{n:02}x"))).collect();
    stage.hear(ada);
    for peer in &others {
        stage.push(*peer, "grab", json!({"entity": ball}));
    }
    stage.tick();
    let reasons: Vec<Value> = others
        .iter()
        .flat_map(|peer| stage.hear_only(*peer, "reply"))
        .map(|reply| reply[2]["reason"].clone())
        .collect();
    assert_eq!(reasons.iter().filter(|reason| reason.is_null()).count(), 1, "{reasons:?}");
    assert_eq!(reasons.iter().filter(|reason| **reason == "held").count(), others.len() - 1);
}

#[test]
fn a_hand_holds_one_thing_and_the_other_hand_may_take_it_over() {
    let (mut stage, ada, ball_one) = with_a_ball();
    let other = ball(&mut stage, ada, [0.0, 1.0, 1.0], json!({}));
    grab(&mut stage, ada, &ball_one, "right").unwrap();
    assert_eq!(grab(&mut stage, ada, &other, "right").unwrap_err(), "hand_full");
    grab(&mut stage, ada, &other, "left").unwrap();
    assert_eq!(grab(&mut stage, ada, &ball_one, "left").unwrap_err(), "hand_full");
    release(&mut stage, ada, &other).unwrap();
    grab(&mut stage, ada, &ball_one, "left").unwrap();
    assert!(is_with(&stage, &ball_one, "ada", "left"));
    assert_eq!(stage.value(&avatar("ada"), "holding"), json!({"left": ball_one}));
}

#[test]
fn what_is_far_or_nothing_to_hold_or_sat_on_is_refused() {
    let (mut stage, ada, _) = with_a_ball();
    let far = ball(&mut stage, ada, [0.0, 1.8, 4.5], json!({}));
    assert_eq!(grab(&mut stage, ada, &far, "right").unwrap_err(), "too_far");
    let mut tracked = Pose::standing([0.0, 1.8, 0.0]);
    tracked.right = Some([0.0, 1.0, 0.5, 0.0, 0.0, 0.0, 1.0]);
    pose(&mut stage, ada, tracked);
    let two_metres = ball(&mut stage, ada, [0.0, 1.0, 2.5], json!({}));
    assert_eq!(grab(&mut stage, ada, &two_metres, "right").unwrap_err(), "too_far");
    grab(&mut stage, ada, &two_metres, "left").unwrap();
    let wide = json!({"shape": {"kind": "box", "width": 8}, "holdable": true, "position": [0, 1, 4]});
    let wide = stage.create(ada, wide);
    grab(&mut stage, ada, &wide, "right").unwrap();
    release(&mut stage, ada, &wide).unwrap();
    let stone = stage.create(ada, json!({"shape": {"kind": "box"}, "position": [0, 1, 1]}));
    assert_eq!(grab(&mut stage, ada, &stone, "right").unwrap_err(), "not_holdable");
    assert_eq!(grab(&mut stage, ada, &avatar("ada"), "right").unwrap_err(), "not_holdable");
    let stool = stage.create(ada, json!({"seat": true, "holdable": true, "position": [0, 1, 1]}));
    stage.call(ada, "sit", json!({"entity": stool})).unwrap();
    assert_eq!(grab(&mut stage, ada, &stool, "right").unwrap_err(), "occupied");
}

#[test]
fn nobody_holds_what_they_ride_on() {
    let (mut stage, ada, ball) = with_a_ball();
    let ride = json!({"entity": avatar("ada"), "components": {"parent": {"entity": ball}}});
    stage.call(ada, "update_components", ride).unwrap();
    assert_eq!(grab(&mut stage, ada, &ball, "right").unwrap_err(), "cyclic_parent");
    assert!(holder(&stage, &ball, &["ada"]).is_none());
}

#[test]
fn what_a_payload_says_of_a_place_is_checked_and_drawn_near() {
    let (mut stage, ada, ball) = with_a_ball();
    for bad in [json!({"hand": "tail"}), json!({"offset": 3}), json!({"offset": {"position": [0, "x", 0]}})] {
        let mut payload = json!({"entity": ball});
        payload.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        let reason = stage.call(ada, "grab", payload).unwrap_err();
        assert!(["bad_payload", "bad_component"].contains(&reason.as_str()), "{bad}: {reason}");
    }
    let far = json!({"entity": ball, "offset": {"position": [0, 0, 300]}});
    stage.call(ada, "grab", far).unwrap();
    let z = stage.value(&ball, "position")[2].as_f64().unwrap();
    assert!((3.0..3.2).contains(&z), "{z}");
    let thrown = json!({"entity": ball, "position": [0, 1, 90]});
    stage.call(ada, "release", thrown).unwrap();
    assert!(stage.value(&ball, "position")[2].as_f64().unwrap() < 4.0, "it falls where it was held");
    grab(&mut stage, ada, &ball, "right").unwrap();
    let put = json!({"entity": ball, "position": [0.5, 1, 2], "rotation": [0, 1, 0, 0]});
    stage.call(ada, "release", put).unwrap();
    assert!(near(&stage.value(&ball, "position"), [0.5, 1.0, 2.0]));
    assert_eq!(stage.value(&ball, "rotation"), json!([0.0, 1.0, 0.0, 0.0]));
}

#[test]
fn others_take_it_out_of_a_hand_only_as_its_policy_says() {
    let (mut stage, ada, _) = with_a_ball();
    let bob = beside(&mut stage, "bob");
    for policy in ["deny", "allow"] {
        let thing = ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({"policy": policy}));
        grab(&mut stage, ada, &thing, "right").unwrap();
        assert_eq!(grab(&mut stage, bob, &thing, "right").unwrap_err(), "held");
        release(&mut stage, ada, &thing).unwrap();
    }
    let prey = ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({"policy": "steal"}));
    grab(&mut stage, ada, &prey, "left").unwrap();
    grab(&mut stage, bob, &prey, "right").unwrap();
    assert!(is_with(&stage, &prey, "bob", "right"));
    assert_eq!(stage.last_event().payload["from"], json!(user("ada")));
}

#[test]
fn what_is_asked_for_is_handed_over_by_its_holder_within_two_seconds_and_only_those_two_hear_of_it() {
    let (mut stage, ada, _) = with_a_ball();
    let bob = beside(&mut stage, "bob");
    let eve = beside(&mut stage, "eve");
    let cup = ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({"policy": "ask"}));
    grab(&mut stage, ada, &cup, "right").unwrap();
    assert_eq!(stage.call(ada, "hand_over", json!({"entity": cup})).unwrap_err(), "not_asked");
    [ada, bob, eve].iter().for_each(|peer| drop(stage.hear(*peer)));
    grab(&mut stage, bob, &cup, "left").unwrap();
    assert!(is_with(&stage, &cup, "ada", "right"), "asking takes nothing");
    let asked = |stage: &mut Stage, peer: PeerId| {
        stage.hear_only(peer, "stoc").iter().filter(|told| told["event"] == "grab_asked").count()
    };
    assert_eq!([ada, bob, eve].map(|peer| asked(&mut stage, peer)), [1, 1, 0]);
    assert_eq!(grab(&mut stage, eve, &cup, "left").unwrap_err(), "held", "one question at a time");
    assert_eq!(grab(&mut stage, bob, &cup, "left").unwrap_err(), "asked_already");
    assert_eq!(asked(&mut stage, ada), 0, "and it is told once");
    stage.call(ada, "grab", json!({"entity": cup, "offset": {"position": [0, 0, 0.6]}})).unwrap();
    assert_eq!(stage.call(bob, "hand_over", json!({"entity": cup})).unwrap_err(), "not_held");
    stage.call(ada, "hand_over", json!({"entity": cup})).unwrap();
    assert!(is_with(&stage, &cup, "bob", "left"));
    grab(&mut stage, ada, &cup, "left").unwrap();
    stage.tick_after(2_100);
    assert_eq!(stage.call(bob, "hand_over", json!({"entity": cup})).unwrap_err(), "not_asked");
}

#[test]
fn who_cannot_take_any_more_what_they_asked_for_does_not_get_it() {
    let (mut stage, ada, _) = with_a_ball();
    let bob = beside(&mut stage, "bob");
    let cup = ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({"policy": "ask"}));
    grab(&mut stage, ada, &cup, "right").unwrap();
    grab(&mut stage, bob, &cup, "right").unwrap();
    pose(&mut stage, bob, Pose::standing([30.0, 1.8, 0.0]));
    assert_eq!(stage.call(ada, "hand_over", json!({"entity": cup})).unwrap_err(), "asker_cannot");
    assert!(is_with(&stage, &cup, "ada", "right"));
}

#[test]
fn the_window_that_does_not_move_somebody_does_nothing_with_their_hands() {
    let (mut stage, ada, ball) = with_a_ball();
    let newer = stage.enter("ada");
    assert_eq!(grab(&mut stage, ada, &ball, "right").unwrap_err(), "not_driver");
    assert_eq!(stage.call(ada, "stand", json!({})).unwrap_err(), "not_driver");
    grab(&mut stage, newer, &ball, "right").unwrap();
    assert_eq!(release(&mut stage, ada, &ball).unwrap_err(), "not_driver");
    stage.call(ada, "drive", json!({})).unwrap();
    let first = stage.call(ada, "release", json!({"entity": ball, "id": "once"})).unwrap();
    stage.call(newer, "drive", json!({})).unwrap();
    let again = stage.call(ada, "release", json!({"entity": ball, "id": "once"}));
    assert_eq!(again, Ok(first), "what was done before the body went elsewhere was done");
}

#[test]
fn whatever_ends_a_hold_frees_hand_and_thing() {
    let (mut stage, ada, ball_one) = with_a_ball();
    let bob = beside(&mut stage, "bob");
    let ends: [(&str, Value); 4] = [
        ("reparent", json!({"entity": ball_one, "parent": null})),
        ("remove_components", json!({"entity": ball_one, "names": ["holdable"]})),
        ("remove_components", json!({"entity": ball_one, "names": ["parent"]})),
        ("delete_entity", json!({"entity": ball_one})),
    ];
    for (command, payload) in ends {
        let restored = json!({"entity": ball_one, "components": {"holdable": true, "position": [0, 1.8, 1]}});
        stage.call(ada, "update_components", restored).unwrap();
        grab(&mut stage, bob, &ball_one, "right").unwrap();
        stage.call(ada, command, payload.clone()).unwrap();
        stage.tick();
        assert_eq!(holder(&stage, &ball_one, &["bob"]), None, "{command} {payload}");
        assert_eq!(stage.value(&avatar("bob"), "holding"), Value::Null);
        assert_ne!(stage.value(&ball_one, "parent")["entity"], json!(avatar("bob")));
    }
    let cup = ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({}));
    grab(&mut stage, bob, &cup, "right").unwrap();
    stage.leave(bob);
    stage.tick();
    assert!(stage.value(&cup, "held_by").is_null() && near(&stage.value(&cup, "position"), [0.0, 1.8, 1.0]));
}

#[test]
fn who_is_away_keeps_what_they_hold_unless_it_is_taken_also_over_a_restart() {
    let (mut stage, ada, ball) = with_a_ball();
    let bob = stage.enter_thexr("bob");
    pose(&mut stage, bob, Pose::standing([0.0, 1.8, 0.0]));
    grab(&mut stage, bob, &ball, "right").unwrap();
    assert_eq!(grab(&mut stage, ada, &ball, "right").unwrap_err(), "held");
    stage.lose(bob);
    stage.tick();
    assert!(is_with(&stage, &ball, "bob", "right"));
    stage.reopen();
    stage.tick();
    assert!(is_with(&stage, &ball, "bob", "right"));
    let ada = stage.enter("ada");
    pose(&mut stage, ada, Pose::standing([0.0, 1.8, 0.0]));
    grab(&mut stage, ada, &ball, "right").unwrap();
    assert!(is_with(&stage, &ball, "ada", "right"));
}

#[test]
fn a_restored_state_leaves_things_in_nobodys_hand() {
    let (mut stage, ada, ball) = with_a_ball();
    grab(&mut stage, ada, &ball, "right").unwrap();
    stage.call(ada, "save_snapshot", json!({"name": "held"})).unwrap();
    release(&mut stage, ada, &ball).unwrap();
    stage.tick_after(120_000);
    let cup = self::ball(&mut stage, ada, [0.0, 1.8, 1.0], json!({}));
    grab(&mut stage, ada, &cup, "left").unwrap();
    stage.push(ada, "restore_snapshot", json!({"name": "held"}));
    stage.ticks(3);
    assert_eq!(stage.value(&avatar("ada"), "holding"), Value::Null);
    assert!(stage.value(&ball, "held_by").is_null() && stage.value(&ball, "parent").is_null());
    assert!(!stage.exists(&cup));
}

#[test]
fn nobody_writes_by_hand_who_holds_what() {
    let (mut stage, ada, ball) = with_a_ball();
    for (entity, forged) in [
        (ball, json!({"held_by": {"user": user("ada"), "hand": "left"}})),
        (avatar("ada"), json!({"holding": {"left": "abcde"}})),
    ] {
        let forged = json!({"entity": entity, "components": forged});
        assert_eq!(stage.call(ada, "update_components", forged).unwrap_err(), "server_only");
    }
}

#[test]
fn of_two_who_take_a_thing_in_the_same_moment_in_any_order_exactly_one_has_it() {
    grabs(4_000);
}

#[test]
#[ignore = "takes a minute: docs/performance.md says when it was run"]
fn so_it_is_in_a_hundred_thousand_orders() {
    grabs(100_000);
}

fn grabs(rounds: u32) {
    let mut dice = 0x9E37_79B9_7F4A_7C15_u64;
    let mut throw = |sides: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % sides
    };
    let mut won = [0u32; 2];
    let (mut stage, mut people, mut thing) = two_and_a_ball();
    for round in 0..rounds {
        if round % 500 == 499 {
            // The journal of a stage grows for ever.
            (stage, people, thing) = two_and_a_ball();
        }
        let first = throw(2) as usize;
        let hands = [throw(2), throw(2)].map(|hand| if hand == 0 { "left" } else { "right" });
        let mut asked = Vec::new();
        for who in [first, 1 - first] {
            let wish = json!({"entity": thing, "hand": hands[who]});
            asked.push((who, stage.push(people[who], "grab", wish)));
            if throw(4) == 0 {
                stage.tick();
            }
        }
        stage.tick();
        let answers: Vec<(usize, bool)> =
            asked.into_iter().map(|(who, asked)| (who, stage.answer(people[who], &asked).is_ok())).collect();
        let winners: Vec<usize> = answers.iter().filter(|(_, ok)| *ok).map(|(who, _)| *who).collect();
        assert_eq!(winners, [first], "round {round}: whoever came first: {answers:?}");
        let holds = holder(&stage, &thing, &["ada", "bob"]).map(|(name, _)| name);
        assert_eq!(holds.as_deref(), Some(["ada", "bob"][first]), "round {round}");
        won[first] += 1;
        release(&mut stage, people[first], &thing).unwrap();
        // Both have breath for another wish.
        stage.ticks(8);
        people.iter().for_each(|peer| drop(stage.hear(*peer)));
    }
    assert!(won.iter().all(|won| *won > rounds / 3), "{won:?}");
}

fn two_and_a_ball() -> (Stage, [PeerId; 2], EntityId) {
    let (mut stage, ada, ball) = with_a_ball();
    let bob = beside(&mut stage, "bob");
    (stage, [ada, bob], ball)
}

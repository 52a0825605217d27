//! Weapons: what they need, what they hit, what they cost. Where others were when a shooter saw them counts.

use crate::game::{go, named, value, write};
use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_room::{Scratch, Telling, Viewer};
use thexr_wire::lane::{Sink, read_down};
use thexr_wire::pose::{Pose, Sample};
use thexr_wire::shots::{Met, Shot};
use thexr_wire::{EntityId, PeerId};

/// A game with Ada at the origin, who has picked up a gun, and Ben ten metres before her.
fn duel(gun: Value) -> (Stage, PeerId, PeerId) {
    let mut stage = Stage::empty();
    let (ada, ben) = (stage.enter("ada"), stage.enter("ben"));
    stage.create(ada, json!({"game": {"friendly_fire": true, "checked": false}}));
    let gun = json!({"gun": gun, "collectable": {"item": "pistol", "amount": 20}, "position": [0, 1, 0]});
    let gun = stage.create(ada, gun);
    go(&mut stage, ben, 0.0, 10.0);
    go(&mut stage, ada, 0.0, 0.0);
    stage.call(ada, "collect", json!({"entity": gun})).unwrap();
    stage.ticks(3);
    (stage, ada, ben)
}

fn ahead() -> Value {
    json!({"origin": [0, 1.5, 0.2], "direction": [0, 0, 1]})
}

fn health(stage: &Stage, name: &str) -> Value {
    value(stage, &avatar(name), "health")
}

/// Frames of one receiver.
struct Eye(Viewer, Vec<Shot>);

impl Sink for Eye {
    fn person(&mut self, _: Sample) {}

    fn shot(&mut self, shot: &Shot) {
        self.1.push(*shot);
    }
}

impl Eye {
    fn new() -> Self {
        Self(Viewer::new(Telling::Frames, None, 1_360), Vec::new())
    }

    fn look(&mut self, stage: &Stage) -> Vec<Shot> {
        let mut bytes = Vec::new();
        self.0.frame(&stage.motion, 0, 0, &mut Scratch::default(), &mut bytes);
        if !bytes.is_empty() {
            read_down(&bytes, self).unwrap();
        }
        std::mem::take(&mut self.1)
    }
}

// Rule 3.19
#[test]
fn a_gun_that_is_picked_up_shoots_until_it_is_empty_and_is_loaded_again() {
    let (mut stage, ada, _) = duel(json!({"damage": 4, "rate": 20, "capacity": 6, "reload_ms": 1000}));
    let me = avatar("ada");
    assert_eq!(
        (value(&stage, &me, "weapon"), value(&stage, &me, "inventory")),
        (json!("pistol"), json!({"bullets": 14}))
    );
    assert_eq!(named(&stage, "item_collected")[0].payload["what"], json!("weapon"));
    for shot in 0..6 {
        assert_eq!(stage.call(ada, "shoot", ahead()), Ok(json!({})), "{shot}");
    }
    assert_eq!(stage.call(ada, "shoot", ahead()), Err("no_ammo".into()));
    assert_eq!(health(&stage, "ben"), json!(100 - 6 * 4));
    let hits = named(&stage, "user_damaged");
    assert_eq!(hits[0].payload["by"], json!(me));
    stage.ticks(10);
    let spent: i64 =
        named(&stage, "weapon_emptied").iter().map(|event| event.payload["shots"].as_i64().unwrap()).sum();
    assert_eq!((spent, value(&stage, &me, "weapons")["pistol"]["loaded"].clone()), (6, json!(0)));
    stage.call(ada, "reload", json!({})).unwrap();
    assert_eq!(value(&stage, &me, "inventory"), json!({"bullets": 8}));
    assert_eq!(stage.call(ada, "shoot", ahead()), Err("reloading".into()));
    assert_eq!(stage.call(ada, "reload", json!({})), Err("reloading".into()));
    stage.ticks(20);
    assert_eq!(stage.call(ada, "reload", json!({})), Err("not_needed".into()));
    assert_eq!(stage.call(ada, "shoot", ahead()), Ok(json!({})));
}

#[test]
fn whoever_shoots_what_they_do_not_have_or_from_where_they_are_not_hits_nobody() {
    let (mut stage, ada, ben) = duel(json!({"rate": 2}));
    let at_ben = json!({"origin": [0, 1.5, 10], "direction": [0, 0, 1]});
    assert_eq!(stage.call(ben, "shoot", at_ben), Err("no_weapon".into()));
    assert_eq!(stage.call(ben, "reload", json!({})), Err("no_weapon".into()));
    assert_eq!(stage.call(ada, "reload", json!({})), Err("not_needed".into()), "without a magazine");
    assert_eq!(stage.call(ada, "switch_weapon", json!({"weapon": "cannon"})), Err("no_weapon".into()));
    let from = |x: f64| json!({"origin": [x, 1.5, 0], "direction": [0, 0, 1]});
    assert_eq!(stage.call(ada, "shoot", from(3.0)), Err("not_there".into()));
    for bad in [
        json!({}),
        json!({"origin": [0, 1, 0], "direction": [0, 0, 0]}),
        json!({"origin": "here", "direction": [0, 0, 1]}),
        json!({"origin": [1e300, 1, 0], "direction": [0, 0, 1]}),
        json!({"origin": [0, 1, 0], "direction": [0, 0, 1], "at": "now"}),
    ] {
        assert_eq!(stage.call(ada, "shoot", bad), Err("bad_payload".into()));
    }
    assert_eq!(stage.call(ada, "event", json!({"event_name": "user_damaged"})), Err("reserved_event".into()));
    let wall =
        json!({"shape": {"kind": "box", "width": 4, "height": 4, "depth": 0.1}, "position": [0, 1, 1]});
    let wall = stage.create(ada, wall);
    stage.ticks(3);
    let beyond = json!({"origin": [0, 1.5, 1.4], "direction": [0, 0, 1]});
    assert_eq!(stage.call(ada, "shoot", beyond), Err("blocked".into()));
    stage.call(ada, "shoot", ahead()).unwrap();
    stage.tick();
    assert_eq!(health(&stage, "ben"), Value::Null, "the wall has it");
    stage.call(ada, "delete_entity", json!({"entity": wall})).unwrap();
    assert_eq!(named(&stage, "user_damaged").len(), 0);
}

#[test]
fn a_gun_shoots_no_faster_than_it_can_whatever_the_line_does() {
    let (mut stage, ada, _) = duel(json!({"rate": 5, "damage": 1}));
    let mut fired = 0;
    for _ in 0..100 {
        let asked: Vec<Value> = (0..3).map(|_| stage.push(ada, "shoot", ahead())).collect();
        stage.tick();
        fired += asked.iter().filter(|asked| stage.answer(ada, asked).is_ok()).count();
    }
    assert_eq!(fired, 20, "as many as it has");
    write(&mut stage, &avatar("ada"), json!({"inventory": {"bullets": 1_000}}));
    let mut fired = 0;
    for _ in 0..100 {
        fired += usize::from(stage.call(ada, "shoot", ahead()).is_ok());
    }
    assert!((25..=27).contains(&fired), "five seconds of five: {fired}");
}

#[test]
fn doors_hold_shots_while_they_are_closed() {
    let (mut stage, ada, ben) = duel(json!({"rate": 20, "damage": 5}));
    let door = json!({"door": {"slide": [0, 6, 0], "duration_ms": 200}, "position": [0, 1.5, 2],
        "shape": {"kind": "box", "width": 2, "height": 3, "depth": 0.1}});
    let door = stage.create(ada, door);
    stage.ticks(3);
    stage.call(ada, "shoot", ahead()).unwrap();
    stage.ticks(2);
    assert_eq!(health(&stage, "ben"), Value::Null);
    stage.call(ada, "open", json!({"entity": door})).unwrap();
    stage.ticks(10);
    stage.call(ada, "shoot", ahead()).unwrap();
    assert_eq!(health(&stage, "ben"), json!(95));
    go(&mut stage, ben, 3.0, 10.0);
    stage.call(ada, "shoot", ahead()).unwrap();
    assert_eq!(health(&stage, "ben"), json!(95), "he has stepped aside");
}

// Rule 3.19
#[test]
fn a_shot_meets_whom_its_shooter_saw_up_to_400_ms_ago() {
    for (ago_ms, hits) in [(0, 0), (100, 1), (400, 1), (600, 0), (1_000, 0)] {
        let (mut stage, ada, ben) = duel(json!({"damage": 10}));
        // He runs along x at 4 m/s; seen then he was before her, and now he is not.
        let back = (ago_ms.min(1_000) / 50) as i32;
        for step in -30..=back {
            stage.stand(ben, Pose::standing([step as f32 * 0.2, 1.6, 10.0]));
            stage.tick();
        }
        let now_ms = stage.now.tick as i64 * 50;
        let mut shot = ahead();
        shot["at"] = json!(now_ms - ago_ms);
        let hit_now = ago_ms == 0;
        stage.call(ada, "shoot", shot).unwrap();
        let expected = hits + usize::from(hit_now);
        assert_eq!(named(&stage, "user_damaged").len(), expected, "{ago_ms} ms ago");
    }
}

// Rule 4.19
#[test]
fn what_flies_is_told_when_it_begins_and_when_it_ends_and_can_be_dodged() {
    for dodges in [false, true] {
        let (mut stage, ada, ben) = duel(json!({"kind": "projectile", "speed": 20, "damage": 30}));
        let mut eye = Eye::new();
        stage.call(ada, "shoot", json!({"origin": [0, 1.5, 0.2], "direction": [0, 0, 1]})).unwrap();
        eye.look(&stage);
        stage.call(ada, "shoot", json!({"origin": [0, 1.5, 0.2], "direction": [0, 0, 1]})).unwrap_err();
        stage.ticks(6);
        stage.call(ada, "shoot", json!({"origin": [0, 1.5, 0.2], "direction": [0, 0, 1]})).unwrap();
        let begun = eye.look(&stage);
        assert_eq!((begun.len(), begun[0].ended, begun[0].speed_m_s), (1, false, 20), "{begun:?}");
        if dodges {
            go(&mut stage, ben, 2.0, 10.0);
        }
        let mut ends = Vec::new();
        for _ in 0..80 {
            stage.tick();
            ends.extend(eye.look(&stage));
        }
        let by_id: BTreeMap<u16, &Shot> = ends.iter().map(|shot| (shot.id, shot)).collect();
        let end = by_id[&begun[0].id];
        assert!(end.ended);
        if dodges {
            assert_eq!((end.met, health(&stage, "ben")), (Met::Nothing, Value::Null));
        } else {
            assert_eq!((end.met, health(&stage, "ben")), (Met::Body, json!(40)));
            assert!((end.to[2] - 9.7).abs() < 0.1, "{end:?}");
        }
    }
}

#[test]
fn who_plays_together_does_not_hurt_each_other() {
    let (mut stage, ada, _) = duel(json!({"rate": 20, "damage": 5}));
    let game = stage.room.world().game().unwrap().clone();
    write(&mut stage, &game, json!({"game": {"checked": false}}));
    stage.call(ada, "shoot", ahead()).unwrap();
    assert_eq!(health(&stage, "ben"), Value::Null, "without teams all play together");
    for (teams, left) in [(["red", "red"], Value::Null), (["red", "blue"], json!(95))] {
        write(&mut stage, &avatar("ada"), json!({"team": teams[0]}));
        write(&mut stage, &avatar("ben"), json!({"team": teams[1]}));
        stage.call(ada, "shoot", ahead()).unwrap();
        stage.tick();
        assert_eq!(health(&stage, "ben"), left, "{teams:?}");
    }
}

#[test]
fn who_is_killed_is_counted_and_nothing_hurts_them_when_they_are_back() {
    let (mut stage, ada, ben) = duel(json!({"rate": 20, "damage": 200}));
    let game = stage.room.world().game().unwrap().clone();
    write(&mut stage, &game, json!({"game": {"friendly_fire": true, "respawn_ms": 500, "checked": false}}));
    stage.call(ada, "shoot", ahead()).unwrap();
    stage.tick();
    let died = named(&stage, "user_died");
    assert_eq!((died.len(), died[0].payload["by"].clone()), (1, json!(avatar("ada"))));
    assert_eq!(
        (value(&stage, &avatar("ada"), "kills"), value(&stage, &avatar("ben"), "deaths")),
        (json!(1), json!(1))
    );
    stage.ticks(11);
    assert_eq!(health(&stage, "ben"), json!(100));
    let at = stage.standing("ben").head;
    go(&mut stage, ben, at[0], at[2]);
    let aimed = json!({"origin": [0, 1.5, 0], "direction": [at[0], at[1] - 1.6, at[2]]});
    go(&mut stage, ada, 0.0, -0.1);
    let _ = stage.call(ada, "shoot", aimed);
    assert_eq!(health(&stage, "ben"), json!(100));
}

#[test]
fn things_with_health_can_be_shot_and_rules_hear_of_it() {
    let (mut stage, ada, ben) = duel(json!({"rate": 20, "damage": 30}));
    go(&mut stage, ben, 5.0, 10.0);
    let target = json!({"shape": {"kind": "box"}, "position": [0, 1.5, 5], "rules": [
        {"when": {"event": "target_hit", "target": "self"}, "then": [{"do": "inc", "components": {"hits": 1}}]},
        {"when": {"component": "health", "of": "self", "at_most": 0}, "then": [{"do": "delete"}]}]});
    let target = stage.create(ada, target);
    write(&mut stage, &target, json!({"health": 50}));
    stage.ticks(3);
    stage.call(ada, "shoot", ahead()).unwrap();
    stage.tick();
    assert_eq!((value(&stage, &target, "health"), value(&stage, &target, "hits")), (json!(20), json!(1)));
    assert_eq!(named(&stage, "target_hit")[0].payload["health"], json!(20));
    stage.call(ada, "shoot", ahead()).unwrap();
    stage.ticks(2);
    assert!(!stage.exists(&target));
}

#[test]
fn weapons_are_changed_dropped_and_taken_by_another() {
    let (mut stage, ada, ben) = duel(json!({"capacity": 8, "damage": 5, "rate": 20}));
    let rifle = json!({"gun": {"ammo": "shells"}, "collectable": {"item": "rifle", "amount": 3}, "position": [0, 1, 0]});
    let rifle = stage.create(ada, rifle);
    stage.call(ada, "collect", json!({"entity": rifle})).unwrap();
    let me = avatar("ada");
    assert_eq!(
        (value(&stage, &me, "weapon"), value(&stage, &me, "inventory")),
        (json!("rifle"), json!({"bullets": 12, "shells": 3}))
    );
    stage.call(ada, "switch_weapon", json!({"weapon": "pistol"})).unwrap();
    assert_eq!(named(&stage, "weapon_switched")[0].payload["weapon"], json!("pistol"));
    assert_eq!(stage.call(ada, "shoot", ahead()), Err("reloading".into()), "taking it out takes a moment");
    stage.ticks(6);
    stage.call(ada, "shoot", ahead()).unwrap();
    let dropped = stage.call(ada, "drop_weapon", json!({})).unwrap();
    assert_eq!(value(&stage, &me, "weapon"), json!("rifle"));
    let dropped = EntityId::parse(dropped["entity"].as_str().unwrap()).unwrap();
    assert_eq!(value(&stage, &dropped, "collectable"), json!({"item": "pistol", "amount": 7}));
    go(&mut stage, ben, 0.0, 1.0);
    stage.call(ben, "collect", json!({"entity": dropped})).unwrap();
    assert_eq!(value(&stage, &avatar("ben"), "weapons")["pistol"]["loaded"], json!(7));
    stage.call(ada, "drop_weapon", json!({})).unwrap();
    assert_eq!(stage.call(ada, "drop_weapon", json!({})), Err("no_weapon".into()));
    assert_eq!(value(&stage, &me, "weapon"), Value::Null);
}

#[test]
fn what_comes_back_is_there_for_the_next_one_after_a_while() {
    let (mut stage, ada, ben) = duel(json!({}));
    write(&mut stage, &avatar("ada"), json!({"health": 10}));
    write(&mut stage, &avatar("ben"), json!({"health": 10}));
    let pack = stage.create(
        ada,
        json!({"collectable": {"item": "health", "amount": 20, "respawn_ms": 1000}, "position": [0, 1, 0]}),
    );
    go(&mut stage, ben, 0.0, 1.0);
    let asked = [ada, ben].map(|peer| (peer, stage.push(peer, "collect", json!({"entity": pack}))));
    stage.tick();
    let answers = asked.map(|(peer, asked)| stage.answer(peer, &asked).map(drop));
    assert_eq!(answers, [Ok(()), Err("taken".into())]);
    stage.ticks(21);
    stage.call(ben, "collect", json!({"entity": pack})).unwrap();
    assert_eq!(health(&stage, "ben"), json!(30));
}

#[test]
fn immunity_keeps_one_from_harm_for_a_while() {
    let (mut stage, ada, ben) = duel(json!({"rate": 20, "damage": 5}));
    let star =
        stage.create(ada, json!({"collectable": {"item": "immunity", "amount": 1}, "position": [0, 1, 9]}));
    stage.call(ben, "collect", json!({"entity": star})).unwrap();
    stage.call(ada, "shoot", ahead()).unwrap();
    assert_eq!(health(&stage, "ben"), Value::Null);
    stage.ticks(21);
    stage.call(ada, "shoot", ahead()).unwrap();
    assert_eq!(health(&stage, "ben"), json!(95));
}

#[test]
fn pellets_that_hit_somebody_in_a_tick_are_one_fact() {
    let (mut stage, ada, _) = duel(json!({"pellets": 8, "spread": 0.005, "damage": 3}));
    stage.call(ada, "shoot", ahead()).unwrap();
    stage.tick();
    let hits = named(&stage, "user_damaged");
    assert_eq!((hits.len(), hits[0].payload["amount"].clone()), (1, json!(24)));
}

#[test]
fn one_who_fills_the_air_leaves_others_their_shots() {
    let slow =
        json!({"kind": "projectile", "speed": 5, "range": 100, "pellets": 12, "rate": 20, "spread": 0.3});
    let (mut stage, ada, ben) = duel(slow.clone());
    write(&mut stage, &avatar("ada"), json!({"inventory": {"bullets": 1_000}}));
    let other = json!({"gun": slow, "collectable": {"item": "other", "amount": 9}, "position": [0, 1, 10]});
    let other = stage.create(ada, other);
    stage.call(ben, "collect", json!({"entity": other})).unwrap();
    let mut reasons = Vec::new();
    for _ in 0..40 {
        reasons.extend(stage.call(ada, "shoot", ahead()).err());
    }
    assert!(reasons.contains(&"too_many_shots".to_owned()), "{reasons:?}");
    let at_ben = json!({"origin": [0, 1.5, 10], "direction": [0, 0, 1]});
    assert_eq!(stage.call(ben, "shoot", at_ben), Ok(json!({})));
}

#[test]
fn what_is_dropped_and_not_taken_is_gone_after_a_minute() {
    let (mut stage, ada, _) = duel(json!({}));
    let dropped = stage.call(ada, "drop_weapon", json!({})).unwrap();
    let dropped = EntityId::parse(dropped["entity"].as_str().unwrap()).unwrap();
    stage.ticks(1_100);
    assert!(stage.exists(&dropped));
    stage.ticks(110);
    assert!(!stage.exists(&dropped));
}

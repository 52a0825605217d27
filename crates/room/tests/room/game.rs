//! Things of games: doors, what lies about, health and death.

use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::{Actor, Event};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

pub fn value(stage: &Stage, id: &EntityId, name: &str) -> Value {
    stage.room.world().entity(id).and_then(|entity| entity.value(name)).cloned().unwrap_or_default()
}

pub fn named<'a>(stage: &'a Stage, name: &str) -> Vec<&'a Event> {
    stage.journal.iter().filter(|event| event.name == name).collect()
}

pub fn go(stage: &mut Stage, peer: PeerId, x: f32, z: f32) {
    stage.stand(peer, Pose::standing([x, 1.6, z]));
    stage.tick();
}

/// What a rule of the room writes.
pub fn write(stage: &mut Stage, id: &EntityId, components: Value) {
    let ops = json!({"ops": [{"op": "set", "entity": id, "components": components}]});
    stage.act(Actor::Operator, "transact", ops).unwrap();
}

fn a_door() -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let door = json!({"door": {"key": "red_key", "slide": [0, 3, 0], "duration_ms": 500}, "position": [0, 1, 0],
        "shape": {"kind": "box", "width": 1, "height": 2, "depth": 0.1}});
    let door = stage.create(ada, door);
    go(&mut stage, ada, 0.0, 2.0);
    (stage, ada, door)
}

// Rule 3.18
#[test]
fn a_door_opens_for_who_stands_by_it_and_has_its_key() {
    let (mut stage, ada, door) = a_door();
    let offered = |stage: &mut Stage| {
        stage.call(ada, "list_interactions", json!({"entity": door})).unwrap()["interactions"].clone()
    };
    assert_eq!(offered(&mut stage), json!(["open"]));
    let of_door = json!({"entity": door});
    assert_eq!(stage.call(ada, "open", of_door.clone()), Err("needs_key".into()));
    write(&mut stage, &avatar("ada"), json!({"inventory": {"red_key": 1}}));
    go(&mut stage, ada, 0.0, 5.0);
    assert_eq!(stage.call(ada, "open", of_door.clone()), Err("too_far".into()));
    go(&mut stage, ada, 0.0, 2.0);
    stage.call(ada, "open", of_door.clone()).unwrap();
    assert_eq!(
        (value(&stage, &door, "door_state"), value(&stage, &door, "position")),
        (json!("open"), json!([0.0, 4.0, 0.0]))
    );
    assert_eq!(named(&stage, "door_opened")[0].payload, json!({"entity": door, "by": avatar("ada")}));
    assert_eq!(stage.call(ada, "close", of_door.clone()), Err("door_moves".into()));
    stage.ticks(10);
    assert_eq!(offered(&mut stage), json!(["close"]));
    assert_eq!(stage.call(ada, "open", of_door.clone()), Ok(json!({})), "it is open already");
    stage.call(ada, "close", of_door).unwrap();
    assert_eq!(
        (value(&stage, &door, "door_state"), value(&stage, &door, "position")),
        (json!("closed"), json!([0.0, 1.0, 0.0]))
    );
}

#[test]
fn a_lift_goes_up_and_down_between_two_stops() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let lift = json!({"lift": {"height": 4, "speed": 2}, "position": [0, 0, 1], "shape": {"kind": "box", "width": 2, "height": 0.2, "depth": 2}});
    let lift = stage.create(ada, lift);
    go(&mut stage, ada, 0.0, 1.0);
    let of_lift = json!({"entity": lift});
    stage.call(ada, "open", of_lift.clone()).unwrap();
    assert_eq!(
        (value(&stage, &lift, "lift_state"), value(&stage, &lift, "position")),
        (json!("up"), json!([0.0, 4.0, 1.0]))
    );
    assert_eq!(value(&stage, &lift, "animate")["duration_ms"].as_f64(), Some(2_000.0));
    assert_eq!(named(&stage, "lift_rose")[0].payload["by"], json!(avatar("ada")));
    assert_eq!(stage.call(ada, "close", of_lift.clone()), Err("door_moves".into()));
    stage.ticks(41);
    stage.stand(ada, Pose::standing([0.0, 5.6, 1.0]));
    stage.tick();
    stage.call(ada, "close", of_lift).unwrap();
    assert_eq!(
        (value(&stage, &lift, "lift_state"), value(&stage, &lift, "position")),
        (json!("down"), json!([0.0, 0.0, 1.0]))
    );
    assert_eq!(named(&stage, "lift_sank").len(), 1);
}

#[test]
fn what_is_no_door_and_what_is_not_there_to_be_picked_up_is_refused() {
    let (mut stage, ada, _) = a_door();
    let chair = stage.create(ada, json!({"seat": true, "position": [0, 0, 1]}));
    for (name, reason) in [("open", "no_door"), ("close", "no_door"), ("collect", "not_collectable")] {
        assert_eq!(stage.call(ada, name, json!({"entity": chair})), Err(reason.into()));
        assert_eq!(stage.call(ada, name, json!({"entity": avatar("ada")})), Err(reason.into()));
        assert_eq!(stage.call(ada, name, json!({"entity": "nobody"})), Err("unknown_entity".into()));
    }
    let ben = stage.enter_with("ben", json!({"mode": "observe"}));
    assert_eq!(stage.call(ben, "open", json!({"entity": chair})), Err("not_inside".into()));
}

#[test]
fn of_all_who_pick_something_up_at_once_one_has_it_and_what_hangs_on_it_goes_too() {
    let mut stage = Stage::empty();
    let peers = ["ada", "ben", "cleo"].map(|name| stage.enter(name));
    let key = stage
        .create(peers[0], json!({"collectable": {"item": "red_key", "amount": 2}, "position": [0, 0, 0]}));
    let tag = stage.create(peers[0], json!({"parent": key}));
    for peer in peers {
        go(&mut stage, peer, 0.0, 1.0);
    }
    let asked = peers.map(|peer| (peer, stage.push(peer, "collect", json!({"entity": key}))));
    stage.tick();
    let answers = asked.map(|(peer, reference)| stage.answer(peer, &reference));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert!(answers.contains(&Err("unknown_entity".into())));
    assert!(!stage.exists(&key) && !stage.exists(&tag));
    let carried =
        ["ada", "ben", "cleo"].map(|name| value(&stage, &avatar(name), "inventory")["red_key"].clone());
    assert_eq!(carried.iter().filter(|count| **count == json!(2)).count(), 1);
    let told = named(&stage, "item_collected");
    assert_eq!(
        (told.len(), &told[0].payload["item"], &told[0].payload["amount"]),
        (1, &json!("red_key"), &json!(2))
    );
}

#[test]
fn what_is_picked_up_is_health_armour_ammo_points_or_something_carried() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    write(&mut stage, &avatar("ada"), json!({"health": 90, "armour": 95}));
    let mut pick = |offer: Value| {
        let thing = stage.create(ada, json!({"collectable": offer, "position": [0, 0, 0]}));
        go(&mut stage, ada, 0.0, 0.5);
        let answer = stage.call(ada, "collect", json!({"entity": thing}));
        let names = ["health", "armour", "ammo", "points", "inventory"];
        (answer.map(|_| ()), names.map(|name| value(&stage, &avatar("ada"), name)))
    };
    let nothing = Value::Null;
    assert_eq!(
        pick(json!({"item": "health", "amount": 25})).1,
        [json!(100), json!(95), nothing.clone(), nothing.clone(), nothing.clone()]
    );
    assert_eq!(pick(json!({"item": "health"})).0, Err("not_needed".into()));
    assert_eq!(pick(json!({"item": "armour", "amount": 50})).1[1], json!(100));
    assert_eq!(pick(json!({"item": "armour"})).0, Err("not_needed".into()));
    assert_eq!(pick(json!({"item": "ammo", "amount": 12})).1[2], json!(12));
    assert_eq!(pick(json!(true)).1[3], json!(1));
    assert_eq!(pick(json!({"item": "coin"})).1[4], json!({"coin": 1}));
    assert_eq!(pick(json!({"item": "coin", "amount": -5})).1[4], json!({"coin": 1}), "nothing is taken away");
}

/// A room in which Ada dies when it is used; she sits and holds something, five metres from where people arrive.
fn deadly(respawn_ms: u64) -> (Stage, PeerId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(
        ada,
        json!({"game": {"respawn_ms": respawn_ms, "health": 50}, "rules": [
        {"when": {"event": "trap"}, "then": [{"do": "damage", "amount": 60}]}]}),
    );
    stage.create(ada, json!({"spawn_point": true, "position": [100, 0, 100]}));
    let cup = stage.create(ada, json!({"holdable": true, "name": "cup", "position": [0, 1, 0]}));
    let chair = stage.create(ada, json!({"seat": true, "position": [0, 0, 1]}));
    go(&mut stage, ada, 0.0, 1.0);
    stage.call(ada, "sit", json!({"entity": chair})).unwrap();
    stage.call(ada, "grab", json!({"entity": cup})).unwrap();
    stage.call(ada, "event", json!({"event_name": "trap"})).unwrap();
    stage.tick();
    (stage, ada)
}

#[test]
fn whoever_has_died_lies_there_with_nothing_and_is_back_where_people_arrive() {
    let (mut stage, ada) = deadly(1_000);
    let me = avatar("ada");
    assert_eq!(named(&stage, "user_died").len(), 1);
    let left = ["holding", "sitting_on"].map(|name| value(&stage, &me, name));
    assert!(left.iter().all(|left| *left == Value::Null || *left == json!({})), "{left:?}");
    assert_eq!(stage.room.world().children(&me).count(), 0);
    let there = stage.standing("ada").head;
    go(&mut stage, ada, 3.0, 3.0);
    assert_eq!(stage.standing("ada").head, there, "the dead do not walk");
    let chair =
        stage.room.world().entities().iter().find(|(_, entity)| entity.seat().is_some()).unwrap().0.clone();
    assert_eq!(stage.call(ada, "sit", json!({"entity": chair})), Err("dead".into()));
    stage.call(ada, "say", json!({"text": "but they speak"})).unwrap();
    stage.call(ada, "event", json!({"event_name": "trap"})).unwrap();
    assert_eq!(named(&stage, "user_died").len(), 1, "nobody dies twice");
    stage.ticks(20);
    assert_eq!((value(&stage, &me, "dead"), value(&stage, &me, "health")), (Value::Null, json!(50)));
    let [x, _, z, ..] = stage.standing("ada").head;
    assert!((x - 100.0).abs() <= 1.0 && (z - 100.0).abs() <= 1.0, "{x} {z}");
    let back = named(&stage, "user_respawned");
    assert_eq!((back.len(), &back[0].payload["user_id"]), (1, &json!(user("ada"))));
    go(&mut stage, ada, x, z + 0.5);
    assert_eq!(stage.standing("ada").head[2], z + 0.5);
}

#[test]
fn a_restart_brings_nobody_back_before_their_time_nor_forgets_them() {
    let (mut stage, _) = deadly(3_000);
    stage.ticks(10);
    stage.reopen();
    let ada = stage.enter("ada");
    assert_eq!(stage.call(ada, "collect", json!({"entity": avatar("ada")})), Err("dead".into()));
    stage.ticks(20);
    assert_ne!(value(&stage, &avatar("ada"), "dead"), Value::Null);
    stage.ticks(40);
    assert_eq!(value(&stage, &avatar("ada"), "dead"), Value::Null);
    assert_eq!(named(&stage, "user_respawned").len(), 1);
}

#[test]
fn rules_pick_things_up_for_who_touches_them() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 9.0, 0.0);
    let coin = stage.create(ada, json!({"collectable": {"item": "coin"}, "position": [0, 1, 0], "rules": [
        {"when": {"entered": "self", "within_m": 1}, "then": [{"do": "collect"}, {"do": "sound", "sound": "pick_up"}]}]}));
    stage.tick();
    go(&mut stage, ada, 0.5, 0.0);
    assert!(!stage.exists(&coin));
    assert_eq!(value(&stage, &avatar("ada"), "inventory"), json!({"coin": 1}));
    assert_eq!((named(&stage, "item_collected").len(), named(&stage, "sound_played").len()), (1, 1));
}

#[test]
fn whoever_is_left_no_health_by_anything_has_died() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.create(ada, json!({"game": {"respawn_ms": 500}, "rules": [
        {"when": {"event": "poison"}, "then": [{"do": "dec_min", "on": "actor", "components": {"health": [60, 0]}}]}]}));
    write(&mut stage, &avatar("ada"), json!({"health": 100}));
    for died in [0, 1] {
        stage.call(ada, "event", json!({"event_name": "poison"})).unwrap();
        assert_eq!(named(&stage, "user_died").len(), died);
    }
    assert_eq!(
        named(&stage, "user_died")[0].payload,
        json!({"user_id": user("ada"), "by": null, "back_ms": 500})
    );
    stage.ticks(12);
    assert_eq!((named(&stage, "user_died").len(), named(&stage, "user_respawned").len()), (1, 1));
    assert_eq!(value(&stage, &avatar("ada"), "health"), json!(100));
}

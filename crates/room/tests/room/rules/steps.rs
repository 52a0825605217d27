//! What rules do.

use crate::rules::{go, named, reasons, rules_of, use_it, value, with};
use crate::stage::{Stage, avatar, user};
use serde_json::{Value, json};
use thexr_room::Actor;
use thexr_wire::EntityId;

#[test]
fn every_op_of_the_fold_can_be_a_step() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"used": "self"}),
        json!([
        {"do": "set", "components": {"a": {"x": 1}, "list": [1]}},
        {"do": "merge", "components": {"a": {"y": "{actor.id}"}}},
        {"do": "inc", "components": {"n": 5}},
        {"do": "dec", "components": {"n": 1}},
        {"do": "inc_max", "components": {"n": [10, 9]}},
        {"do": "dec_min", "components": {"m": [3, -2]}},
        {"do": "push", "component": "list", "value": {"n": "{self.n}"}},
        {"do": "push", "component": "list", "value": 3},
        {"do": "pop", "component": "list"},
        {"do": "index_set", "component": "list", "index": 0, "value": "{target.a.x} of {self.n}"},
        {"do": "unset", "names": ["name"]},
        {"do": "create", "components": {"tag": "made", "name": "by {actor.id}"}}]),
    ));
    stage.call(ada, "update_components", json!({"entity": thing, "components": {"name": "n"}})).unwrap();
    use_it(&mut stage, ada, &thing);
    assert_eq!(value(&stage, &thing, "a"), &json!({"x": 1, "y": avatar("ada")}));
    assert_eq!((value(&stage, &thing, "n"), value(&stage, &thing, "m")), (&json!(9), &json!(-2)));
    assert_eq!(value(&stage, &thing, "list"), &json!(["1 of 9", {"n": 9}]));
    assert_eq!(value(&stage, &thing, "name"), &Value::Null);
    let made = stage.room.world().tagged("made").next().unwrap().clone();
    assert_eq!(value(&stage, &made, "name"), &json!(format!("by {}", avatar("ada"))));
    assert_eq!(named(&stage, "rule_fired").len(), 1);
}

#[test]
fn steps_are_all_or_nothing_and_their_maker_is_told_what_was_wrong() {
    for (step, reason) in [
        (json!({"do": "set", "components": {"color": "red"}}), "bad_component"),
        (json!({"do": "inc", "components": {"name": 1}}), "bad_component"),
        (json!({"do": "set", "on": {"entity": "nobody"}, "components": {"a": 1}}), "nothing_there"),
        (json!({"do": "set", "on": "actor", "components": {"role": "owner"}}), "not_for_rules"),
        (json!({"do": "set", "on": "actor", "components": {"nickname": "x"}}), "not_for_rules"),
        (json!({"do": "set", "on": "actor", "components": {"color": "#fff"}}), "not_for_rules"),
        (json!({"do": "set", "components": {"held_by": {}}}), "not_for_rules"),
        (json!({"do": "merge", "components": {"rules_state": {}}}), "not_for_rules"),
        (json!({"do": "delete", "on": "actor"}), "not_for_rules"),
        (json!({"do": "create", "components": {"avatar": {}}}), "not_for_rules"),
        (json!({"do": "emit", "event": "user_died"}), "reserved_event"),
        (json!({"do": "emit", "event": "Ä"}), "bad_payload"),
        (json!({"do": "win"}), "no_game"),
        (json!({"do": "open"}), "no_door"),
        (json!({"do": "spawn", "from": {"entity": "nobody"}}), "nothing_there"),
        (json!({"do": "act", "command": "fly"}), "unknown_event"),
        (json!({"do": "act", "command": "trigger", "payload": {}}), "bad_payload"),
    ] {
        let then = json!([{"do": "set", "components": {"before": 1}}, step]);
        let (mut stage, ada, thing) =
            with(json!({"name": "n", "rules": [{"when": {"used": "self"}, "then": then}]}));
        use_it(&mut stage, ada, &thing);
        assert_eq!(value(&stage, &thing, "before"), &Value::Null, "{step}");
        assert_eq!(reasons(&mut stage, ada, &thing), [reason], "{step}");
    }
}

#[test]
fn several_are_changed_at_once_by_their_tag() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"used": "self"}),
        json!([
        {"do": "set", "on": {"tag": "lamp"}, "components": {"light": {"kind": "point", "intensity": 2}}},
        {"do": "inc", "on": "people", "components": {"points": 5}},
        {"do": "inc", "on": {"team": "red"}, "components": {"score": 1}}]),
    ));
    let lamps = [0; 3].map(|_| stage.create(ada, json!({"tag": ["x", "lamp"]})));
    stage.enter("ben");
    let joins = json!({"ops": [{"op": "set", "entity": avatar("ben"), "components": {"team": "red"}}]});
    stage.act(Actor::Operator, "transact", joins).unwrap();
    use_it(&mut stage, ada, &thing);
    assert!(lamps.iter().all(|lamp| value(&stage, lamp, "light")["intensity"] == 2));
    let points = ["ada", "ben"].map(|name| {
        (value(&stage, &avatar(name), "points").clone(), value(&stage, &avatar(name), "score").clone())
    });
    assert_eq!(points, [(json!(5), Value::Null), (json!(5), json!(1))]);
}

#[test]
fn what_is_animated_is_there_for_all_that_ask_and_on_its_way_for_all_who_look() {
    let (mut stage, ada, thing) = with(json!({"position": [1, 0, 0], "rules": [
        {"when": {"used": "self"}, "then": [{"do": "animate", "by": {"position": [0, 2, 0]}, "duration_ms": 1000}]}]}));
    use_it(&mut stage, ada, &thing);
    let start_ms = stage.now.tick * 50;
    assert_eq!(value(&stage, &thing, "position"), &json!([1.0, 2.0, 0.0]));
    let moves = value(&stage, &thing, "animate").clone();
    assert_eq!(
        (&moves["start_ms"], &moves["from"]["position"], &moves["to"]["position"]),
        (&json!(start_ms as f64), &json!([1.0, 0.0, 0.0]), &json!([1.0, 2.0, 0.0]))
    );
    // Again on its way: from where it is seen, to twice as far.
    stage.ticks(9);
    use_it(&mut stage, ada, &thing);
    let moves = value(&stage, &thing, "animate").clone();
    assert_eq!(moves["from"]["position"], json!([1.0, 1.0, 0.0]));
    assert_eq!(value(&stage, &thing, "position"), &json!([1.0, 4.0, 0.0]));
}

#[test]
fn copies_of_a_prefab_live_as_long_as_they_are_to_and_prefabs_do_nothing() {
    let (mut stage, ada, thing) = with(json!({"position": [3, 0, 0]}));
    let prefab = stage.create(
        ada,
        json!({"prefab": true, "visibility": 0, "collider": false, "position": [0, 5, 0], "locked": true,
        "rules": [{"when": {"every_ms": 100}, "then": [{"do": "inc", "components": {"age": 1}}]}]}),
    );
    stage.create(ada, json!({"parent": prefab, "name": "hat"}));
    let rules = json!([{"when": {"used": "self"}, "then": [
        {"do": "spawn", "from": {"entity": prefab}, "at": "self", "ttl_ms": 1000, "components": {"tag": "copy"}},
        {"do": "spawn", "from": {"entity": prefab}, "at": [1, 2, 3], "keep_while": "self", "components": {"tag": "copy"}}]}]);
    stage.call(ada, "update_components", json!({"entity": thing, "components": {"rules": rules}})).unwrap();
    use_it(&mut stage, ada, &thing);
    let copies: Vec<EntityId> = stage.room.world().tagged("copy").cloned().collect();
    let mut at: Vec<String> = copies.iter().map(|id| value(&stage, id, "position").to_string()).collect();
    at.sort();
    assert_eq!(at, ["[1.0,2.0,3.0]", "[3.0,0.0,0.0]"]);
    for id in &copies {
        let gone = ["prefab", "visibility", "collider", "locked"].map(|name| value(&stage, id, name).clone());
        assert_eq!(gone, [Value::Null, Value::Null, Value::Null, Value::Null]);
        assert_eq!(value(&stage, id, "spawned_by"), &json!(prefab));
        assert_eq!(stage.room.world().children(id).count(), 1, "with its hat");
    }
    stage.ticks(10);
    assert!(copies.iter().all(|id| value(&stage, id, "age").as_u64().is_some_and(|age| age >= 4)));
    assert_eq!(value(&stage, &prefab, "age"), &Value::Null);
    stage.ticks(15);
    assert_eq!(stage.room.world().tagged("copy").count(), 1, "one has lived out");
    stage.call(ada, "delete_entity", json!({"entity": thing})).unwrap();
    stage.ticks(2);
    assert_eq!(stage.room.world().tagged("copy").count(), 0, "the other with its keeper");
}

#[test]
fn people_carry_are_hurt_and_healed_and_games_end() {
    let (mut stage, ada, thing) = with(json!({"game": {"health": 50}, "rules": [
        {"when": {"event": "hit"}, "then": [{"do": "damage", "amount": 30}]},
        {"when": {"event": "plaster"}, "then": [{"do": "heal", "amount": 100}]},
        {"when": {"event": "gift"}, "then": [{"do": "give", "item": "coin", "amount": 2}, {"do": "take", "item": "coin"}, {"do": "give", "item": "key"}]},
        {"when": {"event": "loss"}, "then": [{"do": "take", "item": "coin", "amount": 9}]},
        {"when": {"event": "user_died"}, "then": [{"do": "lose", "text": "{target} is gone"}]}]}));
    let event = |stage: &mut Stage, name: &str| {
        stage.call(ada, "event", json!({"event_name": name})).unwrap();
    };
    event(&mut stage, "gift");
    assert_eq!(value(&stage, &avatar("ada"), "inventory"), &json!({"coin": 1, "key": 1}));
    event(&mut stage, "loss");
    assert_eq!(value(&stage, &avatar("ada"), "inventory"), &json!({"key": 1}));
    let armour = json!({"ops": [{"op": "set", "entity": avatar("ada"), "components": {"armour": 20}}]});
    stage.act(Actor::Rule(thing.clone()), "transact", armour).unwrap();
    event(&mut stage, "hit");
    assert_eq!(
        (value(&stage, &avatar("ada"), "armour"), value(&stage, &avatar("ada"), "health")),
        (&json!(0), &json!(40))
    );
    event(&mut stage, "plaster");
    assert_eq!(value(&stage, &avatar("ada"), "health"), 50);
    event(&mut stage, "hit");
    assert_eq!(value(&stage, &thing, "status"), "running");
    event(&mut stage, "hit");
    event(&mut stage, "hit");
    assert_eq!(value(&stage, &avatar("ada"), "health"), 0);
    let died = named(&stage, "user_died");
    assert_eq!(
        (died.len(), &died[0].payload),
        (1, &json!({"user_id": user("ada"), "by": avatar("ada"), "back_ms": 15_000}))
    );
    assert_eq!(value(&stage, &thing, "status"), "lost");
    assert_eq!(named(&stage, "level_lost").len(), 1);
    assert_eq!(named(&stage, "user_damaged").len(), 3);
    assert_eq!(named(&stage, "user_healed").len(), 1);
}

#[test]
fn doors_slide_and_swing_and_turn_back_on_their_way_for_rules() {
    for (door, way) in [
        (json!({"door": {"slide": [0, 3, 0], "duration_ms": 500}, "position": [1, 0, 0]}), [1.0, 3.0, 0.0]),
        (
            json!({"door": true, "shape": {"kind": "box", "height": 2, "width": 1, "depth": 0.1}, "position": [1, 0, 0]}),
            [1.0, 2.0, 0.0],
        ),
        (
            json!({"door": {"swing": std::f32::consts::FRAC_PI_2}, "shape": {"kind": "box", "height": 2, "width": 1, "depth": 0.1}}),
            [-0.5, 0.0, -0.5],
        ),
    ] {
        let mut components = door.clone();
        components["rules"] = json!([
            {"when": {"event": "opens"}, "then": [{"do": "open"}]}, {"when": {"event": "closes"}, "then": [{"do": "close"}]}]);
        let (mut stage, ada, thing) = with(components);
        let before = value(&stage, &thing, "position").clone();
        let place = |stage: &Stage| stage.room.world().entity(&thing).unwrap().transform().position;
        let event = |stage: &mut Stage, name: &str| {
            stage.call(ada, "event", json!({"event_name": name})).unwrap();
        };
        event(&mut stage, "opens");
        assert_eq!(value(&stage, &thing, "door_state"), "open");
        assert!(place(&stage).iter().zip(way).all(|(is, to)| (is - to).abs() < 1e-4), "{:?}", place(&stage));
        stage.ticks(4);
        event(&mut stage, "closes");
        assert_eq!(value(&stage, &thing, "door_state"), "closed");
        let home =
            before.as_array().map_or([0.0; 3], |at| [0, 1, 2].map(|axis| at[axis].as_f64().unwrap() as f32));
        assert!(place(&stage).iter().zip(home).all(|(is, to)| (is - to).abs() < 1e-4), "{:?}", place(&stage));
        assert_eq!((named(&stage, "door_opened").len(), named(&stage, "door_closed").len()), (1, 1));
        assert_eq!(named(&stage, "door_opened")[0].payload, json!({"entity": thing, "by": avatar("ada")}));
    }
}

#[test]
fn what_is_shown_and_sounds_is_told_to_those_it_is_for_and_changes_nothing() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"used": "self"}),
        json!([
        {"do": "hud", "text": "Well done, {actor}"},
        {"do": "hud", "text": "{actor} did it", "to": "all", "seconds": 2},
        {"do": "sound", "sound": "chime"},
        {"do": "emit", "event": "rang", "payload": {"who": "{actor.id}"}},
        {"do": "emit", "event": "secret", "to": {"team": "red"}}]),
    ));
    stage.call(ada, "set_nickname", json!({"nickname": "Ada"})).unwrap();
    let ben = stage.enter("ben");
    stage.hear(ada);
    use_it(&mut stage, ada, &thing);
    let heard = |stage: &mut Stage, peer| {
        let heard = stage.hear(peer).into_iter().filter(|heard| heard.name == "stoc");
        let told = |payload: Value| json!([payload["event"], payload["payload"]]);
        heard.map(|heard| told(heard.payload)).collect::<Vec<_>>()
    };
    let all = [
        json!(["hud_shown", {"text": "Ada did it", "seconds": 2.0}]),
        json!(["sound_played", {"sound": "chime", "entity": thing}]),
        json!(["rang", {"who": avatar("ada")}]),
    ];
    let of_ada = heard(&mut stage, ada);
    assert!(all.iter().all(|told| of_ada.contains(told)), "{of_ada:?}");
    assert!(of_ada.contains(&json!(["hud_shown", {"text": "Well done, Ada", "seconds": 4.0}])), "{of_ada:?}");
    let of_ben = heard(&mut stage, ben);
    assert!(all.iter().all(|told| of_ben.contains(told)), "{of_ben:?}");
    assert!(
        !of_ben.iter().any(|told| told[1]["text"] == "Well done, Ada" || told[0] == "secret"),
        "{of_ben:?}"
    );
    assert!(named(&stage, "rule_fired").is_empty(), "nothing has changed");
}

#[test]
fn somebody_who_is_sent_elsewhere_is_there_and_old_poses_do_not_take_them_back() {
    let (mut stage, ada, thing) = with(json!({"position": [30, 0, 0]}));
    let rules =
        json!([{"when": {"entered": "self", "within_m": 2}, "then": [{"do": "teleport", "to": [5, 1, 6]}]}]);
    stage.call(ada, "update_components", json!({"entity": thing, "components": {"rules": rules}})).unwrap();
    go(&mut stage, ada, 30.0, 1.0);
    let head = |stage: &Stage| {
        let places = stage.room.places();
        places.iter().find(|(who, _)| *who == user("ada")).unwrap().1.head
    };
    assert_eq!(head(&stage)[..3], [5.0, 2.8, 6.0]);
    assert_eq!(value(&stage, &avatar("ada"), "pose")["head"][0], json!(5.0));
    let told = named(&stage, "user_teleported");
    assert_eq!(
        told[0].payload,
        json!({"user_id": user("ada"), "position": [5.0, 1.0, 6.0], "rotation": [0.0, 0.0, 0.0, 1.0]})
    );
    go(&mut stage, ada, 30.0, 1.2);
    assert_eq!(head(&stage)[..3], [5.0, 2.8, 6.0], "said before they heard of it");
    go(&mut stage, ada, 5.0, 6.5);
    assert_eq!(head(&stage)[2], 6.5);
    go(&mut stage, ada, 30.0, 1.2);
    assert_eq!(head(&stage)[..3], [5.0, 2.8, 6.0], "and again, as often as they come");
    stage.ticks(40);
    go(&mut stage, ada, 40.0, 1.2);
    assert_eq!(head(&stage)[0], 40.0, "who does not follow is left where they are");
}

#[test]
fn a_reset_brings_the_room_back_as_it_was_made_and_rules_begin_anew() {
    let (mut stage, ada, thing) = with(rules_of(json!({"used": "self"}), json!([{"do": "reset"}])));
    use_it(&mut stage, ada, &thing);
    stage.ticks(3);
    assert_eq!(named(&stage, "snapshot_restored").len(), 1);
    assert!(stage.room.world().entity(&thing).is_none(), "it was not there at first");
    assert!(stage.room.world().entity(&avatar("ada")).is_some());
}

#[test]
fn what_is_deleted_takes_what_hangs_on_it_and_several_that_hang_on_each_other_go_once() {
    let (mut stage, ada, thing) =
        with(rules_of(json!({"used": "self"}), json!([{"do": "delete", "on": {"tag": "tree"}}])));
    let trunk = stage.create(ada, json!({"tag": "tree"}));
    let branch = stage.create(ada, json!({"tag": "tree", "parent": trunk}));
    let leaf = stage.create(ada, json!({"parent": branch}));
    use_it(&mut stage, ada, &thing);
    assert!(
        [&trunk, &branch, &leaf].iter().all(|id| !stage.exists(id)),
        "{:?}",
        reasons(&mut stage, ada, &thing)
    );
}

#[test]
fn rules_ask_for_what_builders_do_with_things_and_write_nothing_by_it_that_steps_may_not() {
    let act = |command: &str, payload: Value| json!({"do": "act", "command": command, "payload": payload});
    let (mut stage, ada, thing) = with(json!({}));
    let chair = stage.create(ada, json!({"position": [0, 0, 3]}));
    let role = json!({"role": "owner", "muted": true});
    let forged = json!([{"op": "set", "entity": avatar("ada"), "components": role}]);
    for (step, refused) in [
        (act("add_interaction", json!({"entity": chair, "interaction": "sit"})), None),
        (act("reparent", json!({"entity": chair, "parent": thing})), None),
        (act("duplicate_entity", json!({"entity": chair})), None),
        (
            act("update_components", json!({"entity": avatar("ada"), "components": role})),
            Some("not_for_rules"),
        ),
        (act("transact", json!({"ops": forged})), Some("not_for_rules")),
        (act("create_entity", json!({"components": {"held_by": {}}})), Some("not_for_rules")),
        (act("set_role", json!({"user_id": user("ada"), "role": "owner"})), Some("not_for_rules")),
        (act("mute", json!({"user_id": user("ada")})), Some("not_for_rules")),
        (act("save_snapshot", json!({"name": "x"})), Some("not_for_rules")),
        (act("test_rule", json!({"entity": thing, "rule": "rule 1"})), Some("not_for_rules")),
    ] {
        let rules = rules_of(json!({"used": "self"}), json!([step]));
        stage.call(ada, "update_components", json!({"entity": thing, "components": rules})).unwrap();
        use_it(&mut stage, ada, &thing);
        assert_eq!(reasons(&mut stage, ada, &thing).first().map(String::as_str), refused, "{step}");
        stage.ticks(2);
        stage.call(ada, "remove_components", json!({"entity": thing, "names": ["rules"]})).unwrap();
        let next = stage.create(ada, json!({}));
        stage.call(ada, "delete_entity", json!({"entity": next})).unwrap();
    }
    assert_eq!(value(&stage, &chair, "seat"), &json!({}));
    assert_eq!(value(&stage, &avatar("ada"), "role"), &Value::Null);
}

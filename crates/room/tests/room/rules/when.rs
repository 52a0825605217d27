//! What sets rules off, and what must be true then.

use crate::rules::{firings, go, named, rules_of, use_it, value, with};
use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_room::Actor;
use thexr_wire::pose::Pose;

// Rule 3.17
#[test]
fn a_thing_with_a_rule_on_its_use_is_used_by_a_click_and_its_steps_are_one_event() {
    let (mut stage, ada, thing) = with(json!({"rules": [{"name": "both", "when": {"used": "self"}, "then": [
        {"do": "set", "components": {"color": "#f00"}},
        {"do": "inc", "components": {"uses": 2}}]}]}));
    let offered = stage.call(ada, "list_interactions", json!({"entity": thing})).unwrap();
    assert_eq!(offered["interactions"], json!(["trigger"]));
    use_it(&mut stage, ada, &thing);
    assert_eq!(
        (value(&stage, &thing, "color"), value(&stage, &thing, "uses")),
        (&json!("#FF0000"), &json!(2))
    );
    let fired = named(&stage, "rule_fired");
    assert_eq!(fired.len(), 1);
    assert_eq!(fired[0].actor, Actor::Rule(thing.clone()));
    assert_eq!(
        fired[0].payload,
        json!({"entity": thing, "rule": "both", "actor": avatar("ada"), "target": thing})
    );
    assert_eq!(fired[0].ops.len(), 2);
    let told = firings(&mut stage, ada, &thing);
    assert_eq!(
        (&told[0]["rule"], &told[0]["outcome"], &told[0]["actor"]),
        (&json!("both"), &json!("done"), &json!(avatar("ada")))
    );
}

#[test]
fn facts_are_filtered_by_actor_target_and_tag() {
    let (mut stage, ada, counter) = with(json!({"rules": [
        {"when": {"event": "emoted", "actor": {"tag": "vip"}}, "then": [{"do": "inc", "components": {"vips": 1}}]},
        {"when": {"event": "emoted", "actor": "people"}, "then": [{"do": "inc", "components": {"all": 1}}]},
        {"when": {"event": "entity_updated", "target": {"tag": "lamp"}}, "then": [{"do": "inc", "components": {"lamps": 1}}]},
        {"when": {"event": "entity_updated", "target": "self"}, "then": [{"do": "inc", "components": {"own": 1}}]}]}));
    let ben = stage.enter("ben");
    stage
        .call(ben, "update_components", json!({"entity": avatar("ben"), "components": {"tag": ["vip", "x"]}}))
        .unwrap();
    for peer in [ada, ben] {
        stage.call(peer, "emote", json!({"emote": "wave"})).unwrap();
    }
    let lamp = stage.create(ada, json!({"tag": "lamp"}));
    let other = stage.create(ada, json!({"tag": "lamps"}));
    for id in [&lamp, &other, &counter] {
        stage.call(ada, "update_components", json!({"entity": id, "components": {"name": "n"}})).unwrap();
    }
    let counted = ["vips", "all", "lamps", "own"].map(|name| value(&stage, &counter, name).clone());
    assert_eq!(counted, [json!(1), json!(2), json!(1), json!(1)]);
}

#[test]
fn used_is_where_it_stands_and_triggered_in_a_hand() {
    let (mut stage, ada, thing) = with(json!({"holdable": true, "position": [0, 1, 0], "rules": [
        {"when": {"used": "self"}, "then": [{"do": "inc", "components": {"used": 1}}]},
        {"when": {"triggered": "self", "actor": "people"}, "then": [{"do": "inc", "components": {"pulled": 1}}]}]}));
    go(&mut stage, ada, 0.0, 1.0);
    use_it(&mut stage, ada, &thing);
    stage.call(ada, "grab", json!({"entity": thing})).unwrap();
    use_it(&mut stage, ada, &thing);
    use_it(&mut stage, ada, &thing);
    assert_eq!((value(&stage, &thing, "used"), value(&stage, &thing, "pulled")), (&json!(1), &json!(2)));
}

#[test]
fn who_comes_near_and_goes_is_noticed_once_each_and_leaving_the_room_is_going() {
    let (mut stage, ada, thing) = with(json!({"position": [10, 0, 0], "rules": [
        {"when": {"entered": "self", "within_m": 3}, "then": [{"do": "inc", "components": {"came": 1}}]},
        {"when": {"left": "self", "within_m": 3}, "then": [{"do": "inc", "components": {"went": 1}}]}]}));
    let ben = stage.enter("ben");
    let counted =
        |stage: &Stage| ["came", "went"].map(|name| value(stage, &thing, name).as_u64().unwrap_or(0));
    go(&mut stage, ada, 6.9, 0.0);
    assert_eq!(counted(&stage), [0, 0]);
    for x in [7.1, 8.0, 10.0, 12.9] {
        go(&mut stage, ada, x, 0.0);
    }
    assert_eq!(counted(&stage), [1, 0]);
    go(&mut stage, ada, 13.1, 0.0);
    assert_eq!(counted(&stage), [1, 1]);
    go(&mut stage, ben, 10.0, 1.0);
    stage.leave(ben);
    stage.ticks(2);
    assert_eq!(counted(&stage), [2, 2]);
    // High above the head, or below the floor, is not near.
    stage.stand(ada, Pose::standing([10.0, 5.0, 0.0]));
    stage.tick();
    assert_eq!(counted(&stage), [2, 2]);
}

#[test]
fn a_volume_is_the_things_own_shape_wherever_it_is_turned_and_moved() {
    let (mut stage, ada, thing) =
        with(json!({"position": [0, 1, 0], "shape": {"kind": "box", "width": 8, "height": 2, "depth": 1},
        "rules": [{"when": {"entered": "self"}, "then": [{"do": "inc", "components": {"came": 1}}]}]}));
    go(&mut stage, ada, 0.0, 5.0);
    go(&mut stage, ada, 3.5, 0.0);
    assert_eq!(value(&stage, &thing, "came"), 1);
    go(&mut stage, ada, 3.5, 5.0);
    let quarter = json!([0.0, std::f32::consts::FRAC_1_SQRT_2, 0.0, std::f32::consts::FRAC_1_SQRT_2]);
    stage
        .call(ada, "update_components", json!({"entity": thing, "components": {"rotation": quarter}}))
        .unwrap();
    stage.tick();
    go(&mut stage, ada, 3.5, 0.1);
    assert_eq!(value(&stage, &thing, "came"), 1, "it lies the other way");
    go(&mut stage, ada, 0.2, 3.0);
    assert_eq!(value(&stage, &thing, "came"), 2);
    // A place that comes to somebody is one they come to.
    go(&mut stage, ada, 20.0, 0.0);
    stage
        .call(ada, "update_components", json!({"entity": thing, "components": {"position": [20, 1, 0]}}))
        .unwrap();
    stage.ticks(2);
    assert_eq!(value(&stage, &thing, "came"), 3);
}

#[test]
fn things_that_move_come_to_places_too() {
    let (mut stage, ada, thing) = with(json!({"position": [0, 0, 0], "rules": [
        {"when": {"entered": "self", "within_m": 1, "who": {"tag": "ball"}}, "then": [{"do": "inc", "components": {"goals": 1}}]}]}));
    let ball = json!({"shape": "sphere", "tag": "ball", "body": "dynamic", "position": [0, 3, 0]});
    stage.create(ada, ball);
    stage.create(ada, json!({"shape": "sphere", "body": "dynamic", "position": [0.5, 3, 0]}));
    stage.ticks(30);
    assert_eq!(value(&stage, &thing, "goals"), 1);
}

#[test]
fn a_component_that_comes_to_be_so_sets_off_once_until_it_is_otherwise() {
    let (mut stage, ada, thing) = with(json!({"n": 5, "rules": [
        {"when": {"component": "n", "at_most": 2}, "then": [{"do": "inc", "components": {"low": 1}}]},
        {"when": {"component": "door", "of": {"tag": "d"}, "field": "state", "equals": "open"}, "then": [{"do": "inc", "components": {"open": 1}}]},
        {"when": {"component": "n", "exists": false}, "then": [{"do": "inc", "components": {"gone": 1}}]}]}));
    let set = |stage: &mut Stage, n: i64| {
        stage.call(ada, "update_components", json!({"entity": thing, "components": {"n": n}})).unwrap();
    };
    for n in [3, 2, 1, 0, 4, 2] {
        set(&mut stage, n);
    }
    assert_eq!(value(&stage, &thing, "low"), 2);
    stage.call(ada, "remove_components", json!({"entity": thing, "names": ["n"]})).unwrap();
    assert_eq!(value(&stage, &thing, "gone"), 1);
    let door = stage.create(ada, json!({"tag": "d", "door": {"state": "open"}}));
    for state in ["open", "closed", "open"] {
        stage
            .call(ada, "update_components", json!({"entity": door, "components": {"door": {"state": state}}}))
            .unwrap();
    }
    assert_eq!(value(&stage, &thing, "open"), 2);
}

#[test]
fn timers_go_by_the_rooms_clock_and_after_counts_from_the_last_change_of_the_rules() {
    let rules = json!([
        {"when": {"every_ms": 200}, "then": [{"do": "inc", "components": {"beats": 1}}]},
        {"when": {"after_ms": 500}, "then": [{"do": "inc", "components": {"after": 1}}]}]);
    let (mut stage, ada, thing) = with(json!({"rules": rules}));
    stage.ticks(40);
    assert_eq!(value(&stage, &thing, "after"), 1);
    let beats = value(&stage, &thing, "beats").as_u64().unwrap();
    assert!((9..=11).contains(&beats), "{beats} in 2.1 s");
    stage.call(ada, "update_components", json!({"entity": thing, "components": {"rules": rules}})).unwrap();
    stage.ticks(5);
    assert_eq!(value(&stage, &thing, "after"), 1);
    stage.ticks(10);
    assert_eq!(value(&stage, &thing, "after"), 2, "changed rules begin anew");
}

#[test]
fn the_room_wakes_and_is_emptied() {
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"when": {"room": "started"}, "then": [{"do": "inc", "components": {"woke": 1}}]},
        {"when": {"room": "emptied"}, "then": [{"do": "inc", "components": {"emptied": 1}}]}]}));
    let ben = stage.enter("ben");
    stage.leave(ada);
    stage.ticks(2);
    assert_eq!(value(&stage, &thing, "emptied"), &Value::Null);
    stage.leave(ben);
    stage.ticks(2);
    assert_eq!(value(&stage, &thing, "emptied"), 1);
    stage.reopen();
    stage.ticks(3);
    assert_eq!(value(&stage, &thing, "woke"), 1, "once in a life of the room");
}

#[test]
fn conditions_look_at_who_did_it_what_they_carry_how_many_there_are_and_how_near() {
    let condition = |condition: Value| {
        let rule = json!([{"when": {"used": "self"}, "if": condition, "then": [{"do": "inc", "components": {"n": 1}}]}]);
        let (mut stage, ada, thing) =
            with(json!({"rules": rule, "on": true, "position": [0, 0, 0], "list": [1, "a"]}));
        let rule = Actor::Rule(thing.clone());
        let give = json!({"ops": [{"op": "set", "entity": avatar("ada"), "components": {"inventory": {"red_key": 1, "coin": 3}, "team": "red"}}]});
        stage.act(rule, "transact", give).unwrap();
        for n in 0..3 {
            stage.create(ada, json!({"tag": "monster", "n": n}));
        }
        go(&mut stage, ada, 0.0, 2.0);
        use_it(&mut stage, ada, &thing);
        value(&stage, &thing, "n") == 1
    };
    for holds in [
        json!([]),
        json!({"of": "actor", "has": "red_key"}),
        json!({"of": "actor", "has": "coin", "at_least": 3}),
        json!({"component": "on", "equals": true}),
        json!({"of": "actor", "component": "team", "equals": "red"}),
        json!({"of": "actor", "component": "inventory", "field": "coin", "above": 2}),
        json!({"count": {"tag": "monster"}, "equals": 3}),
        json!({"count": "people", "at_most": 1}),
        json!({"of": "actor", "within_m": 2.1}),
        json!({"of": "target", "is": "self"}),
        json!({"of": "actor", "is": {"team": "red"}}),
        json!({"component": "list", "includes": "a"}),
        json!({"component": "nothing", "exists": false}),
        json!({"component": "nothing", "at_most": 0}),
        json!({"any": [{"has": "blue_key"}, {"not": {"has": "blue_key"}}]}),
    ] {
        assert!(condition(holds.clone()), "{holds}");
        assert!(!condition(json!({"not": holds})), "{holds}");
    }
    for fails in [
        json!({"of": "actor", "has": "blue_key"}),
        json!({"of": "actor", "has": "coin", "at_least": 4}),
        json!({"all": [{"has": "red_key"}, {"has": "blue_key"}]}),
        json!({"of": "game", "component": "status", "exists": false}),
        json!({"of": "actor", "within_m": 1.5}),
        json!({"component": "list", "includes": 2}),
        json!({"component": "list", "above": 0}),
    ] {
        assert!(!condition(fails.clone()), "{fails}");
    }
}

#[test]
fn two_rules_that_are_each_others_opposite_are_asked_before_one_of_them_acts() {
    let (mut stage, ada, lamp) = with(json!({"on": false, "rules": [
        {"when": {"used": "self"}, "if": {"component": "on", "equals": false}, "then": [{"do": "set", "components": {"on": true}}]},
        {"when": {"used": "self"}, "if": {"component": "on", "equals": true}, "then": [{"do": "set", "components": {"on": false}}]}]}));
    for on in [true, false, true] {
        use_it(&mut stage, ada, &lamp);
        assert_eq!(value(&stage, &lamp, "on"), on);
    }
}

#[test]
fn how_many_are_near_can_be_asked_so_that_a_door_stays_open_for_the_last() {
    let (mut stage, ada, door) = with(
        json!({"position": [0, 1, 0], "door": {"slide": [0, 3, 0], "duration_ms": 500}, "rules": [
        {"when": {"entered": "self", "within_m": 4}, "then": [{"do": "open"}]},
        {"when": {"left": "self", "within_m": 4}, "if": {"count": "people", "within_m": 4, "equals": 0}, "then": [{"do": "close"}]}]}),
    );
    let ben = stage.enter("ben");
    go(&mut stage, ben, 9.0, 0.0);
    go(&mut stage, ada, 9.0, 1.0);
    for peer in [ada, ben] {
        go(&mut stage, peer, 1.0, 0.0);
    }
    assert_eq!(value(&stage, &door, "door_state"), "open");
    // It stands where it stood, however high it has gone.
    go(&mut stage, ada, 3.5, 0.0);
    stage.ticks(20);
    assert_eq!((named(&stage, "door_opened").len(), named(&stage, "door_closed").len()), (1, 0));
    go(&mut stage, ada, 9.0, 0.0);
    assert_eq!(value(&stage, &door, "door_state"), "open");
    go(&mut stage, ben, 9.0, 0.0);
    assert_eq!(value(&stage, &door, "door_state"), "closed");
}

#[test]
fn who_is_sent_through_a_portal_is_not_sent_back_by_the_one_where_they_arrive() {
    let (mut stage, ada, here) = with(json!({"position": [20, 0, 0]}));
    let there = stage.create(ada, json!({"position": [-20, 0, 0]}));
    for (from, to) in [(&here, &there), (&there, &here)] {
        let rules = rules_of(
            json!({"entered": "self", "within_m": 1}),
            json!([{"do": "teleport", "to": {"entity": to}}]),
        );
        stage.call(ada, "update_components", json!({"entity": from, "components": rules})).unwrap();
    }
    let x = |stage: &Stage| stage.standing("ada").head[0];
    go(&mut stage, ada, 20.0, 0.0);
    stage.ticks(5);
    assert_eq!(x(&stage), -20.0);
    go(&mut stage, ada, -18.5, 0.0);
    go(&mut stage, ada, -20.0, 0.5);
    stage.ticks(2);
    assert_eq!(x(&stage), 20.0, "who goes and comes again is sent");
}

#[test]
fn what_goes_by_the_clock_comes_to_a_place_when_it_is_there_and_not_when_it_sets_out() {
    let (mut stage, ada, gate) = with(json!({"position": [20, 1, 0], "rules": [
        {"when": {"entered": "self", "within_m": 1, "who": {"tag": "cart"}}, "then": [{"do": "inc", "components": {"came": 1}}]}]}));
    let cart = json!({"tag": "cart", "shape": "box", "body": "kinematic", "position": [0, 1, 0], "rules": [
        {"when": {"event": "go"}, "then": [{"do": "animate", "to": {"position": [20, 1, 0]}, "duration_ms": 1000, "ease": "linear"}]}]});
    stage.create(ada, cart);
    stage.call(ada, "event", json!({"event_name": "go"})).unwrap();
    stage.ticks(8);
    assert_eq!(value(&stage, &gate, "came"), &Value::Null, "it is on its way");
    stage.ticks(20);
    assert_eq!(value(&stage, &gate, "came"), 1);
}

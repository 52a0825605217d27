//! Order, time, chains, restarts, and how far rules may go.

use crate::rules::{go, named, reasons, rules_of, use_it, value, with};
use crate::stage::Stage;
use serde_json::{Value, json};
use thexr_room::Actor;

#[test]
fn delayed_steps_come_when_they_are_due_each_as_its_own_event_and_a_restart_changes_nothing() {
    let rules = json!([{"name": "blink", "when": {"used": "self"}, "then": [
        {"do": "set", "components": {"at": 1}},
        {"do": "set", "components": {"at": 2}, "delay_ms": 500},
        {"do": "inc", "components": {"with": 1}},
        {"do": "set", "components": {"at": "{actor}"}, "delay_ms": 1000}]}]);
    let run = |restarts: bool| {
        let (mut stage, ada, thing) = with(json!({"rules": rules}));
        stage.call(ada, "set_nickname", json!({"nickname": "Ada"})).unwrap();
        use_it(&mut stage, ada, &thing);
        let mut seen = Vec::new();
        for tick in 0..40 {
            if restarts && tick % 7 == 3 {
                stage.reopen();
            }
            stage.tick();
            seen.push((value(&stage, &thing, "at").clone(), value(&stage, &thing, "with").clone()));
        }
        assert_eq!(named(&stage, "rule_fired").len(), 3);
        assert_eq!(value(&stage, &thing, "rules_state")["due"], json!({}));
        seen
    };
    let seen = run(false);
    assert_eq!((&seen[8], &seen[9]), (&(json!(1), Value::Null), &(json!(2), json!(1))));
    assert_eq!((&seen[28].0, &seen[29].0), (&json!(2), &json!("Ada")));
    assert_eq!(run(true), seen);
}

#[test]
fn once_and_cooldown_are_kept_and_begin_anew_with_other_rules() {
    let rules = json!([
        {"name": "once", "once": true, "when": {"used": "self"}, "then": [{"do": "inc", "components": {"once": 1}}]},
        {"name": "seldom", "cooldown_ms": 1000, "when": {"used": "self"}, "then": [{"do": "inc", "components": {"seldom": 1}}]},
        {"name": "off", "enabled": false, "when": {"used": "self"}, "then": [{"do": "inc", "components": {"off": 1}}]},
        {"name": "never", "chance": 0, "when": {"used": "self"}, "then": [{"do": "inc", "components": {"never": 1}}]}]);
    let (mut stage, ada, thing) = with(json!({"rules": rules}));
    let counted = |stage: &Stage| {
        ["once", "seldom", "off", "never"].map(|name| value(stage, &thing, name).as_u64().unwrap_or(0))
    };
    for _ in 0..10 {
        use_it(&mut stage, ada, &thing);
    }
    assert_eq!(counted(&stage), [1, 1, 0, 0]);
    stage.reopen();
    let ada = stage.enter("ada");
    go(&mut stage, ada, 0.0, 1.0);
    use_it(&mut stage, ada, &thing);
    assert_eq!(counted(&stage), [1, 1, 0, 0]);
    stage.ticks(20);
    use_it(&mut stage, ada, &thing);
    assert_eq!(counted(&stage), [1, 2, 0, 0]);
    stage.call(ada, "update_components", json!({"entity": thing, "components": {"rules": rules}})).unwrap();
    use_it(&mut stage, ada, &thing);
    assert_eq!(counted(&stage), [2, 3, 0, 0]);
}

#[test]
fn chance_is_of_the_rooms_dice() {
    let rules =
        json!([{"chance": 0.3, "when": {"every_ms": 100}, "then": [{"do": "inc", "components": {"n": 1}}]}]);
    let run = || {
        let (mut stage, _, thing) = with(json!({"rules": rules}));
        stage.ticks(2_000);
        value(&stage, &thing, "n").as_u64().unwrap()
    };
    let first = run();
    assert!((230..370).contains(&first), "{first} of 1000");
    assert_eq!(run(), first);
}

#[test]
fn rules_set_each_other_off_in_order_and_a_chain_without_end_is_cut() {
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"when": {"event": "a"}, "then": [{"do": "push", "component": "log", "value": "a"}, {"do": "emit", "event": "b"}]},
        {"when": {"event": "b"}, "then": [{"do": "push", "component": "log", "value": "b1"}, {"do": "emit", "event": "c"}]},
        {"when": {"event": "b"}, "then": [{"do": "push", "component": "log", "value": "b2"}]},
        {"when": {"event": "c"}, "then": [{"do": "push", "component": "log", "value": "c"}]}]}));
    stage.call(ada, "event", json!({"event_name": "a"})).unwrap();
    assert_eq!(value(&stage, &thing, "log"), &json!(["a", "b1", "b2", "c"]));
    let endless = stage.create(
        ada,
        rules_of(
            json!({"event": "again"}),
            json!([
        {"do": "inc", "components": {"n": 1}}, {"do": "emit", "event": "again"}]),
        ),
    );
    stage.call(ada, "event", json!({"event_name": "again"})).unwrap();
    assert_eq!(value(&stage, &endless, "n"), 16);
    assert!(reasons(&mut stage, ada, &endless).contains(&"chain_too_long".into()));
    stage.ticks(10);
    assert_eq!(value(&stage, &endless, "n"), 16, "and does not go on later");
}

#[test]
fn more_than_a_thousand_things_in_a_tick_are_cut_and_the_room_lives_on() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"event": "boom"}),
        json!([
        {"do": "inc", "on": {"tag": "many"}, "components": {"n": 1}}]),
    ));
    for _ in 0..250 {
        stage.push(ada, "create_entity", json!({"components": {"tag": "many"}}));
    }
    stage.ticks(3);
    let rule = json!({"when": {"event": "boom"}, "then": [{"do": "inc", "on": {"tag": "many"}, "components": {"n": 1}}]});
    let others = [0; 5].map(|_| stage.create(ada, json!({"rules": [rule]})));
    stage.call(ada, "event", json!({"event_name": "boom"})).unwrap();
    let id = stage.room.world().tagged("many").next().unwrap().clone();
    assert_eq!(value(&stage, &id, "n"), 4, "four times 250");
    let mut cut = 0;
    for id in others.iter().chain([&thing]) {
        cut += usize::from(reasons(&mut stage, ada, id).contains(&"too_many_actions".into()));
    }
    assert_eq!(cut, 2);
    stage.call(ada, "say", json!({"text": "still here"})).unwrap();
}

#[test]
fn copies_that_would_copy_themselves_without_end_are_not_made_and_no_more_than_256_live() {
    let (mut stage, ada, thing) =
        with(rules_of(json!({"every_ms": 100}), json!([{"do": "spawn", "from": "self"}])));
    stage.ticks(700);
    let copies = stage.room.world().copies_of(&thing).count();
    assert_eq!(copies, 256);
    assert_eq!(
        stage.room.world().entities().iter().filter(|(_, entity)| entity.spawned_by().is_some()).count(),
        256
    );
    assert!(reasons(&mut stage, ada, &thing).contains(&"too_many_spawned".into()));
}

#[test]
fn rules_stop_with_their_thing_and_a_thing_may_end_itself() {
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"when": {"used": "self"}, "once": true, "then": [{"do": "emit", "event": "last"}, {"do": "delete"}, {"do": "emit", "event": "never", "delay_ms": 500}]}]}));
    use_it(&mut stage, ada, &thing);
    assert!(stage.room.world().entity(&thing).is_none());
    stage.ticks(20);
    assert_eq!((named(&stage, "last").len(), named(&stage, "never").len()), (1, 0));
    let other = stage.create(
        ada,
        rules_of(json!({"used": "self"}), json!([{"do": "emit", "event": "late", "delay_ms": 500}])),
    );
    use_it(&mut stage, ada, &other);
    stage.call(ada, "delete_entity", json!({"entity": other})).unwrap();
    stage.ticks(20);
    assert_eq!(named(&stage, "late").len(), 0);
}

#[test]
fn changed_rules_forget_what_they_still_had_to_do() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"used": "self"}),
        json!([{"do": "inc", "components": {"n": 1}, "delay_ms": 500}]),
    ));
    use_it(&mut stage, ada, &thing);
    let other =
        rules_of(json!({"used": "self"}), json!([{"do": "inc", "components": {"n": 1}, "delay_ms": 1000}]));
    stage.call(ada, "update_components", json!({"entity": thing, "components": other})).unwrap();
    stage.ticks(40);
    assert_eq!(value(&stage, &thing, "n"), &Value::Null);
    use_it(&mut stage, ada, &thing);
    stage.call(ada, "remove_components", json!({"entity": thing, "names": ["rules"]})).unwrap();
    stage.ticks(40);
    assert_eq!(
        (value(&stage, &thing, "n"), value(&stage, &thing, "rules_state")),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn no_more_than_64_steps_of_a_thing_wait() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"event": "go"}),
        json!([{"do": "inc", "components": {"n": 1}}, {"do": "inc", "components": {"late": 1}, "delay_ms": 5000}]),
    ));
    for _ in 0..70 {
        stage.push(ada, "event", json!({"event_name": "go"}));
    }
    stage.ticks(3);
    assert_eq!(value(&stage, &thing, "n"), 70);
    assert!(reasons(&mut stage, ada, &thing).contains(&"too_many_waiting".into()));
    stage.ticks(110);
    assert_eq!(value(&stage, &thing, "late"), 64);
}

#[test]
fn a_maker_tries_a_rule_and_hears_why_it_does_nothing() {
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"name": "far", "once": true, "chance": 0, "when": {"event": "never"}, "then": [{"do": "inc", "components": {"n": 1}}]},
        {"name": "keyed", "when": {"used": "self"}, "if": {"has": "key"}, "then": [{"do": "delete"}]}]}));
    for n in 1..=2 {
        stage.call(ada, "test_rule", json!({"entity": thing, "rule": "far"})).unwrap();
        assert_eq!(value(&stage, &thing, "n"), n);
    }
    let mut test = |rule: &str| stage.call(ada, "test_rule", json!({"entity": thing, "rule": rule}));
    assert_eq!(test("keyed"), Err("condition_fails".into()));
    assert_eq!(test("none"), Err("no_such_rule".into()));
}

#[test]
fn who_may_not_build_tries_no_rules_and_reads_no_firings() {
    let mut stage = Stage::made_by("ada");
    let ada = stage.enter("ada");
    stage.call(ada, "set_settings", json!({"who_may_build": "builder"})).unwrap();
    let thing = stage.create(ada, rules_of(json!({"used": "self"}), json!([{"do": "delete"}])));
    let ben = stage.enter("ben");
    for (name, payload) in [
        ("test_rule", json!({"entity": thing, "rule": "rule 1"})),
        ("list_firings", json!({"entity": thing})),
        ("update_components", json!({"entity": thing, "components": {"rules": []}})),
    ] {
        assert_eq!(stage.call(ben, name, payload), Err("forbidden".into()), "{name}");
    }
    assert!(stage.room.world().entity(&thing).is_some());
}

#[test]
fn bad_rules_are_refused_with_the_part_and_nothing_is_kept_of_them() {
    let (mut stage, ada, thing) = with(json!({}));
    let bad = json!({"entity": thing, "components": {"rules": [{"when": {"used": "self"}, "then": [{"do": "fly"}]}]}});
    assert_eq!(stage.call(ada, "update_components", bad), Err("bad_component".into()));
    assert_eq!(value(&stage, &thing, "rules"), &Value::Null);
    for name in ["health", "status", "rules_state", "spawned_by", "inventory"] {
        let forged = json!({"entity": thing, "components": {name: 1}});
        assert_eq!(stage.call(ada, "update_components", forged), Err("server_only".into()), "{name}");
    }
    for event in ["rule_fired", "user_died", "level_won", "hud_shown", "user_teleported"] {
        assert_eq!(stage.call(ada, "event", json!({"event_name": event})), Err("reserved_event".into()));
    }
}

#[test]
fn whoever_sets_rules_off_pays_for_what_everyone_hears_of_it() {
    let text = "x".repeat(1_900);
    let (mut stage, ada, thing) =
        with(rules_of(json!({"event": "go"}), json!([{"do": "hud", "text": text, "to": "all"}])));
    let ben = stage.enter("ben");
    for _ in 0..4_000 {
        stage.push(ada, "event", json!({"event_name": "go"}));
    }
    stage.ticks(6);
    assert!(reasons(&mut stage, ben, &thing).contains(&"rate_limited".into()));
    stage.call(ben, "say", json!({"text": "I am heard"})).unwrap();
}

#[test]
fn the_fold_of_the_journal_is_the_room_and_a_replay_runs_no_rule() {
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"when": {"every_ms": 100}, "then": [{"do": "inc", "components": {"n": 1}}]},
        {"when": {"component": "n", "at_least": 10}, "then": [{"do": "spawn", "from": "self", "at": [0, 1, 0], "ttl_ms": 300, "components": {"rules": []}}]},
        {"when": {"used": "self"}, "chance": 0.5, "cooldown_ms": 100, "then": [{"do": "give", "item": "x"}, {"do": "animate", "by": {"rotation": [0, 1, 0]}, "duration_ms": 10, "delay_ms": 50}]}]}));
    for _ in 0..30 {
        use_it(&mut stage, ada, &thing);
        stage.tick();
    }
    let before = stage.room.world().to_text();
    stage.reopen();
    assert_eq!(stage.room.world().to_text(), before);
}

#[test]
fn what_is_put_in_for_braces_is_bounded_however_often_it_is_asked_for() {
    let big: Vec<Value> = vec![json!("{self.big}"); 4_000];
    let (mut stage, ada, thing) = with(json!({"big": "x".repeat(60_000), "rules": [
        {"when": {"event": "go"}, "then": [{"do": "set", "components": {"copies": big}}]}]}));
    for _ in 0..100 {
        stage.push(ada, "event", json!({"event_name": "go"}));
    }
    stage.ticks(2);
    assert_eq!(reasons(&mut stage, ada, &thing), ["event_too_large"]);
    assert_eq!(value(&stage, &thing, "copies"), &Value::Null);
    let many = "{self.big}{actor}".repeat(110);
    let text = rules_of(json!({"event": "say"}), json!([{"do": "set", "components": {"said": many}}]));
    stage.call(ada, "update_components", json!({"entity": thing, "components": text})).unwrap();
    stage.call(ada, "event", json!({"event_name": "say"})).unwrap();
    assert_eq!(value(&stage, &thing, "said").as_str().unwrap().len(), 2_000);
}

#[test]
fn rules_that_count_too_much_in_a_tick_find_nobody_and_the_room_lives_on() {
    let count = json!({"all": vec![json!({"count": {"tag": "many"}, "at_least": 0}); 30]});
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"when": {"event": "go"}, "if": count, "then": [{"do": "inc", "components": {"n": 1}}]}]}));
    for _ in 0..400 {
        stage.push(ada, "create_entity", json!({"components": {"tag": "many"}}));
    }
    stage.ticks(3);
    for _ in 0..100 {
        stage.push(ada, "event", json!({"event_name": "go"}));
    }
    stage.ticks(2);
    let counted = value(&stage, &thing, "n").as_u64().unwrap();
    assert!((5..20).contains(&counted), "{counted} of 100: each looks at 12,000");
    assert!(reasons(&mut stage, ada, &thing).contains(&"too_many_rules_asked".into()));
    stage.call(ada, "event", json!({"event_name": "go"})).unwrap();
    assert_eq!(value(&stage, &thing, "n"), counted + 1, "the next tick has means of its own");
}

#[test]
fn a_room_has_twenty_thousand_rules_and_those_of_further_things_do_nothing() {
    let rule = json!({"when": {"event": "go"}, "if": {"component": "on", "exists": true}, "then": [{"do": "delete"}]});
    let (mut stage, ada, _) = with(json!({}));
    let ruled = |count: usize| json!({"components": {"rules": vec![rule.clone(); count], "tag": "ruled"}});
    for _ in 0..312 {
        stage.push(ada, "create_entity", ruled(64));
        stage.tick();
    }
    stage.push(ada, "create_entity", ruled(32));
    stage.ticks(2);
    let last =
        stage.create(ada, rules_of(json!({"event": "go"}), json!([{"do": "inc", "components": {"n": 1}}])));
    stage.call(ada, "event", json!({"event_name": "go"})).unwrap();
    assert_eq!(stage.room.world().tagged("ruled").count(), 313);
    assert_eq!(value(&stage, &last, "n"), &Value::Null);
    assert_eq!(reasons(&mut stage, ada, &last), ["too_many_rules"]);
    let other = stage.room.world().tagged("ruled").next().unwrap().clone();
    stage.call(ada, "delete_entity", json!({"entity": other})).unwrap();
    let after =
        stage.create(ada, rules_of(json!({"event": "go"}), json!([{"do": "inc", "components": {"n": 1}}])));
    stage.call(ada, "event", json!({"event_name": "go"})).unwrap();
    assert_eq!(value(&stage, &after, "n"), 1, "where some are gone there is room for others");
}

#[test]
fn trying_rules_counts_like_everything_else_that_rules_do_in_a_tick() {
    let many = json!([{"do": "inc", "on": {"tag": "many"}, "components": {"n": 1}}]);
    let (mut stage, ada, thing) = with(rules_of(json!({"event": "never"}), many));
    for _ in 0..200 {
        stage.push(ada, "create_entity", json!({"components": {"tag": "many"}}));
    }
    stage.ticks(2);
    let tries: Vec<Value> =
        (0..50).map(|_| stage.push(ada, "test_rule", json!({"entity": thing, "rule": "rule 1"}))).collect();
    stage.tick();
    let answers: Vec<Result<Value, String>> =
        tries.iter().map(|reference| stage.answer(ada, reference)).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5, "five times 200");
    assert_eq!(answers.last().unwrap(), &Err("too_many_actions".into()));
    let id = stage.room.world().tagged("many").next().unwrap().clone();
    assert_eq!(value(&stage, &id, "n"), 5);
    stage.call(ada, "test_rule", json!({"entity": thing, "rule": "rule 1"})).unwrap();
    assert_eq!(value(&stage, &id, "n"), 6, "the next tick has room of its own");
}

#[test]
fn what_a_tried_rule_sets_off_follows_from_whoever_tried_it() {
    let (mut stage, ada, thing) = with(json!({"rules": [
        {"name": "a", "when": {"event": "never"}, "then": [{"do": "emit", "event": "again"}]},
        {"name": "b", "when": {"event": "again"}, "then": [{"do": "inc", "components": {"n": 1}}, {"do": "emit", "event": "again"}]}]}));
    stage.call(ada, "test_rule", json!({"entity": thing, "rule": "a"})).unwrap();
    assert_eq!(value(&stage, &thing, "n"), 15, "the try is the first of sixteen");
}

#[test]
fn a_state_that_nobody_can_read_holds_nothing_up() {
    let (mut stage, ada, thing) = with(rules_of(
        json!({"used": "self"}),
        json!([{"do": "inc", "components": {"n": 1}, "delay_ms": 100}]),
    ));
    let broken = stage.create(ada, rules_of(json!({"event": "never"}), json!([{"do": "delete"}])));
    let state = json!({"due": {"x": {"at": 1, "rule": "rule 1", "step": 0}, "7": {"at": 1}, "8": 3}});
    let ops = json!({"ops": [{"op": "set", "entity": broken, "components": {"rules_state": state}}]});
    stage.act(Actor::Operator, "transact", ops).unwrap();
    use_it(&mut stage, ada, &thing);
    stage.ticks(4);
    assert_eq!(value(&stage, &thing, "n"), 1);
}

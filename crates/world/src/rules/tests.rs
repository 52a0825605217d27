//! What rules may say and what is refused; knows the page that says so.

use super::*;
use serde_json::json;

/// Every `when` of docs/rules.md.
fn whens() -> Vec<Value> {
    vec![
        json!({"event": "user_sat"}),
        json!({"event": "user_sat", "actor": "people", "target": {"tag": "chair"}}),
        json!({"used": "self"}),
        json!({"triggered": {"entity": "abcde"}, "actor": {"tag": "red"}}),
        json!({"collected": "anything"}),
        json!({"entered": "self", "within_m": 3}),
        json!({"left": "game", "who": {"tag": "ball"}}),
        json!({"component": "health", "of": "self", "at_most": 0}),
        json!({"component": "door", "of": {"tag": "door"}, "field": "state", "equals": "open"}),
        json!({"every_ms": 100}),
        json!({"after_ms": 0}),
        json!({"room": "started"}),
        json!({"room": "emptied"}),
    ]
}

fn conditions() -> Vec<Value> {
    vec![
        json!([]),
        json!({"all": [{"of": "actor", "has": "red_key"}, {"not": {"of": "self", "component": "on", "exists": true}}]}),
        json!({"any": [{"count": {"tag": "monster"}, "at_least": 3}, {"of": "actor", "within_m": 2.5, "from": "target"}]}),
        json!([{"count": "people", "within_m": 3, "from": "self", "equals": 0}, {"of": "target", "is": "people"}, {"component": "n", "above": 1.5}]),
    ]
}

fn steps() -> Vec<Value> {
    vec![
        json!({"do": "set", "components": {"color": "#FF0000"}, "on": {"tag": "lamp"}}),
        json!({"do": "merge", "components": {"light": {"intensity": 0}}, "delay_ms": 50}),
        json!({"do": "inc", "components": {"n": 1}}),
        json!({"do": "dec", "components": {"n": 1}}),
        json!({"do": "inc_max", "components": {"n": [1, 9]}}),
        json!({"do": "dec_min", "components": {"n": [1, 0]}}),
        json!({"do": "unset", "names": ["n"]}),
        json!({"do": "push", "component": "list", "value": "{actor.id}"}),
        json!({"do": "pop", "component": "list"}),
        json!({"do": "index_set", "component": "list", "index": 0, "value": null}),
        json!({"do": "create", "components": {}}),
        json!({"do": "delete", "on": "target"}),
        json!({"do": "animate", "by": {"position": [0, 2, 0]}, "duration_ms": 2000, "ease": "linear"}),
        json!({"do": "animate", "to": {"rotation": [0, 1, 0], "scale": [1, 1, 1]}, "duration_ms": 0}),
        json!({"do": "spawn", "from": {"entity": "abcde"}, "at": [1, 2, 3], "ttl_ms": 5, "keep_while": "self",
            "components": {"tag": "m"}}),
        json!({"do": "spawn", "from": "self", "at": "actor"}),
        json!({"do": "teleport", "to": {"entity": "abcde"}}),
        json!({"do": "give", "item": "red_key"}),
        json!({"do": "take", "item": "coin", "amount": 3, "on": "people"}),
        json!({"do": "damage", "amount": 10}),
        json!({"do": "heal", "amount": 10, "on": {"team": "red"}}),
        json!({"do": "collect"}),
        json!({"do": "open"}),
        json!({"do": "close", "on": {"tag": "door"}}),
        json!({"do": "emit", "event": "alarm", "payload": {"a": "{self}"}, "to": {"team": "red"}}),
        json!({"do": "hud", "text": "Hello {actor}", "to": "all", "seconds": 2}),
        json!({"do": "sound", "sound": "chime"}),
        json!({"do": "win", "text": "Well done"}),
        json!({"do": "lose"}),
        json!({"do": "act", "command": "create_entity", "payload": {"components": {}}}),
        json!({"do": "reset"}),
    ]
}

fn refusal(rules: Value) -> String {
    read(&rules).unwrap_err().0
}

#[test]
fn everything_the_page_says_can_be_read() {
    for when in whens() {
        for condition in conditions() {
            let steps = steps();
            let rule = json!([{"when": when, "if": condition, "then": steps}]);
            let rules = read(&rule).unwrap_or_else(|error| panic!("{error}: {rule}"));
            assert_eq!((rules[0].then.len(), rules[0].name.as_str()), (steps.len(), "rule 1"));
        }
    }
}

#[test]
fn the_page_shows_a_rule_that_can_be_read_and_names_all_steps() {
    let page = include_str!("../../../../docs/rules.md");
    let shown = page.split("```").nth(1).unwrap().trim_start_matches("json");
    assert_eq!(read(&serde_json::from_str(shown).unwrap()).unwrap().len(), 1);
    for step in steps() {
        let name = format!("`{}`", step["do"].as_str().unwrap());
        assert!(page.contains(&name), "{name}");
    }
}

#[test]
fn what_is_wrong_is_refused_with_the_part_that_is() {
    let rule =
        |when: Value, condition: Value, step: Value| json!([{"when": when, "if": condition, "then": [step]}]);
    let good = || (json!({"used": "self"}), json!([]), json!({"do": "delete"}));
    let (when, condition, step) = good();
    for (rules, part) in [
        (json!({}), "rules: a list"),
        (json!([1]), "rules[0]: an object"),
        (json!([{"then": [step]}]), "rules[0].when"),
        (json!([{"when": when}]), "rules[0].then: 1 to 32"),
        (json!([{"when": when, "then": []}]), "rules[0].then"),
        (json!([{"when": when, "then": [step], "chance": 2}]), "rules[0].chance: 0 to 1"),
        (json!([{"when": when, "then": [step], "wenn": 2}]), "`wenn` is not known"),
        (json!([{"when": when, "then": [step], "cooldown_ms": -1}]), "rules[0].cooldown_ms"),
        (json!([{"when": when, "then": [step], "name": ""}]), "rules[0].name"),
        (
            json!([{"when": when, "then": [step], "name": "a"}, {"when": when, "then": [step], "name": "a"}]),
            "rules[1].name",
        ),
        (
            json!([{"when": when, "then": [step]}, {"when": when, "then": [step], "name": "rule 1"}]),
            "rules[1].name",
        ),
        (rule(json!({}), condition.clone(), step.clone()), "rules[0].when: one of event"),
        (rule(json!({"used": "nobody"}), condition.clone(), step.clone()), "rules[0].when.used"),
        (rule(json!({"used": "self", "within_m": 3}), condition.clone(), step.clone()), "`within_m`"),
        (rule(json!({"entered": "people"}), condition.clone(), step.clone()), "rules[0].when.entered: one:"),
        (rule(json!({"entered": "self", "within_m": 51}), condition.clone(), step.clone()), "0.1 to 50 m"),
        (rule(json!({"every_ms": 99}), condition.clone(), step.clone()), "rules[0].when.every_ms: 100"),
        (rule(json!({"room": "full"}), condition.clone(), step.clone()), "rules[0].when.room"),
        (
            rule(json!({"component": "N", "equals": 1}), condition.clone(), step.clone()),
            "rules[0].when.component",
        ),
        (rule(json!({"component": "n"}), condition.clone(), step.clone()), "one comparison"),
        (
            rule(json!({"component": "n", "above": 1, "below": 3}), condition.clone(), step.clone()),
            "one comparison",
        ),
        (
            rule(json!({"component": "n", "above": "x"}), condition.clone(), step.clone()),
            "rules[0].when.above",
        ),
        (rule(when.clone(), json!({"of": "people", "has": "x"}), step.clone()), "rules[0].if.of: one:"),
        (rule(when.clone(), json!([{"any": [{"not": 3}]}]), step.clone()), "rules[0].if[0][0].not"),
        (rule(when.clone(), json!(true), step.clone()), "rules[0].if: one of all"),
        (rule(when.clone(), condition.clone(), json!({})), "rules[0].then[0]: missing field `do`"),
        (rule(when.clone(), condition.clone(), json!({"do": "fly"})), "unknown variant `fly`"),
        (rule(when.clone(), condition.clone(), json!({"do": "delete", "why": 1})), "unknown field `why`"),
        (
            rule(when.clone(), condition.clone(), json!({"do": "delete", "delay_ms": 10})),
            "rules[0].then[0].delay_ms",
        ),
        (
            rule(when.clone(), condition.clone(), json!({"do": "delete", "on": {"tag": 3}})),
            "rules[0].then[0].on",
        ),
        (rule(when.clone(), condition.clone(), json!({"do": "animate", "duration_ms": 1})), "`to` or `by`"),
        (
            rule(when.clone(), condition.clone(), json!({"do": "animate", "by": {}, "duration_ms": 1})),
            "`to` or `by`",
        ),
        (
            rule(when.clone(), condition.clone(), json!({"do": "spawn", "from": {"tag": "x"}})),
            "rules[0].then[0].from",
        ),
        (
            rule(when.clone(), condition.clone(), json!({"do": "teleport", "to": [1, 2, 1e9]})),
            "each within 10000 m",
        ),
        (
            rule(when.clone(), condition.clone(), json!({"do": "damage", "amount": -1})),
            "rules[0].then[0].amount",
        ),
        (
            rule(when.clone(), condition.clone(), json!({"do": "set", "components": {"É": 1}})),
            "a component's name",
        ),
        (rule(when, condition, json!({"do": "hud", "text": "x".repeat(2_001)})), "rules[0].then[0].text"),
    ] {
        let words = refusal(rules.clone());
        assert!(words.contains(part), "{words} does not say {part}: {rules}");
    }
}

#[test]
fn how_much_one_thing_may_say_is_limited() {
    let rule = || json!({"when": {"used": "self"}, "then": [{"do": "delete"}]});
    assert!(read(&Value::from(vec![rule(); RULES_MAX])).is_ok());
    assert!(refusal(Value::from(vec![rule(); RULES_MAX + 1])).contains("at most 64"));
    let mut deep = json!({"of": "actor", "has": "x"});
    for _ in 0..CONDITIONS_DEEP_MAX {
        deep = json!({"not": deep});
    }
    let with =
        |condition: Value| json!([{"when": {"used": "self"}, "if": condition, "then": [{"do": "delete"}]}]);
    assert!(read(&with(deep.clone())).is_ok());
    assert!(refusal(with(json!({"not": deep}))).contains("8 deep"));
    let many = |count| with(Value::from(vec![json!({"has": "x"}); count]));
    assert!(read(&many(CONDITIONS_MAX - 1)).is_ok());
    assert!(refusal(many(CONDITIONS_MAX)).contains("32 conditions"));
}

#[test]
fn rules_about_their_own_use_make_a_thing_usable_and_others_do_not() {
    let rules =
        |when: Value, enabled: bool| json!([{"when": when, "enabled": enabled, "then": [{"do": "delete"}]}]);
    assert!(offers_use(&rules(json!({"used": "self"}), true)));
    assert!(offers_use(&rules(json!({"triggered": "self"}), true)));
    assert!(!offers_use(&rules(json!({"used": "self"}), false)));
    assert!(!offers_use(&rules(json!({"used": "anything"}), true)));
    assert!(!offers_use(&json!([{"when": "x"}, 3])) && !offers_use(&json!(true)));
}

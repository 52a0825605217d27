//! Transactions: conditions, all or nothing, schemas after the fact.

use crate::stage::{Stage, avatar};
use serde_json::{Value, json};
use thexr_wire::{EntityId, PeerId};

fn with(components: Value) -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let id = stage.create(ada, components);
    (stage, ada, id)
}

// Rule 3.3
#[test]
fn every_op_can_be_part_of_a_transaction() {
    let (mut stage, ada, id) =
        with(json!({"goals": 1, "arrows": 18, "life": 3, "list": [1], "m": {"x": 1}, "old": 1}));
    let ops = json!([
        {"op": "inc", "entity": id, "components": {"goals": 2}},
        {"op": "dec", "entity": id, "components": {"goals": 0.5}},
        {"op": "inc_max", "entity": id, "components": {"arrows": [5, 20]}},
        {"op": "dec_min", "entity": id, "components": {"life": [5, 0]}},
        {"op": "push", "entity": id, "component": "list", "value": 2},
        {"op": "index_set", "entity": id, "component": "list", "index": 0, "value": 9},
        {"op": "merge", "entity": id, "components": {"m": {"y": 2}}},
        {"op": "set", "entity": id, "components": {"new": true}},
        {"op": "unset", "entity": id, "names": ["old"]},
        {"op": "create", "entity": "other", "components": {"list": [1, 2]}},
        {"op": "pop", "entity": "other", "component": "list"},
    ]);
    assert_eq!(stage.call(ada, "transact", json!({"ops": ops})), Ok(json!({"seq": 4})));
    let entity = Value::Object(stage.room.world().entity(&id).unwrap().to_json());
    let expected =
        json!({"goals": 2.5, "arrows": 20, "life": 0, "list": [9, 2], "m": {"x": 1, "y": 2}, "new": true});
    assert_eq!(entity, expected);
    assert_eq!(stage.value(&crate::stage::entity("other"), "list"), json!([1]));
    assert_eq!(stage.last_event().name, "transaction_applied");
    let mut touched = [id, crate::stage::entity("other")];
    touched.sort();
    assert_eq!(stage.last_event().payload, json!({"entities": touched}));
}

#[test]
fn a_condition_that_does_not_hold_refuses_everything() {
    let (mut stage, ada, id) = with(json!({"place": "free"}));
    let version = stage.version(&id);
    let hold = [
        json!({"entity": id, "component": "place", "equals": "free"}),
        json!({"entity": id, "component": "nothing", "equals": null}),
        json!({"entity": "zzzzz", "component": "nothing", "equals": null}),
        json!({"entity": id, "version": version}),
        json!({"entity": id, "exists": true}),
        json!({"entity": "zzzzz", "exists": false}),
    ];
    let fail = [
        json!({"entity": id, "component": "place", "equals": "taken"}),
        json!({"entity": id, "component": "place", "equals": null}),
        json!({"entity": id, "version": version - 1}),
        json!({"entity": "zzzzz", "version": 0}),
        json!({"entity": id, "exists": false}),
        json!({"entity": "zzzzz", "exists": true}),
    ];
    let op = json!({"op": "inc", "entity": avatar("ada"), "components": {"tries": 1}});
    let transact = |conditions: Vec<Value>| json!({"ops": [op], "conditions": conditions});
    for condition in &fail {
        let all = transact(hold.iter().cloned().chain([condition.clone()]).collect());
        assert_eq!(stage.call(ada, "transact", all), Err("condition_failed".into()), "{condition}");
    }
    assert_eq!(stage.value(&avatar("ada"), "tries"), Value::Null);
    stage.call(ada, "transact", transact(hold.to_vec())).unwrap();
    assert_eq!(stage.value(&avatar("ada"), "tries"), 1);
}

#[test]
fn the_removal_of_a_component_is_a_change_that_conditions_see() {
    let removals = |id: &EntityId| {
        [
            ("update_components", json!({"entity": id, "components": {"b": null}})),
            ("remove_components", json!({"entity": id, "names": ["b"]})),
            ("transact", json!({"ops": [{"op": "unset", "entity": id, "names": ["b"]}]})),
        ]
    };
    for n in 0..3 {
        let (mut stage, ada, id) = with(json!({"a": 1, "b": 2}));
        let before = stage.version(&id);
        let (name, payload) = removals(&id)[n].clone();
        let seq = stage.call(ada, name, payload).unwrap()["seq"].as_u64().unwrap();
        let set_if = |version: u64| {
            let op = json!({"op": "set", "entity": id, "components": {"a": 5}});
            json!({"ops": [op], "conditions": [{"entity": id, "version": version}]})
        };
        assert_eq!(stage.call(ada, "transact", set_if(before)), Err("condition_failed".into()), "{name}");
        assert_eq!(stage.version(&id), seq);
        stage.reopen();
        let ada = stage.enter("ada");
        assert!(stage.call(ada, "transact", set_if(seq)).is_ok(), "{name}");
    }
}

#[test]
fn of_two_who_want_the_same_in_one_tick_one_wins() {
    let (mut stage, ada, id) = with(json!({}));
    let bob = stage.enter("bob");
    let take = |who: &str| {
        json!({"ops": [{"op": "set", "entity": id, "components": {"taken_by": who}}],
            "conditions": [{"entity": id, "component": "taken_by", "equals": null}]})
    };
    let first = stage.push(ada, "transact", take("ada"));
    let second = stage.push(bob, "transact", take("bob"));
    stage.tick();
    assert!(stage.answer(ada, &first).is_ok());
    assert_eq!(stage.answer(bob, &second), Err("condition_failed".into()));
    assert_eq!(stage.value(&id, "taken_by"), "ada");
}

#[test]
fn conditions_of_another_shape_are_refused() {
    let (mut stage, ada, id) = with(json!({}));
    let op = json!({"op": "set", "entity": id, "components": {"a": 1}});
    let many = vec![json!({"entity": id, "exists": true}); 257];
    for conditions in [
        json!({"entity": id}),
        json!([{"entity": id}]),
        json!([{"entity": id, "exists": "yes"}]),
        json!([{"entity": id, "component": "a", "equals": 1, "or": 2}]),
        json!(many),
    ] {
        let transact = json!({"ops": [op], "conditions": conditions});
        assert_eq!(stage.call(ada, "transact", transact), Err("bad_payload".into()));
    }
}

#[test]
fn an_op_that_cannot_be_applied_undoes_those_before_it() {
    let (mut stage, ada, id) =
        with(json!({"list": [1], "visibility": 0.5, "color": "#FF0000", "shape": {"kind": "box"}}));
    let before = stage.room.world().clone();
    let cases = [
        (json!({"op": "delete", "entity": "zzzzz"}), "unknown_entity"),
        (json!({"op": "create", "entity": id, "components": {}}), "id_taken"),
        (json!({"op": "inc", "entity": id, "components": {"list": 1}}), "bad_component"),
        (json!({"op": "push", "entity": id, "component": "color", "value": 1}), "bad_component"),
        (
            json!({"op": "index_set", "entity": id, "component": "list", "index": 5, "value": 1}),
            "bad_component",
        ),
        (json!({"op": "inc", "entity": id, "components": {"visibility": 1}}), "bad_component"),
        (json!({"op": "merge", "entity": id, "components": {"shape": {"kind": "teapot"}}}), "bad_component"),
        (json!({"op": "merge", "entity": id, "components": {"color": "#f00"}}), "bad_component"),
        (json!({"op": "push", "entity": id, "component": "position", "value": 1}), "bad_component"),
        (json!({"op": "merge", "entity": id, "components": {"open": null}}), "bad_payload"),
        (json!({"op": "inc", "entity": id, "components": {"Bad Name": 1}}), "bad_payload"),
        (
            json!({"op": "merge", "entity": id, "components": {"mesh_builder": {"kind": "box"}}}),
            "bad_payload",
        ),
        (json!({"op": "set", "entity": id, "components": {"color": null}}), "bad_payload"),
        (json!({"op": "set", "entity": id, "components": {"color": "red"}}), "bad_component"),
        (json!({"op": "set", "entity": id, "components": {"keep_while": "zzzzz"}}), "unknown_entity"),
        (json!({"op": "set", "entity": id, "components": {"parent": "zzzzz"}}), "unknown_parent"),
        (json!({"op": "load", "snapshot": "abc"}), "bad_payload"),
        (json!({"op": "explode", "entity": id}), "bad_payload"),
        (json!({"op": "delete", "entity": "../../etc"}), "bad_payload"),
        (
            json!({"op": "push", "entity": id, "component": "list", "value": "x".repeat(70_000)}),
            "component_too_large",
        ),
    ];
    for (op, reason) in cases {
        let first = json!({"op": "set", "entity": id, "components": {"touched": true}});
        let shown: String = op.to_string().chars().take(80).collect();
        let refused = stage.call(ada, "transact", json!({"ops": [first, op]}));
        assert_eq!(refused, Err(reason.into()), "{shown}");
        assert_eq!(*stage.room.world(), before, "{shown}");
    }
    assert_eq!(stage.events(), ["user_joined", "entity_created"]);
}

#[test]
fn a_value_cannot_be_nested_deeper_step_by_step() {
    let (mut stage, ada, id) = with(json!({"list": []}));
    let nested = (0..20).fold(json!(1), |inner, _| json!([inner]));
    let push =
        |value: &Value| json!({"ops": [{"op": "push", "entity": id, "component": "list", "value": value}]});
    stage.call(ada, "transact", push(&nested)).unwrap();
    let deep = (0..15).fold(json!({"x": 1}), |inner, _| json!({"x": inner}));
    let merge = json!({"ops": [{"op": "index_set", "entity": id, "component": "list", "index": 0, "value": nested},
        {"op": "merge", "entity": id, "components": {"tree": deep}}]});
    stage.call(ada, "transact", merge).unwrap();
    let too_deep = (0..31).fold(json!(1), |inner, _| json!([inner]));
    assert!(stage.call(ada, "transact", push(&too_deep)).is_err());
}

#[test]
fn a_transaction_leaves_nothing_hanging_on_what_it_deletes() {
    let (mut stage, ada, shelf) = with(json!({}));
    let book = stage.create(ada, json!({"parent": {"entity": shelf}}));
    let delete = json!({"op": "delete", "entity": shelf});
    assert_eq!(stage.call(ada, "transact", json!({"ops": [delete]})), Err("unknown_parent".into()));
    let unset = json!({"op": "unset", "entity": book, "names": ["parent"]});
    stage.call(ada, "transact", json!({"ops": [delete, unset]})).unwrap();
    assert!(stage.exists(&book) && !stage.exists(&shelf));
}

#[test]
fn a_parent_made_later_in_the_same_transaction_counts() {
    let (mut stage, ada, _) = with(json!({}));
    let ops = json!([
        {"op": "create", "entity": "child", "components": {"parent": {"entity": "mother"}}},
        {"op": "create", "entity": "mother", "components": {}},
    ]);
    stage.call(ada, "transact", json!({"ops": ops})).unwrap();
    assert_eq!(stage.room.world().children(&crate::stage::entity("mother")).count(), 1);
}

#[test]
fn a_transaction_has_1_to_2000_ops() {
    let (mut stage, ada, id) = with(json!({}));
    let op = json!({"op": "inc", "entity": id, "components": {"n": 1}});
    assert_eq!(stage.call(ada, "transact", json!({"ops": []})), Err("too_many_ops".into()));
    assert_eq!(
        stage.call(ada, "transact", json!({"ops": vec![op.clone(); 2_001]})),
        Err("too_many_ops".into())
    );
    stage.call(ada, "transact", json!({"ops": vec![op; 2_000]})).unwrap();
    assert_eq!(stage.value(&id, "n"), 2_000);
}

#[test]
fn a_transaction_that_reads_a_large_list_again_and_again_is_refused() {
    let (mut stage, ada, id) = with(json!({"list": vec!["x".repeat(1_000); 55]}));
    let pushes = |count: usize| {
        let op = json!({"op": "push", "entity": id, "component": "list", "value": 2});
        json!({"ops": vec![op; count]})
    };
    assert_eq!(stage.call(ada, "transact", pushes(2_000)), Err("too_many_ops".into()));
    assert_eq!(stage.value(&id, "list").as_array().unwrap().len(), 55);
    assert!(stage.call(ada, "transact", pushes(30)).is_ok());
    let equals = json!({"entity": id, "component": "list", "equals": null});
    let conditions = json!({"conditions": vec![equals; 256], "ops": pushes(1)["ops"]});
    assert_eq!(stage.call(ada, "transact", conditions), Err("too_many_ops".into()));
}

#[test]
fn a_chain_built_in_one_transaction_is_as_long_as_any_other() {
    let chain = |things: usize| {
        let ops: Vec<Value> = (0..things)
            .map(|n| {
                let parent = json!({"parent": {"entity": format!("link{}", n + 1)}});
                let components = if n + 1 < things { parent } else { json!({}) };
                json!({"op": "create", "entity": format!("link{n}"), "components": components})
            })
            .collect();
        json!({"ops": ops})
    };
    let (mut stage, ada, id) = with(json!({}));
    assert_eq!(stage.call(ada, "transact", chain(66)), Err("parent_chain_too_long".into()));
    assert!(stage.call(ada, "transact", chain(65)).is_ok());
    // The whole chain is below what is hung up, which itself hangs on something.
    let hang = json!([{"op": "set", "entity": "link64", "components": {"parent": {"entity": id}}}]);
    assert_eq!(stage.call(ada, "transact", json!({"ops": hang})), Err("parent_chain_too_long".into()));
}

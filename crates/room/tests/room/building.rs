//! Building commands: making, changing, hanging, copying and deleting things.

use crate::stage::{Stage, avatar, entity, user};
use serde_json::{Value, json};
use thexr_room::{Actor, Inverse, PoseInput};
use thexr_wire::PeerId;
use thexr_wire::joints::Hands;
use thexr_wire::limits::PARENT_DEPTH_MAX;
use thexr_wire::pose::{Marks, Pose};

fn inside() -> (Stage, PeerId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    (stage, ada)
}

fn close(value: &Value, expected: [f64; 3]) -> bool {
    (0..3).all(|axis| (value[axis].as_f64().unwrap() - expected[axis]).abs() < 1e-4)
}

#[test]
fn a_made_entity_has_the_id_of_the_reply_or_the_proposed_one() {
    let (mut stage, ada) = inside();
    let made = stage.call(ada, "create_entity", json!({"components": {"color": "#f00"}})).unwrap();
    let id = entity(made["entity"].as_str().unwrap());
    assert_eq!((made["seq"].clone(), id.as_str().len()), (json!(3), 5));
    assert_eq!(stage.value(&id, "color"), "#FF0000", "in its one spelling");
    let proposed = json!({"entity": "mychair", "components": {}});
    assert_eq!(
        stage.call(ada, "create_entity", proposed.clone()),
        Ok(json!({"seq": 4, "entity": "mychair"}))
    );
    assert_eq!(stage.call(ada, "create_entity", proposed), Err("id_taken".into()));
    assert_eq!(stage.last_event().ops.len(), 1);
    assert!(matches!(&stage.last_event().inverse, Some(Inverse::Ops(ops)) if ops.len() == 1));
}

#[test]
fn a_component_that_is_not_what_its_name_promises_is_refused() {
    let (mut stage, ada) = inside();
    let cases = [
        (json!({"position": [0, 1]}), "bad_component"),
        (json!({"position": [0, 1, "2"]}), "bad_component"),
        (json!({"position": [0, 1e9, 0]}), "bad_component"),
        (json!({"position": [0, 1e308, 0]}), "bad_component"),
        (json!({"rotation": [0, 0, 0, 0]}), "bad_component"),
        (json!({"shape": {"kind": "teapot"}}), "bad_component"),
        (json!({"ttl": 0}), "bad_component"),
        (json!({"text": {"value": "x".repeat(2_001)}}), "bad_component"),
        (json!({"Capital": 1}), "bad_component_name"),
        (json!({"": 1}), "bad_component_name"),
        (json!({"x".repeat(65): 1}), "bad_component_name"),
        (json!({"avatar": {}}), "reserved_component"),
        (json!({"nickname": "x"}), "reserved_component"),
        (json!({"pose": {}}), "reserved_component"),
        (json!({"big": "x".repeat(1_000_000)}), "component_too_large"),
        (json!({"parent": {"entity": "zzzzz"}}), "unknown_parent"),
        (json!({"keep_while": "zzzzz"}), "unknown_entity"),
    ];
    for (components, reason) in cases {
        let shown: String = components.to_string().chars().take(60).collect();
        let refused = stage.call(ada, "create_entity", json!({"components": components.clone()}));
        assert_eq!(refused, Err(reason.into()), "{shown}");
    }
    assert_eq!(stage.events(), ["user_joined"]);
}

#[test]
fn ten_thousand_components_are_refused() {
    let (mut stage, ada) = inside();
    let many: serde_json::Map<String, Value> = (0..10_000).map(|n| (format!("c{n}"), json!(n))).collect();
    let refused = stage.call(ada, "create_entity", json!({"components": many}));
    assert_eq!(refused, Err("too_many_components".into()));
    let full: serde_json::Map<String, Value> = (0..256).map(|n| (format!("c{n}"), json!(n))).collect();
    let id = stage.create(ada, Value::Object(full));
    let update = json!({"entity": id, "components": {"c0": 1}});
    assert!(stage.call(ada, "update_components", update).is_ok());
    let update = json!({"entity": id, "components": {"one_more": 1}});
    assert_eq!(stage.call(ada, "update_components", update), Err("too_many_components".into()));
}

#[test]
fn an_update_sets_what_it_names_and_removes_what_is_null() {
    let (mut stage, ada) = inside();
    let id = stage.create(ada, json!({"a": 1, "b": 2, "c": 3}));
    let update = json!({"entity": id, "components": {"a": 5, "b": null}});
    stage.call(ada, "update_components", update).unwrap();
    let entity = stage.room.world().entity(&id).unwrap();
    assert_eq!(Value::Object(entity.to_json()), json!({"a": 5, "c": 3}));
    assert_eq!(stage.version(&id), stage.room.seq());
    let nothing = json!({"entity": id, "components": {}});
    assert_eq!(stage.call(ada, "update_components", nothing), Err("bad_payload".into()));
    let unknown = json!({"entity": "zzzzz", "components": {"a": 1}});
    assert_eq!(stage.call(ada, "update_components", unknown), Err("unknown_entity".into()));
}

#[test]
fn removing_components_takes_every_known_spelling_of_their_names() {
    let (mut stage, ada) = inside();
    let id = stage.create(ada, json!({"mesh_builder": ["box", {"size": 1}], "a": 1}));
    let remove = json!({"entity": id, "names": ["mesh_builder", "never_there"]});
    stage.call(ada, "remove_components", remove).unwrap();
    assert_eq!(Value::Object(stage.room.world().entity(&id).unwrap().to_json()), json!({"a": 1}));
    for (names, reason) in [
        (json!([]), "bad_payload"),
        (json!(["a", 5]), "bad_payload"),
        (json!(["x".repeat(100_000)]), "bad_component_name"),
        (json!(["avatar"]), "reserved_component"),
    ] {
        let remove = json!({"entity": id, "names": names});
        assert_eq!(stage.call(ada, "remove_components", remove), Err(reason.into()));
    }
}

#[test]
fn avatars_are_protected_from_everyone_else_and_from_being_things() {
    let (mut stage, ada) = inside();
    stage.enter("bob");
    let (own, other) = (avatar("ada"), avatar("bob"));
    let update = |id| json!({"entity": id, "components": {"hat": "top"}});
    assert_eq!(stage.call(ada, "update_components", update(&other)), Err("not_yours".into()));
    assert!(stage.call(ada, "update_components", update(&own)).is_ok(), "open components of one's own");
    let cases = [
        ("remove_components", json!({"entity": other, "names": ["hat"]}), "not_yours"),
        ("update_components", json!({"entity": own, "components": {"nickname": "x"}}), "reserved_component"),
        ("update_components", json!({"entity": own, "components": {"avatar": null}}), "reserved_component"),
        ("delete_entity", json!({"entity": own}), "protected"),
        ("delete_entity", json!({"entity": other}), "protected"),
        ("duplicate_entity", json!({"entity": own}), "protected"),
        ("reparent", json!({"entity": other, "parent": null}), "protected"),
        ("transact", json!({"ops": [{"op": "delete", "entity": own}]}), "protected"),
        ("transact", json!({"ops": [{"op": "set", "entity": other, "components": {"hat": 1}}]}), "not_yours"),
        ("transact", json!({"ops": [{"op": "delete", "entity": other}]}), "not_yours"),
        (
            "transact",
            json!({"ops": [{"op": "merge", "entity": own, "components": {"avatar": {"color": 5}}}]}),
            "reserved_component",
        ),
        (
            "transact",
            json!({"ops": [{"op": "unset", "entity": own, "names": ["pose"]}]}),
            "reserved_component",
        ),
        (
            "transact",
            json!({"ops": [{"op": "create", "entity": user("cyd"), "components": {}}]}),
            "bad_payload",
        ),
        (
            "transact",
            json!({"ops": [{"op": "create", "entity": "abcde", "components": {"avatar": {}}}]}),
            "reserved_component",
        ),
    ];
    let before = stage.room.world().digest();
    for (name, payload, reason) in cases {
        assert_eq!(stage.call(ada, name, payload.clone()), Err(reason.into()), "{name} {payload}");
    }
    assert_eq!(stage.room.world().digest(), before);
}

#[test]
fn nothing_hangs_on_itself() {
    let (mut stage, ada) = inside();
    let a = stage.create(ada, json!({}));
    let b = stage.create(ada, json!({"parent": {"entity": a}}));
    let c = stage.create(ada, json!({"parent": b}));
    for (id, parent) in [(&a, &c), (&a, &b), (&a, &a)] {
        let reparent = json!({"entity": id, "parent": parent});
        assert_eq!(stage.call(ada, "reparent", reparent), Err("cyclic_parent".into()));
        let update = json!({"entity": id, "components": {"parent": {"entity": parent}}});
        assert_eq!(stage.call(ada, "update_components", update), Err("cyclic_parent".into()));
        let ops = json!({"ops": [{"op": "set", "entity": id, "components": {"parent": {"entity": parent}}}]});
        assert_eq!(stage.call(ada, "transact", ops), Err("cyclic_parent".into()));
    }
    let itself = json!({"entity": "selfy", "components": {"parent": {"entity": "selfy"}}});
    assert_eq!(stage.call(ada, "create_entity", itself), Err("cyclic_parent".into()));
    assert_eq!(
        stage.call(ada, "reparent", json!({"entity": c, "parent": null})),
        Ok(json!({"seq": 6, "entity": c}))
    );
    assert_eq!(stage.value(&c, "parent"), Value::Null);
    let unknown = json!({"entity": c, "parent": "zzzzz"});
    assert_eq!(stage.call(ada, "reparent", unknown), Err("unknown_parent".into()));
}

/// A chain of things, each hanging on the one before; returns them from the top.
fn chain(stage: &mut Stage, peer: PeerId, length: usize) -> Vec<thexr_wire::EntityId> {
    let mut ids = vec![stage.create(peer, json!({}))];
    while ids.len() < length {
        let parent = ids.last().unwrap().clone();
        ids.push(stage.create(peer, json!({"parent": {"entity": parent}})));
    }
    ids
}

#[test]
fn things_hang_on_each_other_at_most_64_deep_also_when_a_whole_group_is_hung() {
    let (mut stage, ada) = inside();
    let long = chain(&mut stage, ada, PARENT_DEPTH_MAX + 1);
    let too_deep = json!({"components": {"parent": {"entity": long.last().unwrap()}}});
    assert_eq!(stage.call(ada, "create_entity", too_deep), Err("parent_chain_too_long".into()));
    let group = chain(&mut stage, ada, 3);
    let hang = |at: usize| json!({"entity": group[0], "parent": long[at]});
    assert_eq!(stage.call(ada, "reparent", hang(PARENT_DEPTH_MAX - 2)), Err("parent_chain_too_long".into()));
    assert!(stage.call(ada, "reparent", hang(PARENT_DEPTH_MAX - 3)).is_ok());
}

#[test]
fn deleting_a_thing_deletes_things_on_it_but_not_people() {
    let (mut stage, ada) = inside();
    let lift = stage.create(ada, json!({}));
    let lamp = stage.create(ada, json!({"parent": {"entity": lift}}));
    let bulb = stage.create(ada, json!({"parent": {"entity": lamp}}));
    let ride = json!({"entity": avatar("ada"), "components": {"parent": {"entity": lift}}});
    stage.call(ada, "update_components", ride).unwrap();
    let hat = stage.create(ada, json!({"parent": {"entity": avatar("ada")}}));
    stage.call(ada, "delete_entity", json!({"entity": lift})).unwrap();
    assert!([&lift, &lamp, &bulb].iter().all(|id| !stage.exists(id)));
    assert!(stage.exists(&avatar("ada")) && stage.exists(&hat));
    assert_eq!(stage.value(&avatar("ada"), "parent"), Value::Null);
    assert_eq!(stage.call(ada, "delete_entity", json!({"entity": lift})), Err("unknown_entity".into()));
}

/// A thing with `count` things on it.
fn group(stage: &mut Stage, peer: PeerId, count: usize, components: Value) -> thexr_wire::EntityId {
    let root = stage.create(peer, components);
    let mut left = count;
    while left > 0 {
        let part = left.min(2_000);
        let create = |n| json!({"op": "create", "entity": format!("g{n:06}"), "components": {"parent": {"entity": root}}});
        let ops: Vec<Value> = (left - part..left).map(create).collect();
        stage.call(peer, "transact", json!({"ops": ops})).unwrap();
        left -= part;
    }
    root
}

#[test]
fn a_group_too_large_for_one_event_is_neither_deleted_nor_copied() {
    let (mut stage, ada) = inside();
    let root = group(&mut stage, ada, 2_000, json!({}));
    for name in ["delete_entity", "duplicate_entity"] {
        assert_eq!(stage.call(ada, name, json!({"entity": root})), Err("too_many_ops".into()));
    }
}

#[test]
fn a_group_that_ends_is_deleted_whole_however_large_it_is() {
    let (mut stage, ada) = inside();
    let before = stage.room.world().entities().len();
    group(&mut stage, ada, 4_500, json!({"ttl": 5_000}));
    stage.tick_after(5_000);
    assert!(stage.room.world().entities().len() > before, "no tick ends more than two events hold");
    stage.tick();
    assert_eq!(stage.room.world().entities().len(), before);
    assert!(stage.journal.iter().all(|event| event.ops.len() <= 2_000));
}

#[test]
fn a_copy_of_a_group_hangs_together_like_the_original() {
    let (mut stage, ada) = inside();
    let base = stage.create(ada, json!({}));
    let table = stage.create(ada, json!({"position": [1, 2, 3], "parent": {"entity": base}}));
    let cup = stage.create(
        ada,
        json!({"parent": {"entity": table, "node": "top"}, "position": [0, 1, 0], "keep_while": table}),
    );
    let made = stage.call(ada, "duplicate_entity", json!({"entity": table})).unwrap();
    let copy = entity(made["entity"].as_str().unwrap());
    assert_eq!(stage.value(&copy, "parent"), json!({"entity": base}));
    assert!(close(&stage.value(&copy, "position"), [1.5, 2.0, 3.5]), "beside the original");
    let children: Vec<_> = stage.room.world().children(&copy).cloned().collect();
    assert_eq!(children.len(), 1);
    assert_ne!(children[0], cup);
    assert_eq!(stage.value(&children[0], "parent"), json!({"entity": copy, "node": "top"}));
    assert_eq!(
        stage.value(&children[0], "keep_while"),
        json!(copy),
        "the copy lives while its own table does"
    );
    let placed = json!({"entity": table, "position": [9, 0, 9]});
    let made = stage.call(ada, "duplicate_entity", placed).unwrap();
    assert_eq!(stage.value(&entity(made["entity"].as_str().unwrap()), "position"), json!([9, 0, 9]));
    let bad = json!({"entity": table, "position": [9, 0]});
    assert_eq!(stage.call(ada, "duplicate_entity", bad), Err("bad_component".into()));
}

#[test]
fn what_a_departing_person_held_stays_where_it_was() {
    let (mut stage, ada) = inside();
    let quarter_turn = [0.0, std::f32::consts::FRAC_1_SQRT_2, 0.0, std::f32::consts::FRAC_1_SQRT_2];
    let [qx, qy, qz, qw] = quarter_turn;
    let pose = Pose {
        head: [10.0, 1.8, 0.0, qx, qy, qz, qw],
        left: Some([9.5, 1.2, 0.3, 0.0, 0.0, 0.0, 1.0]),
        ..Pose::standing([0.0; 3])
    };
    let on_head = stage.create(ada, json!({"parent": {"entity": avatar("ada")}, "position": [0, 0, 2]}));
    let in_hand = stage
        .create(ada, json!({"parent": {"entity": avatar("ada"), "node": "left"}, "position": [0, 0.1, 0]}));
    stage.room.pose(PoseInput {
        peer: ada,
        sample_ms: None,
        marks: Marks::default(),
        pose,
        hands: Hands::default(),
    });
    stage.tick();
    stage.leave(ada);
    stage.tick();
    let head = stage.value(&on_head, "position");
    assert!(close(&head, [12.0, 1.8, 0.0]), "a quarter turn about Y takes +Z to +X: {head}");
    assert!((stage.value(&on_head, "rotation")[1].as_f64().unwrap() - f64::from(qy)).abs() < 1e-4);
    assert!(close(&stage.value(&in_hand, "position"), [9.5, 1.3, 0.3]));
    assert_eq!(stage.value(&on_head, "parent"), Value::Null);
    assert_eq!(stage.last_event().name, "user_left");
}

/// Pairs of a thing and its children in a row, as ops of transactions.
fn row_of(stage: &mut Stage, peer: PeerId, root: &str, count: usize) {
    let create = |n| json!({"op": "create", "entity": format!("{root}{n:05}"), "components": {"parent": {"entity": root}}});
    for first in (0..count).step_by(1_000) {
        let ops: Vec<Value> = (first..count.min(first + 1_000)).map(create).collect();
        stage.call(peer, "transact", json!({"ops": ops})).unwrap();
    }
}

#[test]
fn a_thing_with_more_on_it_than_one_command_changes_is_not_hung_elsewhere_but_what_is_on_it_is() {
    let (mut stage, ada) = inside();
    for id in ["house", "garden", "cart1"] {
        stage.call(ada, "create_entity", json!({"entity": id, "components": {}})).unwrap();
    }
    row_of(&mut stage, ada, "house", 2_500);
    row_of(&mut stage, ada, "cart1", 2_000);
    let parent = |id: &str, parent: &str| json!({"entity": id, "parent": parent});
    let transact = |id: &str, parent: &str| json!({"ops": [{"op": "set", "entity": id, "components": {"parent": {"entity": parent}}}]});
    assert_eq!(stage.call(ada, "reparent", parent("house", "garden")), Err("too_many_ops".into()));
    assert_eq!(stage.call(ada, "transact", transact("house", "garden")), Err("too_many_ops".into()));
    assert!(stage.call(ada, "reparent", parent("cart1", "garden")).is_ok());
    assert!(stage.call(ada, "reparent", parent("cart1", "house")).is_ok());
    assert!(stage.call(ada, "transact", transact("house00001", "house00002")).is_ok());
    assert!(stage.call(ada, "transact", transact("house00003", "garden")).is_ok());
    let color = json!({"ops": [{"op": "set", "entity": "house", "components": {"color": "#000000"}}]});
    assert!(stage.call(ada, "transact", color).is_ok(), "its place is not asked about");
}

// Rule 6.4
#[test]
fn what_games_count_is_nobodys_to_write_remove_or_copy_but_theirs_to_ask_for() {
    let (mut stage, ada) = inside();
    let thing = stage.create(ada, json!({"n": 1}));
    let own = avatar("ada");
    for name in [
        "health",
        "armour",
        "ammo",
        "status",
        "score",
        "points",
        "inventory",
        "occupied",
        "occupied_by",
        "sitting",
        "sitting_on",
        "held_by",
        "owned_by",
        "door_state",
        "role",
        "muted",
    ] {
        for id in [&thing, &own] {
            let cases = [
                ("create_entity", json!({"components": {name: 5}})),
                ("update_components", json!({"entity": id, "components": {name: 5}})),
                ("update_components", json!({"entity": id, "components": {name: null}})),
                ("remove_components", json!({"entity": id, "names": ["n", name]})),
                ("transact", json!({"ops": [{"op": "create", "entity": "mine1", "components": {name: 5}}]})),
                ("transact", json!({"ops": [{"op": "set", "entity": id, "components": {name: 5}}]})),
                ("transact", json!({"ops": [{"op": "merge", "entity": id, "components": {name: {"a": 1}}}]})),
                ("transact", json!({"ops": [{"op": "inc", "entity": id, "components": {name: 5}}]})),
                ("transact", json!({"ops": [{"op": "dec_min", "entity": id, "components": {name: [5, 0]}}]})),
                ("transact", json!({"ops": [{"op": "push", "entity": id, "component": name, "value": 5}]})),
                ("transact", json!({"ops": [{"op": "pop", "entity": id, "component": name}]})),
                (
                    "transact",
                    json!({"ops": [{"op": "index_set", "entity": id, "component": name, "index": 0, "value": 5}]}),
                ),
                ("transact", json!({"ops": [{"op": "unset", "entity": id, "names": ["n", name]}]})),
            ];
            for (command, payload) in cases {
                assert_eq!(
                    stage.call(ada, command, payload.clone()),
                    Err("server_only".into()),
                    "{command} {payload}"
                );
            }
        }
    }
    let write = json!({"entity": thing, "components": {"score": 7}});
    assert!(
        stage.act(Actor::Rule(thing.clone()), "update_components", write).is_ok(),
        "rules keep the score"
    );
    let inc = json!({"ops": [{"op": "inc", "entity": avatar("ada"), "components": {"score": 1}}]});
    assert!(stage.act(Actor::Rule(thing.clone()), "transact", inc).is_ok(), "also that of people");
    let asked = json!({"ops": [{"op": "set", "entity": thing, "components": {"won": true}}],
        "conditions": [{"entity": thing, "component": "score", "equals": 7}]});
    assert!(stage.call(ada, "transact", asked).is_ok());
    let copy = stage.call(ada, "duplicate_entity", json!({"entity": thing})).unwrap();
    let copy = entity(copy["entity"].as_str().unwrap());
    assert_eq!((stage.value(&copy, "score"), stage.value(&copy, "won")), (Value::Null, json!(true)));
    assert!(stage.call(ada, "delete_entity", json!({"entity": thing})).is_ok());
}

// Rule 6.6
#[test]
fn what_is_locked_stays_as_it_is_until_it_is_unlocked() {
    let (mut stage, ada) = inside();
    let floor = stage.create(ada, json!({"color": "#FF0000", "locked": true}));
    let below = stage.create(ada, json!({}));
    let ball = stage.create(ada, json!({"parent": {"entity": below}, "locked": true}));
    let locked = || Err("locked".to_owned());
    let attempts = [
        ("update_components", json!({"entity": floor, "components": {"color": "#00FF00"}})),
        ("update_components", json!({"entity": floor, "components": {"color": "#00FF00", "locked": false}})),
        ("remove_components", json!({"entity": floor, "names": ["color"]})),
        ("delete_entity", json!({"entity": floor})),
        ("delete_entity", json!({"entity": below})),
        ("reparent", json!({"entity": floor, "parent": {"entity": below}})),
        ("add_interaction", json!({"entity": floor, "interaction": "grab"})),
        ("transact", json!({"ops": [{"op": "set", "entity": floor, "components": {"color": "#00FF00"}}]})),
        ("transact", json!({"ops": [{"op": "delete", "entity": ball}]})),
    ];
    for (command, payload) in attempts {
        assert_eq!(stage.call(ada, command, payload.clone()), locked(), "{command} {payload}");
    }
    assert_eq!(stage.value(&floor, "color"), json!("#FF0000"));
    let copy = stage.call(ada, "duplicate_entity", json!({"entity": floor})).unwrap();
    let copy = entity(copy["entity"].as_str().unwrap());
    assert_eq!(stage.value(&copy, "locked"), Value::Null, "a copy is free");
    stage.call(ada, "update_components", json!({"entity": floor, "components": {"locked": false}})).unwrap();
    stage
        .call(ada, "update_components", json!({"entity": floor, "components": {"color": "#00FF00"}}))
        .unwrap();
    stage.call(ada, "remove_components", json!({"entity": ball, "names": ["locked"]})).unwrap();
    stage.call(ada, "delete_entity", json!({"entity": below})).unwrap();
    assert!(!stage.exists(&ball));
}

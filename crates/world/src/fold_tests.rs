//! Behaviour of the fold.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const AT: Stamp = Stamp { seq: 1, at_ms: 0 };

fn op(value: Value) -> Op {
    serde_json::from_value(value).unwrap()
}

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

fn world(ops: &[Value]) -> World {
    let mut world = World::default();
    let ops: Vec<Op> = ops.iter().cloned().map(op).collect();
    world.fold(AT, &ops, &NoStates).unwrap();
    world
}

fn box_with(components: Value) -> World {
    world(&[json!({"op": "create", "entity": "aaaaa", "components": components})])
}

fn after(mut world: World, change: Value) -> Result<Value, FoldError> {
    world.fold(Stamp { seq: 2, at_ms: 0 }, &[op(change)], &NoStates)?;
    Ok(Value::Object(world.entity(&id("aaaaa")).unwrap().to_json()))
}

// Rule 3.3
#[test]
fn every_op_changes_what_it_says() {
    let cases = [
        (json!({"a": 1}), json!({"op": "set", "components": {"a": 2, "b": 3}}), json!({"a": 2, "b": 3})),
        (
            json!({"a": {"x": 1, "y": 2}}),
            json!({"op": "merge", "components": {"a": {"x": null, "z": 3}}}),
            json!({"a": {"y": 2, "z": 3}}),
        ),
        (json!({"a": 1, "b": 2}), json!({"op": "unset", "names": ["a", "nothing"]}), json!({"b": 2})),
        (json!({"a": 1}), json!({"op": "inc", "components": {"a": 2, "b": 5}}), json!({"a": 3, "b": 5})),
        (json!({"a": 1}), json!({"op": "dec", "components": {"a": 0.5}}), json!({"a": 0.5})),
        (json!({"a": 18}), json!({"op": "inc_max", "components": {"a": [5, 20]}}), json!({"a": 20})),
        (json!({"a": 25}), json!({"op": "inc_max", "components": {"a": [5, 20]}}), json!({"a": 25})),
        (json!({"a": 3}), json!({"op": "dec_min", "components": {"a": [5, 0]}}), json!({"a": 0})),
        (json!({}), json!({"op": "push", "component": "l", "value": 1}), json!({"l": [1]})),
        (json!({"l": [1, 2]}), json!({"op": "pop", "component": "l"}), json!({"l": [1]})),
        (
            json!({"l": [1, 2]}),
            json!({"op": "index_set", "component": "l", "index": 1, "value": 9}),
            json!({"l": [1, 9]}),
        ),
    ];
    for (before, mut change, expected) in cases {
        change["entity"] = json!("aaaaa");
        assert_eq!(after(box_with(before), change.clone()), Ok(expected), "{change}");
    }
}

#[test]
fn ops_that_cannot_apply_say_why() {
    let cases = [
        (json!({"op": "delete", "entity": "zzzzz"}), "unknown_entity"),
        (json!({"op": "create", "entity": "aaaaa", "components": {}}), "id_taken"),
        (json!({"op": "inc", "entity": "aaaaa", "components": {"t": 1}}), "bad_component"),
        (json!({"op": "push", "entity": "aaaaa", "component": "t", "value": 1}), "bad_component"),
        (
            json!({"op": "index_set", "entity": "aaaaa", "component": "l", "index": 5, "value": 1}),
            "bad_component",
        ),
        (
            json!({"op": "set", "entity": "aaaaa", "components": {"t": "x".repeat(COMPONENT_BYTES_MAX)}}),
            "component_too_large",
        ),
        (
            json!({"op": "set", "entity": "aaaaa", "components": {"t": vec![0; COMPONENT_NODES_MAX]}}),
            "too_many_nodes",
        ),
        (
            json!({"op": "merge", "entity": "aaaaa", "components": {"n": {"deep": [vec![json!({}); COMPONENT_NODES_MAX - 2]]}}}),
            "too_many_nodes",
        ),
        (json!({"op": "load", "snapshot": "00"}), "snapshot_not_found"),
    ];
    for (change, reason) in cases {
        let error = after(box_with(json!({"t": "text", "l": []})), change.clone()).unwrap_err();
        assert_eq!(error.reason(), reason, "{change}");
    }
}

#[test]
fn the_257th_component_is_refused_and_nothing_has_changed() {
    let many: Map<String, Value> = (0..257).map(|n| (format!("c{n}"), json!(n))).collect();
    let before = box_with(json!({"a": 1}));
    let mut world = before.clone();
    let ops = [
        op(json!({"op": "set", "entity": "aaaaa", "components": {"a": 2}})),
        op(json!({"op": "set", "entity": "aaaaa", "components": many})),
    ];
    assert_eq!(world.fold(AT, &ops, &NoStates).unwrap_err(), FoldError::TooManyComponents);
    assert_eq!(world, before);
}

#[test]
fn a_clone_is_not_changed_by_later_ops() {
    let mut world = box_with(json!({"a": 1}));
    let clone = world.clone();
    world
        .fold(AT, &[op(json!({"op": "set", "entity": "aaaaa", "components": {"a": 2}}))], &NoStates)
        .unwrap();
    assert_eq!(clone.entity(&id("aaaaa")).unwrap().value("a"), Some(&json!(1)));
}

#[test]
fn relations_follow_the_components() {
    let mut world = world(&[
        json!({"op": "create", "entity": "aaaaa", "components": {}}),
        json!({"op": "create", "entity": "bbbbb", "components": {"parent": {"entity": "aaaaa"}, "keep_while": "aaaaa", "ttl": 100}}),
    ]);
    assert_eq!(world.children(&id("aaaaa")).collect::<Vec<_>>(), [&id("bbbbb")]);
    assert_eq!(world.kept_by(&id("aaaaa")).collect::<Vec<_>>(), [&id("bbbbb")]);
    assert_eq!((world.expired(99).count(), world.expired(100).count()), (0, 1));
    let unset = op(json!({"op": "unset", "entity": "bbbbb", "names": ["parent", "keep_while", "ttl"]}));
    world.fold(AT, &[unset], &NoStates).unwrap();
    assert_eq!(world.children(&id("aaaaa")).count() + world.kept_by(&id("aaaaa")).count(), 0);
    assert_eq!(world.expired(1_000).count(), 0);
}

#[test]
fn a_load_replaces_everything_but_people() {
    let saved = world(&[
        json!({"op": "create", "entity": "aaaaa", "components": {"n": 1, "ttl": 50}}),
        json!({"op": "create", "entity": "gone5", "components": {"avatar": {}}}),
    ]);
    let states = BTreeMap::from([("hash".to_owned(), Arc::new(saved))]);
    let mut now = world(&[
        json!({"op": "create", "entity": "bbbbb", "components": {"n": 2}}),
        json!({"op": "create", "entity": "here5", "components": {"avatar": {}}}),
    ]);
    let before = now.clone();
    let undo =
        now.fold(Stamp { seq: 9, at_ms: 1000 }, &[Op::Load { snapshot: "hash".into() }], &states).unwrap();
    assert_eq!(now.entities().keys().map(EntityId::as_str).collect::<Vec<_>>(), ["aaaaa", "here5"]);
    assert_eq!(now.version(now.entity(&id("aaaaa")).unwrap()), 9);
    assert_eq!(now.expired(1050).count(), 1, "its life begins anew");
    assert_eq!(now.inverse(&undo), None);
    now.roll_back(undo);
    assert_eq!(now, before);
}

#[test]
fn ops_after_a_load_roll_back_with_it() {
    let saved = world(&[json!({"op": "create", "entity": "aaaaa", "components": {"n": 1}})]);
    let states = BTreeMap::from([("hash".to_owned(), Arc::new(saved))]);
    let mut now = world(&[json!({"op": "create", "entity": "aaaaa", "components": {"n": 2}})]);
    let before = now.clone();
    let ops = [
        Op::Load { snapshot: "hash".into() },
        op(json!({"op": "set", "entity": "aaaaa", "components": {"n": 3}})),
        op(json!({"op": "delete", "entity": "zzzzz"})),
    ];
    assert_eq!(now.fold(AT, &ops, &states).unwrap_err().reason(), "unknown_entity");
    assert_eq!(now, before);
}

#[test]
fn a_load_that_with_the_people_here_exceeds_the_room_is_refused() {
    let mut saved = World::default();
    for n in 0..ROOM_ENTITIES_MAX {
        saved.put_row(id(&format!("e{n:05}")), 1, Map::new());
    }
    let states = BTreeMap::from([("hash".to_owned(), Arc::new(saved))]);
    let mut now = world(&[json!({"op": "create", "entity": "here5", "components": {"avatar": {}}})]);
    let before = now.clone();
    let error = now.fold(AT, &[Op::Load { snapshot: "hash".into() }], &states).unwrap_err();
    assert_eq!(error, FoldError::TooManyEntities);
    assert_eq!(now, before);
}

#[test]
fn an_inverse_beyond_its_limit_is_not_kept() {
    let mut world = box_with(json!({}));
    let big: Map<String, Value> = (0..3).map(|n| (format!("c{n}"), json!("x".repeat(30_000)))).collect();
    world.fold(AT, &[Op::Set { entity: id("aaaaa"), components: big }], &NoStates).unwrap();
    let undo = world.fold(AT, &[Op::Delete { entity: id("aaaaa") }], &NoStates).unwrap();
    assert_eq!(world.inverse(&undo), None);
}

#[test]
fn little_ops_that_replace_much_have_no_inverse_and_those_beside_much_have() {
    let mut world = box_with(json!({}));
    let big: Map<String, Value> = (0..3).map(|n| (format!("c{n}"), json!("x".repeat(30_000)))).collect();
    world.fold(AT, &[Op::Set { entity: id("aaaaa"), components: big.clone() }], &NoStates).unwrap();
    let little: Map<String, Value> = big.keys().map(|name| (name.clone(), json!(1))).collect();
    let beside = Map::from_iter([("note".to_owned(), json!(1))]);
    let undo = world.fold(AT, &[Op::Set { entity: id("aaaaa"), components: beside }], &NoStates).unwrap();
    assert_eq!(world.inverse(&undo).map(|ops| ops.len()), Some(1));
    let names = vec!["c0".into(), "c1".into(), "c2".into()];
    for op in [Op::Set { entity: id("aaaaa"), components: little }, Op::Unset { entity: id("aaaaa"), names }]
    {
        let mut now = world.clone();
        let undo = now.fold(AT, &[op], &NoStates).unwrap();
        assert_eq!(now.inverse(&undo), None);
    }
}

fn any_op() -> impl Strategy<Value = Op> {
    let entity = prop::sample::select(vec!["aaaaa", "bbbbb", "ccccc"]);
    let name = prop::sample::select(vec!["n", "list", "parent", "ttl"]);
    let value = prop::sample::select(vec![
        json!(1),
        json!(2.5),
        json!([1]),
        json!({"entity": "aaaaa"}),
        json!({"k": 1}),
        json!("text"),
    ]);
    (0..9u8, entity, name, value).prop_map(|(kind, entity, name, value)| {
        let components = json!({name: value});
        op(match kind {
            0 | 1 => json!({"op": "create", "entity": entity, "components": components}),
            2 => json!({"op": "delete", "entity": entity}),
            3 => json!({"op": "set", "entity": entity, "components": components}),
            4 => json!({"op": "merge", "entity": entity, "components": components}),
            5 => json!({"op": "unset", "entity": entity, "names": [name]}),
            6 => json!({"op": "inc", "entity": entity, "components": components}),
            7 => json!({"op": "push", "entity": entity, "component": name, "value": value}),
            _ => json!({"op": "pop", "entity": entity, "component": name}),
        })
    })
}

/// A component of 4,096 small objects: some 28 KB of text.
fn swollen() -> Value {
    json!(vec![json!({"": 0}); COMPONENT_NODES_MAX / 2 - 1])
}

/// A world that takes almost all the memory that a room may take, and little text.
fn full() -> World {
    let mut world = World::default();
    let mut entity = Entity::default();
    entity.set("swollen".into(), Arc::new(swollen()), 1, 0);
    let entity = Arc::new(entity);
    for n in 0..ROOM_MEMORY_BYTES_MAX / entity.memory() {
        world.put(id(&format!("e{n:05}")), Some(entity.clone()));
    }
    world
}

#[test]
fn memory_is_bounded_whatever_its_text_and_a_full_room_can_still_shrink() {
    let mut world = full();
    assert!(world.memory() <= ROOM_MEMORY_BYTES_MAX && world.bytes() < ROOM_STATE_BYTES_MAX / 8);
    let mut beyond = world.clone();
    let grow = op(json!({"op": "set", "entity": "e00000", "components": {"more": swollen()}}));
    assert_eq!(world.fold(AT, std::slice::from_ref(&grow), &NoStates).unwrap_err(), FoldError::StateTooLarge);
    beyond.fold_again(AT, &[grow], &NoStates).unwrap();
    assert!(beyond.memory() > ROOM_MEMORY_BYTES_MAX, "what has happened is not judged again");
    let shrink = op(json!({"op": "set", "entity": "e00001", "components": {"swollen": [1]}}));
    beyond.fold(AT, &[shrink], &NoStates).unwrap();
}

#[test]
fn what_was_journalled_with_more_nodes_folds_and_is_refused_anew_only_where_it_is_changed() {
    let old = json!({"op": "create", "entity": "aaaaa", "components": {"many": vec![0; 30_000], "n": 1}});
    let mut world = World::default();
    world.fold_again(AT, &[op(old)], &NoStates).unwrap();
    let set = |components: Value| op(json!({"op": "set", "entity": "aaaaa", "components": components}));
    world.fold(AT, &[set(json!({"n": 2}))], &NoStates).unwrap();
    let push = op(json!({"op": "push", "entity": "aaaaa", "component": "many", "value": 0}));
    assert_eq!(world.fold(AT, &[push], &NoStates).unwrap_err().reason(), "too_many_nodes");
    world.fold(AT, &[set(json!({"many": [1]}))], &NoStates).unwrap();
    assert_eq!(World::from_text(&world.to_text()).unwrap(), world);
}

#[test]
fn a_load_shares_the_state_and_copies_only_people_and_lives() {
    let mut saved = World::default();
    for n in 0..5_000 {
        saved.put_row(id(&format!("e{n:05}")), 1, Map::from_iter([("n".into(), json!(n))]));
    }
    let things = [
        json!({"op": "create", "entity": "ttl00", "components": {"ttl": 50}}),
        json!({"op": "create", "entity": "abcdefghij0123456789", "components": {"avatar": {}}}),
    ];
    saved.fold(AT, &things.map(op), &NoStates).unwrap();
    let states = BTreeMap::from([("hash".to_owned(), Arc::new(saved.clone()))]);
    let mut now =
        world(&[json!({"op": "create", "entity": "bbbbbbbbbbbbbbbbbbbb", "components": {"avatar": {}}})]);
    now.fold(Stamp { seq: 9, at_ms: 70 }, &[Op::Load { snapshot: "hash".into() }], &states).unwrap();
    let shared = |(key, entity): &(&EntityId, &Arc<Entity>)| {
        saved.entity(key).is_some_and(|old| Arc::ptr_eq(old, entity))
    };
    assert_eq!(now.entities().iter().filter(shared).count(), 5_000);
    assert_eq!(now.avatars().map(EntityId::as_str).collect::<Vec<_>>(), ["bbbbbbbbbbbbbbbbbbbb"]);
    assert_eq!((now.expired(119).count(), now.expired(120).count()), (0, 1));
}

proptest! {
    #[test]
    fn the_inverse_leads_back(first in prop::collection::vec(any_op(), 0..20), then in prop::collection::vec(any_op(), 1..6)) {
        let mut world = World::default();
        for op in first {
            let _ = world.fold(AT, &[op], &NoStates);
        }
        let before = world.digest();
        if let Ok(undo) = world.fold(Stamp { seq: 2, at_ms: 5 }, &then, &NoStates) {
            let inverse = world.inverse(&undo).unwrap();
            world.fold(Stamp { seq: 3, at_ms: 9 }, &inverse, &NoStates).unwrap();
        }
        prop_assert_eq!(world.digest(), before);
    }

    #[test]
    fn bytes_and_indices_are_those_of_a_world_read_back(ops in prop::collection::vec(any_op(), 0..30)) {
        let mut world = World::default();
        for op in ops {
            let _ = world.fold(AT, &[op], &NoStates);
        }
        prop_assert_eq!(World::from_text(&world.to_text()).unwrap(), world);
    }
}

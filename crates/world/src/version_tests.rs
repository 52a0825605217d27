//! Versions: they only grow, and whoever comes to a state in whatever way agrees on them.

use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

const SAVED: &str = "saved";
const IDS: [&str; 5] = ["aaaaa", "bbbbb", "ccccc", "abcdefghij0123456789", "bbbbbbbbbbbbbbbbbbbb"];

fn op(value: Value) -> Op {
    serde_json::from_value(value).unwrap()
}

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

/// Ops that apply, that fail, and that change nothing; the last two ids are people, and some have a life of some length.
fn any_op() -> impl Strategy<Value = Op> {
    let name = prop::sample::select(vec!["n", "list", "ttl", "parent", "keep_while", "color"]);
    let value = prop::sample::select(vec![
        json!(3),
        json!([1]),
        json!({"entity": "aaaaa"}),
        json!("bbbbb"),
        json!({}),
    ]);
    (0..10u8, prop::sample::select(IDS.to_vec()), name, value).prop_map(|(kind, entity, name, value)| {
        let mut components = json!({name: value});
        op(match kind {
            0..4 => {
                if kind == 3 {
                    components = json!({});
                }
                if entity.len() == 20 {
                    components["avatar"] = json!({});
                }
                json!({"op": "create", "entity": entity, "components": components})
            }
            4 => json!({"op": "delete", "entity": entity}),
            5 => json!({"op": "set", "entity": entity, "components": components}),
            6 => json!({"op": "merge", "entity": entity, "components": components}),
            7 => json!({"op": "unset", "entity": entity, "names": [name, "nothing"]}),
            8 => json!({"op": "inc", "entity": entity, "components": components}),
            _ => json!({"op": "push", "entity": entity, "component": name, "value": value}),
        })
    })
}

#[derive(Debug, Clone)]
enum Step {
    Event(Vec<Op>),
    Save,
    Load,
}

fn any_step() -> impl Strategy<Value = Step> {
    let ops = prop::collection::vec(any_op(), 1..4);
    (0..8u8, ops).prop_map(|(kind, ops)| match kind {
        0 => Step::Save,
        1 => Step::Load,
        _ => Step::Event(ops),
    })
}

fn versions(world: &World) -> BTreeMap<EntityId, u64> {
    world.entities().iter().map(|(id, entity)| (id.clone(), world.version(entity))).collect()
}

/// What a newcomer makes of the rows it is told, large entities in several.
fn joiner(world: &World) -> World {
    let mut joined = World::default();
    for (id, entity) in world.entities() {
        let version = world.version(entity);
        joined.put_row(id.clone(), version, Map::new());
        for (name, value) in entity.to_json() {
            joined.put_row(id.clone(), version, Map::from_iter([(name, value)]));
        }
    }
    joined
}

/// What a `load` means, done one by one.
fn loaded_one_by_one(world: &World, stamp: Stamp, state: &World) -> World {
    let mut loaded = World::default();
    for (id, entity) in world.entities().iter().filter(|(_, entity)| entity.is_avatar()) {
        loaded.put(id.clone(), Some(entity.clone()));
    }
    for (id, stored) in state.entities().iter().filter(|(_, entity)| !entity.is_avatar()) {
        let mut entity = Entity::new(stamp.seq);
        for (name, component) in stored.components() {
            entity.set(name.clone(), component.value.clone(), stamp.seq, stamp.at_ms);
        }
        loaded.put(id.clone(), Some(Arc::new(entity)));
    }
    loaded
}

fn step(world: &mut World, seq: u64, ops: &[Op], states: &dyn States) -> bool {
    world.fold(Stamp { seq, at_ms: 10 * seq as i64 }, ops, states).is_ok()
}

#[test]
fn removing_a_component_is_a_change_and_removing_nothing_is_none() {
    let mut world = World::default();
    step(&mut world, 1, &[op(json!({"op": "create", "entity": "aaaaa", "components": {"a": 1}}))], &NoStates);
    step(&mut world, 2, &[op(json!({"op": "set", "entity": "aaaaa", "components": {"b": 1}}))], &NoStates);
    let version = |world: &World| world.version(world.entity(&id("aaaaa")).unwrap());
    step(&mut world, 3, &[op(json!({"op": "unset", "entity": "aaaaa", "names": ["b"]}))], &NoStates);
    assert_eq!(version(&world), 3);
    step(&mut world, 4, &[op(json!({"op": "unset", "entity": "aaaaa", "names": ["b", "c"]}))], &NoStates);
    assert_eq!(version(&world), 3);
    step(&mut world, 5, &[op(json!({"op": "unset", "entity": "aaaaa", "names": ["a"]}))], &NoStates);
    assert_eq!(version(&world), 5, "also when nothing is left");
    let again = [
        op(json!({"op": "delete", "entity": "aaaaa"})),
        op(json!({"op": "create", "entity": "aaaaa", "components": {}})),
    ];
    step(&mut world, 6, &again, &NoStates);
    assert_eq!((version(&world), version(&World::from_text(&world.to_text()).unwrap())), (6, 6));
}

#[test]
fn a_stored_text_says_the_version_only_where_the_seqs_do_not_and_old_texts_are_read() {
    let mut world = World::default();
    let create = json!({"op": "create", "entity": "aaaaa", "components": {"a": 1, "b": 2}});
    step(&mut world, 1, &[op(create)], &NoStates);
    let old = r#"{"entities":{"aaaaa":{"components":{"a":1,"b":2},"seqs":{"a":1,"b":1}}}}"#;
    assert_eq!(world.to_text(), old);
    assert_eq!(versions(&World::from_text(old).unwrap()), versions(&world));
    step(&mut world, 2, &[op(json!({"op": "unset", "entity": "aaaaa", "names": ["b"]}))], &NoStates);
    assert_eq!(
        world.to_text(),
        r#"{"entities":{"aaaaa":{"components":{"a":1},"seqs":{"a":1},"version":2}}}"#
    );
}

proptest! {
    #[test]
    fn room_replica_newcomer_and_restarted_room_agree_and_nothing_goes_back(steps in prop::collection::vec(any_step(), 1..40)) {
        let (mut room, mut replica, mut late) = (World::default(), World::default(), World::default());
        let mut states: BTreeMap<String, Arc<World>> = BTreeMap::from([(SAVED.into(), Arc::default())]);
        let mut newest: BTreeMap<EntityId, u64> = BTreeMap::new();
        for (at, taken) in steps.into_iter().enumerate() {
            let seq = at as u64 + 1;
            match taken {
                Step::Save => drop(states.insert(SAVED.into(), Arc::new(World::from_text(&room.to_text()).unwrap()))),
                Step::Load => {
                    step(&mut room, seq, &[Op::Load { snapshot: SAVED.into() }], &states);
                    replica = joiner(&room);
                    late = joiner(&room);
                }
                Step::Event(ops) => {
                    if step(&mut room, seq, &ops, &states) {
                        prop_assert!(step(&mut replica, seq, &ops, &NoStates));
                        prop_assert!(step(&mut late, seq, &ops, &NoStates));
                    }
                }
            }
            let now = versions(&room);
            prop_assert_eq!(&versions(&replica), &now, "by patches");
            prop_assert_eq!(&versions(&late), &now, "from a snapshot, then by patches");
            prop_assert_eq!(&versions(&joiner(&room)), &now, "from a snapshot");
            let restarted = World::from_text(&room.to_text()).unwrap();
            prop_assert_eq!(&versions(&restarted), &now, "after a restart");
            prop_assert_eq!(&restarted, &room);
            for (id, version) in &now {
                prop_assert!(newest.get(id).is_none_or(|before| before <= version), "{} went back", id);
            }
            newest.extend(now);
            if at % 7 == 3 {
                late = joiner(&room);
            }
        }
    }

    #[test]
    fn a_shared_load_is_what_loading_one_by_one_is(
        saved in prop::collection::vec(any_op(), 0..25),
        before in prop::collection::vec(any_op(), 0..25),
        after in prop::collection::vec(any_op(), 0..15),
        again in any::<bool>(),
    ) {
        let (mut state, mut shared) = (World::default(), World::default());
        for op in saved {
            step(&mut state, 1, &[op], &NoStates);
        }
        for op in before {
            step(&mut shared, 2, &[op], &NoStates);
        }
        let states = BTreeMap::from([(SAVED.to_owned(), Arc::new(state.clone()))]);
        let mut copied = shared.clone();
        for seq in if again { vec![3, 9] } else { vec![3] } {
            let load = Op::Load { snapshot: SAVED.into() };
            prop_assert!(step(&mut shared, seq, &[load], &states));
            copied = loaded_one_by_one(&copied, Stamp { seq, at_ms: 10 * seq as i64 }, &state);
            for op in &after {
                let applied = step(&mut shared, seq + 1, std::slice::from_ref(op), &states);
                prop_assert_eq!(step(&mut copied, seq + 1, std::slice::from_ref(op), &NoStates), applied);
            }
            prop_assert_eq!(&shared, &copied);
            prop_assert_eq!(shared.to_text(), copied.to_text());
            prop_assert_eq!(shared.digest(), copied.digest());
            prop_assert_eq!(versions(&shared), versions(&copied));
            prop_assert!(shared.expired(200).eq(copied.expired(200)));
        }
    }
}

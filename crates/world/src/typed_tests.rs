use super::*;
use crate::fold::{NoStates, Stamp, World};
use crate::op::Op;
use crate::{Entity, schema};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use thexr_wire::EntityId;

const NAMES: [&str; 10] =
    ["spin", "animate", "shape", "body", "collider", "holdable", "seat", "flight", "hinge", "color"];

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

fn shape(value: Value) -> (ShapeKind, [f32; 3]) {
    let shape = Shape::parse(&value).unwrap();
    (shape.kind, shape.size)
}

#[test]
fn a_shape_is_as_large_as_the_scene_draws_it() {
    let cases = [
        (json!({"kind": "box", "size": 2, "height": 3}), (ShapeKind::Box, [2.0, 3.0, 2.0])),
        (json!({"kind": "sphere", "diameter": 2, "diameterY": 1}), (ShapeKind::Sphere, [2.0, 1.0, 2.0])),
        (json!({"kind": "cylinder", "diameterTop": 3}), (ShapeKind::Cylinder, [3.0, 2.0, 3.0])),
        (json!({"kind": "cone", "diameter": 2, "height": 1}), (ShapeKind::Cone, [2.0, 1.0, 2.0])),
        (json!({"kind": "capsule", "radius": 1, "height": 1}), (ShapeKind::Capsule, [2.0, 2.0, 2.0])),
        (json!({"kind": "plane", "size": 2}), (ShapeKind::Plane, [2.0, 2.0, 0.0])),
        (json!({"kind": "ground", "width": 4, "height": -5}), (ShapeKind::Ground, [4.0, 0.0, 5.0])),
    ];
    for (value, expected) in cases {
        assert_eq!(shape(value), expected);
    }
    assert_eq!(Shape::parse(&json!({"kind": "teapot"})), None);
}

#[test]
fn every_word_the_schema_allows_is_understood() {
    for kind in schema::SHAPES {
        assert!(Shape::parse(&json!({"kind": kind})).is_some(), "{kind}");
    }
    for motion in ["static", "kinematic", "dynamic"] {
        let body = schema::check("body", json!(motion)).unwrap();
        assert!(Body::parse(&body).is_some(), "{motion}");
    }
    for shape in ["box", "sphere", "capsule", "cylinder", "convex", "trimesh"] {
        let collider = schema::check("collider", json!({"shape": shape})).unwrap();
        assert!(Collider::parse(&collider).is_some(), "{shape}");
    }
}

#[test]
fn what_is_missing_is_what_the_schema_says_is_taken() {
    let nothing = json!({});
    let body = Body::parse(&nothing).unwrap();
    let seat = Seat::parse(&nothing).unwrap();
    let default = |component: &str, field: &str| {
        let known = schema::components().iter().find(|known| known.name == component).unwrap();
        let schema::Kind::Object(object) = known.kind else { panic!("{component} is an object") };
        let field = object.fields.iter().find(|known| known.name == field).unwrap();
        serde_json::from_str::<f32>(field.default).unwrap()
    };
    assert_eq!(body.motion, Motion::Dynamic);
    assert_eq!(body.mass, default("body", "mass"));
    assert_eq!(body.friction, default("body", "friction"));
    assert_eq!(body.restitution, default("body", "restitution"));
    assert_eq!(body.gravity_factor, default("body", "gravityFactor"));
    assert_eq!(seat.angle, default("seat", "angle"));
    assert!(!Collider::parse(&json!(false)).unwrap().solid && Collider::parse(&json!(true)).unwrap().solid);
    assert_eq!(Holdable::parse(&json!(false)), None);
    let held = |value: Value| Holdable::parse(&value).unwrap();
    assert_eq!(held(json!({"offset": {}})).offset.unwrap().rotation, [0.0, 0.0, 0.0, 1.0]);
    assert_eq!((held(nothing).offset, held(json!(true)).policy), (None, Policy::Allow));
}

#[test]
fn an_entity_without_typed_components_pays_nothing() {
    let mut typed = None;
    Typed::read(&mut typed, "color", Some(&json!("#FF0000")));
    Typed::read(&mut typed, "seat", Some(&json!(5)));
    assert_eq!(typed, None);
    Typed::read(&mut typed, "seat", Some(&json!({})));
    assert!(typed.as_ref().is_some_and(|typed| typed.memory() < 512));
    Typed::read(&mut typed, "seat", None);
    assert_eq!(typed, None);
    assert!(size_of::<Option<Arc<Typed>>>() == size_of::<usize>());
}

/// What parsing an entity's components anew gives.
fn anew(entity: &Entity) -> Typed {
    Typed {
        spin: entity.value("spin").and_then(numbers),
        shape: entity.value("shape").and_then(Shape::parse),
        body: entity.value("body").and_then(Body::parse),
        collider: entity.value("collider").and_then(Collider::parse),
        holdable: entity.value("holdable").and_then(Holdable::parse),
        seat: entity.value("seat").and_then(Seat::parse).map(Box::new),
        flight: entity.value("flight").and_then(Flight::parse).map(Box::new),
        hinge: entity.value("hinge").and_then(Hinge::parse).map(Box::new),
        animate: entity.value("animate").and_then(Animate::parse).map(Box::new),
    }
}

fn held(entity: &Entity) -> Typed {
    Typed {
        spin: entity.spin(),
        shape: entity.shape().copied(),
        body: entity.body().copied(),
        collider: entity.collider().cloned(),
        holdable: entity.holdable().copied(),
        seat: entity.seat().copied().map(Box::new),
        flight: entity.flight().copied().map(Box::new),
        hinge: entity.hinge().copied().map(Box::new),
        animate: entity.animate().copied().map(Box::new),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!([0, 1, 0]),
        json!(true),
        json!(5),
        json!({}),
        json!({"kind": "box", "size": 2}),
        json!({"height": 3}),
        json!({"velocity": [1, 2, 3]}),
        json!({"axis": [0, 0, 2], "least": -1, "most": 1}),
        json!({"axis": [0, 0, 0]}),
        json!({"motion": "static", "mass": 7}),
        json!({"shape": "sphere", "radius": 0.5}),
        json!({"shape": "convex", "points": [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]}),
        json!({"offset": {"position": [1, 2, 3], "rotation": [0, 2, 0, 0]}}),
        json!({"to": {"position": [1, 2, 3]}, "start_ms": 5, "duration_ms": 10, "repeat": "swing"}),
        json!({"duration_ms": 3, "position": [0, 0, 1]}),
        json!({"angle": 1, "back": [0, 1, 0]}),
        json!({"motion": null, "shape": "teapot"}),
    ])
}

fn any_op() -> impl Strategy<Value = Op> {
    let entity = prop::sample::select(vec!["aaaaa", "bbbbb"]);
    let name = prop::sample::select(NAMES.to_vec());
    (0..7u8, entity, name, any_value()).prop_map(|(kind, entity, name, value)| {
        let components = json!({name: value});
        let op = match kind {
            0 => json!({"op": "create", "entity": entity, "components": components}),
            1 => json!({"op": "set", "entity": entity, "components": components}),
            2 | 3 => json!({"op": "merge", "entity": entity, "components": components}),
            4 => json!({"op": "unset", "entity": entity, "names": [name]}),
            5 => json!({"op": "index_set", "entity": entity, "component": name, "index": 1, "value": 3}),
            _ => json!({"op": "load", "snapshot": "kept"}),
        };
        serde_json::from_value(op).unwrap()
    })
}

proptest! {
    #[test]
    fn the_typed_view_is_what_parsing_anew_gives(
        first in prop::collection::vec(any_op(), 0..12),
        then in prop::collection::vec(prop::collection::vec(any_op(), 1..4), 0..12),
    ) {
        let mut states = BTreeMap::new();
        let mut world = World::default();
        for id in ["aaaaa", "ccccc"] {
            let create = json!({"op": "create", "entity": id, "components": {"body": {"mass": 3}}});
            let create: Op = serde_json::from_value(create).unwrap();
            world.fold(Stamp { seq: 1, at_ms: 0 }, &[create], &NoStates).unwrap();
        }
        for op in first {
            let _ = world.fold(Stamp { seq: 2, at_ms: 0 }, &[op], &NoStates);
        }
        states.insert("kept".to_owned(), Arc::new(world.clone()));
        for (seq, ops) in (3..).zip(then) {
            // What fails half way is rolled back, and with it what was parsed.
            let _ = world.fold(Stamp { seq, at_ms: 0 }, &ops, &states);
            for entity in world.entities().values() {
                prop_assert_eq!(held(entity), anew(entity));
            }
            prop_assert_eq!(&World::from_text(&world.to_text()).unwrap(), &world);
        }
        let entity = world.entity(&id("ccccc")).unwrap();
        prop_assert_eq!(entity.body().map(|body| body.mass), Some(3.0));
    }
}

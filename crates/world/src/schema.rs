//! Schemas of the known components; every other name is open. Owns what a component may hold and its one spelling.
//!
//! One declaration, [`components`], from which checks, rights, docs/components.md and web/src/core/components.ts come.

mod fields;
mod kind;
mod table;

pub use fields::{
    AVATAR_FACES, AVATAR_HEADS, AVATAR_TOPS, LIGHTS, MATERIALS, SHAPES, SKIES, VOICE_ZONE_RADIUS_M,
    VOICE_ZONES,
};
pub use kind::{Field, Kind, Object};

pub use crate::names::{NAME_CHARS_MAX, is_name};
use crate::{mesh, rules};
use serde_json::{Map, Value, json};

/// A component's value is not what its name promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expected}")]
pub struct SchemaError {
    /// Which part of the component should be what, for people.
    pub expected: String,
}

/// What components are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// How it looks.
    Shape,
    /// Where it is.
    Place,
    /// What people have and do.
    People,
    /// What hands do with it.
    Handling,
    /// How people get about.
    Moving,
    /// What does something by itself.
    Things,
    /// What is heard, shown, drawn.
    Media,
    /// What a game counts.
    Game,
}

impl Group {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 8] = [
        Self::Shape,
        Self::Place,
        Self::People,
        Self::Handling,
        Self::Moving,
        Self::Things,
        Self::Media,
        Self::Game,
    ];

    /// Its name, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Place => "place",
            Self::People => "people",
            Self::Handling => "handling",
            Self::Moving => "moving about",
            Self::Things => "things that do something",
            Self::Media => "media",
            Self::Game => "state of a game",
        }
    }
}

/// A component whose name promises something.
#[derive(Debug)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// Written by the room and its rules alone, unchecked: no person gives themselves health, or a role.
    pub server_only: bool,
    /// What it holds.
    pub kind: Kind,
    /// Shorter and earlier spellings of the same.
    pub shorts: &'static [Short],
    /// What it is for, a sentence.
    pub description: &'static str,
}

/// A shorter or earlier spelling.
#[derive(Debug, Clone, Copy)]
pub enum Short {
    /// A text is this field of the object.
    Field(&'static str),
    /// `true` is the object without fields.
    True,
    /// `[kind, fields]`, as the earlier systems' `mesh_builder`.
    Pair,
    /// One number is all three.
    Even,
    /// These fields belong into an object in this one.
    Gather {
        /// The field they belong into.
        into: &'static str,
        /// Their names.
        names: &'static [&'static str],
    },
}

/// The known components, by name.
pub fn components() -> &'static [Known] {
    table::COMPONENTS
}

/// The name under which a component is kept: earlier systems' aliases become ours.
pub fn known_name(name: &str) -> &str {
    match name {
        "mesh_builder" => "shape",
        other => other,
    }
}

fn component(name: &str) -> Option<&'static Known> {
    let name = known_name(name);
    let all = components();
    all.binary_search_by(|known| known.name.cmp(name)).ok().map(|at| &all[at])
}

/// Whether a component's name promises something.
pub fn is_known(name: &str) -> bool {
    component(name).is_some()
}

/// Whether a component is written by the room and its rules alone.
pub fn is_server_only(name: &str) -> bool {
    component(name).is_some_and(|known| known.server_only)
}

/// Checks a known component and gives its one spelling; unknown names pass as they are.
pub fn check(name: &str, value: Value) -> Result<Value, SchemaError> {
    let Some(known) = component(name).filter(|known| !known.server_only) else { return Ok(value) };
    let value = known.shorts.iter().fold(value, |value, short| short.expand(value));
    let spelt = known.kind.spell(value).map_err(|fault| SchemaError {
        expected: format!("{}{}: {}", known.name, fault.path, fault.kind.words()),
    })?;
    if known.name == "rules" {
        rules::read(&spelt).map_err(|error| SchemaError { expected: error.to_string() })?;
    }
    if known.name == "collider" && !mesh::fits(&spelt) {
        let expected = "collider.triangles: each three whole numbers of its points, 0 the first".into();
        return Err(SchemaError { expected });
    }
    Ok(spelt)
}

impl Short {
    /// The full spelling of what is spelt so; anything else as it is.
    fn expand(self, value: Value) -> Value {
        match (self, value) {
            (Self::Field(name), Value::String(text)) => json!({name: text}),
            (Self::True, Value::Bool(true)) => json!({}),
            (Self::Pair, Value::Array(items)) => match <[Value; 2]>::try_from(items) {
                Ok([kind, Value::Object(mut fields)]) => {
                    fields.insert("kind".into(), kind);
                    Value::Object(fields)
                }
                Ok(items) => Value::from(items.to_vec()),
                Err(items) => Value::Array(items),
            },
            (Self::Even, Value::Number(factor)) => {
                let factor = factor.as_f64();
                json!([factor, factor, factor])
            }
            (Self::Gather { into, names }, Value::Object(fields)) => gather(fields, into, names),
            (_, value) => value,
        }
    }
}

fn gather(mut fields: Map<String, Value>, into: &str, names: &[&str]) -> Value {
    let found: Map<String, Value> = names.iter().filter_map(|name| fields.remove_entry(*name)).collect();
    if !found.is_empty()
        && let Value::Object(within) = fields.entry(into).or_insert_with(|| json!({}))
    {
        within.extend(found);
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_one_spelling() {
        for spelling in [json!("#f80"), json!("#FF8800"), json!("#ff8800"), json!([1, 0.5333, 0])] {
            assert_eq!(check("color", spelling).unwrap(), json!("#FF8800"));
        }
        for bad in [json!("red"), json!("#12345"), json!([2, 0, 0]), json!("#ggg"), json!("#ü0")] {
            assert!(check("color", bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn euler_angles_become_a_quaternion() {
        assert_eq!(check("rotation", json!([0, 0, 0])).unwrap(), json!([0.0, 0.0, 0.0, 1.0]));
        assert!(check("rotation", json!([0, 0, 0, 0])).is_err());
    }

    #[test]
    fn a_position_out_of_bounds_is_refused() {
        assert!(check("position", json!([0, 1e9, 0])).is_err());
        assert!(check("position", json!([0, "1", 0])).is_err());
        assert!(check("position", json!([0, 1])).is_err());
    }

    #[test]
    fn the_earlier_mesh_builder_is_a_shape() {
        assert_eq!(known_name("mesh_builder"), "shape");
        let shape = check("mesh_builder", json!(["box", {"size": 2}])).unwrap();
        assert_eq!(shape, json!({"kind": "box", "size": 2}));
        assert!(check("shape", json!({"kind": "teapot"})).is_err());
        assert!(check("shape", json!({"kind": "box", "size": [1]})).is_err());
    }

    #[test]
    fn open_components_pass_as_they_are() {
        assert_eq!(check("my_game_state", json!([1, {"x": null}])).unwrap(), json!([1, {"x": null}]));
        assert!(is_name("my_game_state") && !is_name("My") && !is_name("") && !is_name("__proto__é"));
    }

    #[test]
    fn one_number_scales_evenly() {
        assert_eq!(check("scale", json!(2)).unwrap(), json!([2.0, 2.0, 2.0]));
    }

    #[test]
    fn the_known_components_are_sorted_for_their_search() {
        assert!(components().is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn what_games_count_is_written_by_the_room_alone() {
        for name in ["health", "score", "occupied_by", "role", "muted", "door_state"] {
            assert!(is_server_only(name), "{name}");
            assert_eq!(check(name, json!([1])).unwrap(), json!([1]), "whatever the rules put there");
        }
        assert!(!is_server_only("color") && !is_server_only("my_score") && !is_server_only("mesh_builder"));
    }

    #[test]
    fn a_refusal_says_which_part_should_be_what() {
        let refusal = |name: &str, value: Value| check(name, value).unwrap_err().expected;
        assert_eq!(refusal("body", json!({"mass": -1})), "body.mass: 0.001 to 1000000 kg");
        assert_eq!(
            refusal("animate", json!({"to": {"position": [1]}, "duration_ms": 1})),
            "animate.to.position: [x,y,z], each -10000 to 10000 m"
        );
        assert_eq!(refusal("light", json!({})), "light.kind: point | spot | directional | hemispheric");
        assert_eq!(refusal("text", json!(5)), "text: {value: a text of at most 2000 characters, size?, …}");
        assert_eq!(refusal("spin", json!("fast")), "spin: [x,y,z], each -10000 to 10000 radians per second");
    }

    #[test]
    fn short_spellings_become_the_full_one() {
        let same = |name: &str, short: Value, full: Value| {
            assert_eq!(check(name, short).unwrap(), full);
            assert_eq!(check(name, full.clone()).unwrap(), full, "the full spelling stays");
        };
        same("text", json!("Hello"), json!({"value": "Hello"}));
        same("light", json!("spot"), json!({"kind": "spot"}));
        same("parent", json!("abcde"), json!({"entity": "abcde"}));
        same("body", json!("static"), json!({"motion": "static"}));
        same("seat", json!(true), json!({}));
        same("triggerable", json!("continuous"), json!({"type": "continuous"}));
        let to = json!({"position": [0, 3, 0]});
        same(
            "animate",
            json!({"position": [0, 3, 0], "duration_ms": 9}),
            json!({"to": to, "duration_ms": 9}),
        );
    }

    #[test]
    fn makers_add_fields_of_their_own_unless_they_harm() {
        let own = json!({"motion": "dynamic", "bounciness": [1, {"a": null}]});
        assert_eq!(check("body", own.clone()).unwrap(), own);
        for bad in [json!({"own": 1e300}), json!({"own": {"__proto__": 1}}), json!({"constructor": 1})] {
            assert!(check("body", bad.clone()).is_err(), "{bad}");
        }
        for mark in ["floor", "wall", "teleportable", "throwable"] {
            for value in [json!(true), json!(false), json!({"own": 1})] {
                assert_eq!(check(mark, value.clone()).unwrap(), value);
            }
        }
    }

    #[test]
    fn an_address_runs_nothing() {
        for good in ["https://example.org/a?b=c:d#e", "HTTP://localhost:4000", "/r/abcde", "models/a:b.glb"] {
            assert!(check("portal", json!({"uri": good})).is_ok(), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "java\nscript:x", "", "file:///x"]
        {
            assert!(check("portal", json!({"uri": bad})).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_the_check_spells_it_spells_the_same_again() {
        let values =
            [json!(1), json!(true), json!("a"), json!([0, 0, 1]), json!({}), json!(["box", {"size": 1}])];
        for known in components() {
            for value in &values {
                if let Ok(spelt) = check(known.name, value.clone()) {
                    assert_eq!(check(known.name, spelt.clone()).unwrap(), spelt, "{} {value}", known.name);
                }
            }
        }
    }

    fn each_object(kind: &'static Kind, see: &mut dyn FnMut(&'static Object)) {
        match kind {
            Kind::Object(object) => {
                see(object);
                object.fields.iter().for_each(|field| each_object(&field.kind, see));
            }
            Kind::Either(kinds) => kinds.iter().for_each(|kind| each_object(kind, see)),
            Kind::List { of, .. } => each_object(of, see),
            _ => {}
        }
    }

    #[test]
    fn a_default_is_what_its_field_may_hold() {
        for known in components() {
            each_object(&known.kind, &mut |object| {
                for field in object.fields.iter().filter(|field| !field.default.is_empty()) {
                    let value = serde_json::from_str(field.default).unwrap();
                    assert!(field.kind.spell(value).is_ok(), "{}.{}", known.name, field.name);
                }
            });
        }
    }
}

//! Schemas of the known components; every other name is open. Owns what a component may hold and its one spelling.

use crate::transform::{from_euler, numbers};
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_wire::limits::{COORDINATE_MAX_M, TEXT_CHARS_MAX, TTL_MS_MAX};
use thexr_wire::quant::normalize;

/// A component's value is not what its name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{expected}")]
pub struct SchemaError {
    /// What the component holds, for people.
    pub expected: &'static str,
}

/// The shapes a `shape` may be.
pub const SHAPES: [&str; 7] = ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"];
/// The lights a `light` may be.
pub const LIGHTS: [&str; 4] = ["point", "spot", "directional", "hemispheric"];
/// Most characters of a component's name.
pub const NAME_CHARS_MAX: usize = 64;
/// Largest size or scale of a thing, metres or factor.
const SIZE_MAX: f64 = 10_000.0;

/// Whether a component may be called so: lower-case letters, digits and `_`, at most 64.
pub fn is_name(name: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The name under which a component is kept: earlier systems' aliases become ours.
pub fn known_name(name: &str) -> &str {
    match name {
        "mesh_builder" => "shape",
        other => other,
    }
}

/// A component whose name promises something.
struct Known {
    name: &'static str,
    /// Written by the room and its rules alone: no person gives themselves health, or a role.
    server_only: bool,
    /// Gives the one spelling, or nothing for what the name does not promise.
    check: fn(Value) -> Option<Value>,
    /// What it holds, for people.
    expected: &'static str,
}

const fn known(name: &'static str, check: fn(Value) -> Option<Value>, expected: &'static str) -> Known {
    Known { name, server_only: false, check, expected }
}

const fn server_only(name: &'static str) -> Known {
    Known { name, server_only: true, check: Some, expected: "" }
}

/// The known components, sorted for their search.
const COMPONENTS: &[Known] = &[
    server_only("ammo"),
    server_only("armour"),
    known("avatar", |value| value.is_object().then_some(value), "avatar: an object such as {\"color\"}"),
    known("color", |value| check_color(&value), "color: \"#RRGGBB\" or [r,g,b] of 0..1"),
    server_only("door_state"),
    server_only("health"),
    server_only("held_by"),
    server_only("inventory"),
    known("keep_while", |value| is_id(&value).then_some(value), "keep_while: an entity's id"),
    known(
        "light",
        check_light,
        "light: {kind: point | spot | directional | hemispheric, intensity?, color?}",
    ),
    known("material", check_material, "material: a name such as \"grid\", or an object"),
    server_only("muted"),
    known("nickname", |value| value.is_string().then_some(value), "nickname: a text"),
    server_only("occupied"),
    server_only("occupied_by"),
    server_only("owned_by"),
    known("parent", check_parent, "parent: {entity, node?}, an entity's id, or null"),
    server_only("points"),
    known("position", check_position, "position: [x,y,z] metres, each within 10000 of the origin"),
    server_only("role"),
    known("rotation", check_rotation, "rotation: quaternion [x,y,z,w] or Euler angles [x,y,z]"),
    known("scale", check_scale, "scale: [x,y,z] up to 10000, or one number"),
    server_only("score"),
    known(
        "shape",
        check_shape,
        "shape: {kind: box | sphere | cylinder | cone | capsule | plane | ground, …numbers up to 10000}",
    ),
    server_only("sitting"),
    server_only("sitting_on"),
    known("spin", check_spin, "spin: [x,y,z] radians per second"),
    server_only("status"),
    known("text", check_text, "text: {value: at most 2000 characters, size: metres per line}"),
    known("ttl", check_ttl, "ttl: 1 to 86400000 ms"),
    known("visibility", check_visibility, "visibility: 0 to 1"),
];

fn component(name: &str) -> Option<&'static Known> {
    let name = known_name(name);
    COMPONENTS.binary_search_by(|known| known.name.cmp(name)).ok().map(|at| &COMPONENTS[at])
}

/// Whether a component is written by the room and its rules alone.
pub fn is_server_only(name: &str) -> bool {
    component(name).is_some_and(|known| known.server_only)
}

/// Checks a known component and gives its one spelling; unknown names pass as they are.
pub fn check(name: &str, value: Value) -> Result<Value, SchemaError> {
    let Some(known) = component(name) else { return Ok(value) };
    (known.check)(value).ok_or(SchemaError { expected: known.expected })
}

fn range(value: &Value, min: f64, max: f64) -> bool {
    value.as_f64().is_some_and(|number| (min..=max).contains(&number))
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| EntityId::parse(text).is_ok())
}

fn check_position(value: Value) -> Option<Value> {
    let within = |parts: [f32; 3]| parts.iter().all(|part| f64::from(part.abs()) <= COORDINATE_MAX_M);
    numbers(&value).filter(|parts| within(*parts)).map(|_| value)
}

fn check_spin(value: Value) -> Option<Value> {
    numbers::<3>(&value).map(|_| value)
}

fn check_material(value: Value) -> Option<Value> {
    (value.is_string() || value.is_object()).then_some(value)
}

fn check_ttl(value: Value) -> Option<Value> {
    range(&value, 1.0, TTL_MS_MAX as f64).then_some(value)
}

fn check_visibility(value: Value) -> Option<Value> {
    range(&value, 0.0, 1.0).then_some(value)
}

fn check_rotation(value: Value) -> Option<Value> {
    if let Some(euler) = numbers::<3>(&value) {
        return Some(json!(from_euler(euler)));
    }
    let q = numbers::<4>(&value)?;
    let unit = normalize(q)?;
    let length: f32 = q.iter().map(|part| part * part).sum();
    // A quaternion of length one keeps its spelling, so that what was written is what is read.
    if (length - 1.0).abs() < 1e-3 { Some(value) } else { Some(json!(unit)) }
}

fn check_scale(value: Value) -> Option<Value> {
    if let Some(factor) = value.as_f64() {
        return (factor.abs() <= SIZE_MAX).then(|| json!([factor, factor, factor]));
    }
    let parts = numbers::<3>(&value)?;
    parts.iter().all(|part| f64::from(part.abs()) <= SIZE_MAX).then_some(value)
}

fn check_shape(value: Value) -> Option<Value> {
    let mut shape = match value {
        Value::Object(map) => map,
        // The earlier systems' `mesh_builder: [kind, params]`.
        Value::Array(mut items) if items.len() == 2 => {
            let Value::Object(mut map) = items.pop()? else { return None };
            map.insert("kind".into(), items.pop()?);
            map
        }
        Value::String(kind) => serde_json::Map::from_iter([("kind".into(), Value::String(kind))]),
        _ => return None,
    };
    let kind = shape.get("kind")?.as_str()?.to_owned();
    if !SHAPES.contains(&kind.as_str()) {
        return None;
    }
    let sane = |value: &Value| match value {
        Value::Number(_) => range(value, -SIZE_MAX, SIZE_MAX),
        Value::Bool(_) => true,
        Value::String(text) => text.len() <= 64,
        _ => false,
    };
    if shape.len() > 32 || !shape.values().all(sane) {
        return None;
    }
    shape.insert("kind".into(), Value::String(kind));
    Some(Value::Object(shape))
}

/// Colours are kept as `#RRGGBB`, so that equal colours are equal values.
fn check_color(value: &Value) -> Option<Value> {
    if let Some(text) = value.as_str() {
        let digits = text.strip_prefix('#')?;
        let full = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let valid = full.bytes().all(|byte| byte.is_ascii_hexdigit());
        return valid.then(|| Value::String(format!("#{}", full.to_ascii_uppercase())));
    }
    let parts = numbers::<3>(value)?;
    let byte = |part: f32| libm::roundf(part * 255.0) as u8;
    let valid = parts.iter().all(|part| (0.0..=1.0).contains(part));
    valid.then(|| json!(format!("#{:02X}{:02X}{:02X}", byte(parts[0]), byte(parts[1]), byte(parts[2]))))
}

fn check_text(value: Value) -> Option<Value> {
    let value = if let Value::String(text) = value { json!({"value": text}) } else { value };
    let text = value.get("value")?.as_str()?;
    let size_ok = value.get("size").is_none_or(|size| range(size, 0.001, 1000.0));
    if text.chars().count() > TEXT_CHARS_MAX || !size_ok {
        return None;
    }
    Some(value)
}

fn check_light(value: Value) -> Option<Value> {
    let value = if let Value::String(kind) = value { json!({"kind": kind}) } else { value };
    let kind = value.get("kind")?.as_str()?;
    let intensity_ok = value.get("intensity").is_none_or(|intensity| range(intensity, 0.0, 1000.0));
    let color_ok = value.get("color").is_none_or(|color| check_color(color).is_some());
    if !LIGHTS.contains(&kind) || !intensity_ok || !color_ok {
        return None;
    }
    Some(value)
}

fn check_parent(value: Value) -> Option<Value> {
    let value = if value.is_string() { json!({"entity": value}) } else { value };
    let node_ok =
        value.get("node").is_none_or(|node| node.as_str().is_some_and(|text| text.len() <= NAME_CHARS_MAX));
    if !value.get("entity").is_some_and(is_id) || !node_ok {
        return None;
    }
    Some(value)
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
        assert!(COMPONENTS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn what_games_count_is_written_by_the_room_alone() {
        for name in ["health", "score", "occupied_by", "role", "muted", "door_state"] {
            assert!(is_server_only(name), "{name}");
            assert_eq!(check(name, json!([1])).unwrap(), json!([1]), "whatever the rules put there");
        }
        assert!(!is_server_only("color") && !is_server_only("my_score") && !is_server_only("mesh_builder"));
    }
}

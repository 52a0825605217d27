//! What a value may be: the words components are declared in, and the one reader that checks by them and spells.

use crate::transform::{from_euler, numbers};
use serde_json::{Map, Value, json};
use thexr_wire::EntityId;
use thexr_wire::quant::normalize;

/// Largest number anywhere in a known component: what every reader of JSON keeps exactly (2^53).
pub const NUMBER_MAX: f64 = 9_007_199_254_740_992.0;
/// Fields of one object of a known component.
pub const FIELDS_MAX: usize = 64;
/// Keys that would reach into a script's own objects.
const KEYS_REFUSED: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Anything, its numbers within 2^53 and its keys harmless.
    Any,
    /// Yes or no.
    Bool,
    /// A mark by being there: yes, no, or an object of a maker's own.
    Mark,
    /// An entity's id.
    Entity,
    /// A text.
    Text {
        /// Most characters.
        chars_max: usize,
    },
    /// Where something is to be had: http, https, or a path on this server.
    Link,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A number.
    Number {
        /// Smallest that is taken, itself included.
        min: f64,
        /// Largest that is taken, itself included.
        max: f64,
        /// What it counts, for people; may be empty.
        unit: &'static str,
    },
    /// Three numbers.
    Vec3 {
        /// Smallest of each.
        min: f64,
        /// Largest of each.
        max: f64,
        /// What they count, for people; may be empty.
        unit: &'static str,
    },
    /// A quaternion, unit length; Euler angles become one.
    Rotation,
    /// `#RRGGBB`, so that equal colours are equal values.
    Color,
    /// A place of head or hand: three numbers of metres, four of a quaternion.
    Place,
    /// An object.
    Object(&'static Object),
    /// A list.
    List {
        /// What each item is.
        of: &'static Kind,
        /// Most items.
        max: usize,
    },
    /// The first of these that fits.
    Either(&'static [Kind]),
}

/// An object with known fields; makers may add their own.
#[derive(Debug)]
pub struct Object {
    /// The known ones.
    pub fields: &'static [Field],
    /// What every other field is.
    pub others: Kind,
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What a reader takes where it is not, as JSON; empty for nothing.
    pub default: &'static str,
}

/// Where a value is not what it should be.
pub(super) struct Fault {
    /// Names from the outside in, each with a dot before it.
    pub path: String,
    /// What should be there.
    pub kind: &'static Kind,
}

impl Fault {
    fn within(self, name: &str) -> Self {
        Self { path: format!(".{name}{}", self.path), ..self }
    }
}

impl Kind {
    /// The one spelling of a value of this kind.
    pub(super) fn spell(&'static self, value: Value) -> Result<Value, Fault> {
        let fault = || Fault { path: String::new(), kind: self };
        match self {
            Self::Object(object) => match value {
                Value::Object(map) if map.len() <= FIELDS_MAX => object.spell(map),
                _ => Err(fault()),
            },
            Self::List { of, max } => match value {
                Value::Array(items) if items.len() <= *max => {
                    let spelt = items.into_iter().map(|item| of.spell(item));
                    spelt.collect::<Result<Vec<_>, _>>().map(Value::Array)
                }
                _ => Err(fault()),
            },
            Self::Either(kinds) => spell_either(kinds, value).ok_or_else(fault),
            _ => self.spell_plain(value).ok_or_else(fault),
        }
    }

    /// The one spelling of a value that no other kind is in.
    fn spell_plain(&self, value: Value) -> Option<Value> {
        let fits = match self {
            Self::Rotation => return spell_rotation(value),
            Self::Color => return spell_color(&value),
            Self::Any | Self::Object(_) | Self::List { .. } | Self::Either(_) => is_harmless(&value),
            Self::Bool => value.is_boolean(),
            Self::Mark => value.is_boolean() || value.is_object() && is_harmless(&value),
            Self::Entity => value.as_str().is_some_and(|text| EntityId::parse(text).is_ok()),
            Self::Text { chars_max } => {
                value.as_str().is_some_and(|text| text.chars().nth(*chars_max).is_none())
            }
            Self::Link => value.as_str().is_some_and(is_link),
            Self::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Self::Number { min, max, .. } => {
                value.as_f64().is_some_and(|number| (*min..=*max).contains(&number))
            }
            Self::Vec3 { min, max, .. } => numbers::<3>(&value)
                .is_some_and(|parts| parts.iter().all(|part| (*min..=*max).contains(&f64::from(*part)))),
            Self::Place => numbers::<7>(&value).is_some(),
        };
        fits.then_some(value)
    }

    /// What a value of this kind is, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Any => "any value, numbers up to 2^53".into(),
            Self::Bool => "true or false".into(),
            Self::Mark => "true, false or an object".into(),
            Self::Entity => "an entity's id".into(),
            Self::Text { chars_max } => format!("a text of at most {chars_max} characters"),
            Self::Link => "an address (http, https, or a path on this server)".into(),
            Self::Word(words) => words.join(" | "),
            Self::Number { min, max, unit } => with_unit(format!("{min} to {max}"), unit),
            Self::Vec3 { min, max, unit } => with_unit(format!("[x,y,z], each {min} to {max}"), unit),
            Self::Rotation => "quaternion [x,y,z,w] or Euler angles [x,y,z]".into(),
            Self::Color => "\"#RRGGBB\" or [r,g,b] of 0..1".into(),
            Self::Place => "[x,y,z, qx,qy,qz,qw]".into(),
            Self::Object(object) => object.words(),
            Self::List { of, max } => format!("a list of at most {max}: {}", of.words()),
            Self::Either(kinds) => {
                let words: Vec<String> = kinds.iter().map(Self::words).collect();
                words.join(", or ")
            }
        }
    }
}

fn with_unit(words: String, unit: &str) -> String {
    if unit.is_empty() { words } else { format!("{words} {unit}") }
}

impl Object {
    fn spell(&'static self, map: Map<String, Value>) -> Result<Value, Fault> {
        if let Some(missing) =
            self.fields.iter().find(|field| field.required && !map.contains_key(field.name))
        {
            return Err(Fault { path: format!(".{}", missing.name), kind: &missing.kind });
        }
        let mut spelt = Map::new();
        for (name, value) in map {
            let known = self.fields.iter().find(|field| field.name == name);
            if KEYS_REFUSED.contains(&name.as_str()) {
                return Err(Fault { path: format!(".{name}"), kind: &Kind::Any });
            }
            let kind = known.map_or(&self.others, |field| &field.kind);
            let value = kind.spell(value).map_err(|fault| fault.within(&name))?;
            spelt.insert(name, value);
        }
        Ok(Value::Object(spelt))
    }

    fn words(&self) -> String {
        let field = |field: &Field| match (field.required, &field.kind) {
            (true, kind) => format!("{}: {}", field.name, kind.words()),
            (false, Kind::Word(words)) => format!("{}?: {}", field.name, words.join(" | ")),
            (false, _) => format!("{}?", field.name),
        };
        let fields: Vec<String> = self.fields.iter().map(field).chain(["…".into()]).collect();
        format!("{{{}}}", fields.join(", "))
    }
}

fn spell_either(kinds: &'static [Kind], value: Value) -> Option<Value> {
    let (last, others) = kinds.split_last()?;
    let spelt = others.iter().find_map(|kind| kind.spell(value.clone()).ok());
    spelt.or_else(|| last.spell(value).ok())
}

fn spell_rotation(value: Value) -> Option<Value> {
    if let Some(euler) = numbers::<3>(&value) {
        return Some(json!(from_euler(euler)));
    }
    let q = numbers::<4>(&value)?;
    let unit = normalize(q)?;
    let length: f32 = q.iter().map(|part| part * part).sum();
    // A quaternion of length one keeps its spelling, so that what was written is what is read.
    if (length - 1.0).abs() < 1e-3 { Some(value) } else { Some(json!(unit)) }
}

fn spell_color(value: &Value) -> Option<Value> {
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

/// Whether no number is beyond what readers keep and no key is one of a script's own.
fn is_harmless(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() <= NUMBER_MAX),
        Value::Array(items) => items.iter().all(is_harmless),
        Value::Object(map) => {
            map.iter().all(|(name, value)| !KEYS_REFUSED.contains(&name.as_str()) && is_harmless(value))
        }
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// Most characters of an address.
const LINK_CHARS_MAX: usize = 2_000;

/// Whether a text is an address that runs nothing: its scheme, if it names one, is http or https.
fn is_link(text: &str) -> bool {
    let scheme = text.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    let known = scheme
        .is_none_or(|(scheme, _)| ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)));
    let plain = !text.chars().any(|char| char.is_whitespace() || char.is_control());
    known && plain && (1..=LINK_CHARS_MAX).contains(&text.len())
}

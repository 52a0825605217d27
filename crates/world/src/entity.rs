//! An entity: its components as JSON, and those the world itself reads as typed fields, parsed once at the fold.

use crate::transform::Transform;
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::canonical;

/// A component's name.
pub type Name = SmolStr;

/// One component.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its value, shared with every clone of the world.
    pub value: Arc<Value>,
    /// Seq of the event that last changed it.
    pub seq: u64,
    /// Length of its canonical JSON, bytes.
    pub bytes: usize,
}

/// What an entity hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The parent.
    pub entity: EntityId,
    /// A node of the parent's model, such as a hand.
    pub node: Option<SmolStr>,
}

/// A set of components with its typed view.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entity {
    components: BTreeMap<Name, Component>,
    transform: Transform,
    parent: Option<Parent>,
    keep_while: Option<EntityId>,
    expires_at_ms: Option<i64>,
    bytes: usize,
}

impl Entity {
    /// All components, by name.
    pub fn components(&self) -> &BTreeMap<Name, Component> {
        &self.components
    }

    /// A component's value.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.components.get(name).map(|component| &*component.value)
    }

    /// Local position, rotation and scale.
    pub fn transform(&self) -> &Transform {
        &self.transform
    }

    /// What it hangs on.
    pub fn parent(&self) -> Option<&Parent> {
        self.parent.as_ref()
    }

    /// The entity it lives as long as.
    pub fn keep_while(&self) -> Option<&EntityId> {
        self.keep_while.as_ref()
    }

    /// When its `ttl` runs out, room milliseconds.
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.expires_at_ms
    }

    /// Whether it is a person's avatar.
    pub fn is_avatar(&self) -> bool {
        self.components.contains_key("avatar")
    }

    /// Seq of the newest change of any component.
    pub fn version(&self) -> u64 {
        self.components.values().map(|component| component.seq).max().unwrap_or(0)
    }

    /// Canonical JSON bytes of all components together with their names.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// All components as one JSON object.
    pub fn to_json(&self) -> serde_json::Map<String, Value> {
        self.components.iter().map(|(name, part)| (name.to_string(), (*part.value).clone())).collect()
    }

    /// Sets a component and its typed view; `at_ms` starts the life of a `ttl`.
    pub(crate) fn set(&mut self, name: Name, value: Arc<Value>, seq: u64, at_ms: i64) {
        let bytes = canonical(&value).len();
        self.read(&name, Some(&value), at_ms);
        self.bytes += name.len() + bytes;
        if let Some(old) = self.components.insert(name.clone(), Component { value, seq, bytes }) {
            self.bytes -= name.len() + old.bytes;
        }
    }

    /// Removes a component and resets its typed view.
    pub(crate) fn unset(&mut self, name: &str) {
        if let Some(old) = self.components.remove(name) {
            self.bytes -= name.len() + old.bytes;
            self.read(name, None, 0);
        }
    }

    /// Sets when the life of a `ttl` ends, as a stored state says.
    pub(crate) fn set_expires_at_ms(&mut self, at_ms: Option<i64>) {
        self.expires_at_ms = at_ms;
    }

    fn read(&mut self, name: &str, value: Option<&Value>, at_ms: i64) {
        match name {
            "position" | "rotation" | "scale" => self.transform.read(name, value),
            "parent" => self.parent = value.and_then(parse_parent),
            "keep_while" => self.keep_while = value.and_then(parse_id),
            "ttl" => {
                self.expires_at_ms =
                    value.and_then(Value::as_f64).map(|ttl_ms| at_ms.saturating_add(ttl_ms as i64));
            }
            _ => {}
        }
    }
}

fn parse_id(value: &Value) -> Option<EntityId> {
    EntityId::parse(value.as_str()?).ok()
}

fn parse_parent(value: &Value) -> Option<Parent> {
    let entity = parse_id(value.get("entity")?)?;
    Some(Parent { entity, node: value.get("node").and_then(Value::as_str).map(SmolStr::new) })
}

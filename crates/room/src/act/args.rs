//! A command's payload, read field by field with refusals a person understands.

use crate::reject::Reject;
use crate::text::clean_text;
use serde_json::{Map, Value};
use smol_str::SmolStr;
use thexr_wire::EntityId;
use thexr_wire::limits::{COMMAND_ID_BYTES_MAX, JSON_DEPTH_MAX};
use thexr_world::{Components, Name, schema};

/// A payload that can be read from its fields.
pub(crate) trait Read: Sized {
    /// Reads it; errors say which field has another shape than documented.
    fn read(args: &mut Args) -> Result<Self, Reject>;
}

/// The fields of a payload.
pub struct Args(Map<String, Value>);

impl Args {
    /// Takes an object (null counts as empty) of bearable depth.
    pub fn new(payload: Value) -> Result<Self, Reject> {
        if thexr_wire::json::deeper_than(&payload, JSON_DEPTH_MAX) {
            return Err(crate::reject::TOO_DEEP);
        }
        match payload {
            Value::Object(map) => Ok(Self(map)),
            Value::Null => Ok(Self(Map::new())),
            _ => Err(Reject::bad_payload("The payload must be an object.")),
        }
    }

    /// The command's id, if it carries one.
    pub fn command_id(&mut self) -> Result<Option<SmolStr>, Reject> {
        match self.0.remove("id") {
            None | Some(Value::Null) => Ok(None),
            // Control characters are refused because not every store can keep a NUL.
            Some(Value::String(id))
                if (1..=COMMAND_ID_BYTES_MAX).contains(&id.len()) && !id.contains(char::is_control) =>
            {
                Ok(Some(id.into()))
            }
            Some(_) => Err(Reject::bad_payload("id: a text of 1 to 32 bytes without control characters")),
        }
    }

    /// What is left, as one object.
    pub fn rest(&mut self) -> Value {
        Value::Object(std::mem::take(&mut self.0))
    }

    /// A field as it came.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// An entity's id.
    pub fn entity(&mut self, name: &'static str) -> Result<EntityId, Reject> {
        self.optional_entity(name)?.ok_or_else(|| Reject::bad_payload(format!("{name}: an entity's id")))
    }

    /// An entity's id, if the field is there.
    pub fn optional_entity(&mut self, name: &'static str) -> Result<Option<EntityId>, Reject> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let id = value.as_str().and_then(|text| EntityId::parse(text).ok());
        id.map(Some).ok_or_else(|| Reject::bad_payload(format!("{name}: an entity's id")))
    }

    /// A text without control characters, trimmed, of 1 to `chars_max` characters.
    pub fn text(
        &mut self,
        name: &'static str,
        chars_max: usize,
        too_long: &'static str,
    ) -> Result<String, Reject> {
        let value = self.take(name);
        clean_text(value.as_ref().and_then(Value::as_str).unwrap_or(""), name, chars_max, too_long)
    }

    /// Components with known names and checked values, and the names whose value is null.
    pub fn components(&mut self) -> Result<(Components, Vec<Name>), Reject> {
        match self.take("components") {
            Some(Value::Object(map)) => check_components(map),
            _ => Err(Reject::bad_payload("components: an object of component name → value")),
        }
    }

    /// A list of component names.
    pub fn names(&mut self) -> Result<Vec<Name>, Reject> {
        let error = || Reject::bad_payload("names: a list of component names");
        let Some(Value::Array(items)) = self.take("names") else { return Err(error()) };
        if items.is_empty() {
            return Err(error());
        }
        items.iter().map(|item| component_name(item.as_str().ok_or_else(error)?)).collect()
    }
}

/// Checks names and known values; null values become names to remove.
pub fn check_components(map: Map<String, Value>) -> Result<(Components, Vec<Name>), Reject> {
    let (mut components, mut removed) = (Components::new(), Vec::new());
    for (name, value) in map {
        let name = component_name(&name)?;
        if value.is_null() {
            removed.push(name);
        } else {
            let value = schema::check(&name, value)?;
            components.insert(name.into(), value);
        }
    }
    Ok((components, removed))
}

/// The name under which a component is kept.
fn component_name(name: &str) -> Result<Name, Reject> {
    let name = schema::known_name(name);
    if schema::is_name(name) {
        Ok(SmolStr::new(name))
    } else {
        Err(Reject::new("bad_component_name", "component names are 1 to 64 of a-z, 0-9 and _"))
    }
}

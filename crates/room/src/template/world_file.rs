//! Worlds as files: what a room holds and how it is set, in a text that makers write by hand ([worlds](../../../../docs/worlds.md)).
//!
//! Reads what a person could have made and nothing else: each component as the schema has it, each rule readable, each id there once.

use crate::act::args::check_components;
use crate::rights::Settings;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_world::Components;
use thexr_world::schema::is_server_only;

/// What a file says it is.
pub const FORMAT: &str = "thexr.world.1";

/// Why a file is no world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldFileError {
    /// It is no such JSON.
    #[error("{0}")]
    Json(String),
    /// It is of another kind, or of a later time.
    #[error("its format is {0:?}, not {FORMAT:?}")]
    Format(String),
    /// An entity cannot be made.
    #[error("entity {id:?}: {why}")]
    Entity {
        /// Its id, as it is written.
        id: String,
        /// What is wrong, for people.
        why: String,
    },
}

/// A world as its file has it.
#[derive(Debug, Clone)]
pub struct WorldFile {
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Who may do what in a room made of it.
    pub settings: Settings,
    /// What is in it, in the one spelling of components.
    pub entities: BTreeMap<EntityId, Components>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    settings: Value,
    entities: Vec<WrittenEntity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntity {
    id: String,
    components: Map<String, Value>,
}

impl WorldFile {
    /// Reads a file's text. Errors say the entity and the part.
    pub fn read(text: &str) -> Result<Self, WorldFileError> {
        let written: Written =
            serde_json::from_str(text).map_err(|error| WorldFileError::Json(error.to_string()))?;
        let Written { format, name, description, settings, entities: all } = written;
        if format != FORMAT {
            return Err(WorldFileError::Format(format));
        }
        let mut entities = BTreeMap::new();
        for WrittenEntity { id, components } in all {
            let fault = |why: String| WorldFileError::Entity { id: id.clone(), why };
            let known = proposed(&id).map_err(fault)?;
            let components = checked(components).map_err(fault)?;
            if entities.insert(known, components).is_some() {
                return Err(fault("there is another one with this id".into()));
            }
        }
        for (id, components) in &entities {
            let parent = components.get("parent").and_then(|parent| parent.get("entity")?.as_str());
            let is_there = |parent: &str| EntityId::parse(parent).is_ok_and(|id| entities.contains_key(&id));
            if let Some(parent) = parent.filter(|parent| !is_there(parent)) {
                let why = format!("it hangs on {parent:?}, which is not there");
                return Err(WorldFileError::Entity { id: id.to_string(), why });
            }
        }
        Ok(Self { name, description, settings: Settings::from_json(&settings), entities })
    }
}

/// An id that a person could have proposed.
fn proposed(id: &str) -> Result<EntityId, String> {
    let known = EntityId::parse(id).map_err(|error| error.to_string())?;
    if id.len() > EntityId::PROPOSED_LENGTH_MAX {
        return Err(format!("an id has at most {} characters", EntityId::PROPOSED_LENGTH_MAX));
    }
    Ok(known)
}

/// Components as they are kept.
fn checked(components: Map<String, Value>) -> Result<Components, String> {
    let (components, removed) = check_components(components).map_err(|reject| reject.detail.into_owned())?;
    if let Some(name) = removed.first() {
        return Err(format!("{name}: nothing is no component"));
    }
    match components.keys().find(|name| is_server_only(name)) {
        Some(name) => Err(format!("{name}: the room and its rules alone write it")),
        None => Ok(components),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(entities: Value) -> Result<WorldFile, String> {
        let text = json!({"format": FORMAT, "name": "Room", "entities": entities}).to_string();
        WorldFile::read(&text).map_err(|error| error.to_string())
    }

    fn one(components: Value) -> Result<WorldFile, String> {
        read(json!([{"id": "thing", "components": components}]))
    }

    #[test]
    fn what_a_person_could_have_made_is_read_and_spelt_in_one_way() {
        let file = one(json!({"sky": "night", "rotation": [0, 0, 0]})).unwrap();
        let thing = &file.entities[&EntityId::parse("thing").unwrap()];
        assert_eq!(thing["rotation"], json!([0.0, 0.0, 0.0, 1.0]));
        assert_eq!((file.name.as_str(), file.description.as_str()), ("Room", ""));
        assert_eq!(file.settings, Settings::default());
    }

    #[test]
    fn who_may_build_is_said_by_the_file() {
        let text = r#"{"format": "thexr.world.1", "name": "A", "settings": {"who_may_build": "owner"}, "entities": []}"#;
        let settings = WorldFile::read(text).unwrap().settings;
        assert_eq!(settings.who_may_build, thexr_wire::Role::Owner);
        assert_eq!(settings.who_may_save, thexr_wire::Role::Visitor);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_entity_and_part() {
        let twice = json!([{"id": "thing", "components": {}}, {"id": "thing", "components": {}}]);
        for (file, expected) in [
            (one(json!({"position": [1, 2]})), "position"),
            (
                one(json!({"rules": [{"when": {"used": "self"}, "then": [{"do": "dance"}]}]})),
                "rules[0].then[0]",
            ),
            (one(json!({"score": 5})), "score"),
            (one(json!({"color": null})), "color"),
            (one(json!({"parent": {"entity": "nobody"}})), "nobody"),
            (read(twice), "another one"),
            (read(json!([{"id": "a-b-c", "components": {}}])), "a-b-c"),
            (read(json!([{"id": "a2345678901234567", "components": {}}])), "at most 16"),
        ] {
            let error = file.unwrap_err();
            assert!(error.starts_with("entity ") && error.contains(expected), "{error}");
        }
        assert!(read(json!([{"id": "thing", "component": {}}])).unwrap_err().contains("unknown field"));
        let later = r#"{"format": "thexr.world.2", "name": "A", "entities": []}"#;
        assert!(matches!(WorldFile::read(later), Err(WorldFileError::Format(_))));
        assert!(matches!(WorldFile::read("{"), Err(WorldFileError::Json(_))));
    }
}

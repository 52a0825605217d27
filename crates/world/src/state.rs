//! A world as stored text: canonical JSON with the seq of every component. Owns that format and its hash.

use crate::entity::Entity;
use crate::fold::World;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::{write_canonical, write_string};

/// Stored text that is not a state: the journal was written by something else.
#[derive(Debug, thiserror::Error)]
#[error("the stored state cannot be read: {0}")]
pub struct StateError(#[from] serde_json::Error);

#[derive(Deserialize)]
struct StoredState {
    entities: BTreeMap<EntityId, StoredEntity>,
}

#[derive(Deserialize)]
struct StoredEntity {
    components: BTreeMap<SmolStr, Value>,
    #[serde(default)]
    expires_at: Option<i64>,
    seqs: BTreeMap<SmolStr, u64>,
}

/// Hex SHA-256 of a text.
pub fn hash(text: &str) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn write_components(entity: &Entity, out: &mut String) {
    out.push('{');
    for (index, (name, component)) in entity.components().iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        write_canonical(&component.value, out);
    }
    out.push('}');
}

impl World {
    /// The canonical stored text: `{"entities":{id:{"components","expires_at"?,"seqs"}}}`.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.bytes() * 5 / 4 + 64);
        out.push_str("{\"entities\":{");
        for (index, (id, entity)) in self.entities().iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            let _ = write!(out, "\"{id}\":{{\"components\":");
            write_components(entity, &mut out);
            if let Some(at_ms) = entity.expires_at_ms() {
                let _ = write!(out, ",\"expires_at\":{at_ms}");
            }
            out.push_str(",\"seqs\":{");
            for (index, (name, component)) in entity.components().iter().enumerate() {
                let _ = write!(out, "{}\"{name}\":{}", if index > 0 { "," } else { "" }, component.seq);
            }
            out.push_str("}}");
        }
        out.push_str("}}");
        out
    }

    /// Reads a stored text.
    pub fn from_text(text: &str) -> Result<Self, StateError> {
        let stored: StoredState = serde_json::from_str(text)?;
        let mut world = Self::default();
        for (id, entry) in stored.entities {
            let mut entity = Entity::default();
            for (name, value) in entry.components {
                let seq = entry.seqs.get(&name).copied().unwrap_or(0);
                entity.set(name, Arc::new(value), seq, 0);
            }
            entity.set_expires_at_ms(entry.expires_at);
            world.put(id, Some(Arc::new(entity)));
        }
        Ok(world)
    }

    /// Adds an entity as a join snapshot tells it, components as of `version`; rows of the same id add up.
    pub fn put_row(&mut self, id: EntityId, version: u64, components: serde_json::Map<String, Value>) {
        let mut entity = self.entity(&id).map(|entity| Entity::clone(entity)).unwrap_or_default();
        for (name, value) in components {
            entity.set(SmolStr::from(name), Arc::new(value), version, 0);
        }
        // Lives are ended by the room alone; a replica does not count them.
        entity.set_expires_at_ms(None);
        self.put(id, Some(Arc::new(entity)));
    }

    /// Hex SHA-256 over what everyone must agree on: ids, components, values; without avatars' poses, which are motion.
    pub fn digest(&self) -> String {
        let mut out = String::with_capacity(self.bytes() + 64);
        for (id, entity) in self.entities() {
            let _ = write!(out, "{id}");
            if entity.is_avatar() && entity.value("pose").is_some() {
                let mut still = Entity::clone(entity);
                still.unset("pose");
                write_components(&still, &mut out);
            } else {
                write_components(entity, &mut out);
            }
            out.push('\n');
        }
        hash(&out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::{NoStates, Stamp};
    use crate::op::Op;
    use serde_json::json;

    #[test]
    fn a_stored_world_reads_back_the_same() {
        let mut world = World::default();
        let create = json!({"op": "create", "entity": "abcde", "components": {"position": [1, 2.5, 3], "ttl": 500,
            "nickname": "<b>\"é\"</b>", "parent": {"entity": "fghij"}}});
        let op: Op = serde_json::from_value(create).unwrap();
        world.fold(Stamp { seq: 7, at_ms: 1000 }, &[op], &NoStates).unwrap();
        let back = World::from_text(&world.to_text()).unwrap();
        assert_eq!(back, world);
        assert_eq!(back.expired(1500).count(), 1);
        assert_eq!(back.to_text(), world.to_text());
    }

    #[test]
    fn the_digest_ignores_seqs_and_sees_values() {
        let world = |seq, x| {
            let mut world = World::default();
            let id = EntityId::parse("abcde").unwrap();
            world.put_row(id, seq, serde_json::Map::from_iter([("position".into(), json!([x, 0, 0]))]));
            world.digest()
        };
        assert_eq!(world(1, 1), world(2, 1));
        assert_ne!(world(1, 1), world(1, 2));
    }

    #[test]
    fn the_digest_sees_no_motion() {
        let world = |x| {
            let mut world = World::default();
            let id = EntityId::parse("abcdefghij0123456789").unwrap();
            let components = json!({"avatar": {}, "pose": {"head": [x, 0, 0, 0, 0, 0, 1]}});
            world.put_row(id, 1, components.as_object().unwrap().clone());
            world.digest()
        };
        assert_eq!(world(1), world(2));
    }

    #[test]
    fn rows_of_the_same_id_add_up() {
        let mut world = World::default();
        let id = EntityId::parse("abcde").unwrap();
        for name in ["a", "b"] {
            world.put_row(id.clone(), 3, serde_json::Map::from_iter([(name.into(), json!(1))]));
        }
        assert_eq!(world.entity(&id).unwrap().components().len(), 2);
    }

    #[test]
    fn text_that_is_no_state_is_an_error() {
        assert!(World::from_text("{}").is_err());
    }
}

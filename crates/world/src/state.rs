//! A world as stored text: canonical JSON with the seq of every component. Owns that format and its hash.

use crate::entity::Entity;
use crate::fold::World;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::{write_canonical, write_string};

/// Stored text that is not a state: the journal was written by something else.
#[derive(Debug, thiserror::Error)]
#[error("the stored state cannot be read: {0}")]
pub struct StateError(#[from] serde_json::Error);

#[derive(Deserialize)]
struct StoredEntity {
    components: BTreeMap<SmolStr, Value>,
    #[serde(default)]
    expires_at: Option<i64>,
    seqs: BTreeMap<SmolStr, u64>,
    /// Only where the newest change was none of a component that is still there.
    #[serde(default)]
    version: u64,
}

impl From<StoredEntity> for Entity {
    fn from(stored: StoredEntity) -> Self {
        let mut entity = Self::new(stored.version);
        for (name, value) in &stored.components {
            let seq = stored.seqs.get(name).copied().unwrap_or(0);
            // A copy takes what it needs; lists that are read take more, which is gone with the entity as it was read.
            entity.set(name.clone(), Arc::new(value.clone()), seq, 0);
        }
        entity.set_expires_at_ms(stored.expires_at);
        entity
    }
}

/// Takes the entities of a stored text one by one.
struct Each<F>(F);

impl<'de, F: FnMut(EntityId, Entity)> Visitor<'de> for Each<F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("entities by id")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((id, entity)) = map.next_entry::<EntityId, StoredEntity>()? {
            (self.0)(id, entity.into());
        }
        Ok(())
    }
}

impl<'de, F: FnMut(EntityId, Entity)> DeserializeSeed<'de> for Each<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// The text as a whole.
struct Whole<F>(F);

impl<'de, F: FnMut(EntityId, Entity)> Visitor<'de> for Whole<F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a stored state")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<SmolStr>()? {
            if key == "entities" {
                found = true;
                map.next_value_seed(Each(&mut self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(A::Error::missing_field("entities")) }
    }
}

/// Reads a stored text entity by entity: only one at a time is in memory, unless it is kept.
pub fn each_entity(text: &str, each: impl FnMut(EntityId, Entity)) -> Result<(), StateError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_map(Whole(each))?;
    Ok(reader.end()?)
}

/// Bytes of a part of a stored state, on average. Where one ends is said by the entity it ends before, so that what a part
/// says stays the same when others change: a state stored again shares the parts that did not.
pub const PART_BYTES: usize = 256 * 1024;
/// Below this size no part ends, bytes: ids are proposed by clients, and whoever picks them so that every entity begins a part
/// must not make a row and a transaction of each.
pub const PART_BYTES_MIN: usize = 64 * 1024;
/// From this size on a part ends in any case, bytes: it is one row and one short transaction. Only a single entity makes a
/// larger one.
pub const PART_BYTES_MAX: usize = 1024 * 1024;

/// Whether a part ends before this entity, as likely as it is large: a hash of its id (FNV-1a, mixed as MurmurHash3 ends).
fn begins_part(id: &EntityId, entity: &Entity) -> bool {
    let fnv = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let mut hash = id.as_str().bytes().fold(0x811c_9dc5_u32, fnv);
    for (shift, factor) in [(16, 0x85eb_ca6b_u32), (13, 0xc2b2_ae35)] {
        hash = (hash ^ hash >> shift).wrapping_mul(factor);
    }
    hash ^= hash >> 16;
    u64::from(hash) * (PART_BYTES as u64) < (entity.bytes() as u64) << 32
}

/// Hex SHA-256 of a text.
pub fn hash(text: &str) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The hash of a state whose parts have these hashes, in order; that of a single part is the state's.
pub fn hash_of_parts(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        parts => hash(&parts.concat()),
    }
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

fn write_entity(entity: &Entity, out: &mut String) {
    out.push_str("{\"components\":");
    write_components(entity, out);
    if let Some(at_ms) = entity.expires_at_ms() {
        let _ = write!(out, ",\"expires_at\":{at_ms}");
    }
    out.push_str(",\"seqs\":{");
    for (index, (name, component)) in entity.components().iter().enumerate() {
        let _ = write!(out, "{}\"{name}\":{}", if index > 0 { "," } else { "" }, component.seq);
    }
    out.push('}');
    let newest = entity.components().values().map(|component| component.seq).max().unwrap_or(0);
    if entity.own_version() > newest {
        let _ = write!(out, ",\"version\":{}", entity.own_version());
    }
    out.push('}');
}

impl World {
    /// The canonical stored text: `{"entities":{id:{"components","expires_at"?,"seqs","version"?}}}`.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.bytes() * 5 / 4 + 64);
        self.write_text(self.entities().iter(), &mut out, |_, _, _| false);
        out
    }

    /// The stored text of the entities from `from` on, as many as make a part, and where the next part begins. All parts
    /// together are the state; each is one by itself.
    pub fn part(&self, from: Option<&EntityId>) -> (String, Option<EntityId>) {
        let mut out = String::with_capacity(PART_BYTES);
        let entities = self.entities().iter_from(|id| from.is_some_and(|from| id < from));
        let next = self.write_text(entities, &mut out, |bytes, id, entity| {
            bytes >= PART_BYTES_MAX || bytes >= PART_BYTES_MIN && begins_part(id, entity)
        });
        (out, next)
    }

    /// Writes entities as a stored text until one is to be the first of the next.
    fn write_text<'a>(
        &self,
        entities: impl Iterator<Item = (&'a EntityId, &'a Arc<Entity>)>,
        out: &mut String,
        ends_before: impl Fn(usize, &EntityId, &Entity) -> bool,
    ) -> Option<EntityId> {
        out.push_str("{\"entities\":{");
        let mut next = None;
        for (index, (id, entity)) in entities.enumerate() {
            if index > 0 {
                if ends_before(out.len(), id, entity) {
                    next = Some(id.clone());
                    break;
                }
                out.push(',');
            }
            let _ = write!(out, "\"{id}\":");
            write_entity(&self.settled(entity), out);
        }
        out.push_str("}}");
        next
    }

    /// Reads a stored text.
    pub fn from_text(text: &str) -> Result<Self, StateError> {
        let mut world = Self::default();
        world.add_part(text)?;
        Ok(world)
    }

    /// Adds a part of a stored state.
    pub fn add_part(&mut self, text: &str) -> Result<(), StateError> {
        each_entity(text, |id, entity| self.put(id, Some(Arc::new(entity))))
    }

    /// The same; values that an entity has in another world already are shared with it.
    pub fn add_part_beside(&mut self, text: &str, other: &Self) -> Result<(), StateError> {
        each_entity(text, |id, mut entity| {
            if let Some(known) = other.entity(&id) {
                entity.share_values(known);
            }
            self.put(id, Some(Arc::new(entity)));
        })
    }

    /// Adds an entity as a join snapshot tells it, components as of `version`; rows of the same id add up.
    pub fn put_row(&mut self, id: EntityId, version: u64, components: serde_json::Map<String, Value>) {
        let mut entity = self.entity(&id).map(|entity| Entity::clone(entity)).unwrap_or_default();
        entity.raise_version(version);
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
                still.unset("pose", 0);
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

    /// So many entities with texts of so many bytes.
    fn large(count: usize, bytes: usize) -> World {
        let mut world = World::default();
        for n in 0..count {
            let id = EntityId::parse(&format!("entity{n:05}")).unwrap();
            let components = serde_json::Map::from_iter([("note".into(), json!("x".repeat(bytes)))]);
            world.put_row(id, n as u64 + 1, components);
        }
        world
    }

    fn parts(world: &World) -> Vec<String> {
        let (mut parts, mut from) = (Vec::new(), None);
        loop {
            let (part, next) = world.part(from.as_ref());
            parts.push(part);
            match next {
                Some(next) => from = Some(next),
                None => return parts,
            }
        }
    }

    #[test]
    fn the_parts_of_a_world_are_bounded_and_add_up_to_it() {
        for (count, bytes) in [(0, 0), (1, 10), (3_000, 100), (100, 50_000), (40, 1_500_000)] {
            let world = large(count, bytes);
            let parts = parts(&world);
            let mut back = World::default();
            parts.iter().for_each(|part| back.add_part(part).unwrap());
            assert_eq!(back, world);
            assert!(parts.iter().all(|part| part.len() <= PART_BYTES_MAX + bytes + 1_000));
            let expected = world.to_text().len().div_ceil(PART_BYTES.max(bytes));
            assert!(
                (expected.div_ceil(3)..=2 * expected + 2).contains(&parts.len()),
                "{} parts",
                parts.len()
            );
        }
        assert_eq!(parts(&large(1, 10)), [large(1, 10).to_text()], "a small state is its only part");
    }

    #[test]
    fn ids_that_were_picked_to_begin_parts_make_no_more_of_them() {
        let mut world = World::default();
        let components = || serde_json::Map::from_iter([("note".into(), json!("x".repeat(1_000)))]);
        let mut picked = 0;
        for n in 0.. {
            let id = EntityId::parse(&format!("e{n:06}")).unwrap();
            let mut one = World::default();
            one.put_row(id.clone(), 1, components());
            if begins_part(&id, one.entity(&id).unwrap()) {
                world.put_row(id, 1, components());
                picked += 1;
            }
            if picked == 1_000 {
                break;
            }
        }
        let parts = parts(&world);
        assert!(parts.len() <= world.to_text().len() / PART_BYTES_MIN + 1, "{} parts", parts.len());
    }

    #[test]
    fn a_change_leaves_the_parts_without_it_as_they_are() {
        let (world, mut changed) = (large(5_000, 1_000), large(5_000, 1_000));
        let longer = serde_json::Map::from_iter([("note".into(), json!("y".repeat(7_000)))]);
        changed.put_row(EntityId::parse("entity00700").unwrap(), 9_999, longer.clone());
        changed.put_row(EntityId::parse("entity00700a").unwrap(), 9_999, longer);
        let before: std::collections::BTreeSet<String> = parts(&world).into_iter().collect();
        let after = parts(&changed);
        assert!(after.len() > 15);
        let new = after.iter().filter(|part| !before.contains(*part)).count();
        assert!((1..=3).contains(&new), "{new} of {} parts are new", after.len());
    }

    #[test]
    fn what_is_read_beside_a_world_shares_the_values_that_are_the_same() {
        let (world, mut now) = (large(3, 1_000), large(3, 1_000));
        let id = |n: usize| EntityId::parse(&format!("entity{n:05}")).unwrap();
        let other = serde_json::Map::from_iter([("note".into(), json!("y".repeat(1_000)))]);
        now.put_row(id(1), 9, other);
        let mut back = World::default();
        back.add_part_beside(&world.to_text(), &now).unwrap();
        assert_eq!(back, world);
        let value =
            |world: &World, n| world.entity(&id(n)).unwrap().components().get("note").unwrap().value.clone();
        let shared = [0, 1, 2].map(|n| Arc::ptr_eq(&value(&back, n), &value(&now, n)));
        assert_eq!(shared, [true, false, true]);
    }

    #[test]
    fn the_hash_of_a_single_part_is_the_states() {
        assert_eq!(hash_of_parts(&[hash("a")]), hash("a"));
        assert_ne!(hash_of_parts(&[hash("a"), hash("b")]), hash_of_parts(&[hash("b"), hash("a")]));
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

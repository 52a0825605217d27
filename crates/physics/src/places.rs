//! Who is known to the physics by which key, and as what.

use crate::forms::Described;
use crate::port::Key;
use crate::solid::Kind;
use std::collections::BTreeMap;
use thexr_wire::EntityId;

/// Things of a room that are pushed about, at most; further ones stay where they are put, as if they were nailed there.
pub const FREE_BODIES_MAX: usize = 5_000;

/// Things that are held or go by the clock and push what they meet, at most; further ones stand for others where they were seen first.
pub const STEERED_MAX: usize = 500;

/// The first key of people's limbs: things have those below.
pub const FIRST_LIMB: Key = 1 << 30;

/// A thing that the physics knows.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its name for the simulation.
    pub key: Key,
    /// As it was described last; a free one's place is where its components have it.
    pub described: Described,
}

/// Things by id and by key.
#[derive(Debug, Default)]
pub struct Places {
    by_id: BTreeMap<EntityId, Known>,
    by_key: BTreeMap<Key, EntityId>,
    /// Keys given so far; the plain's, 0, is not among them.
    given: Key,
    free: usize,
}

impl Places {
    /// What is known of a thing.
    pub fn get(&self, id: &EntityId) -> Option<&Known> {
        self.by_id.get(id)
    }

    /// Whose key this is.
    pub fn id(&self, key: Key) -> Option<&EntityId> {
        self.by_key.get(&key)
    }

    /// Everything known.
    pub fn ids(&self) -> impl Iterator<Item = &EntityId> {
        self.by_id.keys()
    }

    /// How many free ones there are.
    pub fn free(&self) -> usize {
        self.free
    }

    /// Notes what a thing is now; its key.
    pub fn note(&mut self, id: &EntityId, described: Described) -> Key {
        let known = self.by_id.get(id).map(|known| (known.key, is_free(&known.described)));
        let key = known.map_or(self.given + 1, |(key, _)| key);
        if known.is_none() {
            self.given += 1;
            self.by_key.insert(key, id.clone());
        }
        self.free =
            self.free + usize::from(is_free(&described)) - usize::from(known.is_some_and(|(_, free)| free));
        self.by_id.insert(id.clone(), Known { key, described });
        key
    }

    /// Forgets a thing; what was known of it.
    pub fn remove(&mut self, id: &EntityId) -> Option<Known> {
        let known = self.by_id.remove(id)?;
        self.by_key.remove(&known.key);
        self.free -= usize::from(is_free(&known.described));
        Some(known)
    }
}

fn is_free(described: &Described) -> bool {
    described.solid.kind == Kind::Free
}

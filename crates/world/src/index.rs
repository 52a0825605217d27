//! What the world looks up in the other direction: who hangs on, lives with, runs out, is a person.

use crate::entity::{Entity, Mark};
use crate::shared::Shared;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use thexr_wire::EntityId;

/// Pairs of an entity and those that refer to it.
type Relation = Shared<(EntityId, EntityId), ()>;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Index {
    children: Relation,
    kept: Relation,
    expiring: Shared<(i64, EntityId), ()>,
    avatars: Shared<EntityId, ()>,
    /// Entities by what they are found by; voices' zones, rules, games.
    marked: Shared<(Mark, EntityId), ()>,
    tagged: Shared<(SmolStr, EntityId), ()>,
    copies: Relation,
}

impl Index {
    pub fn children<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
        related(&self.children, id)
    }

    pub fn kept_by<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
        related(&self.kept, id)
    }

    /// By the time when their life ends.
    pub fn expiring(&self) -> impl Iterator<Item = &(i64, EntityId)> {
        self.expiring.keys()
    }

    pub fn avatars(&self) -> impl Iterator<Item = &EntityId> {
        self.avatars.keys()
    }

    pub fn marked(&self, mark: Mark) -> impl Iterator<Item = &EntityId> {
        let from = self.marked.iter_from(move |(other, _)| *other < mark).map(|(pair, ())| pair);
        from.take_while(move |(other, _)| *other == mark).map(|(_, id)| id)
    }

    pub fn tagged<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a EntityId> {
        let from = self.tagged.iter_from(move |(other, _)| other.as_str() < tag).map(|(pair, ())| pair);
        from.take_while(move |(other, _)| other == tag).map(|(_, id)| id)
    }

    pub fn copies_of<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
        related(&self.copies, id)
    }

    /// Takes out what was known of an entity as it was, and in what is to be known of it as it is.
    pub fn change(&mut self, id: &EntityId, was: Option<&Entity>, is: Option<&Entity>) {
        let parent = |entity: Option<&Entity>| Some((entity?.parent()?.entity.clone(), id.clone()));
        exchange(&mut self.children, parent(was), parent(is));
        let keeper = |entity: Option<&Entity>| Some((entity?.keep_while()?.clone(), id.clone()));
        exchange(&mut self.kept, keeper(was), keeper(is));
        let until = |entity: Option<&Entity>| Some((entity?.expires_at_ms()?, id.clone()));
        exchange(&mut self.expiring, until(was), until(is));
        let avatar = |entity: Option<&Entity>| entity.filter(|entity| entity.is_avatar()).map(|_| id.clone());
        exchange(&mut self.avatars, avatar(was), avatar(is));
        if was.is_some_and(Entity::is_marked) || is.is_some_and(Entity::is_marked) {
            self.change_marks(id, was, is);
        }
    }

    /// The same, of what only few entities have.
    fn change_marks(&mut self, id: &EntityId, was: Option<&Entity>, is: Option<&Entity>) {
        for mark in [Mark::VoiceZone, Mark::Rules, Mark::Game] {
            let found = |entity: Option<&Entity>| {
                Some((mark, entity.filter(|entity| entity.has(mark)).map(|_| id.clone())?))
            };
            exchange(&mut self.marked, found(was), found(is));
        }
        let copied = |entity: Option<&Entity>| Some((entity?.spawned_by()?, id.clone()));
        exchange(&mut self.copies, copied(was), copied(is));
        let tags = |entity: Option<&Entity>| -> BTreeSet<SmolStr> {
            entity.into_iter().flat_map(Entity::tags).map(SmolStr::new).collect()
        };
        let (before, now) = (tags(was), tags(is));
        for tag in before.difference(&now) {
            self.tagged.remove(&(tag.clone(), id.clone()));
        }
        for tag in now.difference(&before) {
            self.tagged.insert((tag.clone(), id.clone()), ());
        }
    }
}

fn related<'a>(relation: &'a Relation, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
    let pairs = relation.iter_from(move |(other, _)| other < id).map(|(pair, ())| pair);
    pairs.take_while(move |(other, _)| other == id).map(|(_, related)| related)
}

fn exchange<K: Ord + Clone>(set: &mut Shared<K, ()>, was: Option<K>, is: Option<K>) {
    if was == is {
        return;
    }
    if let Some(was) = was {
        set.remove(&was);
    }
    if let Some(is) = is {
        set.insert(is, ());
    }
}

//! What the world looks up in the other direction: who hangs on, lives with, runs out, is a person.

use crate::entity::Entity;
use crate::shared::Shared;
use thexr_wire::EntityId;

/// Pairs of an entity and those that refer to it.
type Relation = Shared<(EntityId, EntityId), ()>;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Index {
    children: Relation,
    kept: Relation,
    expiring: Shared<(i64, EntityId), ()>,
    avatars: Shared<EntityId, ()>,
    voice_zones: Shared<EntityId, ()>,
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

    pub fn voice_zones(&self) -> impl Iterator<Item = &EntityId> {
        self.voice_zones.keys()
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
        let zone = |entity: Option<&Entity>| {
            entity.filter(|entity| entity.value("voice_zone").is_some()).map(|_| id.clone())
        };
        exchange(&mut self.voice_zones, zone(was), zone(is));
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

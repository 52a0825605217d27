//! The fold: ops applied to a world, all or nothing, with what is needed to undo them.

use crate::entity::{Component, Entity, Mark, Name};
use crate::fold_error::FoldError;
use crate::index::Index;
use crate::op::{Components, Op};
use crate::shared::Shared;
use crate::values::new_values;
use serde_json::{Map, Value};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::same;
use thexr_wire::limits::{
    COMPONENT_BYTES_MAX, COMPONENT_NODES_MAX, ENTITY_COMPONENTS_MAX, INVERSE_BYTES_MAX, ROOM_ENTITIES_MAX,
    ROOM_MEMORY_BYTES_MAX, ROOM_STATE_BYTES_MAX,
};

/// Where `load` finds immutable states by their hash.
pub trait States {
    /// The state with this hex SHA-256, if it is at hand.
    fn state(&self, hash: &str) -> Option<Arc<World>>;
}

/// No states at hand: `load` fails.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStates;

impl States for NoStates {
    fn state(&self, _hash: &str) -> Option<Arc<World>> {
        None
    }
}

impl States for BTreeMap<String, Arc<World>> {
    fn state(&self, hash: &str) -> Option<Arc<World>> {
        self.get(hash).cloned()
    }
}

/// When ops happen: the seq of their event and the room's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Seq of the event.
    pub seq: u64,
    /// Room time of the event, milliseconds.
    pub at_ms: i64,
}

/// What ops replaced.
#[derive(Debug, Default)]
pub struct Undo {
    before: BTreeMap<EntityId, Option<Arc<Entity>>>,
    /// The whole world before a `load`.
    whole: Option<World>,
}

/// All entities of a room, by id.
pub type Entities = Shared<EntityId, Arc<Entity>>;

/// All entities of a room. A clone shares everything until one of the two changes, and then all but what changed.
#[derive(Debug, Clone, Default)]
pub struct World {
    entities: Entities,
    index: Index,
    bytes: usize,
    memory: usize,
    /// Seq of the last `load`: what came with it and has not changed since is of this seq, whatever it says itself.
    floor: u64,
}

/// How ops are folded.
#[derive(Clone, Copy)]
struct Folding<'a> {
    stamp: Stamp,
    states: &'a dyn States,
    /// Whether limits that came after the first journals, and those of the whole room, are asked.
    strict: bool,
}

impl World {
    /// All entities, by id.
    pub fn entities(&self) -> &Entities {
        &self.entities
    }

    /// One entity.
    pub fn entity(&self, id: &EntityId) -> Option<&Arc<Entity>> {
        self.entities.get(id)
    }

    /// Seq of the newest change of one of this world's entities, the removal of a component included; only ever grows.
    pub fn version(&self, entity: &Entity) -> u64 {
        if entity.is_avatar() { entity.own_version() } else { entity.own_version().max(self.floor) }
    }

    /// Canonical JSON bytes of the whole, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of memory that the whole takes, about.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Entities whose parent is this one.
    pub fn children<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
        self.index.children(id)
    }

    /// Entities that live as long as this one.
    pub fn kept_by<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
        self.index.kept_by(id)
    }

    /// Entities whose `ttl` has run out, oldest first.
    pub fn expired(&self, at_ms: i64) -> impl Iterator<Item = &EntityId> {
        self.index.expiring().take_while(move |(until, _)| *until <= at_ms).map(|(_, id)| id)
    }

    /// People's avatars, by id.
    pub fn avatars(&self) -> impl Iterator<Item = &EntityId> {
        self.index.avatars()
    }

    /// Entities around which voices carry otherwise, by id.
    pub fn voice_zones(&self) -> impl Iterator<Item = &EntityId> {
        self.index.marked(Mark::VoiceZone)
    }

    /// Entities with rules, by id.
    pub fn ruled(&self) -> impl Iterator<Item = &EntityId> {
        self.index.marked(Mark::Rules)
    }

    /// The entity that says how the game of this room goes, if there is one: the first of several.
    pub fn game(&self) -> Option<&EntityId> {
        self.index.marked(Mark::Game).next()
    }

    /// Entities with a tag, by id.
    pub fn tagged<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a EntityId> {
        self.index.tagged(tag)
    }

    /// What rules have made after this one, by id.
    pub fn copies_of<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a EntityId> {
        self.index.copies_of(id)
    }

    /// Applies ops in order, all or nothing.
    pub fn fold(&mut self, stamp: Stamp, ops: &[Op], states: &dyn States) -> Result<Undo, FoldError> {
        self.fold_all(ops, Folding { stamp, states, strict: true })
    }

    /// Applies ops of an event that has happened: it was judged by the limits of its time and by the room it happened in.
    pub fn fold_again(&mut self, stamp: Stamp, ops: &[Op], states: &dyn States) -> Result<Undo, FoldError> {
        self.fold_all(ops, Folding { stamp, states, strict: false })
    }

    fn fold_all(&mut self, ops: &[Op], folding: Folding<'_>) -> Result<Undo, FoldError> {
        let mut undo = Undo::default();
        for op in ops {
            if let Err(error) = self.apply(folding, op, &mut undo) {
                self.roll_back(undo);
                return Err(error);
            }
        }
        Ok(undo)
    }

    /// Puts back what ops replaced.
    pub fn roll_back(&mut self, undo: Undo) {
        if let Some(whole) = undo.whole {
            *self = whole;
        }
        for (id, entity) in undo.before {
            self.put(id, entity);
        }
    }

    /// Ops that lead from here back to before: `None` after a `load`, or when they exceed 64 KiB.
    pub fn inverse(&self, undo: &Undo) -> Option<Vec<Op>> {
        if undo.whole.is_some() {
            return None;
        }
        let gone = undo.before.iter().filter(|(id, _)| !self.entities.contains_key(id));
        let gone_bytes: usize =
            gone.filter_map(|(_, before)| before.as_ref()).map(|entity| entity.bytes()).sum();
        let changed =
            undo.before.iter().filter_map(|(id, before)| Some((before.as_ref()?, self.entities.get(id)?)));
        let changed_bytes: usize = changed.map(|(before, after)| bytes_replaced(before, after)).sum();
        if gone_bytes + changed_bytes > INVERSE_BYTES_MAX {
            // Before megabytes are copied to be counted.
            return None;
        }
        let mut ops = Vec::new();
        for (id, before) in &undo.before {
            match (before, self.entities.get(id)) {
                (None, Some(_)) => ops.push(Op::Delete { entity: id.clone() }),
                (Some(before), None) => {
                    ops.push(Op::Create { entity: id.clone(), components: before.to_json() });
                }
                (Some(before), Some(after)) => push_difference(id, after, before, &mut ops),
                (None, None) => {}
            }
        }
        let bytes = serde_json::to_string(&ops).map_or(usize::MAX, |text| text.len());
        (bytes <= INVERSE_BYTES_MAX).then_some(ops)
    }

    /// Adds, replaces or removes an entity as a stored state says; no limits, no history.
    pub(crate) fn put(&mut self, id: EntityId, entity: Option<Arc<Entity>>) {
        let old = match &entity {
            Some(entity) => self.entities.insert(id.clone(), entity.clone()),
            None => self.entities.remove(&id),
        };
        self.account(&id, old.as_deref(), entity.as_deref());
    }

    /// Counts what an entity takes now instead of what it took, and follows what it hangs on.
    fn account(&mut self, id: &EntityId, old: Option<&Entity>, entity: Option<&Entity>) {
        let bytes = |entity: &Entity| entity.bytes() + id.as_str().len();
        self.bytes += entity.map_or(0, bytes);
        self.bytes -= old.map_or(0, bytes);
        self.memory += entity.map_or(0, Entity::memory);
        self.memory -= old.map_or(0, Entity::memory);
        self.index.change(id, old, entity);
    }

    /// An entity with the floor in its own numbers.
    pub(crate) fn settled(&self, entity: &Arc<Entity>) -> Arc<Entity> {
        if entity.is_avatar() || entity.seqs_reach(self.floor) {
            return entity.clone();
        }
        let mut settled = Entity::clone(entity);
        settled.raise_seqs(self.floor);
        Arc::new(settled)
    }

    fn apply(&mut self, folding: Folding<'_>, op: &Op, undo: &mut Undo) -> Result<(), FoldError> {
        match op {
            Op::Create { entity, components } => self.create(folding, entity, components, undo),
            Op::Delete { entity } => {
                undo.remember(entity, Some(self.known(entity)?));
                self.put(entity.clone(), None);
                Ok(())
            }
            Op::Load { snapshot } => {
                let state = folding.states.state(snapshot).ok_or(FoldError::UnknownState)?;
                if undo.whole.is_none() {
                    undo.whole = Some(self.clone());
                }
                self.load(folding, &state)
            }
            Op::Unset { entity, names } => self.edit(folding, entity, undo, |edited| {
                names.iter().for_each(|name| edited.unset(name, folding.stamp.seq));
                Ok(())
            }),
            _ => self.change(folding, op, undo),
        }
    }

    /// Ops that compute new values of one entity's components.
    fn change(&mut self, folding: Folding<'_>, op: &Op, undo: &mut Undo) -> Result<(), FoldError> {
        let Some(id) = op.entity() else { return Ok(()) };
        self.edit(folding, id, undo, |edited| {
            for (name, value) in new_values(edited, op)? {
                set_checked(edited, name, value, folding)?;
            }
            Ok(())
        })
    }

    fn create(
        &mut self,
        folding: Folding<'_>,
        id: &EntityId,
        components: &Components,
        undo: &mut Undo,
    ) -> Result<(), FoldError> {
        if self.entities.contains_key(id) {
            return Err(FoldError::IdTaken(id.clone()));
        }
        if self.entities.len() >= ROOM_ENTITIES_MAX {
            return Err(FoldError::TooManyEntities);
        }
        let mut entity = Entity::new(folding.stamp.seq);
        for (name, value) in components {
            set_checked(&mut entity, SmolStr::new(name), value.clone(), folding)?;
        }
        let before = (self.bytes, self.memory);
        undo.remember(id, None);
        self.put(id.clone(), Some(Arc::new(entity)));
        self.check_size(folding, before)
    }

    /// An entity that an op names.
    fn known(&self, id: &EntityId) -> Result<Arc<Entity>, FoldError> {
        self.entities.get(id).cloned().ok_or_else(|| FoldError::UnknownEntity(id.clone()))
    }

    /// Changes an entity; what it was is remembered. It is looked up once: that is a fifth of a change.
    fn edit(
        &mut self,
        folding: Folding<'_>,
        id: &EntityId,
        undo: &mut Undo,
        change: impl FnOnce(&mut Entity) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        let slot = self.entities.get_mut(id).ok_or_else(|| FoldError::UnknownEntity(id.clone()))?;
        let mut entity = Entity::clone(slot);
        if !entity.is_avatar() {
            entity.raise_seqs(self.floor);
        }
        change(&mut entity)?;
        let entity = Arc::new(entity);
        let old = std::mem::replace(slot, entity.clone());
        let before = (self.bytes, self.memory);
        self.account(id, Some(&old), Some(&entity));
        undo.remember(id, Some(old));
        self.check_size(folding, before)
    }

    /// Whether the whole is no larger than it may be, or than `before`: a state from before a limit may still shrink.
    fn check_size(&self, folding: Folding<'_>, (bytes, memory): (usize, usize)) -> Result<(), FoldError> {
        let too_large =
            self.bytes > ROOM_STATE_BYTES_MAX.max(bytes) || self.memory > ROOM_MEMORY_BYTES_MAX.max(memory);
        if folding.strict && too_large { Err(FoldError::StateTooLarge) } else { Ok(()) }
    }

    /// Everything but people becomes as in `state`, which is not newer than now; lives start anew.
    ///
    /// The state is shared, not copied: the work is that of the people in both and of the lives that start.
    fn load(&mut self, folding: Folding<'_>, state: &World) -> Result<(), FoldError> {
        let mut loaded = World { floor: folding.stamp.seq, ..state.clone() };
        for id in state.avatars() {
            loaded.put(id.clone(), None);
        }
        for (_, id) in state.index.expiring() {
            if let Some(stored) = loaded.entity(id) {
                let mut entity = Entity::clone(stored);
                entity.begin_life(folding.stamp.at_ms);
                loaded.put(id.clone(), Some(Arc::new(entity)));
            }
        }
        for id in self.avatars() {
            loaded.put(id.clone(), self.entity(id).cloned());
        }
        *self = loaded;
        // More people may be here than when the state was kept.
        if self.entities.len() > ROOM_ENTITIES_MAX {
            return Err(FoldError::TooManyEntities);
        }
        let too_large = self.bytes > ROOM_STATE_BYTES_MAX || self.memory > ROOM_MEMORY_BYTES_MAX;
        if folding.strict && too_large { Err(FoldError::StateTooLarge) } else { Ok(()) }
    }
}

/// The same entities with the same seqs, whether they came by a `load` or one by one.
impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        let settled =
            |world: &World, (id, entity): (&EntityId, &Arc<Entity>)| (id.clone(), world.settled(entity));
        let same = self.entities.iter().map(|entry| settled(self, entry));
        (self.bytes, self.memory, self.entities.len()) == (other.bytes, other.memory, other.entities.len())
            && self.index == other.index
            && same.eq(other.entities.iter().map(|entry| settled(other, entry)))
    }
}

impl Undo {
    /// What an entity was before, if it was there and was changed.
    pub fn before(&self, id: &EntityId) -> Option<&Arc<Entity>> {
        match &self.whole {
            Some(whole) => whole.entity(id),
            None => self.before.get(id)?.as_ref(),
        }
    }

    /// Keeps what an entity was before its first change; after a `load` the whole world is kept already.
    fn remember(&mut self, id: &EntityId, before: Option<Arc<Entity>>) {
        if self.whole.is_none() {
            self.before.entry(id.clone()).or_insert(before);
        }
    }
}

fn set_checked(entity: &mut Entity, name: Name, value: Value, folding: Folding<'_>) -> Result<(), FoldError> {
    let Stamp { seq, at_ms } = folding.stamp;
    entity.set(name.clone(), Arc::new(value), seq, at_ms);
    let component = &entity.components()[&name];
    if component.bytes > COMPONENT_BYTES_MAX {
        return Err(FoldError::ComponentTooLarge(name));
    }
    if folding.strict && component.nodes > COMPONENT_NODES_MAX {
        return Err(FoldError::TooManyNodes(name));
    }
    if entity.components().len() > ENTITY_COMPONENTS_MAX {
        return Err(FoldError::TooManyComponents);
    }
    Ok(())
}

/// Bytes of components that have another value now, or none.
fn bytes_replaced(before: &Entity, after: &Entity) -> usize {
    let stays = |name: &Name, part: &Component| {
        after.components().get(name).is_some_and(|now| Arc::ptr_eq(&now.value, &part.value))
    };
    before.components().iter().filter(|(name, part)| !stays(name, part)).map(|(_, part)| part.bytes).sum()
}

fn push_difference(id: &EntityId, from: &Entity, to: &Entity, ops: &mut Vec<Op>) {
    let mut components = Map::new();
    for (name, component) in to.components() {
        let unchanged = from.components().get(name).is_some_and(|now| {
            Arc::ptr_eq(&now.value, &component.value) || same(&now.value, &component.value)
        });
        if !unchanged {
            components.insert(name.to_string(), (*component.value).clone());
        }
    }
    let added = from.components().keys().filter(|name| to.value(name).is_none());
    let names: Vec<Name> = added.cloned().collect();
    if !components.is_empty() {
        ops.push(Op::Set { entity: id.clone(), components });
    }
    if !names.is_empty() {
        ops.push(Op::Unset { entity: id.clone(), names });
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "version_tests.rs"]
mod version_tests;

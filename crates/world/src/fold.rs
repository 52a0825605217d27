//! The fold: ops applied to a world, all or nothing, with what is needed to undo them.

use crate::entity::{Entity, Name};
use crate::op::{Components, Op};
use serde_json::{Map, Value};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::same;
use thexr_wire::limits::{
    COMPONENT_BYTES_MAX, ENTITY_COMPONENTS_MAX, INVERSE_BYTES_MAX, ROOM_ENTITIES_MAX, ROOM_STATE_BYTES_MAX,
};

/// Why ops cannot be applied; the world is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// An op names an entity that does not exist.
    #[error("there is no entity {0}")]
    UnknownEntity(EntityId),
    /// An op creates an entity that exists.
    #[error("the id {0} is taken")]
    IdTaken(EntityId),
    /// Arithmetic on something else than numbers.
    #[error("{0} is not a number")]
    NotANumber(Name),
    /// A list operation on something else than a list.
    #[error("{0} is not a list")]
    NotAList(Name),
    /// An index beyond the list.
    #[error("{0} has no such item")]
    NoSuchItem(Name),
    /// A component is larger than 64 KiB.
    #[error("{0} is larger than {COMPONENT_BYTES_MAX} bytes")]
    ComponentTooLarge(Name),
    /// An entity would have more than 256 components.
    #[error("an entity has at most {ENTITY_COMPONENTS_MAX} components")]
    TooManyComponents,
    /// The room would have more than 20,000 entities.
    #[error("a room has at most {ROOM_ENTITIES_MAX} entities")]
    TooManyEntities,
    /// The room's state would grow beyond its limit.
    #[error("a room's state has at most {ROOM_STATE_BYTES_MAX} bytes")]
    StateTooLarge,
    /// A `load` refers to a state that is not there.
    #[error("the saved state is not there")]
    UnknownState,
}

impl FoldError {
    /// The stable reason clients are told.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownEntity(_) => "unknown_entity",
            Self::IdTaken(_) => "id_taken",
            Self::NotANumber(_) | Self::NotAList(_) | Self::NoSuchItem(_) => "bad_component",
            Self::ComponentTooLarge(_) => "component_too_large",
            Self::TooManyComponents => "too_many_components",
            Self::TooManyEntities => "room_full_of_entities",
            Self::StateTooLarge => "room_state_too_large",
            Self::UnknownState => "snapshot_not_found",
        }
    }
}

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

#[derive(Debug, Clone, Default, PartialEq)]
struct Index {
    children: BTreeMap<EntityId, BTreeSet<EntityId>>,
    kept: BTreeMap<EntityId, BTreeSet<EntityId>>,
    expiring: BTreeSet<(i64, EntityId)>,
}

/// All entities of a room. A clone shares everything until one of the two changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    entities: Arc<BTreeMap<EntityId, Arc<Entity>>>,
    index: Arc<Index>,
    bytes: usize,
}

impl World {
    /// All entities, by id.
    pub fn entities(&self) -> &BTreeMap<EntityId, Arc<Entity>> {
        &self.entities
    }

    /// One entity.
    pub fn entity(&self, id: &EntityId) -> Option<&Arc<Entity>> {
        self.entities.get(id)
    }

    /// Canonical JSON bytes of the whole, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Entities whose parent is this one.
    pub fn children(&self, id: &EntityId) -> impl Iterator<Item = &EntityId> {
        self.index.children.get(id).into_iter().flatten()
    }

    /// Entities that live as long as this one.
    pub fn kept_by(&self, id: &EntityId) -> impl Iterator<Item = &EntityId> {
        self.index.kept.get(id).into_iter().flatten()
    }

    /// Entities whose `ttl` has run out, oldest first.
    pub fn expired(&self, at_ms: i64) -> impl Iterator<Item = &EntityId> {
        self.index.expiring.iter().take_while(move |(until, _)| *until <= at_ms).map(|(_, id)| id)
    }

    /// Applies ops in order, all or nothing.
    pub fn fold(&mut self, stamp: Stamp, ops: &[Op], states: &dyn States) -> Result<Undo, FoldError> {
        let mut undo = Undo::default();
        for op in ops {
            if let Err(error) = self.apply(stamp, op, states, &mut undo) {
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
        let gone = undo.before.iter().filter(|(id, _)| !self.entities.contains_key(*id));
        let gone_bytes: usize =
            gone.filter_map(|(_, before)| before.as_ref()).map(|entity| entity.bytes()).sum();
        if gone_bytes > INVERSE_BYTES_MAX {
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
        let entities = Arc::make_mut(&mut self.entities);
        let old = match &entity {
            Some(entity) => entities.insert(id.clone(), entity.clone()),
            None => entities.remove(&id),
        };
        self.bytes += entity.as_ref().map_or(0, |entity| entity.bytes() + id.as_str().len());
        self.bytes -= old.as_ref().map_or(0, |old| old.bytes() + id.as_str().len());
        let relations = |entity: &Entity| {
            (entity.parent().cloned(), entity.keep_while().cloned(), entity.expires_at_ms())
        };
        let (was, is) = (old.as_deref().map(relations), entity.as_deref().map(relations));
        if was != is && (has_relation(&was) || has_relation(&is)) {
            let index = Arc::make_mut(&mut self.index);
            if let Some(old) = old {
                index.remove(&id, &old);
            }
            if let Some(entity) = entity {
                index.insert(&id, &entity);
            }
        }
    }

    fn apply(
        &mut self,
        stamp: Stamp,
        op: &Op,
        states: &dyn States,
        undo: &mut Undo,
    ) -> Result<(), FoldError> {
        match op {
            Op::Create { entity, components } => self.create(stamp, entity, components, undo),
            Op::Delete { entity } => {
                let old = self.entities.get(entity).cloned();
                let old = old.ok_or_else(|| FoldError::UnknownEntity(entity.clone()))?;
                undo.remember(entity, Some(old));
                self.put(entity.clone(), None);
                Ok(())
            }
            Op::Load { snapshot } => {
                let state = states.state(snapshot).ok_or(FoldError::UnknownState)?;
                if undo.whole.is_none() {
                    undo.whole = Some(self.clone());
                }
                self.load(stamp, &state)
            }
            Op::Unset { entity, names } => self.edit(entity, undo, |edited| {
                names.iter().for_each(|name| edited.unset(name));
                Ok(())
            }),
            _ => self.change(stamp, op, undo),
        }
    }

    /// Ops that compute new values of one entity's components.
    fn change(&mut self, stamp: Stamp, op: &Op, undo: &mut Undo) -> Result<(), FoldError> {
        let Some(id) = op.entity() else { return Ok(()) };
        let values = self.entities.get(id).ok_or_else(|| FoldError::UnknownEntity(id.clone()))?;
        let changed = new_values(values, op)?;
        self.edit(id, undo, |edited| {
            for (name, value) in changed {
                set_checked(edited, name, value, stamp)?;
            }
            Ok(())
        })
    }

    fn create(
        &mut self,
        stamp: Stamp,
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
        let mut entity = Entity::default();
        for (name, value) in components {
            set_checked(&mut entity, SmolStr::new(name), value.clone(), stamp)?;
        }
        self.commit(id, entity, undo)
    }

    fn edit(
        &mut self,
        id: &EntityId,
        undo: &mut Undo,
        change: impl FnOnce(&mut Entity) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        let old = self.entities.get(id).ok_or_else(|| FoldError::UnknownEntity(id.clone()))?;
        let mut entity = Entity::clone(old);
        change(&mut entity)?;
        self.commit(id, entity, undo)
    }

    fn commit(&mut self, id: &EntityId, entity: Entity, undo: &mut Undo) -> Result<(), FoldError> {
        let old = self.entities.get(id).cloned();
        let grown = self.bytes + entity.bytes() + id.as_str().len();
        let shrunk = old.as_ref().map_or(0, |old| old.bytes() + id.as_str().len());
        if grown - shrunk > ROOM_STATE_BYTES_MAX {
            return Err(FoldError::StateTooLarge);
        }
        undo.remember(id, old);
        self.put(id.clone(), Some(Arc::new(entity)));
        Ok(())
    }

    /// Everything but people becomes as in `state`; lives start anew.
    fn load(&mut self, stamp: Stamp, state: &World) -> Result<(), FoldError> {
        let gone = self.entities.iter().filter(|(_, entity)| !entity.is_avatar());
        for id in gone.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.put(id, None);
        }
        for (id, stored) in state.entities.iter().filter(|(_, entity)| !entity.is_avatar()) {
            let mut entity = Entity::default();
            for (name, component) in stored.components() {
                entity.set(name.clone(), component.value.clone(), stamp.seq, stamp.at_ms);
            }
            self.put(id.clone(), Some(Arc::new(entity)));
        }
        // More people may be here than when the state was kept.
        if self.entities.len() > ROOM_ENTITIES_MAX {
            return Err(FoldError::TooManyEntities);
        }
        if self.bytes > ROOM_STATE_BYTES_MAX { Err(FoldError::StateTooLarge) } else { Ok(()) }
    }
}

impl Undo {
    /// Keeps what an entity was before its first change; after a `load` the whole world is kept already.
    fn remember(&mut self, id: &EntityId, before: Option<Arc<Entity>>) {
        if self.whole.is_none() {
            self.before.entry(id.clone()).or_insert(before);
        }
    }
}

fn has_relation(relations: &Option<(Option<crate::Parent>, Option<EntityId>, Option<i64>)>) -> bool {
    matches!(relations, Some((parent, keep, until)) if parent.is_some() || keep.is_some() || until.is_some())
}

impl Index {
    fn insert(&mut self, id: &EntityId, entity: &Entity) {
        if let Some(parent) = entity.parent() {
            self.children.entry(parent.entity.clone()).or_default().insert(id.clone());
        }
        if let Some(keeper) = entity.keep_while() {
            self.kept.entry(keeper.clone()).or_default().insert(id.clone());
        }
        if let Some(until) = entity.expires_at_ms() {
            self.expiring.insert((until, id.clone()));
        }
    }

    fn remove(&mut self, id: &EntityId, entity: &Entity) {
        let parent = entity.parent().map(|parent| &parent.entity);
        for (map, key) in [(&mut self.children, parent), (&mut self.kept, entity.keep_while())] {
            let Some(key) = key else { continue };
            if let Some(set) = map.get_mut(key) {
                set.remove(id);
                if set.is_empty() {
                    map.remove(key);
                }
            }
        }
        if let Some(until) = entity.expires_at_ms() {
            self.expiring.remove(&(until, id.clone()));
        }
    }
}

fn set_checked(entity: &mut Entity, name: Name, value: Value, stamp: Stamp) -> Result<(), FoldError> {
    entity.set(name.clone(), Arc::new(value), stamp.seq, stamp.at_ms);
    if entity.components()[&name].bytes > COMPONENT_BYTES_MAX {
        return Err(FoldError::ComponentTooLarge(name));
    }
    if entity.components().len() > ENTITY_COMPONENTS_MAX {
        return Err(FoldError::TooManyComponents);
    }
    Ok(())
}

fn push_difference(id: &EntityId, from: &Entity, to: &Entity, ops: &mut Vec<Op>) {
    let mut components = Map::new();
    for (name, component) in to.components() {
        let unchanged = from.value(name).is_some_and(|value| same(value, &component.value));
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

/// The components an op gives new values to.
fn new_values(entity: &Entity, op: &Op) -> Result<Vec<(Name, Value)>, FoldError> {
    let each = |components: &Components, f: &dyn Fn(&Name, &Value) -> Result<Value, FoldError>| {
        let pairs = components.iter().map(|(name, argument)| {
            let name = SmolStr::new(name);
            f(&name, argument).map(|value| (name, value))
        });
        pairs.collect::<Result<Vec<_>, _>>()
    };
    match op {
        Op::Set { components, .. } => each(components, &|_, value| Ok(value.clone())),
        Op::Merge { components, .. } => each(components, &|name, patch| {
            let mut value = entity.value(name).cloned().unwrap_or(Value::Null);
            merge_patch(&mut value, patch);
            Ok(value)
        }),
        Op::Inc { components, .. } => {
            each(components, &|name, by| add(entity, name, number(name, by)?, None))
        }
        Op::Dec { components, .. } => {
            each(components, &|name, by| add(entity, name, -number(name, by)?, None))
        }
        Op::IncMax { components, .. } => each(components, &|name, argument| {
            let (by, max) = amount_and_bound(name, argument)?;
            add(entity, name, by, Some((f64::NEG_INFINITY, max)))
        }),
        Op::DecMin { components, .. } => each(components, &|name, argument| {
            let (by, min) = amount_and_bound(name, argument)?;
            add(entity, name, -by, Some((min, f64::INFINITY)))
        }),
        Op::Push { component, value, .. } => {
            let mut items = list(entity, component, true)?;
            items.push(value.clone());
            Ok(vec![(component.clone(), Value::Array(items))])
        }
        Op::Pop { component, .. } => {
            let mut items = list(entity, component, false)?;
            items.pop();
            Ok(vec![(component.clone(), Value::Array(items))])
        }
        Op::IndexSet { component, index, value, .. } => {
            let mut items = list(entity, component, false)?;
            *items.get_mut(*index).ok_or_else(|| FoldError::NoSuchItem(component.clone()))? = value.clone();
            Ok(vec![(component.clone(), Value::Array(items))])
        }
        Op::Create { .. } | Op::Delete { .. } | Op::Unset { .. } | Op::Load { .. } => Ok(Vec::new()),
    }
}

fn number(name: &Name, value: &Value) -> Result<f64, FoldError> {
    value.as_f64().ok_or_else(|| FoldError::NotANumber(name.clone()))
}

fn amount_and_bound(name: &Name, value: &Value) -> Result<(f64, f64), FoldError> {
    let [by, bound] = value.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(FoldError::NotANumber(name.clone()));
    };
    Ok((number(name, by)?, number(name, bound)?))
}

/// Adds to a number component; integers stay integers, results beyond `bounds` stop there.
fn add(entity: &Entity, name: &Name, by: f64, bounds: Option<(f64, f64)>) -> Result<Value, FoldError> {
    let current = entity.value(name).map_or(Ok(0.0), |value| number(name, value))?;
    let mut sum = current + by;
    if let Some((min, max)) = bounds {
        // A value already past its bound stays: a bonus above the maximum is not taken away by a smaller one.
        sum = sum.clamp(min.min(current), max.max(current));
    }
    if sum.fract() == 0.0 && sum.abs() < 9e15 {
        return Ok(Value::from(sum as i64));
    }
    serde_json::Number::from_f64(sum).map(Value::Number).ok_or_else(|| FoldError::NotANumber(name.clone()))
}

fn list(entity: &Entity, name: &Name, absent_is_empty: bool) -> Result<Vec<Value>, FoldError> {
    match entity.value(name) {
        Some(Value::Array(items)) => Ok(items.clone()),
        None if absent_is_empty => Ok(Vec::new()),
        _ => Err(FoldError::NotAList(name.clone())),
    }
}

/// JSON merge patch, RFC 7386.
fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge_patch(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

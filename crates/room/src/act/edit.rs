//! Building: the commands that make, change, move under a parent, copy and delete entities.

use crate::act::args::{Args, Read};
use crate::act::{Caller, Effect};
use crate::facts::Fact;
use crate::log::Log;
use crate::outbox::Actor;
use crate::reject::{EVENT_TOO_LARGE, Reject};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::limits::{EVENT_BYTES_MAX, EVENT_OPS_MAX, PARENT_DEPTH_MAX};
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Entity, Name, Op, World, schema};

/// A copy without a place of its own stands this far beside the original, metres.
const COPY_OFFSET_M: [f32; 3] = [0.5, 0.0, 0.5];

const TOO_MANY_OPS: Reject = Reject::new("too_many_ops", "One command changes at most 2000 entities.");
pub(crate) const PROTECTED: Reject =
    Reject::new("protected", "A person's avatar is not a thing: only its person changes it.");
const NOT_YOURS: Reject = Reject::new("not_yours", "That is another person's avatar.");
const RESERVED_COMPONENT: Reject = Reject::new(
    "reserved_component",
    "avatar, nickname and pose have commands of their own: set_avatar, set_nickname and moving.",
);
const LOCKED: Reject = Reject::new("locked", "It is locked: unlock it first.");
const HOLDS_LOCKED: Reject =
    Reject::new("locked", "Something that is locked hangs on it: unlock that first.");
const SERVER_ONLY: Reject =
    Reject::new("server_only", "Some components are written by the room and its rules alone, such as score.");
const CYCLIC_PARENT: Reject = Reject::new("cyclic_parent", "A thing cannot hang on itself.");
pub(crate) const UNKNOWN_PARENT: Reject =
    Reject::new("unknown_parent", "There is no entity of that id to hang on.");
pub(crate) const CHAIN_TOO_LONG: Reject =
    Reject::new("parent_chain_too_long", "Things hang on each other at most 64 deep.");

/// A new thing.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateEntity {
    entity: Option<EntityId>,
    components: Components,
}

/// Components to set, and to remove.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateComponents {
    pub(super) entity: EntityId,
    components: Components,
    removed: Vec<Name>,
}

/// Components to remove.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveComponents {
    pub(super) entity: EntityId,
    names: Vec<Name>,
}

/// A thing goes, with what hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteEntity {
    entity: EntityId,
}

/// A copy of a thing with what hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicateEntity {
    entity: EntityId,
    position: Option<Value>,
}

/// A thing hangs on another one, or on nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Reparent {
    entity: EntityId,
    parent: Option<Value>,
}

impl Read for CreateEntity {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let entity = args.optional_entity("entity")?;
        if entity.as_ref().is_some_and(|id| id.as_str().len() > EntityId::PROPOSED_LENGTH_MAX) {
            return Err(Reject::bad_payload("entity: a proposed id has 5 to 16 letters and digits"));
        }
        let (components, _) = args.components()?;
        refuse_reserved(components.keys().map(String::as_str))?;
        Ok(Self { entity, components })
    }
}

impl Read for UpdateComponents {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let entity = args.entity("entity")?;
        let (components, removed) = args.components()?;
        if components.is_empty() && removed.is_empty() {
            return Err(Reject::bad_payload("components: at least one component"));
        }
        refuse_reserved(components.keys().map(String::as_str).chain(removed.iter().map(Name::as_str)))?;
        Ok(Self { entity, components, removed })
    }
}

impl Read for RemoveComponents {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let (entity, names) = (args.entity("entity")?, args.names()?);
        refuse_reserved(names.iter().map(Name::as_str))?;
        Ok(Self { entity, names })
    }
}

impl Read for DeleteEntity {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

impl Read for DuplicateEntity {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let checked = |position| schema::check("position", position);
        Ok(Self { entity: args.entity("entity")?, position: args.take("position").map(checked).transpose()? })
    }
}

impl Read for Reparent {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let checked = |parent| schema::check("parent", parent);
        Ok(Self { entity: args.entity("entity")?, parent: args.take("parent").map(checked).transpose()? })
    }
}

pub(crate) fn create_entity(log: &Log, caller: &Caller<'_>, create: CreateEntity) -> Result<Effect, Reject> {
    let CreateEntity { entity, components } = create;
    refuse_server_only(caller, components.keys().map(String::as_str))?;
    let entity = entity.unwrap_or_else(|| log.new_ids(1).remove(0));
    check_relations(log, &entity, &components)?;
    let ops = vec![Op::Create { entity: entity.clone(), components }];
    Ok(Effect::fact(Fact::ENTITY_CREATED, json!({"entity": entity}), ops))
}

pub(crate) fn update_components(
    log: &Log,
    caller: &Caller<'_>,
    update: UpdateComponents,
) -> Result<Effect, Reject> {
    let UpdateComponents { entity, components, removed } = update;
    may_edit(log, caller, &entity)?;
    let names = components.keys().map(String::as_str).chain(removed.iter().map(Name::as_str));
    refuse_locked(log, caller, &entity, names)?;
    refuse_server_only(
        caller,
        components.keys().map(String::as_str).chain(removed.iter().map(Name::as_str)),
    )?;
    check_relations(log, &entity, &components)?;
    let mut ops = Vec::new();
    if !components.is_empty() {
        ops.push(Op::Set { entity: entity.clone(), components });
    }
    if !removed.is_empty() {
        ops.push(Op::Unset { entity: entity.clone(), names: removed });
    }
    Ok(Effect::fact(Fact::ENTITY_UPDATED, json!({"entity": entity}), ops))
}

pub(crate) fn remove_components(
    log: &Log,
    caller: &Caller<'_>,
    remove: RemoveComponents,
) -> Result<Effect, Reject> {
    let RemoveComponents { entity, names } = remove;
    may_edit(log, caller, &entity)?;
    refuse_locked(log, caller, &entity, names.iter().map(Name::as_str))?;
    refuse_server_only(caller, names.iter().map(Name::as_str))?;
    let payload = json!({"entity": entity, "removed": names});
    Ok(Effect::fact(Fact::ENTITY_UPDATED, payload, vec![Op::Unset { entity, names }]))
}

pub(crate) fn delete_entity(log: &Log, caller: &Caller<'_>, delete: DeleteEntity) -> Result<Effect, Reject> {
    let entity = delete.entity;
    free_thing(log, caller, &entity)?;
    let ops = log.deletion(&entity, EVENT_OPS_MAX + 1);
    if ops.len() > EVENT_OPS_MAX {
        return Err(TOO_MANY_OPS);
    }
    if caller.user().is_some() && ops.iter().filter_map(Op::entity).any(|id| is_locked(log, id)) {
        return Err(HOLDS_LOCKED);
    }
    Ok(Effect::fact(Fact::ENTITY_DELETED, json!({"entity": entity}), ops))
}

/// A thing and what hangs on it, about to be copied.
pub(crate) struct Group {
    ids: Vec<EntityId>,
    /// What the copy will take, about: enough to refuse before anything is copied.
    pub bytes: usize,
}

pub(crate) fn group_to_copy(log: &Log, duplicate: &DuplicateEntity) -> Result<Group, Reject> {
    let ids = group_of(log, &duplicate.entity)?;
    let bytes = ids.iter().filter_map(|id| log.world.entity(id)).map(|entity| entity.bytes()).sum::<usize>();
    if bytes > EVENT_BYTES_MAX { Err(EVENT_TOO_LARGE) } else { Ok(Group { ids, bytes }) }
}

/// A thing and what hangs on it, as far as one event can copy it.
pub(crate) fn group_of(log: &Log, id: &EntityId) -> Result<Vec<EntityId>, Reject> {
    thing(log, id)?;
    let ids = log.with_descendants(id, EVENT_OPS_MAX + 1);
    if ids.len() > EVENT_OPS_MAX { Err(TOO_MANY_OPS) } else { Ok(ids) }
}

/// Ops that make copies of a group, in its order, under new ids: without what the room wrote, and unlocked.
pub(crate) fn copies(world: &World, group: &[EntityId], new_ids: &[EntityId]) -> Vec<Op> {
    let renamed: BTreeMap<&EntityId, &EntityId> = group.iter().zip(new_ids).collect();
    let mut ops: Vec<Op> = Vec::with_capacity(group.len());
    for id in group {
        let Some(entity) = world.entity(id) else { continue };
        let mut components = entity.to_json();
        components.retain(|name, _| !schema::is_server_only(name) && name != LOCK);
        if let Some(parent) = entity.parent().and_then(|parent| renamed.get(&parent.entity)) {
            components["parent"]["entity"] = json!(parent);
        }
        if let Some(keeper) = entity.keep_while().and_then(|keeper| renamed.get(keeper)) {
            components.insert("keep_while".into(), json!(keeper));
        }
        ops.push(Op::Create { entity: renamed[id].clone(), components });
    }
    ops
}

pub(crate) fn duplicate_entity(log: &Log, duplicate: DuplicateEntity, group: Group) -> Effect {
    let DuplicateEntity { entity: original, position } = duplicate;
    let new_ids = log.new_ids(group.ids.len());
    let mut ops = copies(&log.world, &group.ids, &new_ids);
    let place = position.unwrap_or_else(|| beside(log, &original));
    if let Some(Op::Create { components, .. }) = ops.first_mut() {
        components.insert("position".into(), place);
    }
    Effect::fact(Fact::ENTITY_CREATED, json!({"entity": new_ids[0], "from": original}), ops)
}

pub(crate) fn reparent(log: &Log, caller: &Caller<'_>, reparent: Reparent) -> Result<Effect, Reject> {
    let Reparent { entity, parent } = reparent;
    free_thing(log, caller, &entity)?;
    let op = match parent {
        None => Op::Unset { entity: entity.clone(), names: vec!["parent".into()] },
        Some(parent) => {
            let components = Components::from_iter([("parent".into(), parent)]);
            check_relations(log, &entity, &components)?;
            Op::Set { entity: entity.clone(), components }
        }
    };
    Ok(Effect::fact(Fact::ENTITY_UPDATED, json!({"entity": entity}), vec![op]))
}

fn beside(log: &Log, original: &EntityId) -> Value {
    let position = log.world.entity(original).map_or([0.0; 3], |entity| entity.transform().position);
    json!([0, 1, 2].map(|axis| position[axis] + COPY_OFFSET_M[axis]))
}

pub(crate) fn existing<'a>(log: &'a Log, id: &EntityId) -> Result<&'a Entity, Reject> {
    let unknown = || thexr_world::FoldError::UnknownEntity(id.clone()).into();
    log.world.entity(id).map(|entity| &**entity).ok_or_else(unknown)
}

/// An entity that exists and is no avatar.
pub(crate) fn thing<'a>(log: &'a Log, id: &EntityId) -> Result<&'a Entity, Reject> {
    existing(log, id).and_then(|entity| if entity.is_avatar() { Err(PROTECTED) } else { Ok(entity) })
}

/// A thing that people may change.
pub(crate) fn free_thing<'a>(log: &'a Log, caller: &Caller<'_>, id: &EntityId) -> Result<&'a Entity, Reject> {
    let thing = thing(log, id)?;
    if caller.user().is_some() && is_locked(log, id) { Err(LOCKED) } else { Ok(thing) }
}

/// The component that locks a thing.
const LOCK: &str = "locked";

fn is_locked(log: &Log, id: &EntityId) -> bool {
    log.world
        .entity(id)
        .and_then(|entity| entity.value(LOCK))
        .is_some_and(|locked| *locked == Value::Bool(true))
}

/// People change nothing of a locked thing but its lock; the room's rules and the operator are not held up.
pub(crate) fn refuse_locked<'a>(
    log: &Log,
    caller: &Caller<'_>,
    id: &EntityId,
    mut names: impl Iterator<Item = &'a str>,
) -> Result<(), Reject> {
    let held_up = caller.user().is_some() && is_locked(log, id) && names.any(|name| name != LOCK);
    if held_up { Err(LOCKED) } else { Ok(()) }
}

/// Whether someone may change an entity's open components: every thing, and their own avatar.
pub(crate) fn may_edit(log: &Log, caller: &Caller<'_>, id: &EntityId) -> Result<(), Reject> {
    let others = |user: &UserId| *id != EntityId::avatar(user);
    if existing(log, id)?.is_avatar() && matches!(caller.actor, Actor::User(user) if others(user)) {
        return Err(NOT_YOURS);
    }
    Ok(())
}

/// Parents and keepers that components name must exist and not form a circle.
pub(crate) fn check_relations(log: &Log, id: &EntityId, components: &Components) -> Result<(), Reject> {
    let text = |value: &Value| value.as_str().and_then(|text| EntityId::parse(text).ok());
    if let Some(parent) = components.get("parent").and_then(|parent| text(parent.get("entity")?)) {
        check_parent(&log.world, id, &parent)?;
    }
    let keeper = components.get("keep_while").and_then(text);
    keeper.map_or(Ok(()), |keeper| existing(log, &keeper).map(|_| ()))
}

/// How many levels of things hang below an entity. What hangs there is counted in `looked_at`: one command does not look
/// at more than it could change.
pub(crate) fn levels_below(world: &World, id: &EntityId, looked_at: &mut usize) -> Result<usize, Reject> {
    let mut level = vec![id];
    for depth in 0..=PARENT_DEPTH_MAX {
        let mut below = Vec::new();
        for child in level.into_iter().flat_map(|id| world.children(id)) {
            *looked_at += 1;
            if *looked_at > EVENT_OPS_MAX {
                return Err(TOO_MANY_OPS);
            }
            below.push(child);
        }
        if below.is_empty() {
            return Ok(depth);
        }
        level = below;
    }
    Ok(PARENT_DEPTH_MAX + 1)
}

/// Whether `id` may hang on `parent`, as far as what is above it says; what is above then, from `parent` up.
pub(crate) fn check_above<'a>(
    world: &'a World,
    id: &EntityId,
    parent: &'a EntityId,
) -> Result<Vec<&'a EntityId>, Reject> {
    if world.entity(parent).is_none() && parent != id {
        return Err(UNKNOWN_PARENT);
    }
    let mut above = vec![parent];
    loop {
        let current = above[above.len() - 1];
        if current == id {
            return Err(CYCLIC_PARENT);
        }
        if above.len() > PARENT_DEPTH_MAX {
            return Err(CHAIN_TOO_LONG);
        }
        let Some(next) = world.entity(current).and_then(|entity| entity.parent()) else { return Ok(above) };
        above.push(&next.entity);
    }
}

/// Whether `id`, with what hangs on it, may hang on `parent`.
fn check_parent(world: &World, id: &EntityId, parent: &EntityId) -> Result<(), Reject> {
    let levels = check_above(world, id, parent)?.len();
    if levels + levels_below(world, id, &mut 0)? > PARENT_DEPTH_MAX { Err(CHAIN_TOO_LONG) } else { Ok(()) }
}

/// Components of people are changed by their own commands only.
pub(crate) fn refuse_reserved<'a>(mut names: impl Iterator<Item = &'a str>) -> Result<(), Reject> {
    let reserved = names.any(|name| matches!(name, "avatar" | "nickname" | "pose"));
    if reserved { Err(RESERVED_COMPONENT) } else { Ok(()) }
}

/// What games count is written by rules and the room, not by whoever would like to have more of it.
pub(crate) fn refuse_server_only<'a>(
    caller: &Caller<'_>,
    mut names: impl Iterator<Item = &'a str>,
) -> Result<(), Reject> {
    if caller.user().is_some() && names.any(schema::is_server_only) { Err(SERVER_ONLY) } else { Ok(()) }
}

//! Building: the commands that make, change, move under a parent, copy and delete entities.

use crate::act::args::Args;
use crate::act::commands::Effect;
use crate::log::Log;
use crate::reject::{EVENT_TOO_LARGE, Reject};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::limits::{EVENT_BYTES_MAX, EVENT_OPS_MAX, PARENT_DEPTH_MAX};
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Entity, Name, Op, World};

/// A copy without a place of its own stands this far beside the original, metres.
const COPY_OFFSET_M: [f32; 3] = [0.5, 0.0, 0.5];

const TOO_MANY_OPS: Reject = Reject::new("too_many_ops", "One command changes at most 2000 entities.");
const PROTECTED: Reject =
    Reject::new("protected", "A person's avatar is not a thing: only its person changes it.");
const NOT_YOURS: Reject = Reject::new("not_yours", "That is another person's avatar.");
const RESERVED_COMPONENT: Reject = Reject::new(
    "reserved_component",
    "avatar, nickname and pose have commands of their own: set_avatar, set_nickname and moving.",
);
const CYCLIC_PARENT: Reject = Reject::new("cyclic_parent", "A thing cannot hang on itself.");
pub(crate) const UNKNOWN_PARENT: Reject =
    Reject::new("unknown_parent", "There is no entity of that id to hang on.");
pub(crate) const CHAIN_TOO_LONG: Reject =
    Reject::new("parent_chain_too_long", "Things hang on each other at most 64 deep.");

impl Log {
    pub(crate) fn create_entity(&self, mut args: Args) -> Result<Effect, Reject> {
        let proposed = args.optional_entity("entity")?;
        let (components, _) = args.components()?;
        refuse_reserved(components.keys().map(String::as_str))?;
        let entity = match proposed {
            Some(id) if id.as_str().len() > EntityId::PROPOSED_LENGTH_MAX => {
                return Err(Reject::bad_payload("entity: a proposed id has 5 to 16 letters and digits"));
            }
            Some(id) => id,
            None => self.new_ids(1).remove(0),
        };
        self.check_relations(&entity, &components)?;
        let ops = vec![Op::Create { entity: entity.clone(), components }];
        Ok(Effect::fact("entity_created", json!({"entity": entity}), ops))
    }

    pub(crate) fn update_components(&self, user: &UserId, mut args: Args) -> Result<Effect, Reject> {
        let entity = args.entity("entity")?;
        let (components, removed) = args.components()?;
        self.may_edit(user, &entity)?;
        refuse_reserved(components.keys().map(String::as_str).chain(removed.iter().map(Name::as_str)))?;
        self.check_relations(&entity, &components)?;
        let mut ops = Vec::new();
        if !components.is_empty() {
            ops.push(Op::Set { entity: entity.clone(), components });
        }
        if !removed.is_empty() {
            ops.push(Op::Unset { entity: entity.clone(), names: removed });
        }
        if ops.is_empty() {
            return Err(Reject::bad_payload("components: at least one component"));
        }
        Ok(Effect::fact("entity_updated", json!({"entity": entity}), ops))
    }

    pub(crate) fn remove_components(&self, user: &UserId, mut args: Args) -> Result<Effect, Reject> {
        let entity = args.entity("entity")?;
        let names = args.names()?;
        self.may_edit(user, &entity)?;
        refuse_reserved(names.iter().map(Name::as_str))?;
        let payload = json!({"entity": entity, "removed": names});
        Ok(Effect::fact("entity_updated", payload, vec![Op::Unset { entity, names }]))
    }

    pub(crate) fn delete_entity(&self, mut args: Args) -> Result<Effect, Reject> {
        let entity = args.entity("entity")?;
        self.thing(&entity)?;
        let ops = self.deletion(&entity);
        if ops.len() > EVENT_OPS_MAX {
            return Err(TOO_MANY_OPS);
        }
        Ok(Effect::fact("entity_deleted", json!({"entity": entity}), ops))
    }

    pub(crate) fn duplicate_entity(&self, mut args: Args) -> Result<Effect, Reject> {
        let original = args.entity("entity")?;
        self.thing(&original)?;
        let group = self.with_descendants(&original);
        if group.len() > EVENT_OPS_MAX {
            return Err(TOO_MANY_OPS);
        }
        // Before anything is copied; the exact check comes with the event.
        let bytes =
            group.iter().filter_map(|id| self.world.entity(id)).map(|entity| entity.bytes()).sum::<usize>();
        if bytes > EVENT_BYTES_MAX {
            return Err(EVENT_TOO_LARGE);
        }
        let new_ids = self.new_ids(group.len());
        let renamed: BTreeMap<&EntityId, &EntityId> = group.iter().zip(&new_ids).collect();
        let mut ops: Vec<Op> = Vec::with_capacity(group.len());
        for id in &group {
            let Some(entity) = self.world.entity(id) else { continue };
            let mut components = entity.to_json();
            if let Some(parent) = entity.parent().and_then(|parent| renamed.get(&parent.entity)) {
                components["parent"]["entity"] = json!(parent);
            }
            if let Some(keeper) = entity.keep_while().and_then(|keeper| renamed.get(keeper)) {
                components.insert("keep_while".into(), json!(keeper));
            }
            ops.push(Op::Create { entity: renamed[id].clone(), components });
        }
        let place = match args.take("position") {
            Some(position) => thexr_world::schema::check("position", position)?,
            None => self.beside(&original),
        };
        if let Some(Op::Create { components, .. }) = ops.first_mut() {
            components.insert("position".into(), place);
        }
        Ok(Effect::fact("entity_created", json!({"entity": new_ids[0], "from": original}), ops))
    }

    pub(crate) fn reparent(&self, mut args: Args) -> Result<Effect, Reject> {
        let entity = args.entity("entity")?;
        self.thing(&entity)?;
        let op = match args.take("parent") {
            None => Op::Unset { entity: entity.clone(), names: vec!["parent".into()] },
            Some(parent) => {
                let parent = thexr_world::schema::check("parent", parent)?;
                let components = Components::from_iter([("parent".into(), parent)]);
                self.check_relations(&entity, &components)?;
                Op::Set { entity: entity.clone(), components }
            }
        };
        Ok(Effect::fact("entity_updated", json!({"entity": entity}), vec![op]))
    }

    fn beside(&self, original: &EntityId) -> Value {
        let position = self.world.entity(original).map_or([0.0; 3], |entity| entity.transform().position);
        json!([0, 1, 2].map(|axis| position[axis] + COPY_OFFSET_M[axis]))
    }

    fn existing(&self, id: &EntityId) -> Result<&Entity, Reject> {
        let unknown = || thexr_world::FoldError::UnknownEntity(id.clone()).into();
        self.world.entity(id).map(|entity| &**entity).ok_or_else(unknown)
    }

    /// An entity that exists and is no avatar.
    fn thing(&self, id: &EntityId) -> Result<&Entity, Reject> {
        self.existing(id).and_then(|entity| if entity.is_avatar() { Err(PROTECTED) } else { Ok(entity) })
    }

    /// Whether a person may change an entity's open components: every thing, and their own avatar.
    pub(crate) fn may_edit(&self, user: &UserId, id: &EntityId) -> Result<(), Reject> {
        let own = *id == EntityId::avatar(user);
        if self.existing(id)?.is_avatar() && !own { Err(NOT_YOURS) } else { Ok(()) }
    }

    /// Parents and keepers that components name must exist and not form a circle.
    fn check_relations(&self, id: &EntityId, components: &Components) -> Result<(), Reject> {
        let text = |value: &Value| value.as_str().and_then(|text| EntityId::parse(text).ok());
        if let Some(parent) = components.get("parent").and_then(|parent| text(parent.get("entity")?)) {
            check_parent(&self.world, id, &parent)?;
        }
        let keeper = components.get("keep_while").and_then(text);
        keeper.map_or(Ok(()), |keeper| self.existing(&keeper).map(|_| ()))
    }
}

/// How many levels of things hang below an entity; counts no further than one beyond the limit.
pub(crate) fn levels_below(world: &World, id: &EntityId) -> usize {
    let mut level = vec![id];
    for depth in 0..=PARENT_DEPTH_MAX {
        level = level.into_iter().flat_map(|id| world.children(id)).collect();
        if level.is_empty() {
            return depth;
        }
    }
    PARENT_DEPTH_MAX + 1
}

/// Whether `id` may hang on `parent`, as far as what is above it says; its root then, and how far above that is.
pub(crate) fn check_above<'a>(
    world: &'a World,
    id: &EntityId,
    parent: &'a EntityId,
) -> Result<(&'a EntityId, usize), Reject> {
    if world.entity(parent).is_none() && parent != id {
        return Err(UNKNOWN_PARENT);
    }
    let (mut current, mut levels) = (parent, 1);
    loop {
        if current == id {
            return Err(CYCLIC_PARENT);
        }
        if levels > PARENT_DEPTH_MAX {
            return Err(CHAIN_TOO_LONG);
        }
        let above = world.entity(current).and_then(|entity| Some(&entity.parent()?.entity));
        let Some(above) = above else { return Ok((current, levels)) };
        (current, levels) = (above, levels + 1);
    }
}

/// Whether `id`, with what hangs on it, may hang on `parent`.
fn check_parent(world: &World, id: &EntityId, parent: &EntityId) -> Result<(), Reject> {
    let (_, levels) = check_above(world, id, parent)?;
    if levels + levels_below(world, id) > PARENT_DEPTH_MAX { Err(CHAIN_TOO_LONG) } else { Ok(()) }
}

/// Components of people are changed by their own commands only.
pub(crate) fn refuse_reserved<'a>(mut names: impl Iterator<Item = &'a str>) -> Result<(), Reject> {
    let reserved = names.any(|name| matches!(name, "avatar" | "nickname" | "pose"));
    if reserved { Err(RESERVED_COMPONENT) } else { Ok(()) }
}

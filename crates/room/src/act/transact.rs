//! Transactions: several ops under conditions, all or nothing.

use crate::act::args::{Args, Read, check_components};
use crate::act::edit::{
    CHAIN_TOO_LONG, UNKNOWN_PARENT, check_above, free_thing, levels_below, may_edit, refuse_locked,
    refuse_reserved, refuse_server_only,
};
use crate::act::{Caller, Effect};
use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::reject::Reject;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::EntityId;
use thexr_wire::json::{canonical_bytes, same};
use thexr_wire::limits::{EVENT_OPS_MAX, PARENT_DEPTH_MAX};
use thexr_world::{Op, World, schema};

/// Conditions of one transaction.
const CONDITIONS_MAX: usize = 256;
/// Components that one transaction reads again, bytes of canonical JSON (some 50 ms); above it `too_many_ops`.
const TRANSACTION_READ_BYTES_MAX: usize = 2 * 1024 * 1024;
const READS_TOO_MUCH: Reject = Reject::new(
    "too_many_ops",
    "The lists and objects this transaction changes are too large for so many ops.",
);

/// Something that must be true for a transaction to happen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Condition {
    /// A component equals a value; null means absent.
    Equals { entity: EntityId, component: String, equals: Value },
    /// The entity's version is still this.
    Version { entity: EntityId, version: u64 },
    /// The entity exists or not.
    Exists { entity: EntityId, exists: bool },
}

/// Several ops under conditions, all or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Transact {
    ops: Vec<Op>,
    conditions: Vec<Condition>,
}

impl Transact {
    /// Whether it changes nothing but this entity.
    pub fn concerns_only(&self, id: &EntityId) -> bool {
        self.ops.iter().all(|op| op.entity() == Some(id))
    }
}

impl Read for Transact {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let conditions = conditions(args.take("conditions"))?;
        let ops: Vec<Op> = serde_json::from_value(args.take("ops").unwrap_or_default())
            .map_err(|error| Reject::bad_payload(format!("ops: {error}")))?;
        if ops.is_empty() || ops.len() > EVENT_OPS_MAX {
            return Err(Reject::new("too_many_ops", "A transaction has 1 to 2000 ops."));
        }
        let ops = ops.into_iter().map(well_formed).collect::<Result<_, _>>()?;
        Ok(Self { ops, conditions })
    }
}

/// An op whose own values are what their names promise, in their one spelling.
fn well_formed(op: Op) -> Result<Op, Reject> {
    let op = match op {
        Op::Load { .. } => return Err(Reject::bad_payload("ops: load is made by restore_snapshot alone")),
        Op::Create { entity, .. } if entity.as_str().len() > EntityId::PROPOSED_LENGTH_MAX => {
            return Err(Reject::bad_payload("ops: a proposed id has 5 to 16 letters and digits"));
        }
        Op::Create { entity, components } => Op::Create { entity, components: checked(components)? },
        Op::Set { entity, components } => Op::Set { entity, components: checked(components)? },
        other => other,
    };
    refuse_reserved(touched(&op).into_iter().map(|(_, name)| name))?;
    Ok(op)
}

pub(crate) fn transact(log: &Log, caller: &Caller<'_>, transact: Transact) -> Result<Effect, Reject> {
    let Transact { ops, conditions } = transact;
    for op in &ops {
        may_apply(log, caller, op)?;
        refuse_server_only(caller, touched(op).into_iter().map(|(_, name)| name))?;
    }
    if bytes_read(log, &conditions, &ops) > TRANSACTION_READ_BYTES_MAX {
        return Err(READS_TOO_MUCH);
    }
    if let Some(failed) = conditions.iter().position(|condition| !holds(log, condition)) {
        let detail = format!("condition {failed} does not hold");
        return Err(Reject::with_detail("condition_failed", detail));
    }
    let entities: BTreeSet<&EntityId> = ops.iter().filter_map(Op::entity).collect();
    let payload = json!({"entities": entities});
    Ok(Effect::Checked(Draft::server(Fact::TRANSACTION_APPLIED, payload, ops), check_touched))
}

/// Whether someone may do this to what is there now.
fn may_apply(log: &Log, caller: &Caller<'_>, op: &Op) -> Result<(), Reject> {
    let Some(id) = op.entity().filter(|id| log.world.entity(id).is_some()) else {
        return Ok(());
    };
    may_edit(log, caller, id)?;
    match op {
        Op::Delete { .. } => free_thing(log, caller, id).map(drop),
        _ => refuse_locked(log, caller, id, touched(op).into_iter().map(|(_, name)| name)),
    }
}

/// Bytes of components that conditions and ops read again, whatever little they themselves say.
fn bytes_read(log: &Log, conditions: &[Condition], ops: &[Op]) -> usize {
    let stored = |id: &EntityId, name: &str| {
        log.world.entity(id).and_then(|entity| entity.components().get(name)).map_or(0, |part| part.bytes)
    };
    let compared = conditions.iter().map(|condition| match condition {
        Condition::Equals { entity, component, .. } => stored(entity, component),
        _ => 0,
    });
    let mut sizes: BTreeMap<(&EntityId, &str), usize> = BTreeMap::new();
    let mut read = compared.sum();
    for op in ops {
        for (id, name, argument) in arguments(op) {
            let bytes = canonical_bytes(argument);
            let size = sizes.entry((id, name)).or_insert_with(|| stored(id, name));
            match op {
                Op::Create { .. } | Op::Set { .. } => *size = bytes,
                _ => {
                    read += *size;
                    *size += bytes;
                }
            }
        }
    }
    read
}

fn holds(log: &Log, condition: &Condition) -> bool {
    match condition {
        Condition::Equals { entity, component, equals } => {
            let value = log.world.entity(entity).and_then(|entity| entity.value(component));
            value.map_or(equals.is_null(), |value| same(value, equals))
        }
        Condition::Version { entity, version } => {
            log.world.entity(entity).is_some_and(|entity| log.world.version(entity) == *version)
        }
        Condition::Exists { entity, exists } => log.world.entity(entity).is_some() == *exists,
    }
}

/// Every component a transaction has touched must be what its name promises, after the fact.
pub(crate) fn check_touched(log: &Log, ops: &[Op]) -> Result<(), Reject> {
    let mut seen = BTreeSet::new();
    for (id, name) in ops.iter().flat_map(touched).filter(|part| seen.insert(*part)) {
        let Some(value) = log.world.entity(id).and_then(|entity| entity.value(name)) else { continue };
        if value.is_null() {
            return Err(Reject::bad_payload("ops: use unset to remove components"));
        }
        if !schema::is_name(name) || schema::known_name(name) != name {
            return Err(Reject::bad_payload("component names are 1 to 64 of a-z, 0-9 and _"));
        }
        if thexr_wire::json::deeper_than(value, thexr_wire::limits::JSON_DEPTH_MAX) {
            return Err(crate::reject::TOO_DEEP);
        }
        // A computed value must already be in its one spelling: the ops are stored as they are.
        let spelt = schema::check(name, value.clone())?;
        if !same(&spelt, value) {
            return Err(Reject::new(
                "bad_component",
                "Ops that compute a component must give its usual form.",
            ));
        }
    }
    for id in ops.iter().filter_map(Op::entity).collect::<BTreeSet<_>>() {
        check_relatives(log, id)?;
    }
    check_chains(&log.world, ops)
}

/// What a touched entity lives with exists, and nothing hangs on one that is gone.
fn check_relatives(log: &Log, id: &EntityId) -> Result<(), Reject> {
    let Some(entity) = log.world.entity(id) else {
        let left_hanging = log.world.children(id).next().is_some();
        return if left_hanging { Err(UNKNOWN_PARENT) } else { Ok(()) };
    };
    match entity.keep_while().filter(|keeper| log.world.entity(keeper).is_none()) {
        Some(keeper) => Err(thexr_world::FoldError::UnknownEntity(keeper.clone()).into()),
        None => Ok(()),
    }
}

/// What has been hung elsewhere hangs on something, not on itself, and not too deep with what hangs on it.
fn check_chains(world: &World, ops: &[Op]) -> Result<(), Reject> {
    let names_parent = |op: &&Op| touched(op).iter().any(|(_, name)| *name == "parent");
    let hung: BTreeSet<&EntityId> = ops.iter().filter(names_parent).filter_map(Op::entity).collect();
    let mut looked_at = 0;
    for id in &hung {
        let Some(parent) = world.entity(id).and_then(|entity| entity.parent()) else { continue };
        let above = check_above(world, id, &parent.entity)?;
        // Below another one that was hung it is looked at with that one, and counted once.
        if above.iter().any(|other| hung.contains(other)) {
            continue;
        }
        if above.len() + levels_below(world, id, &mut looked_at)? > PARENT_DEPTH_MAX {
            return Err(CHAIN_TOO_LONG);
        }
    }
    Ok(())
}

fn conditions(value: Option<Value>) -> Result<Vec<Condition>, Reject> {
    let shape = "conditions: a list of {entity, component, equals}, {entity, version} or {entity, exists}";
    let list = value.unwrap_or_else(|| json!([]));
    let conditions: Vec<Condition> = serde_json::from_value(list).map_err(|_| Reject::bad_payload(shape))?;
    if conditions.len() > CONDITIONS_MAX {
        return Err(Reject::bad_payload("conditions: at most 256"));
    }
    Ok(conditions)
}

fn checked(components: thexr_world::Components) -> Result<thexr_world::Components, Reject> {
    let (components, removed) = check_components(components)?;
    if removed.is_empty() {
        Ok(components)
    } else {
        Err(Reject::bad_payload("ops: use unset to remove components"))
    }
}

/// The components an op gives values to, each with what it says of it.
fn arguments(op: &Op) -> Vec<(&EntityId, &str, &Value)> {
    match op {
        Op::Create { entity, components }
        | Op::Set { entity, components }
        | Op::Merge { entity, components }
        | Op::Inc { entity, components }
        | Op::Dec { entity, components }
        | Op::IncMax { entity, components }
        | Op::DecMin { entity, components } => {
            components.iter().map(|(name, value)| (entity, name.as_str(), value)).collect()
        }
        Op::Push { entity, component, value } | Op::IndexSet { entity, component, value, .. } => {
            vec![(entity, component.as_str(), value)]
        }
        Op::Pop { entity, component } => vec![(entity, component.as_str(), &Value::Null)],
        Op::Unset { .. } | Op::Delete { .. } | Op::Load { .. } => Vec::new(),
    }
}

/// The components an op changes.
pub(crate) fn touched(op: &Op) -> Vec<(&EntityId, &str)> {
    match op {
        Op::Unset { entity, names } => names.iter().map(|name| (entity, name.as_str())).collect(),
        _ => arguments(op).into_iter().map(|(entity, name, _)| (entity, name)).collect(),
    }
}

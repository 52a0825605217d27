//! Transactions: several ops under conditions, all or nothing.

use crate::args::{Args, check_components};
use crate::commands::{Call, Effect};
use crate::edit::{UNKNOWN_PARENT, check_parent, refuse_reserved};
use crate::reject::Reject;
use crate::room::Room;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use thexr_wire::json::same;
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_wire::{EntityId, UserId};
use thexr_world::{NoStates, Op, Stamp, schema};

/// Conditions of one transaction.
const CONDITIONS_MAX: usize = 256;

/// Something that must be true for a transaction to happen.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Condition {
    /// A component equals a value; null means absent.
    Equals { entity: EntityId, component: String, equals: Value },
    /// The entity's version is still this.
    Version { entity: EntityId, version: u64 },
    /// The entity exists or not.
    Exists { entity: EntityId, exists: bool },
}

impl Room {
    pub(crate) fn transact(&mut self, call: &Call<'_>, mut args: Args) -> Result<Effect, Reject> {
        let conditions = conditions(args.take("conditions"))?;
        let ops = self.checked_ops(call.user, args.take("ops"))?;
        if let Some(failed) = conditions.iter().position(|condition| !self.holds(condition)) {
            let detail = format!("condition {failed} does not hold");
            return Err(Reject { reason: "condition_failed", detail: detail.into() });
        }
        let stamp = Stamp { seq: self.seq + 1, at_ms: self.now.at_ms };
        let undo = self.world.fold(stamp, &ops, &NoStates)?;
        if let Err(reject) = self.check_touched(&ops) {
            self.world.roll_back(undo);
            return Err(reject);
        }
        let inverse = self.world.inverse(&undo);
        let touched: BTreeSet<&EntityId> = ops.iter().filter_map(Op::entity).collect();
        let payload = json!({"entities": touched});
        Ok(self.accept(call, "transaction_applied", payload, ops, inverse))
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Equals { entity, component, equals } => {
                let value = self.world.entity(entity).and_then(|entity| entity.value(component));
                value.map_or(equals.is_null(), |value| same(value, equals))
            }
            Condition::Version { entity, version } => {
                self.world.entity(entity).is_some_and(|entity| entity.version() == *version)
            }
            Condition::Exists { entity, exists } => self.world.entity(entity).is_some() == *exists,
        }
    }

    /// Reads ops and checks what can be checked before they are folded.
    fn checked_ops(&self, user: &UserId, ops: Option<Value>) -> Result<Vec<Op>, Reject> {
        let ops: Vec<Op> = serde_json::from_value(ops.unwrap_or_default())
            .map_err(|error| Reject::bad_payload(format!("ops: {error}")))?;
        if ops.is_empty() || ops.len() > EVENT_OPS_MAX {
            return Err(Reject::new("too_many_ops", "A transaction has 1 to 2000 ops."));
        }
        ops.into_iter().map(|op| self.checked_op(user, op)).collect()
    }

    fn checked_op(&self, user: &UserId, op: Op) -> Result<Op, Reject> {
        let Some(id) = op.entity() else {
            return Err(Reject::bad_payload("ops: load is made by restore_snapshot alone"));
        };
        if self.world.entity(id).is_some() {
            self.may_edit(user, id)?;
        }
        match op {
            Op::Create { entity, .. } if entity.as_str().len() > EntityId::PROPOSED_LENGTH_MAX => {
                Err(Reject::bad_payload("ops: a proposed id has 5 to 16 letters and digits"))
            }
            Op::Delete { entity } if self.world.entity(&entity).is_some_and(|entity| entity.is_avatar()) => {
                Err(Reject::new("protected", "A person's avatar is not a thing."))
            }
            Op::Create { entity, components } => Ok(Op::Create { entity, components: checked(components)? }),
            Op::Set { entity, components } => Ok(Op::Set { entity, components: checked(components)? }),
            other => Ok(other),
        }
    }

    /// Every component a transaction has touched must be what its name promises, after the fact.
    fn check_touched(&self, ops: &[Op]) -> Result<(), Reject> {
        for (id, name) in ops.iter().flat_map(touched) {
            refuse_reserved(std::iter::once(name))?;
            let Some(value) = self.world.entity(id).and_then(|entity| entity.value(name)) else { continue };
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
        ops.iter()
            .filter_map(Op::entity)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .try_for_each(|id| self.check_relatives(id))
    }

    /// What a touched entity hangs on and lives with exists, and nothing hangs on one that is gone.
    fn check_relatives(&self, id: &EntityId) -> Result<(), Reject> {
        let Some(entity) = self.world.entity(id) else {
            let left_hanging = self.world.children(id).next().is_some();
            return if left_hanging { Err(UNKNOWN_PARENT) } else { Ok(()) };
        };
        if let Some(parent) = entity.parent() {
            check_parent(&self.world, id, &parent.entity)?;
        }
        match entity.keep_while().filter(|keeper| self.world.entity(keeper).is_none()) {
            Some(keeper) => Err(thexr_world::FoldError::UnknownEntity(keeper.clone()).into()),
            None => Ok(()),
        }
    }
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

/// The components an op changes.
fn touched(op: &Op) -> Vec<(&EntityId, &str)> {
    match op {
        Op::Create { entity, components }
        | Op::Set { entity, components }
        | Op::Merge { entity, components }
        | Op::Inc { entity, components }
        | Op::Dec { entity, components }
        | Op::IncMax { entity, components }
        | Op::DecMin { entity, components } => {
            components.keys().map(|name| (entity, name.as_str())).collect()
        }
        Op::Unset { entity, names } => names.iter().map(|name| (entity, name.as_str())).collect(),
        Op::Push { entity, component, .. }
        | Op::Pop { entity, component }
        | Op::IndexSet { entity, component, .. } => {
            vec![(entity, component.as_str())]
        }
        Op::Delete { .. } | Op::Load { .. } => Vec::new(),
    }
}

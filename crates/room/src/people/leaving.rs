//! Leaving: the avatar goes, and what hung on it stays where it was.

use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::people::holds::HELD_BY;
use crate::people::whereabouts::{as_transform, limb};
use serde_json::json;
use std::collections::BTreeSet;
use thexr_wire::limits::{COORDINATE_MAX_M, EVENT_OPS_MAX};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, UserId};
use thexr_world::transform::{multiply, rotate_then};
use thexr_world::{Components, Op, World};

impl People {
    /// The avatar goes, by a `user_left` event; what hung on it stays where it was.
    pub fn vanish(&mut self, log: &mut Log, user: &UserId) {
        let Some(person) = self.persons.remove(user) else { return };
        self.slots.free(log.now.at_ms, person.slot);
        self.last_places.keep(user, person.pose);
        self.changes.places.push((user.clone(), person.pose));
        let avatar = EntityId::avatar(user);
        let mut ops: Vec<Op> =
            log.world.children(&avatar).flat_map(|child| let_go(&log.world, child, &person.pose)).collect();
        // A set and its unset stay together: the limit is even.
        while ops.len() >= EVENT_OPS_MAX {
            let rest = ops.split_off(EVENT_OPS_MAX);
            let_go_of(log, released, std::mem::replace(&mut ops, rest));
        }
        ops.push(Op::Delete { entity: avatar });
        let_go_of(log, |ops| left(user, ops), ops);
    }
}

/// Emits ops that let things go; without a place of their own where a limit leaves none.
pub(crate) fn let_go_of(log: &mut Log, draft: impl Fn(Vec<Op>) -> Draft, mut ops: Vec<Op>) {
    if !log.made.is_full() && log.emit(draft(ops.clone())).is_ok() {
        return;
    }
    // What a person says of themselves only grows shorter.
    ops.retain(|op| !matches!(op, Op::Set { entity, .. } if entity.user().is_none()));
    log.emit(draft(ops)).unwrap_or_else(|error| unreachable!("what is here can be let go: {error}"));
}

/// Ops that leave a thing that hangs on a person where it is now, in the room.
pub(crate) fn let_go(world: &World, child: &EntityId, pose: &Pose) -> Vec<Op> {
    let Some(entity) = world.entity(child) else { return Vec::new() };
    let node = entity.parent().and_then(|parent| parent.node.as_deref());
    let held = as_transform(limb(pose, node));
    let local = entity.transform();
    let matrix = multiply(&local.matrix(), &held.matrix());
    let within = |metres: f32| metres.clamp(-COORDINATE_MAX_M as f32, COORDINATE_MAX_M as f32);
    let components = Components::from_iter([
        ("position".into(), json!([12, 13, 14].map(|at| within(matrix[at])))),
        ("rotation".into(), json!(rotate_then(local.rotation, held.rotation))),
    ]);
    let unset = Op::Unset { entity: child.clone(), names: vec!["parent".into(), HELD_BY.into()] };
    vec![Op::Set { entity: child.clone(), components }, unset]
}

/// Things that come off someone who holds more than one event can let go.
fn released(ops: Vec<Op>) -> Draft {
    let things: BTreeSet<&EntityId> = ops.iter().filter_map(Op::entity).collect();
    Draft::server("transaction_applied", json!({"entities": things}), ops)
}

fn left(user: &UserId, ops: Vec<Op>) -> Draft {
    Draft::user(user, "user_left", json!({"user_id": user}), ops)
}

//! Letting go: what hung on somebody stays where it was, in the room.

use crate::limbs::{as_transform, limb};
use crate::log::Log;
use crate::log::draft::Draft;
use serde_json::json;
use thexr_wire::EntityId;
use thexr_wire::limits::COORDINATE_MAX_M;
use thexr_wire::pose::Pose;
use thexr_world::transform::{multiply, rotate_then};
use thexr_world::{Components, Op, World};

/// Of a thing: in whose hand it is.
pub(crate) const HELD_BY: &str = "held_by";

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

//! Putting what one holds into a socket: one fact, which takes it out of the hand and hangs it there.

use crate::act::args::{Args, Read};
use crate::act::edit::{check_relations, existing};
use crate::act::hold::hand_of;
use crate::act::{Caller, Effect};
use crate::bodies::whereabouts::place;
use crate::facts::Fact;
use crate::limbs::distance;
use crate::log::Log;
use crate::people::People;
use crate::people::holds::saying;
use crate::people::letting_go::HELD_BY;
use crate::reject::{Reject, TOO_FAR};
use serde_json::json;
use thexr_wire::EntityId;
use thexr_world::sockets::{IN_SOCKET, Socket, is_full};
use thexr_world::transform::turned;
use thexr_world::{Components, Op};

/// How far from its place in a socket a thing may be that goes there, metres: a hand's way while the room has not heard of it.
/// Farther ones are `too_far`.
pub const SOCKET_REACH_M: f32 = 1.0;

const NOT_A_SOCKET: Reject = Reject::new("not_a_socket", "Nothing can be put in there.");
const SOCKET_FULL: Reject = Reject::new("socket_full", "Something is in there already.");
const DOES_NOT_FIT: Reject = Reject::new("does_not_fit", "This does not fit in there.");

/// What one holds, into this.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    entity: EntityId,
    socket: EntityId,
}

impl Read for Insert {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")?, socket: args.entity("socket")? })
    }
}

/// Puts what one holds into a socket.
pub(crate) fn insert(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    insert: &Insert,
) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let Insert { entity, socket: into } = insert;
    let hand = hand_of(log, user, entity)?;
    let socket = Socket::of(existing(log, into)?).ok_or(NOT_A_SOCKET)?;
    if !socket.fits(existing(log, entity)?) {
        return Err(DOES_NOT_FIT);
    }
    let held_at = place(log, people, caller.physics, entity).ok_or(TOO_FAR)?;
    let [x, y, z, qx, qy, qz, qw] = place(log, people, caller.physics, into).ok_or(TOO_FAR)?;
    let scale = existing(log, into)?.transform().scale;
    let off = std::array::from_fn(|axis| socket.offset.position[axis] * scale[axis]);
    let off = turned(off, [qx, qy, qz, qw]);
    if distance(&held_at, &[x + off[0], y + off[1], z + off[2], 0.0, 0.0, 0.0, 1.0]) > SOCKET_REACH_M {
        return Err(TOO_FAR);
    }
    if is_full(&log.world, into) {
        return Err(SOCKET_FULL);
    }
    let components = Components::from_iter([
        ("parent".into(), json!({"entity": into})),
        ("position".into(), json!(socket.offset.position)),
        ("rotation".into(), json!(socket.offset.rotation)),
        (IN_SOCKET.into(), json!(into)),
    ]);
    check_relations(log, entity, &components)?;
    let ops = vec![
        Op::Set { entity: entity.clone(), components },
        Op::Unset { entity: entity.clone(), names: vec![HELD_BY.into()] },
        saying(&log.world, user, &[(hand, None)]),
    ];
    let payload = json!({"user_id": user, "entity": entity, "socket": into});
    Ok(Effect::fact(Fact::USER_INSERTED, payload, ops))
}

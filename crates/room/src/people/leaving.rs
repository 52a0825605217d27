//! Leaving: the avatar goes, and what hung on it stays where it was.

use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::people::letting_go::{let_go, let_go_of};
use serde_json::json;
use std::collections::BTreeSet;
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_wire::{EntityId, UserId};
use thexr_world::Op;

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

/// Things that come off someone who holds more than one event can let go.
fn released(ops: Vec<Op>) -> Draft {
    let things: BTreeSet<&EntityId> = ops.iter().filter_map(Op::entity).collect();
    Draft::server(Fact::TRANSACTION_APPLIED, json!({"entities": things}), ops)
}

fn left(user: &UserId, ops: Vec<Op>) -> Draft {
    Draft::user(user, Fact::USER_LEFT, json!({"user_id": user}), ops)
}

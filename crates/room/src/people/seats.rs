//! Who sits where: the seat and the person say it of each other, and when one of them says so no more, both are freed.
//!
//! Knows the world only. What frees a seat may be anything: somebody leaves, a chair is deleted, a state is restored.

use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::{EntityId, UserId};
use thexr_world::{Entity, Op, World};

/// Of a seat: who sits on it.
pub(crate) const OCCUPIED_BY: &str = "occupied_by";
/// Of a person: on what they sit.
pub(crate) const SITTING_ON: &str = "sitting_on";

/// The seats that are taken, and by whose avatars.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    taken: BTreeMap<EntityId, UserId>,
    sitting: BTreeMap<EntityId, EntityId>,
    /// What is to be looked at: of the last tick, too, when it had no room for more facts.
    waiting: BTreeSet<EntityId>,
    begun: bool,
}

impl Seats {
    /// Follows what has become of the world in this tick, and frees what is taken by halves.
    pub fn keep(&mut self, log: &mut Log) {
        self.look_out(log);
        while let Some(id) = self.waiting.pop_first() {
            if let Some(fact) = freed(&log.world, &self.taken, &id) {
                if log.made.is_full() {
                    self.waiting.insert(id);
                    return;
                }
                log.emit(fact).unwrap_or_else(|error| unreachable!("what is there can be removed: {error}"));
            }
            self.note(&log.world, id);
        }
    }

    fn note(&mut self, world: &World, seat: EntityId) {
        let now = sitter(world, &seat);
        let before = self.taken.remove(&seat).map(|before| EntityId::avatar(&before));
        // Who went from one seat to another sits on the other already.
        if let Some(before) = before.filter(|before| self.sitting.get(before) == Some(&seat)) {
            self.sitting.remove(&before);
        }
        if let Some(user) = now {
            self.sitting.insert(EntityId::avatar(&user), seat.clone());
            self.taken.insert(seat, user);
        }
    }

    /// Finds the seats and people of which something has changed.
    fn look_out(&mut self, log: &Log) {
        let ops = || log.made.events.iter().flat_map(|event| &event.ops);
        let all_anew = !self.begun || ops().any(|op| matches!(op, Op::Load { .. }));
        self.begun = true;
        if all_anew {
            let saying = log.world.entities().iter().filter(|(_, entity)| says(entity)).map(|(id, _)| id);
            self.waiting.extend(self.taken.keys().chain(saying).cloned());
            return;
        }
        for id in ops().filter_map(Op::entity) {
            // Who is gone is known by their seat.
            self.waiting.extend(self.sitting.get(id).cloned());
            if self.taken.contains_key(id) || log.world.entity(id).is_some_and(|entity| says(entity)) {
                self.waiting.insert(id.clone());
            }
        }
    }
}

/// Whether an entity is a taken seat or somebody who sits.
fn says(entity: &Entity) -> bool {
    entity.value(OCCUPIED_BY).is_some() || entity.value(SITTING_ON).is_some()
}

/// Who a seat says sits on it.
pub(crate) fn sitter(world: &World, seat: &EntityId) -> Option<UserId> {
    UserId::parse(world.entity(seat)?.value(OCCUPIED_BY)?.as_str()?).ok()
}

/// On what a person says they sit.
pub(crate) fn seat_of(world: &World, user: &UserId) -> Option<EntityId> {
    EntityId::parse(world.entity(&EntityId::avatar(user))?.value(SITTING_ON)?.as_str()?).ok()
}

/// Ops that make a person stand and free their seat; none for one who stands.
pub(crate) fn freeing(world: &World, user: &UserId) -> Vec<Op> {
    let Some(seat) = seat_of(world, user) else { return Vec::new() };
    let mut ops = vec![standing(user)];
    if sitter(world, &seat).as_ref() == Some(user) {
        ops.push(free(&seat));
    }
    ops
}

fn standing(user: &UserId) -> Op {
    Op::Unset { entity: EntityId::avatar(user), names: vec!["sitting".into(), SITTING_ON.into()] }
}

fn free(seat: &EntityId) -> Op {
    Op::Unset { entity: seat.clone(), names: vec!["occupied".into(), OCCUPIED_BY.into()] }
}

/// The fact that somebody sits no more, where a seat or a person says something that the other does not.
fn freed(world: &World, taken: &BTreeMap<EntityId, UserId>, id: &EntityId) -> Option<Draft> {
    let (user, seat) = match id.user().filter(|_| world.entity(id).is_some()) {
        Some(user) => (user.clone(), seat_of(world, &user)?),
        None => (sitter(world, id).or_else(|| taken.get(id).cloned())?, id.clone()),
    };
    let is_seat = world.entity(&seat).is_some_and(|entity| entity.seat().is_some());
    let sits = seat_of(world, &user).as_ref() == Some(&seat);
    let takes = sitter(world, &seat).as_ref() == Some(&user);
    if is_seat && sits && takes {
        return None;
    }
    let mut ops = Vec::new();
    if sits {
        ops.push(standing(&user));
    }
    if takes {
        ops.push(free(&seat));
    }
    let payload = json!({"user_id": user, "entity": seat});
    (!ops.is_empty()).then(|| Draft::server(Fact::USER_STOOD, payload, ops))
}

//! Things that move by themselves: which of them have a slot on the latest lane. Knows the world, not what moves them.

use crate::log::Log;
use crate::people::slots::Slots;
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_world::shared::Shared;
use thexr_world::typed::Motion;
use thexr_world::{Entity, Op};

/// The things that move, with their slots.
#[derive(Debug, Default)]
pub(crate) struct Movers {
    /// Shared with views piece by piece, so that a change beside one copies little.
    slots: Shared<EntityId, u16>,
    /// The same by slot.
    in_slot: BTreeMap<u16, EntityId>,
    /// Who got or lost a slot in this tick.
    changed: BTreeMap<EntityId, Option<u16>>,
    begun: bool,
}

impl Movers {
    /// Follows what has become of the world in this tick. Who finds no slot free rests where it is until it is changed again.
    pub fn follow(&mut self, log: &Log, slots: &mut Slots) {
        self.changed.clear();
        let events = &log.made.events;
        let all_anew =
            !self.begun || events.iter().flat_map(|event| &event.ops).any(|op| matches!(op, Op::Load { .. }));
        self.begun = true;
        if all_anew {
            let moving = log.world.entities().iter().filter(|(_, entity)| moves(entity)).map(|(id, _)| id);
            let concerned: Vec<EntityId> = self.slots.keys().chain(moving).cloned().collect();
            concerned.iter().for_each(|id| self.look_at(id, log, slots));
            return;
        }
        for id in events.iter().flat_map(|event| &event.ops).filter_map(Op::entity) {
            self.look_at(id, log, slots);
        }
    }

    fn look_at(&mut self, id: &EntityId, log: &Log, slots: &mut Slots) {
        let moves = log.world.entity(id).is_some_and(|entity| moves(entity));
        match (moves, self.slots.get(id).copied()) {
            (true, None) => {
                let Some(slot) = slots.take_for_a_thing(log.now.at_ms) else { return };
                self.slots.insert(id.clone(), slot);
                self.in_slot.insert(slot, id.clone());
                self.changed.insert(id.clone(), Some(slot));
            }
            (false, Some(slot)) => {
                slots.free_of_a_thing(log.now.at_ms, slot);
                self.slots.remove(id);
                self.in_slot.remove(&slot);
                self.changed.insert(id.clone(), None);
            }
            _ => {}
        }
    }

    /// Who got a slot in this tick, and who has lost one.
    pub fn changed(&self) -> &BTreeMap<EntityId, Option<u16>> {
        &self.changed
    }

    /// The slot of one of them.
    pub fn slot(&self, id: &EntityId) -> Option<u16> {
        self.slots.get(id).copied()
    }

    /// What is in a slot.
    pub fn id(&self, slot: u16) -> Option<&EntityId> {
        self.in_slot.get(&slot)
    }

    /// Whether nothing moves.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// All of them, for sharing.
    pub fn shared(&self) -> Shared<EntityId, u16> {
        self.slots.clone()
    }
}

/// Whether an entity is a body that is not fixed in its place (OMI_physics_body), or a monster.
fn moves(entity: &Entity) -> bool {
    entity.body().is_some_and(|body| body.motion != Motion::Static) || is_monster(entity)
}

/// Whether an entity is a monster.
pub(crate) fn is_monster(entity: &Entity) -> bool {
    entity.value("monster").is_some_and(|monster| monster.as_bool() != Some(false))
}

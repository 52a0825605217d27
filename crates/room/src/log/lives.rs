//! What ends by itself, and with what hangs on it: so much in a tick, the rest in the next.

use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use serde_json::json;
use std::collections::BTreeSet;
use thexr_wire::EntityId;
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_world::{Op, World};

/// Events of ends in one tick, of 2,000 ops each; what else is over ends in the next ticks.
const END_EVENTS_PER_TICK: usize = 2;
/// Entities looked at in a tick for a keeper that is not there, after the room has become another.
const KEEPERS_LOOKED_AT: usize = 1_000;

/// What may be over.
#[derive(Debug, Default)]
pub(crate) struct Lives {
    /// Entities that went while others lived as long as they do.
    gone: BTreeSet<EntityId>,
    /// How far the look for keepers that are not there has come; `None` when there is no need of one.
    looked_to: Option<Option<EntityId>>,
}

impl Lives {
    /// The whole world is another: every keeper is to be looked for.
    pub fn look_again(&mut self) {
        self.looked_to = Some(None);
    }

    /// Notes what an event has ended.
    pub fn note(&mut self, world: &World, ops: &[Op]) {
        let deleted =
            ops.iter().filter_map(|op| if let Op::Delete { entity } = op { Some(entity) } else { None });
        self.gone.extend(deleted.filter(|id| world.kept_by(id).next().is_some()).cloned());
    }

    /// Looks at some more entities for keepers that are not there.
    fn look(&mut self, world: &World) {
        let Some(after) = self.looked_to.take() else { return };
        let looked_at = |id: &EntityId| after.as_ref().is_some_and(|after| id <= after);
        let mut last = None;
        for (id, entity) in world.entities().iter_from(looked_at).take(KEEPERS_LOOKED_AT) {
            self.gone.extend(entity.keep_while().filter(|keeper| world.entity(keeper).is_none()).cloned());
            last = Some(id);
        }
        self.looked_to = last.map(|id| Some(id.clone()));
    }
}

/// What ends together, in one event.
#[derive(Default)]
struct Ends {
    /// What is over, without what hangs on it.
    ended: Vec<EntityId>,
    ops: Vec<Op>,
    taken: BTreeSet<EntityId>,
}

impl Ends {
    fn is_full(&self) -> bool {
        self.ops.len() >= EVENT_OPS_MAX
    }

    /// Ends something with what hangs on it and what lives as long as any of that, as far as it fits.
    fn take(&mut self, world: &World, root: &EntityId) {
        let mut next = vec![root.clone()];
        while let Some(id) = next.pop() {
            if self.is_full() {
                return;
            }
            if self.taken.contains(&id) || !is_thing(world, &id) {
                continue;
            }
            let first = self.ops.len();
            deletion(world, &id, EVENT_OPS_MAX, &mut self.taken, &mut self.ops);
            self.ended.push(id);
            for op in &self.ops[first..] {
                if let Op::Delete { entity } = op {
                    next.extend(world.kept_by(entity).take(EVENT_OPS_MAX).cloned());
                }
            }
        }
    }
}

impl Log {
    /// Ends lives: `ttl` that ran out, and what lives as long as something that is gone.
    pub fn end_lives(&mut self) {
        if self.may_change().is_err() {
            return;
        }
        self.lives.look(&self.world);
        for _ in 0..END_EVENTS_PER_TICK {
            if self.made.is_full() {
                return;
            }
            let Ends { ended, ops, .. } = self.next_ends();
            let payload = match ended.as_slice() {
                [] => return,
                [one] => json!({"entity": one}),
                many => json!({"entities": many}),
            };
            if self.emit(Draft::server(Fact::ENTITY_DELETED, payload, ops)).is_err() {
                unreachable!("deleting what exists cannot be refused");
            }
        }
    }

    fn next_ends(&mut self) -> Ends {
        let mut ends = Ends::default();
        for id in self.world.expired(self.now.at_ms) {
            if ends.is_full() {
                return ends;
            }
            ends.take(&self.world, id);
        }
        while let Some(keeper) = self.lives.gone.first() {
            let back = self.world.entity(keeper).is_some();
            for id in self.world.kept_by(keeper).filter(|_| !back) {
                if ends.is_full() {
                    return ends;
                }
                ends.take(&self.world, id);
            }
            self.lives.gone.pop_first();
        }
        ends
    }

    /// Ops that delete an entity and all things that hang on it; people who hang on it come off. At most `most` ops:
    /// what they leave still hangs together.
    pub fn deletion(&self, root: &EntityId, most: usize) -> Vec<Op> {
        let mut ops = Vec::new();
        deletion(&self.world, root, most, &mut BTreeSet::new(), &mut ops);
        ops
    }

    /// The entity and the things that hang on it, parents first, at most `most` of them. Hanging makes no circles, so
    /// everything comes once.
    pub fn with_descendants(&self, root: &EntityId, most: usize) -> Vec<EntityId> {
        let mut group = vec![root.clone()];
        let mut next = 0;
        while next < group.len() && group.len() < most {
            let things = self.world.children(&group[next]).filter(|id| is_thing(&self.world, id));
            let more: Vec<EntityId> = things.take(most - group.len()).cloned().collect();
            group.extend(more);
            next += 1;
        }
        group
    }
}

fn is_thing(world: &World, id: &EntityId) -> bool {
    world.entity(id).is_some_and(|entity| !entity.is_avatar())
}

/// Appends what deletes an entity, leaves first, until there are `most` ops.
fn deletion(world: &World, root: &EntityId, most: usize, taken: &mut BTreeSet<EntityId>, ops: &mut Vec<Op>) {
    let mut path = vec![(root.clone(), world.children(root))];
    while let Some((id, children)) = path.last_mut() {
        if ops.len() >= most {
            return;
        }
        let Some(child) = children.next() else {
            if taken.insert(id.clone()) {
                ops.push(Op::Delete { entity: id.clone() });
            }
            path.pop();
            continue;
        };
        if !is_thing(world, child) {
            ops.push(Op::Unset { entity: child.clone(), names: vec!["parent".into()] });
        } else if !taken.contains(child) {
            path.push((child.clone(), world.children(child)));
        }
    }
}

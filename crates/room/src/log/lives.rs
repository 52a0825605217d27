//! What ends by itself, and with what hangs on it.

use crate::log::Log;
use crate::log::draft::Draft;
use serde_json::json;
use thexr_wire::EntityId;
use thexr_wire::limits::EVENT_OPS_MAX;
use thexr_world::Op;

impl Log {
    /// Ends lives: `ttl` that ran out, and what lives as long as something that is gone.
    pub fn end_lives(&mut self) {
        if self.may_change().is_err() {
            self.keepers_unchecked = true;
            return;
        }
        let mut ended: Vec<EntityId> = self.world.expired(self.now.at_ms).cloned().collect();
        ended.extend(self.bereaved());
        while let Some(id) = ended.pop() {
            if self.made.is_full() {
                self.keepers_unchecked = true;
                return;
            }
            if self.world.entity(&id).is_none_or(|entity| entity.is_avatar()) {
                continue;
            }
            let ops = self.deletion(&id);
            ended.extend(deleted(&ops).flat_map(|id| self.world.kept_by(id)).cloned());
            for part in ops.chunks(EVENT_OPS_MAX) {
                let draft = Draft::server("entity_deleted", json!({"entity": id}), part.to_vec());
                if self.emit(draft).is_err() {
                    unreachable!("deleting what exists cannot be refused");
                }
            }
        }
    }

    /// Entities whose keeper is gone since the last look.
    fn bereaved(&mut self) -> Vec<EntityId> {
        let keeper_gone = |keeper: &EntityId| self.world.entity(keeper).is_none();
        if std::mem::take(&mut self.keepers_unchecked) {
            let entities = self.world.entities().iter();
            let alone = entities.filter(|(_, entity)| entity.keep_while().is_some_and(keeper_gone));
            return alone.map(|(id, _)| id.clone()).collect();
        }
        let gone = self.made.events.iter().flat_map(|event| deleted(&event.ops));
        gone.filter(|id| keeper_gone(id)).flat_map(|id| self.world.kept_by(id)).cloned().collect()
    }

    /// Ops that delete an entity and all things that hang on it; people who hang on it come off.
    pub fn deletion(&self, root: &EntityId) -> Vec<Op> {
        let group = self.with_descendants(root);
        let mut ops = Vec::with_capacity(group.len());
        for id in group.iter().rev() {
            for child in self.world.children(id) {
                if self.world.entity(child).is_some_and(|entity| entity.is_avatar()) {
                    ops.push(Op::Unset { entity: child.clone(), names: vec!["parent".into()] });
                }
            }
            ops.push(Op::Delete { entity: id.clone() });
        }
        ops
    }

    /// The entity and the things that hang on it, parents first. Hanging makes no circles, so everything comes once.
    pub fn with_descendants(&self, root: &EntityId) -> Vec<EntityId> {
        let mut group = vec![root.clone()];
        let mut next = 0;
        while next < group.len() {
            let children = self.world.children(&group[next]);
            let things =
                children.filter(|id| self.world.entity(id).is_some_and(|entity| !entity.is_avatar()));
            group.extend(things.cloned().collect::<Vec<_>>());
            next += 1;
        }
        group
    }
}

/// What ops delete.
fn deleted(ops: &[Op]) -> impl Iterator<Item = &EntityId> {
    ops.iter().filter_map(|op| if let Op::Delete { entity } = op { Some(entity) } else { None })
}

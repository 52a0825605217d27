//! The client's copy of the room: the world as folded, dense indices for the scene, what changed, who is in which slot.
//!
//! Seqs are exact: ops are folded under the seq of their event, and whatever does not follow is a desync.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::EntityId;
use thexr_wire::message::EntityRow;
use thexr_world::{FoldError, NoStates, Op, Stamp, World};

/// Bits of what changed about an entity.
pub mod mask {
    /// It is new.
    pub const CREATED: u32 = 1;
    /// It is gone.
    pub const REMOVED: u32 = 2;
    /// Its own place: position, rotation, scale, spin, animate.
    pub const TRANSFORM: u32 = 4;
    /// What it looks like.
    pub const LOOK: u32 = 8;
    /// What it hangs on.
    pub const PARENT: u32 = 16;
    /// Whose it is: avatar, nickname, status.
    pub const PEOPLE: u32 = 32;
    /// Any other component.
    pub const OTHER: u32 = 64;

    /// The bit of a component.
    pub fn of(name: &str) -> u32 {
        match name {
            "position" | "rotation" | "scale" | "spin" | "animate" => TRANSFORM,
            "shape" | "model" | "text" | "color" | "material" | "visibility" | "light" | "sky"
            | "serialized_mesh" => LOOK,
            "parent" => PARENT,
            "avatar" | "nickname" | "status" => PEOPLE,
            _ => OTHER,
        }
    }
}

/// Why the replica cannot follow; a new snapshot is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Desync {
    #[error("a message is not a frame of the channel")]
    NotAFrame,
    #[error("a {0} message has another shape")]
    BadMessage(&'static str),
    #[error("the runs of a patch are not its ops")]
    RunsMismatch,
    #[error("seq {told} was told after {have}")]
    SeqWentBack { have: u64, told: u64 },
    #[error("seq {told} was told after {have}: something is missing")]
    Gap { have: u64, told: u64 },
    #[error("an op does not apply: {0}")]
    Fold(#[from] FoldError),
    #[error("a chunk of the snapshot is missing")]
    ChunkOutOfOrder,
    #[error("a snapshot has more entities than a room")]
    TooManyEntities,
    #[error("too many messages came before the snapshot was whole")]
    BacklogFull,
}

/// The ops of a tick.
#[derive(Debug, Deserialize)]
pub(crate) struct StatePatch {
    pub seq: u64,
    pub at: i64,
    pub ops: Vec<Value>,
    pub runs: Vec<(u64, usize)>,
    /// Things that move by themselves from now on, or do not any more.
    #[serde(default)]
    pub slots: BTreeMap<EntityId, Option<u16>>,
}

/// World, indices, changes, slots.
#[derive(Debug, Default)]
pub struct Replica {
    world: World,
    light: bool,
    seq: u64,
    indexes: BTreeMap<EntityId, u32>,
    ids: Vec<Option<EntityId>>,
    free: Vec<u32>,
    /// Free, but the scene may still know them by their old meaning.
    freed: Vec<u32>,
    changes: BTreeMap<u32, u32>,
    slots: BTreeMap<u16, EntityId>,
    avatars: BTreeSet<EntityId>,
    people_version: u64,
    slots_version: u64,
    things_version: u64,
    /// Whose matrix must be computed anew, drained by the frame.
    pub(crate) stale: BTreeSet<EntityId>,
    /// Entities that are something else than before, for who asks for them.
    altered: Option<BTreeSet<EntityId>>,
    /// Whose `pose` component was set by an op, drained by the client.
    pub(crate) posed: Vec<EntityId>,
}

impl Replica {
    /// Nothing yet; a light one keeps slots only.
    pub(crate) fn new(light: bool) -> Self {
        Self { light, ..Self::default() }
    }

    /// The world as folded.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Last seq applied.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// An entity's dense index, stable while the entity lives.
    pub fn index_of(&self, id: &EntityId) -> Option<u32> {
        self.indexes.get(id).copied()
    }

    /// The entity at an index.
    pub fn id_of(&self, index: u32) -> Option<&EntityId> {
        self.ids.get(index as usize)?.as_ref()
    }

    /// One more than the largest index in use so far.
    pub fn indices(&self) -> usize {
        self.ids.len()
    }

    /// Entities with an avatar.
    pub fn avatars(&self) -> &BTreeSet<EntityId> {
        &self.avatars
    }

    /// Whose slot this is.
    pub fn in_slot(&self, slot: u16) -> Option<&EntityId> {
        self.slots.get(&slot)
    }

    /// People and things with a slot.
    pub fn slots(&self) -> &BTreeMap<u16, EntityId> {
        &self.slots
    }

    /// Grows whenever someone comes, goes, or gets another slot or index.
    pub fn people_version(&self) -> u64 {
        self.people_version
    }

    /// Grows whenever someone or something gets another slot.
    pub fn slots_version(&self) -> u64 {
        // Whoever comes or goes may have been given the slot of a thing.
        self.slots_version + self.people_version
    }

    /// Grows whenever something comes, goes, looks different, or hangs elsewhere.
    pub fn things_version(&self) -> u64 {
        self.things_version
    }

    /// Takes what changed since the last call: index → [`mask`] bits. Freed indices are used again only after it.
    pub fn take_changes(&mut self) -> BTreeMap<u32, u32> {
        self.free.append(&mut self.freed);
        std::mem::take(&mut self.changes)
    }

    /// Folds the ops of a tick, run by run, each under its own seq.
    pub(crate) fn apply(&mut self, patch: StatePatch) -> Result<(), Desync> {
        let total = patch.runs.iter().try_fold(0usize, |sum, (_, count)| sum.checked_add(*count));
        if total != Some(patch.ops.len()) {
            return Err(Desync::RunsMismatch);
        }
        let mut ops = patch.ops.into_iter();
        for (seq, count) in patch.runs {
            if seq <= self.seq {
                return Err(Desync::SeqWentBack { have: self.seq, told: seq });
            }
            let run: Vec<Value> = ops.by_ref().take(count).collect();
            self.fold(Stamp { seq, at_ms: patch.at }, run)?;
            self.seq = seq;
        }
        if patch.seq < self.seq {
            return Err(Desync::SeqWentBack { have: self.seq, told: patch.seq });
        }
        self.seq = patch.seq;
        self.follow_things(patch.slots);
        Ok(())
    }

    fn follow_things(&mut self, slots: BTreeMap<EntityId, Option<u16>>) {
        if slots.is_empty() {
            return;
        }
        self.slots.retain(|_, id| !slots.contains_key(id));
        let now = slots.into_iter().filter_map(|(id, slot)| Some((slot?, id)));
        self.slots.extend(now);
        self.slots_version += 1;
    }

    /// An event of this seq was told: everything up to it has been applied.
    pub(crate) fn reached(&mut self, seq: u64) {
        self.seq = self.seq.max(seq);
    }

    /// Becomes what a snapshot says; entities that are in both keep their index.
    pub(crate) fn replace(&mut self, rows: Vec<EntityRow>, seq: u64) {
        let mut world = World::default();
        self.slots.clear();
        for row in rows {
            if let Some(slot) = row.slot {
                self.slots.insert(slot, row.id.clone());
            }
            if !self.light {
                world.put_row(row.id, row.version, row.components);
            }
        }
        let old = std::mem::replace(&mut self.world, world);
        self.seq = self.seq.max(seq);
        self.people_version += 1;
        self.note_difference(&old);
    }

    /// The slots as a resumed join tells them.
    pub(crate) fn set_slots(&mut self, slots: BTreeMap<EntityId, u16>) {
        self.slots = slots.into_iter().map(|(id, slot)| (slot, id)).collect();
        self.people_version += 1;
    }

    /// Starts over from another room's history: seqs of before mean nothing.
    pub(crate) fn restart_seq(&mut self) {
        self.seq = 0;
    }

    fn fold(&mut self, stamp: Stamp, run: Vec<Value>) -> Result<(), Desync> {
        let mut ops = Vec::with_capacity(run.len());
        let mut slots = Vec::new();
        for value in run {
            let slot = value.get("slot").and_then(Value::as_u64).and_then(|slot| u16::try_from(slot).ok());
            let op: Op = serde_json::from_value(value).map_err(|_| Desync::BadMessage("state_patch"))?;
            if let (Op::Create { entity, .. }, Some(slot)) = (&op, slot) {
                slots.push((slot, entity.clone()));
            }
            ops.push(op);
        }
        if !self.light {
            self.world.fold_again(stamp, &ops, &NoStates)?;
        }
        ops.iter().for_each(|op| self.note(op));
        self.people_version += u64::from(!slots.is_empty());
        self.slots.extend(slots);
        Ok(())
    }

    fn note(&mut self, op: &Op) {
        if let Op::Delete { entity } = op
            && entity.user().is_some()
        {
            self.slots.retain(|_, holder| holder != entity);
            self.people_version += 1;
        }
        if self.light {
            return;
        }
        match op {
            Op::Create { entity, components } => {
                self.touch(entity, components.keys().fold(mask::CREATED, |bits, name| bits | mask::of(name)));
            }
            Op::Delete { entity } => self.remove(entity),
            Op::Unset { entity, names } => {
                self.touch(entity, names.iter().fold(0, |bits, name| bits | mask::of(name)))
            }
            Op::Push { entity, component, .. } | Op::Pop { entity, component } => {
                self.touch(entity, mask::of(component))
            }
            Op::IndexSet { entity, component, .. } => self.touch(entity, mask::of(component)),
            Op::Set { entity, components } | Op::Merge { entity, components } => {
                if components.contains_key("pose") {
                    self.posed.push(entity.clone());
                }
                self.touch(entity, components.keys().fold(0, |bits, name| bits | mask::of(name)));
            }
            Op::Inc { entity, components }
            | Op::Dec { entity, components }
            | Op::IncMax { entity, components }
            | Op::DecMin { entity, components } => {
                self.touch(entity, components.keys().fold(0, |bits, name| bits | mask::of(name)));
            }
            Op::Load { .. } => {}
        }
    }

    fn note_difference(&mut self, old: &World) {
        let gone: Vec<EntityId> =
            old.entities().keys().filter(|id| self.world.entity(id).is_none()).cloned().collect();
        gone.iter().for_each(|id| self.remove(id));
        let world = self.world.clone();
        for (id, entity) in world.entities() {
            let bits = match old.entity(id) {
                None => entity.components().keys().fold(mask::CREATED, |bits, name| bits | mask::of(name)),
                Some(before) => difference(before, entity),
            };
            if bits != 0 {
                self.touch(id, bits);
            }
        }
    }

    /// Whether anything here is pushed about.
    pub fn has_bodies(&self) -> bool {
        self.slots.values().any(|id| !self.avatars.contains(id))
    }

    /// From now on, or no more, who is something else than before is noted.
    pub(crate) fn note_altered(&mut self, wanted: bool) {
        self.altered = wanted.then(BTreeSet::new);
    }

    /// Who is something else than before, since this was asked last.
    pub(crate) fn take_altered(&mut self) -> BTreeSet<EntityId> {
        self.altered.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The slot of somebody or something, if it has one; all are looked through.
    pub(crate) fn slot_of(&self, id: &EntityId) -> Option<u16> {
        self.slots.iter().find(|(_, other)| *other == id).map(|(slot, _)| *slot)
    }

    fn touch(&mut self, id: &EntityId, bits: u32) {
        if let Some(altered) = &mut self.altered {
            altered.insert(id.clone());
        }
        // A later op of the same run may have removed it: then it has no index and needs none.
        let Some(entity) = self.world.entity(id) else { return };
        let is_avatar = entity.is_avatar();
        let index = match self.indexes.get(id) {
            Some(index) => *index,
            None => self.allot(id),
        };
        *self.changes.entry(index).or_default() |= bits;
        if bits & (mask::CREATED | mask::TRANSFORM | mask::PARENT) != 0 {
            self.stale.insert(id.clone());
        }
        if bits & (mask::CREATED | mask::PARENT | mask::LOOK) != 0 {
            self.things_version += 1;
        }
        let changed = if is_avatar { self.avatars.insert(id.clone()) } else { self.avatars.remove(id) };
        self.people_version += u64::from(changed);
        if changed {
            self.stale.insert(id.clone());
        }
    }

    fn allot(&mut self, id: &EntityId) -> u32 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.ids.push(None);
            self.ids.len() as u32 - 1
        });
        self.ids[index as usize] = Some(id.clone());
        self.indexes.insert(id.clone(), index);
        index
    }

    fn remove(&mut self, id: &EntityId) {
        if let Some(altered) = &mut self.altered {
            altered.insert(id.clone());
        }
        self.people_version += u64::from(self.avatars.remove(id));
        self.things_version += 1;
        let Some(index) = self.indexes.remove(id) else { return };
        self.ids[index as usize] = None;
        self.freed.push(index);
        self.stale.insert(id.clone());
        let bits = self.changes.entry(index).or_default();
        if *bits & mask::CREATED != 0 {
            // The scene never heard of it.
            self.changes.remove(&index);
        } else {
            *bits = mask::REMOVED;
        }
    }
}

impl Replica {
    /// Hash over ids, components and values, leaving out where people stand: motion is not state.
    pub fn hash(&self) -> String {
        let mut world = self.world.clone();
        let ops: Vec<Op> = self
            .avatars
            .iter()
            .map(|id| Op::Unset { entity: id.clone(), names: vec!["pose".into()] })
            .collect();
        let folded = world.fold(Stamp { seq: self.seq, at_ms: 0 }, &ops, &NoStates);
        assert!(folded.is_ok(), "avatars are entities");
        world.digest()
    }
}

fn difference(a: &thexr_world::Entity, b: &thexr_world::Entity) -> u32 {
    let removed = a.components().keys().filter(|name| b.value(name).is_none());
    let changed = b.components().iter().filter(|(name, component)| a.value(name) != Some(&*component.value));
    removed.chain(changed.map(|(name, _)| name)).fold(0, |bits, name| bits | mask::of(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(text: &str) -> EntityId {
        EntityId::parse(text).unwrap()
    }

    fn patch(seq: u64, ops: Value) -> StatePatch {
        let Value::Array(ops) = ops else { panic!("ops are a list") };
        StatePatch { seq, at: 0, runs: vec![(seq, ops.len())], ops, slots: BTreeMap::new() }
    }

    fn create(entity: &str) -> Value {
        json!([{"op": "create", "entity": entity, "components": {"position": [1, 2, 3], "color": "#FF0000"}}])
    }

    #[test]
    fn a_change_names_the_index_and_what_changed() {
        let mut replica = Replica::new(false);
        replica.apply(patch(1, create("aaaaa"))).unwrap();
        assert_eq!(replica.take_changes(), [(0, mask::CREATED | mask::TRANSFORM | mask::LOOK)].into());
        let set = json!([{"op": "set", "entity": "aaaaa", "components": {"nickname": "x"}}]);
        replica.apply(patch(2, set)).unwrap();
        assert_eq!(replica.take_changes(), [(0, mask::PEOPLE)].into());
        replica.apply(patch(3, json!([{"op": "delete", "entity": "aaaaa"}]))).unwrap();
        assert_eq!(replica.take_changes(), [(0, mask::REMOVED)].into());
        assert_eq!(replica.id_of(0), None);
    }

    #[test]
    fn an_index_gets_a_new_meaning_only_after_its_removal_was_read() {
        let mut replica = Replica::new(false);
        replica.apply(patch(1, create("aaaaa"))).unwrap();
        replica.take_changes();
        replica.apply(patch(2, json!([{"op": "delete", "entity": "aaaaa"}]))).unwrap();
        replica.apply(patch(3, create("bbbbb"))).unwrap();
        assert_eq!(replica.index_of(&id("bbbbb")), Some(1));
        replica.take_changes();
        replica.apply(patch(4, create("ccccc"))).unwrap();
        assert_eq!(replica.index_of(&id("ccccc")), Some(0));
    }

    #[test]
    fn what_came_and_went_unseen_is_not_told() {
        let mut replica = Replica::new(false);
        replica.apply(patch(1, create("aaaaa"))).unwrap();
        replica.apply(patch(2, json!([{"op": "delete", "entity": "aaaaa"}]))).unwrap();
        assert!(replica.take_changes().is_empty());
    }

    #[test]
    fn things_get_and_lose_slots_with_a_patch() {
        let mut replica = Replica::default();
        let slots = |slot| BTreeMap::from([(id("thing"), slot)]);
        replica
            .apply(StatePatch { seq: 1, at: 0, runs: vec![], ops: vec![], slots: slots(Some(7)) })
            .unwrap();
        assert_eq!(replica.in_slot(7), Some(&id("thing")));
        replica
            .apply(StatePatch { seq: 2, at: 0, runs: vec![], ops: vec![], slots: slots(Some(9)) })
            .unwrap();
        assert_eq!((replica.in_slot(7), replica.in_slot(9)), (None, Some(&id("thing"))));
        replica.apply(StatePatch { seq: 3, at: 0, runs: vec![], ops: vec![], slots: slots(None) }).unwrap();
        assert!(replica.slots().is_empty());
    }

    #[test]
    fn a_seq_is_folded_once_and_in_order() {
        let mut replica = Replica::new(false);
        replica.apply(patch(5, create("aaaaa"))).unwrap();
        let again = replica.apply(patch(5, create("bbbbb")));
        assert_eq!(again, Err(Desync::SeqWentBack { have: 5, told: 5 }));
    }

    #[test]
    fn runs_that_are_not_the_ops_are_a_desync() {
        for runs in [vec![(1, 2)], vec![], vec![(1, usize::MAX), (2, 2)]] {
            let mut replica = Replica::new(false);
            let patch = StatePatch { runs, ..patch(1, create("aaaaa")) };
            assert_eq!(replica.apply(patch), Err(Desync::RunsMismatch));
        }
    }

    #[test]
    fn every_component_has_the_seq_of_its_own_run() {
        let mut replica = Replica::new(false);
        let ops = vec![
            json!({"op": "create", "entity": "aaaaa", "components": {"score": 1}}),
            json!({"op": "inc", "entity": "aaaaa", "components": {"score": 1}}),
        ];
        replica
            .apply(StatePatch { seq: 9, at: 0, runs: vec![(7, 1), (9, 1)], ops, slots: BTreeMap::new() })
            .unwrap();
        assert_eq!(replica.world().version(replica.world().entity(&id("aaaaa")).unwrap()), 9);
        assert_eq!(replica.seq(), 9);
    }

    #[test]
    fn a_new_snapshot_tells_only_what_differs() {
        let row = |id_text: &str, color: &str| EntityRow {
            id: id(id_text),
            slot: None,
            version: 1,
            components: serde_json::Map::from_iter([("color".into(), json!(color))]),
        };
        let mut replica = Replica::new(false);
        replica.replace(vec![row("aaaaa", "#000000"), row("bbbbb", "#000000"), row("ccccc", "#000000")], 4);
        replica.take_changes();
        replica.replace(vec![row("aaaaa", "#000000"), row("bbbbb", "#FFFFFF"), row("ddddd", "#000000")], 9);
        let changes = replica.take_changes();
        assert_eq!(changes, [(1, mask::LOOK), (2, mask::REMOVED), (3, mask::CREATED | mask::LOOK)].into());
    }

    #[test]
    fn a_light_replica_knows_slots_and_nothing_else() {
        let mut replica = Replica::new(true);
        let ops = json!([{"op": "create", "entity": "abcdefghij0123456789", "components": {"avatar": {}}, "slot": 7}]);
        replica.apply(patch(1, ops)).unwrap();
        assert!(replica.in_slot(7).is_some() && replica.world().entities().is_empty());
        let gone = json!([{"op": "delete", "entity": "abcdefghij0123456789"}]);
        replica.apply(patch(2, gone)).unwrap();
        assert!(replica.in_slot(7).is_none());
    }

    #[test]
    fn the_hash_ignores_where_people_stand() {
        let hash = |x: i32| {
            let mut replica = Replica::new(false);
            let components = json!({"avatar": {}, "pose": {"head": [x, 1.8, 0, 0, 0, 0, 1]}});
            let ops = json!([{"op": "create", "entity": "abcdefghij0123456789", "components": components, "slot": 7}]);
            replica.apply(patch(1, ops)).unwrap();
            replica.hash()
        };
        assert_eq!(hash(1), hash(2));
    }
}

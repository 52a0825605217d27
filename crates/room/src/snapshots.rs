//! Saving and restoring the room under a name.

use crate::args::Args;
use crate::boot::Saved;
use crate::commands::{Call, Effect, snapshot_name};
use crate::input::LoadedState;
use crate::outbox::{Actor, LoadRequest, Outbox, SnapshotKind};
use crate::people::let_go;
use crate::reject::Reject;
use crate::room::{Draft, Room};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{Entity, Op, World, state};

/// Named snapshots of one room; above it `too_many_snapshots`.
pub const NAMED_SNAPSHOTS_MAX: usize = 200;
/// Restores waiting for the store at a time; above it `room_busy`.
const LOADS_MAX: usize = 8;
/// The name of the state a room began with.
pub const INITIAL: &str = "initial";

/// A restore that waits for its state.
#[derive(Debug, Clone)]
pub(crate) struct PendingLoad {
    peer: PeerId,
    user: UserId,
    reference: Value,
    command_id: Option<String>,
    name: String,
}

impl Room {
    pub(crate) fn list_snapshots(&self) -> Effect {
        let row =
            |(name, saved): (&String, &Saved)| json!({"name": name, "kind": saved.kind, "at": saved.at_ms});
        let snapshots: Vec<Value> = self.saved.iter().map(row).collect();
        Effect::Answer(json!({"snapshots": snapshots}))
    }

    pub(crate) fn save_snapshot(
        &mut self,
        call: &Call<'_>,
        mut args: Args,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        let name = snapshot_name(&mut args)?;
        if name == INITIAL {
            return Err(Reject::new(
                "reserved_name",
                "\"initial\" is the state the room began with. Choose another name.",
            ));
        }
        let named = self.saved.keys().filter(|name| *name != INITIAL).count();
        if named >= NAMED_SNAPSHOTS_MAX && !self.saved.contains_key(&name) {
            return Err(Reject::new("too_many_snapshots", "A room keeps at most 200 saved states."));
        }
        let payload = json!({"name": name, "user_id": call.user});
        let effect = self.accept(call, "snapshot_saved", payload, Vec::new(), None);
        self.saved.insert(name.clone(), Saved { kind: "named", at_ms: self.now.at_ms });
        out.snapshots.push(self.snapshot(SnapshotKind::Named, Some(name), true));
        Ok(effect)
    }

    pub(crate) fn restore_snapshot(
        &mut self,
        call: &Call<'_>,
        mut args: Args,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        let name = snapshot_name(&mut args)?;
        if !self.saved.contains_key(&name) {
            return Err(Reject::new("snapshot_not_found", "There is no saved state of that name."));
        }
        if self.loads.len() >= LOADS_MAX {
            return Err(crate::reject::ROOM_BUSY);
        }
        let request = self.loads.last_key_value().map_or(0, |(last, _)| last + 1);
        let pending = PendingLoad {
            peer: call.peer,
            user: call.user.clone(),
            reference: call.reference.clone(),
            command_id: call.command_id.clone(),
            name: name.clone(),
        };
        self.loads.insert(request, pending);
        out.loads.push(LoadRequest { request, name });
        Ok(Effect::Later)
    }

    /// The store has answered: everything but people becomes as it was then.
    pub(crate) fn state_loaded(&mut self, request: u64, loaded: Option<LoadedState>, out: &mut Outbox) {
        let Some(pending) = self.loads.remove(&request) else { return };
        let (peer, reference) = (pending.peer, pending.reference.clone());
        let missing = Reject::new("snapshot_not_found", "The saved state cannot be read.");
        // The same command may have been sent twice while its state was fetched: it is done once.
        let done = pending.command_id.as_deref().and_then(|id| self.memory.find(&pending.user, id));
        let answer = match done.map(|known| known.response.clone()) {
            Some(response) => Ok(response),
            None => loaded
                .ok_or(missing)
                .and_then(|loaded| self.restore(pending, loaded, out))
                .map(|seq| json!({"seq": seq}).to_string().into()),
        };
        self.told.reply(peer, reference, answer);
    }

    fn restore(
        &mut self,
        pending: PendingLoad,
        loaded: LoadedState,
        out: &mut Outbox,
    ) -> Result<u64, Reject> {
        self.may_change()?;
        // What the inverse refers to: the state just before, kept for as long as the event is.
        let before = self.snapshot(SnapshotKind::Auto, None, true);
        let inverse = vec![Op::Load { snapshot: state::hash(&before.world.to_text()) }];
        let mut ops = vec![Op::Load { snapshot: loaded.hash.clone() }];
        ops.extend(held_then(&loaded.world));
        ops.extend(self.rides_that_end(&loaded.world));
        let states = BTreeMap::from([(loaded.hash, loaded.world)]);
        let payload = json!({"name": pending.name, "user_id": pending.user});
        let draft = Draft {
            actor: Actor::User(pending.user.clone()),
            name: "snapshot_restored".into(),
            payload,
            ops,
            inverse: Some(inverse),
            command_id: pending.command_id,
        };
        let seq = self.emit_with(draft, &states)?;
        if before.seq > 0 {
            out.snapshots.push(before);
        }
        // So that a restart never has to fold a `load`.
        out.snapshots.push(self.snapshot(SnapshotKind::Auto, None, false));
        self.snapshot_taken();
        self.keepers_unchecked = true;
        self.incarnation = self.incarnation.wrapping_add(1).max(1);
        self.told.restate = true;
        Ok(seq)
    }

    /// People who hang on something that the state does not have come off.
    fn rides_that_end(&self, state: &World) -> Vec<Op> {
        let people = self.people.keys().map(EntityId::avatar);
        let ends = |id: &EntityId| {
            let parent = self.world.entity(id).and_then(|avatar| avatar.parent());
            parent.is_some_and(|parent| {
                parent.entity.user().is_none() && state.entity(&parent.entity).is_none()
            })
        };
        people.filter(ends).map(|entity| Op::Unset { entity, names: vec!["parent".into()] }).collect()
    }
}

/// Ops that leave what people held when a state was kept where it was then: the people have gone on.
fn held_then(state: &World) -> Vec<Op> {
    let pose = |avatar: &Entity| serde_json::from_value::<Pose>(avatar.value("pose")?.clone()).ok();
    let mut ops = Vec::new();
    for (id, entity) in state.entities().iter().filter(|(_, entity)| !entity.is_avatar()) {
        let Some(person) = entity.parent().filter(|parent| parent.entity.user().is_some()) else { continue };
        let pose = state
            .entity(&person.entity)
            .and_then(|avatar| pose(avatar))
            .and_then(|pose| pose.validated().ok());
        ops.extend(let_go(state, id, &pose.unwrap_or(Pose::standing([0.0; 3]))));
    }
    ops
}

//! Saving and restoring the room under a name.

use crate::args::Args;
use crate::boot::Saved;
use crate::commands::{Call, Effect, snapshot_name};
use crate::input::LoadedState;
use crate::outbox::{Actor, LoadRequest, Outbox, SnapshotKind};
use crate::reject::Reject;
use crate::room::{Draft, Room};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::{PeerId, UserId};
use thexr_world::{Op, state};

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
        if self.saved.len() >= NAMED_SNAPSHOTS_MAX && !self.saved.contains_key(&name) {
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
        let answer = loaded.ok_or(missing).and_then(|loaded| self.restore(pending, loaded, out));
        let answer = answer.map(|seq| json!({"seq": seq}).to_string().into());
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
        let mut ops: Vec<Op> =
            self.people.iter().flat_map(|(user, person)| self.let_go(user, &person.pose)).collect();
        ops.push(Op::Load { snapshot: loaded.hash.clone() });
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
        self.incarnation = self.incarnation.wrapping_add(1).max(1);
        self.told.restate = true;
        Ok(seq)
    }
}

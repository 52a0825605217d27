//! Saving and restoring the room under a name.

use crate::act::Acts;
use crate::act::args::Args;
use crate::act::commands::{Call, Effect, snapshot_name};
use crate::boot::Saved;
use crate::input::LoadedState;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::{LoadRequest, Outbox, SnapshotKind};
use crate::people::People;
use crate::people::leaving::let_go;
use crate::reject::Reject;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{Entity, Op, World, state};

/// Named snapshots of one room; above it `too_many_snapshots`.
pub const NAMED_SNAPSHOTS_MAX: usize = 200;
/// Between two savings, and between two restores, of one room, milliseconds: each writes it whole; sooner `room_busy`.
pub const COPY_INTERVAL_MS: i64 = 1_000;
/// Repeats of one restore that wait for its answer; above it `room_busy`.
const REPEATS_MAX: usize = 8;
const COPIED_JUST_NOW: Reject =
    Reject::new("room_busy", "A room is saved, and restored, at most once a second. Try again in a moment.");
const RESTORING: Reject =
    Reject::new("room_busy", "Another state is being restored right now. Try again in a moment.");
/// The name of the state a room began with.
pub const INITIAL: &str = "initial";

/// A restore that waits for its state.
#[derive(Debug, Clone)]
pub(crate) struct PendingLoad {
    request: u64,
    /// Who waits for the answer under which ref: the asker, and repeats of the same command.
    asked: Vec<(PeerId, Value)>,
    user: UserId,
    command_id: Option<String>,
    name: String,
}

/// An answer to one who waited for it.
pub(crate) type Late = (PeerId, Value, Result<Arc<str>, Reject>);

pub(crate) fn list_snapshots(log: &Log) -> Effect {
    let row = |(name, saved): (&String, &Saved)| json!({"name": name, "kind": saved.kind, "at": saved.at_ms});
    let snapshots: Vec<Value> = log.saved.iter().map(row).collect();
    Effect::Answer(json!({"snapshots": snapshots}))
}

impl Acts {
    pub(crate) fn save_snapshot(
        &mut self,
        log: &mut Log,
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
        let named = log.saved.keys().filter(|name| *name != INITIAL).count();
        if named >= NAMED_SNAPSHOTS_MAX && !log.saved.contains_key(&name) {
            return Err(Reject::new("too_many_snapshots", "A room keeps at most 200 saved states."));
        }
        once_a_second(&mut self.saved_at_ms, log.now.at_ms)?;
        let payload = json!({"name": name, "user_id": call.user});
        let effect = log.accept(call, "snapshot_saved", payload, Vec::new(), None);
        log.saved.insert(name.clone(), Saved { kind: "named", at_ms: log.now.at_ms });
        out.snapshots.push(log.snapshot(SnapshotKind::Named, Some(name), true));
        Ok(effect)
    }

    pub(crate) fn restore_snapshot(
        &mut self,
        log: &mut Log,
        call: &Call<'_>,
        mut args: Args,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        let name = snapshot_name(&mut args)?;
        if !log.saved.contains_key(&name) {
            return Err(Reject::new("snapshot_not_found", "There is no saved state of that name."));
        }
        if let Some(pending) = &mut self.load {
            let repeated = call.command_id.is_some()
                && pending.command_id == call.command_id
                && pending.user == *call.user
                && pending.asked.len() < REPEATS_MAX;
            if !repeated {
                return Err(RESTORING);
            }
            pending.asked.push((call.peer, call.reference.clone()));
            return Ok(Effect::Later);
        }
        once_a_second(&mut self.restored_at_ms, log.now.at_ms)?;
        let request = self.next_load;
        self.next_load += 1;
        self.load = Some(PendingLoad {
            request,
            asked: vec![(call.peer, call.reference.clone())],
            user: call.user.clone(),
            command_id: call.command_id.clone(),
            name: name.clone(),
        });
        out.loads.push(LoadRequest { request, name });
        Ok(Effect::Later)
    }

    /// The store has answered.
    pub(crate) fn state_loaded(
        &mut self,
        (log, people): (&mut Log, &People),
        request: u64,
        loaded: Option<LoadedState>,
        out: &mut Outbox,
    ) -> Vec<Late> {
        let Some(pending) = self.load.take_if(|pending| pending.request == request) else {
            return Vec::new();
        };
        let asked = pending.asked.clone();
        let missing = Reject::new("snapshot_not_found", "The saved state cannot be read.");
        // Its id may have been given to another command while the state was fetched: what was answered first stands.
        let done = pending.command_id.as_deref().and_then(|id| log.memory.find(&pending.user, id));
        let answer: Result<Arc<str>, Reject> = match done.map(|known| known.response.clone()) {
            Some(response) => Ok(response),
            None => loaded
                .ok_or(missing)
                .and_then(|loaded| restore(log, people, pending, loaded, out))
                .map(|seq| json!({"seq": seq}).to_string().into()),
        };
        asked.into_iter().map(|(peer, reference)| (peer, reference, answer.clone())).collect()
    }
}

/// Everything but people becomes as it was then.
fn restore(
    log: &mut Log,
    people: &People,
    pending: PendingLoad,
    loaded: LoadedState,
    out: &mut Outbox,
) -> Result<u64, Reject> {
    log.may_change()?;
    // What the inverse refers to: the state just before, kept for as long as the event is.
    let before = log.snapshot(SnapshotKind::Auto, None, true);
    let inverse = vec![Op::Load { snapshot: state::hash(&before.world.to_text()) }];
    let mut ops = vec![Op::Load { snapshot: loaded.hash.clone() }];
    ops.extend(held_then(&loaded.world));
    ops.extend(rides_that_end(log, people, &loaded.world));
    let states = BTreeMap::from([(loaded.hash, loaded.world)]);
    let payload = json!({"name": pending.name, "user_id": pending.user});
    let draft = |ops: Vec<Op>| Draft {
        inverse: Some(inverse.clone()),
        command_id: pending.command_id.clone(),
        ..Draft::user(&pending.user, "snapshot_restored", payload.clone(), ops)
    };
    let seq = log.emit_with(draft(ops.clone()), &states).or_else(|_| {
        // A thing filled to its limit: what people held comes off without a place of its own.
        ops.retain(|op| !matches!(op, Op::Set { .. }));
        log.emit_with(draft(ops), &states)
    })?;
    if before.seq > 0 {
        out.snapshots.push(before);
    }
    // So that a restart never has to fold a `load`.
    out.snapshots.push(log.snapshot(SnapshotKind::Auto, None, false));
    log.snapshot_taken();
    log.keepers_unchecked = true;
    log.incarnation = log.incarnation.wrapping_add(1).max(1);
    log.made.restate = true;
    Ok(seq)
}

/// People who hang on something that the state does not have come off.
fn rides_that_end(log: &Log, people: &People, state: &World) -> Vec<Op> {
    let people = people.persons.keys().map(EntityId::avatar);
    let ends = |id: &EntityId| {
        let parent = log.world.entity(id).and_then(|avatar| avatar.parent());
        parent.is_some_and(|parent| parent.entity.user().is_none() && state.entity(&parent.entity).is_none())
    };
    people.filter(ends).map(|entity| Op::Unset { entity, names: vec!["parent".into()] }).collect()
}

/// Refuses what was last done too short a time ago; otherwise it counts as done now.
fn once_a_second(last_ms: &mut Option<i64>, now_ms: i64) -> Result<(), Reject> {
    if last_ms.is_some_and(|at_ms| now_ms - at_ms < COPY_INTERVAL_MS) {
        return Err(COPIED_JUST_NOW);
    }
    *last_ms = Some(now_ms);
    Ok(())
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

//! Saving and restoring the room under a name.

use crate::act::args::{Args, Read};
use crate::act::budget::FANOUT_BYTES_PER_S;
use crate::act::{Caller, Effect};
use crate::boot::Saved;
use crate::input::LoadedState;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::{Actor, Inverse, LoadRequest, Outbox, SnapshotKind, SnapshotOut};
use crate::people::People;
use crate::people::leaving::let_go;
use crate::reject::Reject;
use crate::text::clean_line;
use serde_json::{Value, json};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::limits::TITLE_CHARS_MAX;
use thexr_wire::pose::Pose;
use thexr_world::{Entity, Op, World};

/// Named snapshots of one room; above it `too_many_snapshots`.
pub const NAMED_SNAPSHOTS_MAX: usize = 200;
/// Between two savings, and between two restores, of one room, at least, milliseconds; sooner `room_busy`.
pub const COPY_INTERVAL_MS: i64 = 1_000;
/// What one room's saves and restores may write, bytes of state a second: each writes it whole; sooner `room_busy`.
pub const COPY_BYTES_PER_S: u64 = 8 * 1024 * 1024;
/// Repeats of one restore that wait for its answer; above it `room_busy`.
const REPEATS_MAX: usize = 8;
const COPIED_JUST_NOW: Reject = Reject::new(
    "room_busy",
    "A room is saved, and restored, at most once a second, and a large one less often. Try again in a moment.",
);
const RESTORING: Reject =
    Reject::new("room_busy", "Another state is being restored right now. Try again in a moment.");
/// The name of the state a room began with.
pub const INITIAL: &str = "initial";

/// The present is kept under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct SaveSnapshot {
    name: String,
}

/// Everything but people becomes as it was under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct RestoreSnapshot {
    name: String,
}

/// Which names there are.
#[derive(Debug, Clone, PartialEq)]
pub struct ListSnapshots;

impl Read for SaveSnapshot {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let name = snapshot_name(args)?;
        if name == INITIAL {
            let detail = "\"initial\" is the state the room began with. Choose another name.";
            return Err(Reject::new("reserved_name", detail));
        }
        Ok(Self { name })
    }
}

impl Read for RestoreSnapshot {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { name: snapshot_name(args)? })
    }
}

impl Read for ListSnapshots {
    fn read(_: &mut Args) -> Result<Self, Reject> {
        Ok(Self)
    }
}

/// A snapshot's name, trimmed.
fn snapshot_name(args: &mut Args) -> Result<String, Reject> {
    let value = args.take("name");
    let text = value.as_ref().and_then(Value::as_str).unwrap_or("");
    clean_line(text, "name", TITLE_CHARS_MAX, "name_too_long")
}

pub(crate) fn list(log: &Log) -> Effect {
    let row = |(name, saved): (&String, &Saved)| json!({"name": name, "kind": saved.kind, "at": saved.at_ms});
    let snapshots: Vec<Value> = log.saved.iter().map(row).collect();
    Effect::Answer(json!({"snapshots": snapshots}))
}

/// A restore that waits for its state.
#[derive(Debug, Clone)]
struct PendingLoad {
    request: u64,
    /// Repeats of the same command that wait with it.
    repeats: usize,
    actor: Actor,
    id: Option<SmolStr>,
    name: String,
}

/// Saving and restoring, one at a time.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    load: Option<PendingLoad>,
    next_load: u64,
    /// When the room was last saved, and when a state was last asked for, room milliseconds.
    saved_at_ms: Option<i64>,
    restored_at_ms: Option<i64>,
}

impl Copies {
    pub fn save(&mut self, log: &Log, caller: &Caller<'_>, save: SaveSnapshot) -> Result<Effect, Reject> {
        let named = log.saved.keys().filter(|name| *name != INITIAL).count();
        if named >= NAMED_SNAPSHOTS_MAX && !log.saved.contains_key(&save.name) {
            return Err(Reject::new("too_many_snapshots", "A room keeps at most 200 saved states."));
        }
        now_and_then(&mut self.saved_at_ms, log, 0)?;
        let payload = json!({"name": save.name, "user_id": caller.user()});
        Ok(Effect::Save(Draft::server("snapshot_saved", payload, Vec::new()), save.name))
    }

    /// The fact is there: so is the state under its name.
    pub fn saved(&mut self, log: &mut Log, name: String, out: &mut Outbox) {
        log.saved.insert(name.clone(), Saved { kind: "named", at_ms: log.now.at_ms });
        out.snapshots.push(log.snapshot(SnapshotKind::Named, Some(name), true));
    }

    pub fn restore(
        &mut self,
        log: &Log,
        caller: &Caller<'_>,
        restore: RestoreSnapshot,
        hearers: u64,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        let name = restore.name;
        if !log.saved.contains_key(&name) {
            return Err(Reject::new("snapshot_not_found", "There is no saved state of that name."));
        }
        if let Some(pending) = &mut self.load {
            let repeated = pending.id.is_some()
                && pending.id.as_ref() == caller.id
                && pending.actor == *caller.actor
                && pending.repeats < REPEATS_MAX;
            if !repeated {
                return Err(RESTORING);
            }
            pending.repeats += 1;
            return Ok(Effect::Later(pending.request));
        }
        now_and_then(&mut self.restored_at_ms, log, hearers)?;
        let request = self.next_load;
        self.next_load += 1;
        self.load = Some(PendingLoad {
            request,
            repeats: 0,
            actor: caller.actor.clone(),
            id: caller.id.cloned(),
            name: name.clone(),
        });
        out.loads.push(LoadRequest { request, name });
        Ok(Effect::Later(request))
    }

    /// The store has answered: what all who wait for this restore are told; `None` when nobody does.
    pub fn loaded(
        &mut self,
        log: &mut Log,
        people: &People,
        request: u64,
        loaded: Option<LoadedState>,
        out: &mut Outbox,
    ) -> Option<Result<Arc<str>, Reject>> {
        let pending = self.load.take_if(|pending| pending.request == request)?;
        let missing = Reject::new("snapshot_not_found", "The saved state cannot be read.");
        // Its id may have been given to another command while the state was fetched: what was answered first stands.
        let known = match (&pending.actor, &pending.id) {
            (Actor::User(user), Some(id)) => {
                log.memory.find(user, id).map(|known| known.response().to_string().into())
            }
            _ => None,
        };
        Some(match known {
            Some(response) => Ok(response),
            None => loaded
                .ok_or(missing)
                .and_then(|loaded| restore(log, people, pending, loaded, out))
                .map(|seq| json!({"seq": seq}).to_string().into()),
        })
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
    // What the inverse loads: the state just before, kept for as long as the event is.
    let before = SnapshotOut { before: Some(log.seq + 1), ..log.snapshot(SnapshotKind::Auto, None, true) };
    let inverse = (before.seq > 0).then_some(Inverse::Before);
    let mut ops = vec![Op::Load { snapshot: loaded.hash.clone() }];
    ops.extend(rides_that_end(log, people, &loaded.world));
    ops.extend(loaded.let_go);
    let states = BTreeMap::from([(loaded.hash, loaded.world)]);
    let payload = json!({"name": pending.name, "user_id": pending.actor.user()});
    let draft = |ops: Vec<Op>| Draft {
        inverse: inverse.clone(),
        actor: pending.actor.clone(),
        command_id: pending.id.as_ref().map(ToString::to_string),
        ..Draft::server("snapshot_restored", payload.clone(), ops)
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
    log.lives.look_again();
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

/// Refuses what was last done too short a time ago; otherwise it counts as done now. The state is written whole, and told
/// to so many.
fn now_and_then(last_ms: &mut Option<i64>, log: &Log, hearers: u64) -> Result<(), Reject> {
    let bytes = log.world.bytes() as u64;
    let seconds = (bytes / COPY_BYTES_PER_S).max(bytes * hearers / FANOUT_BYTES_PER_S);
    let interval_ms = COPY_INTERVAL_MS.max(i64::try_from(seconds * 1_000).unwrap_or(i64::MAX));
    if last_ms.is_some_and(|at_ms| log.now.at_ms - at_ms < interval_ms) {
        return Err(COPIED_JUST_NOW);
    }
    *last_ms = Some(log.now.at_ms);
    Ok(())
}

/// Ops that leave what people held when a state was kept where it was then: the people have gone on.
pub(crate) fn held_then(state: &World) -> Vec<Op> {
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

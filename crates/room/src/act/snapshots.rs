//! Saving and restoring the room under a name.

use crate::act::args::{Args, Read};
use crate::act::budget::FANOUT_BYTES_PER_S;
use crate::act::{Caller, Effect};
use crate::boot::Saved;
use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::{Actor, Inverse, LoadRequest, Outbox, SnapshotKind, SnapshotOut};
use crate::people::People;
use crate::people::letting_go::let_go;
use crate::reject::{Reject, STORE_UNAVAILABLE};
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
/// What the fact of a save may take, bytes of JSON: a name and a person. Paid for when the save is asked for.
pub(crate) const FACT_BYTES_MAX: usize = 4 * TITLE_CHARS_MAX + 256;
/// Repeats of one save or restore that wait for its answer; above it `room_busy`.
const REPEATS_MAX: usize = 8;
const COPIED_JUST_NOW: Reject = Reject::new(
    "room_busy",
    "A room is saved, and restored, at most once a second, and a large one less often. Try again in a moment.",
);
const COPYING: Reject =
    Reject::new("room_busy", "Another state is being saved or restored right now. Try again in a moment.");
const STATES_FULL: Reject = Reject::new(
    "states_full",
    "The room's saved states take all the space they may. They stay, and nothing more is saved or restored here.",
);
/// The name of the state a room began with.
pub const INITIAL: &str = "initial";
/// The name of what the last restore replaced: restoring it takes the restore back.
pub const BEFORE: &str = "before_restore";

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
        if name == INITIAL || name == BEFORE {
            let detail = "The room itself keeps \"initial\" and \"before_restore\". Choose another name.";
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

/// A save or a restore that waits for the store.
#[derive(Debug, Clone)]
struct Pending {
    request: u64,
    /// Repeats of the same command that wait with it.
    repeats: usize,
    actor: Actor,
    id: Option<SmolStr>,
    name: String,
}

impl Pending {
    /// Another try of the same command waits with the first.
    fn joined_by(&mut self, caller: &Caller<'_>) -> bool {
        let repeated = self.id.is_some()
            && self.id.as_ref() == caller.id
            && self.actor == *caller.actor
            && self.repeats < REPEATS_MAX;
        self.repeats += usize::from(repeated);
        repeated
    }

    /// What its id was answered meanwhile, if it was given to another command: what was answered first stands.
    fn known(&self, log: &Log) -> Option<Arc<str>> {
        let (Actor::User(user), Some(id)) = (&self.actor, &self.id) else { return None };
        log.memory.find(user, id).map(|known| known.response().to_string().into())
    }

    /// The fact that comes of it.
    fn draft(&self, fact: Fact, ops: Vec<Op>, inverse: Option<Inverse>) -> Draft {
        let payload = json!({"name": self.name, "user_id": self.actor.user()});
        Draft {
            inverse,
            actor: self.actor.clone(),
            command_id: self.id.as_ref().map(ToString::to_string),
            ..Draft::server(fact, payload, ops)
        }
    }
}

/// What all who wait for a save or a restore are told, and which it was.
pub(crate) type Answered = Option<(u64, Result<Arc<str>, Reject>)>;

/// Saving and restoring, one at a time.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// The save under way, with the number and the seq of its state.
    save: Option<(u64, u64, Pending)>,
    load: Option<Pending>,
    next_request: u64,
    /// The states of the room take all the space they may: what a restore is undone by has none.
    pub full: bool,
    /// What a restore replaced, on its way to the store, with the number of its state.
    before: Option<(u64, Saved)>,
    /// Versions of all things as of a seq, in order: asked for again and again, they are sorted once.
    versions: (u64, Vec<u64>),
    /// When the room was last saved, and when a state was last asked for, room milliseconds.
    saved_at_ms: Option<i64>,
    restored_at_ms: Option<i64>,
}

impl Copies {
    /// The names, each with how many things were added, changed or brought back since.
    pub fn list(&mut self, log: &Log) -> Effect {
        if self.versions.0 != log.seq {
            let things = log.world.entities().values().filter(|entity| !entity.is_avatar());
            let mut versions: Vec<u64> = things.map(|entity| log.world.version(entity)).collect();
            versions.sort_unstable();
            self.versions = (log.seq, versions);
        }
        let versions = &self.versions.1;
        let row = |(name, saved): (&String, &Saved)| {
            let changed = versions.len() - versions.partition_point(|version| *version <= saved.seq);
            json!({"name": name, "kind": saved.kind, "at": saved.at_ms, "by": saved.by, "changed": changed})
        };
        let snapshots: Vec<Value> = log.saved.iter().map(row).collect();
        Effect::Answer(json!({"snapshots": snapshots}))
    }

    /// Hands out the state; the fact comes once that is stored. Not while a restore is under way: until its event is there,
    /// nothing keeps the store from forgetting the very state that it brings back, when the name is saved anew.
    pub fn save(
        &mut self,
        log: &mut Log,
        caller: &Caller<'_>,
        save: SaveSnapshot,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        let name = save.name;
        if let Some((.., pending)) = &mut self.save {
            return if pending.joined_by(caller) { Ok(Effect::Later(pending.request)) } else { Err(COPYING) };
        }
        let named = log.saved.values().filter(|saved| saved.kind == "named").count();
        if named >= NAMED_SNAPSHOTS_MAX && !log.saved.contains_key(&name) {
            return Err(Reject::new("too_many_snapshots", "A room keeps at most 200 saved states."));
        }
        if log.is_keeping() || self.load.is_some() {
            return Err(COPYING);
        }
        if self.full {
            return Err(STATES_FULL);
        }
        now_and_then(&mut self.saved_at_ms, log, 0)?;
        let state = log.snapshot(SnapshotKind::Named, Some(name.clone()));
        let pending = self.pending(caller, name);
        let request = pending.request;
        self.save = Some((state.number, state.seq, pending));
        out.snapshots.push(state);
        Ok(Effect::Later(request))
    }

    /// The store has a state, or could not take it.
    pub fn kept(&mut self, log: &mut Log, number: u64, kept: bool) -> Answered {
        log.state_kept(number, kept);
        if let Some((_, before)) = self.before.take_if(|(of, _)| *of == number).filter(|_| kept) {
            log.saved.insert(BEFORE.into(), before);
        }
        let (_, state_seq, pending) = self.save.take_if(|(of, ..)| *of == number)?;
        let request = pending.request;
        if let Some(known) = pending.known(log) {
            return Some((request, Ok(known)));
        }
        if !kept {
            return Some((request, Err(STORE_UNAVAILABLE)));
        }
        let by = pending.actor.user().cloned();
        let saved = Saved { kind: "named", at_ms: log.now.at_ms, seq: state_seq, by };
        log.saved.insert(pending.name.clone(), saved);
        let seq = log
            .emit(pending.draft(Fact::SNAPSHOT_SAVED, Vec::new(), None))
            .unwrap_or_else(|error| unreachable!("nothing is folded: {error}"));
        Some((request, Ok(json!({"seq": seq}).to_string().into())))
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
            return if pending.joined_by(caller) { Ok(Effect::Later(pending.request)) } else { Err(COPYING) };
        }
        if log.is_keeping() {
            return Err(COPYING);
        }
        if self.full {
            return Err(STATES_FULL);
        }
        now_and_then(&mut self.restored_at_ms, log, hearers)?;
        let pending = self.pending(caller, name.clone());
        let request = pending.request;
        self.load = Some(pending);
        out.loads.push(LoadRequest { request, name });
        Ok(Effect::Later(request))
    }

    fn pending(&mut self, caller: &Caller<'_>, name: String) -> Pending {
        let request = self.next_request;
        self.next_request += 1;
        Pending { request, repeats: 0, actor: caller.actor.clone(), id: caller.id.cloned(), name }
    }

    /// The store has answered a restore.
    pub fn loaded(
        &mut self,
        log: &mut Log,
        people: &People,
        request: u64,
        loaded: Option<LoadedState>,
        out: &mut Outbox,
    ) -> Answered {
        let pending = self.load.take_if(|pending| pending.request == request)?;
        let missing = Reject::new("snapshot_not_found", "The saved state cannot be read.");
        let answer = pending.known(log).map(Ok).unwrap_or_else(|| {
            let (seq, before) =
                loaded.ok_or(missing).and_then(|loaded| restore(log, people, &pending, loaded, out))?;
            self.before = before;
            Ok(json!({"seq": seq}).to_string().into())
        });
        Some((request, answer))
    }
}

/// Everything but people becomes as it was then; the seq of that, and what it replaced, on its way to the store.
fn restore(
    log: &mut Log,
    people: &People,
    pending: &Pending,
    loaded: LoadedState,
    out: &mut Outbox,
) -> Result<(u64, Option<(u64, Saved)>), Reject> {
    log.may_change()?;
    let mut ops = vec![Op::Load { snapshot: loaded.hash.clone() }];
    ops.extend(rides_that_end(log, people, &loaded.world));
    ops.extend(loaded.let_go);
    let states = BTreeMap::from([(loaded.hash, loaded.world)]);
    // What the inverse loads: the state just before, kept for as long as the event is.
    let before = log.snapshot(SnapshotKind::Named, Some(BEFORE.into()));
    let before = SnapshotOut { before: Some(log.seq + 1), ..before };
    let by = pending.actor.user().cloned();
    let replaced = (before.number, Saved { kind: "before", at_ms: before.at_ms, seq: before.seq, by });
    let inverse = (before.seq > 0).then_some(Inverse::Before);
    let draft = |ops: Vec<Op>| pending.draft(Fact::SNAPSHOT_RESTORED, ops, inverse.clone());
    let restored = log.emit_with(draft(ops.clone()), &states).or_else(|_| {
        // A thing filled to its limit: what people held comes off without a place of its own.
        ops.retain(|op| !matches!(op, Op::Set { .. }));
        log.emit_with(draft(ops), &states)
    });
    let kept = restored.is_ok() && inverse.is_some();
    if kept {
        out.snapshots.push(before);
    } else {
        log.state_kept(before.number, false);
    }
    let seq = restored?;
    // So that a restart need not fold a `load`.
    out.snapshots.push(log.snapshot(SnapshotKind::Auto, None));
    log.lives.look_again();
    log.incarnation = log.incarnation.wrapping_add(1).max(1);
    log.made.restate = true;
    Ok((seq, kept.then_some(replaced)))
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

/// A stored state that was asked for.
#[derive(Debug, Clone)]
pub struct LoadedState {
    hash: String,
    world: Arc<World>,
    /// What leaves things where people held them then.
    let_go: Vec<Op>,
}

impl LoadedState {
    /// A state with the hex SHA-256 of its text. Looks at all of it: make it outside of the tick.
    pub fn new(hash: String, world: Arc<World>) -> Self {
        let let_go = held_then(&world);
        Self { hash, world, let_go }
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

//! Between the room's shapes and the store's rows. Owns how events and states are spelt in the journal.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_room::{
    Actor, Boot, Caps, Event, PastCommand, Remembered, Saved, SnapshotKind, SnapshotOut, template,
};
use thexr_store::{EventRow, RecentCommand, SnapshotInfo, SnapshotRow, StoredRoom};
use thexr_wire::json::canonical;
use thexr_world::{FoldError, NoStates, Op, World, state};

/// The journal does not read back: the room cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// Text that is no JSON of the expected shape.
    #[error("event {seq}: {source}")]
    Event {
        /// Which event.
        seq: u64,
        /// Why.
        source: serde_json::Error,
    },
    /// A snapshot that is no state.
    #[error(transparent)]
    State(#[from] state::StateError),
    /// Ops that do not fit the state before them.
    #[error("the journal does not fit its snapshot: {0}")]
    Fold(#[from] FoldError),
}

fn canonical_ops(ops: &[Op]) -> String {
    canonical(&serde_json::json!(ops))
}

/// An event as it is stored.
pub fn event_row(event: &Event) -> EventRow {
    EventRow {
        seq: event.seq,
        at_ms: event.at_ms,
        actor: event.actor.to_string(),
        name: event.name.clone(),
        payload: canonical(&event.payload),
        ops: canonical_ops(&event.ops),
        inverse: event.inverse.as_deref().map(canonical_ops),
        undoes: event.undoes,
        command_id: event.command_id.clone(),
    }
}

fn actor(text: &str) -> Actor {
    Actor::parse(text).unwrap_or(Actor::Server)
}

/// A stored event as the room reads it.
pub fn event(row: &EventRow) -> Result<Event, StoredError> {
    let failed = |source| StoredError::Event { seq: row.seq, source };
    let ops = |text: &str| serde_json::from_str::<Vec<Op>>(text).map_err(failed);
    Ok(Event {
        seq: row.seq,
        at_ms: row.at_ms,
        actor: actor(&row.actor),
        name: row.name.clone(),
        payload: serde_json::from_str(&row.payload).map_err(failed)?,
        ops: ops(&row.ops)?,
        inverse: row.inverse.as_deref().map(ops).transpose()?,
        undoes: row.undoes,
        command_id: row.command_id.clone(),
    })
}

/// Several stored events.
pub fn events(rows: &[EventRow]) -> Result<Vec<Event>, StoredError> {
    rows.iter().map(event).collect()
}

fn past_command(row: &RecentCommand) -> Option<PastCommand> {
    let Actor::User(user) = actor(&row.actor) else { return None };
    let payload: Value = serde_json::from_str(&row.payload).ok()?;
    let response = thexr_room::response(row.seq, &payload).to_string().into();
    Some(PastCommand {
        user,
        id: row.command_id.clone(),
        at_ms: row.at_ms,
        reply: Remembered { seq: row.seq, response },
    })
}

fn saved(infos: &[SnapshotInfo]) -> BTreeMap<String, Saved> {
    let restorable = |info: &SnapshotInfo| match info.kind {
        thexr_store::SnapshotKind::Initial => Some(("initial".to_owned(), "initial", info.at_ms)),
        thexr_store::SnapshotKind::Named => info.name.clone().map(|name| (name, "named", info.at_ms)),
        thexr_store::SnapshotKind::Auto => None,
    };
    // Newest first: the first of a name stays.
    let mut map = BTreeMap::new();
    for (name, kind, at_ms) in infos.iter().filter_map(restorable) {
        map.entry(name).or_insert(Saved { kind, at_ms });
    }
    map
}

/// The state a stored room stands at. Slow for large rooms: call it where blocking is allowed.
pub fn world(stored: &StoredRoom) -> Result<(World, u64, i64), StoredError> {
    let mut boot = Boot::default();
    if let Some(snapshot) = &stored.snapshot {
        boot.world = World::from_text(&snapshot.state)?;
        boot.seq = snapshot.seq;
    }
    boot.fold_tail(&events(&stored.tail)?, &NoStates)?;
    Ok((boot.world, boot.seq, boot.at_ms))
}

/// Everything a room starts from. Slow for large rooms: call it where blocking is allowed.
pub fn boot(stored: &StoredRoom, snapshots: &[SnapshotInfo], caps: Caps) -> Result<Boot, StoredError> {
    let (world, seq, at_ms) = world(stored)?;
    let pose = |row: &thexr_store::LastPose| Some((row.user.clone(), serde_json::from_str(&row.pose).ok()?));
    Ok(Boot {
        world,
        seq,
        snapshot_seq: stored.snapshot.as_ref().map_or(0, |snapshot| snapshot.seq),
        epoch: stored.room.epoch as u64,
        tick: stored.room.last_tick,
        at_ms: at_ms.max(stored.room.last_at_ms),
        incarnation: stored.room.incarnation,
        seed: stored.room.seed as u64,
        commands: stored.recent_commands.iter().filter_map(past_command).collect(),
        // The store has the newest first.
        last_poses: stored.last_poses.iter().rev().filter_map(pose).collect(),
        saved: saved(snapshots),
        caps,
    })
}

/// A snapshot as it is stored. Slow for large rooms: call it where blocking is allowed.
pub fn snapshot_row(out: &SnapshotOut, at_ms: i64) -> SnapshotRow {
    let state: Arc<str> = out.world.to_text().into();
    let kind = match out.kind {
        SnapshotKind::Auto => thexr_store::SnapshotKind::Auto,
        SnapshotKind::Named => thexr_store::SnapshotKind::Named,
    };
    SnapshotRow {
        seq: out.seq,
        at_ms,
        kind,
        name: out.name.clone(),
        hash: state::hash(&state),
        state,
        pinned: out.pinned,
    }
}

/// A new room's first event and its initial state.
pub fn genesis(template: template::Template, seed: u64, at_ms: i64) -> (EventRow, SnapshotRow) {
    let event = template::genesis(template, seed, at_ms);
    let mut boot = Boot::default();
    boot.fold_tail(std::slice::from_ref(&event), &NoStates)
        .unwrap_or_else(|error| unreachable!("a template folds into nothing: {error}"));
    let state: Arc<str> = boot.world.to_text().into();
    let snapshot = SnapshotRow {
        seq: event.seq,
        at_ms,
        kind: thexr_store::SnapshotKind::Initial,
        name: Some("initial".into()),
        hash: state::hash(&state),
        state,
        pinned: true,
    };
    (event_row(&event), snapshot)
}

//! Between the room's shapes and the store's rows. Owns how events and states are spelt in the journal.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_room::{
    Actor, Boot, Caps, Event, Inverse, Member, MemberChange, PastCommand, Remembered, Rights, Saved,
    Settings, SnapshotKind, SnapshotOut, template,
};
use thexr_store::{EventRow, MemberRow, PlaceRow, RecentCommand, SnapshotInfo, SnapshotRow, StoredRoom};
use thexr_wire::UserId;
use thexr_wire::json::canonical;
use thexr_wire::pose::Pose;
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
        // That of a restore is known when the state before it is text.
        inverse: match &event.inverse {
            Some(Inverse::Ops(ops)) => Some(canonical_ops(ops)),
            Some(Inverse::Before) | None => None,
        },
        undoes: event.undoes,
        command_id: event.command_id.clone(),
    }
}

/// What undoes a restore: loading the state with this hash.
pub fn load_of(hash: &str) -> String {
    canonical_ops(&[Op::Load { snapshot: hash.to_owned() }])
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
        inverse: row.inverse.as_deref().map(ops).transpose()?.map(Inverse::Ops),
        undoes: row.undoes,
        command_id: row.command_id.clone(),
    })
}

/// Several stored events.
pub fn events(rows: &[EventRow]) -> Result<Vec<Event>, StoredError> {
    rows.iter().map(event).collect()
}

/// Where someone is, as it is stored.
pub fn place_row(user: &UserId, pose: &Pose, at_ms: i64) -> PlaceRow {
    PlaceRow { user: user.clone(), pose: canonical(&serde_json::json!(pose)), at_ms }
}

fn past_command(row: &RecentCommand) -> Option<PastCommand> {
    let Actor::User(user) = actor(&row.actor) else { return None };
    let payload: Value = serde_json::from_str(&row.payload).ok()?;
    Some(PastCommand {
        user,
        id: row.command_id.clone(),
        at_ms: row.at_ms,
        reply: Remembered::of(row.seq, &payload),
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

/// Who may do what; what cannot be read is as in a new room.
fn rights(stored: &StoredRoom) -> Rights {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let member = |row: &MemberRow| (row.user.clone(), Member::from_row(row.role, &read(&row.state)));
    let settings = Settings::from_json(&read(&stored.room.settings));
    Rights::new(stored.room.created_by.clone(), settings, stored.members.iter().map(member))
}

/// What a room keeps of a person, as it is stored.
pub fn member_row(change: &MemberChange) -> MemberRow {
    MemberRow { user: change.user.clone(), role: change.role, state: canonical(&change.state) }
}

/// Everything a room starts from. Slow for large rooms: call it where blocking is allowed.
pub fn boot(stored: &StoredRoom, snapshots: &[SnapshotInfo], caps: Caps) -> Result<Boot, StoredError> {
    let (world, seq, at_ms) = world(stored)?;
    let pose = |row: &PlaceRow| Some((row.user.clone(), serde_json::from_str(&row.pose).ok()?));
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
        last_poses: stored.last_poses.iter().filter_map(pose).collect(),
        saved: saved(snapshots),
        rights: rights(stored),
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

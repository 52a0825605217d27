//! Between the room's shapes and the store's rows. Owns how events and states are spelt in the journal.

use crate::limits::TAIL_PAGE_BYTES;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_room::{
    Actor, Boot, Caps, Event, Inverse, Member, MemberChange, PastCommand, Remembered, Rights, Saved,
    Settings, SnapshotKind, SnapshotOut, TailError, template,
};
use thexr_store::{
    EventRow, MemberRow, PlaceRow, RecentCommand, SnapshotInfo, SnapshotRow, Store, StoreError, StoredRoom,
};
use thexr_wire::UserId;
use thexr_wire::json::canonical;
use thexr_wire::pose::Pose;
use thexr_world::{FoldError, NoStates, Op, Stamp, World, state};

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
    /// An event is missing, or the journal ends before it should.
    #[error("event {expected} is missing: {found} comes next")]
    Gap {
        /// The event that goes on where the state stands.
        expected: u64,
        /// What was found in its place; one more than the journal's last, when nothing was.
        found: u64,
    },
    /// The newest snapshot is of an event that the journal does not have.
    #[error("the snapshot is of event {snapshot}, the journal ends at {last_seq}")]
    Ahead {
        /// The snapshot's seq.
        snapshot: u64,
        /// Where the journal ends.
        last_seq: u64,
    },
    /// Ops that do not fit the state before them.
    #[error("event {seq} does not fit the state before it: {source}")]
    Fold {
        /// Which event.
        seq: u64,
        /// Why.
        source: FoldError,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A defect of ours.
    #[error("reading the journal failed in an unexpected way")]
    Defect,
}

impl From<TailError> for StoredError {
    fn from(error: TailError) -> Self {
        match error {
            TailError::Gap { expected, found } => Self::Gap { expected, found },
            TailError::Fold { seq, source } => Self::Fold { seq, source },
        }
    }
}

fn canonical_ops(ops: &[Op]) -> String {
    canonical(&json!(ops))
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
    PlaceRow { user: user.clone(), pose: canonical(&json!(pose)), at_ms }
}

/// The op that loads a state, as it is stored.
pub fn load_of(hash: &str) -> String {
    canonical_ops(&[Op::Load { snapshot: hash.to_owned() }])
}

/// A member as it is stored.
pub fn member_row(change: &MemberChange) -> MemberRow {
    MemberRow { user: change.user.clone(), role: change.role, state: canonical(&change.state) }
}

/// Everyone's rights, as the store has them.
fn rights(stored: &StoredRoom) -> Rights {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let member = |row: &MemberRow| (row.user.clone(), Member::from_row(row.role, &read(&row.state)));
    let settings = Settings::from_json(&read(&stored.room.settings));
    Rights::new(stored.room.created_by.clone(), settings, stored.members.iter().map(member))
}

fn past_command(row: &RecentCommand) -> Option<PastCommand> {
    let Actor::User(user) = actor(&row.actor) else { return None };
    let payload = row.entity.as_ref().map_or(Value::Null, |entity| json!({"entity": entity}));
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

/// Everything a room starts from: its newest snapshot, and then its journal page by page.
///
/// At no time is more in memory than the state, and the snapshot's text or one page: texts go as they are read.
pub async fn boot(
    store: &dyn Store,
    mut stored: StoredRoom,
    snapshots: &[SnapshotInfo],
    caps: Caps,
) -> Result<Boot, StoredError> {
    let (id, last_seq) = (stored.room.id.clone(), stored.room.last_seq);
    let snapshot = stored.snapshot.take();
    let begun = begin(&stored, snapshots, caps);
    let mut boot = blocking(move || stand_on(begun, snapshot, last_seq)).await?;
    while boot.seq < last_seq {
        let mut page = store.events(&id, boot.seq, TAIL_PAGE_BYTES).await?;
        page.retain(|row| row.seq <= last_seq);
        if page.is_empty() {
            return Err(StoredError::Gap { expected: boot.seq + 1, found: last_seq + 1 });
        }
        boot = blocking(move || follow(boot, page)).await?;
    }
    Ok(boot)
}

/// What is known without the state.
fn begin(stored: &StoredRoom, snapshots: &[SnapshotInfo], caps: Caps) -> Boot {
    let pose = |row: &PlaceRow| Some((row.user.clone(), serde_json::from_str(&row.pose).ok()?));
    Boot {
        epoch: stored.room.epoch as u64,
        tick: stored.room.last_tick,
        at_ms: stored.room.last_at_ms,
        incarnation: stored.room.incarnation,
        seed: stored.room.seed as u64,
        commands: stored.recent_commands.iter().filter_map(past_command).collect(),
        // The store has the newest first.
        last_poses: stored.last_poses.iter().rev().filter_map(pose).collect(),
        saved: saved(snapshots),
        rights: rights(stored),
        caps,
        ..Boot::default()
    }
}

/// Takes the state of a snapshot, whose text goes.
fn stand_on(mut boot: Boot, snapshot: Option<SnapshotRow>, last_seq: u64) -> Result<Boot, StoredError> {
    let Some(snapshot) = snapshot else { return Ok(boot) };
    if snapshot.seq > last_seq {
        return Err(StoredError::Ahead { snapshot: snapshot.seq, last_seq });
    }
    boot.world = World::from_text(&snapshot.state)?;
    (boot.seq, boot.snapshot_seq) = (snapshot.seq, snapshot.seq);
    Ok(boot)
}

/// Folds a page of the journal, one event at a time, each of which goes before the next is read.
fn follow(mut boot: Boot, page: Vec<EventRow>) -> Result<Boot, StoredError> {
    for row in page {
        let ops: Vec<Op> =
            serde_json::from_str(&row.ops).map_err(|source| StoredError::Event { seq: row.seq, source })?;
        let stamp = Stamp { seq: row.seq, at_ms: row.at_ms };
        boot.follow(stamp, &ops, row.ops.len() + row.payload.len(), &NoStates)?;
    }
    Ok(boot)
}

/// Runs what is slow for large rooms where blocking is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoredError> + Send + 'static,
) -> Result<T, StoredError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoredError::Defect)?
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

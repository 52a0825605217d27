//! Between the room's shapes and the store's rows. Owns how events and states are spelt in the journal.

use crate::limits::TAIL_PAGE_BYTES;
use crate::rooms::states::{self, StateError, part_row};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thexr_room::{
    Actor, BEFORE, Boot, Caps, Event, Hearers, Inverse, Member, MemberChange, PastCommand, Remembered,
    Rights, Saved, Settings, TailError, template,
};
use thexr_store::{
    EventRow, MemberRow, PartRow, PlaceRow, RecentCommand, RoomRow, SnapshotInfo, SnapshotRow, Store,
    StoreError, StoredRoom,
};
use thexr_wire::json::canonical;
use thexr_wire::pose::Pose;
use thexr_wire::{RoomId, UserId};
use thexr_world::{FoldError, NoStates, Op, Stamp, World};

/// What an event takes in a page, bytes: most take less, so that a short way is one small page.
const EVENT_BYTES_USUAL: usize = 512;

/// The journal does not read back: the room cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// Text that is no JSON of the expected shape.
    #[error("event {seq}: {source}")]
    Event {
        /// Which event.
        seq: u64,
        /// What the parser says of the row's JSON.
        source: serde_json::Error,
    },
    /// A snapshot, or a state that an event loads.
    #[error(transparent)]
    State(#[from] StateError),
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
        /// What is wrong with the first op that does not fit.
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
        hearers: match &event.hearers {
            Hearers::Everyone => None,
            Hearers::Only(users) => Some(canonical(&json!(users))),
        },
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
        hearers: row
            .hearers
            .as_deref()
            .map(serde_json::from_str)
            .transpose()
            .map_err(failed)?
            .map_or(Hearers::Everyone, |users: BTreeSet<UserId>| Hearers::Only(Arc::new(users))),
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
    let kind = |name: &str| if name == BEFORE { "before" } else { "named" };
    let restorable = |info: &SnapshotInfo| match info.kind {
        thexr_store::SnapshotKind::Initial => Some(("initial".to_owned(), "initial")),
        thexr_store::SnapshotKind::Named => info.name.clone().map(|name| (name.clone(), kind(&name))),
        thexr_store::SnapshotKind::Auto => None,
    };
    // Newest first: the first of a name stays.
    let mut map = BTreeMap::new();
    for (info, (name, kind)) in infos.iter().filter_map(|info| Some((info, restorable(info)?))) {
        let by = info.actor.as_deref().and_then(|by| actor(by).user().cloned());
        map.entry(name).or_insert(Saved { kind, at_ms: info.at_ms, seq: info.seq, by });
    }
    map
}

/// Everything a room starts from: its newest snapshot, and then its journal page by page.
///
/// At no time is more in memory than the state, a restored one that takes its place, and a part of a text or one page: texts
/// go as they are read.
pub async fn boot(store: &dyn Store, mut stored: StoredRoom, caps: Caps) -> Result<Boot, StoredError> {
    let (id, last_seq) = (stored.room.id.clone(), stored.room.last_seq);
    let snapshot = stored.snapshot.take();
    let snapshots = store.list_snapshots(&id).await?;
    let boot = stand_on(store, &id, begin(stored, &snapshots, caps), snapshot, last_seq).await?;
    go_on(store, &id, boot, last_seq).await
}

/// A room's world as of a seq: the newest snapshot at or before it, and the events from there on, page by page. `None` = the
/// journal does not reach there, or there is no such room.
pub async fn state_at(store: &dyn Store, room: &RoomId, seq: u64) -> Result<Option<World>, StoredError> {
    if store.last_seq(room).await?.is_none_or(|last_seq| seq > last_seq) {
        return Ok(None);
    }
    let snapshot = store.snapshot_at(room, seq).await?;
    let boot = stand_on(store, room, Boot::default(), snapshot, seq).await?;
    Ok(Some(go_on(store, room, boot, seq).await?.world))
}

/// Folds the journal's events up to a seq; states that they load are read when it comes to them.
async fn go_on(store: &dyn Store, room: &RoomId, mut boot: Boot, to: u64) -> Result<Boot, StoredError> {
    while boot.seq < to {
        let wanted = usize::try_from(to - boot.seq).unwrap_or(usize::MAX);
        let bytes_max = wanted.saturating_mul(EVENT_BYTES_USUAL).min(TAIL_PAGE_BYTES);
        let mut page = store.events(room, boot.seq, bytes_max).await?;
        page.retain(|row| row.seq <= to);
        if page.is_empty() {
            return Err(StoredError::Gap { expected: boot.seq + 1, found: to + 1 });
        }
        for run in page.chunk_by(|_, next| !restores(next)) {
            let (run, states) = (run.to_vec(), states_of(store, room, &run[0]).await?);
            boot = blocking(move || follow(boot, run, &states)).await?;
        }
    }
    Ok(boot)
}

/// States by their hashes.
type States = BTreeMap<String, Arc<World>>;

/// Whether a state is loaded in an event.
fn restores(row: &EventRow) -> bool {
    row.ops.contains(r#""op":"load""#)
}

/// The states that an event loads.
async fn states_of(store: &dyn Store, room: &RoomId, row: &EventRow) -> Result<States, StoredError> {
    let mut states = States::new();
    if !restores(row) {
        return Ok(states);
    }
    for op in ops(row)? {
        let Op::Load { snapshot: hash } = op else { continue };
        let world = states::by_hash(store, room, &hash).await?;
        states.insert(hash, Arc::new(world));
    }
    Ok(states)
}

/// How a room is set; what cannot be read is as in a new room.
pub fn settings(room: &RoomRow) -> Settings {
    Settings::from_json(&serde_json::from_str(&room.settings).unwrap_or_default())
}

/// Who may do what, as far as these members are concerned; what cannot be read is as in a new room.
pub fn rights<'a>(room: &RoomRow, members: impl IntoIterator<Item = &'a MemberRow>) -> Rights {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let member = |row: &MemberRow| (row.user.clone(), Member::from_row(row.role, &read(&row.state)));
    Rights::new(room.created_by.clone(), settings(room), members.into_iter().map(member))
}

/// What a room keeps of a person, as it is stored.
pub fn member_row(change: &MemberChange) -> MemberRow {
    MemberRow { user: change.user.clone(), role: change.role, state: canonical(&change.state) }
}

/// What is known without the state.
fn begin(stored: StoredRoom, snapshots: &[SnapshotInfo], caps: Caps) -> Boot {
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
        rights: rights(&stored.room, &stored.members),
        caps,
        ..Boot::default()
    }
}

/// Takes the state of a snapshot.
async fn stand_on(
    store: &dyn Store,
    room: &RoomId,
    mut boot: Boot,
    snapshot: Option<SnapshotRow>,
    last_seq: u64,
) -> Result<Boot, StoredError> {
    let Some(snapshot) = snapshot else { return Ok(boot) };
    if snapshot.seq > last_seq {
        return Err(StoredError::Ahead { snapshot: snapshot.seq, last_seq });
    }
    boot.world = states::read(store, room, &snapshot.parts).await?;
    (boot.seq, boot.snapshot_seq) = (snapshot.seq, snapshot.seq);
    Ok(boot)
}

fn ops(row: &EventRow) -> Result<Vec<Op>, StoredError> {
    serde_json::from_str(&row.ops).map_err(|source| StoredError::Event { seq: row.seq, source })
}

/// Folds a part of the journal, one event at a time, each of which goes before the next is read.
fn follow(mut boot: Boot, rows: Vec<EventRow>, states: &States) -> Result<Boot, StoredError> {
    for row in rows {
        let stamp = Stamp { seq: row.seq, at_ms: row.at_ms };
        boot.follow(stamp, &ops(&row)?, row.ops.len() + row.payload.len(), states)?;
    }
    Ok(boot)
}

/// Runs what is slow for large rooms where blocking is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoredError> + Send + 'static,
) -> Result<T, StoredError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StoredError::Defect)?
}

/// A new room's first event and its initial state, which is small enough to be one part.
pub fn genesis(template: template::Template, seed: u64, at_ms: i64) -> (EventRow, SnapshotRow, PartRow) {
    let event = template::genesis(template, seed, at_ms);
    let mut boot = Boot::default();
    boot.fold_tail(std::slice::from_ref(&event), &NoStates)
        .unwrap_or_else(|error| unreachable!("a template folds into nothing: {error}"));
    let part = part_row(boot.world.to_text());
    let snapshot = SnapshotRow {
        seq: event.seq,
        at_ms,
        kind: thexr_store::SnapshotKind::Initial,
        name: Some("initial".into()),
        hash: part.hash.clone(),
        parts: vec![part.hash.clone()],
        bytes: part.text.len() as u64,
        pinned: true,
    };
    (event_row(&event), snapshot, part)
}

#[cfg(test)]
#[path = "past_tests.rs"]
mod past_tests;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use tempfile::TempDir;
    use thexr_store::{NewRoom, Outcome, RoomBatch, SqliteStore};
    use thexr_wire::{EntityId, RoomId};

    pub fn room() -> RoomId {
        RoomId::parse("rooma").unwrap()
    }

    pub fn row(seq: u64, ops: &Value) -> EventRow {
        EventRow {
            seq,
            at_ms: seq as i64,
            actor: "server".into(),
            name: "entity_updated".into(),
            payload: "{}".into(),
            ops: ops.to_string(),
            hearers: None,
            inverse: None,
            undoes: None,
            command_id: None,
        }
    }

    fn create(components: &Value) -> Value {
        json!([{"op": "create", "entity": "aaaaa", "components": components}])
    }

    fn set(components: &Value) -> Value {
        json!([{"op": "set", "entity": "aaaaa", "components": components}])
    }

    /// A store with one room of these events.
    pub async fn stored(rows: Vec<EventRow>) -> (TempDir, SqliteStore, StoredRoom) {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&dir.path().join("thexr.db")).await.unwrap();
        let new = NewRoom {
            id: room(),
            name: "Room".into(),
            description: String::new(),
            template: String::new(),
            seed: 1,
            created_by: None,
            created_at_ms: 0,
            first: Vec::new(),
            snapshot: None,
            parts: Vec::new(),
            settings: None,
        };
        store.create_room(new).await.unwrap();
        let last_seq = rows.len() as u64;
        let batch = RoomBatch { events: rows, ..RoomBatch::new(room(), 0, 1) };
        assert_eq!(store.append(&[batch]).await, [Outcome::Committed { last_seq }]);
        let stored = store.open_room(&room(), "node", 0, 1).await.unwrap().unwrap();
        (dir, store, stored)
    }

    /// Stores a state as of a seq, after `stored`.
    async fn with_state(store: &SqliteStore, seq: u64, world: &World) -> StoredRoom {
        let part = part_row(world.to_text());
        store.put_parts(&room(), std::slice::from_ref(&part)).await.unwrap();
        let snapshot = SnapshotRow {
            seq,
            at_ms: 0,
            kind: thexr_store::SnapshotKind::Named,
            name: Some("mine".into()),
            hash: part.hash.clone(),
            parts: vec![part.hash],
            bytes: part.text.len() as u64,
            pinned: true,
        };
        store.put_snapshot(&room(), 1, &snapshot, None).await.unwrap();
        store.load(&room(), 0).await.unwrap().unwrap()
    }

    async fn started(store: &SqliteStore, stored: StoredRoom) -> Result<Boot, StoredError> {
        boot(store, stored, Caps::default()).await
    }

    #[tokio::test]
    async fn a_room_starts_from_a_journal_of_several_pages() {
        let large = |n: u64| set(&json!({"n": n, "text": "x".repeat(60_000), "more": "y".repeat(60_000)}));
        let rows = std::iter::once(row(1, &create(&json!({})))).chain((2..=90).map(|n| row(n, &large(n))));
        let (_dir, store, stored) = stored(rows.collect()).await;
        let boot = started(&store, stored).await.unwrap();
        assert_eq!((boot.seq, boot.snapshot_seq, boot.at_ms), (90, 0, 90));
        assert!(boot.tail_bytes > 2 * TAIL_PAGE_BYTES);
        let entity = EntityId::parse("aaaaa").unwrap();
        assert_eq!(boot.world.entity(&entity).unwrap().value("n"), Some(&json!(90)));
    }

    #[tokio::test]
    async fn a_room_starts_from_its_snapshot_and_what_came_after() {
        let rows = vec![row(1, &create(&json!({"n": 1}))), row(2, &set(&json!({"n": 2})))];
        let (_dir, store, _) = stored(rows).await;
        let mut world = World::default();
        let ops: Vec<Op> = serde_json::from_value(create(&json!({"n": 1, "kept": true}))).unwrap();
        world.fold(Stamp { seq: 1, at_ms: 1 }, &ops, &NoStates).unwrap();
        let stored = with_state(&store, 1, &world).await;
        let boot = started(&store, stored).await.unwrap();
        assert_eq!((boot.seq, boot.snapshot_seq), (2, 1));
        let entity = boot.world.entities().values().next().unwrap();
        assert_eq!(Value::Object(entity.to_json()), json!({"n": 2, "kept": true}));
    }

    #[tokio::test]
    async fn a_room_whose_restored_state_was_not_stored_in_time_restores_it_again() {
        let mut saved = World::default();
        let ops: Vec<Op> = serde_json::from_value(create(&json!({"n": 1}))).unwrap();
        saved.fold(Stamp { seq: 1, at_ms: 1 }, &ops, &NoStates).unwrap();
        let load = json!([{"op": "load", "snapshot": thexr_world::state::hash(&saved.to_text())}]);
        let rows = vec![
            row(1, &create(&json!({"n": 1}))),
            row(2, &set(&json!({"n": 2}))),
            EventRow { ops: canonical(&load), ..row(3, &json!([])) },
            row(4, &set(&json!({"m": 4}))),
        ];
        let (_dir, store, _) = stored(rows).await;
        let stored = with_state(&store, 1, &saved).await;
        let boot = started(&store, stored.clone()).await.unwrap();
        let entity = boot.world.entities().values().next().unwrap();
        assert_eq!(Value::Object(entity.to_json()), json!({"n": 1, "m": 4}));

        // Saved again under its name, and the restore refers to what nobody has any more.
        let missing = canonical(&json!([{"op": "load", "snapshot": "00"}]));
        let batch = RoomBatch {
            events: vec![EventRow { ops: missing, ..row(5, &json!([])) }],
            ..RoomBatch::new(room(), 1, 2)
        };
        store.append(&[batch]).await;
        let stored = store.load(&room(), 0).await.unwrap().unwrap();
        let error = started(&store, stored).await.unwrap_err();
        assert!(matches!(error, StoredError::State(StateError::Missing { .. })), "{error}");
    }

    #[tokio::test]
    async fn a_journal_that_ends_before_it_should_is_an_error() {
        for missing in [1, 5] {
            let (_dir, store, mut stored) = stored(vec![row(1, &json!([])), row(2, &json!([]))]).await;
            stored.room.last_seq += missing;
            let error = started(&store, stored).await.unwrap_err();
            let (expected, found) = (3, 3 + missing);
            assert!(
                matches!(error, StoredError::Gap { expected: e, found: f } if (e, f) == (expected, found))
            );
        }
    }

    #[test]
    fn an_event_is_read_as_it_was_written_also_who_hears_it() {
        let users = ["abcdefghij0123456789", "00000000000000000001"].map(|id| UserId::parse(id).unwrap());
        let (genesis, ..) = genesis(template::Template::Empty, 1, 0);
        let everyone = event(&genesis).unwrap();
        let few =
            Event { ops: Vec::new(), hearers: Hearers::Only(Arc::new(users.into())), ..everyone.clone() };
        for made in [everyone, few] {
            let back = event(&event_row(&made)).unwrap();
            assert_eq!((back.hearers, back.name, back.ops), (made.hearers, made.name, made.ops));
        }
        let broken = EventRow { hearers: Some("[1]".into()), ..genesis };
        assert!(matches!(event(&broken), Err(StoredError::Event { .. })));
    }

    #[tokio::test]
    async fn a_snapshot_of_what_never_happened_is_an_error() {
        let (_dir, store, _) = stored(vec![row(1, &json!([]))]).await;
        let world = World::default();
        let mut stored = with_state(&store, 1, &world).await;
        stored.snapshot.as_mut().unwrap().seq = 2;
        let error = started(&store, stored).await.unwrap_err();
        assert!(matches!(error, StoredError::Ahead { snapshot: 2, last_seq: 1 }));
    }

    #[test]
    fn an_event_that_is_missing_doubled_or_out_of_order_is_an_error() {
        for (seqs, at) in
            [(vec![1, 3], (2, 3)), (vec![1, 1], (2, 1)), (vec![2, 1], (1, 2)), (vec![1, 2, 4], (3, 4))]
        {
            let page = seqs.iter().map(|seq| row(*seq, &json!([]))).collect();
            let error = follow(Boot::default(), page, &States::new()).unwrap_err();
            assert!(
                matches!(error, StoredError::Gap { expected, found } if (expected, found) == at),
                "{seqs:?}"
            );
        }
    }

    #[test]
    fn events_from_before_a_limit_are_read() {
        let many = json!({"list": vec![json!({"": 0}); 7_000]});
        let boot = follow(Boot::default(), vec![row(1, &create(&many)), row(2, &set(&many))], &States::new())
            .unwrap();
        assert_eq!(boot.seq, 2);
    }

    #[test]
    fn what_cannot_be_read_says_which_event_it_is() {
        let page = |ops: &Value| vec![row(1, &create(&json!({}))), row(2, ops)];
        let error = follow(Boot::default(), page(&json!({"op": "none"})), &States::new()).unwrap_err();
        assert!(matches!(error, StoredError::Event { seq: 2, .. }));
        let error = follow(Boot::default(), page(&create(&json!({}))), &States::new()).unwrap_err();
        assert!(matches!(error, StoredError::Fold { seq: 2, .. }));
    }
}

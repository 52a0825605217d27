//! The contract of a store: batches, ranges and snapshots, not SQL.
//!
//! Every backend keeps it, and one suite of tests (`tests/contract`) holds each of them to it.

use crate::{
    EventRow, MemberRow, NewRoom, Outcome, PartRow, RoomBatch, RoomRow, SnapshotInfo, SnapshotRow,
    StoreError, StoredRoom,
};
use async_trait::async_trait;
use std::sync::Arc;
use thexr_wire::{RoomId, UserId};

/// Where rooms are kept. All times are ms since 1970; all texts called JSON are opaque here and come back byte for byte.
///
/// Every method but `append` fails with [`StoreError::Unavailable`] or [`StoreError::Damaged`]; other errors are named.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Writes the batches of many rooms in one transaction; one outcome per batch, in the same order.
    ///
    /// Several batches of one room are taken in order. Inside the transaction each batch is checked: the room exists,
    /// its epoch is the batch's, the seqs go on without gaps; a batch that fails its check hurts no other. If the
    /// transaction fails, each batch is tried alone. After a batch that ends [`Unavailable`](Outcome::Unavailable) or
    /// [`Unknown`](Outcome::Unknown), no later batch of that room in the same call is committed.
    async fn append(&self, batches: &[RoomBatch]) -> Vec<Outcome>;

    /// Whether a batch with [`Outcome::Unknown`] was written after all; a batch without events is answered `false`,
    /// since writing it again changes nothing.
    ///
    /// Must not answer while a transaction in doubt may still commit: a backend with a server waits for the room's row.
    async fn holds(&self, batch: &RoomBatch) -> Result<bool, StoreError>;

    /// Where the room's journal ends; `None` = no such room.
    async fn last_seq(&self, room: &RoomId) -> Result<Option<u64>, StoreError>;

    /// Creates a room with its first events and snapshot, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::IdTaken`]; [`StoreError::Refused`] when the first events do not count 1, 2, 3, the snapshot does not
    /// fit them or a text has a NUL.
    async fn create_room(&self, room: NewRoom) -> Result<(), StoreError>;

    /// One room without its contents.
    async fn room(&self, room: &RoomId) -> Result<Option<RoomRow>, StoreError>;

    /// All rooms, newest first, at most [`ROOMS_LISTED_MAX`](crate::limits::ROOMS_LISTED_MAX).
    async fn rooms(&self) -> Result<Vec<RoomRow>, StoreError>;

    /// Renames and redescribes a room; `false` = no such room.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when a text has a NUL.
    async fn update_room(&self, room: &RoomId, name: &str, description: &str) -> Result<bool, StoreError>;

    /// Removes a room and everything of it in one transaction; `false` = no such room. Later appends are refused with
    /// [`NoSuchRoom`](crate::RefusedReason::NoSuchRoom); a new room of the same id goes on with epoch and incarnation.
    async fn delete_room(&self, room: &RoomId) -> Result<bool, StoreError>;

    /// Everything from which a room starts but its events, without taking it over; `None` = no such room.
    async fn load(&self, room: &RoomId, now_ms: i64) -> Result<Option<StoredRoom>, StoreError>;

    /// The newest snapshot of any kind.
    async fn newest_snapshot(&self, room: &RoomId) -> Result<Option<SnapshotRow>, StoreError>;

    /// The newest snapshot of any kind as of a seq or before it: the events after it lead to that seq.
    async fn snapshot_at(&self, room: &RoomId, seq: u64) -> Result<Option<SnapshotRow>, StoreError>;

    /// Takes a room over for a node: a new epoch (whoever wrote before is fenced), a new incarnation and a lease, then
    /// everything from which it starts but its events; `None` = no such room. A node may take over what it holds itself.
    ///
    /// # Errors
    /// [`StoreError::Held`] while another node's lease lasts; nothing has changed then.
    async fn open_room(
        &self,
        room: &RoomId,
        node: &str,
        now_ms: i64,
        lease_ms: i64,
    ) -> Result<Option<StoredRoom>, StoreError>;

    /// Makes the leases of all rooms that a node holds last until then, at least.
    async fn renew_leases(&self, node: &str, until_ms: i64) -> Result<(), StoreError>;

    /// Ends the lease of a room that was opened with this epoch, unless it was opened since; its writer goes on until then.
    async fn release(&self, room: &RoomId, epoch: i64) -> Result<(), StoreError>;

    /// The next events after a seq, in order: as many as their [`bytes`](EventRow::bytes) together allow, but one at
    /// least; none at the end of the journal.
    async fn events(
        &self,
        room: &RoomId,
        after_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<EventRow>, StoreError>;

    /// All events after a seq, if their [`bytes`](EventRow::bytes) are at most `bytes_max`.
    ///
    /// `None` = start from a snapshot instead: too much, no such room, or a seq that the journal does not reach.
    async fn events_after(
        &self,
        room: &RoomId,
        seq: u64,
        bytes_max: usize,
    ) -> Result<Option<Vec<EventRow>>, StoreError>;

    /// Takes what an event says out of the journal: its name becomes `redacted`, its payload `{}`; its seq, time, actor and
    /// command id stay. `false` = no such event. A running room may still have what it said in memory.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with [`Constraint`](crate::RefusedReason::Constraint) when the event has ops: without them the
    /// journal would lead elsewhere.
    async fn redact(&self, room: &RoomId, seq: u64) -> Result<bool, StoreError>;

    /// Those of some parts that the room does not have, in the same order.
    async fn missing_parts(&self, room: &RoomId, hashes: &[String]) -> Result<Vec<String>, StoreError>;

    /// Stores parts of a state that is to follow, in one transaction; those the room has already stay as they are. Parts that
    /// no snapshot of the room has go when snapshots are pruned.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when there is no such room or a text has a NUL.
    async fn put_parts(&self, room: &RoomId, parts: &[PartRow]) -> Result<(), StoreError>;

    /// The text of a part; `None` = no such room or part.
    async fn part(&self, room: &RoomId, hash: &str) -> Result<Option<Arc<str>>, StoreError>;

    /// Stores a snapshot whose parts are there, and prunes what it replaces; the same one again can only pin it. With
    /// `inverse`, the ops that take the event of a seq back become known with it: they refer to this state.
    ///
    /// # Errors
    /// [`StoreError::Refused`]: fenced, no such room, or [`Constraint`](crate::RefusedReason::Constraint) when the journal
    /// does not reach its seq or that of the event, a part is missing or a text has a NUL.
    async fn put_snapshot(
        &self,
        room: &RoomId,
        epoch: i64,
        snapshot: &SnapshotRow,
        inverse: Option<(u64, &str)>,
    ) -> Result<(), StoreError>;

    /// The newest snapshot of that name.
    async fn snapshot_by_name(&self, room: &RoomId, name: &str) -> Result<Option<SnapshotRow>, StoreError>;

    /// A snapshot with that state.
    async fn snapshot_by_hash(&self, room: &RoomId, hash: &str) -> Result<Option<SnapshotRow>, StoreError>;

    /// The room's snapshots, newest first.
    async fn list_snapshots(&self, room: &RoomId) -> Result<Vec<SnapshotInfo>, StoreError>;

    /// What a person is to a room; `None` = nothing, or no such room.
    async fn member(&self, room: &RoomId, user: &UserId) -> Result<Option<MemberRow>, StoreError>;

    /// A small setting.
    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// The stored setting, or this value, stored: of several who generate a key at once, all get the first one's.
    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError>;

    /// Makes one small durable write that is no event: shows that the store works.
    async fn probe(&self, now_ms: i64) -> Result<(), StoreError>;

    /// Finishes what runs and closes all connections; the store is unavailable from then on.
    async fn close(&self);
}

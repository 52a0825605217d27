//! The SQLite backend: one connection writes, a few read beside it (WAL).
//!
//! Owns the connections and their settings; the statements are in the modules below, by subject.

mod append;
mod failure;
mod journal;
mod leases;
mod open;
mod people;
mod rooms;
mod settings;
mod snapshots;

use crate::{
    EventRow, MemberRow, NewRoom, Outcome, PartRow, RoomBatch, RoomRow, SnapshotInfo, SnapshotRow, Store,
    StoreError, StoredRoom,
};
use async_trait::async_trait;
use sqlx::SqlitePool;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use thexr_wire::{RoomId, UserId};

/// Rooms in one SQLite database file.
pub struct SqliteStore {
    /// One connection: everything that writes takes its turn here.
    writer: SqlitePool,
    readers: SqlitePool,
    /// What the writer's connection, also a fresh one, allows the file to grow to.
    pages_max: Arc<AtomicU32>,
}

impl SqliteStore {
    /// Opens a database file, creates it if it is missing, and brings its schema up to date.
    ///
    /// Blocks other processes from nothing: hold the folder's [`DataDirLock`](crate::DataDirLock).
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer program wrote it; [`StoreError::Open`], [`StoreError::Migrate`].
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        open::open(path).await
    }

    /// Limits how large the database file may grow, in bytes; `None` = as large as the disk allows.
    ///
    /// Writes that need more end [`Unavailable`](Outcome::Unavailable) with `DiskFull`. A limit below the present size
    /// means: not larger than now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the setting cannot be made.
    pub async fn limit_bytes(&self, bytes_max: Option<u64>) -> Result<(), StoreError> {
        open::limit_bytes(self, bytes_max).await
    }

    /// Writes a consistent copy of the whole database to a new file, while it is in use.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file exists already or cannot be written.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        open::backup(&self.readers, path).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, batches: &[RoomBatch]) -> Vec<Outcome> {
        append::append(&self.writer, batches).await
    }

    async fn holds(&self, batch: &RoomBatch) -> Result<bool, StoreError> {
        // On the writer's connection: it has no transaction in doubt once it answers.
        journal::holds(&mut *acquire(&self.writer).await?, batch).await
    }

    async fn last_seq(&self, room: &RoomId) -> Result<Option<u64>, StoreError> {
        Ok(self.room(room).await?.map(|row| row.last_seq))
    }

    async fn create_room(&self, room: NewRoom) -> Result<(), StoreError> {
        rooms::create(&self.writer, room).await
    }

    async fn room(&self, room: &RoomId) -> Result<Option<RoomRow>, StoreError> {
        rooms::room(&mut *acquire(&self.readers).await?, room).await
    }

    async fn rooms(&self) -> Result<Vec<RoomRow>, StoreError> {
        rooms::list(&mut *acquire(&self.readers).await?).await
    }

    async fn update_room(&self, room: &RoomId, name: &str, description: &str) -> Result<bool, StoreError> {
        rooms::update(&self.writer, room, name, description).await
    }

    async fn delete_room(&self, room: &RoomId) -> Result<bool, StoreError> {
        rooms::delete(&self.writer, room).await
    }

    async fn load(&self, room: &RoomId, now_ms: i64) -> Result<Option<StoredRoom>, StoreError> {
        journal::load(&self.readers, room, now_ms).await
    }

    async fn newest_snapshot(&self, room: &RoomId) -> Result<Option<SnapshotRow>, StoreError> {
        snapshots::newest(&mut *acquire(&self.readers).await?, room).await
    }

    async fn snapshot_at(&self, room: &RoomId, seq: u64) -> Result<Option<SnapshotRow>, StoreError> {
        snapshots::at(&mut *acquire(&self.readers).await?, room, seq).await
    }

    async fn open_room(
        &self,
        room: &RoomId,
        node: &str,
        now_ms: i64,
        lease_ms: i64,
    ) -> Result<Option<StoredRoom>, StoreError> {
        let taken = leases::take_over(&self.writer, room, node, now_ms, lease_ms).await?;
        let Some((epoch, incarnation)) = taken else { return Ok(None) };
        // Loaded beside the writer: from the commit above, nobody with an older epoch can change the room any more.
        let Some(mut stored) = self.load(room, now_ms).await? else { return Ok(None) };
        // Not what was read: if somebody took the room over since, this opening must stay the fenced one.
        (stored.room.epoch, stored.room.incarnation) = (epoch, incarnation);
        Ok(Some(stored))
    }

    async fn renew_leases(&self, node: &str, until_ms: i64) -> Result<(), StoreError> {
        leases::renew(&mut *acquire(&self.writer).await?, node, until_ms).await
    }

    async fn release(&self, room: &RoomId, epoch: i64) -> Result<(), StoreError> {
        leases::release(&mut *acquire(&self.writer).await?, room, epoch).await
    }

    async fn events(
        &self,
        room: &RoomId,
        after_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        journal::events(&mut *acquire(&self.readers).await?, room, after_seq, bytes_max).await
    }

    async fn events_after(
        &self,
        room: &RoomId,
        seq: u64,
        bytes_max: usize,
    ) -> Result<Option<Vec<EventRow>>, StoreError> {
        journal::events_after(&self.readers, room, seq, bytes_max).await
    }

    async fn redact(&self, room: &RoomId, seq: u64) -> Result<bool, StoreError> {
        journal::redact(&self.writer, room, seq).await
    }

    async fn missing_parts(&self, room: &RoomId, hashes: &[String]) -> Result<Vec<String>, StoreError> {
        snapshots::missing_parts(&mut *acquire(&self.readers).await?, room, hashes).await
    }

    async fn put_parts(&self, room: &RoomId, parts: &[PartRow]) -> Result<(), StoreError> {
        snapshots::put_parts(&self.writer, room, parts).await
    }

    async fn part(&self, room: &RoomId, hash: &str) -> Result<Option<Arc<str>>, StoreError> {
        snapshots::part(&mut *acquire(&self.readers).await?, room, hash).await
    }

    async fn put_snapshot(
        &self,
        room: &RoomId,
        epoch: i64,
        snapshot: &SnapshotRow,
        inverse: Option<(u64, &str)>,
    ) -> Result<(), StoreError> {
        let mut connection = acquire(&self.writer).await?;
        let mut transaction = append::begin(&mut connection).await?;
        snapshots::put(&mut transaction, room, epoch, snapshot, inverse).await?;
        Ok(transaction.commit().await?)
    }

    async fn snapshot_by_name(&self, room: &RoomId, name: &str) -> Result<Option<SnapshotRow>, StoreError> {
        snapshots::by_name(&mut *acquire(&self.readers).await?, room, name).await
    }

    async fn snapshot_by_hash(&self, room: &RoomId, hash: &str) -> Result<Option<SnapshotRow>, StoreError> {
        snapshots::by_hash(&mut *acquire(&self.readers).await?, room, hash).await
    }

    async fn list_snapshots(&self, room: &RoomId) -> Result<Vec<SnapshotInfo>, StoreError> {
        snapshots::list(&mut *acquire(&self.readers).await?, room).await
    }

    async fn member(&self, room: &RoomId, user: &UserId) -> Result<Option<MemberRow>, StoreError> {
        people::member(&mut *acquire(&self.readers).await?, room, user).await
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        settings::setting(&mut *acquire(&self.readers).await?, key).await
    }

    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError> {
        settings::setting_or_insert(&mut *acquire(&self.writer).await?, key, value).await
    }

    async fn probe(&self, now_ms: i64) -> Result<(), StoreError> {
        settings::probe(&mut *acquire(&self.writer).await?, now_ms).await
    }

    async fn close(&self) {
        // Readers first: the last connection, the writer's, then folds the write-ahead log into the file.
        self.readers.close().await;
        self.writer.close().await;
    }
}

type Connection = sqlx::pool::PoolConnection<sqlx::Sqlite>;

async fn acquire(pool: &SqlitePool) -> Result<Connection, StoreError> {
    Ok(pool.acquire().await?)
}

//! A bad connection to a real store: it loses what a script says, and passes everything else on.
//!
//! No file system loses a COMMIT on demand; a network does, and the writer must not care which.

use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use thexr_store::{
    EventRow, MemberRow, NewRoom, Outcome, PartRow, RoomBatch, RoomRow, SnapshotInfo, SnapshotRow, Store,
    StoreError, StoredRoom, UnavailableReason,
};
use thexr_wire::{RoomId, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The next append is lost before it reaches the store.
    Commit,
    /// The next append is committed, and its answer is lost.
    Answer,
    /// The next question about a batch in doubt is lost.
    Read,
}

pub struct Lossy {
    store: Arc<dyn Store>,
    script: Mutex<VecDeque<Loss>>,
}

impl Lossy {
    pub fn new(store: &Arc<dyn Store>, script: impl IntoIterator<Item = Loss>) -> Self {
        Self { store: Arc::clone(store), script: Mutex::new(script.into_iter().collect()) }
    }

    /// Takes the script's next line if it is about this.
    fn next(&self, losses: &[Loss]) -> Option<Loss> {
        let mut script = self.script.lock().unwrap();
        let due = script.front().is_some_and(|next| losses.contains(next));
        if due { script.pop_front() } else { None }
    }
}

#[async_trait]
impl Store for Lossy {
    async fn append(&self, batches: &[RoomBatch]) -> Vec<Outcome> {
        let unknown = vec![Outcome::Unknown; batches.len()];
        match self.next(&[Loss::Commit, Loss::Answer]) {
            None | Some(Loss::Read) => self.store.append(batches).await,
            Some(Loss::Commit) => unknown,
            Some(Loss::Answer) => {
                self.store.append(batches).await;
                unknown
            }
        }
    }

    async fn holds(&self, batch: &RoomBatch) -> Result<bool, StoreError> {
        if self.next(&[Loss::Read]).is_some() {
            let source = "lost on the way".into();
            return Err(StoreError::Unavailable { reason: UnavailableReason::ConnectionLost, source });
        }
        self.store.holds(batch).await
    }

    async fn last_seq(&self, room: &RoomId) -> Result<Option<u64>, StoreError> {
        self.store.last_seq(room).await
    }

    async fn create_room(&self, room: NewRoom) -> Result<(), StoreError> {
        self.store.create_room(room).await
    }

    async fn room(&self, room: &RoomId) -> Result<Option<RoomRow>, StoreError> {
        self.store.room(room).await
    }

    async fn rooms(&self) -> Result<Vec<RoomRow>, StoreError> {
        self.store.rooms().await
    }

    async fn update_room(&self, room: &RoomId, name: &str, description: &str) -> Result<bool, StoreError> {
        self.store.update_room(room, name, description).await
    }

    async fn delete_room(&self, room: &RoomId) -> Result<bool, StoreError> {
        self.store.delete_room(room).await
    }

    async fn load(&self, room: &RoomId, now_ms: i64) -> Result<Option<StoredRoom>, StoreError> {
        self.store.load(room, now_ms).await
    }

    async fn newest_snapshot(&self, room: &RoomId) -> Result<Option<SnapshotRow>, StoreError> {
        self.store.newest_snapshot(room).await
    }

    async fn snapshot_at(&self, room: &RoomId, seq: u64) -> Result<Option<SnapshotRow>, StoreError> {
        self.store.snapshot_at(room, seq).await
    }

    async fn open_room(
        &self,
        room: &RoomId,
        node: &str,
        now_ms: i64,
        lease_ms: i64,
    ) -> Result<Option<StoredRoom>, StoreError> {
        self.store.open_room(room, node, now_ms, lease_ms).await
    }

    async fn renew_leases(&self, node: &str, until_ms: i64) -> Result<(), StoreError> {
        self.store.renew_leases(node, until_ms).await
    }

    async fn release(&self, room: &RoomId, epoch: i64) -> Result<(), StoreError> {
        self.store.release(room, epoch).await
    }

    async fn events(
        &self,
        room: &RoomId,
        after_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.store.events(room, after_seq, bytes_max).await
    }

    async fn events_after(
        &self,
        room: &RoomId,
        seq: u64,
        bytes_max: usize,
    ) -> Result<Option<Vec<EventRow>>, StoreError> {
        self.store.events_after(room, seq, bytes_max).await
    }

    async fn redact(&self, room: &RoomId, seq: u64) -> Result<bool, StoreError> {
        self.store.redact(room, seq).await
    }

    async fn missing_parts(&self, room: &RoomId, hashes: &[String]) -> Result<Vec<String>, StoreError> {
        self.store.missing_parts(room, hashes).await
    }

    async fn put_parts(&self, room: &RoomId, parts: &[PartRow]) -> Result<(), StoreError> {
        self.store.put_parts(room, parts).await
    }

    async fn part(&self, room: &RoomId, hash: &str) -> Result<Option<Arc<str>>, StoreError> {
        self.store.part(room, hash).await
    }

    async fn put_snapshot(
        &self,
        room: &RoomId,
        epoch: i64,
        snapshot: &SnapshotRow,
        inverse: Option<(u64, &str)>,
    ) -> Result<(), StoreError> {
        self.store.put_snapshot(room, epoch, snapshot, inverse).await
    }

    async fn snapshot_by_name(&self, room: &RoomId, name: &str) -> Result<Option<SnapshotRow>, StoreError> {
        self.store.snapshot_by_name(room, name).await
    }

    async fn snapshot_by_hash(&self, room: &RoomId, hash: &str) -> Result<Option<SnapshotRow>, StoreError> {
        self.store.snapshot_by_hash(room, hash).await
    }

    async fn list_snapshots(&self, room: &RoomId) -> Result<Vec<SnapshotInfo>, StoreError> {
        self.store.list_snapshots(room).await
    }

    async fn member(&self, room: &RoomId, user: &UserId) -> Result<Option<MemberRow>, StoreError> {
        self.store.member(room, user).await
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.store.setting(key).await
    }

    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError> {
        self.store.setting_or_insert(key, value).await
    }

    async fn probe(&self, now_ms: i64) -> Result<(), StoreError> {
        self.store.probe(now_ms).await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

//! The SQLite backend: the whole contract, and what only a file has: schema versions, backups, a size limit.

mod contract;

use async_trait::async_trait;
use contract::Backend;
use contract::fixture::{LEASE_MS, NODE, NOW_MS, batch, committed, event, member, new_room, room};
use sqlx::{Connection, SqliteConnection};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use thexr_store::{RoomBatch, SqliteStore, Store, StoreError};
use thexr_wire::Role;

struct Sqlite {
    dir: TempDir,
    opened: Option<Arc<SqliteStore>>,
}

impl Sqlite {
    fn path(&self) -> PathBuf {
        self.dir.path().join("thexr.db")
    }

    /// Changes the file behind the store's back.
    async fn execute(&self, sql: &'static str) {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path());
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

#[async_trait]
impl Backend for Sqlite {
    async fn fresh() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), opened: None }
    }

    async fn open(&mut self) -> Arc<dyn Store> {
        let store = Arc::new(SqliteStore::open(&self.path()).await.unwrap());
        self.opened = Some(Arc::clone(&store));
        store
    }

    async fn fill(&self) {
        self.opened.as_ref().unwrap().limit_bytes(Some(0)).await.unwrap();
    }

    async fn free(&self) {
        self.opened.as_ref().unwrap().limit_bytes(None).await.unwrap();
    }
}

mod contract_of_sqlite {
    crate::contract::contract_suite!(crate::Sqlite);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_with_one_line() {
    let mut sqlite = Sqlite::fresh().await;
    sqlite.open().await.close().await;
    sqlite
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9000, 'from the future', 1, x'00', 0)",
        )
        .await;
    let error = SqliteStore::open(&sqlite.path()).await.err().unwrap();
    assert!(matches!(error, StoreError::NewerSchema { found: 9000, .. }));
    let line = error.to_string();
    assert!(line.contains("schema version 9000") && !line.contains('\n'), "{line}");
}

#[tokio::test]
async fn a_database_from_before_there_were_members_opens_with_all_its_rooms() {
    let mut sqlite = Sqlite::fresh().await;
    let store = sqlite.open().await;
    store.create_room(new_room("rooma")).await.unwrap();
    assert_eq!(store.append(&[batch("rooma", 0, [event(1)])]).await, [committed(1)]);
    store.close().await;
    sqlite
        .execute(
            "DROP TABLE members;
             ALTER TABLE rooms DROP COLUMN settings;
             ALTER TABLE rooms DROP COLUMN state_bytes;
             DROP INDEX rooms_held;
             ALTER TABLE rooms DROP COLUMN held_by;
             ALTER TABLE rooms DROP COLUMN held_until;
             DROP INDEX snapshots_prunable;
             DROP TABLE state_parts;
             ALTER TABLE events DROP COLUMN hearers;
             ALTER TABLE snapshots DROP COLUMN parts;
             ALTER TABLE snapshots DROP COLUMN bytes;
             ALTER TABLE snapshots ADD COLUMN state TEXT NOT NULL DEFAULT '';
             DELETE FROM _sqlx_migrations WHERE version > 2",
        )
        .await;
    let store = sqlite.open().await;
    let stored = store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap().unwrap();
    assert_eq!((stored.room.last_seq, stored.room.settings.as_str(), stored.members.len()), (1, "{}", 0));
    let members = vec![member('u', Role::Owner, "{}")];
    let next = RoomBatch { members, ..batch("rooma", 1, [event(2)]) };
    assert_eq!(store.append(&[next]).await, [committed(2)]);
}

#[tokio::test]
async fn a_database_from_before_states_had_parts_opens_with_all_its_states() {
    let mut sqlite = Sqlite::fresh().await;
    let store = sqlite.open().await;
    store.create_room(new_room("rooma")).await.unwrap();
    store.close().await;
    sqlite
        .execute(
            "ALTER TABLE rooms DROP COLUMN state_bytes;
             DROP INDEX rooms_held;
             ALTER TABLE rooms DROP COLUMN held_by;
             ALTER TABLE rooms DROP COLUMN held_until;
             DROP INDEX snapshots_prunable;
             DROP TABLE state_parts;
             ALTER TABLE events DROP COLUMN hearers;
             ALTER TABLE snapshots DROP COLUMN parts;
             ALTER TABLE snapshots DROP COLUMN bytes;
             ALTER TABLE snapshots ADD COLUMN state TEXT NOT NULL DEFAULT '';
             INSERT INTO snapshots (room_id, seq, at, kind, name, state, hash, pinned)
             VALUES ('rooma', 0, 0, 'initial', 'initial', '{\"é\":1}', 'aa', 1), ('rooma', 0, 1, 'auto', NULL, '{\"é\":1}', 'aa', 0),
                    ('rooma', 0, 2, 'named', 'mine', '{}', 'bb', 1);
             DELETE FROM _sqlx_migrations WHERE version > 3",
        )
        .await;
    let store = sqlite.open().await;
    for (name, hash, text) in [("initial", "aa", "{\"é\":1}"), ("mine", "bb", "{}")] {
        let found = store.snapshot_by_name(&room("rooma"), name).await.unwrap().unwrap();
        assert_eq!((found.hash.as_str(), found.bytes), (hash, text.len() as u64));
        assert_eq!(found.parts, [hash]);
        assert_eq!(store.part(&room("rooma"), hash).await.unwrap().as_deref(), Some(text));
    }
    assert_eq!(store.room(&room("rooma")).await.unwrap().unwrap().state_bytes, 8 + 2);
}

#[tokio::test]
async fn a_database_whose_schema_was_edited_is_refused() {
    let mut sqlite = Sqlite::fresh().await;
    sqlite.open().await.close().await;
    sqlite.execute("UPDATE _sqlx_migrations SET checksum = x'00'").await;
    assert!(matches!(SqliteStore::open(&sqlite.path()).await, Err(StoreError::Migrate { .. })));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let sqlite = Sqlite::fresh().await;
    std::fs::write(sqlite.path(), "not a database, and longer than the header of one".repeat(9)).unwrap();
    assert!(matches!(SqliteStore::open(&sqlite.path()).await, Err(StoreError::Open { .. })));
}

#[tokio::test]
async fn an_incarnation_past_sixteen_bits_skips_zero() {
    let mut sqlite = Sqlite::fresh().await;
    let store = sqlite.open().await;
    store.create_room(new_room("rooma")).await.unwrap();
    sqlite.execute("UPDATE rooms SET incarnation = 65534").await;
    let mut incarnations = Vec::new();
    for _ in 0..3 {
        let opened = store.open_room(&room("rooma"), NODE, NOW_MS, LEASE_MS).await.unwrap().unwrap();
        incarnations.push(opened.room.incarnation);
    }
    assert_eq!(incarnations, [65535, 1, 2]);
}

#[tokio::test]
async fn a_store_that_was_dropped_without_closing_keeps_what_it_committed() {
    let mut sqlite = Sqlite::fresh().await;
    let store = sqlite.open().await;
    store.create_room(new_room("rooma")).await.unwrap();
    assert_eq!(store.append(&[batch("rooma", 0, [event(1)])]).await, [committed(1)]);
    sqlite.opened = None;
    drop(store);
    let store = sqlite.open().await;
    assert_eq!(store.last_seq(&room("rooma")).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_backup_is_a_whole_store_and_is_made_while_another_writes() {
    let mut sqlite = Sqlite::fresh().await;
    let store = sqlite.open().await;
    store.create_room(new_room("rooma")).await.unwrap();
    assert_eq!(store.append(&[batch("rooma", 0, [event(1)])]).await, [committed(1)]);
    let target = sqlite.dir.path().join("backup.db");
    let next = [batch("rooma", 0, [event(2)])];
    let (backup, outcome) =
        tokio::join!(sqlite.opened.as_ref().unwrap().backup(&target), store.append(&next));
    backup.unwrap();
    assert_eq!(outcome, [committed(2)]);
    let copy = SqliteStore::open(&target).await.unwrap();
    let stored = copy.load(&room("rooma"), NOW_MS).await.unwrap().unwrap();
    assert!(stored.room.last_seq >= 1);
    let events = copy.events(&room("rooma"), 0, usize::MAX).await.unwrap();
    assert_eq!(events.len() as u64, stored.room.last_seq);
}

#[tokio::test]
async fn a_backup_replaces_no_file() {
    let mut sqlite = Sqlite::fresh().await;
    sqlite.open().await;
    let target = sqlite.dir.path().join("backup.db");
    std::fs::write(&target, "precious").unwrap();
    assert!(sqlite.opened.as_ref().unwrap().backup(&target).await.is_err());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
}

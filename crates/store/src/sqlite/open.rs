//! Opening, limiting and copying a database file; its schema version.

use super::{SqliteStore, acquire};
use crate::StoreError;
use crate::limits::{
    CONNECTION_TIMEOUT, SQLITE_BUSY_TIMEOUT, SQLITE_CACHE_KIB, SQLITE_READERS, SQLITE_ROWS_AHEAD,
    SQLITE_WAL_PAGES,
};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection, SqlSafeStr, SqlitePool};
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// SQLite's own default, stated because the size limit counts in pages.
const PAGE_BYTES: u32 = 4096;
/// The most pages that a SQLite file may have: no limit of ours.
const PAGES_MAX: u32 = 4_294_967_294;

/// The schema, oldest first. A released migration is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "journal", include_str!("../../migrations/sqlite/0001_journal.sql")),
    (2, "restores", include_str!("../../migrations/sqlite/0002_restores.sql")),
    (3, "members", include_str!("../../migrations/sqlite/0003_members.sql")),
    (4, "state parts", include_str!("../../migrations/sqlite/0004_state_parts.sql")),
    (5, "state uses", include_str!("../../migrations/sqlite/0005_state_uses.sql")),
    (6, "leases", include_str!("../../migrations/sqlite/0006_leases.sql")),
    (7, "hearers", include_str!("../../migrations/sqlite/0007_hearers.sql")),
];

pub(super) async fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    let pages_max = Arc::new(AtomicU32::new(PAGES_MAX));
    let failed = |source| StoreError::Open { path: path.to_owned(), source };
    private(OpenOptions::new().create(true).append(true), path).map_err(|error| failed(error.into()))?;
    let writer = open_writer(path, Arc::clone(&pages_max)).await.map_err(|error| failed(error.into()))?;
    migrate(&writer, path).await?;
    let readers = open_readers(path).await.map_err(|error| failed(error.into()))?;
    Ok(SqliteStore { writer, readers, pages_max })
}

/// A file that only its owner reads, if it is made now: the database holds the keys. SQLite gives its log the same mode.
fn private(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(SQLITE_BUSY_TIMEOUT)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    // Connections live as long as the store: a file needs no refreshing, and a prepared statement is worth keeping.
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECTION_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|connection, _| Box::pin(outside_of_transaction(connection)))
}

/// Whether a connection may be used again. SQLite ends a transaction by itself when a disk is full or broken; sqlx then
/// fails to roll back and goes on counting one open transaction, so that the next BEGIN would be refused.
async fn outside_of_transaction(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // The answer to a ping comes after a rollback that a dropped transaction asked for.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_writer(path: &Path, pages_max: Arc<AtomicU32>) -> sqlx::Result<SqlitePool> {
    let options = options(path)
        .create_if_missing(true)
        .page_size(PAGE_BYTES)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", SQLITE_CACHE_KIB)
        .pragma("wal_autocheckpoint", SQLITE_WAL_PAGES);
    pool(1)
        .after_connect(move |connection, _| {
            let pages_max = pages_max.load(Ordering::Relaxed);
            Box::pin(async move { set_pages_max(connection, pages_max).await })
        })
        .connect_with(options)
        .await
}

async fn open_readers(path: &Path) -> sqlx::Result<SqlitePool> {
    pool(SQLITE_READERS).connect_with(options(path).read_only(true).row_buffer_size(SQLITE_ROWS_AHEAD)).await
}

async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let known = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or_default();
    let path = path.to_owned();
    match Migrator::with_migrations(migrations.collect()).run(writer).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) if found > known => {
            Err(StoreError::NewerSchema { path, found, known })
        }
        Err(source) => Err(StoreError::Migrate { path, source: source.into() }),
    }
}

async fn set_pages_max(connection: &mut SqliteConnection, pages_max: u32) -> sqlx::Result<()> {
    // A pragma takes no parameters; the text is a number and nothing else.
    let pragma = AssertSqlSafe(format!("PRAGMA max_page_count = {pages_max}"));
    sqlx::query(pragma).execute(connection).await.map(drop)
}

pub(super) async fn limit_bytes(store: &SqliteStore, bytes_max: Option<u64>) -> Result<(), StoreError> {
    let pages = bytes_max.map_or(PAGES_MAX, |bytes| {
        let pages = bytes / u64::from(PAGE_BYTES);
        u32::try_from(pages).unwrap_or(PAGES_MAX).clamp(1, PAGES_MAX)
    });
    store.pages_max.store(pages, Ordering::Relaxed);
    Ok(set_pages_max(&mut *acquire(&store.writer).await?, pages).await?)
}

pub(super) async fn backup(readers: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let target = path.to_str().ok_or_else(|| sqlx::Error::Io(std::io::ErrorKind::InvalidFilename.into()))?;
    let mut reader = acquire(readers).await?;
    // SQLite vacuums into a new or an empty file.
    let file = private(OpenOptions::new().create_new(true).write(true), path).map_err(sqlx::Error::Io)?;
    let copied = sqlx::query("VACUUM INTO $1").bind(target).execute(&mut *reader).await;
    // SQLite does not sync a file that it vacuums into; a backup that is gone after a power cut is none.
    let done = copied.and_then(|_| file.sync_all().map_err(sqlx::Error::Io));
    if done.is_err() {
        // Half a backup is none; that it could not be written is what is told.
        let _ = std::fs::remove_file(path);
    }
    Ok(done?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::append::begin;

    #[tokio::test]
    async fn the_writer_syncs_every_commit_and_checks_references() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir.path().join("thexr.db")).await.unwrap();
        let mut writer = acquire(&store.writer).await.unwrap();
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *writer).await.unwrap();
        let full: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *writer).await.unwrap();
        let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *writer).await.unwrap();
        assert_eq!((mode.as_str(), full, keys), ("wal", 2, 1));
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir.path().join("thexr.db")).await.unwrap();
        let mut reader = acquire(&store.readers).await.unwrap();
        assert!(sqlx::query("DELETE FROM settings").execute(&mut *reader).await.is_err());
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_by_itself_does_not_block_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir.path().join("thexr.db")).await.unwrap();
        let mut writer = acquire(&store.writer).await.unwrap();
        let mut transaction = begin(&mut writer).await.unwrap();
        // What SQLite does when a disk breaks in the middle: sqlx is not told.
        sqlx::query("ROLLBACK").execute(&mut *transaction).await.unwrap();
        drop(transaction);
        drop(writer);
        let mut writer = acquire(&store.writer).await.unwrap();
        begin(&mut writer).await.unwrap().commit().await.unwrap();
    }
}

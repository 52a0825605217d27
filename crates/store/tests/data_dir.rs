//! The data folder: one server at a time, and a measured disk.

use thexr_store::{DataDir, LockError, SqliteStore, Store, fsync_probe};

#[test]
fn a_second_server_is_refused_and_told_who_has_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut lock = DataDir::lock(dir.path()).unwrap();
    lock.write_info("a much longer address than the next one").unwrap();
    lock.write_info("http://127.0.0.1:4000").unwrap();
    let error = DataDir::lock(dir.path()).unwrap_err();
    assert!(matches!(&error, LockError::Held { info, .. } if info == "http://127.0.0.1:4000"));
    let line = error.to_string();
    assert!(line.contains("in use by another server (http://127.0.0.1:4000)"), "{line}");
    // The refused one must not have touched the text.
    assert_eq!(DataDir::read_lock_info(dir.path()).unwrap().as_deref(), Some("http://127.0.0.1:4000"));
}

#[test]
fn a_folder_is_free_again_when_its_lock_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    drop(DataDir::lock(dir.path()).unwrap());
    let _again = DataDir::lock(dir.path()).unwrap();
    assert_eq!(DataDir::read_lock_info(dir.path()).unwrap().as_deref(), Some(""));
}

#[test]
fn a_missing_folder_is_created_by_locking_and_not_by_reading() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("a/b");
    assert_eq!(DataDir::read_lock_info(&missing).unwrap(), None);
    assert!(!missing.exists());
    let _lock = DataDir::lock(&missing).unwrap();
    assert!(missing.is_dir());
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_in_the_data_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let _lock = DataDir::lock(&data).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let store = SqliteStore::open(&data.join("thexr.sqlite")).await.unwrap();
    store.probe(0).await.unwrap();
    store.backup(&data.join("backup.sqlite")).await.unwrap();
    for name in ["thexr.sqlite", "thexr.sqlite-wal", "thexr.sqlite-shm", "backup.sqlite"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    store.close().await;
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(DataDir::lock(&file), Err(LockError::Io { .. })));
}

#[test]
fn measuring_the_disk_takes_time_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    assert!(!fsync_probe(dir.path()).unwrap().is_zero());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

//! Snapshots: writing with pruning, finding by name, hash or age.

use crate::limits::{SNAPSHOTS_AUTO_KEPT, SNAPSHOTS_REFERRED_KEPT};
use crate::{SnapshotInfo, SnapshotKind, SnapshotRow, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::sync::Arc;
use thexr_wire::RoomId;

/// Writes snapshots and prunes what they replace; writing the same one again can only pin it.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    room: &RoomId,
    snapshots: &[SnapshotRow],
) -> sqlx::Result<()> {
    for snapshot in snapshots {
        insert_one(connection, room, snapshot).await?;
    }
    if snapshots.iter().any(|snapshot| snapshot.kind == SnapshotKind::Auto) {
        prune(connection, room).await?;
    }
    for name in snapshots.iter().filter_map(|snapshot| snapshot.name.as_deref()) {
        prune_replaced(connection, room, name).await?;
    }
    if snapshots.iter().any(|snapshot| snapshot.pinned || snapshot.kind == SnapshotKind::Named) {
        prune_referred(connection, room).await?;
    }
    Ok(())
}

async fn insert_one(
    connection: &mut SqliteConnection,
    room: &RoomId,
    snapshot: &SnapshotRow,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO snapshots (room_id, seq, at, kind, name, state, hash, pinned)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (room_id, seq, kind, coalesce(name, ''), hash) DO UPDATE SET pinned = max(pinned, excluded.pinned)",
    )
    .bind(room.as_str())
    .bind(snapshot.seq.cast_signed())
    .bind(snapshot.at_ms)
    .bind(snapshot.kind.as_str())
    .bind(snapshot.name.as_deref())
    .bind(&*snapshot.state)
    .bind(&snapshot.hash)
    .bind(snapshot.pinned)
    .execute(connection)
    .await
    .map(drop)
}

async fn prune(connection: &mut SqliteConnection, room: &RoomId) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM snapshots
          WHERE room_id = $1 AND kind = 'auto' AND pinned = 0
            AND id NOT IN (SELECT id FROM snapshots WHERE room_id = $1 AND kind = 'auto'
                            ORDER BY seq DESC, id DESC LIMIT $2)",
    )
    .bind(room.as_str())
    .bind(SNAPSHOTS_AUTO_KEPT)
    .execute(connection)
    .await
    .map(drop)
}

/// Deletes the older states of a name, but for those that a restore was made from. The restores lie in an index of
/// their own; this event's name is the only one that the store knows.
async fn prune_replaced(connection: &mut SqliteConnection, room: &RoomId, name: &str) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM snapshots
          WHERE room_id = $1 AND kind = 'named' AND name = $2
            AND id <> (SELECT id FROM snapshots WHERE room_id = $1 AND kind = 'named' AND name = $2
                        ORDER BY seq DESC, id DESC LIMIT 1)
            AND NOT EXISTS (SELECT 1 FROM events
                             WHERE room_id = $1 AND name = 'snapshot_restored' AND events.seq > snapshots.seq
                               AND instr(events.ops, snapshots.hash) > 0)",
    )
    .bind(room.as_str())
    .bind(name)
    .execute(connection)
    .await
    .map(drop)
}

/// Bounds the states that are kept for events alone: those before restores, and replaced ones that were restored.
async fn prune_referred(connection: &mut SqliteConnection, room: &RoomId) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM snapshots WHERE id IN (
           SELECT id FROM snapshots AS old
            WHERE room_id = $1
              AND (kind = 'auto' AND pinned = 1
                   OR kind = 'named' AND EXISTS (SELECT 1 FROM snapshots AS new
                       WHERE new.room_id = $1 AND new.kind = 'named' AND new.name = old.name
                         AND (new.seq, new.id) > (old.seq, old.id)))
            ORDER BY seq DESC, id DESC LIMIT -1 OFFSET $2)",
    )
    .bind(room.as_str())
    .bind(SNAPSHOTS_REFERRED_KEPT)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn newest(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Option<SnapshotRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM snapshots WHERE room_id = $1 ORDER BY seq DESC, id DESC LIMIT 1")
        .bind(room.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| read(&row)).transpose()
}

pub(super) async fn by_name(
    connection: &mut SqliteConnection,
    room: &RoomId,
    name: &str,
) -> Result<Option<SnapshotRow>, StoreError> {
    let sql = "SELECT * FROM snapshots WHERE room_id = $1 AND name = $2 ORDER BY seq DESC, id DESC LIMIT 1";
    let row = sqlx::query(sql).bind(room.as_str()).bind(name).fetch_optional(connection).await?;
    row.map(|row| read(&row)).transpose()
}

pub(super) async fn by_hash(
    connection: &mut SqliteConnection,
    room: &RoomId,
    hash: &str,
) -> Result<Option<SnapshotRow>, StoreError> {
    let sql = "SELECT * FROM snapshots WHERE room_id = $1 AND hash = $2 ORDER BY seq DESC, id DESC LIMIT 1";
    let row = sqlx::query(sql).bind(room.as_str()).bind(hash).fetch_optional(connection).await?;
    row.map(|row| read(&row)).transpose()
}

pub(super) async fn list(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Vec<SnapshotInfo>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, at, kind, name, hash, octet_length(state) AS bytes
           FROM snapshots WHERE room_id = $1 ORDER BY seq DESC, id DESC",
    )
    .bind(room.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(read_info).collect()
}

fn read(row: &SqliteRow) -> Result<SnapshotRow, StoreError> {
    Ok(SnapshotRow {
        // The schema keeps it from being negative.
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        at_ms: row.try_get("at")?,
        kind: read_kind(row)?,
        name: row.try_get("name")?,
        state: Arc::from(row.try_get::<&str, _>("state")?),
        hash: row.try_get("hash")?,
        pinned: row.try_get("pinned")?,
    })
}

fn read_info(row: &SqliteRow) -> Result<SnapshotInfo, StoreError> {
    Ok(SnapshotInfo {
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        at_ms: row.try_get("at")?,
        kind: read_kind(row)?,
        name: row.try_get("name")?,
        hash: row.try_get("hash")?,
        bytes: row.try_get::<i64, _>("bytes")?.cast_unsigned(),
    })
}

fn read_kind(row: &SqliteRow) -> Result<SnapshotKind, StoreError> {
    let damaged = StoreError::Damaged { table: "snapshots", column: "kind" };
    SnapshotKind::parse(row.try_get("kind")?).ok_or(damaged)
}

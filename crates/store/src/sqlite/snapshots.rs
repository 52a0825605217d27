//! Snapshots and the parts of their states: writing with pruning, finding by name, hash or age.

use super::acquire;
use super::append::{begin, json};
use super::journal::number;
use crate::admission::plain;
use crate::limits::{SNAPSHOT_SPAN_EVENTS, SNAPSHOTS_AUTO_KEPT};
use crate::{PartRow, RefusedReason, SnapshotInfo, SnapshotKind, SnapshotRow, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};
use std::sync::Arc;
use thexr_wire::RoomId;

/// Stores a snapshot and what undoes an event by it; prunes what it replaces.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    room: &RoomId,
    epoch: i64,
    snapshot: &SnapshotRow,
    inverse: Option<(u64, &str)>,
) -> Result<(), StoreError> {
    check(connection, room, epoch, snapshot, inverse).await?;
    insert(connection, room, snapshot).await?;
    if let Some((seq, ops)) = inverse {
        sqlx::query("UPDATE events SET inverse = $3 WHERE room_id = $1 AND seq = $2")
            .bind(room.as_str())
            .bind(seq.cast_signed())
            .bind(ops)
            .execute(&mut *connection)
            .await?;
    }
    let mut pruned = Vec::new();
    if snapshot.kind == SnapshotKind::Auto {
        pruned.extend(prune(connection, room).await?);
    }
    if let Some(name) = &snapshot.name {
        pruned.extend(prune_replaced(connection, room, name).await?);
    }
    for parts in &pruned {
        count_uses(connection, room, parts, -1).await?;
    }
    if !pruned.is_empty() {
        prune_parts(connection, room).await?;
    }
    Ok(())
}

async fn check(
    connection: &mut SqliteConnection,
    room: &RoomId,
    epoch: i64,
    snapshot: &SnapshotRow,
    inverse: Option<(u64, &str)>,
) -> Result<(), StoreError> {
    let refused = |reason| Err(StoreError::Refused(reason));
    let end = sqlx::query("SELECT epoch, last_seq FROM rooms WHERE id = $1")
        .bind(room.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(end) = end else { return refused(RefusedReason::NoSuchRoom) };
    if end.try_get::<i64, _>("epoch")? != epoch {
        return refused(RefusedReason::Fenced);
    }
    let last_seq = end.try_get::<i64, _>("last_seq")?.cast_unsigned();
    let reached = snapshot.seq <= last_seq && inverse.is_none_or(|(seq, _)| seq <= last_seq);
    let texts = snapshot.parts.iter().chain([&snapshot.hash]).chain(&snapshot.name).map(String::as_str);
    let storable = texts.chain(inverse.map(|(_, ops)| ops)).all(plain);
    if reached && storable && missing_parts(connection, room, &snapshot.parts).await?.is_empty() {
        Ok(())
    } else {
        refused(RefusedReason::Constraint)
    }
}

/// Stores parts of a room; those it has already stay.
pub(super) async fn put_parts(
    writer: &SqlitePool,
    room: &RoomId,
    parts: &[PartRow],
) -> Result<(), StoreError> {
    let mut connection = acquire(writer).await?;
    let mut transaction = begin(&mut connection).await?;
    let known = sqlx::query("SELECT 1 FROM rooms WHERE id = $1").bind(room.as_str());
    if known.fetch_optional(&mut *transaction).await?.is_none() {
        return Err(StoreError::Refused(RefusedReason::NoSuchRoom));
    }
    insert_parts(&mut transaction, room, parts).await?;
    Ok(transaction.commit().await?)
}

/// The rows of parts, and what they take.
pub(super) async fn insert_parts(
    connection: &mut SqliteConnection,
    room: &RoomId,
    parts: &[PartRow],
) -> Result<(), StoreError> {
    let mut bytes = 0;
    for part in parts {
        if !plain(&part.text) || !plain(&part.hash) {
            return Err(StoreError::Refused(RefusedReason::Constraint));
        }
        let inserted = sqlx::query(
            "INSERT INTO state_parts (room_id, hash, text) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(room.as_str())
        .bind(&part.hash)
        .bind(&*part.text)
        .execute(&mut *connection)
        .await?;
        bytes += inserted.rows_affected() * part.text.len() as u64;
    }
    Ok(count_bytes(connection, room, bytes.cast_signed()).await?)
}

/// Those of some parts that are not there.
pub(super) async fn missing_parts(
    connection: &mut SqliteConnection,
    room: &RoomId,
    hashes: &[String],
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT value FROM json_each($2)
                WHERE NOT EXISTS (SELECT 1 FROM state_parts WHERE room_id = $1 AND hash = value) ORDER BY key";
    Ok(sqlx::query_scalar(sql).bind(room.as_str()).bind(json(hashes)).fetch_all(connection).await?)
}

pub(super) async fn part(
    connection: &mut SqliteConnection,
    room: &RoomId,
    hash: &str,
) -> Result<Option<Arc<str>>, StoreError> {
    let row = sqlx::query("SELECT text FROM state_parts WHERE room_id = $1 AND hash = $2")
        .bind(room.as_str())
        .bind(hash)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| row.try_get::<&str, _>("text").map(Arc::from)).transpose()?)
}

async fn insert(
    connection: &mut SqliteConnection,
    room: &RoomId,
    snapshot: &SnapshotRow,
) -> sqlx::Result<()> {
    let parts = json(&snapshot.parts);
    let inserted = sqlx::query(
        "INSERT INTO snapshots (room_id, seq, at, kind, name, hash, parts, bytes, pinned)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(room.as_str())
    .bind(snapshot.seq.cast_signed())
    .bind(snapshot.at_ms)
    .bind(snapshot.kind.as_str())
    .bind(snapshot.name.as_deref())
    .bind(&snapshot.hash)
    .bind(&parts)
    .bind(snapshot.bytes.cast_signed())
    .bind(snapshot.pinned)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 1 {
        return count_uses(connection, room, &parts, 1).await;
    }
    sqlx::query(
        "UPDATE snapshots SET pinned = max(pinned, $6)
          WHERE room_id = $1 AND seq = $2 AND kind = $3 AND coalesce(name, '') = coalesce($4, '') AND hash = $5",
    )
    .bind(room.as_str())
    .bind(snapshot.seq.cast_signed())
    .bind(snapshot.kind.as_str())
    .bind(snapshot.name.as_deref())
    .bind(&snapshot.hash)
    .bind(snapshot.pinned)
    .execute(connection)
    .await
    .map(drop)
}

/// So many snapshots more have these parts, a JSON list of hashes.
async fn count_uses(
    connection: &mut SqliteConnection,
    room: &RoomId,
    parts: &str,
    more: i64,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE state_parts SET uses = uses + $3
          WHERE room_id = $1 AND hash IN (SELECT value FROM json_each($2))",
    )
    .bind(room.as_str())
    .bind(parts)
    .bind(more)
    .execute(connection)
    .await
    .map(drop)
}

/// The room's parts take so many bytes more.
async fn count_bytes(connection: &mut SqliteConnection, room: &RoomId, more: i64) -> sqlx::Result<()> {
    sqlx::query("UPDATE rooms SET state_bytes = state_bytes + $2 WHERE id = $1")
        .bind(room.as_str())
        .bind(more)
        .execute(connection)
        .await
        .map(drop)
}

/// Deletes the parts that no snapshot has.
async fn prune_parts(connection: &mut SqliteConnection, room: &RoomId) -> sqlx::Result<()> {
    let gone: Vec<i64> = sqlx::query_scalar(
        "DELETE FROM state_parts WHERE room_id = $1 AND uses = 0 RETURNING octet_length(text)",
    )
    .bind(room.as_str())
    .fetch_all(&mut *connection)
    .await?;
    count_bytes(connection, room, -gone.iter().sum::<i64>()).await
}

/// Deletes automatic snapshots but the newest, and the first of each span: from those, every past seq is reached by folding
/// a tail of bounded length. Returns the parts of each that is gone, as does what follows.
async fn prune(connection: &mut SqliteConnection, room: &RoomId) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "DELETE FROM snapshots
          WHERE room_id = $1 AND kind = 'auto' AND pinned = 0
            AND id NOT IN (SELECT id FROM snapshots WHERE room_id = $1 AND kind = 'auto'
                            ORDER BY seq DESC, id DESC LIMIT $2)
            AND EXISTS (SELECT 1 FROM snapshots AS older
                         WHERE older.room_id = $1 AND older.kind <> 'named'
                           AND older.seq BETWEEN snapshots.seq / $3 * $3 AND snapshots.seq
                           AND (older.seq, older.id) < (snapshots.seq, snapshots.id))
         RETURNING parts",
    )
    .bind(room.as_str())
    .bind(SNAPSHOTS_AUTO_KEPT)
    .bind(SNAPSHOT_SPAN_EVENTS.cast_signed())
    .fetch_all(connection)
    .await
}

/// Deletes the older states of a name, but for those that a restore was made from. The restores lie in an index of
/// their own; this event's name is the only one that the store knows.
async fn prune_replaced(
    connection: &mut SqliteConnection,
    room: &RoomId,
    name: &str,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "DELETE FROM snapshots
          WHERE room_id = $1 AND kind = 'named' AND name = $2
            AND id <> (SELECT id FROM snapshots WHERE room_id = $1 AND kind = 'named' AND name = $2
                        ORDER BY seq DESC, id DESC LIMIT 1)
            AND NOT EXISTS (SELECT 1 FROM events
                             WHERE room_id = $1 AND name = 'snapshot_restored' AND events.seq > snapshots.seq
                               AND (instr(events.ops, snapshots.hash) > 0
                                 OR instr(coalesce(events.inverse, ''), snapshots.hash) > 0))
         RETURNING parts",
    )
    .bind(room.as_str())
    .bind(name)
    .fetch_all(connection)
    .await
}

pub(super) async fn newest(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Option<SnapshotRow>, StoreError> {
    at(connection, room, u64::MAX).await
}

/// The newest one as of a seq or before it.
pub(super) async fn at(
    connection: &mut SqliteConnection,
    room: &RoomId,
    seq: u64,
) -> Result<Option<SnapshotRow>, StoreError> {
    let sql = "SELECT * FROM snapshots WHERE room_id = $1 AND seq <= $2 ORDER BY seq DESC, id DESC LIMIT 1";
    let row = sqlx::query(sql).bind(room.as_str()).bind(number(seq)).fetch_optional(connection).await?;
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

/// The event that is about a state comes once that is stored: within so many events of the room, or it is not looked for.
const EVENTS_BEHIND_MAX: i64 = 1_000;

pub(super) async fn list(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Vec<SnapshotInfo>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, at, kind, name, hash, bytes,
                (SELECT actor FROM events
                  WHERE room_id = $1 AND events.seq > snapshots.seq AND events.seq <= snapshots.seq + $2
                    AND ((events.name = 'snapshot_saved' AND instr(events.payload, json_quote(snapshots.name)) > 0)
                      OR (events.name = 'snapshot_restored' AND instr(events.inverse, snapshots.hash) > 0))
                  ORDER BY events.seq LIMIT 1) AS actor
           FROM snapshots WHERE room_id = $1 ORDER BY seq DESC, id DESC",
    )
    .bind(room.as_str())
    .bind(EVENTS_BEHIND_MAX)
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
        hash: row.try_get("hash")?,
        parts: serde_json::from_str(row.try_get("parts")?)
            .map_err(|_| StoreError::Damaged { table: "snapshots", column: "parts" })?,
        bytes: row.try_get::<i64, _>("bytes")?.cast_unsigned(),
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
        actor: row.try_get("actor")?,
    })
}

fn read_kind(row: &SqliteRow) -> Result<SnapshotKind, StoreError> {
    let damaged = StoreError::Damaged { table: "snapshots", column: "kind" };
    SnapshotKind::parse(row.try_get("kind")?).ok_or(damaged)
}

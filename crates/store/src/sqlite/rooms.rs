//! Rooms as rows: creating, listing, renaming, taking over, deleting.

use super::acquire;
use super::append::{begin, json, write};
use super::snapshots;
use crate::admission::plain;
use crate::limits::ROOMS_LISTED_MAX;
use crate::{NewRoom, Outcome, RefusedReason, RoomBatch, RoomRow, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};
use std::collections::BTreeMap;
use thexr_wire::{RoomId, UserId};

pub(super) async fn create(writer: &SqlitePool, room: NewRoom) -> Result<(), StoreError> {
    if ![&room.name, &room.description, &room.template].into_iter().all(|text| plain(text)) {
        return Err(StoreError::Refused(RefusedReason::Constraint));
    }
    let mut connection = acquire(writer).await?;
    let mut transaction = begin(&mut connection).await?;
    let Some(epoch) = insert(&mut transaction, &room).await? else {
        return Err(StoreError::IdTaken(room.id));
    };
    let batch = RoomBatch {
        events: room.first,
        settings: room.settings,
        ..RoomBatch::new(room.id.clone(), epoch, 0)
    };
    // Dropping the transaction rolls the room back.
    match write(&mut transaction, &[batch]).await?[0] {
        Outcome::Committed { .. } => {}
        Outcome::Refused(reason) => return Err(StoreError::Refused(reason)),
        Outcome::Unavailable(_) | Outcome::Unknown => unreachable!("decided by checks alone"),
    }
    snapshots::insert_parts(&mut transaction, &room.id, &room.parts).await?;
    if let Some(snapshot) = &room.snapshot {
        snapshots::put(&mut transaction, &room.id, epoch, snapshot, None).await?;
    }
    Ok(transaction.commit().await?)
}

/// The new room's epoch, which goes on where a deleted room of the id stopped; `None` = the id is taken.
async fn insert(connection: &mut SqliteConnection, room: &NewRoom) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "INSERT INTO rooms (id, name, description, template, seed, created_by, created_at,
                            epoch, incarnation, last_seq, last_tick, last_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7,
                 coalesce((SELECT epoch FROM deleted_rooms WHERE id = $1), 0),
                 coalesce((SELECT incarnation FROM deleted_rooms WHERE id = $1), 0), 0, 0, $7)
         ON CONFLICT (id) DO NOTHING
         RETURNING epoch",
    )
    .bind(room.id.as_str())
    .bind(&room.name)
    .bind(&room.description)
    .bind(&room.template)
    .bind(room.seed)
    .bind(room.created_by.as_ref().map(UserId::as_str))
    .bind(room.created_at_ms)
    .fetch_optional(connection)
    .await
}

pub(super) async fn room(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Option<RoomRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM rooms WHERE id = $1")
        .bind(room.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| read(&row)).transpose()
}

pub(super) async fn list(connection: &mut SqliteConnection) -> Result<Vec<RoomRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM rooms ORDER BY created_at DESC, id LIMIT $1")
        .bind(ROOMS_LISTED_MAX)
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<RoomRow, StoreError> {
    let damaged = |column| StoreError::Damaged { table: "rooms", column };
    let created_by: Option<&str> = row.try_get("created_by")?;
    Ok(RoomRow {
        id: RoomId::parse(row.try_get("id")?).map_err(|_| damaged("id"))?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        template: row.try_get("template")?,
        seed: row.try_get("seed")?,
        created_by: created_by.map(UserId::parse).transpose().map_err(|_| damaged("created_by"))?,
        created_at_ms: row.try_get("created_at")?,
        epoch: row.try_get("epoch")?,
        incarnation: row.try_get("incarnation")?,
        // The schema keeps these from being negative.
        last_seq: row.try_get::<i64, _>("last_seq")?.cast_unsigned(),
        last_tick: row.try_get::<i64, _>("last_tick")?.cast_unsigned(),
        last_at_ms: row.try_get("last_at")?,
        settings: row.try_get("settings")?,
        state_bytes: row.try_get::<i64, _>("state_bytes")?.cast_unsigned(),
    })
}

pub(super) async fn update(
    writer: &SqlitePool,
    room: &RoomId,
    name: &str,
    description: &str,
) -> Result<bool, StoreError> {
    if !plain(name) || !plain(description) {
        return Err(StoreError::Refused(RefusedReason::Constraint));
    }
    let done = sqlx::query("UPDATE rooms SET name = $2, description = $3 WHERE id = $1")
        .bind(room.as_str())
        .bind(name)
        .bind(description)
        .execute(writer)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How rooms are set from now on; of several batches of a room the last one says it.
pub(super) async fn write_settings(
    connection: &mut SqliteConnection,
    batches: &[&RoomBatch],
) -> sqlx::Result<()> {
    let rows: BTreeMap<&str, &str> =
        batches.iter().filter_map(|batch| Some((batch.room.as_str(), batch.settings.as_deref()?))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE rooms SET settings = new.settings
           FROM (SELECT key AS id, value AS settings FROM json_each($1)) AS new
          WHERE rooms.id = new.id",
    )
    .bind(json(&rows))
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn delete(writer: &SqlitePool, room: &RoomId) -> Result<bool, StoreError> {
    let mut connection = acquire(writer).await?;
    let mut transaction = begin(&mut connection).await?;
    sqlx::query(
        "INSERT INTO deleted_rooms (id, epoch, incarnation) SELECT id, epoch, incarnation FROM rooms WHERE id = $1
         ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, incarnation = excluded.incarnation",
    )
    .bind(room.as_str())
    .execute(&mut *transaction)
    .await?;
    // Events, snapshots, poses and members go with the room (ON DELETE CASCADE).
    let done =
        sqlx::query("DELETE FROM rooms WHERE id = $1").bind(room.as_str()).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(done.rows_affected() == 1)
}

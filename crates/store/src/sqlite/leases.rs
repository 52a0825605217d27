//! Which node holds which room: taking over, renewing, letting go.

use super::acquire;
use super::append::begin;
use crate::StoreError;
use sqlx::{Row, SqliteConnection, SqlitePool};
use thexr_wire::RoomId;

/// The new epoch and incarnation; `None` = no such room.
pub(super) async fn take_over(
    writer: &SqlitePool,
    room: &RoomId,
    node: &str,
    now_ms: i64,
    lease_ms: i64,
) -> Result<Option<(i64, u16)>, StoreError> {
    let mut connection = acquire(writer).await?;
    let mut transaction = begin(&mut connection).await?;
    let holder = sqlx::query(
        "SELECT held_by, held_until FROM rooms WHERE id = $1 AND held_by <> $2 AND held_until > $3",
    )
    .bind(room.as_str())
    .bind(node)
    .bind(now_ms)
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(holder) = holder {
        return Err(StoreError::Held {
            by: holder.try_get("held_by")?,
            until_ms: holder.try_get("held_until")?,
        });
    }
    let row = sqlx::query(
        "UPDATE rooms
            SET epoch = epoch + 1, incarnation = CASE incarnation WHEN 65535 THEN 1 ELSE incarnation + 1 END,
                held_by = $2, held_until = $3
          WHERE id = $1
         RETURNING epoch, incarnation",
    )
    .bind(room.as_str())
    .bind(node)
    .bind(now_ms.saturating_add(lease_ms))
    .fetch_optional(&mut *transaction)
    .await?;
    let taken = row.map(|row| Ok::<_, sqlx::Error>((row.try_get("epoch")?, row.try_get("incarnation")?)));
    let taken = taken.transpose()?;
    transaction.commit().await?;
    Ok(taken)
}

pub(super) async fn renew(
    connection: &mut SqliteConnection,
    node: &str,
    until_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE rooms SET held_until = $2 WHERE held_by = $1 AND held_until < $2")
        .bind(node)
        .bind(until_ms)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn release(
    connection: &mut SqliteConnection,
    room: &RoomId,
    epoch: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE rooms SET held_by = NULL WHERE id = $1 AND epoch = $2")
        .bind(room.as_str())
        .bind(epoch)
        .execute(connection)
        .await?;
    Ok(())
}

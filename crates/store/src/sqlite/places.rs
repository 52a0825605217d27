//! Small things that are overwritten in place: last poses, settings, the probe row.

use super::append::json;
use crate::limits::LAST_POSES_LOADED_MAX;
use crate::{LastPose, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use thexr_wire::{RoomId, UserId};

pub(super) async fn save_last_poses(
    connection: &mut SqliteConnection,
    poses: &[LastPose],
) -> Result<(), StoreError> {
    let rows: Vec<_> =
        poses.iter().map(|pose| (pose.room.as_str(), pose.user.as_str(), &pose.pose, pose.at_ms)).collect();
    // The join passes over rooms that were deleted meanwhile, which would otherwise cost everybody their pose.
    sqlx::query(
        "INSERT INTO last_poses (room_id, user_id, pose, at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
           FROM json_each($1) JOIN rooms ON rooms.id = value ->> 0
          WHERE true
         ON CONFLICT (room_id, user_id) DO UPDATE SET pose = excluded.pose, at = excluded.at
          WHERE excluded.at >= last_poses.at",
    )
    .bind(json(&rows))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn last_poses(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Vec<LastPose>, StoreError> {
    let rows =
        sqlx::query("SELECT user_id, pose, at FROM last_poses WHERE room_id = $1 ORDER BY at DESC LIMIT $2")
            .bind(room.as_str())
            .bind(LAST_POSES_LOADED_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| read_pose(room, row)).collect()
}

fn read_pose(room: &RoomId, row: &SqliteRow) -> Result<LastPose, StoreError> {
    let damaged = StoreError::Damaged { table: "last_poses", column: "user_id" };
    Ok(LastPose {
        room: room.clone(),
        user: UserId::parse(row.try_get("user_id")?).map_err(|_| damaged)?,
        pose: row.try_get("pose")?,
        at_ms: row.try_get("at")?,
    })
}

pub(super) async fn setting(
    connection: &mut SqliteConnection,
    key: &str,
) -> Result<Option<String>, StoreError> {
    let value = sqlx::query_scalar("SELECT value FROM settings WHERE key = $1").bind(key);
    Ok(value.fetch_optional(connection).await?)
}

pub(super) async fn setting_or_insert(
    connection: &mut SqliteConnection,
    key: &str,
    value: &str,
) -> Result<String, StoreError> {
    // The update that changes nothing makes RETURNING answer with the value that was first.
    let stored = sqlx::query_scalar(
        "INSERT INTO settings (key, value) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET value = settings.value RETURNING value",
    );
    Ok(stored.bind(key).bind(value).fetch_one(connection).await?)
}

pub(super) async fn probe(connection: &mut SqliteConnection, now_ms: i64) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO probe (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at")
        .bind(now_ms)
        .execute(connection)
        .await?;
    Ok(())
}

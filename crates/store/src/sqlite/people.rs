//! People of a room: where they were last seen, what they are to it.

use super::append::json;
use crate::limits::LAST_POSES_LOADED_MAX;
use crate::{MemberRow, PlaceRow, RoomBatch, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use thexr_wire::{Role, RoomId, UserId};

/// All places of all batches in one statement; of several of one person the newest stays.
pub(super) async fn write_places(
    connection: &mut SqliteConnection,
    batches: &[&RoomBatch],
) -> sqlx::Result<()> {
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.places.iter().map(move |place| (batch.room.as_str(), place)))
        .map(|(room, place)| (room, place.user.as_str(), &place.pose, place.at_ms))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO last_poses (room_id, user_id, pose, at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE true
         ON CONFLICT (room_id, user_id) DO UPDATE SET pose = excluded.pose, at = excluded.at
          WHERE excluded.at >= last_poses.at",
    )
    .bind(json(&rows))
    .execute(connection)
    .await
    .map(drop)
}

/// All members of all batches, in their order; who is a visitor without a mark afterwards has no row.
pub(super) async fn write_members(
    connection: &mut SqliteConnection,
    batches: &[&RoomBatch],
) -> sqlx::Result<()> {
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.members.iter().map(move |member| (batch.room.as_str(), member)))
        .map(|(room, member)| (room, member.user.as_str(), member.role.as_str(), &member.state))
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let rows = json(&rows);
    sqlx::query(
        "INSERT INTO members (room_id, user_id, role, state)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1) WHERE true
         ON CONFLICT (room_id, user_id) DO UPDATE SET role = excluded.role, state = excluded.state",
    )
    .bind(&rows)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM members
          WHERE (room_id, user_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))
            AND role = 'visitor' AND state = '{}'",
    )
    .bind(&rows)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn last_poses(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Vec<PlaceRow>, StoreError> {
    let rows =
        sqlx::query("SELECT user_id, pose, at FROM last_poses WHERE room_id = $1 ORDER BY at DESC LIMIT $2")
            .bind(room.as_str())
            .bind(LAST_POSES_LOADED_MAX)
            .fetch_all(connection)
            .await?;
    rows.iter().map(read_pose).collect()
}

pub(super) async fn members(
    connection: &mut SqliteConnection,
    room: &RoomId,
) -> Result<Vec<MemberRow>, StoreError> {
    let rows = sqlx::query("SELECT user_id, role, state FROM members WHERE room_id = $1 ORDER BY user_id")
        .bind(room.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(read_member).collect()
}

pub(super) async fn member(
    connection: &mut SqliteConnection,
    room: &RoomId,
    user: &UserId,
) -> Result<Option<MemberRow>, StoreError> {
    let row = sqlx::query("SELECT user_id, role, state FROM members WHERE room_id = $1 AND user_id = $2")
        .bind(room.as_str())
        .bind(user.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| read_member(&row)).transpose()
}

fn read_pose(row: &SqliteRow) -> Result<PlaceRow, StoreError> {
    let damaged = StoreError::Damaged { table: "last_poses", column: "user_id" };
    Ok(PlaceRow {
        user: UserId::parse(row.try_get("user_id")?).map_err(|_| damaged)?,
        pose: row.try_get("pose")?,
        at_ms: row.try_get("at")?,
    })
}

fn read_member(row: &SqliteRow) -> Result<MemberRow, StoreError> {
    let damaged = |column| StoreError::Damaged { table: "members", column };
    Ok(MemberRow {
        user: UserId::parse(row.try_get("user_id")?).map_err(|_| damaged("user_id"))?,
        role: Role::parse(row.try_get("role")?).ok_or_else(|| damaged("role"))?,
        state: row.try_get("state")?,
    })
}

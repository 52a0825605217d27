//! Reading the journal: a room to start from, ranges of events, a batch in doubt.

use super::{acquire, people, rooms, snapshots};
use crate::{EventRow, RecentCommand, RoomBatch, StoreError, StoredRoom};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row, SqliteConnection, SqlitePool};
use thexr_wire::RoomId;
use thexr_wire::limits::{COMMAND_MEMORY_MS, COMMAND_POOL_MAX};

/// SQLite's way to say: no limit.
const UNLIMITED: i64 = -1;

const EVENTS_AFTER: &str = "SELECT seq, at, actor, name, payload, ops, inverse, undoes, command_id
                              FROM events WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";

pub(super) async fn load(
    readers: &SqlitePool,
    room: &RoomId,
    now_ms: i64,
) -> Result<Option<StoredRoom>, StoreError> {
    let mut connection = acquire(readers).await?;
    // One read transaction: all parts are of the same moment, whatever is appended meanwhile.
    let mut moment = connection.begin().await?;
    let Some(mut stored) = state(&mut moment, room).await? else { return Ok(None) };
    stored.recent_commands = recent_commands(&mut moment, room, now_ms).await?;
    stored.last_poses = people::last_poses(&mut moment, room).await?;
    stored.members = people::members(&mut moment, room).await?;
    Ok(Some(stored))
}

pub(super) async fn load_state(
    readers: &SqlitePool,
    room: &RoomId,
) -> Result<Option<StoredRoom>, StoreError> {
    let mut connection = acquire(readers).await?;
    state(&mut *connection.begin().await?, room).await
}

async fn state(connection: &mut SqliteConnection, room: &RoomId) -> Result<Option<StoredRoom>, StoreError> {
    let Some(row) = rooms::room(connection, room).await? else { return Ok(None) };
    let snapshot = snapshots::newest(connection, room).await?;
    let from = snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
    let tail = events(connection, room, from, UNLIMITED).await?;
    let (recent_commands, last_poses, members) = (Vec::new(), Vec::new(), Vec::new());
    Ok(Some(StoredRoom { room: row, snapshot, tail, recent_commands, last_poses, members }))
}

pub(super) async fn events(
    connection: &mut SqliteConnection,
    room: &RoomId,
    after_seq: u64,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    let rows = sqlx::query(EVENTS_AFTER).bind(room.as_str()).bind(number(after_seq)).bind(limit);
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.iter().map(event).collect::<sqlx::Result<_>>()?)
}

pub(super) async fn events_after(
    readers: &SqlitePool,
    room: &RoomId,
    seq: u64,
    bytes_max: usize,
) -> Result<Option<Vec<EventRow>>, StoreError> {
    let mut connection = acquire(readers).await?;
    let mut moment = connection.begin().await?;
    let end = rooms::room(&mut moment, room).await?.map(|row| row.last_seq);
    let Some(last_seq) = end.filter(|end| seq <= *end) else { return Ok(None) };
    let Some(events) = events_within(&mut moment, room, seq, bytes_max).await? else { return Ok(None) };
    // Whole only if nothing between was taken out of the journal.
    let whole = events.len() as u64 == last_seq - seq;
    Ok(whole.then_some(events))
}

/// Reads no further than the bound, however long the journal is.
async fn events_within(
    connection: &mut SqliteConnection,
    room: &RoomId,
    seq: u64,
    bytes_max: usize,
) -> Result<Option<Vec<EventRow>>, StoreError> {
    let rows = sqlx::query(EVENTS_AFTER).bind(room.as_str()).bind(number(seq)).bind(UNLIMITED);
    let mut rows = rows.fetch(connection);
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let event = event(&row)?;
        bytes += event.bytes();
        if bytes > bytes_max {
            return Ok(None);
        }
        events.push(event);
    }
    Ok(Some(events))
}

fn event(row: &SqliteRow) -> sqlx::Result<EventRow> {
    Ok(EventRow {
        // The schema keeps both from being negative.
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        at_ms: row.try_get("at")?,
        actor: row.try_get("actor")?,
        name: row.try_get("name")?,
        payload: row.try_get("payload")?,
        ops: row.try_get("ops")?,
        inverse: row.try_get("inverse")?,
        undoes: row.try_get::<Option<i64>, _>("undoes")?.map(i64::cast_unsigned),
        command_id: row.try_get("command_id")?,
    })
}

async fn recent_commands(
    connection: &mut SqliteConnection,
    room: &RoomId,
    now_ms: i64,
) -> Result<Vec<RecentCommand>, StoreError> {
    // The first condition on time is the one that the index `events_command` understands.
    let rows = sqlx::query(
        "SELECT seq, at, actor, command_id, name, payload FROM events
          WHERE room_id = $1 AND command_id IS NOT NULL AND at / 600000 >= $2 / 600000 AND at > $2
          ORDER BY seq DESC LIMIT $3",
    )
    .bind(room.as_str())
    .bind(now_ms.saturating_sub(COMMAND_MEMORY_MS))
    .bind(number(COMMAND_POOL_MAX as u64))
    .fetch_all(connection)
    .await?;
    Ok(rows.iter().rev().map(recent_command).collect::<sqlx::Result<_>>()?)
}

fn recent_command(row: &SqliteRow) -> sqlx::Result<RecentCommand> {
    Ok(RecentCommand {
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        at_ms: row.try_get("at")?,
        actor: row.try_get("actor")?,
        command_id: row.try_get("command_id")?,
        name: row.try_get("name")?,
        payload: row.try_get("payload")?,
    })
}

/// The epoch beside the seq makes it exact: nobody else writes under this batch's epoch.
pub(super) async fn holds(connection: &mut SqliteConnection, batch: &RoomBatch) -> Result<bool, StoreError> {
    let Some(last_seq) = batch.last_seq() else { return Ok(false) };
    let found = sqlx::query("SELECT 1 FROM events WHERE room_id = $1 AND seq = $2 AND epoch = $3")
        .bind(batch.room.as_str())
        .bind(number(last_seq))
        .bind(batch.epoch)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// A seq as the database counts; one beyond its numbers is beyond every journal, and so is the largest number.
fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

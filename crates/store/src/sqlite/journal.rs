//! Reading the journal: a room to start from, ranges of events, a batch in doubt.

use super::append::begin;
use super::{acquire, people, rooms, snapshots};
use crate::{EventRow, RecentCommand, RefusedReason, RoomBatch, StoreError, StoredRoom};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row, SqliteConnection, SqlitePool};
use thexr_wire::RoomId;
use thexr_wire::limits::{COMMAND_MEMORY_MS, COMMAND_POOL_MAX};

/// Events whose sizes are looked at before any of them is read: bounds one page of very small events.
const PAGE_EVENTS_MAX: usize = 65_536;

pub(super) async fn load(
    readers: &SqlitePool,
    room: &RoomId,
    now_ms: i64,
) -> Result<Option<StoredRoom>, StoreError> {
    let mut connection = acquire(readers).await?;
    // One read transaction: all parts are of the same moment, whatever is appended meanwhile.
    let mut moment = connection.begin().await?;
    let Some(row) = rooms::room(&mut moment, room).await? else { return Ok(None) };
    Ok(Some(StoredRoom {
        room: row,
        snapshot: snapshots::newest(&mut moment, room).await?,
        recent_commands: recent_commands(&mut moment, room, now_ms).await?,
        last_poses: people::last_poses(&mut moment, room).await?,
        members: people::members(&mut moment, room).await?,
    }))
}

pub(super) async fn events(
    connection: &mut SqliteConnection,
    room: &RoomId,
    after_seq: u64,
    bytes_max: usize,
) -> Result<Vec<EventRow>, StoreError> {
    let (count, bytes) = sizes(connection, room, after_seq, bytes_max).await?;
    let fitting = if bytes > bytes_max { (count - 1).max(1) } else { count };
    read_events(connection, room, after_seq, fitting).await
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
    let (count, bytes) = sizes(&mut moment, room, seq, bytes_max).await?;
    // Whole only if nothing between was taken out of the journal.
    let whole = count as u64 == last_seq - seq;
    if bytes > bytes_max || !whole {
        return Ok(None);
    }
    Ok(Some(read_events(&mut moment, room, seq, count).await?))
}

/// How many events after a seq there are, and their bytes, up to the first one that goes beyond the bound.
///
/// Sizes are read without the texts: what is beyond the bound never comes into memory.
async fn sizes(
    connection: &mut SqliteConnection,
    room: &RoomId,
    after_seq: u64,
    bytes_max: usize,
) -> Result<(usize, usize), StoreError> {
    let rows = sqlx::query(
        "SELECT octet_length(payload) + octet_length(ops) + coalesce(octet_length(inverse), 0) AS texts
           FROM events WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    );
    let mut rows =
        rows.bind(room.as_str()).bind(number(after_seq)).bind(PAGE_EVENTS_MAX as i64).fetch(connection);
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.try_next().await? {
        count += 1;
        bytes += EventRow::bytes_of(row.try_get::<i64, _>("texts")?.cast_unsigned() as usize);
        if bytes > bytes_max {
            break;
        }
    }
    Ok((count, bytes))
}

async fn read_events(
    connection: &mut SqliteConnection,
    room: &RoomId,
    after_seq: u64,
    count: usize,
) -> Result<Vec<EventRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT seq, at, actor, name, payload, ops, hearers, inverse, undoes, command_id
           FROM events WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    );
    let rows = rows.bind(room.as_str()).bind(number(after_seq)).bind(number(count as u64));
    // Row by row: a row keeps the database's copy of its texts.
    let mut rows = rows.fetch(connection);
    let mut events = Vec::with_capacity(count);
    while let Some(row) = rows.try_next().await? {
        events.push(event(&row)?);
    }
    Ok(events)
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
        hearers: row.try_get("hearers")?,
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
        "SELECT seq, at, actor, command_id, CASE WHEN json_valid(payload) THEN payload ->> '$.entity' END AS entity
           FROM events
          WHERE room_id = $1 AND command_id IS NOT NULL AND at / 600000 >= $2 / 600000 AND at > $2
          ORDER BY seq DESC LIMIT $3",
    );
    let mut rows = rows
        .bind(room.as_str())
        .bind(now_ms.saturating_sub(COMMAND_MEMORY_MS))
        .bind(number(COMMAND_POOL_MAX as u64))
        .fetch(connection);
    let mut commands = Vec::new();
    while let Some(row) = rows.try_next().await? {
        commands.push(recent_command(&row)?);
    }
    commands.reverse();
    Ok(commands)
}

fn recent_command(row: &SqliteRow) -> sqlx::Result<RecentCommand> {
    Ok(RecentCommand {
        seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
        at_ms: row.try_get("at")?,
        actor: row.try_get("actor")?,
        command_id: row.try_get("command_id")?,
        entity: row.try_get("entity")?,
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

pub(super) async fn redact(writer: &SqlitePool, room: &RoomId, seq: u64) -> Result<bool, StoreError> {
    let mut connection = acquire(writer).await?;
    let mut transaction = begin(&mut connection).await?;
    let ops: Option<String> = sqlx::query_scalar("SELECT ops FROM events WHERE room_id = $1 AND seq = $2")
        .bind(room.as_str())
        .bind(number(seq))
        .fetch_optional(&mut *transaction)
        .await?;
    match ops.as_deref() {
        None => return Ok(false),
        Some("[]") => {}
        Some(_) => return Err(StoreError::Refused(RefusedReason::Constraint)),
    }
    sqlx::query(
        "UPDATE events SET name = 'redacted', payload = '{}', inverse = NULL WHERE room_id = $1 AND seq = $2",
    )
    .bind(room.as_str())
    .bind(number(seq))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

/// A seq as the database counts; one beyond its numbers is beyond every journal, and so is the largest number.
pub(super) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

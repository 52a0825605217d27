//! Appending: many rooms' batches in one transaction, a few statements for all of them.
//!
//! Owns the transaction and its outcomes; the checks are `admission`'s.

use super::Connection;
use super::failure::{Verdict, verdict};
use super::{people, rooms};
use crate::admission::{End, Ends, admit};
use crate::{Outcome, RoomBatch, UnavailableReason};
use sqlx::{Connection as _, Row, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::collections::BTreeSet;
use thexr_wire::RoomId;

/// Why a transaction did not end with all its batches decided.
enum Failure {
    /// No transaction could be begun: nobody else needs to try.
    NotBegun(UnavailableReason),
    /// It was rolled back: perhaps one batch's fault.
    NotWritten(Verdict),
    /// COMMIT failed in a way that leaves open what is on the disk; what the outcomes would be, if it is there.
    InDoubt(Vec<Outcome>),
}

pub(super) async fn append(writer: &SqlitePool, batches: &[RoomBatch]) -> Vec<Outcome> {
    match commit(writer, batches).await {
        Ok(outcomes) => outcomes,
        Err(Failure::NotWritten(_)) if batches.len() > 1 => append_alone(writer, batches).await,
        Err(failure) => undecided(failure, batches.len()),
    }
}

/// Each batch in a transaction of its own; a room whose batch stays undecided waits with all that follows.
async fn append_alone(writer: &SqlitePool, batches: &[RoomBatch]) -> Vec<Outcome> {
    let mut stuck: BTreeSet<&RoomId> = BTreeSet::new();
    let mut outcomes = Vec::with_capacity(batches.len());
    for batch in batches {
        let outcome = if stuck.contains(&batch.room) {
            Outcome::Unavailable(UnavailableReason::Behind)
        } else {
            let alone = commit(writer, std::slice::from_ref(batch)).await;
            alone.unwrap_or_else(|failure| undecided(failure, 1))[0]
        };
        if matches!(outcome, Outcome::Unavailable(_) | Outcome::Unknown) {
            stuck.insert(&batch.room);
        }
        outcomes.push(outcome);
    }
    outcomes
}

fn undecided(failure: Failure, batches: usize) -> Vec<Outcome> {
    let all = |outcome| vec![outcome; batches];
    match failure {
        Failure::NotBegun(reason) | Failure::NotWritten(Verdict::Unavailable(reason)) => {
            all(Outcome::Unavailable(reason))
        }
        Failure::NotWritten(Verdict::Refused(reason)) => all(Outcome::Refused(reason)),
        Failure::InDoubt(outcomes) => outcomes.into_iter().map(doubted).collect(),
    }
}

fn doubted(outcome: Outcome) -> Outcome {
    if matches!(outcome, Outcome::Committed { .. }) { Outcome::Unknown } else { outcome }
}

async fn commit(writer: &SqlitePool, batches: &[RoomBatch]) -> Result<Vec<Outcome>, Failure> {
    let mut connection = writer.acquire().await.map_err(not_begun)?;
    let mut transaction = begin(&mut connection).await.map_err(not_begun)?;
    match write(&mut transaction, batches).await {
        Ok(outcomes) => match transaction.commit().await {
            Ok(()) => Ok(outcomes),
            Err(error) => Err(after_commit(connection, &error, outcomes).await),
        },
        // Dropping the transaction rolls it back.
        Err(error) => Err(not_written(&error)),
    }
}

/// Begins by taking the write lock, so that what the checks read stays true until COMMIT.
pub(super) async fn begin(connection: &mut Connection) -> sqlx::Result<Transaction<'_, Sqlite>> {
    connection.begin_with("BEGIN IMMEDIATE").await
}

fn not_begun(error: sqlx::Error) -> Failure {
    let reason = match verdict(&error) {
        Verdict::Unavailable(reason) => reason,
        Verdict::Refused(_) => panic!("BEGIN breaks no constraint: {error}"),
    };
    tracing::warn!(%error, reason = reason.as_str(), "no transaction could be begun");
    Failure::NotBegun(reason)
}

fn not_written(error: &sqlx::Error) -> Failure {
    let verdict = verdict(error);
    match verdict {
        Verdict::Refused(_) => tracing::debug!(%error, "a batch breaks a constraint"),
        Verdict::Unavailable(_) => tracing::warn!(%error, "a transaction failed"),
    }
    Failure::NotWritten(verdict)
}

/// A full disk shows before the commit record is complete, a lock before it is begun; anything else may be in the log.
async fn after_commit(connection: Connection, error: &sqlx::Error, outcomes: Vec<Outcome>) -> Failure {
    use UnavailableReason::{Busy, DiskFull};
    if let known @ Verdict::Unavailable(DiskFull | Busy) = verdict(error) {
        tracing::warn!(%error, "a commit failed");
        return Failure::NotWritten(known);
    }
    tracing::warn!(%error, "a commit failed and may yet be on the disk");
    // Only a fresh connection reads what is really in the log; a failing close leaves nothing else to do.
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "closing the failed connection");
    }
    Failure::InDoubt(outcomes)
}

/// Everything between BEGIN and COMMIT; also creates a room's first events.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    batches: &[RoomBatch],
) -> sqlx::Result<Vec<Outcome>> {
    let mut ends = read_ends(connection, batches).await?;
    let outcomes: Vec<Outcome> = batches.iter().map(|batch| admit(&mut ends, batch)).collect();
    let admitted: Vec<&RoomBatch> = batches.iter().zip(&outcomes).filter_map(admitted).collect();
    if admitted.is_empty() {
        return Ok(outcomes);
    }
    insert_events(connection, &admitted).await?;
    write_ends(connection, &ends).await?;
    rooms::write_settings(connection, &admitted).await?;
    people::write_places(connection, &admitted).await?;
    people::write_members(connection, &admitted).await?;
    Ok(outcomes)
}

fn admitted<'a>((batch, outcome): (&'a RoomBatch, &Outcome)) -> Option<&'a RoomBatch> {
    matches!(outcome, Outcome::Committed { .. }).then_some(batch)
}

async fn read_ends(connection: &mut SqliteConnection, batches: &[RoomBatch]) -> sqlx::Result<Ends> {
    let ids: BTreeSet<&str> = batches.iter().map(|batch| batch.room.as_str()).collect();
    let rows = sqlx::query(
        "SELECT id, epoch, last_seq, last_tick, last_at FROM rooms WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(json(&ids))
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let id: &str = row.try_get("id")?;
            let end = End {
                epoch: row.try_get("epoch")?,
                last_seq: row.try_get::<i64, _>("last_seq")?.cast_unsigned(),
                last_tick: row.try_get::<i64, _>("last_tick")?.cast_unsigned(),
                last_at_ms: row.try_get("last_at")?,
            };
            Ok((RoomId::parse(id).expect("found by an id that was one"), end))
        })
        .collect()
}

/// All events of all batches in one statement.
async fn insert_events(connection: &mut SqliteConnection, batches: &[&RoomBatch]) -> sqlx::Result<()> {
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.events.iter().map(move |event| (batch, event)))
        .map(|(batch, event)| {
            let head = (batch.room.as_str(), event.seq, event.at_ms, &event.actor, &event.name);
            let texts = (&event.payload, &event.ops, &event.inverse);
            (
                head.0,
                head.1,
                head.2,
                head.3,
                head.4,
                texts.0,
                texts.1,
                texts.2,
                event.undoes,
                &event.command_id,
                batch.epoch,
                &event.hearers,
            )
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO events
           (room_id, seq, at, actor, name, payload, ops, inverse, undoes, command_id, epoch, hearers)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
                value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
           FROM json_each($1)",
    )
    .bind(json(&rows))
    .execute(connection)
    .await
    .map(drop)
}

async fn write_ends(connection: &mut SqliteConnection, ends: &Ends) -> sqlx::Result<()> {
    let rows: Vec<_> =
        ends.iter().map(|(id, end)| (id.as_str(), end.last_seq, end.last_tick, end.last_at_ms)).collect();
    sqlx::query(
        "UPDATE rooms SET last_seq = ends.last_seq, last_tick = ends.last_tick, last_at = ends.last_at
           FROM (SELECT value ->> 0 AS id, value ->> 1 AS last_seq, value ->> 2 AS last_tick, value ->> 3 AS last_at
                   FROM json_each($1)) AS ends
          WHERE rooms.id = ends.id",
    )
    .bind(json(&rows))
    .execute(connection)
    .await
    .map(drop)
}

/// A statement's rows as one JSON text; the opaque texts stand in it as strings and come out byte for byte.
pub(super) fn json(rows: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(rows).expect("strings and numbers have JSON")
}

//! How an append ended, and what else can go wrong in a store.
//!
//! Owns the meanings of outcomes; does not know a backend's error codes (each backend translates its own).

use std::path::PathBuf;
use thexr_wire::RoomId;

/// How the append of one batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Durable: it survives a crash from here on.
    Committed {
        /// Where the room's journal ends now.
        last_seq: u64,
    },
    /// Never written and never will be: the room that sent it is dropped, its peers rejoin from the store.
    Refused(RefusedReason),
    /// Not written, may be tried again later as it is. Later batches of the room wait behind it.
    Unavailable(UnavailableReason),
    /// The connection was lost during COMMIT: [`Store::holds`](crate::Store::holds) tells which way it went.
    Unknown,
}

/// Why a batch can never be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedReason {
    /// Somebody opened the room since: this writer is no longer the room.
    #[error("fenced: the room was opened elsewhere")]
    Fenced,
    /// The room was deleted, or never was.
    #[error("no such room")]
    NoSuchRoom,
    /// The seqs do not go on, without gaps, where the journal ends.
    #[error("the journal ends at {stored_last}, the batch does not go on from there")]
    SeqConflict {
        /// Where the stored journal ends.
        stored_last: u64,
    },
    /// A rule of the schema: a command id used twice, a NUL character, a number out of range.
    #[error("the batch breaks a constraint of the store")]
    Constraint,
}

impl RefusedReason {
    /// A stable name for replies, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fenced => "fenced",
            Self::NoSuchRoom => "no_such_room",
            Self::SeqConflict { .. } => "seq_conflict",
            Self::Constraint => "constraint",
        }
    }
}

/// Why something could not be written just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnavailableReason {
    /// No space on the device, or the database has reached its size limit.
    #[error("disk full")]
    DiskFull,
    /// Another process holds the database's lock.
    #[error("database busy")]
    Busy,
    /// Reading or writing failed, or the file is damaged or not writable.
    #[error("input or output error")]
    Io,
    /// No connection to the database could be had.
    #[error("connection lost")]
    ConnectionLost,
    /// An earlier batch of the same room is not decided yet.
    #[error("waits behind an earlier batch of its room")]
    Behind,
    /// Too much is waiting already; this batch was not taken and will not be retried.
    #[error("the queue is full")]
    QueueFull,
    /// The writer has ended; this batch was not taken and will not be retried.
    #[error("the writer has stopped")]
    Stopped,
}

impl UnavailableReason {
    /// A stable name for replies, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::Busy => "busy",
            Self::Io => "io",
            Self::ConnectionLost => "connection_lost",
            Self::Behind => "behind",
            Self::QueueFull => "queue_full",
            Self::Stopped => "stopped",
        }
    }
}

/// Why, in a backend's own words.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong outside of appends.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A room has this id already.
    #[error("a room with the id {0} exists already")]
    IdTaken(RoomId),
    /// Another node runs the room.
    #[error("the room is held by {by} until {until_ms}")]
    Held {
        /// The node.
        by: String,
        /// Until when, ms since 1970; it may hold it for longer.
        until_ms: i64,
    },
    /// What was to be created breaks a rule: first events with gaps, a NUL character, a number out of range.
    #[error("refused by the store: {0}")]
    Refused(RefusedReason),
    /// The database was written by a newer version.
    #[error(
        "the database {} has schema version {found}, this program knows versions up to {known}: \
         use a newer program or restore an older backup",
        path.display()
    )]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database could not be opened.
    #[error("cannot open the database {}: {source}", path.display())]
    Open {
        /// The database.
        path: PathBuf,
        /// What SQLite or the file system says.
        source: Cause,
    },
    /// The schema could not be brought up to date.
    #[error("cannot bring the database {} up to date: {source}", path.display())]
    Migrate {
        /// The database.
        path: PathBuf,
        /// What the migrator or SQLite says.
        source: Cause,
    },
    /// A stored value cannot be what this program wrote.
    #[error("damaged value in {table}.{column}")]
    Damaged {
        /// The table it was read from.
        table: &'static str,
        /// Where in it.
        column: &'static str,
    },
    /// Not possible now, may be possible later.
    #[error("the store is unavailable ({reason}): {source}")]
    Unavailable {
        /// Why, in short.
        reason: UnavailableReason,
        /// Why, in full.
        source: Cause,
    },
}

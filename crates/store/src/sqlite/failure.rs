//! What SQLite's result codes mean for the store (sqlite.org/rescode.html).

use crate::{RefusedReason, StoreError, UnavailableReason};

/// What a failed statement says about the batch that it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Refused(RefusedReason),
    Unavailable(UnavailableReason),
}

/// Reads an error's result code.
///
/// # Panics
/// When SQLite calls our own statement wrong (`SQLITE_ERROR`, `SQLITE_MISUSE`, ...), or a column is not what we read.
pub(super) fn verdict(error: &sqlx::Error) -> Verdict {
    use UnavailableReason as Why;
    let sqlx::Error::Database(database) = error else { return without_code(error) };
    let code = database.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
    // The low byte is the primary code; the rest only says more.
    match code & 0xff {
        // TOOBIG, CONSTRAINT, MISMATCH: the batch's own fault.
        18..=20 => Verdict::Refused(RefusedReason::Constraint),
        13 => Verdict::Unavailable(Why::DiskFull),
        // BUSY, LOCKED.
        5 | 6 => Verdict::Unavailable(Why::Busy),
        // PERM, NOMEM, READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOLFS, NOTADB.
        3 | 7 | 8 | 10 | 11 | 14 | 15 | 22 | 26 => Verdict::Unavailable(Why::Io),
        // ABORT, INTERRUPT: the transaction or the connection was ended under the statement.
        4 | 9 => Verdict::Unavailable(Why::ConnectionLost),
        _ => panic!("the store's own statement is wrong: {error}"),
    }
}

fn without_code(error: &sqlx::Error) -> Verdict {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Verdict::Unavailable(UnavailableReason::ConnectionLost)
        }
        sqlx::Error::Io(_) => Verdict::Unavailable(UnavailableReason::Io),
        _ => panic!("the store's own statement is wrong: {error}"),
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(source: sqlx::Error) -> Self {
        match verdict(&source) {
            Verdict::Refused(reason) => StoreError::Refused(reason),
            Verdict::Unavailable(reason) => StoreError::Unavailable { reason, source: source.into() },
        }
    }
}

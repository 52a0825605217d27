//! The store: rooms, journal, snapshots, last poses, members and small settings behind one contract, [`Store`].
//!
//! ```text
//! rooms ──submit──▶ WriterHandle ─▶ Writer (one task, group commit) ─▶ Store::append ─▶ SqliteStore ─▶ disk
//!       ◀─Outcome──────────────────────────────────────────────────────────────────┘
//! ```
//! A batch is one room's events, snapshots, places and members; everything that waits, from all rooms, goes into one transaction.
//! `Committed` means durable: fsync included. SQLite runs in WAL mode with `synchronous=FULL`, one connection writes.
//!
//! Architecture invariant: the store knows no rule of the world. Ops, payloads, states and poses are text to it; it
//! compares epochs, seqs and ids, and nothing else. Of a payload it reads `entity`, which a repeated reply tells. It has no clock beside the writer's retry delay: times are arguments.

mod admission;
mod data_dir;
pub mod limits;
mod outcome;
mod rows;
mod sqlite;
mod store;
mod writer;

pub use data_dir::{DataDir, DataDirLock, LockError, fsync_probe};
pub use outcome::{Cause, Outcome, RefusedReason, StoreError, UnavailableReason};
pub use rows::{
    EventRow, MemberRow, NewRoom, PartRow, PlaceRow, RecentCommand, RoomBatch, RoomRow, SnapshotInfo,
    SnapshotKind, SnapshotRow, StoredRoom,
};
pub use sqlite::SqliteStore;
pub use store::Store;
pub use writer::{GroupFigures, Writer, WriterHandle, WriterObserver};

//! Every bound of the store, with unit, reason and consequence. Knows no code.

use std::time::Duration;

/// Automatic snapshots kept per room: the newest to start from, two more in case a state turns out to be bad.
/// Of the older ones that no event refers to, the first of each [`SNAPSHOT_SPAN_EVENTS`] stays; the journal still reaches
/// the states of the others.
pub const SNAPSHOTS_AUTO_KEPT: u32 = 3;
/// Events from one automatic snapshot that is kept for the room's past to the next: what is folded at most, beside the distance
/// at which a room takes them, to see a past state. Smaller spans take more disk, larger ones more time.
pub const SNAPSHOT_SPAN_EVENTS: u64 = 20_000;
/// Bytes of the parts of one room's states from which on nothing more is saved or restored in it (`states_full`): states that
/// events refer to stay as long as the events, so this is what bounds the disk that restoring over and over takes. Nothing is
/// forgotten, automatic snapshots and everything else go on; asked before a save or restore, so that it is passed by one.
pub const STATE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Last poses that come with a room, newest first: bounds what opening an old public room costs.
/// Someone who was here before the newest so many enters at a spawn point.
pub const LAST_POSES_LOADED_MAX: u32 = 10_000;
/// Rooms in one listing, newest first: bounds a page that anybody may ask for. Older rooms are reached by their id.
pub const ROOMS_LISTED_MAX: u32 = 10_000;

/// Batches that wait for the disk, all rooms together: a thousand rooms at their 20 unconfirmed ticks.
/// Beyond, a submitted batch is answered `Unavailable(QueueFull)` and its room has to be restored from the store.
pub const QUEUE_BATCHES_MAX: usize = 20_000;
/// Bytes of those batches: bounds memory when rooms write into a full disk. Consequence as above.
pub const QUEUE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Events in one transaction: keeps a commit short (about 50 ms), so that no room waits long behind others.
/// What does not fit goes into the next transaction, at once.
pub const GROUP_EVENTS_MAX: usize = 4_096;
/// Bytes in one transaction: bounds the statement text. A single larger batch goes alone.
pub const GROUP_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Wait before unavailable batches are tried again, the first time; doubles with each failure.
pub const RETRY_DELAY_MIN: Duration = Duration::from_millis(50);
/// Longest wait between tries: a disk that has space again is noticed within this time.
pub const RETRY_DELAY_MAX: Duration = Duration::from_secs(2);

/// Connections that read beside the writer: room loads and pages; readers never wait for the writer (WAL).
pub const SQLITE_READERS: u32 = 4;
/// The writer's page cache, in KiB (negative, as the pragma wants it): a group of a thousand rooms changes some 2,000
/// pages of 4 KiB; with SQLite's 2 MB it would write pages before the commit and read them again.
pub const SQLITE_CACHE_KIB: &str = "-32768";
/// Pages in the write-ahead log before it is folded into the file: 32 MiB. At SQLite's 1,000 every large group would
/// pay for that; above, the log costs disk space and the rare commit that folds it takes longer.
pub const SQLITE_WAL_PAGES: &str = "8192";
/// Rows that a reader has ready before they are asked for: each may be an event of a megabyte.
pub const SQLITE_ROWS_AHEAD: usize = 4;
/// How long SQLite waits for a lock that another process holds (a backup tool); then the write is `Unavailable(Busy)`.
pub const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for a free connection; then the store is `Unavailable(ConnectionLost)`.
pub const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// Probes of the disk whose median is reported: enough to pass over a single stall.
pub const FSYNC_PROBES: usize = 31;

const _: () = assert!(RETRY_DELAY_MIN.as_millis() < RETRY_DELAY_MAX.as_millis());
const _: () = assert!(QUEUE_BYTES_MAX > 4 * GROUP_BYTES_MAX, "groups fill while others wait");
const _: () = assert!(
    thexr_wire::limits::COMMAND_MEMORY_MS == 600_000,
    "the index events_command has this window in its text"
);

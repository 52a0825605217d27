//! Limits and periods of the bots: name, unit, reason. Owns numbers only.

use std::time::Duration;

/// Joins begun per second: a crowd that arrives, not an attack.
pub const JOINS_PER_SECOND: u32 = 50;
/// How long one bot may take from connecting to a whole room; then it counts as a join error.
pub const JOIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the whole crowd may take beyond its ramp before measuring starts without the rest.
pub const RAMP_PATIENCE: Duration = Duration::from_secs(60);
/// Pause before a bot that lost its connection connects again.
pub const RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// Visitors asked for in one request.
pub const VISITORS_PER_REQUEST: usize = 500;
/// How long the visitors' API may take to answer.
pub const VISITORS_TIMEOUT: Duration = Duration::from_secs(30);
/// Bots of one run: the ports of one address end soon after.
pub const BOTS_MAX: usize = 20_000;
/// Open files besides one socket per bot.
pub const FILES_SPARE: u64 = 128;
/// Poses per second, most: the client core samples no faster.
pub const RATE_HZ_MAX: u32 = 20;
/// Edge of the square the bots walk in, metres.
pub const AREA_M: f32 = 40.0;
/// Walking speed, metres per second.
pub const WALK_M_PER_S: f32 = 1.4;
/// Height of a bot's head, metres.
pub const HEAD_M: f32 = 1.8;
/// Read buffer of one socket, bytes: it is zeroed at every read, and there are thousands.
pub const READ_BUFFER_BYTES: usize = 16 * 1024;

/// Boxes put into a room by one command, so that each stays well under 1 MiB and 2,000 ops.
pub const FURNISH_BATCH: usize = 1_000;
/// How long one such command may take.
pub const FURNISH_PATIENCE: Duration = Duration::from_secs(30);

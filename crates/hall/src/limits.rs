//! What may wait between a room and its connections: name, unit, reason, consequence.

use std::time::Duration;

/// Messages of the ordered lane waiting for one connection, so many that small ones fill the bytes below first: people and rules
/// that say little and often cost a slow reader no more than others; above it the connection ends (1013) and may resume.
pub const ORDERED_QUEUE_MESSAGES: usize = 32_768;
/// Bytes of the ordered lane waiting for one connection; above it the connection ends (1013) and may resume.
pub const ORDERED_QUEUE_BYTES: usize = 8 * 1024 * 1024;
/// Bytes waiting for one connection above which it is told no more shouts: what is transient must not cost it its connection.
pub const TRANSIENT_QUEUE_BYTES: usize = 256 * 1024;
/// Ticks of a room waiting for the disk; above it commands get `store_slow`.
pub const UNCONFIRMED_TICKS_MAX: u64 = 20;
/// Bytes a room may keep back until the disk has confirmed them; above it commands get `store_slow`, joins `room_busy`.
pub const UNRELEASED_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Where keeping back ends, bytes: the room ends, its people rejoin (`phx_error`) and it starts from the store.
pub const UNRELEASED_BYTES_END: usize = 64 * 1024 * 1024;
/// Ticks between two writes of nothing but places of people: 1 s, so that walking alone hardly costs the disk anything.
pub const PLACES_WRITE_TICKS: u64 = 20;
/// Motion that goes out later than this after its tick is late: when that lasts, the room sheds.
pub const MOTION_LATE: Duration = Duration::from_millis(50);
/// Payload of a `ping`, bytes, which is echoed; above it `payload_too_large`.
pub const PING_BYTES_MAX: usize = 4 * 1024;
/// Payload of a `shout`, bytes: it is multiplied by its hearers; above it `payload_too_large`.
pub const SHOUT_BYTES_MAX: usize = 16 * 1024;

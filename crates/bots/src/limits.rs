//! Limits and periods of the bots: name, unit, reason. Owns numbers only.

use std::time::Duration;

/// Bots of one run: the ports of one address end soon after.
pub const BOTS_MAX: usize = 20_000;
/// Rooms of one run: each is spelled out on the command line.
pub const ROOMS_MAX: usize = 1_000;
/// Open files besides one socket per bot.
pub const FILES_SPARE: u64 = 128;
/// Poses per second, most: the client core samples no faster.
pub const RATE_HZ_MAX: u32 = 20;
/// Longest measurement, seconds (one day): by then the bots' tokens have run out, and nobody could reconnect.
pub const SECONDS_MAX: u64 = 24 * 60 * 60;
/// One weight of a mix; their sum stays far from overflowing.
pub const WEIGHT_MAX: u32 = 1_000_000;

/// Joins begun per second unless asked otherwise: a crowd that arrives, not a storm.
pub const JOINS_PER_SECOND: u32 = 50;
/// Joins begun per second, most: timers count in milliseconds.
pub const JOINS_PER_SECOND_MAX: u32 = 1_000;
/// How long one bot may take from connecting to a whole room; then it counts as a join error.
pub const JOIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the whole crowd may take beyond its ramp before measuring starts without the rest.
pub const RAMP_PATIENCE: Duration = Duration::from_secs(60);
/// Longest pause before the first reconnection; it doubles with every failure (real crowds do not return in step).
pub const BACKOFF_BASE: Duration = Duration::from_secs(1);
/// Longest pause before any reconnection: well within the 30 s a room keeps a place.
pub const BACKOFF_CAP: Duration = Duration::from_secs(10);
/// Visitors asked for in one request.
pub const VISITORS_PER_REQUEST: usize = 500;
/// How long the visitors' API may take to answer.
pub const VISITORS_TIMEOUT: Duration = Duration::from_secs(30);
/// Read buffer of one socket, bytes: more than one tick's frame; it is zeroed at every read, and there are thousands.
pub const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Edge of the square the bots walk in unless asked otherwise, metres.
pub const AREA_M: f32 = 100.0;
/// Least edge, metres: less is standing.
pub const AREA_M_MIN: f32 = 1.0;
/// Largest edge, metres: half of it is within the largest room.
pub const AREA_M_MAX: f32 = 10_000.0;
/// Walking speed, metres per second.
pub const WALK_M_PER_S: f32 = 1.4;
/// Speed of someone who shifts from foot to foot in a crowd, metres per second: still a movement in every sample.
pub const SHUFFLE_M_PER_S: f32 = 0.6;
/// How far one goes before turning in a crowd, metres.
pub const SHUFFLE_M: f32 = 1.0;
/// Radius of the stage, metres: a few hundred people stand as close there as at a concert.
pub const STAGE_RADIUS_M: f32 = 5.0;
/// Height of a bot's head, metres.
pub const HEAD_M: f32 = 1.8;

/// How long a chatter speaks, and is silent in between, shortest and longest, seconds: turns of a conversation.
pub const SPEAK_S: (f64, f64) = (2.0, 6.0);
/// See [`SPEAK_S`].
pub const SILENT_S: (f64, f64) = (3.0, 12.0);
/// Time between the chat lines of one chatter, seconds: each line goes to everyone in the room.
pub const SAY_S: (f64, f64) = (20.0, 60.0);
/// Time between the cuts of one flaky connection, seconds: a tunnel, a lift, a change of networks.
pub const CUT_S: (f64, f64) = (15.0, 60.0);
/// Time a slow reader reads, seconds.
pub const READ_S: (f64, f64) = (8.0, 16.0);
/// Time a slow reader does not read, seconds; far below the server's patience with one write (20 s).
pub const PAUSE_S: (f64, f64) = (2.0, 6.0);
/// A frame at most this old is what everyone else sees too, milliseconds: a tick, a way and some waiting.
pub const FRESH_MS: f64 = 150.0;

/// Delay of a bad line unless asked otherwise, milliseconds one way.
pub const DELAY_MS: u32 = 50;
/// Jitter of a bad line unless asked otherwise, milliseconds.
pub const JITTER_MS: u32 = 50;
/// Loss of a bad line unless asked otherwise, share of messages.
pub const LOSS: f64 = 0.25;
/// Largest delay or jitter, milliseconds: everything on its way is memory of ours.
pub const DELAY_MS_MAX: u32 = 2_000;
/// What a lost message costs on a stream, milliseconds: TCP's least retransmission timeout on Linux.
pub const RETRANSMIT_MS: u64 = 200;
/// Messages on their way on one direction of a bad line; beyond it the socket is not read, as with a full window.
pub const LINE_MESSAGES_MAX: usize = 1_024;

/// TCP payload of one segment, bytes (Ethernet, IPv4, timestamps).
pub const SEGMENT_BYTES: u64 = 1_448;
/// IPv4 and TCP headers with timestamps of one segment, bytes.
pub const SEGMENT_HEADER_BYTES: u64 = 52;

/// Time between two looks at the server's metrics.
pub const METRICS_PERIOD: Duration = Duration::from_secs(1);
/// How long the metrics may take; an answer that is later is a figure missed.
pub const METRICS_TIMEOUT: Duration = Duration::from_secs(3);
/// Largest metrics text that is read, bytes.
pub const METRICS_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Time between two sums of a bot's counters into the crowd's.
pub const SHARE_PERIOD_MS: f64 = 250.0;
/// Age books per behaviour: workers seldom wait for each other.
pub const AGE_SHARDS: usize = 8;
/// Seconds after which a progress that nobody watches live is told less often.
pub const PROGRESS_DENSE_S: u64 = 60;
/// Time between two such lines, seconds.
pub const PROGRESS_SPARSE_S: u64 = 5;

/// Boxes put into a room by one command, so that each stays well under 1 MiB and 2,000 ops.
pub const FURNISH_BATCH: usize = 1_000;
/// How long one such command may take.
pub const FURNISH_PATIENCE: Duration = Duration::from_secs(30);

/// Height of the head of somebody who plays above the floor, metres.
pub const PLAY_HEAD_M: f32 = 1.7;
/// How fast they run, metres per second: well below what a game takes for more than running (9 m/s).
pub const RUN_M_PER_S: f32 = 3.8;
/// How far they see monsters, metres.
pub const SEES_M: f32 = 25.0;
/// A monster is in view whose way is at most so many times the straight line, and so many metres more.
pub const DETOUR: f32 = 1.2;
/// See [`DETOUR`].
pub const DETOUR_M: f32 = 1.0;
/// How far off they aim at most, radians on each axis: a person with a mouse in a fight.
pub const AIM_ERROR: f32 = 0.035;
/// Nearer monsters than this are stepped back from, metres: out of the reach of all blows.
pub const PLAY_FEELS_M: f32 = 5.0;
/// Time between two looks for somebody to fight, milliseconds: about as fast as people react.
pub const LOOK_MS: f64 = 250.0;
/// Time between two decisions where to go, milliseconds: each looks for some ways.
pub const PLAY_THINK_MS: f64 = 900.0;
/// Time between two times that something is asked for, milliseconds: an answer has come by then.
pub const PLAY_ASK_MS: f64 = 700.0;
/// Time between two times that they say they are ready, milliseconds.
pub const READY_MS: f64 = 2_000.0;
/// How near they go to what they pick up, metres (the room allows 2).
pub const PLAY_COLLECT_M: f32 = 1.2;
/// How near they go to a door they open, metres (the room allows 3).
pub const PLAY_OPEN_M: f32 = 2.0;
/// How near they go to what they use, metres (the room allows 4).
pub const PLAY_USE_M: f32 = 2.0;
/// How near a place they have seen it, metres.
pub const PLAY_VISIT_M: f32 = 2.5;
/// How long what they cannot reach, or were refused, is left alone, milliseconds.
pub const PLAY_GIVEN_UP_MS: f64 = 15_000.0;
/// How long after one has used a thing, ridden a lift or left by an exit one does it again, milliseconds.
pub const PLAY_AGAIN_MS: f64 = 60_000.0;
/// Longest ride on a lift, milliseconds: then it is left as it is.
pub const RIDE_MS_MAX: f64 = 40_000.0;
/// Least time between two meshes of one room, milliseconds: each takes a tenth of a second of a core and more.
pub const BAKE_PAUSE_MS: f64 = 5_000.0;
/// Rounds whose length is told, at most (memory of a soak of days); of more the first ones are.
pub const ROUNDS_TOLD_MAX: usize = 1_000;

const _: () = assert!(PAUSE_S.1 < 20.0, "a pause is shorter than the server's write timeout");
const _: () = assert!(BACKOFF_CAP.as_secs() < 30, "a backoff stays within the resume grace");
/// Between two tries of a command that the room could not tell everyone just then.
pub const FURNISH_PAUSE: Duration = Duration::from_secs(2);

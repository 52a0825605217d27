//! The server's own limits: name, unit, reason, consequence. The wire's are in `thexr_wire::limits`.

use std::num::NonZeroU32;
use std::time::Duration;

/// Pushes a connection may send per second on average; above it `rate_limited`. A builder dragging at 20 Hz needs 40.
pub const PUSHES_PER_SECOND: u32 = 200;
/// Pushes a connection may send at once.
pub const PUSH_BURST: u32 = 400;
/// Bytes a connection may send per second on average; above it `rate_limited`. Twenty poses take 2 KiB.
pub const PUSH_BYTES_PER_SECOND: u32 = 1024 * 1024;
/// Bytes a connection may send at once: a transaction of 2,000 ops, a few times over.
pub const PUSH_BYTES_BURST: u32 = 4 * 1024 * 1024;
/// Joins of one connection per second on average: each may read a room from the store; above it `rate_limited`.
pub const JOINS_PER_SECOND: u32 = 2;
/// Joins of one connection at once: all the channels a socket may hold, and a few rejoins.
pub const JOIN_BURST: u32 = 110;
/// Offers of a connection for voices at once: a page that reloads its line a few times.
pub const OFFER_BURST: u32 = 4;
/// Offers of one connection per minute on average: each costs two milliseconds; above it `rate_limited`.
pub const OFFERS_PER_MINUTE: u32 = 6;
/// Offers and goodbyes that wait for the voices' thread; above it `voice_busy`.
pub const VOICE_ASKS_MAX: usize = 1_024;
/// Voices of a line that takes less of motion than it might: half of eight, before motion falls below 100 kbit/s.
pub const VOICES_PRESSED: usize = 4;
/// Voices of one that takes hardly more of motion than it must: one can just follow a talk.
pub const VOICES_HARD_PRESSED: usize = 2;
/// Frames of motion that wait for the voices' thread; above it they are lost, as on any line that is too slow: the next ones are newer.
pub const MOTION_WAITING_MAX: usize = 2_048;
/// Frames of motion sent between two looks at what else there is to do: voices wait for no more than these, a millisecond.
pub const MOTION_AT_ONCE: usize = 32;
/// Datagrams taken between two looks at what else there is to do.
pub const DATAGRAMS_AT_ONCE: usize = 64;
/// Buffers of the voices' socket in the kernel, bytes: a tenth of a second of a thousand voices.
pub const VOICE_SOCKET_BYTES: usize = 4 * 1024 * 1024;
/// Streams of voices at a time; further ones are closed at once: each keeps buffers of a few datagrams.
pub const VOICE_STREAMS_MAX: usize = 2_000;
/// Streams of voices of one address at a time (an office behind one); further ones are closed at once.
pub const VOICE_STREAMS_PER_ADDRESS_MAX: usize = 100;
/// Datagrams that wait for one stream; further ones are lost, as on any line that is too slow.
pub const STREAM_DATAGRAMS_MAX: usize = 64;
/// Datagrams that are taken of one stream in a second; further ones wait in the stream, which costs its sender alone. A voice is 50
/// packets, what one shares 290 at the most, motion 20, and as many more are about the line.
pub const STREAM_DATAGRAMS_PER_S: NonZeroU32 = NonZeroU32::new(500).unwrap();
/// A stream that says nothing for so long is closed: a line asks every few seconds whether we are there.
pub const STREAM_IDLE: Duration = Duration::from_secs(20);
/// Ticks between two looks at who stands where: voices are chosen and placed at most a quarter of a second late.
pub const SCENE_TICKS: u64 = 5;
/// Addresses of this machine that browsers are told; further ones are not offered.
pub const VOICE_ADDRESSES_MAX: usize = 8;
/// Life of a password for a TURN server, seconds: a day, as a page's token.
pub const TURN_PASSWORD_S: i64 = 24 * 3_600;
/// Bytes a socket may have accepted and not sent yet (`TCP_NOTSENT_LOWAT`): more would only be old when it arrives.
pub const SOCKET_UNSENT_BYTES: u32 = 16 * 1024;
/// Read buffer of one socket, bytes: all of it is cleared at every read, and a pose takes a hundred. Larger messages come in pieces.
pub const SOCKET_READ_BYTES: usize = 1024;
/// The most that is written to a socket as one WebSocket frame, bytes; a longer message goes out in several (RFC 6455, 5.4). A
/// connection keeps a buffer of that size, and a message of a megabyte may go to thousands.
pub const SOCKET_PIECE_BYTES: usize = thexr_wire::limits::SNAPSHOT_CHUNK_BYTES;
/// Bytes a socket's write buffer may hold before it is emptied, one frame more: it keeps the size it once had.
pub const SOCKET_WRITE_BYTES: usize = 16 * 1024;
/// Models of the operator's folder that are offered; further files are not looked at.
pub const MODELS_MAX: usize = 500;
/// Bytes of one model's file that is offered: what is larger would keep a phone waiting for minutes, and its memory full.
pub const MODEL_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Messages from connections waiting for one room between two ticks; above it the sender gets `room_busy`.
pub const ROOM_MAILBOX: usize = 8_192;
/// Bytes of commands waiting for one room's next tick; above it the sender gets `room_busy`.
pub const ROOM_MAILBOX_BYTES: usize = 16 * 1024 * 1024;
/// What an idle room may take to store its last snapshot; what was acknowledged is stored anyway.
pub const KEEP_TIMEOUT: Duration = Duration::from_secs(10);
/// An empty room goes on for at least this time, whatever is configured: it starts before its first join arrives.
pub const ROOM_IDLE_MIN: Duration = Duration::from_secs(1);
/// How long a join may take, loading the room included; above it the join is refused with `room_busy`.
pub const JOIN_TIMEOUT: Duration = Duration::from_secs(9);
/// How long a closing socket may take for its last frames and the other side's goodbye; then it is cut.
pub const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);
/// One write to a socket that does not move; above it the peer is gone.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// Stopping: journal, poses and snapshots must be done within this time; what was acknowledged is stored anyway.
pub const ROOMS_STOP_TIMEOUT: Duration = Duration::from_secs(8);
/// Stopping: every connection has said goodbye within this time, or is cut.
pub const GOODBYES_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Stopping: all of it; what is left after rooms and goodbyes is for closing the store.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
/// For how long this node holds the rooms it runs: while it lasts no other node opens them, and joins there get `room_busy`. After
/// this node's death they wait that long; the node itself opens its rooms again at once.
pub const LEASE: Duration = Duration::from_secs(15);
/// How often the node renews its hold, one write for all its rooms: four fail before a room may be lost.
pub const LEASE_RENEWAL: Duration = Duration::from_secs(3);
/// Panics of one room within [`PANIC_WINDOW`] after which it is quarantined.
pub const PANICS_MAX: usize = 3;
/// See [`PANICS_MAX`].
pub const PANIC_WINDOW: Duration = Duration::from_secs(60);
/// How long a quarantined room refuses everyone.
pub const QUARANTINE: Duration = Duration::from_secs(600);
/// Rooms running at a time (memory and ticks); above it the one that has been empty for longest ends for the next one, and
/// when none is empty, joins of further rooms get `room_busy`.
pub const ROOMS_RUNNING_MAX: usize = 2_000;
/// Rooms that people of one address started and that still run; above it the one of them that has been empty for longest
/// ends for their next one, and when none is empty, they get `room_busy`: a handful of addresses must not hold all places.
pub const ROOMS_RUNNING_PER_ADDRESS_MAX: usize = 400;
/// What a room may take to say whether it is empty; then another one is asked.
pub const EMPTY_TIMEOUT: Duration = Duration::from_millis(500);
/// Visitors made by one request.
pub const VISITORS_MAX: usize = 2_000;
/// Visitors one address may make per minute (schools and offices share addresses); above it 429.
pub const VISITORS_PER_MINUTE: u32 = 600;
/// Acts one address may ask of rooms over HTTP per minute, and at once (a thing moved twenty times a second); above it 429.
pub const ACTS_PER_MINUTE: u32 = 1_200;
/// How long an act over HTTP may take, starting the room included; above it 503, and it may still come about.
pub const ACT_TIMEOUT: Duration = Duration::from_secs(15);
/// Rooms one address may create per minute; above it 429.
pub const ROOMS_PER_MINUTE: u32 = 20;
/// Rooms one address may create per day on average, and at once: rooms stay; above it 429.
pub const ROOMS_PER_DAY: u32 = 200;
/// Rooms of one server (every page that lists rooms reads them all); above it only the operator makes more: `too_many_rooms`.
pub const ROOMS_MAX: usize = 20_000;
/// Sockets and long-poll sessions one address may hold at a time unless the operator says otherwise (schools and offices
/// share addresses); above it 429.
pub const SOCKETS_PER_ADDRESS: usize = 300;
/// Addresses (IPv6: /64) a rate is kept for (memory, about 100 bytes each); above it those that share the first 16 bits
/// (IPv6: 32) share a rate, until others are quiet.
pub const LIMITED_ADDRESSES_MAX: usize = 100_000;
/// Sockets one address may open per second on average; above it 429.
pub const SOCKETS_PER_SECOND: u32 = 50;
/// Sockets one address may open at once, after a server restart for instance.
pub const SOCKET_BURST: u32 = 500;
/// A request's address and headers, bytes: a token is at most 4 KiB, and other programs of a host add their cookies; above
/// it 431.
pub const HEAD_BYTES_MAX: usize = 32 * 1024;
/// A connection whose other side takes nothing of what it was sent for so long is cut, where the system can tell.
pub const TCP_STALL_MAX: Duration = Duration::from_secs(30);
/// A form's or API request's body, bytes; above it 413.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// How long a poll waits for messages, and a POST for room and for being handled.
pub const POLL_WINDOW: Duration = Duration::from_secs(10);
/// A session that nobody polls for so long ends.
pub const POLL_SILENCE_MAX: Duration = Duration::from_secs(15);
/// Lines of one long-poll POST; the rest is ignored, as Phoenix does.
pub const POLL_LINES_MAX: usize = 100;
/// Body of one long-poll POST, bytes: a whole message in base64 and some more; above it 413.
pub const POLL_BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// What a POST counts at least, bytes: what waits with it.
pub const POLL_POST_BYTES_MIN: usize = 1024;
/// Bytes of a session's POSTs that are not handled yet, as they came; above it a POST waits, then gets 408.
pub const POLL_INCOMING_BYTES: usize = 4 * 1024 * 1024;
/// Messages waiting for a poll; above it the session ends.
pub const POLL_QUEUE_MESSAGES: usize = 8_192;
/// Bytes waiting for a poll; above it the session ends.
pub const POLL_QUEUE_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of messages in one answer, or one message; the rest waits for the next poll.
pub const POLL_ANSWER_BYTES: usize = 1024 * 1024;
/// Bytes of an answer that are handed to the transport together: it keeps them until the client takes them.
pub const POLL_CHUNK_BYTES: usize = 16 * 1024;
/// Bytes that all sessions together hold, both ways (memory); above it sessions end: of the address that holds most the
/// one that holds most.
pub const POLL_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Long-poll sessions at a time; above it 503.
pub const POLL_SESSIONS_MAX: usize = 5_000;
/// Age of a cached answer of `/readyz`: probes come from many sides.
pub const READY_CACHE: Duration = Duration::from_secs(1);
/// What the group commit may take to answer `/readyz`; then the server is not ready.
pub const READY_TIMEOUT: Duration = Duration::from_secs(2);
/// Events of a starting room read at a time, bytes: what its journal adds to the memory that its state takes.
pub const TAIL_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// How long the store may be unavailable while a state is written; then it is given up: the journal has what is in it, and
/// whoever wanted it saved gets `store_unavailable`.
pub const STATE_PATIENCE: Duration = Duration::from_secs(60);
/// Rooms whose ways between walls are found at a time (each keeps a core busy for a tenth of a second and more); others wait their turn.
pub const BAKES_MAX: usize = 1;
/// Parts and rows of states that all rooms together write at a time. Each is a transaction of its own before the one writer,
/// so that what people do waits behind at most so many of them; states of other rooms wait their turn.
pub const STATE_WRITES_MAX: usize = 2;
/// Wait before a state's part is tried again.
pub const STATE_RETRY: Duration = Duration::from_millis(500);
/// How long a picture waits for what the running room holds to be durable; then it shows the newest stored state.
pub const VIEW_TIMEOUT: Duration = Duration::from_secs(2);
/// Age of a cached preview of a room.
pub const PREVIEW_CACHE: Duration = Duration::from_secs(10);
/// Previews loaded from the store at a time, and one per room (each reads a state of up to 64 MiB, part by part); who comes
/// later waits for them.
pub const PREVIEW_LOADS_MAX: usize = 2;
/// Previews kept; the least recently made go first.
pub const PREVIEWS_MAX: usize = 1_000;
/// Age of a picture that is kept as a file: drawing one takes a processor half a second.
pub const PICTURE_CACHE: Duration = Duration::from_secs(300);
/// Pictures kept as files (some 64 KiB each); the oldest goes first.
pub const PICTURES_MAX: usize = 256;
/// Requests that wait for a picture to be drawn, one after another; further ones are answered 503.
pub const PICTURES_WAITING_MAX: usize = 16;

const _: () = assert!(SOCKET_BURST as usize >= SOCKETS_PER_ADDRESS, "all of an address come back at once");
const _: () = assert!(ROOMS_RUNNING_PER_ADDRESS_MAX * 5 <= ROOMS_RUNNING_MAX, "five addresses at least");
const _: () = assert!(POLL_INCOMING_BYTES >= POLL_BODY_BYTES_MAX, "every POST fits once");

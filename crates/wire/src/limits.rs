//! Every limit that stands on the wire: name, unit, reason, consequence. Owns numbers only.

/// Room tick, milliseconds: 20 Hz is what hands need and what 1000 people can be told.
pub const TICK_MS: u64 = 50;
/// One component's canonical JSON, bytes; above it the command is refused with `component_too_large`.
pub const COMPONENT_BYTES_MAX: usize = 64 * 1024;
/// JSON values in one component, itself included (each costs memory, whatever its text); above it `too_many_nodes`.
pub const COMPONENT_NODES_MAX: usize = 4_096;
/// Components of one entity; above it `too_many_components`.
pub const ENTITY_COMPONENTS_MAX: usize = 256;
/// Entities of one room, so that a joiner is served in a second; above it `room_full_of_entities`.
pub const ROOM_ENTITIES_MAX: usize = 20_000;
/// Canonical JSON of a whole room, bytes (memory and join time); above it `room_state_too_large`.
pub const ROOM_STATE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What a whole room takes in memory, bytes, about, so that a full room stays below 200 MB; above it `room_state_too_large`.
pub const ROOM_MEMORY_BYTES_MAX: usize = 160 * 1024 * 1024;
/// Nesting of a payload; deeper ones are refused with `too_deep` (the parser itself stops at 128: the socket closes).
pub const JSON_DEPTH_MAX: usize = 32;
/// One incoming WebSocket message, bytes; above it the socket closes with 1009.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Where a chunk of a join snapshot ends, bytes, so that motion passes between chunks. Small, because a connection's buffers
/// keep the size of its largest message: with chunks of 256 KiB a thousand connections had 200 MB of them.
pub const SNAPSHOT_CHUNK_BYTES: usize = 16 * 1024;
/// People in one part of a `restate`: VR poses of so many are about as large as a chunk.
pub const RESTATE_PEOPLE_MAX: usize = 48;
/// Slots of things in one part of a `restate`: about as large as a chunk.
pub const RESTATE_THINGS_MAX: usize = 400;
/// A chunk that holds nothing but one large component, bytes.
pub const SNAPSHOT_CHUNK_BYTES_MAX: usize = 72 * 1024;
/// Ops of one event (a transaction, a duplicated group); above it `too_many_ops`.
pub const EVENT_OPS_MAX: usize = 2_000;
/// Ops and payload of one event, bytes of JSON, so that it can be resumed over; above it `event_too_large`.
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// Ops and payload of one event in memory, bytes, about, so that a room starts without taking much more than its state;
/// above it `event_too_large`.
pub const EVENT_MEMORY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Ops and payloads of one tick's events, bytes of JSON; further inputs wait for the next tick, in their order.
pub const TICK_EVENT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Stored inverse of an event, bytes; a larger one is not kept and the event cannot be undone.
pub const INVERSE_BYTES_MAX: usize = 64 * 1024;
/// A command's id, bytes; a longer one is refused with `bad_payload`.
pub const COMMAND_ID_BYTES_MAX: usize = 32;
/// How long a repeated command id gets the first reply again, milliseconds.
pub const COMMAND_MEMORY_MS: i64 = 10 * 60 * 1000;
/// Remembered command ids of one person (33 a second for ten minutes); further commands with an id get `rate_limited`.
pub const COMMANDS_PER_USER_MAX: usize = 20_000;
/// Remembered command ids that every person who is here has room for, whatever others do (about 200 bytes each).
pub const COMMANDS_RESERVED: usize = 256;
/// Remembered command ids of one room beyond these shares, those of people who have left included (memory, about 200 bytes
/// each); above it ids of those who left longest ago are forgotten, and when there are none: `rate_limited`.
pub const COMMAND_POOL_MAX: usize = 200_000;
/// Events of one tick, so that it fits the queues of its listeners; further inputs wait for the next tick, in their order.
pub const TICK_EVENTS_MAX: usize = 1_000;
/// Missed events sent on a resume, ops; more than that and the client gets a snapshot.
pub const RESUME_OPS_MAX: usize = 10_000;
/// Missed events sent on a resume, bytes; more than that and the client gets a snapshot.
pub const RESUME_BYTES_MAX: usize = 1024 * 1024;
/// How long a lost connection keeps a person's place, milliseconds; then `user_left`.
pub const RESUME_GRACE_MS: i64 = 30_000;
/// Topics joined on one socket; above it `too many channels joined`.
pub const SOCKET_CHANNELS_MAX: usize = 100;
/// A topic's or event's name, bytes (the binary frames carry one length byte).
pub const NAME_BYTES_MAX: usize = 255;
/// A nickname, characters; longer ones are refused with `nickname_too_long`.
pub const NICKNAME_CHARS_MAX: usize = 40;
/// A chat line, characters; longer ones are refused with `text_too_long`.
pub const SAY_CHARS_MAX: usize = 1_000;
/// A text entity's value, characters; longer ones are refused with `bad_component`.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// A snapshot's or room's name, characters; longer ones are refused with `name_too_long`.
pub const TITLE_CHARS_MAX: usize = 80;
/// A room's description, characters.
pub const DESCRIPTION_CHARS_MAX: usize = 500;
/// Distance from the origin on each axis, metres; a position beyond it is refused with `bad_component`,
/// a pose is ignored.
pub const COORDINATE_MAX_M: f64 = 10_000.0;
/// Depth of the parent chain; a deeper one is refused with `parent_chain_too_long`.
pub const PARENT_DEPTH_MAX: usize = 64;
/// Longest life of an entity with `ttl`, milliseconds (one day).
pub const TTL_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// A sample time may lie this far back, milliseconds; older ones are clamped (also the most that 6 bits of age hold).
pub const SAMPLE_AGE_MAX_MS: u32 = 250;
/// A freed motion slot rests this long before it names another body, milliseconds.
pub const SLOT_REST_MS: i64 = 60_000;
/// Joins admitted to one room in one tick, so that a tick stays short; the others wait for the next one.
pub const JOINS_PER_TICK_MAX: usize = 40;
/// What admitted joins may cost in all, bytes a second: the state told to each and what everyone hears of them (half of what
/// a line of 1 Gbit/s carries). Beyond it joins wait, with `queued`.
pub const ADMISSION_BYTES_PER_S: u64 = 50_000_000;
/// Joins that wait for one room (memory, about 1 KB each); at it the newest of the longest line is refused with `room_busy`.
pub const JOINS_WAITING_MAX: usize = 4_096;
/// Joins that wait from one address, so that a school or a bench still fits; above it `room_busy`.
pub const JOINS_WAITING_PER_DOOR_MAX: usize = 2_500;
/// Missed history of joins that wait, bytes of memory; above it whoever resumes gets a snapshot.
pub const TAILS_WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// People inside one room unless the operator says otherwise: what two cores carry with headroom; whoever wants to enter
/// beyond them is let in as a spectator.
pub const ROOM_PEOPLE_MAX: usize = 1_000;
/// Connections of one room, spectators included, unless the operator says otherwise; beyond them `room_full`.
pub const ROOM_PEERS_MAX: usize = 1_500;
/// Connections of one person in one room (tabs, devices), previews not counted; a further one ends the oldest that does not
/// drive, with `too_many_connections`.
pub const CONNECTIONS_PER_PERSON_MAX: usize = 8;
/// Previews (lobbies) of one room: they cost a state each and hear no motion; beyond them `room_full`.
pub const PREVIEWS_MAX: usize = 500;
/// Previews of one person in one room; a further one ends the oldest, with `too_many_connections`.
pub const PREVIEWS_PER_PERSON_MAX: usize = 2;
/// How far a screen is shared onto and seen from, metres: farther away nobody reads what it shows; sharing onto a farther one
/// is `too_far`, and what it shows is not sent there.
pub const SCREEN_REACH_M: f32 = 40.0;
/// Ticks between two messages that tell a waiting join its place (1 s).
pub const QUEUED_TICKS: u64 = 20;

const _: () = assert!(SNAPSHOT_CHUNK_BYTES_MAX > COMPONENT_BYTES_MAX, "a chunk holds at least one component");
const _: () = assert!(RESUME_OPS_MAX > EVENT_OPS_MAX, "one event can always be resumed over");
const _: () = assert!(RESUME_BYTES_MAX >= EVENT_BYTES_MAX, "one event can always be resumed over");

//! The room protocol's JSON messages that client and server share. Owns their names and shapes, not their meaning.

use crate::ids::UserId;
use crate::pose::Pose;
use crate::role::Role;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Names of events on a room's topic.
pub mod event {
    /// Server → client: the state of every entity (json dialect).
    pub const SNAPSHOT: &str = "snapshot";
    /// Server → client: a part of the state (thexr.1).
    pub const SNAPSHOT_CHUNK: &str = "snapshot_chunk";
    /// Server → client: where everyone is.
    pub const USER_SNAPSHOT: &str = "user_snapshot";
    /// Server → client: the ops of one tick.
    pub const STATE_PATCH: &str = "state_patch";
    /// Server → client: a fact.
    pub const STOC: &str = "stoc";
    /// A fact of this seq was for others; it changed nothing.
    pub const UNHEARD: &str = "unheard";
    /// Server → client: poses of one tick (json dialect, `movements: "batched"`).
    pub const MOVEMENTS: &str = "movements";
    /// Server → client: who lost the connection and who is back (thexr.1).
    pub const AWAY: &str = "away";
    /// Server → client: the room has begun a new life; slots and state follow anew (thexr.1).
    pub const RESTATE: &str = "restate";
    /// Server → client: you drive your avatar from this connection, or no longer.
    pub const DRIVER: &str = "driver";
    /// Server → client: what you may do here has changed.
    pub const RIGHTS: &str = "rights";
    /// Server → client: whom you hide from has changed.
    pub const RELATIONS: &str = "relations";
    /// Server → client: the join waits for its turn (thexr.1).
    pub const QUEUED: &str = "queued";
    /// Server → client: this channel is about to end for good, and why.
    pub const ENDING: &str = "ending";
    /// Presence, as in Phoenix.
    pub const PRESENCE_STATE: &str = "presence_state";
    /// Presence, as in Phoenix.
    pub const PRESENCE_DIFF: &str = "presence_diff";
    /// Client → server: the room's clock (thexr.1).
    pub const CLOCK: &str = "clock";
    /// Client → server: echo.
    pub const PING: &str = "ping";
    /// Both ways: to everyone, not stored.
    pub const SHOUT: &str = "shout";
    /// Client → server: a pose as JSON.
    pub const I_MOVED: &str = "i_moved";
    /// Client → server: may voices come, and by which servers beside this one?
    pub const RTC_BEGIN: &str = "rtc_begin";
    /// Client → server: a peer connection for voices, `{sdp}`; the reply has the answer.
    pub const RTC_OFFER: &str = "rtc_offer";
    /// Client → server: no voices any more.
    pub const RTC_CLOSE: &str = "rtc_close";
    /// Client → server: whether motion goes by the datagrams of that connection: `{on}`.
    pub const RTC_MOTION: &str = "rtc_motion";
    /// Client → server: drive from this connection.
    pub const DRIVE: &str = "drive";
}

/// How a connection takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// With an avatar.
    #[default]
    Enter,
    /// Sees, is not seen.
    Observe,
    /// Sees the room without motion: what stands behind a lobby.
    Preview,
}

/// Which dialect a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Dialect {
    /// JSON only.
    #[default]
    #[serde(rename = "json")]
    Json,
    /// Our own clients.
    #[serde(rename = "thexr.1")]
    Thexr1,
}

/// Version of `thexr.1` that this code speaks; it grows with every change that an older client would misread.
///
/// 1 had frames of people without sections; 2 has sections, and fingers of two curls; 3 says of things that move who
/// simulates them.
pub const VERSION: u32 = 4;

/// How a json client hears of movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movements {
    /// One `user_moved` event per person and tick.
    #[default]
    Each,
    /// One `movements` message per tick.
    Batched,
}

/// What a client shows to take up where it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resume {
    /// The token of the last join reply.
    pub token: String,
    /// Last seq applied.
    pub seq: u64,
}

/// Payload of `phx_join` on a room's topic; every field may be missing, unknown ones are ignored.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JoinPayload {
    /// Dialect; json when missing.
    pub dialect: Dialect,
    /// [`VERSION`] of `thexr.1`; the json dialect has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Enter or observe.
    pub mode: Mode,
    /// Resume instead of starting anew (thexr.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// Nickname to enter with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Avatar component to enter with, such as `{"color": "#3E7BFA"}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Value>,
    /// How movements are told (json).
    pub movements: Movements,
    /// Tell movements of those in the rings around one only (json).
    pub interest: bool,
}

/// The response of a successful join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinReply {
    /// Who you are.
    pub user_id: UserId,
    /// Enter or observe.
    pub mode: Mode,
    /// The dialect that was asked for: what follows is spelt in it.
    pub dialect: Dialect,
    /// The state that follows is the fold up to this seq.
    pub seq: u64,
    /// Current tick.
    pub tick: u64,
    /// Length of a tick, milliseconds.
    pub tick_ms: u64,
    /// Which life of the room this is.
    pub incarnation: u16,
    /// Shown at the next join to take up from here.
    pub resume_token: String,
    /// The missed events follow instead of a snapshot.
    pub resumed: bool,
    /// This connection moves your avatar.
    pub driver: bool,
    /// Wanted to enter, but the room is full of people: a spectator.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub crowded: bool,
    /// Limits a client should know.
    pub limits: Value,
    /// Where one's avatar stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pose: Option<Pose>,
    /// One's role here.
    #[serde(default)]
    pub role: Role,
    /// Names of what one may do.
    #[serde(default)]
    pub may: Vec<String>,
    /// May not talk for now.
    #[serde(default)]
    pub muted: bool,
    /// Settings of the room.
    #[serde(default)]
    pub settings: Value,
    /// Whom one has blocked.
    #[serde(default)]
    pub blocked: Vec<UserId>,
    /// Who has blocked one.
    #[serde(default)]
    pub blocked_by: Vec<UserId>,
}

/// One entity of a snapshot chunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityRow {
    /// An entity too large for one chunk comes in several rows of this id.
    pub id: crate::ids::EntityId,
    /// Motion slot, for entities that move on the latest lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<u16>,
    /// Seq that last changed it.
    pub version: u64,
    /// Component name → value; of an entity in several rows only a part.
    pub components: serde_json::Map<String, Value>,
}

/// A part of the state (thexr.1): apply when the last chunk is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SnapshotChunk {
    /// Number of this chunk, from 0.
    pub index: u32,
    /// How many chunks there are.
    pub count: u32,
    /// Entities of this chunk.
    pub entities: Vec<EntityRow>,
}

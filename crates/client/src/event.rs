//! What goes into and comes out of the client core. Owns the shapes, which are also the JSON the web client reads.

use serde::Serialize;
use serde_json::Value;
use thexr_wire::message::Mode;
use thexr_wire::pose::Pose;
use thexr_wire::{Role, RoomId, UserId};

/// How much of the room a client keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// The replica, everyone's poses, matrices.
    #[default]
    Full,
    /// Only who is in which slot and how old poses are: for measuring with a thousand clients on one machine.
    Light,
}

/// Who joins what, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The room.
    pub room: RoomId,
    /// The person, if known before the join; the join's reply decides.
    pub user: Option<UserId>,
    /// Nickname to enter with; empty leaves the choice to the room.
    pub nickname: String,
    /// Avatar component to enter with; null leaves the choice to the room.
    pub avatar: Value,
    /// Enter or observe.
    pub mode: Mode,
    /// Differs between any two clients of one person: command ids are made of it.
    pub command_id_seed: u64,
    /// How much is kept.
    pub detail: Detail,
}

/// A WebSocket message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transmit {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
}

/// Where the client stands.
///
/// ```text
/// idle ──opened──▶ joining ──ok──▶ syncing ──last chunk──▶ live
///                    ▲  ▲            │ desync               │ closed, phx_error, desync
///                    │  └────────────┴── reconnecting ◀─────┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not in the room and not trying: not opened yet, left, refused for good, or fatal.
    Idle,
    /// The join is on its way for the first time.
    Joining,
    /// Joined; the snapshot is arriving.
    Syncing,
    /// The replica is whole and follows.
    Live,
    /// Was in the room, tries to get back.
    Reconnecting,
}

impl State {
    /// The name the web client knows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Joining => "joining",
            Self::Syncing => "syncing",
            Self::Live => "live",
            Self::Reconnecting => "reconnecting",
        }
    }
}

/// What happened; JSON `{"type": …}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The room let us in.
    Joined {
        /// Who we are.
        user_id: UserId,
        /// Enter or observe.
        mode: Mode,
        /// The replica goes on from where it was.
        resumed: bool,
        /// This connection moves the avatar.
        driver: bool,
        /// Which life of the room this is.
        incarnation: u16,
        /// Seq the room was at.
        seq: u64,
        /// Wanted to enter, but the room is full of people: let in as a spectator.
        crowded: bool,
        /// People who may be inside; whoever wants to enter beyond them watches. 0 when the room does not say.
        people_max: u64,
        /// Connections the room takes. 0 when the room does not say.
        peers_max: u64,
        /// Where one's own avatar stands; `None` for whoever has none.
        #[serde(skip_serializing_if = "Option::is_none")]
        pose: Option<Pose>,
        /// One's role here.
        role: Role,
        /// Names of what one may do.
        may: Vec<String>,
        /// May not talk for now.
        muted: bool,
        /// Settings of the room.
        settings: Value,
        /// Whom one has blocked.
        blocked: Vec<UserId>,
        /// Who has blocked one.
        blocked_by: Vec<UserId>,
    },
    /// The join waits for its turn.
    Queued {
        /// How many come first.
        ahead: u64,
    },
    /// The replica is whole.
    Ready,
    /// The room did not let us in.
    JoinRefused {
        /// Stable reason.
        reason: String,
        /// For people.
        detail: String,
        /// It is tried again without being asked.
        retrying: bool,
        /// `room_full`: how full, `{people, peers, people_max, peers_max}`.
        #[serde(skip_serializing_if = "Option::is_none")]
        load: Option<Value>,
    },
    /// The answer to a command.
    Reply {
        /// What `command` returned.
        handle: u64,
        /// Done, or refused.
        ok: bool,
        /// The response; refused: `{reason, detail}`.
        response: Value,
    },
    /// A fact of the room.
    Event {
        /// Its name.
        event: String,
        /// Its payload.
        payload: Value,
        /// Its seq; 0 for facts that are not stored.
        seq: u64,
        /// When, milliseconds of the room's wall clock.
        at: i64,
        /// Who: `user:<id>`, `server`, `rule:<id>`.
        actor: String,
    },
    /// Somebody's shout.
    Shout {
        /// Whatever was shouted.
        payload: Value,
    },
    /// This connection drives the avatar now, or no longer.
    Driver {
        /// Whether it does.
        driver: bool,
    },
    /// What one may do has changed.
    Rights {
        /// One's role here.
        role: Role,
        /// Names of what one may do.
        may: Vec<String>,
        /// May not talk for now.
        muted: bool,
    },
    /// Whom one does not meet has changed.
    Relations {
        /// Whom one has blocked.
        blocked: Vec<UserId>,
        /// Who has blocked one.
        blocked_by: Vec<UserId>,
    },
    /// Connections lost and regained.
    Away {
        /// Who is away since.
        away: Vec<UserId>,
        /// Who is back.
        back: Vec<UserId>,
    },
    /// The room has begun a new life; the whole state was replaced.
    Restated,
    /// The channel ended. `heartbeat_timeout`: close the socket and open another; otherwise the core rejoins by itself.
    Closed {
        /// `heartbeat_timeout`, `channel_crash`, `channel_closed`, or what the server said.
        reason: String,
    },
    /// The replica and the room disagreed; a new snapshot is asked for.
    Desync {
        /// What did not fit, such as a missing seq.
        detail: String,
    },
    /// Nothing can be done but to start over: show the reload page.
    Fatal {
        /// What is beyond repair: another protocol, or one desync after the other.
        detail: String,
    },
}

//! What a tick leaves behind for the shell: messages, events for the journal, requests. Owns shapes only.

use crate::game::monsters::PathsWanted;
use crate::motion::output::TickOutput;
use crate::tell::view::{Missed, StateView};
use crate::view::viewer::Telling;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use thexr_wire::message::{Dialect, Mode, Movements};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId, Role, UserId};
use thexr_world::{Op, World};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    User(UserId),
    /// A rule of the room: the entity that carries it.
    Rule(EntityId),
    /// The room itself.
    Server,
    /// Whoever has the server's key.
    Operator,
}

impl Actor {
    /// The person, if it is one.
    pub fn user(&self) -> Option<&UserId> {
        if let Self::User(user) = self { Some(user) } else { None }
    }

    /// Reads an actor as the journal has it.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some(("user", id)) => UserId::parse(id).ok().map(Self::User),
            Some(("rule", id)) => EntityId::parse(id).ok().map(Self::Rule),
            None if text == "server" => Some(Self::Server),
            None if text == "operator" => Some(Self::Operator),
            _ => None,
        }
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(user) => write!(f, "user:{user}"),
            Self::Rule(entity) => write!(f, "rule:{entity}"),
            Self::Server => f.write_str("server"),
            Self::Operator => f.write_str("operator"),
        }
    }
}

/// What undoes an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Inverse {
    /// These ops.
    Ops(Vec<Op>),
    /// Loading the state just before it, which is [stored after it](SnapshotOut::before): its hash is not known yet.
    Before,
}

/// Who hears a fact, judged when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Hearers {
    /// All in the room; only such a fact may change something.
    #[default]
    Everyone,
    /// These people, whoever else is here; such a fact changes nothing, so that all replicas stay equal.
    Only(Arc<BTreeSet<UserId>>),
}

/// What a hearer's id takes in the journal, bytes.
const HEARER_BYTES: usize = 24;

impl Hearers {
    /// What naming them takes, bytes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Everyone => 0,
            Self::Only(users) => users.len() * HEARER_BYTES,
        }
    }

    /// Whether a person is among them.
    pub fn hear(&self, user: &UserId) -> bool {
        match self {
            Self::Everyone => true,
            Self::Only(users) => users.contains(user),
        }
    }
}

/// A fact, as it goes into the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Position in the room's history, from 1, without gaps.
    pub seq: u64,
    /// Room time, milliseconds since 1970.
    pub at_ms: i64,
    /// Who did it.
    pub actor: Actor,
    /// Past tense.
    pub name: String,
    /// What happened.
    pub payload: Value,
    /// What it changed; nothing, unless everyone hears it.
    pub ops: Vec<Op>,
    /// Who hears it.
    pub hearers: Hearers,
    /// What undoes it; `None` when it cannot be undone.
    pub inverse: Option<Inverse>,
    /// Seq of the event this one undoes.
    pub undoes: Option<u64>,
    /// The client's id of the command.
    pub command_id: Option<String>,
}

/// Whom a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// One connection.
    Peer(PeerId),
    /// Whoever pushed the act under this ticket.
    Ticket(u64),
    /// Every connection of the room.
    All,
    /// Every connection of one dialect.
    Speaking(Dialect),
}

/// How a connection takes part, once it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// Chosen at the join; decides how state and motion are spelt.
    pub dialect: Dialect,
    /// Enter or observe.
    pub mode: Mode,
    /// How movements are told.
    pub movements: Movements,
    /// Only those in the rings around it (json).
    pub interest: bool,
    /// The slot it looks from and is not told about.
    pub own_slot: Option<u16>,
}

impl Attached {
    /// How its viewer tells it of motion.
    pub fn telling(&self) -> Telling {
        match (self.dialect, self.interest) {
            (Dialect::Thexr1, _) => Telling::Frames,
            (Dialect::Json, true) => Telling::JsonInterest,
            (Dialect::Json, false) => Telling::JsonAll,
        }
    }
}

/// A message of the ordered lane.
#[derive(Debug, Clone)]
pub enum Message {
    /// The join is accepted: from here on the peer hears what is for all.
    Joined {
        /// How it takes part.
        attached: Attached,
        /// Response without `resume_token`, which the shell signs.
        response: Value,
    },
    /// The join is refused.
    Refused {
        /// `{reason, detail}`.
        response: Value,
        /// It says nothing of the room's state: it need not wait for the disk.
        at_once: bool,
    },
    /// The answer to a push or an act.
    Reply {
        /// The push's ref, as it came; null for an act.
        reference: Value,
        /// `ok` or `error`.
        ok: bool,
        /// JSON.
        response: Arc<str>,
        /// A refusal that says nothing of the room's state: it need not wait for the disk.
        at_once: bool,
    },
    /// To everyone who is here now: in order among its like, without seq, dropped for whoever has too much waiting.
    Shout {
        /// JSON.
        payload: Arc<str>,
    },
    /// A fact that only some hear: the others are told its seq and nothing else, if they count seqs (thexr.1).
    ToSome {
        /// Connections that hear it.
        peers: Arc<BTreeSet<PeerId>>,
        /// `stoc`, JSON.
        payload: Arc<str>,
        /// `unheard`, JSON.
        unheard: Arc<str>,
    },
    /// An event of the channel.
    Push {
        /// Its name.
        event: &'static str,
        /// JSON.
        payload: Arc<str>,
    },
    /// The state at a seq, encoded outside the tick.
    State(Arc<StateView>),
    /// What someone who resumes has missed, encoded outside the tick.
    Missed(Arc<Missed>),
    /// The channel ends for good; nothing more is for this peer.
    Close,
}

/// One message and the seq that must be durable before it is told.
#[derive(Debug, Clone)]
pub struct Ordered {
    /// Last seq it depends on.
    pub seq: u64,
    /// Who gets it; the shell finds their connections once it is released.
    pub to: To,
    /// What is told; a state in it is encoded later, outside the tick.
    pub message: Message,
}

/// Kinds of stored snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotKind {
    /// Made by the room.
    Auto,
    /// Saved by a person.
    Named,
}

/// A state to store once the tick's events are; what became of it comes back as [`crate::Input::StateKept`].
#[derive(Debug, Clone)]
pub struct SnapshotOut {
    /// Echoed in the answer.
    pub number: u64,
    /// State as of this seq.
    pub seq: u64,
    /// Room time, milliseconds since 1970.
    pub at_ms: i64,
    /// By it the store prunes: old automatic ones, named ones when the name is saved again.
    pub kind: SnapshotKind,
    /// Name, for named ones.
    pub name: Option<String>,
    /// An event refers to it: never pruned.
    pub pinned: bool,
    /// Seq of the event that [loads it to be undone](Inverse::Before).
    pub before: Option<u64>,
    /// The state.
    pub world: World,
}

/// The room wants a stored state; the answer comes as [`crate::Input::StateLoaded`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadRequest {
    /// Echoed in the answer.
    pub request: u64,
    /// Name of the snapshot.
    pub name: String,
}

/// What a room keeps of a person from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberChange {
    /// The person whose stored row this replaces.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// The rest, for [`Member::from_row`](crate::Member::from_row); with the role of a visitor and nothing here, there
    /// is nothing to keep.
    pub state: Value,
}

/// Everything a tick says. The shell drains it before the next tick.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Ordered lane, to be released once its seq is durable, in this order.
    pub ordered: Vec<Ordered>,
    /// For the journal.
    pub events: Vec<Event>,
    /// States to store once the events are.
    pub snapshots: Vec<SnapshotOut>,
    /// Requests for stored states.
    pub loads: Vec<LoadRequest>,
    /// Ways to be found between the room's walls, beside the ticks.
    pub paths: Option<PathsWanted>,
    /// For the room's members, in the same transaction as the events.
    pub members: Vec<MemberChange>,
    /// The room's settings, in the same transaction as the events.
    pub settings: Option<Value>,
    /// For `last_poses`.
    pub last_poses: Vec<(UserId, Pose)>,
    /// Latest lane: goes out at once, newest wins; `None` when nobody has moved for a while.
    pub latest: Option<Arc<TickOutput>>,
}

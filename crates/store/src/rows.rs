//! What goes into the store and comes out of it, as plain data.
//!
//! Owns the shapes of rows and batches; does not know what an op, a payload or a state means, nor any SQL.

use std::sync::Arc;
use thexr_wire::{Role, RoomId, UserId};

/// What one row costs beside its texts, in bytes: an estimate that keeps many tiny events from counting as nothing.
const ROW_OVERHEAD_BYTES: usize = 96;

/// What one room wrote in one or more of its ticks: all of it becomes durable, or none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomBatch {
    /// Whose journal this is.
    pub room: RoomId,
    /// The epoch that [`open_room`](crate::Store::open_room) gave; another one in the store means: fenced.
    pub epoch: i64,
    /// The room's last tick; stored with the room, never goes back.
    pub tick: u64,
    /// Events with gap-free seqs that go on where the journal ends; may be empty.
    pub events: Vec<EventRow>,
    /// Where people are; a place older than the stored one is passed over.
    pub places: Vec<PlaceRow>,
    /// What people are to the room from now on; each replaces what was stored of that person.
    pub members: Vec<MemberRow>,
    /// How the room is set from now on, canonical JSON; `None` = as before.
    pub settings: Option<String>,
}

impl RoomBatch {
    /// A batch that brings nothing but its tick.
    pub fn new(room: RoomId, epoch: i64, tick: u64) -> Self {
        Self {
            room,
            epoch,
            tick,
            events: Vec::new(),
            places: Vec::new(),
            members: Vec::new(),
            settings: None,
        }
    }

    /// The seq of the batch's last event, if it has events.
    pub fn last_seq(&self) -> Option<u64> {
        self.events.last().map(|event| event.seq)
    }

    /// About how much memory and statement text the batch takes, in bytes.
    pub fn bytes(&self) -> usize {
        let events: usize = self.events.iter().map(EventRow::bytes).sum();
        let places: usize = self.places.iter().map(|place| ROW_OVERHEAD_BYTES + place.pose.len()).sum();
        let members: usize = self.members.iter().map(|member| ROW_OVERHEAD_BYTES + member.state.len()).sum();
        let settings = self.settings.as_ref().map_or(0, String::len);
        ROW_OVERHEAD_BYTES + events + places + members + settings
    }
}

/// One fact in a room's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Place in the room's journal, from 1, without gaps.
    pub seq: u64,
    /// When, ms since 1970.
    pub at_ms: i64,
    /// `user:<id>`, `server` or `rule:<id>`.
    pub actor: String,
    /// The event's name, past tense.
    pub name: String,
    /// Canonical JSON.
    pub payload: String,
    /// Canonical JSON: the ops of this event.
    pub ops: String,
    /// Canonical JSON: ids of the people who hear it; `None` = everyone.
    pub hearers: Option<String>,
    /// Canonical JSON: the ops that take it back; `None` = cannot be undone.
    pub inverse: Option<String>,
    /// The seq of the event that this one undoes or redoes.
    pub undoes: Option<u64>,
    /// The id that the client gave the command, on the command's first event.
    pub command_id: Option<String>,
}

impl EventRow {
    /// About how much memory and statement text the event takes, in bytes.
    pub fn bytes(&self) -> usize {
        let inverse = self.inverse.as_ref().map_or(0, String::len);
        let hearers = self.hearers.as_ref().map_or(0, String::len);
        Self::bytes_of(self.payload.len() + self.ops.len() + inverse + hearers)
    }

    /// The same of an event with so many bytes of payload, ops and inverse.
    pub(crate) fn bytes_of(texts: usize) -> usize {
        ROW_OVERHEAD_BYTES + texts
    }
}

/// Why a snapshot was taken; decides how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnapshotKind {
    /// Taken by the room every so many events; old ones are pruned.
    Auto,
    /// Asked for by a person; kept until the name is saved again or the room is deleted.
    Named,
    /// The state a room began with; kept until the room is deleted.
    Initial,
}

impl SnapshotKind {
    /// The kind as it is stored and told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Named => "named",
            Self::Initial => "initial",
        }
    }

    /// Reads a stored kind.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Named, Self::Initial].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A stored fold: the whole state of a room at a seq.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    /// The last event that the state contains; 0 = before the first.
    pub seq: u64,
    /// When it was taken, ms since 1970.
    pub at_ms: i64,
    /// Why it was taken.
    pub kind: SnapshotKind,
    /// What a person called it; saving it again replaces the older state, unless an event refers to that.
    pub name: Option<String>,
    /// What the state is called by those who refer to it, made from its contents by the caller.
    pub hash: String,
    /// Hashes of its [parts](PartRow), in order.
    pub parts: Vec<String>,
    /// Bytes of their texts.
    pub bytes: u64,
    /// Whether an event refers to the state by its hash. To pin a stored snapshot, write it again with `true`.
    pub pinned: bool,
}

/// A part of stored states, which may have it in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// SHA-256 of `text` in hex, computed by the caller.
    pub hash: String,
    /// Canonical JSON.
    pub text: Arc<str>,
}

/// A snapshot in a list, without its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// The last event that the state contains.
    pub seq: u64,
    /// When it was taken, ms since 1970.
    pub at_ms: i64,
    /// Why it was taken.
    pub kind: SnapshotKind,
    /// What a person called it.
    pub name: Option<String>,
    /// What the state is called by those who refer to it.
    pub hash: String,
    /// Size of the state.
    pub bytes: u64,
    /// Whose event is about it: its saving, or the restore that is undone by it.
    pub actor: Option<String>,
}

/// A room to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    /// Its id; refused with [`StoreError::IdTaken`](crate::StoreError::IdTaken) when a room has it.
    pub id: RoomId,
    /// What people call it.
    pub name: String,
    /// What it is about; may be empty.
    pub description: String,
    /// What it was made from; may be empty, and is not read by the store.
    pub template: String,
    /// Where the room's dice begin.
    pub seed: i64,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When, ms since 1970.
    pub created_at_ms: i64,
    /// The journal's first events, from seq 1; may be empty.
    pub first: Vec<EventRow>,
    /// The state after them, usually of kind `Initial`.
    pub snapshot: Option<SnapshotRow>,
    /// Its parts.
    pub parts: Vec<PartRow>,
    /// How it is set, canonical JSON; `None` = as rooms are.
    pub settings: Option<String>,
}

/// What the store knows about a room without its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// Its id.
    pub id: RoomId,
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What it was made from.
    pub template: String,
    /// Where the room's dice begin.
    pub seed: i64,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When, ms since 1970.
    pub created_at_ms: i64,
    /// The fencing token of whoever opened it last; 0 = never opened.
    pub epoch: i64,
    /// Grows with each opening; wraps past 65535 to 1; 0 = never opened.
    pub incarnation: u16,
    /// Where the journal ends; 0 = no event yet.
    pub last_seq: u64,
    /// The room's last stored tick.
    pub last_tick: u64,
    /// When the last event happened (or the room was created), ms since 1970.
    pub last_at_ms: i64,
    /// How the room is set, canonical JSON; `{}` = as rooms are.
    pub settings: String,
    /// Bytes of the parts of its states, each counted once.
    pub state_bytes: u64,
}

/// Everything from which a room starts again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRoom {
    /// The room itself, with the epoch to write under and where the journal ends.
    pub room: RoomRow,
    /// The newest snapshot of any kind; the [events](crate::Store::events) after it, or all of them, lead to the present.
    pub snapshot: Option<SnapshotRow>,
    /// Commands of the last ten minutes, oldest first, also those before the snapshot.
    pub recent_commands: Vec<RecentCommand>,
    /// Where people were last seen, newest first.
    pub last_poses: Vec<PlaceRow>,
    /// Everyone who is something to the room, by id; the room bounds how many there are.
    pub members: Vec<MemberRow>,
}

/// A command that a client may still repeat, and what its reply is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentCommand {
    /// The command's first event.
    pub seq: u64,
    /// When it happened, ms since 1970.
    pub at_ms: i64,
    /// Whose command it was.
    pub actor: String,
    /// The id that the client gave it.
    pub command_id: String,
    /// The entity that the first event's payload names: all that a reply tells of it, however large it is.
    pub entity: Option<String>,
}

/// Where a person was last seen in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// The person.
    pub user: UserId,
    /// Canonical JSON.
    pub pose: String,
    /// When, ms since 1970; an older pose never replaces a newer one.
    pub at_ms: i64,
}

/// What a person is to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The person.
    pub user: UserId,
    /// What the person may do.
    pub role: Role,
    /// Everything else that the room remembers of the person, canonical JSON; a visitor with `{}` is not kept.
    pub state: String,
}

//! What has happened: the world, its history, and what this tick has made of it. Knows no peer.

pub(crate) mod draft;
mod lives;
pub mod memory;
pub(crate) mod missed;
pub mod ring;
mod time;

use crate::boot::{Boot, Saved};
use crate::dice::entity_id;
use crate::input::StoreState;
use crate::outbox::{Actor, Event, Hearers, Inverse, SnapshotKind, SnapshotOut};
use crate::reject::{Reject, STORE_SLOW, STORE_UNAVAILABLE};
use crate::rights::Rights;
pub use time::Now;

use draft::Draft;
use lives::Lives;
use memory::{CommandMemory, Remembered};
use ring::{Ring, cost};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thexr_wire::limits::{TICK_EVENT_BYTES_MAX, TICK_EVENTS_MAX, TICK_MS};
use thexr_wire::{EntityId, UserId};
use thexr_world::{FoldError, NoStates, Op, Stamp, States, Undo, World};
use time::RoomTime;

/// Events between two automatic snapshots.
pub const AUTO_SNAPSHOT_EVENTS: u64 = 1_000;
/// Ops and payloads between two automatic snapshots, bytes of JSON: a room that starts reads and folds about so much.
pub const AUTO_SNAPSHOT_BYTES: usize = 4 * 1024 * 1024;

/// The truth of one room.
pub(crate) struct Log {
    pub seed: u64,
    pub incarnation: u16,
    pub epoch: u64,
    pub world: World,
    pub seq: u64,
    pub now: Now,
    pub memory: CommandMemory,
    pub saved: BTreeMap<String, Saved>,
    pub ring: Ring,
    pub store: StoreState,
    pub rights: Rights,
    pub made: Made,
    pub lives: Lives,
    time: RoomTime,
    keeping: Keeping,
}

/// Which states are stored, and which are on their way.
#[derive(Debug, Default)]
struct Keeping {
    /// What all events cost since the room started, and those between the newest stored state and then: bytes of JSON.
    written_bytes: u64,
    /// The newest stored state.
    newest: Kept,
    /// States on their way, by number.
    under_way: BTreeMap<u64, Kept>,
    next: u64,
}

/// Where a state stands in the history.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    seq: u64,
    written_bytes: u64,
}

/// What this tick has made, until it is told.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub events: Vec<Arc<Event>>,
    /// What each of them has replaced.
    pub undos: Vec<Undo>,
    /// What the events cost, bytes of JSON.
    pub bytes: usize,
    /// A `load` happened: everyone needs the state anew.
    pub restate: bool,
    /// The room's settings changed.
    pub settings: bool,
    /// People whose row in the store changed.
    pub members: BTreeSet<UserId>,
    /// People who may do something else than before.
    pub rights: BTreeSet<UserId>,
    /// People who hide from others than before.
    pub relations: BTreeSet<UserId>,
}

impl Made {
    /// Whether anything has happened in this tick.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether this tick has made all the events it may.
    pub fn is_full(&self) -> bool {
        self.is_full_by(1, 1)
    }

    /// Whether inputs have made all the events they may in a room with rules: a quarter is left to those.
    pub fn is_full_of_inputs(&self) -> bool {
        self.is_full_by(3, 4)
    }

    fn is_full_by(&self, part: usize, of: usize) -> bool {
        self.bytes >= TICK_EVENT_BYTES_MAX / of * part || self.events.len() >= TICK_EVENTS_MAX / of * part
    }
}

impl Log {
    /// History as the store kept it.
    pub fn open(boot: &mut Boot) -> Self {
        let mut memory = CommandMemory::default();
        for past in std::mem::take(&mut boot.commands) {
            memory.remember(past.at_ms, &past.user, &past.id, past.reply);
        }
        boot.world.avatars().filter_map(EntityId::user).for_each(|user| memory.came(&user));
        let mut lives = Lives::default();
        lives.look_again();
        let now = Now { tick: boot.tick, at_ms: boot.at_ms };
        Self {
            seed: boot.seed,
            incarnation: boot.incarnation,
            epoch: boot.epoch,
            world: std::mem::take(&mut boot.world),
            seq: boot.seq,
            now,
            time: RoomTime::stored(now),
            lives,
            memory,
            saved: std::mem::take(&mut boot.saved),
            ring: Ring::default(),
            store: StoreState::Fine,
            rights: std::mem::take(&mut boot.rights),
            made: Made::default(),
            keeping: Keeping {
                written_bytes: boot.tail_bytes as u64,
                newest: Kept { seq: boot.snapshot_seq, written_bytes: 0 },
                ..Keeping::default()
            },
        }
    }

    /// The next tick begins; what the clock on the wall says is followed slowly.
    pub fn advance(&mut self, wall: Now) {
        self.now = self.time.advance(wall);
        self.memory.forget_old(self.now.at_ms);
    }

    /// The room clock at this tick, milliseconds.
    pub fn clock_ms(&self) -> u64 {
        self.now.tick * TICK_MS
    }

    /// Whether a change may be journalled now.
    pub fn may_change(&self) -> Result<(), Reject> {
        match self.store {
            StoreState::Fine => Ok(()),
            StoreState::Slow => Err(STORE_SLOW),
            StoreState::Unavailable => Err(STORE_UNAVAILABLE),
        }
    }

    /// Makes a fact: folds its ops, keeps its inverse, numbers it. Nothing has changed when the fold refuses.
    pub fn emit(&mut self, draft: Draft) -> Result<u64, FoldError> {
        self.emit_with(draft, &NoStates)
    }

    /// As [`emit`](Self::emit), with stored states at hand for `load`.
    pub fn emit_with(&mut self, draft: Draft, states: &dyn States) -> Result<u64, FoldError> {
        let undo = self.world.fold(self.next_stamp(), &draft.ops, states)?;
        let bytes = cost(&draft.ops, &draft.payload);
        self.record(draft, undo, bytes);
        Ok(self.seq)
    }

    /// As [`emit`](Self::emit), of known cost, unless `check` refuses what has come of it.
    pub fn emit_checked(
        &mut self,
        draft: Draft,
        bytes: usize,
        check: impl FnOnce(&Self, &[Op]) -> Result<(), Reject>,
    ) -> Result<u64, Reject> {
        let undo = self.world.fold(self.next_stamp(), &draft.ops, &NoStates)?;
        if let Err(reject) = check(self, &draft.ops) {
            self.world.roll_back(undo);
            return Err(reject);
        }
        self.record(draft, undo, bytes);
        Ok(self.seq)
    }

    fn next_stamp(&self) -> Stamp {
        Stamp { seq: self.seq + 1, at_ms: self.now.at_ms }
    }

    /// Numbers a fact whose ops are folded.
    fn record(&mut self, draft: Draft, undo: Undo, bytes: usize) {
        let Draft { actor, name, payload, ops, hearers, inverse, command_id } = draft;
        assert!(ops.is_empty() || hearers == Hearers::Everyone, "who does not hear it must lack nothing");
        let inverse = inverse.or_else(|| self.world.inverse(&undo).map(Inverse::Ops));
        self.seq += 1;
        let (seq, at_ms) = (self.seq, self.now.at_ms);
        if let (Actor::User(user), Some(id)) = (&actor, &command_id) {
            self.memory.remember(at_ms, user, id, Remembered::of(seq, &payload));
        }
        for op in &ops {
            match (op, op.entity().and_then(EntityId::user)) {
                (Op::Create { .. }, Some(user)) => self.memory.came(&user),
                (Op::Delete { .. }, Some(user)) => self.memory.left(&user),
                _ => {}
            }
        }
        self.lives.note(&self.world, &ops);
        let event = Arc::new(Event {
            seq,
            at_ms,
            actor,
            name,
            payload,
            ops,
            hearers,
            inverse,
            undoes: None,
            command_id,
        });
        self.ring.keep(event.clone(), bytes);
        self.made.bytes += bytes;
        self.keeping.written_bytes += bytes as u64;
        self.made.events.push(event);
        self.made.undos.push(undo);
    }

    /// Ids nobody has, made by the room's dice.
    pub fn new_ids(&self, count: usize) -> Vec<EntityId> {
        self.new_ids_in(&self.world, count)
    }

    /// Ids nobody has in the world as it is becoming.
    pub fn new_ids_in(&self, world: &World, count: usize) -> Vec<EntityId> {
        let (mut ids, mut taken) = (Vec::with_capacity(count), BTreeSet::new());
        let candidates = (0u64..).map(|index| entity_id(self.seed, self.seq + 1, index));
        for id in candidates.filter_map(|text: smol_str::SmolStr| EntityId::parse(&text).ok()) {
            if world.entity(&id).is_none() && taken.insert(id.clone()) {
                ids.push(id);
                if ids.len() == count {
                    break;
                }
            }
        }
        ids
    }

    /// A snapshot of the present, unless there is one or it is on its way.
    pub fn final_snapshot(&mut self) -> Option<SnapshotOut> {
        let Keeping { newest, under_way, .. } = &self.keeping;
        let is_kept = newest.seq == self.seq || under_way.values().any(|kept| kept.seq == self.seq);
        (!is_kept).then(|| self.snapshot(SnapshotKind::Auto, None))
    }

    /// A snapshot when the newest one is old and none is on its way.
    pub fn snapshot_now_and_then(&mut self) -> Option<SnapshotOut> {
        let Keeping { written_bytes, newest, .. } = &self.keeping;
        let is_old = self.seq - newest.seq >= AUTO_SNAPSHOT_EVENTS
            || written_bytes - newest.written_bytes > AUTO_SNAPSHOT_BYTES as u64;
        if is_old && !self.is_keeping() { self.final_snapshot() } else { None }
    }

    /// The present as something to store.
    pub fn snapshot(&mut self, kind: SnapshotKind, name: Option<String>) -> SnapshotOut {
        let keeping = &mut self.keeping;
        keeping.next += 1;
        let kept = Kept { seq: self.seq, written_bytes: keeping.written_bytes };
        keeping.under_way.insert(keeping.next, kept);
        let (number, at_ms, world) = (keeping.next, self.now.at_ms, self.world.clone());
        let pinned = kind == SnapshotKind::Named;
        SnapshotOut { number, seq: self.seq, at_ms, kind, name, pinned, before: None, world }
    }

    /// Whether states are on their way to the store.
    pub fn is_keeping(&self) -> bool {
        !self.keeping.under_way.is_empty()
    }

    /// What became of a state that was on its way.
    pub fn state_kept(&mut self, number: u64, kept: bool) {
        let keeping = &mut self.keeping;
        let Some(state) = keeping.under_way.remove(&number) else { return };
        if kept && state.seq > keeping.newest.seq {
            keeping.newest = state;
        }
    }
}

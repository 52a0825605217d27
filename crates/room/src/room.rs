//! The room itself: its state and the list of what a tick does, in order.

use crate::act::snapshots::PendingLoad;
use crate::boot::{Boot, Caps, Saved};
use crate::input::{Input, Join, StoreState};
use crate::log::memory::{CommandMemory, Remembered};
use crate::log::ring::{Ring, cost};
use crate::motion::pose::Motion;
use crate::outbox::{Actor, Event, Outbox, SnapshotKind, SnapshotOut};
use crate::people::join::{Peer, Person};
use crate::people::slots::Slots;
use crate::reject::{EVENT_TOO_LARGE, ROOM_BUSY, Reject, STORE_SLOW, STORE_UNAVAILABLE};
use crate::tell::order::Told;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use thexr_wire::limits::{EVENT_BYTES_MAX, EVENT_OPS_MAX, JOINS_PER_TICK_MAX, QUEUED_TICKS};
use thexr_wire::message::{Dialect, Mode};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{FoldError, NoStates, Op, Stamp, States, World};

/// Inputs a room queues between two ticks; above it the sender gets `room_busy`.
pub const MAILBOX_MAX: usize = 8_192;
/// Events between two automatic snapshots.
pub const AUTO_SNAPSHOT_EVENTS: u64 = 1_000;

/// A moment of the room: ticks count 50 ms each and never repeat, time never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Now {
    /// Tick.
    pub tick: u64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

/// One room. All its methods are deterministic functions of its state and their arguments.
pub struct Room {
    pub(crate) seed: u64,
    pub(crate) caps: Caps,
    pub(crate) incarnation: u16,
    pub(crate) epoch: u64,
    pub(crate) world: World,
    pub(crate) seq: u64,
    pub(crate) now: Now,
    pub(crate) peers: BTreeMap<PeerId, Peer>,
    pub(crate) people: BTreeMap<UserId, Person>,
    pub(crate) last_poses: BTreeMap<UserId, Pose>,
    pub(crate) slots: Slots,
    pub(crate) memory: CommandMemory,
    pub(crate) saved: BTreeMap<String, Saved>,
    /// The restore that waits for the store.
    pub(crate) load: Option<PendingLoad>,
    pub(crate) next_load: u64,
    /// When the room was last saved, and when a state was last asked for, room milliseconds.
    pub(crate) saved_at_ms: Option<i64>,
    pub(crate) restored_at_ms: Option<i64>,
    pub(crate) ring: Ring,
    pub(crate) store: StoreState,
    pub(crate) told: Told,
    /// Something may live on without its keeper: all are looked at in the next tick that may change anything.
    pub(crate) keepers_unchecked: bool,
    pub(crate) motion: Motion,
    mailbox: VecDeque<(PeerId, Input)>,
    joins: VecDeque<(PeerId, Box<Join>)>,
    snapshot_seq: u64,
}

impl Room {
    /// A room as the store kept it; everyone the journal has inside is away.
    pub fn open(boot: Boot) -> Self {
        let mut memory = CommandMemory::default();
        for past in boot.commands {
            memory.remember(past.at_ms, &past.user, &past.id, past.reply);
        }
        let mut room = Self {
            seed: boot.seed,
            caps: boot.caps,
            incarnation: boot.incarnation,
            world: boot.world,
            seq: boot.seq,
            now: Now { tick: boot.tick, at_ms: boot.at_ms },
            peers: BTreeMap::new(),
            people: BTreeMap::new(),
            last_poses: boot.last_poses,
            slots: Slots::default(),
            memory,
            saved: boot.saved,
            load: None,
            next_load: 0,
            saved_at_ms: None,
            restored_at_ms: None,
            ring: Ring::default(),
            store: StoreState::Fine,
            told: Told::default(),
            keepers_unchecked: true,
            motion: Motion::new(boot.tick),
            mailbox: VecDeque::new(),
            joins: VecDeque::new(),
            snapshot_seq: boot.snapshot_seq,
            epoch: boot.epoch,
        };
        room.remember_who_was_inside();
        room
    }

    /// Queues an input; refused with `room_busy` when the mailbox is full. Goodbyes are always taken.
    pub fn push(&mut self, peer: PeerId, input: Input) -> Result<(), Reject> {
        let refusable = matches!(input, Input::Command { .. } | Input::Join(_));
        if refusable && self.mailbox.len() + self.joins.len() >= MAILBOX_MAX {
            return Err(ROOM_BUSY);
        }
        self.mailbox.push_back((peer, input));
        Ok(())
    }

    /// Tells the room how the store is doing.
    pub fn set_store_state(&mut self, store: StoreState) {
        self.store = store;
    }

    /// One tick: everything queued, in order, then everything there is to tell.
    pub fn tick(&mut self, now: Now, out: &mut Outbox) {
        self.now = Now { tick: now.tick.max(self.now.tick + 1), at_ms: now.at_ms.max(self.now.at_ms) };
        self.release_the_away();
        self.take_inputs(out);
        self.admit_joins();
        self.end_lives();
        self.look_at_people();
        self.tell(out);
        self.save_places(out);
        self.show_motion(out);
        self.memory.forget_old(self.now.at_ms);
        self.snapshot_now_and_then(out);
    }

    /// People inside (with an avatar and a connection).
    pub fn people_inside(&self) -> usize {
        self.people.values().filter(|person| !person.entered.is_empty()).count()
    }

    /// Connections of any kind, those waiting to be admitted included.
    pub fn peer_count(&self) -> usize {
        self.peers.len() + self.joins.len()
    }

    /// Inputs waiting for the next tick.
    pub fn mailbox_depth(&self) -> usize {
        self.mailbox.len() + self.joins.len()
    }

    /// Whether anyone is here, away or waiting: an idle room may stop.
    pub fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.people.is_empty() && self.joins.is_empty() && self.mailbox.is_empty()
    }

    /// The state of all entities.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Last seq.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Which life of the room this is.
    pub fn incarnation(&self) -> u16 {
        self.incarnation
    }

    /// The room's moment.
    pub fn now(&self) -> Now {
        self.now
    }

    /// Poses to keep at a stop, of everyone who has one.
    pub fn places(&self) -> Vec<(UserId, Pose)> {
        self.people.iter().map(|(user, person)| (user.clone(), person.pose)).collect()
    }

    /// A snapshot of the present, for a stop.
    pub fn final_snapshot(&mut self) -> Option<SnapshotOut> {
        if self.seq == self.snapshot_seq {
            return None;
        }
        self.snapshot_seq = self.seq;
        Some(self.snapshot(SnapshotKind::Auto, None, false))
    }

    fn take_inputs(&mut self, out: &mut Outbox) {
        for _ in 0..self.mailbox.len() {
            if self.told.is_full() {
                return;
            }
            let Some((peer, input)) = self.mailbox.pop_front() else { return };
            match input {
                Input::Join(join) => self.joins.push_back((peer, join)),
                Input::Leave => self.depart(peer, false),
                Input::Lost => self.depart(peer, true),
                Input::Command { reference, name, payload } => {
                    self.command(peer, reference, &name, payload, out);
                }
                Input::StateLoaded { request, state } => self.state_loaded(request, state, out),
            }
        }
    }

    /// Whether a person's next connection is waiting to be admitted.
    pub(crate) fn waits_to_enter(&self, user: &UserId) -> bool {
        self.joins.iter().any(|(_, join)| join.user == *user && join.payload.mode == Mode::Enter)
    }

    fn depart(&mut self, peer: PeerId, lost: bool) {
        self.joins.retain(|(waiting, _)| *waiting != peer);
        self.leave(peer, lost);
    }

    fn admit_joins(&mut self) {
        for _ in 0..JOINS_PER_TICK_MAX {
            let Some((peer, join)) = self.joins.pop_front() else { return };
            if let Err(response) = self.join(peer, *join) {
                self.told.refuse(peer, response);
            }
        }
        if self.now.tick.is_multiple_of(QUEUED_TICKS) {
            let waiting = self.joins.iter().enumerate();
            let ours = waiting.filter(|(_, (_, join))| join.payload.dialect == Dialect::Thexr1);
            self.told.queued.extend(ours.map(|(ahead, (peer, _))| (*peer, ahead)));
        }
    }

    /// Whether a change may be journalled now.
    pub(crate) fn may_change(&self) -> Result<(), Reject> {
        match self.store {
            StoreState::Fine => Ok(()),
            StoreState::Slow => Err(STORE_SLOW),
            StoreState::Unavailable => Err(STORE_UNAVAILABLE),
        }
    }

    /// Whether a person's change is small enough for one event, and so for one resume.
    pub(crate) fn fits_an_event(ops: &[Op], payload: &Value) -> Result<(), Reject> {
        if cost(ops, payload) > EVENT_BYTES_MAX { Err(EVENT_TOO_LARGE) } else { Ok(()) }
    }

    /// Makes a fact: folds its ops, keeps its inverse, numbers it. Nothing has changed when the fold refuses.
    pub(crate) fn emit(&mut self, draft: Draft) -> Result<u64, FoldError> {
        self.emit_with(draft, &NoStates)
    }

    /// As [`emit`](Self::emit), with stored states at hand for `load`.
    pub(crate) fn emit_with(&mut self, draft: Draft, states: &dyn States) -> Result<u64, FoldError> {
        let seq = self.seq + 1;
        let stamp = Stamp { seq, at_ms: self.now.at_ms };
        let undo = self.world.fold(stamp, &draft.ops, states)?;
        let inverse = draft.inverse.clone().or_else(|| self.world.inverse(&undo));
        self.record(Draft { inverse, ..draft });
        Ok(seq)
    }

    /// Numbers a fact whose ops are folded already.
    pub(crate) fn record(&mut self, draft: Draft) {
        let Draft { actor, name, payload, ops, inverse, command_id } = draft;
        self.seq += 1;
        let (seq, at_ms) = (self.seq, self.now.at_ms);
        if let (Actor::User(user), Some(id)) = (&actor, &command_id) {
            let response = crate::log::memory::response(seq, &payload).to_string().into();
            self.memory.remember(at_ms, user, id, Remembered { seq, response });
        }
        let bytes = cost(&ops, &payload);
        let event =
            Arc::new(Event { seq, at_ms, actor, name, payload, ops, inverse, undoes: None, command_id });
        self.ring.keep(event.clone(), bytes);
        self.told.event_bytes += bytes;
        self.told.events.push(event);
    }

    /// Ends lives: `ttl` that ran out, and what lives as long as something that is gone.
    fn end_lives(&mut self) {
        if self.may_change().is_err() {
            self.keepers_unchecked = true;
            return;
        }
        let mut ended: Vec<EntityId> = self.world.expired(self.now.at_ms).cloned().collect();
        ended.extend(self.bereaved());
        while let Some(id) = ended.pop() {
            if self.told.is_full() {
                self.keepers_unchecked = true;
                return;
            }
            if self.world.entity(&id).is_none_or(|entity| entity.is_avatar()) {
                continue;
            }
            let ops = self.deletion(&id);
            ended.extend(deleted(&ops).flat_map(|id| self.world.kept_by(id)).cloned());
            for part in ops.chunks(EVENT_OPS_MAX) {
                let draft = Draft::server("entity_deleted", json!({"entity": id}), part.to_vec());
                if self.emit(draft).is_err() {
                    unreachable!("deleting what exists cannot be refused");
                }
            }
        }
    }

    /// Entities whose keeper is gone since the last look.
    fn bereaved(&mut self) -> Vec<EntityId> {
        let keeper_gone = |keeper: &EntityId| self.world.entity(keeper).is_none();
        if std::mem::take(&mut self.keepers_unchecked) {
            let entities = self.world.entities().iter();
            let alone = entities.filter(|(_, entity)| entity.keep_while().is_some_and(keeper_gone));
            return alone.map(|(id, _)| id.clone()).collect();
        }
        let gone = self.told.events.iter().flat_map(|event| deleted(&event.ops));
        gone.filter(|id| keeper_gone(id)).flat_map(|id| self.world.kept_by(id)).cloned().collect()
    }

    fn snapshot_now_and_then(&mut self, out: &mut Outbox) {
        if self.seq - self.snapshot_seq >= AUTO_SNAPSHOT_EVENTS {
            out.snapshots.extend(self.final_snapshot());
        }
    }

    /// The present as something to store.
    pub(crate) fn snapshot(&self, kind: SnapshotKind, name: Option<String>, pinned: bool) -> SnapshotOut {
        SnapshotOut { seq: self.seq, kind, name, pinned, world: self.world.clone() }
    }

    /// A state was stored by other means as of now: the next automatic one can wait.
    pub(crate) fn snapshot_taken(&mut self) {
        self.snapshot_seq = self.seq;
    }
}

/// What ops delete.
fn deleted(ops: &[Op]) -> impl Iterator<Item = &EntityId> {
    ops.iter().filter_map(|op| if let Op::Delete { entity } = op { Some(entity) } else { None })
}

/// A fact about to be made.
pub(crate) struct Draft {
    pub actor: Actor,
    pub name: String,
    pub payload: Value,
    pub ops: Vec<Op>,
    pub inverse: Option<Vec<Op>>,
    pub command_id: Option<String>,
}

impl Draft {
    /// Made by the room.
    pub fn server(name: &str, payload: Value, ops: Vec<Op>) -> Self {
        Self { actor: Actor::Server, name: name.into(), payload, ops, inverse: None, command_id: None }
    }

    /// Made by a person.
    pub fn user(user: &UserId, name: &str, payload: Value, ops: Vec<Op>) -> Self {
        Self { actor: Actor::User(user.clone()), ..Self::server(name, payload, ops) }
    }
}

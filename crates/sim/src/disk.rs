//! What the store has: everything a room starts from after a crash. Written with a delay, lost in nothing.
//!
//! Plays the store's part of the contract in memory; knows no SQL and no peers.

use crate::dice::Dice;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use thexr_hall::Batch;
use thexr_room::template::{Template, genesis};
use thexr_room::{
    Actor, Boot, Event, LoadRequest, LoadedState, Member, MemberChange, PastCommand, Remembered, Rights,
    Saved, Settings, SnapshotKind, SnapshotOut,
};
use thexr_wire::UserId;
use thexr_wire::limits::{COMMAND_MEMORY_MS, RESUME_BYTES_MAX, RESUME_OPS_MAX};
use thexr_wire::pose::Pose;
use thexr_world::{Op, World, state};

/// How long a commit takes, from and to, milliseconds.
pub type Delay = (f64, f64);

#[derive(Debug)]
enum Work {
    Write(Batch),
    Read(LoadRequest),
}

/// How many commits the parts of a state take.
const STATE_COMMITS: f64 = 4.0;

/// What came of the work that is done.
#[derive(Debug)]
pub enum Done {
    /// Everything up to this seq is durable.
    Durable(u64),
    /// A state that was asked for.
    Loaded {
        /// Which request.
        request: u64,
        /// The state.
        state: Option<LoadedState>,
    },
    /// The state of this number is stored.
    Kept(u64),
}

/// The store of one room.
#[derive(Debug)]
pub struct Disk {
    /// All events, from seq 1.
    pub journal: Vec<Event>,
    /// Where people were.
    pub places: BTreeMap<UserId, Pose>,
    members: BTreeMap<UserId, Member>,
    settings: Value,
    snapshots: Vec<(u64, String)>,
    /// States on their way, beside what else is written.
    states: VecDeque<(f64, SnapshotOut)>,
    named: BTreeMap<String, String>,
    tick: u64,
    incarnation: u16,
    seed: u64,
    queue: VecDeque<(f64, Work)>,
    dice: Dice,
}

impl Disk {
    /// A room that was just made.
    pub fn new(seed: u64, start_ms: i64) -> Self {
        Self::of(Template::Blocks, seed, start_ms)
    }

    /// A room that was just made of this template.
    pub fn of(template: Template, seed: u64, start_ms: i64) -> Self {
        let journal = vec![genesis(template, seed, start_ms)];
        let mut disk = Self {
            journal,
            places: BTreeMap::new(),
            members: BTreeMap::new(),
            settings: Value::Null,
            snapshots: Vec::new(),
            states: VecDeque::new(),
            named: BTreeMap::new(),
            tick: 0,
            incarnation: 0,
            seed,
            queue: VecDeque::new(),
            dice: Dice::new(seed, 1),
        };
        let text = disk.boot(start_ms).world.to_text();
        disk.incarnation = 0;
        disk.snapshots.push((1, text.clone()));
        disk.named.insert("initial".into(), text);
        disk
    }

    /// Something that was made before anybody came.
    pub fn add(&mut self, ops: Vec<Op>, at_ms: i64) {
        let mut event = genesis(Template::Empty, self.seed, at_ms);
        (event.seq, event.name, event.ops) =
            (self.journal.len() as u64 + 1, "transaction_applied".into(), ops);
        self.journal.push(event);
    }

    /// Everything a room starts from; a new incarnation.
    pub fn boot(&mut self, now_ms: i64) -> Boot {
        self.incarnation += 1;
        let newest = self.snapshots.iter().max_by_key(|(seq, _)| *seq);
        let (seq, world) = newest.map_or((0, World::default()), |(seq, text)| (*seq, parse(text)));
        let kind = |name: &str| if name == "initial" { "initial" } else { "named" };
        let saved = self
            .named
            .keys()
            .map(|name| (name.clone(), Saved { kind: kind(name), at_ms: now_ms, seq: 1, by: None }));
        let mut boot = Boot {
            world,
            seq,
            tick: self.tick,
            incarnation: self.incarnation,
            seed: self.seed,
            commands: self.journal.iter().filter_map(|event| past_command(event, now_ms)).collect(),
            last_poses: self.places.clone().into_iter().collect(),
            saved: saved.collect(),
            rights: Rights::new(None, Settings::from_json(&self.settings), self.members.clone()),
            ..Boot::default()
        };
        let tail: Vec<Event> = self.journal.iter().filter(|event| event.seq > seq).cloned().collect();
        // A restore whose state did not become durable is done again.
        let texts = self.snapshots.iter().map(|(_, text)| text).chain(self.named.values());
        let states: BTreeMap<String, Arc<World>> =
            texts.map(|text| (state::hash(text), Arc::new(parse(text)))).collect();
        boot.fold_tail(&tail, &states)
            .unwrap_or_else(|error| panic!("the journal fits its snapshot: {error}"));
        boot
    }

    /// Stored events after a seq; nothing when they are more than a resume may bring.
    pub fn tail(&self, seq: u64) -> Vec<Arc<Event>> {
        let tail: Vec<Arc<Event>> =
            self.journal.iter().filter(|event| event.seq > seq).cloned().map(Arc::new).collect();
        let ops: usize = tail.iter().map(|event| event.ops.len()).sum();
        let bytes: usize = tail.iter().map(|event| event.payload.to_string().len()).sum();
        if ops > RESUME_OPS_MAX || bytes > RESUME_BYTES_MAX { Vec::new() } else { tail }
    }

    /// Queues a write.
    pub fn write(&mut self, batch: Batch, now_ms: f64, delay: Delay) {
        self.queue(Work::Write(batch), now_ms, delay);
    }

    /// Queues a read; it sees everything queued before it.
    pub fn read(&mut self, request: LoadRequest, now_ms: f64, delay: Delay) {
        self.queue(Work::Read(request), now_ms, delay);
    }

    /// Stores a state, part by part, while other things are written.
    pub fn keep(&mut self, state: SnapshotOut, now_ms: f64, (from, to): Delay) {
        assert!(state.seq <= self.journal.len() as u64, "what is in it is durable");
        let begins_ms = self.states.back().map_or(now_ms, |(at_ms, _)| at_ms.max(now_ms));
        let takes_ms = self.dice.between(from, to) * STATE_COMMITS;
        self.states.push_back((begins_ms + takes_ms, state));
    }

    /// The next piece of work that is done, in order.
    pub fn done(&mut self, now_ms: f64) -> Option<Done> {
        if let Some((_, state)) = self.states.pop_front_if(|(at_ms, _)| *at_ms <= now_ms) {
            return Some(Done::Kept(self.store(state)));
        }
        self.queue.front().filter(|(at_ms, _)| *at_ms <= now_ms)?;
        let (_, work) = self.queue.pop_front()?;
        Some(match work {
            Work::Write(batch) => Done::Durable(self.commit(batch)),
            Work::Read(request) => {
                let state = self
                    .named
                    .get(&request.name)
                    .map(|text| LoadedState::new(state::hash(text), Arc::new(parse(text))));
                Done::Loaded { request: request.request, state }
            }
        })
    }

    /// The machine lost power: what was not confirmed never happened.
    pub fn crash(&mut self) {
        self.queue.clear();
        self.states.clear();
    }

    fn queue(&mut self, work: Work, now_ms: f64, (from, to): Delay) {
        let begins_ms = self.queue.back().map_or(now_ms, |(at_ms, _)| at_ms.max(now_ms));
        self.queue.push_back((begins_ms + self.dice.between(from, to), work));
    }

    fn commit(&mut self, batch: Batch) -> u64 {
        for event in batch.events {
            assert_eq!(event.seq, self.journal.len() as u64 + 1, "the journal has no gaps");
            self.journal.push(event);
        }
        self.places.extend(batch.places);
        for MemberChange { user, role, state } in batch.members {
            self.members.insert(user, Member::from_row(role, &state));
        }
        self.settings = batch.settings.unwrap_or(std::mem::take(&mut self.settings));
        self.tick = self.tick.max(batch.tick);
        batch.last_seq
    }

    fn store(&mut self, state: SnapshotOut) -> u64 {
        let text = state.world.to_text();
        if let (SnapshotKind::Named, Some(name)) = (state.kind, state.name) {
            self.named.insert(name, text.clone());
        }
        self.snapshots.push((state.seq, text));
        state.number
    }
}

fn parse(text: &str) -> World {
    World::from_text(text).unwrap_or_else(|error| panic!("what was written is read: {error}"))
}

fn past_command(event: &Event, now_ms: i64) -> Option<PastCommand> {
    let Actor::User(user) = &event.actor else { return None };
    let id = event.command_id.clone().filter(|_| event.at_ms > now_ms - COMMAND_MEMORY_MS)?;
    let reply = Remembered::of(event.seq, &event.payload);
    Some(PastCommand { user: user.clone(), id, at_ms: event.at_ms, reply })
}

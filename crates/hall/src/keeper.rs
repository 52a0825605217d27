//! The keeper of a room: takes what peers ask, ticks the room, and holds back what it says until the store has it.

use crate::lanes::Motion;
use crate::limits::{PLACES_WRITE_TICKS, UNCONFIRMED_TICKS_MAX, UNRELEASED_BYTES_END};
use crate::shedding::Shedding;
use crate::waiting::{Kept, Waiting};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use thexr_room::{
    Act, Baked, Claiming, Event, Input, LoadRequest, MemberChange, Message, Now, Ordered, Outbox,
    PathsWanted, PoseInput, ROOM_BUSY, Reject, Room, STORE_SLOW, SnapshotOut, StoreState, To,
};
use thexr_wire::pose::Pose;
use thexr_wire::{PeerId, UserId};

/// What one tick wants stored: all of it becomes durable together.
#[derive(Debug)]
pub struct Batch {
    /// Tick it is of; stored with it, so that a restart goes on after it.
    pub tick: u64,
    /// Room time, milliseconds.
    pub at_ms: i64,
    /// Last seq after this tick.
    pub last_seq: u64,
    /// In order of seq; none where only places, members or settings changed.
    pub events: Vec<Event>,
    /// Where people are.
    pub places: Vec<(UserId, Pose)>,
    /// What people are to the room from now on.
    pub members: Vec<MemberChange>,
    /// How the room is set from now on.
    pub settings: Option<Value>,
}

/// A batch is durable; outcomes come in the order of batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The batch's last seq.
    pub last_seq: u64,
}

/// What a keeper gives to whoever listens, in this order.
#[derive(Debug)]
pub enum Feed {
    /// For the store.
    Write(Batch),
    /// Latest lane: goes out at once.
    Motion(Motion),
    /// Ordered lane: may be told now.
    Tell(To, Message),
    /// A stored state is wanted.
    Load(LoadRequest),
    /// Ways are to be found between walls, not in the tick; [`Keeper::baked`] takes what came of it.
    Bake(PathsWanted),
    /// A state to store, not encoded yet; the events in it are durable. [`Keeper::kept`] takes what became of it.
    Keep(SnapshotOut),
}

/// A room and what it must not say yet.
pub struct Keeper {
    room: Room,
    outbox: Outbox,
    feed: VecDeque<Feed>,
    waiting: Waiting,
    /// Batches handed out, and how many of them are durable.
    written: u64,
    confirmed: u64,
    durable_seq: u64,
    shedding: Shedding,
    /// Ticks whose motion was shown.
    shown: u64,
    /// States handed out and not answered.
    keeping: u64,
    /// Places that go with the next batch.
    places: BTreeMap<UserId, Pose>,
    places_written: u64,
}

impl Keeper {
    /// Keeps a room as the store has it.
    pub fn new(room: Room) -> Self {
        Self {
            durable_seq: room.seq(),
            places_written: room.now().tick,
            room,
            outbox: Outbox::default(),
            feed: VecDeque::new(),
            waiting: Waiting::default(),
            written: 0,
            confirmed: 0,
            shedding: Shedding::default(),
            shown: 0,
            keeping: 0,
            places: BTreeMap::new(),
        }
    }

    /// The room as it is, durable or not.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// Last seq that is durable.
    pub fn durable_seq(&self) -> u64 {
        self.durable_seq
    }

    /// Batches handed out so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Batches that are not durable yet.
    pub fn unconfirmed(&self) -> u64 {
        self.written - self.confirmed
    }

    /// How much is shed, 0 for nothing.
    pub fn shed(&self) -> u8 {
        self.shedding.level()
    }

    /// Whether more is kept back than a room may: it must end and start from the store.
    pub fn is_overfull(&self) -> bool {
        self.waiting.bytes() > UNRELEASED_BYTES_END
    }

    /// Whether everything is told and durable.
    pub fn is_settled(&self) -> bool {
        self.unconfirmed() == 0
            && self.waiting.is_empty()
            && self.room.mailbox_depth() == 0
            && !self.room.is_keeping()
    }

    /// The next thing for the listeners.
    pub fn take(&mut self) -> Option<Feed> {
        self.feed.pop_front()
    }

    /// Queues what a peer wants; what cannot be queued is refused on the feed.
    pub fn push(&mut self, peer: PeerId, input: Input) {
        let asker = match &input {
            Input::Join(_) => Some(Asker::Join),
            Input::Act { address, .. } => Some(Asker::Act(address.clone())),
            _ => None,
        };
        let pushed = match &asker {
            Some(Asker::Join) if self.waiting.is_full() => Err(ROOM_BUSY),
            Some(Asker::Act(_)) if self.waiting.is_full() => Err(STORE_SLOW),
            _ => self.room.push(peer, input),
        };
        if let (Err(reject), Some(asker)) = (pushed, asker) {
            self.feed.push_back(Feed::Tell(To::Peer(peer), asker.refusal(&reject)));
        }
    }

    /// Queues an act that no connection stands behind; its answer comes under the ticket.
    pub fn push_act(&mut self, ticket: u64, act: Act) {
        let pushed = if self.waiting.is_full() { Err(STORE_SLOW) } else { self.room.push_act(ticket, act) };
        if let Err(reject) = pushed {
            let refusal = Asker::Act(Value::Null).refusal(&reject);
            self.feed.push_back(Feed::Tell(To::Ticket(ticket), refusal));
        }
    }

    /// Takes a connection's newest pose, and what it claims to simulate, for the coming tick; `false` when it drives nobody.
    pub fn pose(&mut self, pose: PoseInput, claiming: Claiming) -> bool {
        self.room.claim(pose.peer, claiming);
        self.room.pose(pose)
    }

    /// One tick. `at` is the shell's own monotonic time; what happened is on the feed afterwards.
    pub fn tick(&mut self, now: Now, at: Duration, store_unavailable: bool) {
        self.room.set_store_state(if store_unavailable {
            StoreState::Unavailable
        } else if self.unconfirmed() > UNCONFIRMED_TICKS_MAX {
            StoreState::Slow
        } else {
            StoreState::Fine
        });
        self.room.set_shed(self.shedding.level());
        self.room.set_admitting(!self.waiting.is_full());
        self.room.tick(now, &mut self.outbox);
        self.drain(at);
    }

    /// How the tick went: how many receivers there are, how many got their motion late, whether ticks were missed.
    pub fn measured(&mut self, receivers: usize, late: usize, missed: bool) {
        self.shedding.tick(receivers, late, missed);
    }

    /// The oldest batch under way is durable.
    pub fn stored(&mut self, stored: Stored) {
        self.confirmed += 1;
        self.durable_seq = self.durable_seq.max(stored.last_seq);
        self.release();
    }

    /// A state that was to be stored is, or cannot be.
    pub fn kept(&mut self, number: u64, kept: bool) {
        self.keeping -= 1;
        self.push(PeerId(0), Input::StateKept { number, kept });
    }

    /// Ways that were asked for are found, or cannot be.
    pub fn baked(&mut self, baked: Baked) {
        self.push(PeerId(0), Input::Baked(baked));
    }

    /// Whether the room's stored states take all the space they may.
    pub fn set_states_full(&mut self, full: bool) {
        self.room.set_states_full(full);
    }

    /// States handed out of which it is not known yet what becomes of them.
    pub fn keeping(&self) -> u64 {
        self.keeping
    }

    /// The next tick is the last before a stop.
    pub fn set_ending(&mut self) {
        self.room.set_ending();
    }

    /// Writes a last state and everyone's place, for a stop.
    pub fn keep_everything(&mut self) {
        self.places.extend(self.room.places());
        if !self.places.is_empty() {
            self.write(Vec::new());
        }
        let states = self.room.final_snapshot().into_iter().collect();
        self.waiting.keep(self.written, Vec::new(), Vec::new(), states);
        self.release();
    }

    /// Motion goes out at once, and so do refusals that say nothing of the room; the rest of the ordered lane when its
    /// batch is durable.
    fn drain(&mut self, at: Duration) {
        if let Some(output) = self.outbox.latest.take() {
            self.shown += 1;
            let motion = Motion { output, seq: self.durable_seq, number: self.shown, published: at };
            self.feed.push_back(Feed::Motion(motion));
        }
        self.feed.extend(self.outbox.paths.take().map(Feed::Bake));
        self.places.extend(std::mem::take(&mut self.outbox.last_poses));
        let events = std::mem::take(&mut self.outbox.events);
        let states = std::mem::take(&mut self.outbox.snapshots);
        let places_are_due = !self.places.is_empty()
            && self.unconfirmed() == 0
            && self.room.now().tick >= self.places_written + PLACES_WRITE_TICKS;
        let rights_changed = !self.outbox.members.is_empty() || self.outbox.settings.is_some();
        if !events.is_empty() || rights_changed || places_are_due {
            self.write(events);
        }
        let messages = std::mem::take(&mut self.outbox.ordered);
        let (at_once, messages): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|ordered| goes_at_once(&ordered.message));
        // What is to be fetched may just have been saved: requests wait like messages do.
        self.waiting.keep(self.written, messages, std::mem::take(&mut self.outbox.loads), states);
        self.release();
        self.feed.extend(at_once.into_iter().map(|Ordered { to, message, .. }| Feed::Tell(to, message)));
    }

    fn write(&mut self, events: Vec<Event>) {
        let Now { tick, at_ms } = self.room.now();
        let places = std::mem::take(&mut self.places).into_iter().collect();
        let members = std::mem::take(&mut self.outbox.members);
        let settings = self.outbox.settings.take();
        let last_seq = self.room.seq();
        let batch = Batch { tick, at_ms, last_seq, events, places, members, settings };
        self.written += 1;
        self.places_written = tick;
        self.feed.push_back(Feed::Write(batch));
    }

    /// Tells what is durable, in order, fetches what may be fetched now and hands out states of what has happened.
    fn release(&mut self) {
        while let Some(Kept { messages, loads, states, .. }) = self.waiting.next(self.confirmed) {
            self.feed.extend(messages.into_iter().map(|Ordered { to, message, .. }| Feed::Tell(to, message)));
            self.feed.extend(loads.into_iter().map(Feed::Load));
            self.keeping += states.len() as u64;
            self.feed.extend(states.into_iter().map(Feed::Keep));
        }
    }
}

/// Who is answered when something cannot even be queued.
enum Asker {
    Join,
    Act(Value),
}

impl Asker {
    fn refusal(self, reject: &Reject) -> Message {
        match self {
            Self::Join => Message::Refused { response: reject.to_json(), at_once: true },
            Self::Act(reference) => {
                let response = reject.to_json().to_string().into();
                Message::Reply { reference, ok: false, response, at_once: true }
            }
        }
    }
}

/// Refusals that say nothing about the room's state, and shouts, need not wait for the disk.
fn goes_at_once(message: &Message) -> bool {
    let stateless =
        matches!(message, Message::Refused { at_once: true, .. } | Message::Reply { at_once: true, .. });
    // What is transient is told to who is here now.
    stateless || matches!(message, Message::Shout { .. })
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;

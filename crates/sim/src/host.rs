//! The server in one thread: the shell that ships, over a disk and a network of the simulation.
//!
//! Sans-IO: connections are numbers, time is an argument. What the server's tasks wait for is asked for here in turn.

use crate::connection::{Clock, Connection, Packet, Waits, token};
use crate::dice::Dice;
use crate::disk::{Delay, Disk, Done};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use thexr_hall::channels::{Asking, MotionInlet, Step, VoiceWish};
use thexr_hall::{Audience, Feed, Keeper, Stored, Ticket};
use thexr_room::{Boot, Caps, Event, Input, Join, Now, PathsWanted, ResumeFrom, Room, Scratch};
use thexr_wire::limits::TICK_MS;
use thexr_wire::phoenix::Vsn;
use thexr_wire::{PeerId, RoomId, UserId};

/// Where the room's wall clock begins, milliseconds since 1970.
pub const START_MS: i64 = 1_700_000_000_000;

/// How long a pool takes to find ways between walls, milliseconds.
const BAKE_MS: f64 = 230.0;

/// What a server is like.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// How long a commit takes.
    pub commit: Delay,
    /// Share of ticks that are followed by an overrun, and so by one to five that are skipped.
    pub overruns: f64,
    /// The most that one frame of motion may hold, bytes.
    pub frame_bytes: usize,
    /// How many a room takes.
    pub caps: Caps,
}

/// One running room with its connections.
pub struct Host {
    keeper: Keeper,
    audience: Audience<Waits>,
    disk: Disk,
    machine: Machine,
    clock: Clock,
    dice: Dice,
    connections: BTreeMap<u64, Connection>,
    next_peer: u64,
    next_tick_ms: f64,
    scratch: Scratch,
    busiest: (usize, usize),
    out: VecDeque<(u64, Packet)>,
    /// Ways that are being found, and until when.
    baking: Option<(f64, PathsWanted)>,
}

impl Host {
    /// Starts from what the disk has.
    pub fn start(mut disk: Disk, room: &RoomId, now_ms: f64, machine: Machine) -> Self {
        let boot = Boot { caps: machine.caps, ..disk.boot(START_MS + now_ms as i64) };
        let opened = Room::open(boot);
        Self {
            dice: Dice::new(now_ms as u64, 7),
            keeper: Keeper::new(opened),
            audience: Audience::new(format!("room:{room}").into()),
            disk,
            machine,
            clock: Clock::default(),
            connections: BTreeMap::new(),
            next_peer: 1,
            next_tick_ms: now_ms,
            scratch: Scratch::default(),
            busiest: (0, 0),
            out: VecDeque::new(),
            baking: None,
        }
    }

    /// The process dies: what the disk has not confirmed is gone.
    pub fn crash(mut self) -> Disk {
        self.disk.crash();
        self.disk
    }

    /// The room.
    pub fn room(&self) -> &Room {
        self.keeper.room()
    }

    /// What is durable.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Events, and bytes of their ops and payloads, of the busiest tick.
    pub fn busiest(&self) -> (usize, usize) {
        self.busiest
    }

    /// Whether everything told depends on durable events only and nothing waits.
    pub fn is_settled(&self) -> bool {
        self.keeper.is_settled()
    }

    /// A socket was accepted; the token says who.
    pub fn connect(&mut self, connection: u64, user: UserId) {
        self.connections.insert(connection, Connection::new(user, self.machine.frame_bytes));
    }

    /// A socket is gone.
    pub fn disconnect(&mut self, connection: u64) {
        if let Some(open) = self.connections.get_mut(&connection) {
            open.is_gone = true;
        }
        self.settle(connection);
    }

    /// The next message for a connection.
    pub fn poll(&mut self) -> Option<(u64, Packet)> {
        self.out.pop_front()
    }

    /// A message came in.
    pub fn receive(&mut self, connection: u64, packet: Packet, now_ms: f64) {
        self.clock.set(now_ms);
        let message = match packet {
            Packet::Message(message) => message,
            Packet::Datagram(frame) => return self.datagram(connection, &frame),
        };
        if let Some(open) = self.connections.get_mut(&connection).filter(|open| !open.is_gone) {
            open.unread.push_back(message);
            self.settle(connection);
        }
    }

    /// A frame of motion came as a datagram.
    fn datagram(&mut self, connection: u64, frame: &[u8]) {
        let Some(open) = self.connections.get(&connection).filter(|open| !open.is_gone) else { return };
        for inlet in open.inlets.values() {
            assert!(inlet.take(frame), "our client sends frames");
        }
    }

    /// Lets time pass: confirmations of the store, and a tick when one is due; then everyone is sent what there is.
    pub fn step(&mut self, now_ms: f64) {
        self.clock.set(now_ms);
        while let Some(done) = self.disk.done(now_ms) {
            match done {
                Done::Durable(last_seq) => self.keeper.stored(Stored { last_seq }),
                Done::Loaded { request, state } => {
                    self.keeper.push(PeerId(0), Input::StateLoaded { request, state });
                }
                Done::Kept(number) => self.keeper.kept(number, true),
            }
            self.hand_out(now_ms);
        }
        if let Some((_, wanted)) = self.baking.take_if(|(at_ms, _)| *at_ms <= now_ms) {
            self.keeper.baked(wanted.bake());
        }
        if now_ms >= self.next_tick_ms {
            let skipped = if self.dice.chance(self.machine.overruns) { 1 + self.dice.below(5) } else { 0 };
            self.next_tick_ms = now_ms + ((1 + skipped as u64) * TICK_MS) as f64;
            self.tick(now_ms);
        }
        let connections: Vec<u64> = self.connections.keys().copied().collect();
        for connection in connections {
            self.settle(connection);
            self.send(connection, now_ms);
        }
    }

    fn tick(&mut self, now_ms: f64) {
        let keeper = &mut self.keeper;
        self.audience.take_poses(|pose, claiming| keeper.pose(pose, claiming));
        let now = Now { tick: now_ms as u64 / TICK_MS, at_ms: START_MS + now_ms as i64 };
        keeper.tick(now, Duration::from_micros((now_ms * 1_000.0) as u64), false);
        self.hand_out(now_ms);
    }

    /// Hands what the keeper gives to the disk and to the audience.
    fn hand_out(&mut self, now_ms: f64) {
        while let Some(feed) = self.keeper.take() {
            match feed {
                Feed::Motion(motion) => self.audience.show(&motion),
                Feed::Tell(to, message) => {
                    if let Some(gone) = self.audience.tell(to, message) {
                        self.keeper.push(gone, Input::Leave);
                    }
                }
                Feed::Write(batch) => {
                    self.busiest.0 = self.busiest.0.max(batch.events.len());
                    self.busiest.1 = self.busiest.1.max(batch.events.iter().map(bytes).sum());
                    self.disk.write(batch, now_ms, self.machine.commit);
                }
                Feed::Bake(wanted) => self.baking = Some((now_ms + BAKE_MS, wanted)),
                Feed::Load(request) => self.disk.read(request, now_ms, self.machine.commit),
                Feed::Keep(state) => self.disk.keep(state, now_ms, self.machine.commit),
            }
        }
    }

    /// A connection's next frames are handled, as far as no join is undecided.
    fn settle(&mut self, connection: u64) {
        loop {
            let Some(open) = self.connections.get_mut(&connection) else { return };
            if !open.is_join_decided() {
                return;
            }
            if open.is_gone {
                let Some(gone) = self.connections.remove(&connection) else { return };
                gone.channels.end().for_each(|(_, peer)| self.goodbye(peer, Input::Lost));
                return;
            }
            let Some(message) = open.unread.pop_front() else { return };
            match open.take(&message) {
                Step::Done => {}
                Step::Join(asking) => self.join(connection, *asking),
                Step::Push { peer, input: input @ (Input::Leave | Input::Lost), .. } => {
                    self.goodbye(peer, input)
                }
                Step::Push { peer, input, .. } => self.keeper.push(peer, input),
                Step::Voice { peer, reference, wish: VoiceWish::Motion(on), .. } => {
                    open.carry(peer, &reference, on);
                }
                // Voices have no simulated lines: `thexr-media` has a simulation of its own.
                Step::Voice { .. } => {}
            }
        }
    }

    fn join(&mut self, connection: u64, asking: Asking) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let peer = PeerId(self.next_peer);
        self.next_peer += 1;
        let (user, payload) = (open.user.clone(), asking.payload.clone());
        let valid = payload.resume.as_ref().filter(|resume| resume.token == token(&user));
        let resume = valid.map(|resume| ResumeFrom::new(resume.seq, self.disk.tail(resume.seq)));
        let decision = Waits::default();
        let (pose, replaced) = open.open(asking, peer, decision.clone(), self.clock.clone());
        let ticket = Ticket { lanes: open.channels.lanes().clone(), pose, vsn: Vsn::V2, decision };
        self.audience.knock(peer, ticket);
        let join = Join::new(user, payload, connection)
            .unwrap_or_else(|reject| panic!("our client wishes what can be: {}", reject.reason));
        self.keeper.push(peer, Input::Join(Box::new(join.resuming(resume))));
        if let Some(old) = replaced {
            self.goodbye(old, Input::Leave);
        }
    }

    fn goodbye(&mut self, peer: PeerId, input: Input) {
        self.audience.remove(peer);
        self.keeper.push(peer, input);
    }

    fn send(&mut self, connection: u64, now_ms: f64) {
        let Some(open) = self.connections.get_mut(&connection) else { return };
        let now = Duration::from_micros((now_ms * 1_000.0) as u64);
        for frame in open.frames(now, &mut self.scratch) {
            self.out.push_back((connection, frame));
        }
    }
}

/// Ops and payload of an event, bytes of JSON.
fn bytes(event: &Event) -> usize {
    serde_json::to_string(&event.ops).map_or(0, |ops| ops.len()) + event.payload.to_string().len()
}

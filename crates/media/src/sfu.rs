//! All peer connections of a process, behind one port: datagrams in, datagrams out.

use crate::floor::{Floor, Scene};
use crate::limits::{CONNECT_TIMEOUT, MOTION_LINES_MAX, VOICE_LINES_MAX};
use crate::line::{Heard, Line, Packet, Wish};
use crate::projector::Projector;
use crate::settings::{Refusal, Settings, Way};
use crate::stun;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;
use str0m::net::{Protocol, Receive};
use str0m::{Input, Output};
use thexr_wire::{PeerId, RoomId};

/// A datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// How.
    pub way: Way,
    /// From which of our addresses.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// What.
    pub bytes: Vec<u8>,
}

/// What came of a line's motion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// A frame of the latest lane, up.
    Frame(PeerId, Vec<u8>),
    /// The line carries no motion any more.
    Ended(PeerId),
}

/// What has happened since it was asked last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams that came.
    pub datagrams: u64,
    /// Packets of voice that came, and that went out.
    pub voices_in: u64,
    /// See `voices_in`.
    pub voices_out: u64,
    /// Frames of motion that came, and that went out.
    pub motion_in: u64,
    /// See `motion_in`.
    pub motion_out: u64,
    /// Packets of what is shared that came, and datagrams that went out to show it.
    pub screens_in: u64,
    /// See `screens_in`.
    pub screens_out: u64,
    /// What was dropped, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// The voices of a process.
pub struct Sfu {
    settings: Settings,
    lines: BTreeMap<PeerId, Line>,
    by_ufrag: BTreeMap<String, PeerId>,
    /// An address may have carried several lines, one after the other.
    by_address: BTreeMap<(Way, SocketAddr), Vec<PeerId>>,
    floors: BTreeMap<RoomId, Floor>,
    /// When the first floor is to choose anew.
    floors_due: Option<Instant>,
    due: BTreeSet<(Instant, PeerId)>,
    /// Lines that something came from, and lines with something to say.
    asking: BTreeSet<PeerId>,
    /// See `asking`.
    stirred: BTreeSet<PeerId>,
    projector: Projector,
    out: VecDeque<Transmit>,
    /// Lines whose motion goes by their channel.
    moving: BTreeSet<PeerId>,
    moved: VecDeque<Moved>,
    counts: Counts,
}

impl Sfu {
    /// No lines yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            lines: BTreeMap::new(),
            by_ufrag: BTreeMap::new(),
            by_address: BTreeMap::new(),
            floors: BTreeMap::new(),
            floors_due: None,
            due: BTreeSet::new(),
            asking: BTreeSet::new(),
            stirred: BTreeSet::new(),
            projector: Projector::default(),
            out: VecDeque::new(),
            moving: BTreeSet::new(),
            moved: VecDeque::new(),
            counts: Counts::default(),
        }
    }

    /// Peer connections.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Peer connections that carry something.
    pub fn connected(&self) -> usize {
        self.lines.values().filter(|line| line.connected).count()
    }

    /// How many speak now.
    pub fn speaking(&self, now: Instant) -> usize {
        self.floors.values().map(|floor| floor.speaking(now)).sum()
    }

    /// Screens onto which something is shared now.
    pub fn shared(&self) -> usize {
        self.projector.shared()
    }

    /// Whether a room has any voices: who stands where in others nobody needs to know.
    pub fn is_in_use(&self, room: &RoomId) -> bool {
        self.floors.contains_key(room)
    }

    /// What has happened since this was asked last.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Answers an offer of a connection in a room; the connection's earlier one is gone.
    ///
    /// Errors: it cannot be answered; the earlier one stays.
    pub fn offer(&mut self, line: PeerId, room: &RoomId, sdp: &str, now: Instant) -> Result<String, Refusal> {
        if self.lines.len() >= VOICE_LINES_MAX && !self.lines.contains_key(&line) {
            return Err(Refusal::Full);
        }
        let (made, answer) = Line::answer(room, sdp, &self.settings, now)?;
        self.close(line);
        self.by_ufrag.insert(made.ufrag.clone(), line);
        self.lines.insert(line, made);
        self.floors.entry(room.clone()).or_insert_with(|| Floor::new(now)).enter(line);
        self.stirred.insert(line);
        self.settle(now);
        Ok(answer)
    }

    /// Ends a connection's line; returns its room.
    pub fn close(&mut self, id: PeerId) -> Option<RoomId> {
        let line = self.lines.remove(&id)?;
        self.end_motion(id);
        self.by_ufrag.remove(&line.ufrag);
        for address in &line.addresses {
            self.forget(*address, id);
        }
        self.due.remove(&(line.due, id));
        self.asking.remove(&id);
        self.stirred.remove(&id);
        self.projector.leave(id);
        if let Some(floor) = self.floors.get_mut(&line.room) {
            floor.leave(id);
            if floor.is_empty() {
                self.floors.remove(&line.room);
                self.projector.forget(&line.room);
            }
        }
        Some(line.room)
    }

    /// A line's motion goes by its channel from now on.
    ///
    /// Errors: it has none, or too many do so.
    pub fn begin_motion(&mut self, id: PeerId) -> Result<(), Refusal> {
        if !self.lines.get(&id).is_some_and(Line::takes_motion) {
            return Err(Refusal::NoChannel);
        }
        if self.moving.len() >= MOTION_LINES_MAX && !self.moving.contains(&id) {
            return Err(Refusal::MotionFull);
        }
        self.moving.insert(id);
        Ok(())
    }

    /// It no longer does.
    pub fn end_motion(&mut self, id: PeerId) {
        if self.moving.remove(&id) {
            self.moved.push_back(Moved::Ended(id));
        }
    }

    /// Sends a frame of motion on a line; [`Sfu::settle`] says it. What the line does not take now is passed over.
    pub fn send_motion(&mut self, id: PeerId, frame: &[u8]) {
        if !self.moving.contains(&id) {
            return self.drop("no_motion");
        }
        let Some(line) = self.lines.get_mut(&id) else { return };
        if line.send_motion(frame) {
            self.counts.motion_out += 1;
            self.stirred.insert(id);
        } else {
            self.drop("motion_passed_over");
        }
    }

    /// The next of what came of lines' motion.
    pub fn moved(&mut self) -> Option<Moved> {
        self.moved.pop_front()
    }

    /// Who stands where in a room now; lines of those who are not there any more end.
    pub fn scene(&mut self, room: &RoomId, mut scene: Scene, now: Instant) {
        let Some(floor) = self.floors.get_mut(room) else { return };
        self.projector.share(room, std::mem::take(&mut scene.screens), now);
        if floor.parts_others(&scene) {
            self.projector.hasten(now);
        }
        floor.set_scene(scene);
        // Who has just come may not be in it yet.
        let is_new = |id: &PeerId| {
            self.lines.get(id).is_some_and(|line| now.saturating_duration_since(line.began) < CONNECT_TIMEOUT)
        };
        let gone: Vec<PeerId> = floor.absent().filter(|id| !is_new(id)).collect();
        for id in gone {
            self.close(id);
        }
        self.note_due(room);
    }

    /// A datagram came. What comes of it is said by [`Sfu::settle`], once for all that came together: under load a listener's
    /// packets are made in one go.
    pub fn datagram(&mut self, way: Way, from: SocketAddr, to: SocketAddr, bytes: &[u8], now: Instant) {
        self.counts.datagrams += 1;
        let Ok(contents) = bytes.try_into() else { return self.drop("unreadable") };
        let input =
            Input::Receive(now, Receive { proto: protocol(way), source: from, destination: to, contents });
        let Some(id) = self.whose((way, from), bytes, &input) else { return self.drop("unknown_source") };
        let Some(line) = self.lines.get_mut(&id) else { return };
        // Pictures that never become whole are kept by the megabyte: only of those who share.
        if line.pictures.is_video(bytes) && !self.projector.is_shared_by(id) {
            return self.drop("not_shared");
        }
        if line.rtc.handle_input(input).is_err() {
            self.drop("unreadable");
        }
        self.asking.insert(id);
    }

    fn whose(&self, from: (Way, SocketAddr), bytes: &[u8], input: &Input<'_>) -> Option<PeerId> {
        if let Some(ufrag) = stun::ufrag(bytes) {
            return self.by_ufrag.get(ufrag).copied();
        }
        let accepts = |id: &&PeerId| self.lines.get(*id).is_some_and(|line| line.rtc.accepts(input));
        self.by_address.get(&from)?.iter().find(accepts).copied()
    }

    /// When [`Sfu::tick`] is due.
    pub fn due(&self) -> Option<Instant> {
        let line = self.due.first().map(|(at, _)| *at);
        line.into_iter().chain(self.floors_due).chain(self.projector.due()).min()
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Instant) {
        while let Some((at, id)) = self.due.first().copied()
            && at <= now
        {
            self.due.remove(&(at, id));
            let Some(line) = self.lines.get_mut(&id) else { continue };
            let waits = !line.connected && now.saturating_duration_since(line.began) > CONNECT_TIMEOUT;
            if waits || line.rtc.handle_input(Input::Timeout(now)).is_err() {
                line.rtc.disconnect();
            }
            self.stirred.insert(id);
        }
        if self.floors_due.is_some_and(|at| at <= now) {
            self.choose(now);
        }
        self.settle(now);
    }

    /// Screens: who sees what is chosen, keyframes are asked for, and what may go out now goes out.
    fn project(&mut self, now: Instant) {
        if self.projector.choose(&self.floors, now) {
            let viewers: Vec<PeerId> = self.projector.viewers().collect();
            for viewer in viewers {
                self.tell_screens(viewer);
            }
        }
        for (source, layer) in self.projector.keyframes(now) {
            let Some(line) = self.lines.get_mut(&source) else { continue };
            line.pictures.ask_for_keyframe(&mut line.rtc, layer);
            self.stirred.insert(source);
        }
        self.settle_lines(now);
        while let Some(turn) = self.projector.next(now) {
            let Some(line) = self.lines.get_mut(&turn.viewer) else { continue };
            // A line that takes nothing ends by itself; one that does not know how is as good as dark.
            if !line.pictures.show(&mut line.rtc, &turn, now).is_ok_and(|shown| shown) {
                continue;
            }
            // str0m makes packets of it with the time, and it is the time: what is paced here goes out here.
            if line.rtc.handle_input(Input::Timeout(now)).is_err() {
                line.rtc.disconnect();
            }
            let before = self.out.len();
            self.stirred.insert(turn.viewer);
            self.settle_lines(now);
            self.counts.screens_out += (self.out.len() - before) as u64;
        }
    }

    fn tell_screens(&mut self, viewer: PeerId) {
        let (Some(held), Some(line)) = (self.projector.held(viewer), self.lines.get_mut(&viewer)) else {
            return;
        };
        if line.tell_screens(held) {
            self.stirred.insert(viewer);
        }
    }

    /// Every room in which it is time chooses anew who hears whom.
    fn choose(&mut self, now: Instant) {
        let rooms: Vec<RoomId> = self
            .floors
            .iter()
            .filter(|(_, floor)| floor.due() <= now)
            .map(|(room, _)| room.clone())
            .collect();
        for room in rooms {
            if let Some(floor) = self.floors.get_mut(&room) {
                floor.choose(now);
            }
            self.tell(&room);
        }
        self.floors_due = self.floors.values().map(Floor::due).min();
    }

    /// The next datagram to be sent.
    pub fn transmit(&mut self) -> Option<Transmit> {
        self.out.pop_front()
    }

    /// Lets every line that has something to say say it, and what comes of it, until all is said; then what is shared has its turn.
    pub fn settle(&mut self, now: Instant) {
        self.settle_lines(now);
        self.project(now);
    }

    /// Those first to whom others listen.
    fn settle_lines(&mut self, now: Instant) {
        while let Some(id) = self.asking.pop_first().or_else(|| self.stirred.pop_first()) {
            let mut heard = Vec::new();
            let lives = self.poll(id, now, &mut heard);
            for heard in heard {
                self.heard(id, heard, now);
            }
            if !lives {
                self.close(id);
            }
        }
    }

    /// Takes everything out of a line; `false` when it has ended.
    fn poll(&mut self, id: PeerId, now: Instant, heard: &mut Vec<Heard>) -> bool {
        let Some(line) = self.lines.get_mut(&id) else { return true };
        self.due.remove(&(line.due, id));
        let (slots, screens) = (line.slots(), line.pictures.slots());
        let mut learnt = Vec::new();
        loop {
            match line.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    line.due = at;
                    break;
                }
                Ok(Output::Transmit(transmit)) => {
                    let to = transmit.destination;
                    let way = if transmit.proto == Protocol::Udp { Way::Udp } else { Way::Tcp };
                    if !line.addresses.contains(&(way, to)) {
                        learnt.push(((way, to), line.remember((way, to))));
                    }
                    self.out.push_back(Transmit {
                        way,
                        from: transmit.source,
                        to,
                        bytes: transmit.contents.into(),
                    });
                }
                Ok(Output::Event(event)) => heard.extend(line.event(event, self.settings.slots, now)),
                Err(_) => {
                    line.rtc.disconnect();
                    break;
                }
            }
        }
        let lives = line.rtc.is_alive();
        if lives {
            self.due.insert((line.due, id));
        }
        if line.slots() != slots {
            let (room, slots) = (line.room.clone(), line.slots());
            if let Some(floor) = self.floors.get_mut(&room) {
                floor.listen(id, slots);
            }
        }
        if line.pictures.slots() != screens {
            self.projector.watch(id, &line.room, line.pictures.slots(), now);
        }
        for (address, forgotten) in learnt {
            self.by_address.entry(address).or_default().push(id);
            if let Some(address) = forgotten {
                self.forget(address, id);
            }
        }
        lives
    }

    fn heard(&mut self, id: PeerId, heard: Heard, now: Instant) {
        let Some(room) = self.lines.get(&id).map(|line| line.room.clone()) else { return };
        match heard {
            Heard::Voice(packet) => self.forward(&room, id, &packet, now),
            Heard::Frame(frame) => {
                self.counts.screens_in += frame.packets;
                if let Err(why) = self.projector.frame(id, frame, now) {
                    self.drop(why);
                }
            }
            Heard::Lost(slot) => self.projector.lost(id, slot),
            Heard::Wish(Wish { unheard, slots, redundant, screens }) => {
                if let (Some(redundant), Some(line)) = (redundant, self.lines.get_mut(&id)) {
                    line.repeat(redundant);
                }
                if let Some(screens) = screens {
                    self.projector.wish(id, screens, now);
                }
                let Some(hearing) = self.floors.get_mut(&room).and_then(|floor| floor.hearing(id, now))
                else {
                    return;
                };
                hearing.most = slots.unwrap_or(hearing.most);
                if let Some(unheard) = unheard {
                    hearing.unheard = unheard;
                }
                self.note_due(&room);
            }
            Heard::Open => {
                self.tell_one(&room, id);
                self.tell_screens(id);
            }
            Heard::Motion(_) if !self.moving.contains(&id) => self.drop("no_motion"),
            Heard::Motion(frame) => {
                self.counts.motion_in += 1;
                self.moved.push_back(Moved::Frame(id, frame));
            }
            // It lies in the line already.
            Heard::Probe => drop(self.stirred.insert(id)),
            Heard::MotionEnds => self.end_motion(id),
            Heard::Dropped(why) => self.drop(why),
        }
    }

    /// A room is to choose anew perhaps sooner than any other.
    fn note_due(&mut self, room: &RoomId) {
        let due = self.floors.get(room).map(Floor::due);
        self.floors_due = self.floors_due.into_iter().chain(due).min();
    }

    /// A packet of voice goes to everyone who has it in a slot.
    fn forward(&mut self, room: &RoomId, from: PeerId, packet: &Packet, now: Instant) {
        self.counts.voices_in += 1;
        let Self { floors, lines, stirred, counts, .. } = self;
        let Some(floor) = floors.get_mut(room) else { return };
        let due = floor.due();
        let hearers = floor.speak(from, packet.level_db, now);
        for (listener, slot) in hearers {
            let Some(line) = lines.get_mut(listener) else { continue };
            // A line that takes nothing ends by itself.
            if line.hear(*slot, from, packet, now).is_ok() {
                counts.voices_out += 1;
                stirred.insert(*listener);
            }
        }
        self.floors_due = self.floors_due.into_iter().chain([floor.due()]).min();
        if floor.due() != due {
            self.tell(room);
        }
    }

    /// Tells everyone in a room whose slots have changed.
    fn tell(&mut self, room: &RoomId) {
        let listeners: Vec<PeerId> = self.floors.get(room).into_iter().flat_map(Floor::listeners).collect();
        for listener in listeners {
            self.tell_one(room, listener);
        }
    }

    fn tell_one(&mut self, room: &RoomId, listener: PeerId) {
        let (Some(floor), Some(line)) = (self.floors.get(room), self.lines.get_mut(&listener)) else {
            return;
        };
        if line.tell(floor.held(listener)) {
            self.stirred.insert(listener);
        }
    }

    fn forget(&mut self, address: (Way, SocketAddr), id: PeerId) {
        if let Some(lines) = self.by_address.get_mut(&address) {
            lines.retain(|line| *line != id);
            if lines.is_empty() {
                self.by_address.remove(&address);
            }
        }
    }

    fn drop(&mut self, why: &'static str) {
        *self.counts.dropped.entry(why).or_default() += 1;
    }
}

fn protocol(way: Way) -> Protocol {
    match way {
        Way::Udp => Protocol::Udp,
        Way::Tcp => Protocol::Tcp,
    }
}

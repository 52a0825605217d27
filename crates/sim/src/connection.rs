//! One connection at the server: its channels and its outlet, as the server's session and socket drive them.

use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use thexr_client::Transmit;
use thexr_hall::channels::{Asking, Channels, Inlet, MotionInlet, Opened, Step, Toll, Way};
use thexr_hall::{Decision, Frame, Lanes, Outlet, PoseSlot, Signer};
use thexr_room::Scratch;
use thexr_wire::lane::{PART_BYTES_MAX, parts};
use thexr_wire::limits::TICK_MS;
use thexr_wire::phoenix::{Vsn, decode_text};
use thexr_wire::{PeerId, RoomId, UserId};

/// What goes over the network.
#[derive(Debug, Clone)]
pub enum Packet {
    /// A message of the socket: it arrives, and in order.
    Message(Transmit),
    /// A datagram with a frame of motion.
    Datagram(Vec<u8>),
}

/// The room's clock, as connections read it.
#[derive(Debug, Clone, Default)]
pub struct Clock(Rc<Cell<f64>>);

impl Clock {
    /// Time has passed.
    pub fn set(&self, now_ms: f64) {
        self.0.set(now_ms);
    }
}

impl Way for Clock {
    fn tick(&self) -> u64 {
        self.0.get() as u64 / TICK_MS
    }

    fn room_ms(&self) -> f64 {
        self.0.get()
    }
}

/// Everyone may send what they want: in the simulation it is the room that has to bear it.
struct Free;

impl Toll for Free {
    fn message(&self, _bytes: usize) -> Result<(), String> {
        Ok(())
    }

    fn join(&self) -> Result<(), String> {
        Ok(())
    }
}

/// What became of a join, as far as that is known.
#[derive(Debug, Clone, Default)]
pub struct Waits(Rc<Cell<Option<bool>>>);

impl Decision for Waits {
    fn is_awaited(&self) -> bool {
        true
    }

    fn decide(self, accepted: bool) -> bool {
        self.0.set(Some(accepted));
        true
    }
}

/// What a client shows to resume: in the simulation nobody forges.
pub fn token(user: &UserId) -> String {
    format!("resume {user}")
}

struct Tokens(UserId);

impl Signer for Tokens {
    fn resume_token(&self, _room: &RoomId) -> String {
        token(&self.0)
    }
}

/// A socket and what the server keeps of it.
pub struct Connection {
    /// Whose it is.
    pub user: UserId,
    /// What comes in.
    pub channels: Channels<Clock>,
    /// Messages that wait for the decision about a join.
    pub unread: VecDeque<Transmit>,
    /// The other side is no longer there; rooms hear of it once no join is undecided.
    pub is_gone: bool,
    /// Ways in for channels whose motion goes by datagrams.
    pub inlets: BTreeMap<PeerId, Inlet<Clock>>,
    outlet: Outlet,
    joining: Option<(Opened<Clock>, Waits, Clock)>,
}

impl Connection {
    /// A socket that has just been accepted.
    pub fn new(user: UserId, frame_bytes: usize) -> Self {
        let lanes = Lanes::default();
        let outlet = Outlet::new(Vsn::V2, Box::new(Tokens(user.clone())), lanes.clone(), true);
        let (channels, outlet) = (Channels::new(Vsn::V2, lanes, true), outlet.with_frame_bytes(frame_bytes));
        Self {
            user,
            channels,
            unread: VecDeque::new(),
            is_gone: false,
            inlets: BTreeMap::new(),
            outlet,
            joining: None,
        }
    }

    /// Whether the next message may be handled: a join that is decided counts from here on.
    pub fn is_join_decided(&mut self) -> bool {
        let Some((_, waits, _)) = &self.joining else { return true };
        let Some(accepted) = waits.0.get() else { return false };
        if let Some((opened, _, clock)) = self.joining.take().filter(|_| accepted) {
            self.channels.joined(opened, clock);
        }
        true
    }

    /// A channel's motion goes by datagrams from now on, or no longer.
    pub fn carry(&mut self, peer: PeerId, reference: &Value, on: bool) {
        let Some(inlet) = self.channels.inlet(peer) else { return };
        inlet.set_by_datagrams(on);
        self.inlets.clear();
        self.inlets.extend(on.then_some((peer, inlet)));
        self.channels.answer(peer, reference, true, &json!({}));
    }

    /// Handles one message.
    pub fn take(&mut self, message: &Transmit) -> Step<Clock> {
        let frame = match message {
            Transmit::Text(text) => Some(decode_text(Vsn::V2, text)),
            Transmit::Binary(bytes) => self.channels.binary(bytes, &Free).transpose(),
        };
        let Some(frame) = frame else { return Step::Done };
        let frame = frame.unwrap_or_else(|error| panic!("our client sends frames: {error}"));
        self.channels.frame(frame, 0, &Free)
    }

    /// Begins a join: the slot of its poses, and the peer that it replaces.
    pub fn open(
        &mut self,
        asking: Asking,
        peer: PeerId,
        waits: Waits,
        clock: Clock,
    ) -> (Arc<PoseSlot>, Option<PeerId>) {
        let opened = self.channels.open(asking, peer, Arc::default());
        let replaced = opened.replaced.as_ref().map(|(_, peer)| *peer);
        let pose = opened.pose.clone();
        self.joining = Some((opened, waits, clock));
        (pose, replaced)
    }

    /// Everything there is to send.
    pub fn frames(&mut self, now: Duration, scratch: &mut Scratch) -> Vec<Packet> {
        let mut frames = Vec::new();
        while let Some(turn) = self.outlet.next(true) {
            if let Some(encoding) = self.outlet.take(turn, now, scratch, &mut frames) {
                encoding.run();
                self.outlet.encoded(false, &mut frames);
            }
        }
        let datagrams = self.outlet.datagrams().flat_map(|(_, frame)| datagrams(&frame));
        frames.into_iter().map(message).chain(datagrams).collect()
    }
}

fn message(frame: Frame) -> Packet {
    Packet::Message(match frame {
        Frame::Text(text) => Transmit::Text(text.to_string()),
        Frame::Binary(bytes) => Transmit::Binary(bytes),
    })
}

fn datagrams(frame: &[u8]) -> Vec<Packet> {
    let parts = parts(frame, PART_BYTES_MAX).unwrap_or_else(|error| panic!("our own frame: {error}"));
    parts.into_iter().map(Packet::Datagram).collect()
}

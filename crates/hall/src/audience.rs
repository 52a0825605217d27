//! The connections of one node that hear a room: who is at the door, who is in, and what each of them is told.
//!
//! Knows nothing of the room's rules: it hands out what the keeper's feed gives.

use crate::End;
use crate::lanes::{Item, Lanes, Motion};
use crate::pose_slot::PoseSlot;
use crate::state::SharedState;
use serde_json::Value;
use std::sync::{Arc, Weak};
use thexr_room::{Attached, Claiming, Message, PoseInput, Strain, To};
use thexr_wire::PeerId;
use thexr_wire::message::{Dialect, Mode, event};
use thexr_wire::phoenix::{Vsn, encode_text};

/// How a newcomer's connection learns what became of its join.
pub trait Decision {
    /// Whether anybody still waits for it.
    fn is_awaited(&self) -> bool;
    /// Says it; `false` when nobody waits any more.
    fn decide(self, accepted: bool) -> bool;
}

/// A connection at the door of a room.
#[derive(Debug)]
pub struct Ticket<D> {
    /// Where everything it is told goes.
    pub lanes: Lanes,
    /// Where its newest pose lies.
    pub pose: Arc<PoseSlot>,
    /// The envelope it speaks.
    pub vsn: Vsn,
    /// What waits for the decision.
    pub decision: D,
}

struct Member<D> {
    peer: PeerId,
    lanes: Lanes,
    pose: Arc<PoseSlot>,
    vsn: Vsn,
    decision: Option<D>,
    /// Hears what is for all: set when its join is told.
    attached: Option<Attached>,
}

/// The connections of a room, in one array by peer, so that it can be swept.
pub struct Audience<D> {
    topic: Arc<str>,
    members: Vec<Member<D>>,
    /// The state that was told last, while someone needs it: newcomers of one tick share it.
    state: Weak<SharedState>,
}

impl<D: Decision> Audience<D> {
    /// Nobody is here yet.
    pub fn new(topic: Arc<str>) -> Self {
        Self { topic, members: Vec::new(), state: Weak::new() }
    }

    /// How many hear of motion.
    pub fn watching(&self) -> usize {
        self.members.iter().filter(|member| member.attached.is_some_and(sees_motion)).count()
    }

    /// How many are inside, watch or are at the door; lobbies do not count.
    pub fn watching_or_waiting(&self) -> usize {
        self.members.iter().filter(|member| member.attached.is_none_or(sees_motion)).count()
    }

    /// Nobody is here or at the door.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Someone is at the door.
    pub fn knock(&mut self, peer: PeerId, ticket: Ticket<D>) {
        let Ticket { lanes, pose, vsn, decision } = ticket;
        let member = Member { peer, lanes, pose, vsn, decision: Some(decision), attached: None };
        match self.find(peer) {
            Ok(at) => self.members[at] = member,
            Err(at) => self.members.insert(at, member),
        }
    }

    /// Someone has gone.
    pub fn remove(&mut self, peer: PeerId) {
        if let Ok(at) = self.find(peer) {
            self.members.remove(at);
        }
    }

    fn find(&self, peer: PeerId) -> Result<usize, usize> {
        self.members.binary_search_by_key(&peer, |member| member.peer)
    }

    fn member(&mut self, peer: PeerId) -> Option<&mut Member<D>> {
        self.find(peer).ok().map(|at| &mut self.members[at])
    }

    /// Tells a message to whom it is for. Returns a newcomer whose connection has stopped waiting: it is gone, and nobody
    /// else will ever say its goodbye.
    pub fn tell(&mut self, to: To, message: Message) -> Option<PeerId> {
        match (to, message) {
            (To::Peer(peer), Message::Joined { attached, response }) => {
                return (!self.welcome(peer, attached, response)).then_some(peer);
            }
            (To::Peer(peer), message @ Message::Refused { .. }) => {
                if let Some(member) = self.member(peer) {
                    member.lanes.put(Item::Message(peer, message));
                    member.decide(false);
                    self.remove(peer);
                }
            }
            (to, Message::State(view)) => {
                let known = self.state.upgrade().filter(|known| known.is_of_state(&view));
                self.share(to, known.unwrap_or_else(|| Arc::new(SharedState::of_state(view))));
            }
            (to, Message::Missed(missed)) => {
                let known = self.state.upgrade().filter(|known| known.is_of_missed(&missed));
                self.share(to, known.unwrap_or_else(|| Arc::new(SharedState::of_missed(missed))));
            }
            (To::Peer(peer), Message::Close) => {
                if let Some(member) = self.member(peer) {
                    member.lanes.put(Item::End(peer, End::Deleted));
                    self.remove(peer);
                }
            }
            (to, Message::Shout { payload }) => {
                self.broadcast(to, event::SHOUT, &payload, Lanes::put_transient)
            }
            (to, Message::ToSome { peers, payload, unheard }) => {
                let hears = |member: &Member<D>| peers.contains(&member.peer);
                self.broadcast_to(to, hears, event::STOC, &payload);
                let counts = |member: &Member<D>| {
                    !hears(member)
                        && member.attached.is_some_and(|attached| attached.dialect == Dialect::Thexr1)
                };
                self.broadcast_to(to, counts, event::UNHEARD, &unheard);
            }
            (To::Peer(peer), message) => {
                if let Some(member) = self.member(peer) {
                    member.lanes.put(Item::Message(peer, message));
                }
            }
            (to, Message::Push { event, payload }) => self.broadcast(to, event, &payload, Lanes::put),
            // Answers are for one.
            (
                _,
                Message::Joined { .. } | Message::Refused { .. } | Message::Reply { .. } | Message::Close,
            ) => {}
        }
        None
    }

    /// Everyone whom it concerns gets a share of it.
    fn share(&mut self, to: To, state: Arc<SharedState>) {
        self.each(to, |member| member.lanes.put(Item::State(member.peer, state.clone())));
        self.state = Arc::downgrade(&state);
    }

    /// One frame for everyone of these who speaks the same envelope.
    fn broadcast_to(&self, to: To, whom: impl Fn(&Member<D>) -> bool, event: &'static str, payload: &str) {
        self.send(to, whom, event, payload, Lanes::put);
    }

    /// One frame for everyone who speaks the same envelope.
    fn broadcast(&self, to: To, event: &'static str, payload: &str, put: impl Fn(&Lanes, Item)) {
        self.send(to, |_| true, event, payload, put);
    }

    fn send(
        &self,
        to: To,
        whom: impl Fn(&Member<D>) -> bool,
        event: &'static str,
        payload: &str,
        put: impl Fn(&Lanes, Item),
    ) {
        let mut frames: [Option<Arc<str>>; 2] = [None, None];
        self.each(to, |member| {
            if !whom(member) {
                return;
            }
            let frame = frames[usize::from(member.vsn == Vsn::V2)].get_or_insert_with(|| {
                encode_text(member.vsn, &Value::Null, &Value::Null, &self.topic, event, payload).into()
            });
            put(&member.lanes, Item::Frame(member.peer, frame.clone()));
        });
    }

    fn each(&self, to: To, mut tell: impl FnMut(&Member<D>)) {
        if let To::Peer(peer) = to {
            return self.find(peer).into_iter().for_each(|at| tell(&self.members[at]));
        }
        for member in &self.members {
            let Some(attached) = member.attached else { continue };
            if to == To::All || to == To::Speaking(attached.dialect) {
                tell(member);
            }
        }
    }

    /// Lets a newcomer in, unless its connection has stopped waiting.
    fn welcome(&mut self, peer: PeerId, attached: Attached, response: Value) -> bool {
        let Some(member) = self.member(peer) else { return true };
        let awaited = member.decision.as_ref().is_some_and(Decision::is_awaited);
        if awaited {
            member.attached = Some(attached);
            member.lanes.put(Item::Message(peer, Message::Joined { attached, response }));
        }
        let waits = awaited && member.decide(true);
        if !waits {
            self.remove(peer);
        }
        waits
    }

    /// Hands a tick's motion to everyone but those in a lobby: each has a place of its own for it, where the newest wins.
    pub fn show(&self, motion: &Motion) {
        for member in self.members.iter().filter(|member| member.attached.is_some_and(sees_motion)) {
            member.pose.is_shown(motion.output.tick);
            member.lanes.show(member.peer, Some(motion.clone()));
        }
    }

    /// Those whose line does not take all that it is to be sent, in the order of peers.
    pub fn strained(&self) -> impl Iterator<Item = (PeerId, Strain)> {
        let strains = self.members.iter().map(|member| (member.peer, member.pose.strain()));
        strains.filter(|(_, strain)| *strain > Strain::None)
    }

    /// Hands out the newest pose of everyone who sent one, in the order of peers; who drives nobody, as `each` says, looks
    /// from there.
    pub fn take_poses(&self, mut each: impl FnMut(PoseInput, Claiming) -> bool) {
        for member in &self.members {
            if let Some((pose, claiming)) = member.pose.take()
                && !each(PoseInput { peer: member.peer, ..pose }, claiming)
            {
                member.pose.look_from(pose.pose.head);
            }
        }
    }

    /// Tells everyone how the room ended; those at the door are answered with `refusal`.
    pub fn end(&mut self, end: End, refusal: &Value) {
        for member in &mut self.members {
            if member.attached.is_some() {
                member.lanes.put(Item::End(member.peer, end));
            } else {
                let response = refusal.clone();
                member.lanes.put(Item::Message(member.peer, Message::Refused { response, at_once: true }));
            }
            member.decide(false);
        }
    }
}

impl<D: Decision> Member<D> {
    /// Says what became of the join, if that was not said yet; `false` when nobody heard it.
    fn decide(&mut self, accepted: bool) -> bool {
        self.decision.take().is_some_and(|decision| decision.decide(accepted))
    }
}

fn sees_motion(attached: Attached) -> bool {
    attached.mode != Mode::Preview
}

impl<D> Drop for Audience<D> {
    /// Whatever way a room ends, its connections learn that there will be no more motion.
    fn drop(&mut self) {
        for member in self.members.iter().filter(|member| member.attached.is_some()) {
            member.lanes.show(member.peer, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;
    use thexr_room::TickOutput;
    use thexr_wire::message::Movements;

    /// What a connection has heard of its join; nobody waits once it is `gone`.
    #[derive(Clone, Default)]
    struct Waits {
        decided: Rc<Cell<Option<bool>>>,
        gone: Rc<Cell<bool>>,
    }

    impl Decision for Waits {
        fn is_awaited(&self) -> bool {
            !self.gone.get()
        }

        fn decide(self, accepted: bool) -> bool {
            self.decided.set(Some(accepted));
            !self.gone.get()
        }
    }

    fn audience() -> Audience<Waits> {
        Audience::new("room:abcde".into())
    }

    fn knock(audience: &mut Audience<Waits>, peer: u64, waits: &Waits) -> Lanes {
        let lanes = Lanes::default();
        let (pose, decision) = (Arc::default(), waits.clone());
        audience.knock(PeerId(peer), Ticket { lanes: lanes.clone(), pose, vsn: Vsn::V2, decision });
        lanes
    }

    fn joined(mode: Mode) -> Message {
        let (dialect, movements) = (Dialect::Thexr1, Movements::default());
        let attached = Attached { dialect, mode, movements, interest: false, own_slot: None };
        Message::Joined { attached, response: Value::Null }
    }

    fn enter(audience: &mut Audience<Waits>, peer: u64, mode: Mode) -> Lanes {
        let lanes = knock(audience, peer, &Waits::default());
        assert_eq!(audience.tell(To::Peer(PeerId(peer)), joined(mode)), None);
        lanes.next_ordered().unwrap();
        lanes
    }

    #[test]
    fn a_lobby_gets_no_motion_does_not_count_as_a_receiver_and_hears_of_the_rooms_end() {
        let mut audience = audience();
        let inside = enter(&mut audience, 1, Mode::Enter);
        let lobby = enter(&mut audience, 2, Mode::Preview);
        let output = Arc::new(TickOutput::default());
        audience.show(&Motion { output, seq: 0, number: 1, published: Duration::ZERO });
        assert_eq!(audience.watching(), 1);
        assert!(matches!(inside.next_motion(), Some((PeerId(1), Some(_)))));
        assert!(lobby.next_motion().is_none());
        drop(audience);
        for (lanes, peer) in [(inside, 1), (lobby, 2)] {
            assert!(matches!(lanes.next_motion(), Some((found, None)) if found == PeerId(peer)));
        }
    }

    #[test]
    fn who_is_at_the_door_hears_nothing_that_is_for_all() {
        let mut audience = audience();
        let inside = enter(&mut audience, 9, Mode::Enter);
        let door = knock(&mut audience, 3, &Waits::default());
        audience.tell(To::All, Message::Push { event: "stoc", payload: "{}".into() });
        assert!(matches!(inside.next_ordered(), Some(Item::Frame(PeerId(9), _))));
        assert!(door.next_ordered().is_none());
    }

    #[test]
    fn a_newcomer_whose_connection_has_stopped_waiting_is_named_so_that_it_can_leave() {
        let mut audience = audience();
        let waits = Waits::default();
        let lanes = knock(&mut audience, 4, &waits);
        waits.gone.set(true);
        assert_eq!(audience.tell(To::Peer(PeerId(4)), joined(Mode::Enter)), Some(PeerId(4)));
        assert!(audience.is_empty() && lanes.next_ordered().is_none());
    }

    #[test]
    fn a_room_that_ends_answers_those_at_its_door_and_tells_those_inside() {
        let mut audience = audience();
        let (inside, waits) = (enter(&mut audience, 1, Mode::Observe), Waits::default());
        let door = knock(&mut audience, 2, &waits);
        audience.end(End::Panicked, &Value::from("why"));
        assert!(matches!(inside.next_ordered(), Some(Item::End(PeerId(1), End::Panicked))));
        let refused = door.next_ordered();
        assert!(
            matches!(refused, Some(Item::Message(_, Message::Refused { response, .. })) if response == "why")
        );
        assert_eq!(waits.decided.get(), Some(false));
    }
}

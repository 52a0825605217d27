//! The connections of a room and what they are told. Knows nothing of the room's rules: it hands out what it is given.

use crate::rooms::delivery::{JoinTicket, PeerLink, Told};
use crate::rooms::lanes::Latest;
use crate::rooms::registry::{JoinRefusal, RoomEnd};
use serde_json::Value;
use std::collections::BTreeMap;
use thexr_room::{Attached, PoseInput, To};
use thexr_wire::PeerId;
use thexr_wire::message::Mode;
use tokio::sync::oneshot;

struct Member {
    link: PeerLink,
    decided: Option<oneshot::Sender<bool>>,
    /// Hears what is for all: set when its join is told.
    attached: Option<Attached>,
}

/// The connections of a room.
#[derive(Default)]
pub struct Members(BTreeMap<PeerId, Member>);

impl Members {
    /// How many hear of motion.
    pub fn watching(&self) -> usize {
        self.0.values().filter(|member| member.attached.is_some_and(sees_motion)).count()
    }

    /// Nobody is here or at the door.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Someone is at the door.
    pub fn knock(&mut self, peer: PeerId, ticket: JoinTicket) {
        let member = Member { link: ticket.link, decided: Some(ticket.decided), attached: None };
        self.0.insert(peer, member);
    }

    /// Someone has gone.
    pub fn remove(&mut self, peer: PeerId) {
        self.0.remove(&peer);
    }

    /// Lets a newcomer in, unless its connection has stopped waiting; `false`: it is gone, and nobody will ever say its goodbye.
    pub fn welcome(&mut self, peer: PeerId, attached: Attached, response: Value) -> bool {
        let Some(member) = self.0.get_mut(&peer) else { return true };
        let Some(decided) = member.decided.take().filter(|decided| !decided.is_closed()) else {
            self.remove(peer);
            return false;
        };
        member.attached = Some(attached);
        self.tell(peer, Told::Joined { attached, response });
        let waits = decided.send(true).is_ok();
        if !waits {
            self.remove(peer);
        }
        waits
    }

    /// Sends a newcomer away.
    pub fn refuse(&mut self, peer: PeerId, response: Value) {
        self.tell(peer, Told::Refused(response));
        self.decline(peer);
        self.remove(peer);
    }

    /// Ends a channel for good.
    pub fn close(&mut self, peer: PeerId) {
        self.tell(peer, Told::Closed);
        self.remove(peer);
    }

    fn decline(&mut self, peer: PeerId) {
        if let Some(decided) = self.0.get_mut(&peer).and_then(|member| member.decided.take()) {
            // An error means that nobody waits for the refusal any more.
            let _ = decided.send(false);
        }
    }

    /// Tells one connection, in order.
    pub fn tell(&self, peer: PeerId, told: Told) {
        if let Some(member) = self.0.get(&peer) {
            member.link.lanes.tell(peer, told);
        }
    }

    /// Tells many, in order.
    pub fn tell_all(&self, to: To, told: impl Fn() -> Told) {
        for (peer, member) in &self.0 {
            let Some(attached) = member.attached else { continue };
            if to == To::All || to == To::Speaking(attached.dialect) {
                member.link.lanes.tell(*peer, told());
            }
        }
    }

    /// Hands a tick's motion to everyone but those in a lobby: each has a place of its own for it, where the newest wins.
    pub fn show(&self, latest: &Latest) {
        for (peer, member) in self.0.iter().filter(|(_, member)| member.attached.is_some_and(sees_motion)) {
            member.link.lanes.show(*peer, Some(latest.clone()));
        }
    }

    /// Hands out the newest pose of everyone who sent one, in the order of peers; who drives nobody, as `each` says, looks
    /// from there.
    pub fn take_poses(&self, mut each: impl FnMut(PoseInput) -> bool) {
        for (peer, member) in &self.0 {
            if let Some(pose) = member.link.pose.take()
                && !each(PoseInput { peer: *peer, ..pose })
            {
                member.link.pose.look_from(pose.pose.head);
            }
        }
    }

    /// Tells everyone how the room ended; those who were to be admitted are refused.
    pub fn say_goodbye(&mut self, end: RoomEnd) {
        let peers: Vec<PeerId> = self.0.keys().copied().collect();
        for peer in peers {
            let joined = self.0.get(&peer).is_some_and(|member| member.attached.is_some());
            let told = match (end, joined) {
                (RoomEnd::Deleted, true) => Told::Closed,
                // The sockets are about to be closed with 1012, which says it better.
                (RoomEnd::Stopped, true) => Told::Stopping,
                (_, true) => Told::Crashed,
                (RoomEnd::Deleted, false) => Told::Refused(JoinRefusal::NotFound.to_json()),
                (_, false) => Told::Refused(JoinRefusal::Busy.to_json()),
            };
            self.tell(peer, told);
            self.decline(peer);
        }
    }
}

fn sees_motion(attached: Attached) -> bool {
    attached.mode != Mode::Preview
}

impl Drop for Members {
    /// Whatever way a room ends, its connections learn that there will be no more motion.
    fn drop(&mut self) {
        for (peer, member) in self.0.iter().filter(|(_, member)| member.attached.is_some()) {
            member.link.lanes.show(*peer, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rooms::lanes::{Arrivals, lanes};
    use std::sync::Arc;
    use std::time::Instant;
    use thexr_room::TickOutput;
    use thexr_wire::message::{Dialect, Movements};

    fn welcome(members: &mut Members, peer: u64, mode: Mode) -> (Arrivals, oneshot::Receiver<bool>) {
        let ((lanes, arrivals), (decided, decision)) = (lanes(), oneshot::channel());
        let link = PeerLink { lanes, pose: Arc::default() };
        members.knock(PeerId(peer), JoinTicket { link, decided });
        let (dialect, movements) = (Dialect::Thexr1, Movements::default());
        let attached = Attached { dialect, mode, movements, interest: false, own_slot: None };
        assert!(members.welcome(PeerId(peer), attached, Value::Null));
        (arrivals, decision)
    }

    #[test]
    fn a_lobby_gets_no_motion_does_not_count_as_a_receiver_and_hears_of_the_rooms_end() {
        let mut members = Members::default();
        let (inside, _decided) = welcome(&mut members, 1, Mode::Enter);
        let (lobby, _decided) = welcome(&mut members, 2, Mode::Preview);
        let output = Arc::new(TickOutput::default());
        members.show(&Latest { output, seq: 0, number: 1, published: Instant::now() });
        assert_eq!(members.watching(), 1);
        assert!(matches!(inside.next_motion(), Some((PeerId(1), Some(_)))));
        assert!(lobby.next_motion().is_none());
        drop(members);
        for (arrivals, peer) in [(inside, 1), (lobby, 2)] {
            assert!(matches!(arrivals.next_motion(), Some((found, None)) if found == PeerId(peer)));
        }
    }
}

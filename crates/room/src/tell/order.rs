//! What a tick tells, and in which order: patch, events, replies, presence, then newcomers with the state.

use crate::log::Log;
use crate::motion::movers::Movers;
use crate::outbox::{Event, Hearers, Message, Ordered, Outbox, To};
use crate::people::People;
use crate::people::changes::{PresenceChange, Refusal};
use crate::reject::Reject;
use crate::tell::encode::{add_meta, meta};
use crate::tell::patch::{is_coming_or_going, patch, stoc, unheard};
use crate::tell::rights::tell_rights;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use thexr_wire::message::{Dialect, event};
use thexr_wire::{EntityId, PeerId, UserId};

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Address {
    /// To a connection, under the ref of its push.
    Peer(PeerId, Value),
    /// To whoever pushed an act.
    Ticket(u64),
}

/// What this tick answers, and shouts.
#[derive(Debug, Default)]
pub(crate) struct Said {
    replies: Vec<(Address, Result<Arc<str>, Reject>)>,
    pub shouts: Vec<Arc<str>>,
}

impl Said {
    pub fn reply(&mut self, address: Address, answer: Result<Arc<str>, Reject>) {
        self.replies.push((address, answer));
    }

    /// Nothing more for a peer that is gone.
    pub fn forget(&mut self, peer: PeerId) {
        self.replies.retain(|(address, _)| !matches!(address, Address::Peer(other, _) if *other == peer));
    }
}

/// Puts everything this tick has to say into the outbox.
pub(crate) fn tell(log: &mut Log, people: &mut People, movers: &Movers, said: Said, out: &mut Outbox) {
    let made = std::mem::take(&mut log.made);
    let changes = std::mem::take(&mut people.changes);
    let away_changes = people.away_changes();
    people.changes.places = changes.places;
    let teller = Teller { log, people, movers };
    teller.tell_events(&made.events, made.restate, out);
    tell_rights(log, people, &made, out);
    for shout in said.shouts {
        teller.order(out, To::All, Message::Shout { payload: shout });
    }
    for (address, answer) in said.replies {
        teller.reply(address, answer, out);
    }
    teller.tell_presence(&changes.presence, out);
    teller.tell_away(away_changes, out);
    for (peer, driver) in changes.drivers {
        let payload = json!({"driver": driver}).to_string().into();
        teller.say(out, To::Peer(peer), event::DRIVER, payload);
    }
    for (peer, Refusal { response, at_once }) in changes.refused {
        teller.order(out, To::Peer(peer), Message::Refused { response, at_once });
    }
    for (peer, ahead) in changes.queued {
        teller.say(out, To::Peer(peer), event::QUEUED, json!({"ahead": ahead}).to_string().into());
    }
    teller.welcome(changes.joined, &made.events, out);
    for (peer, ending) in changes.ended {
        teller.say(out, To::Peer(peer), event::ENDING, ending.to_json().to_string().into());
        teller.order(out, To::Peer(peer), Message::Close);
    }
    out.events.extend(made.events.into_iter().map(Arc::unwrap_or_clone));
}

/// The room as it is at the end of the tick, and how things are told.
pub(super) struct Teller<'a> {
    pub log: &'a Log,
    pub people: &'a People,
    pub movers: &'a Movers,
}

impl Teller<'_> {
    pub fn order(&self, out: &mut Outbox, to: To, message: Message) {
        out.ordered.push(Ordered { seq: self.log.seq, to, message });
    }

    fn reply(&self, address: Address, answer: Result<Arc<str>, Reject>, out: &mut Outbox) {
        let (to, reference) = match address {
            Address::Peer(peer, reference) => (To::Peer(peer), reference),
            Address::Ticket(ticket) => (To::Ticket(ticket), Value::Null),
        };
        let (ok, at_once) = (answer.is_ok(), answer.as_ref().is_err_and(|reject| reject.at_once));
        let response = answer.unwrap_or_else(|reject| reject.to_json().to_string().into());
        self.order(out, to, Message::Reply { reference, ok, response, at_once });
    }

    pub fn say(&self, out: &mut Outbox, to: To, event: &'static str, payload: Arc<str>) {
        self.order(out, to, Message::Push { event, payload });
    }

    fn tell_events(&self, events: &[Arc<Event>], restate: bool, out: &mut Outbox) {
        if restate {
            self.restate(out);
        } else if let Some(patch) = patch(events, &self.log.world, |id| self.slot(id), self.movers.changed())
        {
            self.say(out, To::All, event::STATE_PATCH, patch.into());
        }
        let hears_json = self.people.json_peers > 0;
        for event in events {
            if let Hearers::Only(users) = &event.hearers {
                self.tell_some(event, users, out);
                continue;
            }
            // A state told anew tells of nobody's coming; otherwise the avatar does.
            let told_by_the_avatar = !restate && is_coming_or_going(event);
            match (told_by_the_avatar, hears_json) {
                (false, _) => self.say(out, To::All, event::STOC, stoc(event).into()),
                (true, true) => self.say(out, To::Speaking(Dialect::Json), event::STOC, stoc(event).into()),
                (true, false) => {}
            }
        }
    }

    /// A fact to its hearers' connections; to the others, that there was one.
    fn tell_some(&self, event: &Event, users: &BTreeSet<UserId>, out: &mut Outbox) {
        let peers = self.people.peers.iter().filter(|(_, peer)| users.contains(&peer.user));
        let message = Message::ToSome {
            peers: Arc::new(peers.map(|(id, _)| *id).collect()),
            payload: stoc(event).into(),
            unheard: unheard(event).into(),
        };
        self.order(out, To::All, message);
    }

    /// After a `load` everyone gets the whole state, in place of this tick's ops.
    fn restate(&self, out: &mut Outbox) {
        let payload = json!({"incarnation": self.log.incarnation}).to_string().into();
        self.say(out, To::Speaking(Dialect::Thexr1), event::RESTATE, payload);
        self.order(out, To::All, Message::State(Arc::new(self.state_view(false))));
    }

    fn slot(&self, entity: &EntityId) -> Option<u16> {
        Some(self.people.persons.get(&entity.user()?)?.slot)
    }

    fn tell_presence(&self, change: &PresenceChange, out: &mut Outbox) {
        let both = |a: &[(UserId, PeerId)], b: &[(UserId, PeerId)]| {
            let mut map = Map::new();
            // Came and went within one tick: told as neither.
            for (user, peer) in a.iter().filter(|entry| !b.contains(entry)) {
                add_meta(&mut map, user, meta(self.log.epoch, *peer));
            }
            map
        };
        let (joins, leaves) = (both(&change.joined, &change.left), both(&change.left, &change.joined));
        if !joins.is_empty() || !leaves.is_empty() {
            let diff = json!({"joins": joins, "leaves": leaves}).to_string().into();
            self.say(out, To::Speaking(Dialect::Json), event::PRESENCE_DIFF, diff);
        }
    }

    fn tell_away(&self, (away, back): (Vec<UserId>, Vec<UserId>), out: &mut Outbox) {
        if !away.is_empty() || !back.is_empty() {
            let payload = json!({"away": away, "back": back}).to_string().into();
            self.say(out, To::Speaking(Dialect::Thexr1), event::AWAY, payload);
        }
    }
}

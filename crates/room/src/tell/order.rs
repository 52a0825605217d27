//! What a tick tells, and in which order: patch, events, replies, presence, then newcomers with the state.

use crate::log::Log;
use crate::outbox::{Attached, Event, Message, Ordered, Outbox, StateView, To};
use crate::people::People;
use crate::people::changes::{Newcomer, PresenceChange, Refusal};
use crate::people::join::Peer;
use crate::reject::Reject;
use crate::tell::rights::tell_rights;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thexr_wire::limits::{RESTATE_PEOPLE_MAX, TICK_MS};
use thexr_wire::message::{Dialect, Mode, event};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::Op;

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

/// One meta of presence; the ref is never used again in this topic.
fn meta(epoch: u64, peer: PeerId) -> Value {
    json!({"phx_ref": format!("{epoch:06x}{:010x}", peer.0)})
}

fn add_meta(map: &mut Map<String, Value>, user: &UserId, meta: Value) {
    let entry = map.entry(user.to_string()).or_insert_with(|| json!({"metas": []}));
    if let Some(metas) = entry["metas"].as_array_mut() {
        metas.push(meta);
    }
}

fn stoc(event: &Event) -> Arc<str> {
    let Event { name, payload, seq, at_ms, actor, .. } = event;
    let actor = actor.to_string();
    json!({"event": name, "payload": payload, "seq": seq, "at": at_ms, "actor": actor}).to_string().into()
}

/// Entities that did not exist before these events: the first that happens to them is their creation.
fn new_entities(events: &[Arc<Event>]) -> BTreeSet<&EntityId> {
    let (mut seen, mut new) = (BTreeSet::new(), BTreeSet::new());
    for op in events.iter().flat_map(|event| &event.ops) {
        let Some(id) = op.entity() else { continue };
        if seen.insert(id) && matches!(op, Op::Create { .. }) {
            new.insert(id);
        }
    }
    new
}

/// Puts everything this tick has to say into the outbox.
pub(crate) fn tell(log: &mut Log, people: &mut People, said: Said, out: &mut Outbox) {
    let made = std::mem::take(&mut log.made);
    let changes = std::mem::take(&mut people.changes);
    let away_changes = people.away_changes();
    people.changes.places = changes.places;
    let teller = Teller { log, people };
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
    out.events.extend(made.events.into_iter().map(Arc::unwrap_or_clone));
}

struct Teller<'a> {
    log: &'a Log,
    people: &'a People,
}

impl Teller<'_> {
    fn order(&self, out: &mut Outbox, to: To, message: Message) {
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

    fn say(&self, out: &mut Outbox, to: To, event: &'static str, payload: Arc<str>) {
        self.order(out, to, Message::Push { event, payload });
    }

    fn tell_events(&self, events: &[Arc<Event>], restate: bool, out: &mut Outbox) {
        if restate {
            self.restate(out);
        } else if let Some(patch) = self.patch(events) {
            self.say(out, To::All, event::STATE_PATCH, patch);
        }
        for event in events {
            self.say(out, To::All, event::STOC, stoc(event));
        }
    }

    /// After a `load` everyone gets the whole state, in place of this tick's ops.
    fn restate(&self, out: &mut Outbox) {
        let payload = json!({"incarnation": self.log.incarnation}).to_string().into();
        self.say(out, To::Speaking(Dialect::Thexr1), event::RESTATE, payload);
        self.order(out, To::All, Message::State(Arc::new(self.state_view())));
    }

    /// The ops of a tick with the seqs they belong to; `None` when nothing changed.
    fn patch(&self, events: &[Arc<Event>]) -> Option<Arc<str>> {
        let new = new_entities(events);
        // Created and deleted within one tick: told as neither.
        let fleeting =
            |op: &&Op| op.entity().is_some_and(|id| new.contains(id) && self.log.world.entity(id).is_none());
        let mut ops = Vec::new();
        let mut runs = Vec::new();
        for event in events {
            let before = ops.len();
            ops.extend(event.ops.iter().filter(|op| !fleeting(op)).map(|op| self.told_op(op)));
            if ops.len() > before {
                runs.push(json!([event.seq, ops.len() - before]));
            }
        }
        let last = events.last().filter(|_| !ops.is_empty())?;
        Some(json!({"seq": last.seq, "at": last.at_ms, "ops": ops, "runs": runs}).to_string().into())
    }

    /// An op as it is told: the creation of an avatar says its slot.
    fn told_op(&self, op: &Op) -> Value {
        let mut value = json!(op);
        if let Op::Create { entity, .. } = op
            && let Some(slot) = self.slot(entity)
        {
            value["slot"] = json!(slot);
        }
        value
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

    /// Newcomers get their reply and the state as of the end of this tick, all sharing one view of it.
    fn welcome(&self, newcomers: Vec<Newcomer>, events: &[Arc<Event>], out: &mut Outbox) {
        let mut view: Option<Arc<StateView>> = None;
        let mut restate: Option<Vec<Arc<str>>> = None;
        for newcomer in newcomers {
            let Some(peer) = self.people.peers.get(&newcomer.peer) else { continue };
            let missed = newcomer.resume.as_ref().filter(|_| peer.dialect == Dialect::Thexr1);
            let missed =
                missed.and_then(|resume| self.log.ring.after(resume.seq, self.log.seq, &resume.tail));
            let to = To::Peer(newcomer.peer);
            let response = self.join_response(newcomer.peer, peer, missed.is_some());
            let attached = Attached {
                dialect: peer.dialect,
                mode: peer.mode,
                movements: peer.movements,
                interest: peer.interest,
                own_slot: newcomer.slot,
            };
            self.order(out, to, Message::Joined { attached, response });
            if peer.dialect == Dialect::Json {
                self.say(out, to, event::PRESENCE_STATE, self.presence_state());
            }
            if let Some(missed) = missed {
                let restate = restate.get_or_insert_with(|| self.where_everyone_is());
                self.tell_missed(to, restate, &missed, out);
            } else {
                let view = view.get_or_insert_with(|| Arc::new(self.state_view()));
                self.order(out, to, Message::State(view.clone()));
                self.tell_away_to(to, peer, out);
            }
            if peer.dialect == Dialect::Json {
                self.tell_own_join(to, &peer.user, events, out);
            }
        }
    }

    /// The book's clients place themselves by their own `user_joined`.
    fn tell_own_join(&self, to: To, user: &UserId, events: &[Arc<Event>], out: &mut Outbox) {
        let own =
            |event: &&Arc<Event>| event.name == "user_joined" && event.payload["user_id"] == json!(user);
        if let Some(event) = events.iter().find(own) {
            self.say(out, to, event::STOC, stoc(event));
        }
    }

    fn tell_away_to(&self, to: To, peer: &Peer, out: &mut Outbox) {
        let away = self.away_now();
        if !away.is_empty() && peer.dialect == Dialect::Thexr1 {
            self.say(out, to, event::AWAY, json!({"away": away, "back": []}).to_string().into());
        }
    }

    fn away_now(&self) -> Vec<&UserId> {
        let away = self.people.persons.iter().filter(|(_, person)| person.away_since_ms.is_some());
        away.map(|(user, _)| user).collect()
    }

    /// Slots and places for those who resume, in parts, the same for all of a tick.
    fn where_everyone_is(&self) -> Vec<Arc<str>> {
        let people: Vec<_> = self.people.persons.iter().collect();
        let count = people.len().div_ceil(RESTATE_PEOPLE_MAX).max(1);
        let part = |index: usize| -> Arc<str> {
            let people = people.iter().skip(index * RESTATE_PEOPLE_MAX).take(RESTATE_PEOPLE_MAX);
            let (mut slots, mut poses, mut away) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
            for (user, person) in people {
                slots.insert(user.as_str(), person.slot);
                poses.insert(user.as_str(), person.pose);
                away.extend(person.away_since_ms.map(|_| user.as_str()));
            }
            let incarnation = self.log.incarnation;
            json!({"incarnation": incarnation, "index": index, "count": count, "slots": slots, "poses": poses, "away": away})
                .to_string()
                .into()
        };
        (0..count).map(part).collect()
    }

    fn tell_missed(&self, to: To, restate: &[Arc<str>], missed: &[Arc<Event>], out: &mut Outbox) {
        restate.iter().for_each(|part| self.say(out, to, event::RESTATE, part.clone()));
        if let Some(patch) = self.patch(missed) {
            self.say(out, to, event::STATE_PATCH, patch);
        }
        for event in missed {
            self.say(out, to, event::STOC, stoc(event));
        }
    }

    fn join_response(&self, id: PeerId, peer: &Peer, resumed: bool) -> Value {
        let person = self.people.persons.get(&peer.user).filter(|_| peer.mode == Mode::Enter);
        let mut response = json!({
            "user_id": peer.user, "mode": peer.mode, "dialect": peer.dialect, "seq": self.log.seq, "tick": self.log.now.tick,
            "tick_ms": TICK_MS, "incarnation": self.log.incarnation, "resumed": resumed,
            "driver": person.is_some_and(|person| person.driver == Some(id)),
            "limits": {
                "component_bytes": thexr_wire::limits::COMPONENT_BYTES_MAX,
                "entity_components": thexr_wire::limits::ENTITY_COMPONENTS_MAX,
                "room_entities": thexr_wire::limits::ROOM_ENTITIES_MAX,
                "message_bytes": thexr_wire::limits::MESSAGE_BYTES_MAX,
                "json_depth": thexr_wire::limits::JSON_DEPTH_MAX,
                "resume_grace_ms": thexr_wire::limits::RESUME_GRACE_MS,
                "people_max": self.people.caps.people_max,
                "peers_max": self.people.caps.peers_max,
            },
        });
        if peer.crowded {
            response["crowded"] = json!(true);
        }
        response
    }

    fn presence_state(&self) -> Arc<str> {
        let mut map = Map::new();
        for (user, person) in &self.people.persons {
            for peer in &person.entered {
                add_meta(&mut map, user, meta(self.log.epoch, *peer));
            }
        }
        Value::Object(map).to_string().into()
    }

    /// The present, to be encoded outside the tick.
    fn state_view(&self) -> StateView {
        let mut view =
            StateView { world: self.log.world.clone(), slots: BTreeMap::new(), poses: BTreeMap::new() };
        for (user, person) in &self.people.persons {
            view.slots.insert(EntityId::avatar(user), person.slot);
            view.poses.insert(user.clone(), person.pose);
        }
        view
    }
}

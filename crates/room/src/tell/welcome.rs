//! What newcomers are told: their reply, then the state as of the end of the tick, or what they have missed.

use crate::log::missed::ResumeFrom;
use crate::outbox::{Attached, Event, Message, Outbox, To};
use crate::people::changes::Newcomer;
use crate::people::person::Peer;
use crate::tell::order::Teller;
use crate::tell::patch::stoc;
use crate::tell::view::{Missed, Presence, Standing, StateView};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use thexr_wire::limits::TICK_MS;
use thexr_wire::message::{Dialect, Mode, event};
use thexr_wire::{PeerId, UserId};

/// What the newcomers of a tick share, made when the first of them needs it.
#[derive(Default)]
struct Shared {
    view: OnceLock<Arc<StateView>>,
    away: OnceLock<Option<Arc<str>>>,
    remembered: OnceLock<Arc<[Arc<Event>]>>,
    /// By the seq they have missed everything since.
    missed: BTreeMap<u64, Arc<Missed>>,
}

impl Teller<'_> {
    /// Newcomers get their reply and the state as of the end of this tick, all sharing one view of it.
    pub fn welcome(&self, newcomers: Vec<Newcomer>, events: &[Arc<Event>], out: &mut Outbox) {
        let mut shared = Shared::default();
        for newcomer in newcomers {
            let Some(peer) = self.people.peers.get(&newcomer.peer) else { continue };
            let to = To::Peer(newcomer.peer);
            let missed = newcomer.resume.and_then(|from| self.missed(from, &peer.user, &mut shared));
            let response = self.join_response(newcomer.peer, peer, missed.is_some());
            let attached = Attached {
                dialect: peer.dialect,
                mode: peer.mode,
                movements: peer.movements,
                interest: peer.interest,
                own_slot: newcomer.slot,
            };
            self.order(out, to, Message::Joined { attached, response });
            if let Some(missed) = missed {
                self.order(out, to, Message::Missed(missed));
                continue;
            }
            self.order(out, to, Message::State(self.shared_view(&shared)));
            match peer.dialect {
                Dialect::Thexr1 => {
                    let away = shared.away.get_or_init(|| self.away_now()).clone();
                    away.into_iter().for_each(|away| self.say(out, to, event::AWAY, away));
                }
                // The book's clients place themselves by their own `user_joined`.
                Dialect::Json => {
                    let own = newcomer.made.and_then(|seq| event_of(events, seq));
                    own.into_iter().for_each(|own| self.say(out, to, event::STOC, stoc(own).into()));
                }
            }
        }
    }

    fn shared_view(&self, shared: &Shared) -> Arc<StateView> {
        shared.view.get_or_init(|| Arc::new(self.state_view(true))).clone()
    }

    /// What someone has missed, if it can be told; those who have missed the same share it.
    fn missed(&self, from: ResumeFrom, user: &UserId, shared: &mut Shared) -> Option<Arc<Missed>> {
        self.log.ring.missed_bytes(&from, self.log.seq)?;
        if let Some(missed) = shared.missed.get(&from.seq()) {
            return Some(missed.clone());
        }
        let remembered = shared.remembered.get_or_init(|| self.log.ring.shared()).clone();
        let seq = from.seq();
        let missed = Arc::new(Missed::new(self.shared_view(shared), from, remembered, user.clone()));
        if missed.is_for_everyone() {
            shared.missed.insert(seq, missed.clone());
        }
        Some(missed)
    }

    fn away_now(&self) -> Option<Arc<str>> {
        let away = self.people.persons.iter().filter(|(_, person)| person.away_since_ms.is_some());
        let away: Vec<_> = away.map(|(user, _)| user).collect();
        (!away.is_empty()).then(|| json!({"away": away, "back": []}).to_string().into())
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
        let rights = &self.log.rights;
        response["settings"] = rights.settings().to_json();
        for part in [rights.told_to(&peer.user), rights.relations(&peer.user)] {
            part.as_object().into_iter().flatten().for_each(|(name, value)| response[name] = value.clone());
        }
        if let Some(person) = person {
            response["pose"] = json!(person.pose);
        }
        if peer.crowded {
            response["crowded"] = json!(true);
        }
        response
    }

    /// The present, to be encoded outside the tick; with presence only where newcomers may need it.
    pub fn state_view(&self, for_newcomers: bool) -> StateView {
        let persons = &self.people.persons;
        let standing = |(user, person): (&thexr_wire::UserId, &crate::people::person::Person)| Standing {
            user: user.clone(),
            slot: person.slot,
            pose: person.pose,
            away: person.away_since_ms.is_some(),
        };
        let presence = (for_newcomers && self.people.json_peers > 0).then(|| {
            let connections = persons
                .iter()
                .flat_map(|(user, person)| person.entered.iter().map(move |peer| (user.clone(), *peer)));
            Presence { epoch: self.log.epoch, connections: connections.collect() }
        });
        StateView {
            world: self.log.world.clone(),
            incarnation: self.log.incarnation,
            people: persons.iter().map(standing).collect(),
            things: self.movers.shared(),
            presence,
        }
    }
}

fn event_of(events: &[Arc<Event>], seq: u64) -> Option<&Event> {
    let at = seq.checked_sub(events.first()?.seq)?;
    events.get(usize::try_from(at).ok()?).map(|event| &**event)
}

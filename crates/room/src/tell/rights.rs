//! What changed about rights: told to those whose they are, and handed out to be stored.

use crate::log::{Log, Made};
use crate::outbox::{MemberChange, Message, Ordered, Outbox, To};
use crate::people::People;
use std::sync::Arc;
use thexr_wire::UserId;
use thexr_wire::message::event;

/// Hands out changed rows, and tells the people concerned.
pub(crate) fn tell_rights(log: &Log, people: &People, made: &Made, out: &mut Outbox) {
    let rows = made.members.iter().map(|user| {
        let (role, state) = log.rights.row(user);
        MemberChange { user: user.clone(), role, state }
    });
    out.members.extend(rows);
    if made.settings {
        out.settings = Some(log.rights.settings().to_json());
    }
    let mut tell = |user: &UserId, event: &'static str, payload: String| {
        let payload: Arc<str> = payload.into();
        for peer in people.connections_of(user) {
            let message = Message::Push { event, payload: payload.clone() };
            out.ordered.push(Ordered { seq: log.seq, to: To::Peer(peer), message });
        }
    };
    for user in &made.rights {
        tell(user, event::RIGHTS, log.rights.told_to(user).to_string());
    }
    for user in &made.relations {
        tell(user, event::RELATIONS, log.rights.relations(user).to_string());
    }
}

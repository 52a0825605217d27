//! Whom an act's fact is for, as its actor asks, and who that is at the moment. Owns the bounds of such a list.

use crate::act::Caller;
use crate::act::args::Args;
use crate::log::Log;
use crate::outbox::Hearers;
use crate::people::People;
use crate::reject::{NOT_INSIDE, Reject};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use thexr_wire::{Role, UserId};

/// People that one fact may be for, the actor not counted: the journal keeps each of them with it. Of those near, the nearest.
pub const HEARERS_MAX: usize = 200;
/// How far "near" may reach, metres; farther is everyone.
pub const NEAR_MAX_M: f32 = 100.0;

/// Whom a fact is for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Addressees {
    /// What a missing `to` asks for.
    #[default]
    Everyone,
    /// Whoever is within so many metres of the actor.
    Near(f32),
    /// These people.
    Users(BTreeSet<UserId>),
    /// Whoever is here and has this role or a higher one.
    Role(Role),
}

impl Addressees {
    /// Reads `to`: `{near: metres}`, `{users: [ids]}` or `{role}`; missing is everyone.
    pub fn read(args: &mut Args) -> Result<Self, Reject> {
        let Some(to) = args.take("to") else { return Ok(Self::Everyone) };
        let shape =
            || Reject::bad_payload("to: {near: metres up to 100}, {users: [up to 200 ids]} or {role}");
        let fields = to.as_object().filter(|fields| fields.len() == 1);
        let (name, value) = fields.and_then(|fields| fields.iter().next()).ok_or_else(shape)?;
        let addressees = match name.as_str() {
            "near" => {
                let metres = value.as_f64().map(|metres| metres as f32);
                metres.filter(|metres| (0.0..=NEAR_MAX_M).contains(metres)).map(Self::Near)
            }
            "users" => {
                let users = value.as_array().filter(|users| users.len() <= HEARERS_MAX);
                let user = |id: &Value| UserId::parse(id.as_str()?).ok();
                users.and_then(|users| users.iter().map(user).collect::<Option<_>>()).map(Self::Users)
            }
            "role" => value.as_str().and_then(Role::parse).map(Self::Role),
            _ => None,
        };
        addressees.ok_or_else(shape)
    }

    /// As a fact tells it; `None` for everyone.
    pub fn to_json(&self) -> Option<Value> {
        match self {
            Self::Everyone => None,
            Self::Near(metres) => Some(json!({"near": metres})),
            Self::Users(users) => Some(json!({"users": users})),
            Self::Role(role) => Some(json!({"role": role})),
        }
    }

    /// Who that is now; always the actor too.
    pub fn judge(&self, log: &Log, people: &People, caller: &Caller<'_>) -> Result<Hearers, Reject> {
        let mut hearers: BTreeSet<UserId> = match self {
            Self::Everyone => return Ok(Hearers::Everyone),
            Self::Users(users) => users.clone(),
            Self::Near(metres) => near(people, caller.person()?, *metres)?,
            Self::Role(role) => {
                let here = people.persons.keys().filter(|user| log.rights.role(user) >= *role);
                here.take(HEARERS_MAX).cloned().collect()
            }
        };
        hearers.extend(caller.user().cloned());
        Ok(Hearers::Only(Arc::new(hearers)))
    }
}

fn near(people: &People, actor: &UserId, metres: f32) -> Result<BTreeSet<UserId>, Reject> {
    let from = people.persons.get(actor).ok_or(NOT_INSIDE)?.pose.head;
    let away = |head: &[f32; 7]| -> f32 {
        (0..3).map(|axis| (head[axis] - from[axis]) * (head[axis] - from[axis])).sum()
    };
    let within = people.persons.iter().map(|(user, person)| (away(&person.pose.head), user));
    let mut within: Vec<_> = within.filter(|(away, _)| *away <= metres * metres).collect();
    within.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    Ok(within.into_iter().take(HEARERS_MAX + 1).map(|(_, user)| user.clone()).collect())
}

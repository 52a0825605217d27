//! Who may do what, changed: roles, settings, mutes, and whom people hide from.

use crate::act::args::{Args, Read};
use crate::act::{Caller, Effect};
use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::Actor;
use crate::reject::Reject;
use crate::rights::{Permission, Settings, may};
use serde_json::{Map, Value, json};
use thexr_wire::{EntityId, Role, UserId};
use thexr_world::{Components, Op};

/// A fact about rights, with all that is told of it, is smaller, bytes.
pub(crate) const FACT_BYTES_MAX: usize = 2 * 1024;
/// A person's id in a list, bytes.
const LISTED_BYTES: usize = 23;

/// A person gets another role.
#[derive(Debug, Clone, PartialEq)]
pub struct SetRole {
    user: UserId,
    role: Role,
}

/// The room gets other settings; what is not named stays.
#[derive(Debug, Clone, PartialEq)]
pub struct SetSettings {
    who_may_build: Option<Role>,
    who_may_save: Option<Role>,
}

macro_rules! of_one_person {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq)]
            pub struct $name {
                pub(super) user: UserId,
            }

            impl Read for $name {
                fn read(args: &mut Args) -> Result<Self, Reject> {
                    Ok(Self { user: args.user("user_id")? })
                }
            }
        )*
    };
}

of_one_person! {
    /// A person is not to be heard.
    Mute,
    /// A person may be heard again.
    Unmute,
    /// Two people hide from each other, as one of them wants.
    Block,
    /// They do no longer.
    Unblock,
}

impl Read for SetRole {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let user = args.user("user_id")?;
        let role = args.role("role")?.ok_or_else(|| Reject::bad_payload(ROLES))?;
        Ok(Self { user, role })
    }
}

impl Read for SetSettings {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let read =
            Self { who_may_build: args.role("who_may_build")?, who_may_save: args.role("who_may_save")? };
        if read.who_may_build.is_none() && read.who_may_save.is_none() {
            return Err(Reject::bad_payload("set_settings: who_may_build, who_may_save, or both"));
        }
        Ok(read)
    }
}

const ROLES: &str = "role: visitor, member, builder, moderator or owner";

impl Args {
    fn user(&mut self, name: &'static str) -> Result<UserId, Reject> {
        let value = self.take(name);
        let id = value.as_ref().and_then(Value::as_str).and_then(|text| UserId::parse(text).ok());
        id.ok_or_else(|| Reject::bad_payload(format!("{name}: a person's id")))
    }

    fn role(&mut self, name: &'static str) -> Result<Option<Role>, Reject> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let role = value.as_str().and_then(Role::parse);
        role.map(Some).ok_or_else(|| Reject::bad_payload(ROLES))
    }
}

pub(crate) fn set_role(log: &mut Log, caller: &Caller<'_>, set: &SetRole) -> Result<Effect, Reject> {
    let SetRole { user, role } = set;
    if let Actor::User(by) = caller.actor {
        log.rights.may_give(by, user, *role)?;
    }
    if !log.rights.set_role(user, *role)? {
        return Ok(nothing_new());
    }
    let ops = avatar_op(log, user, "role", (*role != Role::Visitor).then(|| json!(role)));
    Ok(member_fact(log, user, Fact::ROLE_CHANGED, json!({"user_id": user, "role": role}), ops))
}

pub(crate) fn set_muted(
    log: &mut Log,
    caller: &Caller<'_>,
    user: &UserId,
    muted: bool,
) -> Result<Effect, Reject> {
    if let Actor::User(by) = caller.actor {
        log.rights.is_above(by, user)?;
    }
    if !log.rights.set_muted(user, muted)? {
        return Ok(nothing_new());
    }
    let ops = avatar_op(log, user, "muted", muted.then_some(json!(true)));
    let fact = if muted { Fact::USER_MUTED } else { Fact::USER_UNMUTED };
    Ok(member_fact(log, user, fact, json!({"user_id": user}), ops))
}

pub(crate) fn set_settings(log: &mut Log, set: &SetSettings) -> Effect {
    let now = *log.rights.settings();
    let wanted = Settings {
        who_may_build: set.who_may_build.unwrap_or(now.who_may_build),
        who_may_save: set.who_may_save.unwrap_or(now.who_may_save),
    };
    if wanted == now {
        return nothing_new();
    }
    log.rights.set_settings(wanted);
    log.made.settings = true;
    let mut payload = wanted.to_json();
    payload["may"] = may_by_role(&wanted);
    Effect::fact(Fact::SETTINGS_CHANGED, payload, Vec::new())
}

/// What each role may do, so that everyone knows what the change means for them.
fn may_by_role(settings: &Settings) -> Value {
    let names = |role: Role| {
        let all = Permission::ALL.into_iter().filter(|permission| may(role, settings, *permission));
        json!(all.map(Permission::as_str).collect::<Vec<_>>())
    };
    Value::Object(
        Role::ALL.into_iter().map(|role| (role.as_str().to_owned(), names(role))).collect::<Map<_, _>>(),
    )
}

pub(crate) fn set_blocked(
    log: &mut Log,
    caller: &Caller<'_>,
    whom: &UserId,
    blocked: bool,
) -> Result<Effect, Reject> {
    let by = caller.person()?;
    if by == whom {
        return Err(Reject::bad_payload("user_id: nobody blocks themselves"));
    }
    if log.rights.set_blocked(by, whom, blocked)? {
        log.made.members.insert(by.clone());
        log.made.relations.extend([by.clone(), whom.clone()]);
    }
    Ok(nothing_new())
}

/// What two people are told when one of them blocks the other, bytes.
pub(crate) fn relations_bytes(log: &Log, by: &UserId, whom: &UserId) -> usize {
    let listed = |user: &UserId| log.rights.blocked(user).count() + log.rights.blocked_by(user).count() + 4;
    (listed(by) + listed(whom)) * LISTED_BYTES
}

/// It is so already, or so without a fact: an answer like any other.
fn nothing_new() -> Effect {
    Effect::Answer(json!({}))
}

fn member_fact(log: &mut Log, user: &UserId, fact: Fact, payload: Value, ops: Vec<Op>) -> Effect {
    log.made.members.insert(user.clone());
    log.made.rights.insert(user.clone());
    Effect::Certain(Draft::server(fact, payload, ops))
}

/// What shows a right on the avatar of a person who is here.
fn avatar_op(log: &Log, user: &UserId, name: &str, value: Option<Value>) -> Vec<Op> {
    let entity = EntityId::avatar(user);
    if log.world.entity(&entity).is_none() {
        return Vec::new();
    }
    vec![match value {
        Some(value) => Op::Set { entity, components: Components::from_iter([(name.to_owned(), value)]) },
        None => Op::Unset { entity, names: vec![name.into()] },
    }]
}

//! What people do with themselves: name, looks, and which connection moves them.

use crate::act::args::{Args, Read};
use crate::act::{Caller, Effect};
use crate::log::Log;
use crate::people::join::restyling;
use crate::people::looks::{check_avatar, check_nickname};
use crate::reject::{NOT_INSIDE, Reject};
use serde_json::{Map, Value, json};
use thexr_wire::EntityId;
use thexr_world::{Components, Entity};

/// What one may change of one's looks.
const FIELDS: [&str; 6] = ["color", "model", "head", "top", "face", "hair"];

/// Another name.
#[derive(Debug, Clone, PartialEq)]
pub struct SetNickname {
    nickname: String,
}

/// Other looks; what is not named stays.
#[derive(Debug, Clone, PartialEq)]
pub struct SetAvatar {
    wanted: Map<String, Value>,
}

/// From now on this connection moves the avatar.
#[derive(Debug, Clone, PartialEq)]
pub struct Drive;

impl Read for SetNickname {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let value = args.take("nickname");
        let nickname = check_nickname(value.as_ref().and_then(Value::as_str).unwrap_or(""))?;
        Ok(Self { nickname })
    }
}

impl Read for SetAvatar {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let wanted: Map<_, _> =
            FIELDS.iter().filter_map(|&field| Some((field.to_owned(), args.take(field)?))).collect();
        if wanted.is_empty() {
            return Err(Reject::bad_payload("set_avatar: a color, a model, a head, a top, a face or hair"));
        }
        match check_avatar(Value::Object(wanted))? {
            Value::Object(wanted) => Ok(Self { wanted }),
            _ => Err(Reject::bad_payload("avatar: an object")),
        }
    }
}

impl Read for Drive {
    fn read(_: &mut Args) -> Result<Self, Reject> {
        Ok(Self)
    }
}

pub(crate) fn set_nickname(log: &Log, caller: &Caller<'_>, set: SetNickname) -> Result<Effect, Reject> {
    own_avatar(log, caller)?;
    let changed = Components::from_iter([("nickname".into(), json!(set.nickname))]);
    Ok(Effect::Fact(restyling(caller.person()?, changed)))
}

pub(crate) fn set_avatar(log: &Log, caller: &Caller<'_>, set: SetAvatar) -> Result<Effect, Reject> {
    let current = own_avatar(log, caller)?.value("avatar").and_then(Value::as_object).cloned();
    let mut avatar = current.unwrap_or_default();
    avatar.extend(set.wanted);
    let changed = Components::from_iter([("avatar".into(), check_avatar(Value::Object(avatar))?)]);
    Ok(Effect::Fact(restyling(caller.person()?, changed)))
}

fn own_avatar<'a>(log: &'a Log, caller: &Caller<'_>) -> Result<&'a Entity, Reject> {
    log.world.entity(&EntityId::avatar(caller.person()?)).map(|entity| &**entity).ok_or(NOT_INSIDE)
}

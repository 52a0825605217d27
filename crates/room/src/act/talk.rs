//! Talking: lines, gestures, events of a room's own making, shouts.

use crate::act::addressees::Addressees;
use crate::act::args::{Args, Read};
use crate::act::{Caller, Effect};
use crate::facts::{Fact, is_reserved};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::reject::{NOT_INSIDE, RESERVED_EVENT, Reject};
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_wire::limits::SAY_CHARS_MAX;
use thexr_world::schema;

/// Characters of an emote's name.
const EMOTE_CHARS_MAX: usize = 32;
/// Canonical JSON of a shout or of an event's payload, bytes.
const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

/// A line of chat.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    text: String,
    to: Addressees,
}

/// A gesture.
#[derive(Debug, Clone, PartialEq)]
pub struct Emote {
    emote: String,
}

/// An event of the room's own making, under a name no built-in event has.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomEvent {
    name: String,
    payload: Value,
    to: Addressees,
}

/// Something for everyone who is here now, not stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Shout {
    payload: Value,
}

impl Read for Say {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { text: args.text("text", SAY_CHARS_MAX, "text_too_long")?, to: Addressees::read(args)? })
    }
}

impl Read for Emote {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { emote: args.text("emote", EMOTE_CHARS_MAX, "text_too_long")? })
    }
}

impl Read for CustomEvent {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let name = args.text("event_name", schema::NAME_CHARS_MAX, "name_too_long")?;
        if is_reserved(&name) {
            return Err(RESERVED_EVENT);
        }
        if !schema::is_name(&name) {
            return Err(Reject::bad_payload("event_name: 1 to 64 of a-z, 0-9 and _"));
        }
        let payload = bounded(args.take("payload").unwrap_or(json!({})))?;
        Ok(Self { name, payload, to: Addressees::read(args)? })
    }
}

impl Read for Shout {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { payload: bounded(args.rest())? })
    }
}

fn bounded(payload: Value) -> Result<Value, Reject> {
    if payload.to_string().len() > PAYLOAD_BYTES_MAX {
        return Err(Reject::new("payload_too_large", "A payload has at most 64 KiB."));
    }
    Ok(payload)
}

pub(crate) fn say(log: &Log, people: &People, caller: &Caller<'_>, say: Say) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let avatar = log.world.entity(&EntityId::avatar(user)).ok_or(NOT_INSIDE)?;
    let nickname = avatar.value("nickname").cloned().unwrap_or_default();
    let color = avatar.value("avatar").and_then(|avatar| avatar.get("color").cloned());
    let mut payload = json!({"user_id": user, "nickname": nickname, "color": color, "text": say.text});
    if let Some(to) = say.to.to_json() {
        payload["to"] = to;
    }
    Ok(Effect::Fact(Draft::told(Fact::MESSAGE_SAID, payload, say.to.judge(log, people, caller)?)))
}

pub(crate) fn emote(log: &Log, caller: &Caller<'_>, emote: Emote) -> Result<Effect, Reject> {
    let user = caller.person()?;
    log.world.entity(&EntityId::avatar(user)).ok_or(NOT_INSIDE)?;
    let payload = json!({"user_id": user, "emote": emote.emote});
    Ok(Effect::fact(Fact::EMOTED, payload, Vec::new()))
}

pub(crate) fn custom_event(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    event: CustomEvent,
) -> Result<Effect, Reject> {
    Ok(Effect::Fact(Draft::custom(event.name, event.payload, event.to.judge(log, people, caller)?)))
}

pub(crate) fn shout(shout: &Shout) -> Effect {
    Effect::Shout(shout.payload.to_string().into())
}

//! Commands: from a peer's push to an event, a reply, or a refusal. Owns dispatch and the commands about people.

use crate::act::Acts;
use crate::act::args::Args;
use crate::act::names::is_reserved;
use crate::act::snapshots::list_snapshots;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::Outbox;
use crate::people::People;
use crate::people::join::restyle;
use crate::people::looks::{check_avatar, check_nickname};
use crate::reject::{NOT_INSIDE, RESERVED_EVENT, Reject, TOO_MANY_COMMANDS, UNKNOWN_EVENT};
use crate::text::clean_line;
use serde_json::{Value, json};
use std::sync::Arc;
use thexr_wire::limits::SAY_CHARS_MAX;
use thexr_wire::message::{Mode, event};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::{Components, Op, schema};

/// Characters of an emote's name.
const EMOTE_CHARS_MAX: usize = 32;
/// Canonical JSON of a shout or of an event's payload, bytes.
const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

/// What a handler wants to happen.
pub(crate) enum Effect {
    /// A fact, to be folded and journalled.
    Fact { name: String, payload: Value, ops: Vec<Op> },
    /// Done already, as this seq says.
    Done(u64),
    /// An answer without a fact.
    Answer(Value),
    /// To everyone, not stored.
    Shout(Value),
    /// The answer comes later.
    Later,
}

/// A push being handled.
pub(crate) struct Call<'a> {
    pub peer: PeerId,
    pub user: &'a UserId,
    pub mode: Mode,
    pub reference: &'a Value,
    pub command_id: Option<String>,
}

/// What came of a push.
pub(crate) enum Outcome {
    /// Its reply.
    Reply(Result<Arc<str>, Reject>),
    /// A reply, and something to tell everyone.
    Shout(Arc<str>),
    /// The reply comes later, or never.
    Later,
}

impl Effect {
    /// A fact of this name.
    pub fn fact(name: &str, payload: Value, ops: Vec<Op>) -> Self {
        Self::Fact { name: name.into(), payload, ops }
    }
}

impl Acts {
    /// Handles one push.
    pub fn command(
        &mut self,
        (log, people): (&mut Log, &mut People),
        peer: PeerId,
        reference: &Value,
        (name, payload): (&str, Value),
        out: &mut Outbox,
    ) -> Outcome {
        let Some((user, mode)) = people.peers.get(&peer).map(|peer| (peer.user.clone(), peer.mode)) else {
            return Outcome::Later;
        };
        let outcome = Args::new(payload).and_then(|mut args| {
            // A shout is nobody's business but its hearers': whatever it holds is theirs.
            let command_id = if name == event::SHOUT { None } else { args.command_id()? };
            if let Some(known) = command_id.as_deref().and_then(|id| log.memory.find(&user, id)) {
                return Ok(Outcome::Reply(Ok(known.response.clone())));
            }
            if command_id.is_some() && log.memory.is_full(&user) {
                return Err(TOO_MANY_COMMANDS);
            }
            let call = Call { peer, user: &user, mode, reference, command_id };
            self.granted((log, people), &call, name, args, out)
        });
        outcome.unwrap_or_else(|reject| Outcome::Reply(Err(reject)))
    }

    fn granted(
        &mut self,
        (log, people): (&mut Log, &mut People),
        call: &Call<'_>,
        name: &str,
        args: Args,
        out: &mut Outbox,
    ) -> Result<Outcome, Reject> {
        let effect = self.handle((log, people), call, name, args, out)?;
        let response = match effect {
            Effect::Fact { name, payload, ops } => {
                Log::fits_an_event(&ops, &payload)?;
                let response_payload = payload.clone();
                let draft = Draft {
                    command_id: call.command_id.clone(),
                    ..Draft::user(call.user, &name, payload, ops)
                };
                crate::log::memory::response(log.emit(draft)?, &response_payload)
            }
            Effect::Done(seq) => json!({"seq": seq}),
            Effect::Answer(response) => response,
            Effect::Shout(payload) => return Ok(Outcome::Shout(payload.to_string().into())),
            Effect::Later => return Ok(Outcome::Later),
        };
        Ok(Outcome::Reply(Ok(response.to_string().into())))
    }

    /// The list of commands, each with its handler.
    fn handle(
        &mut self,
        (log, people): (&mut Log, &mut People),
        call: &Call<'_>,
        name: &str,
        mut args: Args,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        match name {
            event::SHOUT => return Ok(Effect::Shout(bounded(args.into_value())?)),
            "list_snapshots" => return Ok(list_snapshots(log)),
            _ => {}
        }
        let known = COMMANDS.binary_search(&name).is_ok();
        if !known {
            return Err(UNKNOWN_EVENT);
        }
        if call.mode != Mode::Enter || !people.persons.contains_key(call.user) {
            return Err(NOT_INSIDE);
        }
        if name == event::DRIVE {
            people.drive(call.user, call.peer);
            people.changes.driver(call.peer, true);
            return Ok(Effect::Answer(json!({"driver": true})));
        }
        log.may_change()?;
        match name {
            "create_entity" => log.create_entity(args),
            "update_components" => log.update_components(call.user, args),
            "remove_components" => log.remove_components(call.user, args),
            "delete_entity" => log.delete_entity(args),
            "duplicate_entity" => log.duplicate_entity(args),
            "reparent" => log.reparent(args),
            "transact" => log.transact(call, args),
            "set_nickname" => log.set_nickname(call, &mut args),
            "set_avatar" => log.set_avatar(call, args),
            "say" => log.say_line(call.user, &mut args),
            "emote" => Log::emote(call.user, &mut args),
            "event" => Log::custom_event(&mut args),
            "save_snapshot" => self.save_snapshot(log, call, args, out),
            "restore_snapshot" => self.restore_snapshot(log, call, args, out),
            _ => Err(UNKNOWN_EVENT),
        }
    }
}

impl Log {
    fn set_nickname(&mut self, call: &Call<'_>, args: &mut Args) -> Result<Effect, Reject> {
        let value = args.take("nickname");
        let nickname = check_nickname(value.as_ref().and_then(Value::as_str).unwrap_or(""))?;
        let changed = Components::from_iter([("nickname".into(), json!(nickname))]);
        Ok(Effect::Done(restyle(self, call.user, changed, call.command_id.clone())?))
    }

    fn set_avatar(&mut self, call: &Call<'_>, mut args: Args) -> Result<Effect, Reject> {
        let wanted = ["color", "model"].map(|field| (field, args.take(field)));
        if wanted.iter().all(|(_, value)| value.is_none()) {
            return Err(Reject::bad_payload("set_avatar: a color, a model, or both"));
        }
        let entity = self.world.entity(&EntityId::avatar(call.user));
        let current = entity.and_then(|entity| entity.value("avatar")?.as_object().cloned());
        let mut avatar = current.unwrap_or_default();
        avatar.extend(wanted.into_iter().filter_map(|(field, value)| Some((field.into(), value?))));
        let changed = Components::from_iter([("avatar".into(), check_avatar(Value::Object(avatar))?)]);
        Ok(Effect::Done(restyle(self, call.user, changed, call.command_id.clone())?))
    }

    fn say_line(&self, user: &UserId, args: &mut Args) -> Result<Effect, Reject> {
        let text = args.text("text", SAY_CHARS_MAX, "text_too_long")?;
        let avatar = self.world.entity(&EntityId::avatar(user));
        let nickname = avatar.and_then(|entity| entity.value("nickname")).cloned().unwrap_or_default();
        let color = avatar.and_then(|entity| entity.value("avatar")?.get("color").cloned());
        let payload = json!({"user_id": user, "nickname": nickname, "color": color, "text": text});
        Ok(Effect::fact("message_said", payload, Vec::new()))
    }

    fn emote(user: &UserId, args: &mut Args) -> Result<Effect, Reject> {
        let emote = args.text("emote", EMOTE_CHARS_MAX, "text_too_long")?;
        Ok(Effect::fact("emoted", json!({"user_id": user, "emote": emote}), Vec::new()))
    }

    /// An event of the room's own making, under a name no built-in event has.
    fn custom_event(args: &mut Args) -> Result<Effect, Reject> {
        let name = args.text("event_name", schema::NAME_CHARS_MAX, "name_too_long")?;
        if is_reserved(&name) {
            return Err(RESERVED_EVENT);
        }
        if !schema::is_name(&name) {
            return Err(Reject::bad_payload("event_name: 1 to 64 of a-z, 0-9 and _"));
        }
        let payload = bounded(args.take("payload").unwrap_or(json!({})))?;
        Ok(Effect::fact(&name, payload, Vec::new()))
    }

    /// Accepts a transaction whose ops are folded already.
    pub(crate) fn accept(
        &mut self,
        call: &Call<'_>,
        name: &str,
        payload: Value,
        ops: Vec<Op>,
        inverse: Option<Vec<Op>>,
    ) -> Effect {
        let command_id = call.command_id.clone();
        self.record(Draft { inverse, command_id, ..Draft::user(call.user, name, payload, ops) });
        Effect::Done(self.seq)
    }
}

/// All commands an inside person may give, sorted.
const COMMANDS: &[&str] = &[
    "create_entity",
    "delete_entity",
    "drive",
    "duplicate_entity",
    "emote",
    "event",
    "remove_components",
    "reparent",
    "restore_snapshot",
    "save_snapshot",
    "say",
    "set_avatar",
    "set_nickname",
    "transact",
    "update_components",
];

fn bounded(payload: Value) -> Result<Value, Reject> {
    if payload.to_string().len() > PAYLOAD_BYTES_MAX {
        return Err(Reject::new("payload_too_large", "A payload has at most 64 KiB."));
    }
    Ok(payload)
}

/// Trims a snapshot's name.
pub(crate) fn snapshot_name(args: &mut Args) -> Result<String, Reject> {
    let value = args.take("name");
    let text = value.as_ref().and_then(Value::as_str).unwrap_or("");
    clean_line(text, "name", thexr_wire::limits::TITLE_CHARS_MAX, "name_too_long")
}

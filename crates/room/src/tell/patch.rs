//! The ops of some events as they are told, and the events themselves. Pure functions, made to run also outside the tick.

use crate::outbox::Event;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_world::{Op, World};

/// The ops of events with the seqs they belong to, told in the light of the world after them; `None` when nothing changed.
pub(crate) fn patch(
    events: &[Arc<Event>],
    world: &World,
    slot: impl Fn(&EntityId) -> Option<u16>,
    things: &BTreeMap<EntityId, Option<u16>>,
) -> Option<String> {
    let new = new_entities(events);
    // Created and deleted within these events: told as neither. Who came and went is told all the same.
    let fleeting = |op: &&Op| {
        op.entity().is_some_and(|id| new.contains(id) && id.user().is_none() && world.entity(id).is_none())
    };
    let mut ops = Vec::new();
    let mut runs = Vec::new();
    for event in events {
        let before = ops.len();
        ops.extend(event.ops.iter().filter(|op| !fleeting(op)).map(|op| told_op(op, &slot)));
        if ops.len() > before {
            runs.push(json!([event.seq, ops.len() - before]));
        }
    }
    let last = events.last().filter(|_| !ops.is_empty())?;
    let mut patch = json!({"seq": last.seq, "at": last.at_ms, "ops": ops, "runs": runs});
    if !things.is_empty() {
        patch["slots"] = json!(things);
    }
    Some(patch.to_string())
}

/// An event as it is told.
pub(crate) fn stoc(event: &Event) -> String {
    let Event { name, payload, seq, at_ms, actor, .. } = event;
    let actor = actor.to_string();
    json!({"event": name, "payload": payload, "seq": seq, "at": at_ms, "actor": actor}).to_string()
}

/// What is told of an event that is for others.
pub(crate) fn unheard(event: &Event) -> String {
    json!({"seq": event.seq}).to_string()
}

/// Whether an event only says what the ops of an avatar say: thexr.1 clients are not told it beside them.
pub(crate) fn is_coming_or_going(event: &Event) -> bool {
    event.name == "user_joined" || event.name == "user_left"
}

/// An op as it is told: the creation of an avatar says its slot, and not where it was when it was stored.
fn told_op(op: &Op, slot: impl Fn(&EntityId) -> Option<u16>) -> Value {
    let mut value = json!(op);
    let Op::Create { entity, .. } = op else { return value };
    if let Some(slot) = slot(entity) {
        value["slot"] = json!(slot);
    }
    if entity.user().is_some()
        && let Some(components) = value["components"].as_object_mut()
    {
        components.remove("pose");
    }
    value
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

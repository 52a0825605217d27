//! What one does with a thing at hand beside taking it: using its trigger, making it larger or smaller with two hands.

use crate::act::args::{Args, Read};
use crate::act::edit::existing;
use crate::act::hold::{GRAB_REACH_MAX_M, HELD, hand_of, radius_of};
use crate::act::{Caller, Effect};
use crate::bodies::whereabouts::place;
use crate::facts::Fact;
use crate::limbs::distance;
use crate::log::Log;
use crate::people::People;
use crate::people::holds::holder;
use crate::reject::{NOT_INSIDE, Reject, TOO_FAR};
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_world::interactions::can_be_used;
use thexr_world::transform::numbers;
use thexr_world::{Components, Op, schema};

/// How small two hands make a thing, factor of its shape; less is `bad_payload`.
pub const SCALE_MIN: f32 = 0.05;
/// How large two hands make a thing, factor of its shape; more is `bad_payload`.
pub const SCALE_MAX: f32 = 20.0;

const NOT_TRIGGERABLE: Reject = Reject::new("not_triggerable", "This does nothing when it is used.");
const NOT_SCALABLE: Reject = Reject::new("not_scalable", "Two hands do not make this larger or smaller.");

/// The trigger of this is pulled: once, or so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    entity: EntityId,
    value: Option<f32>,
}

/// What one holds is as large as this now.
#[derive(Debug, Clone, PartialEq)]
pub struct Resize {
    entity: EntityId,
    scale: [f32; 3],
}

impl Read for Trigger {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let refused = || Reject::bad_payload("value: 0 (let go) to 1 (pulled)");
        let value = match args.take("value") {
            None => None,
            Some(value) => {
                let value = value.as_f64().filter(|value| (0.0..=1.0).contains(value)).ok_or_else(refused)?;
                Some(value as f32)
            }
        };
        Ok(Self { entity: args.entity("entity")?, value })
    }
}

impl Read for Resize {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let refused = || Reject::bad_payload("scale: three numbers from 0.05 to 20");
        let scale = schema::check("scale", args.take("scale").ok_or_else(refused)?)?;
        let scale: [f32; 3] = numbers(&scale).ok_or_else(refused)?;
        if !scale.iter().all(|factor| (SCALE_MIN..=SCALE_MAX).contains(factor)) {
            return Err(refused());
        }
        Ok(Self { entity: args.entity("entity")?, scale })
    }
}

/// Uses a thing that one holds, or that is at hand and that nobody else holds.
pub(crate) fn trigger(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    trigger: &Trigger,
) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let thing = existing(log, &trigger.entity)?;
    if !can_be_used(thing) {
        return Err(NOT_TRIGGERABLE);
    }
    let kind = thing.value("triggerable").and_then(|kind| kind.get("type")).and_then(Value::as_str);
    match holder(&log.world, &trigger.entity) {
        Some((holder, _)) if holder == *user => {}
        Some(_) => return Err(HELD),
        // Who goes away with the trigger pulled may still let go of it.
        None if trigger.value == Some(0.0) => {}
        None => {
            let head = people.persons.get(user).ok_or(NOT_INSIDE)?.pose.head;
            let at = place(log, people, caller.physics, &trigger.entity).ok_or(TOO_FAR)?;
            if distance(&at, &head) > GRAB_REACH_MAX_M + radius_of(thing) {
                return Err(TOO_FAR);
            }
        }
    }
    let mut payload = json!({"user_id": user, "entity": trigger.entity});
    if kind == Some("continuous") {
        payload["value"] = json!(trigger.value.unwrap_or(1.0));
    }
    Ok(Effect::fact(Fact::USER_TRIGGERED, payload, Vec::new()))
}

/// Makes what one holds larger or smaller.
pub(crate) fn resize(log: &Log, caller: &Caller<'_>, resize: Resize) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let thing = existing(log, &resize.entity)?;
    hand_of(log, user, &resize.entity)?;
    if thing.value("two_hand_scalable").is_none_or(|value| value.as_bool() == Some(false)) {
        return Err(NOT_SCALABLE);
    }
    let payload = json!({"user_id": user, "entity": resize.entity, "scale": resize.scale});
    let components = Components::from_iter([("scale".into(), json!(resize.scale))]);
    Ok(Effect::fact(Fact::USER_RESIZED, payload, vec![Op::Set { entity: resize.entity, components }]))
}

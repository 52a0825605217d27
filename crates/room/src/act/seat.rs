//! Sitting down and standing up: one fact that takes, or frees, both the seat and the person.

use crate::act::args::{Args, Read};
use crate::act::edit::existing;
use crate::act::{Caller, Effect};
use crate::bodies::whereabouts::place;
use crate::facts::Fact;
use crate::limbs::distance;
use crate::log::Log;
use crate::people::People;
use crate::people::occupancy::SEATS;
use crate::reject::{NOT_INSIDE, Reject, TOO_FAR};
use serde_json::json;
use thexr_wire::EntityId;

/// How far from one's head a seat may be, metres: as far as people without tracked hands reach; farther ones are `too_far`.
pub const SEAT_REACH_MAX_M: f32 = 4.0;

const NOT_A_SEAT: Reject = Reject::new("not_a_seat", "Nobody can sit on this.");
const SEAT_TAKEN: Reject = Reject::new("seat_taken", "Somebody sits there already.");
const SITTING: Reject = Reject::new("sitting", "You sit there already.");
const NOT_SITTING: Reject = Reject::new("not_sitting", "You are not sitting.");

/// On this.
#[derive(Debug, Clone, PartialEq)]
pub struct Sit {
    entity: EntityId,
}

/// From wherever one sits.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand;

impl Read for Sit {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

impl Read for Stand {
    fn read(_: &mut Args) -> Result<Self, Reject> {
        Ok(Self)
    }
}

pub(crate) fn sit(log: &Log, people: &People, caller: &Caller<'_>, sit: Sit) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let seat = sit.entity;
    if existing(log, &seat)?.seat().is_none() {
        return Err(NOT_A_SEAT);
    }
    match SEATS.holder(&log.world, &seat) {
        Some(sitter) if sitter == *user => return Err(SITTING),
        Some(_) => return Err(SEAT_TAKEN),
        None => {}
    }
    let head = people.persons.get(user).ok_or(NOT_INSIDE)?.pose.head;
    let at = place(log, people, caller.physics, &seat).ok_or(TOO_FAR)?;
    if distance(&at, &head) > SEAT_REACH_MAX_M {
        return Err(TOO_FAR);
    }
    let ops = SEATS.taking(&log.world, user, &seat);
    Ok(Effect::fact(Fact::USER_SAT, json!({"user_id": user, "entity": seat}), ops))
}

pub(crate) fn stand(log: &Log, caller: &Caller<'_>) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let seat = SEATS.thing_of(&log.world, user).ok_or(NOT_SITTING)?;
    Ok(Effect::fact(
        Fact::USER_STOOD,
        json!({"user_id": user, "entity": seat}),
        SEATS.freeing(&log.world, user),
    ))
}

//! What people do with the things of games: they open and close doors, and pick up what lies about.

use crate::act::args::{Args, Read};
use crate::act::edit::existing;
use crate::act::hold::radius_of;
use crate::act::{Caller, Effect};
use crate::bodies::whereabouts::place;
use crate::facts::Fact;
use crate::game::Moment;
use crate::game::carrying::collect as collected;
use crate::game::doors::{rests, turn, unlocks};
use crate::game::ending::NO_GAME;
use crate::game::rounds::READY;
use crate::limbs::distance_to_body;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::reject::{NOT_INSIDE, Reject, TOO_FAR};
use serde_json::json;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Op};

/// How far a door may be whose handle one turns, metres, from the line of one's body to its surface; farther ones are `too_far`.
pub const DOOR_REACH_M: f32 = 3.0;
/// How far away something may lie that one picks up, metres, in the same way; farther things are `too_far`.
pub const COLLECT_REACH_M: f32 = 2.0;

const NO_LOBBY: Reject = Reject::new("no_lobby", "The game does not wait for anyone.");

/// This door.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    entity: EntityId,
}

/// This door.
#[derive(Debug, Clone, PartialEq)]
pub struct Close {
    entity: EntityId,
}

/// This thing, for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Collect {
    entity: EntityId,
}

/// Whether one is ready for the game to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    ready: bool,
}

impl Read for Ready {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let ready = match args.take("ready") {
            None => true,
            Some(ready) => ready.as_bool().ok_or_else(|| Reject::bad_payload("ready: true or false"))?,
        };
        Ok(Self { ready })
    }
}

impl Read for Open {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

impl Read for Close {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

impl Read for Collect {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

pub(crate) fn open(log: &Log, people: &People, caller: &Caller<'_>, open: &Open) -> Result<Effect, Reject> {
    turn_door(log, people, caller, &open.entity, true)
}

pub(crate) fn close(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    close: &Close,
) -> Result<Effect, Reject> {
    turn_door(log, people, caller, &close.entity, false)
}

/// People turn doors that they reach and have the key of; who closes one needs none.
fn turn_door(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    door: &EntityId,
    open: bool,
) -> Result<Effect, Reject> {
    let user = caller.person()?;
    within_reach(log, people, caller, user, door, DOOR_REACH_M)?;
    let who = EntityId::avatar(user);
    let moment = Moment { world: &log.world, clock_ms: log.clock_ms(), by: Some(&who) };
    let turned = turn(&moment, door, open)?;
    if turned.is_some() {
        rests(&moment, door)?;
    }
    if open {
        unlocks(&moment, door)?;
    }
    Ok(match turned {
        Some((op, fact)) => Effect::Fact(Draft { ops: vec![op], ..fact }),
        None => Effect::Answer(json!({})),
    })
}

pub(crate) fn collect(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    collect: &Collect,
) -> Result<Effect, Reject> {
    let user = caller.person()?;
    within_reach(log, people, caller, user, &collect.entity, COLLECT_REACH_M)?;
    let who = EntityId::avatar(user);
    let moment = Moment { world: &log.world, clock_ms: log.clock_ms(), by: Some(&who) };
    let (ops, fact) = collected(&moment, log, user, &collect.entity)?;
    Ok(Effect::Fact(Draft { ops, ..fact }))
}

/// Whether somebody stands near enough to a thing.
fn within_reach(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    user: &UserId,
    thing: &EntityId,
    reach_m: f32,
) -> Result<(), Reject> {
    let entity = existing(log, thing)?;
    let head = people.persons.get(user).ok_or(NOT_INSIDE)?.pose.head;
    let at = place(log, people, caller.physics, thing).ok_or(TOO_FAR)?;
    if distance_to_body(&head, &at) > reach_m + radius_of(entity) { Err(TOO_FAR) } else { Ok(()) }
}

/// Somebody is ready for the game to begin, or not any more.
pub(crate) fn ready(log: &Log, caller: &Caller<'_>, ready: &Ready) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let game = log.world.game().and_then(|game| log.world.entity(game)).ok_or(NO_GAME)?;
    if game.value("status") != Some(&json!("lobby")) {
        return Err(NO_LOBBY);
    }
    let entity = EntityId::avatar(user);
    let was = log.world.entity(&entity).is_some_and(|avatar| avatar.value(READY).is_some());
    if was == ready.ready {
        return Ok(Effect::Answer(json!({})));
    }
    let op = match ready.ready {
        true => Op::Set { entity, components: Components::from_iter([(READY.to_owned(), json!(true))]) },
        false => Op::Unset { entity, names: vec![READY.into()] },
    };
    Ok(Effect::fact(Fact::USER_READIED, json!({"user_id": user, "ready": ready.ready}), vec![op]))
}

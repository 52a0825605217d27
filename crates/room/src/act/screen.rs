//! Sharing onto a screen and ending that: one fact that takes, or frees, both the screen and the person. What is shown is no
//! business of the room's.

use crate::act::args::{Args, Read};
use crate::act::edit::existing;
use crate::act::{Caller, Effect, Grant};
use crate::bodies::whereabouts::place;
use crate::facts::Fact;
use crate::limbs::distance;
use crate::log::Log;
use crate::people::People;
use crate::people::occupancy::{SCREENS, sharing_needs};
use crate::reject::{NOT_INSIDE, Reject, TOO_FAR};
use crate::rights::Permission;
use serde_json::json;
use thexr_wire::EntityId;
use thexr_wire::limits::SCREEN_REACH_M;

const NOT_A_SCREEN: Reject = Reject::new("not_a_screen", "Nothing can be shared onto this.");
const SCREEN_TAKEN: Reject = Reject::new("screen_taken", "Somebody shares here already.");
const SHARING: Reject = Reject::new("sharing", "You share here already.");
const NOT_SHARED: Reject = Reject::new("not_shared", "Nobody shares here.");

/// Onto this.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareScreen {
    entity: EntityId,
}

/// What is shared onto this, by whomever.
#[derive(Debug, Clone, PartialEq)]
pub struct UnshareScreen {
    entity: EntityId,
}

impl Read for ShareScreen {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

impl Read for UnshareScreen {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

pub(crate) fn share(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    share: ShareScreen,
) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let screen = share.entity;
    let needed = sharing_needs(existing(log, &screen)?).ok_or(NOT_A_SCREEN)?;
    log.rights.permit(user, needed)?;
    match SCREENS.holder(&log.world, &screen) {
        Some(sharer) if sharer == *user => return Err(SHARING),
        Some(_) => return Err(SCREEN_TAKEN),
        None => {}
    }
    let head = people.persons.get(user).ok_or(NOT_INSIDE)?.pose.head;
    let at = place(log, people, caller.physics, &screen).ok_or(TOO_FAR)?;
    if distance(&at, &head) > SCREEN_REACH_M {
        return Err(TOO_FAR);
    }
    let ops = SCREENS.taking(&log.world, user, &screen);
    Ok(Effect::fact(Fact::SCREEN_SHARED, json!({"user_id": user, "entity": screen}), ops))
}

/// Whoever shares ends it, and whoever may mute them.
pub(crate) fn unshare(log: &Log, caller: &Caller<'_>, unshare: &UnshareScreen) -> Result<Effect, Reject> {
    let screen = &unshare.entity;
    existing(log, screen)?;
    let sharer = SCREENS.holder(&log.world, screen).ok_or(NOT_SHARED)?;
    if let Some(user) = caller.user().filter(|user| **user != sharer && caller.grant != Grant::All) {
        log.rights.permit(user, Permission::Moderate)?;
        log.rights.is_above(user, &sharer)?;
    }
    let payload = json!({"user_id": sharer, "entity": screen});
    Ok(Effect::fact(Fact::SCREEN_UNSHARED, payload, SCREENS.freeing(&log.world, &sharer)))
}

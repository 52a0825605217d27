//! Taking things into hands, handing them over, letting go of them: one fact each, which changes the thing and the person.

use crate::act::args::{Args, Read};
use crate::act::edit::{check_relations, existing};
use crate::act::{Caller, Effect};
use crate::bodies::whereabouts::place;
use crate::facts::Fact;
use crate::limbs::{distance, limb};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::Hearers;
use crate::people::People;
use crate::people::holds::{Hand, holder, in_hand, saying};
use crate::people::letting_go::HELD_BY;
use crate::people::occupancy::SEATS;
use crate::reject::{NOT_INSIDE, Reject, TOO_FAR};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use thexr_wire::limits::COORDINATE_MAX_M;
use thexr_wire::pose::Place;
use thexr_wire::{EntityId, UserId};
use thexr_world::sockets::IN_SOCKET;
use thexr_world::transform::{inverse, numbers, rotate_then, turned};
use thexr_world::typed::{Flight, Motion, Offset, Policy};
use thexr_world::{Components, Entity, Name, Op, schema};

/// How far from one's head a thing may be that is taken without tracked hands, metres; farther ones are `too_far`.
pub const GRAB_REACH_MAX_M: f32 = 4.0;
/// How far from a tracked hand a thing may be that it takes, metres; farther ones are `too_far`.
pub const HAND_REACH_MAX_M: f32 = 1.5;
/// How far from the head a thing is held without tracked hands, metres; what is held farther comes nearer.
pub const HOLD_DISTANCE_MAX_M: f32 = 3.0;
/// How far from where it was held a thing may be let go, metres: people go on while they say so. Farther, it falls where it was held.
const RELEASE_DISTANCE_MAX_M: f32 = 3.0;
/// How fast and with how much spin a thing is thrown at most, m/s and rad/s; what is thrown faster flies like this.
pub const THROW_MAX: f32 = 20.0;
/// What is let go of slower than this is put down, m/s or rad/s.
pub const THROW_MIN: f32 = 0.3;
/// How long a holder has to hand over what somebody asks for, milliseconds; after that one has to ask again.
pub const ASK_MS: i64 = 2_000;
/// Questions that wait for a holder at a time, in a room; further ones are `too_many_questions`.
const QUESTIONS_MAX: usize = 256;

const NOT_HOLDABLE: Reject = Reject::new("not_holdable", "This cannot be taken into a hand.");
pub(crate) const HELD: Reject = Reject::new("held", "Somebody else holds this.");
const HAND_FULL: Reject = Reject::new("hand_full", "This hand holds something already. Let go of it first.");
const NOT_HELD: Reject = Reject::new("not_held", "You do not hold this.");
const ASKED_ALREADY: Reject =
    Reject::new("asked_already", "You have asked for this. Its holder has a moment to hand it over.");
const ASKER_CANNOT: Reject =
    Reject::new("asker_cannot", "Whoever asked cannot take it: they went too far, or their hand is full.");
const NOT_ASKED: Reject = Reject::new("not_asked", "Nobody asks for this any more.");
const OCCUPIED: Reject = Reject::new("occupied", "Somebody sits on this.");
const TOO_MANY_QUESTIONS: Reject =
    Reject::new("too_many_questions", "Too many people ask for things just now. Try again in a moment.");

/// This, with this hand, so that it lies there in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Grab {
    entity: EntityId,
    hand: Hand,
    offset: Option<Offset>,
}

/// What one holds goes to who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct HandOver {
    entity: EntityId,
}

/// What one holds is here now, and goes on like this.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    entity: EntityId,
    at: Option<Offset>,
    flight: Flight,
}

/// Somebody asks for what another holds.
#[derive(Debug, Clone)]
struct Question {
    asker: UserId,
    grab: Grab,
    until_ms: i64,
}

/// Questions that wait for a holder, one for a thing.
#[derive(Debug, Default)]
pub(crate) struct Questions(BTreeMap<EntityId, Question>);

impl Read for Grab {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let hand = match args.take("hand") {
            None => Hand::Right,
            Some(hand) => hand
                .as_str()
                .and_then(Hand::parse)
                .ok_or_else(|| Reject::bad_payload("hand: \"left\" or \"right\""))?,
        };
        let offset = match args.take("offset") {
            None => None,
            Some(Value::Object(mut offset)) => {
                let mut part = |name: &str| offset.remove(name).unwrap_or_default();
                placed(part("position"), part("rotation"))?
            }
            Some(_) => return Err(Reject::bad_payload("offset: an object of position and rotation")),
        };
        Ok(Self { entity: args.entity("entity")?, hand, offset })
    }
}

impl Read for HandOver {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

impl Read for Release {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        let mut part = |name: &str| args.take(name).unwrap_or_default();
        let at = placed(part("position"), part("rotation"))?;
        let (velocity, spin) = (swift(part("velocity"), "velocity")?, swift(part("spin"), "spin")?);
        Ok(Self { entity: args.entity("entity")?, at, flight: Flight { velocity, spin } })
    }
}

/// A velocity or a spin of a payload, no faster than somebody throws; none where nothing is said.
fn swift(value: Value, name: &str) -> Result<[f32; 3], Reject> {
    if value.is_null() {
        return Ok([0.0; 3]);
    }
    let read = numbers(&value).ok_or_else(|| Reject::bad_payload(format!("{name}: three numbers")))?;
    // In two steps: the square of a huge number is none.
    let most = read.iter().fold(THROW_MAX, |most, part| most.max(part.abs()));
    let read = read.map(|part| part * (THROW_MAX / most));
    let speed = distance(&read, &[0.0; 3]);
    Ok(if speed > THROW_MAX { read.map(|part| part * (THROW_MAX / speed)) } else { read })
}

/// A place of a payload; nothing without a position.
fn placed(position: Value, rotation: Value) -> Result<Option<Offset>, Reject> {
    if position.is_null() {
        return Ok(None);
    }
    let refused = || Reject::bad_payload("position: three numbers; rotation: a quaternion of four");
    let position = numbers(&schema::check("position", position)?).ok_or_else(refused)?;
    let rotation = match rotation {
        Value::Null => [0.0, 0.0, 0.0, 1.0],
        rotation => numbers(&schema::check("rotation", rotation)?).ok_or_else(refused)?,
    };
    Ok(Some(Offset { position, rotation }))
}

impl Questions {
    /// Takes a thing into a hand, or asks who holds it.
    pub fn grab(
        &mut self,
        log: &Log,
        people: &People,
        caller: &Caller<'_>,
        grab: Grab,
    ) -> Result<Effect, Reject> {
        let user = caller.person()?;
        let thing = existing(log, &grab.entity)?;
        let holdable = thing.holdable().filter(|_| !thing.is_avatar()).ok_or(NOT_HOLDABLE)?;
        if SEATS.holder(&log.world, &grab.entity).is_some() {
            return Err(OCCUPIED);
        }
        let held = holder(&log.world, &grab.entity);
        let other = held.as_ref().map(|(holder, _)| holder).filter(|holder| *holder != user);
        match other.filter(|holder| is_attending(people, holder)) {
            None => {}
            Some(_) if holdable.policy == Policy::Steal => {}
            Some(holder) if holdable.policy == Policy::Ask => {
                taking(log, people, caller, user, &grab, held.as_ref())?;
                return self.ask(log, user, grab, holder);
            }
            Some(_) => return Err(HELD),
        }
        if held.as_ref().is_none_or(|(holder, _)| holder != user) {
            // What was asked of who held it before is not for its new holder to answer.
            self.0.remove(&grab.entity);
        }
        taken(log, people, caller, user, &grab, held)
    }

    /// Gives what one holds to who asked for it.
    pub fn hand_over(
        &mut self,
        log: &Log,
        people: &People,
        caller: &Caller<'_>,
        hand_over: &HandOver,
    ) -> Result<Effect, Reject> {
        let user = caller.person()?;
        let held = Some((user.clone(), hand_of(log, user, &hand_over.entity)?));
        let asked = self.0.remove(&hand_over.entity).filter(|question| question.until_ms >= log.now.at_ms);
        let Question { asker, grab, .. } = asked.ok_or(NOT_ASKED)?;
        taken(log, people, caller, &asker, &grab, held).map_err(|_| ASKER_CANNOT)
    }

    fn ask(&mut self, log: &Log, user: &UserId, grab: Grab, holder: &UserId) -> Result<Effect, Reject> {
        let now_ms = log.now.at_ms;
        if self.0.len() >= QUESTIONS_MAX {
            self.0.retain(|_, question| question.until_ms >= now_ms);
        }
        if self.0.len() >= QUESTIONS_MAX {
            return Err(TOO_MANY_QUESTIONS);
        }
        let waits = self.0.get(&grab.entity).filter(|question| question.until_ms >= now_ms);
        if let Some(question) = waits {
            // A holder is asked once in a while, however often somebody asks.
            return Err(if question.asker == *user { ASKED_ALREADY } else { HELD });
        }
        let payload = json!({"user_id": user, "entity": grab.entity});
        let hearers = Hearers::Only(Arc::new(BTreeSet::from([holder.clone(), user.clone()])));
        let question = Question { asker: user.clone(), until_ms: now_ms + ASK_MS, grab };
        self.0.insert(question.grab.entity.clone(), question);
        Ok(Effect::Fact(Draft::told(Fact::GRAB_ASKED, payload, hearers)))
    }
}

/// Puts down what one holds.
pub(crate) fn release(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    release: &Release,
) -> Result<Effect, Reject> {
    let user = caller.person()?;
    let hand = hand_of(log, user, &release.entity)?;
    let held_at = place(log, people, caller.physics, &release.entity).ok_or(NOT_HELD)?;
    let near = |at: &Offset| distance(&at.position, &held_at) <= RELEASE_DISTANCE_MAX_M;
    let [x, y, z, qx, qy, qz, qw] = held_at;
    let held_at = Offset { position: [x, y, z], rotation: [qx, qy, qz, qw] };
    let at = release.at.filter(near).unwrap_or(held_at);
    let within = |metres: f32| metres.clamp(-COORDINATE_MAX_M as f32, COORDINATE_MAX_M as f32);
    let position = at.position.map(within);
    let mut components = Components::from_iter([
        ("position".into(), json!(position)),
        ("rotation".into(), json!(at.rotation)),
    ]);
    let mut payload =
        json!({"user_id": user, "entity": release.entity, "position": position, "rotation": at.rotation});
    let Flight { velocity, spin } = release.flight;
    let flies = is_free(existing(log, &release.entity)?)
        && [velocity, spin].iter().any(|part| distance(part, &[0.0; 3]) >= THROW_MIN);
    if flies {
        payload["velocity"] = json!(velocity);
        payload["spin"] = json!(spin);
        components.insert("flight".into(), json!({"velocity": velocity, "spin": spin}));
    }
    let ops = vec![
        Op::Set { entity: release.entity.clone(), components },
        Op::Unset { entity: release.entity.clone(), names: vec!["parent".into(), HELD_BY.into()] },
        saying(&log.world, user, &[(hand, None)]),
    ];
    Ok(Effect::fact(if flies { Fact::USER_THREW } else { Fact::USER_RELEASED }, payload, ops))
}

/// In which of a person's hands a thing is.
pub(crate) fn hand_of(log: &Log, user: &UserId, thing: &EntityId) -> Result<Hand, Reject> {
    let held = holder(&log.world, thing).filter(|(holder, _)| holder == user);
    held.map(|(_, hand)| hand).ok_or(NOT_HELD)
}

/// Whether a thing is pushed about when nobody holds it.
fn is_free(thing: &Entity) -> bool {
    thing.body().is_some_and(|body| body.motion == Motion::Dynamic)
}

/// Whether someone is here to hold on to what they hold: it may be taken from who is away.
pub(crate) fn is_attending(people: &People, user: &UserId) -> bool {
    people.persons.get(user).is_some_and(|person| person.away_since_ms.is_none())
}

/// The fact that a thing is in a person's hand now, whoever held it.
fn taken(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    user: &UserId,
    grab: &Grab,
    held: Option<(UserId, Hand)>,
) -> Result<Effect, Reject> {
    let (node, offset) = taking(log, people, caller, user, grab, held.as_ref())?;
    let thing = &grab.entity;
    let components = Components::from_iter([
        (HELD_BY.into(), json!({"user": user, "hand": grab.hand.as_str()})),
        ("parent".into(), json!({"entity": EntityId::avatar(user), "node": node})),
        ("position".into(), json!(offset.position)),
        ("rotation".into(), json!(offset.rotation)),
    ]);
    check_relations(log, thing, &components)?;
    let taken = existing(log, thing)?;
    let mut ops = Vec::new();
    let mut payload = json!({"user_id": user, "entity": thing, "hand": grab.hand.as_str()});
    let mut now = vec![(grab.hand, Some(thing))];
    match held {
        Some((holder, hand)) if holder == *user => now.insert(0, (hand, None)),
        Some((holder, hand)) => {
            ops.push(saying(&log.world, &holder, &[(hand, None)]));
            payload["from"] = json!(holder);
        }
        None => {}
    }
    ops.push(Op::Set { entity: thing.clone(), components });
    let stale = ["flight", IN_SOCKET].into_iter().filter(|name| taken.value(name).is_some());
    let stale: Vec<Name> = stale.map(Name::from).collect();
    if !stale.is_empty() {
        ops.push(Op::Unset { entity: thing.clone(), names: stale });
    }
    ops.push(saying(&log.world, user, &now));
    Ok(Effect::fact(Fact::USER_GRABBED, payload, ops))
}

/// On which node of a person a thing would hang, and where in it, if they can take it at all.
fn taking(
    log: &Log,
    people: &People,
    caller: &Caller<'_>,
    user: &UserId,
    grab: &Grab,
    held: Option<&(UserId, Hand)>,
) -> Result<(&'static str, Offset), Reject> {
    let thing = existing(log, &grab.entity)?;
    if in_hand(&log.world, user, grab.hand).is_some_and(|other| other != grab.entity) {
        return Err(HAND_FULL);
    }
    let pose = people.persons.get(user).ok_or(NOT_INSIDE)?.pose;
    let at = place(log, people, caller.physics, &grab.entity).ok_or(TOO_FAR)?;
    let tracked = match grab.hand {
        Hand::Left => pose.left.is_some(),
        Hand::Right => pose.right.is_some(),
    };
    let node = if tracked { grab.hand.as_str() } else { "head" };
    let hand = limb(&pose, Some(node));
    let holds_it = held.is_some_and(|(holder, _)| holder == user);
    let radius = radius_of(thing);
    let reach = if tracked { HAND_REACH_MAX_M } else { GRAB_REACH_MAX_M };
    if !holds_it && distance(&at, &hand) > reach + radius {
        return Err(TOO_FAR);
    }
    let asked = grab.offset.or(thing.holdable().and_then(|holdable| holdable.offset));
    let offset = asked.unwrap_or_else(|| seen_from(&hand, &at));
    let farthest = if tracked { HAND_REACH_MAX_M } else { HOLD_DISTANCE_MAX_M };
    Ok((node, drawn_near(offset, farthest + radius)))
}

/// Half of how large a thing is at most, metres; of a model that nobody has measured nothing is known.
pub(crate) fn radius_of(thing: &Entity) -> f32 {
    let measured = || thing.collider()?.mesh.as_ref().map(|mesh| mesh.bounds().0.map(|half| 2.0 * half));
    let Some(size) = thing.shape().map(|shape| shape.size).or_else(measured) else { return 0.0 };
    let scale = thing.transform().scale;
    let extents: f32 = (0..3).map(|axis| (size[axis] * scale[axis]) * (size[axis] * scale[axis])).sum();
    extents.sqrt() / 2.0
}

/// A place in the room as it is seen from a hand.
fn seen_from(hand: &Place, at: &Place) -> Offset {
    let back = inverse([hand[3], hand[4], hand[5], hand[6]]);
    let apart = [at[0] - hand[0], at[1] - hand[1], at[2] - hand[2]];
    Offset { position: turned(apart, back), rotation: rotate_then([at[3], at[4], at[5], at[6]], back) }
}

/// The same direction, no farther than so many metres.
fn drawn_near(offset: Offset, metres: f32) -> Offset {
    let length = distance(&offset.position, &[0.0; 3]);
    let factor = if length > metres { metres / length } else { 1.0 };
    Offset { position: offset.position.map(|part| part * factor), ..offset }
}

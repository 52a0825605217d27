//! Who holds what: the thing and the person say it of each other, and when one of them says so no more, the thing is let go.
//!
//! What ends a hold may be anything: somebody leaves, a builder hangs the thing elsewhere, it is deleted, a state is restored.

use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::people::People;
use crate::people::letting_go::{HELD_BY, let_go, let_go_of};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Entity, Op, World};

/// Of a person: what is in their hands.
pub(crate) const HOLDING: &str = "holding";

/// A hand of a person, tracked or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hand {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl Hand {
    /// Its name in components and payloads.
    pub fn as_str(self) -> &'static str {
        if self == Self::Left { "left" } else { "right" }
    }

    /// The hand of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Left, Self::Right].into_iter().find(|hand| hand.as_str() == name)
    }
}

/// In whose hand a thing says it is.
pub(crate) fn holder(world: &World, thing: &EntityId) -> Option<(UserId, Hand)> {
    let held_by = world.entity(thing)?.value(HELD_BY)?;
    let part = |name: &str| held_by.get(name).and_then(Value::as_str);
    Some((UserId::parse(part("user")?).ok()?, Hand::parse(part("hand")?)?))
}

/// What a person says is in a hand of theirs.
pub(crate) fn in_hand(world: &World, user: &UserId, hand: Hand) -> Option<EntityId> {
    let holding = world.entity(&EntityId::avatar(user))?.value(HOLDING)?;
    EntityId::parse(holding.get(hand.as_str())?.as_str()?).ok()
}

/// The op by which a person says what is in their hands, where some of that changes.
pub(crate) fn saying(world: &World, user: &UserId, changes: &[(Hand, Option<&EntityId>)]) -> Op {
    let entity = EntityId::avatar(user);
    let now = |hand: Hand| match changes.iter().rev().find(|(changed, _)| *changed == hand) {
        Some((_, thing)) => thing.cloned(),
        None => in_hand(world, user, hand),
    };
    let said = [Hand::Left, Hand::Right].into_iter().filter_map(|hand| Some((hand.as_str(), now(hand)?)));
    let holding: serde_json::Map<String, Value> =
        said.map(|(hand, thing)| (hand.to_owned(), json!(thing))).collect();
    if holding.is_empty() {
        return Op::Unset { entity, names: vec![HOLDING.into()] };
    }
    Op::Set { entity, components: Components::from_iter([(HOLDING.into(), Value::Object(holding))]) }
}

/// The things that are held, and in whose hands.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    held: BTreeMap<EntityId, (UserId, Hand)>,
    /// What is to be looked at, with who says that they hold it: of the last tick, too, when it had no room for more facts.
    waiting: BTreeMap<EntityId, Option<(UserId, Hand)>>,
    begun: bool,
}

impl Holds {
    /// Follows what has become of the world in this tick, and lets go of what is held by halves.
    pub fn keep(&mut self, log: &mut Log, people: &People) {
        self.look_out(log);
        while let Some((thing, claimant)) = self.waiting.pop_first() {
            let known = self.held.get(&thing).or(claimant.as_ref()).cloned();
            if let Some((user, ops)) = let_go_by_halves(&log.world, people, known, &thing) {
                if log.made.is_full() {
                    self.waiting.insert(thing, claimant);
                    return;
                }
                let payload = json!({"user_id": user, "entity": thing});
                let_go_of(log, |ops| Draft::server(Fact::USER_RELEASED, payload.clone(), ops), ops);
            }
            match holder(&log.world, &thing) {
                Some(holder) => self.held.insert(thing, holder),
                None => self.held.remove(&thing),
            };
        }
    }

    /// Finds the things and people of which something has changed.
    fn look_out(&mut self, log: &Log) {
        let ops = || log.made.events.iter().flat_map(|event| &event.ops);
        let all_anew = !self.begun || ops().any(|op| matches!(op, Op::Load { .. }));
        self.begun = true;
        if all_anew {
            self.waiting.extend(self.held.keys().map(|thing| (thing.clone(), None)));
            for (id, entity) in log.world.entities() {
                self.add(&log.world, id, entity);
            }
            return;
        }
        for id in ops().filter_map(Op::entity) {
            if self.held.contains_key(id) {
                self.waiting.entry(id.clone()).or_default();
            }
            if let Some(entity) = log.world.entity(id) {
                self.add(&log.world, id, entity);
            }
        }
    }

    fn add(&mut self, world: &World, id: &EntityId, entity: &Entity) {
        if entity.value(HELD_BY).is_some() {
            self.waiting.entry(id.clone()).or_default();
        }
        let Some(user) = id.user().filter(|_| entity.value(HOLDING).is_some()) else { return };
        for hand in [Hand::Left, Hand::Right] {
            if let Some(thing) = in_hand(world, &user, hand) {
                self.waiting.insert(thing, Some((user.clone(), hand)));
            }
        }
    }
}

/// Whose a thing no longer is and what makes both say so, where a thing or a person says something that the other does not.
fn let_go_by_halves(
    world: &World,
    people: &People,
    known: Option<(UserId, Hand)>,
    thing: &EntityId,
) -> Option<(UserId, Vec<Op>)> {
    let says = holder(world, thing);
    let (user, hand) = says.clone().or(known)?;
    let claims = in_hand(world, &user, hand).as_ref() == Some(thing);
    let entity = world.entity(thing);
    let hangs = entity
        .and_then(|entity| entity.parent())
        .is_some_and(|parent| parent.entity == EntityId::avatar(&user));
    let holds = says.is_some() && claims && hangs && entity.is_some_and(|entity| entity.holdable().is_some());
    if holds {
        return None;
    }
    let mut ops = Vec::new();
    if says.is_some() && hangs {
        let pose = people.persons.get(&user).map_or(Pose::standing([0.0; 3]), |person| person.pose);
        ops.extend(let_go(world, thing, &pose));
    } else if says.is_some() {
        ops.push(Op::Unset { entity: thing.clone(), names: vec![HELD_BY.into()] });
    }
    if claims {
        ops.push(saying(world, &user, &[(hand, None)]));
    }
    (!ops.is_empty()).then_some((user, ops))
}

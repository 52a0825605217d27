//! What a firing sees: who is meant by whom, whether conditions hold, what texts say. Pure; changes nothing.

use crate::act::budget::TOO_MUCH;
use crate::bodies::physics::Physics;
use crate::bodies::whereabouts;
use crate::game::Moment;
use crate::game::carried;
use crate::game::doors::home;
use crate::limbs::{distance, distance_to_body};
use crate::log::Log;
use crate::outbox::Event;
use crate::people::People;
use crate::reject::{EVENT_TOO_LARGE, Reject};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use thexr_wire::json::{canonical_bytes, same};
use thexr_wire::pose::Place;
use thexr_wire::{EntityId, UserId};
use thexr_world::rules::{Compared, Comparison, Condition, Whom};
use thexr_world::{Entity, World, animate};

/// Entities that one step changes at most, the first by id; the others are left as they are.
pub const CHANGED_MAX: usize = 256;
/// How far a condition counts; more count as so many.
pub const COUNTED_MAX: usize = 1_000;
/// Characters that a text may become.
const TEXT_CHARS_MAX: usize = 2_000;

/// Who and what a firing is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parties {
    /// The thing with the rule.
    pub thing: EntityId,
    /// Who did what set it off.
    pub actor: Option<EntityId>,
    /// To whom or what.
    pub target: Option<EntityId>,
    /// What has set it off, if a fact has.
    pub event: Option<Arc<Event>>,
}

/// Entities that conditions and steps look at in one tick (some 10 ms); beyond them nobody is found, and their makers are told.
pub const LOOKS_MAX: usize = 100_000;
/// What steps write in one tick with what is put in for braces, bytes of JSON; beyond it `event_too_large`.
pub const WRITTEN_BYTES_MAX: usize = 1024 * 1024;
/// To look where an entity is counts as so many looks.
const LOOKS_OF_A_PLACE: usize = 8;

/// What the rules of a room may still look at and write in this tick.
#[derive(Debug)]
pub(super) struct Means {
    looks: Cell<usize>,
    bytes: Cell<usize>,
    /// What the firing at hand may have everyone told, bytes.
    told: Cell<usize>,
}

impl Default for Means {
    fn default() -> Self {
        Self { looks: Cell::new(LOOKS_MAX), bytes: Cell::new(WRITTEN_BYTES_MAX), told: Cell::new(usize::MAX) }
    }
}

impl Means {
    fn look(&self, entities: usize) {
        self.looks.set(self.looks.get().saturating_sub(entities));
    }

    /// Whether nothing more may be looked at.
    pub fn are_spent(&self) -> bool {
        self.looks.get() == 0
    }

    /// The next firing begins: whoever set it off can pay for so many bytes that everyone is told.
    pub fn may_write(&self, bytes: usize) {
        self.told.set(bytes);
    }

    /// Takes so many bytes, if they may still be written.
    pub fn write(&self, bytes: usize) -> Result<(), Reject> {
        self.told.set(self.told.get().checked_sub(bytes).ok_or(TOO_MUCH)?);
        self.bytes.set(self.bytes.get().checked_sub(bytes).ok_or(EVENT_TOO_LARGE)?);
        Ok(())
    }
}

/// The room, seen from a firing.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    /// As it is, or as it is becoming.
    pub world: &'a World,
    pub log: &'a Log,
    pub people: &'a People,
    pub physics: &'a Physics,
    pub parties: &'a Parties,
    pub means: &'a Means,
}

impl<'a> Scene<'a> {
    /// What games know of it.
    pub fn moment(&self) -> Moment<'_> {
        Moment { world: self.world, clock_ms: self.log.clock_ms(), by: self.parties.actor.as_ref() }
    }

    /// The one that is meant, if it is there.
    pub fn one(&self, whom: &Whom) -> Option<EntityId> {
        self.named(whom).filter(|id| self.world.entity(id).is_some()).cloned()
    }

    /// The same, as it is.
    fn entity(&self, whom: &Whom) -> Option<&'a Entity> {
        self.world.entity(self.named(whom)?).map(|entity| &**entity)
    }

    /// Who is meant, whether they are there or not.
    fn named<'b>(&self, whom: &'b Whom) -> Option<&'b EntityId>
    where
        'a: 'b,
    {
        let Parties { thing, actor, target, .. } = self.parties;
        match whom {
            Whom::Itself => Some(thing),
            Whom::Actor => actor.as_ref(),
            Whom::Target => target.as_ref(),
            Whom::Game => self.world.game(),
            Whom::Entity(id) => Some(id),
            Whom::People | Whom::Anything | Whom::Tag(_) | Whom::Team(_) => None,
        }
    }

    /// All that are meant, so many at most, by id.
    pub fn all(&self, whom: &Whom, most: usize) -> Vec<EntityId> {
        if self.means.are_spent() {
            return Vec::new();
        }
        let found: Vec<EntityId> = match whom {
            Whom::People => self.world.avatars().take(most).cloned().collect(),
            Whom::Team(_) => {
                self.means.look(self.people.persons.len());
                let of_team = |id: &&EntityId| self.is_one_of(id, whom);
                self.world.avatars().filter(of_team).take(most).cloned().collect()
            }
            Whom::Tag(tag) => self.world.tagged(tag).take(most).cloned().collect(),
            Whom::Anything => Vec::new(),
            one => self.one(one).into_iter().collect(),
        };
        self.means.look(1 + found.len());
        found
    }

    /// Whether an entity is among those that are meant.
    pub fn is_one_of(&self, id: &EntityId, whom: &Whom) -> bool {
        is_of_kind(self.world, id, whom).unwrap_or_else(|| self.one(whom).as_ref() == Some(id))
    }

    /// Whether a condition holds.
    pub fn holds(&self, condition: &Condition) -> bool {
        self.means.look(1);
        match condition {
            Condition::All(all) => all.iter().all(|condition| self.holds(condition)),
            Condition::Any(any) => any.iter().any(|condition| self.holds(condition)),
            Condition::Not(not) => !self.holds(not),
            Condition::Component(compared) => {
                self.entity(&compared.of).is_some_and(|entity| compares(Some(entity), compared))
            }
            Condition::Has { of, item, at_least } => self.one(of).is_some_and(|id| {
                let inventory = self.world.entity(&id).and_then(|entity| entity.value("inventory"));
                carried(inventory, item) >= *at_least
            }),
            Condition::Count { whom, within_m, from, comparison } => {
                let all = self.all(whom, COUNTED_MAX);
                if within_m.is_some() {
                    self.means.look(LOOKS_OF_A_PLACE * all.len());
                }
                let count = match within_m.zip(self.one(from)) {
                    Some((most, from)) => all.iter().filter(|id| self.is_within(id, &from, most)).count(),
                    None if within_m.is_some() => 0,
                    None => all.len(),
                };
                compare(Some(&Value::from(count)), comparison)
            }
            Condition::Near { of, within_m, from } => self
                .one(of)
                .zip(self.one(from))
                .is_some_and(|(of, from)| self.is_within(&of, &from, *within_m)),
            Condition::Is { of, whom } => self.one(of).is_some_and(|id| self.is_one_of(&id, whom)),
        }
    }

    /// Where a thing, or somebody's head, is now.
    pub fn place(&self, id: &EntityId) -> Option<Place> {
        place(self.log, self.people, self.physics, id)
    }

    fn is_within(&self, a: &EntityId, b: &EntityId, most_m: f32) -> bool {
        self.apart(a, b).is_some_and(|apart| apart <= most_m)
    }

    /// How far two are from each other, metres; people are lines from head to feet.
    fn apart(&self, a: &EntityId, b: &EntityId) -> Option<f32> {
        let (a_at, b_at) = (self.place(a)?, self.place(b)?);
        Some(match (a.user().is_some(), b.user().is_some()) {
            (true, false) => distance_to_body(&a_at, &b_at),
            (false, true) => distance_to_body(&b_at, &a_at),
            _ => distance(&a_at, &b_at),
        })
    }

    /// People that are to hear something; nothing for everyone.
    pub fn hearers(&self, to: &Whom) -> Option<BTreeSet<UserId>> {
        if *to == Whom::Anything {
            return None;
        }
        Some(self.all(to, usize::MAX).iter().filter_map(EntityId::user).collect())
    }

    /// A value with what is in braces put in.
    pub fn said(&self, value: &Value) -> Result<Value, Reject> {
        Ok(match value {
            Value::String(text) => self.value_of_text(text)?,
            Value::Array(items) => items.iter().map(|item| self.said(item)).collect::<Result<_, _>>()?,
            Value::Object(map) => {
                let said = map.iter().map(|(name, value)| Ok((name.clone(), self.said(value)?)));
                Value::Object(said.collect::<Result<_, Reject>>()?)
            }
            other => other.clone(),
        })
    }

    fn value_of_text(&self, text: &str) -> Result<Value, Reject> {
        let whole = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let whole = whole.filter(|path| !path.contains(['{', '}']));
        match whole.and_then(|path| self.sized(path)) {
            Some((value, bytes)) => {
                self.means.write(bytes.unwrap_or_else(|| canonical_bytes(&value)))?;
                Ok(value.into_owned())
            }
            None => Ok(Value::String(self.text(text))),
        }
    }

    /// A text with what is in braces put in; what is unknown stays as it is written.
    pub fn text(&self, text: &str) -> String {
        let (mut said, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            match after.split_once('}').and_then(|(path, after)| Some((self.look_up(path)?, after))) {
                Some((value, after)) => {
                    match &*value {
                        Value::String(value) => said.extend(value.chars().take(TEXT_CHARS_MAX)),
                        Value::Object(_) | Value::Array(_) => said.push('…'),
                        plain => said.push_str(&plain.to_string()),
                    }
                    rest = after;
                }
                None => {
                    said.push('{');
                    rest = after;
                }
            }
            if said.len() > 4 * TEXT_CHARS_MAX {
                break;
            }
        }
        said.push_str(rest);
        match said.char_indices().nth(TEXT_CHARS_MAX) {
            Some((end, _)) => said[..end].to_owned(),
            None => said,
        }
    }

    /// What is between a pair of braces, and how large it is where that is known.
    fn sized(&self, path: &str) -> Option<(Cow<'_, Value>, Option<usize>)> {
        let value = self.look_up(path)?;
        let whole = path.split_once('.').filter(|(_, name)| !name.contains('.'));
        let of = whole.and_then(|(who, name)| self.entity(&party(who)?)?.components().get(name));
        Some((value, of.map(|component| component.bytes)))
    }

    /// What is between a pair of braces: somebody, a component of theirs, or a part of what set this off.
    fn look_up(&self, path: &str) -> Option<Cow<'_, Value>> {
        let mut names = path.split('.');
        let who = names.next()?;
        if who == "event" {
            let payload = &self.parties.event.as_ref()?.payload;
            return names.try_fold(payload, |value, name| value.get(name)).map(Cow::Borrowed);
        }
        let id = self.one(&party(who)?);
        let entity = id.as_ref().and_then(|id| self.world.entity(id));
        match names.next() {
            None => {
                let name = entity.map_or_else(|| "somebody".into(), |entity| name_of(entity));
                Some(Cow::Owned(Value::String(name)))
            }
            Some("id") => id.map(|id| Cow::Owned(Value::String(id.to_string()))),
            Some(name) => {
                // A number that nobody has written yet is 0, as ops have it.
                let Some(first) = entity?.value(name) else { return Some(Cow::Owned(Value::from(0))) };
                names.try_fold(first, |value, name| value.get(name)).map(Cow::Borrowed)
            }
        }
    }
}

/// Whom a name in braces means.
fn party(name: &str) -> Option<Whom> {
    match name {
        "self" => Some(Whom::Itself),
        "actor" => Some(Whom::Actor),
        "target" => Some(Whom::Target),
        "game" => Some(Whom::Game),
        _ => None,
    }
}

/// Whether an entity is one of several that are meant; nothing where one is.
pub(super) fn is_of_kind(world: &World, id: &EntityId, whom: &Whom) -> Option<bool> {
    let entity = world.entity(id);
    match whom {
        Whom::Anything => Some(true),
        Whom::People => Some(entity.is_some_and(|entity| entity.is_avatar())),
        Whom::Tag(tag) => Some(entity.is_some_and(|entity| entity.tags().any(|own| own == tag))),
        Whom::Team(team) => {
            let own = entity.and_then(|entity| entity.value("team")?.as_str());
            Some(own == Some(team.as_str()))
        }
        _ => None,
    }
}

/// Where something is now, also what goes by the clock; a door where it stands when it is closed.
pub(super) fn place(log: &Log, people: &People, physics: &Physics, id: &EntityId) -> Option<Place> {
    if let Some(person) = id.user().and_then(|user| people.persons.get(&user)) {
        return Some(person.pose.head);
    }
    let entity = log.world.entity(id)?;
    let free = entity.parent().is_none();
    let moved = || Some(animate::at(entity.animate()?, entity.transform(), log.clock_ms() as f64));
    if let Some(at) = home(entity).or_else(moved).filter(|_| free) {
        let ([x, y, z], [qx, qy, qz, qw]) = (at.position, at.rotation);
        return Some([x, y, z, qx, qy, qz, qw]);
    }
    whereabouts::place(log, people, physics, id)
}

/// What somebody, or something, is called.
fn name_of(entity: &Entity) -> String {
    let text = |name: &str| entity.value(name).and_then(Value::as_str).map(str::to_owned);
    text("nickname").or_else(|| text("name")).unwrap_or_else(|| "something".into())
}

/// Whether an entity's component compares as it should.
pub(super) fn compares(entity: Option<&Entity>, compared: &Compared) -> bool {
    let whole = entity.and_then(|entity| entity.value(&compared.component));
    let part =
        compared.field.iter().try_fold(whole, |value, name| value.map(|value| value.get(name.as_str())));
    compare(part.flatten(), &compared.comparison)
}

fn compare(value: Option<&Value>, comparison: &Comparison) -> bool {
    let number = || match value {
        None => Some(0.0),
        Some(value) => value.as_f64(),
    };
    let is = |than: fn(&f64, &f64) -> bool, bound: &f64| number().is_some_and(|number| than(&number, bound));
    match comparison {
        Comparison::Equals(other) => value.map_or(other.is_null(), |value| equal(value, other)),
        Comparison::Differs(other) => !value.map_or(other.is_null(), |value| equal(value, other)),
        Comparison::AtLeast(bound) => is(f64::ge, bound),
        Comparison::AtMost(bound) => is(f64::le, bound),
        Comparison::Above(bound) => is(f64::gt, bound),
        Comparison::Below(bound) => is(f64::lt, bound),
        Comparison::Includes(item) => match value {
            Some(Value::Array(items)) => items.iter().any(|other| equal(other, item)),
            Some(Value::String(text)) => item.as_str().is_some_and(|part| text.contains(part)),
            _ => false,
        },
        Comparison::Exists(there) => value.is_some() == *there,
    }
}

/// Equal, numbers by what they are and not by how they are written.
fn equal(a: &Value, b: &Value) -> bool {
    same(a, b) || a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a == b)
}

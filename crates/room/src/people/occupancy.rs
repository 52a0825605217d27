//! Who has which seat, and who shares onto which screen: the thing and the person say it of each other, and when one of them
//! says so no more, both are freed.
//!
//! What frees a thing may be anything: somebody leaves or may no longer, it is deleted, a state is restored.

use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::rights::Permission;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::{EntityId, UserId};
use thexr_world::{Entity, Op, World};

/// A way in which one person at a time has a thing.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Of the thing: who has it.
    taken_by: &'static str,
    /// Of a person: which they have.
    has: &'static str,
    /// Marks that say the same to whoever does not ask by whom: of the thing, and of the person.
    marks: Option<(&'static str, &'static str)>,
    /// Whether a person may go on having a thing as it is now.
    keeps: fn(&Log, &UserId, &Entity) -> bool,
    /// That it is free again.
    freed: Fact,
}

/// Seats, and who sits there.
pub(crate) const SEATS: Kind = Kind {
    taken_by: "occupied_by",
    has: "sitting_on",
    marks: Some(("occupied", "sitting")),
    keeps: |_, _, entity| entity.seat().is_some(),
    freed: Fact::USER_STOOD,
};

/// Screens, and who shares onto them.
pub(crate) const SCREENS: Kind = Kind {
    taken_by: "shared_by",
    has: "sharing_on",
    marks: None,
    keeps: may_go_on_sharing,
    freed: Fact::SCREEN_UNSHARED,
};

/// What sharing onto a thing needs besides being heard; `None` where it is no screen.
pub(crate) fn sharing_needs(entity: &Entity) -> Option<Permission> {
    let screen = entity.value("screen").filter(|screen| **screen != Value::Bool(false))?;
    Some(match screen.get("who").and_then(Value::as_str) {
        Some("builders") => Permission::Build,
        Some("moderators") => Permission::Moderate,
        _ => Permission::Talk,
    })
}

fn may_go_on_sharing(log: &Log, user: &UserId, entity: &Entity) -> bool {
    let may = |permission| log.rights.permit(user, permission).is_ok();
    sharing_needs(entity).is_some_and(|needed| may(Permission::Talk) && may(needed))
}

/// The things of a kind that are taken, and by whose avatars.
#[derive(Debug)]
pub(crate) struct Occupancy {
    kind: &'static Kind,
    taken: BTreeMap<EntityId, UserId>,
    having: BTreeMap<EntityId, EntityId>,
    /// What is to be looked at: of the last tick, too, when it had no room for more facts.
    waiting: BTreeSet<EntityId>,
    begun: bool,
}

impl Occupancy {
    /// Nothing is known yet: the first tick looks at all there is.
    pub fn new(kind: &'static Kind) -> Self {
        let (taken, having, waiting) = Default::default();
        Self { kind, taken, having, waiting, begun: false }
    }

    /// What is taken, and by whom.
    pub fn taken(&self) -> impl Iterator<Item = (&EntityId, &UserId)> {
        self.taken.iter()
    }

    /// Follows what has become of the world in this tick, and frees what is taken by halves.
    pub fn keep(&mut self, log: &mut Log) {
        self.look_out(log);
        while let Some(id) = self.waiting.pop_first() {
            if let Some(fact) = self.freed(log, &id) {
                if log.made.is_full() {
                    self.waiting.insert(id);
                    return;
                }
                log.emit(fact).unwrap_or_else(|error| unreachable!("what is there can be removed: {error}"));
            }
            self.note(&log.world, id);
        }
    }

    fn note(&mut self, world: &World, thing: EntityId) {
        let now = self.kind.holder(world, &thing);
        let before = self.taken.remove(&thing).map(|before| EntityId::avatar(&before));
        // Who went from one thing to another has the other already.
        if let Some(before) = before.filter(|before| self.having.get(before) == Some(&thing)) {
            self.having.remove(&before);
        }
        if let Some(user) = now {
            self.having.insert(EntityId::avatar(&user), thing.clone());
            self.taken.insert(thing, user);
        }
    }

    /// Finds the things and people of which something has changed.
    fn look_out(&mut self, log: &Log) {
        let ops = || log.made.events.iter().flat_map(|event| &event.ops);
        // Settings say who may, and no op tells of them.
        let all_anew = !self.begun || log.made.settings || ops().any(|op| matches!(op, Op::Load { .. }));
        self.begun = true;
        let kind = self.kind;
        if all_anew {
            let entities = log.world.entities().iter();
            let saying = entities.filter(|(_, entity)| kind.is_said_by(entity)).map(|(id, _)| id);
            self.waiting.extend(self.taken.keys().chain(saying).cloned());
            return;
        }
        for id in ops().filter_map(Op::entity) {
            // Who is gone is known by what they had.
            self.waiting.extend(self.having.get(id).cloned());
            let says = || log.world.entity(id).is_some_and(|entity| kind.is_said_by(entity));
            if self.taken.contains_key(id) || says() {
                self.waiting.insert(id.clone());
            }
        }
    }

    /// The fact that somebody has a thing no more, where it or they say something that the other does not.
    fn freed(&self, log: &Log, id: &EntityId) -> Option<Draft> {
        let Self { kind, taken, .. } = self;
        let world = &log.world;
        let (user, thing) = match id.user().filter(|_| world.entity(id).is_some()) {
            Some(user) => (user.clone(), kind.thing_of(world, &user)?),
            None => (kind.holder(world, id).or_else(|| taken.get(id).cloned())?, id.clone()),
        };
        let keeps = world.entity(&thing).is_some_and(|entity| (kind.keeps)(log, &user, entity));
        let has = kind.thing_of(world, &user).as_ref() == Some(&thing);
        let takes = kind.holder(world, &thing).as_ref() == Some(&user);
        if keeps && has && takes {
            return None;
        }
        let mut ops = Vec::new();
        if has {
            ops.push(kind.let_go(&user));
        }
        if takes {
            ops.push(kind.free(&thing));
        }
        let payload = json!({"user_id": user, "entity": thing});
        (!ops.is_empty()).then(|| Draft::server(kind.freed, payload, ops))
    }
}

impl Kind {
    /// Whether an entity is a taken thing or somebody who has one.
    fn is_said_by(&self, entity: &Entity) -> bool {
        entity.value(self.taken_by).is_some() || entity.value(self.has).is_some()
    }

    /// Who a thing says has it.
    pub fn holder(&self, world: &World, thing: &EntityId) -> Option<UserId> {
        UserId::parse(world.entity(thing)?.value(self.taken_by)?.as_str()?).ok()
    }

    /// Which thing a person says they have.
    pub fn thing_of(&self, world: &World, user: &UserId) -> Option<EntityId> {
        EntityId::parse(world.entity(&EntityId::avatar(user))?.value(self.has)?.as_str()?).ok()
    }

    /// Ops that give a thing to a person, and free the one they had.
    pub fn taking(&self, world: &World, user: &UserId, thing: &EntityId) -> Vec<Op> {
        let set = |entity: EntityId, name: &str, value: Value, mark: Option<&str>| {
            let mark = mark.map(|mark| (mark.to_owned(), json!(true)));
            Op::Set { entity, components: [(name.to_owned(), value)].into_iter().chain(mark).collect() }
        };
        let (of_thing, of_person) = (self.marks.map(|marks| marks.0), self.marks.map(|marks| marks.1));
        let mut ops = self.freeing(world, user);
        ops.push(set(thing.clone(), self.taken_by, json!(user), of_thing));
        ops.push(set(EntityId::avatar(user), self.has, json!(thing), of_person));
        ops
    }

    /// Ops that free what a person has; none for one who has nothing.
    pub fn freeing(&self, world: &World, user: &UserId) -> Vec<Op> {
        let Some(thing) = self.thing_of(world, user) else { return Vec::new() };
        let mut ops = vec![self.let_go(user)];
        if self.holder(world, &thing).as_ref() == Some(user) {
            ops.push(self.free(&thing));
        }
        ops
    }

    fn let_go(&self, user: &UserId) -> Op {
        unset(EntityId::avatar(user), self.has, self.marks.map(|marks| marks.1))
    }

    fn free(&self, thing: &EntityId) -> Op {
        unset(thing.clone(), self.taken_by, self.marks.map(|marks| marks.0))
    }
}

fn unset(entity: EntityId, name: &'static str, mark: Option<&'static str>) -> Op {
    Op::Unset { entity, names: mark.into_iter().chain([name]).map(Into::into).collect() }
}

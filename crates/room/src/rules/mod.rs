//! Rules: when something happens and something is true, something follows (docs/rules.md). Owns when they are looked at, how far
//! they may go, and what they remember; what they say is `world::rules`.

mod book;
mod deeds;
mod firing;
mod plain;
mod report;
mod scene;
mod state;
mod watch;

use crate::act::Acts;
use crate::act::transact::touched;
use crate::bodies::physics::Physics;
use crate::log::Log;
use crate::outbox::{Actor, Event, Outbox};
use crate::people::People;
use crate::reject::Reject;
use book::{Book, RuleId};
use firing::{Cause, Firing, TOO_MANY_ACTIONS, Turn};
use report::Report;
use scene::{Means, Parties, Scene, compares};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;
use thexr_wire::{EntityId, UserId};
use thexr_world::rules::{Rule, When, Whom};
use thexr_world::{Op, Undo};
use watch::Watch;

/// Rules that are asked in one tick whether they are meant; beyond them none is, and their makers are told.
pub const ASKED_MAX: usize = 20_000;
/// Rules whose makers are told that an event had too much follow; those of further ones see that nothing happens.
const CUT_TOLD: usize = 16;
/// Events that wait for the rules (memory); of more those of longest ago set nothing off.
pub const UNSEEN_MAX: usize = 2_000;
const TOO_MANY_ASKED: Reject = Reject::new(
    "too_many_rules_asked",
    "More rules listen to what happens here than can be asked in one tick. Let them listen to fewer things.",
);
const TOO_MANY_RULES: Reject = Reject::new(
    "too_many_rules",
    "The rules of this room are 20,000, or 8 MiB, and those of this thing beyond that: they do nothing.",
);
const TOO_MANY_PLACES: Reject = Reject::new(
    "too_many_places",
    "More places are watched in this room than can be, or more wide ones. Use fewer, or smaller ones.",
);
const NO_RULE: Reject = Reject::new("no_such_rule", "This thing has no rule of that name.");

/// The room around the rules.
pub(crate) struct Around<'a> {
    pub log: &'a mut Log,
    pub people: &'a mut People,
    pub physics: &'a Physics,
    pub acts: &'a mut Acts,
    pub out: &'a mut Outbox,
}

/// The rules of a room.
#[derive(Default)]
pub(crate) struct Rules {
    book: Book,
    watch: Watch,
    report: Report,
    /// What has happened after the rules had their turn in the last tick.
    unseen: Vec<(Arc<Event>, Undo)>,
    /// The room has woken, as far as rules have been told.
    woken: bool,
    /// What was done in this tick already, by makers who tried their rules: that counts like everything else.
    turn: Turn,
}

/// A rule that something concerns.
struct Heard {
    id: RuleId,
    rule: Arc<Rule>,
    parties: Parties,
}

impl Rules {
    /// Looks at what has happened and at what is due, and does what the rules say.
    ///
    /// How many of the tick's events were seen is returned, for [`remember`](Self::remember).
    pub fn run(&mut self, around: &mut Around<'_>) -> usize {
        if around.log.may_change().is_err() {
            return 0;
        }
        let mut turn = std::mem::take(&mut self.turn);
        self.book.read_on(around.log);
        // What has gone since then is due no more.
        for (event, _) in &self.unseen {
            self.book.follow(around.log, &event.ops);
        }
        self.complain_of_too_many(around.log);
        self.watch_places(around);
        if self.book.is_empty() {
            self.woken = true;
        } else {
            self.begin_anew(around, &mut turn);
            self.do_what_is_due(around, &mut turn);
            self.beat(around, &mut turn);
            self.wake(around, &mut turn);
            self.cross(around, &mut turn);
        }
        let unseen = std::mem::take(&mut self.unseen);
        for (event, undo) in &unseen {
            self.hear(around, &mut turn, event, undo, &Cause::of(event));
        }
        let mut next = 0;
        while let Some(event) = around.log.made.events.get(next).cloned() {
            let cause = turn.cause_of(next, &event);
            let undo = std::mem::take(&mut around.log.made.undos[next]);
            self.hear(around, &mut turn, &event, &undo, &cause);
            next += 1;
        }
        next
    }

    /// Whether the room has any, that is, whether a tick must leave them room for what they make.
    pub fn are_there(&self) -> bool {
        !self.book.is_empty()
    }

    /// Keeps what has happened since [`run`](Self::run) for the next tick; call it when nothing more happens in this one.
    pub fn remember(&mut self, log: &mut Log, seen: usize) {
        let events = log.made.events.iter().cloned();
        self.unseen.extend(events.zip(log.made.undos.drain(..)).skip(seen));
        // While nothing can be stored nothing is looked at, and people still leave.
        let too_many = self.unseen.len().saturating_sub(UNSEEN_MAX);
        self.unseen.drain(..too_many);
        self.turn = Turn::default();
    }

    /// Takes in one event: what it has changed of the rules, and whom it sets off.
    fn hear(
        &mut self,
        around: &mut Around<'_>,
        turn: &mut Turn,
        event: &Arc<Event>,
        undo: &Undo,
        cause: &Cause,
    ) {
        self.book.follow(around.log, &event.ops);
        if event.ops.iter().any(|op| matches!(op, Op::Load { .. })) {
            self.woken = false;
        }
        if self.book.is_empty() {
            return;
        }
        self.watch_places(around);
        self.begin_anew(around, turn);
        let mut heard = self.heard(around, turn, event, undo).into_iter();
        while !turn.is_full() {
            let Some(Heard { id, rule, parties }) = heard.next() else { break };
            let firing = Firing::of(id, rule, parties, cause.clone());
            self.set_off(around, turn, Firing { holds: true, ..firing });
        }
        for Heard { id, rule, parties } in heard.take(CUT_TOLD) {
            let actor = parties.actor.as_ref();
            self.report.note(&id.0, &rule.name, around.log.clock_ms(), actor, Some(TOO_MANY_ACTIONS));
        }
        if event.name == "user_left" && around.log.world.avatars().next().is_none() {
            let ids: Vec<RuleId> = self.book.emptied.iter().cloned().collect();
            self.set_all_off(around, turn, ids, actor_of(event));
        }
    }

    /// The rules that an event sets off, by thing and place: what it is that they wait for, and their conditions hold. All are
    /// asked before any of them does something, so that two of them can be each other's opposite.
    fn heard(&mut self, around: &Around<'_>, turn: &mut Turn, event: &Arc<Event>, undo: &Undo) -> Vec<Heard> {
        let (actor, target) = (actor_of(event), target_of(event));
        let mut asking = Asking { around, turn, event, parties: None, found: Vec::new(), cut: None };
        if let Some(listeners) = self.book.events.get(event.name.as_str()) {
            asking.all(listeners.hearing(target.as_ref()), &actor, target.as_ref(), None);
        }
        if !self.book.components.is_empty() {
            let changed: BTreeSet<(&EntityId, &str)> = event.ops.iter().flat_map(touched).collect();
            for (entity, name) in changed {
                let Some(listeners) = self.book.components.get(name) else { continue };
                let was = Some(Was { entity, undo });
                asking.all(listeners.hearing(Some(entity)), &actor, Some(entity), was);
            }
        }
        let mut found = asking.found;
        if let Some((thing, rule)) = asking.cut.filter(|_| !turn.complained) {
            turn.complained = true;
            let reject = if turn.is_full() { TOO_MANY_ACTIONS } else { TOO_MANY_ASKED };
            self.report.note(&thing, &rule, around.log.clock_ms(), actor.as_ref(), Some(reject));
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    fn complain_of_too_many(&mut self, log: &Log) {
        if let Some(id) = self.book.refused.pop() {
            self.report.note(&id, &"rules".into(), log.clock_ms(), None, Some(TOO_MANY_RULES));
        }
        self.book.refused.clear();
    }

    fn watch_places(&mut self, around: &Around<'_>) {
        if self.book.placed.is_empty() {
            return;
        }
        let placed = &mut self.book.placed;
        for id in self.watch.note(around.log, around.people, around.physics, placed) {
            if let Some(rule) = self.book.rule(&id) {
                self.report.note(&id.0, &rule.name, around.log.clock_ms(), None, Some(TOO_MANY_PLACES));
            }
        }
    }

    fn beat(&mut self, around: &mut Around<'_>, turn: &mut Turn) {
        let beats = self.book.beats(around.log.clock_ms());
        self.set_all_off(around, turn, beats, None);
    }

    fn wake(&mut self, around: &mut Around<'_>, turn: &mut Turn) {
        if self.woken {
            return;
        }
        self.woken = true;
        let ids: Vec<RuleId> = self.book.started.iter().cloned().collect();
        self.set_all_off(around, turn, ids, None);
    }

    fn cross(&mut self, around: &mut Around<'_>, turn: &mut Turn) {
        for crossing in self.watch.look(around.log, around.people, around.physics) {
            let Some(rule) = self.book.rule(&crossing.rule) else { continue };
            let When::Place { of, .. } = &rule.when else { continue };
            let parties = Parties {
                thing: crossing.rule.0.clone(),
                actor: Some(crossing.who.clone()),
                target: if let Whom::Entity(id) = of {
                    Some(id.clone())
                } else {
                    Some(crossing.rule.0.clone())
                },
                event: None,
            };
            let cause = Cause { by: crossing.who.user(), depth: 0 };
            self.set_off(around, turn, Firing::of(crossing.rule, rule, parties, cause));
        }
    }

    /// Sets off rules that nobody in particular has set off.
    fn set_all_off(
        &mut self,
        around: &mut Around<'_>,
        turn: &mut Turn,
        ids: Vec<RuleId>,
        actor: Option<EntityId>,
    ) {
        for id in ids {
            turn.asked += 1;
            if turn.asked > ASKED_MAX || turn.is_full() {
                return;
            }
            let Some(rule) = self.book.rule(&id) else { continue };
            let parties = Parties { thing: id.0.clone(), actor: actor.clone(), target: None, event: None };
            self.set_off(around, turn, Firing::of(id, rule, parties, Cause::default()));
        }
    }

    /// Sets a rule off for its maker, whatever else would: only its condition is asked.
    pub fn test(
        &mut self,
        around: &mut Around<'_>,
        thing: &EntityId,
        name: &str,
        by: Option<&UserId>,
    ) -> Result<(), Reject> {
        self.book.read_on(around.log);
        let (id, rule) = self.book.named(thing, name).ok_or(NO_RULE)?;
        let actor = by.map(EntityId::avatar);
        let parties = Parties { thing: thing.clone(), actor, target: Some(thing.clone()), event: None };
        let firing =
            Firing { test: true, ..Firing::of(id, rule, parties, Cause { by: by.cloned(), depth: 0 }) };
        let mut turn = std::mem::take(&mut self.turn);
        let fired = self.fire(around, &mut turn, firing);
        self.turn = turn;
        fired
    }

    /// What the rules of a thing have done of late.
    pub fn firings(&self, log: &Log, thing: &EntityId) -> Value {
        self.report.tell(thing, log.clock_ms())
    }
}

/// One event, asked about.
struct Asking<'a> {
    around: &'a Around<'a>,
    turn: &'a mut Turn,
    event: &'a Arc<Event>,
    /// Those of the rule asked last, to be used again.
    parties: Option<Parties>,
    found: Vec<Heard>,
    /// The first rule that could not be asked.
    cut: Option<(EntityId, SmolStr)>,
}

impl Asking<'_> {
    /// Asks all of these whether they are meant.
    fn all<'b>(
        &mut self,
        listeners: impl Iterator<Item = (&'b RuleId, &'b Arc<Rule>)>,
        actor: &Option<EntityId>,
        target: Option<&EntityId>,
        was: Option<Was<'_>>,
    ) {
        for (id, rule) in listeners {
            self.turn.asked += 1;
            if self.turn.asked > ASKED_MAX || self.turn.is_full() || self.turn.means.are_spent() {
                self.cut.get_or_insert_with(|| (id.0.clone(), rule.name.clone()));
                return;
            }
            let event = self.event;
            let mut parties = self.parties.take().unwrap_or_else(|| Parties {
                thing: id.0.clone(),
                actor: actor.clone(),
                target: None,
                event: Some(event.clone()),
            });
            if parties.thing != id.0 {
                parties.thing = id.0.clone();
            }
            if parties.target.as_ref() != target {
                parties.target = target.cloned();
            }
            let scene = scene(self.around, &self.turn.means, &parties);
            let sets_off = concerns(&scene, rule, was) && scene.holds(&rule.condition);
            if sets_off {
                self.found.push(Heard { id: id.clone(), rule: rule.clone(), parties: parties.clone() });
            }
            self.parties = Some(parties);
        }
    }
}

/// The room, as those whom a firing is about see it.
fn scene<'a>(around: &'a Around<'_>, means: &'a Means, parties: &'a Parties) -> Scene<'a> {
    let Around { log, people, physics, .. } = around;
    Scene { world: &log.world, log, people, physics, parties, means }
}

/// What an entity was before an event.
#[derive(Clone, Copy)]
struct Was<'a> {
    entity: &'a EntityId,
    undo: &'a Undo,
}

/// Whether what has happened is what a rule waits for.
fn concerns(scene: &Scene<'_>, rule: &Rule, was: Option<Was<'_>>) -> bool {
    let Parties { actor, target, .. } = scene.parties;
    let is = |who: &Option<EntityId>, whom: &Option<Whom>| {
        whom.as_ref().is_none_or(|whom| who.as_ref().is_some_and(|who| scene.is_one_of(who, whom)))
    };
    match (&rule.when, was) {
        (When::Event { actor: by, target: on, held, .. }, None) => {
            let in_hand = || {
                let entity = target.as_ref().and_then(|id| scene.world.entity(id));
                entity.is_some_and(|entity| entity.value("held_by").is_some())
            };
            let pulled = || {
                scene.parties.event.as_ref().and_then(|event| event.payload.get("value")?.as_f64())
                    != Some(0.0)
            };
            is(actor, by) && is(target, on) && held.is_none_or(|held| held == in_hand() && pulled())
        }
        (When::Becomes(compared), Some(Was { entity, undo })) => {
            let Some(now) = scene.world.entity(entity) else { return false };
            let before = undo.before(entity).map(|before| &**before);
            is(target, &Some(compared.of.clone()))
                && compares(Some(now), compared)
                && !before.is_some_and(|before| compares(Some(before), compared))
        }
        _ => false,
    }
}

/// Who has done something, as an entity.
fn actor_of(event: &Event) -> Option<EntityId> {
    match &event.actor {
        Actor::User(user) => Some(EntityId::avatar(user)),
        Actor::Rule(thing) => Some(thing.clone()),
        Actor::Server | Actor::Operator => {
            let user = event.payload.get("user_id").and_then(Value::as_str);
            user.and_then(|user| UserId::parse(user).ok()).map(|user| EntityId::avatar(&user))
        }
    }
}

/// To whom or what it was done.
fn target_of(event: &Event) -> Option<EntityId> {
    let id = |name: &str| EntityId::parse(event.payload.get(name)?.as_str()?).ok();
    let user = || UserId::parse(event.payload.get("user_id")?.as_str()?).ok();
    id("entity").or_else(|| id("target")).or_else(|| user().map(|user| EntityId::avatar(&user)))
}

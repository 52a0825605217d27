//! One firing: whether a rule is set off, and all that comes of it, in one event and those after it.

use crate::act::command::{Command, Request};
use crate::act::snapshots::INITIAL;
use crate::act::{Act, Grant, Outcome};
use crate::dice::unit;
use crate::facts::Fact;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::outbox::{Actor, Event};
use crate::reject::Reject;
use crate::rules::book::{RuleId, waits};
use crate::rules::deeds::Doing;
use crate::rules::scene::{Means, Parties, Scene};
use crate::rules::state::{Change, WAITING_MAX, Waiting, beginning, fired, is_counted, number, waiting};
use crate::rules::{Around, Rules, TOO_MANY_ASKED, scene};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_wire::{EntityId, UserId};
use thexr_world::rules::{Rule, When};
use thexr_world::{Entity, NoStates, Op, Stamp};

/// Rules that set off one another, in a row; the next is `chain_too_long`.
pub const CHAIN_MAX: usize = 16;
/// What rules do in one tick, each thing that a step changes counted; beyond it `too_many_actions`.
pub const ACTIONS_MAX: usize = 1_000;

const CHAIN_TOO_LONG: Reject = Reject::new(
    "chain_too_long",
    "Rules set each other off 16 times in a row. Let one of them wait, or stop.",
);
pub(super) const TOO_MANY_ACTIONS: Reject = Reject::new(
    "too_many_actions",
    "The rules of this room do more in one moment than they may: 1,000 things.",
);
const TOO_MANY_WAITING: Reject = Reject::new(
    "too_many_waiting",
    "64 delayed steps of this thing wait already. Give its rules a cooldown.",
);
const CONDITION_FAILS: Reject =
    Reject::new("condition_fails", "What its `if` asks for is not so at this moment.");
const NOT_FOR_RULES: Reject = Reject::new("not_for_rules", "Rules leave this to people.");

/// Who set something off first, and how many rules have followed.
#[derive(Debug, Clone, Default)]
pub(super) struct Cause {
    pub by: Option<UserId>,
    pub depth: usize,
}

impl Cause {
    /// Of something that no rule has done in this tick.
    pub fn of(event: &Event) -> Self {
        Self { by: event.actor.user().cloned(), depth: 0 }
    }
}

/// What the rules have done in this tick.
#[derive(Default)]
pub(super) struct Turn {
    pub actions: usize,
    pub asked: usize,
    pub means: Means,
    /// Their makers were told that they are too many.
    pub complained: bool,
    rolls: u64,
    /// Of events that rules have made, by their place among the tick's.
    causes: BTreeMap<usize, Cause>,
}

impl Turn {
    /// Why an event of this tick has happened.
    pub fn cause_of(&self, at: usize, event: &Event) -> Cause {
        self.causes.get(&at).cloned().unwrap_or_else(|| Cause::of(event))
    }

    pub fn is_full(&self) -> bool {
        self.actions >= ACTIONS_MAX
    }

    /// Throws the room's dice, for something that happens as often as this of all times.
    fn is_lucky(&mut self, log: &Log, chance: f32) -> bool {
        if chance >= 1.0 {
            return true;
        }
        self.rolls += 1;
        unit(log.seed, log.now.tick, self.rolls) < chance
    }
}

/// A rule about to be set off.
pub(super) struct Firing {
    pub id: RuleId,
    pub rule: Arc<Rule>,
    pub parties: Parties,
    pub cause: Cause,
    /// Where its steps go on, and under which number they have waited.
    pub goes_on: Option<(usize, u64)>,
    /// Its condition was asked, and holds.
    pub holds: bool,
    /// Its maker tries it.
    pub test: bool,
}

impl Firing {
    pub fn of(id: RuleId, rule: Arc<Rule>, parties: Parties, cause: Cause) -> Self {
        Self { id, rule, parties, cause, goes_on: None, holds: false, test: false }
    }
}

/// What a firing is about, and why.
#[derive(Clone, Copy)]
struct About<'a> {
    thing: &'a EntityId,
    rule: &'a Rule,
    parties: &'a Parties,
    cause: &'a Cause,
}

impl Rules {
    /// Sets a rule off, and notes what became of it.
    pub(super) fn set_off(&mut self, around: &mut Around<'_>, turn: &mut Turn, firing: Firing) {
        let (thing, name, actor) =
            (firing.id.0.clone(), firing.rule.name.clone(), firing.parties.actor.clone());
        match self.fire(around, turn, firing) {
            // That a condition does not hold is no trouble.
            Err(reject) if reject.reason != CONDITION_FAILS.reason => {
                self.report.note(&thing, &name, around.log.clock_ms(), actor.as_ref(), Some(reject));
            }
            _ => {}
        }
    }

    /// Sets a rule off, or says why not; nothing has happened then, unless it is said of what comes after.
    pub(super) fn fire(
        &mut self,
        around: &mut Around<'_>,
        turn: &mut Turn,
        firing: Firing,
    ) -> Result<(), Reject> {
        let Firing { id: (thing, _), rule, parties, cause, goes_on, holds, test } = firing;
        let clock_ms = around.log.clock_ms();
        let mut change = Change::default();
        if goes_on.is_none() {
            let entity = around.log.world.entity(&thing).map(|entity| &**entity);
            if entity.is_none() || !test && rests(entity, &rule, clock_ms) {
                return Err(CONDITION_FAILS);
            }
            if !holds && !scene(around, &turn.means, &parties).holds(&rule.condition) {
                return Err(if turn.means.are_spent() { TOO_MANY_ASKED } else { CONDITION_FAILS });
            }
            if !test && !turn.is_lucky(around.log, rule.chance) {
                return Err(CONDITION_FAILS);
            }
            if is_counted(&rule) && !test {
                let count = fired(entity, &rule).map_or(0, |(count, _)| count);
                change.fired = Some((rule.name.clone(), count + 1, clock_ms));
            }
        }
        if cause.depth >= CHAIN_MAX {
            return Err(CHAIN_TOO_LONG);
        }
        if turn.is_full() || around.log.made.is_full() {
            return Err(TOO_MANY_ACTIONS);
        }
        // What comes to nothing has been work as well.
        turn.actions += 1;
        // Before anything is made that could not be told.
        turn.means.may_write(around.acts.may_tell(around.log, cause.by.as_ref())?);
        let from = goes_on.map_or(0, |(from, _)| from);
        change.done = goes_on.map(|(_, number)| number);
        // Steps after a delay wait for it, be they the first.
        let first = if goes_on.is_some() { from + 1 } else { 0 };
        let delayed = |at: &usize| rule.then[*at].delay_ms > 0;
        let until = (first..rule.then.len()).find(delayed).unwrap_or(rule.then.len());
        let doing = do_steps(around, &turn.means, &parties, &rule, from..until);
        if turn.means.are_spent() {
            return Err(TOO_MANY_ASKED);
        }
        let doing = doing?;
        turn.actions += doing.actions.saturating_sub(1);
        if turn.actions > ACTIONS_MAX {
            return Err(TOO_MANY_ACTIONS);
        }
        let mut dropped = None;
        if let Some(next) = rule.then.get(until) {
            let others = waiting(around.log.world.entity(&thing).map(|entity| &**entity)).len();
            if others - usize::from(goes_on.is_some()) >= WAITING_MAX {
                dropped = Some(TOO_MANY_WAITING);
            } else {
                let next = Waiting {
                    at: clock_ms + next.delay_ms,
                    rule: rule.name.clone(),
                    step: until,
                    actor: parties.actor.clone(),
                    target: parties.target.clone(),
                    by: cause.by.clone(),
                };
                change.waits = Some((number(around.log.seq + 1), next));
            }
        }
        let about = About { thing: &thing, rule: &rule, parties: &parties, cause: &cause };
        let moved: Vec<EntityId> = doing.moved.iter().map(|(user, _)| EntityId::avatar(user)).collect();
        let told = bring_about(around, turn, about, change, doing)?;
        moved.into_iter().for_each(|who| self.watch.put(who));
        self.report.note(&thing, &rule.name, clock_ms, parties.actor.as_ref(), dropped.or(told));
        Ok(())
    }

    /// Does what waits and is due, by time, then by thing; what there is no room for waits on.
    pub(super) fn do_what_is_due(&mut self, around: &mut Around<'_>, turn: &mut Turn) {
        let clock_ms = around.log.clock_ms();
        while let Some(thing) = self.book.next_due(clock_ms) {
            if turn.is_full() || around.log.made.is_full() {
                return;
            }
            let all = waiting(around.log.world.entity(&thing).map(|entity| &**entity));
            let Some((number, now)) = all.into_iter().min_by_key(|(number, waiting)| (waiting.at, *number))
            else {
                return;
            };
            let seq = around.log.seq;
            let is_there = |(_, rule): &(RuleId, Arc<Rule>)| rule.enabled && now.step < rule.then.len();
            if let Some((id, rule)) = self.book.named(&thing, &now.rule).filter(is_there) {
                let cause = Cause { by: now.by.clone(), depth: 0 };
                let goes_on = Some((now.step, number));
                let firing = Firing { goes_on, ..Firing::of(id, rule, now.parties(&thing), cause) };
                self.set_off(around, turn, firing);
            }
            let mut next = around.log.seq;
            if seq == next {
                // Nothing came of it: it waits no more.
                let op = Change { done: Some(number), ..Change::default() }.op(&thing);
                let payload = json!({"entity": thing, "rule": now.rule});
                let draft = Draft::server(Fact::RULE_DROPPED, payload, op.into_iter().collect());
                let _ = around.log.emit(Draft { actor: Actor::Rule(thing.clone()), ..draft });
                next = around.log.seq;
            }
            if seq == next {
                return;
            }
            let made = around.log.made.events.last().cloned();
            made.iter().for_each(|event| self.book.follow(around.log, &event.ops));
        }
    }

    /// Has the rules of things begin whose rules are new.
    pub(super) fn begin_anew(&mut self, around: &mut Around<'_>, turn: &mut Turn) {
        while let Some(thing) = self.book.begins.pop_first() {
            if around.log.made.is_full() {
                self.book.begins.insert(thing);
                return;
            }
            let clock_ms = around.log.clock_ms();
            let waiting: Vec<Waiting> = self
                .book
                .rules_of(&thing)
                .iter()
                .filter(|rule| waits(rule))
                .take(WAITING_MAX)
                .map(|rule| {
                    let ms = if let When::After(ms) = rule.when { ms } else { 0 };
                    Waiting {
                        at: clock_ms + ms,
                        rule: rule.name.clone(),
                        step: 0,
                        actor: None,
                        target: None,
                        by: None,
                    }
                })
                .collect();
            let draft = Draft::server(
                Fact::RULES_BEGAN,
                json!({"entity": thing}),
                vec![beginning(&thing, around.log.seq + 1, &waiting)],
            );
            let draft = Draft { actor: Actor::Rule(thing.clone()), ..draft };
            turn.actions += 1;
            if around.log.emit(draft).is_ok() {
                let made = around.log.made.events.last().cloned();
                made.iter().for_each(|event| self.book.follow(around.log, &event.ops));
            }
        }
    }
}

/// Makes the facts of a firing; what is refused of those after its own is given back.
fn bring_about(
    around: &mut Around<'_>,
    turn: &mut Turn,
    about: About<'_>,
    change: Change,
    doing: Doing,
) -> Result<Option<Reject>, Reject> {
    let Doing { mut ops, facts, asked, moved, resets, .. } = doing;
    let About { thing, rule, parties, .. } = about;
    // A thing that is gone by its own rule has nothing to remember.
    let goes = ops.iter().any(|op| matches!(op, Op::Delete { entity } if entity == thing));
    ops.extend(change.op(thing).filter(|_| !goes && around.log.world.entity(thing).is_some()));
    if !ops.is_empty() {
        let mut payload = json!({"entity": thing, "rule": rule.name});
        for (name, id) in [("actor", &parties.actor), ("target", &parties.target)] {
            if let Some(id) = id {
                payload[name] = json!(id);
            }
        }
        make(around, turn, about, Draft::server(Fact::RULE_FIRED, payload, ops))?;
    }
    let mut refused = None;
    for fact in facts {
        refused = make(around, turn, about, fact).err().or(refused);
    }
    for (user, head) in moved {
        around.people.put(&user, head, around.log.now.tick);
    }
    for Request { command, .. } in asked {
        let answer =
            if command.is_for_rules() { ask(around, turn, about, command) } else { Err(NOT_FOR_RULES) };
        refused = answer.err().or(refused);
    }
    if resets {
        let initial = Request::decode("restore_snapshot", json!({"name": INITIAL}))?;
        refused = ask(around, turn, about, initial.command).err().or(refused);
    }
    Ok(refused)
}

/// Makes one fact, and remembers why.
fn make(around: &mut Around<'_>, turn: &mut Turn, about: About<'_>, draft: Draft) -> Result<(), Reject> {
    let first = around.log.made.events.len();
    if around.log.made.is_full() {
        return Err(TOO_MANY_ACTIONS);
    }
    let Around { log, physics, acts, .. } = around;
    acts.emit_for_rule(log, physics, about.thing, about.cause.by.as_ref(), draft)?;
    note_causes(around, turn, first, about.cause);
    Ok(())
}

/// Asks for something in a rule's name.
fn ask(around: &mut Around<'_>, turn: &mut Turn, about: About<'_>, command: Command) -> Result<(), Reject> {
    let first = around.log.made.events.len();
    let act = Act { actor: Actor::Rule(about.thing.clone()), grant: Grant::All, command, id: None };
    let Around { log, people, physics, acts, out } = around;
    let outcome = acts.perform(log, people, physics, act, out);
    note_causes(around, turn, first, about.cause);
    if let Outcome::Reply(Err(reject)) = outcome { Err(reject) } else { Ok(()) }
}

/// Whether a rule has been set off so that it is not again.
fn rests(thing: Option<&Entity>, rule: &Rule, clock_ms: u64) -> bool {
    is_counted(rule)
        && fired(thing, rule).is_some_and(|(_, at)| rule.once || clock_ms < at + rule.cooldown_ms)
}

/// What steps come to, each seen by those after it.
fn do_steps(
    around: &Around<'_>,
    means: &Means,
    parties: &Parties,
    rule: &Rule,
    steps: std::ops::Range<usize>,
) -> Result<Doing, Reject> {
    let log = &*around.log;
    let stamp = Stamp { seq: log.seq + 1, at_ms: log.now.at_ms };
    let mut becoming = log.world.clone();
    let mut doing = Doing::default();
    let last = steps.end;
    for at in steps {
        let first = doing.ops.len();
        let scene =
            Scene { world: &becoming, log, people: around.people, physics: around.physics, parties, means };
        doing.add(&scene, &rule.then[at])?;
        if at + 1 < last && doing.ops.len() > first {
            becoming.fold(stamp, &doing.ops[first..], &NoStates)?;
        }
    }
    Ok(doing)
}

/// What was made since then follows from this.
fn note_causes(around: &Around<'_>, turn: &mut Turn, first: usize, cause: &Cause) {
    let next = Cause { by: cause.by.clone(), depth: cause.depth + 1 };
    for at in first..around.log.made.events.len() {
        turn.causes.insert(at, next.clone());
    }
}

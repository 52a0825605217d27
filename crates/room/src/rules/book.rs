//! Which rules there are, and which of them listen to what. Follows the world; owns no effect.

use crate::log::Log;
use crate::rules::state::{STATE, waiting};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::canonical_bytes;
use thexr_world::rules::{Rule, When, Whom, read};
use thexr_world::{Entity, Name, Op, World};

/// Things with rules whose rules are looked at in a tick after the room has become another; the others wait for the next.
pub(super) const READ_PER_TICK: usize = 500;
/// Rules of one room; those of further things do nothing (`too_many_rules`).
pub const ROOM_RULES_MAX: usize = 20_000;
/// JSON of the rules of one room, bytes (in memory some five times that); those of further things do nothing (`too_many_rules`).
pub const ROOM_RULES_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Timers that set something off in one tick; those beyond it do so in the next.
const BEATS_PER_TICK: usize = 2_000;
/// A rule by its thing and its place among that thing's.
pub(super) type RuleId = (EntityId, u8);

/// Who listens to something.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    /// Of those who listen to what concerns one entity: which, by that entity.
    about: BTreeMap<EntityId, BTreeMap<RuleId, Arc<Rule>>>,
    /// Those who listen to all of it.
    all: BTreeMap<RuleId, Arc<Rule>>,
}

impl Listeners {
    fn of(&mut self, about: Option<&EntityId>) -> &mut BTreeMap<RuleId, Arc<Rule>> {
        match about {
            Some(id) => self.about.entry(id.clone()).or_default(),
            None => &mut self.all,
        }
    }

    fn remove(&mut self, about: Option<&EntityId>, rule: &RuleId) {
        let listeners = self.of(about);
        listeners.remove(rule);
        if let Some(id) = about.filter(|_| listeners.is_empty()) {
            self.about.remove(id);
        }
    }

    fn is_empty(&self) -> bool {
        self.about.is_empty() && self.all.is_empty()
    }

    /// Everyone whom something concerns that was done to this one.
    pub fn hearing<'a>(
        &'a self,
        about: Option<&EntityId>,
    ) -> impl Iterator<Item = (&'a RuleId, &'a Arc<Rule>)> {
        let some = about.and_then(|id| self.about.get(id));
        some.into_iter().flatten().chain(&self.all)
    }
}

/// What a thing has written on it.
struct Written {
    /// As it stands in the world, to see whether it is another.
    text: Arc<serde_json::Value>,
    rules: Vec<Arc<Rule>>,
    bytes: usize,
}

/// All rules.
#[derive(Default)]
pub(super) struct Book {
    things: BTreeMap<EntityId, Written>,
    pub events: BTreeMap<smol_str::SmolStr, Listeners>,
    pub components: BTreeMap<Name, Listeners>,
    /// Timers by when they are due.
    every: BTreeSet<(u64, RuleId)>,
    beat_of: BTreeMap<RuleId, u64>,
    pub started: BTreeSet<RuleId>,
    pub emptied: BTreeSet<RuleId>,
    /// When something that waits on a thing is due first.
    due: BTreeSet<(u64, EntityId)>,
    due_of: BTreeMap<EntityId, u64>,
    /// Things whose rules are new, or no longer those that their state is of.
    pub begins: BTreeSet<EntityId>,
    /// Rules about places that are new, or gone.
    pub placed: VecDeque<(RuleId, Option<Arc<Rule>>)>,
    /// Things whose rules are not read, since there are too many.
    pub refused: Vec<EntityId>,
    count: usize,
    bytes: usize,
    /// Things to look at, after the world has become another.
    unread: VecDeque<EntityId>,
    begun: bool,
}

impl Book {
    /// Whether no thing has any, and none is to forget what it had.
    pub fn is_empty(&self) -> bool {
        self.begun && self.things.is_empty() && self.unread.is_empty() && self.begins.is_empty()
    }

    /// A rule.
    pub fn rule(&self, (thing, at): &RuleId) -> Option<Arc<Rule>> {
        self.things.get(thing)?.rules.get(usize::from(*at)).cloned()
    }

    /// A rule by its name.
    pub fn named(&self, thing: &EntityId, name: &str) -> Option<(RuleId, Arc<Rule>)> {
        let rules = &self.things.get(thing)?.rules;
        let at = rules.iter().position(|rule| rule.name == name)?;
        Some(((thing.clone(), u8::try_from(at).ok()?), rules[at].clone()))
    }

    /// All rules of a thing.
    pub fn rules_of(&self, thing: &EntityId) -> &[Arc<Rule>] {
        self.things.get(thing).map_or(&[], |written| &written.rules)
    }

    /// Begins, or goes on, to read what is there.
    pub fn read_on(&mut self, log: &Log) {
        if !self.begun {
            self.begun = true;
            self.read_all(&log.world);
        }
        for _ in 0..READ_PER_TICK {
            let Some(id) = self.unread.pop_front() else { return };
            // What a timer does at this moment is still to be done: a restart leaves no beat out.
            self.look_at(log, &id, log.clock_ms().saturating_sub(1));
        }
    }

    fn read_all(&mut self, world: &World) {
        let known: BTreeSet<EntityId> = self.things.keys().cloned().collect();
        self.unread = known.into_iter().chain(world.ruled().cloned()).collect();
    }

    /// Follows what an event has changed.
    pub fn follow(&mut self, log: &Log, ops: &[Op]) {
        for op in ops {
            match op.entity() {
                Some(id) => self.look_at(log, id, log.clock_ms()),
                None => self.read_all(&log.world),
            }
        }
        if !self.unread.is_empty() && ops.iter().any(|op| op.entity().is_none()) {
            self.read_on(log);
        }
    }

    /// Reads what a thing says now; its timers beat after `clock_ms`.
    fn look_at(&mut self, log: &Log, id: &EntityId, clock_ms: u64) {
        let entity = log.world.entity(id).map(|entity| &**entity);
        let of_rules = entity.filter(|entity| entity.rules().is_some() && !is_prefab(entity));
        let text =
            of_rules.and_then(|entity| entity.components().get("rules")).map(|part| part.value.clone());
        let same = match (&text, self.things.get(id)) {
            (None, None) => return,
            (Some(text), Some(known)) => Arc::ptr_eq(text, &known.text),
            _ => false,
        };
        if !same {
            self.forget(id);
            if let Some(text) = text {
                self.add(id, text, clock_ms);
            }
        }
        self.note_due(id, entity);
        if entity.is_some_and(|entity| self.begins_anew(id, entity)) {
            self.begins.insert(id.clone());
        }
    }

    /// Whether a thing's rules are none of those that its state is of.
    fn begins_anew(&self, id: &EntityId, entity: &Entity) -> bool {
        let Some(written) = self.things.get(id) else { return entity.value(STATE).is_some() };
        match (entity.seq_of("rules"), entity.seq_of(STATE)) {
            (Some(rules), Some(state)) => rules > state,
            (Some(_), None) => written.rules.iter().any(|rule| waits(rule)),
            (None, state) => state.is_some(),
        }
    }

    fn note_due(&mut self, id: &EntityId, entity: Option<&Entity>) {
        let waiting = waiting(entity.filter(|_| self.things.contains_key(id)));
        let first = waiting.values().map(|waiting| waiting.at).min();
        if let Some(was) = self.due_of.remove(id) {
            self.due.remove(&(was, id.clone()));
        }
        if let Some(at) = first {
            self.due.insert((at, id.clone()));
            self.due_of.insert(id.clone(), at);
        }
    }

    /// The thing of which something is due first, if anything is.
    pub fn next_due(&self, clock_ms: u64) -> Option<EntityId> {
        self.due.first().filter(|(at, _)| *at <= clock_ms).map(|(_, id)| id.clone())
    }

    fn add(&mut self, id: &EntityId, text: Arc<serde_json::Value>, clock_ms: u64) {
        // Journals may hold what was never checked; it says nothing.
        let mut rules: Vec<Arc<Rule>> = read(&text).unwrap_or_default().into_iter().map(Arc::new).collect();
        let bytes = canonical_bytes(&text);
        if self.count + rules.len() > ROOM_RULES_MAX || self.bytes + bytes > ROOM_RULES_BYTES_MAX {
            rules.clear();
            self.refused.push(id.clone());
        }
        let bytes = if rules.is_empty() { 0 } else { bytes };
        self.count += rules.len();
        self.bytes += bytes;
        for (at, rule) in rules.iter().enumerate() {
            self.listen(&(id.clone(), at as u8), rule, clock_ms);
        }
        self.things.insert(id.clone(), Written { text, rules, bytes });
    }

    fn listen(&mut self, id: &RuleId, rule: &Arc<Rule>, clock_ms: u64) {
        if !rule.enabled {
            return;
        }
        match &rule.when {
            When::Event { name, target, .. } => {
                let about = one_of(&id.0, target.as_ref());
                self.events
                    .entry(name.clone())
                    .or_default()
                    .of(about.as_ref())
                    .insert(id.clone(), rule.clone());
            }
            When::Becomes(compared) => {
                let about = one_of(&id.0, Some(&compared.of));
                let listeners = self.components.entry(compared.component.clone()).or_default();
                listeners.of(about.as_ref()).insert(id.clone(), rule.clone());
            }
            When::Place { .. } => self.placed.push_back((id.clone(), Some(rule.clone()))),
            When::Every(ms) => self.beat(id, next_beat(clock_ms, *ms)),
            When::After(_) => {}
            When::Started => drop(self.started.insert(id.clone())),
            When::Emptied => drop(self.emptied.insert(id.clone())),
        }
    }

    fn forget(&mut self, id: &EntityId) {
        let Some(written) = self.things.remove(id) else { return };
        self.count -= written.rules.len();
        self.bytes -= written.bytes;
        for (at, rule) in written.rules.iter().enumerate() {
            let rule_id = (id.clone(), at as u8);
            match &rule.when {
                When::Event { name, target, .. } => {
                    let about = one_of(id, target.as_ref());
                    unlisten(&mut self.events, name, about.as_ref(), &rule_id);
                }
                When::Becomes(compared) => {
                    let about = one_of(id, Some(&compared.of));
                    unlisten(&mut self.components, &compared.component, about.as_ref(), &rule_id);
                }
                When::Place { .. } => self.placed.push_back((rule_id, None)),
                When::Every(_) => {
                    if let Some(at) = self.beat_of.remove(&rule_id) {
                        self.every.remove(&(at, rule_id));
                    }
                }
                When::After(_) => {}
                When::Started => drop(self.started.remove(&rule_id)),
                When::Emptied => drop(self.emptied.remove(&rule_id)),
            }
        }
    }

    fn beat(&mut self, id: &RuleId, at: u64) {
        self.beat_of.insert(id.clone(), at);
        self.every.insert((at, id.clone()));
    }

    /// The timers that are due, each set to its next beat.
    pub fn beats(&mut self, clock_ms: u64) -> Vec<RuleId> {
        let mut beats = Vec::new();
        while let Some((at, id)) = self.every.first().cloned().filter(|(at, _)| *at <= clock_ms)
            && beats.len() < BEATS_PER_TICK
        {
            self.every.remove(&(at, id.clone()));
            if let Some(When::Every(ms)) = self.rule(&id).map(|rule| rule.when.clone()) {
                self.beat(&id, next_beat(clock_ms, ms));
                beats.push(id);
            }
        }
        beats
    }
}

/// Whether a thing is there to be copied only.
fn is_prefab(entity: &Entity) -> bool {
    entity.value("prefab").is_some_and(|mark| mark.as_bool() != Some(false))
}

/// The next multiple of `ms` after a moment of the room's clock.
fn next_beat(clock_ms: u64, ms: u64) -> u64 {
    (clock_ms / ms + 1) * ms
}

/// Whether a rule waits from its beginning on.
pub(super) fn waits(rule: &Rule) -> bool {
    rule.enabled && matches!(rule.when, When::After(_))
}

/// The one entity that a rule of `thing` listens to, if it does to one.
fn one_of(thing: &EntityId, whom: Option<&Whom>) -> Option<EntityId> {
    match whom? {
        Whom::Itself => Some(thing.clone()),
        Whom::Entity(id) => Some(id.clone()),
        _ => None,
    }
}

fn unlisten(
    listeners: &mut BTreeMap<smol_str::SmolStr, Listeners>,
    name: &smol_str::SmolStr,
    about: Option<&EntityId>,
    rule: &RuleId,
) {
    if let Some(of_name) = listeners.get_mut(name) {
        of_name.remove(about, rule);
        if of_name.is_empty() {
            listeners.remove(name);
        }
    }
}

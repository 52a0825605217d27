//! Who comes to places that rules are about, and who goes. Looks at those who have moved, not at everyone.

use crate::bodies::physics::Physics;
use crate::limbs::{BODY_M, distance, distance_to_body};
use crate::log::Log;
use crate::people::People;
use crate::rules::book::RuleId;
use crate::rules::scene::{is_of_kind, place};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::pose::Place;
use thexr_world::World;
use thexr_world::rules::{Rule, When, Whom};
use thexr_world::transform::{inverse, turned};

/// Rules about places that are watched in one room; others are `too_many_places`.
pub const PLACES_MAX: usize = 4_096;
/// Places larger than the grid is made for; others are `too_many_places`.
pub const WIDE_PLACES_MAX: usize = 64;
/// Pairs of somebody and a place they are at (memory, about 100 bytes each); beyond them who comes is not noticed.
pub const PAIRS_MAX: usize = 50_000;
/// Comparisons of somebody with a place in a tick (some 2 ms); those who are left are looked at in the next.
pub const LOOKS_PER_TICK: usize = 20_000;
/// Places whose thing is looked for in a tick: things with places that move are followed at so many a tick.
const FOLLOWED_PER_TICK: usize = 32;
/// Side of a cell, metres.
const CELL_M: f32 = 8.0;
/// How far a place reaches at most to be in cells, metres.
const CELLS_REACH_M: f32 = 12.0;
/// Whoever moves less than this has not moved, metres.
const STIRS_M: f32 = 0.03;

/// Somebody has come to a place, or gone from it.
pub(super) struct Crossing {
    pub rule: RuleId,
    pub who: EntityId,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Circle { middle: [f32; 3], radius: f32 },
    Volume { at: Place, half: [f32; 3] },
}

impl Form {
    fn middle(&self) -> [f32; 3] {
        match self {
            Self::Circle { middle, .. } => *middle,
            Self::Volume { at: [x, y, z, ..], .. } => [*x, *y, *z],
        }
    }

    fn reach(&self) -> f32 {
        match self {
            Self::Circle { radius, .. } => *radius,
            Self::Volume { half, .. } => distance(half, &[0.0; 3]),
        }
    }

    /// Whether a thing there is within it, or a person whose head is there.
    fn holds(&self, place: &Place, person: bool) -> bool {
        match self {
            Self::Circle { middle, radius } => {
                let apart = if person { distance_to_body(place, middle) } else { distance(place, middle) };
                apart <= *radius
            }
            Self::Volume { at, half } => {
                let heights: &[f32] = if person { &[0.0, BODY_M / 2.0, BODY_M - 0.1] } else { &[0.0] };
                heights.iter().any(|below| {
                    let from = [place[0] - at[0], place[1] - below - at[1], place[2] - at[2]];
                    let local = turned(from, inverse([at[3], at[4], at[5], at[6]]));
                    local.iter().zip(half).all(|(part, half)| part.abs() <= *half)
                })
            }
        }
    }

    /// The cells it lies in, unless it is too wide.
    fn cells(&self) -> Option<impl Iterator<Item = (i32, i32)> + use<>> {
        let ([x, _, z], reach) = (self.middle(), self.reach());
        let to = move |from: f32| cell(from - reach)..=cell(from + reach);
        (reach <= CELLS_REACH_M).then(|| to(x).flat_map(move |east| to(z).map(move |north| (east, north))))
    }
}

fn cell(metres: f32) -> i32 {
    (metres / CELL_M).floor() as i32
}

/// A rule about a place.
struct Watched {
    rule: Arc<Rule>,
    form: Option<Form>,
    /// Who is there.
    there: BTreeSet<EntityId>,
}

/// The places that rules are about, and who is there.
#[derive(Default)]
pub(super) struct Watch {
    watched: BTreeMap<RuleId, Watched>,
    cells: BTreeMap<(i32, i32), BTreeSet<RuleId>>,
    wide: BTreeSet<RuleId>,
    /// At which places somebody is.
    at: BTreeMap<EntityId, BTreeSet<RuleId>>,
    pairs: usize,
    /// Where somebody was looked at last.
    seen: BTreeMap<EntityId, [f32; 3]>,
    /// Whose turn it is.
    turn: Option<EntityId>,
    followed: Option<RuleId>,
    /// Places that things come to, not only people.
    for_things: usize,
    /// What moved in the last tick.
    moved: BTreeSet<EntityId>,
    left_to_look: usize,
    /// Who was put where they are since the last look.
    put_now: BTreeSet<EntityId>,
}

impl Watch {
    /// Whether there is nothing to watch.
    pub fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }

    /// Takes in rules that are new, or gone; those that cannot be watched are given back. Who is at a new place already has not come to it.
    pub fn note(
        &mut self,
        log: &Log,
        people: &People,
        physics: &Physics,
        changes: &mut VecDeque<(RuleId, Option<Arc<Rule>>)>,
    ) -> Vec<RuleId> {
        let mut refused = Vec::new();
        // A new place looks at all people; what there is no time for is taken in later.
        for _ in 0..(LOOKS_PER_TICK / (people.persons.len() + 1)).max(1) {
            let Some((id, rule)) = changes.pop_front() else { break };
            self.forget(&id);
            let Some(rule) = rule else { continue };
            if self.watched.len() >= PLACES_MAX {
                refused.push(id);
                continue;
            }
            let form = form(log, people, physics, &id.0, &rule);
            if !self.enter_cells(&id, form) {
                refused.push(id);
                continue;
            }
            self.for_things += usize::from(is_for_things(&rule));
            self.watched.insert(id.clone(), Watched { rule, form, there: BTreeSet::new() });
            self.look_from(log, people, &id, &mut Vec::new());
        }
        refused
    }

    /// Puts a place into the cells it lies in; `false` where there are too many wide ones.
    fn enter_cells(&mut self, id: &RuleId, form: Option<Form>) -> bool {
        let Some(form) = form else { return true };
        match form.cells() {
            Some(cells) => {
                for cell in cells {
                    self.cells.entry(cell).or_default().insert(id.clone());
                }
                true
            }
            None if self.wide.len() >= WIDE_PLACES_MAX => false,
            None => self.wide.insert(id.clone()),
        }
    }

    fn leave_cells(&mut self, id: &RuleId, form: Option<Form>) {
        self.wide.remove(id);
        for cell in form.and_then(|form| form.cells()).into_iter().flatten() {
            if let Some(there) = self.cells.get_mut(&cell) {
                there.remove(id);
                if there.is_empty() {
                    self.cells.remove(&cell);
                }
            }
        }
    }

    fn forget(&mut self, id: &RuleId) {
        let Some(watched) = self.watched.remove(id) else { return };
        self.for_things -= usize::from(is_for_things(&watched.rule));
        self.leave_cells(id, watched.form);
        for who in watched.there {
            self.unpair(&who, id);
        }
    }

    /// Somebody is at a place no more.
    fn unpair(&mut self, who: &EntityId, id: &RuleId) {
        let Some(places) = self.at.get_mut(who) else { return };
        self.pairs -= usize::from(places.remove(id));
        if places.is_empty() {
            self.at.remove(who);
        }
        if let Some(watched) = self.watched.get_mut(id) {
            watched.there.remove(who);
        }
    }

    /// Who has come and gone since the last tick.
    pub fn look(&mut self, log: &Log, people: &People, physics: &Physics) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        if self.is_empty() {
            self.seen.clear();
            return crossings;
        }
        self.left_to_look = LOOKS_PER_TICK;
        self.see_off(&log.world, &mut crossings);
        self.follow(log, people, physics, &mut crossings);
        self.look_at_people(log, people, &mut crossings);
        self.look_at_things(log, people, physics, &mut crossings);
        crossings
    }

    /// Looks at what moves, and once more at what has moved until now: where it has come to rest.
    fn look_at_things(
        &mut self,
        log: &Log,
        people: &People,
        physics: &Physics,
        crossings: &mut Vec<Crossing>,
    ) {
        let moved = std::mem::take(&mut self.moved);
        if self.for_things == 0 {
            return;
        }
        for (id, place) in physics.moving().chain(physics.steered()) {
            self.look_at(&log.world, &id, &place, crossings);
            self.moved.insert(id);
        }
        for id in &moved {
            if self.moved.contains(id) {
                continue;
            }
            if let Some(place) = place(log, people, physics, id) {
                self.look_at(&log.world, id, &place, crossings);
            }
        }
    }

    /// Somebody is put somewhere.
    pub fn put(&mut self, who: EntityId) {
        if !self.is_empty() {
            self.put_now.insert(who);
        }
    }

    /// Those who are gone have left.
    fn see_off(&mut self, world: &World, crossings: &mut Vec<Crossing>) {
        let gone: Vec<EntityId> = self.at.keys().filter(|id| world.entity(id).is_none()).cloned().collect();
        for who in gone {
            for rule in self.at.get(&who).cloned().unwrap_or_default() {
                self.unpair(&who, &rule);
                self.cross(rule, &who, false, crossings);
            }
        }
        self.seen.retain(|id, _| world.entity(id).is_some());
        self.put_now.retain(|id| world.entity(id).is_some());
    }

    /// Looks where some of the places are now.
    fn follow(&mut self, log: &Log, people: &People, physics: &Physics, crossings: &mut Vec<Crossing>) {
        let after = self.followed.take();
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let some: Vec<RuleId> = self
            .watched
            .range((from, std::ops::Bound::Unbounded))
            .take(FOLLOWED_PER_TICK)
            .map(|(id, _)| id.clone())
            .collect();
        self.followed = some.last().filter(|_| some.len() == FOLLOWED_PER_TICK).cloned();
        for id in some {
            let Some(watched) = self.watched.get(&id) else { continue };
            let (before, now) = (watched.form, form(log, people, physics, &id.0, &watched.rule));
            if before == now {
                continue;
            }
            self.leave_cells(&id, before);
            let now = now.filter(|now| self.enter_cells(&id, Some(*now)));
            if let Some(watched) = self.watched.get_mut(&id) {
                watched.form = now;
            }
            self.look_from(log, people, &id, crossings);
        }
    }

    /// Looks at all people from one place.
    fn look_from(&mut self, log: &Log, people: &People, id: &RuleId, crossings: &mut Vec<Crossing>) {
        for (user, person) in &people.persons {
            self.compare(&log.world, id, &EntityId::avatar(user), &person.pose.head, crossings);
        }
    }

    fn look_at_people(&mut self, log: &Log, people: &People, crossings: &mut Vec<Crossing>) {
        let first = self.turn.take();
        let all = || people.persons.iter().map(|(user, person)| (EntityId::avatar(user), person.pose.head));
        let (late, early): (Vec<_>, Vec<_>) =
            all().partition(|(id, _)| first.as_ref().is_none_or(|first| id >= first));
        for (id, head) in late.into_iter().chain(early) {
            if self.left_to_look == 0 {
                self.turn = Some(id);
                return;
            }
            let at = [head[0], head[1], head[2]];
            if self.seen.get(&id).is_none_or(|seen| distance(seen, &at) >= STIRS_M) {
                self.seen.insert(id.clone(), at);
                self.look_at(&log.world, &id, &head, crossings);
            }
            self.put_now.remove(&id);
        }
    }

    /// Looks at one who has moved.
    fn look_at(&mut self, world: &World, who: &EntityId, place: &Place, crossings: &mut Vec<Crossing>) {
        let near = self.cells.get(&(cell(place[0]), cell(place[2]))).into_iter().flatten();
        let there = self.at.get(who).into_iter().flatten();
        let places: BTreeSet<RuleId> = near.chain(&self.wide).chain(there).cloned().collect();
        self.left_to_look = self.left_to_look.saturating_sub(places.len() + 1);
        for id in places {
            self.compare(world, &id, who, place, crossings);
        }
    }

    fn compare(
        &mut self,
        world: &World,
        id: &RuleId,
        who: &EntityId,
        place: &Place,
        crossings: &mut Vec<Crossing>,
    ) {
        let Some(watched) = self.watched.get(id) else { return };
        let When::Place { who: whom, .. } = &watched.rule.when else { return };
        let counts = is_of_kind(world, who, whom).unwrap_or(match whom {
            Whom::Itself => *who == id.0,
            Whom::Entity(one) => who == one,
            _ => false,
        });
        let is_there = counts && watched.form.is_some_and(|form| form.holds(place, who.user().is_some()));
        let was_there = self.at.get(who).is_some_and(|places| places.contains(id));
        if is_there == was_there || is_there && self.pairs >= PAIRS_MAX {
            return;
        }
        if is_there {
            self.at.entry(who.clone()).or_default().insert(id.clone());
            self.pairs += 1;
            if let Some(watched) = self.watched.get_mut(id) {
                watched.there.insert(who.clone());
            }
        } else {
            self.unpair(who, id);
        }
        // Whom the room has put somewhere has not come there: two portals would send them back and forth.
        if !is_there || !self.put_now.contains(who) {
            self.cross(id.clone(), who, is_there, crossings);
        }
    }

    fn cross(&self, rule: RuleId, who: &EntityId, enters: bool, crossings: &mut Vec<Crossing>) {
        let of_it =
            |watched: &Watched| matches!(watched.rule.when, When::Place { enters: is, .. } if is == enters);
        if self.watched.get(&rule).is_some_and(of_it) {
            crossings.push(Crossing { rule, who: who.clone() });
        }
    }
}

/// Whether a rule is about others than people.
fn is_for_things(rule: &Rule) -> bool {
    matches!(&rule.when, When::Place { who, .. } if *who != Whom::People)
}

/// Where a rule's place is now, and how large.
fn form(log: &Log, people: &People, physics: &Physics, thing: &EntityId, rule: &Rule) -> Option<Form> {
    let When::Place { of, within_m, .. } = &rule.when else { return None };
    let of = match of {
        Whom::Itself => thing,
        Whom::Entity(id) => id,
        Whom::Game => log.world.game()?,
        _ => return None,
    };
    let at = place(log, people, physics, of)?;
    if let Some(radius) = within_m {
        return Some(Form::Circle { middle: [at[0], at[1], at[2]], radius: *radius });
    }
    let entity = log.world.entity(of)?;
    let (size, scale) = (entity.shape().map_or([1.0; 3], |shape| shape.size), entity.transform().scale);
    Some(Form::Volume { at, half: [0, 1, 2].map(|axis| (size[axis] * scale[axis] / 2.0).abs()) })
}

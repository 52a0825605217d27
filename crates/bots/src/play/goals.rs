//! What somebody who plays may go for, and what of it first: things, doors, levers, lifts, places, the exit. Pure.

use super::arms::is_armed;
use super::scene::{Scene, apart, away, is};
use crate::limits::{PLAY_AGAIN_MS, PLAY_GIVEN_UP_MS};
use serde_json::Value;
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_world::Entity;
use thexr_world::interactions::{can_be_used, door_is_open};

/// Things of one kind to which ways are looked for in one thought.
const LOOKED_AT: usize = 6;
/// How much of an ammunition is enough to pass by more of it.
const AMMO_ENOUGH: f64 = 150.0;
/// How much nearer, in metres of way, a place is for each metre that it is nearer to others.
const COMPANY: f32 = 0.5;
/// Where one stands who is beside something, metres from its middle.
const BESIDE_M: [f32; 2] = [1.1, 2.2];

/// What one does where one goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Collect,
    Open,
    Use,
    Ride,
    Visit,
    Leave,
}

/// Something to go for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Goal {
    pub what: What,
    pub entity: EntityId,
    /// Where it is, metres.
    pub at: [f32; 3],
    /// Until when it is gone for, room clock.
    pub until_ms: f64,
}

/// What was done when, and what was in vain.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    done: BTreeMap<(What, EntityId), f64>,
    vain: BTreeMap<(What, EntityId), f64>,
}

impl Memory {
    /// A new round: nothing was seen of it yet.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Something was done.
    pub fn did(&mut self, goal: &Goal, now_ms: f64) {
        self.done.insert((goal.what, goal.entity.clone()), now_ms);
    }

    /// There is no way to it, or it was refused.
    pub fn failed(&mut self, what: What, entity: &EntityId, now_ms: f64) {
        self.vain.insert((what, entity.clone()), now_ms + PLAY_GIVEN_UP_MS);
    }

    fn is_vain(&self, what: What, entity: &EntityId, now_ms: f64) -> bool {
        self.vain.get(&(what, entity.clone())).is_some_and(|until_ms| now_ms < *until_ms)
    }

    fn done_ms(&self, what: What, entity: &EntityId) -> Option<f64> {
        self.done.get(&(what, entity.clone())).copied()
    }
}

/// What to go for from a point, and the way there.
pub(crate) fn choose(
    scene: &Scene<'_>,
    from: [f32; 3],
    memory: &mut Memory,
) -> Option<(Goal, Vec<[f32; 3]>)> {
    let hurts = scene.health() < 0.35;
    let vital =
        |entity: &Entity| hurts && gives(entity) == Some("health") || !is_armed(scene) && is(entity, "gun");
    let collects =
        |only_vital: bool| move |entity: &Entity| (!only_vital || vital(entity)) && is_needed(scene, entity);
    let now_ms = scene.room_ms;
    nearest(scene, from, memory, What::Collect, collects(true))
        .or_else(|| nearest(scene, from, memory, What::Collect, collects(false)))
        .or_else(|| nearest(scene, from, memory, What::Open, |entity| can_open(scene, entity)))
        .or_else(|| nearest(scene, from, memory, What::Use, can_be_used))
        .or_else(|| nearest(scene, from, memory, What::Visit, is_of_interest))
        .or_else(|| nearest(scene, from, memory, What::Ride, |entity| can_ride(scene, entity, now_ms)))
        .or_else(|| nearest(scene, from, memory, What::Leave, is_exit))
        .or_else(|| oldest(scene, from, memory))
}

/// What somebody has of a thing who picks it up.
fn gives(entity: &Entity) -> Option<&str> {
    entity.value("collectable")?.get("item")?.as_str()
}

fn is_needed(scene: &Scene<'_>, entity: &Entity) -> bool {
    if !is(entity, "collectable") || entity.is_avatar() {
        return false;
    }
    let taken = entity.value("taken").and_then(|taken| taken.get("until")?.as_f64());
    if taken.is_some_and(|until| until > scene.room_ms) {
        return false;
    }
    let item = gives(entity).unwrap_or("points");
    let number = |name: &str| scene.own(name).and_then(Value::as_f64).unwrap_or(0.0);
    let weapons = scene.own("weapons").and_then(Value::as_object);
    if is(entity, "gun") {
        return weapons.is_none_or(|all| !all.contains_key(item));
    }
    let shoots = |gun: &Value| gun.get("ammo").and_then(Value::as_str).unwrap_or("bullets") == item;
    match item {
        "health" => scene.health() < 0.85,
        "armour" => number("armour") < 75.0,
        "immunity" | "points" | "score" => true,
        "ammo" => number("ammo") < AMMO_ENOUGH,
        item if weapons.is_some_and(|all| all.values().any(shoots)) => scene.carries(item) < AMMO_ENOUGH,
        // Ammunition of what one may find, and keys.
        item => scene.carries(item) < 1.0,
    }
}

fn can_open(scene: &Scene<'_>, entity: &Entity) -> bool {
    if !is(entity, "door") || door_is_open(entity) != Some(false) || scene.moves(entity) {
        return false;
    }
    let key = entity.value("door").and_then(|door| door.get("key")?.as_str()).unwrap_or_default();
    key.is_empty() || scene.carries(key) >= 1.0
}

fn can_ride(scene: &Scene<'_>, entity: &Entity, _now_ms: f64) -> bool {
    is(entity, "lift") && !is(entity, "door") && !scene.moves(entity)
}

fn is_exit(entity: &Entity) -> bool {
    entity.tags().any(|tag| tag == "exit")
}

/// Places that a round leads to: where monsters come from, doors, signs, and whatever a maker has given a name.
fn is_of_interest(entity: &Entity) -> bool {
    let shows = ["spawner", "door", "sign", "text", "waves", "target", "spawn_point"];
    !entity.is_avatar()
        && !is_exit(entity)
        && !is(entity, "monster")
        && (shows.iter().any(|name| is(entity, name)) || entity.tags().next().is_some())
}

/// How long ago a thing must have been done to be done again, milliseconds; places are visited once in a round.
fn again_ms(what: What) -> f64 {
    match what {
        What::Collect | What::Open => 0.0,
        What::Use | What::Ride | What::Leave => PLAY_AGAIN_MS,
        What::Visit => f64::INFINITY,
    }
}

/// The one of them with the shortest way; places also by how near they are to others.
fn nearest(
    scene: &Scene<'_>,
    from: [f32; 3],
    memory: &mut Memory,
    what: What,
    wanted: impl Fn(&Entity) -> bool,
) -> Option<(Goal, Vec<[f32; 3]>)> {
    let now_ms = scene.room_ms;
    let is_due = |id: &EntityId| {
        !memory.is_vain(what, id, now_ms)
            && memory.done_ms(what, id).is_none_or(|done_ms| now_ms >= done_ms + again_ms(what))
    };
    let entities = scene.world.entities().iter().filter(|(id, entity)| wanted(entity) && is_due(id));
    let mut near: Vec<(f32, &EntityId, [f32; 3])> = entities
        .filter_map(|(id, _)| {
            let at = scene.place(id)?;
            Some((away(from, at) + company(scene, what, at), id, at))
        })
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    let mut best: Option<(f32, Goal, Vec<[f32; 3]>)> = None;
    for (least_m, id, at) in near.into_iter().take(LOOKED_AT) {
        if best.as_ref().is_some_and(|(metres, ..)| *metres <= least_m) {
            break;
        }
        let Some((metres, way)) = way_beside(scene, from, at, what) else {
            memory.failed(what, id, now_ms);
            continue;
        };
        let metres = metres + company(scene, what, at);
        if best.as_ref().is_none_or(|(before, ..)| metres < *before) {
            let until_ms = now_ms + 4_000.0 + 600.0 * f64::from(metres);
            best = Some((metres, Goal { what, entity: id.clone(), at, until_ms }, way));
        }
    }
    best.map(|(_, goal, way)| (goal, way))
}

/// The place that was visited longest ago, when there is nothing else to do.
fn oldest(scene: &Scene<'_>, from: [f32; 3], memory: &mut Memory) -> Option<(Goal, Vec<[f32; 3]>)> {
    let now_ms = scene.room_ms;
    let places = scene.world.entities().iter().filter(|(_, entity)| is_of_interest(entity));
    let mut all: Vec<(f64, &EntityId)> = places
        .map(|(id, _)| (memory.done_ms(What::Visit, id).unwrap_or(0.0), id))
        .filter(|(_, id)| !memory.is_vain(What::Visit, id, now_ms))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    for (_, id) in all.into_iter().take(LOOKED_AT) {
        let Some(at) = scene.place(id) else { continue };
        if let Some((metres, way)) = way_beside(scene, from, at, What::Visit) {
            let until_ms = now_ms + 4_000.0 + 600.0 * f64::from(metres);
            return Some((Goal { what: What::Visit, entity: id.clone(), at, until_ms }, way));
        }
        memory.failed(What::Visit, id, now_ms);
    }
    None
}

fn company(scene: &Scene<'_>, what: What, at: [f32; 3]) -> f32 {
    if what != What::Visit || scene.people.is_empty() {
        return 0.0;
    }
    let nearest = scene.people.iter().map(|head| apart(*head, at)).fold(f32::INFINITY, f32::min);
    COMPANY * nearest.min(40.0)
}

/// The shortest way to a thing, or to where one stands beside it.
fn way_beside(scene: &Scene<'_>, from: [f32; 3], at: [f32; 3], what: What) -> Option<(f32, Vec<[f32; 3]>)> {
    let around = |metres: f32| {
        [[metres, 0.0], [-metres, 0.0], [0.0, metres], [0.0, -metres]]
            .map(|[x, z]| [at[0] + x, at[1], at[2] + z])
    };
    let direct = || scene.way(from, at);
    let beside = |metres: f32| {
        let ways = around(metres).into_iter().filter_map(|to| scene.way(from, to));
        ways.min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let [near_m, far_m] = BESIDE_M;
    match what {
        // Its own middle is on either side of it, or nowhere to stand.
        What::Open | What::Ride => beside(near_m).or_else(|| beside(far_m)),
        What::Collect | What::Leave => direct(),
        What::Use | What::Visit => direct().or_else(|| beside(near_m)).or_else(|| beside(far_m)),
    }
}

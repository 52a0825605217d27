//! What flies and hits: shots of people and of monsters, from the muzzle to the first thing in their way. Decided here alone.
//!
//! A shot at once is done in its tick; what flies goes on by the room's clock, and meets others as its shooter saw them.

use crate::bodies::physics::Physics;
use crate::game::game;
use crate::game::past::{Body, Line, Past};
use crate::log::Log;
use crate::motion::movers::Movers;
use crate::motion::output::{TickOutput, ToldShot};
use crate::people::People;
use std::collections::{BTreeMap, VecDeque};
use thexr_wire::EntityId;
use thexr_wire::shots::{AGE_MAX_MS, Met, Shot, ShotKind, encode};
use thexr_world::World;

/// Shots that begin in a tick at most, pellets counted (work, some 20 µs each among a thousand people); further ones are
/// `too_many_shots`.
pub const SHOTS_PER_TICK: usize = 256;
/// Shots in flight at most (memory, work); further ones are `too_many_shots`.
pub const FLYING_MAX: usize = 1_024;
/// Shots of one person that begin in a tick at most, pellets counted: a full load of a shotgun, so that twenty who do nothing else
/// leave others theirs; further ones are `too_many_shots`.
pub const BEGUN_OF_ONE_MAX: usize = 12;
/// Shots of one person in flight at most, for the same reason; further ones are `too_many_shots`.
pub const FLYING_OF_ONE_MAX: usize = 48;
/// How long frames tell of a beginning or an end, milliseconds: a receiver that is passed over for longer misses it.
const TOLD_MS: u64 = 400;
/// How thick what monsters throw is, metres.
const FIREBALL_RADIUS_M: f32 = 0.25;

/// A shot to be fired.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// Who fires: an avatar, or a monster.
    pub by: EntityId,
    /// Their slot.
    pub slot: u16,
    pub kind: ShotKind,
    pub from: [f32; 3],
    /// A unit.
    pub direction: [f32; 3],
    /// 0: it is there at once.
    pub speed_m_s: f32,
    pub range_m: f32,
    pub damage: f64,
    /// How long ago what its shooter saw was, milliseconds.
    pub back_ms: u64,
}

/// A shot on its way.
#[derive(Debug)]
struct Flying {
    launch: Launch,
    id: u16,
    /// When it began, room clock.
    begun_ms: u64,
    /// How far it has come, metres.
    done_m: f32,
}

/// What ends a shot.
enum End {
    /// It flies on.
    None,
    /// It went as far as it goes.
    Range,
    Solid(f32, Option<EntityId>),
    Body(f32, u16),
}

/// How a shot begins or ends.
struct Told {
    /// How far along it ends, metres.
    ends_m: f32,
    met: Met,
    ended: bool,
}

/// What of a shot is told, and since when.
#[derive(Debug)]
struct Telling {
    number: u64,
    at_ms: u64,
    by: EntityId,
    shot: Shot,
}

/// All shots of a room.
#[derive(Debug, Default)]
pub(crate) struct Shots {
    past: Past,
    flying: Vec<Flying>,
    told: VecDeque<Telling>,
    ids: u16,
    numbers: u64,
    launched: Vec<Launch>,
}

/// What is in the air, and what of it began in this tick: how much more may begin.
#[derive(Debug, Default)]
pub(crate) struct Sky {
    flying: usize,
    begun: usize,
    of: BTreeMap<EntityId, InTheAir>,
}

/// Shots of one person.
#[derive(Debug, Default)]
struct InTheAir {
    flying: usize,
    begun: usize,
}

impl Sky {
    /// Whether so many more of somebody's may begin; then they count.
    pub fn take(&mut self, by: &EntityId, shots: usize) -> bool {
        let of = self.of.entry(by.clone()).or_default();
        let fits = of.begun + shots <= BEGUN_OF_ONE_MAX
            && of.flying + of.begun + shots <= FLYING_OF_ONE_MAX
            && self.begun + shots <= SHOTS_PER_TICK
            && self.flying + self.begun + shots <= FLYING_MAX;
        if fits {
            of.begun += shots;
            self.begun += shots;
        }
        fits
    }
}

/// What shots fly in.
pub(crate) struct Air<'a> {
    pub log: &'a Log,
    pub people: &'a People,
    pub physics: &'a Physics,
    pub movers: &'a Movers,
}

impl Shots {
    /// Fires a shot; `false`: there are too many.
    pub fn launch(&mut self, launch: Launch) -> bool {
        let there_is_room =
            self.launched.len() < SHOTS_PER_TICK && self.flying.len() + self.launched.len() < FLYING_MAX;
        if there_is_room {
            self.launched.push(launch);
        }
        there_is_room
    }

    /// What is in the air, for the next tick's shooters.
    pub fn sky(&self) -> Sky {
        let mut sky = Sky { flying: self.flying.len(), ..Sky::default() };
        for shot in &self.flying {
            sky.of.entry(shot.launch.by.clone()).or_default().flying += 1;
        }
        sky
    }

    /// Lets everything fly for a tick; whom it hits, by who shot and who is hit.
    pub fn fly(&mut self, air: &Air<'_>) -> Vec<Hit> {
        let clock_ms = air.log.clock_ms();
        self.told.retain(|told| told.at_ms + TOLD_MS >= clock_ms);
        for launch in std::mem::take(&mut self.launched) {
            self.begin(launch, air.physics, clock_ms);
        }
        let mut hits = BTreeMap::new();
        let mut flying = std::mem::take(&mut self.flying);
        flying.retain_mut(|shot| self.go_on(shot, air, clock_ms, &mut hits));
        self.flying = flying;
        let hits = hits.into_iter().map(|((by, whom), amount)| Hit { by, whom, amount });
        hits.filter(|hit| may_hurt(&air.log.world, &hit.by, &hit.whom)).collect()
    }

    /// Keeps where everyone is at the end of a tick, and forgets it where nobody shoots.
    pub fn remember(&mut self, log: &Log, people: &People, monsters: impl Iterator<Item = Body>) {
        if log.world.game().is_none() {
            self.past.clear();
            return;
        }
        let clock_ms = log.clock_ms();
        let alive = people.persons.values().filter(|person| !person.dead);
        self.past.keep(alive.map(|person| Body::of_person(person, clock_ms)).chain(monsters));
    }

    /// Whether there is anything to tell.
    pub fn is_told(&self) -> bool {
        !self.told.is_empty()
    }

    /// What is told of them in a tick.
    pub fn tell(&self, clock_ms: u64, output: &mut TickOutput) {
        output.shots.extend(self.told.iter().map(|told| {
            let age_ms = clock_ms.saturating_sub(told.at_ms).min(u64::from(AGE_MAX_MS)) as u32;
            let shot = Shot { age_ms, ..told.shot };
            ToldShot { number: told.number, by: told.by.clone(), shot, bytes: encode(&shot) }
        }));
    }

    fn begin(&mut self, launch: Launch, physics: &Physics, clock_ms: u64) {
        self.ids = self.ids.wrapping_add(1);
        let id = self.ids;
        if launch.speed_m_s > 0.0 {
            let ends_m = physics.ray(launch.from, launch.direction, launch.range_m);
            let ends_m = ends_m.map_or(launch.range_m, |hit| hit.distance_m);
            self.say(&launch, id, clock_ms, Told { ends_m, met: Met::Nothing, ended: false });
        }
        self.flying.push(Flying { launch, id, begun_ms: clock_ms, done_m: 0.0 });
    }

    /// One shot goes on; whether it flies on.
    fn go_on(
        &mut self,
        shot: &mut Flying,
        air: &Air<'_>,
        clock_ms: u64,
        hits: &mut BTreeMap<(EntityId, EntityId), f64>,
    ) -> bool {
        let Launch { speed_m_s, range_m, .. } = shot.launch;
        let reached_m = match speed_m_s {
            0.0 => range_m,
            speed => (clock_ms.saturating_sub(shot.begun_ms) as f32 / 1_000.0 * speed).min(range_m),
        };
        let (at_m, met) = match self.end(shot, air, clock_ms, reached_m) {
            End::None => {
                shot.done_m = reached_m;
                return true;
            }
            End::Range => (range_m, Met::Nothing),
            End::Solid(at_m, thing) => {
                let lives = |id: &EntityId| {
                    air.log.world.entity(id).is_some_and(|thing| thing.value("health").is_some())
                };
                if let Some(thing) = thing.filter(lives) {
                    *hits.entry((shot.launch.by.clone(), thing)).or_default() += shot.launch.damage;
                }
                (at_m, Met::Solid)
            }
            End::Body(at_m, slot) => {
                if let Some(whom) = who(air, slot) {
                    *hits.entry((shot.launch.by.clone(), whom)).or_default() += shot.launch.damage;
                }
                (at_m, Met::Body)
            }
        };
        let launch = shot.launch.clone();
        self.say(&launch, shot.id, clock_ms, Told { ends_m: at_m, met, ended: true });
        false
    }

    /// What a shot meets on the way to where it has reached.
    fn end(&self, shot: &Flying, air: &Air<'_>, clock_ms: u64, reached_m: f32) -> End {
        let Launch { from, direction, range_m, kind, back_ms, slot, .. } = shot.launch;
        let metres = reached_m - shot.done_m;
        if metres <= 0.0 {
            return if reached_m >= range_m { End::Range } else { End::None };
        }
        let begins = [0, 1, 2].map(|axis| from[axis] + direction[axis] * shot.done_m);
        let solid = air.physics.ray(begins, direction, metres);
        let as_far = solid.as_ref().map_or(metres, |hit| hit.distance_m);
        let thick_m = if kind == ShotKind::Fireball { FIREBALL_RADIUS_M } else { 0.0 };
        let seen_ms = clock_ms.saturating_sub(back_ms);
        // Who a monster hits by mistake is no monster.
        let counts =
            |other: u16| other != slot && !(kind == ShotKind::Fireball && air.movers.id(other).is_some());
        let line = Line { from: begins, direction, metres: as_far, thick_m };
        if let Some((whom, away)) = self.past.meets(&line, seen_ms, counts) {
            return End::Body(shot.done_m + away, whom);
        }
        match solid {
            Some(hit) => End::Solid(shot.done_m + hit.distance_m, hit.entity),
            None if reached_m >= range_m => End::Range,
            None => End::None,
        }
    }

    fn say(&mut self, launch: &Launch, id: u16, at_ms: u64, told: Told) {
        let Told { ends_m, met, ended } = told;
        self.numbers += 1;
        let to = [0, 1, 2].map(|axis| launch.from[axis] + launch.direction[axis] * ends_m);
        let speed_m_s = launch.speed_m_s as u8;
        let Launch { slot, kind, from, .. } = *launch;
        let shot = Shot { slot, id, kind, ended, met, age_ms: 0, from, to, speed_m_s };
        self.told.push_back(Telling { number: self.numbers, at_ms, by: launch.by.clone(), shot });
    }
}

/// Who is in a slot, a person or a monster.
fn who(air: &Air<'_>, slot: u16) -> Option<EntityId> {
    let person = || air.people.persons.iter().find(|(_, person)| person.slot == slot);
    air.movers.id(slot).cloned().or_else(|| Some(EntityId::avatar(person()?.0)))
}

/// Whether somebody may hurt somebody else: those who play together do not, unless the game says so.
fn may_hurt(world: &World, by: &EntityId, whom: &EntityId) -> bool {
    if by.user().is_none() || whom.user().is_none() {
        return true;
    }
    let friendly_fire = game(world).and_then(|game| game.get("friendly_fire")?.as_bool()).unwrap_or(false);
    let team = |id: &EntityId| world.entity(id).and_then(|entity| entity.value("team").cloned());
    friendly_fire || matches!((team(by), team(whom)), (Some(by), Some(whom)) if by != whom)
}

/// Somebody is hit by a shot, or several in one tick.
#[derive(Debug)]
pub(crate) struct Hit {
    pub by: EntityId,
    pub whom: EntityId,
    pub amount: f64,
}

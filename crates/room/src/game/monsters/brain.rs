//! What one monster is about: whom it hunts, where it goes, when it strikes. Moves nothing, hurts nobody.
//!
//! ```text
//! stands <-> walks -> strikes | throws -> stands
//!    any of these -> hurts -> stands;   any -> dies
//! ```

use super::kinds::{Kind, Stats};
use crate::bodies::physics::Physics;
use crate::dice::unit;
use crate::limbs::distance;
use thexr_nav::Paths;
use thexr_wire::monsters::Doing;
use thexr_wire::{EntityId, UserId};

/// Ticks between two thoughts of a monster: that long it goes where it last knew its prey.
pub(super) const THINK_TICKS: u64 = 10;
/// How long it looks for whom it sees no more, ticks (10 s).
const FORGET_TICKS: u64 = 200;
/// How far to each side it sees, cosine of 60 degrees.
const CONE: f32 = 0.5;
/// Who is nearer than this is noticed whichever way it looks, metres.
const FEELS_M: f32 = 3.0;
/// People that it looks out for in one thought, at most: the nearest ones.
const LOOKED_FOR: usize = 2;
/// From where it sees, as a share of its height.
const EYES: f32 = 0.9;
/// How near and how far a spitter likes its prey to be, metres.
const SPITS_FROM_M: f32 = 6.0;
const SPITS_TO_M: f32 = 15.0;
/// How often of all idle thoughts it goes for a walk, and how far, metres.
const WANDERS: f32 = 0.2;
const WANDERS_M: [f32; 2] = [2.0, 6.0];
/// How far above or below it somebody may be whom it strikes, metres.
const STRIKES_UP_M: f32 = 1.6;
/// How much farther than its reach a blow still lands that was begun within it, metres.
const BLOW_M: f32 = 0.4;
/// How long it flinches, milliseconds.
const FLINCHES_MS: u64 = 400;

/// Somebody who may be hunted.
#[derive(Debug, Clone)]
pub(super) struct Prey {
    pub user: UserId,
    pub head: [f32; 3],
    pub feet: [f32; 3],
}

/// What monsters know of the room.
pub(super) struct Scene<'a> {
    pub physics: &'a Physics,
    pub paths: Option<&'a Paths>,
    /// There are no ways to be known here.
    pub lost: bool,
    /// Doors and lifts that nobody walks through now.
    pub shut: &'a [EntityId],
    pub prey: &'a [Prey],
    pub seed: u64,
    pub tick: u64,
    pub clock_ms: u64,
}

/// What may still be looked at in this tick.
pub(super) struct Means {
    pub rays: usize,
    pub ways: usize,
}

/// Something that a monster does to somebody.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Strikes(UserId),
    Throws { at: UserId, from: [f32; 3], direction: [f32; 3] },
}

/// Where one stands: its feet, the way it looks, and how far above its feet its entity's place is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub at: [f32; 3],
    pub yaw: f32,
    pub base_m: f32,
}

/// One monster.
#[derive(Debug, Clone)]
pub(super) struct Monster {
    pub stats: Stats,
    /// Where its feet are, metres.
    pub at: [f32; 3],
    /// The way it looks, radians about y from -z.
    pub yaw: f32,
    /// How far above its feet its entity's place is, metres.
    pub base_m: f32,
    pub doing: Doing,
    /// Until when it is busy with that, room clock.
    pub until_ms: u64,
    /// When it may attack again.
    ready_ms: u64,
    pub prey: Option<UserId>,
    pub sees: bool,
    /// It knows where its prey is without seeing it.
    alarmed: bool,
    seen_tick: u64,
    /// Where its prey was last.
    spot: [f32; 3],
    /// Corners it still has to pass, the next one last.
    pub way: Vec<[f32; 3]>,
    pub think_tick: u64,
    /// Tick in which it stirred last, and in which it was put somewhere.
    pub stirred_tick: u64,
    pub jumped_tick: u64,
    /// A number of its own, for dice and turns.
    pub number: u64,
    /// Of which waves it is.
    pub wave_of: Option<EntityId>,
}

impl Scene<'_> {
    fn prey(&self, user: Option<&UserId>) -> Option<&Prey> {
        let user = user?;
        self.prey.binary_search_by(|prey| prey.user.cmp(user)).ok().map(|at| &self.prey[at])
    }

    /// Whether nothing solid is between two points.
    fn is_clear(&self, from: [f32; 3], to: [f32; 3]) -> bool {
        let metres = distance(&from, &to);
        metres < 0.01 || self.physics.ray(from, direction(from, to), metres).is_none()
    }

    fn roll(&self, number: u64, index: u64) -> f32 {
        unit(self.seed ^ number, self.tick, index)
    }
}

/// The unit from one point to another.
pub(super) fn direction(from: [f32; 3], to: [f32; 3]) -> [f32; 3] {
    let metres = distance(&from, &to).max(1e-6);
    [0, 1, 2].map(|axis| (to[axis] - from[axis]) / metres)
}

/// Between two points on the floor plan, metres.
pub(super) fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    distance(&[a[0], 0.0, a[2]], &[b[0], 0.0, b[2]])
}

impl Monster {
    pub fn new(stats: Stats, place: Standing, number: u64, tick: u64) -> Self {
        let Standing { at, yaw, base_m } = place;
        Self {
            stats,
            at,
            yaw,
            base_m,
            doing: Doing::Stands,
            until_ms: 0,
            ready_ms: 0,
            prey: None,
            sees: false,
            alarmed: false,
            seen_tick: 0,
            spot: at,
            way: Vec::new(),
            think_tick: tick + 1 + number % THINK_TICKS,
            stirred_tick: tick,
            jumped_tick: tick,
            number,
            wave_of: None,
        }
    }

    fn eyes(&self) -> [f32; 3] {
        [self.at[0], self.at[1] + EYES * self.stats.height_m, self.at[2]]
    }

    /// Somebody shoots nearby: it goes to see.
    pub fn hear(&mut self, at: [f32; 3], by: Option<UserId>, tick: u64) {
        if self.sees || self.doing == Doing::Dies {
            return;
        }
        self.prey = by.or(self.prey.take());
        (self.spot, self.seen_tick) = (at, tick);
        self.think_tick = self.think_tick.min(tick + 1 + self.number % 4);
    }

    /// It was hit.
    pub fn is_hit(&mut self, by: Option<UserId>, seed: u64, tick: u64, clock_ms: u64) {
        if self.doing == Doing::Dies {
            return;
        }
        self.alarmed = by.is_some();
        self.prey = by.or(self.prey.take());
        self.seen_tick = tick;
        self.think_tick = self.think_tick.min(tick + 1);
        if unit(seed ^ self.number, tick, 9) < self.stats.flinches {
            (self.doing, self.until_ms) = (Doing::Hurts, clock_ms + FLINCHES_MS);
        }
    }

    pub fn dies(&mut self) {
        self.doing = Doing::Dies;
        self.way.clear();
    }

    /// Decides whom it hunts and which way it goes; put off while there are no means for it.
    pub fn think(&mut self, scene: &Scene<'_>, means: &mut Means) {
        if means.ways == 0 || means.rays < LOOKED_FOR {
            return;
        }
        self.think_tick = scene.tick + THINK_TICKS;
        self.look(scene, means);
        let Some(prey) = scene.prey(self.prey.as_ref()) else {
            self.prey = None;
            return self.idle(scene, means);
        };
        if self.sees || std::mem::take(&mut self.alarmed) {
            (self.spot, self.seen_tick) = (prey.feet, scene.tick);
        } else if scene.tick > self.seen_tick + FORGET_TICKS {
            self.prey = None;
            return self.idle(scene, means);
        }
        let away = apart(self.at, self.spot);
        if self.stats.kind == Kind::Spitter && self.sees {
            if (SPITS_FROM_M..=SPITS_TO_M).contains(&away) {
                return self.way.clear();
            }
            if away < SPITS_FROM_M {
                return self.back_off(scene, means);
            }
        }
        let to = self.spot;
        self.set_out(scene, means, to);
    }

    /// Looks for the nearest it can see, whom it hunts among them.
    fn look(&mut self, scene: &Scene<'_>, means: &mut Means) {
        let ahead = [libm::sinf(self.yaw), libm::cosf(self.yaw)];
        let notices = |prey: &&Prey| {
            let away = distance(&self.at, &prey.feet);
            let to = direction([self.at[0], 0.0, self.at[2]], [prey.feet[0], 0.0, prey.feet[2]]);
            let hunted = self.prey.as_ref() == Some(&prey.user);
            let in_view = ahead[0] * to[0] + ahead[1] * to[2] >= CONE;
            away <= self.stats.sight_m && (in_view || hunted || away <= FEELS_M)
        };
        let mut near: Vec<&Prey> = scene.prey.iter().filter(notices).collect();
        near.sort_by(|a, b| distance(&self.at, &a.feet).total_cmp(&distance(&self.at, &b.feet)));
        let seen = near.into_iter().take(LOOKED_FOR).find(|prey| {
            means.rays -= 1;
            scene.is_clear(self.eyes(), prey.head)
        });
        self.sees = seen.is_some();
        if let Some(seen) = seen {
            self.prey = Some(seen.user.clone());
        }
    }

    /// Nobody is there to be hunted: it goes to where it heard something, or for a walk.
    fn idle(&mut self, scene: &Scene<'_>, means: &mut Means) {
        self.sees = false;
        if scene.prey.is_empty() {
            return self.way.clear();
        }
        if !self.way.is_empty() || scene.roll(self.number, 0) >= WANDERS {
            return;
        }
        let [from, to] = WANDERS_M;
        let metres = from + (to - from) * scene.roll(self.number, 1);
        let turn = std::f32::consts::TAU * scene.roll(self.number, 2);
        let [x, y, z] = self.at;
        let to = [x + metres * libm::sinf(turn), y, z + metres * libm::cosf(turn)];
        if let Some(to) = scene.paths.and_then(|paths| paths.nearest(to)) {
            self.set_out(scene, means, to);
            self.way.truncate(2);
        }
    }

    /// Goes away from whom it hunts, and where it cannot, to either side.
    fn back_off(&mut self, scene: &Scene<'_>, means: &mut Means) {
        let Some(paths) = scene.paths else { return self.way.clear() };
        let [dx, _, dz] = direction([self.spot[0], 0.0, self.spot[2]], [self.at[0], 0.0, self.at[2]]);
        let [x, y, z] = self.at;
        for [dx, dz] in [[dx, dz], [-dz, dx], [dz, -dx]] {
            let to = paths.nearest([x + 4.0 * dx, y, z + 4.0 * dz]);
            if let Some(to) = to.filter(|to| apart(*to, self.spot) > apart(self.at, self.spot) + 0.5) {
                return self.set_out(scene, means, to);
            }
        }
        self.way.clear();
    }

    fn set_out(&mut self, scene: &Scene<'_>, means: &mut Means, to: [f32; 3]) {
        self.way.clear();
        match scene.paths {
            Some(paths) => {
                means.ways -= 1;
                let way = paths.path(self.at, to, scene.shut).unwrap_or_default();
                // The first corner is where it is.
                self.way.extend(way.into_iter().skip(1).rev());
            }
            // Straight at whom it sees, as long as nothing is between.
            None if scene.lost && self.sees => self.way.push(to),
            None => {}
        }
    }

    /// Goes on with what it is about, and begins to attack; what it does to somebody in this tick.
    pub fn attack(&mut self, scene: &Scene<'_>, means: &mut Means) -> Option<Deed> {
        if self.doing == Doing::Dies {
            return None;
        }
        let prey = scene.prey(self.prey.as_ref());
        if self.is_busy() {
            if let Some(prey) = prey.filter(|_| self.doing != Doing::Hurts) {
                self.turn_to(prey.feet);
            }
            if scene.clock_ms < self.until_ms {
                return None;
            }
            let was = std::mem::take(&mut self.doing);
            return prey.filter(|_| was != Doing::Hurts).and_then(|prey| self.finish(scene, means, prey));
        }
        let prey = prey.filter(|_| scene.clock_ms >= self.ready_ms)?;
        let doing = match self.stats.kind {
            Kind::Spitter if self.sees && apart(self.at, prey.feet) <= self.stats.reach_m => Doing::Throws,
            Kind::Walker | Kind::Brute if self.reaches(prey, 0.0) => Doing::Strikes,
            _ => return None,
        };
        (self.doing, self.until_ms) = (doing, scene.clock_ms + self.stats.wind_up_ms);
        None
    }

    /// Whether it is about something during which it goes nowhere.
    pub fn is_busy(&self) -> bool {
        !matches!(self.doing, Doing::Stands | Doing::Walks)
    }

    /// Whether it is as near to its prey as it wants to be.
    pub fn is_near(&self, scene: &Scene<'_>) -> bool {
        let prey = scene.prey(self.prey.as_ref()).filter(|_| self.stats.kind != Kind::Spitter);
        prey.is_some_and(|prey| self.sees && self.reaches(prey, -BLOW_M))
    }

    fn reaches(&self, prey: &Prey, more_m: f32) -> bool {
        let up = prey.feet[1] - self.at[1];
        apart(self.at, prey.feet) <= self.stats.reach_m + more_m && up.abs() <= STRIKES_UP_M
    }

    /// The blow, or the throw, that was seen to come.
    fn finish(&mut self, scene: &Scene<'_>, means: &mut Means, prey: &Prey) -> Option<Deed> {
        self.ready_ms = scene.clock_ms + self.stats.every_ms.saturating_sub(self.stats.wind_up_ms);
        let from = self.eyes();
        let may_look = means.rays > 0;
        means.rays = means.rays.saturating_sub(1);
        if !may_look || !scene.is_clear(from, prey.head) {
            return None;
        }
        if self.stats.kind == Kind::Spitter {
            // At the chest.
            let at = [prey.head[0], (prey.head[1] + prey.feet[1]) / 2.0 + 0.3, prey.head[2]];
            return Some(Deed::Throws { at: prey.user.clone(), from, direction: direction(from, at) });
        }
        self.reaches(prey, BLOW_M).then(|| Deed::Strikes(prey.user.clone()))
    }

    /// Looks towards a point.
    pub fn turn_to(&mut self, point: [f32; 3]) {
        let (dx, dz) = (point[0] - self.at[0], point[2] - self.at[2]);
        if dx * dx + dz * dz > 1e-6 {
            self.yaw = libm::atan2f(dx, dz);
        }
    }
}

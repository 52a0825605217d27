//! Monsters: they hunt people who are here and alive, on the ways between walls, never through closed doors. Owns where they are.
//!
//! Where they go is motion and no fact, until the room ends; whom they hurt and how they die are facts. In a tick only so much is
//! looked at: who cannot think now thinks in the next.

mod brain;
mod kinds;
mod mesh;
mod steering;
mod tally;
mod waves;

pub(crate) use kinds::{unhurt, wounds};
pub use mesh::{Baked, PathsWanted};
pub(crate) use tally::begin;

use crate::bodies::physics::Physics;
use crate::facts::Fact;
use crate::game::Moment;
use crate::game::past::Body;
use crate::game::shots::{Launch, Shots};
use crate::game::vital::{DEAD, damage};
use crate::limbs::{BODY_M, distance};
use crate::log::Log;
use crate::log::draft::Draft;
use crate::motion::movers::{Movers, is_monster};
use crate::motion::output::{Moving, TickOutput};
use crate::outbox::{Hearers, Outbox};
use crate::people::People;
use crate::rights::Permission;
use brain::{Deed, Means, Monster, Prey, Scene, Standing};
use kinds::{Stats, death, has_fallen};
use mesh::{Mesh, shut};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use steering::{Crowd, go};
use tally::WAVE_OF;
use thexr_nav::BakeError;
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::limits::{EVENT_OPS_MAX, TICK_MS};
use thexr_wire::monsters::Doing;
use thexr_wire::shots::ShotKind;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Components, Entity, Op};
use waves::{Field, SPAWNERS_MAX, Waves};

/// Monsters that live at once, at most (work in every tick, some 5 µs each); further ones stand where they are put, as statues, until
/// there is room for them.
pub const MONSTERS_MAX: usize = 256;
/// Ways that are looked for in one tick, at most (up to 0.2 ms each); who finds none now looks in the next tick.
pub const WAYS_PER_TICK: usize = 16;
/// Lines of sight that are looked along in one tick, at most (some 2 µs each); who sees nothing now looks in the next tick.
pub const SIGHTS_PER_TICK: usize = 64;
/// Shots that monsters hear in one tick, at most: in such a noise one does not tell more apart.
pub const NOISES_PER_TICK: usize = 16;
/// How far a shot is heard, metres.
const HEARD_M: f32 = 30.0;
/// A room that was late lets monsters go on for so many ticks at once, at most.
const LATE_TICKS_MAX: u64 = 4;
/// How fast and how far what spitters throw flies, m/s and metres.
const FIREBALL_M_S: f32 = 12.0;
const FIREBALL_M: f32 = 30.0;
/// How long makers see why monsters do not know their way, seconds.
const NOTICE_S: f64 = 10.0;
/// Ticks after which one that has not stirred is told to rest.
const REST_TICKS: u64 = 4;

/// Makes facts of what monsters do, as far as everyone may be told so much.
pub(crate) trait Tells {
    /// Makes one; `false`: it has not happened.
    fn tell(&mut self, log: &mut Log, physics: &Physics, fact: Draft) -> bool;
}

/// What monsters live in.
pub(crate) struct Midst<'a> {
    pub log: &'a mut Log,
    pub people: &'a People,
    pub physics: &'a Physics,
    pub movers: &'a Movers,
    pub tells: &'a mut dyn Tells,
}

/// All monsters of a room.
#[derive(Debug, Default)]
pub(crate) struct Monsters {
    living: BTreeMap<EntityId, Monster>,
    /// Those for whom there is no room.
    statues: BTreeSet<EntityId>,
    /// Where monsters come from: also for them the room has to know its ways.
    sources: BTreeSet<EntityId>,
    /// Those who have lost their health by something that is no blow.
    fallen: BTreeSet<EntityId>,
    mesh: Mesh,
    waves: Waves,
    noises: Vec<([f32; 3], EntityId)>,
    /// What makers were told last of why there are no ways.
    told: Option<BakeError>,
    begun: bool,
    last_tick: u64,
}

impl Monsters {
    /// Somebody shoots.
    pub fn hear(&mut self, from: [f32; 3], by: &EntityId) {
        if self.noises.len() < NOISES_PER_TICK && by.user().is_some() {
            self.noises.push((from, by.clone()));
        }
    }

    /// Takes the ways that were asked for.
    pub fn baked(&mut self, baked: Baked) {
        self.mesh.baked(baked);
    }

    /// Follows what has become of the world in this tick.
    pub fn follow(&mut self, log: &Log) {
        let ops = || log.made.events.iter().flat_map(|event| &event.ops);
        let anew = !self.begun || ops().any(|op| matches!(op, Op::Load { .. }));
        if anew {
            self.begun = true;
            self.living.clear();
            self.statues.clear();
            self.sources.clear();
            self.mesh.forget();
            self.waves.clear();
            log.world.entities().iter().for_each(|(id, entity)| self.look_at(log, id, Some(entity)));
            return;
        }
        for op in ops() {
            self.mesh.note(log, op);
            let Some(id) = op.entity() else { continue };
            self.look_at(log, id, log.world.entity(id).map(|entity| &**entity));
            let placed = |components: &Components| components.contains_key("position");
            if matches!(op, Op::Set { components, .. } if placed(components)) {
                self.put(log, id);
            }
        }
        for event in log.made.events.iter().filter(|event| event.name == Fact::MONSTER_HIT.name()) {
            let id = |name: &str| EntityId::parse(event.payload.get(name)?.as_str()?).ok();
            if let Some(monster) = id("entity").and_then(|id| self.living.get_mut(&id)) {
                let by = id("by").and_then(|by| by.user());
                monster.is_hit(by, log.seed, log.now.tick, log.clock_ms());
            }
        }
        while self.living.len() < MONSTERS_MAX {
            let Some(id) = self.statues.pop_first() else { break };
            self.look_at(log, &id, log.world.entity(&id).map(|entity| &**entity));
        }
    }

    fn look_at(&mut self, log: &Log, id: &EntityId, entity: Option<&Entity>) {
        let is = |name: &str| {
            entity.and_then(|entity| entity.value(name)).is_some_and(|value| value.as_bool() != Some(false))
        };
        self.waves.look_at(id, entity);
        match entity.filter(|_| is("spawner")) {
            Some(entity) if self.sources.len() < SPAWNERS_MAX => {
                if self.sources.insert(id.clone()) {
                    self.mesh.must_reach(entity.transform().position);
                }
            }
            Some(_) => {}
            None => drop(self.sources.remove(id)),
        }
        // One that hangs on something is a part of that.
        let Some(entity) = entity.filter(|entity| is_monster(entity) && entity.parent().is_none()) else {
            self.living.remove(id);
            self.statues.remove(id);
            return;
        };
        if let Some(monster) = self.living.get_mut(id) {
            monster.stats = Stats::of(entity);
        } else if self.living.len() < MONSTERS_MAX {
            let monster = newborn(log, id, entity);
            self.mesh.must_reach(monster.at);
            self.living.insert(id.clone(), monster);
        } else {
            self.statues.insert(id.clone());
        }
        if entity.value(DEAD).is_some() {
            self.living.entry(id.clone()).and_modify(Monster::dies);
        } else if has_fallen(entity) {
            self.fallen.insert(id.clone());
        }
    }

    /// Somebody has put a monster where its components say now.
    fn put(&mut self, log: &Log, id: &EntityId) {
        let (Some(monster), Some(entity)) = (self.living.get_mut(id), log.world.entity(id)) else { return };
        let fresh = newborn(log, id, entity);
        if distance(&fresh.at, &monster.at) < 0.01 {
            return;
        }
        self.mesh.must_reach(fresh.at);
        (monster.at, monster.yaw, monster.base_m) = (fresh.at, fresh.yaw, fresh.base_m);
        monster.way.clear();
        (monster.jumped_tick, monster.stirred_tick) = (log.now.tick, log.now.tick);
    }

    /// Lets all of them live for a tick, and does what they do to people.
    pub fn live(&mut self, midst: &mut Midst<'_>, shots: &mut Shots, out: &mut Outbox) {
        let tick = midst.log.now.tick;
        let ticks =
            tick.saturating_sub(std::mem::replace(&mut self.last_tick, tick)).clamp(1, LATE_TICKS_MAX);
        if self.living.is_empty() && self.sources.is_empty() && !self.waves.come() {
            self.noises.clear();
            return;
        }
        out.paths = self.mesh.wanted(midst.log).or(out.paths.take());
        self.complain(midst);
        self.bury(midst);
        let hunts = goes_on(midst.log);
        let prey = if hunts { prey(midst.people) } else { Vec::new() };
        let Self { living, sources, mesh, waves, .. } = self;
        let here = midst.people.persons.values().filter(|person| hunts && person.away_since_ms.is_none());
        let players = here.count();
        let paths = mesh.paths().map(Arc::as_ref);
        waves.run(midst, &Field { living, sources, paths, players });
        let deeds = self.decide(midst, &prey, (ticks * TICK_MS) as f32 / 1_000.0);
        for (id, deed) in deeds {
            self.obey(midst, shots, &id, deed);
        }
    }

    /// What everyone does in this tick.
    fn decide(&mut self, midst: &Midst<'_>, prey: &[Prey], seconds: f32) -> Vec<(EntityId, Deed)> {
        let Self { living, mesh, noises, .. } = self;
        let paths = mesh.paths().map(Arc::as_ref);
        let shut = paths.map(|paths| shut(midst.log, paths)).unwrap_or_default();
        let (tick, clock_ms) = (midst.log.now.tick, midst.log.clock_ms());
        let lost = mesh.failed().is_some();
        let (physics, seed) = (midst.physics, midst.log.seed);
        let scene = Scene { physics, paths, lost, shut: &shut, prey, seed, tick, clock_ms };
        for (at, by) in std::mem::take(noises) {
            let within = living.values_mut().filter(|monster| distance(&monster.at, &at) <= HEARD_M);
            within.for_each(|monster| monster.hear(at, by.user(), tick));
        }
        let mut means = Means { rays: SIGHTS_PER_TICK, ways: WAYS_PER_TICK };
        let mut due: Vec<(u64, EntityId)> = living
            .iter()
            .filter(|(_, monster)| monster.think_tick <= tick && !monster.is_busy())
            .map(|(id, monster)| (monster.think_tick, id.clone()))
            .collect();
        due.sort_unstable();
        for (_, id) in due {
            living.entry(id).and_modify(|monster| monster.think(&scene, &mut means));
        }
        let crowd = Crowd::new(living);
        let mut deeds = Vec::new();
        // Blows that have been seen to come are looked along beyond what thoughts may use up.
        let mut blows = Means { rays: SIGHTS_PER_TICK, ways: 0 };
        for (id, monster) in living {
            let was = monster.doing;
            deeds.extend(monster.attack(&scene, &mut blows).map(|deed| (id.clone(), deed)));
            go(monster, &scene, &crowd, &mut means, seconds);
            if monster.doing != was {
                monster.stirred_tick = tick;
            }
        }
        deeds
    }

    fn obey(&self, midst: &mut Midst<'_>, shots: &mut Shots, id: &EntityId, deed: Deed) {
        let Some(stats) = self.living.get(id).map(|monster| monster.stats.clone()) else { return };
        match deed {
            Deed::Strikes(user) => strike(midst, id, &user, stats.damage),
            Deed::Throws { at, from, direction } => {
                let Some(slot) = midst.movers.slot(id) else { return };
                let launch = Launch {
                    by: id.clone(),
                    slot,
                    kind: ShotKind::Fireball,
                    from,
                    direction,
                    speed_m_s: FIREBALL_M_S,
                    range_m: FIREBALL_M,
                    damage: stats.damage,
                    back_ms: 0,
                };
                if !midst.log.made.is_full() && shots.launch(launch) {
                    let payload = json!({"entity": id, "target": EntityId::avatar(&at)});
                    tell(midst, Draft::server(Fact::FIREBALL_THROWN, payload, Vec::new()));
                }
            }
        }
    }

    /// Tells makers once why monsters do not know their way.
    fn complain(&mut self, midst: &mut Midst<'_>) {
        let failed = self.mesh.failed();
        if failed == self.told || self.mesh.paths().is_none() && failed.is_none() {
            return;
        }
        self.told = failed;
        let Some(error) = failed.filter(|error| *error != BakeError::NothingMatters) else { return };
        let makes = |user: &&UserId| midst.log.rights.permit(user, Permission::Build).is_ok();
        let makers: BTreeSet<UserId> = midst.people.persons.keys().filter(makes).cloned().collect();
        if makers.is_empty() {
            // Whoever comes to build will want to know.
            self.told = None;
            return;
        }
        let payload = json!({"text": error.to_string(), "seconds": NOTICE_S});
        tell(midst, Draft::told(Fact::HUD_SHOWN, payload, Hearers::Only(Arc::new(makers))));
    }

    /// Those who have lost their health by anything have died.
    fn bury(&mut self, midst: &mut Midst<'_>) {
        for id in std::mem::take(&mut self.fallen) {
            let Some(entity) = midst.log.world.entity(&id).filter(|entity| has_fallen(entity)) else {
                continue;
            };
            if midst.log.made.is_full() {
                self.fallen.insert(id);
                return;
            }
            let moment = Moment { world: &midst.log.world, clock_ms: midst.log.clock_ms(), by: None };
            let (ops, fact) = death(&moment, &id, entity);
            tell(midst, Draft { ops, ..fact });
        }
    }

    /// Whether anything is to be told of them.
    pub fn stir(&self, tick: u64) -> bool {
        self.living.values().any(|monster| monster.stirred_tick + REST_TICKS >= tick)
    }

    /// Whether there are any to be told of, if anything is told at all.
    pub fn are_there(&self) -> bool {
        !self.living.is_empty()
    }

    /// What is told of where they are.
    pub fn tell(&self, movers: &Movers, tick: u64, output: &mut TickOutput) {
        output.monsters.extend(self.living.iter().filter_map(|(id, monster)| {
            let slot = movers.slot(id)?;
            let rests = monster.doing == Doing::Stands && monster.stirred_tick + REST_TICKS <= tick;
            let state = BodyState { rests, ..BodyState::new(slot, Rounded::new(&place(monster))) };
            let mut moving = Moving::monster(id.clone(), state, monster.doing);
            moving.jumped_tick = Some(monster.jumped_tick);
            Some(moving)
        }));
    }

    /// Those who can be hit, where they are now.
    pub fn bodies<'a>(&'a self, movers: &'a Movers, clock_ms: u64) -> impl Iterator<Item = Body> + 'a {
        let alive = self.living.iter().filter(|(_, monster)| monster.doing != Doing::Dies);
        alive.filter_map(move |(id, monster)| {
            let Stats { radius_m, height_m, .. } = monster.stats;
            let [x, y, z] = monster.at;
            let low = [x, y + radius_m, z];
            Some(Body {
                slot: movers.slot(id)?,
                at_ms: clock_ms,
                low,
                height_m: height_m - 2.0 * radius_m,
                radius_m,
            })
        })
    }

    /// The room stops: where they are is a fact, so that they go on from there.
    pub fn keep(&self, log: &mut Log) {
        if log.may_change().is_err() {
            return;
        }
        let mut moved = Vec::new();
        for (id, monster) in &self.living {
            let Some(entity) = log.world.entity(id) else { continue };
            let ([x, y, z, qx, qy, qz, qw], was) = (place(monster), entity.transform());
            if Rounded::new(&place(monster)) == Rounded::new(&as_place(entity)) || was.position == [x, y, z] {
                continue;
            }
            let components = Components::from_iter([
                ("position".into(), json!([x, y, z])),
                ("rotation".into(), json!([qx, qy, qz, qw])),
            ]);
            moved.push(Op::Set { entity: id.clone(), components });
        }
        for ops in moved.chunks(EVENT_OPS_MAX) {
            let ids: Vec<&EntityId> = ops.iter().filter_map(Op::entity).collect();
            // A room that is full keeps where they began.
            let _ = log.emit(Draft::server(Fact::BODIES_KEPT, json!({"entities": ids}), ops.to_vec()));
        }
    }
}

/// A monster where its components have it.
fn newborn(log: &Log, id: &EntityId, entity: &Entity) -> Monster {
    let [x, y, z, qx, qy, qz, qw] = as_place(entity);
    // It looks along +z of its own, as people do.
    let yaw = libm::atan2f(2.0 * (qx * qz + qw * qy), 1.0 - 2.0 * (qx * qx + qy * qy));
    let base_m = entity.shape().map_or(0.0, |shape| shape.size[1] * entity.transform().scale[1].abs() / 2.0);
    let base_m = if base_m.is_finite() { base_m.min(10.0) } else { 0.0 };
    let number = id
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let wave_of = entity.value(WAVE_OF).and_then(|id| EntityId::parse(id.as_str()?).ok());
    let place = Standing { at: [x, y - base_m, z], yaw, base_m };
    let mut monster = Monster::new(Stats::of(entity), place, number, log.now.tick);
    monster.wave_of = wave_of;
    monster
}

fn as_place(entity: &Entity) -> [f32; 7] {
    let ([x, y, z], [qx, qy, qz, qw]) = (entity.transform().position, entity.transform().rotation);
    [x, y, z, qx, qy, qz, qw]
}

fn place(monster: &Monster) -> [f32; 7] {
    let ([x, y, z], half) = (monster.at, monster.yaw / 2.0);
    [x, y + monster.base_m, z, 0.0, libm::sinf(half), 0.0, libm::cosf(half)]
}

/// Whether the room's game is under way, if it has one: before and after nobody is hunted.
fn goes_on(log: &Log) -> bool {
    let status = log.world.game().and_then(|game| log.world.entity(game)?.value("status")?.as_str());
    !matches!(status, Some("lobby" | "won" | "lost"))
}

/// Everyone who may be hunted, by id.
fn prey(people: &People) -> Vec<Prey> {
    let here = people.persons.iter().filter(|(_, person)| !person.dead && person.away_since_ms.is_none());
    here.map(|(user, person)| {
        let [x, y, z, ..] = person.pose.head;
        Prey { user: user.clone(), head: [x, y, z], feet: [x, y - BODY_M, z] }
    })
    .collect()
}

/// A monster's blow lands.
fn strike(midst: &mut Midst<'_>, id: &EntityId, user: &UserId, amount: f64) {
    let whom = EntityId::avatar(user);
    let moment = Moment { world: &midst.log.world, clock_ms: midst.log.clock_ms(), by: Some(id) };
    let (ops, mut facts) = damage(&moment, &whom, amount);
    if midst.log.made.is_full() || facts.is_empty() {
        return;
    }
    let payload = json!({"entity": id, "target": whom});
    facts.insert(0, Draft::server(Fact::MONSTER_ATTACKED, payload, ops));
    facts.into_iter().all(|fact| tell(midst, fact));
}

/// Makes a fact of what a monster has done; what cannot be told has not happened.
fn tell(midst: &mut Midst<'_>, fact: Draft) -> bool {
    midst.tells.tell(midst.log, midst.physics, fact)
}

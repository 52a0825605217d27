//! Waves of monsters: how many come out of which spawners, and when. What there is to remember of it is a component of the thing.

use super::brain::Monster;
use super::tally::{STATE, State, WAVE_OF, is_there, said};
use super::{MONSTERS_MAX, Midst, tell};
use crate::facts::Fact;
use crate::log::draft::Draft;
use crate::outbox::Hearers;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use thexr_nav::Paths;
use thexr_wire::EntityId;
use thexr_wire::monsters::Doing;
use thexr_world::{Components, Entity, Op};

/// Spawners of one room that monsters come out of, at most (work); further ones are shut.
pub const SPAWNERS_MAX: usize = 256;
/// Things whose waves come at a time, at most (work); those of further ones wait, by id.
pub const WAVES_MAX: usize = 8;
/// Monsters of one wave, at most, however many people and spawners there are.
pub const WAVE_MONSTERS_MAX: f64 = 1_000.0;
/// Monsters out of spawners that live at once, at most; the others come when some of those have died.
pub const WAVE_ALIVE_MAX: usize = 64;
/// Between two monsters out of one spawner, milliseconds.
const SPAWN_MS: u64 = 700;
/// What a `waves` means that does not say it.
const PAUSE_MS: f64 = 5_000.0;
const PER_PLAYER: f64 = 1.0;
/// How long it stands on the screen which wave it is, seconds.
const NOTICE_S: f64 = 4.0;
/// Waves that come.
#[derive(Debug, Default)]
pub(super) struct Waves {
    running: BTreeSet<EntityId>,
    /// When the next monster may come out of each spawner, room clock.
    next_ms: BTreeMap<EntityId, u64>,
}

/// What waves know of the monsters.
pub(super) struct Field<'a> {
    pub living: &'a BTreeMap<EntityId, Monster>,
    pub sources: &'a BTreeSet<EntityId>,
    pub paths: Option<&'a Paths>,
    /// People who are here.
    pub players: usize,
}

impl Field<'_> {
    /// Monsters of some waves that live, and of all.
    fn alive(&self, of: Option<&EntityId>) -> usize {
        let alive = self.living.values().filter(|monster| monster.doing != Doing::Dies);
        alive
            .filter(|monster| {
                monster.wave_of.is_some() && of.is_none_or(|of| monster.wave_of.as_ref() == Some(of))
            })
            .count()
    }

    /// The spawners of a thing's group, by id.
    fn sources(&self, midst: &Midst<'_>, waves: &Entity) -> Vec<EntityId> {
        let group =
            |entity: &Entity, name: &str| entity.value(name).and_then(|value| value.get("group").cloned());
        let wanted = group(waves, "waves");
        let is_of = |id: &&EntityId| {
            midst.log.world.entity(id).is_some_and(|spawner| group(spawner, "spawner") == wanted)
        };
        self.sources.iter().filter(is_of).cloned().collect()
    }
}

impl Waves {
    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes whether the waves of a thing come.
    pub fn look_at(&mut self, id: &EntityId, entity: Option<&Entity>) {
        if entity.is_some_and(|entity| is_there(entity) && entity.value(STATE).is_some()) {
            self.running.insert(id.clone());
        } else {
            self.running.remove(id);
        }
    }

    /// Whether any come.
    pub fn come(&self) -> bool {
        !self.running.is_empty()
    }

    /// Has monsters come out, and wave follow wave; while nobody is here nothing comes.
    pub fn run(&mut self, midst: &mut Midst<'_>, field: &Field<'_>) {
        if field.players == 0 {
            return;
        }
        let clock_ms = midst.log.clock_ms();
        self.next_ms.retain(|_, at| *at > clock_ms);
        let running: Vec<EntityId> = self.running.iter().take(WAVES_MAX).cloned().collect();
        let mut alive = field.alive(None);
        for id in running {
            if midst.log.made.is_full() || midst.log.may_change().is_err() {
                return;
            }
            let Some(entity) = midst.log.world.entity(&id).cloned() else { continue };
            let Some(state) = State::of(&entity) else { continue };
            let sources = field.sources(midst, &entity);
            if let Some(at) = state.next_at {
                if clock_ms >= at {
                    next(midst, &id, &entity, &state, field.players * sources.len());
                }
            } else if state.left > 0 && !sources.is_empty() {
                alive += self.come_out(midst, field, (&id, state), &sources, alive);
            } else if field.alive(Some(&id)) == 0 {
                end(midst, &id, &entity, &state);
            }
        }
    }

    /// Has a monster come out of every spawner that may; how many did.
    fn come_out(
        &mut self,
        midst: &mut Midst<'_>,
        field: &Field<'_>,
        (id, mut state): (&EntityId, State),
        sources: &[EntityId],
        alive: usize,
    ) -> usize {
        let clock_ms = midst.log.clock_ms();
        let (mut came, mut of_it) = (0, field.alive(Some(id)));
        for source in sources {
            let is_full = alive + came >= WAVE_ALIVE_MAX || field.living.len() + came >= MONSTERS_MAX;
            if state.left == 0 || is_full || midst.log.made.is_full() {
                break;
            }
            if self.next_ms.contains_key(source) {
                continue;
            }
            let Some(spawner) = midst.log.world.entity(source).cloned() else { continue };
            state.left -= 1;
            of_it += 1;
            let op = state.op(id, of_it);
            if !spawn(midst, field.paths, source, &spawner, (id, op)) {
                return came;
            }
            self.next_ms.insert(source.clone(), clock_ms + SPAWN_MS);
            came += 1;
        }
        came
    }
}

/// The next wave begins.
fn next(midst: &mut Midst<'_>, id: &EntityId, entity: &Entity, state: &State, many: usize) {
    if many == 0 {
        // Nothing to come out of.
        return over(midst, id);
    }
    let (wave, of) = (state.wave + 1, state.of);
    let left = many as f64 * wave as f64 * said(entity, "per_player", PER_PLAYER).max(0.0);
    let left = left.ceil().clamp(1.0, WAVE_MONSTERS_MAX) as u64;
    let op = State { wave, of, left, next_at: None }.op(id, 0);
    let payload = json!({"entity": id, "wave": wave, "of": of});
    if tell(midst, Draft::server(Fact::WAVE_BEGAN, payload, vec![op])) {
        let payload = json!({"text": format!("Wave {wave} of {of}"), "seconds": NOTICE_S});
        tell(midst, Draft::told(Fact::HUD_SHOWN, payload, Hearers::Everyone));
    }
}

/// Nobody of a wave is left: the next comes after a while, if there is one.
fn end(midst: &mut Midst<'_>, id: &EntityId, entity: &Entity, state: &State) {
    let State { wave, of, .. } = *state;
    if wave >= of {
        return over(midst, id);
    }
    let next_at = midst.log.clock_ms() + said(entity, "pause_ms", PAUSE_MS).max(0.0) as u64;
    let op = State { wave, of, left: 0, next_at: Some(next_at) }.op(id, 0);
    let payload = json!({"entity": id, "wave": wave, "of": of});
    tell(midst, Draft::server(Fact::WAVE_ENDED, payload, vec![op]));
}

fn over(midst: &mut Midst<'_>, id: &EntityId) {
    let op = Op::Unset { entity: id.clone(), names: vec![STATE.into()] };
    tell(midst, Draft::server(Fact::WAVES_OVER, json!({"entity": id}), vec![op]));
}

/// One monster comes out of a spawner; `false`: the room has no place for it now.
fn spawn(
    midst: &mut Midst<'_>,
    paths: Option<&Paths>,
    source: &EntityId,
    spawner: &Entity,
    (waves, counted): (&EntityId, Op),
) -> bool {
    let kind = spawner.value("spawner").and_then(|spawner| spawner.get("kind")?.as_str()).unwrap_or("walker");
    let at = spawner.transform().position;
    let [x, y, z] = paths.and_then(|paths| paths.nearest(at)).unwrap_or(at);
    let Some(entity) = midst.log.new_ids(1).pop() else { return false };
    let components = Components::from_iter([
        ("monster".to_owned(), json!({"kind": kind})),
        ("position".to_owned(), json!([x, y, z])),
        ("rotation".to_owned(), json!(spawner.transform().rotation)),
        (WAVE_OF.to_owned(), json!(waves)),
    ]);
    let payload = json!({"entity": entity, "kind": kind, "by": source});
    tell(
        midst,
        Draft::server(Fact::MONSTER_SPAWNED, payload, vec![Op::Create { entity, components }, counted]),
    )
}

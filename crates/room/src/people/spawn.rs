//! Where newcomers stand: near a spawn point, where there is the most space.

use crate::dice::{roll, unit};
use crate::log::Log;
use crate::outbox::Event;
use crate::people::person::Person;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use thexr_wire::ids::base62;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, UserId};
use thexr_world::{Op, World};

/// Height of a newcomer's head above the spawn point, metres.
pub(crate) const HEAD_HEIGHT_M: f32 = 1.8;
/// Newcomers stand within this distance of the spawn point, metres.
const SPAWN_SCATTER_M: f32 = 1.0;
/// Places rolled for a newcomer, of which the least crowded is taken.
const SPAWN_CANDIDATES: u64 = 12;
/// People whose distance to such a place is looked at, so that a join costs the same in every crowd; in a larger one some
/// of those near may be overlooked.
const SPAWN_NEIGHBOURS_MAX: usize = 256;
/// Spawn points that are looked at for those of a team, so that coming back costs the same in every room; of more, the others are
/// nobody's.
const TEAM_POINTS_MAX: usize = 256;
/// The component that makes an entity a spawn point.
const SPAWN_POINT: &str = "spawn_point";

/// Where people may come in, kept up with the world so that nobody has to look through it.
#[derive(Debug, Default)]
pub(crate) struct SpawnPoints {
    points: Vec<EntityId>,
    at: BTreeMap<EntityId, usize>,
    /// Last event that is taken into account.
    seq: u64,
}

impl SpawnPoints {
    /// Those of a world as of `seq`.
    pub fn of(world: &World, seq: u64) -> Self {
        let mut all = Self { seq, ..Self::default() };
        world.entities().keys().for_each(|id| all.look_at(world, id));
        all
    }

    /// Follows what has happened.
    pub fn follow(&mut self, world: &World, events: &[Arc<Event>]) {
        let seen = self.seq;
        for event in events.iter().filter(|event| event.seq > seen) {
            if event.ops.iter().any(|op| matches!(op, Op::Load { .. })) {
                *self = Self::of(world, event.seq);
                return;
            }
            event
                .ops
                .iter()
                .filter(|op| concerns_spawning(op))
                .filter_map(Op::entity)
                .for_each(|id| self.look_at(world, id));
        }
        self.seq = events.last().map_or(self.seq, |event| event.seq);
    }

    fn look_at(&mut self, world: &World, id: &EntityId) {
        let is_point = world.entity(id).is_some_and(|entity| entity.value(SPAWN_POINT).is_some());
        match self.at.get(id).copied() {
            None if is_point => {
                self.at.insert(id.clone(), self.points.len());
                self.points.push(id.clone());
            }
            Some(at) if !is_point => {
                self.at.remove(id);
                self.points.swap_remove(at);
                if let Some(moved) = self.points.get(at) {
                    self.at.insert(moved.clone(), at);
                }
            }
            _ => {}
        }
    }

    /// A place for a newcomer, of a team at one of theirs if there is one: of a few rolled within a metre of spawn points (or of the
    /// origin), the least crowded.
    pub fn pose(&self, log: &Log, persons: &BTreeMap<UserId, Person>, team: Option<&Value>) -> Pose {
        let near = some_of(persons, roll(log.seed, log.seq + 1, 3 * SPAWN_CANDIDATES));
        let theirs: Vec<&EntityId> = team.map_or_else(Vec::new, |team| {
            let of_team = |id: &&EntityId| {
                log.world.entity(id).is_some_and(|entity| {
                    entity.value(SPAWN_POINT).is_some_and(|point| point.get("team") == Some(team))
                })
            };
            self.points.iter().take(TEAM_POINTS_MAX).filter(of_team).collect()
        });
        let rolled = (0..SPAWN_CANDIDATES).map(|index| self.rolled(log, &theirs, index));
        let room_around = |pose: &Pose| {
            near.iter().map(|other| distance_squared(other, pose)).fold(f32::INFINITY, f32::min)
        };
        let best = rolled.max_by(|a, b| room_around(a).total_cmp(&room_around(b)));
        best.unwrap_or(Pose::standing([0.0, HEAD_HEIGHT_M, 0.0]))
    }

    fn rolled(&self, log: &Log, theirs: &[&EntityId], index: u64) -> Pose {
        let (seed, stream, first) = (log.seed, log.seq + 1, index * 3);
        let dice = roll(seed, stream, first) as usize;
        let any = || self.points.get(dice % self.points.len().max(1));
        let chosen = theirs.get(dice % theirs.len().max(1)).copied().or_else(any);
        let place = chosen.and_then(|id| log.world.entity(id)).map(|entity| *entity.transform());
        let place = place.unwrap_or_default();
        let angle = unit(seed, stream, first + 1) * std::f32::consts::TAU;
        let distance = libm::sqrtf(unit(seed, stream, first + 2)) * SPAWN_SCATTER_M;
        let [x, y, z] = place.position;
        let [qx, qy, qz, qw] = place.rotation;
        let (x, z) = (x + libm::cosf(angle) * distance, z + libm::sinf(angle) * distance);
        let pose =
            Pose { head: [x, y + HEAD_HEIGHT_M, z, qx, qy, qz, qw], left: None, right: None, fingers: None };
        pose.validated().unwrap_or(Pose::standing([0.0, HEAD_HEIGHT_M, 0.0]))
    }
}

/// Where people are: everyone's place, or those of another part of a large crowd for each `dice`.
fn some_of(persons: &BTreeMap<UserId, Person>, dice: u64) -> Vec<&Pose> {
    let Ok(from) = UserId::parse(&base62(u128::from(dice), UserId::LENGTH_MAX)) else { return Vec::new() };
    let around = persons.range(&from..).chain(persons.range(..&from));
    around.take(SPAWN_NEIGHBOURS_MAX).map(|(_, person)| &person.pose).collect()
}

fn distance_squared(a: &Pose, b: &Pose) -> f32 {
    (0..3).map(|axis| a.head[axis] - b.head[axis]).map(|metres| metres * metres).sum()
}

/// Whether an op may make a spawn point or end one.
fn concerns_spawning(op: &Op) -> bool {
    match op {
        Op::Create { components, .. } | Op::Set { components, .. } | Op::Merge { components, .. } => {
            components.contains_key(SPAWN_POINT)
        }
        Op::Unset { names, .. } => names.iter().any(|name| name == SPAWN_POINT),
        Op::Delete { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::ring::tests::event;
    use serde_json::json;
    use thexr_world::{NoStates, Stamp};

    fn op(value: serde_json::Value) -> Op {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn spawn_points_are_those_of_the_world_whatever_happens_to_it() {
        let point = json!({"spawn_point": {}});
        let ops = [
            json!({"op": "create", "entity": "aaaaa", "components": point}),
            json!({"op": "create", "entity": "bbbbb", "components": {"color": "#FF0000"}}),
            json!({"op": "create", "entity": "ccccc", "components": point}),
            json!({"op": "set", "entity": "bbbbb", "components": point}),
            json!({"op": "merge", "entity": "ccccc", "components": {"spawn_point": {"a": 1}}}),
            json!({"op": "unset", "entity": "aaaaa", "names": ["spawn_point"]}),
            json!({"op": "delete", "entity": "bbbbb"}),
            json!({"op": "create", "entity": "ddddd", "components": point}),
            json!({"op": "delete", "entity": "ccccc"}),
        ];
        let (mut world, mut points, mut events) = (World::default(), SpawnPoints::default(), Vec::new());
        for (seq, op) in (1..).zip(ops.map(op)) {
            world.fold(Stamp { seq, at_ms: 0 }, std::slice::from_ref(&op), &NoStates).unwrap();
            events.push(event(seq, vec![op]));
            points.follow(&world, &events);
            let expected = SpawnPoints::of(&world, seq);
            assert_eq!(points.at.keys().collect::<Vec<_>>(), expected.at.keys().collect::<Vec<_>>(), "{seq}");
            assert!(points.at.iter().all(|(id, at)| points.points[*at] == *id));
            assert_eq!(points.points.len(), points.at.len());
        }
    }
}

//! What somebody who plays knows of a room: the replica's world, who else is seen, and the ways. Reads; decides nothing.

use serde_json::Value;
use thexr_nav::Paths;
use thexr_wire::EntityId;
use thexr_world::interactions::door_is_open;
use thexr_world::transform::turned;
use thexr_world::{Entity, Transform, World, animate};

/// How deep things hang on each other that are gone for; what hangs deeper is not looked for.
const DEPTH_MAX: usize = 8;
/// What people have of health unless the game says it.
const HEALTH: f64 = 100.0;

/// A monster as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Monster {
    pub entity: EntityId,
    /// Where its feet are, metres.
    pub at: [f32; 3],
}

/// A room at a moment, as one of its people knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub world: &'a World,
    /// One's own avatar.
    pub own: &'a EntityId,
    /// Ways, once they are found.
    pub paths: Option<&'a Paths>,
    /// Doors that are not open, and lifts.
    pub shut: &'a [EntityId],
    /// Monsters that live.
    pub monsters: &'a [Monster],
    /// Heads of everyone else.
    pub people: &'a [[f32; 3]],
    /// The room's clock.
    pub room_ms: f64,
}

impl Scene<'_> {
    /// A component of one's own avatar.
    pub fn own(&self, name: &str) -> Option<&Value> {
        self.world.entity(self.own)?.value(name)
    }

    /// How it goes with the game: `lobby`, `running`, `won`, `lost`; nothing where there is none.
    pub fn status(&self) -> Option<&str> {
        self.world.entity(self.world.game()?)?.value("status")?.as_str()
    }

    /// One's health, of all that one can have.
    pub fn health(&self) -> f64 {
        let game = self.world.game().and_then(|id| self.world.entity(id)?.value("game"));
        let full = game.and_then(|game| game.get("health")?.as_f64()).unwrap_or(HEALTH).max(1.0);
        self.own("health").and_then(Value::as_f64).unwrap_or(full) / full
    }

    /// How many of an item one carries.
    pub fn carries(&self, item: &str) -> f64 {
        self.own("inventory").and_then(|all| all.get(item)?.as_f64()).unwrap_or(0.0)
    }

    /// Where a thing is now, metres; nothing for what is not there or hangs on somebody.
    pub fn place(&self, id: &EntityId) -> Option<[f32; 3]> {
        let mut entity = self.world.entity(id)?;
        let mut at = self.local(entity).position;
        for _ in 0..DEPTH_MAX {
            let Some(parent) = entity.parent() else { return Some(at) };
            entity = self.world.entity(&parent.entity).filter(|entity| !entity.is_avatar())?;
            let above = self.local(entity);
            let hung = turned([0, 1, 2].map(|axis| at[axis] * above.scale[axis]), above.rotation);
            at = [0, 1, 2].map(|axis| hung[axis] + above.position[axis]);
        }
        None
    }

    /// Whether a thing is on its way by the room's clock.
    pub fn moves(&self, entity: &Entity) -> bool {
        moves(entity, self.room_ms)
    }

    fn local(&self, entity: &Entity) -> Transform {
        let rest = *entity.transform();
        entity.animate().map_or(rest, |way| animate::at(way, &rest, self.room_ms))
    }

    /// The way to a point and how long it is, metres.
    pub fn way(&self, from: [f32; 3], to: [f32; 3]) -> Option<(f32, Vec<[f32; 3]>)> {
        let way = self.paths?.path(from, to, self.shut)?;
        let metres = way.windows(2).map(|pair| away(pair[0], pair[1])).sum();
        Some((metres, way))
    }
}

fn moves(entity: &Entity, room_ms: f64) -> bool {
    entity.animate().and_then(|way| way.moves_ms()).is_some_and(|(_, end_ms)| room_ms < end_ms)
}

/// Doors that nobody walks through now, and lifts, which are ridden and not walked through.
pub(crate) fn shut(world: &World, paths: &Paths, room_ms: f64) -> Vec<EntityId> {
    let is_shut = |id: &&EntityId| {
        world.entity(id).is_some_and(|entity| {
            is(entity, "lift") || moves(entity, room_ms) || door_is_open(entity) != Some(true)
        })
    };
    paths.gates().filter(is_shut).cloned().collect()
}

/// Whether a thing has a component that is not `false`.
pub(crate) fn is(entity: &Entity, name: &str) -> bool {
    entity.value(name).is_some_and(|value| value.as_bool() != Some(false))
}

/// Between two points, metres.
pub(crate) fn away(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f32>().sqrt()
}

/// Between two points on the floor plan, metres.
pub(crate) fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    (a[0] - b[0]).hypot(a[2] - b[2])
}

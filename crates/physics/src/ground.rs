//! What is so of a room as a whole: whether a plain lies under it, and how fast things fall.

use crate::GRAVITY;
use crate::port::{Key, Things};
use crate::solid::{Form, Solid, State};
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_world::World;

/// The key of the plain at height 0.
const PLAIN: Key = 0;
/// A floor deeper than this makes the plain go, metres (as in the scene).
const PLAIN_COVERS_M: f32 = 0.2;
/// Half of the plain's edge and of its thickness, metres.
const PLAIN_HALF: [f32; 3] = [10_000.0, 50.0, 10_000.0];

/// The plain and gravity, as entities say it.
#[derive(Debug, Default)]
pub struct Ground {
    /// Floors and skies, with whether they let the plain be.
    plain: BTreeMap<EntityId, bool>,
    /// Gravity, by who says it.
    gravity: BTreeMap<EntityId, f32>,
    has_plain: Option<bool>,
    pulls: Option<f32>,
}

impl Ground {
    /// Who has a say.
    pub fn ids(&self) -> impl Iterator<Item = &EntityId> {
        self.plain.keys().chain(self.gravity.keys())
    }

    /// Notes what an entity says of it now.
    pub fn note(&mut self, world: &World, id: &EntityId) {
        // What people say of themselves is no rule for the others.
        let entity = world.entity(id).filter(|entity| !entity.is_avatar());
        let value = |name: &str| entity.and_then(|entity| entity.value(name));
        let sky =
            value("sky").map(|sky| sky.get("plain").and_then(serde_json::Value::as_bool) != Some(false));
        let is_floor = value("floor").is_some_and(|floor| floor.as_bool() != Some(false));
        let floor =
            entity.filter(|_| is_floor).map(|entity| entity.transform().position[1] > -PLAIN_COVERS_M);
        set(&mut self.plain, id, sky.into_iter().chain(floor).reduce(|a, b| a && b));
        set(
            &mut self.gravity,
            id,
            value("gravity").and_then(|value| value.as_f64()).map(|value| value as f32),
        );
    }

    /// Has the physics know: the plain lies under the room unless its sky says otherwise or a floor lies deeper.
    pub fn lie(&mut self, things: &mut impl Things) {
        let pulls = self.gravity.values().next().copied().unwrap_or(GRAVITY);
        if self.pulls.replace(pulls) != Some(pulls) {
            things.set_gravity([0.0, pulls, 0.0]);
        }
        let has_plain = self.plain.values().all(|lets| *lets);
        if self.has_plain.replace(has_plain) == Some(has_plain) {
            return;
        }
        if !has_plain {
            return things.remove(PLAIN);
        }
        let offset = [0.0, -PLAIN_HALF[1], 0.0];
        let plain = Solid { offset, ..Solid::fixed(Form::Box { half: PLAIN_HALF }) };
        things.put(PLAIN, plain, State::at([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]), true);
    }
}

fn set<T>(map: &mut BTreeMap<EntityId, T>, id: &EntityId, value: Option<T>) {
    match value {
        Some(value) => map.insert(id.clone(), value),
        None => map.remove(id),
    };
}

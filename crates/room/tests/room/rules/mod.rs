//! Rules: every construct of docs/rules.md, in rooms with people.

mod limits;
mod random;
mod steps;
mod when;

use crate::stage::Stage;
use serde_json::{Value, json};
use thexr_room::Event;
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

/// A maker, and a thing with these rules and components.
pub fn with(components: Value) -> (Stage, PeerId, EntityId) {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    stage.stand(ada, Pose::standing([0.0, 1.6, 1.0]));
    let thing = stage.create(ada, components);
    stage.tick();
    (stage, ada, thing)
}

pub fn rules_of(when: Value, then: Value) -> Value {
    json!({"rules": [{"when": when, "then": then}]})
}

pub fn value<'a>(stage: &'a Stage, id: &EntityId, name: &str) -> &'a Value {
    stage.room.world().entity(id).and_then(|entity| entity.value(name)).unwrap_or(&Value::Null)
}

pub fn named<'a>(stage: &'a Stage, name: &str) -> Vec<&'a Event> {
    stage.journal.iter().filter(|event| event.name == name).collect()
}

/// What the thing's rules have done of late, as their maker is told.
pub fn firings(stage: &mut Stage, peer: PeerId, thing: &EntityId) -> Vec<Value> {
    let told = stage.call(peer, "list_firings", json!({"entity": thing})).unwrap();
    told["firings"].as_array().unwrap().clone()
}

pub fn reasons(stage: &mut Stage, peer: PeerId, thing: &EntityId) -> Vec<String> {
    let told = firings(stage, peer, thing);
    told.iter().filter_map(|fired| fired["reason"].as_str()).map(str::to_owned).collect()
}

pub fn use_it(stage: &mut Stage, peer: PeerId, thing: &EntityId) {
    stage.call(peer, "trigger", json!({"entity": thing})).unwrap();
}

/// Walks somebody there, head 1.6 m above the floor.
pub fn go(stage: &mut Stage, peer: PeerId, x: f32, z: f32) {
    stage.stand(peer, Pose::standing([x, 1.6, z]));
    stage.tick();
}

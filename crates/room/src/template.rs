//! What a new room holds. Pure functions of a seed.

mod blocks;
mod plaza;
#[cfg(test)]
mod tests;
mod workshop;
mod world_file;

pub use world_file::{FORMAT, WorldFile, WorldFileError};

use crate::dice::{entity_id, roll, unit};
use crate::outbox::{Actor, Event};
use crate::rights::Settings;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use thexr_wire::EntityId;
use thexr_world::{Components, Op};

/// Templates a person may choose from, and the one of the sample room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// A floor and a place to stand.
    Empty,
    /// Floor, coloured blocks in one palette, ten boxes to hold.
    Blocks,
    /// The sample room, a plaza: every shape on show, a sign, places to sit, toys.
    Plaza,
    /// Things to take, stack, throw and swing on.
    Workshop,
    /// The Hangar, a shooter for one to eight: a world from a file.
    Hangar,
}

impl Template {
    /// Reads a template's name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "empty" => Some(Self::Empty),
            "blocks" => Some(Self::Blocks),
            "plaza" => Some(Self::Plaza),
            "workshop" => Some(Self::Workshop),
            "hangar" => Some(Self::Hangar),
            _ => None,
        }
    }

    /// Who may do what in a room that begins with it.
    pub fn settings(self) -> Settings {
        match self {
            Self::Hangar => HANGAR.settings,
            _ => Settings::default(),
        }
    }
}

/// The Hangar as its file has it.
static HANGAR: LazyLock<WorldFile> = LazyLock::new(|| {
    let text = include_str!("../../../worlds/hangar.json");
    WorldFile::read(text).unwrap_or_else(|error| unreachable!("worlds/hangar.json: {error}"))
});

/// Palettes of five colours that go together.
const PALETTES: [[&str; 5]; 6] = [
    ["#264653", "#2A9D8F", "#E9C46A", "#F4A261", "#E76F51"],
    ["#355070", "#6D597A", "#B56576", "#E56B6F", "#EAAC8B"],
    ["#0B3954", "#087E8B", "#BFD7EA", "#FF5A5F", "#C81D25"],
    ["#386641", "#6A994E", "#A7C957", "#F2E8CF", "#BC4749"],
    ["#5F0F40", "#9A031E", "#FB8B24", "#E36414", "#0F4C5C"],
    ["#3D348B", "#7678ED", "#F7B801", "#F18701", "#F35B04"],
];

struct Builder {
    seed: u64,
    made: BTreeMap<EntityId, Components>,
    rolls: u64,
}

impl Builder {
    fn unit(&mut self) -> f32 {
        self.rolls += 1;
        unit(self.seed, 0, self.rolls)
    }

    fn roll(&mut self) -> u64 {
        self.rolls += 1;
        roll(self.seed, 0, self.rolls)
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        let value = low + self.unit() * (high - low);
        libm::roundf(value * 100.0) / 100.0
    }

    fn add(&mut self, components: Value) -> EntityId {
        let Value::Object(components) = components else {
            unreachable!("an entity is an object of components")
        };
        loop {
            self.rolls += 1;
            let id = entity_id(self.seed, 1, self.rolls);
            if let Ok(id) = EntityId::parse(&id)
                && !self.made.contains_key(&id)
            {
                self.made.insert(id.clone(), components);
                return id;
            }
        }
    }

    /// A part of a thing: it goes where that goes, and its place is relative to it.
    fn part(&mut self, whole: &EntityId, mut components: Value) {
        components["parent"] = json!({"entity": whole});
        self.add(components);
    }

    fn floor(&mut self) {
        self.add(json!({"name": "Floor", "shape": {"kind": "ground", "width": 100, "height": 100}, "material": "grid",
            "position": [0, 0, 0], "floor": true, "teleportable": true}));
    }

    /// Where people arrive who look along +Z: the sun is behind their left shoulder.
    fn spawn_point(&mut self) {
        self.add(json!({"name": "Spawn point", "spawn_point": {}, "position": [0, 0, -4]}));
    }

    fn sign(&mut self, text: &str, position: [f32; 3], size: f32) {
        self.add(json!({"name": "Sign", "text": {"value": text, "size": size}, "position": position, "color": "#F7F2E6"}));
    }
}

/// The entities of a new room.
pub fn entities(template: Template, seed: u64) -> BTreeMap<EntityId, Components> {
    if template == Template::Hangar {
        return HANGAR.entities.clone();
    }
    let mut builder = Builder { seed, made: BTreeMap::new(), rolls: 0 };
    let palette = &PALETTES[roll(seed, 2, 0) as usize % PALETTES.len()];
    builder.floor();
    match template {
        Template::Empty => builder.spawn_point(),
        Template::Blocks => {
            builder.spawn_point();
            blocks::furnish(&mut builder, palette);
        }
        Template::Plaza => {
            plaza::spawn_point(&mut builder);
            plaza::furnish(&mut builder);
        }
        Template::Workshop => {
            builder.spawn_point();
            workshop::furnish(&mut builder);
        }
        Template::Hangar => {}
    }
    builder.made
}

/// The first event of a room's journal, seq 1.
pub fn genesis(template: Template, seed: u64, at_ms: i64) -> Event {
    let create = |(entity, components)| Op::Create { entity, components };
    Event {
        seq: 1,
        at_ms,
        actor: Actor::Server,
        name: "room_created".into(),
        payload: json!({}),
        ops: entities(template, seed).into_iter().map(create).collect(),
        hearers: crate::outbox::Hearers::Everyone,
        inverse: None,
        undoes: None,
        command_id: None,
    }
}

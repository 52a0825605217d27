//! What a new room holds. Pure functions of a seed.

mod workshop;

use crate::dice::{entity_id, roll, unit};
use crate::outbox::{Actor, Event};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_world::{Components, Op};

/// Templates a person may choose from, and the one of the sample room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// A floor and a place to stand.
    Empty,
    /// Floor, coloured blocks in one palette, ten boxes to hold.
    Blocks,
    /// The sample room: every shape on show, signs, spinning things.
    Showcase,
    /// Things to take, stack, throw and swing on.
    Workshop,
}

impl Template {
    /// Reads a template's name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "empty" => Some(Self::Empty),
            "blocks" => Some(Self::Blocks),
            "showcase" => Some(Self::Showcase),
            "workshop" => Some(Self::Workshop),
            _ => None,
        }
    }
}

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

    fn between(&mut self, low: f32, high: f32) -> f32 {
        let value = low + self.unit() * (high - low);
        libm::roundf(value * 100.0) / 100.0
    }

    fn add(&mut self, components: Value) {
        let Value::Object(components) = components else { return };
        loop {
            self.rolls += 1;
            let id = entity_id(self.seed, 1, self.rolls);
            if let Ok(id) = EntityId::parse(&id)
                && !self.made.contains_key(&id)
            {
                self.made.insert(id, components);
                return;
            }
        }
    }

    fn floor(&mut self) {
        self.add(json!({"name": "Floor", "shape": {"kind": "ground", "width": 100, "height": 100}, "material": "grid",
            "position": [0, 0, 0], "floor": true, "teleportable": true}));
        self.add(json!({"name": "Spawn point", "spawn_point": {}, "position": [0, 0, -4]}));
    }

    fn holdable_boxes(&mut self, palette: &[&str; 5]) {
        for n in 0..10 {
            let position = [self.between(-3.0, 3.0), 0.15, self.between(-1.5, 3.0)];
            let turn = self.between(0.0, 3.1);
            self.add(json!({"name": format!("Box {}", n + 1), "shape": {"kind": "box", "size": 0.3}, "position": position,
                "rotation": thexr_world::transform::from_euler([0.0, turn, 0.0]), "color": palette[n % 5], "holdable": {},
                "body": {"motion": "dynamic"}}));
        }
    }

    fn blocks(&mut self, palette: &[&str; 5]) {
        let count = 5 + (self.unit() * 16.0) as usize;
        for n in 0..count.min(20) {
            let (width, height, depth) =
                (self.between(0.5, 3.0), self.between(0.4, 3.5), self.between(0.5, 3.0));
            // A ring around the middle keeps the place where people arrive free.
            let angle = self.between(0.0, std::f32::consts::TAU);
            let distance = self.between(6.0, 18.0);
            let position = [libm::cosf(angle) * distance, height / 2.0, libm::sinf(angle) * distance];
            self.add(json!({"name": format!("Block {}", n + 1), "color": palette[n % 5], "wall": true,
                "shape": {"kind": "box", "width": width, "height": height, "depth": depth}, "position": position}));
        }
    }

    fn sign(&mut self, text: &str, position: [f32; 3], size: f32) {
        self.add(json!({"name": "Sign", "text": {"value": text, "size": size}, "position": position, "color": "#F4F6FA"}));
    }

    fn showcase(&mut self) {
        let shapes = [
            ("box", json!({"size": 0.9})),
            ("sphere", json!({"diameter": 1.0})),
            ("cylinder", json!({"height": 1.0, "diameter": 0.8})),
            ("cone", json!({"height": 1.1, "diameter": 0.9})),
            ("capsule", json!({"height": 1.2, "radius": 0.35})),
            ("plane", json!({"width": 1.0, "height": 1.0})),
        ];
        let colors = ["#F4A261", "#2A9D8F", "#7678ED", "#E76F51", "#E9C46A", "#5FA8D3"];
        for (n, (kind, params)) in shapes.into_iter().enumerate() {
            let angle = (n as f32 - 2.5) * 0.36;
            let (x, z) = (libm::sinf(angle) * 7.0, libm::cosf(angle) * 7.0);
            let mut shape = params;
            shape["kind"] = json!(kind);
            self.add(json!({"name": "Plinth", "shape": {"kind": "cylinder", "height": 0.8, "diameter": 1.3}, "color": "#DDE3EC",
                "position": [x, 0.4, z], "wall": true}));
            self.add(json!({"name": kind, "shape": shape, "color": colors[n], "position": [x, 1.6, z],
                "spin": [0, 0.35 + 0.05 * n as f32, 0]}));
        }
        for x in [-2.2, 2.2] {
            self.add(json!({"name": "Stool", "shape": {"kind": "cylinder", "height": 0.46, "diameter": 0.45}, "color": "#9A7B5F",
                "position": [x, 0.23, -2.2], "seat": {}}));
        }
        self.sign("Welcome to Thexr", [0.0, 3.4, 8.0], 0.7);
        self.sign("Press B to build, T to talk", [0.0, 2.7, 8.0], 0.28);
    }
}

/// The entities of a new room.
pub fn entities(template: Template, seed: u64) -> BTreeMap<EntityId, Components> {
    let mut builder = Builder { seed, made: BTreeMap::new(), rolls: 0 };
    let palette = &PALETTES[roll(seed, 2, 0) as usize % PALETTES.len()];
    builder.floor();
    match template {
        Template::Empty => {}
        Template::Blocks => {
            builder.blocks(palette);
            builder.holdable_boxes(palette);
        }
        Template::Showcase => {
            builder.showcase();
            builder.blocks(&PALETTES[0]);
            builder.holdable_boxes(&PALETTES[0]);
        }
        Template::Workshop => workshop::furnish(&mut builder),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::args::check_components;

    #[test]
    fn a_new_room_has_floor_blocks_spawn_point_and_ten_boxes_to_hold() {
        for seed in 0..50 {
            let made = entities(Template::Blocks, seed);
            let with = |name: &str| made.values().filter(|components| components.contains_key(name)).count();
            assert_eq!((with("floor"), with("spawn_point"), with("holdable")), (1, 1, 10));
            assert!((5..=20).contains(&with("wall")), "seed {seed}: {} blocks", with("wall"));
        }
    }

    #[test]
    fn templates_hold_only_components_that_a_person_could_have_made() {
        for template in [Template::Empty, Template::Blocks, Template::Showcase, Template::Workshop] {
            for (id, components) in entities(template, 9) {
                let (checked, removed) = check_components(components.clone()).unwrap();
                assert_eq!(removed.len(), 0);
                assert_eq!(checked, components, "{id} is already in its one spelling");
            }
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_room() {
        assert_eq!(entities(Template::Blocks, 5), entities(Template::Blocks, 5));
        assert_ne!(entities(Template::Blocks, 5), entities(Template::Blocks, 6));
    }
}

//! Templates as people find them: complete, in one spelling, and nothing stuck in anything else.

use super::*;
use crate::act::args::check_components;
use thexr_world::transform::{multiply, turned};
use thexr_world::{Entity, World};

const ALL: [Template; 5] =
    [Template::Empty, Template::Blocks, Template::Plaza, Template::Workshop, Template::Hangar];
/// Things that rest on each other touch by this much, metres.
const TOUCH_M: f32 = 0.006;

#[test]
fn a_new_room_has_floor_blocks_spawn_point_and_ten_boxes_to_hold() {
    for seed in 0..50 {
        let made = entities(Template::Blocks, seed);
        let with = |name: &str| made.values().filter(|components| components.contains_key(name)).count();
        assert_eq!((with("floor"), with("spawn_point"), with("holdable")), (1, 1, 10));
        assert!((8..=20).contains(&with("wall")), "seed {seed}: {} blocks", with("wall"));
    }
}

#[test]
fn templates_hold_only_components_that_a_person_could_have_made() {
    for template in ALL {
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

#[test]
fn every_room_has_a_place_to_arrive_and_the_plaza_looks_at_its_sign() {
    for template in ALL {
        let world = world(template, 3);
        let spawns = world.entities().values().filter(|entity| entity.value("spawn_point").is_some());
        let spawns: Vec<_> = spawns.collect();
        let expected = if template == Template::Hangar { 3 } else { 1 };
        assert_eq!(spawns.len(), expected, "{template:?}");
        if template == Template::Plaza {
            let sign = world.entities().values().find(|entity| entity.value("text").is_some()).unwrap();
            let ahead = turned([0.0, 0.0, 1.0], spawns[0].transform().rotation);
            let [x, _, z] =
                [0, 1, 2].map(|axis| sign.transform().position[axis] - spawns[0].transform().position[axis]);
            let aside = (x * ahead[2] - z * ahead[0]) / (x * ahead[0] + z * ahead[2]);
            assert!(aside.abs() < 0.2, "the sign is {aside} m aside for each metre ahead");
        }
    }
}

#[test]
fn the_plaza_has_every_shape_places_to_sit_and_things_to_hold() {
    let made = entities(Template::Plaza, 1);
    for kind in ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"] {
        assert!(
            made.values().any(|components| components["name"] != "Floor" && kind_of(components) == kind),
            "{kind}"
        );
    }
    let with = |name: &str| made.values().filter(|components| components.contains_key(name)).count();
    assert!(with("seat") >= 4 && with("holdable") >= 4);
    let words = made.values().filter_map(|components| components.get("text")?["value"].as_str());
    assert!(
        words.clone().count() == 2 && words.clone().all(|text| !text.contains("Press")),
        "words for every device"
    );
}

fn kind_of(components: &Components) -> &str {
    components.get("shape").and_then(|shape| shape["kind"].as_str()).unwrap_or_default()
}

fn world(template: Template, seed: u64) -> World {
    let mut world = World::default();
    for (id, components) in entities(template, seed) {
        world.put_row(id, 1, components);
    }
    world
}

/// A thing as the box around it in the room.
struct Solid {
    name: String,
    /// What it is a part of: parts of one thing may lie in each other.
    whole: EntityId,
    middle: [f32; 3],
    axes: [[f32; 3]; 3],
    half: [f32; 3],
}

impl Solid {
    fn of(world: &World, id: &EntityId, entity: &Entity) -> Option<Self> {
        let passes = entity.collider().is_some_and(|collider| !collider.solid);
        // Floors lie in each other as layers of paving do.
        if passes || entity.value("floor").is_some() {
            return None;
        }
        let shape = entity.shape()?;
        let (mut matrix, mut rotations, mut whole) = (entity.transform().matrix(), vec![], id.clone());
        rotations.push(entity.transform().rotation);
        let mut above = entity.parent();
        while let Some(parent) = above {
            let entity = world.entity(&parent.entity).expect("what it hangs on is there");
            matrix = multiply(&matrix, &entity.transform().matrix());
            rotations.push(entity.transform().rotation);
            (whole, above) = (parent.entity.clone(), entity.parent());
        }
        let axis = |unit: [f32; 3]| rotations.iter().fold(unit, |unit, rotation| turned(unit, *rotation));
        Some(Self {
            name: entity.value("name").map(Value::to_string).unwrap_or_default(),
            whole,
            middle: [matrix[12], matrix[13], matrix[14]],
            axes: [axis([1.0, 0.0, 0.0]), axis([0.0, 1.0, 0.0]), axis([0.0, 0.0, 1.0])],
            half: shape.size.map(|edge| edge / 2.0),
        })
    }

    fn reach_along(&self, along: [f32; 3]) -> f32 {
        (0..3).map(|axis| dot(self.axes[axis], along).abs() * self.half[axis]).sum()
    }

    /// Whether the two boxes have more than a touch in common (separating axes: S. Gottschalk and others, "OBBTree").
    fn is_in(&self, other: &Self) -> bool {
        let crossed = self.axes.iter().flat_map(|a| other.axes.iter().map(|b| cross(*a, *b)));
        let candidates = self.axes.iter().chain(&other.axes).copied().chain(crossed);
        let apart: [f32; 3] = [0, 1, 2].map(|axis| other.middle[axis] - self.middle[axis]);
        candidates.filter(|axis| dot(*axis, *axis) > 1e-4).all(|axis| {
            let length = dot(axis, axis).sqrt();
            let gap = dot(apart, axis).abs() - self.reach_along(axis) - other.reach_along(axis);
            gap / length < -TOUCH_M
        })
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|axis| a[axis] * b[axis]).sum()
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[test]
fn nothing_solid_is_stuck_in_anything_else_that_is() {
    for (template, seeds) in ALL.into_iter().zip([1, 50, 2, 2, 1]) {
        for seed in 0..seeds {
            let world = world(template, seed);
            let solids: Vec<Solid> =
                world.entities().iter().filter_map(|(id, entity)| Solid::of(&world, id, entity)).collect();
            assert_eq!(solids.is_empty(), template == Template::Empty);
            for (n, one) in solids.iter().enumerate() {
                for other in solids[n + 1..].iter().filter(|other| other.whole != one.whole) {
                    assert!(!one.is_in(other), "{template:?} {seed}: {} is in {}", one.name, other.name);
                }
            }
        }
    }
}

//! What games know beside the ops of the fold: doors, what people carry, health, death, how a game ends. Makes ops and facts.

pub(crate) mod arms;
pub(crate) mod carrying;
pub(crate) mod course;
pub(crate) mod doors;
pub(crate) mod ending;
pub(crate) mod gun;
pub(crate) mod monsters;
pub(crate) mod past;
pub(crate) mod rounds;
pub(crate) mod shots;
pub(crate) mod vital;
pub(crate) mod ways;

use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_world::{Components, Entity, Op, World};

/// The room at a moment, and who does something in it.
pub(crate) struct Moment<'a> {
    pub world: &'a World,
    /// Milliseconds of the room's clock.
    pub clock_ms: u64,
    /// A person's avatar, or a thing.
    pub by: Option<&'a EntityId>,
}

/// The game's own settings, if this room has a game.
fn game(world: &World) -> Option<&Value> {
    world.entity(world.game()?)?.value("game")
}

fn set(entity: &EntityId, name: &str, value: Value) -> Op {
    Op::Set { entity: entity.clone(), components: Components::from_iter([(name.to_owned(), value)]) }
}

/// How many of an item an inventory holds: `{item: count}`.
pub(crate) fn carried(inventory: Option<&Value>, item: &str) -> f64 {
    let held = inventory.and_then(|inventory| inventory.get(item));
    held.map_or(0.0, |held| held.as_f64().unwrap_or(1.0))
}

fn number(entity: Option<&Entity>, name: &str) -> Option<f64> {
    entity?.value(name)?.as_f64()
}

/// A number as JSON, whole where it is.
pub(crate) fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

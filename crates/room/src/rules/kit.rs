//! What games know beside the ops of the fold: what people carry, health, doors, how a game ends. Pure; makes ops and facts.

use crate::facts::Fact;
use crate::log::draft::Draft;
use crate::reject::Reject;
use crate::rules::scene::{Scene, carried};
use crate::rules::ways::moving;
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_world::transform::{numbers, rotate_then, turned};
use thexr_world::{Components, Entity, Op, Transform};

/// What people have of health unless the game says it.
const HEALTH: f64 = 100.0;
/// How long a door takes unless it says it, milliseconds.
const DOOR_MS: f64 = 2_000.0;

const NO_GAME: Reject =
    Reject::new("no_game", "No thing in this room has a `game`: there is nothing to win or lose.");
const NO_DOOR: Reject = Reject::new("no_door", "This is no door: give it a `door`.");

fn set(entity: &EntityId, name: &str, value: Value) -> Op {
    Op::Set { entity: entity.clone(), components: Components::from_iter([(name.to_owned(), value)]) }
}

fn number(entity: Option<&Entity>, name: &str) -> Option<f64> {
    entity?.value(name)?.as_f64()
}

fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}

/// Gives somebody so many of an item, or takes them; of what is gone nothing is kept.
pub(super) fn give(scene: &Scene<'_>, id: &EntityId, item: &str, amount: f64) -> Result<Option<Op>, Reject> {
    let inventory = scene.world.entity(id).and_then(|entity| entity.value("inventory"));
    let left = (carried(inventory, item) + amount).max(0.0);
    let value = if left > 0.0 { whole(left) } else { Value::Null };
    let merged = json!({item: value});
    // A list, as earlier systems kept one, becomes a count of each.
    let counted = match inventory {
        Some(Value::Array(items)) => {
            let mut counts = serde_json::Map::new();
            for name in items.iter().filter_map(Value::as_str) {
                let count = counts.get(name).and_then(Value::as_f64).unwrap_or(0.0);
                counts.insert(name.to_owned(), whole(count + 1.0));
            }
            counts.insert(item.to_owned(), whole(left));
            return Ok(Some(set(id, "inventory", Value::Object(counts))));
        }
        _ => Components::from_iter([("inventory".to_owned(), merged)]),
    };
    Ok(Some(Op::Merge { entity: id.clone(), components: counted }))
}

/// What somebody has when nothing has hurt them.
fn full(scene: &Scene<'_>) -> f64 {
    let game =
        scene.world.game().and_then(|id| scene.world.entity(id)).and_then(|entity| entity.value("game"));
    game.and_then(|game| game.get("health")?.as_f64()).unwrap_or(HEALTH)
}

/// Hurts somebody or something: armour takes it before health, and neither goes below nothing.
pub(super) fn damage(scene: &Scene<'_>, id: &EntityId, amount: f64) -> (Vec<Op>, Vec<Draft>) {
    let entity = scene.world.entity(id).map(|entity| &**entity);
    let Some(had) = number(entity, "health").or_else(|| id.user().map(|_| full(scene))) else {
        return (Vec::new(), Vec::new());
    };
    if had <= 0.0 {
        return (Vec::new(), Vec::new());
    }
    let armour = number(entity, "armour").unwrap_or(0.0).max(0.0);
    let (taken, rest) = (amount.min(armour), (amount - amount.min(armour)).min(had));
    let mut ops = Vec::new();
    if taken > 0.0 {
        ops.push(set(id, "armour", whole(armour - taken)));
    }
    ops.push(set(id, "health", whole(had - rest)));
    let by = &scene.parties.actor;
    let mut facts = Vec::new();
    if let Some(user) = id.user() {
        let payload =
            json!({"user_id": user, "amount": whole(taken + rest), "health": whole(had - rest), "by": by});
        facts.push(Draft::server(Fact::USER_DAMAGED, payload, Vec::new()));
        if had - rest <= 0.0 {
            facts.push(Draft::server(Fact::USER_DIED, json!({"user_id": user, "by": by}), Vec::new()));
        }
    }
    (ops, facts)
}

/// Gives health back, up to what one has when nothing has hurt one; more is not taken away.
pub(super) fn heal(scene: &Scene<'_>, id: &EntityId, amount: f64) -> (Vec<Op>, Vec<Draft>) {
    let entity = scene.world.entity(id).map(|entity| &**entity);
    let full = full(scene);
    let had = number(entity, "health").unwrap_or(full);
    let has = (had + amount).min(full.max(had));
    if has <= had {
        return (Vec::new(), Vec::new());
    }
    let fact = id.user().map(|user| {
        let payload = json!({"user_id": user, "amount": whole(has - had), "health": whole(has)});
        Draft::server(Fact::USER_HEALED, payload, Vec::new())
    });
    (vec![set(id, "health", whole(has))], fact.into_iter().collect())
}

/// The game is won, or lost.
pub(super) fn end(scene: &Scene<'_>, won: bool, text: Option<String>) -> Result<(Op, Draft), Reject> {
    let game = scene.world.game().ok_or(NO_GAME)?;
    let (status, fact) = if won { ("won", Fact::LEVEL_WON) } else { ("lost", Fact::LEVEL_LOST) };
    let payload = json!({"entity": game, "text": text, "by": scene.parties.actor});
    Ok((set(game, "status", json!(status)), Draft::server(fact, payload, Vec::new())))
}

/// Opens or closes a door; nothing where it is so already, or on its way.
pub(super) fn turn_door(scene: &Scene<'_>, id: &EntityId, open: bool) -> Result<Option<(Op, Draft)>, Reject> {
    let entity = scene.world.entity(id).ok_or(NO_DOOR)?;
    let door = entity.value("door").filter(|door| **door != json!(false)).ok_or(NO_DOOR)?;
    let written = door.get("state").and_then(Value::as_str).unwrap_or("closed");
    let is_open = entity.value("door_state").and_then(Value::as_str).unwrap_or(written) == "open";
    let clock_ms = scene.log.clock_ms() as f64;
    let on_its_way =
        entity.animate().and_then(|moves| moves.moves_ms()).is_some_and(|(_, end_ms)| clock_ms < end_ms);
    if is_open == open || on_its_way {
        return Ok(None);
    }
    let to = door_place(entity, door, open);
    let ms = door.get("duration_ms").and_then(Value::as_f64).unwrap_or(DOOR_MS);
    let mut op = moving(scene, id, &to, ms, "smooth");
    let (state, fact) = if open { ("open", Fact::DOOR_OPENED) } else { ("closed", Fact::DOOR_CLOSED) };
    if let Op::Set { components, .. } = &mut op {
        components.insert("door_state".into(), json!(state));
    }
    let payload = json!({"entity": id, "by": scene.parties.actor});
    Ok(Some((op, Draft::server(fact, payload, Vec::new()))))
}

/// Where a door is when it has been opened from where it is, or closed.
fn door_place(entity: &Entity, door: &Value, open: bool) -> Transform {
    let now = *entity.transform();
    let sign = if open { 1.0 } else { -1.0 };
    let extents = entity.shape().map_or([1.0; 3], |shape| shape.size);
    let size = [0, 1, 2].map(|axis| extents[axis] * now.scale[axis].abs());
    if let Some(radians) = door.get("swing").and_then(Value::as_f64) {
        // About its upright edge at its left.
        let half = sign * radians as f32 / 2.0;
        let rotation = rotate_then([0.0, libm::sinf(half), 0.0, libm::cosf(half)], now.rotation);
        let edge = [-size[0] / 2.0, 0.0, 0.0];
        let (before, after) = (turned(edge, now.rotation), turned(edge, rotation));
        let position = [0, 1, 2].map(|axis| now.position[axis] + before[axis] - after[axis]);
        return Transform { position, rotation, ..now };
    }
    // Without a way of its own it goes up by its height.
    let slide = door.get("slide").and_then(numbers::<3>).unwrap_or([0.0, size[1], 0.0]);
    let slide = turned(slide, now.rotation);
    Transform { position: [0, 1, 2].map(|axis| now.position[axis] + sign * slide[axis]), ..now }
}

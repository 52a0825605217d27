//! Doors: they slide or swing on the room's clock, and some need a key.

use crate::facts::Fact;
use crate::game::Moment;
use crate::game::carried;
use crate::game::ways::moving;
use crate::log::draft::Draft;
use crate::reject::Reject;
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_world::interactions::door_is_open;
use thexr_world::transform::{numbers, rotate_then, turned};
use thexr_world::{Entity, Op, Transform};

/// How long a door takes unless it says it, milliseconds.
const DOOR_MS: f64 = 2_000.0;

/// How far a lift goes up unless it says it, metres.
const LIFT_HEIGHT_M: f64 = 3.0;
/// How fast it goes unless it says it, metres a second.
const LIFT_SPEED_M_S: f64 = 1.5;

const NO_DOOR: Reject = Reject::new("no_door", "This is no door: give it a `door`.");
const MOVES: Reject = Reject::new("door_moves", "It is moving. Wait a moment.");

/// Whether somebody has the key of a door, if it has one.
pub(crate) fn unlocks(moment: &Moment<'_>, door: &EntityId) -> Result<(), Reject> {
    let key = moment.world.entity(door).and_then(|entity| entity.value("door")?.get("key")?.as_str());
    let Some(key) = key.filter(|key| !key.is_empty()) else { return Ok(()) };
    let inventory = moment.by.and_then(|who| moment.world.entity(who)?.value("inventory"));
    if carried(inventory, key) >= 1.0 {
        return Ok(());
    }
    Err(Reject::with_detail("needs_key", format!("You need the {}.", key.replace('_', " "))))
}

/// Whether a door is on its way.
pub(crate) fn rests(moment: &Moment<'_>, door: &EntityId) -> Result<(), Reject> {
    let way = moment.world.entity(door).and_then(|entity| entity.animate()?.moves_ms());
    let moves = way.is_some_and(|(_, end_ms)| (moment.clock_ms as f64) < end_ms);
    if moves { Err(MOVES) } else { Ok(()) }
}

/// Opens or closes a door, on its way as well; nothing where it is so already.
pub(crate) fn turn(moment: &Moment<'_>, id: &EntityId, open: bool) -> Result<Option<(Op, Draft)>, Reject> {
    let entity = moment.world.entity(id).ok_or(NO_DOOR)?;
    let is_open = door_is_open(entity).ok_or(NO_DOOR)?;
    if is_open == open {
        return Ok(None);
    }
    let lift =
        entity.value("lift").filter(|lift| lift.as_bool() != Some(false) && entity.value("door").is_none());
    let door = entity.value("door").unwrap_or(&Value::Null);
    let (to, ms) = match lift {
        Some(lift) => lift_way(entity, lift, open),
        None => {
            let ms = door.get("duration_ms").and_then(Value::as_f64).unwrap_or(DOOR_MS);
            (door_place(entity, door, open), ms)
        }
    };
    let mut op = moving(moment, id, &to, ms, "smooth");
    let (name, state, fact) = match (lift.is_some(), open) {
        (false, true) => ("door_state", "open", Fact::DOOR_OPENED),
        (false, false) => ("door_state", "closed", Fact::DOOR_CLOSED),
        (true, true) => ("lift_state", "up", Fact::LIFT_ROSE),
        (true, false) => ("lift_state", "down", Fact::LIFT_SANK),
    };
    if let Op::Set { components, .. } = &mut op {
        components.insert(name.into(), json!(state));
    }
    let payload = json!({"entity": id, "by": moment.by});
    Ok(Some((op, Draft::server(fact, payload, Vec::new()))))
}

/// Where a door stands when it is closed: what is asked of its surroundings does not change because it opens.
pub(crate) fn home(entity: &Entity) -> Option<Transform> {
    let door = entity.value("door")?;
    let is_open = door_is_open(entity)?;
    Some(if is_open { door_place(entity, door, false) } else { *entity.transform() })
}

/// Where a lift goes from where it is, and how long that takes, milliseconds.
fn lift_way(entity: &Entity, lift: &Value, up: bool) -> (Transform, f64) {
    let number = |name: &str, usual: f64| lift.get(name).and_then(Value::as_f64).unwrap_or(usual);
    let (height_m, speed_m_s) = (number("height", LIFT_HEIGHT_M), number("speed", LIFT_SPEED_M_S).max(0.05));
    let now = *entity.transform();
    let [x, y, z] = now.position;
    let rises_m = if up { height_m } else { -height_m };
    (Transform { position: [x, y + rises_m as f32, z], ..now }, height_m.abs() / speed_m_s * 1_000.0)
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

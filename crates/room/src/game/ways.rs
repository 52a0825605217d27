//! Ways of things on the room's clock: where they lead, and the op that sets out on one. Pure.

use crate::game::Moment;
use serde_json::json;
use thexr_wire::EntityId;
use thexr_world::rules::Way;
use thexr_world::transform::{numbers, rotate_then};
use thexr_world::{Components, Op, Transform, animate, schema};

/// Where a way leads from a place.
pub(crate) fn along(from: &Transform, way: &Way, relative: bool) -> Transform {
    let rotation =
        way.rotation.as_ref().and_then(|rotation| schema::check("rotation", rotation.clone()).ok());
    let rotation = rotation.as_ref().and_then(numbers::<4>);
    let each = |own: [f32; 3], by: [f32; 3], f: fn(f32, f32) -> f32| [0, 1, 2].map(|at| f(own[at], by[at]));
    match relative {
        false => Transform {
            position: way.position.unwrap_or(from.position),
            rotation: rotation.unwrap_or(from.rotation),
            scale: way.scale.unwrap_or(from.scale),
        },
        true => Transform {
            position: way.position.map_or(from.position, |by| each(from.position, by, |own, by| own + by)),
            rotation: rotation.map_or(from.rotation, |by| rotate_then(by, from.rotation)),
            scale: way.scale.map_or(from.scale, |by| each(from.scale, by, |own, by| own * by)),
        },
    }
}

/// The op by which a thing goes somewhere in so long: it is there for all that asks, and seen on its way on the room's clock.
pub(crate) fn moving(moment: &Moment<'_>, id: &EntityId, to: &Transform, duration_ms: f64, ease: &str) -> Op {
    let clock_ms = moment.clock_ms as f64;
    let known = moment.world.entity(id);
    let own = known.map(|entity| *entity.transform()).unwrap_or_default();
    let seen =
        known.and_then(|entity| entity.animate()).map_or(own, |moves| animate::at(moves, &own, clock_ms));
    let json = |place: &Transform| {
        let Transform { position, rotation, scale } = place;
        json!({"position": plain(position), "rotation": plain(rotation), "scale": plain(scale)})
    };
    let animate = json!({
        "from": json(&seen), "to": json(to), "start_ms": clock_ms, "duration_ms": duration_ms, "ease": ease,
    });
    let mut components = Components::new();
    for (name, own, value) in [
        ("position", json!(plain(&own.position)), json!(plain(&to.position))),
        ("rotation", json!(plain(&own.rotation)), json!(plain(&to.rotation))),
        ("scale", json!(plain(&own.scale)), json!(plain(&to.scale))),
    ] {
        if own != value {
            components.insert(name.into(), value);
        }
    }
    components.insert("animate".into(), animate);
    Op::Set { entity: id.clone(), components }
}

/// Numbers as people write them: 1.2 and 2.5 make 3.7, not what is nearest to it in half the digits.
fn plain<const N: usize>(numbers: &[f32; N]) -> Vec<f64> {
    numbers.iter().map(|number| number.to_string().parse().unwrap_or(f64::from(*number))).collect()
}

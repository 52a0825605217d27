//! What an entity is to the physics, as its components say it. Pure.

use crate::solid::{Form, Hinge, Kind, Solid, State};
use thexr_wire::EntityId;
use thexr_wire::limits::PARENT_DEPTH_MAX;
use thexr_wire::pose::Place;
use thexr_world::mesh::Mesh;
use thexr_world::transform::{Matrix, multiply, rotate_then};
use thexr_world::typed::{Body, Collider, ColliderShape, Motion, ShapeKind};
use thexr_world::{Entity, Transform, World, animate};

/// Half of how thick a sheet is, metres: thick enough for what flies against it.
const SHEET_HALF_M: f32 = 0.02;
/// Half of how thick a ground is, metres; its upper side is where it is drawn.
const GROUND_HALF_M: f32 = 0.5;
/// Half of the smallest extent of a form, metres.
const HALF_MIN_M: f32 = 0.005;
/// Half of the largest extent of a form, metres: what is larger is this large to others.
const HALF_MAX_M: f32 = 5_000.0;
/// A ball that is stretched by more than this factor is a box.
const ROUND_UNTIL: f32 = 1.2;
/// The room moves these by itself: where they begin nobody is.
const HUNTING: &str = "monster";
/// What is flown through, carried or stepped into bumps into nothing (as in the scene, but that bodies do meet what is holdable).
const PASSABLE: [&str; 5] = ["avatar", "bullet", "collectable", "portal", "spawn_point"];

/// What an entity is to the physics.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// Its form, and how it moves.
    pub solid: Solid,
    /// Where it is, and how it begins.
    pub state: State,
    /// It hangs on a person who holds it.
    pub held: bool,
    /// It goes where its components say, as time passes.
    pub animated: bool,
}

/// Describes an entity as it is at a time of the room's clock; nothing for one that nobody bumps into.
pub fn describe(world: &World, id: &EntityId, room_ms: f64) -> Option<Described> {
    let entity = world.entity(id)?;
    if !is_solid(entity) {
        return None;
    }
    let hung = hang(world, entity, room_ms).filter(|hung| hung.place.iter().all(|part| part.is_finite()))?;
    let body = entity.body().copied();
    let free = body.filter(|body| body.motion == Motion::Dynamic);
    let kind = match (free, hung.on) {
        // What people wear is in nobody's way.
        (None, On::Person) => return None,
        // Parts of what moves go along without touching anything.
        (_, On::Body) => return None,
        (Some(_), On::Person) => Kind::Steered,
        // What hangs on something stays there.
        (Some(_), On::Nothing) if !hung.animated && entity.parent().is_none() => Kind::Free,
        _ if hung.animated || body.is_some_and(|body| body.motion == Motion::Kinematic) => Kind::Steered,
        _ => Kind::Fixed,
    };
    let (form, offset) = form_of(entity, hung.scale, kind)?;
    let mut solid = Solid { kind, offset, ..Solid::fixed(form) };
    if let Some(Body { mass, friction, restitution, gravity_factor, .. }) = body {
        solid = Solid { mass, friction, restitution, gravity_factor, ..solid };
    }
    solid.hinge = entity.hinge().filter(|_| kind == Kind::Free).map(|hinge| Hinge {
        axis: hinge.axis,
        at: std::array::from_fn(|axis| hinge.at[axis] * hung.scale[axis]),
        limits: hinge.limits,
        zero: hinge.zero,
    });
    let flight = entity.flight().copied().filter(|_| kind == Kind::Free).unwrap_or_default();
    let state = State { place: hung.place, velocity: flight.velocity, spin: flight.spin };
    Some(Described { solid, state, held: hung.on == On::Person, animated: hung.animated })
}

/// Whether others bump into an entity.
fn is_solid(entity: &Entity) -> bool {
    let says = |name: &str| entity.value(name).map(|value| value.as_bool() != Some(false));
    if says(HUNTING) == Some(true) {
        return false;
    }
    if says("wall") == Some(false) || says("floor") == Some(false) {
        return false;
    }
    match entity.collider() {
        Some(collider) => collider.solid,
        None => {
            let named = says("wall").is_some() || says("floor").is_some() || entity.body().is_some();
            named || PASSABLE.iter().all(|name| entity.value(name).is_none())
        }
    }
}

/// What an entity hangs on in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Nothing,
    Person,
    Body,
}

struct Hung {
    on: On,
    place: Place,
    scale: [f32; 3],
    animated: bool,
}

/// Follows what an entity hangs on up to the room; of one that hangs on a person the place is in their hand.
fn hang(world: &World, entity: &Entity, room_ms: f64) -> Option<Hung> {
    let local = |entity: &Entity| match entity.animate() {
        Some(animate) => animate::at(animate, entity.transform(), room_ms),
        None => *entity.transform(),
    };
    let moves = |entity: &Entity| {
        entity
            .animate()
            .and_then(|animate| animate.moves_ms())
            .is_some_and(|(_, until_ms)| room_ms <= until_ms)
    };
    let own = local(entity);
    let (mut matrix, mut rotation) = (own.matrix(), own.rotation);
    let mut animated = moves(entity);
    let mut above = entity;
    for _ in 0..PARENT_DEPTH_MAX {
        let Some(parent) = above.parent() else {
            let scale = scale_of(&matrix);
            return Some(Hung { on: On::Nothing, place: placed(&matrix, rotation), scale, animated });
        };
        above = world.entity(&parent.entity)?;
        let on = match above.body().map(|body| body.motion) {
            _ if above.is_avatar() => On::Person,
            Some(Motion::Dynamic | Motion::Kinematic) => On::Body,
            _ => On::Nothing,
        };
        if on != On::Nothing {
            return Some(Hung {
                on,
                place: placed(&matrix, rotation),
                scale: scale_of(&matrix),
                animated: false,
            });
        }
        let Transform { rotation: turned, .. } = local(above);
        matrix = multiply(&matrix, &local(above).matrix());
        rotation = rotate_then(rotation, turned);
        animated |= moves(above);
    }
    None
}

/// Factors along the axes of what a matrix moves.
fn scale_of(matrix: &Matrix) -> [f32; 3] {
    [0, 4, 8].map(|row| {
        let [x, y, z] = [matrix[row], matrix[row + 1], matrix[row + 2]];
        libm::sqrtf(x * x + y * y + z * z)
    })
}

/// Form and middle of an entity that moves so, scaled; nothing for one without extents.
fn form_of(entity: &Entity, scale: [f32; 3], moves: Kind) -> Option<(Form, [f32; 3])> {
    let shape = entity.shape();
    let collider = entity.collider();
    let shown = shape.map(|shape| shape.kind);
    let offset = offset_of(collider, scale);
    if let Some((collider, mesh)) = collider.and_then(|collider| Some((collider, collider.mesh.clone()?))) {
        let (form, middle) = cornered(mesh, scale, collider.shape, moves);
        return Some((form, std::array::from_fn(|axis| offset[axis] + middle[axis])));
    }
    let kind = match collider.map_or(ColliderShape::AsShown, |collider| collider.shape) {
        ColliderShape::Box => ShapeKind::Box,
        ColliderShape::Sphere => ShapeKind::Sphere,
        ColliderShape::Capsule => ShapeKind::Capsule,
        ColliderShape::Cylinder => ShapeKind::Cylinder,
        // Nobody has measured its model: its entity's shape stands for it.
        ColliderShape::AsShown | ColliderShape::Convex | ColliderShape::Trimesh => shown?,
    };
    let mut size = shape.map_or([1.0; 3], |shape| shape.size);
    if let Some(said) = collider.and_then(|collider| collider.size) {
        size = said;
    }
    if let Some(radius) = collider.and_then(|collider| collider.radius) {
        (size[0], size[2]) = (2.0 * radius, 2.0 * radius);
        if kind == ShapeKind::Sphere {
            size[1] = 2.0 * radius;
        }
    }
    if let Some(height) = collider.and_then(|collider| collider.height) {
        size[1] = height;
    }
    let half: [f32; 3] = std::array::from_fn(|axis| size[axis] * scale[axis] / 2.0);
    let mut offset = offset;
    if kind == ShapeKind::Ground {
        offset[1] -= GROUND_HALF_M;
    }
    Some((form(kind, half), offset))
}

/// The middle of a form, scaled.
fn offset_of(collider: Option<&Collider>, scale: [f32; 3]) -> [f32; 3] {
    let offset = collider.map_or([0.0; 3], |collider| collider.offset);
    std::array::from_fn(|axis| (offset[axis] * scale[axis]).clamp(-HALF_MAX_M, HALF_MAX_M))
}

/// The form of measured corners, and its middle from theirs. Only what is pushed about is filled: a skin without an inside would fall through another.
fn cornered(mesh: Mesh, scale: [f32; 3], shape: ColliderShape, moves: Kind) -> (Form, [f32; 3]) {
    let factor = |part: f32| if part.is_finite() { part } else { 1.0 };
    let scale = scale.map(factor);
    if shape == ColliderShape::Trimesh && moves != Kind::Free && !mesh.triangles.is_empty() {
        return (Form::Skin { mesh, scale }, [0.0; 3]);
    }
    let (half, middle) = mesh.bounds();
    let half: [f32; 3] = std::array::from_fn(|axis| half[axis] * scale[axis]);
    // What has no inside, and what is too large for its corners to be told apart, is a box.
    if half.iter().any(|half| !(HALF_MIN_M..=HALF_MAX_M).contains(half)) {
        let middle = std::array::from_fn(|axis| (middle[axis] * scale[axis]).clamp(-HALF_MAX_M, HALF_MAX_M));
        return (form(ShapeKind::Box, half), middle);
    }
    (Form::Hull { mesh, scale }, [0.0; 3])
}

/// Sizes times scales may be any number, and none.
fn within_reason(half: f32) -> f32 {
    if half.is_nan() { HALF_MIN_M } else { half.clamp(HALF_MIN_M, HALF_MAX_M) }
}

fn form(kind: ShapeKind, half: [f32; 3]) -> Form {
    let [x, y, z] = half.map(within_reason);
    let radius = x.max(z);
    match kind {
        ShapeKind::Box => Form::Box { half: [x, y, z] },
        ShapeKind::Plane => Form::Box { half: [x, y, z.max(SHEET_HALF_M)] },
        ShapeKind::Ground => Form::Box { half: [x, GROUND_HALF_M, z] },
        ShapeKind::Sphere if x.max(y).max(z) > ROUND_UNTIL * x.min(y).min(z) => Form::Box { half: [x, y, z] },
        ShapeKind::Sphere => Form::Ball { radius: (x + y + z) / 3.0 },
        ShapeKind::Capsule => Form::Capsule { half_height: (y - radius).max(HALF_MIN_M), radius },
        ShapeKind::Cylinder => Form::Cylinder { half_height: y, radius },
        ShapeKind::Cone => Form::Cone { half_height: y, radius },
    }
}

/// A matrix without its scale, of known rotation, as a place.
fn placed(matrix: &Matrix, [qx, qy, qz, qw]: [f32; 4]) -> Place {
    [matrix[12], matrix[13], matrix[14], qx, qy, qz, qw]
}

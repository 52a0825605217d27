//! Components that motion and rules read, parsed once at the fold. What they say only: moving state never lives here.

use crate::animate::Animate;
use crate::mesh::Mesh;
use crate::transform::{numbers, rotation};
use serde_json::Value;
use std::sync::Arc;
use thexr_wire::quant::normalize;

/// What a piece of the heap costs beside what is in it, bytes.
const HEAP_BYTES: usize = 16;

/// The form of a `shape`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeKind {
    /// Six faces.
    Box,
    /// A ball, or an ellipsoid.
    Sphere,
    /// A tube, as wide as the wider of its ends.
    Cylinder,
    /// A tube with a narrow top.
    Cone,
    /// A tube with round ends.
    Capsule,
    /// An upright sheet.
    Plane,
    /// A lying sheet.
    Ground,
}

/// A `shape`: its form, and how large the scene draws it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Its form.
    pub kind: ShapeKind,
    /// Extents along x, y and z before its entity's scale, metres; a sheet has none across itself.
    pub size: [f32; 3],
}

/// How a body moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Stays where it is placed, whatever pushes it.
    Static,
    /// As it is told.
    Kinematic,
    /// As it is pushed.
    Dynamic,
}

/// A `body` (OMI_physics_body).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Body {
    /// How it moves.
    pub motion: Motion,
    /// Kilograms.
    pub mass: f32,
    /// Friction coefficient.
    pub friction: f32,
    /// 0 stays where it hits … 1 comes back as fast.
    pub restitution: f32,
    /// Factor on gravity.
    pub gravity_factor: f32,
}

/// The form of a `collider`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColliderShape {
    /// As the entity's `shape`.
    AsShown,
    /// Six faces.
    Box,
    /// A ball.
    Sphere,
    /// A tube with round ends.
    Capsule,
    /// A tube.
    Cylinder,
    /// The hull of its points.
    Convex,
    /// The triangles between its points.
    Trimesh,
}

/// A `collider` (OMI_physics_shape).
#[derive(Debug, Clone, PartialEq)]
pub struct Collider {
    /// `false`: nothing bumps into it.
    pub solid: bool,
    /// Its form.
    pub shape: ColliderShape,
    /// Extents of a box, metres; the shown ones where nothing is said.
    pub size: Option<[f32; 3]>,
    /// Metres; the shown one where nothing is said.
    pub radius: Option<f32>,
    /// Metres; the shown one where nothing is said.
    pub height: Option<f32>,
    /// Its middle from the entity's place, metres.
    pub offset: [f32; 3],
    /// Its corners, if it is no simple shape.
    pub mesh: Option<Mesh>,
}

/// A `flight`: how a body went on when it was let go of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Flight {
    /// m/s, on the room's axes.
    pub velocity: [f32; 3],
    /// About its middle: axis times rad/s.
    pub spin: [f32; 3],
}

/// A `hinge`: a line through a body that stays where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hinge {
    /// Its direction in the body, a unit.
    pub axis: [f32; 3],
    /// A place on it, from the body's place, before its scale, metres.
    pub at: [f32; 3],
    /// How far it turns at least and at most, radians; without limits where nothing is said.
    pub limits: Option<[f32; 2]>,
    /// The rotation at which it is turned by nothing.
    pub zero: [f32; 4],
}

/// A `holdable`: how it lies in the hand, and who may take it from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Holdable {
    /// Where in the hand it lies; where it was taken when nothing is said.
    pub offset: Option<Offset>,
    /// What others may do while somebody holds it.
    pub policy: Policy,
}

/// A place in a hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offset {
    /// From the hand, metres.
    pub position: [f32; 3],
    /// Unit quaternion, in the hand.
    pub rotation: [f32; 4],
}

/// Whether others may take what somebody holds (04-motion-and-authority of the design).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// No, nor move it by touching it.
    Deny,
    /// When the holder agrees.
    Ask,
    /// Not out of a hand; whatever touches it may move it.
    Allow,
    /// Yes.
    Steal,
}

impl Policy {
    /// Whether touching or pushing a thing moves it.
    pub fn moves_by_touch(self) -> bool {
        matches!(self, Self::Allow | Self::Steal)
    }
}

/// A `seat` (OMI_seat): where limbs go, in the entity's own space, metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seat {
    /// Lower back.
    pub back: [f32; 3],
    /// Where the feet rest, one point for both.
    pub foot: [f32; 3],
    /// Hollow of the knees.
    pub knee: [f32; 3],
    /// Between spine and thighs, radians.
    pub angle: f32,
}

/// The typed components of an entity that has any.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Typed {
    pub spin: Option<[f32; 3]>,
    pub shape: Option<Shape>,
    pub body: Option<Body>,
    pub collider: Option<Collider>,
    pub holdable: Option<Holdable>,
    pub seat: Option<Box<Seat>>,
    pub flight: Option<Box<Flight>>,
    pub hinge: Option<Box<Hinge>>,
    pub animate: Option<Box<Animate>>,
}

impl Typed {
    /// Takes a component into the typed view of an entity, which has none while nothing in it is typed; what cannot be
    /// read is not there.
    pub fn read(typed: &mut Option<Arc<Self>>, name: &str, value: Option<&Value>) {
        if !matches!(
            name,
            "spin" | "shape" | "body" | "collider" | "holdable" | "seat" | "flight" | "hinge" | "animate"
        ) {
            return;
        }
        let mut now = typed.as_deref().cloned().unwrap_or_default();
        match name {
            "spin" => now.spin = value.and_then(numbers),
            "shape" => now.shape = value.and_then(Shape::parse),
            "body" => now.body = value.and_then(Body::parse),
            "collider" => now.collider = value.and_then(Collider::parse),
            "holdable" => now.holdable = value.and_then(Holdable::parse),
            "seat" => now.seat = value.and_then(Seat::parse).map(Box::new),
            "flight" => now.flight = value.and_then(Flight::parse).map(Box::new),
            "hinge" => now.hinge = value.and_then(Hinge::parse).map(Box::new),
            _ => now.animate = value.and_then(Animate::parse).map(Box::new),
        }
        *typed = (now != Self::default()).then(|| Arc::new(now));
    }

    /// What it takes in memory, bytes.
    pub fn memory(&self) -> usize {
        let seat = self.seat.as_ref().map_or(0, |_| size_of::<Seat>() + HEAP_BYTES);
        let flight = self.flight.as_ref().map_or(0, |_| size_of::<Flight>() + HEAP_BYTES);
        let hinge = self.hinge.as_ref().map_or(0, |_| size_of::<Hinge>() + HEAP_BYTES);
        let animate = self.animate.as_ref().map_or(0, |_| size_of::<Animate>() + HEAP_BYTES);
        let mesh = self.collider.as_ref().and_then(|collider| collider.mesh.as_ref());
        let mesh = mesh.map_or(0, |mesh| mesh.memory() + 2 * HEAP_BYTES);
        size_of::<Self>() + HEAP_BYTES + mesh + seat + flight + hinge + animate
    }
}

/// A finite number of a field.
fn number(value: &Value, name: &str) -> Option<f32> {
    value.get(name)?.as_f64().map(|number| number as f32).filter(|number| number.is_finite())
}

fn vector(value: &Value, name: &str) -> Option<[f32; 3]> {
    numbers(value.get(name)?)
}

/// The word of a field that may be missing, not something else.
fn word<'a>(value: &'a Value, name: &str, default: &'a str) -> Option<&'a str> {
    value.get(name).map_or(Some(default), Value::as_str)
}

impl Shape {
    /// Reads a `shape`; what is not said is as the scene draws it.
    pub fn parse(value: &Value) -> Option<Self> {
        let size = |names: &[&str], otherwise: f32| {
            names.iter().find_map(|name| number(value, name)).map_or(otherwise, f32::abs)
        };
        let square = |side: f32| (size(&["width"], side), size(&["height"], side));
        let tube = |top: f32| {
            let wide = top.max(size(&["diameterBottom", "diameter"], 1.0));
            [wide, size(&["height"], 2.0), wide]
        };
        let (kind, size) = match value.get("kind")?.as_str()? {
            "box" => {
                let (all, (width, height)) = (size(&["size"], 1.0), square(size(&["size"], 1.0)));
                (ShapeKind::Box, [width, height, size(&["depth"], all)])
            }
            "sphere" => {
                let all = size(&["diameter"], 1.0);
                (ShapeKind::Sphere, ["diameterX", "diameterY", "diameterZ"].map(|name| size(&[name], all)))
            }
            "cylinder" => (ShapeKind::Cylinder, tube(size(&["diameterTop", "diameter"], 1.0))),
            "cone" => (ShapeKind::Cone, tube(size(&["diameterTop"], 0.0))),
            "capsule" => {
                let wide = 2.0 * size(&["radius"], 0.25);
                (ShapeKind::Capsule, [wide, size(&["height"], 1.0).max(wide), wide])
            }
            "plane" => {
                let (width, height) = square(size(&["size"], 1.0));
                (ShapeKind::Plane, [width, height, 0.0])
            }
            "ground" => {
                let all = size(&["size"], 1.0);
                // The scene calls a ground's depth its height.
                (ShapeKind::Ground, [size(&["width"], all), 0.0, size(&["height", "depth"], all)])
            }
            _ => return None,
        };
        Some(Self { kind, size })
    }
}

impl Body {
    /// Reads a `body`.
    pub fn parse(value: &Value) -> Option<Self> {
        let motion = match word(value.as_object().map(|_| value)?, "motion", "dynamic")? {
            "static" => Motion::Static,
            "kinematic" => Motion::Kinematic,
            "dynamic" => Motion::Dynamic,
            _ => return None,
        };
        let part = |name, otherwise: f32| number(value, name).unwrap_or(otherwise);
        Some(Self {
            motion,
            mass: part("mass", 1.0),
            friction: part("friction", 0.5),
            restitution: part("restitution", 0.0),
            gravity_factor: part("gravityFactor", 1.0),
        })
    }
}

impl Collider {
    /// Reads a `collider`: `true`, `false`, or more.
    pub fn parse(value: &Value) -> Option<Self> {
        let shape = match word(value, "shape", "")? {
            "" => ColliderShape::AsShown,
            "box" => ColliderShape::Box,
            "sphere" => ColliderShape::Sphere,
            "capsule" => ColliderShape::Capsule,
            "cylinder" => ColliderShape::Cylinder,
            "convex" => ColliderShape::Convex,
            "trimesh" => ColliderShape::Trimesh,
            _ => return None,
        };
        let solid = value.as_bool().or(value.is_object().then_some(true))?;
        Some(Self {
            solid,
            shape,
            size: vector(value, "size"),
            radius: number(value, "radius"),
            height: number(value, "height"),
            offset: vector(value, "offset").unwrap_or_default(),
            mesh: matches!(shape, ColliderShape::Convex | ColliderShape::Trimesh)
                .then(|| Mesh::parse(value))
                .flatten(),
        })
    }
}

impl Holdable {
    /// Reads a `holdable`; `false` is none.
    pub fn parse(value: &Value) -> Option<Self> {
        if !value.is_object() && *value != Value::Bool(true) {
            return None;
        }
        let offset = value.get("offset").filter(|offset| offset.is_object()).map(|offset| Offset {
            position: vector(offset, "position").unwrap_or_default(),
            rotation: rotation(offset, "rotation").unwrap_or([0.0, 0.0, 0.0, 1.0]),
        });
        let policy = match value.get("policy").and_then(Value::as_str) {
            Some("deny") => Policy::Deny,
            Some("ask") => Policy::Ask,
            Some("steal") => Policy::Steal,
            _ => Policy::Allow,
        };
        Some(Self { offset, policy })
    }
}

impl Flight {
    /// Reads a `flight`.
    pub fn parse(value: &Value) -> Option<Self> {
        value.as_object()?;
        let part = |name| vector(value, name).unwrap_or_default();
        Some(Self { velocity: part("velocity"), spin: part("spin") })
    }
}

impl Hinge {
    /// Reads a `hinge`; one without a direction is none.
    pub fn parse(value: &Value) -> Option<Self> {
        value.as_object()?;
        let [x, y, z] = vector(value, "axis").unwrap_or([0.0, 1.0, 0.0]);
        let [x, y, z, _] = normalize([x, y, z, 0.0])?;
        let limits = number(value, "least").zip(number(value, "most"));
        Some(Self {
            axis: [x, y, z],
            at: vector(value, "at").unwrap_or_default(),
            limits: limits.filter(|(least, most)| least <= most).map(|(least, most)| [least, most]),
            zero: rotation(value, "zero").unwrap_or([0.0, 0.0, 0.0, 1.0]),
        })
    }
}

impl Seat {
    /// Reads a `seat`.
    pub fn parse(value: &Value) -> Option<Self> {
        value.as_object()?;
        let part = |name| vector(value, name).unwrap_or_default();
        Some(Self {
            back: part("back"),
            foot: part("foot"),
            knee: part("knee"),
            angle: number(value, "angle").unwrap_or(std::f32::consts::FRAC_PI_2),
        })
    }
}

#[cfg(test)]
#[path = "typed_tests.rs"]
mod tests;

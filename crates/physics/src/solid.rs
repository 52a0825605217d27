//! What things are made of, whatever simulates them.

use serde::{Deserialize, Serialize};
use thexr_wire::pose::Place;
use thexr_world::mesh::Mesh;
use thexr_world::transform::turned;

/// How a thing moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Not at all.
    Fixed,
    /// As it is told, whatever is in its way.
    Steered,
    /// As it is pushed.
    Free,
}

/// The form of a thing about its middle, metres; round ones stand along y.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Form {
    /// Six faces.
    Box {
        /// Half of its extents.
        half: [f32; 3],
    },
    /// A ball.
    Ball {
        /// Its radius.
        radius: f32,
    },
    /// A tube with round ends.
    Capsule {
        /// Half of the tube's height.
        half_height: f32,
        /// Its radius.
        radius: f32,
    },
    /// A tube.
    Cylinder {
        /// Half of its height.
        half_height: f32,
        /// Its radius.
        radius: f32,
    },
    /// A cone.
    Cone {
        /// Half of its height.
        half_height: f32,
        /// Its radius at the foot.
        radius: f32,
    },
    /// What is within all corners.
    Hull {
        /// The corners.
        mesh: Mesh,
        /// Factors on them.
        scale: [f32; 3],
    },
    /// A skin of triangles: nothing is inside.
    Skin {
        /// The triangles.
        mesh: Mesh,
        /// Factors on their corners.
        scale: [f32; 3],
    },
}

/// A hull of so few corners costs what a box costs.
const EASY_POINTS: usize = 8;

impl Form {
    /// What it costs a step while it moves, in boxes (measured: 32 corners 3.7, 128 corners 5.3).
    pub fn effort(&self) -> usize {
        match self {
            Self::Hull { mesh, .. } | Self::Skin { mesh, .. } if mesh.points.len() > EASY_POINTS => 5,
            _ => 1,
        }
    }

    /// About how far it reaches from its middle, metres; of what has edges its longest half.
    pub fn about(&self) -> f32 {
        match self {
            Self::Box { half: [x, y, z] } => x.max(*y).max(*z),
            Self::Ball { radius } => *radius,
            Self::Capsule { half_height, radius } => half_height + radius,
            Self::Cylinder { half_height, radius } | Self::Cone { half_height, radius } => {
                half_height.max(*radius)
            }
            Self::Hull { mesh, scale } | Self::Skin { mesh, scale } => {
                let length = |[x, y, z]: [f32; 3]| libm::sqrtf(x * x + y * y + z * z);
                corners(mesh, *scale).map(length).fold(0.0, f32::max)
            }
        }
    }
}

/// The corners of a mesh as they are scaled, metres.
pub(crate) fn corners(mesh: &Mesh, scale: [f32; 3]) -> impl Iterator<Item = [f32; 3]> {
    mesh.points.iter().map(move |point| std::array::from_fn(|axis| point[axis] * scale[axis]))
}

/// A line through a free thing that stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hinge {
    /// Its direction in the thing, a unit.
    pub axis: [f32; 3],
    /// A place on it, from the thing's place, metres.
    pub at: [f32; 3],
    /// How far it turns at least and at most, radians.
    pub limits: Option<[f32; 2]>,
    /// The rotation at which it is turned by nothing.
    pub zero: [f32; 4],
}

impl Hinge {
    /// Where its line goes while its thing is at a place, metres.
    pub fn pivot(&self, at: &Place) -> [f32; 3] {
        let off = turned(self.at, [at[3], at[4], at[5], at[6]]);
        std::array::from_fn(|axis| at[axis] + off[axis])
    }

    /// Whether a thing at a place tips about it, because it lies more than it stands: people stand on such a thing together, so it
    /// is nobody's to simulate.
    pub fn tips(&self, at: &Place) -> bool {
        let [_, upwards, _] = turned(self.axis, [at[3], at[4], at[5], at[6]]);
        libm::fabsf(upwards) < std::f32::consts::FRAC_1_SQRT_2
    }

    /// A place as it is turned there, but on the line on which the thing hangs at another place: roundings must not carry it off.
    pub fn hung(&self, place: &Place, hangs: &Place) -> Place {
        let (is, was) = (self.pivot(place), self.pivot(hangs));
        let mut hung = *place;
        (0..3).for_each(|axis| hung[axis] += was[axis] - is[axis]);
        hung
    }
}

/// A thing that others bump into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Solid {
    /// How it moves.
    pub kind: Kind,
    /// Its form.
    pub form: Form,
    /// Its form's middle from its place, metres.
    pub offset: [f32; 3],
    /// Kilograms, of a free one.
    pub mass: f32,
    /// Friction coefficient.
    pub friction: f32,
    /// 0 stays where it hits … 1 comes back as fast.
    pub restitution: f32,
    /// Factor on gravity.
    pub gravity_factor: f32,
    /// What a free one turns about, if it does not go where it likes.
    pub hinge: Option<Hinge>,
    /// It meets only what tips: the limbs of somebody who simulates all else themselves.
    pub meets_tipping: bool,
}

/// Where a thing is and how it moves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Metres, unit quaternion.
    pub place: Place,
    /// m/s.
    pub velocity: [f32; 3],
    /// About its middle: axis times rad/s.
    pub spin: [f32; 3],
}

/// From the eyes down to the middle of a body, metres.
pub const MIDDLE_M: f32 = 0.85;
/// A person's body: a hand's width thicker than the page lets come to a thing (0.28 m), so that who walks against a door pushes it.
pub const BODY: Form = Form::Capsule { half_height: 0.45, radius: 0.38 };
/// A hand, closed or open.
pub const HAND: Form = Form::Ball { radius: 0.07 };

impl State {
    /// At rest in a place.
    pub fn at(place: Place) -> Self {
        Self { place, velocity: [0.0; 3], spin: [0.0; 3] }
    }
}

impl Solid {
    /// Whether it tips under people at a place.
    pub fn tips(&self, at: &Place) -> bool {
        self.kind == Kind::Free && self.hinge.is_some_and(|hinge| hinge.tips(at))
    }

    /// The same thing, but as it is told, whatever is in its way.
    pub fn steered(&self) -> Self {
        Self { kind: Kind::Steered, hinge: None, ..self.clone() }
    }

    /// A limb of somebody, which pushes what is in its way.
    pub fn limb(form: Form) -> Self {
        Self { kind: Kind::Steered, friction: 0.8, ..Self::fixed(form) }
    }

    /// A fixed thing of this form.
    pub fn fixed(form: Form) -> Self {
        Self {
            kind: Kind::Fixed,
            form,
            offset: [0.0; 3],
            mass: 1.0,
            friction: 0.5,
            restitution: 0.0,
            gravity_factor: 1.0,
            hinge: None,
            meets_tipping: false,
        }
    }
}

//! Bodies that fall, fly, roll and are pushed: Rapier, stepped at 60 Hz, and rounded as bodies travel in every step in which they
//! move.
//!
//! The same calls give the same numbers on every machine and in WebAssembly. The simulation knows shapes and places; no entities,
//! people, rooms or time: a step is a sixtieth of a second, and whoever simulates says when it passes. What an entity is to it say
//! `forms` and `ground`. Without the feature `simulation` this is only what is asked and answered, for a client whose simulation
//! is a module of its own.

mod forms;
mod ground;
mod places;
mod port;
#[cfg(feature = "simulation")]
mod rapier;
#[cfg(feature = "simulation")]
mod simulation;
mod solid;
#[cfg(feature = "simulation")]
mod still;
#[cfg(feature = "simulation")]
mod weight;

pub use forms::{Described, describe};
pub use ground::Ground;
pub use places::{FIRST_LIMB, FREE_BODIES_MAX, Known, Places, STEERED_MAX};
pub use port::{Key, Order, Orders, Report, Things, Told};
#[cfg(feature = "simulation")]
pub use rapier::ray_to_capsule;
#[cfg(feature = "simulation")]
pub use simulation::Simulation;
pub use solid::{BODY, Form, HAND, Hinge, Kind, MIDDLE_M, Solid, State};

/// Steps in a second.
pub const STEPS_PER_S: u32 = 60;
/// Gravity where nothing else is said, m/s² along y.
pub const GRAVITY: f32 = -9.81;
/// Speed (m/s) and turning (rad/s) of a body at most, as fast as who simulates it can tell; faster ones go on at this: walls of a
/// hand's width hold them.
pub use thexr_wire::claims::SPEED_MAX;
/// What is steered farther than this at once jumps there, metres: no hand and no lift goes so far in a tick.
pub const JUMP_M: f32 = 1.5;
/// Pairs of things whose boxes touch, at most: a body that would make more stays where it is put, as if it were nailed there.
pub const PAIRS_MAX: usize = 32_768;
/// Things whose boxes a body touches when it begins to move, at most; one in a larger heap stays where it is put.
pub const TOUCHED_MAX: usize = 64;
/// Things that get a form in a step, at most; the others wait for the next.
pub const ADMITTED_PER_STEP: usize = 64;

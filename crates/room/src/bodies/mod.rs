//! Things that others bump into, and those of them that fall, fly and are pushed: what the physics knows of the world, and what
//! the world is told of the physics. Knows the log and people's places; not who is told.

pub(crate) mod claims;
pub(crate) mod physics;
mod pushing;
mod resting;
mod weighing;
pub(crate) mod whereabouts;

pub use claims::{CLAIMED_MAX, Claiming};
pub use resting::RESTED_PER_TICK;
pub use thexr_physics::FREE_BODIES_MAX;

/// Steps in a tick.
const STEPS_PER_TICK: u32 = thexr_physics::STEPS_PER_S * thexr_wire::limits::TICK_MS as u32 / 1_000;
/// What falls below this height comes home, metres.
const LOWEST_M: f32 = -1_000.0;

//! Rooms at work: which are running, the task that owns each, and how they are stored.
//!
//! Knows nothing of sockets: a peer is a queue of deliveries and a slot for its newest pose.

pub mod delivery;
pub mod lanes;
mod members;
mod pipeline;
pub mod registry;
mod shedding;
pub mod stored;
pub mod task;
#[cfg(test)]
mod tests;
pub mod threads;
mod unreleased;

pub use delivery::{Broadcast, Delivery, PeerLink, PoseSlot, Told};
pub use lanes::{Lanes, Latest};
pub use registry::{JoinRefusal, Registry, RoomHandle};

//! Rooms at work: which are running, the task that owns each, and how they are stored.
//!
//! Knows nothing of sockets: what a room tells goes into lanes.

pub mod lease;
mod pipeline;
pub mod registry;
pub mod states;
pub mod stored;
pub mod task;
#[cfg(test)]
mod tests;
pub mod threads;

pub use registry::{JoinRefusal, Registry, RoomHandle};

//! What stands on the wire: ids, limits, quantisation, JSON and binary messages, the Phoenix channel codec.
//!
//! Knows nothing of entities' meaning, rooms, sockets or time; everything here is a pure function of bytes.

pub mod bits;
pub mod bodies;
pub mod claims;
pub mod ids;
pub mod joints;
pub mod json;
pub mod lane;
pub mod limits;
pub mod message;
pub mod monsters;
pub mod phoenix;
pub mod pose;
pub mod quant;
pub mod records;
pub mod role;
pub mod shots;
pub mod tier;

pub use ids::{EntityId, IdError, PeerId, RoomId, UserId};
pub use role::Role;
pub use tier::Tier;

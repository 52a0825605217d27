//! Whole rooms in one thread: clients, a bad network, a slow store and crashes, all from one seed and in virtual time.
//!
//! Owns the network, the store's delays and what people do at random; knows nothing private of room or client.

pub mod connection;
pub mod dice;
pub mod disk;
pub mod host;
pub mod lanes;
pub mod person;
mod play;
pub mod sim;

pub use sim::{Plan, Report, Sim};

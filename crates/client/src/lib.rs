//! The client core of protocol `thexr.1`: channel, replica, command retries, clock, poses in and out, matrices.
//!
//! Contains no socket, no clock, no thread and no browser: bytes and times are arguments, frames and events are
//! polled. Everything it shows is a function of what it was handed, in that order.

mod bodies;
mod channel;
mod client;
pub mod clock;
mod comings;
mod commands;
mod event;
mod fingers;
mod hands;
pub mod limits;
mod line;
pub mod matrices;
mod motion;
mod offers;
mod own;
mod predicting;
mod prediction;
mod receive;
mod replica;
pub mod rows;
mod send_filter;
mod shots;
pub mod stats;
mod surroundings;
mod sync;
pub mod track;

#[cfg(test)]
mod bodies_tests;
#[cfg(test)]
mod client_motion_tests;
#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod script;

pub use client::Client;
pub use event::{Detail, Event, Options, State, Transmit};
pub use fingers::OwnHand;
pub use motion::{AVATAR_ROW, HAND_ROW, avatar_row, flag, hand_row};
pub use replica::{Replica, mask};
pub use shots::SHOTS_WAITING_MAX;
pub use stats::Stats;
pub use thexr_wire::message::Mode;

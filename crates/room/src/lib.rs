//! What is true in a room and who is told: commands → events → ops, presence, motion.
//!
//! Sans-IO: `push` only queues, `tick` applies everything in order, deterministically; the shell drains the outbox.
//! Knows nothing of tokio, sockets, SQL or the clock.

mod args;
mod away;
mod boot;
mod commands;
mod dice;
mod edit;
pub mod encode;
mod input;
mod memory;
mod motion;
mod names;
mod outbox;
mod people;
mod reject;
mod ring;
mod room;
mod slots;
mod snapshots;
mod tell;
pub mod template;
mod transact;
mod viewer;

pub use boot::{Boot, PastCommand, Saved};
pub use input::{Input, Join, LoadedState, ResumeFrom, StoreState};
pub use memory::{Remembered, response};
pub use outbox::{
    Actor, Attached, Event, LoadRequest, Message, Ordered, Outbox, SnapshotKind, SnapshotOut, StateView, To,
};
pub use reject::Reject;
pub use room::{Now, Room};
pub use viewer::{PoseInput, TickOutput, Viewer};

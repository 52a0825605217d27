//! What is true in a room and who is told: commands → events → ops, presence, motion.
//!
//! Sans-IO: `push` only queues, `tick` applies everything in order, deterministically; the shell drains the outbox.
//! Knows nothing of tokio, sockets, SQL or the clock.

mod args;
mod away;
mod boot;
mod commands;
mod crowd_round;
mod dice;
mod edit;
pub mod encode;
mod entry;
mod groups;
mod input;
mod interest;
mod memory;
mod motion;
mod names;
mod outbox;
mod pace;
mod people;
mod reject;
mod ring;
mod room;
mod slots;
mod snapshots;
#[cfg(test)]
mod stage;
mod stretch;
mod tell;
pub mod template;
mod tick_output;
mod transact;
mod viewer;

pub use boot::{Boot, Caps, PastCommand, Saved};
pub use input::{Input, Join, LoadedState, ResumeFrom, StoreState};
pub use interest::{INTEREST_MAX, RINGS, Ring};
pub use memory::{Remembered, response};
pub use outbox::{
    Actor, Attached, Event, LoadRequest, Message, Ordered, Outbox, SnapshotKind, SnapshotOut, StateView, To,
};
pub use pace::{FRAME_BYTES, FRAME_BYTES_MAX, FRAME_BYTES_MIN, Pace};
pub use reject::Reject;
pub use room::{Now, Room};
pub use stretch::SHED_MAX;
pub use tick_output::{Record, TickOutput};
pub use viewer::{PoseInput, Scratch, Shown, Telling, Viewer};

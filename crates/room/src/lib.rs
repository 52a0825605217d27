//! What is true in a room and who is told: commands → events → ops, presence, motion.
//!
//! Sans-IO: `push` only queues, `tick` applies everything in order, deterministically; the shell drains the outbox.
//! Knows nothing of tokio, sockets, SQL or the clock.

mod act;
mod bodies;
mod boot;
mod dice;
mod facts;
mod game;
mod input;
mod limbs;
mod log;
mod motion;
mod outbox;
mod people;
mod reject;
mod rights;
mod room;
mod rules;
#[cfg(test)]
mod stage;
mod tell;
pub mod template;
pub mod text;
mod view;

pub use act::command::{Command, Request, commands_table};
pub use act::snapshots::{BEFORE, LoadedState};
pub use act::{Act, Grant};
pub use bodies::{CLAIMED_MAX, Claiming, FREE_BODIES_MAX, RESTED_PER_TICK};
pub use boot::{Boot, Caps, PastCommand, Saved, TailError};
pub use game::monsters::{Baked, PathsWanted};
pub use input::{Input, StoreState};
pub use log::Now;
pub use log::memory::Remembered;
pub use log::missed::ResumeFrom;
pub use motion::output::{Moving, Record, TickOutput};
pub use outbox::{
    Actor, Attached, Event, Hearers, Inverse, LoadRequest, MemberChange, Message, Ordered, Outbox,
    SnapshotKind, SnapshotOut, To,
};
pub use people::asking::Join;
pub use people::listeners::Listener;
pub use people::sharing::Shared;
pub use reject::{ROOM_BUSY, Reject, STORE_SLOW};
pub use rights::{
    BLOCKERS_MAX, BLOCKS_MAX, MEMBERS_MAX, Member, Permission, Rights, Settings, least_role, may,
};
pub use room::Room;
pub use tell::chunks::Plan;
pub use tell::encode;
pub use tell::view::{Missed, Presence, Standing, StateView};
pub use view::crowd_round::crowd_round_ticks;
pub use view::interest::{INTEREST_MAX, RINGS, Ring};
pub use view::pace::{FRAME_BYTES, FRAME_BYTES_MAX, FRAME_BYTES_MIN, Pace, Strain};
pub use view::stretch::SHED_MAX;
pub use view::viewer::{
    MOVEMENTS_BYTES, PoseInput, Scratch, Shown, THINGS_BYTES, TOLD_WITHIN_TICKS, Telling, USER_MOVED_BYTES,
    Viewer,
};

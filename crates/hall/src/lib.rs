//! Who is told, and when: the keeper of a room's truth, the feed it gives, and the audience that hears it.
//!
//! ```text
//!  connection ─ channels ─▶ act, pose ─▶ keeper ─ feed ─▶ audience ─▶ lanes ─▶ outlet ─ frames ─▶ connection
//!                                          │  ▲
//!                                    write ▼  │ confirmed
//!                                          store
//! ```
//!
//! Sans-IO: server and simulation drive the same code. Knows no task, socket, SQL or clock; time is an argument.

mod audience;
pub mod channels;
mod keeper;
pub mod lanes;
pub mod limits;
mod outlet;
mod pose_slot;
mod shedding;
mod state;
mod waiting;

pub use audience::{Audience, Decision, Ticket};
pub use keeper::{Batch, Feed, Keeper, Stored};
pub use lanes::{Item, Lanes, Motion, Note, Opening};
pub use outlet::{Encoding, Frame, Outlet, Signer, Turn};
pub use pose_slot::PoseSlot;
pub use state::SharedState;

/// How a room's life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Asked to: the server stops.
    Stopped,
    /// Nobody was here.
    Idle,
    /// The room is deleted.
    Deleted,
    /// A defect of ours.
    Panicked,
    /// The store did not take its events.
    Refused,
}

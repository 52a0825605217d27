//! Voices and shared screens: which packet goes to whom. A selective forwarding unit on str0m, sans-IO: datagrams, time and who stands where are
//! arguments; what is to be sent is taken out.
//!
//! ```text
//!  datagrams ─▶ Sfu ─ line (one peer connection) ─ loudness ─▶ floor (a room): hearing ─▶ slots of each listener
//!                 ▲                                              ▲
//!  offers, ticks ─┘   └ pictures ─▶ projector: screens of each viewer    who stands where, mutes ─┘
//! ```
//!
//! Knows no entity, socket, task or clock.

mod floor;
mod hearing;
pub mod limits;
mod line;
mod loudness;
mod motion;
mod pace;
mod picture;
mod projector;
mod retime;
mod screens;
mod settings;
mod sfu;
mod stun;
mod video;

pub use floor::{Person, Scene};
pub use hearing::{Ear, Slots, Speaker, audibility_db, choose};
pub use loudness::Loudness;
pub use retime::Retimed;
pub use screens::Screen;
pub use settings::{Refusal, Settings, Way};
pub use sfu::{Counts, Moved, Sfu, Transmit};

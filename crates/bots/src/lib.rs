//! Headless people: they join over a real socket with the client core, walk about, and measure what they are told.
//!
//! Uses public interfaces only (visitors' API, WebSocket, protocol thexr.1, `/metrics`); knows nothing of the server's
//! insides.

mod backlog;
mod backoff;
mod bot;
mod command;
mod crowd;
mod delay;
mod dice;
mod furnish;
mod habit;
mod histogram;
mod lanes;
mod life;
pub mod limits;
mod link;
mod meter;
mod metrics;
mod mix;
mod options;
mod own;
mod plan;
mod play;
mod progress;
mod report;
mod server;
mod shared;
mod table;
mod tally;
mod traffic;
mod visitors;
mod walk;
mod writing;

pub use bot::Bot;
pub use command::{Flags, command};
pub use crowd::run;
pub use delay::Weather;
pub use dice::{Stream, dice};
pub use histogram::Histogram;
pub use mix::{Behaviour, Mix, MixError};
pub use options::{BotError, BotOptions, Refused};
pub use plan::Plan;
pub use play::{Games, Played};
pub use report::{
    Counted, Group, MeanAndMost, Percentiles, Report, ServerCost, Share, Spread, TypicalAndWorst,
};
pub use thexr_wire::Tier;
pub use traffic::{Direction, Traffic, ip_bytes};
pub use visitors::{Visitor, VisitorsError, visitors};
pub use walk::{Walk, Way};

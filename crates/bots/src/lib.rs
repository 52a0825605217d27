//! Headless people: they join over a real socket with the client core, walk about, and measure what they are told.
//!
//! Uses public interfaces only (visitors' API, WebSocket, protocol thexr.1); knows nothing of the server's insides.

mod bot;
mod command;
mod crowd;
mod furnish;
mod histogram;
pub mod limits;
mod report;
mod visitors;
mod walk;
mod writing;

pub use bot::{Bot, BotError, BotOptions, Refused};
pub use command::{Flags, command};
pub use crowd::{Plan, run};
pub use histogram::Histogram;
pub use report::{Percentiles, Report};
pub use visitors::{Visitor, VisitorsError, visitors};
pub use walk::Walk;

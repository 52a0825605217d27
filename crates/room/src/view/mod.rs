//! What one receiver is shown of motion: who is near, how exactly, within which budget. Knows no people, only a tick's output.

mod bodies;
pub(crate) mod crowd_round;
mod entry;
mod groups;
mod hands;
pub mod interest;
pub mod pace;
mod shares;
mod shots;
pub mod stretch;
pub mod viewer;

//! What has happened: the newest events for those who resume, and the ids of commands that were answered. Knows no peer.

pub mod memory;
pub mod ring;

//! What may be asked of a room: commands, from a payload to a fact or a refusal.

pub(crate) mod args;
pub(crate) mod commands;
pub(crate) mod edit;
mod names;
pub(crate) mod snapshots;
mod transact;

//! Transcripts of a room: what goes in, what everyone is told. Tests name the rules of docs/protocol.md they hold to.

mod admission;
mod away;
mod bodies;
mod budget;
mod building;
mod claims;
mod commands;
mod handling;
mod hearers;
mod holds;
mod joining;
mod limits;
mod lives;
mod motion;
mod movers;
mod presence;
mod properties;
mod replica;
mod resuming;
mod rights;
mod saving;
mod seats;
mod skipped;
mod stage;
mod telling;
mod transactions;

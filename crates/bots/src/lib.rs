//! thexr-bots

//! thexr-wire

//! thexr-sim

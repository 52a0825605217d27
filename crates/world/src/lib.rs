//! thexr-world

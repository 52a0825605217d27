//! thexr-store

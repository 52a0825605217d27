//! thexr-client

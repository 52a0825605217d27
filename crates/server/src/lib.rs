//! thexr-server

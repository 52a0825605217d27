//! thexr-room

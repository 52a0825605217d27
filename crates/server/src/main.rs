//! The `thexr` binary.
fn main() {}

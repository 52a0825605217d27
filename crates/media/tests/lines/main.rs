//! Real peer connections on both sides, in one thread, over lines that lose. What str0m rolls by itself (names, keys) has no seed.

mod air;
mod motion;
mod screen_world;
mod screens;
mod voices;
mod world;

//! Real peer connections over a line that loses.

mod motion;
mod voices;
mod world;

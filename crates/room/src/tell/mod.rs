//! What a tick tells, in which order, and how a state is spelt for newcomers.

pub mod chunks;
pub mod encode;
pub(crate) mod order;
pub(crate) mod patch;
mod rights;
pub(crate) mod view;
mod welcome;

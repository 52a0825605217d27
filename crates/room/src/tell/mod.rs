//! What a tick tells, in which order, and how a state is spelt for newcomers.

pub mod encode;
pub(crate) mod order;
mod rights;

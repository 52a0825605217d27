//! How people move: from a connection's newest sample to what a tick shows of everyone.

pub(crate) mod movers;
pub mod output;
pub(crate) mod pose;
pub(crate) mod text;

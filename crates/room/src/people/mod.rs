//! Who is here: peers, people, who drives, who is away, which slot names them.

mod away;
pub(crate) mod join;
pub(crate) mod slots;

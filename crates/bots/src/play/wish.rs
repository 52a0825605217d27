//! What somebody who plays asks of the room.

use super::arms::Shot;
use serde_json::Value;

/// What is to be asked of the room.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// A command.
    Ask(&'static str, Value),
    /// A shot, at the time that its shooter sees.
    Shoot(Shot),
}

//! What makers ask of rules: to try one, and what those of a thing have done of late.

use crate::act::args::{Args, Read};
use crate::reject::Reject;
use thexr_wire::EntityId;

/// Longest name of a rule, characters.
const RULE_CHARS_MAX: usize = 64;

/// Sets a rule off for its maker.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRule {
    pub(crate) entity: EntityId,
    pub(crate) rule: String,
}

/// What have the rules of this thing done of late?
#[derive(Debug, Clone, PartialEq)]
pub struct ListFirings {
    pub(crate) entity: EntityId,
}

impl Read for TestRule {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")?, rule: args.text("rule", RULE_CHARS_MAX, "name_too_long")? })
    }
}

impl Read for ListFirings {
    fn read(args: &mut Args) -> Result<Self, Reject> {
        Ok(Self { entity: args.entity("entity")? })
    }
}

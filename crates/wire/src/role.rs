//! What a person may do in a room, from the least to the most. Owns names and order, not what follows from them.

use serde::{Deserialize, Serialize};

/// A person's role in one room; a later one may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Whoever has the link.
    #[default]
    Visitor,
    /// Known here.
    Member,
    /// Builds, also where visitors may not.
    Builder,
    /// Keeps order among people.
    Moderator,
    /// Whose room it is.
    Owner,
}

impl Role {
    /// All roles, least first.
    pub const ALL: [Self; 5] = [Self::Visitor, Self::Member, Self::Builder, Self::Moderator, Self::Owner];

    /// The role as it is stored and told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Member => "member",
            Self::Builder => "builder",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// Reads a role's name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_one_name_also_in_json() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.as_str()));
        }
        assert!(Role::ALL.is_sorted());
    }
}

//! Ids as they stand on the wire: rooms, entities, users, peers. Owns their spelling; knows nothing of what they name.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// Why a string is not an id: wrong length or a character outside `[A-Za-z0-9]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The length in bytes is outside the id's range.
    #[error("an id of this kind has {min} to {max} characters")]
    Length {
        /// Fewest characters allowed.
        min: usize,
        /// Most characters allowed.
        max: usize,
    },
    /// A character is not an ASCII letter or digit.
    #[error("ids are made of ASCII letters and digits")]
    Character,
}

fn check(text: &str, min: usize, max: usize) -> Result<(), IdError> {
    if text.len() < min || text.len() > max {
        return Err(IdError::Length { min, max });
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(IdError::Character);
    }
    Ok(())
}

macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "SmolStr", into = "SmolStr")]
        pub struct $name(SmolStr);

        impl $name {
            /// Fewest characters.
            pub const LENGTH_MIN: usize = $min;
            /// Most characters.
            pub const LENGTH_MAX: usize = $max;

            /// Reads an id; errors say which rule the text breaks.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text, $min, $max)?;
                Ok(Self(SmolStr::new(text)))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl TryFrom<SmolStr> for $name {
            type Error = IdError;
            fn try_from(text: SmolStr) -> Result<Self, IdError> {
                check(&text, $min, $max)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for SmolStr {
            fn from(id: $name) -> SmolStr {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

string_id!(
    /// A room: 5 to 32 base62 characters; new rooms get five.
    RoomId, 5, 32
);
string_id!(
    /// An entity, unique in its room: 5 to 20 base62 characters; those of 20 are avatars and equal their user's id.
    EntityId, 5, 20
);
string_id!(
    /// A person: 20 base62 characters, made by the server (119 bits).
    UserId, 20, 20
);

impl EntityId {
    /// Most characters of an id that a client may propose; longer ones are avatars.
    pub const PROPOSED_LENGTH_MAX: usize = 16;

    /// The avatar of a person: an entity with the user's own id.
    pub fn avatar(user: &UserId) -> Self {
        Self(user.0.clone())
    }

    /// The person whose avatar this is, if the id has an avatar's length.
    pub fn user(&self) -> Option<UserId> {
        (self.0.len() == UserId::LENGTH_MAX).then(|| UserId(self.0.clone()))
    }
}

/// One connection of a person to one room; unique while the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Spells the low digits of a number in base62, least significant first, exactly `length` characters.
pub fn base62(mut number: u128, length: usize) -> SmolStr {
    let text: String = (0..length)
        .map(|_| {
            let digit = BASE62[(number % 62) as usize];
            number /= 62;
            digit as char
        })
        .collect();
    SmolStr::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_slash_is_refused() {
        assert_eq!(RoomId::parse("abc/def"), Err(IdError::Character));
    }

    #[test]
    fn an_id_outside_its_length_is_refused() {
        assert_eq!(RoomId::parse("abcd"), Err(IdError::Length { min: 5, max: 32 }));
        assert!(UserId::parse(&"a".repeat(21)).is_err());
        assert!(EntityId::parse("abcde").is_ok());
    }

    #[test]
    fn an_avatar_is_named_like_its_person() {
        let user = UserId::parse("abcdefghij0123456789").unwrap();
        assert_eq!(EntityId::avatar(&user).user(), Some(user));
        assert_eq!(EntityId::parse("abcde").unwrap().user(), None);
    }

    #[test]
    fn base62_has_the_asked_length() {
        assert_eq!(base62(61 + 62, 5), "z1000");
    }
}

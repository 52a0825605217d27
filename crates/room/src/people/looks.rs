//! How people wish to appear: names and avatars, checked, and those the room chooses.

use crate::dice::roll;
use crate::reject::Reject;
use crate::text::clean_line;
use serde_json::{Value, json};
use thexr_wire::UserId;
use thexr_wire::limits::{JSON_DEPTH_MAX, NICKNAME_CHARS_MAX};
use thexr_world::schema;

/// Canonical JSON of an `avatar` component, bytes; a larger one is refused with `bad_payload`.
const AVATAR_BYTES_MAX: usize = 4 * 1024;
/// A nickname as it comes, bytes, spaces around it included: what is longer is refused unread with `nickname_too_long`.
const NICKNAME_BYTES_MAX: usize = 1024;
const AVATAR_COLORS: [&str; 8] =
    ["#E2573A", "#1F9D8F", "#EDA52F", "#7A5CD6", "#2F7FD6", "#D9527F", "#5FA33C", "#56657C"];

/// How someone wants to appear; what is missing the room chooses.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Looks {
    pub nickname: Option<String>,
    pub avatar: Option<Value>,
}

impl Looks {
    /// What a join wishes. Errors: it cannot be.
    pub fn wanted(nickname: Option<String>, avatar: Option<Value>) -> Result<Self, Reject> {
        let nickname = nickname.filter(|name| !name.trim_start().is_empty());
        Ok(Self {
            nickname: nickname.as_deref().map(check_nickname).transpose()?,
            avatar: avatar.map(check_avatar).transpose()?,
        })
    }

    /// What they cost while they wait, bytes.
    pub fn bytes(&self) -> usize {
        // A value in memory is several times its text.
        self.nickname.as_deref().map_or(0, str::len) + self.avatar.as_ref().map_or(0, |_| AVATAR_BYTES_MAX)
    }
}

/// A nickname: 1 to 40 characters on one line.
pub(crate) fn check_nickname(text: &str) -> Result<String, Reject> {
    if text.len() > NICKNAME_BYTES_MAX {
        return Err(Reject::at_once("nickname_too_long", "nickname: at most 40 characters"));
    }
    clean_line(text, "nickname", NICKNAME_CHARS_MAX, "nickname_too_long")
}

/// An avatar: an object with a colour and what else its client draws.
pub(crate) fn check_avatar(avatar: Value) -> Result<Value, Reject> {
    let too_large = || Reject::bad_payload("avatar: at most 4096 bytes");
    if !fits(&avatar, AVATAR_BYTES_MAX) {
        return Err(too_large());
    }
    if !avatar.is_object() {
        return Err(Reject::bad_payload("avatar: an object"));
    }
    let avatar = schema::check("avatar", avatar)?;
    let too_deep = thexr_wire::json::deeper_than(&avatar, JSON_DEPTH_MAX);
    if too_deep || !fits(&avatar, AVATAR_BYTES_MAX) { Err(too_large()) } else { Ok(avatar) }
}

/// Whether a value's JSON has at most so many bytes; stops where it has more.
fn fits(value: &Value, bytes: usize) -> bool {
    struct Space(usize);
    impl std::io::Write for Space {
        fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(text.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(text.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Space(bytes), value).is_ok()
}

/// The name of someone who brings none.
pub(crate) fn default_nickname(user: &UserId) -> String {
    format!("Guest {}", &user.as_str()[..4])
}

/// The avatar of someone who brings none: a colour of the room's choice.
pub(crate) fn default_avatar(seed: u64, user: &UserId) -> Value {
    let stream =
        user.as_str().bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    json!({"color": AVATAR_COLORS[roll(seed, stream, 0) as usize % AVATAR_COLORS.len()]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(nickname: Option<&str>, avatar: Option<Value>) -> Option<&'static str> {
        Looks::wanted(nickname.map(str::to_owned), avatar).err().map(|reject| reject.reason)
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_reason_however_large_it_is() {
        assert_eq!(refusal(Some(&"x".repeat(1_000_000)), None), Some("nickname_too_long"));
        assert_eq!(refusal(Some(&"é".repeat(41)), None), Some("nickname_too_long"));
        assert_eq!(refusal(Some("a\u{0}"), None), Some("bad_payload"));
        assert_eq!(refusal(None, Some(json!(["x".repeat(1_000_000)]))), Some("bad_payload"));
        assert_eq!(refusal(None, Some(json!({"a": vec![json!({}); 9_000]}))), Some("bad_payload"));
        assert_eq!(refusal(None, Some(json!({"color": "no colour"}))), Some("bad_component"));
    }

    #[test]
    fn what_is_empty_is_left_to_the_room() {
        let looks = Looks::wanted(Some(" \n ".into()), None).unwrap();
        assert_eq!(looks, Looks::default());
        assert_eq!(Looks::wanted(Some("  Ada ".into()), None).unwrap().nickname.as_deref(), Some("Ada"));
    }
}

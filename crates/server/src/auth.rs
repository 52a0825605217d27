//! Who is who: signed tokens for visitors, sockets, forms and resumes. Owns keys and claims; the clock comes from outside.

use crate::signing;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use thexr_wire::ids::base62;
use thexr_wire::{RoomId, UserId};

/// Life of the visitor's cookie, seconds: 400 days, the most browsers keep.
pub const VISITOR_SECONDS: i64 = 400 * 24 * 3600;
/// Life of a form's token, seconds: a day, so that a page left open overnight still works.
const FORM_SECONDS: i64 = 24 * 3600;
/// Life of a resume token, seconds: longer than any outage worth resuming over.
const RESUME_SECONDS: i64 = 24 * 3600;
/// Longest token that is looked at, bytes.
const TOKEN_BYTES_MAX: usize = 4096;

/// What a token is good for; one for another purpose is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The cookie.
    Visitor,
    /// Sockets and the API.
    Socket,
    /// A form.
    Form,
    /// Taking up an earlier connection to a room.
    Resume,
}

impl Purpose {
    fn audience(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Socket => "socket",
            Self::Form => "form",
            Self::Resume => "resume",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    room: Option<RoomId>,
}

/// Signs and reads tokens (JWT, HS256, RFC 7519).
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    socket_seconds: i64,
    operator_key: String,
}

impl Tokens {
    /// Tokens signed with a secret of at least 32 bytes.
    pub fn new(secret: &str, token_hours: u64, operator_key: String) -> Self {
        signing::install();
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            socket_seconds: token_hours as i64 * 3600,
            operator_key,
        }
    }

    /// A token of a purpose; `now_s` is seconds since 1970.
    pub fn sign(&self, purpose: Purpose, user: &UserId, room: Option<&RoomId>, now_s: i64) -> String {
        let seconds = match purpose {
            Purpose::Visitor => VISITOR_SECONDS,
            Purpose::Socket => self.socket_seconds,
            Purpose::Form => FORM_SECONDS,
            Purpose::Resume => RESUME_SECONDS,
        };
        let aud = purpose.audience().to_owned();
        let claims = Claims { sub: user.clone(), aud, iat: now_s, exp: now_s + seconds, room: room.cloned() };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .unwrap_or_else(|error| unreachable!("HS256 signs any claims: {error}"))
    }

    fn read(&self, purpose: Purpose, token: &str, now_s: i64) -> Option<Claims> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[purpose.audience()]);
        // The clock is an argument: expiry is checked here, not by the library.
        validation.validate_exp = false;
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok()?;
        (data.claims.exp > now_s).then_some(data.claims)
    }

    /// Who a token of this purpose belongs to; `None` when forged, expired or made for something else.
    pub fn user(&self, purpose: Purpose, token: &str, now_s: i64) -> Option<UserId> {
        self.read(purpose, token, now_s).map(|claims| claims.sub)
    }

    /// Whether a resume token is this person's for this room.
    pub fn may_resume(&self, token: &str, user: &UserId, room: &RoomId, now_s: i64) -> bool {
        let claims = self.read(Purpose::Resume, token, now_s);
        claims.is_some_and(|claims| claims.sub == *user && claims.room.as_ref() == Some(room))
    }

    /// Whether this is the operator's key; compares in constant time.
    pub fn is_operator(&self, key: &str) -> bool {
        let (a, b) = (key.as_bytes(), self.operator_key.as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
    }
}

/// A new person's id.
pub fn new_user_id() -> UserId {
    let text = base62(rand::rng().random::<u128>(), UserId::LENGTH_MAX);
    UserId::parse(&text).unwrap_or_else(|_| unreachable!("20 base62 characters are a user id"))
}

/// A new room's id: five characters that can be read out.
pub fn new_room_id() -> RoomId {
    let text = base62(rand::rng().random::<u128>(), RoomId::LENGTH_MIN);
    RoomId::parse(&text).unwrap_or_else(|_| unreachable!("five base62 characters are a room id"))
}

/// A new secret: 32 random bytes.
pub fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new("0123456789abcdef0123456789abcdef", 24, "operator-key".into())
    }

    #[test]
    fn a_token_tells_who_until_it_expires() {
        let (tokens, user) = (tokens(), new_user_id());
        let token = tokens.sign(Purpose::Socket, &user, None, 1000);
        assert_eq!(tokens.user(Purpose::Socket, &token, 1000), Some(user));
        assert_eq!(tokens.user(Purpose::Socket, &token, 1000 + 24 * 3600), None);
    }

    #[test]
    fn a_token_for_another_purpose_is_refused() {
        let (tokens, user) = (tokens(), new_user_id());
        let token = tokens.sign(Purpose::Form, &user, None, 1000);
        assert_eq!(tokens.user(Purpose::Socket, &token, 1000), None);
    }

    #[test]
    fn a_forged_token_is_refused() {
        let (tokens, user) = (tokens(), new_user_id());
        let other = Tokens::new("another secret of thirty-two bytes", 24, String::new());
        assert_eq!(tokens.user(Purpose::Socket, &other.sign(Purpose::Socket, &user, None, 0), 1), None);
        for text in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            assert_eq!(tokens.user(Purpose::Socket, text, 1), None, "{text}");
        }
    }

    #[test]
    fn a_resume_token_is_for_one_person_and_one_room() {
        let (tokens, user) = (tokens(), new_user_id());
        let (here, there) = (RoomId::parse("aaaaa").unwrap(), RoomId::parse("bbbbb").unwrap());
        let token = tokens.sign(Purpose::Resume, &user, Some(&here), 0);
        assert!(tokens.may_resume(&token, &user, &here, 1));
        assert!(!tokens.may_resume(&token, &user, &there, 1));
        assert!(!tokens.may_resume(&token, &new_user_id(), &here, 1));
    }

    #[test]
    fn only_the_whole_operator_key_is_the_operators() {
        assert!(tokens().is_operator("operator-key"));
        assert!(!tokens().is_operator("operator-ke") && !tokens().is_operator(""));
    }
}

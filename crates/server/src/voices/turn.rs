//! Servers that help lines through firewalls, with passwords that last a day.

use crate::limits::TURN_PASSWORD_S;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use thexr_wire::UserId;

/// The servers as a browser's `RTCPeerConnection` wants them. A TURN server gets a name that holds until when it is good, and the
/// HMAC-SHA1 of that name as its password: what coturn calls `use-auth-secret` (draft-uberti-behave-turn-rest-00).
pub(crate) fn ice_servers(urls: &[String], secret: &str, user: &UserId, now_s: i64) -> Vec<Value> {
    urls.iter()
        .map(|url| {
            if url.starts_with("stun:") {
                return json!({"urls": [url]});
            }
            let name = format!("{}:{user}", now_s + TURN_PASSWORD_S);
            let password = password(secret, &name);
            json!({"urls": [url], "username": name, "credential": password})
        })
        .collect()
}

fn password(secret: &str, name: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(name.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_hmac_of_the_name_that_says_until_when_it_is_good() {
        // RFC 2202, case 2.
        assert_eq!(password("Jefe", "what do ya want for nothing?"), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
        let user = UserId::parse("abcdefghij0123456789").unwrap();
        let urls = ["stun:a.example:3478".to_owned(), "turn:a.example:3478".to_owned()];
        let servers = ice_servers(&urls, "secret", &user, 1_000);
        assert_eq!(servers[0], json!({"urls": ["stun:a.example:3478"]}));
        assert_eq!(servers[1]["username"], "87400:abcdefghij0123456789");
        assert!(!servers[1].to_string().contains("secret"));
    }
}

//! Before the upgrade: version, token, origin. Owns what a handshake may look like.

use crate::app::App;
use crate::socket::session::user_of;
use crate::web::address::Client;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use thexr_wire::UserId;
use thexr_wire::phoenix::Vsn;

/// Prefix of the subprotocol that carries a token (phoenix 1.8).
const BEARER: &str = "base64url.bearer.phx.";

/// A handshake that may go on.
#[derive(Debug)]
pub struct Accepted {
    /// Envelope of its frames, by the parameter `vsn`; V1 where that is missing.
    pub vsn: Vsn,
    /// Whose token it carries; of several the first valid one counts.
    pub user: UserId,
    /// Which address it comes from; 0 for one that has no limits.
    pub door: u64,
    /// Answer with `Sec-WebSocket-Protocol: phoenix`.
    pub phoenix_protocol: bool,
}

/// Query parameters in order; repeated names are no error, the last wins.
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query string.
    pub fn read(query: &str) -> Self {
        Self(serde_urlencoded::from_str(query).unwrap_or_default())
    }

    /// The last value of a name.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Checks a handshake; `None` is answered 403 without a body, as Phoenix does.
pub fn accept(app: &App, client: &Client, params: &Params, headers: &HeaderMap) -> Option<Accepted> {
    if params.last("vsn[]").is_some() || !origin_allowed(app, headers) {
        return None;
    }
    let vsn = Vsn::negotiate(params.last("vsn"))?;
    let offered = protocols(headers);
    let phoenix_protocol = offered.iter().any(|protocol| protocol == "phoenix");
    let bearer = offered.iter().find_map(|protocol| protocol.strip_prefix(BEARER));
    if !offered.is_empty() && !phoenix_protocol && bearer.is_none() {
        return None;
    }
    let header = headers.get("x-phoenix-authtoken").and_then(|value| value.to_str().ok());
    let carried = match bearer {
        Some(encoded) => Some(decode_bearer(encoded)?),
        None => header.map(str::to_owned),
    };
    let in_query = params.all("_user_token").chain(params.all("token"));
    let mut candidates = carried.iter().map(String::as_str).chain(in_query);
    let user = candidates.find_map(|token| user_of(app, token))?;
    Some(Accepted { vsn, user, door: client.door(), phoenix_protocol })
}

fn protocols(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let names = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// The token inside the subprotocol, in either base64 alphabet.
fn decode_bearer(encoded: &str) -> Option<String> {
    let encoded = encoded.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD.decode(encoded).or_else(|_| URL_SAFE_NO_PAD.decode(encoded)).ok()?;
    String::from_utf8(bytes).ok()
}

/// No origin, the server's own, or one that is configured.
pub fn origin_allowed(app: &App, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    (!host.is_empty() && authority == Some(host))
        || app.config.allowed_origins.iter().any(|allowed| allowed == origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_repeated_names_wins() {
        let params = Params::read("vsn=1.0.0&a%5Bb%5D=c&vsn=2.0.0");
        assert_eq!(params.last("vsn"), Some("2.0.0"));
        assert_eq!(params.last("a[b]"), Some("c"));
        assert_eq!(params.last("none"), None);
    }

    #[test]
    fn a_bearer_protocol_may_use_either_alphabet() {
        let token = "a?b>c~ü";
        let standard = STANDARD_NO_PAD.encode(token);
        let url_safe = URL_SAFE_NO_PAD.encode(token);
        assert_ne!(standard, url_safe);
        assert_eq!(decode_bearer(&standard).as_deref(), Some(token));
        assert_eq!(decode_bearer(&url_safe).as_deref(), Some(token));
        assert_eq!(decode_bearer("!!!!"), None);
    }
}

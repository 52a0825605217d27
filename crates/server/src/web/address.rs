//! Who a request comes from, as far as rate limits care. A proxy is believed only when configured.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

/// A door tells nothing about an address, not even to who knows many of them: the key is new in every process.
static DOOR_KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The other end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Its address, or the one a trusted proxy gives.
    pub address: IpAddr,
    /// A direct connection from this machine: not rate limited.
    pub direct_loopback: bool,
    /// Shows the operator's key: not rate limited either.
    pub operator: bool,
    /// The browser speaks HTTPS (to a trusted proxy).
    pub https: bool,
}

/// Headers of proxies: whoever sends one is no direct connection, whatever the socket says.
const PROXY_HEADERS: [&str; 4] = ["x-forwarded-for", "forwarded", "via", "x-real-ip"];

/// The name under which a browser knows this server, with its port; empty when it is none, or one that could forge a header or a link.
pub fn host(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_sane = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte));
    if is_sane { host } else { "" }
}

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let operator = bearer(&parts.headers).is_some_and(|key| app.tokens.is_operator(key));
        Ok(Self { operator, ..Self::new(peer, &app.config.trusted_proxies, &parts.headers) })
    }
}

impl Client {
    fn new(peer: IpAddr, trusted_proxies: &[IpAddr], headers: &HeaderMap) -> Self {
        let peer = peer.to_canonical();
        if !trusted_proxies.contains(&peer) {
            let proxied = PROXY_HEADERS.iter().any(|name| headers.contains_key(*name));
            let direct_loopback = peer.is_loopback() && !proxied;
            return Self { address: peer, direct_loopback, operator: false, https: false };
        }
        // The last entry of the last line is the one our own proxy has added; the client may have sent the others.
        let entry = last_line(headers, "x-forwarded-for").rsplit(',').next().unwrap_or_default();
        let address = entry.trim().parse::<IpAddr>().map_or(peer, |address| address.to_canonical());
        let https = last_line(headers, "x-forwarded-proto") == "https";
        Self { address, direct_loopback: false, operator: false, https }
    }

    /// Whether no limit by address holds for it.
    pub fn is_exempt(&self) -> bool {
        self.direct_loopback || self.operator
    }

    /// Who shares a limit: one IPv4 address, or the /64 that an IPv6 subscriber has to himself.
    pub fn network(&self) -> IpAddr {
        prefix(self.address, 32, 64)
    }

    /// Which door it comes through: the same for everyone who shares a limit, 0 for who has none.
    pub fn door(&self) -> u64 {
        if self.is_exempt() { 0 } else { DOOR_KEY.hash_one(self.network()).max(1) }
    }
}

/// An address without what comes behind so many bits of it.
pub fn prefix(address: IpAddr, v4_bits: u32, v6_bits: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            Ipv4Addr::from_bits(address.to_bits() & u32::MAX.unbounded_shl(32 - v4_bits)).into()
        }
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & u128::MAX.unbounded_shl(128 - v6_bits)).into()
        }
    }
}

/// The bearer token of an API request.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn last_line<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get_all(name).iter().next_back().and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_a_connection_without_a_proxys_headers_is_direct() {
        assert!(Client::new(LOOPBACK, &[], &headers(&[])).direct_loopback);
        for name in PROXY_HEADERS {
            assert!(!Client::new(LOOPBACK, &[], &headers(&[(name, "x")])).direct_loopback, "{name}");
        }
        assert!(!Client::new("192.0.2.1".parse().unwrap(), &[], &headers(&[])).direct_loopback);
    }

    #[test]
    fn a_trusted_proxy_is_believed_in_the_last_entry_of_its_last_line() {
        let lines = [
            ("x-forwarded-for", "198.51.100.1"),
            ("x-forwarded-for", "198.51.100.2, 203.0.113.7"),
            ("x-forwarded-proto", "https"),
        ];
        let client = Client::new(LOOPBACK, &[LOOPBACK], &headers(&lines));
        let address = "203.0.113.7".parse().unwrap();
        assert_eq!(client, Client { address, direct_loopback: false, operator: false, https: true });
    }

    #[test]
    fn a_stranger_who_names_another_address_is_taken_by_his_own() {
        let stranger: IpAddr = "192.0.2.1".parse().unwrap();
        let lines = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https")];
        let client = Client::new(stranger, &[LOOPBACK], &headers(&lines));
        assert_eq!(
            client,
            Client { address: stranger, direct_loopback: false, operator: false, https: false }
        );
    }

    #[test]
    fn one_door_is_an_ipv4_address_or_an_ipv6_network_of_64_bits() {
        let door = |address: &str| Client::new(address.parse().unwrap(), &[], &headers(&[])).door();
        assert_eq!(door("2001:db8:0:1::1"), door("2001:db8:0:1:ffff::2"));
        assert_eq!(door("192.0.2.1"), door("::ffff:192.0.2.1"), "the same address in another spelling");
        let doors = ["2001:db8:0:1::1", "2001:db8:0:2::1", "192.0.2.1", "192.0.2.2"].map(door);
        assert_eq!(doors.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
        assert!(!doors.contains(&0));
    }

    #[test]
    fn whoever_is_exempt_comes_through_no_door() {
        let stranger = Client::new("192.0.2.1".parse().unwrap(), &[], &headers(&[]));
        assert_eq!(Client { operator: true, ..stranger }.door(), 0);
        assert_eq!(Client::new(LOOPBACK, &[], &headers(&[])).door(), 0);
        assert_ne!(Client::new(LOOPBACK, &[], &headers(&[("via", "x")])).door(), 0, "a proxy stands between");
    }
}

//! Who a request comes from, as far as rate limits care. A proxy is believed only when configured.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The other end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Its address, or the one a trusted proxy gives.
    pub address: IpAddr,
    /// A direct connection from this machine: not rate limited.
    pub direct_loopback: bool,
    /// The browser speaks HTTPS (to a trusted proxy).
    pub https: bool,
}

/// Headers of proxies: whoever sends one is no direct connection, whatever the socket says.
const PROXY_HEADERS: [&str; 4] = ["x-forwarded-for", "forwarded", "via", "x-real-ip"];

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(Self::new(peer, &app.config.trusted_proxies, &parts.headers))
    }
}

impl Client {
    fn new(peer: IpAddr, trusted_proxies: &[IpAddr], headers: &HeaderMap) -> Self {
        let peer = peer.to_canonical();
        if !trusted_proxies.contains(&peer) {
            let proxied = PROXY_HEADERS.iter().any(|name| headers.contains_key(*name));
            return Self { address: peer, direct_loopback: peer.is_loopback() && !proxied, https: false };
        }
        // The last entry of the last line is the one our own proxy has added; the client may have sent the others.
        let entry = last_line(headers, "x-forwarded-for").rsplit(',').next().unwrap_or_default();
        let address = entry.trim().parse::<IpAddr>().map_or(peer, |address| address.to_canonical());
        Self { address, direct_loopback: false, https: last_line(headers, "x-forwarded-proto") == "https" }
    }
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
        assert_eq!(client, Client { address, direct_loopback: false, https: true });
    }

    #[test]
    fn a_stranger_who_names_another_address_is_taken_by_his_own() {
        let stranger: IpAddr = "192.0.2.1".parse().unwrap();
        let lines = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https")];
        let client = Client::new(stranger, &[LOOPBACK], &headers(&lines));
        assert_eq!(client, Client { address: stranger, direct_loopback: false, https: false });
    }
}

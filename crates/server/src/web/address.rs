//! Who a request comes from, as far as rate limits care. A proxy is believed only when configured.

use crate::app::App;
use axum::extract::{ConnectInfo, FromRequestParts};
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

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let header =
            |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let forwarded = header("x-forwarded-for");
        if !app.config.trusted_proxies.contains(&peer) {
            // A forwarded header from someone we do not trust says that this is no direct connection.
            return Ok(Self {
                address: peer,
                direct_loopback: peer.is_loopback() && forwarded.is_empty(),
                https: false,
            });
        }
        // The last entry is the one our own proxy has added.
        let address = forwarded.rsplit(',').next().and_then(|text| text.trim().parse().ok()).unwrap_or(peer);
        Ok(Self { address, direct_loopback: false, https: header("x-forwarded-proto") == "https" })
    }
}

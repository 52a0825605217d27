//! From an HTTP request to a WebSocket (RFC 6455, section 4.2).
//!
//! Done here because only the socket below axum's own can send a message in pieces, and a connection keeps a buffer of the
//! largest piece it ever sent.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// A WebSocket over an HTTP connection.
pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// A request to go on as a WebSocket.
pub struct Upgrade {
    on_upgrade: OnUpgrade,
    accept: HeaderValue,
}

/// The request is none, or comes over a connection that cannot go on as anything else.
#[derive(Debug)]
pub struct NoUpgrade;

impl IntoResponse for NoUpgrade {
    fn into_response(self) -> Response<Body> {
        (StatusCode::BAD_REQUEST, "This address speaks WebSocket.").into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoUpgrade;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoUpgrade> {
        let asks = parts.method == Method::GET
            && says(&parts.headers, header::CONNECTION, "upgrade")
            && says(&parts.headers, header::UPGRADE, "websocket")
            && says(&parts.headers, header::SEC_WEBSOCKET_VERSION, "13");
        let key = parts.headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks).ok_or(NoUpgrade)?;
        let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| NoUpgrade)?;
        let on_upgrade = parts.extensions.remove::<OnUpgrade>().ok_or(NoUpgrade)?;
        Ok(Self { on_upgrade, accept })
    }
}

impl Upgrade {
    /// Answers the request, with the subprotocol that is spoken, and gives the socket to `serve`.
    pub fn accept<F: Future<Output = ()> + Send>(
        self,
        protocol: Option<&'static str>,
        config: WebSocketConfig,
        serve: impl FnOnce(Socket) -> F + Send + 'static,
    ) -> Response<Body> {
        let Self { on_upgrade, accept } = self;
        tokio::spawn(async move {
            // An error means that the other side was gone before it read the answer.
            let Ok(upgraded) = on_upgrade.await else { return };
            serve(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await)
                .await;
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        if let Some(protocol) = protocol {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
        }
        response
    }
}

/// Whether a word is in a header's list.
fn says(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let texts = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
}

//! From an HTTP request to a WebSocket (RFC 6455, section 4.2).
//!
//! Done here because only the socket below axum's own can send a message in pieces, and a connection keeps a buffer of the
//! largest piece it ever sent.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

/// The version that is spoken; there is no other.
const VERSION: &str = "13";
/// Bytes of a handshake's key.
const KEY_BYTES: usize = 16;

/// Why a request does not go on as a WebSocket.
#[derive(Debug)]
pub enum NoUpgrade {
    /// It is none, or comes over a connection that cannot go on as anything else.
    Other,
    /// It asks for another version of the protocol.
    Version,
}

impl IntoResponse for NoUpgrade {
    fn into_response(self) -> Response<Body> {
        let text = "This address speaks WebSocket.";
        match self {
            Self::Other => (StatusCode::BAD_REQUEST, text).into_response(),
            // RFC 6455, section 4.4: told which one it could ask for.
            Self::Version => {
                let spoken = [(header::SEC_WEBSOCKET_VERSION, VERSION)];
                (StatusCode::UPGRADE_REQUIRED, spoken, "This address speaks version 13 of WebSocket.")
                    .into_response()
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoUpgrade;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoUpgrade> {
        let asks = parts.method == Method::GET
            && says(&parts.headers, header::CONNECTION, "upgrade")
            && says(&parts.headers, header::UPGRADE, "websocket");
        let version = parts.headers.get(header::SEC_WEBSOCKET_VERSION);
        if asks && version.is_some_and(|version| version != VERSION) {
            return Err(NoUpgrade::Version);
        }
        let is_key = |key: &&HeaderValue| STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == KEY_BYTES);
        let key = parts.headers.get(header::SEC_WEBSOCKET_KEY).filter(is_key);
        let key = key.filter(|_| asks && version.is_some()).ok_or(NoUpgrade::Other)?;
        let accept =
            HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| NoUpgrade::Other)?;
        let on_upgrade = parts.extensions.remove::<OnUpgrade>().ok_or(NoUpgrade::Other)?;
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

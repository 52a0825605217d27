//! How everybody here opens a WebSocket: from a made-up address, and with a kernel buffer as small as they like.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// A connection.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// How long a socket may take to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(15);

/// Read buffer of one socket, bytes: there are thousands.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Who opens it and how.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) server: SocketAddr,
    pub(crate) token: String,
    /// Whom the proxy names as the sender.
    pub(crate) from: IpAddr,
    /// What the kernel may receive ahead, bytes, if not as usual: else megabytes on loopback, whoever reads slowly.
    pub(crate) ahead_bytes: Option<u32>,
}

impl Opening {
    /// Opens it.
    ///
    /// Errors: refused, or not in time.
    pub(crate) async fn open(&self) -> Result<Socket> {
        tokio::time::timeout(OPEN_TIMEOUT, self.connect()).await.context("no WebSocket in time")?
    }

    async fn connect(&self) -> Result<Socket> {
        let socket = TcpSocket::new_v4()?;
        if let Some(bytes) = self.ahead_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        let stream = socket.connect(self.server).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{}/socket/websocket?vsn=2.0.0&token={}", self.server, self.token);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("x-forwarded-for", self.from.to_string().parse()?);
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        match client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => anyhow::bail!("http {}", response.status().as_u16()),
            Err(error) => Err(error.into()),
        }
    }
}

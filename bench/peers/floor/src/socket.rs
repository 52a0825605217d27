//! How both servers and the load open WebSockets: no delay, and a read buffer that thousands can have.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, accept_async_with_config, client_async_with_config};

/// A connection, either end.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Read buffer of one socket, bytes: it is zeroed at every read, and there are thousands.
const READ_BUFFER_BYTES: usize = 16 * 1024;

fn config() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES)
}

/// Listens; nothing is printed, a server is looked at from outside.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// The server's end of a new connection.
pub(crate) async fn accept(stream: TcpStream) -> Result<Socket> {
    stream.set_nodelay(true)?;
    Ok(accept_async_with_config(stream, Some(config())).await?)
}

/// The client's end of a new connection.
pub(crate) async fn connect(address: SocketAddr, path: &str) -> Result<Socket> {
    let stream = TcpStream::connect(address).await.context("cannot connect")?;
    stream.set_nodelay(true)?;
    let url = format!("ws://{address}{path}");
    let (socket, _) = client_async_with_config(url, stream, Some(config())).await.context("no WebSocket")?;
    Ok(socket)
}

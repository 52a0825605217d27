//! Connections: Phoenix Channels over WebSocket and long polling.
//!
//! A connection is a *session* (what comes in, one frame after the other) and an outlet of the hall (what goes out); both
//! are the same on either transport.

pub mod handshake;
mod line;
pub mod longpoll;
mod rate;
pub mod session;
mod upgrade;
pub mod websocket;

/// Returns once a flag is raised, or when nobody can raise it any more.
pub(crate) async fn raised(flag: &mut tokio::sync::watch::Receiver<bool>) {
    // An error means that the other side is gone, which counts as raised.
    let _ = flag.wait_for(|raised| *raised).await;
}

//! The naive broadcast: each movement becomes one JSON text frame that everybody is sent, one frame at a time.
//!
//! What the first version of any such server does. A movement is written as text once; a connection too far behind
//! misses some, which the load sees as not delivered.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, Sender, error::RecvError};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use crate::socket;

/// Movements that may wait for a connection before it misses some: several ticks of a crowd.
const WAITING_MAX: usize = 8_192;

/// Serves until it is ended from outside.
pub(crate) async fn serve(listen: SocketAddr) -> Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let listener = socket::listen(listen).await?;
    let everybody = Sender::new(WAITING_MAX);
    loop {
        let (stream, _) = listener.accept().await?;
        let user_id = user_id(NEXT.fetch_add(1, Ordering::Relaxed));
        // How a connection ends is not measured here: the load counts it.
        tokio::spawn(connection(stream, user_id, everybody.clone()));
    }
}

/// As long as the ids such servers have (a UUID).
fn user_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

async fn connection(
    stream: TcpStream,
    user_id: String,
    everybody: broadcast::Sender<Utf8Bytes>,
) -> Result<()> {
    let mut socket = socket::accept(stream).await?;
    let mut movements = everybody.subscribe();
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    if let Some(movement) = movement(&user_id, &text) {
                        // Nobody listening is no failure: this connection itself may be the only one.
                        let _ = everybody.send(movement.into());
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            },
            movement = movements.recv() => match movement {
                Ok(movement) => socket.send(Message::Text(movement)).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}

/// What everybody is told; `None` when it is no movement.
fn movement(user_id: &str, text: &str) -> Option<String> {
    let said: Value = serde_json::from_str(text).ok()?;
    let (position, rotation) = (said.get("position")?, said.get("rotation")?);
    let told = json!({"event": "user_moved", "user_id": user_id, "position": position, "rotation": rotation});
    Some(told.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movement_is_told_with_who_moved() {
        let told = movement(&user_id(1), r#"{"position":[1.5,0,2],"rotation":[0,0,0,1]}"#).unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["user_id"], "00000000-0000-4000-8000-000000000001");
        assert_eq!(told["position"][0], 1.5);
        assert_eq!(movement("a", "nonsense"), None);
        assert_eq!(movement("a", "{}"), None);
    }
}

//! As much of Colyseus 0.18 as a mover needs: a seat by HTTP, the hello, moves up, patches down.
//!
//! Nothing is decoded: decoding the whole crowd in every client would cost the load more than the server, and the
//! server is what is measured. Ages come from a few real clients beside these (`bench/peers/colyseus/witness.mjs`).
//! Protocol: `@colyseus/shared-types` `Protocol.ts`; messages are MessagePack.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// First byte of the server's hello and of its acknowledgement.
const JOIN_ROOM: u8 = 10;
/// First byte of a message to the room.
const ROOM_DATA: u8 = 13;
/// First byte of a patch of the room's state.
const ROOM_STATE_PATCH: u8 = 15;

/// Takes a seat in the room `crowd` and returns the path of its socket.
pub(crate) async fn seat(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // HTTP/1.0: the body ends with the connection.
    let request = format!(
        "POST /matchmake/joinOrCreate/crowd HTTP/1.0\r\nHost: {address}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    path(&answer)
}

fn path(answer: &str) -> Result<String> {
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer without a head")?;
    ensure!(head.contains(" 200 "), "no seat: {head} {body}");
    let seat: Value = serde_json::from_str(body).context("the seat is not JSON")?;
    let part = |name: &str| seat[name].as_str().with_context(|| format!("a seat without {name}"));
    Ok(format!("/{}/{}?sessionId={}", part("processId")?, part("roomId")?, part("sessionId")?))
}

/// Whether a message is the hello that has to be acknowledged.
pub(crate) fn is_hello(message: &[u8]) -> bool {
    message.first() == Some(&JOIN_ROOM)
}

/// Answers the hello.
pub(crate) fn acknowledgement() -> Vec<u8> {
    vec![JOIN_ROOM]
}

/// Whether a message is a patch, one of which is due in every tick.
pub(crate) fn is_patch(message: &[u8]) -> bool {
    message.first() == Some(&ROOM_STATE_PATCH)
}

/// The message `move` with x, y, z and yaw.
pub(crate) fn movement(place: [f32; 4]) -> Vec<u8> {
    // MessagePack: a string of four bytes, an array of four, each a 32-bit float.
    let mut message = vec![ROOM_DATA, 0xa4, b'm', b'o', b'v', b'e', 0x94];
    for number in place {
        message.push(0xca);
        message.extend(number.to_be_bytes());
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_becomes_the_path_of_its_socket() {
        let answer =
            "HTTP/1.1 200 OK\r\nA: b\r\n\r\n{\"sessionId\":\"s\",\"roomId\":\"r\",\"processId\":\"p\"}";
        assert_eq!(path(answer).unwrap(), "/p/r?sessionId=s");
        assert!(path("HTTP/1.1 500 no\r\n\r\n{}").is_err());
        assert!(path("HTTP/1.1 200 OK\r\n\r\n{}").is_err());
    }

    #[test]
    fn a_move_is_written_as_the_javascript_client_writes_it() {
        let move_ = movement([1.5, 2.0, 3.0, 0.5]);
        assert_eq!(move_[..12], [0x0d, 0xa4, 0x6d, 0x6f, 0x76, 0x65, 0x94, 0xca, 0x3f, 0xc0, 0, 0]);
        assert_eq!(move_.len(), 27);
    }
}

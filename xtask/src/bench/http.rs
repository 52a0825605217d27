//! One HTTP request over a connection of its own: all that a bench asks a server.
//!
//! HTTP/1.0 (RFC 1945): no chunks, the body ends with the connection. Must not know what is asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

/// How long one answer of a server may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Asks with a bearer token (which may be empty); returns the status and the body.
pub(super) fn request(
    address: SocketAddr,
    token: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIMEOUT)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    parse_answer(&answer)
}

fn parse_answer(answer: &str) -> Result<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer without a head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.context("an answer without a status")?, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_split_into_status_and_body() {
        let answer = "HTTP/1.0 201 Created\r\ncontent-type: application/json\r\n\r\n{\"id\":\"abcde\"}";
        assert_eq!(parse_answer(answer).unwrap(), (201, "{\"id\":\"abcde\"}".to_owned()));
        assert!(parse_answer("nonsense").is_err());
    }
}

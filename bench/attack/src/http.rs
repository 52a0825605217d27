//! One HTTP request over a connection of its own, from a made-up address.
//!
//! HTTP/1.0 (RFC 1945): no chunks, the body ends with the connection. Must not know what is asked.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// Bearer token; none when empty.
    pub(crate) token: &'a str,
    /// Whom the proxy names as the sender.
    pub(crate) from: IpAddr,
    pub(crate) kind: &'a str,
    pub(crate) body: &'a str,
}

impl<'a> Request<'a> {
    /// A JSON request.
    pub(crate) fn new(method: &'a str, path: &'a str, token: &'a str, from: IpAddr, body: &'a str) -> Self {
        Self { method, path, token, from, kind: "application/json", body }
    }

    /// Sends it; returns the status and the body.
    ///
    /// Errors: no connection, no answer in time, an answer that is none.
    pub(crate) async fn send(&self, address: SocketAddr) -> Result<(u16, String)> {
        tokio::time::timeout(ANSWER_TIMEOUT, self.exchange(address)).await.context("no answer in time")?
    }

    async fn exchange(&self, address: SocketAddr) -> Result<(u16, String)> {
        let Request { method, path, token, from, kind, body } = self;
        let bearer =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nX-Forwarded-For: {from}\r\n{bearer}Content-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        parse(&String::from_utf8_lossy(&answer))
    }
}

fn parse(answer: &str) -> Result<(u16, String)> {
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
        assert_eq!(parse(answer).unwrap(), (201, "{\"id\":\"abcde\"}".to_owned()));
        assert!(parse("nonsense").is_err());
    }
}

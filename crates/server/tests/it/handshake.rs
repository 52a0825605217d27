//! Rules 1.1 to 1.3 and 1.5: who gets a socket, and how the answer looks.

use crate::support::{Client, Server};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use thexr_server::auth::{Purpose, Tokens, new_user_id};
use thexr_server::clock::now_s;
use thexr_server::rooms::registry::Fault;

/// The status of the answer to a handshake; 101 is the only good one.
async fn status(server: &Server, query: &str, headers: &[(&str, &str)]) -> u16 {
    Client::connect(server.address(), query, headers).await.err().unwrap_or(101)
}

// Rule 1.1
#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_vsn_gets_phoenix_answer() {
    let server = Server::start().await;
    let token = server.person().token;
    for vsn in
        ["vsn=2.0.0", "vsn=2.0.5", "vsn=1.0.0", "x=1", "vsn=3.0.0&vsn=2.0.0", "vsn=2.0.0&user%5Bname%5D=a"]
    {
        assert_eq!(status(&server, &format!("{vsn}&token={token}"), &[]).await, 101, "{vsn}");
    }
    for vsn in
        ["vsn=2.1.0", "vsn=3.0.0", "vsn=2", "vsn=abc", "vsn=", "vsn[]=2.0.0", "vsn%5B%5D=", "vsn=2.0.0&vsn=9"]
    {
        assert_eq!(status(&server, &format!("{vsn}&token={token}"), &[]).await, 403, "{vsn}");
    }
}

// Rules 1.1, 1.2
#[tokio::test(flavor = "multi_thread")]
async fn both_bases_and_both_names_of_the_token_open_a_socket() {
    let server = Server::start().await;
    let token = server.person().token;
    for base in ["/socket", "/live"] {
        for name in ["token", "_user_token"] {
            let path = format!("{base}/websocket?{name}={token}&vsn=2.0.0");
            assert!(Client::connect_to(server.address(), &path, &[], None).await.is_ok(), "{path}");
        }
    }
}

// Rule 1.2
#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_there_is_no_socket() {
    let server = Server::start().await;
    let user = new_user_id();
    let tokens = &server.app().tokens;
    let forger = Tokens::new("a secret of thirty-two bytes or more", 24, String::new());
    let expired = tokens.sign(Purpose::Socket, &user, None, now_s() - 25 * 3600);
    let of_a_form = tokens.sign(Purpose::Form, &user, None, now_s());
    let forged = forger.sign(Purpose::Socket, &user, None, now_s());
    for token in ["", "nonsense", &expired, &of_a_form, &forged, &"x".repeat(7000)] {
        assert_eq!(status(&server, &format!("vsn=2.0.0&token={token}"), &[]).await, 403, "{token}");
    }
    assert_eq!(status(&server, "vsn=2.0.0", &[]).await, 403);
    assert_eq!(status(&server, "", &[]).await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_parameters_are_no_error() {
    let server = Server::start().await;
    let token = server.person().token;
    let query = format!("a=1&a=2&token=old&vsn=1.0.0&token={token}&vsn=2.0.0");
    assert_eq!(status(&server, &query, &[]).await, 101);
}

// Rule 1.3
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_get_no_socket() {
    let server =
        Server::start_with(|config| config.allowed_origins = vec!["https://example.org".into()]).await;
    let query = format!("vsn=2.0.0&token={}", server.person().token);
    let own = format!("http://{}", server.address());
    for origin in [own.as_str(), "https://example.org"] {
        assert_eq!(status(&server, &query, &[("origin", origin)]).await, 101, "{origin}");
    }
    for origin in ["https://evil.example", "null", "https://example.org.evil.example", ""] {
        assert_eq!(status(&server, &query, &[("origin", origin)]).await, 403, "{origin}");
    }
}

// Rule 1.2
#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_come_as_a_subprotocol_in_either_alphabet() {
    let server = Server::start().await;
    let person = server.person();
    for encoded in [STANDARD_NO_PAD.encode(&person.token), URL_SAFE_NO_PAD.encode(&person.token)] {
        let offer = format!("phoenix, base64url.bearer.phx.{encoded}");
        let client =
            Client::connect(server.address(), "vsn=2.0.0", &[("sec-websocket-protocol", &offer)]).await;
        let client = client.unwrap_or_else(|status| panic!("{offer}: {status}"));
        assert_eq!(client.handshake.headers()["sec-websocket-protocol"], "phoenix");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_offers_of_subprotocols_get_the_measured_answers() {
    let server = Server::start().await;
    let token = server.person().token;
    let query = format!("vsn=2.0.0&token={token}");
    let offer = |protocol: &str| [("sec-websocket-protocol", protocol.to_owned())];
    for protocols in ["mqtt", "phoenix, base64url.bearer.phx.!!!!", "mqtt, graphql-ws"] {
        let headers = offer(protocols);
        let headers = [(headers[0].0, headers[0].1.as_str())];
        assert_eq!(status(&server, &query, &headers).await, 403, "{protocols}");
    }
    let client = Client::connect(server.address(), &query, &[]).await.unwrap();
    assert!(!client.handshake.headers().contains_key("sec-websocket-protocol"), "nothing was offered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_alone_is_taken_and_not_echoed() {
    let server = Server::start().await;
    let bearer = format!("base64url.bearer.phx.{}", STANDARD_NO_PAD.encode(server.person().token));
    let request = [
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1",
        &format!("Host: {}", server.address()),
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        &format!("Sec-WebSocket-Protocol: {bearer}"),
        "\r\n",
    ]
    .join("\r\n");
    let head = raw_answer(&server, &request).await.to_lowercase();
    assert!(head.starts_with("http/1.1 101 "), "{head}");
    assert!(!head.contains("sec-websocket-protocol"), "a token is never told: {head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_is_taken_as_the_rfc_has_it_and_otherwise_refused_with_what_would_be_taken() {
    let server = Server::start().await;
    let path = format!("/socket/websocket?vsn=2.0.0&token={}", server.person().token);
    let usual = ["Upgrade", "websocket", "13", "dGhlIHNhbXBsZSBub25jZQ=="];
    let cases: [(&str, [&str; 4], u16); 11] = [
        ("as usual", usual, 101),
        ("as Firefox does", ["keep-alive, Upgrade", usual[1], usual[2], usual[3]], 101),
        ("in capitals", ["UPGRADE", "WebSocket", usual[2], usual[3]], 101),
        ("no upgrade of the connection", ["keep-alive", usual[1], usual[2], usual[3]], 400),
        ("a word that only contains it", ["not-upgrade", usual[1], usual[2], usual[3]], 400),
        ("another protocol", [usual[0], "h2c", usual[2], usual[3]], 400),
        ("an older version", [usual[0], usual[1], "8", usual[3]], 426),
        ("a list of versions", [usual[0], usual[1], "8, 13", usual[3]], 426),
        ("no version", [usual[0], usual[1], "", usual[3]], 426),
        ("a key that is short", [usual[0], usual[1], usual[2], "c2hvcnQ="], 400),
        ("a key that is no base64", [usual[0], usual[1], usual[2], "?"], 400),
    ];
    for (case, [connection, upgrade, version, key], status) in cases {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: {connection}\r\nUpgrade: {upgrade}\r\n\
             Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n\r\n",
            server.address()
        );
        let head = raw_answer(&server, &request).await.to_lowercase();
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{case}: {head}");
        assert_eq!(head.contains("sec-websocket-version: 13"), status == 426, "{case}: {head}");
    }
}

/// The head of the answer to bytes sent as they are.
async fn raw_answer(server: &Server, request: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_no_upgrade_is_a_bad_request() {
    let server = Server::start().await;
    let path = format!("/socket/websocket?vsn=2.0.0&token={}", server.person().token);
    let answer = server.get(&path).await;
    assert_eq!((answer.status, answer.body.as_str()), (400, "This address speaks WebSocket."));
    assert_eq!(server.request("POST", &path, &[], Some(String::new())).await.status, 400);
}

// Rules 1.5, 1.7
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_socket_is_closed_with_1001() {
    let server = Server::start_with(|config| config.socket_idle_seconds = 1).await;
    let mut client = server.connect().await;
    assert_eq!(client.closed().await, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_an_answer_is_not_silent() {
    let first = AtomicBool::new(true);
    // A room that is busy for longer than a socket may be silent.
    let busy: Fault = Arc::new(move |_| {
        if first.swap(false, Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(2_500));
        }
    });
    let server = Server::start_failing(|config| config.socket_idle_seconds = 1, Some(busy)).await;
    let room = server.room().await;
    server.connect().await.join(&room, json!({})).await;
}

// Rule 1.5
#[tokio::test(flavor = "multi_thread")]
async fn the_client_speaks_first() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    assert_eq!(client.until_heartbeat().await, [], "nothing comes before the first answer");
    client.send(json!([null, "1", "phoenix", "heartbeat", {}])).await;
    assert_eq!(
        client.next_text().await,
        json!([null, "1", "phoenix", "phx_reply", {"status": "ok", "response": {}}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_says_goodbye_hears_one() {
    let server = Server::start().await;
    let room = server.room().await;
    let mut stays = server.enter(&room).await;
    let goes = server.enter(&room).await;
    let id = goes.person.id.clone();
    stays.fact("user_joined").await;
    goes.close().await;
    assert_eq!(stays.fact("user_left").await["payload"]["user_id"], json!(id));
}

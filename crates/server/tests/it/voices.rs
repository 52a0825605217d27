//! Lines for voices: how they are asked for, and what becomes of what is no offer.

use crate::support::Server;
use serde_json::json;
use std::net::{SocketAddr, UdpSocket};

/// The offer of a page that sends a voice and hears one; candidates of its own are no concern of ours.
fn offer() -> String {
    let fingerprint = ["AB"; 32].join(":");
    let line = |mid: usize, way: &str| {
        format!(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=mid:{mid}\r\na={way}\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
        )
    };
    let head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n";
    format!("{head}{}{}", line(0, "sendonly"), line(1, "recvonly"))
}

fn voice_address(server: &Server) -> SocketAddr {
    server.app().voices.as_ref().unwrap().address
}

// Rule 9.1
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_told_how_many_voices_there_are_and_by_which_servers() {
    let server = Server::start_with(|config| {
        config.voice_slots = 3;
        config.ice_servers = vec!["stun:stun.example.org:3478".into(), "turn:turn.example.org:3478".into()];
        config.turn_secret = "a secret of the relay".into();
    })
    .await;
    let room = server.room().await;
    let mut ada = server.enter(&room).await;
    let begin = ada.ok("rtc_begin", json!({})).await;
    assert_eq!(begin["slots"], 3);
    assert_eq!(begin["ice_servers"][0]["urls"], json!(["stun:stun.example.org:3478"]));
    assert!(begin["ice_servers"][1]["credential"].as_str().is_some_and(|text| text.len() > 20));
    assert!(!begin.to_string().contains("a secret"));
}

// Rules 9.2, 9.3
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_answered_with_the_servers_own_address_and_leaves_with_its_connection() {
    let server = Server::start().await;
    let room = server.room().await;
    let room_id = crate::support::room_id(&room);
    let mut ada = server.enter(&room).await;
    let answer = ada.ok("rtc_offer", json!({"sdp": offer()})).await["sdp"].as_str().unwrap().to_owned();
    let address = voice_address(&server);
    assert!(answer.contains(&format!("{} {} typ host", address.ip(), address.port())), "{answer}");
    assert!(!answer.contains("192.0.2.9") && answer.contains("a=ice-lite"));
    let in_use = || server.app().voices.as_ref().unwrap().is_in_use(&room_id);
    assert!(in_use());
    ada.ok("rtc_close", json!({})).await;
    crate::support::eventually("closed", async || (!in_use()).then_some(())).await;
    ada.ok("rtc_offer", json!({"sdp": offer()})).await;
    ada.close().await;
    crate::support::eventually("gone", async || (!in_use()).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_offer_and_too_many_of_them_are_refused_and_datagrams_of_strangers_harm_nobody() {
    let server = Server::start().await;
    let room = server.room().await;
    let (mut ada, mut eve) = (server.enter(&room).await, server.enter(&room).await);
    for (payload, reason) in [
        (json!({}), "bad_payload"),
        (json!([1]), "bad_payload"),
        (json!({"sdp": 7}), "bad_payload"),
        (json!({"sdp": "v=0"}), "bad_offer"),
        (json!({"sdp": "m=audio\r\n".repeat(100)}), "bad_offer"),
        (json!({"sdp": "x".repeat(100_000)}), "offer_too_large"),
    ] {
        assert_eq!(eve.refusal("rtc_offer", payload.clone()).await, reason, "{payload}");
    }
    for payload in [json!({}), json!({"on": "yes"}), json!([true])] {
        assert_eq!(eve.refusal("rtc_motion", payload.clone()).await, "bad_payload", "{payload}");
    }
    assert_eq!(eve.refusal("rtc_motion", json!({"on": true})).await, "no_channel");
    eve.ok("rtc_motion", json!({"on": false})).await;
    let mut limited = 0;
    for _ in 0..20 {
        let reply = eve.push("rtc_offer", json!({"sdp": "v=0"})).await;
        limited += u32::from(reply["response"]["reason"] == "rate_limited");
    }
    assert!(limited > 10, "{limited}");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for length in 0..500 {
        socket.send_to(&vec![length as u8; length * 3], voice_address(&server)).unwrap();
    }
    ada.ok("rtc_offer", json!({"sdp": offer()})).await;
    ada.ok("say", json!({"text": "Still here."})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_voices_are_off_that_is_said_and_a_taken_port_says_how_to_go_on() {
    let server = Server::start_with(|config| config.voices = false).await;
    let room = server.room().await;
    let mut ada = server.enter(&room).await;
    for event in ["rtc_begin", "rtc_offer", "rtc_close"] {
        assert_eq!(ada.refusal(event, json!({"sdp": offer()})).await, "voice_off");
    }
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut config = server.config().clone();
    let folder = tempfile::tempdir().unwrap();
    (config.voices, config.voice_listen) = (true, taken.local_addr().ok());
    config.data = folder.path().to_owned();
    let words = format!("{:#}", thexr_server::serve::start(config, None).await.err().unwrap());
    assert!(words.contains("--voice-listen") && words.contains("voices = false"), "{words}");
}

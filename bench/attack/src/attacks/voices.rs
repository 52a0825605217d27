//! Attacks on voices: offers of lines that never come, and datagrams of nobody.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::net::UdpSocket;

use crate::ground::Ground;
use crate::hostile::Hostile;

/// People who offer.
const OFFERERS: usize = 20;
/// Datagrams in a burst, and how often there is one: 40,000 a second.
const BURST: usize = 400;
const BURST_EVERY: Duration = Duration::from_millis(10);

/// An offer of a line with as many slots as one may have; nobody stands behind it.
fn offer() -> String {
    let fingerprint = ["AB"; 32].join(":");
    let head = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    let line = |nth: usize| {
        let way = if nth == 0 { "sendonly" } else { "recvonly" };
        format!(
            "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=mid:{nth}\r\na={way}\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
        )
    };
    format!("{head}{}", (0..17).map(line).collect::<String>())
}

/// Twenty people offer lines over and over, good ones, broken ones and enormous ones, while datagrams of every kind come to the
/// port of voices as fast as one sender sends them.
pub(super) async fn voices(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(OFFERERS).await?;
    let mut offerers = Vec::new();
    for (number, visitor) in visitors.iter().enumerate() {
        offerers.push(Hostile::enter(&ground, visitor, number).await?);
    }
    ground.begin().await;
    let flood = tokio::spawn(flood(ground.clone()));
    let offers = [
        json!({"sdp": offer()}),
        json!({"sdp": "x".repeat(60_000)}),
        json!({"sdp": "m=audio\r\n".repeat(2_000)}),
    ];
    let offers = offers.map(|offer| offer.to_string());
    for turn in 0.. {
        for offerer in &mut offerers {
            let _ = offerer.call("rtc_offer", &offers[turn % offers.len()]).await?;
        }
    }
    flood.abort();
    Ok(())
}

/// What looks like STUN, DTLS, RTP and nothing, from a hundred ports.
async fn flood(ground: Arc<Ground>) -> Result<()> {
    let mut sockets = Vec::new();
    for _ in 0..100 {
        sockets.push(UdpSocket::bind("127.0.0.1:0").await?);
    }
    let mut every = tokio::time::interval(BURST_EVERY);
    for turn in 0_usize.. {
        every.tick().await;
        for nth in 0..BURST {
            let mut bytes = vec![(turn ^ nth) as u8; 60 + nth % 1_200];
            bytes[0] = [0, 20, 22, 128, 200, 255][nth % 6];
            bytes[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
            // What the kernel does not take is not sent.
            let _ = sockets[nth % sockets.len()].try_send_to(&bytes, ground.server);
        }
        ground.note("datagrams", ((turn + 1) * BURST) as u64);
    }
    Ok(())
}

//! Attacks by connections that hold what they should not: readers who never read, posts that are never done.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{nodes, text};
use crate::ground::{Ground, count};
use crate::hostile::Hostile;
use crate::http::Request;
use crate::phrase;

/// Connections that never read.
const SLOW_READERS: usize = 200;

/// Posts at a time.
const POSTS: usize = 8;

/// One line of a post, bytes: just below what a message may have.
const LINE_BYTES: usize = 1000 * 1024;

/// Everyone is in and reads nothing, while somebody tells them something.
pub(super) async fn slow_readers(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(SLOW_READERS + 1).await?;
    ground.begin().await;
    let mut readers = Vec::new();
    for (number, visitor) in visitors[..SLOW_READERS].iter().enumerate() {
        // Who is refused is counted where it happens.
        let Ok(mut reader) = Hostile::open(&ground, visitor, number, false).await else { continue };
        reader.ask_to_join(r#"{"dialect":"thexr.1","version":4,"nickname":"deaf"}"#).await?;
        readers.push(reader);
    }
    ground.note("deaf_connections", readers.len());
    let mut teller = Hostile::enter(&ground, &visitors[SLOW_READERS], SLOW_READERS).await?;
    let payload = format!("{{\"event_name\":\"news\",\"payload\":{{\"text\":{}}}}}", text(16 * 1024));
    let mut pace = ground.pace(16.0);
    while pace.again().await {
        while teller.take_answer().is_some() {}
        teller.push("event", &payload).await?;
    }
    Ok(())
}

/// Posts as large as a body may be, eight at a time, into one long-poll session.
pub(super) async fn longpoll(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let path = format!("/socket/longpoll?vsn=2.0.0&token={}", visitors[0].token);
    let open = Request::new("GET", &path, "", Ground::hostile(0), "");
    let (_, body) = open.send(ground.server).await?;
    let opened: Value = serde_json::from_str(&body).context("a long poll's answer is not JSON")?;
    let session = opened["token"].as_str().context("a long poll without a token")?;
    let path = Arc::new(format!("{path}&token={session}"));
    let topic = format!("room:{}", ground.room);
    let join = phrase::push(1, 1, &topic, "phx_join", &json!({"nickname": "mallory"}).to_string());
    post(&ground, &path, &join).await;
    ground.begin().await;
    let line = |reference| {
        let payload = format!("{{\"event_name\":\"x\",\"payload\":{}}}", nodes(LINE_BYTES));
        phrase::push(1, reference, &topic, "event", &payload)
    };
    let body = Arc::new(format!("{}\n{}", line(2), line(3)));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..POSTS {
        let (ground, path, body) = (ground.clone(), path.clone(), body.clone());
        all.spawn(async move {
            let mut pace = ground.pace(20.0);
            while pace.again().await {
                post(&ground, &path, &body).await;
            }
        });
    }
    all.spawn({
        let (ground, path) = (ground.clone(), path.clone());
        async move {
            // A session that nobody polls ends.
            let get = Request::new("GET", &path, "", Ground::hostile(0), "");
            let mut pace = ground.pace(10.0);
            while pace.again().await {
                // Whatever came is fetched.
                get.send(ground.server).await.ok();
            }
        }
    });
    while all.join_next().await.is_some() {}
    Ok(())
}

async fn post(ground: &Ground, path: &str, body: &str) {
    let request =
        Request { kind: "application/x-ndjson", ..Request::new("POST", path, "", Ground::hostile(0), body) };
    let answer = request.send(ground.server).await;
    let mut tally = ground.tally();
    tally.sent += 1;
    tally.sent_bytes += body.len() as u64;
    match answer {
        Ok((200, answer)) if answer.contains("\"status\":200") => tally.accepted += 1,
        Ok((status, answer)) => count(&mut tally.refused, &format!("{status} {:.20}", answer)),
        Err(error) => count(&mut tally.closed, &error.to_string()),
    }
}

//! Attacks on what a room holds: nodes, things that end together, restores, resumes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use super::{nodes, text};
use crate::ground::{Ground, Visitor};
use crate::hostile::Hostile;
use crate::http::Request;

/// One component's text, bytes: just below what it may have.
const COMPONENT_BYTES: usize = 62 * 1024;

/// Components of that size that fit one event.
const COMPONENTS_IN_EVENT: usize = 15;

/// How long a refused step of the preparation is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long answers to nodes are waited for before pages are looked at.
const NODES_PATIENCE: Duration = Duration::from_secs(6);

/// How long a room is filled at most: what the server lets people do in that time is what is attacked with.
const FILL_TIME: Duration = Duration::from_secs(75);

/// People who fill a room: where each has a budget, many may do more than one.
const FILLERS: usize = 64;

/// Components that fill a room: 54 MiB of them, below what a room may hold.
const FILL_COMPONENTS: usize = 54 * 1024 * 1024 / COMPONENT_BYTES;

/// A transaction that creates so many entities with the same components, named by a prefix of four letters.
pub(super) fn creations(prefix: &str, count: usize, components: &str) -> String {
    let op = |number: usize| {
        format!("{{\"op\":\"create\",\"entity\":\"{prefix}{number:05}\",\"components\":{components}}}")
    };
    format!("{{\"ops\":[{}]}}", (0..count).map(op).collect::<Vec<_>>().join(","))
}

/// Twelve events of nodes into a room of its own, then page views that nobody pays for.
pub(super) async fn nodes_and_views(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let room = ground.another_room("nodes").await?;
    let mut writer = Hostile::open(&ground, &visitors[0], 0, true).await?;
    writer.turn_to(&room);
    writer.join(json!({"dialect": "thexr.1", "version": 4, "nickname": "mallory"})).await?;
    ground.begin().await;
    let components = format!("{{\"junk\":{}}}", nodes(COMPONENT_BYTES));
    let mut awaited = 0;
    for number in 0..12 {
        let event =
            creations(&format!("node{}", char::from(b'a' + number)), COMPONENTS_IN_EVENT, &components);
        writer.push("transact", &event).await?;
        awaited += 1;
        // As fast as a connection may send, a burst ahead.
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let (mut accepted, deadline) = (0, tokio::time::Instant::now() + NODES_PATIENCE);
    while let Ok(Some(answer)) = tokio::time::timeout_at(deadline, writer.next_answer()).await {
        accepted += u64::from(answer.outcome.is_ok());
        awaited -= 1;
        if awaited == 0 {
            break;
        }
    }
    ground.note("events_accepted", accepted);
    let path = format!("/rooms/{room}");
    let mut views = tokio::task::JoinSet::new();
    for number in 0..10 {
        let (ground, path) = (ground.clone(), path.clone());
        views.spawn(async move {
            let path = if number % 2 == 0 { "/rooms" } else { path.as_str() };
            let request = Request::new("GET", path, "", Ground::hostile(number), "");
            request.send(ground.server).await.map(|(status, _)| status)
        });
    }
    let mut seen = 0;
    while let Some(view) = views.join_next().await {
        seen += u64::from(matches!(view?, Ok(200)));
    }
    ground.note("pages_seen", seen);
    Ok(())
}

/// Things that end in one heap: with their keeper, and by their time.
pub(super) async fn heap(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let mut builder = Hostile::enter(&ground, &visitors[0], 0).await?;
    builder.insist("create_entity", r#"{"entity":"keeper","components":{"label":"k"}}"#, PATIENCE).await?;
    let mut kept = 0;
    for group in 0..20 {
        let event =
            creations(&format!("kept{}", char::from(b'a' + group)), 500, r#"{"keep_while":"keeper"}"#);
        kept += 500 * u64::from(builder.insist("transact", &event, PATIENCE).await.is_ok());
    }
    ground.note("kept", kept);
    ground.begin().await;
    builder.insist("delete_entity", r#"{"entity":"keeper"}"#, PATIENCE).await?;
    let mut brief = 0;
    for group in 0..6 {
        let event = creations(&format!("ttls{}", char::from(b'a' + group)), 1_000, r#"{"ttl":4000}"#);
        brief += 1_000 * u64::from(builder.call("transact", &event).await?.is_ok());
    }
    ground.note("by_time", brief);
    ground.last().await;
    Ok(())
}

/// Fills the room as far as it goes, saves it, and restores it again and again.
pub(super) async fn restore(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(FILLERS).await?;
    let mut fillers = tokio::task::JoinSet::new();
    for (number, visitor) in visitors.iter().cloned().enumerate() {
        let ground = ground.clone();
        fillers.spawn(async move { fill(ground, visitor, number).await });
    }
    let mut components = 0;
    while let Some(filled) = fillers.join_next().await {
        components += filled??;
    }
    ground.note("room_mib", (components * COMPONENT_BYTES) >> 20);
    let mut restorer = Hostile::enter(&ground, &visitors[0], 0).await?;
    restorer.insist("save_snapshot", r#"{"name":"full"}"#, PATIENCE).await?;
    ground.begin().await;
    let (mut restored, mut pace) = (0, ground.pace(1.0));
    while pace.again().await {
        restored += u64::from(restorer.call("restore_snapshot", r#"{"name":"full"}"#).await?.is_ok());
        ground.note("restored", restored);
    }
    Ok(())
}

/// One of many who fill a room with texts; returns how many were accepted.
async fn fill(ground: Arc<Ground>, visitor: Visitor, number: usize) -> Result<usize> {
    let mut filler = Hostile::enter(&ground, &visitor, number).await?;
    let deadline = tokio::time::Instant::now() + FILL_TIME;
    let mut accepted = 0;
    while accepted < FILL_COMPONENTS / FILLERS && tokio::time::Instant::now() < deadline {
        let entity = format!("fill{number:03}{accepted:03}");
        let payload = format!(
            "{{\"entity\":\"{entity}\",\"components\":{{\"text_of_mine\":{}}}}}",
            text(COMPONENT_BYTES)
        );
        match filler.call("create_entity", &payload).await? {
            Ok(_) => accepted += 1,
            Err(reason) if reason == "room_state_too_large" => break,
            Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
        }
    }
    Ok(accepted)
}

/// Ten people who come back over the same long tail, again and again.
pub(super) async fn resumes(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(11).await?;
    let mut resumed = Vec::new();
    for (number, visitor) in visitors[..10].iter().enumerate() {
        let mut hostile = Hostile::open(&ground, visitor, number, true).await?;
        let reply = hostile.join(json!({"dialect": "thexr.1", "version": 4, "nickname": "mallory"})).await?;
        let token = reply["resume_token"].as_str().context("a join reply without a token")?;
        let payload =
            json!({"dialect": "thexr.1", "version": 4, "resume": {"token": token, "seq": reply["seq"]}});
        resumed.push((visitor.clone(), payload.to_string()));
    }
    let mut maker = Hostile::enter(&ground, &visitors[10], 10).await?;
    let components = format!("{{\"text_of_mine\":{}}}", text(COMPONENT_BYTES));
    let event = creations("tail", COMPONENTS_IN_EVENT - 1, &components);
    maker.insist("transact", &event, PATIENCE).await?;
    ground.begin().await;
    let mut pace = ground.pace(2.0);
    while pace.again().await {
        let mut all = tokio::task::JoinSet::new();
        for (number, (visitor, payload)) in resumed.iter().cloned().enumerate() {
            let ground = ground.clone();
            all.spawn(async move {
                let mut hostile = Hostile::open(&ground, &visitor, number, true).await?;
                hostile.ask_to_join(&payload).await?;
                tokio::time::sleep(Duration::from_millis(400)).await;
                anyhow::Ok(())
            });
        }
        // Who is refused is counted where it happens.
        while all.join_next().await.is_some() {}
    }
    Ok(())
}

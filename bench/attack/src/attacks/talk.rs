//! Attacks by what a command makes everyone hear and the disk keep.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use super::state::creations;
use super::text;
use crate::ground::{Ground, Visitor};
use crate::hostile::Hostile;

/// One component's text, bytes: just below what it may have.
const COMPONENT_BYTES: usize = 60 * 1024;

/// How long a refused step of the preparation is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Commands a second of one connection: just below the limit of its pushes.
const PUSHES_HZ: f64 = 190.0;

/// Updates a second of one connection: just below the limit of its bytes.
const UPDATES_HZ: f64 = 16.0;

/// Shouts a second of one connection.
const SHOUTS_HZ: f64 = 60.0;

/// What copying a group is about.
const GROUP_BYTES: usize = 15 * COMPONENT_BYTES;

/// A shout of 16 KiB, just below the limit.
fn shout() -> String {
    json!({"noise": "x".repeat(16 * 1024 - 32)}).to_string()
}

/// Makes a group of 0.9 MiB: a parent with things that hang on it. Its parent's id.
async fn group(builder: &mut Hostile, number: usize) -> Result<String> {
    let parent = format!("group{number:03}");
    let create = json!({"entity": parent, "components": {"label": "group"}}).to_string();
    builder.insist("create_entity", &create, PATIENCE).await?;
    let child =
        format!("{{\"parent\":{{\"entity\":\"{parent}\"}},\"text_of_mine\":{}}}", text(COMPONENT_BYTES));
    let letter = char::from(b'a' + (number % 26) as u8);
    let event = creations(&format!("chi{letter}"), GROUP_BYTES / COMPONENT_BYTES, &child);
    builder.insist("transact", &event, PATIENCE).await?;
    Ok(parent)
}

/// Copies a group until the attack ends; every copy is deleted, so that the room never fills.
async fn copy(ground: &Ground, copier: &mut Hostile, parent: &str) -> Result<()> {
    let payload = json!({"entity": parent}).to_string();
    let mut pace = ground.pace(PUSHES_HZ / 2.0);
    while pace.again().await {
        copier.push("duplicate_entity", &payload).await?;
        while let Some(answer) = copier.take_answer() {
            let Ok(response) = answer.outcome else { continue };
            if let Some(entity) = response["entity"].as_str() {
                copier.push("delete_entity", &json!({"entity": entity}).to_string()).await?;
            }
        }
    }
    Ok(())
}

/// One copier.
pub(super) async fn duplicate(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let mut copier = Hostile::enter(&ground, &visitors[0], 0).await?;
    let parent = group(&mut copier, 0).await?;
    ground.begin().await;
    copy(&ground, &mut copier, &parent).await
}

/// One who shouts.
pub(super) async fn shouts(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let mut shouter = Hostile::enter(&ground, &visitors[0], 0).await?;
    ground.begin().await;
    again_and_again(&ground, &mut shouter, SHOUTS_HZ, "shout", &shout()).await
}

/// Pushes the same until the attack ends.
async fn again_and_again(
    ground: &Ground,
    who: &mut Hostile,
    hz: f64,
    event: &str,
    payload: &str,
) -> Result<()> {
    let mut pace = ground.pace(hz);
    while pace.again().await {
        while who.take_answer().is_some() {}
        who.push(event, payload).await?;
    }
    Ok(())
}

/// One who stores.
pub(super) async fn updates(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let mut writer = Hostile::enter(&ground, &visitors[0], 0).await?;
    writer.insist("create_entity", r#"{"entity":"board000","components":{"label":"b"}}"#, PATIENCE).await?;
    ground.begin().await;
    store(&ground, &mut writer, "board000").await
}

/// Stores as many bytes as a connection may send until the attack ends.
async fn store(ground: &Ground, writer: &mut Hostile, entity: &str) -> Result<()> {
    let filling = text(COMPONENT_BYTES);
    let payload = format!("{{\"entity\":\"{entity}\",\"components\":{{\"text_of_mine\":{filling}}}}}");
    again_and_again(ground, writer, UPDATES_HZ, "update_components", &payload).await
}

/// Commands with an id each, from as many connections as it takes.
pub(super) async fn ids(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(20).await?;
    ground.begin().await;
    let mut all = tokio::task::JoinSet::new();
    for number in 0..80 {
        let (ground, visitor) = (ground.clone(), visitors[number % 20].clone());
        all.spawn(async move { spend_ids(ground, visitor, number).await });
    }
    // A connection that was thrown out is counted where it happens.
    while all.join_next().await.is_some() {}
    Ok(())
}

async fn spend_ids(ground: Arc<Ground>, visitor: Visitor, number: usize) -> Result<()> {
    let mut spender = Hostile::enter(&ground, &visitor, number).await?;
    let (mut turn, mut pace) = (0, ground.pace(PUSHES_HZ));
    while pace.again().await {
        while spender.take_answer().is_some() {}
        turn += 1;
        let id = format!("{number}.{turn}");
        let payload = json!({"event_name": "x", "payload": {}, "id": id}).to_string();
        spender.push("event", &payload).await?;
    }
    Ok(())
}

/// Twenty people, a third each.
pub(super) async fn twenty(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(20).await?;
    let mut people = Vec::new();
    for (number, visitor) in visitors.iter().enumerate() {
        people.push(Hostile::enter(&ground, visitor, number).await?);
    }
    let first = people.first_mut().context("twenty people")?;
    let parent = group(first, 0).await?;
    first.insist("create_entity", r#"{"entity":"board000","components":{"label":"b"}}"#, PATIENCE).await?;
    ground.begin().await;
    let mut all = tokio::task::JoinSet::new();
    for (number, mut person) in people.into_iter().enumerate() {
        let (ground, parent) = (ground.clone(), parent.clone());
        all.spawn(async move {
            match number % 3 {
                0 => copy(&ground, &mut person, &parent).await,
                1 => store(&ground, &mut person, "board000").await,
                _ => again_and_again(&ground, &mut person, SHOUTS_HZ, "shout", &shout()).await,
            }
        });
    }
    // A connection that was thrown out is counted where it happens.
    while all.join_next().await.is_some() {}
    Ok(())
}

//! Attacks on getting in: connections, previews, bad joins, rooms that nobody needs.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::ground::Ground;
use crate::hostile::Hostile;

/// Sockets with bad names.
const BAD_SOCKETS: usize = 1_900;

/// Addresses they come from.
const BAD_ADDRESSES: usize = 20;

/// Rooms that are looked at: as many as a server runs.
const ROOMS: usize = 2_000;

/// Sockets that look at them, a hundred rooms each.
const LOOKERS: usize = 21;

/// Rooms made at a time.
const ROOMS_AT_ONCE: usize = 16;

/// One person, many connections, all of which stay as long as they may.
pub(super) async fn connections(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    ground.begin().await;
    let mut held = Vec::new();
    for number in 0..50 {
        let Ok(mut hostile) = Hostile::open(&ground, &visitors[0], number, true).await else { continue };
        hostile.ask_to_join(r#"{"dialect":"thexr.1","version":4,"nickname":"mallory"}"#).await?;
        held.push(hostile);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stay(&ground, &held).await;
    Ok(())
}

/// Twenty people at the door.
pub(super) async fn previews(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(20).await?;
    ground.begin().await;
    let mut held = Vec::new();
    for (number, visitor) in visitors.iter().enumerate() {
        let Ok(mut hostile) = Hostile::open(&ground, visitor, number, true).await else { continue };
        hostile.ask_to_join(r#"{"dialect":"thexr.1","version":4,"mode":"preview"}"#).await?;
        held.push(hostile);
    }
    stay(&ground, &held).await;
    Ok(())
}

/// Holds connections until the attack ends.
async fn stay(ground: &Ground, held: &[Hostile]) {
    ground.last().await;
    ground.note("connections_held", held.iter().filter(|hostile| !hostile.is_over()).count());
}

/// Many sockets that ask again and again under names nobody may have.
pub(super) async fn bad_joins(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(BAD_SOCKETS).await?;
    ground.begin().await;
    let mut all = tokio::task::JoinSet::new();
    for (number, visitor) in visitors.into_iter().enumerate() {
        let ground = ground.clone();
        all.spawn(async move {
            // Half a thousand a second.
            tokio::time::sleep(Duration::from_millis(2 * number as u64)).await;
            let mut hostile = Hostile::open(&ground, &visitor, number % BAD_ADDRESSES, true).await?;
            let name =
                format!("{{\"dialect\":\"thexr.1\",\"version\":2,\"nickname\":\"{}\"}}", "m".repeat(60));
            let mut pace = ground.pace(1.0);
            while pace.again().await {
                while hostile.take_answer().is_some() {}
                hostile.ask_to_join(&name).await?;
            }
            anyhow::Ok(())
        });
    }
    let mut refused = 0;
    while let Some(ended) = all.join_next().await {
        refused += u64::from(ended?.is_err());
    }
    ground.note("sockets_refused_or_lost", refused);
    Ok(())
}

/// Sockets that look at as many rooms as the server runs.
pub(super) async fn rooms(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(LOOKERS).await?;
    let mut rooms = Vec::new();
    let mut making = tokio::task::JoinSet::new();
    for number in 0..ROOMS {
        if making.len() >= ROOMS_AT_ONCE
            && let Some(room) = making.join_next().await
        {
            rooms.push(room??);
        }
        let ground = ground.clone();
        making.spawn(async move { ground.another_room(&format!("empty {number}")).await });
    }
    while let Some(room) = making.join_next().await {
        rooms.push(room??);
    }
    ground.begin().await;
    let mut all = tokio::task::JoinSet::new();
    for (number, visitor) in visitors.into_iter().enumerate() {
        let (ground, rooms) =
            (ground.clone(), rooms.iter().skip(number).step_by(LOOKERS).cloned().collect::<Vec<_>>());
        all.spawn(async move {
            let mut looker = Hostile::open(&ground, &visitor, number, true).await?;
            for room in &rooms {
                looker.turn_to(room);
                looker.ask_to_join(r#"{"dialect":"thexr.1","version":4,"mode":"preview"}"#).await?;
            }
            let mut pace = ground.pace(5.0);
            while pace.again().await {
                while looker.take_answer().is_some() {}
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = all.join_next().await {
        ended?.ok();
    }
    Ok(())
}

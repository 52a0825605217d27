//! Honest people who come one after the other: each opens a socket, joins, leaves; how long until they were let in?
//! With several rooms each goes to the next one.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::ground::{Ground, Visitor, count};
use crate::phase::{Hearer, Phase};
use crate::phrase;
use crate::samples::Diary;
use crate::socket::Opening;

/// Time between two of them.
const PERIOD: Duration = Duration::from_secs(1);

/// How long one waits at the door; then it has waited so long, and is not in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets them come until the run ends.
pub(super) async fn come(
    server: SocketAddr,
    rooms: &[String],
    visitors: &[Visitor],
    mut phase: Hearer,
) -> Diary {
    let mut diary = Diary::default();
    phase.reached(Phase::Baseline).await;
    let (mut end, now) = (phase.clone(), phase);
    let mut at_the_door = None;
    let one_by_one = async {
        let mut period = tokio::time::interval(PERIOD);
        for (number, (visitor, room)) in visitors.iter().zip(rooms.iter().cycle()).enumerate() {
            period.tick().await;
            let began = Instant::now();
            at_the_door = Some(began);
            let token = visitor.token.clone();
            let opening = Opening { server, token, from: Ground::honest(10 + number), ahead_bytes: None };
            let outcome = tokio::time::timeout(PATIENCE, visit(&opening, room)).await;
            let page = diary.page(now.now());
            page.join.add(began.elapsed());
            at_the_door = None;
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(error)) => count(&mut page.refused, &format!("{error:#}")),
                Err(_) => count(&mut page.refused, "not let in in time"),
            }
        }
    };
    tokio::select! {
        // Nobody is left.
        () = one_by_one => {}
        () = end.reached(Phase::End) => {}
    }
    // Who came a moment ago says nothing yet.
    if let Some(began) = at_the_door.filter(|began| began.elapsed() > PERIOD) {
        let page = diary.page(Phase::End);
        page.join.add(began.elapsed());
        count(&mut page.refused, "not let in in time");
    }
    diary
}

/// In and out again.
async fn visit(opening: &Opening, room: &str) -> Result<()> {
    let mut socket = opening.open().await?;
    let topic = format!("room:{room}");
    let payload = json!({"dialect": "thexr.1", "version": 4, "nickname": "newcomer"}).to_string();
    socket.send(Message::text(phrase::push(1, 1, &topic, "phx_join", &payload))).await?;
    loop {
        let message = socket.next().await.context("the connection ended")??;
        let Message::Text(text) = message else { continue };
        let Some(reply) = phrase::reply(&text) else { continue };
        match reply.outcome {
            Ok(response) if response["crowded"] == true => bail!("let in as a spectator"),
            Ok(_) => break,
            Err(reason) => bail!("{reason}"),
        }
    }
    socket.send(Message::text(phrase::push(1, 2, &topic, "phx_leave", "{}"))).await?;
    socket.close(None).await.ok();
    Ok(())
}

//! Fills rooms with boxes before a crowd comes, to see what joining a full room costs.

use crate::bot::Bot;
use crate::limits::{FURNISH_BATCH, FURNISH_PATIENCE, FURNISH_PAUSE};
use crate::options::BotOptions;
use crate::plan::Plan;
use crate::visitors::visitors;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thexr_wire::RoomId;

/// Boxes in one row.
const ROW: usize = 100;
const COLORS: [&str; 5] = ["#264653", "#2A9D8F", "#E9C46A", "#F4A261", "#E76F51"];

/// Puts the plan's boxes into each of its rooms; errors when a room refuses them.
pub async fn furnish(plan: &Plan) -> Result<()> {
    for room in &plan.rooms {
        furnish_room(plan, room).await.with_context(|| format!("room {room}"))?;
    }
    Ok(())
}

async fn furnish_room(plan: &Plan, room: &RoomId) -> Result<()> {
    let visitor = visitors(&plan.url, 1, plan.key.clone()).await?.pop().context("no visitor")?;
    let mut bot = Bot::join(BotOptions::new(&plan.url, room.clone(), visitor)).await?;
    for first in (0..plan.furnish).step_by(FURNISH_BATCH) {
        let boxes = (first..plan.furnish.min(first + FURNISH_BATCH)).map(a_box);
        let payload = json!({"ops": boxes.collect::<Vec<Value>>()});
        while let Err(refused) = bot.command("transact", payload.clone(), FURNISH_PATIENCE).await? {
            if refused.reason != "rate_limited" {
                bail!("{}: {}", refused.reason, refused.detail);
            }
            // So much at once is more than a person's share; the room's pool fills again.
            tokio::time::sleep(FURNISH_PAUSE).await;
        }
        eprintln!("{:>6} of {} boxes", plan.furnish.min(first + FURNISH_BATCH), plan.furnish);
    }
    bot.leave().await?;
    Ok(())
}

/// The `create` of one box; its id makes a second run on the same room fail clearly (`id_taken`).
fn a_box(number: usize) -> Value {
    let position = [(number % ROW) as f64 - ROW as f64 / 2.0, 0.2, (number / ROW) as f64 - ROW as f64 / 2.0];
    json!({"op": "create", "entity": format!("box{number:06}"), "components": {
        "shape": {"kind": "box", "size": 0.4}, "color": COLORS[number % COLORS.len()], "position": position}})
}

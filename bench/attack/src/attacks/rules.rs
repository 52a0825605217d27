//! An attack by rules: as many as a room holds, each of a kind that would go on for ever, count everything or tell everyone, and
//! twenty people who set them off.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};
use thexr_wire::joints::Hands;
use thexr_wire::lane::{Own, write_up};
use thexr_wire::pose::{Marks, Pose};

use crate::ground::Ground;
use crate::hostile::Hostile;

/// People who set rules off.
const PEOPLE: usize = 20;

/// Things that carry rules, and rules of each.
const THINGS: usize = 250;
const OF_A_THING: usize = 64;

/// What the rules of a thing are: of every kind of trouble some.
fn rules(thing: usize) -> Value {
    let rule = |at: usize| {
        let name = format!("r{at}");
        let event = format!("e{}", (thing + at) % 20);
        match at % 8 {
            // Sets off itself, and others.
            0 => {
                json!({"name": name, "when": {"event": event}, "then": [{"do": "emit", "event": event}, {"do": "emit", "event": "e1"}]})
            }
            // Counts everybody and everything, many times over.
            1 => {
                json!({"name": name, "when": {"event": event}, "then": [{"do": "inc", "components": {"n": 1}}],
                "if": vec![json!({"count": {"tag": "thing"}, "within_m": 50, "at_least": 100_000}); 30]})
            }
            // Tells everyone as much as it can.
            2 => {
                json!({"name": name, "when": {"event": event}, "then": [{"do": "hud", "to": "all", "text": "x".repeat(200)}]})
            }
            // Makes more of its kind.
            3 => {
                json!({"name": name, "when": {"every_ms": 100}, "then": [{"do": "spawn", "from": "self", "ttl_ms": 2_000}]})
            }
            // Writes what is large, again and again.
            4 => json!({"name": name, "when": {"event": event}, "then": [
                {"do": "set", "components": {"copies": vec!["{self.rules}"; 40]}}]}),
            // Waits, and many times.
            5 => {
                json!({"name": name, "when": {"event": event}, "then": [{"do": "inc", "components": {"late": 1}, "delay_ms": 500}]})
            }
            // Changes all of them.
            6 => json!({"name": name, "when": {"event": event}, "then": [
                {"do": "inc", "on": {"tag": "thing"}, "components": {"all": 1}}]}),
            // Watches who comes.
            _ => {
                json!({"name": name, "when": {"entered": "self", "within_m": 50}, "then": [{"do": "emit", "event": event}]})
            }
        }
    };
    (0..OF_A_THING).map(rule).collect()
}

/// Twenty people in a room of 16,000 rules set all of them off, thirty times a second each, and walk to and fro among their places.
pub(super) async fn rules_without_end(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(PEOPLE).await?;
    let mut builder = Hostile::enter(&ground, &visitors[0], 0).await?;
    ground.begin().await;
    let mut people = tokio::task::JoinSet::new();
    for (number, visitor) in visitors.iter().cloned().enumerate().skip(1) {
        let ground = ground.clone();
        people.spawn(async move {
            let hostile = Hostile::enter(&ground, &visitor, number).await?;
            set_off(ground, hostile, number).await
        });
    }
    let mut made = 0u64;
    for thing in 0..THINGS {
        let position = [(thing % 16) as f32 * 3.0, 0.0, (thing / 16) as f32 * 3.0];
        let components = json!({"tag": "thing", "position": position, "rules": rules(thing)});
        let create = json!({"components": components}).to_string();
        // What the rules that are there have everyone told leaves less and less for more of them.
        made += u64::from(builder.call("create_entity", &create).await?.is_ok());
    }
    ground.note("things with 64 rules", made);
    people.spawn(set_off(ground.clone(), builder, 0));
    while let Some(done) = people.join_next().await {
        // Whose connection is ended goes home.
        done?.ok();
    }
    Ok(())
}

/// One of them.
async fn set_off(ground: Arc<Ground>, mut hostile: Hostile, number: usize) -> Result<()> {
    let mut pace = ground.pace(30.0);
    let mut turn = number;
    while pace.again().await {
        turn += 1;
        hostile.push("event", &format!("{{\"event_name\":\"e{}\"}}", turn % 20)).await?;
        let (x, z) = (((turn * 7) % 48) as f32, ((turn * 13) % 48) as f32);
        let pose = Pose::standing([x, 1.6, z]);
        let own = Own { sample_ms: turn as u32 * 33, marks: Marks::default(), pose, hands: Hands::default() };
        let mut frame = Vec::new();
        write_up(turn as u16, turn as u32, &own, &mut frame);
        hostile.frame(&frame).await?;
    }
    Ok(())
}

//! An attack by weapons: twenty people who shoot as fast as they are heard, reload, change, drop and pick up what they have, from where
//! they are and from where they are not, and say nonsense in between.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use thexr_wire::joints::Hands;
use thexr_wire::lane::{Own, write_up};
use thexr_wire::pose::{Marks, Pose};

use crate::ground::Ground;
use crate::hostile::Hostile;

/// People who shoot.
const SHOOTERS: usize = 20;

/// Pushes of each in a second: three quarters of what a connection may.
const PUSHES_HZ: f64 = 150.0;

/// Targets that have a fact of every hit.
const TARGETS: usize = 40;

/// How long a refused step of the preparation is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// A game with a wall, targets behind and before it, and three guns of which everyone may take as many as they like.
fn level() -> String {
    let create = |id: String, components: serde_json::Value| json!({"op": "create", "entity": id, "components": components});
    let gun = |item: &str, gun: serde_json::Value| json!({"gun": gun, "collectable": {"item": item, "amount": 1_000, "respawn_ms": 1}, "position": [0, 1, 0]});
    let mut ops = vec![
        create("shotgame".into(), json!({"game": {"checked": false, "friendly_fire": false}})),
        create(
            "shotwall".into(),
            json!({"shape": {"kind": "box", "width": 30, "height": 4, "depth": 0.2}, "position": [0, 2, 15]}),
        ),
        create(
            "shotgun01".into(),
            gun("spray", json!({"rate": 20, "pellets": 12, "spread": 0.5, "damage": 0.01})),
        ),
        create(
            "shotgun02".into(),
            gun("slow", json!({"kind": "projectile", "rate": 20, "speed": 5, "range": 100})),
        ),
        create("shotgun03".into(), gun("clip", json!({"rate": 20, "capacity": 2, "reload_ms": 0}))),
    ];
    ops.extend((0..TARGETS).map(|n| {
        let at = [(n % 20) as f64 * 1.5 - 15.0, 1.0, if n < 20 { 12.0 } else { 20.0 }];
        create(
            format!("shotat{n:03}"),
            json!({"target": {"health": 100_000}, "shape": {"kind": "box", "size": 1}, "position": at}),
        )
    }));
    json!({"ops": ops}).to_string()
}

/// Twenty people with every weapon do with it whatever can be asked.
pub(super) async fn shots(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(SHOOTERS).await?;
    let mut builder = Hostile::enter(&ground, &visitors[0], 0).await?;
    builder.insist("transact", &level(), PATIENCE).await?;
    ground.begin().await;
    let mut shooters = tokio::task::JoinSet::new();
    shooters.spawn(shoot(ground.clone(), builder, 0));
    for (number, visitor) in visitors.iter().cloned().enumerate().skip(1) {
        let ground = ground.clone();
        shooters.spawn(async move {
            let hostile = Hostile::enter(&ground, &visitor, number).await?;
            shoot(ground, hostile, number).await
        });
    }
    while let Some(done) = shooters.join_next().await {
        // Whose connection is ended goes home.
        done?.ok();
    }
    Ok(())
}

/// One of them.
async fn shoot(ground: Arc<Ground>, mut hostile: Hostile, number: usize) -> Result<()> {
    let mut pace = ground.pace(PUSHES_HZ);
    let mut turn = number;
    let (x, z) = ((number % 5) as f32 - 2.0, (number / 5) as f32 * 0.5 - 1.0);
    while pace.again().await {
        turn += 1;
        if turn.is_multiple_of(15) {
            let own = Own {
                sample_ms: turn as u32 * 7,
                marks: Marks::default(),
                pose: Pose::standing([x, 1.6, z]),
                hands: Hands::default(),
            };
            let mut frame = Vec::new();
            write_up(turn as u16, turn as u32, &own, &mut frame);
            hostile.frame(&frame).await?;
        }
        let (name, payload) = wish(turn, [x, z]);
        hostile.push(name, &payload).await?;
    }
    Ok(())
}

/// The next thing that one asks for.
fn wish(turn: usize, [x, z]: [f32; 2]) -> (&'static str, String) {
    let angle = turn as f32 * 0.37;
    let shot = |origin: [f32; 3], at: &str| {
        let [dx, dz] = [angle.sin(), angle.cos().abs()];
        let direction = [dx, 0.0, dz];
        format!("{{\"origin\":{origin:?},\"direction\":{direction:?}{at}}}")
    };
    match turn % 16 {
        0 => ("collect", format!("{{\"entity\":\"shotgun0{}\"}}", turn / 16 % 3 + 1)),
        1 => (
            "switch_weapon",
            format!("{{\"weapon\":\"{}\"}}", ["spray", "slow", "clip", "none"][turn / 16 % 4]),
        ),
        2 => ("reload", "{}".to_owned()),
        3 if turn % 64 == 3 => ("drop_weapon", "{}".to_owned()),
        // From beyond the wall, and from the other end of the world.
        4 => ("shoot", shot([x, 1.5, 16.0], "")),
        5 => ("shoot", shot([1e6, 1.5, z], "")),
        6 => ("shoot", "{\"origin\":[0,1,0],\"direction\":[0,0,0],\"at\":{}}".to_owned()),
        7 => ("shoot", format!("{{\"origin\":{}}}", super::nodes(2_000))),
        8 => ("shoot", shot([x, 1.5, z], ",\"at\":-1e300")),
        _ => ("shoot", shot([x, 1.5, z + 0.2], ",\"at\":1e15")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_asked_is_json() {
        for turn in 0..256 {
            let (_, payload) = wish(turn, [1.0, -0.5]);
            assert!(serde_json::from_str::<serde_json::Value>(&payload).unwrap().is_object(), "{payload}");
        }
        assert!(serde_json::from_str::<serde_json::Value>(&level()).is_ok());
    }
}

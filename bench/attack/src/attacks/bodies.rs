//! Attacks by things that move: many that never rest, and people who say where all of them are.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use thexr_wire::bodies::Rounded;
use thexr_wire::claims::{CLAIMS_MAX, Claim, Claims};
use thexr_wire::joints::Hands;
use thexr_wire::lane::{Own, write_claims, write_up};
use thexr_wire::pose::{Marks, Pose};

use crate::ground::Ground;
use crate::hostile::Hostile;

/// How long a refused step of the preparation is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// People who claim.
const CLAIMANTS: usize = 20;

/// As many boxes as a room pushes about, side by side in the air, which gravity that changes ten times a second never lets rest,
/// and as many again in one place.
pub(super) async fn bodies(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(1).await?;
    let mut builder = Hostile::enter(&ground, &visitors[0], 0).await?;
    builder.insist("create_entity", r#"{"entity":"pulls","components":{"gravity":-9.81}}"#, PATIENCE).await?;
    ground.begin().await;
    let mut made = 0;
    for group in 0..20u8 {
        let op = |number: usize| {
            let (x, z) = (number % 25, number / 25);
            let (y, x, z) = if group < 10 { (f32::from(group) * 0.6 + 1.0, x, z) } else { (1.0, 90, 90) };
            format!(
                "{{\"op\":\"create\",\"entity\":\"body{}{number:05}\",\"components\":{{\"shape\":{{\"kind\":\"box\",\"size\":0.5}},\"position\":[{},{y},{}],\"body\":{{\"motion\":\"dynamic\",\"restitution\":1}}}}}}",
                char::from(b'a' + group),
                x as f32 * 0.6,
                z as f32 * 0.6,
            )
        };
        let event = format!("{{\"ops\":[{}]}}", (0..500).map(op).collect::<Vec<_>>().join(","));
        made += 500 * u64::from(builder.insist("transact", &event, PATIENCE).await.is_ok());
    }
    ground.note("bodies", made);
    for turn in 0u64.. {
        let gravity = if turn.is_multiple_of(2) { 3.0 } else { -9.81 };
        let update = format!("{{\"entity\":\"pulls\",\"components\":{{\"gravity\":{gravity}}}}}");
        let _ = builder.call("update_components", &update).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Twenty people among a thousand boxes claim what is near and far, theirs and others', in the way of honest people, at speeds and
/// times of their own.
pub(super) async fn claims(ground: Arc<Ground>) -> Result<()> {
    let visitors = ground.visitors(CLAIMANTS).await?;
    let mut builder = Hostile::enter(&ground, &visitors[0], 0).await?;
    let mut made = 0;
    for group in 0..2u8 {
        let op = |number: usize| {
            let (x, z) = (number % 25, number / 25);
            format!(
                "{{\"op\":\"create\",\"entity\":\"claim{}{number:05}\",\"components\":{{\"shape\":{{\"kind\":\"box\",\"size\":0.3}},\"position\":[{},{},{}],\"body\":{{\"motion\":\"dynamic\"}}}}}}",
                char::from(b'a' + group),
                x as f32 * 0.5 - 6.0,
                f32::from(group) * 0.4 + 0.15,
                z as f32 * 0.5 - 5.0,
            )
        };
        let event = format!("{{\"ops\":[{}]}}", (0..500).map(op).collect::<Vec<_>>().join(","));
        made += 500 * u64::from(builder.insist("transact", &event, PATIENCE).await.is_ok());
    }
    ground.note("bodies", made);
    ground.begin().await;
    let mut claimants = tokio::task::JoinSet::new();
    claimants.spawn(claim(ground.clone(), builder, 0));
    for (number, visitor) in visitors.iter().cloned().enumerate().skip(1) {
        let ground = ground.clone();
        claimants.spawn(async move {
            let hostile = Hostile::enter(&ground, &visitor, number).await?;
            claim(ground, hostile, number).await
        });
    }
    while let Some(claimed) = claimants.join_next().await {
        // Whose connection is ended goes home.
        claimed?.ok();
    }
    Ok(())
}

/// One of them: now what they said before a little farther on, now something else altogether.
async fn claim(ground: Arc<Ground>, mut hostile: Hostile, number: usize) -> Result<()> {
    let mut pace = ground.pace(60.0);
    let mut seq = 0u16;
    while pace.again().await {
        seq = seq.wrapping_add(if seq.is_multiple_of(97) { 30_000 } else { 1 });
        let turn = usize::from(seq) / 8;
        let own = Own {
            sample_ms: u32::from(seq) * 16,
            marks: Marks::default(),
            pose: Pose::standing([(number % 5) as f32 * 2.0 - 4.0, 1.7, (number / 5) as f32 * 2.0 - 4.0]),
            hands: Hands::default(),
        };
        let body = |n: usize| {
            let slot = ((number * 50 + n + turn / 16 * 31) % 1_100) as u16;
            let (x, z) = ((n % 25) as f32 * 0.5 - 6.0, (n / 25) as f32 * 0.5 - 5.0);
            let place = [x + 0.3 * (turn as f32).sin(), 0.2, z, 0.0, 0.0, 0.0, 1.0];
            let velocity = [30.0 * (turn as f32).cos(), 5.0, 0.0];
            Claim { slot, rests: n.is_multiple_of(7), place: Rounded::new(&place), velocity, spin: [32.0; 3] }
        };
        let claims = Claims { behind_ms: seq as u8, bodies: (0..CLAIMS_MAX).map(body).collect() };
        let mut frame = Vec::new();
        write_up(seq, u32::from(seq).wrapping_mul(0x1_0001), &own, &mut frame);
        write_claims(&claims, &mut frame);
        hostile.frame(&frame).await?;
    }
    Ok(())
}

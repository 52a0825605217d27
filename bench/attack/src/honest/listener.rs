//! An honest listener on a slow line: reads at most 64 KiB a second, and is to stay connected all the same.

use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::person::Plan;
use crate::ground::count;
use crate::phase::Phase;
use crate::phrase;
use crate::samples::Diary;

/// What its line carries, bytes a second: half a megabit.
const LINE_BYTES_PER_SECOND: f64 = 64.0 * 1024.0;

/// What the kernel receives ahead, bytes: else it would hide the line.
const AHEAD_BYTES: u32 = 16 * 1024;

/// Time between two heartbeats.
const HEARTBEAT_PERIOD: Duration = Duration::from_secs(15);

/// Wait before a lost connection is opened again.
const RETURN_DELAY: Duration = Duration::from_secs(1);

/// Lives until the run ends; what it felt.
pub(super) async fn live(plan: Plan) -> Diary {
    let mut diary = Diary::default();
    let mut phase = plan.phase.clone();
    let mut was_in = false;
    let listen = async {
        loop {
            if let Err(error) = stay(&plan, &mut diary, &mut was_in).await {
                count(&mut diary.page(plan.phase.now()).lost, &format!("{error:#}"));
            }
            tokio::time::sleep(RETURN_DELAY).await;
        }
    };
    tokio::select! {
        () = listen => {}
        () = phase.reached(Phase::End) => {}
    }
    diary
}

/// One connection from its opening to its end.
async fn stay(plan: &Plan, diary: &mut Diary, was_in: &mut bool) -> Result<()> {
    let mut socket = plan.opening(Some(AHEAD_BYTES)).open().await?;
    socket.send(Message::text(plan.join_text())).await?;
    let mut heartbeat = tokio::time::interval(HEARTBEAT_PERIOD);
    let mut free_at = Instant::now();
    let mut reference = 1;
    loop {
        tokio::select! {
            _ = heartbeat.tick() => {
                reference += 1;
                socket.send(Message::text(phrase::heartbeat(reference))).await?;
            }
            () = tokio::time::sleep_until(free_at) => {
                let message = socket.next().await.context("the connection ended")??;
                diary.page(plan.phase.now()).received_bytes += message.len() as u64;
                let line = Duration::from_secs_f64(message.len() as f64 / LINE_BYTES_PER_SECOND);
                free_at = free_at.max(Instant::now()) + line;
                if let Message::Close(frame) = &message {
                    bail!("closed with {}", frame.as_ref().map_or(0, |frame| u16::from(frame.code)));
                }
                let Message::Text(text) = &message else { continue };
                if phrase::is(text, "phx_error") || phrase::is(text, "phx_close") {
                    bail!("the channel ended");
                }
                if phrase::is(text, "phx_reply") && !std::mem::replace(was_in, true) {
                    plan.inside.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

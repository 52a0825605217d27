//! One run from its beginning to its report: the attack prepares, honest people get in, they are watched without and
//! with it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::Plan;
use crate::attacks::{ALL, Attack, Newcomers};
use crate::ground::{Ground, Tally};
use crate::honest::{Diaries, Honest, Setting};
use crate::http::Request;
use crate::phase::{Hearer, Phase, Sender};
use crate::samples::{Diary, Felt};

/// How long an attack may prepare.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(130);

/// How long everyone settles before the baseline.
const SETTLE: Duration = Duration::from_secs(3);

/// How long an attack may take to end.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// People who come one after the other, one a second: more than the longest run lasts.
const NEWCOMERS: usize = 60;

/// Honest people who stay.
const STAYING: usize = 3;

/// Runs one attack.
///
/// Errors: no such attack, or the run broke before the attack began.
pub(crate) fn run(plan: &Plan) -> Result<Value> {
    let attack = ALL.iter().find(|attack| attack.name == plan.name);
    let attack = attack.with_context(|| format!("no attack `{}`", plan.name))?;
    // One thread: on a machine of few cores the attack must not be about who computes more.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let report = runtime.block_on(watch(plan, attack));
    // What still hangs is of no interest any more.
    runtime.shutdown_background();
    report
}

async fn watch(plan: &Plan, attack: &Attack) -> Result<Value> {
    let phase = Sender::new(Phase::Settle);
    let ground = Ground::new(plan.address, &plan.key, Hearer::of(&phase)).await?;
    let visitors = ground.visitors(STAYING + NEWCOMERS).await?;
    let newcomers_rooms = match attack.newcomers {
        Newcomers::No => Vec::new(),
        Newcomers::Here => vec![ground.room.clone()],
        Newcomers::Elsewhere => {
            let mut rooms = Vec::new();
            for number in 0..NEWCOMERS {
                rooms.push(ground.another_room(&format!("elsewhere {number}")).await?);
            }
            rooms
        }
    };
    let mut work = tokio::spawn((attack.work)(ground.clone()));
    tokio::select! {
        () = ground.prepared() => {}
        ended = &mut work => bail!("the attack ended before it began: {:?}", ended?),
        () = tokio::time::sleep(PREPARE_TIMEOUT) => bail!("the attack is not prepared after {PREPARE_TIMEOUT:?}"),
    }
    let room = ground.room.clone();
    let setting =
        Setting { server: plan.address, room, newcomers_rooms, visitors, phase: Hearer::of(&phase) };
    let honest = Honest::start(setting);
    honest.inside().await?;
    tokio::time::sleep(SETTLE).await;
    phase.send_replace(Phase::Baseline);
    eprintln!("baseline");
    tokio::time::sleep(plan.baseline()).await;
    let seconds = plan.seconds.unwrap_or(attack.seconds);
    // The words that tell a reader that measuring begins.
    eprintln!("attack  in 1/1");
    phase.send_replace(Phase::Attack);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    phase.send_replace(Phase::End);
    let diaries = honest.finish()?;
    let error = end(work).await;
    let alive = Request::new("GET", "/healthz", "", Ground::honest(0), "").send(plan.address).await;
    let alive = matches!(alive, Ok((200, _)));
    let mut report = felt(&diaries);
    report["seconds"] = seconds.into();
    report["baseline_seconds"] = plan.baseline.into();
    report["alive"] = alive.into();
    report["hostile"] = hostile(&ground.tally(), error);
    Ok(report)
}

/// Waits for the attack's end; what went wrong with it.
async fn end(work: JoinHandle<Result<()>>) -> Option<String> {
    let abort = work.abort_handle();
    match tokio::time::timeout(END_TIMEOUT, work).await {
        Ok(Ok(Ok(()))) => None,
        Ok(Ok(Err(error))) => Some(format!("{error:#}")),
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => {
            abort.abort();
            Some("it did not end by itself".to_owned())
        }
    }
}

fn felt(diaries: &Diaries) -> Value {
    let Diaries { witness, listener, newcomers } = diaries;
    let refused = |diary: &Diary| diary.both(|felt| json!(felt.refused));
    let lost = |diary: &Diary| diary.both(|felt| json!(felt.lost));
    let times = |diary: &Diary, kind: fn(&Felt) -> Value| diary.both(kind);
    json!({
        "witness": {
            "ping_ms": times(witness, |felt| felt.ping.report()),
            "motion_gap_ms": times(witness, |felt| felt.motion_gap.report()),
            "durable_ms": times(witness, |felt| felt.durable.report()),
            "refused": refused(witness),
            "lost": lost(witness),
            "received_bytes": witness.both(|felt| felt.received_bytes.into()),
        },
        "slow_listener": {
            "lost": lost(listener),
            "received_bytes": listener.both(|felt| felt.received_bytes.into()),
        },
        "newcomers": newcomers.as_ref().map(|diary| json!({
            "join_ms": times(diary, |felt| felt.join.report()),
            "refused": refused(diary),
        })),
    })
}

fn hostile(tally: &Tally, error: Option<String>) -> Value {
    let Tally { sent, sent_bytes, received_bytes, accepted, refused, closed, notes } = tally;
    json!({"sent": sent, "sent_bytes": sent_bytes, "received_bytes": received_bytes, "accepted": accepted,
        "refused": refused, "closed": closed, "notes": notes, "trouble": error})
}

//! A crowd: many bots join in a ramp, live for some seconds while everything is measured, and leave.

use crate::furnish::furnish;
use crate::life::{Role, live};
use crate::limits::{FILES_SPARE, RAMP_PATIENCE};
use crate::own;
use crate::plan::Plan;
use crate::progress;
use crate::report::Report;
use crate::server::{Load, Source, watch_server};
use crate::shared::{Phase, Shared};
use crate::tally::{self, Outcome, Run};
use crate::visitors::{Visitor, visitors};
use anyhow::{Context, Result, bail};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

/// Runs a crowd as planned. Prints how it goes to stderr.
///
/// Errors: a plan beyond the limits, no visitors to be had, too few open files allowed. Bots that do not get in are
/// part of the report.
pub async fn run(plan: Plan) -> Result<Report> {
    plan.check()?;
    allow_files(plan.count as u64 + FILES_SPARE)?;
    if plan.furnish > 0 {
        furnish(&plan).await.context("the room could not be furnished")?;
    }
    let people = visitors(&plan.url, plan.count, plan.key.clone()).await.context("no visitors")?;
    let (shared, load) = (Arc::new(Shared::default()), Arc::new(Mutex::new(Load::default())));
    let (phase, watch) = watch::channel(Phase::Ramp);
    let progress = tokio::spawn(progress::tell(shared.clone(), load.clone(), plan.count));
    let source = Source::new(&plan.url, plan.key.clone());
    let watching = tokio::spawn(watch_server(source, watch.clone(), load));

    let started = Instant::now();
    let bots = ramp(&plan, people, &shared, &watch).await;
    all_in(&shared, plan.count).await;
    let ramp_seconds = started.elapsed().as_secs_f64();

    phase.send_replace(Phase::Measure);
    let (measuring, cpu_seconds) = (Instant::now(), own::cpu_seconds());
    until_measured(plan.seconds).await;
    phase.send_replace(Phase::Stop);
    let (seconds, cpu_seconds_end) = (measuring.elapsed().as_secs_f64(), own::cpu_seconds());

    let outcomes = bots.join_all().await;
    progress.abort();
    progress::end();
    // A watcher that fell over has nothing to tell.
    let watched = watching.await.ok().flatten();
    let bots_cpu_seconds = cpu_seconds.zip(cpu_seconds_end).map(|(before, after)| after - before);
    let rooms = plan.rooms.iter().map(ToString::to_string).collect();
    let run = Run { rooms, ramp_seconds, seconds, watched, bots_cpu_seconds };
    Ok(tally::report(run, &shared, outcomes))
}

/// The measured time; Ctrl-C ends it early, with a report of what there is.
async fn until_measured(seconds: u64) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        Ok(()) = tokio::signal::ctrl_c() => {}
    }
}

/// Begins the joins one after another, as fast as planned; what was held up is made up for.
async fn ramp(
    plan: &Plan,
    people: Vec<Visitor>,
    shared: &Arc<Shared>,
    phase: &watch::Receiver<Phase>,
) -> JoinSet<Outcome> {
    let mut bots = JoinSet::new();
    let mut ramp = tokio::time::interval(Duration::from_secs(1) / plan.joins_per_second);
    ramp.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let behaviours = plan.mix.deal(plan.count, plan.seed);
    for (number, (visitor, behaviour)) in people.into_iter().zip(behaviours).enumerate() {
        ramp.tick().await;
        let role = Role::new(plan, number, behaviour, visitor);
        bots.spawn(live(role, shared.clone(), phase.clone()));
    }
    bots
}

/// Every bot is an open file; most systems allow 1024 unless asked for more.
fn allow_files(needed: u64) -> Result<()> {
    let allowed = rlimit::increase_nofile_limit(needed).context("the limit of open files cannot be read")?;
    if allowed < needed {
        bail!(
            "{needed} open files are needed, {allowed} are allowed: `ulimit -Hn {needed}` as root, or fewer bots"
        );
    }
    Ok(())
}

async fn all_in(shared: &Shared, count: usize) {
    let deadline = Instant::now() + RAMP_PATIENCE;
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while shared.joined.load(Ordering::Relaxed) + shared.failed.load(Ordering::Relaxed) < count
        && Instant::now() < deadline
    {
        look.tick().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::plan;

    #[tokio::test]
    async fn a_plan_beyond_the_limits_is_refused_before_anything_happens() {
        let error = run(Plan { rate_hz: 21, ..plan(1) }).await.unwrap_err();
        assert!(error.to_string().starts_with("--rate"), "{error}");
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_said_so() {
        let error = run(plan(1)).await.unwrap_err();
        assert!(error.to_string().contains("no visitors"), "{error:#}");
    }
}

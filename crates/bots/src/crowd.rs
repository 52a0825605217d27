//! A crowd: many bots join in a ramp, walk for some seconds while everything is measured, and leave.

use crate::bot::{Bot, BotError, BotOptions};
use crate::furnish::furnish;
use crate::histogram::Histogram;
use crate::limits::{BOTS_MAX, FILES_SPARE, JOINS_PER_SECOND, RAMP_PATIENCE, RATE_HZ_MAX, RECONNECT_PAUSE};
use crate::report::Report;
use crate::visitors::{Visitor, visitors};
use crate::walk::Walk;
use crate::writing::{Answers, Writer};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thexr_client::{Detail, Event, Stats};
use thexr_wire::RoomId;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server, such as `http://127.0.0.1:4000`.
    pub url: String,
    /// The room.
    pub room: RoomId,
    /// How many bots.
    pub count: usize,
    /// Poses per second of each, 1 to 20.
    pub rate_hz: u32,
    /// How long to measure once everyone is in.
    pub seconds: u64,
    /// The operator's key, for servers that do not give visitors to everyone.
    pub key: Option<String>,
    /// Seed of the walks.
    pub seed: u64,
    /// Boxes put into the room before anyone joins.
    pub furnish: usize,
    /// Durable commands per second of each bot, at most 20; 0 for none.
    pub commands_hz: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Ramp,
    Measure,
    Stop,
}

/// What all bots share: live counters for the progress line, ages for the report.
#[derive(Debug, Default)]
struct Shared {
    joined: AtomicUsize,
    failed: AtomicUsize,
    poses: AtomicU64,
    records: AtomicU64,
    down_bytes: AtomicU64,
    ages: Mutex<Ages>,
}

#[derive(Debug, Default)]
struct Ages {
    /// Since the last progress line.
    recent: Histogram,
    /// While measuring.
    measured: Histogram,
}

/// What one bot brings home.
#[derive(Debug, Default)]
struct Outcome {
    join_error: Option<String>,
    join_ms: Option<f32>,
    answers: Answers,
    measured: Stats,
    rtt_ms: Option<f64>,
    disconnects: BTreeMap<String, u64>,
    errors: BTreeMap<String, u64>,
}

/// Runs a crowd as planned. Prints a progress line each second to stderr.
///
/// Errors: no visitors to be had, too few open files allowed, a plan beyond the limits. Bots that do not get in are
/// part of the report.
pub async fn run(plan: Plan) -> Result<Report> {
    if plan.count == 0 || plan.count > BOTS_MAX {
        bail!("between 1 and {BOTS_MAX} bots, please");
    }
    if !(1..=RATE_HZ_MAX).contains(&plan.rate_hz) {
        bail!("between 1 and {RATE_HZ_MAX} poses a second, please");
    }
    allow_files(plan.count as u64 + FILES_SPARE)?;
    if plan.commands_hz > RATE_HZ_MAX {
        bail!("at most {RATE_HZ_MAX} commands a second, please");
    }
    if plan.furnish > 0 {
        furnish(&plan).await.context("the room could not be furnished")?;
    }
    let people = visitors(&plan.url, plan.count, plan.key.clone()).await.context("no visitors")?;
    let shared = Arc::new(Shared::default());
    let (stage, watch) = watch::channel(Stage::Ramp);
    let progress = tokio::spawn(progress(shared.clone(), plan.count));
    let started = Instant::now();
    let mut bots = JoinSet::new();
    let mut ramp = tokio::time::interval(Duration::from_secs(1) / JOINS_PER_SECOND);
    ramp.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for (number, visitor) in people.into_iter().enumerate() {
        ramp.tick().await;
        bots.spawn(life(
            options(&plan, visitor),
            Habits::of(&plan, number as u64),
            shared.clone(),
            watch.clone(),
        ));
    }
    all_in(&shared, plan.count).await;
    let ramp_seconds = started.elapsed().as_secs_f64();
    stage.send_replace(Stage::Measure);
    let measuring = Instant::now();
    tokio::time::sleep(Duration::from_secs(plan.seconds)).await;
    let seconds = measuring.elapsed().as_secs_f64();
    stage.send_replace(Stage::Stop);
    let outcomes = bots.join_all().await;
    progress.abort();
    Ok(report(&plan, &shared, outcomes, ramp_seconds, seconds))
}

/// What one bot does in the room.
struct Habits {
    seed: u64,
    commands_hz: u32,
}

impl Habits {
    fn of(plan: &Plan, number: u64) -> Self {
        Self { seed: plan.seed.wrapping_add(number), commands_hz: plan.commands_hz }
    }
}

fn options(plan: &Plan, visitor: Visitor) -> BotOptions {
    let options = BotOptions::new(&plan.url, plan.room.clone(), visitor);
    BotOptions { detail: Detail::Light, rate_hz: plan.rate_hz, ..options }
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

async fn progress(shared: Arc<Shared>, count: usize) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.tick().await;
    for passed in 1.. {
        second.tick().await;
        let ages = {
            let mut ages = shared.ages.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut ages.recent).percentiles()
        };
        eprintln!(
            "{passed:>4} s  joined {}/{count}  failed {}  up {}/s  down {}/s  {:.1} kB/s each  age p50 {:.0}  p95 {:.0}  p99 {:.0} ms",
            shared.joined.load(Ordering::Relaxed),
            shared.failed.load(Ordering::Relaxed),
            shared.poses.swap(0, Ordering::Relaxed),
            shared.records.swap(0, Ordering::Relaxed),
            shared.down_bytes.swap(0, Ordering::Relaxed) as f64 / 1_000.0 / count as f64,
            ages.p50,
            ages.p95,
            ages.p99,
        );
    }
}

/// A bot from joining to leaving.
async fn life(
    options: BotOptions,
    habits: Habits,
    shared: Arc<Shared>,
    stage: watch::Receiver<Stage>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let began = Instant::now();
    let mut bot = match Bot::join(options).await {
        Ok(bot) => bot,
        Err(error) => {
            shared.failed.fetch_add(1, Ordering::Relaxed);
            outcome.join_error = Some(error.reason());
            return outcome;
        }
    };
    outcome.join_ms = Some(began.elapsed().as_secs_f32() * 1_000.0);
    shared.joined.fetch_add(1, Ordering::Relaxed);
    bot.walk(Walk::new(habits.seed));
    let mut writer = Writer::new(habits.commands_hz);
    let mut meter = Meter::new(&bot);
    loop {
        let now = *stage.borrow();
        if now == Stage::Stop {
            break;
        }
        if let Err(error) = bot.turn().await {
            // Outages before and after the measured time are the ramp's and the end's.
            if now == Stage::Measure {
                count(&mut outcome.disconnects, error.reason());
            }
            if !back(&mut bot, &stage, &mut outcome).await {
                break;
            }
        }
        let events = bot.take_events();
        writer.read(&events, now);
        note(events, &mut outcome.errors);
        writer.write(&mut bot, now);
        meter.read(&bot, now, &shared);
    }
    outcome.answers = writer.into_answers();
    outcome.measured = meter.measured(&bot);
    outcome.rtt_ms = bot.client().rtt_ms();
    // The run is over: how the goodbye ends is not measured.
    let _ = bot.leave().await;
    outcome
}

/// Connects again until it works; `false` when the run ended meanwhile.
async fn back(bot: &mut Bot, stage: &watch::Receiver<Stage>, outcome: &mut Outcome) -> bool {
    loop {
        tokio::time::sleep(RECONNECT_PAUSE).await;
        if *stage.borrow() == Stage::Stop {
            return false;
        }
        match bot.connect().await {
            Ok(()) => return true,
            Err(error) => count(&mut outcome.errors, format!("reconnect: {}", reason_class(&error))),
        }
    }
}

fn reason_class(error: &BotError) -> &'static str {
    match error {
        BotError::Url(_) => "url",
        BotError::Connect(_) => "connect",
        BotError::Join { .. } => "join",
        BotError::Closed(_) => "closed",
        BotError::Fatal(_) => "fatal",
        BotError::Timeout => "timeout",
    }
}

fn count(counts: &mut BTreeMap<String, u64>, reason: String) {
    *counts.entry(reason).or_default() += 1;
}

fn note(events: Vec<Event>, errors: &mut BTreeMap<String, u64>) {
    for event in events {
        match event {
            Event::Desync { detail } => count(errors, format!("desync: {detail}")),
            Event::Fatal { detail } => count(errors, format!("fatal: {detail}")),
            Event::Closed { reason } => count(errors, format!("channel: {reason}")),
            Event::JoinRefused { reason, .. } => count(errors, format!("rejoin: {reason}")),
            _ => {}
        }
    }
}

/// Reads a bot's counters into the shared ones.
struct Meter {
    read: Stats,
    seen_ages: u64,
    ages: Histogram,
    next: Instant,
    /// Counters when measuring began.
    start: Option<Stats>,
}

impl Meter {
    fn new(bot: &Bot) -> Self {
        let read = *bot.client().stats();
        Self { read, seen_ages: 0, ages: Histogram::default(), next: Instant::now(), start: None }
    }

    /// Ages at every turn, since their ring is short; the rest a few times a second.
    fn read(&mut self, bot: &Bot, stage: Stage, shared: &Shared) {
        let client = bot.client();
        if stage == Stage::Measure && self.start.is_none() {
            // What came before is not part of the measurement.
            self.seen_ages = client.ages().total();
            self.ages = Histogram::default();
            self.start = Some(*client.stats());
        }
        for age_ms in client.ages().since(self.seen_ages) {
            self.ages.add(age_ms);
        }
        self.seen_ages = client.ages().total();
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + Duration::from_millis(250);
        self.share(bot, stage, shared);
    }

    fn share(&mut self, bot: &Bot, stage: Stage, shared: &Shared) {
        let stats = *bot.client().stats();
        shared.poses.fetch_add(stats.poses_sent - self.read.poses_sent, Ordering::Relaxed);
        shared.records.fetch_add(stats.records - self.read.records, Ordering::Relaxed);
        shared.down_bytes.fetch_add(stats.received_bytes - self.read.received_bytes, Ordering::Relaxed);
        self.read = stats;
        let mut ages = shared.ages.lock().unwrap_or_else(PoisonError::into_inner);
        if stage == Stage::Measure {
            ages.measured.take(&mut self.ages.clone());
        }
        ages.recent.take(&mut self.ages);
    }

    /// What the bot did while measuring.
    fn measured(&self, bot: &Bot) -> Stats {
        let (Some(start), end) = (self.start, bot.client().stats()) else { return Stats::default() };
        Stats {
            received_bytes: end.received_bytes - start.received_bytes,
            sent_bytes: end.sent_bytes - start.sent_bytes,
            frames: end.frames - start.frames,
            records: end.records - start.records,
            poses_sent: end.poses_sent - start.poses_sent,
            bad_messages: end.bad_messages - start.bad_messages,
            ..Stats::default()
        }
    }
}

fn report(plan: &Plan, shared: &Shared, outcomes: Vec<Outcome>, ramp_seconds: f64, seconds: f64) -> Report {
    let mut report = Report { asked: plan.count, ramp_seconds, seconds, ..Report::default() };
    let (mut down, mut up, mut rtts, mut joins) = (0, 0, Histogram::default(), Histogram::default());
    let mut answers = Answers::default();
    for outcome in outcomes {
        match outcome.join_error {
            Some(reason) => count(&mut report.join_errors, reason),
            None => report.joined += 1,
        }
        let measured = outcome.measured;
        report.sent_poses += measured.poses_sent;
        report.received_frames += measured.frames;
        report.received_records += measured.records;
        down += measured.received_bytes;
        up += measured.sent_bytes;
        answers.take(outcome.answers);
        outcome.join_ms.into_iter().for_each(|join_ms| joins.add(join_ms));
        outcome.rtt_ms.into_iter().for_each(|rtt| rtts.add(rtt as f32));
        if measured.bad_messages > 0 {
            *report.errors.entry("unreadable messages".into()).or_default() += measured.bad_messages;
        }
        for (counts, more) in
            [(&mut report.disconnects, outcome.disconnects), (&mut report.errors, outcome.errors)]
        {
            more.into_iter().for_each(|(reason, number)| *counts.entry(reason).or_default() += number);
        }
    }
    let clients = report.joined.max(1) as f64;
    report.down_bytes_per_s_per_client = down as f64 / seconds / clients;
    report.up_bytes_per_s_per_client = up as f64 / seconds / clients;
    report.rtt_ms = rtts.percentiles();
    report.join_ms = joins.percentiles();
    report.commands_answered = answers.count;
    report.command_ms = answers.times.percentiles();
    report.pose_age_ms = shared.ages.lock().unwrap_or_else(PoisonError::into_inner).measured.percentiles();
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(count: usize, rate_hz: u32) -> Plan {
        Plan {
            url: "http://127.0.0.1:9".into(),
            room: RoomId::parse("abcde").unwrap(),
            count,
            rate_hz,
            seconds: 1,
            key: None,
            seed: 1,
            furnish: 0,
            commands_hz: 0,
        }
    }

    #[tokio::test]
    async fn a_plan_beyond_the_limits_is_refused() {
        for plan in [plan(0, 20), plan(BOTS_MAX + 1, 20), plan(1, 0), plan(1, 21)] {
            assert!(run(plan).await.is_err());
        }
    }

    #[test]
    fn a_report_adds_up_what_the_bots_bring_home() {
        let one = |error: Option<&str>, poses_sent| Outcome {
            join_error: error.map(str::to_owned),
            measured: Stats { poses_sent, received_bytes: 1_000, ..Stats::default() },
            disconnects: [("closed: 1012".to_owned(), 1)].into(),
            ..Outcome::default()
        };
        let outcomes = vec![one(None, 40), one(None, 2), one(Some("room_full"), 0)];
        let report = report(&plan(3, 20), &Shared::default(), outcomes, 1.0, 2.0);
        assert_eq!((report.joined, report.sent_poses), (2, 42));
        assert_eq!(report.join_errors, [("room_full".to_owned(), 1)].into());
        assert_eq!(report.disconnects, [("closed: 1012".to_owned(), 3)].into());
        assert_eq!(report.down_bytes_per_s_per_client, 750.0);
    }
}

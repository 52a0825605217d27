//! The load: clients that join in a ramp, move at a rate, read everything, and are counted while all are in.
//!
//! Prints the progress lines that `cargo xtask bench` reads from every load generator. Must not know what the
//! messages mean; that is `peer`'s.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::histogram::Histogram;
use crate::peer::{Heard, Peer, Speaker};
use crate::report::{Counted, Outcome, report};
use crate::socket::Socket;
use crate::stamp;

/// How long one client may take to get in.
const JOIN_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the crowd may take beyond its ramp before measuring starts without the rest.
const RAMP_PATIENCE: Duration = Duration::from_secs(30);

/// How many clients, whereto, for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct Plan {
    /// The server
    #[arg(long)]
    address: SocketAddr,
    /// What it speaks
    #[arg(long)]
    peer: Peer,
    /// How many clients
    #[arg(long)]
    count: u32,
    /// Movements per second of each
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// Seconds to measure once everyone is in
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Joins begun per second
    #[arg(long, default_value_t = 50)]
    joins_per_second: u32,
    /// Bytes of a binary frame up
    #[arg(long, default_value_t = 90)]
    up_bytes: usize,
}

impl Plan {
    /// How many clients.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Ramp,
    Measure,
    Stop,
}

/// What all clients share.
#[derive(Debug, Default)]
struct Shared {
    joined: AtomicUsize,
    failed: AtomicUsize,
    received_bytes: AtomicU64,
    ages: Histogram,
}

/// Runs the load and returns its report.
pub(crate) async fn run(plan: Plan) -> Result<Value> {
    let shared = Arc::new(Shared::default());
    let (phase, watch) = watch::channel(Phase::Ramp);
    let progress = tokio::spawn(progress(shared.clone(), plan.count));
    let base_us = stamp::now_us();
    let mut clients = JoinSet::new();
    let mut ramp = tokio::time::interval(Duration::from_secs(1) / plan.joins_per_second.max(1));
    ramp.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..plan.count {
        ramp.tick().await;
        let phase = f64::from(number) / f64::from(plan.count);
        let speaker = Speaker { peer: plan.peer, up_bytes: plan.up_bytes, phase, base_us };
        clients.spawn(life(plan.clone(), speaker, shared.clone(), watch.clone()));
    }
    everyone(&shared, plan.count as usize).await;
    phase.send_replace(Phase::Measure);
    let measuring = Instant::now();
    tokio::time::sleep(Duration::from_secs(plan.seconds)).await;
    let seconds = measuring.elapsed().as_secs_f64();
    phase.send_replace(Phase::Stop);
    let outcomes = clients.join_all().await;
    progress.abort();
    Ok(report(plan.count, seconds, &outcomes, &shared.ages))
}

async fn everyone(shared: &Shared, count: usize) {
    let deadline = Instant::now() + RAMP_PATIENCE;
    let mut look = tokio::time::interval(Duration::from_millis(20));
    let settled = || shared.joined.load(Ordering::Relaxed) + shared.failed.load(Ordering::Relaxed);
    while settled() < count && Instant::now() < deadline {
        look.tick().await;
    }
}

async fn progress(shared: Arc<Shared>, count: u32) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.tick().await;
    for passed in 1.. {
        second.tick().await;
        let each = shared.received_bytes.swap(0, Ordering::Relaxed) as f64 / 1_000.0 / f64::from(count);
        let (joined, failed) = (&shared.joined, &shared.failed);
        let (joined, failed) = (joined.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
        eprintln!("{passed:>4} s  in {joined}/{count}  failed {failed}  down {each:.1} kB/s each");
    }
}

/// One client from joining to leaving.
async fn life(
    plan: Plan,
    speaker: Speaker,
    shared: Arc<Shared>,
    mut phase: watch::Receiver<Phase>,
) -> Outcome {
    let joining = tokio::time::timeout(JOIN_TIMEOUT, speaker.connect(plan.address)).await;
    let socket = match joining {
        Ok(Ok(socket)) => socket,
        Ok(Err(error)) => return refused(&shared, format!("{error:#}")),
        Err(_) => return refused(&shared, "timeout".to_owned()),
    };
    shared.joined.fetch_add(1, Ordering::Relaxed);
    let mut client = Client { speaker, socket, shared: &shared, last_us: 0, counted: Counted::default() };
    let mut turn = turns(plan.rate, speaker.phase);
    let mut disconnects = BTreeMap::new();
    while *phase.borrow_and_update() != Phase::Stop {
        let measuring = *phase.borrow() == Phase::Measure;
        if let Err(error) = client.until_next_stage(&mut phase, &mut turn, measuring).await {
            disconnects.insert(format!("{error:#}"), 1);
            break;
        }
    }
    Outcome { join_error: None, counted: client.counted, disconnects }
}

fn refused(shared: &Shared, reason: String) -> Outcome {
    shared.failed.fetch_add(1, Ordering::Relaxed);
    Outcome { join_error: Some(reason), ..Outcome::default() }
}

/// When a client moves: at the rate, each at a time of its own.
fn turns(rate: f64, phase: f64) -> Interval {
    let period = Duration::from_secs_f64(1.0 / rate.max(0.1));
    // Neighbours on the circle must not move at the same instant: a stride that repeats late.
    let offset = period.mul_f64((phase * 617.0).fract());
    let mut turn = tokio::time::interval_at(Instant::now() + offset, period);
    turn.set_missed_tick_behavior(MissedTickBehavior::Skip);
    turn
}

struct Client<'a> {
    speaker: Speaker,
    socket: Socket,
    shared: &'a Shared,
    /// The newest sample heard.
    last_us: u64,
    counted: Counted,
}

impl Client<'_> {
    /// Moves and reads until the phase changes; counts while measuring.
    async fn until_next_stage(
        &mut self,
        phase: &mut watch::Receiver<Phase>,
        turn: &mut Interval,
        measuring: bool,
    ) -> Result<()> {
        loop {
            tokio::select! {
                changed = phase.changed() => return Ok(changed?),
                _ = turn.tick() => {
                    self.socket.send(self.speaker.movement(stamp::now_us())).await?;
                    self.counted.sent += u64::from(measuring);
                }
                message = self.socket.next() => {
                    let message = message.ok_or_else(|| anyhow::anyhow!("closed"))??;
                    let bytes = message.len() as u64;
                    self.shared.received_bytes.fetch_add(bytes, Ordering::Relaxed);
                    let heard = self.speaker.hear(&message, &mut self.last_us, stamp::now_us());
                    if measuring {
                        self.count(heard, bytes);
                    }
                }
            }
        }
    }

    fn count(&mut self, heard: Heard, bytes: u64) {
        self.counted.bytes += bytes;
        if let Heard::News { age_ms } = heard {
            self.counted.frames += 1;
            age_ms.into_iter().for_each(|age_ms| self.shared.ages.add(age_ms));
        }
    }
}

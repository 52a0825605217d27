//! The server dies in the middle and is started again: how long until everyone is back?
//!
//! The bots come back by themselves; what counts is the new server's own word for who is in. Must not know how bots
//! wait before they try again.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::limits::verdict;
use super::measure::{Crowd, TICKS_MISSED, people, wait_until_all_in};
use super::{Context, Report};
use crate::bench::generator::Generator;
use crate::bench::server::Server;
use crate::bench::{metrics, table};

/// How long the crowd walks before the server dies.
const BEFORE: Duration = Duration::from_secs(5);

/// How often the new server is asked who is in.
const POLL: Duration = Duration::from_millis(100);

/// How long the crowd walks on before ticks are counted.
const AFTER: Duration = Duration::from_secs(3);

/// When they came back, from the moment of the kill.
#[derive(Debug, Default)]
struct Return {
    ready: Option<Duration>,
    half: Option<Duration>,
    all: Option<Duration>,
    /// How many were in when we stopped looking.
    people: f64,
}

/// Measures the return of a crowd and prints it.
pub(super) fn run(context: &Context<'_>, crowd: &Crowd) -> Result<()> {
    println!("{}", crowd.about());
    let mut server = Server::start(&context.binary, crowd.server_options())?;
    let mut bots = Generator::start(crowd.bots(context, &server)?, "bots")?;
    wait_until_all_in(&mut bots, &server, crowd)?;
    ensure!(bots.is_running()?, "the bots ended before the server did");
    bots.watch(BEFORE, false)?;
    let killed = Instant::now();
    server.kill_and_start()?;
    server.wait_until_ready()?;
    let mut found = Return { ready: Some(killed.elapsed()), ..Return::default() };
    let asked = f64::from(crowd.people);
    while found.all.is_none() && bots.is_running()? {
        found.see(people(&server), asked, killed.elapsed());
        bots.watch(POLL, false)?;
    }
    bots.watch(AFTER, false)?;
    let missed = server.metrics().and_then(|text| metrics::value(&text, TICKS_MISSED));
    let report = Report::new(bots.finish(crowd.time_max())?.report);
    print!("{}", table::render(report.json()));
    found.show(asked, missed);
    Ok(())
}

impl Return {
    fn see(&mut self, people: f64, asked: f64, passed: Duration) {
        self.people = people;
        if people * 2.0 >= asked {
            self.half.get_or_insert(passed);
        }
        if people >= asked {
            self.all.get_or_insert(passed);
        }
    }

    fn show(&self, asked: f64, missed: Option<f64>) {
        let seconds = |time: Option<Duration>| {
            time.map_or_else(|| "never".to_owned(), |time| format!("{:.1} s", time.as_secs_f64()))
        };
        println!("  after the kill: ready {}", seconds(self.ready));
        println!("  after the kill: half are back {}, all {}", seconds(self.half), seconds(self.all));
        println!("{}", verdict("not back", "", 0.0, Some(asked - self.people.min(asked))));
        println!("{}", verdict("ticks missed since the start", "", 0.0, missed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_moment_counts_and_not_the_last() {
        let mut found = Return::default();
        for (second, people) in [(1, 10.0), (2, 50.0), (3, 80.0), (4, 100.0), (5, 100.0)] {
            found.see(people, 100.0, Duration::from_secs(second));
        }
        assert_eq!((found.half, found.all), (Some(Duration::from_secs(2)), Some(Duration::from_secs(4))));
    }
}

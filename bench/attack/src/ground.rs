//! What an attack stands on: the server, its rooms and visitors, when it may begin and when it must end.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior};

use crate::http::Request;
use crate::phase::{Hearer, Phase};
use crate::samples::Counts;

/// Made-up addresses of hostile people (RFC 5737).
const HOSTILE: [u8; 3] = [203, 0, 113];

/// Made-up addresses of honest people (RFC 5737).
const HONEST: [u8; 3] = [198, 51, 100];

/// Someone who may open sockets.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) token: String,
}

/// What hostile people did and what became of it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) sent: u64,
    pub(crate) sent_bytes: u64,
    pub(crate) received_bytes: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: Counts,
    pub(crate) closed: Counts,
    /// Whatever else is worth knowing, by name.
    pub(crate) notes: BTreeMap<&'static str, Value>,
}

/// Shared by everybody hostile.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) server: SocketAddr,
    key: String,
    /// Where the honest people are.
    pub(crate) room: String,
    phase: Hearer,
    prepared: Notify,
    tally: Mutex<Tally>,
    numbers: AtomicU64,
}

impl Ground {
    /// Makes a room on a fresh server.
    ///
    /// Errors: the server does not make one.
    pub(crate) async fn new(server: SocketAddr, key: &str, phase: Hearer) -> Result<Arc<Ground>> {
        let room = create_room(server, key, "attacked").await?;
        let (key, prepared, tally) = (key.to_owned(), Notify::new(), Mutex::default());
        Ok(Arc::new(Ground { server, key, room, phase, prepared, tally, numbers: AtomicU64::new(1) }))
    }

    /// The address of a hostile person.
    pub(crate) fn hostile(number: usize) -> IpAddr {
        address(HOSTILE, number)
    }

    /// The address of an honest person.
    pub(crate) fn honest(number: usize) -> IpAddr {
        address(HONEST, number)
    }

    /// New visitors.
    ///
    /// Errors: the server does not make them.
    pub(crate) async fn visitors(&self, count: usize) -> Result<Vec<Visitor>> {
        let body = json!({"count": count}).to_string();
        let request = Request::new("POST", "/api/v1/visitors", &self.key, Ground::honest(0), &body);
        let (status, body) = request.send(self.server).await?;
        ensure!(status == 201, "the server made no visitors: {status} {body}");
        let list: Vec<Value> = serde_json::from_str(&body).context("visitors are no list")?;
        let visitor = |row: &Value| Some(Visitor { token: row["token"].as_str()?.to_owned() });
        list.iter().map(visitor).collect::<Option<_>>().context("a visitor has no token")
    }

    /// Another room.
    ///
    /// Errors: the server does not make one.
    pub(crate) async fn another_room(&self, name: &str) -> Result<String> {
        create_room(self.server, &self.key, name).await
    }

    /// Says that everything is prepared and waits until the attack begins.
    pub(crate) async fn begin(&self) {
        self.prepared.notify_one();
        self.phase.clone().reached(Phase::Attack).await;
    }

    /// Waits until the attack is prepared.
    pub(crate) async fn prepared(&self) {
        self.prepared.notified().await;
    }

    /// Whether the attack may go on.
    pub(crate) fn goes_on(&self) -> bool {
        self.phase.now() < Phase::End
    }

    /// A number that nobody else gets.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until the attack ends.
    pub(crate) async fn last(&self) {
        self.phase.clone().reached(Phase::End).await;
    }

    /// So many times a second at most, until the attack ends.
    pub(crate) fn pace(&self, hz: f64) -> Pace {
        let mut interval = tokio::time::interval(Duration::from_secs_f64(1.0 / hz));
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pace { interval, phase: self.phase.clone() }
    }

    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something else worth knowing.
    pub(crate) fn note(&self, name: &'static str, value: impl Into<Value>) {
        self.tally().notes.insert(name, value.into());
    }
}

/// When to do something again.
pub(crate) struct Pace {
    interval: Interval,
    phase: Hearer,
}

impl Pace {
    /// Waits for the next time; `false`: the attack has ended.
    pub(crate) async fn again(&mut self) -> bool {
        tokio::select! {
            biased;
            () = self.phase.reached(Phase::End) => false,
            _ = self.interval.tick() => true,
        }
    }
}

fn address(network: [u8; 3], number: usize) -> IpAddr {
    let [a, b, c] = network;
    // One to 250: beyond it addresses are shared.
    IpAddr::V4(Ipv4Addr::new(a, b, c, (number % 250) as u8 + 1))
}

async fn create_room(server: SocketAddr, key: &str, name: &str) -> Result<String> {
    let body = json!({"name": name, "template": "empty"}).to_string();
    let request = Request::new("POST", "/api/v1/rooms", key, Ground::honest(0), &body);
    let (status, body) = request.send(server).await?;
    ensure!(status == 201, "the server made no room: {status} {body}");
    let room: Value = serde_json::from_str(&body).context("the new room is not JSON")?;
    Ok(room["id"].as_str().context("the new room has no id")?.to_owned())
}

/// Counts one more of a kind.
pub(crate) fn count(counts: &mut Counts, name: &str) {
    *counts.entry(name.to_owned()).or_default() += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_and_honest_people_have_different_addresses() {
        assert_eq!(Ground::hostile(0).to_string(), "203.0.113.1");
        assert_eq!(Ground::hostile(250), Ground::hostile(0));
        assert_eq!(Ground::honest(1).to_string(), "198.51.100.2");
    }
}

//! Datagrams under way between a server and its clients: some are lost, the rest comes late. Which and how late is rolled by a seed.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use str0m::Input;
use str0m::net::{Protocol, Receive};
use thexr_wire::UserId;

pub fn server() -> SocketAddr {
    "10.0.0.1:4000".parse().unwrap()
}

pub fn user(number: u64) -> UserId {
    UserId::parse(&format!("person0000000000{number:04}")).unwrap()
}

/// A datagram: from where, to where, what.
pub type Datagram = (SocketAddr, SocketAddr, Vec<u8>);

pub struct Air {
    /// Of a hundred datagrams so many are lost.
    pub loss: u64,
    /// The rest comes up to so much later than the soonest, milliseconds.
    pub jitter_ms: u64,
    under_way: BTreeMap<(Instant, u64), Datagram>,
    number: u64,
    dice: u64,
}

impl Air {
    pub fn new(seed: u64, loss: u64, jitter_ms: u64) -> Self {
        Self { loss, jitter_ms, under_way: BTreeMap::new(), number: 0, dice: seed }
    }

    /// A number below `below` (SplitMix64).
    pub fn roll(&mut self, below: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    pub fn send(&mut self, now: Instant, (from, to, bytes): Datagram) {
        if self.roll(100) < self.loss {
            return;
        }
        let late = Duration::from_millis(20 + self.roll(self.jitter_ms + 1));
        self.number += 1;
        self.under_way.insert((now + late, self.number), (from, to, bytes));
    }

    /// The next datagram that has arrived.
    pub fn arrived(&mut self, now: Instant) -> Option<Datagram> {
        let first = self.under_way.first_entry().filter(|first| first.key().0 <= now)?;
        Some(first.remove())
    }

    /// Whether something is on its way to an address.
    pub fn is_bound_for(&self, address: IpAddr) -> bool {
        self.under_way.values().any(|(_, to, _)| to.ip() == address)
    }
}

/// A datagram as a client takes it.
pub fn received((from, to, bytes): &Datagram, now: Instant) -> Input<'_> {
    let contents = bytes.as_slice().try_into().unwrap();
    Input::Receive(now, Receive { proto: Protocol::Udp, source: *from, destination: *to, contents })
}

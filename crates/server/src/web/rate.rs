//! Limits by address (IPv6: by network). Direct loopback connections are exempt; so is the operator, by its key.

use crate::limits::{
    ACTS_PER_MINUTE, LIMITED_ADDRESSES_MAX, ROOMS_PER_DAY, ROOMS_PER_MINUTE, SOCKET_BURST,
    SOCKETS_PER_SECOND, VISITORS_PER_MINUTE,
};
use crate::web::address::{Client, prefix};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a limiter that remembers too many addresses looks for quiet ones to forget: it has to look at all of them.
const FORGET_EVERY: Duration = Duration::from_secs(1);

/// One limiter for each thing worth limiting.
pub struct RateLimits {
    visitors: Limiter,
    acts: Limiter,
    rooms: Limiter,
    rooms_daily: Limiter,
    sockets: Limiter,
    places: Arc<Places>,
}

fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

impl RateLimits {
    /// Full buckets for everyone; an address may hold so many sockets at a time.
    pub fn new(sockets_per_address: usize) -> Self {
        let day = Duration::from_secs(24 * 60 * 60);
        let daily = Quota::with_period(day / ROOMS_PER_DAY)
            .unwrap_or_else(|| unreachable!("a day is longer than the rooms of a day are many"));
        let sockets = Quota::per_second(count(SOCKETS_PER_SECOND)).allow_burst(count(SOCKET_BURST));
        Self {
            visitors: Limiter::new(Quota::per_minute(count(VISITORS_PER_MINUTE))),
            acts: Limiter::new(Quota::per_minute(count(ACTS_PER_MINUTE))),
            rooms: Limiter::new(Quota::per_minute(count(ROOMS_PER_MINUTE))),
            rooms_daily: Limiter::new(daily.allow_burst(count(ROOMS_PER_DAY))),
            sockets: Limiter::new(sockets),
            places: Arc::new(Places {
                max: sockets_per_address,
                taken: Mutex::default(),
                warned: AtomicBool::new(false),
            }),
        }
    }

    /// Whether this client may make so many visitors now.
    pub fn may_make_visitors(&self, client: &Client, visitors: u32) -> bool {
        self.visitors.allows(client, visitors)
    }

    /// Whether this client may ask something of a room now.
    pub fn may_act(&self, client: &Client) -> bool {
        self.acts.allows(client, 1)
    }

    /// Whether this client may create a room now.
    pub fn may_create_room(&self, client: &Client) -> bool {
        self.rooms.allows(client, 1) && self.rooms_daily.allows(client, 1)
    }

    /// A place for one more socket or long-poll session of this client, held until it is dropped; `None`: one too many.
    pub fn socket(&self, client: &Client) -> Option<SocketPlace> {
        if client.is_exempt() {
            return Some(SocketPlace { held: None });
        }
        if !self.sockets.allows(client, 1) {
            return None;
        }
        self.places.take(client.network())
    }
}

/// A rate for each address.
struct Limiter {
    keyed: DefaultKeyedRateLimiter<IpAddr>,
    /// When it last looked for addresses to forget.
    forgot: Mutex<Option<Instant>>,
}

impl Limiter {
    fn new(quota: Quota) -> Self {
        Self { keyed: RateLimiter::keyed(quota), forgot: Mutex::default() }
    }

    fn allows(&self, client: &Client, cost: u32) -> bool {
        if client.is_exempt() {
            return true;
        }
        // Whoever owns a wide range has addresses without number: then ranges share a limit.
        let key = if self.is_full() { prefix(client.address, 16, 32) } else { client.network() };
        matches!(self.keyed.check_key_n(&key, count(cost)), Ok(Ok(())))
    }

    fn is_full(&self) -> bool {
        if self.keyed.len() < LIMITED_ADDRESSES_MAX {
            return false;
        }
        let mut forgot = self.forgot.lock().unwrap_or_else(PoisonError::into_inner);
        if forgot.is_none_or(|at| at.elapsed() >= FORGET_EVERY) {
            self.keyed.retain_recent();
            self.keyed.shrink_to_fit();
            *forgot = Some(Instant::now());
        }
        self.keyed.len() >= LIMITED_ADDRESSES_MAX
    }
}

/// Sockets by address; who has none is not remembered.
#[derive(Debug)]
struct Places {
    max: usize,
    taken: Mutex<BTreeMap<IpAddr, usize>>,
    /// Once is enough.
    warned: AtomicBool,
}

impl Places {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, network: IpAddr) -> Option<SocketPlace> {
        let mut places = self.lock();
        let taken = places.get(&network).copied().unwrap_or(0);
        if taken >= self.max {
            if network.is_loopback() && !self.warned.swap(true, Ordering::Relaxed) {
                tracing::warn!("all visitors of a proxy here are one address: name it in trusted_proxies");
            }
            return None;
        }
        places.insert(network, taken + 1);
        drop(places);
        Some(SocketPlace { held: Some((self.clone(), network)) })
    }
}

/// One of the sockets that an address may hold; given back when dropped.
#[derive(Debug)]
#[must_use]
pub struct SocketPlace {
    /// `None` for who is exempt.
    held: Option<(Arc<Places>, IpAddr)>,
}

impl Drop for SocketPlace {
    fn drop(&mut self) {
        let Some((places, network)) = &self.held else { return };
        let mut taken = places.lock();
        if let Some(count) = taken.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                taken.remove(network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOCKETS: usize = 30;

    fn limits() -> RateLimits {
        RateLimits::new(SOCKETS)
    }

    fn client(address: &str) -> Client {
        Client { address: address.parse().unwrap(), direct_loopback: false, operator: false, https: false }
    }

    #[test]
    fn an_address_is_stopped_at_its_limit_and_others_are_not() {
        let limits = limits();
        let busy = client("192.0.2.1");
        let granted = (0..ROOMS_PER_MINUTE * 2).filter(|_| limits.may_create_room(&busy)).count();
        assert_eq!(granted, ROOMS_PER_MINUTE as usize);
        assert!(limits.may_create_room(&client("192.0.2.2")));
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_share_a_limit() {
        let limits = limits();
        let ask = |n| limits.may_create_room(&client(&format!("2001:db8:0:1::{n:x}")));
        assert_eq!((0..ROOMS_PER_MINUTE * 2).filter(|n| ask(*n)).count(), ROOMS_PER_MINUTE as usize);
        assert!(limits.may_create_room(&client("2001:db8:0:2::1")));
    }

    // Rule 1.8
    #[test]
    fn a_direct_loopback_connection_and_the_operator_are_not_limited() {
        let limits = limits();
        let loopback = Client { direct_loopback: true, ..client("127.0.0.1") };
        let operator = Client { operator: true, ..client("192.0.2.1") };
        for exempt in [loopback, operator] {
            assert!((0..1000).all(|_| limits.may_create_room(&exempt)));
            let places: Option<Vec<_>> = (0..1000).map(|_| limits.socket(&exempt)).collect();
            assert!(places.is_some());
        }
        assert!(limits.socket(&client("192.0.2.1")).is_some(), "what is exempt does not count");
    }

    #[test]
    fn more_visitors_than_the_bucket_holds_are_refused() {
        assert!(!limits().may_make_visitors(&client("192.0.2.1"), VISITORS_PER_MINUTE + 1));
    }

    #[test]
    fn an_address_holds_so_many_sockets_at_a_time_and_gets_a_place_back_for_each_that_ends() {
        let limits = limits();
        let mut places: Vec<_> = (0..SOCKETS).map(|_| limits.socket(&client("192.0.2.1")).unwrap()).collect();
        assert!(limits.socket(&client("192.0.2.1")).is_none());
        places.truncate(SOCKETS - 3);
        let again: Vec<_> = (0..10).filter_map(|_| limits.socket(&client("192.0.2.1"))).collect();
        assert_eq!(again.len(), 3);
    }

    // Rule 1.8
    #[test]
    fn the_sockets_of_an_ipv6_network_count_together_and_those_of_others_do_not() {
        let limits = limits();
        let places: Vec<_> =
            (0..SOCKETS).filter_map(|n| limits.socket(&client(&format!("2001:db8::{n:x}")))).collect();
        assert_eq!(places.len(), SOCKETS);
        assert!(limits.socket(&client("2001:db8::ffff")).is_none());
        assert!(limits.socket(&client("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn an_address_without_sockets_is_forgotten() {
        let limits = limits();
        for n in 0..200 {
            drop((limits.socket(&client(&format!("192.0.2.{n}"))), limits.socket(&client("2001:db8::1"))));
        }
        assert!(limits.places.lock().is_empty());
    }

    #[test]
    fn a_range_with_addresses_without_number_fills_no_memory_and_shares_a_limit_in_the_end() {
        let limits = limits();
        let attack = |n: u32| client(&format!("2001:db8:{:x}:{:x}::1", n >> 16, n & 0xffff));
        let refused = (0..LIMITED_ADDRESSES_MAX as u32 + 5_000)
            .filter(|n| !limits.visitors.allows(&attack(*n), VISITORS_PER_MINUTE))
            .count();
        assert!(refused > 4_000, "{refused}");
        assert!(limits.visitors.keyed.len() <= LIMITED_ADDRESSES_MAX + 10);
        assert!(limits.visitors.allows(&client("2001:db9::1"), 1), "others are not in that range");
        assert!(limits.visitors.allows(&client("192.0.2.1"), 1));
    }
}

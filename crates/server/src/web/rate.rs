//! Rate limits by address (IPv6: by network). Direct loopback connections are exempt; so is the operator, by its key.

use crate::limits::{ROOMS_PER_MINUTE, SOCKET_BURST, SOCKETS_PER_SECOND, VISITORS_PER_MINUTE};
use crate::web::address::Client;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// Addresses a limiter remembers before it forgets those that are quiet.
const ADDRESSES_MAX: usize = 100_000;

/// One limiter for each thing worth limiting.
pub struct RateLimits {
    visitors: DefaultKeyedRateLimiter<IpAddr>,
    rooms: DefaultKeyedRateLimiter<IpAddr>,
    sockets: DefaultKeyedRateLimiter<IpAddr>,
}

fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

impl RateLimits {
    /// Full buckets for everyone.
    pub fn new() -> Self {
        Self {
            visitors: RateLimiter::keyed(Quota::per_minute(count(VISITORS_PER_MINUTE))),
            rooms: RateLimiter::keyed(Quota::per_minute(count(ROOMS_PER_MINUTE))),
            sockets: RateLimiter::keyed(
                Quota::per_second(count(SOCKETS_PER_SECOND)).allow_burst(count(SOCKET_BURST)),
            ),
        }
    }

    /// Whether this client may make so many visitors now.
    pub fn may_make_visitors(&self, client: &Client, visitors: u32) -> bool {
        allows(&self.visitors, client, visitors)
    }

    /// Whether this client may create a room now.
    pub fn may_create_room(&self, client: &Client) -> bool {
        allows(&self.rooms, client, 1)
    }

    /// Whether this client may open a socket now.
    pub fn may_open_socket(&self, client: &Client) -> bool {
        allows(&self.sockets, client, 1)
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self::new()
    }
}

fn allows(limiter: &DefaultKeyedRateLimiter<IpAddr>, client: &Client, cost: u32) -> bool {
    if client.direct_loopback {
        return true;
    }
    if limiter.len() > ADDRESSES_MAX {
        limiter.retain_recent();
    }
    matches!(limiter.check_key_n(&network(client.address), count(cost)), Ok(Ok(())))
}

/// Who shares a limit: one IPv4 address, or the /64 that an IPv6 subscriber has to himself.
fn network(address: IpAddr) -> IpAddr {
    const NETWORK_BITS: u128 = u128::MAX << 64;
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK_BITS).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str, direct_loopback: bool) -> Client {
        Client { address: address.parse().unwrap(), direct_loopback, https: false }
    }

    #[test]
    fn an_address_is_stopped_at_its_limit_and_others_are_not() {
        let limits = RateLimits::new();
        let busy = client("192.0.2.1", false);
        let granted = (0..ROOMS_PER_MINUTE * 2).filter(|_| limits.may_create_room(&busy)).count();
        assert_eq!(granted, ROOMS_PER_MINUTE as usize);
        assert!(limits.may_create_room(&client("192.0.2.2", false)));
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_share_a_limit() {
        let limits = RateLimits::new();
        let ask = |n| limits.may_create_room(&client(&format!("2001:db8:0:1::{n:x}"), false));
        assert_eq!((0..ROOMS_PER_MINUTE * 2).filter(|n| ask(*n)).count(), ROOMS_PER_MINUTE as usize);
        assert!(limits.may_create_room(&client("2001:db8:0:2::1", false)));
    }

    #[test]
    fn a_direct_loopback_connection_is_not_limited() {
        let limits = RateLimits::new();
        assert!((0..1000).all(|_| limits.may_create_room(&client("127.0.0.1", true))));
    }

    #[test]
    fn more_visitors_than_the_bucket_holds_are_refused() {
        let limits = RateLimits::new();
        assert!(!limits.may_make_visitors(&client("192.0.2.1", false), VISITORS_PER_MINUTE + 1));
    }
}

//! Which addresses browsers are told to send voices to.

use crate::limits::VOICE_ADDRESSES_MAX;
use std::net::{IpAddr, SocketAddr};

/// Addresses of a socket as browsers may reach it: those that are configured, or its own, or, where it listens on all, those of
/// the machine's network cards.
///
/// Errors: the system does not say what cards it has.
pub(crate) fn offered(bound: SocketAddr, configured: &[IpAddr]) -> std::io::Result<Vec<SocketAddr>> {
    let with_port = |ip: &IpAddr| SocketAddr::new(*ip, bound.port());
    if !configured.is_empty() {
        return Ok(configured.iter().map(with_port).collect());
    }
    if !bound.ip().is_unspecified() {
        return Ok(vec![bound]);
    }
    let cards: Vec<IpAddr> = if_addrs::get_if_addrs()?.iter().map(|card| card.ip()).collect();
    Ok(sorted(cards, bound.is_ipv4()).iter().map(with_port).collect())
}

/// Those that others can reach first; the machine itself last, for who tries it out. A socket of IPv4 has no IPv6.
fn sorted(mut cards: Vec<IpAddr>, only_v4: bool) -> Vec<IpAddr> {
    cards.retain(|ip| match ip {
        IpAddr::V4(ip) => !ip.is_link_local(),
        // fe80::/10 means something else on every card.
        IpAddr::V6(ip) => !only_v4 && ip.segments()[0] & 0xffc0 != 0xfe80,
    });
    cards.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6(), *ip));
    cards.dedup();
    cards.truncate(VOICE_ADDRESSES_MAX);
    cards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_on_one_address_offers_it_and_who_is_told_others_offers_those() {
        let bound = "192.0.2.1:4000".parse().unwrap();
        assert_eq!(offered(bound, &[]).unwrap(), [bound]);
        let public = "198.51.100.7".parse().unwrap();
        assert_eq!(
            offered("0.0.0.0:4001".parse().unwrap(), &[public]).unwrap(),
            ["198.51.100.7:4001".parse().unwrap()]
        );
    }

    #[test]
    fn of_many_cards_those_that_others_reach_come_first() {
        let cards = ["127.0.0.1", "fe80::1", "169.254.3.3", "2001:db8::5", "10.0.0.4", "::1", "10.0.0.4"];
        let cards: Vec<IpAddr> = cards.iter().map(|ip| ip.parse().unwrap()).collect();
        let text = |ips: Vec<IpAddr>| ips.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(text(sorted(cards.clone(), false)), "10.0.0.4 2001:db8::5 127.0.0.1 ::1");
        assert_eq!(text(sorted(cards, true)), "10.0.0.4 127.0.0.1");
    }
}

//! `thexr doctor`: whether voices can come to this server, and what to do where they cannot.

use crate::config::Config;
use crate::voices::{bind, offered};
use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// How long a helping server may take for its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// Ports of STUN and TURN, plain and by TLS (RFC 8489 section 15).
const STUN_PORT: u16 = 3_478;
const STUNS_PORT: u16 = 5_349;
/// STUN (RFC 8489): a binding request, its cookie, and the attribute that says where it came from.
const BINDING: [u8; 2] = [0, 1];
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// What was looked at, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// As it should be.
    Good(String),
    /// It may keep some people from hearing.
    Warning(String),
    /// It keeps everybody from hearing.
    Bad(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good(text) => write!(f, "ok    {text}"),
            Self::Warning(text) => write!(f, "warn  {text}"),
            Self::Bad(text) => write!(f, "BAD   {text}"),
        }
    }
}

/// Looks at everything that voices need; in the order in which a packet meets it.
pub async fn examine(config: &Config) -> Vec<Finding> {
    if !config.voices {
        return vec![Finding::Warning("voices = false: nobody can speak here".into())];
    }
    let listen = config.voice_listen.unwrap_or(config.listen);
    let mut found = vec![port(listen)];
    let addresses = match offered(listen, &config.voice_addresses) {
        Ok(addresses) => addresses,
        Err(error) => {
            found.push(Finding::Bad(format!("the addresses of this machine are unknown: {error}")));
            return found;
        }
    };
    found.push(reach(&addresses));
    for url in &config.ice_servers {
        found.push(helper(url, &addresses).await);
    }
    if !config.ice_servers.iter().any(|url| url.starts_with("turn")) {
        let text = "no TURN server is set: people whose networks let no UDP through hear nobody; docs/voice.md says how to add one";
        found.push(Finding::Warning(text.into()));
    }
    found
}

/// Whether the port can be had, or is had already.
fn port(listen: SocketAddr) -> Finding {
    match bind(listen) {
        Ok(_) => Finding::Good(format!("UDP {listen} is free; your firewall must let it in")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Finding::Good(format!("UDP {listen} is in use, by a running server if all is well"))
        }
        Err(error) => {
            Finding::Bad(format!("UDP {listen} cannot be opened: {error}; set voice_listen to another"))
        }
    }
}

/// Whether others can reach any of the addresses that they are told.
fn reach(addresses: &[SocketAddr]) -> Finding {
    let list = addresses.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(", ");
    if addresses.iter().all(|address| address.ip().is_loopback()) {
        let text = "browsers are told to send voices to {}: only this machine can; listen on 0.0.0.0, or set voice_addresses";
        return Finding::Warning(text.replace("{}", &list));
    }
    if addresses.iter().all(|address| is_private(address.ip())) {
        let text = "browsers are told to send voices to {}: only your own network can; set voice_addresses to the public address of this server";
        return Finding::Warning(text.replace("{}", &list));
    }
    Finding::Good(format!("browsers are told to send voices to {list}"))
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            // 100.64.0.0/10 is what providers share among their customers (RFC 6598).
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || (ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64)
        }
        // fc00::/7 is a network's own (RFC 4193).
        IpAddr::V6(ip) => ip.is_loopback() || ip.segments()[0] & 0xfe00 == 0xfc00,
    }
}

/// Whether a STUN or TURN server answers; and, where it says whence we come, whether browsers are told that.
async fn helper(url: &str, addresses: &[SocketAddr]) -> Finding {
    let Some(server) = resolve(url) else {
        return Finding::Bad(format!("{url}: there is no machine of that name"));
    };
    if url.contains("transport=tcp") || url.starts_with("turns:") {
        return match timeout(ANSWER_TIMEOUT, TcpStream::connect(server)).await {
            Ok(Ok(_)) => Finding::Good(format!("{url} takes connections")),
            _ => Finding::Bad(format!(
                "{url} takes no connection at {server}; is it running, and its port open?"
            )),
        };
    }
    match asked(server).await {
        None => {
            Finding::Bad(format!("{url} does not answer at {server}; is it running, and its UDP port open?"))
        }
        Some(seen) if addresses.iter().any(|address| address.ip() == seen) => {
            Finding::Good(format!("{url} answers, and sees this server as {seen}, as browsers are told"))
        }
        Some(seen) if is_private(seen) => {
            Finding::Good(format!("{url} answers, and sees this server as {seen}"))
        }
        Some(seen) => Finding::Warning(format!(
            "{url} answers, and sees this server as {seen}, which browsers are not told: set voice_addresses = [\"{seen}\"]"
        )),
    }
}

/// Where a `stun:` or `turn:` address leads.
fn resolve(url: &str) -> Option<SocketAddr> {
    let (scheme, rest) = url.split_once(':')?;
    let place = rest.split('?').next()?;
    let port = if scheme.ends_with('s') { STUNS_PORT } else { STUN_PORT };
    let with_port = place.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let text = if with_port { place.to_owned() } else { format!("{place}:{port}") };
    text.to_socket_addrs().ok()?.next()
}

/// The address by which a STUN server sees us.
async fn asked(server: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0; 16], 0).into() };
    let socket = UdpSocket::bind(any).await.ok()?;
    let mut request = [0; 20];
    request[..2].copy_from_slice(&BINDING);
    request[4..8].copy_from_slice(&COOKIE);
    request[8..].copy_from_slice(b"thexr doctor");
    socket.send_to(&request, server).await.ok()?;
    let mut answer = [0; 512];
    let (length, _) = timeout(ANSWER_TIMEOUT, socket.recv_from(&mut answer)).await.ok()?.ok()?;
    mapped(&answer[..length])
}

/// The address in a binding response; a port and an IPv4 or IPv6 address, masked by the cookie and the transaction.
fn mapped(answer: &[u8]) -> Option<IpAddr> {
    let mask = answer.get(4..20)?;
    let mut rest = answer.get(20..)?;
    while let [t0, t1, l0, l1, after @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let value = after.get(..length)?;
        if u16::from_be_bytes([*t0, *t1]) == XOR_MAPPED_ADDRESS {
            let bytes = value.get(4..)?.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect::<Vec<u8>>();
            return match bytes.len() {
                4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
                16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
                _ => None,
            };
        }
        rest = after.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A STUN server that says whoever asks comes from there; its address.
    async fn stun(seen: [u8; 4]) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut request = [0; 64];
            let (_, from) = socket.recv_from(&mut request).await.unwrap();
            let mut answer = vec![1, 1, 0, 12];
            answer.extend(&request[4..20]);
            answer.extend([0, 0x20, 0, 8, 0, 1, 0, 0]);
            answer.extend(seen.iter().zip(&request[4..]).map(|(byte, mask)| byte ^ mask));
            socket.send_to(&answer, from).await.unwrap();
        });
        address
    }

    fn text(found: &[Finding]) -> String {
        found.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn a_server_behind_another_address_is_told_to_name_it() {
        let stun = stun([203, 0, 113, 9]).await;
        let mut config = Config { ice_servers: vec![format!("stun:{stun}")], ..Config::default() };
        config.voice_listen = "127.0.0.1:0".parse().ok();
        let found = examine(&config).await;
        assert!(text(&found).contains("set voice_addresses = [\"203.0.113.9\"]"), "{found:?}");
        assert!(text(&found).contains("only this machine can"), "{found:?}");
    }

    #[tokio::test]
    async fn a_server_that_is_named_as_it_is_seen_is_good() {
        let stun = stun([203, 0, 113, 9]).await;
        let config = Config {
            voice_listen: "127.0.0.1:0".parse().ok(),
            voice_addresses: vec!["203.0.113.9".parse().unwrap()],
            ice_servers: vec![format!("stun:{stun}")],
            ..Config::default()
        };
        let found = examine(&config).await;
        assert!(found[..3].iter().all(|finding| matches!(finding, Finding::Good(_))), "{found:?}");
        assert!(matches!(&found[3], Finding::Warning(text) if text.contains("TURN")), "{found:?}");
    }

    #[tokio::test]
    async fn a_relay_that_is_not_there_and_voices_that_are_off_are_said() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = Config {
            voice_listen: "127.0.0.1:0".parse().ok(),
            ice_servers: vec![format!("turn:{closed}?transport=tcp"), "turn:no.such.machine.invalid".into()],
            turn_secret: "s".into(),
            ..Config::default()
        };
        let found = text(&examine(&config).await);
        assert!(
            found.contains("takes no connection") && found.contains("no machine of that name"),
            "{found}"
        );
        let off = Config { voices: false, ..Config::default() };
        assert!(text(&examine(&off).await).contains("voices = false"));
    }

    #[test]
    fn addresses_of_helpers_have_the_usual_ports_unless_they_say_otherwise() {
        let port = |url: &str| resolve(url).map(|address| address.port());
        assert_eq!(port("stun:127.0.0.1"), Some(3_478));
        assert_eq!(port("turns:127.0.0.1?transport=tcp"), Some(5_349));
        assert_eq!(port("turn:127.0.0.1:443?transport=tcp"), Some(443));
        assert_eq!(port("nothing"), None);
    }

    #[test]
    fn what_only_looks_like_an_answer_says_nothing() {
        for answer in [
            &[][..],
            &[0; 19],
            &[0; 24],
            &[1, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0xff, 0xff],
        ] {
            assert_eq!(mapped(answer), None);
        }
    }
}

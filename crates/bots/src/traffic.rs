//! Bytes of one bot's socket: payload, and an estimate of what that is on the wire. Owns sums; knows no socket.

use crate::limits::{SEGMENT_BYTES, SEGMENT_HEADER_BYTES};
use std::ops::Sub;

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the server.
    Down,
    /// To the server: WebSocket masks it with 4 bytes more.
    Up,
}

/// Sums since the bot was made, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Payload of messages from the server.
    pub down_bytes: u64,
    /// The same, estimated with everything around it.
    pub down_ip_bytes: u64,
    /// Payload of messages to the server.
    pub up_bytes: u64,
    /// The same, estimated with everything around it.
    pub up_ip_bytes: u64,
}

impl Traffic {
    /// Counts one message with so many bytes of payload.
    pub fn add(&mut self, direction: Direction, payload_bytes: usize) {
        let payload_bytes = payload_bytes as u64;
        let (payload, ip) = match direction {
            Direction::Down => (&mut self.down_bytes, &mut self.down_ip_bytes),
            Direction::Up => (&mut self.up_bytes, &mut self.up_ip_bytes),
        };
        *payload += payload_bytes;
        *ip += ip_bytes(direction, payload_bytes);
    }
}

impl Sub for Traffic {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            down_bytes: self.down_bytes - earlier.down_bytes,
            down_ip_bytes: self.down_ip_bytes - earlier.down_ip_bytes,
            up_bytes: self.up_bytes - earlier.up_bytes,
            up_ip_bytes: self.up_ip_bytes - earlier.up_ip_bytes,
        }
    }
}

/// IP bytes of one message: payload, WebSocket header (2, 4 or 10 bytes, up 4 more for the mask), 52 bytes of IPv4 and
/// TCP headers for each segment of up to 1448 bytes.
///
/// An estimate: every message starts a segment of its own; acknowledgements without data and TLS records (22 bytes
/// each) are left out, what is sent again too. Source: RFC 6455, section 5.2.
pub fn ip_bytes(direction: Direction, payload_bytes: u64) -> u64 {
    let header = match payload_bytes {
        0..126 => 2,
        126..65_536 => 4,
        _ => 10,
    };
    let mask = if direction == Direction::Up { 4 } else { 0 };
    let message = header + mask + payload_bytes;
    message + message.div_ceil(SEGMENT_BYTES) * SEGMENT_HEADER_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_costs_its_headers() {
        assert_eq!(ip_bytes(Direction::Down, 0), 54);
        assert_eq!(ip_bytes(Direction::Down, 125), 125 + 2 + 52);
        assert_eq!(ip_bytes(Direction::Down, 126), 126 + 4 + 52);
        assert_eq!(ip_bytes(Direction::Up, 58), 58 + 6 + 52);
        assert_eq!(ip_bytes(Direction::Down, 65_536), 65_546 + 46 * 52);
    }

    #[test]
    fn a_message_that_just_fits_is_one_segment() {
        assert_eq!(ip_bytes(Direction::Down, 1_444), 1_448 + 52);
        assert_eq!(ip_bytes(Direction::Down, 1_445), 1_449 + 104);
    }

    #[test]
    fn sums_add_up_and_differ() {
        let mut traffic = Traffic::default();
        traffic.add(Direction::Up, 58);
        let before = traffic;
        traffic.add(Direction::Up, 58);
        traffic.add(Direction::Down, 100);
        let Traffic { down_bytes, down_ip_bytes, up_bytes, up_ip_bytes } = traffic - before;
        assert_eq!((down_bytes, down_ip_bytes, up_bytes, up_ip_bytes), (100, 154, 58, 116));
    }
}

//! Randomness of a crowd: one seed, split by bot and by what is decided. Knows nothing of the decisions.

use rand::SeedableRng;
use rand::rngs::SmallRng;

/// What a stream of random numbers is for: none of them shifts when another is used more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Who behaves how.
    Deal,
    /// Where a bot walks.
    Walk,
    /// When it does what its behaviour is about.
    Habit,
    /// How long it waits before it connects again.
    Backoff,
    /// Its line to the server.
    Up,
    /// Its line from the server.
    Down,
    /// How it plays.
    Play,
}

/// A stream of its own for every seed, bot and purpose.
pub fn dice(seed: u64, number: u64, stream: Stream) -> SmallRng {
    let of_bot = number.wrapping_mul(0xd6e8_feb8_6659_fd93).rotate_left(17);
    let of_stream = (stream as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    SmallRng::seed_from_u64(seed ^ of_bot ^ of_stream)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn streams_repeat_and_differ_by_seed_bot_and_purpose() {
        let roll = |seed, number, stream| dice(seed, number, stream).random::<u64>();
        let first = roll(1, 1, Stream::Walk);
        assert_eq!(first, roll(1, 1, Stream::Walk));
        for other in [roll(2, 1, Stream::Walk), roll(1, 2, Stream::Walk), roll(1, 1, Stream::Habit)] {
            assert_ne!(first, other);
        }
    }
}

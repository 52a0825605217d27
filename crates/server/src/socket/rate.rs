//! How much one connection may send: pushes, bytes and joins. Knows nothing of rooms.

use crate::limits::{
    JOIN_BURST, JOINS_PER_SECOND, OFFER_BURST, OFFERS_PER_MINUTE, PUSH_BURST, PUSH_BYTES_BURST,
    PUSH_BYTES_PER_SECOND, PUSHES_PER_SECOND,
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// What there is too much of; the text is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Messages of any kind, however small.
    #[error("At most {PUSHES_PER_SECOND} pushes a second.")]
    Pushes,
    /// Bytes of whole messages, envelopes included.
    #[error("At most {} KiB a second.", PUSH_BYTES_PER_SECOND / 1024)]
    Bytes,
    /// Joins of any rooms, which also count as messages.
    #[error("At most {JOINS_PER_SECOND} joins a second.")]
    Joins,
    /// Offers of lines for voices, which also count as messages.
    #[error("At most {OFFERS_PER_MINUTE} offers a minute.")]
    Offers,
}

/// The rates of one connection.
pub struct Rates {
    pushes: DefaultDirectRateLimiter,
    bytes: DefaultDirectRateLimiter,
    joins: DefaultDirectRateLimiter,
    offers: DefaultDirectRateLimiter,
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn limiter(per_second: u32, burst: u32) -> DefaultDirectRateLimiter {
    RateLimiter::direct(Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst)))
}

impl thexr_hall::channels::Toll for Rates {
    fn message(&self, bytes: usize) -> Result<(), String> {
        self.check(bytes).map_err(|too_much| too_much.to_string())
    }

    fn join(&self) -> Result<(), String> {
        self.check_join().map_err(|too_much| too_much.to_string())
    }
}

impl Rates {
    /// Nothing was sent yet.
    pub fn new() -> Self {
        Self {
            pushes: limiter(PUSHES_PER_SECOND, PUSH_BURST),
            bytes: limiter(PUSH_BYTES_PER_SECOND, PUSH_BYTES_BURST),
            joins: limiter(JOINS_PER_SECOND, JOIN_BURST),
            offers: RateLimiter::direct(
                Quota::per_minute(at_least_one(OFFERS_PER_MINUTE)).allow_burst(at_least_one(OFFER_BURST)),
            ),
        }
    }

    /// Counts a message of any kind. Errors: it is one too many, or holds more bytes than are left.
    pub fn check(&self, bytes: usize) -> Result<(), TooMuch> {
        self.pushes.check().map_err(|_| TooMuch::Pushes)?;
        let bytes = u32::try_from(bytes.max(1)).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX);
        match self.bytes.check_n(bytes) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(TooMuch::Bytes),
        }
    }

    /// Counts an offer of a line for voices. Errors: it is one too many.
    pub fn check_offer(&self) -> Result<(), TooMuch> {
        self.offers.check().map_err(|_| TooMuch::Offers)
    }

    /// Counts a join. Errors: it is one too many.
    pub fn check_join(&self) -> Result<(), TooMuch> {
        self.joins.check().map_err(|_| TooMuch::Joins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::limits::{MESSAGE_BYTES_MAX, SOCKET_CHANNELS_MAX};

    #[test]
    fn the_largest_message_passes_once_and_many_of_them_do_not() {
        let rates = Rates::new();
        assert_eq!(rates.check(MESSAGE_BYTES_MAX), Ok(()));
        let passed = (0..8).filter(|_| rates.check(MESSAGE_BYTES_MAX).is_ok()).count();
        assert!(passed < 8);
        assert_eq!(rates.check(MESSAGE_BYTES_MAX), Err(TooMuch::Bytes));
        assert_eq!(rates.check(usize::MAX), Err(TooMuch::Bytes));
    }

    #[test]
    fn a_page_may_offer_its_line_anew_a_few_times_but_not_over_and_over() {
        let rates = Rates::new();
        let passed = (0..1_000).filter(|_| rates.check_offer().is_ok()).count();
        assert!((2..10).contains(&passed), "{passed}");
        assert_eq!(rates.check_offer(), Err(TooMuch::Offers));
    }

    #[test]
    fn every_channel_of_a_socket_can_be_joined_at_once_but_not_over_and_over() {
        let rates = Rates::new();
        assert!((0..SOCKET_CHANNELS_MAX).all(|_| rates.check_join().is_ok()));
        let more = (0..1_000).filter(|_| rates.check_join().is_ok()).count();
        assert!(more < 100, "{more}");
        assert_eq!(rates.check_join(), Err(TooMuch::Joins));
    }
}

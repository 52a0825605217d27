//! How voices are carried, and why an offer is refused.

use std::net::SocketAddr;
use str0m::config::DtlsCert;

/// How a datagram travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// By itself.
    Udp,
    /// In a stream that the client has opened, for networks that let no UDP through (RFC 6544).
    Tcp,
}

/// How voices are carried.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where clients reach us; in the order in which they are offered.
    pub addresses: Vec<SocketAddr>,
    /// Where they reach us by streams; none where there are none.
    pub stream_addresses: Vec<SocketAddr>,
    /// Voices one listener hears at once.
    pub slots: usize,
    /// Packets that one which is missing is waited for.
    pub reordering: usize,
    pub(crate) certificate: DtlsCert,
}

impl Settings {
    /// Settings with a certificate of their own, made now.
    ///
    /// Errors: the cryptography gives none.
    pub fn new(addresses: Vec<SocketAddr>, slots: usize) -> Result<Self, Refusal> {
        let provider = str0m::crypto::from_feature_flags();
        provider.install_process_default();
        let provider = str0m::crypto::from_feature_flags();
        let certificate = provider
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| Refusal::Bad("no certificate could be made".into()))?;
        Ok(Self { addresses, stream_addresses: Vec::new(), slots, reordering: 2, certificate })
    }
}

/// Why there is no peer connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Longer than any browser's.
    #[error("The offer is too long.")]
    TooLarge,
    /// No offer, or one of something else.
    #[error("This is no offer that can be answered: {0}.")]
    Bad(String),
    /// As many as there may be.
    #[error("The server carries as many voices as it can; try again later.")]
    Full,
    /// The line has no channel for motion.
    #[error("This line has no channel for motion.")]
    NoChannel,
    /// As many lines carry motion as may.
    #[error("The server carries the motion of as many people by datagrams as it can; the WebSocket goes on.")]
    MotionFull,
}

impl Refusal {
    /// Its name in replies.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "offer_too_large",
            Self::Bad(_) => "bad_offer",
            Self::Full => "voice_full",
            Self::NoChannel => "no_channel",
            Self::MotionFull => "motion_full",
        }
    }
}

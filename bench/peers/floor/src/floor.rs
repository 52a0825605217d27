//! The floor: a bare tokio loop per connection that reads frames and sends frames, and does nothing else.
//!
//! What remains is what the kernel, tokio and tungstenite cost for the same frames and bytes, so that a server's own
//! work is the distance from here. Every frame down carries the newest sample of another client, so that ages mean
//! what they mean elsewhere: arrival minus the sender's sample.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::tungstenite::Message;

use crate::{socket, stamp};

/// Clients of one run.
pub(crate) const CLIENTS_MAX: usize = 20_000;

/// What every client is sent.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Sends {
    /// Bytes of a frame
    #[arg(long)]
    bytes: usize,
    /// Frames per second and client
    #[arg(long, default_value_t = 20.0)]
    hz: f64,
}

/// The newest sample of every client, by the order in which they came.
struct Samples {
    stamps_us: Vec<AtomicU64>,
    clients: AtomicUsize,
}

impl Samples {
    fn new() -> Samples {
        Samples {
            stamps_us: (0..CLIENTS_MAX).map(|_| AtomicU64::new(0)).collect(),
            clients: AtomicUsize::new(0),
        }
    }

    /// A place for a newcomer; places wrap, so that a long-running server does not run out.
    fn join(&self) -> usize {
        self.clients.fetch_add(1, Ordering::Relaxed) % CLIENTS_MAX
    }

    fn keep(&self, place: usize, frame: &[u8]) {
        if let Some(stamp_us) = stamp::read(frame) {
            self.stamps_us[place].store(stamp_us, Ordering::Relaxed);
        }
    }

    /// The newest sample of the client that came next; of the first one for the last.
    fn of_neighbour(&self, place: usize) -> u64 {
        let clients = self.clients.load(Ordering::Relaxed).clamp(1, CLIENTS_MAX);
        self.stamps_us[(place + 1) % clients].load(Ordering::Relaxed)
    }
}

/// Serves until it is ended from outside.
pub(crate) async fn serve(listen: SocketAddr, sends: Sends) -> Result<()> {
    let listener = socket::listen(listen).await?;
    let samples = Arc::new(Samples::new());
    loop {
        let (stream, _) = listener.accept().await?;
        // How a connection ends is not measured here: the load counts it.
        tokio::spawn(connection(stream, samples.clone(), sends));
    }
}

async fn connection(stream: TcpStream, samples: Arc<Samples>, sends: Sends) -> Result<()> {
    let mut socket = socket::accept(stream).await?;
    let place = samples.join();
    let mut turn = tokio::time::interval(Duration::from_secs_f64(1.0 / sends.hz.max(0.1)));
    turn.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Binary(frame))) => samples.keep(place, &frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            },
            _ = turn.tick() => {
                let frame = stamp::frame(samples.of_neighbour(place), sends.bytes);
                socket.send(Message::binary(frame)).await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_is_told_the_newest_sample_of_a_neighbour() {
        let samples = Samples::new();
        let (first, second) = (samples.join(), samples.join());
        samples.keep(first, &stamp::frame(7, 90));
        samples.keep(second, &stamp::frame(9, 90));
        samples.keep(second, b"short");
        assert_eq!((samples.of_neighbour(first), samples.of_neighbour(second)), (9, 7));
    }
}

//! Datagrams in streams, for networks that let no UDP through: each behind its length, two bytes (RFC 4571).

use crate::limits::{
    STREAM_DATAGRAMS_MAX, STREAM_DATAGRAMS_PER_S, STREAM_IDLE, VOICE_ASKS_MAX, VOICE_STREAMS_MAX,
    VOICE_STREAMS_PER_ADDRESS_MAX,
};
use governor::{Quota, RateLimiter};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Longest datagram that is taken, bytes: more than any client makes.
const DATAGRAM_BYTES_MAX: usize = 2_048;

/// What happens on streams.
#[derive(Debug)]
pub(crate) enum Happened {
    /// Somebody has opened one.
    Opened(TcpStream, SocketAddr),
    /// A datagram came by one.
    Came(SocketAddr, Vec<u8>),
    /// One has ended.
    Ended(SocketAddr),
}

/// All open streams, and what comes by them.
pub(crate) struct Streams {
    open: BTreeMap<SocketAddr, mpsc::Sender<Vec<u8>>>,
    by_address: BTreeMap<IpAddr, usize>,
    happens: mpsc::Sender<Happened>,
    happened: mpsc::Receiver<Happened>,
}

impl Streams {
    /// None yet; with a listener they come.
    pub fn new(listener: Option<TcpListener>) -> Self {
        let (happens, happened) = mpsc::channel(VOICE_ASKS_MAX);
        if let Some(listener) = listener {
            tokio::spawn(accept(listener, happens.clone()));
        }
        Self { open: BTreeMap::new(), by_address: BTreeMap::new(), happens, happened }
    }

    /// The next datagram that came by a stream, and by which.
    pub async fn next(&mut self) -> (SocketAddr, Vec<u8>) {
        loop {
            match self.happened.recv().await {
                Some(Happened::Came(from, bytes)) => return (from, bytes),
                Some(Happened::Opened(stream, from)) => self.take(stream, from),
                Some(Happened::Ended(from)) => self.forget(from),
                // Never: one sender is ours.
                None => std::future::pending().await,
            }
        }
    }

    /// Sends a datagram by the stream of an address; `false` when it is lost.
    pub fn send(&self, to: SocketAddr, bytes: Vec<u8>) -> bool {
        self.open.get(&to).is_some_and(|stream| stream.try_send(bytes).is_ok())
    }

    fn take(&mut self, stream: TcpStream, from: SocketAddr) {
        let of_address = self.by_address.entry(from.ip()).or_default();
        if self.open.len() >= VOICE_STREAMS_MAX || *of_address >= VOICE_STREAMS_PER_ADDRESS_MAX {
            metrics::counter!("thexr_voice_dropped_total", "reason" => "too_many_streams").increment(1);
            return;
        }
        *of_address += 1;
        // Voices are small and late at once: never wait for more.
        let _ = stream.set_nodelay(true);
        let (datagrams, to_send) = mpsc::channel(STREAM_DATAGRAMS_MAX);
        self.open.insert(from, datagrams);
        tokio::spawn(carry(stream, from, to_send, self.happens.clone()));
    }

    fn forget(&mut self, from: SocketAddr) {
        if self.open.remove(&from).is_none() {
            return;
        }
        if let Some(count) = self.by_address.get_mut(&from.ip()) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&from.ip());
            }
        }
    }
}

async fn accept(listener: TcpListener, happens: mpsc::Sender<Happened>) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                if happens.send(Happened::Opened(stream, from)).await.is_err() {
                    return;
                }
            }
            // Too many files, for instance: those who are here go on meanwhile.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
}

/// Reads and writes one stream to its end.
async fn carry(
    stream: TcpStream,
    from: SocketAddr,
    mut to_send: mpsc::Receiver<Vec<u8>>,
    happens: mpsc::Sender<Happened>,
) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let reading = async {
        let pace = RateLimiter::direct(Quota::per_second(STREAM_DATAGRAMS_PER_S));
        while let Ok(Some(bytes)) = timeout(STREAM_IDLE, datagram(&mut read)).await {
            pace.until_ready().await;
            if happens.send(Happened::Came(from, bytes)).await.is_err() {
                return;
            }
        }
    };
    let writing = async {
        while let Some(bytes) = to_send.recv().await {
            let Ok(length) = u16::try_from(bytes.len()) else { continue };
            let framed = [&length.to_be_bytes()[..], &bytes].concat();
            if !matches!(timeout(STREAM_IDLE, write.write_all(&framed)).await, Ok(Ok(()))) {
                return;
            }
        }
    };
    tokio::select! { () = reading => {}, () = writing => {} }
    // An error means that all of them end.
    let _ = happens.send(Happened::Ended(from)).await;
}

/// The next datagram of a stream; `None` at its end, and where one is longer than any client's.
async fn datagram(read: &mut (impl AsyncReadExt + Unpin)) -> Option<Vec<u8>> {
    let length = usize::from(read.read_u16().await.ok()?);
    if length > DATAGRAM_BYTES_MAX {
        return None;
    }
    let mut bytes = vec![0; length];
    read.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn streams() -> (Streams, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (Streams::new(Some(listener)), address)
    }

    #[tokio::test]
    async fn datagrams_come_out_of_a_stream_as_they_went_in_and_answers_go_back_by_it() {
        let (mut streams, address) = streams().await;
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(&[0, 3, 1, 2, 3, 0, 0, 0, 1]).await.unwrap();
        let (from, bytes) = streams.next().await;
        assert_eq!((from, bytes), (client.local_addr().unwrap(), vec![1, 2, 3]));
        assert_eq!(streams.next().await.1, Vec::<u8>::new());
        client.write_all(&[9]).await.unwrap();
        assert_eq!(streams.next().await.1, [9]);
        assert!(streams.send(from, vec![7, 8]));
        let mut answer = [0; 4];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, [0, 2, 7, 8]);
    }

    #[tokio::test]
    async fn a_stream_that_lies_about_its_lengths_ends_alone() {
        let (mut streams, address) = streams().await;
        let mut eve = TcpStream::connect(address).await.unwrap();
        eve.write_all(&[255, 255, 0, 0]).await.unwrap();
        let mut ada = TcpStream::connect(address).await.unwrap();
        ada.write_all(&[0, 1, 5]).await.unwrap();
        assert_eq!(streams.next().await.1, [5]);
        // Eve's end is seen before Ada's next word.
        let mut rest = Vec::new();
        let ended = async { eve.read_to_end(&mut rest).await };
        tokio::select! { ended = ended => assert_eq!(ended.unwrap(), 0), _ = streams.next() => unreachable!("nobody else speaks") }
        ada.write_all(&[0, 1, 6]).await.unwrap();
        assert_eq!(streams.next().await.1, [6]);
        assert_eq!(streams.open.len(), 1);
    }

    #[tokio::test]
    async fn who_floods_a_stream_waits_in_it_and_others_are_heard_meanwhile() {
        let (mut streams, address) = streams().await;
        let mut eve = TcpStream::connect(address).await.unwrap();
        tokio::spawn(async move { while eve.write_all(&[0, 1, 9].repeat(1_000)).await.is_ok() {} });
        let burst = usize::try_from(STREAM_DATAGRAMS_PER_S.get()).unwrap();
        for _ in 0..burst {
            assert_eq!(streams.next().await.1, [9]);
        }
        let mut ada = TcpStream::connect(address).await.unwrap();
        ada.write_all(&[0, 1, 5]).await.unwrap();
        // Before Eve has said as much again.
        let mut before = 0;
        while streams.next().await.1 != [5] {
            before += 1;
        }
        assert!(before < burst, "{before} of Eve's came before Ada's");
    }

    #[tokio::test]
    async fn nobody_keeps_others_out_by_opening_many() {
        let (mut streams, address) = streams().await;
        let mut many = Vec::new();
        for _ in 0..VOICE_STREAMS_PER_ADDRESS_MAX + 5 {
            many.push(TcpStream::connect(address).await.unwrap());
        }
        let last = many.last_mut().unwrap();
        let mut byte = [0];
        tokio::select! { read = last.read(&mut byte) => assert_eq!(read.unwrap(), 0), _ = streams.next() => unreachable!("nobody speaks") }
        assert_eq!(streams.open.len(), VOICE_STREAMS_PER_ADDRESS_MAX);
        let none = "192.0.2.1:9".parse().unwrap();
        assert!(!streams.send(none, vec![1]));
    }
}

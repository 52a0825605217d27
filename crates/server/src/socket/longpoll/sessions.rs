//! The sessions and what they hold: bytes on their way in and out, of each and of all. Knows nothing of frames.
//!
//! What is held is counted when it comes and when it goes, never by looking at all of it.

use crate::auth::new_secret;
use crate::limits::{
    POLL_ANSWER_BYTES, POLL_BYTES_MAX, POLL_CHUNK_BYTES, POLL_INCOMING_BYTES, POLL_QUEUE_BYTES,
    POLL_QUEUE_MESSAGES, POLL_SESSIONS_MAX,
};
use axum::body::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use thexr_wire::json::write_string;
use thexr_wire::phoenix::Vsn;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

/// A POST on its way to the session: text, unread.
#[derive(Debug)]
pub struct Post {
    /// Its body.
    pub text: String,
    /// Whether that is lines.
    pub ndjson: bool,
    /// What it counts while it waits.
    pub held: Held,
    /// Told when all of it is handled.
    pub handled: oneshot::Sender<()>,
}

/// Bytes of a POST that count until they are dropped.
#[derive(Debug)]
pub struct Held {
    poll: Arc<Poll>,
    bytes: usize,
    _room: OwnedSemaphorePermit,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.poll.release(self.bytes);
    }
}

#[derive(Debug, Default)]
struct Outgoing {
    frames: VecDeque<Arc<str>>,
    /// Bytes of them.
    bytes: usize,
    /// The rest of an answer that the client has not taken yet: nothing else goes out before.
    answer: Option<Bytes>,
    /// Nothing is kept any more.
    closed: bool,
}

/// One session.
#[derive(Debug)]
pub struct Poll {
    /// Its envelope.
    pub vsn: Vsn,
    token: String,
    network: IpAddr,
    /// Bytes it holds, and bytes that all do.
    held: AtomicUsize,
    held_by_all: Arc<AtomicUsize>,
    /// Room for POSTs, bytes.
    room: Arc<Semaphore>,
    posts: mpsc::UnboundedSender<Post>,
    outgoing: Mutex<Outgoing>,
    /// There may be something to fetch.
    pub arrived: Notify,
    /// The client asked, or takes what it is given.
    pub polled: Notify,
    /// Number of the newest fetch: an older one waits no longer.
    pub fetches: watch::Sender<u64>,
    /// Becomes true when the session is over.
    pub ended: watch::Sender<bool>,
}

impl Poll {
    fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        self.held_by_all.fetch_add(bytes, Ordering::Relaxed);
    }

    fn release(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        self.held_by_all.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// What its client names it by.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The session is over.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Nothing waits here any more, nor will.
    pub fn clear(&self) {
        let mut outgoing = self.outgoing();
        let bytes = outgoing.bytes + outgoing.answer.as_ref().map_or(0, Bytes::len);
        *outgoing = Outgoing { closed: true, ..Outgoing::default() };
        self.release(bytes);
    }

    /// Nothing waits to be fetched.
    pub fn is_quiet(&self) -> bool {
        self.outgoing().frames.is_empty()
    }

    /// Queues a POST; `false`: the session is over.
    pub fn post(&self, post: Post) -> bool {
        self.posts.send(post).is_ok()
    }

    /// Keeps frames until they are fetched; `false`: more than may wait.
    pub fn keep(&self, frames: impl Iterator<Item = Arc<str>>) -> bool {
        let mut outgoing = self.outgoing();
        if outgoing.closed {
            return true;
        }
        let before = outgoing.bytes;
        for frame in frames {
            outgoing.bytes += frame.len();
            outgoing.frames.push_back(frame);
        }
        self.hold(outgoing.bytes - before);
        outgoing.frames.len() <= POLL_QUEUE_MESSAGES && outgoing.bytes <= POLL_QUEUE_BYTES
    }

    /// Begins an answer with what waits, as much as goes into one; `None`: nothing does, or the last answer is still on its way.
    pub fn begin_answer(self: &Arc<Self>) -> Option<Answer> {
        let mut outgoing = self.outgoing();
        if outgoing.frames.is_empty() || outgoing.answer.is_some() {
            return None;
        }
        let mut text = String::from("{\"status\":200,\"messages\":[");
        let mut taken = 0;
        while let Some(frame) = outgoing.frames.front()
            && (taken == 0 || taken + frame.len() <= POLL_ANSWER_BYTES)
        {
            if taken > 0 {
                text.push(',');
            }
            write_string(frame, &mut text);
            taken += frame.len();
            outgoing.frames.pop_front();
        }
        text.push_str("],\"token\":");
        write_string(&self.token, &mut text);
        text.push('}');
        outgoing.bytes -= taken;
        self.hold(text.len());
        self.release(taken);
        let bytes = text.len();
        outgoing.answer = Some(text.into());
        Some(Answer { poll: self.clone(), left: bytes })
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The session has ended before its client took the whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session is over")]
pub struct Over;

/// An answer on its way out; its bytes belong to the session and go with it, however slow the client is.
#[derive(Debug)]
pub struct Answer {
    poll: Arc<Poll>,
    left: usize,
}

impl Answer {
    /// Bytes that are still to come.
    pub fn bytes(&self) -> usize {
        self.left
    }

    /// The next piece; `None` at the end. Small ones: what the transport has taken nobody can take back.
    pub fn next(&mut self) -> Option<Result<Bytes, Over>> {
        if self.left == 0 {
            return None;
        }
        // Who takes something is there.
        self.poll.polled.notify_one();
        let mut outgoing = self.poll.outgoing();
        let Some(rest) = &mut outgoing.answer else { return Some(Err(Over)) };
        let piece = rest.split_to(rest.len().min(POLL_CHUNK_BYTES));
        self.poll.release(piece.len());
        self.left -= piece.len();
        Some(Ok(piece))
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(rest) = self.poll.outgoing().answer.take() {
            self.poll.release(rest.len());
        }
        self.poll.arrived.notify_one();
    }
}

/// All sessions, by their token.
#[derive(Debug, Default)]
pub struct Polls {
    sessions: Mutex<BTreeMap<String, Arc<Poll>>>,
    held: Arc<AtomicUsize>,
}

impl Polls {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Poll>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that all sessions hold.
    pub fn held_bytes(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// The session of a token, unless it is over.
    pub fn find(&self, token: &str) -> Option<Arc<Poll>> {
        self.lock().get(token).filter(|poll| !*poll.ended.borrow()).cloned()
    }

    /// A new session and where its POSTs come out; `None`: there are too many.
    pub fn open(&self, vsn: Vsn, network: IpAddr) -> Option<(Arc<Poll>, mpsc::UnboundedReceiver<Post>)> {
        let mut sessions = self.lock();
        if sessions.len() >= POLL_SESSIONS_MAX {
            return None;
        }
        let (posts, waiting) = mpsc::unbounded_channel();
        let token = new_secret();
        let poll = Arc::new(Poll {
            vsn,
            token: token.clone(),
            network,
            held: AtomicUsize::new(0),
            held_by_all: self.held.clone(),
            room: Arc::new(Semaphore::new(POLL_INCOMING_BYTES)),
            posts,
            outgoing: Mutex::default(),
            arrived: Notify::new(),
            polled: Notify::new(),
            fetches: watch::Sender::new(0),
            ended: watch::Sender::new(false),
        });
        sessions.insert(token, poll.clone());
        Some((poll, waiting))
    }

    /// Forgets a session.
    pub fn remove(&self, poll: &Poll) {
        self.lock().remove(&poll.token);
    }

    /// Waits for room for a POST of so many bytes.
    pub async fn room(&self, poll: &Arc<Poll>, bytes: usize) -> Option<Held> {
        let count = u32::try_from(bytes).ok()?;
        let room = poll.room.clone().acquire_many_owned(count).await.ok()?;
        poll.hold(bytes);
        let held = Held { poll: poll.clone(), bytes, _room: room };
        self.relieve();
        Some(held)
    }

    /// Ends sessions while all together hold too much.
    pub fn relieve(&self) {
        self.relieve_to(POLL_BYTES_MAX);
    }

    /// Ends sessions until what is left holds no more than so much: of the address that holds most the one that holds most.
    fn relieve_to(&self, bytes_max: usize) {
        if self.held_bytes() <= bytes_max {
            return;
        }
        let mut ended = Vec::new();
        let mut sessions = self.lock();
        let held = |poll: &Poll| poll.held.load(Ordering::Relaxed);
        loop {
            let mut networks = BTreeMap::<IpAddr, usize>::new();
            for poll in sessions.values() {
                *networks.entry(poll.network).or_default() += held(poll);
            }
            if networks.values().sum::<usize>() <= bytes_max {
                break;
            }
            let most = networks.into_iter().max_by_key(|(_, bytes)| *bytes);
            let Some((network, _)) = most else { break };
            let of_network = sessions.values().filter(|poll| poll.network == network);
            let Some(poll) = of_network.max_by_key(|poll| held(poll)).cloned() else { break };
            sessions.remove(&poll.token);
            ended.push(poll);
        }
        drop(sessions);
        for poll in ended {
            metrics::counter!("thexr_disconnects_total", "reason" => "polls_full").increment(1);
            poll.end();
            poll.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(polls: &Polls, address: &str) -> (Arc<Poll>, mpsc::UnboundedReceiver<Post>) {
        polls.open(Vsn::V2, address.parse().unwrap()).unwrap()
    }

    fn frames(count: usize, bytes: usize) -> impl Iterator<Item = Arc<str>> {
        std::iter::repeat_n(Arc::from("\"".repeat(bytes)), count)
    }

    fn held(polls: &Polls) -> usize {
        polls.held_bytes()
    }

    #[test]
    fn what_waits_counts_until_it_is_taken() {
        let polls = Polls::default();
        let (poll, _posts) = open(&polls, "192.0.2.1");
        assert!(poll.keep(frames(3, 1000)));
        assert_eq!(held(&polls), 3000);
        let mut answer = poll.begin_answer().unwrap();
        assert!(held(&polls) > 6000, "every quote is escaped");
        assert!(poll.begin_answer().is_none(), "one after the other");
        let mut text = Vec::new();
        while let Some(piece) = answer.next() {
            text.extend_from_slice(&piece.unwrap());
        }
        assert_eq!(held(&polls), 0);
        let body: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(body["messages"].as_array().unwrap().len(), 3);
        assert_eq!(body["token"], poll.token);
    }

    #[test]
    fn an_answer_holds_so_much_and_the_rest_waits_for_the_next() {
        let polls = Polls::default();
        let (poll, _posts) = open(&polls, "192.0.2.1");
        assert!(poll.keep(frames(1, POLL_ANSWER_BYTES * 2).chain(frames(4, POLL_ANSWER_BYTES / 2))));
        let mut taken = Vec::new();
        while let Some(answer) = poll.begin_answer() {
            taken.push(answer.bytes() / POLL_ANSWER_BYTES);
        }
        assert_eq!(taken, [4, 2, 2], "a frame that is larger goes alone; every quote is escaped");
        assert_eq!(held(&polls), 0);
    }

    #[test]
    fn an_answer_that_nobody_takes_ends_with_its_session_and_no_longer_counts() {
        let polls = Polls::default();
        let (poll, _posts) = open(&polls, "192.0.2.1");
        poll.keep(frames(9, 100_000));
        let mut answer = poll.begin_answer().unwrap();
        assert!(matches!(answer.next(), Some(Ok(_))));
        poll.end();
        assert!(polls.find(poll.token()).is_none(), "from here on");
        poll.clear();
        assert_eq!(held(&polls), 0);
        assert_eq!(answer.next(), Some(Err(Over)));
        poll.keep(frames(9, 100_000));
        drop(answer);
        assert_eq!(held(&polls), 0, "nothing comes after the end");
    }

    #[test]
    fn more_than_may_wait_is_told_in_frames_and_in_bytes() {
        let polls = Polls::default();
        let (many, _posts) = open(&polls, "192.0.2.1");
        assert!(many.keep(frames(POLL_QUEUE_MESSAGES, 2)) && !many.keep(frames(1, 2)));
        let (large, _posts) = open(&polls, "192.0.2.1");
        assert!(large.keep(frames(2, POLL_QUEUE_BYTES / 2)) && !large.keep(frames(1, 1)));
    }

    #[tokio::test]
    async fn posts_of_one_session_wait_for_room_and_it_comes_back_with_them() {
        let polls = Polls::default();
        let (poll, _posts) = open(&polls, "192.0.2.1");
        let first = polls.room(&poll, POLL_INCOMING_BYTES - 10).await.unwrap();
        let second = polls.room(&poll, 11);
        tokio::pin!(second);
        assert!(futures_util::poll!(&mut second).is_pending());
        assert_eq!(held(&polls), POLL_INCOMING_BYTES - 10);
        drop(first);
        let second = second.await.unwrap();
        assert_eq!(held(&polls), 11);
        drop(second);
        assert_eq!(held(&polls), 0);
    }

    #[test]
    fn when_all_hold_too_much_the_address_that_holds_most_gives() {
        let polls = Polls::default();
        let hoards: Vec<_> = (0..50).map(|_| open(&polls, "192.0.2.1")).collect();
        let honest: Vec<_> = (2..12).map(|n| open(&polls, &format!("192.0.2.{n}"))).collect();
        hoards.iter().for_each(|(poll, _)| assert!(poll.keep(frames(10, 1_000))));
        // Each holds more than any session of the hoarder.
        honest.iter().for_each(|(poll, _)| assert!(poll.keep(frames(20, 1_000))));
        assert_eq!(held(&polls), 700_000);
        polls.relieve_to(700_000);
        assert!(hoards.iter().chain(&honest).all(|(poll, _)| polls.find(&poll.token).is_some()));
        polls.relieve_to(450_000);
        assert_eq!(held(&polls), 450_000);
        assert_eq!(hoards.iter().filter(|(poll, _)| *poll.ended.borrow()).count(), 25);
        assert!(honest.iter().all(|(poll, _)| polls.find(&poll.token).is_some() && !*poll.ended.borrow()));
    }

    #[test]
    fn a_session_that_is_dropped_holds_nothing() {
        let polls = Polls::default();
        let (poll, posts) = open(&polls, "192.0.2.1");
        poll.keep(frames(20, 1_000));
        polls.remove(&poll);
        drop((poll, posts));
        assert_eq!(held(&polls), 0);
    }

    #[test]
    fn there_are_so_many_sessions_and_no_more() {
        let polls = Polls::default();
        let open = || polls.open(Vsn::V2, "192.0.2.1".parse().unwrap());
        let all: Vec<_> = (0..POLL_SESSIONS_MAX).map(|_| open().unwrap()).collect();
        assert!(open().is_none());
        polls.remove(&all[7].0);
        assert!(open().is_some());
    }
}

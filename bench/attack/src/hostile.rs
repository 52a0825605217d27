//! A hostile connection: joins, pushes whatever it is told to, and counts what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use thexr_wire::lane;
use thexr_wire::phoenix::encode_client_push;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use crate::ground::{Ground, Visitor, count};
use crate::phrase::{self, Reply};
use crate::socket::{Opening, Socket};

/// How long an answer is waited for.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// Answers that nobody takes; more are counted and dropped.
const ANSWERS_MAX: usize = 1_024;

/// The ref of every join: each connection joins a topic once.
const JOIN_REF: u64 = 1;

/// What the kernel receives ahead for one that never reads, bytes.
const UNREAD_BYTES: u32 = 4 * 1024;

/// A connection to one room.
pub(crate) struct Hostile {
    ground: Arc<Ground>,
    sink: SplitSink<Socket, Message>,
    topic: String,
    next_ref: u64,
    /// Tells this connection's command ids from others'.
    seed: u64,
    ids: u64,
    replies: mpsc::Receiver<Reply>,
    reader: Reader,
}

/// Ends its task with itself, which drops the socket's other half.
struct Reader(
    Option<JoinHandle<()>>,
    #[expect(dead_code, reason = "keeps an unread socket open")] Option<SplitStream<Socket>>,
);

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Hostile {
    /// Opens a socket from the address of that number.
    ///
    /// Errors: refused.
    pub(crate) async fn open(
        ground: &Arc<Ground>,
        visitor: &Visitor,
        number: usize,
        reads: bool,
    ) -> Result<Hostile> {
        let opening = Opening {
            server: ground.server,
            token: visitor.token.clone(),
            from: Ground::hostile(number),
            ahead_bytes: (!reads).then_some(UNREAD_BYTES),
        };
        let socket = opening
            .open()
            .await
            .inspect_err(|error| count(&mut ground.tally().closed, &error.to_string()))?;
        let (sink, stream) = socket.split();
        let (sender, replies) = mpsc::channel(ANSWERS_MAX);
        let reader = if reads {
            Reader(Some(tokio::spawn(read(ground.clone(), stream, sender))), None)
        } else {
            Reader(None, Some(stream))
        };
        Ok(Hostile {
            ground: ground.clone(),
            sink,
            topic: format!("room:{}", ground.room),
            next_ref: JOIN_REF + 1,
            seed: ground.next_number(),
            ids: 0,
            replies,
            reader,
        })
    }

    /// Opens a socket and enters the honest people's room.
    ///
    /// Errors: refused.
    pub(crate) async fn enter(ground: &Arc<Ground>, visitor: &Visitor, number: usize) -> Result<Hostile> {
        let mut hostile = Hostile::open(ground, visitor, number, true).await?;
        hostile.join(json!({"dialect": "thexr.1", "version": 4, "nickname": "mallory"})).await?;
        Ok(hostile)
    }

    /// Pushes to another room from now on.
    pub(crate) fn turn_to(&mut self, room: &str) {
        self.topic = format!("room:{room}");
    }

    /// Asks to join and waits for the answer.
    ///
    /// Errors: refused, or no answer.
    pub(crate) async fn join(&mut self, payload: Value) -> Result<Value> {
        self.ask_to_join(&payload.to_string()).await?;
        self.answer(JOIN_REF).await?.map_err(|reason| anyhow::anyhow!("join: {reason}"))
    }

    /// Asks to join and does not wait.
    ///
    /// Errors: the connection is gone.
    pub(crate) async fn ask_to_join(&mut self, payload: &str) -> Result<()> {
        let text = phrase::push(JOIN_REF, JOIN_REF, &self.topic, "phx_join", payload);
        self.send(text).await
    }

    /// Pushes JSON text and does not wait; returns the push's ref.
    ///
    /// Errors: the connection is gone.
    pub(crate) async fn push(&mut self, event: &str, payload: &str) -> Result<u64> {
        let reference = self.next_ref;
        self.next_ref += 1;
        let text = phrase::push(JOIN_REF, reference, &self.topic, event, payload);
        self.send(text).await?;
        Ok(reference)
    }

    /// Pushes a frame of the latest lane.
    ///
    /// Errors: the connection is gone.
    pub(crate) async fn frame(&mut self, frame: &[u8]) -> Result<()> {
        let bytes = encode_client_push(&JOIN_REF.to_string(), "", &self.topic, lane::EVENT, frame);
        {
            let mut tally = self.ground.tally();
            tally.sent += 1;
            tally.sent_bytes += bytes.len() as u64;
        }
        Ok(self.sink.send(Message::binary(bytes)).await?)
    }

    /// Pushes and waits for the answer: the response, or the reason of a refusal.
    ///
    /// Errors: the connection is gone, or no answer.
    pub(crate) async fn call(&mut self, event: &str, payload: &str) -> Result<Result<Value, String>> {
        let reference = self.push(event, payload).await?;
        self.answer(reference).await
    }

    /// Pushes until it is accepted, waiting a little after each refusal.
    ///
    /// Errors: refused for too long.
    pub(crate) async fn insist(&mut self, event: &str, payload: &str, patience: Duration) -> Result<Value> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            match self.call(event, payload).await? {
                Ok(response) => return Ok(response),
                Err(reason) if tokio::time::Instant::now() > deadline => bail!("{event}: {reason}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// An id that no other command of the run has.
    pub(crate) fn unused(&mut self) -> String {
        self.ids += 1;
        format!("{:x}.{}", self.seed, self.ids)
    }

    /// The next answer, whatever was asked; `None`: the connection is gone.
    pub(crate) async fn next_answer(&mut self) -> Option<Reply> {
        self.replies.recv().await
    }

    /// An answer that has come already.
    pub(crate) fn take_answer(&mut self) -> Option<Reply> {
        self.replies.try_recv().ok()
    }

    async fn answer(&mut self, reference: u64) -> Result<Result<Value, String>> {
        let wait = async {
            loop {
                let reply = self.replies.recv().await.context("the connection is gone")?;
                if reply.reference == reference {
                    return Ok(reply.outcome);
                }
            }
        };
        tokio::time::timeout(ANSWER_TIMEOUT, wait).await.context("no answer in time")?
    }

    async fn send(&mut self, text: String) -> Result<()> {
        {
            let mut tally = self.ground.tally();
            tally.sent += 1;
            tally.sent_bytes += text.len() as u64;
        }
        Ok(self.sink.send(Message::text(text)).await?)
    }

    /// Whether the server has ended it.
    pub(crate) fn is_over(&self) -> bool {
        self.reader.0.as_ref().is_some_and(JoinHandle::is_finished)
    }
}

/// Reads everything, so that nothing but what the attack is about is held against it.
async fn read(ground: Arc<Ground>, mut stream: SplitStream<Socket>, replies: mpsc::Sender<Reply>) {
    while let Some(message) = stream.next().await {
        let text = match message {
            Ok(Message::Text(text)) => text,
            Ok(Message::Close(frame)) => {
                let code =
                    frame.map_or_else(|| "no code".to_owned(), |frame| u16::from(frame.code).to_string());
                count(&mut ground.tally().closed, &code);
                return;
            }
            Ok(other) => {
                ground.tally().received_bytes += other.len() as u64;
                continue;
            }
            Err(error) => {
                if ground.goes_on() {
                    count(&mut ground.tally().closed, &error.to_string());
                }
                return;
            }
        };
        let mut tally = ground.tally();
        tally.received_bytes += text.len() as u64;
        if phrase::is(&text, "phx_error") || phrase::is(&text, "phx_close") {
            count(&mut tally.closed, "channel");
        }
        let Some(reply) = phrase::reply(&text) else { continue };
        match &reply.outcome {
            Ok(_) => tally.accepted += 1,
            Err(reason) => count(&mut tally.refused, reason),
        }
        // Nobody waits for an answer that finds no place.
        replies.try_send(reply).ok();
    }
}

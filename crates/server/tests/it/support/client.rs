//! A client that sends and shows every frame as it is. Knows the Phoenix envelope V2 and nothing of rooms.

use super::{PATIENCE, Person};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use thexr_wire::joints::Hands;
use thexr_wire::lane::{self, Own};
use thexr_wire::phoenix::{decode_server_binary, encode_client_push};
use thexr_wire::pose::{Pose, Sample};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

/// One connection.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    /// The server's answer to the handshake.
    pub handshake: Response,
    /// Who connected, where that was asked for.
    pub person: Person,
    /// Topic of the last join.
    pub topic: String,
    join_ref: Value,
    next_ref: u64,
    /// Frames that were read while looking for others, oldest first.
    kept: VecDeque<Received>,
    /// How long anything may take to come.
    pub patience: Duration,
}

/// Something that came from the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    Text(Value),
    Binary(Vec<u8>),
    /// The connection is over; 1006 without a word.
    Closed(u16),
}

impl Received {
    /// The frame, if it is text.
    pub fn text(&self) -> Option<&Value> {
        if let Self::Text(frame) = self { Some(frame) } else { None }
    }

    /// The event of a text frame of either version.
    pub fn event(&self) -> &str {
        let event = self.text().map(|frame| if frame.is_object() { &frame["event"] } else { &frame[3] });
        event.and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it is only someone's place, which json clients are told now and then, in either version.
    pub fn is_movement(&self) -> bool {
        let payload = self.text().map(|frame| if frame.is_object() { &frame["payload"] } else { &frame[4] });
        self.event() == "stoc" && payload.is_some_and(|payload| payload["event"] == "user_moved")
    }
}

impl Client {
    /// Opens a socket; errors are the status of the refused handshake, 0 when nobody answers.
    pub async fn connect(address: SocketAddr, query: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        Self::connect_to(address, &format!("/socket/websocket?{query}"), headers, None).await
    }

    /// Opens a socket at a path; `receive_bytes` bounds what the kernel keeps for a client that does not read.
    pub async fn connect_to(
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
        receive_bytes: Option<u32>,
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = receive_bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = socket.connect(address).await.map_err(|_| 0u16)?;
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, handshake)) => Ok(Self {
                socket,
                handshake,
                person: Person { id: String::new(), token: String::new() },
                topic: String::new(),
                join_ref: Value::Null,
                next_ref: 0,
                kept: VecDeque::new(),
                patience: PATIENCE,
            }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(_) => Err(0),
        }
    }

    /// A ref that this connection has not used.
    pub fn new_ref(&mut self) -> String {
        self.next_ref += 1;
        self.next_ref.to_string()
    }

    pub async fn send(&mut self, frame: Value) {
        self.send_message(Message::text(frame.to_string())).await;
    }

    /// Sends anything; a connection that is closing already takes nothing, which the next read tells.
    pub async fn send_message(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// The next thing that comes, the kept ones first.
    pub async fn next(&mut self) -> Received {
        match self.kept.pop_front() {
            Some(received) => received,
            None => self.receive().await,
        }
    }

    /// The next frame that is not merely someone's place or motion.
    pub async fn next_text(&mut self) -> Value {
        loop {
            match self.next().await {
                Received::Text(frame) if !Received::Text(frame.clone()).is_movement() => return frame,
                Received::Text(_) | Received::Binary(_) => {}
                Received::Closed(code) => panic!("closed with {code}"),
            }
        }
    }

    /// The next frame of one of these events.
    pub async fn next_of(&mut self, events: &[&str]) -> Value {
        self.find(&events.join(" or "), |received| {
            received.text().filter(|_| events.contains(&received.event())).cloned()
        })
        .await
    }

    async fn receive(&mut self) -> Received {
        loop {
            let message = tokio::time::timeout(self.patience, self.socket.next()).await;
            match message.expect("the server says something in time") {
                Some(Ok(Message::Text(text))) => return Received::Text(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Binary(bytes))) => return Received::Binary(bytes.to_vec()),
                Some(Ok(Message::Close(close))) => {
                    return Received::Closed(close.map_or(1005, |close| close.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Received::Closed(1006),
            }
        }
    }

    /// Waits for something; what comes before it is kept for later.
    pub async fn find<T>(&mut self, what: &str, mut wanted: impl FnMut(&Received) -> Option<T>) -> T {
        for index in 0..self.kept.len() {
            if let Some(found) = wanted(&self.kept[index]) {
                self.kept.remove(index);
                return found;
            }
        }
        let deadline = tokio::time::Instant::now() + self.patience;
        loop {
            let received = tokio::time::timeout_at(deadline, self.receive()).await;
            let received = received.unwrap_or_else(|_| panic!("never came: {what}"));
            if let Some(found) = wanted(&received) {
                return found;
            }
            if let Received::Closed(code) = received {
                panic!("closed with {code} before it came: {what}");
            }
            self.kept.push_back(received);
        }
    }

    /// The payload of the next frame of an event on the client's topic.
    pub async fn event(&mut self, event: &str) -> Value {
        self.find(event, |received| {
            let frame = received.text()?;
            (frame[3] == event).then(|| frame[4].clone())
        })
        .await
    }

    /// The next fact of a name.
    pub async fn fact(&mut self, name: &str) -> Value {
        self.find(name, |received| {
            let frame = received.text()?;
            (frame[3] == "stoc" && frame[4]["event"] == name).then(|| frame[4].clone())
        })
        .await
    }

    /// The payload of the reply to a ref.
    pub async fn reply(&mut self, reference: &Value) -> Value {
        let what = format!("the reply to {reference}");
        self.find(&what, |received| {
            let frame = received.text()?;
            (frame[3] == "phx_reply" && frame[1] == *reference).then(|| frame[4].clone())
        })
        .await
    }

    /// The payload of the reply to a ref, all else passed over; `None` when the connection ends first.
    pub async fn reply_or_end(&mut self, reference: &Value) -> Option<Value> {
        loop {
            match self.next().await {
                Received::Text(frame) if frame[3] == "phx_reply" && frame[1] == *reference => {
                    return Some(frame[4].clone());
                }
                Received::Closed(_) => return None,
                _ => {}
            }
        }
    }

    /// Joins a room and leaves all that follows the reply unread; the reply's payload.
    pub async fn try_join(&mut self, room: &str, payload: Value) -> Value {
        let reference = self.cast_join(room, payload).await;
        self.reply(&reference).await
    }

    /// Asks to join a room; the ref.
    pub async fn cast_join(&mut self, room: &str, payload: Value) -> Value {
        let reference = Value::from(self.new_ref());
        self.topic = format!("room:{room}");
        self.join_ref = reference.clone();
        self.send(json!([reference, reference, self.topic, "phx_join", payload])).await;
        reference
    }

    /// Joins a room; the reply's response.
    pub async fn join(&mut self, room: &str, payload: Value) -> Value {
        let reply = self.try_join(room, payload).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        reply["response"].clone()
    }

    /// Joins as Thexr's own clients do; the reply's response and the entities of all chunks.
    pub async fn join_thexr(&mut self, room: &str, payload: Value) -> (Value, Vec<Value>) {
        let mut payload = payload;
        payload["dialect"] = json!("thexr.1");
        payload["version"] = json!(thexr_wire::message::VERSION);
        let response = self.join(room, payload).await;
        let mut entities = Vec::new();
        loop {
            let chunk = self.event("snapshot_chunk").await;
            entities.extend(chunk["entities"].as_array().unwrap().iter().cloned());
            if chunk["index"].as_u64().unwrap() + 1 == chunk["count"].as_u64().unwrap() {
                return (response, entities);
            }
        }
    }

    /// Pushes on the joined topic without waiting; the ref.
    pub async fn cast(&mut self, event: &str, payload: Value) -> Value {
        let reference = Value::from(self.new_ref());
        self.send(json!([self.join_ref, reference, self.topic, event, payload])).await;
        reference
    }

    /// Pushes on the joined topic; the reply's payload.
    pub async fn push(&mut self, event: &str, payload: Value) -> Value {
        let reference = self.cast(event, payload).await;
        self.reply(&reference).await
    }

    /// Pushes; the response of a reply that must be ok.
    pub async fn ok(&mut self, event: &str, payload: Value) -> Value {
        let reply = self.push(event, payload).await;
        assert_eq!(reply["status"], "ok", "{event}: {reply}");
        reply["response"].clone()
    }

    /// Pushes; the reason of a reply that must be an error with words for people.
    pub async fn refusal(&mut self, event: &str, payload: Value) -> String {
        let reply = self.push(event, payload).await;
        assert_eq!(reply["status"], "error", "{event}: {reply}");
        assert!(reply["response"]["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{reply}");
        reply["response"]["reason"].as_str().unwrap().to_owned()
    }

    /// Pushes bytes on the joined topic; the ref.
    pub async fn cast_binary(&mut self, event: &str, data: &[u8]) -> Value {
        let reference = self.new_ref();
        let join_ref = self.join_ref.as_str().unwrap_or_default();
        let frame = encode_client_push(join_ref, &reference, &self.topic, event, data);
        self.send_message(Message::binary(frame)).await;
        Value::from(reference)
    }

    /// Sends a pose on the latest lane.
    pub async fn send_pose(&mut self, seq: u16, sample_ms: u32, pose: Pose) {
        let mut data = Vec::new();
        let marks = thexr_wire::pose::Marks::default();
        lane::write_up(seq, 0, &Own { sample_ms, marks, pose, hands: Hands::default() }, &mut data);
        self.cast_binary(lane::EVENT, &data).await;
    }

    /// The next frame of motion.
    pub async fn motion(&mut self) -> (lane::Header, Vec<Sample>) {
        let topic = self.topic.clone();
        self.find("motion", |received| {
            let Received::Binary(bytes) = received else { return None };
            let push = decode_server_binary(bytes).unwrap();
            assert_eq!((push.topic, push.event), (topic.as_str(), lane::EVENT));
            let mut samples = Vec::new();
            let header = lane::read_down(push.data, &mut |sample| samples.push(sample)).unwrap();
            Some((header, samples))
        })
        .await
    }

    /// Reads on until the connection is over; its close code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Received::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// Everything that has come until the answer to a heartbeat, which is left out.
    pub async fn until_heartbeat(&mut self) -> Vec<Received> {
        let reference = format!("heartbeat {}", self.new_ref());
        self.send(json!([null, reference, "phoenix", "heartbeat", {}])).await;
        let mut before = Vec::new();
        loop {
            let received = self.next().await;
            if received.text().is_some_and(|frame| frame[1] == json!(reference)) {
                return before;
            }
            assert!(!matches!(received, Received::Closed(_)), "{received:?}");
            before.push(received);
        }
    }

    /// Closes in order.
    pub async fn close(mut self) {
        // An error means that the server was faster.
        let _ = self.socket.close(None).await;
        while let Some(Ok(_)) = self.socket.next().await {}
    }
}

//! kill -9 under load: what was acknowledged is there exactly once, and nobody who is gone stays behind as a ghost.

use crate::support::{Client, Person, eventually, request, room_id};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use thexr_server::rooms::stored;
use thexr_server::serve::DATABASE;
use thexr_store::{EventRow, SqliteStore, Store};
use thexr_wire::json::canonical;
use thexr_world::{NoStates, Stamp, World};

const WRITERS: usize = 200;
const ROOMS: usize = 40;
/// Commands of each writer: one creation, then increments.
const COMMANDS: usize = 16;
/// People who are inside when the server dies and never come back.
const GHOSTS: usize = 3;
/// How long a reply or an end may take while two hundred write and the server starts again.
const CRASH_PATIENCE: Duration = Duration::from_secs(60);
/// Pause of a writer who finds no server.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// The real program, in a process that can be killed.
struct Process {
    child: Child,
}

impl Process {
    async fn start(data: &Path, address: SocketAddr) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thexr"));
        command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(data);
        command.env("THEXR_SAMPLE_ROOM", "false").env("THEXR_LOG", "error").stdout(Stdio::null());
        let process = Self { child: command.spawn().unwrap() };
        eventually("the server is ready", async || {
            let answer = request(address, "GET", "/readyz", &[], None).await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
        process
    }

    /// SIGKILL: no goodbye, no flush.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn post(address: SocketAddr, path: &str, token: &str, body: Value) -> Value {
    let authorization = format!("Bearer {token}");
    let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
    let answer = request(address, "POST", path, &headers, Some(body.to_string())).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()
}

async fn people(address: SocketAddr, count: usize) -> Vec<Person> {
    let visitors = post(address, "/api/v1/visitors", "", json!({"count": count})).await;
    let text = |visitor: &Value, name: &str| visitor[name].as_str().unwrap().to_owned();
    let person = |visitor: &Value| Person { id: text(visitor, "user_id"), token: text(visitor, "token") };
    visitors.as_array().unwrap().iter().map(person).collect()
}

async fn make_rooms(address: SocketAddr, token: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for n in 0..ROOMS {
        let wish = json!({"name": format!("Room {n}"), "template": "empty"});
        let room = post(address, "/api/v1/rooms", token, wish).await;
        rooms.push(room["id"].as_str().unwrap().to_owned());
    }
    rooms
}

async fn connect(address: SocketAddr, person: &Person) -> Result<Client, u16> {
    let mut client = Client::connect(address, &format!("vsn=2.0.0&token={}", person.token), &[]).await?;
    client.patience = CRASH_PATIENCE;
    Ok(client)
}

/// Someone who gives commands one after the other, each until it is acknowledged.
struct Writer {
    address: SocketAddr,
    person: Person,
    room: String,
    progress: Arc<AtomicUsize>,
    client: Option<Client>,
    /// Responses, one for each acknowledged command.
    acknowledged: Vec<Value>,
    /// The last command whose reply was lost on purpose.
    lost: Option<usize>,
}

impl Writer {
    async fn write(mut self) -> Self {
        while self.acknowledged.len() < COMMANDS {
            let Some(mut client) = self.client.take() else {
                self.client = self.enter().await;
                continue;
            };
            let reference = client.cast_command(&self.acknowledged).await;
            if self.loses_the_reply() {
                continue;
            }
            let Some(reply) = client.reply_or_end(&reference).await else {
                continue;
            };
            self.client = Some(client);
            if reply["status"] == "ok" {
                self.acknowledged.push(reply["response"].clone());
                self.progress.fetch_add(1, Ordering::Relaxed);
            } else {
                let reason = reply["response"]["reason"].as_str().unwrap();
                assert!(["store_slow", "room_busy"].contains(&reason), "{reply}");
            }
        }
        if let Some(client) = self.client.take() {
            client.close().await;
        }
        self
    }

    /// Every fourth command is given twice: its first reply is lost with the connection, though the command is done.
    fn loses_the_reply(&mut self) -> bool {
        let n = self.acknowledged.len();
        n % 4 == 3 && self.lost.replace(n) != Some(n)
    }

    async fn enter(&self) -> Option<Client> {
        let joined = match connect(self.address, &self.person).await {
            Ok(mut client) => {
                let reference = client.cast_join(&self.room, json!({})).await;
                let reply = client.reply_or_end(&reference).await;
                reply.filter(|reply| reply["status"] == "ok").map(|_| client)
            }
            Err(_) => None,
        };
        if joined.is_none() {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        joined
    }

    fn entity(&self) -> &str {
        self.acknowledged[0]["entity"].as_str().unwrap()
    }
}

trait Commands {
    /// Sends the command that follows the acknowledged ones, under the same id however often; its ref.
    async fn cast_command(&mut self, acknowledged: &[Value]) -> Value;
}

impl Commands for Client {
    async fn cast_command(&mut self, acknowledged: &[Value]) -> Value {
        let id = command_id(acknowledged.len());
        match acknowledged.first() {
            None => self.cast("create_entity", json!({"id": id, "components": {"count": 0}})).await,
            Some(first) => {
                let op = json!({"op": "inc", "entity": first["entity"], "components": {"count": 1}});
                self.cast("transact", json!({"id": id, "ops": [op]})).await
            }
        }
    }
}

fn command_id(n: usize) -> String {
    format!("command {n}")
}

async fn reached(progress: &AtomicUsize, share: f64) {
    let wanted = (share * (WRITERS * COMMANDS) as f64) as usize;
    let deadline = tokio::time::Instant::now() + CRASH_PATIENCE;
    while progress.load(Ordering::Relaxed) < wanted {
        assert!(tokio::time::Instant::now() < deadline, "{} of {wanted}", progress.load(Ordering::Relaxed));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A room as a newcomer sees it: the seq it stands at, and its entities without where people are.
async fn replica(address: SocketAddr, person: &Person, room: &str) -> (u64, Map<String, Value>) {
    let mut client = connect(address, person).await.unwrap();
    let response = client.join(room, json!({"mode": "observe"})).await;
    let Value::Object(entities) = client.event("snapshot").await else { panic!("a snapshot is an object") };
    (response["seq"].as_u64().unwrap(), without_poses(entities))
}

fn without_poses(mut entities: Map<String, Value>) -> Map<String, Value> {
    for components in entities.values_mut() {
        components.as_object_mut().unwrap().remove("pose");
    }
    entities
}

/// The fold of a journal up to a seq.
fn folded(rows: &[EventRow], seq: u64) -> Map<String, Value> {
    let mut world = World::default();
    for event in stored::events(rows).unwrap().into_iter().filter(|event| event.seq <= seq) {
        world.fold(Stamp { seq: event.seq, at_ms: event.at_ms }, &event.ops, &NoStates).unwrap();
    }
    let entities = world.entities().iter();
    without_poses(entities.map(|(id, entity)| (id.to_string(), Value::Object(entity.to_json()))).collect())
}

/// Every acknowledged command is in the journal once, at the seq that was told, and did what it should once.
fn assert_done_once(writer: &Writer, rows: &[EventRow], entities: &Map<String, Value>) {
    let actor = format!("user:{}", writer.person.id);
    let own: Vec<&EventRow> =
        rows.iter().filter(|row| row.actor == actor && row.command_id.is_some()).collect();
    assert_eq!(own.len(), COMMANDS, "no command is missing, none is doubled");
    for (n, (response, row)) in writer.acknowledged.iter().zip(own).enumerate() {
        assert_eq!(row.command_id, Some(command_id(n)));
        assert_eq!(response["seq"], json!(row.seq));
    }
    assert_eq!(entities[writer.entity()]["count"].as_f64(), Some((COMMANDS - 1) as f64));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_kill_is_there_once_and_the_lost_are_gone_after_their_grace() {
    let data = tempfile::tempdir().unwrap();
    let address = free_address();
    let server = Process::start(data.path(), address).await;
    let mut visitors = people(address, WRITERS + GHOSTS + 1).await;
    let observer = visitors.pop().unwrap();
    let rooms = make_rooms(address, &observer.token).await;
    let haunted = post(address, "/api/v1/rooms", &observer.token, json!({"name": "Haunted"})).await;
    let haunted = haunted["id"].as_str().unwrap();
    let ghosts = visitors.split_off(WRITERS);
    let progress = Arc::<AtomicUsize>::default();
    let writers: Vec<_> = visitors
        .into_iter()
        .enumerate()
        .map(|(n, person)| {
            let room = rooms[n % ROOMS].clone();
            let (progress, client, acknowledged) = (progress.clone(), None, Vec::new());
            tokio::spawn(Writer { address, person, room, progress, client, acknowledged, lost: None }.write())
        })
        .collect();

    reached(&progress, 0.3).await;
    server.kill();
    let server = Process::start(data.path(), address).await;
    let mut doomed = Vec::new();
    for ghost in &ghosts {
        let mut client = connect(address, ghost).await.unwrap();
        client.join(haunted, json!({})).await;
        doomed.push(client);
    }
    reached(&progress, 0.7).await;
    server.kill();
    let server = Process::start(data.path(), address).await;
    let mut watch = connect(address, &observer).await.unwrap();
    let (_, entities) = watch.join_thexr(haunted, json!({"mode": "observe"})).await;
    let mut lost = watch.event("away").await["away"].as_array().unwrap().clone();
    for ghost in &ghosts {
        assert!(lost.contains(&json!(ghost.id)), "away, not gone");
        assert!(entities.iter().any(|entity| entity["id"] == json!(ghost.id)), "still standing there");
    }

    let mut done = Vec::new();
    for writer in writers {
        done.push(writer.await.unwrap());
    }
    let mut replicas = BTreeMap::new();
    for room in &rooms {
        replicas.insert(room, replica(address, &observer, room).await);
    }
    while !lost.is_empty() {
        let ops = watch.event("state_patch").await["ops"].clone();
        let gone = |id: &Value| json!({"op": "delete", "entity": id});
        lost.retain(|id| !ops.as_array().unwrap().contains(&gone(id)));
    }
    let (_, entities) = replica(address, &observer, haunted).await;
    assert!(ghosts.iter().all(|ghost| !entities.contains_key(&ghost.id)), "no ghosts");
    server.kill();

    let store = SqliteStore::open(&data.path().join(DATABASE)).await.unwrap();
    for (room, (seq, seen)) in replicas {
        let rows = store.events(&room_id(room), 0, usize::MAX).await.unwrap();
        let stored = folded(&rows, seq);
        assert_eq!(canonical(&json!(seen)), canonical(&json!(stored)), "a newcomer sees what is stored");
        for writer in done.iter().filter(|writer| writer.room == *room) {
            assert_done_once(writer, &rows, &stored);
        }
    }
    store.close().await;
}

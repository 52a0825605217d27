//! What the tests share: a server on loopback, people, rooms, plain HTTP, and conditions with a deadline.
//!
//! The socket client is in [`client`]. Must not know what any test is about.

pub mod client;

use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thexr_room::template::Template;
use thexr_server::app::App;
use thexr_server::auth::{Purpose, new_user_id};
use thexr_server::clock::now_s;
use thexr_server::config::Config;
use thexr_server::pages::Assets;
use thexr_server::rooms::registry::Fault;
use thexr_server::serve::{self, Running};
use thexr_server::web::room_admin::{self, Wish};
use thexr_wire::RoomId;
use ureq::http::{HeaderMap, Request};

pub use client::Client;

/// How long anything may take before a test fails: far more than a busy machine needs.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How often a condition is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Waits for a condition; panics with `what` when it does not come about in time.
pub async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Someone with a token.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub token: String,
}

/// A server at work.
pub struct Server {
    running: Running,
    data: Arc<TempDir>,
    config: Config,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_failing(change, None).await
    }

    /// A server whose rooms fail as `fault` says.
    pub async fn start_failing(change: impl FnOnce(&mut Config), fault: Option<Fault>) -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let mut config = Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: data.path().to_owned(),
            sample_room: false,
            ..Config::default()
        };
        change(&mut config);
        Self::run(config, data, fault).await
    }

    async fn run(config: Config, data: Arc<TempDir>, fault: Option<Fault>) -> Self {
        let running = serve::start(config.clone(), fault).await.unwrap();
        // Pages are tested before the client is built; its files have these names then.
        running.app.client.give(Assets {
            site_css: "/assets/site.css".into(),
            site_js: "/assets/site.js".into(),
            room_js: "/assets/main.js".into(),
            room_css: vec!["/assets/main.css".into()],
            room_modules: Vec::new(),
        });
        Self { running, data, config }
    }

    /// Stops in order.
    pub async fn stop(self) -> Stopped {
        self.running.stop().await;
        Stopped { data: self.data, config: self.config }
    }

    pub fn app(&self) -> &App {
        &self.running.app
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Someone new.
    pub fn person(&self) -> Person {
        let user = new_user_id();
        let token = self.app().tokens.sign(Purpose::Socket, &user, None, now_s());
        Person { id: user.to_string(), token }
    }

    /// A new room with a floor and nothing else.
    pub async fn room(&self) -> String {
        self.room_named("A room").await
    }

    pub async fn room_named(&self, name: &str) -> String {
        let wish = Wish {
            name: name.into(),
            description: String::new(),
            template: Template::Empty,
            created_by: None,
        };
        room_admin::create(&*self.app().store, wish).await.unwrap().to_string()
    }

    /// Where a room's journal ends.
    pub async fn last_seq(&self, room: &str) -> u64 {
        self.app().store.last_seq(&room_id(room)).await.unwrap().unwrap()
    }

    /// A new person's connection.
    pub async fn connect(&self) -> Client {
        self.connect_as(&self.person()).await
    }

    pub async fn connect_as(&self, person: &Person) -> Client {
        let query = format!("vsn=2.0.0&token={}", person.token);
        let mut client = Client::connect(self.address(), &query, &[]).await.unwrap();
        client.person = person.clone();
        client
    }

    /// A new person in a room, speaking json; all that a join brings has come.
    pub async fn enter(&self, room: &str) -> Client {
        let mut client = self.connect().await;
        client.join(room, serde_json::json!({})).await;
        client.fact("user_joined").await;
        client
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], None).await
    }

    pub async fn post_json(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.request("POST", path, &headers, Some(body.to_string())).await
    }

    /// One HTTP request; redirects are answers like any other.
    pub async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        request(self.address(), method, path, headers, body).await.unwrap()
    }
}

/// One HTTP request; errors mean that nobody answers.
pub async fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> Result<Answer, ureq::Error> {
    let mut request = Request::builder().method(method).uri(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body).unwrap();
    tokio::task::spawn_blocking(move || send(request)).await.unwrap()
}

/// A server that was stopped; its data folder is still there.
pub struct Stopped {
    data: Arc<TempDir>,
    config: Config,
}

impl Stopped {
    pub async fn start_again(self) -> Server {
        Server::run(self.config, self.data, None).await
    }
}

pub fn room_id(text: &str) -> RoomId {
    RoomId::parse(text).unwrap()
}

/// An answer to an HTTP request.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// A header's value, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn send(request: Request<Option<String>>) -> Result<Answer, ureq::Error> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent: ureq::Agent = config.timeout_global(Some(PATIENCE)).build().into();
    let (parts, body) = request.into_parts();
    let response = match body {
        Some(body) => agent.run(Request::from_parts(parts, body)),
        None => agent.run(Request::from_parts(parts, ())),
    };
    let mut response = response?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    // A picture is no text; of it only that it came is asked.
    let body = String::from_utf8_lossy(&response.body_mut().read_to_vec()?).into_owned();
    Ok(Answer { status, headers, body })
}

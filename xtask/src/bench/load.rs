//! Load reports: a release server on loopback, a fresh data folder, and `thexr bots` as the people in a room.
//!
//! A new scenario is a row in [`SCENARIOS`]. Must not know how bots move or what they measure: their report is
//! shown as it comes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::table;
use crate::process;
use crate::project::{Project, TempFolder};
use crate::step::Step;

/// People who move in one room.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    count: u32,
    rate_hz: u32,
    seconds: u32,
    /// Boxes in the room before anyone joins.
    furnish: u32,
    /// Durable commands per second of each.
    commands_hz: u32,
}

/// What can be measured with people.
pub(super) const SCENARIOS: [Scenario; 3] = [
    Scenario { name: "load", count: 200, rate_hz: 20, seconds: 20, furnish: 0, commands_hz: 0 },
    Scenario { name: "join", count: 20, rate_hz: 20, seconds: 5, furnish: 10_000, commands_hz: 0 },
    Scenario { name: "commands", count: 100, rate_hz: 1, seconds: 15, furnish: 0, commands_hz: 20 },
];

/// How long a release server may take until it is ready; it opens an empty database.
const READY_TIMEOUT: Duration = Duration::from_secs(20);

/// How often a starting server is asked.
const READY_POLL: Duration = Duration::from_millis(50);

/// How long one answer of the server may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

impl Scenario {
    pub(super) fn about(&self) -> String {
        let Scenario { count, rate_hz, seconds, furnish, commands_hz, .. } = self;
        format!(
            "{count} people at {rate_hz} Hz for {seconds} s in one room with {furnish} more boxes, {commands_hz} commands/s each"
        )
    }
}

/// Measures one scenario and prints its report.
pub(super) fn run(project: &Project, scenario: &Scenario) -> Result<()> {
    build_server(project)?;
    let server = Server::start(project)?;
    let room = server.create_room(scenario)?;
    let step = Step::begin("bots");
    let output = bots(project, &server, &room, scenario).output().context("cannot start the bots")?;
    if !output.status.success() {
        step.failed();
        bail!("thexr bots: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    step.done("measured");
    let report: Value = serde_json::from_slice(&output.stdout).context("the bots' report is not JSON")?;
    print!("{}", table::render(&report));
    Ok(())
}

pub(super) fn build_server(project: &Project) -> Result<()> {
    let step = Step::begin("server");
    let mut command = project.cargo();
    command.args(["build", "--release", "--package", "thexr-server", "--bin", "thexr"]);
    process::quiet(command, &step)?;
    step.done("built for release");
    Ok(())
}

fn bots(project: &Project, server: &Server, room: &str, scenario: &Scenario) -> Command {
    let mut command = Command::new(project.server_binary("release"));
    command.args(["bots", "--json", "--url", &format!("http://{}", server.address), "--room", room]);
    for (option, value) in [
        ("--count", scenario.count),
        ("--rate", scenario.rate_hz),
        ("--seconds", scenario.seconds),
        ("--furnish", scenario.furnish),
        ("--commands", scenario.commands_hz),
    ] {
        command.arg(option).arg(value.to_string());
    }
    command
}

/// A server of our own; it ends with this value.
struct Server {
    process: Child,
    address: SocketAddr,
    // Dropped after the process has ended.
    data: TempFolder,
}

impl Server {
    fn start(project: &Project) -> Result<Server> {
        let data = TempFolder::new("bench")?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(project.server_binary("release"));
        command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(data.path());
        let process = command.stdout(Stdio::null()).spawn().context("cannot start the server")?;
        let mut server = Server { process, address, data };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while !self.request("GET", "/readyz", "").is_ok_and(|(status, _)| status == 200) {
            if let Some(status) = self.process.try_wait()? {
                bail!("the server ended at once ({status})");
            }
            ensure!(started.elapsed() < READY_TIMEOUT, "the server is not ready after {READY_TIMEOUT:?}");
            std::thread::sleep(READY_POLL);
        }
        Ok(())
    }

    fn create_room(&self, scenario: &Scenario) -> Result<String> {
        let key =
            std::fs::read_to_string(self.data.path().join("operator.key")).context("no operator's key")?;
        let form = json!({"name": scenario.name, "description": scenario.about()}).to_string();
        let (status, body) = self.request_as(&key, "POST", "/api/v1/rooms", &form)?;
        ensure!(status == 201, "the server did not create a room: {status} {body}");
        let room: Value = serde_json::from_str(&body).context("the new room is not JSON")?;
        Ok(room["id"].as_str().context("the new room has no id")?.to_owned())
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Result<(u16, String)> {
        self.request_as("", method, path, body)
    }

    /// One request over a connection of its own, with a bearer token; returns the status and the body.
    fn request_as(&self, token: &str, method: &str, path: &str, body: &str) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect_timeout(&self.address, ANSWER_TIMEOUT)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        parse_answer(&answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; either way it is gone afterwards.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Splits an HTTP/1.0 answer (RFC 1945: no chunks, the body ends with the connection).
fn parse_answer(answer: &str) -> Result<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer without a head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.context("an answer without a status")?, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_split_into_status_and_body() {
        let answer = "HTTP/1.0 201 Created\r\ncontent-type: application/json\r\n\r\n{\"id\":\"abcde\"}";
        assert_eq!(parse_answer(answer).unwrap(), (201, "{\"id\":\"abcde\"}".to_owned()));
        assert!(parse_answer("nonsense").is_err());
    }
}

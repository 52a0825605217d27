//! A release server on loopback with a data folder of its own: started, asked, killed and started again.
//!
//! Must not know what it is measured for.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::child::{self, Guarded};
use super::http;
use crate::project::TempFolder;
use crate::stamp::files_below;

/// A server of our own; it ends with this value.
pub(super) struct Server {
    process: Guarded,
    binary: PathBuf,
    address: SocketAddr,
    options: Options,
    // Dropped after the process has ended.
    data: TempFolder,
}

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// Arguments after `serve --listen … --data …`.
    pub(super) args: Vec<String>,
    /// The only cores it may run on, such as `0,1`.
    pub(super) cores: Option<&'static str>,
}

impl Server {
    /// Starts one in an empty folder and waits until it is ready.
    pub(super) fn start(binary: &Path, options: Options) -> Result<Server> {
        let data = TempFolder::new("bench")?;
        let address = child::free_address()?;
        let process = spawn(binary, address, data.path(), &options)?;
        let mut server = Server { process, binary: binary.to_owned(), address, options, data };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Kills it without warning (SIGKILL) and starts it again, at the same address and in the same folder; does not
    /// wait until it is ready.
    pub(super) fn kill_and_start(&mut self) -> Result<()> {
        self.process.kill();
        self.process = spawn(&self.binary, self.address, self.data.path(), &self.options)?;
        Ok(())
    }

    /// Waits until `/readyz` says so.
    pub(super) fn wait_until_ready(&mut self) -> Result<()> {
        let address = self.address;
        let ready =
            || http::request(address, "", "GET", "/readyz", "").is_ok_and(|(status, _)| status == 200);
        self.process.wait_until(ready)
    }

    /// Where it is, such as `http://127.0.0.1:4000`.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its process id.
    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The operator's key.
    pub(super) fn key(&self) -> Result<String> {
        let path = self.data.path().join("operator.key");
        Ok(std::fs::read_to_string(path).context("no operator's key")?.trim().to_owned())
    }

    /// Makes a room and returns its id.
    pub(super) fn create_room(&self, name: &str, description: &str) -> Result<String> {
        self.create(&json!({"name": name, "description": description}))
    }

    /// Makes a room with nothing in it and returns its id.
    pub(super) fn create_empty_room(&self, name: &str) -> Result<String> {
        self.create(&json!({"name": name, "template": "empty"}))
    }

    fn create(&self, form: &Value) -> Result<String> {
        let form = form.to_string();
        let (status, body) = http::request(self.address, &self.key()?, "POST", "/api/v1/rooms", &form)?;
        ensure!(status == 201, "the server did not create a room: {status} {body}");
        let room: Value = serde_json::from_str(&body).context("the new room is not JSON")?;
        Ok(room["id"].as_str().context("the new room has no id")?.to_owned())
    }

    /// Where it is, for programs that want no URL.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes of all its files.
    pub(super) fn disk_bytes(&self) -> u64 {
        files_below(&[self.data.path().to_owned()])
            .iter()
            .filter_map(|file| std::fs::metadata(file).ok())
            .map(|file| file.len())
            .sum()
    }

    /// Whether it still runs.
    pub(super) fn is_running(&mut self) -> Result<bool> {
        Ok(self.process.ended()?.is_none())
    }

    /// What `/metrics` says; `None` while it does not answer.
    pub(super) fn metrics(&self) -> Option<String> {
        let (status, body) = http::request(self.address, "", "GET", "/metrics", "").ok()?;
        (status == 200).then_some(body)
    }
}

fn spawn(binary: &Path, address: SocketAddr, data: &Path, options: &Options) -> Result<Guarded> {
    let mut command = child::pinned(binary, options.cores);
    command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(data).args(&options.args);
    Guarded::spawn(command.env("THEXR_LOG", "warn").stdout(Stdio::null()))
}

//! Starting and stopping: the data folder, the store, the listener, and an orderly end.

use crate::app::App;
use crate::config::Config;
use crate::limits::{
    GOODBYES_TIMEOUT, ROOMS_STOP_TIMEOUT, SHUTDOWN_TIMEOUT, SOCKET_UNSENT_BYTES, TCP_STALL_MAX,
};
use crate::rooms::registry::Fault;
use crate::rooms::threads::RoomThreads;
use crate::voices::Voices;
use crate::web::{health, room_admin, router};
use anyhow::Context;
use axum::serve::ListenerExt;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use thexr_store::{DataDir, DataDirLock, SqliteStore, Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{info, warn};

/// Name of the database in the data folder.
pub const DATABASE: &str = "thexr.sqlite";
/// Name of the operator's key in the data folder.
pub const OPERATOR_KEY: &str = "operator.key";

/// A server at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its parts.
    pub app: Arc<App>,
    stop_listening: watch::Sender<bool>,
    listener: JoinHandle<std::io::Result<()>>,
    _lock: DataDirLock,
}

/// The store in a data folder: the one place where a backend is chosen.
pub async fn open_store(data: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open(&data.join(DATABASE)).await?))
}

/// Starts a server; `fault` is for tests that make a room fail.
pub async fn start(config: Config, fault: Option<Fault>) -> anyhow::Result<Running> {
    health::recorder();
    let mut lock = DataDir::lock(&config.data)?;
    let store = open_store(&config.data).await?;
    if config.sample_room {
        room_admin::ensure_samples(&*store).await?;
    }
    let (listen, data) = (config.listen, config.data.clone());
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; is another program there? Choose another with --listen")
    })?;
    let address = listener.local_addr()?;
    let voices = Voices::start(&config, address)?.map(Arc::new);
    let threads = RoomThreads::start().context("starting the rooms' threads")?;
    let app = App::new(config, store, threads, voices, fault).await?;
    write_key(&data, &app.operator_key).context("writing the operator's key")?;
    lock.write_info(&format!("http://{address}"))?;
    let (stop_listening, mut stopped) = watch::channel(false);
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let listener = listener.tap_io(|stream| {
        // Motion is small and late at once: never wait for more.
        if let Err(error) = stream.set_nodelay(true) {
            warn!(%error, "TCP_NODELAY could not be set");
        }
        keep_unsent_low(stream);
    });
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the server is dropped: stop as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    let listener = tokio::spawn(async move { serving.await });
    Ok(Running { address, app, stop_listening, listener, _lock: lock })
}

/// The kernel must not queue motion either: what it has accepted cannot be replaced by anything newer. Nor may it keep what
/// nobody takes: an answer to a request has no other end.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn keep_unsent_low(stream: &tokio::net::TcpStream) {
    let socket = socket2::SockRef::from(stream);
    if let Err(error) = socket.set_tcp_notsent_lowat(SOCKET_UNSENT_BYTES) {
        warn!(%error, "TCP_NOTSENT_LOWAT could not be set");
    }
    if let Err(error) = socket.set_tcp_user_timeout(Some(TCP_STALL_MAX)) {
        warn!(%error, "TCP_USER_TIMEOUT could not be set");
    }
}

/// Elsewhere acknowledged ticks alone bound what is under way.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn keep_unsent_low(_stream: &tokio::net::TcpStream) {}

/// The operator's key as a file that only its owner reads.
fn write_key(data: &Path, key: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(data.join(OPERATOR_KEY))?.write_all(key.as_bytes())
}

impl Running {
    /// Stops in order: no new connections, rooms into the store, sockets closed with 1012; within ten seconds.
    pub async fn stop(self) {
        let Self { app, stop_listening, mut listener, .. } = self;
        stop_listening.send_replace(true);
        let deadline = Instant::now() + SHUTDOWN_TIMEOUT;
        let rooms = async {
            app.rooms.stop().await;
            app.writer.flush().await;
        };
        if timeout(ROOMS_STOP_TIMEOUT, rooms).await.is_err() {
            warn!("rooms took too long to stop; what was acknowledged is in the store");
        }
        app.stopping.send_replace(true);
        let goodbyes = async {
            // Every connection holds a receiver until it has said goodbye.
            app.stopping.closed().await;
            // An error means that the listener's task panicked; there is nothing left to wait for.
            let _ = (&mut listener).await;
        };
        if timeout(GOODBYES_TIMEOUT, goodbyes).await.is_err() {
            warn!("some connections are cut without a goodbye");
        }
        if timeout_at(deadline, app.store.close()).await.is_err() {
            warn!("the store did not close in time; the next start reads its log");
        }
        listener.abort();
    }
}

/// Serves until SIGTERM or Ctrl-C.
pub async fn run(config: Config) -> anyhow::Result<()> {
    raise_file_limit();
    let data = config.data.clone();
    let running = start(config, None).await?;
    info!(address = %running.address, data = %data.display(), "serving");
    let mut out = std::io::stdout();
    // For people; a closed stdout is no reason not to serve.
    let _ = writeln!(out, "Thexr is at http://{} (Ctrl-C stops it)", display_address(running.address));
    let _ = out.flush();
    wait_for_signal().await?;
    info!("stopping");
    running.stop().await;
    info!("stopped");
    Ok(())
}

fn display_address(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

#[cfg(unix)]
async fn wait_for_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupt = tokio::signal::ctrl_c() => interrupt,
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Every connection is a file: a thousand people need more than the usual 1024.
fn raise_file_limit() {
    const WANTED: u64 = 65_536;
    match rlimit::increase_nofile_limit(WANTED) {
        Ok(limit) if limit < 4096 => {
            warn!(limit, "few open files are allowed; for a thousand people raise it: ulimit -n 65536");
        }
        Ok(_) => {}
        Err(error) => warn!(%error, "the limit of open files could not be raised"),
    }
}

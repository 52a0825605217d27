//! Threads of their own for rooms: a tick is due every 50 ms, however much connections have to do on theirs. What is stored for
//! rooms runs beside the connections: its confirmations may be late, ticks do not wait for them.

use tokio::runtime::{Builder, Runtime};

/// The threads that rooms run on.
#[derive(Debug)]
pub struct RoomThreads(Option<Runtime>);

impl RoomThreads {
    /// As many threads as there are cores.
    ///
    /// Errors: the system gives no more threads.
    pub fn start() -> std::io::Result<Self> {
        Builder::new_multi_thread()
            .thread_name("rooms")
            .enable_time()
            .build()
            .map(|runtime| Self(Some(runtime)))
    }

    /// Runs a room.
    pub fn spawn(&self, room: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            runtime.spawn(room);
        }
    }
}

impl Drop for RoomThreads {
    /// Waits for nobody: rooms are stopped in order before, and whoever drops this may be one of its threads.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

//! A program that runs beside the measurement and ends with the value that holds it.
//!
//! Also where it may run: on which cores. Must not know which program it is.

use std::ffi::OsStr;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::process;

/// How long a server may take until it answers.
const READY_TIMEOUT: Duration = Duration::from_secs(20);

/// How often a starting server is asked.
const READY_POLL: Duration = Duration::from_millis(50);

/// A running program of ours; dropping it ends it.
pub(super) struct Guarded(Child);

impl Guarded {
    /// Starts it.
    pub(super) fn spawn(command: &mut Command) -> Result<Guarded> {
        let program = command.get_program().to_string_lossy().into_owned();
        Ok(Guarded(command.spawn().with_context(|| format!("cannot start {program}"))?))
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    /// Ends it at once (SIGKILL) and waits until it is gone.
    pub(super) fn kill(&mut self) {
        // It may have ended already; either way it is gone afterwards.
        self.0.kill().ok();
        self.0.wait().ok();
    }

    /// Waits until `ready` says so.
    ///
    /// Errors: the program ended, or it takes too long.
    pub(super) fn wait_until(&mut self, ready: impl Fn() -> bool) -> Result<()> {
        let started = Instant::now();
        while !ready() {
            if let Some(status) = self.ended()? {
                bail!("the server ended at once ({status})");
            }
            ensure!(started.elapsed() < READY_TIMEOUT, "the server is not ready after {READY_TIMEOUT:?}");
            std::thread::sleep(READY_POLL);
        }
        Ok(())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program, on these cores only (such as `0` or `0,1`), or wherever the kernel likes.
pub(super) fn pinned(program: impl AsRef<OsStr>, cores: Option<&str>) -> Command {
    let Some(cores) = cores else { return Command::new(program) };
    // It replaces itself by the program, so that the process id is the program's own.
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", cores]).arg(program);
    command
}

/// Whether programs can be pinned on this machine.
pub(super) fn can_pin() -> bool {
    process::output(Command::new("taskset").arg("--version")).is_some()
}

/// An address on loopback that nobody listens on.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Whether somebody listens there.
pub(super) fn listens(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, READY_POLL).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_program_is_started_by_the_tool_that_pins() {
        let command = pinned("server", Some("0,1"));
        assert_eq!(command.get_program(), "taskset");
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["--cpu-list", "0,1", "server"]);
        assert_eq!(pinned("server", None).get_program(), "server");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_ends_is_not_waited_for() {
        let mut child = Guarded::spawn(&mut Command::new("true")).unwrap();
        let error = child.wait_until(|| false).unwrap_err().to_string();
        assert!(error.contains("ended at once"), "{error}");
    }
}

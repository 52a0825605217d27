//! The data folder: its lock, and how fast its disk makes things durable.
//!
//! Owns the file `lock`; knows nothing of what else lies in the folder.

use crate::limits::FSYNC_PROBES;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const LOCK_FILE: &str = "lock";
const PROBE_FILE: &str = "fsync-probe";
const PROBE_BYTES: usize = 4096;
/// What is read of a lock file's text, in bytes: an address is far shorter, and the file may be anything.
const LOCK_INFO_BYTES_MAX: u64 = 1024;

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another server has the folder.
    #[error("the data folder {} is in use by another server{}", dir.display(), described(info))]
    Held {
        /// The folder.
        dir: PathBuf,
        /// What that server says about itself, usually its address; may be empty.
        info: String,
    },
    /// The folder or its lock file cannot be created or written.
    #[error("cannot lock the data folder {}: {source}", dir.display())]
    Io {
        /// The folder.
        dir: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

fn described(info: &str) -> String {
    if info.is_empty() { String::new() } else { format!(" ({info})") }
}

/// The folder in which a single-node server keeps everything.
pub struct DataDir;

impl DataDir {
    /// Takes the folder for this process, creating it if it is missing; the lock ends with the returned value or the
    /// process, however it ends.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process has it, [`LockError::Io`] when it cannot be written.
    pub fn lock(dir: &Path) -> Result<DataDirLock, LockError> {
        let failed = |source| LockError::Io { dir: dir.to_owned(), source };
        create(dir).map_err(failed)?;
        let mut options = OpenOptions::new();
        // Not truncated: until the lock is ours, the text belongs to whoever has it.
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(dir.join(LOCK_FILE)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                let mut lock = DataDirLock { file };
                lock.write_info("").map_err(failed)?;
                Ok(lock)
            }
            Err(TryLockError::WouldBlock) => {
                let info = DataDir::read_lock_info(dir).map_err(failed)?.unwrap_or_default();
                Err(LockError::Held { dir: dir.to_owned(), info })
            }
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// What the server that has (or last had) the folder says about itself; `None` when no server was ever here.
    ///
    /// # Errors
    /// When the lock file is there but cannot be read.
    pub fn read_lock_info(dir: &Path) -> io::Result<Option<String>> {
        let file = match File::open(dir.join(LOCK_FILE)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(LOCK_INFO_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned()))
    }
}

/// Makes the folder, for its owner alone: in it lie keys and what people said.
fn create(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// The data folder belongs to this process as long as this value lives.
#[derive(Debug)]
pub struct DataDirLock {
    file: File,
}

impl DataDirLock {
    /// Tells others who has the folder: one short line, usually the server's address.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub fn write_info(&mut self, info: &str) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(info.as_bytes())
    }
}

/// How long a plain write of 4 KiB and its fsync take in this folder: the median of [`FSYNC_PROBES`].
///
/// Every figure of the store is reported beside this one. Blocks for as many fsyncs.
///
/// # Errors
/// When the folder cannot be written.
pub fn fsync_probe(dir: &Path) -> io::Result<Duration> {
    let path = dir.join(PROBE_FILE);
    let measured = measure(&path);
    fs::remove_file(&path)?;
    measured
}

fn measure(path: &Path) -> io::Result<Duration> {
    let mut file = File::create(path)?;
    let mut times = [Duration::ZERO; FSYNC_PROBES];
    for time in &mut times {
        let start = Instant::now();
        file.write_all(&[0x5a; PROBE_BYTES])?;
        file.sync_all()?;
        *time = start.elapsed();
    }
    times.sort_unstable();
    Ok(times[FSYNC_PROBES / 2])
}

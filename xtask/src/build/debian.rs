//! The fallback for machines whose rustup cannot reach its server: Debian's own compiler for web browsers.
//!
//! The packages are downloaded and unpacked into the target folder, nothing is installed. Debian has no ready
//! standard library for WebAssembly, so cargo builds it from the packaged source (`-Z build-std`).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::wasm::TARGET;
use crate::process;
use crate::project::Project;
use crate::stamp::files_below;
use crate::step::Step;

/// Debian's compiler, its cargo and the standard library's source; what they need comes with them.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// Downloads and unpacks the compiler and returns the folder it lives in.
///
/// Errors: this is no Debian, or its package lists are missing or older than the packages.
pub(super) fn unpack(project: &Project, step: &Step) -> Result<PathBuf> {
    let root = project.target().join("debian-rust");
    let complete = root.join("complete");
    if complete.exists() {
        return Ok(root);
    }
    let archives = project.target().join("debian-archives");
    std::fs::create_dir_all(archives.join("partial"))?;
    std::fs::create_dir_all(&root)?;
    process::quiet(download(&archives), step).context("Debian's rustc-web cannot be downloaded")?;
    for archive in files_below(&[archives]).iter().filter(|file| file.extension().is_some_and(|e| e == "deb"))
    {
        let mut command = Command::new("dpkg-deb");
        command.arg("--extract").arg(archive).arg(&root);
        process::quiet(command, step)?;
    }
    std::fs::write(complete, "")?;
    Ok(root)
}

/// Fetches the packages and what they need, without touching the system and without being root.
fn download(archives: &Path) -> Command {
    let mut command = Command::new("apt-get");
    command.args(["install", "--download-only", "--yes", "--no-install-recommends"]);
    command.args(["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]);
    command.arg("-o").arg(format!("Dir::Cache::archives={}", archives.display()));
    command.args(PACKAGES);
    command
}

/// A cargo command that uses the unpacked compiler and writes to `target`.
///
/// Errors: no linker for WebAssembly on this machine.
pub(super) fn cargo(project: &Project, root: &Path, target: &Path) -> Result<Command> {
    let binaries = root.join("usr/bin");
    let mut command = Command::new(binaries.join("cargo"));
    command.current_dir(project.root()).arg("-Zbuild-std=std,panic_abort");
    command.env("LD_LIBRARY_PATH", libraries(root)?);
    command.env("RUSTC", binaries.join("rustc"));
    // The standard library may only be built by those who accept unstable features; we use it for nothing else.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    command.env("CARGO_TARGET_DIR", target);
    Ok(command)
}

fn libraries(root: &Path) -> Result<PathBuf> {
    let platform = std::fs::read_dir(root.join("usr/lib"))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().ends_with("-linux-gnu"));
    platform.context("the unpacked packages have no library folder")
}

/// The linker that every rustup tool chain carries, or Debian's.
fn linker() -> Result<PathBuf> {
    let ask =
        |what: &[&str]| process::output(Command::new("rustc").args(what)).context("rustc does not answer");
    let sysroot = ask(&["--print", "sysroot"])?;
    let host = ask(&["--print", "host-tuple"])?;
    let carried = Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
    if carried.exists() {
        return Ok(carried);
    }
    let has_lld = process::output(Command::new("wasm-ld").arg("--version")).is_some();
    ensure!(has_lld, "no linker for {TARGET}: install lld (`sudo apt-get install lld`)");
    Ok("wasm-ld".into())
}

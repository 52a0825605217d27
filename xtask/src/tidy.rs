//! `cargo xtask tidy`: rules of this project that no compiler checks.
//!
//! Owns the list of checks and how a finding looks. Each check is a function from texts to findings, so that it
//! can be tested on strings. Changes files only when asked to: `docs/limits.md` and `web/src/core/generated.ts`.

mod circles;
mod constants;
mod dependencies;
pub(crate) mod generated;
mod limits;
mod map;
mod rules;
mod sources;
mod typescript;
mod value;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::project::{Package, Project};

/// Where servers live that are only measured against: they are no part of the product and of its drawing.
const PEERS: &str = "bench/peers/";

/// A place that breaks a rule, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Relative to the repository, with forward slashes.
    path: String,
    /// Starts at 1.
    line: usize,
    /// One sentence: what to do.
    advice: String,
}

impl Finding {
    fn new(path: &str, line: usize, advice: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

/// What to do beside looking.
#[derive(Args)]
pub(crate) struct Options {
    /// Write docs/limits.md anew from the code first
    #[arg(long)]
    write: bool,
}

/// Prints all findings; the exit code says whether there were any.
pub(crate) fn run(project: &Project, options: &Options) -> Result<ExitCode> {
    if options.write {
        limits::write(project)?;
    }
    let findings = check(project)?;
    findings.iter().for_each(|finding| println!("{finding}"));
    match findings.len() {
        0 => println!("tidy"),
        count => println!("\n{count} findings"),
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All findings of all checks, in the order of their paths.
pub(crate) fn check(project: &Project) -> Result<Vec<Finding>> {
    let mut findings = map::check(project)?;
    findings.extend(dependencies::check(project)?);
    findings.extend(circles::check(project)?);
    findings.extend(rules::check(project)?);
    findings.extend(sources::check(project)?);
    findings.extend(limits::check(project)?);
    findings.extend(generated::check(project)?);
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    Ok(findings)
}

/// A path as findings show it: relative to the repository, with forward slashes.
fn relative(project: &Project, path: &std::path::Path) -> String {
    path.strip_prefix(project.root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The first line in which a written file differs from what it should be, starting at 1.
fn difference(written: &str, wanted: &str) -> Option<usize> {
    if written == wanted {
        return None;
    }
    let same = written.lines().zip(wanted.lines()).take_while(|(written, wanted)| written == wanted).count();
    Some(same + 1)
}

/// Whether a package is only measured against.
fn is_peer(project: &Project, package: &Package) -> bool {
    relative(project, &package.folder).starts_with(PEERS)
}

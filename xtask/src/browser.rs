//! The browser of the end-to-end tests: found on this machine or installed.
//!
//! Knows package managers; must not know what the tests do with it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Result, bail, ensure};

use crate::node;
use crate::process;
use crate::project::Project;
use crate::step::Step;

/// Names under which distributions install Chromium or Chrome, best first.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Held while a browser is installed: whoever else needs it waits.
static INSTALLING: Mutex<()> = Mutex::new(());

const ADVICE: &str =
    "install Chromium for the browser tests (`sudo apt-get install chromium`) or name one in THEXR_CHROMIUM";

/// Returns a Chromium's path; installs one where that is possible without asking.
///
/// The order: `THEXR_CHROMIUM`, the search path, the distribution's package, the build that Playwright offers.
/// Errors: none of them gave one; the error says what to install.
pub(crate) fn ensure(project: &Project) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("THEXR_CHROMIUM").map(PathBuf::from) {
        ensure!(named.is_file(), "THEXR_CHROMIUM names no file: {}", named.display());
        return Ok(named);
    }
    let _one_at_a_time = INSTALLING.lock();
    let step = Step::begin("browser");
    if let Some(found) = find() {
        step.up_to_date();
        return Ok(found);
    }
    let installed = install_package(&step).or_else(|| install_from_playwright(project, &step));
    match installed {
        Some(found) => {
            step.done("installed");
            Ok(found)
        }
        None => {
            step.failed();
            bail!(ADVICE)
        }
    }
}

fn find() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| on_path(name))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Installs the distribution's package as root; `None` when we are not allowed to or it has none.
fn install_package(step: &Step) -> Option<PathBuf> {
    let prefix = root_prefix()?;
    let apt = |args: &[&str]| {
        let mut words = prefix.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        let mut command = Command::new(words.next()?);
        command.args(words).args(args);
        process::quiet(command, step).ok()
    };
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends", "chromium"])?;
    find()
}

/// The words before a command that needs root: none, or `sudo` where it does not ask for a password.
fn root_prefix() -> Option<&'static [&'static str]> {
    if process::output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(&[]);
    }
    process::output(Command::new("sudo").args(["--non-interactive", "true"])).map(|_| &["sudo", "-n"][..])
}

/// Where the distribution has no package of its own: the build that belongs to our playwright-core.
fn install_from_playwright(project: &Project, step: &Step) -> Option<PathBuf> {
    let mut install = node::node(project);
    install.args(["web/node_modules/playwright-core/cli.js", "install", "chromium"]);
    process::quiet(install, step).ok()?;
    let mut locate = node::node(project);
    locate.args(["--print", "require('./web/node_modules/playwright-core').chromium.executablePath()"]);
    process::output(&mut locate).map(PathBuf::from).filter(|path| path.is_file())
}

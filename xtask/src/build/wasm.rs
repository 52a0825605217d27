//! The client core as WebAssembly: compiled by cargo, then given its JavaScript and TypeScript faces by bindgen.
//!
//! Knows the wasm target and where it comes from; must not know what the core does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result};

use super::{debian, run};
use crate::process;
use crate::project::Project;
use crate::stamp::Stamp;
use crate::step::Step;

/// The platform of browsers.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Where the web client imports the core from.
const PACKAGE_FOLDER: &str = "web/src/core/pkg";

const FILES: [&str; 3] = ["thexr_client_wasm.js", "thexr_client_wasm.d.ts", "thexr_client_wasm_bg.wasm"];

/// Where the compiler's half for WebAssembly comes from.
enum Toolchain {
    /// The ordinary tool chain has the target.
    Ordinary,
    /// A Debian compiler, unpacked into a folder, that builds the standard library itself.
    Debian(PathBuf),
}

/// Held while the core is compiled: whoever needs it waits.
static COMPILING: Mutex<()> = Mutex::new(());

/// Compiles the core without giving it its faces, so that building it finds that done.
pub(super) fn compile_ahead(project: &Project) -> Result<()> {
    let _one_at_a_time = COMPILING.lock();
    let toolchain = ensure_target(project)?;
    let step = Step::begin("client core");
    match compile(project, &toolchain, &step) {
        Ok(_) => step.done("compiled ahead"),
        Err(error) => {
            step.failed();
            return Err(error);
        }
    }
    Ok(())
}

/// Builds the core and its bindings unless they are up to date.
pub(super) fn build(project: &Project) -> Result<()> {
    let _one_at_a_time = COMPILING.lock();
    let toolchain = ensure_target(project)?;
    let step = Step::begin("client core");
    let mut inputs = project.source_folders("thexr-client-wasm")?;
    inputs.extend(["Cargo.toml", "Cargo.lock", "xtask/src/bin"].map(|path| project.path(path)));
    let compiler = process::output(Command::new("rustc").arg("--version"))
        .context("install Rust (https://rustup.rs)")?;
    let stamp = Stamp::of(project.stamp_file("client-core"), &inputs, &compiler)?;
    if stamp.is_current(&FILES.map(|file| project.path(PACKAGE_FOLDER).join(file))) {
        step.up_to_date();
        return Ok(());
    }
    let bindings = compile(project, &toolchain, &step).and_then(|module| bindgen(project, &module, &step));
    match bindings {
        Ok(command) => run(command, step, |step| step.done("built"))?,
        Err(error) => {
            step.failed();
            return Err(error);
        }
    }
    stamp.keep()
}

fn ensure_target(project: &Project) -> Result<Toolchain> {
    let step = Step::begin("wasm target");
    if target_is_installed() {
        step.up_to_date();
        return Ok(Toolchain::Ordinary);
    }
    step.progress("rustup target add");
    process::output(Command::new("rustup").args(["target", "add", TARGET]));
    if target_is_installed() {
        step.done("installed");
        return Ok(Toolchain::Ordinary);
    }
    match debian::unpack(project, &step) {
        Ok(root) => {
            step.done("rustup cannot install it; using Debian's compiler");
            Ok(Toolchain::Debian(root))
        }
        Err(error) => {
            step.failed();
            Err(error.context(format!("install the wasm target (`rustup target add {TARGET}`)")))
        }
    }
}

fn target_is_installed() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    process::output(&mut rustc).is_some_and(|folder| Path::new(&folder).is_dir())
}

/// Compiles the core and returns the module's path.
fn compile(project: &Project, toolchain: &Toolchain, step: &Step) -> Result<PathBuf> {
    let (mut command, target_folder) = match toolchain {
        Toolchain::Ordinary => (project.cargo(), project.target().to_owned()),
        Toolchain::Debian(root) => {
            // A folder of its own: two compilers would rebuild each other's work for ever.
            let folder = project.target().join("debian-wasm");
            (debian::cargo(project, root, &folder)?, folder)
        }
    };
    command.args(["build", "--package", "thexr-client-wasm", "--profile", "wasm", "--target", TARGET]);
    process::quiet(command, step)?;
    Ok(target_folder.join(TARGET).join("wasm").join("thexr_client_wasm.wasm"))
}

/// Builds the program that writes the bindings, and returns the command that does it.
fn bindgen(project: &Project, module: &Path, step: &Step) -> Result<Command> {
    let mut command = project.workspace("build");
    command.args(["--bin", "bindgen"]);
    process::quiet(command, step)?;
    let mut command = Command::new(project.binary("debug", "bindgen"));
    command.arg(module).arg(project.path(PACKAGE_FOLDER));
    Ok(command)
}

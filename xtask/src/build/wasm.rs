//! Modules of WebAssembly: compiled by cargo, then given their JavaScript and TypeScript faces by bindgen.
//!
//! Knows the wasm target and where it comes from; must not know what the modules do.

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

/// The environment's word for the cargo profile of both modules, in place of the one each has: `wasm-test` builds them quickly.
const PROFILE_VARIABLE: &str = "XTASK_WASM_PROFILE";

/// A module of the web client that is compiled from Rust.
pub(super) struct Module {
    /// As steps and stamps call it.
    name: &'static str,
    package: &'static str,
    profile: &'static str,
    /// Where the web client imports it from.
    folder: &'static str,
    /// How its files begin.
    stem: &'static str,
}

/// The client core: all of the protocol.
pub(super) const CORE: Module = Module {
    name: "client core",
    package: "thexr-client-wasm",
    profile: "wasm",
    folder: "web/src/core/pkg",
    stem: "thexr_client_wasm",
};

/// The simulation of bodies, which is fetched where a room has some.
pub(super) const PHYSICS: Module = Module {
    name: "physics",
    package: "thexr-physics-wasm",
    profile: "wasm-physics",
    folder: "web/src/core/physics/pkg",
    stem: "thexr_physics_wasm",
};

/// Where the compiler's half for WebAssembly comes from.
enum Toolchain {
    /// The ordinary tool chain has the target.
    Ordinary,
    /// A Debian compiler, unpacked into a folder, that builds the standard library itself.
    Debian(PathBuf),
}

/// Held while a module is compiled: whoever needs it waits.
static COMPILING: Mutex<()> = Mutex::new(());

impl Module {
    /// The cargo profile it is built with, which is also the name of its folder.
    fn profile(&self) -> String {
        std::env::var(PROFILE_VARIABLE)
            .ok()
            .filter(|name| !name.is_empty())
            .unwrap_or(self.profile.to_owned())
    }

    fn files(&self, project: &Project) -> [PathBuf; 3] {
        let file = |ending: &str| project.path(self.folder).join(format!("{}{ending}", self.stem));
        [".js", ".d.ts", "_bg.wasm"].map(file)
    }
}

/// Compiles a module without giving it its faces, so that building it finds that done.
pub(super) fn compile_ahead(project: &Project, module: &Module) -> Result<()> {
    let _one_at_a_time = COMPILING.lock();
    let toolchain = ensure_target(project)?;
    let step = Step::begin(module.name);
    match compile(project, module, &toolchain, &step) {
        Ok(_) => step.done("compiled ahead"),
        Err(error) => {
            step.failed();
            return Err(error);
        }
    }
    Ok(())
}

/// Builds a module and its bindings unless they are up to date.
pub(super) fn build(project: &Project, module: &Module) -> Result<()> {
    let _one_at_a_time = COMPILING.lock();
    let toolchain = ensure_target(project)?;
    let step = Step::begin(module.name);
    let mut inputs = project.source_folders(module.package)?;
    inputs.extend(["Cargo.toml", "Cargo.lock", ".cargo", "xtask/src/bin"].map(|path| project.path(path)));
    let compiler = process::output(Command::new("rustc").arg("--version"))
        .context("install Rust (https://rustup.rs)")?;
    let built_by = format!("{compiler} {}", module.profile());
    let stamp = Stamp::of(project.stamp_file(module.package), &inputs, &built_by)?;
    if stamp.is_current(&module.files(project)) {
        step.up_to_date();
        return Ok(());
    }
    let compiled = compile(project, module, &toolchain, &step);
    let bindings = compiled.and_then(|file| bindgen(project, module, &file, &step));
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

/// Compiles a module and returns its path.
fn compile(project: &Project, module: &Module, toolchain: &Toolchain, step: &Step) -> Result<PathBuf> {
    let (mut command, target_folder) = match toolchain {
        Toolchain::Ordinary => (project.cargo(), project.target().to_owned()),
        Toolchain::Debian(root) => {
            // A folder of its own: two compilers would rebuild each other's work for ever.
            let folder = project.target().join("debian-wasm");
            (debian::cargo(project, root, &folder)?, folder)
        }
    };
    let profile = module.profile();
    command.args(["build", "--package", module.package, "--profile", &profile, "--target", TARGET]);
    process::quiet(command, step)?;
    // Cargo's own name for the folder of its first profile.
    let folder = if profile == "dev" { "debug" } else { &profile };
    Ok(target_folder.join(TARGET).join(folder).join(format!("{}.wasm", module.stem)))
}

/// Builds the program that writes the bindings, and returns the command that does it.
fn bindgen(project: &Project, module: &Module, file: &Path, step: &Step) -> Result<Command> {
    process::quiet(project.build_programs(), step)?;
    let mut command = Command::new(project.binary("debug", "bindgen"));
    command.arg(file).arg(project.path(module.folder));
    Ok(command)
}

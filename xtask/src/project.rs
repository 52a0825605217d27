//! Where things are: the repository, its packages as cargo sees them, and the files that builds leave behind.
//!
//! Knows paths and `cargo metadata`; must not know how anything is built.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process;

/// The repository and what cargo says about it.
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
    packages: Vec<Package>,
    lints: bool,
}

/// A package of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// As in its manifest, such as `thexr-wire`.
    pub(crate) name: String,
    /// The manifest's folder.
    pub(crate) folder: PathBuf,
    /// Direct dependencies of every kind.
    pub(crate) dependencies: Vec<Dependency>,
    /// Whether it has a bench target.
    pub(crate) has_benches: bool,
    /// The names of its integration tests.
    pub(crate) tests: Vec<String>,
}

/// One line of a manifest's dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The package that is depended on.
    pub(crate) name: String,
    /// Only for tests, examples and benches.
    pub(crate) dev: bool,
}

impl Project {
    /// Finds the repository around this program and asks cargo about it.
    ///
    /// Errors: cargo is missing or a manifest is broken.
    pub(crate) fn load() -> Result<Project> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has a parent folder")?;
        let mut command = process::cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(root);
        let output = command.output().context("cannot start cargo")?;
        ensure!(
            output.status.success(),
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
        let target =
            metadata["target_directory"].as_str().context("cargo metadata names the target folder")?;
        let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
        Ok(Project {
            root: root.to_owned(),
            target: target.into(),
            packages: packages.iter().map(Package::parse).collect::<Result<_>>()?,
            lints: false,
        })
    }

    /// The same, but what is compiled of the workspace is linted on the way, and a warning ends it: what `cargo clippy` does,
    /// without its own pass over every dependency.
    pub(crate) fn with_lints(self) -> Project {
        Project { lints: true, ..self }
    }

    /// A path in the repository, given with forward slashes.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The repository's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo writes.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The packages of the workspace.
    pub(crate) fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// Where a step remembers its last success.
    pub(crate) fn stamp_file(&self, step: &str) -> PathBuf {
        self.target.join("xtask").join(step)
    }

    /// The server's binary of a cargo profile's folder (`debug`, `release`).
    pub(crate) fn server_binary(&self, profile_folder: &str) -> PathBuf {
        self.binary(profile_folder, "thexr")
    }

    /// A program of the workspace in a cargo profile's folder.
    pub(crate) fn binary(&self, profile_folder: &str, name: &str) -> PathBuf {
        self.target.join(profile_folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// `thexr serve` with arguments, in the repository's folder.
    pub(crate) fn server_command(&self, args: &[String]) -> Command {
        let mut command = Command::new(self.server_binary("debug"));
        command.arg("serve").args(args).current_dir(&self.root);
        command
    }

    /// A cargo command in the repository's folder.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = process::cargo();
        command.current_dir(&self.root);
        command
    }

    /// A cargo command for the whole workspace: always with the same features, so that nothing is compiled twice.
    pub(crate) fn workspace(&self, subcommand: &str) -> Command {
        let mut command = self.cargo();
        command.args([subcommand, "--workspace", "--features", "xtask/bindgen"]);
        if self.lints {
            // As `cargo clippy` itself asks for it.
            command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
            command.env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
        }
        command
    }

    /// Builds the server and the program that writes bindings, both of them whichever is wanted. What a build is asked for decides how
    /// cargo compiles what all have in common: without anything of this tool's crate among it, that is compiled a second time.
    pub(crate) fn build_programs(&self) -> Command {
        let mut command = self.workspace("build");
        command.args(["--bin", "thexr", "--bin", "bindgen"]);
        command
    }

    /// The folders of a package and of every package of ours below it: what it is built from.
    ///
    /// Errors: no such package.
    pub(crate) fn source_folders(&self, package: &str) -> Result<Vec<PathBuf>> {
        let mut pending = vec![package.to_owned()];
        let mut folders = Vec::new();
        while let Some(name) = pending.pop() {
            let Some(package) = self.packages.iter().find(|package| package.name == name) else { continue };
            if !folders.contains(&package.folder) {
                folders.push(package.folder.clone());
                pending.extend(package.dependencies.iter().filter(|d| !d.dev).map(|d| d.name.clone()));
            }
        }
        ensure!(!folders.is_empty(), "no package {package} in this workspace");
        Ok(folders)
    }
}

impl Package {
    /// The name without the project's prefix: the folder's name in `crates/`.
    pub(crate) fn short_name(&self) -> &str {
        self.name.strip_prefix("thexr-").unwrap_or(&self.name)
    }

    fn parse(package: &Value) -> Result<Package> {
        let manifest = package["manifest_path"].as_str().context("a package has a manifest")?;
        let dependencies = package["dependencies"].as_array().context("a package lists dependencies")?;
        let targets = package["targets"].as_array().context("a package lists targets")?;
        let name_of = |target: &Value| Ok(target["name"].as_str().context("a target has a name")?.to_owned());
        let is_bench = |target: &Value| target["kind"][0] == "bench";
        Ok(Package {
            name: package["name"].as_str().context("a package has a name")?.to_owned(),
            folder: Path::new(manifest).parent().context("a manifest has a folder")?.to_owned(),
            dependencies: dependencies.iter().map(Dependency::parse).collect::<Result<_>>()?,
            has_benches: targets.iter().any(is_bench),
            tests: targets
                .iter()
                .filter(|target| target["kind"][0] == "test")
                .map(name_of)
                .collect::<Result<_>>()?,
        })
    }
}

impl Dependency {
    fn parse(dependency: &Value) -> Result<Dependency> {
        let name = dependency["name"].as_str().context("a dependency has a name")?.to_owned();
        Ok(Dependency { name, dev: dependency["kind"] == "dev" })
    }
}

/// A folder of its own below the system's temporary folder, removed when dropped.
pub(crate) struct TempFolder(PathBuf);

impl TempFolder {
    /// Creates an empty folder; the process id and a counter keep it apart from every other.
    pub(crate) fn new(purpose: &str) -> Result<TempFolder> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("thexr-{purpose}-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(TempFolder(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // Nothing depends on it being gone, and a destructor has nobody to tell.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

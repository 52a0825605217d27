//! The modules of a crate and which of them goes by which: paths followed to where things are, through what is handed on.
//!
//! Must not know which circles are allowed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::paths::{self, Use};
use crate::project::Project;
use crate::stamp::files_below;
use crate::tidy::relative;

/// The roots of crates and folders.
const ROOTS: [&str; 3] = ["lib.rs", "main.rs", "mod.rs"];

/// How often a name may be handed on from module to module.
const HANDED_ON_MAX: usize = 8;

/// A module's name, from the crate's root down.
type Name = Vec<String>;

struct Module {
    /// Relative to the crate's `src`.
    file: String,
    uses: Vec<Use>,
}

/// All modules of a crate that are no tests.
pub(super) struct Modules(BTreeMap<Name, Module>);

/// That something in a folder goes by something else in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// The folder both are in, relative to the crate's `src`; empty for the crate itself.
    pub(super) folder: String,
    pub(super) from: String,
    pub(super) to: String,
    /// Where it says so, relative to `src`.
    pub(super) file: String,
    pub(super) line: usize,
    /// As it is written.
    pub(super) path: String,
}

impl Modules {
    /// Reads the sources of a crate.
    pub(super) fn load(project: &Project, src: &str) -> Result<Modules> {
        let folder: PathBuf = project.path(src);
        let mut files = Vec::new();
        for file in files_below(&[folder]) {
            let path = relative(project, &file);
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {path}"))?;
            let within = path.strip_prefix(src).unwrap_or(&path).trim_start_matches('/').to_owned();
            if within.ends_with(".rs") {
                files.push((within, text));
            }
        }
        Ok(Modules::of(&files))
    }

    /// From files relative to `src` and their texts.
    pub(super) fn of(files: &[(String, String)]) -> Modules {
        let has_library = files.iter().any(|(file, _)| file == "lib.rs");
        let (mut modules, mut tests) = (BTreeMap::new(), Vec::new());
        for (file, text) in files {
            // A program beside a library is another crate.
            if file.ends_with("tests.rs") || (file == "main.rs" && has_library) {
                continue;
            }
            let (name, source) = (name_of(file), paths::read(text));
            tests.extend(source.test_modules.into_iter().map(|module| [name.clone(), vec![module]].concat()));
            modules.insert(name, Module { file: file.clone(), uses: source.uses });
        }
        modules.retain(|name, _| !tests.contains(name));
        Modules(modules)
    }

    /// Every import between two things of a folder. A module and those below it are one thing, as they are to the
    /// compiler, and what a folder's root hands on is nobody's import.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (name, module) in &self.0 {
            let is_root = ROOTS.contains(&module.file.rsplit('/').next().unwrap_or_default());
            for found in module.uses.iter().filter(|found| !(is_root && found.handed_on)) {
                let Some(target) = self.follow(name, &found.path, 0) else { continue };
                let shared = name.iter().zip(&target).take_while(|(a, b)| a == b).count();
                if let (Some(from), Some(to)) = (name.get(shared), target.get(shared)) {
                    imports.push(Import {
                        folder: name[..shared].join("/"),
                        from: from.clone(),
                        to: to.clone(),
                        file: module.file.clone(),
                        line: found.line,
                        path: found.path.join("::"),
                    });
                }
            }
        }
        imports
    }

    /// The module a path leads to from another; `None` when it leads out of the crate.
    fn follow(&self, from: &[String], path: &[String], handed_on: usize) -> Option<Name> {
        let (mut module, rest) = self.start(from, path)?;
        for segment in rest {
            let below = [module.as_slice(), std::slice::from_ref(segment)].concat();
            if self.0.contains_key(&below) {
                module = below;
                continue;
            }
            let known = self.0.get(&module)?.uses.iter().filter(|found| found.name.as_ref() == Some(segment));
            let mut origins = known
                .filter(|found| found.path != path && handed_on < HANDED_ON_MAX)
                .filter_map(|found| self.follow(&module, &found.path, handed_on + 1));
            return Some(origins.next().unwrap_or(module.clone()));
        }
        Some(module)
    }

    /// Where a path begins, and what of it is left from there.
    fn start<'a>(&self, from: &[String], path: &'a [String]) -> Option<(Name, &'a [String])> {
        let ups = path.iter().take_while(|segment| *segment == "super").count();
        match path.first()?.as_str() {
            "crate" => Some((Vec::new(), &path[1..])),
            "self" => Some((from.to_vec(), &path[1..])),
            "super" => Some((from[..from.len().checked_sub(ups)?].to_vec(), &path[ups..])),
            below => {
                let is_ours = self.0.contains_key(&[from, &[below.to_owned()]].concat());
                is_ours.then(|| (from.to_vec(), path))
            }
        }
    }
}

/// The module in a file: `a/mod.rs` and `a.rs` are both `a`.
fn name_of(file: &str) -> Name {
    let parts = file.split('/').filter(|part| !ROOTS.contains(part));
    parts.map(|part| part.strip_suffix(".rs").unwrap_or(part).to_owned()).collect()
}

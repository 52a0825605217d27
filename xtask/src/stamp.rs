//! Decides whether a step has to run again: a fingerprint of its input files, kept from the last success.
//!
//! Contents are compared, not times, so that a fresh check-out or a touched file builds nothing twice.
//! Knows files; must not know what is built from them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that are results, never inputs.
const GENERATED_FOLDERS: [&str; 4] = ["target", "node_modules", "dist", ".svelte-kit"];

/// The fingerprint of a step's inputs and the file that remembers it.
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// Fingerprints files and whole folders, together with `extra` (such as the compiler's version).
    ///
    /// Errors: an input cannot be read. A path that does not exist counts as absent, and its appearance as a change.
    pub(crate) fn of(file: PathBuf, inputs: &[PathBuf], extra: &str) -> Result<Stamp> {
        let mut hasher = DefaultHasher::new();
        extra.hash(&mut hasher);
        for path in files_below(inputs) {
            path.hash(&mut hasher);
            let content = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            content.hash(&mut hasher);
        }
        Ok(Stamp { file, fingerprint: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the inputs are those of the last success and everything it made is still there.
    pub(crate) fn is_current(&self, results: &[PathBuf]) -> bool {
        let kept = std::fs::read_to_string(&self.file).unwrap_or_default();
        kept == self.fingerprint && results.iter().all(|result| result.exists())
    }

    /// Remembers a success.
    pub(crate) fn keep(&self) -> Result<()> {
        let folder = self.file.parent().context("a stamp's file has a folder")?;
        std::fs::create_dir_all(folder)?;
        std::fs::write(&self.file, &self.fingerprint)
            .with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// All files in the given files and folders, sorted, without generated folders.
pub(crate) fn files_below(roots: &[PathBuf]) -> Vec<PathBuf> {
    let mut pending = roots.to_vec();
    let mut files = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_file() {
            files.push(path);
        } else if let Ok(entries) = std::fs::read_dir(&path) {
            pending.extend(entries.flatten().map(|entry| entry.path()).filter(|path| !is_generated(path)));
        }
    }
    files.sort();
    files
}

fn is_generated(path: &Path) -> bool {
    path.file_name().is_some_and(|name| GENERATED_FOLDERS.iter().any(|generated| name == *generated))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::TempFolder;

    #[test]
    fn a_step_is_current_only_while_inputs_and_results_are_unchanged() {
        let folder = TempFolder::new("stamp").unwrap();
        let (input, result) = (folder.path().join("input"), folder.path().join("result"));
        let stamp =
            |extra: &str| Stamp::of(folder.path().join("kept"), std::slice::from_ref(&input), extra).unwrap();
        std::fs::write(&input, "a").unwrap();
        std::fs::write(&result, "made").unwrap();
        assert!(!stamp("v1").is_current(std::slice::from_ref(&result)), "nothing was kept yet");
        stamp("v1").keep().unwrap();
        assert!(stamp("v1").is_current(std::slice::from_ref(&result)));
        assert!(!stamp("v2").is_current(std::slice::from_ref(&result)), "another compiler");
        std::fs::write(&input, "b").unwrap();
        assert!(!stamp("v1").is_current(std::slice::from_ref(&result)), "another input");
        std::fs::write(&input, "a").unwrap();
        std::fs::remove_file(&result).unwrap();
        assert!(!stamp("v1").is_current(&[result]), "the result is gone");
    }

    #[test]
    fn generated_folders_are_never_inputs() {
        let folder = TempFolder::new("inputs").unwrap();
        std::fs::create_dir_all(folder.path().join("node_modules")).unwrap();
        std::fs::write(folder.path().join("node_modules/x.js"), "").unwrap();
        std::fs::write(folder.path().join("a.ts"), "").unwrap();
        assert_eq!(files_below(&[folder.path().to_owned()]), [folder.path().join("a.ts")]);
    }
}

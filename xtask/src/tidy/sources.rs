//! Rules that every source file obeys: an opening comment, a size one can read, no example that nobody runs, Babylon only where
//! it belongs.
//!
//! Must not know any language beyond its comments; TypeScript's own rule is in `typescript`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Finding, relative, typescript};
use crate::project::Project;
use crate::stamp::files_below;

/// Where sources live.
const FOLDERS: [&str; 5] = ["crates", "xtask", "web/src", "tests", "bench"];

/// Written by bindgen, not by us.
const GENERATED: [&str; 2] = ["web/src/core/pkg/", "web/src/core/physics/pkg/"];

/// The only folders whose files may import Babylon, so that everything else runs without a canvas.
const BABYLON_FOLDERS: [&str; 2] = ["web/src/scene/", "web/src/xr/"];

/// Lines of a source file; a longer one has more than one subject and grows without limit.
const FILE_LINES_MAX: usize = 700;

/// Lines of a Svelte component in which its opening comment has to start (`<script>` may come first).
const SVELTE_HEADER_LINES: usize = 3;

/// Checks all source files.
pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| project.path(folder)).collect();
    let mut findings = Vec::new();
    for file in files_below(&folders) {
        let path = relative(project, &file);
        if Language::of(&path).is_none() || GENERATED.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {path}"))?;
        findings.extend(check_file(&path, &text));
    }
    Ok(findings)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    TypeScript,
    Svelte,
    JavaScript,
}

impl Language {
    fn of(path: &str) -> Option<Language> {
        match path.rsplit_once('.')?.1 {
            "rs" => Some(Language::Rust),
            "ts" => Some(Language::TypeScript),
            "svelte" => Some(Language::Svelte),
            "js" | "mjs" => Some(Language::JavaScript),
            _ => None,
        }
    }
}

/// Whether a file holds only tests: its sentences say what it is about, and it may use any part to check another.
fn is_test(path: &str) -> bool {
    path.ends_with(".test.ts") || path.ends_with("_tests.rs")
}

/// All findings of one file.
fn check_file(path: &str, text: &str) -> Vec<Finding> {
    let Some(language) = Language::of(path) else { return Vec::new() };
    let mut findings: Vec<Finding> =
        header(path, language, text).filter(|_| !is_test(path)).into_iter().chain(size(path, text)).collect();
    if language == Language::Rust {
        findings.extend(examples(path, text));
    } else {
        let code = typescript::without_comments(text);
        findings.extend(babylon_imports(path, &code));
        if language != Language::JavaScript {
            findings.extend(typescript::any_types(path, &code));
        }
    }
    findings
}

fn header(path: &str, language: Language, text: &str) -> Option<Finding> {
    let opens_with = |marks: &[&str], lines: usize| {
        let mut first = text.lines().filter(|line| !line.trim().is_empty()).take(lines);
        first.any(|line| marks.iter().any(|mark| line.trim_start().starts_with(mark)))
    };
    let (opened, mark) = match language {
        Language::Rust => (opens_with(&["//!"], 1), "//!"),
        Language::TypeScript | Language::JavaScript => (opens_with(&["/**", "//"], 1), "/**"),
        Language::Svelte => (opens_with(&["<!--", "/**", "//"], SVELTE_HEADER_LINES), "<!--"),
    };
    let advice = format!("open the file with a `{mark}` comment: what it owns and what it must not know");
    (!opened).then(|| Finding::new(path, 1, advice))
}

fn size(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    let advice = format!("split this file by subject: it has {lines} lines, {FILE_LINES_MAX} are allowed");
    (lines > FILE_LINES_MAX).then(|| Finding::new(path, FILE_LINES_MAX + 1, advice))
}

/// Code in Rust's doc comments. Running it takes a pass over all crates of its own, 50 s for not one example: it would stand there
/// unchecked.
fn examples(path: &str, text: &str) -> Vec<Finding> {
    let mut is_open = false;
    let lines = text.lines().enumerate().filter_map(|(index, line)| {
        let doc = line.trim_start().strip_prefix("///").or_else(|| line.trim_start().strip_prefix("//!"))?;
        let language = doc.trim_start().strip_prefix("```")?;
        is_open = !is_open;
        (is_open && language.trim() != "text").then_some(index + 1)
    });
    let advice = "no run compiles code in comments: write a test, or say that it is `text`";
    lines.map(|line| Finding::new(path, line, advice)).collect()
}

fn babylon_imports(path: &str, code: &str) -> Vec<Finding> {
    let allowed = BABYLON_FOLDERS.iter().any(|folder| path.starts_with(folder))
        || !path.starts_with("web/")
        || is_test(path);
    let imports = |line: &str| ["\"@babylonjs/", "'@babylonjs/"].iter().any(|import| line.contains(import));
    let lines = code.lines().enumerate().filter(|(_, line)| !allowed && imports(line));
    let advice = "only web/src/scene and web/src/xr import Babylon: ask the scene for what you need";
    lines.map(|(index, _)| Finding::new(path, index + 1, advice)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [usize; 0] = [];

    fn found(path: &str, text: &str) -> Vec<usize> {
        check_file(path, text).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn every_language_has_its_opening_comment() {
        assert_eq!(found("crates/a/src/lib.rs", "//! Owns a.\nfn a() {}\n"), NONE);
        assert_eq!(found("crates/a/src/lib.rs", "// Owns a.\n"), [1]);
        assert_eq!(found("web/src/a.ts", "\n/** Owns a. */\n"), NONE);
        assert_eq!(found("web/src/a.ts", "import a from \"a\";\n/** late */\n"), [1]);
        assert_eq!(found("web/src/A.svelte", "<script lang=\"ts\">\n  // Owns a.\n</script>\n"), NONE);
        assert_eq!(found("web/src/A.svelte", "<p>\na\n</p>\n<!-- late -->\n"), [1]);
        assert_eq!(found("web/src/a.css", "p {}\n"), NONE, "other languages have no rule");
    }

    #[test]
    fn a_test_needs_no_opening_comment_and_may_import_what_it_checks_against() {
        assert_eq!(found("web/src/ui/a.test.ts", "import { Q } from \"@babylonjs/core/math\";\n"), NONE);
        assert_eq!(found("crates/a/src/a_tests.rs", "use super::*;\n"), NONE);
    }

    #[test]
    fn a_file_that_is_too_long_is_found_behind_its_last_allowed_line() {
        let lines = |count: usize| format!("//! a\n{}", "fn a() {}\n".repeat(count - 1));
        assert_eq!(found("crates/a/src/lib.rs", &lines(700)), NONE);
        assert_eq!(found("crates/a/src/lib.rs", &lines(701)), [701]);
    }

    #[test]
    fn code_in_doc_comments_is_found_and_pictures_are_not() {
        let text = "//! a\n//! ```text\n//! a ──▶ b\n//! ```\n\n/// ```\n/// a();\n/// ```\n///\n/// ```should_panic\n/// b();\n/// ```\nfn a() {}\n";
        assert_eq!(found("crates/a/src/lib.rs", text), [6, 10]);
    }

    #[test]
    fn babylon_is_imported_by_scene_and_xr_only() {
        let text = "/** a */\nimport { Scene } from \"@babylonjs/core/scene\";\n";
        assert_eq!(found("web/src/scene/a.ts", text), NONE);
        assert_eq!(found("web/src/xr/a.ts", text), NONE);
        assert_eq!(found("web/src/systems/a.ts", text), [2]);
        assert_eq!(
            found("web/src/systems/a.ts", "/** a */\n// from \"@babylonjs/core\"\n"),
            NONE,
            "a comment"
        );
    }
}

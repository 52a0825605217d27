//! `docs/limits.md`: every limit of the product, its value and its sentence, taken from the code.
//!
//! A crate's `limits.rs` is shown whole; of other files those documented constants whose names say that they bound
//! something. Must not know any limit: the sentences and the numbers are the code's own.

use std::fmt::Write;

use anyhow::{Context, Result};

use super::constants::{Constant, constants};
use super::value::{Value, evaluate, show};
use super::{Finding, difference, relative};
use crate::project::Project;
use crate::stamp::files_below;

/// Where the table lies.
const FILE: &str = "docs/limits.md";

/// Crates whose limits people can meet, lowest first: tools and tests bound only themselves.
const CRATES: [&str; 10] =
    ["wire", "world", "physics", "nav", "room", "hall", "media", "store", "server", "client"];

/// Words in the name of a constant that bounds something.
const BOUNDS: [&str; 4] = ["MAX", "PER", "BUDGET", "KEPT"];

/// A source file of such a crate.
struct Source {
    /// As in [`CRATES`].
    owner: &'static str,
    /// Relative to the repository.
    path: String,
    /// All of them: a limit may be reckoned from others.
    constants: Vec<Constant>,
}

/// Findings about the sentences and about a table that is not the code's.
pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let sources = sources(project)?;
    let written = std::fs::read_to_string(project.path(FILE)).unwrap_or_default();
    let stale = difference(&written, &render(&sources)).map(|line| {
        Finding::new(FILE, line, "this is not what the code says: run `cargo xtask tidy --write`")
    });
    Ok(undocumented(&sources).into_iter().chain(stale).collect())
}

/// Writes the table anew.
pub(super) fn write(project: &Project) -> Result<()> {
    let text = render(&sources(project)?);
    std::fs::write(project.path(FILE), text).with_context(|| format!("cannot write {FILE}"))
}

/// All files, by crate and path; those of a crate that does not exist are none.
fn sources(project: &Project) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for owner in CRATES {
        for file in files_below(&[project.path(&format!("crates/{owner}/src"))]) {
            let path = relative(project, &file);
            if path.ends_with(".rs") && !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {path}"))?;
                sources.push(Source { owner, path, constants: constants(&text) });
            }
        }
    }
    Ok(sources)
}

impl Source {
    /// Whether it holds nothing but limits.
    fn is_list(&self) -> bool {
        self.path.ends_with("/limits.rs")
    }

    /// The file as one says it within its crate.
    fn name(&self) -> &str {
        self.path.split_once("/src/").map_or(self.path.as_str(), |(_, name)| name)
    }

    fn limits(&self) -> impl Iterator<Item = &Constant> {
        let is_limit =
            |constant: &&Constant| self.is_list() || (!constant.about.is_empty() && bounds(&constant.name));
        self.constants.iter().filter(is_limit)
    }
}

/// Whether a constant of that name bounds something; something for each metre is a measure.
fn bounds(name: &str) -> bool {
    !name.ends_with("_PER_M") && name.split('_').any(|word| BOUNDS.contains(&word))
}

fn undocumented(sources: &[Source]) -> Vec<Finding> {
    let bare = |source: &Source| {
        let constants = source.limits().filter(|constant| constant.about.is_empty());
        let advice = "say in a doc line what this limit is, its unit, why, and what happens beyond it";
        constants.map(|constant| Finding::new(&source.path, constant.line, advice)).collect::<Vec<_>>()
    };
    sources.iter().flat_map(bare).collect()
}

/// The whole document.
fn render(sources: &[Source]) -> String {
    let mut text = "# Limits\n\nEvery limit in the code: what it is, why, and what happens beyond it. `cargo xtask tidy --write` writes \
        this page: change the code and its doc\nlines, not the page. What an operator may set is here with its default.\n"
        .to_owned();
    for owner in CRATES {
        let files = sources.iter().filter(|source| source.owner == owner);
        let rows: String = files
            .flat_map(|source| source.limits().filter_map(|limit| row(source, limit, sources)))
            .collect();
        if !rows.is_empty() {
            // Writing into a String cannot fail.
            write!(text, "\n## `{owner}`\n| name | value | what it is | file |\n|---|--:|---|---|\n{rows}")
                .ok();
        }
    }
    text
}

/// A limit's row; one beside code that is no arithmetic is no limit after all.
fn row(source: &Source, constant: &Constant, sources: &[Source]) -> Option<String> {
    let value = match evaluate(&constant.value, &|name| find(name, constant, source, sources)) {
        Some(value) => show(constant, &value),
        None if source.is_list() => format!("`{}`", constant.value),
        None => return None,
    };
    Some(format!("| `{}` | {value} | {} | {} |\n", constant.name, sentence(&constant.about), source.name()))
}

/// What another constant comes to: one of the same file, else of any. One that is named as the `asking` one is another crate's.
fn find(name: &str, asking: &Constant, source: &Source, sources: &[Source]) -> Option<Value> {
    let files = std::iter::once(source).chain(sources);
    let other = |constant: &&Constant| constant.name == name && !std::ptr::eq(*constant, asking);
    let (home, constant) =
        files.filter_map(|file| Some((file, file.constants.iter().find(other)?))).next()?;
    // Constants cannot refer to themselves: the compiler has seen to it.
    evaluate(&constant.value, &|name| find(name, constant, home, sources))
}

/// A doc line as text of a table: links become plain code.
fn sentence(about: &str) -> String {
    about.replace("[`", "`").replace("`]", "`").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(owner: &'static str, file: &str, text: &str) -> Source {
        Source { owner, path: format!("crates/{owner}/src/{file}"), constants: constants(text) }
    }

    fn rows(sources: &[Source]) -> Vec<String> {
        let text = render(sources);
        text.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect()
    }

    #[test]
    fn a_limit_is_shown_with_its_value_and_its_sentence() {
        let wire = source(
            "wire",
            "limits.rs",
            "/// A tick, milliseconds.\npub const TICK_MS: u64 = 50;\n/// See [`TICK_MS`], a|b.\npub const HALF_MS: u64 = TICK_MS / 2;\n",
        );
        let expected = [
            "| `TICK_MS` | 50 ms | A tick, milliseconds. | limits.rs |",
            "| `HALF_MS` | 25 ms | See `TICK_MS`, a\\|b. | limits.rs |",
        ];
        assert_eq!(rows(&[wire]), expected);
    }

    #[test]
    fn a_number_of_another_file_is_found_and_the_own_one_comes_first() {
        let wire = source("wire", "limits.rs", "/// A.\nconst A: u8 = 1;\n/// B.\nconst B: u8 = 2;\n");
        let room =
            source("room", "x.rs", "const A: u8 = 7;\n/// C.\nconst C_MAX: u8 = wire::limits::B + A;\n");
        assert_eq!(rows(&[wire, room])[2], "| `C_MAX` | 9 | C. | x.rs |");
    }

    #[test]
    fn beside_code_only_documented_bounds_are_limits() {
        let text = "/// Most.\nconst DOOR_MAX: u8 = 1;\nconst BARE_MAX: u8 = 2;\n/// A name.\nconst NAME: &str = \"a\";\n\
            /// Not arithmetic.\nconst SHED_MAX: u8 = SHED.len() as u8;\n/// A pace.\nconst JOINS_PER_TICK: u8 = 3;\n\
            /// A measure.\nconst SHADOW_PER_M: f64 = 0.5;\n";
        let found = rows(&[source("room", "people/door.rs", text)]);
        let expected = [
            "| `DOOR_MAX` | 1 | Most. | people/door.rs |",
            "| `JOINS_PER_TICK` | 3 a tick | A pace. | people/door.rs |",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_list_shows_everything_and_wants_a_sentence_for_each() {
        let list = source("room", "limits.rs", "const BARE: u8 = odd();\n");
        assert_eq!(rows(std::slice::from_ref(&list)), ["| `BARE` | `odd()` |  | limits.rs |"]);
        let findings = undocumented(&[list]);
        assert_eq!((findings.len(), findings[0].line), (1, 1));
    }

    #[test]
    fn a_crate_without_limits_has_no_section() {
        assert!(!render(&[source("hall", "lib.rs", "const A_MAX: u8 = 1;\n")]).contains("##"));
    }

    #[test]
    fn a_stale_table_is_found_where_it_first_differs() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), Some(2));
        assert_eq!(difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(difference("", "a\n"), Some(1));
    }
}

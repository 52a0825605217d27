//! Which crate may know which: the direction between our crates and the allow-lists of the sans-IO cores.
//!
//! The rules are data ([`RULES`]); changing the architecture means changing a row here and the drawing in
//! ARCHITECTURE.md. Must not know versions or features.

use anyhow::Result;

use super::{Finding, is_peer, relative};
use crate::project::{Package, Project};

/// What a crate of ours may depend on.
struct Rule {
    name: &'static str,
    /// Crates of ours, in the product and in tests.
    ours: &'static [&'static str],
    /// Crates of ours that only tests, examples and benches may use.
    ours_in_tests: &'static [&'static str],
    /// For a sans-IO core everything else that may be linked into it; `None` for the shells, which are free.
    others: Option<&'static [&'static str]>,
}

const WIRE_OTHERS: &[&str] = &["base64", "libm", "serde", "serde_json", "smol_str", "thiserror"];
const CORE_OTHERS: &[&str] =
    &["base64", "libm", "litemap", "serde", "serde_json", "sha2", "smol_str", "thiserror"];

/// A room also spells what people write.
const ROOM_OTHERS: &[&str] = &[
    "base64",
    "libm",
    "litemap",
    "serde",
    "serde_json",
    "sha2",
    "smol_str",
    "thiserror",
    "unicode-normalization",
];

const PHYSICS_OTHERS: &[&str] = &["libm", "postcard", "rapier3d", "serde", "serde_json"];

/// Voices: the one library that speaks WebRTC, sans-IO as we are.
const MEDIA_OTHERS: &[&str] = &["libm", "serde", "serde_json", "str0m", "thiserror"];

/// Ways: the libraries that bake a mesh and ask it.
const NAV_OTHERS: &[&str] = &["landmass", "libm", "rerecast", "serde_json", "thiserror"];

const RULES: [Rule; 16] = [
    Rule { name: "wire", ours: &[], ours_in_tests: &[], others: Some(WIRE_OTHERS) },
    Rule { name: "world", ours: &["wire"], ours_in_tests: &[], others: Some(CORE_OTHERS) },
    Rule {
        name: "physics",
        ours: &["wire", "world"],
        ours_in_tests: &["room"],
        others: Some(PHYSICS_OTHERS),
    },
    Rule { name: "nav", ours: &["wire", "world", "physics"], ours_in_tests: &[], others: Some(NAV_OTHERS) },
    Rule {
        name: "room",
        ours: &["wire", "world", "physics", "nav"],
        ours_in_tests: &[],
        others: Some(ROOM_OTHERS),
    },
    Rule { name: "hall", ours: &["wire", "world", "room"], ours_in_tests: &[], others: Some(CORE_OTHERS) },
    Rule {
        name: "client",
        ours: &["wire", "world", "physics"],
        ours_in_tests: &[],
        others: Some(CORE_OTHERS),
    },
    Rule { name: "media", ours: &["wire"], ours_in_tests: &[], others: Some(MEDIA_OTHERS) },
    Rule { name: "store", ours: &["wire"], ours_in_tests: &[], others: None },
    Rule {
        name: "server",
        ours: &["wire", "world", "room", "hall", "store", "media", "bots"],
        ours_in_tests: &["client"],
        others: None,
    },
    Rule {
        name: "bots",
        ours: &["wire", "world", "nav", "client"],
        ours_in_tests: &["server"],
        others: None,
    },
    Rule { name: "physics-wasm", ours: &["physics"], ours_in_tests: &[], others: None },
    Rule { name: "client-wasm", ours: &["wire", "physics", "client"], ours_in_tests: &[], others: None },
    Rule {
        name: "sim",
        ours: &["wire", "world", "physics", "nav", "room", "hall", "client"],
        ours_in_tests: &[],
        others: None,
    },
    Rule { name: "attack", ours: &["wire"], ours_in_tests: &[], others: None },
    Rule { name: "xtask", ours: &[], ours_in_tests: &[], others: None },
];

/// A peer shares nothing with what it is compared to.
const PEER: Rule = Rule { name: "a measuring peer", ours: &[], ours_in_tests: &[], others: None };

/// How the names of measuring peers begin; nothing of ours depends on one.
const PEER_PREFIX: &str = "peer-";

/// Checks every package of the workspace against its rule.
pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for package in project.packages() {
        let path = relative(project, &package.folder.join("Cargo.toml"));
        let manifest = std::fs::read_to_string(package.folder.join("Cargo.toml"))?;
        let rule = if is_peer(project, package) { Some(&PEER) } else { rule_of(package) };
        findings.extend(violations(package, rule, &path, &manifest));
        let is_core = rule.is_some_and(|rule| rule.others.is_some());
        if is_core && !package.folder.join("clippy.toml").is_file() {
            let advice =
                "a sans-IO core needs a clippy.toml that disallows clocks, randomness and std's maths";
            findings.push(Finding::new(&relative(project, &package.folder.join("clippy.toml")), 1, advice));
        }
    }
    Ok(findings)
}

/// The dependencies of a package that its rule does not allow.
fn violations(package: &Package, rule: Option<&Rule>, path: &str, manifest: &str) -> Vec<Finding> {
    let Some(rule) = rule else {
        let advice = "this crate has no rule: add one to RULES in xtask/src/tidy/dependencies.rs";
        return vec![Finding::new(path, 1, advice)];
    };
    let forbidden = package.dependencies.iter().filter(|d| !rule.allows(&d.name, d.dev));
    forbidden
        .map(|dependency| {
            let advice = format!("{} must not depend on {}: {}", rule.name, dependency.name, rule.advice());
            Finding::new(path, line_of(manifest, &dependency.name), advice)
        })
        .collect()
}

impl Rule {
    fn allows(&self, dependency: &str, dev: bool) -> bool {
        match dependency.strip_prefix("thexr-") {
            Some(ours) => self.ours.contains(&ours) || (dev && self.ours_in_tests.contains(&ours)),
            None if dependency.starts_with(PEER_PREFIX) => false,
            None => dev || self.others.is_none_or(|others| others.contains(&dependency)),
        }
    }

    fn advice(&self) -> String {
        let ours = if self.ours.is_empty() { "nothing of ours".to_owned() } else { self.ours.join(", ") };
        match self.others {
            Some(others) => format!("it may use {ours}, and {}", others.join(", ")),
            None => format!("of our crates it may use {ours}"),
        }
    }
}

fn rule_of(package: &Package) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == package.short_name())
}

/// The line on which a manifest names a dependency, starting at 1; 1 when a table header hides it.
fn line_of(manifest: &str, dependency: &str) -> usize {
    let names_it = |line: &str| {
        line.trim_start().strip_prefix(dependency).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    manifest.lines().position(names_it).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Dependency;

    fn package(name: &str, dependencies: &[(&str, bool)]) -> Package {
        let dependency = |&(name, dev): &(&str, bool)| Dependency { name: name.to_owned(), dev };
        Package {
            name: name.to_owned(),
            folder: "crates/x".into(),
            dependencies: dependencies.iter().map(dependency).collect(),
            has_benches: false,
            tests: Vec::new(),
        }
    }

    fn advice(name: &str, dependencies: &[(&str, bool)]) -> Vec<String> {
        let package = package(name, dependencies);
        let findings = violations(&package, rule_of(&package), "x", "");
        findings.into_iter().map(|finding| finding.advice).collect()
    }

    #[test]
    fn a_dependency_against_the_direction_is_found_on_its_line() {
        let manifest = "[dependencies]\nserde.workspace = true\nthexr-room.workspace = true\n";
        let package = package("thexr-store", &[("serde", false), ("thexr-room", false)]);
        let findings = violations(&package, rule_of(&package), "p", manifest);
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].line, findings[0].path.as_str()), (3, "p"));
        assert!(findings[0].advice.starts_with("store must not depend on thexr-room"));
    }

    #[test]
    fn a_core_may_only_link_what_its_list_names() {
        assert_eq!(advice("thexr-world", &[("sha2", false), ("thexr-wire", false)]), [""; 0]);
        assert_eq!(advice("thexr-wire", &[("sha2", false)]).len(), 1);
        assert_eq!(advice("thexr-room", &[("tokio", false)]).len(), 1);
        assert_eq!(advice("thexr-hall", &[("tokio", false), ("thexr-store", false)]).len(), 2);
        assert_eq!(advice("thexr-room", &[("proptest", true)]), [""; 0], "tests may use what they like");
        assert_eq!(advice("thexr-server", &[("tokio", false)]), [""; 0], "shells are free");
    }

    #[test]
    fn tests_obey_the_direction_too_except_where_a_row_says_so() {
        assert_eq!(advice("thexr-bots", &[("thexr-server", true)]), [""; 0]);
        assert_eq!(advice("thexr-bots", &[("thexr-server", false)]).len(), 1);
        assert_eq!(advice("thexr-wire", &[("thexr-world", true)]).len(), 1);
        assert_eq!(advice("xtask", &[("thexr-wire", false)]).len(), 1);
    }

    #[test]
    fn a_measuring_peer_and_our_crates_know_nothing_of_each_other() {
        let peer = package("peer-floor", &[("tokio", false), ("thexr-wire", true)]);
        let found = violations(&peer, Some(&PEER), "x", "");
        assert!(
            found.len() == 1 && found[0].advice.starts_with("a measuring peer must not depend on thexr-wire")
        );
        assert_eq!(advice("thexr-server", &[("peer-floor", true)]).len(), 1);
    }

    #[test]
    fn a_crate_without_a_rule_is_found() {
        assert!(advice("thexr-new", &[])[0].contains("no rule"));
    }
}

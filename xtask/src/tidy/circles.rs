//! No circle of imports between the folders and files of a crate, beyond a listed few.
//!
//! A circle is cut where it is listed ([`ALLOWED`]): by the one import that goes against the direction of the others,
//! so that a new circle through the same modules is still found.

mod modules;
mod paths;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::{Finding, is_peer, relative};
use crate::project::Project;
use modules::{Import, Modules};

/// Where this list is, for findings about it.
const FILE: &str = "xtask/src/tidy/circles.rs";

/// An import that may close a circle.
struct Allowed {
    /// The folder both are in.
    folder: &'static str,
    from: &'static str,
    to: &'static str,
    /// Why it is there, in a few words.
    reason: &'static str,
}

/// The circles there are, each cut at one import.
const ALLOWED: [Allowed; 21] = [
    Allowed {
        folder: "crates/client/src",
        from: "motion",
        to: "receive",
        reason: "whom one hides from is read there and hidden here",
    },
    Allowed {
        folder: "crates/client/src",
        from: "receive",
        to: "client",
        reason: "it is the half of the client that reads",
    },
    Allowed {
        folder: "crates/room/src",
        from: "boot",
        to: "log",
        reason: "a stored tail is measured, and a past reply kept, as the log does it",
    },
    Allowed {
        folder: "crates/room/src",
        from: "log",
        to: "input",
        reason: "how the store is doing is said from outside, as inputs are",
    },
    Allowed {
        folder: "crates/room/src",
        from: "motion",
        to: "view",
        reason: "a pose on its way in is shaped beside what becomes of it",
    },
    Allowed {
        folder: "crates/room/src",
        from: "outbox",
        to: "game",
        reason: "a tick hands out what is to be found of ways outside of it",
    },
    Allowed {
        folder: "crates/room/src",
        from: "outbox",
        to: "motion",
        reason: "a tick hands out its records",
    },
    Allowed {
        folder: "crates/room/src",
        from: "outbox",
        to: "tell",
        reason: "a tick hands out views that are encoded outside of it",
    },
    Allowed {
        folder: "crates/room/src",
        from: "outbox",
        to: "view",
        reason: "how someone is told follows from how they joined",
    },
    Allowed {
        folder: "crates/room/src",
        from: "people",
        to: "input",
        reason: "a join asks how the store is doing",
    },
    Allowed {
        folder: "crates/room/src",
        from: "people",
        to: "motion",
        reason: "a person keeps their encoded records, so that who rests is not encoded again",
    },
    Allowed {
        folder: "crates/room/src/game",
        from: "vital",
        to: "monsters",
        reason: "what a hit comes to is said of people here and of monsters there",
    },
    Allowed {
        folder: "crates/room/src/log",
        from: "missed",
        to: "ring",
        reason: "what was missed is measured as the ring measures",
    },
    Allowed {
        folder: "crates/server/src",
        from: "app",
        to: "socket",
        reason: "it carries the state of every part, and every part takes it from there",
    },
    Allowed {
        folder: "crates/server/src",
        from: "app",
        to: "web",
        reason: "it carries the state of every part, and every part takes it from there",
    },
    Allowed {
        folder: "crates/server/src",
        from: "web",
        to: "socket",
        reason: "the router names the handlers of sockets",
    },
    Allowed {
        folder: "crates/server/src/rooms",
        from: "task",
        to: "registry",
        reason: "a running room keeps the gauges that the registry shows",
    },
    Allowed {
        folder: "crates/store/src/sqlite",
        from: "append",
        to: "people",
        reason: "one transaction writes all that a batch brings",
    },
    Allowed {
        folder: "crates/store/src/sqlite",
        from: "append",
        to: "rooms",
        reason: "one transaction writes all that a batch brings",
    },
    Allowed {
        folder: "crates/store/src/sqlite",
        from: "snapshots",
        to: "journal",
        reason: "a seq is given to the database as the journal gives it",
    },
    Allowed {
        folder: "crates/server/src/rooms",
        from: "lease",
        to: "registry",
        reason: "it renews what the registry's services hold",
    },
];

/// Checks every crate of ours.
pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut imports = Vec::new();
    for package in project.packages() {
        let src = relative(project, &package.folder.join("src"));
        if src.starts_with("crates/") && !is_peer(project, package) {
            let found = Modules::load(project, &src)?.imports();
            imports.extend(found.into_iter().map(|import| within(&src, import)));
        }
    }
    findings.extend(circles(&imports, &ALLOWED));
    Ok(findings)
}

/// An import with its folder and file relative to the repository.
fn within(src: &str, import: Import) -> Import {
    let folder = format!("{src}/{}", import.folder).trim_end_matches('/').to_owned();
    Import { folder, file: format!("{src}/{}", import.file), ..import }
}

/// Circles that are not allowed, and allowed imports that close none.
fn circles(imports: &[Import], allowed: &[Allowed]) -> Vec<Finding> {
    let mut folders: BTreeMap<&str, Vec<&Import>> = BTreeMap::new();
    for import in imports {
        folders.entry(&import.folder).or_default().push(import);
    }
    let is_allowed = |import: &Import| allowed.iter().any(|row| row.is(import));
    let mut findings = Vec::new();
    for imports in folders.values() {
        let left: Vec<&Import> = imports.iter().copied().filter(|import| !is_allowed(import)).collect();
        findings.extend(knots(&left).into_iter().map(|circle| finding(&circle)));
    }
    let closes_none = |row: &&Allowed| {
        let found = folders.get(row.folder).map(Vec::as_slice).unwrap_or_default();
        !found.iter().any(|import| row.is(import)) || shortest(found, row.to, row.from).is_none()
    };
    findings.extend(allowed.iter().filter(closes_none).map(|row| {
        let Allowed { folder, from, to, reason } = row;
        let advice = format!("{folder}: {from} -> {to} closes no circle: take it out of ALLOWED ({reason})");
        Finding::new(FILE, 1, advice)
    }));
    findings
}

impl Allowed {
    fn is(&self, import: &Import) -> bool {
        (self.folder, self.from, self.to) == (&*import.folder, &*import.from, &*import.to)
    }
}

/// A shortest circle of each knot: modules of which each leads to every other.
fn knots<'a>(imports: &[&'a Import]) -> Vec<Vec<&'a Import>> {
    let modules: BTreeSet<&str> = imports.iter().map(|import| import.from.as_str()).collect();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut circles = Vec::new();
    for &module in &modules {
        if known.contains(module) {
            continue;
        }
        let both_ways = |other: &&str| {
            shortest(imports, module, other).is_some() && shortest(imports, other, module).is_some()
        };
        let knot: Vec<&str> = modules.iter().copied().filter(both_ways).collect();
        let through = knot.iter().filter_map(|member| shortest(imports, member, member));
        circles.extend(through.min_by_key(Vec::len));
        known.extend(knot);
    }
    circles
}

/// The fewest imports that lead from a module to another, or around to itself.
fn shortest<'a>(imports: &[&'a Import], from: &str, to: &str) -> Option<Vec<&'a Import>> {
    let mut ways: Vec<Vec<&Import>> =
        imports.iter().filter(|import| import.from == from).map(|import| vec![*import]).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let end = way.last()?.to.as_str();
            if end == to {
                return Some(way);
            }
            if seen.insert(end) {
                let next = imports.iter().filter(|import| import.from == end);
                longer.extend(next.map(|import| [way.as_slice(), &[*import]].concat()));
            }
        }
        ways = longer;
    }
    None
}

fn finding(circle: &[&Import]) -> Finding {
    let names: Vec<&str> =
        circle.iter().map(|import| import.from.as_str()).chain([&*circle[0].from]).collect();
    let uses = circle.iter().map(|import| format!("{}:{} uses {}", import.file, import.line, import.path));
    let uses: Vec<String> = uses.collect();
    let advice = format!("cut this circle: {} ({})", names.join(" -> "), uses.join(", "));
    Finding::new(&circle[0].file, circle[0].line, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Allowed = Allowed { folder: "src", from: "b", to: "a", reason: "a test" };

    fn imports(files: &[(&str, &str)]) -> Vec<Import> {
        let files: Vec<_> =
            files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        Modules::of(&files).imports().into_iter().map(|import| within("src", import)).collect()
    }

    fn found(files: &[(&str, &str)], allowed: &[Allowed]) -> Vec<String> {
        circles(&imports(files), allowed).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_circle_of_folders_is_found_with_its_shortest_way() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; pub use a::x::A;"),
            ("a/mod.rs", "pub mod x;"),
            ("a/x.rs", "use crate::b::B;\nuse crate::c::C;\n"),
            ("b.rs", "use crate::c::C;"),
            ("c.rs", "fn c() {\n  crate::a::x::A;\n}"),
        ];
        let expected = "src/a/x.rs:2: cut this circle: a -> c -> a \
            (src/a/x.rs:2 uses crate::c::C, src/c.rs:2 uses crate::a::x::A)";
        assert_eq!(found(&files, &[]), [expected]);
    }

    #[test]
    fn a_circle_of_files_within_a_folder_is_found() {
        let files = [
            ("lib.rs", ""),
            ("f/mod.rs", ""),
            ("f/a.rs", "use super::b::B;"),
            ("f/b.rs", "use super::a::A;"),
        ];
        assert!(found(&files, &[])[0].starts_with("src/f/a.rs:1: cut this circle: a -> b -> a "));
    }

    #[test]
    fn what_is_handed_on_is_an_import_of_where_it_is() {
        let files = [
            ("lib.rs", "pub use b::deep::B as Bee;"),
            ("a.rs", "use crate::Bee;"),
            ("b.rs", "pub(crate) mod deep;"),
            ("b/deep.rs", "use crate::a::A;"),
        ];
        assert_eq!(found(&files, &[]).len(), 1);
        assert_eq!(
            found(&[("lib.rs", "pub use a::A; pub use b::B;"), ("a.rs", "use crate::B;"), ("b.rs", "")], &[]),
            [""; 0]
        );
    }

    #[test]
    fn a_module_and_those_below_it_are_one_thing_and_tests_are_none() {
        let files = [
            ("lib.rs", "mod a; mod b; #[cfg(test)] mod stage;"),
            ("a.rs", "mod part; use part::P; use crate::b::B; #[cfg(test)] mod tests;"),
            ("a/part.rs", "use super::A;"),
            ("b.rs", "#[cfg(test)] mod tests { use crate::a::A; }"),
            ("b_tests.rs", "use crate::a::A;"),
            ("stage.rs", "use crate::a::A;"),
        ];
        assert_eq!(found(&files, &[]), [""; 0]);
    }

    #[test]
    fn an_allowed_import_cuts_its_own_circle_and_no_other() {
        let two = [("lib.rs", ""), ("a.rs", "use crate::b::B;"), ("b.rs", "use crate::a::A;")];
        assert_eq!(found(&two, &[CUT]), [""; 0]);
        let three =
            [two[0], two[1], ("b.rs", "use crate::a::A;\nuse crate::c::C;"), ("c.rs", "use crate::b::B;")];
        let found = found(&three, &[CUT]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("b -> c -> b"), "{found:?}");
    }

    #[test]
    fn an_allowed_import_that_closes_no_circle_is_found() {
        for files in [
            [("lib.rs", ""), ("b.rs", "use crate::a::A;"), ("a.rs", "")],
            [("lib.rs", ""), ("a.rs", ""), ("b.rs", "")],
        ] {
            assert_eq!(
                found(&files, &[CUT]),
                [format!("{FILE}:1: src: b -> a closes no circle: take it out of ALLOWED (a test)")]
            );
        }
    }
}

//! The protocol's document against the sources: every reason that a client may be told stands in its table.

use std::collections::BTreeSet;
use std::path::Path;

/// What stands before a reason in the sources.
const BEFORE: [&str; 5] = ["Reject::new(", "Reject::at_once(", "with_detail(", "reason: ", "=> "];

/// The reasons in a source: snake_case texts right behind one of the marks, and the names of texts that are too long.
fn reasons(source: &str, marks: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for mark in marks {
        for (at, _) in source.match_indices(mark) {
            let Some(quoted) = source[at + mark.len()..].trim_start().strip_prefix('"') else { continue };
            found.extend(quoted.split('"').next().map(str::to_owned));
        }
    }
    let too_long = source.split('"').filter(|text| text.ends_with("_too_long") && !text.contains(' '));
    found.extend(too_long.map(str::to_owned));
    found
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The texts of all files in a folder and the folders below.
fn sources(folder: &Path) -> Vec<String> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = |path: std::path::PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![std::fs::read_to_string(path).unwrap()],
    };
    paths.flat_map(texts).collect()
}

#[test]
fn every_reason_of_a_refusal_is_documented() {
    let mut told = BTreeSet::from(["bad_payload".to_owned(), "rate_limited".to_owned()]);
    for folder in ["../room/src", "../hall/src"] {
        for text in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            told.extend(reasons(&text, &BEFORE[..4]));
        }
    }
    let fold = read("crates/world/src/fold_error.rs");
    let (_, of_fold) = fold.split_once("pub fn reason(").unwrap();
    told.extend(reasons(of_fold.split_once("\n}\n").unwrap().0, &BEFORE[4..]));
    let registry = read("crates/server/src/rooms/registry.rs");
    let (_, of_joins) = registry.split_once("impl JoinRefusal").unwrap();
    // The reason of a refusal comes right behind a bracket, on the same line or the next.
    told.extend(
        reasons(of_joins.split_once("json!").unwrap().0, &["("])
            .into_iter()
            .filter(|text| !text.contains(' ')),
    );
    for path in ["crates/server/src/voices/mod.rs", "crates/media/src/settings.rs"] {
        let source = read(path);
        told.extend(reasons(
            source.split_once("fn reason(").or(source.split_once("fn to_json(")).unwrap().1,
            &BEFORE[4..],
        ));
    }
    assert!(told.len() > 30, "the marks no longer find the reasons: {told:?}");
    let document = read("docs/protocol.md");
    let missing: Vec<_> = told.iter().filter(|reason| !document.contains(&format!("`{reason}`"))).collect();
    assert!(missing.is_empty(), "not in docs/protocol.md: {missing:?}");
}

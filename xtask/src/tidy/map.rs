//! The code map in ARCHITECTURE.md names the crates that exist, and no others. Peers that are only measured against
//! stand there as one folder.
//!
//! Must not know what the crates do.

use anyhow::Result;

use super::{Finding, PEERS, is_peer};
use crate::project::Project;

const FILE: &str = "ARCHITECTURE.md";

/// Compares the code map with the packages of the workspace.
pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let Ok(text) = std::fs::read_to_string(project.path(FILE)) else {
        return Ok(vec![Finding::new(
            FILE,
            1,
            "write it, with a section `Code map` that has a row for each crate",
        )]);
    };
    let (peers, ours): (Vec<_>, Vec<_>) = project.packages().iter().partition(|p| is_peer(project, p));
    let crates: Vec<&str> = ours.iter().map(|package| package.short_name()).collect();
    let mut findings = drift(&text, &crates);
    findings.extend(missing_peers(&text).filter(|_| !peers.is_empty()));
    findings.extend(folders(&text).into_iter().filter(|(_, name)| !project.path(name).is_dir()).map(
        |(line, name)| {
            Finding::new(FILE, line, format!("there is no folder {name}: remove or correct this row"))
        },
    ));
    Ok(findings)
}

/// Differences between the map's rows and the crates.
fn drift(text: &str, crates: &[&str]) -> Vec<Finding> {
    let rows: Vec<(usize, &str)> = names(text).into_iter().filter(|(_, name)| !name.ends_with('/')).collect();
    let missing = crates.iter().filter(|name| !rows.iter().any(|(_, row)| row == *name)).map(|name| {
        Finding::new(
            FILE,
            heading_line(text),
            format!("add a row `| \\`{name}\\` | ...` for this crate to the code map"),
        )
    });
    let stale = rows.iter().filter(|(_, row)| !crates.contains(row)).map(|(line, row)| {
        Finding::new(FILE, *line, format!("there is no crate {row}: remove or correct this row"))
    });
    missing.chain(stale).collect()
}

/// What is missing when no row names the folder of the peers.
fn missing_peers(text: &str) -> Option<Finding> {
    let named = folders(text).iter().any(|(_, name)| *name == PEERS);
    let advice = format!("add a row `| \\`{PEERS}\\` | ...` for the peers that are measured against");
    (!named).then(|| Finding::new(FILE, heading_line(text), advice))
}

/// Rows that name a folder outside `crates/`: their name ends with a slash.
fn folders(text: &str) -> Vec<(usize, &str)> {
    names(text).into_iter().filter(|(_, name)| name.ends_with('/')).collect()
}

/// The names in backticks in the first cell of every row of the section `Code map`, with their lines.
fn names(text: &str) -> Vec<(usize, &str)> {
    let start = heading_line(text);
    let section = text.lines().enumerate().skip(start).take_while(|(_, line)| !line.starts_with('#'));
    section
        .filter(|(_, line)| line.starts_with("| `"))
        .flat_map(|(index, line)| {
            let cell = line[1..].split('|').next().unwrap_or_default();
            cell.split('`').skip(1).step_by(2).map(move |name| (index + 1, name))
        })
        .collect()
}

/// The line of the section's heading, starting at 1; 1 when there is none.
fn heading_line(text: &str) -> usize {
    let is_heading = |line: &str| line.starts_with('#') && line.to_lowercase().contains("code map");
    text.lines().position(is_heading).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "# Architecture\n| `not_in_the_map` | a limit |\n## Code map\n\n| crate | owns |\n|---|---|\n\
        | `wire` | ids |\n| `client-wasm`, `bots` | shells |\n| `web/` | the browser |\n\n## Limits\n| `LIMIT` | 1 |\n";

    #[test]
    fn a_map_that_names_every_crate_has_no_findings() {
        assert_eq!(drift(MAP, &["wire", "client-wasm", "bots"]), []);
    }

    #[test]
    fn a_crate_without_a_row_is_found_at_the_heading() {
        let findings = drift(MAP, &["wire", "client-wasm", "bots", "sim"]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 3);
        assert!(findings[0].advice.contains("`sim"));
    }

    #[test]
    fn a_row_without_a_crate_is_found_where_it_stands() {
        let findings = drift(MAP, &["wire", "client-wasm"]);
        assert_eq!(findings, [Finding::new(FILE, 8, "there is no crate bots: remove or correct this row")]);
    }

    #[test]
    fn a_row_with_a_slash_is_a_folder_and_not_a_crate() {
        assert_eq!(folders(MAP), [(9, "web/")]);
    }

    #[test]
    fn peers_need_the_row_of_their_folder() {
        assert_eq!(missing_peers(MAP).map(|finding| finding.line), Some(3));
        let with_peers = MAP.replace("| `web/` |", "| `bench/peers/` | others |\n| `web/` |");
        assert_eq!(missing_peers(&with_peers), None);
    }

    #[test]
    fn without_the_section_every_crate_is_missing() {
        assert_eq!(drift("# Nothing\n| `wire` | but no code map |\n## Else\n", &["wire", "sim"]).len(), 1);
        assert_eq!(drift("nothing", &["wire", "sim"]).len(), 2);
    }
}

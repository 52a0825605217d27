//! Every numbered rule of the protocol has a test that names it, in its function's name or in a comment above it.
//!
//! Reads numbers, never what a rule says: whether the test shows it is for people to judge.

use anyhow::{Context, Result};

use super::{Finding, relative};
use crate::project::Project;
use crate::stamp::files_below;

/// Where the rules are.
const FILE: &str = "docs/protocol.md";

/// Where the product's tests are.
const FOLDERS: [&str; 3] = ["crates", "tests", "web/src"];

/// Rules that no test shows, and why none does.
const UNTESTED: [(&str, &str); 0] = [];

/// A line that names a rule.
#[derive(Debug, PartialEq, Eq)]
struct Mention {
    /// Starts at 1.
    line: usize,
    /// Such as `3.5`.
    rule: String,
    /// Whether a test stands there, so that it counts.
    by_test: bool,
}

/// Compares the protocol's rules with the tests that name them.
pub(super) fn check(project: &Project) -> Result<Vec<Finding>> {
    let text = std::fs::read_to_string(project.path(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    let mut mentions = Vec::new();
    for file in files_below(&FOLDERS.map(|folder| project.path(folder))) {
        let path = relative(project, &file);
        if [".rs", ".mjs", ".test.ts"].iter().any(|end| path.ends_with(end)) {
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {path}"))?;
            mentions.extend(mentions_in(&text).into_iter().map(|mention| (path.clone(), mention)));
        }
    }
    Ok(findings(&text, &mentions, &UNTESTED))
}

/// What is wrong between rules, the tests that name them and the list of those without.
fn findings(protocol: &str, mentions: &[(String, Mention)], untested: &[(&str, &str)]) -> Vec<Finding> {
    let rules = rules(protocol);
    let exists = |rule: &str| rules.iter().any(|(_, known)| *known == rule);
    let is_named = |rule: &str| mentions.iter().any(|(_, mention)| mention.by_test && mention.rule == rule);
    let is_listed = |rule: &str| untested.iter().any(|(listed, _)| *listed == rule);
    let nameless =
        rules.iter().filter(|(_, rule)| !is_named(rule) && !is_listed(rule)).map(|(line, rule)| {
            let advice = format!("no test names rule {rule}: put `// Rule {rule}` above one that shows it");
            Finding::new(FILE, *line, advice)
        });
    let stale = untested.iter().filter(|(rule, _)| !exists(rule) || is_named(rule)).map(|(rule, _)| {
        Finding::new(FILE, 1, format!("rule {rule} has a test or is gone: take it out of UNTESTED"))
    });
    let wrong = mentions.iter().filter_map(|(path, mention)| {
        let advice = match mention {
            Mention { rule, .. } if !exists(rule) => format!("{FILE} has no rule {rule}"),
            Mention { by_test: false, .. } => "name a rule directly above a test".to_owned(),
            _ => return None,
        };
        Some(Finding::new(path, mention.line, advice))
    });
    nameless.chain(stale).chain(wrong).collect()
}

/// The rules of the page, with their lines.
fn rules(protocol: &str) -> Vec<(usize, &str)> {
    let lines = protocol.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let (rule, _) = line.strip_prefix("- **")?.split_once("**")?;
            is_rule(rule).then_some((index + 1, rule))
        })
        .collect()
}

/// Whether a text is a section and a number in it.
fn is_rule(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(section, number)| is_number(section) && is_number(number))
}

/// Every place of a file that names a rule.
fn mentions_in(text: &str) -> Vec<Mention> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut mentions = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some(rule) = rule_of_name(line) {
            mentions.push(Mention { line: index + 1, rule, by_test: true });
        }
        let listed = line.strip_prefix("// Rule ").or_else(|| line.strip_prefix("// Rules "));
        let named = listed.unwrap_or_default().split(", ").filter(|part| is_rule(part));
        let by_test = is_test(&lines[index + 1..]);
        mentions.extend(named.map(|rule| Mention { line: index + 1, rule: rule.to_owned(), by_test }));
    }
    mentions
}

/// The rule in the name of a function such as `rule_2_6_who_resumes`.
fn rule_of_name(line: &str) -> Option<String> {
    let (before, name) = line.split_once("fn rule_")?;
    let (section, rest) = name.split_once('_')?;
    let rule = format!("{section}.{}", rest.split_once('_')?.0);
    (matches!(before, "" | "async ") && is_rule(&rule)).then_some(rule)
}

/// Whether what follows a comment is a test; in Rust its attributes come first.
fn is_test(lines: &[&str]) -> bool {
    let attributes = lines.iter().take_while(|line| line.starts_with("#["));
    let is_rust = attributes.clone().any(|line| line.starts_with("#[test]") || line.contains("::test"));
    let first = lines.first().copied().unwrap_or_default();
    is_rust
        || ["test", "it"]
            .iter()
            .any(|word| first.strip_prefix(word).is_some_and(|rest| rest.starts_with(['(', '.'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOL: &str =
        "# P\n- **1.1** A socket\n  goes on here 1.9\n- **1.2** A token\n- **note** no rule\n";

    fn advice(tests: &str, untested: &[(&str, &str)]) -> Vec<String> {
        let mentions: Vec<_> = mentions_in(tests).into_iter().map(|m| ("t".to_owned(), m)).collect();
        findings(PROTOCOL, &mentions, untested).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_rule_is_named_by_a_functions_name_or_a_comment_above_a_test() {
        let tests =
            "#[test]\nfn rule_1_1_it_opens() {}\n// Rule 1.2\n#[tokio::test]\nasync fn it_closes() {}\n";
        assert_eq!(advice(tests, &[]), [""; 0]);
        assert_eq!(advice("// Rules 1.1, 1.2\nit(\"opens\", () => {});\n", &[]), [""; 0]);
        assert_eq!(advice("  // Rules 1.1, 1.2\n  test.each(all)(\"opens\", () => {});\n", &[]), [""; 0]);
    }

    #[test]
    fn a_rule_without_a_test_is_found_where_it_stands() {
        let found = advice("#[test]\nfn rule_1_1_it_opens() {}\n", &[]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("docs/protocol.md:4: no test names rule 1.2"), "{found:?}");
    }

    #[test]
    fn a_name_of_no_rule_is_found_where_it_stands() {
        let tests = "// Rules 1.1, 1.2\n#[test]\nfn a() {}\n// Rule 1.3\n#[test]\nfn rule_2_10_b() {}\n";
        let expected = ["t:4: docs/protocol.md has no rule 1.3", "t:6: docs/protocol.md has no rule 2.10"];
        assert_eq!(advice(tests, &[]), expected);
    }

    #[test]
    fn a_comment_that_stands_above_no_test_counts_for_nothing() {
        let found = advice("// Rules 1.1, 1.2\nfn helper() {}\n", &[]);
        assert_eq!(found.iter().filter(|finding| finding.contains("no test names")).count(), 2);
        assert_eq!(found.iter().filter(|finding| finding.contains("directly above a test")).count(), 2);
    }

    #[test]
    fn the_list_of_rules_without_a_test_is_as_short_as_it_can_be() {
        let named = "#[test]\nfn rule_1_1_it_opens() {}\n";
        assert_eq!(advice(named, &[("1.2", "a reason")]), [""; 0]);
        let stale = advice(named, &[("1.1", "a reason"), ("1.2", "a reason"), ("9.9", "a reason")]);
        assert_eq!(stale.len(), 2);
        assert!(stale[0].contains("rule 1.1 ") && stale[1].contains("rule 9.9 "), "{stale:?}");
    }
}

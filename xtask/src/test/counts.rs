//! Reads how many tests passed and failed from the output of the runners.
//!
//! Knows the closing lines of libtest, Vitest and Node's test runner; must not know how they are started.

/// Passed and failed tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

/// Reads one line of a runner's output; `None` for lines that count nothing.
pub(super) type Counter = fn(&str) -> Option<Counts>;

impl Counts {
    /// Adds another runner's (or another test binary's) counts.
    pub(super) fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// How many tests ran at all.
    pub(super) fn total(self) -> u64 {
        self.passed + self.failed
    }
}

/// libtest, once per test binary: `test result: ok. 5 passed; 0 failed; 0 ignored; ...`.
pub(super) fn libtest(line: &str) -> Option<Counts> {
    let plain = without_colours(line);
    let counts = plain.trim().strip_prefix("test result: ")?;
    Some(Counts { passed: number_before(counts, "passed")?, failed: number_before(counts, "failed")? })
}

/// Vitest, once: `Tests  1 failed | 4 passed (5)`; a number that is zero is left out.
pub(super) fn vitest(line: &str) -> Option<Counts> {
    let plain = without_colours(line);
    let counts = plain.trim().strip_prefix("Tests ")?;
    let number = |word| number_before(counts, word).unwrap_or(0);
    counts.trim_end().ends_with(')').then(|| Counts { passed: number("passed"), failed: number("failed") })
}

/// Node's spec reporter, one line for each kind: `ℹ pass 4`, `ℹ fail 1`, `ℹ cancelled 0`.
pub(super) fn node(line: &str) -> Option<Counts> {
    let plain = without_colours(line);
    let (kind, number) = plain.trim().strip_prefix("ℹ ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match kind {
        "pass" => Some(Counts { passed: number, failed: 0 }),
        "fail" | "cancelled" => Some(Counts { passed: 0, failed: number }),
        _ => None,
    }
}

/// The number in front of a word: 5 in `ok. 5 passed; ...`.
fn number_before(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text.split([' ', ';', '|']).filter(|part| !part.is_empty()).collect();
    let position = words.iter().position(|part| *part == word)?;
    words.get(position.checked_sub(1)?)?.parse().ok()
}

/// The line without the escape sequences that set colours (`ESC [ ... m`).
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64) -> Option<Counts> {
        Some(Counts { passed, failed })
    }

    #[test]
    fn libtest_counts_are_read_and_nothing_else() {
        let ok =
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s";
        assert_eq!(libtest(ok), counts(5, 0));
        assert_eq!(libtest("test result: FAILED. 3 passed; 2 failed; 0 ignored"), counts(3, 2));
        assert_eq!(libtest("test a_result_with_5 passed; 0 failed ... ok"), None);
        assert_eq!(libtest("running 5 tests"), None);
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        assert_eq!(vitest("      Tests  1 failed | 4 passed (5)"), counts(4, 1));
        assert_eq!(
            vitest("\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m7 passed\x1b[39m\x1b[22m\x1b[90m (7)\x1b[39m"),
            counts(7, 0)
        );
        assert_eq!(vitest("\x1b[2m Test Files \x1b[22m \x1b[32m1 passed\x1b[39m (1)"), None);
        assert_eq!(vitest("      Tests  2 failed (2)"), counts(0, 2));
    }

    #[test]
    fn nodes_counts_come_line_by_line() {
        assert_eq!(node("ℹ pass 4"), counts(4, 0));
        assert_eq!(node("\x1b[34mℹ fail 2\x1b[39m"), counts(0, 2));
        assert_eq!(node("ℹ cancelled 1"), counts(0, 1));
        assert_eq!(node("ℹ tests 7"), None);
        assert_eq!(node("✔ pass 4 (1 ms)"), None);
    }
}

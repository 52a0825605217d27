//! Constants of a Rust source with the sentences above them, read line by line.
//!
//! Must not know what a constant is for, nor how to reckon its value.

/// A constant of a module, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Constant {
    pub(super) name: String,
    /// Starts at 1.
    pub(super) line: usize,
    /// Its doc comment in one line; empty when there is none.
    pub(super) about: String,
    /// Its type.
    pub(super) kind: String,
    /// The expression on the right, in one line.
    pub(super) value: String,
}

/// All constants that begin a line: those of modules and tests inside are nobody's limits, nor are nameless assertions.
pub(super) fn constants(text: &str) -> Vec<Constant> {
    let (mut found, mut about) = (Vec::new(), Vec::new());
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if let Some(sentence) = line.strip_prefix("///") {
            about.push(sentence.trim());
            continue;
        }
        if line.starts_with("#[") {
            continue;
        }
        if let Some(rest) = declaration(line) {
            let mut whole = rest.to_owned();
            while !ends(&whole) {
                let Some((_, more)) = lines.next() else { break };
                whole = format!("{whole} {}", more.trim());
            }
            found.extend(constant(&whole, index + 1, &about));
        }
        about.clear();
    }
    found
}

/// What follows `const `, whoever may see it.
fn declaration(line: &str) -> Option<&str> {
    let public = line.strip_prefix("pub").map_or(line, |rest| {
        let rest =
            rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
        rest.trim_start()
    });
    public.strip_prefix("const ").filter(|rest| !rest.starts_with("fn ") && !rest.starts_with('_'))
}

/// Whether a declaration is whole: its semicolon is no part of a type such as `[u8; 3]` or of a comment.
fn ends(declaration: &str) -> bool {
    let code = declaration.split(" //").next().unwrap_or_default();
    code.trim_end().ends_with(';')
}

fn constant(declaration: &str, line: usize, about: &[&str]) -> Option<Constant> {
    let (left, value) = declaration.split_once(" = ")?;
    let (name, kind) = left.split_once(':')?;
    let value = value.split(" //").next()?.trim_end().strip_suffix(';')?;
    Some(Constant {
        name: name.trim().to_owned(),
        line,
        about: about.join(" "),
        kind: kind.trim().to_owned(),
        value: value.split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_has_its_name_its_sentences_and_its_expression() {
        let text = "//! Limits.\n\n/// A component, bytes;\n/// above it refused.\n#[allow(x)]\npub const A_MAX: usize = 64 * 1024;\n";
        let found = constants(text);
        let expected = Constant {
            name: "A_MAX".into(),
            line: 6,
            about: "A component, bytes; above it refused.".into(),
            kind: "usize".into(),
            value: "64 * 1024".into(),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn everyone_who_may_see_it_and_several_lines_are_read() {
        let text = "pub(crate) const A: u8 = 1;\npub(in crate::x) const B: [u8; 2] =\n    [1,\n     2]; // two\nconst C: u8 = 3;\n";
        let found: Vec<_> = constants(text).into_iter().map(|c| (c.name, c.kind, c.value)).collect();
        let row = |name: &str, kind: &str, value: &str| (name.to_owned(), kind.to_owned(), value.to_owned());
        assert_eq!(found, [row("A", "u8", "1"), row("B", "[u8; 2]", "[1, 2]"), row("C", "u8", "3")]);
    }

    #[test]
    fn assertions_functions_tests_and_other_items_are_passed_over() {
        let text = "/// Not its comment.\nfn f() {}\nconst _: () = assert!(A > 1);\nconst fn g() {}\nmod t {\n    const D: u8 = 1;\n}\nconst E: u8 = 1;\n";
        let found = constants(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].about.as_str()), ("E", ""));
    }
}

//! The paths a Rust source goes by to other modules of its crate: imports, and paths in the midst of code.
//!
//! A scanner instead of a parser: it knows comments, texts, `use` trees and what only tests have. Must not know which
//! modules there are.

/// A path that a source goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    /// Starts at 1.
    pub(super) line: usize,
    /// Such as `crate`, `people`, `Person`.
    pub(super) path: Vec<String>,
    /// The name it is known by in this module; `None` for a path in the midst of code.
    pub(super) name: Option<String>,
    /// Whether the module hands it on.
    pub(super) handed_on: bool,
}

/// What a source says of other modules.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) uses: Vec<Use>,
    /// Modules below it that only tests have.
    pub(super) test_modules: Vec<String>,
}

/// A word, `::`, or any other character, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    line: usize,
}

/// Reads a source, without what only tests have.
pub(super) fn read(text: &str) -> Source {
    let tokens = tokens(text);
    let mut source = Source::default();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        at += match rest[0].text.as_str() {
            "#" if starts_with(rest, &["#", "[", "cfg", "(", "test", ")", "]"]) => {
                let item = &rest[..item_length(rest)];
                if let [.., module, name, semicolon] = item
                    && (module.text.as_str(), semicolon.text.as_str()) == ("mod", ";")
                {
                    source.test_modules.push(name.text.clone());
                }
                item.len()
            }
            "use" => {
                let handed_on = at > 0 && matches!(tokens[at - 1].text.as_str(), "pub" | ")");
                let length = rest.iter().position(|token| token.text == ";").unwrap_or(rest.len());
                branches(&rest[1..length], &[], handed_on, &mut source.uses);
                length
            }
            "crate" | "super" | "self" if starts_with(&rest[1..], &["::"]) => {
                let path: Vec<String> = segments(rest).map(|token| token.text.clone()).collect();
                let length = path.len() * 2 - 1;
                source.uses.push(Use { line: rest[0].line, path, name: None, handed_on: false });
                length
            }
            _ => 1,
        };
    }
    source
}

fn starts_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// How many tokens the item has that begins here, its attributes included.
fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0_i32;
    let end = tokens.iter().position(|token| {
        depth += match token.text.as_str() {
            "(" | "[" | "{" => 1,
            ")" | "]" | "}" => -1,
            _ => 0,
        };
        depth == 0 && matches!(token.text.as_str(), ";" | "}")
    });
    end.map_or(tokens.len(), |end| end + 1)
}

/// The words of the path that begins here.
fn segments(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let is_path = |index: usize, token: &Token| match index % 2 {
        0 => token.text.chars().all(is_word),
        _ => token.text == "::",
    };
    let path = tokens.iter().enumerate().take_while(move |(index, token)| is_path(*index, token));
    path.filter(|(index, _)| index % 2 == 0).map(|(_, token)| token)
}

/// Every path of a `use` tree such as `a::{b, c as d}`.
fn branches(tree: &[Token], before: &[String], handed_on: bool, uses: &mut Vec<Use>) {
    let words: Vec<&Token> = segments(tree).collect();
    let Some(first) = tree.first() else { return };
    let mut path = before.to_vec();
    let rest = &tree[(words.len() * 2).saturating_sub(1).min(tree.len())..];
    path.extend(
        words.iter().map(|word| word.text.clone()).filter(|word| word != "self" || before.is_empty()),
    );
    let list = if starts_with(rest, &["::"]) { &rest[1..] } else { rest };
    if starts_with(list, &["{"]) {
        for part in parts(&list[1..list.len() - 1]) {
            branches(part, &path, handed_on, uses);
        }
        return;
    }
    let alias = rest.iter().skip_while(|token| token.text != "as").nth(1);
    let name = alias.map(|token| token.text.clone()).or_else(|| path.last().cloned());
    uses.push(Use { line: first.line, path, name, handed_on });
}

/// The branches of a list, between its commas.
fn parts(list: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_i32;
    let at_comma = |token: &Token| {
        depth += match token.text.as_str() {
            "{" => 1,
            "}" => -1,
            _ => 0,
        };
        depth == 0 && token.text == ","
    };
    list.split(at_comma).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The source's tokens, without comments and texts.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let length = hidden_length(rest).unwrap_or_else(|| {
            let length = token_length(rest);
            if !first.is_whitespace() {
                tokens.push(Token { text: rest[..length].to_owned(), line });
            }
            length
        });
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn token_length(rest: &str) -> usize {
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    match word {
        0 if rest.starts_with("::") => 2,
        0 => rest.chars().next().map_or(0, char::len_utf8),
        _ => word,
    }
}

/// How long the comment, text or character is that begins here, if one does.
fn hidden_length(rest: &str) -> Option<usize> {
    let until =
        |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(until("*/", 2));
    }
    if let Some(raw) = rest.strip_prefix('r').or_else(|| rest.strip_prefix("br")) {
        let marks = raw.len() - raw.trim_start_matches('#').len();
        if raw[marks..].starts_with('"') {
            let from = rest.len() - raw.len() + marks + 1;
            return Some(until(&format!("\"{}", "#".repeat(marks)), from));
        }
    }
    match rest.strip_prefix(['"', '\''])? {
        _ if rest.starts_with('"') => Some(1 + quoted_length(&rest[1..], '"')),
        // Without a quote behind its character it is a lifetime.
        inner if inner.starts_with('\\') || inner.chars().nth(1) == Some('\'') => {
            Some(1 + quoted_length(inner, '\''))
        }
        _ => None,
    }
}

/// How long a text is from behind its opening quote, the closing one included.
fn quoted_length(inner: &str, quote: char) -> usize {
    let mut escaped = false;
    let end = inner.find(|c: char| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(inner.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        read(text).uses.into_iter().map(|found| format!("{}:{}", found.line, found.path.join("::"))).collect()
    }

    #[test]
    fn every_branch_of_an_import_is_a_path() {
        let text = "use crate::a::{self, b::{C, D as E}};\npub(crate) use super::f;\nuse std::fmt;\n";
        assert_eq!(
            paths(text),
            ["1:crate::a", "1:crate::a::b::C", "1:crate::a::b::D", "2:super::f", "3:std::fmt"]
        );
        let names: Vec<_> =
            read(text).uses.into_iter().map(|found| (found.name.unwrap(), found.handed_on)).collect();
        let expected = [("a", false), ("C", false), ("E", false), ("f", true), ("fmt", false)];
        assert_eq!(names, expected.map(|(name, handed_on)| (name.to_owned(), handed_on)));
    }

    #[test]
    fn a_path_in_the_midst_of_code_counts_too() {
        assert_eq!(
            paths("fn a() {\n  crate::b::c(super::super::D);\n}\n"),
            ["2:crate::b::c", "2:super::super::D"]
        );
        assert_eq!(paths("pub(crate) fn a(&self) { self.b }"), [""; 0]);
    }

    #[test]
    fn comments_and_texts_say_nothing() {
        let text = "//! [`crate::a`]\n/* crate::b */ let c = \"crate::\\\"c\"; let d = r#\"crate::\"d\"#;\n\
            let e = '\"'; let f = '\\''; fn g<'a>(h: &'a crate::H) {}\n";
        assert_eq!(paths(text), ["3:crate::H"]);
    }

    #[test]
    fn what_only_tests_have_is_left_out_with_its_modules() {
        let text = "#[cfg(test)]\nmod stage;\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\n\
            #[cfg(test)]\npub(crate) mod own {\n  use crate::a;\n}\nuse crate::b;\n#[cfg(unix)]\nuse crate::c;\n";
        assert_eq!(paths(text), ["10:crate::b", "12:crate::c"]);
        assert_eq!(read(text).test_modules, ["stage", "tests"]);
    }
}

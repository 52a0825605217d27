//! TypeScript without `any`: a value of unknown shape is `unknown` and gets parsed.
//!
//! A small scanner instead of a parser: it knows comments and strings, and the words around a type.

use super::Finding;

/// Words after which a type follows.
const WORDS_BEFORE_A_TYPE: [&str; 2] = ["as", "satisfies"];

/// Characters after which a type follows: annotation, type argument, union, intersection.
const CHARS_BEFORE_A_TYPE: [char; 4] = [':', '<', '|', '&'];

/// Finds every place where code uses `any` as a type. `code` comes from [`without_comments`].
pub(super) fn any_types(path: &str, code: &str) -> Vec<Finding> {
    let code = without_strings(code);
    let advice = "`any` switches the type checker off: name the type, or take `unknown` and parse it";
    let lines = code.lines().enumerate().filter(|(_, line)| has_any_type(line));
    lines.map(|(index, _)| Finding::new(path, index + 1, advice)).collect()
}

fn has_any_type(line: &str) -> bool {
    line.match_indices("any").any(|(at, word)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let is_call = after.starts_with('(');
        !before.ends_with(is_word)
            && !after.starts_with(is_word)
            && !is_call
            && is_type_position(before, after)
    })
}

fn is_type_position(before: &str, after: &str) -> bool {
    let before = before.trim_end();
    let is_last_argument = before.ends_with(',') && after.trim_start().starts_with('>');
    let last_word = before.rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
    before.ends_with(CHARS_BEFORE_A_TYPE) || is_last_argument || WORDS_BEFORE_A_TYPE.contains(&last_word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The text with every comment blanked; lines stay where they are, strings stay as they are.
pub(super) fn without_comments(text: &str) -> String {
    blank(text, |part| matches!(part, Part::LineComment | Part::BlockComment | Part::MarkupComment))
}

fn without_strings(text: &str) -> String {
    blank(text, |part| matches!(part, Part::Text(_)))
}

/// What a character belongs to.
///
/// ```text
/// Code --//--> LineComment --newline--> Code       Code --<!----> MarkupComment ---->--> Code
/// Code --/*--> BlockComment --*/--> Code           Code --quote--> Text --same quote--> Code
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    LineComment,
    BlockComment,
    MarkupComment,
    /// A string, with the quote that ends it. Only a template (backtick) runs over lines; in markup a lone
    /// apostrophe is no string, and the end of its line puts things right.
    Text(char),
}

/// Replaces by spaces whatever `hides` says.
fn blank(text: &str, hides: impl Fn(Part) -> bool) -> String {
    let mut part = Part::Code;
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (length, next) = step(part, c, rest);
        let hidden = hides(part) || (part == Part::Code && hides(next));
        let taken = &rest[..length];
        result.extend(taken.chars().map(|c| if hidden && c != '\n' { ' ' } else { c }));
        (part, rest) = (next, &rest[length..]);
    }
    result
}

/// How many bytes the next token has and what follows it.
fn step(part: Part, c: char, rest: &str) -> (usize, Part) {
    let one = c.len_utf8();
    match part {
        Part::Code if rest.starts_with("//") => (2, Part::LineComment),
        Part::Code if rest.starts_with("/*") => (2, Part::BlockComment),
        Part::Code if rest.starts_with("<!--") => (4, Part::MarkupComment),
        Part::Code if matches!(c, '"' | '\'' | '`') => (one, Part::Text(c)),
        Part::LineComment if c == '\n' => (one, Part::Code),
        Part::BlockComment if rest.starts_with("*/") => (2, Part::Code),
        Part::MarkupComment if rest.starts_with("-->") => (3, Part::Code),
        Part::Text(_) if c == '\\' => (one + rest[one..].chars().next().map_or(0, char::len_utf8), part),
        Part::Text(quote) if c == quote || (c == '\n' && quote != '`') => (one, Part::Code),
        _ => (one, part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        any_types("a.ts", &without_comments(text)).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn any_is_found_wherever_a_type_can_stand() {
        for code in [
            "let a: any;",
            "let a: any[] = [];",
            "b as any",
            "c as  any as string",
            "let d = <any>e;",
            "f: Map<string, any>",
            "g: Promise<any>",
            "h: string | any",
            "function i(j: any) {}",
            "k satisfies any",
        ] {
            assert_eq!(found(code), [1], "{code}");
        }
    }

    #[test]
    fn the_word_in_names_texts_and_comments_is_no_type() {
        for code in [
            "const company: Anything = many;",
            "// as any as possible",
            "/* x: any\n y as any */",
            "const text = 'as any';",
            "const text = `a: any\nb as any`;",
            "<!-- : any -->",
            "if (any) { any(); }",
            "const escaped = 'it\\'s: any';",
        ] {
            assert_eq!(found(code), [0; 0], "{code}");
        }
    }

    #[test]
    fn a_comment_mark_inside_a_string_starts_no_comment() {
        assert_eq!(found("const a = 'http://x'; let b: any;"), [1]);
    }

    #[test]
    fn findings_keep_their_lines_after_comments_and_texts_over_many_lines() {
        assert_eq!(found("/* a\nb */\n`c\nd`;\nlet e: any;"), [5]);
    }

    #[test]
    fn an_apostrophe_in_markup_hides_only_the_rest_of_its_line() {
        assert_eq!(found("<p>You don't see it</p>\n{#if a}{(b as any)}{/if}"), [2]);
    }
}

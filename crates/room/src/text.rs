//! Texts that people write: in one spelling, trimmed, bounded, without characters that nobody sees or that turn others about.

use crate::reject::Reject;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Marks on one letter, in a row: more than any script needs; further ones are left out, or one letter would cover a page.
const MARKS_MAX: usize = 6;
/// Bytes that a text may have for each character that it may keep, spaces around it included; longer ones are not looked at.
const BYTES_PER_CHAR: usize = 64;

/// Trims a text and checks its length and characters.
pub fn clean_text(
    text: &str,
    name: &'static str,
    chars_max: usize,
    too_long: &'static str,
) -> Result<String, Reject> {
    let too_long = || Reject::with_detail(too_long, format!("{name}: at most {chars_max} characters"));
    // What is spelt in fewer characters may be written in more, but not in any number.
    if text.len() > chars_max.saturating_mul(BYTES_PER_CHAR) {
        return Err(too_long());
    }
    let text = spelt(text);
    if !text.chars().any(is_seen) {
        return Err(Reject::bad_payload(format!("{name}: a text that is not empty")));
    }
    if text.chars().count() > chars_max {
        return Err(too_long());
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Reject::bad_payload(format!("{name}: no control characters")));
    }
    Ok(text)
}

/// As [`clean_text`], on one line.
pub fn clean_line(
    text: &str,
    name: &'static str,
    chars_max: usize,
    too_long: &'static str,
) -> Result<String, Reject> {
    let line = clean_text(text, name, chars_max, too_long)?;
    if line.contains('\n') { Err(Reject::bad_payload(format!("{name}: one line"))) } else { Ok(line) }
}

/// A text in its one spelling (NFC): what looks the same is the same, reads in its own direction and stays in its line.
pub fn spelt(text: &str) -> String {
    let mut spelt = String::with_capacity(text.len());
    let (mut before, mut marks) = (None, 0);
    for c in text.trim().nfc().filter_map(shown) {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MARKS_MAX || (is_tag(c) && !before.is_some_and(|before| is_tag(before) || before == FLAG))
        {
            continue;
        }
        spelt.push(c);
        before = Some(c);
    }
    spelt.trim().to_owned()
}

/// The black flag: with tags behind it that of a country within a country.
const FLAG: char = '\u{1f3f4}';

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// A character as it is kept: line separators are line breaks, what has no picture or turns the text about is left out. Joiners
/// stay, without which Persian, Indic scripts and families of emoji cannot be written.
fn shown(c: char) -> Option<char> {
    match c {
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}'
        | '\u{200f}' => None,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' => None,
        '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e001f}' => None,
        c => Some(c),
    }
}

/// Whether a character leaves anything on the page by itself.
fn is_seen(c: char) -> bool {
    !c.is_whitespace() && !is_combining_mark(c) && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{2800}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, &'static str> {
        clean_line(text, "nickname", 40, "nickname_too_long").map_err(|reject| reject.reason)
    }

    // Rule 6.7
    #[test]
    fn what_looks_the_same_is_the_same() {
        for written in [
            "Zo\u{eb}",
            "Zoe\u{308}",
            " Zo\u{200b}\u{eb}\u{feff} ",
            "\u{202e}Zo\u{eb}\u{202c}",
            "\u{2067}Zoë",
        ] {
            assert_eq!(name(written), Ok("Zoë".into()), "{written:?}");
        }
        assert_eq!(name("\u{1100}\u{1161}"), Ok("가".into()), "letters of Hangul become their syllable");
    }

    #[test]
    fn scripts_and_emoji_keep_what_they_are_made_of() {
        let kept = [
            "می\u{200c}خواهم",
            "שָׁלוֹם",
            "👩\u{200d}👩\u{200d}👧",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e007f}",
            "❤\u{fe0f}",
            "नमस्ते",
            "ព្រះ",
        ];
        for written in kept {
            assert_eq!(name(written), Ok(written.nfc().collect::<String>()));
        }
    }

    #[test]
    fn a_letter_keeps_a_few_marks_of_ten_thousand() {
        let heaped = format!("a{}b", "\u{301}\u{323}\u{489}".repeat(3_333));
        assert!(spelt(&heaped).chars().count() <= 2 + MARKS_MAX);
        assert!(spelt(&heaped).ends_with('b'));
    }

    #[test]
    fn what_nobody_sees_is_no_name() {
        for written in [
            "",
            " \n ",
            "\u{3164}",
            "\u{200d}\u{200d}",
            "\u{2800}\u{2800}",
            "\u{301}",
            "\u{e0041}",
            "\u{202e}",
        ] {
            assert_eq!(name(written), Err("bad_payload"), "{written:?}");
        }
        assert_eq!(name("a\u{2028}b"), Err("bad_payload"), "a line separator breaks the line");
        assert_eq!(name(&"é".repeat(41)), Err("nickname_too_long"));
        assert_eq!(name(&"e\u{301}".repeat(40)), Ok("é".repeat(40)), "counted as it is kept");
        assert_eq!(name(&"x".repeat(100_000)), Err("nickname_too_long"));
    }
}

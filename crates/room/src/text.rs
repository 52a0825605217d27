//! Texts that people write: trimmed, bounded, without control characters.

use crate::reject::Reject;

/// Trims a text and checks its length and characters.
pub fn clean_text(
    text: &str,
    name: &'static str,
    chars_max: usize,
    too_long: &'static str,
) -> Result<String, Reject> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reject::bad_payload(format!("{name}: a text that is not empty")));
    }
    if text.chars().count() > chars_max {
        return Err(Reject::with_detail(too_long, format!("{name}: at most {chars_max} characters")));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Reject::bad_payload(format!("{name}: no control characters")));
    }
    Ok(text.to_owned())
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

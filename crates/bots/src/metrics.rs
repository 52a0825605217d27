//! A server's `/metrics` as text: the few figures a report shows. Knows the format and the names, no network.
//!
//! Source: Prometheus text exposition format 0.0.4. What is absent or cannot be read is `None`, never an error.

use std::collections::BTreeMap;

/// What one look at `/metrics` told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// CPU time of the server's process, seconds.
    pub cpu_seconds: Option<f64>,
    /// Memory of the server's process, bytes.
    pub rss_bytes: Option<f64>,
    /// Motion frames passed over because a newer one was there.
    pub frames_dropped: Option<f64>,
    /// Ticks that rooms did not get to.
    pub ticks_missed: Option<f64>,
    /// How much quality is shed, largest of all rooms; 0 is none.
    pub shed_level: Option<f64>,
    /// Payload bytes sent to clients.
    pub sent_bytes: Option<f64>,
    /// Ended connections, by the server's reason.
    pub disconnects: BTreeMap<String, f64>,
}

impl Figures {
    /// Reads a whole answer; lines that cannot be read are left out.
    pub fn read(text: &str) -> Self {
        let mut figures = Self::default();
        for sample in text.lines().filter_map(Sample::read) {
            let Sample { name, value, .. } = sample;
            match name {
                "process_cpu_seconds_total" => add(&mut figures.cpu_seconds, value),
                "process_resident_memory_bytes" => add(&mut figures.rss_bytes, value),
                "thexr_frames_dropped_total" => add(&mut figures.frames_dropped, value),
                "thexr_ticks_missed_total" => add(&mut figures.ticks_missed, value),
                "thexr_sent_bytes_total" => add(&mut figures.sent_bytes, value),
                "thexr_shed_level" => {
                    figures.shed_level = Some(figures.shed_level.map_or(value, |other| other.max(value)));
                }
                "thexr_disconnects_total" => {
                    let reason = sample.label("reason").unwrap_or_default();
                    *figures.disconnects.entry(reason).or_default() += value;
                }
                _ => {}
            }
        }
        figures
    }
}

fn add(sum: &mut Option<f64>, value: f64) {
    *sum = Some(sum.unwrap_or_default() + value);
}

/// One line: `name{label="value",…} number [time]`.
struct Sample<'a> {
    name: &'a str,
    labels: Vec<(&'a str, String)>,
    value: f64,
}

impl<'a> Sample<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with('#') {
            return None;
        }
        let (name, rest) = line.split_at(line.find(['{', ' ', '\t'])?);
        let (labels, rest) = match rest.strip_prefix('{') {
            Some(inside) => read_labels(inside)?,
            None => (Vec::new(), rest),
        };
        let value: f64 = rest.split_whitespace().next()?.parse().ok()?;
        // NaN and infinities are spellings of the format, but no figures.
        value.is_finite().then_some(Self { name, labels, value })
    }

    fn label(&self, name: &str) -> Option<String> {
        self.labels.iter().find(|(label, _)| *label == name).map(|(_, value)| value.clone())
    }
}

/// Reads `name="value",…}`; returns the labels and what follows the brace.
fn read_labels(mut rest: &str) -> Option<(Vec<(&str, String)>, &str)> {
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix('}') {
            return Some((labels, after));
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, after) = read_quoted(quoted)?;
        labels.push((name.trim(), value));
        rest = after;
    }
}

/// Reads up to the closing quote, undoing `\\`, `\"` and `\n`.
fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    loop {
        let (at, letter) = letters.next()?;
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match letters.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP process_cpu_seconds_total CPU\n# TYPE process_cpu_seconds_total counter\n\
        process_cpu_seconds_total 12.75\nprocess_resident_memory_bytes 1.5e8 1700000000000\n\n\
        thexr_frames_dropped_total{room=\"a\"} 3\nthexr_frames_dropped_total{room=\"b\"} 4\n\
        thexr_ticks_missed_total 0\nthexr_shed_level{room=\"a\"} 1\nthexr_shed_level{room=\"b\"} 0\n\
        thexr_sent_bytes_total 9007199254740992\n\
        thexr_disconnects_total{reason=\"left\"} 7\nthexr_disconnects_total{reason=\"a \\\"b\\\", } c\",} 1\n\
        thexr_tick_seconds_bucket{le=\"+Inf\"} 5\n";

    #[test]
    fn figures_are_read_summed_over_labels_and_the_level_is_the_largest() {
        let figures = Figures::read(TEXT);
        assert_eq!(figures.cpu_seconds, Some(12.75));
        assert_eq!(figures.rss_bytes, Some(1.5e8));
        assert_eq!(figures.frames_dropped, Some(7.0));
        assert_eq!(figures.ticks_missed, Some(0.0));
        assert_eq!(figures.shed_level, Some(1.0));
        assert_eq!(figures.sent_bytes, Some(9_007_199_254_740_992.0));
        let disconnects = [("left".to_owned(), 7.0), ("a \"b\", } c".to_owned(), 1.0)];
        assert_eq!(figures.disconnects, disconnects.into());
    }

    #[test]
    fn what_is_absent_is_none() {
        assert_eq!(Figures::read(""), Figures::default());
        assert_eq!(Figures::read("<html><body>404</body></html>"), Figures::default());
    }

    #[test]
    fn garbled_lines_are_left_out() {
        for line in [
            "process_cpu_seconds_total",
            "process_cpu_seconds_total x",
            "process_cpu_seconds_total NaN",
            "process_cpu_seconds_total +Inf",
            "process_cpu_seconds_total{a=\"b 1",
            "process_cpu_seconds_total{a 1",
            "process_cpu_seconds_total{a=\"b\\",
            "{} 1",
        ] {
            assert_eq!(Figures::read(line), Figures::default(), "{line}");
            let both = format!("{line}\nthexr_ticks_missed_total 2\n");
            assert_eq!(Figures::read(&both).ticks_missed, Some(2.0), "{line}");
        }
    }

    #[test]
    fn a_text_cut_anywhere_never_panics() {
        (0..TEXT.len()).filter_map(|end| TEXT.get(..end)).for_each(|text| drop(Figures::read(text)));
    }
}

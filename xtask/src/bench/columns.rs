//! A Markdown table whose rows are printed one by one and still stand below each other.
//!
//! Must not know what is in it.

/// The widths of a table's columns.
pub(super) struct Columns {
    label_width: usize,
    names: Vec<&'static str>,
}

/// Columns of a number, at least.
const WIDTH_MIN: usize = 6;

impl Columns {
    /// A table with a column for what a row is about and one for each name.
    pub(super) fn new(label_width: usize, names: Vec<&'static str>) -> Columns {
        Columns { label_width, names }
    }

    /// The names and the line below them.
    pub(super) fn heading(&self) -> String {
        let names = self.row("", self.names.iter().map(|name| (*name).to_owned()));
        format!("{names}\n|---|{}", "--:|".repeat(self.names.len()))
    }

    /// One row; numbers stand to the right.
    pub(super) fn row(&self, label: &str, values: impl Iterator<Item = String>) -> String {
        let cells = self.names.iter().zip(values).map(|(name, value)| {
            let width = name.chars().count().max(WIDTH_MIN);
            format!(" {value:>width$} |")
        });
        format!("| {label:width$} |{}", cells.collect::<String>(), width = self.label_width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_below_the_names() {
        let columns = Columns::new(5, vec!["cores", "down kbit/s"]);
        let row = columns.row("one", ["0.5".to_owned(), "-".to_owned()].into_iter());
        assert_eq!(
            format!("{}\n{row}", columns.heading()),
            "|       |  cores | down kbit/s |\n|---|--:|--:|\n| one   |    0.5 |           - |"
        );
    }
}

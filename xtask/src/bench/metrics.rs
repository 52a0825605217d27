//! Reads Prometheus' text format as far as a bench needs it: one number for each name.
//!
//! Must not know what the names mean.

/// The value of a metric, summed over its labels; `None` when no line has that name.
pub(super) fn value(text: &str, name: &str) -> Option<f64> {
    let values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let value = match rest.strip_prefix('{') {
            Some(labelled) => labelled.rsplit_once('}')?.1,
            None => rest.strip_prefix(' ')?,
        };
        // A timestamp may follow.
        value.split_whitespace().next()?.parse::<f64>().ok()
    });
    values.reduce(|sum, value| sum + value)
}

/// The mean of what a histogram or summary saw between two readings.
pub(super) fn mean_between(before: &str, after: &str, name: &str) -> Option<f64> {
    let grown = |part: &str| {
        let name = format!("{name}_{part}");
        Some(value(after, &name)? - value(before, &name).unwrap_or(0.0))
    };
    let (sum, count) = (grown("sum")?, grown("count")?);
    (count > 0.0).then_some(sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "thexr_tick_seconds_sum 1.5\nthexr_tick_seconds_count 100\n";
    const AFTER: &str = "# HELP thexr_people People inside rooms\n# TYPE thexr_people gauge\nthexr_people 7\n\
        thexr_people_total 9\nthexr_disconnects_total{reason=\"a b\"} 2\nthexr_disconnects_total{reason=\"c\"} 3 17\n\
        thexr_tick_seconds_sum 2\nthexr_tick_seconds_count 200\n";

    #[test]
    fn a_value_is_that_of_its_whole_name_and_summed_over_labels() {
        assert_eq!(value(AFTER, "thexr_people"), Some(7.0));
        assert_eq!(value(AFTER, "thexr_disconnects_total"), Some(5.0));
        assert_eq!(value(AFTER, "thexr_rooms"), None);
    }

    #[test]
    fn a_mean_is_over_what_came_between_the_readings() {
        assert_eq!(mean_between(BEFORE, AFTER, "thexr_tick_seconds"), Some(0.005));
        assert_eq!(mean_between(AFTER, AFTER, "thexr_tick_seconds"), None);
        assert_eq!(mean_between("", "", "thexr_tick_seconds"), None);
    }
}

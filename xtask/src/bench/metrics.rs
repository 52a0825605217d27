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

/// The share of what a histogram saw between two readings that is at most this: as exact as its buckets, between which it is
/// taken to be spread evenly.
pub(super) fn quantile_between(before: &str, after: &str, name: &str, share: f64) -> Option<f64> {
    let counts = |text: &str| {
        let prefix = format!("{name}_bucket{{");
        let mut counts = std::collections::BTreeMap::<u64, (f64, f64)>::new();
        for line in text.lines().filter_map(|line| line.strip_prefix(&prefix)) {
            let (labels, value) = line.rsplit_once('}')?;
            let bound = labels.split("le=\"").nth(1)?.split('"').next()?;
            let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
            let count: f64 = value.split_whitespace().next()?.parse().ok()?;
            // Bounds are positive: their bits are in their order.
            counts.entry(bound.to_bits()).or_insert((bound, 0.0)).1 += count;
        }
        Some(counts)
    };
    let (before, after) = (counts(before)?, counts(after)?);
    let grown = |bits: &u64, count: f64| count - before.get(bits).map_or(0.0, |(_, before)| *before);
    let all =
        after.iter().map(|(bits, (_, count))| grown(bits, *count)).next_back().filter(|all| *all > 0.0)?;
    let (mut below_s, mut below) = (0.0, 0.0);
    for (bits, (bound, count)) in &after {
        let count = grown(bits, *count);
        if count >= share * all {
            let part = if count > below { (share * all - below) / (count - below) } else { 1.0 };
            return Some(if bound.is_finite() { below_s + (bound - below_s) * part } else { below_s });
        }
        (below_s, below) = (*bound, count);
    }
    None
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
    fn a_quantile_is_found_in_the_buckets_that_grew() {
        let before = "t_bucket{le=\"0.001\"} 100\nt_bucket{le=\"0.01\"} 100\nt_bucket{le=\"+Inf\"} 100\n";
        let after = "t_bucket{le=\"0.001\"} 150\nt_bucket{le=\"0.01\"} 200\nt_bucket{le=\"+Inf\"} 200\n";
        assert_eq!(quantile_between(before, after, "t", 0.5), Some(0.001));
        let p99 = quantile_between(before, after, "t", 0.99).unwrap();
        assert!((p99 - 0.00982).abs() < 1e-9, "{p99}");
        assert_eq!(quantile_between(after, after, "t", 0.5), None);
        assert_eq!(quantile_between("", "", "t", 0.5), None);
    }

    #[test]
    fn a_mean_is_over_what_came_between_the_readings() {
        assert_eq!(mean_between(BEFORE, AFTER, "thexr_tick_seconds"), Some(0.005));
        assert_eq!(mean_between(AFTER, AFTER, "thexr_tick_seconds"), None);
        assert_eq!(mean_between("", "", "thexr_tick_seconds"), None);
    }
}

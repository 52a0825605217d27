//! Small sentences that several pages share: how many people, how long ago. Pure; `site.ts` says the same ones.

/// "Nobody inside", "1 person inside", "12 people inside".
pub fn people_inside(people: u32) -> String {
    match people {
        0 => "Nobody inside".to_owned(),
        1 => "1 person inside".to_owned(),
        more => format!("{more} people inside"),
    }
}

/// "just now", "5 minutes ago", …; a time in the future is now.
pub fn ago(now_ms: i64, at_ms: i64) -> String {
    const STEPS: [(i64, &str); 6] = [
        (365 * 86_400, "year"),
        (30 * 86_400, "month"),
        (7 * 86_400, "week"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
    ];
    let seconds = now_ms.saturating_sub(at_ms) / 1000;
    let step = STEPS.into_iter().map(|(length, name)| (seconds / length, name)).find(|(count, _)| *count > 0);
    match step {
        None => "just now".to_owned(),
        Some((1, name)) => format!("1 {name} ago"),
        Some((count, name)) => format!("{count} {name}s ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_in_words() {
        assert_eq!([0, 1, 2].map(people_inside), ["Nobody inside", "1 person inside", "2 people inside"]);
    }

    #[test]
    fn a_time_is_told_in_its_largest_whole_unit() {
        let ago_s = |seconds: i64| ago(1_000_000_000_000, 1_000_000_000_000 - seconds * 1000);
        assert_eq!(ago_s(59), "just now");
        assert_eq!(ago_s(60), "1 minute ago");
        assert_eq!(ago_s(7_300), "2 hours ago");
        assert_eq!(ago_s(8 * 86_400), "1 week ago");
        assert_eq!(ago_s(800 * 86_400), "2 years ago");
        assert_eq!(ago_s(-500), "just now");
    }
}

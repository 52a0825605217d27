//! CPU time of this very process, so that an operator sees when the bots are the bottleneck. Linux only; else `None`.

use std::fs::read_to_string;

/// Clock ticks per second in `/proc` (`USER_HZ`): 100 on everything Linux runs servers on.
const TICKS_PER_S: f64 = 100.0;

/// CPU time of this process so far, user and system, seconds.
pub(crate) fn cpu_seconds() -> Option<f64> {
    parse(&read_to_string("/proc/self/stat").ok()?)
}

/// Fields 14 and 15 of proc_pid_stat(5); the second field is a name that may hold anything but its own last bracket.
fn parse(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) as f64 / TICKS_PER_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_added_whatever_the_name_is() {
        let stat = "42 (a b) c) S 1 42 42 0 -1 4194560 99 0 0 0 250 50 7 7 20 0 4 0 100 1000 50";
        assert_eq!(parse(stat), Some(3.0));
        assert_eq!(parse("42 (x) S 1"), None);
        assert_eq!(parse(""), None);
    }
}

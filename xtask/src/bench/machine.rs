//! Names the machine and the day of a measurement; a number without them says nothing.
//!
//! Knows /proc and a few commands; must not know what is measured.

use std::process::Command;

use crate::process;

/// One line: processor, cores, memory, kernel, compiler, day (UTC), and how busy it is before anything is measured.
pub(super) fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = said(Command::new("uname").args(["-s", "-r"]));
    let compiler = said(Command::new("rustc").arg("--version"));
    let day = said(Command::new("date").args(["-u", "+%Y-%m-%d"]));
    let (model, memory) = (processor(), memory());
    format!("{model}, {cores} cores, {memory}; {kernel}; {compiler}; {day}; load before {}", busy())
}

fn said(command: &mut Command) -> String {
    process::output(command).unwrap_or_else(|| format!("no {}", command.get_program().to_string_lossy()))
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    field(&text, "model name").unwrap_or_else(|| said(Command::new("uname").arg("-m")))
}

fn memory() -> String {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = field(&text, "MemTotal").and_then(|value| value.split(' ').next()?.parse::<u64>().ok());
    kibibytes.map_or_else(|| "unknown memory".to_owned(), |kib| format!("{} GiB", kib.div_ceil(1 << 20)))
}

/// Programs that wanted to run, mean of the last minute: a number measured beside others' work is not ours alone.
fn busy() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned()
}

/// The value of the first line `key : value`.
fn field(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_from_the_first_line_that_has_it() {
        let text = "processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\nmodel name\t: other\n";
        assert_eq!(field(text, "model name").as_deref(), Some("Fast CPU @ 3 GHz"));
        assert_eq!(field(text, "bogomips"), None);
    }
}

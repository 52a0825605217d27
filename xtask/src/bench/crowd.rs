//! `cargo xtask bench crowd`: whole crowds on a release server, each scenario against its limits.
//!
//! Owns the options and what all scenarios share. A scenario is a row in `scenarios`. A missed limit is an answer and
//! no failure: only a run that broke fails. Must not know how bots walk or what the server does.

mod limits;
mod measure;
mod report;
mod restart;
mod rows;
mod scenarios;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use super::{against, table};
use crate::build;
use crate::project::Project;

pub(super) use limits::verdict;
pub(super) use measure::{Crowd, Measured, measure};
pub(super) use report::Report;
pub(super) use rows::number;
use scenarios::{Kind, Scenario};

/// For the list of benches.
pub(super) const ABOUT: &str =
    "a thousand people and more; only when named, `bench crowd --list` for its scenarios";

/// People in whose terms the scenarios are written; `--people` puts another number in its place.
const PEOPLE: u32 = 1000;

/// What to measure of a crowd, and on what.
#[derive(Args)]
#[group(id = "crowd")]
pub(super) struct Options {
    /// crowd: only this scenario (with --against: only this peer)
    #[arg(long, value_name = "NAME", requires = "name")]
    only: Option<String>,
    /// crowd: seconds to measure, instead of each scenario's own
    #[arg(long, value_name = "N", requires = "name")]
    seconds: Option<u64>,
    /// crowd: people instead of 1000, other numbers in proportion
    #[arg(long, value_name = "N", requires = "name")]
    people: Option<u32>,
    /// crowd: measure this thexr instead of building one
    #[arg(long, value_name = "FILE", requires = "name")]
    binary: Option<PathBuf>,
    /// crowd: measure ours beside a bare socket loop, Colyseus and a naive broadcast
    #[arg(long, requires = "name")]
    against: bool,
}

/// What every run needs.
pub(super) struct Context<'a> {
    pub(super) project: &'a Project,
    /// The server, which is also the bots.
    pub(super) binary: PathBuf,
    seconds: Option<u64>,
    people: Option<u32>,
}

impl Options {
    /// Whether any of them was given; they mean nothing to other benches.
    pub(super) fn any(&self) -> bool {
        let Options { only, seconds, people, binary, against } = self;
        only.is_some() || seconds.is_some() || people.is_some() || binary.is_some() || *against
    }
}

impl Context<'_> {
    /// So many people, or as many in proportion to `--people`.
    pub(super) fn people(&self, people: u32) -> u32 {
        self.people.map_or(people, |asked| (people * asked / PEOPLE).max(1))
    }

    /// So many seconds, or those asked for.
    pub(super) fn seconds(&self, seconds: u64) -> u64 {
        self.seconds.unwrap_or(seconds)
    }

    /// The crowd as the options want it.
    fn adjusted(&self, crowd: &Crowd) -> Crowd {
        let (people, seconds) = (self.people(crowd.people), self.seconds(crowd.seconds));
        let at_pace = |joins: u32| self.people(joins);
        Crowd { people, seconds, joins_per_second: crowd.joins_per_second.map(at_pace), ..*crowd }
    }
}

/// The scenarios' names and what they are about, or the peers'.
pub(super) fn list(options: &Options) {
    if options.against {
        return against::list();
    }
    scenarios::ALL.iter().for_each(|scenario| println!("{:14} {}", scenario.name, scenario.about));
}

/// Measures what was asked for and prints it.
///
/// Errors: no such scenario, a build failed, a run broke.
pub(super) fn run(project: &Project, options: &Options) -> Result<()> {
    let only = options.only.as_deref();
    let wanted = |scenario: &&Scenario| only.is_none_or(|name| name == scenario.name);
    let selected: Vec<&Scenario> = scenarios::ALL.iter().filter(wanted).collect();
    ensure!(
        options.against || !selected.is_empty(),
        "no scenario `{}`; see --list",
        only.unwrap_or_default()
    );
    let binary = match &options.binary {
        Some(binary) => std::path::absolute(binary)?,
        None => {
            build::release_server(project)?;
            project.server_binary("release")
        }
    };
    let context = Context { project, binary, seconds: options.seconds, people: options.people };
    if options.against {
        return against::run(&context, only);
    }
    for scenario in selected {
        println!("\n── {}: {}", scenario.name, scenario.about);
        scenario.run(&context)?;
    }
    Ok(())
}

impl Scenario {
    fn run(&self, context: &Context<'_>) -> Result<()> {
        match &self.kind {
            Kind::Crowd { crowd, limits } => {
                let crowd = context.adjusted(crowd);
                println!("{}", crowd.about());
                let measured = measure(context, &crowd)?;
                print!("{}", table::render(measured.report.json()));
                print!("{}", table::render(&measured.beside()));
                limits.iter().for_each(|limit| println!("{}", limit.verdict(&measured)));
                Ok(())
            }
            Kind::Restart(crowd) => restart::run(context, &context.adjusted(crowd)),
            Kind::Rows(groups) => groups.iter().try_for_each(|group| rows::run(context, group)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_number_of_people_changes_all_numbers_in_proportion() {
        let project = Project::load().unwrap();
        let context =
            |people| Context { project: &project, binary: PathBuf::new(), seconds: Some(5), people };
        assert_eq!(context(None).people(2000), 2000);
        assert_eq!(context(Some(50)).people(2000), 100);
        let storm = Crowd { joins_per_second: Some(100), ..Crowd::STROLLING };
        let small = context(Some(50)).adjusted(&storm);
        assert_eq!((small.people, small.joins_per_second, small.seconds), (50, Some(5), 5));
    }
}

//! The list of attacks. Each prepares itself, says so, and then does its worst until the run ends.
//!
//! A new attack is a row here and a function below. Must not know who judges it.

mod bodies;
mod crowds;
mod doors;
mod rules;
mod shots;
mod state;
mod talk;
mod voices;

use std::pin::Pin;
use std::sync::Arc;

use anyhow::Result;

use crate::ground::Ground;

/// An attack at work.
pub(crate) type Work = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Which newcomers are looked at beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newcomers {
    /// None: they would disturb what is measured.
    No,
    /// They come to the attacked room.
    Here,
    /// Each comes to another room, which nobody has opened yet.
    Elsewhere,
}

/// An attack.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// How long it lasts.
    pub(crate) seconds: u64,
    /// Arguments of the server it needs.
    pub(crate) server: &'static [&'static str],
    pub(crate) newcomers: Newcomers,
    pub(crate) work: fn(Arc<Ground>) -> Work,
}

/// A server that believes made-up addresses, so that nobody is exempt for coming from this machine.
const PROXIED: &[&str] = &["--trust-proxy", "127.0.0.1"];

/// The same with few places in a room.
const NARROW: &[&str] = &["--trust-proxy", "127.0.0.1", "--people-max", "20", "--peers-max", "20"];

const fn attack(
    name: &'static str,
    about: &'static str,
    seconds: u64,
    work: fn(Arc<Ground>) -> Work,
) -> Attack {
    Attack { name, about, seconds, server: PROXIED, newcomers: Newcomers::No, work }
}

/// All of them, in the order they are run.
pub(crate) const ALL: [Attack; 20] = [
    attack("nodes", "12 MiB of tiny JSON nodes in a room, then anonymous page views", 25, |ground| {
        Box::pin(state::nodes_and_views(ground))
    }),
    attack("heap", "10,000 things end with their keeper, 6,000 more by their time", 15, |ground| {
        Box::pin(state::heap(ground))
    }),
    attack("bodies", "5,000 boxes that never rest, and 5,000 more in one place", 25, |ground| {
        Box::pin(bodies::bodies(ground))
    }),
    attack(
        "claims",
        "20 people claim to simulate 64 of 1,000 boxes each, sixty times a second",
        25,
        |ground| Box::pin(bodies::claims(ground)),
    ),
    attack("rules", "20 people set off 16,000 rules that would go on for ever", 15, |ground| {
        Box::pin(rules::rules_without_end(ground))
    }),
    attack(
        "shots",
        "20 people shoot, reload, change and drop weapons as fast as they are heard",
        20,
        |ground| Box::pin(shots::shots(ground)),
    ),
    attack("restore", "a room of up to 54 MiB is restored as often as it may be", 15, |ground| {
        Box::pin(state::restore(ground))
    }),
    attack("resumes", "ten people resume over 0.9 MiB of events at once, twice a second", 15, |ground| {
        Box::pin(state::resumes(ground))
    }),
    attack("duplicate", "a group of 0.9 MiB is copied and deleted as fast as allowed", 15, |ground| {
        Box::pin(talk::duplicate(ground))
    }),
    attack("shouts", "one person shouts 16 KiB sixty times a second", 25, |ground| {
        Box::pin(talk::shouts(ground))
    }),
    attack("updates", "one person stores 1 MiB of components a second", 20, |ground| {
        Box::pin(talk::updates(ground))
    }),
    attack("ids", "20 people fill the room's memory of command ids and go on", 15, |ground| {
        Box::pin(talk::ids(ground))
    }),
    attack("twenty", "20 hostile people update, copy and shout at once", 20, |ground| {
        Box::pin(talk::twenty(ground))
    }),
    attack(
        "slow-readers",
        "200 connections that never read, in a room with something to tell",
        25,
        |ground| Box::pin(crowds::slow_readers(ground)),
    ),
    attack("voices", "20 people offer lines for voices while 40,000 datagrams a second come", 20, |ground| {
        Box::pin(voices::voices(ground))
    }),
    attack("longpoll", "8 posts at a time of as many nodes as a body holds", 15, |ground| {
        Box::pin(crowds::longpoll(ground))
    }),
    Attack {
        server: NARROW,
        newcomers: Newcomers::Here,
        ..attack("connections", "one person opens 50 connections to a room for 20", 15, |ground| {
            Box::pin(doors::connections(ground))
        })
    },
    Attack {
        server: NARROW,
        newcomers: Newcomers::Here,
        ..attack("previews", "20 people look at a room for 20 without entering", 15, |ground| {
            Box::pin(doors::previews(ground))
        })
    },
    Attack {
        newcomers: Newcomers::Here,
        ..attack(
            "bad-joins",
            "1,900 sockets of 20 addresses ask to join under impossible names",
            25,
            |ground| Box::pin(doors::bad_joins(ground)),
        )
    },
    Attack {
        newcomers: Newcomers::Elsewhere,
        ..attack("rooms", "21 sockets look at 2,000 rooms", 20, |ground| Box::pin(doors::rooms(ground)))
    },
];

/// JSON of about so many bytes that is as many values as it can be: `[{"":0},…]`.
fn nodes(bytes: usize) -> String {
    const NODE: &str = "{\"\":0}";
    let count = (bytes.saturating_sub(2) / (NODE.len() + 1)).max(1);
    format!("[{}]", vec![NODE; count].join(","))
}

/// A JSON text of so many bytes.
fn text(bytes: usize) -> String {
    format!("\"{}\"", "x".repeat(bytes.saturating_sub(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_and_short_enough_for_a_table() {
        let names: std::collections::BTreeSet<&str> = ALL.iter().map(|attack| attack.name).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(names.iter().all(|name| name.len() <= 14));
    }

    #[test]
    fn every_attack_is_bounded() {
        assert!(ALL.iter().all(|attack| (1..=30).contains(&attack.seconds)));
    }

    #[test]
    fn payloads_are_json_of_the_wanted_size() {
        for bytes in [10, 1_000, 60_000] {
            let (nodes, text) = (nodes(bytes), text(bytes));
            assert!(nodes.len() <= bytes && nodes.len() + 8 > bytes, "{bytes} {}", nodes.len());
            assert_eq!(text.len(), bytes);
            assert!(serde_json::from_str::<serde_json::Value>(&nodes).unwrap().is_array());
            assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_string());
        }
    }
}

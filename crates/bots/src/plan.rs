//! What a run is to do, and whether it can be done. Does nothing.

use crate::delay::Weather;
use crate::limits::{
    AREA_M_MAX, AREA_M_MIN, BOTS_MAX, DELAY_MS_MAX, JOINS_PER_SECOND_MAX, RATE_HZ_MAX, ROOMS_MAX, SECONDS_MAX,
};
use crate::mix::Mix;
use anyhow::{Result, ensure};
use thexr_wire::RoomId;

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server, such as `http://127.0.0.1:4000`.
    pub url: String,
    /// The rooms; bots are dealt over them in turn.
    pub rooms: Vec<RoomId>,
    /// How many bots.
    pub count: usize,
    /// Who of them behaves how.
    pub mix: Mix,
    /// Edge of the square they walk in, metres.
    pub area_m: f32,
    /// Poses per second of each, 1 to 20.
    pub rate_hz: u32,
    /// Joins begun per second.
    pub joins_per_second: u32,
    /// How long to measure once everyone is in, seconds.
    pub seconds: u64,
    /// The operator's key, for servers that do not give visitors to everyone.
    pub key: Option<String>,
    /// Seed of everything that is chosen by chance.
    pub seed: u64,
    /// Boxes put into each room before anyone joins.
    pub furnish: usize,
    /// Durable commands per second of each bot, at most 20; 0 for none.
    pub commands_hz: u32,
    /// The line of flaky bots.
    pub weather: Weather,
}

impl Plan {
    /// Says what is wrong with a plan that cannot be carried out, in the words of the command line.
    pub fn check(&self) -> Result<()> {
        let Weather { delay_ms, jitter_ms, loss } = self.weather;
        let is_new = |(at, room): (usize, &RoomId)| !self.rooms[..at].contains(room);
        ensure!((1..=BOTS_MAX).contains(&self.count), "--count: between 1 and {BOTS_MAX} bots, please");
        ensure!(
            (1..=ROOMS_MAX).contains(&self.rooms.len()),
            "--room: between 1 and {ROOMS_MAX} rooms, please"
        );
        ensure!(self.rooms.iter().enumerate().all(is_new), "--room: each room once, please");
        ensure!(
            (1..=RATE_HZ_MAX).contains(&self.rate_hz),
            "--rate: between 1 and {RATE_HZ_MAX} poses a second, please"
        );
        ensure!(
            (1..=JOINS_PER_SECOND_MAX).contains(&self.joins_per_second),
            "--joins-per-second: between 1 and {JOINS_PER_SECOND_MAX}, please"
        );
        ensure!(
            (1..=SECONDS_MAX).contains(&self.seconds),
            "--seconds: between 1 and {SECONDS_MAX} (a day), please"
        );
        ensure!(self.commands_hz <= RATE_HZ_MAX, "--commands: at most {RATE_HZ_MAX} a second, please");
        ensure!(
            (AREA_M_MIN..=AREA_M_MAX).contains(&self.area_m),
            "--area: between {AREA_M_MIN} and {AREA_M_MAX} metres, please"
        );
        ensure!(
            delay_ms <= DELAY_MS_MAX && jitter_ms <= DELAY_MS_MAX,
            "--delay-ms, --jitter-ms: at most {DELAY_MS_MAX}, please"
        );
        ensure!((0.0..=1.0).contains(&loss), "--loss: a share between 0 and 1, please");
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::mix::Behaviour;

    /// A plan of so many walkers in one room.
    pub(crate) fn plan(count: usize) -> Plan {
        Plan {
            url: "http://127.0.0.1:9".into(),
            rooms: vec![RoomId::parse("abcde").unwrap()],
            count,
            mix: Mix::only(Behaviour::Stroll),
            area_m: 100.0,
            rate_hz: 20,
            joins_per_second: 50,
            seconds: 1,
            key: None,
            seed: 1,
            furnish: 0,
            commands_hz: 0,
            weather: Weather { delay_ms: 50, jitter_ms: 50, loss: 0.25 },
        }
    }

    #[test]
    fn a_plan_within_the_limits_is_fine() {
        for count in [1, BOTS_MAX] {
            assert!(plan(count).check().is_ok());
        }
    }

    #[test]
    fn a_plan_beyond_the_limits_is_refused_in_the_words_of_its_flag() {
        let weather = plan(1).weather;
        let bad = [
            ("--count", plan(0)),
            ("--count", plan(BOTS_MAX + 1)),
            ("--room", Plan { rooms: vec![], ..plan(1) }),
            ("--room", Plan { rooms: [plan(1).rooms, plan(1).rooms].concat(), ..plan(1) }),
            ("--rate", Plan { rate_hz: 0, ..plan(1) }),
            ("--rate", Plan { rate_hz: 21, ..plan(1) }),
            ("--joins-per-second", Plan { joins_per_second: 0, ..plan(1) }),
            ("--joins-per-second", Plan { joins_per_second: 1_001, ..plan(1) }),
            ("--seconds", Plan { seconds: 0, ..plan(1) }),
            ("--commands", Plan { commands_hz: 21, ..plan(1) }),
            ("--area", Plan { area_m: 0.0, ..plan(1) }),
            ("--area", Plan { area_m: f32::NAN, ..plan(1) }),
            ("--delay-ms", Plan { weather: Weather { delay_ms: 2_001, ..weather }, ..plan(1) }),
            ("--loss", Plan { weather: Weather { loss: 1.5, ..weather }, ..plan(1) }),
            ("--loss", Plan { weather: Weather { loss: f64::NAN, ..weather }, ..plan(1) }),
        ];
        for (flag, plan) in bad {
            let error = plan.check().unwrap_err().to_string();
            assert!(error.starts_with(flag), "{flag}: {error}");
        }
    }
}

//! The scenarios of a crowd, one row each, with the limits they are held to.
//!
//! Must not know how any of them is run.

use super::limits::Limit;
use super::measure::Crowd;
use super::rows::Group;

/// What can be measured.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) kind: Kind,
}

/// How it is measured.
pub(super) enum Kind {
    /// One crowd, its report and its limits.
    Crowd { crowd: Crowd, limits: &'static [Limit] },
    /// A crowd whose server is killed and started again.
    Restart(Crowd),
    /// Many crowds, one row of a table each.
    Rows(&'static [Group]),
}

const A_THOUSAND: &[Limit] = &[
    Limit::NOBODY_OUTSIDE,
    Limit::NOBODY_DROPPED,
    Limit::NEAR_AGE,
    Limit::DOWN,
    Limit::cores(0.6),
    Limit::MEMORY,
];
const TWO_THOUSAND: &[Limit] = &[Limit::NOBODY_OUTSIDE, Limit::NOBODY_DROPPED, Limit::cores(1.2)];
const NOBODY_MOVES: &[Limit] = &[Limit::NOBODY_OUTSIDE, Limit::NOBODY_DROPPED, Limit::cores(0.05)];
const EVERYBODY_COMES: &[Limit] = &[Limit::NOBODY_OUTSIDE, Limit::NOBODY_DROPPED, Limit::NO_TICK_MISSED];

const OPEN: Crowd = Crowd { seconds: 600, ..Crowd::STROLLING };
const HALL: Crowd = Crowd { area_m: 20, ..Crowd::STROLLING };
const DOUBLE: Crowd = Crowd { people: 2000, ..Crowd::STROLLING };
/// Long enough that the half minute until a room has come to rest counts little.
const IDLE: Crowd = Crowd { behaviour: "stand", seconds: 300, ..Crowd::STROLLING };
const STORM: Crowd = Crowd { joins_per_second: Some(100), seconds: 10, ..Crowd::STROLLING };

/// One row of a curve.
const SHORT: Crowd = Crowd { seconds: 20, ..Crowd::STROLLING };

const PEOPLE: Group = Group {
    about: "people in 100 x 100 m",
    rows: &[
        ("100 people", Crowd { people: 100, ..SHORT }),
        ("250 people", Crowd { people: 250, ..SHORT }),
        ("500 people", Crowd { people: 500, ..SHORT }),
        ("1000 people", SHORT),
        ("2000 people", Crowd { people: 2000, ..SHORT }),
    ],
};
const DENSITY: Group = Group {
    about: "1000 people, closer and farther apart",
    rows: &[
        ("20 x 20 m", Crowd { area_m: 20, ..SHORT }),
        ("50 x 50 m", Crowd { area_m: 50, ..SHORT }),
        ("100 x 100 m", SHORT),
        ("200 x 200 m", Crowd { area_m: 200, ..SHORT }),
    ],
};
const ROOMS: Group = Group {
    about: "1000 people in more rooms",
    rows: &[
        ("1 room", SHORT),
        ("4 rooms", Crowd { rooms: 4, ..SHORT }),
        ("20 rooms", Crowd { rooms: 20, ..SHORT }),
    ],
};
const CORES: Group = Group {
    about: "1000 people, the server on so many cores",
    rows: &[
        ("1 core", Crowd { cores: Some("0"), ..SHORT }),
        ("2 cores", Crowd { cores: Some("0,1"), ..SHORT }),
    ],
};

/// All scenarios.
pub(super) const ALL: [Scenario; 8] = [
    Scenario {
        name: "open",
        about: "1000 people stroll in 100 x 100 m for ten minutes",
        kind: Kind::Crowd { crowd: OPEN, limits: A_THOUSAND },
    },
    Scenario {
        name: "hall",
        about: "1000 people stroll in 20 x 20 m",
        kind: Kind::Crowd { crowd: HALL, limits: A_THOUSAND },
    },
    Scenario {
        name: "double",
        about: "2000 people stroll in 100 x 100 m",
        kind: Kind::Crowd { crowd: DOUBLE, limits: TWO_THOUSAND },
    },
    Scenario {
        name: "idle",
        about: "1000 people stand still",
        kind: Kind::Crowd { crowd: IDLE, limits: NOBODY_MOVES },
    },
    Scenario {
        name: "storm",
        about: "1000 people join within 10 seconds",
        kind: Kind::Crowd { crowd: STORM, limits: EVERYBODY_COMES },
    },
    Scenario {
        name: "restart",
        about: "1000 people, the server is killed and started again",
        kind: Kind::Restart(Crowd::STROLLING),
    },
    Scenario {
        name: "curve",
        about: "100 to 2000 people; from dense to sparse; in 1 to 20 rooms",
        kind: Kind::Rows(&[PEOPLE, DENSITY, ROOMS]),
    },
    Scenario {
        name: "cores",
        about: "the open crowd with the server on one core and on two",
        kind: Kind::Rows(&[CORES]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_a_name_of_its_own() {
        let mut names: Vec<&str> = ALL.iter().map(|scenario| scenario.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}

//! Monsters on the latest lane: where they are and what they are about. Owns what differs from [bodies].
//!
//! The room moves them, in every tick: a record has no age, and says in its place what the monster is doing.

use crate::bodies::{self, BodyState, RECORD_BYTES};
use crate::tier::Tier;

/// What a monster is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Doing {
    /// It stands and looks about.
    #[default]
    Stands = 0,
    /// It goes somewhere.
    Walks = 1,
    /// It is about to strike.
    Strikes = 2,
    /// It is about to throw.
    Throws = 3,
    /// It has been hit.
    Hurts = 4,
    /// It falls.
    Dies = 5,
}

impl Doing {
    /// All of them, by number.
    pub const ALL: [Self; 6] =
        [Self::Stands, Self::Walks, Self::Strikes, Self::Throws, Self::Hurts, Self::Dies];

    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::Walks => "walks",
            Self::Strikes => "strikes",
            Self::Throws => "throws",
            Self::Hurts => "hurts",
            Self::Dies => "dies",
        }
    }

    /// What a number names; numbers that this code does not know look like standing.
    pub fn from_number(number: u32) -> Self {
        Self::ALL.into_iter().find(|doing| *doing as u32 == number).unwrap_or_default()
    }
}

/// Milliseconds of a unit of the field that is a body's age.
const UNIT_MS: u32 = 4;

/// Writes a monster's record, relative to the cell of its place: as a body's, with what it is doing (6 bits) in place of its age.
pub fn encode(body: &BodyState, doing: Doing) -> [u8; RECORD_BYTES] {
    bodies::encode(&BodyState { age_ms: doing as u32 * UNIT_MS, ..*body })
}

/// Reads the groups of a section; `None` when one is cut short or of a tier in which no monsters are told.
pub fn read(content: &[u8], mut each: impl FnMut(Tier, &BodyState, Doing)) -> Option<()> {
    bodies::read(content, |tier, body| {
        let doing = Doing::from_number(body.age_ms / UNIT_MS);
        each(tier, &BodyState { age_ms: 0, ..*body }, doing);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bodies::{GROUP_BYTES, Rounded};
    use crate::lane::write_group;

    #[test]
    fn what_a_monster_does_travels_with_where_it_is() {
        let place = [3.5, 0.25, -7.0, 0.0, 0.0, 0.0, 1.0];
        let body = BodyState { jumped: true, ..BodyState::new(700, Rounded::new(&place)) };
        for doing in Doing::ALL {
            let mut section = Vec::new();
            write_group(&mut section, Tier::B, 1, body.place.cell());
            section.extend_from_slice(&encode(&body, doing));
            assert_eq!(section.len(), GROUP_BYTES + RECORD_BYTES);
            let mut read_back = Vec::new();
            read(&section, |tier, body, doing| read_back.push((tier, *body, doing))).unwrap();
            assert_eq!(read_back, [(Tier::B, body, doing)]);
            assert!(read(&section[..section.len() - 1], |_, _, _| {}).is_none());
        }
        assert_eq!(Doing::from_number(63), Doing::Stands);
    }
}

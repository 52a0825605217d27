//! Who of a crowd behaves how: the words of `--mix` and the dealing of behaviours. Knows no network.

use crate::dice::{Stream, dice};
use crate::limits::WEIGHT_MAX;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What a bot does in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Behaviour {
    /// Walks from one random point of the square to the next.
    #[default]
    Stroll,
    /// Keeps still.
    Stand,
    /// Goes to the stage in the centre and shuffles about there.
    Stage,
    /// Strolls, speaks on and off, says a chat line now and then.
    Chatter,
    /// Strolls behind a bad line, which is cut now and then.
    Flaky,
    /// Strolls and stops reading for some seconds now and then.
    Slow,
    /// Plays the room's game.
    Play,
}

impl Behaviour {
    /// All there are.
    pub const ALL: [Self; 7] =
        [Self::Stroll, Self::Stand, Self::Stage, Self::Chatter, Self::Flaky, Self::Slow, Self::Play];

    /// Its word on the command line and in reports.
    pub fn name(self) -> &'static str {
        ["stroll", "stand", "stage", "chatter", "flaky", "slow", "play"][self as usize]
    }

    /// Whether what it receives says something of the server alone, and not of the line or reader it plays.
    pub fn is_steady(self) -> bool {
        !matches!(self, Self::Flaky | Self::Slow)
    }
}

/// Why a mix cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MixError {
    /// A word that names no behaviour.
    #[error("there is no behaviour {0:?}; there are {names}", names = Behaviour::ALL.map(Behaviour::name).join(", "))]
    Unknown(String),
    /// A part that is not `name=number`.
    #[error("{0:?} is not of the form stroll=900 with a number up to {WEIGHT_MAX}")]
    Form(String),
    /// A behaviour named twice.
    #[error("{0} is named twice")]
    Twice(Behaviour),
    /// Nobody would come.
    #[error("a mix needs at least one number above 0")]
    Empty,
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Behaviour {
    type Err = MixError;

    fn from_str(text: &str) -> Result<Self, MixError> {
        let found = Self::ALL.into_iter().find(|behaviour| behaviour.name() == text);
        found.ok_or_else(|| MixError::Unknown(text.to_owned()))
    }
}

/// Weights of behaviours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix(BTreeMap<Behaviour, u32>);

impl Mix {
    /// Everyone behaves alike.
    pub fn only(behaviour: Behaviour) -> Self {
        Self([(behaviour, 1)].into())
    }

    /// Sum of the weights: how many bots there are when nothing else says so.
    pub fn sum(&self) -> usize {
        self.0.values().map(|weight| *weight as usize).sum()
    }

    /// A behaviour for each of `count` bots: as many of each as their weights say (largest remainders), in an order
    /// that the seed decides, so that they spread over the rooms and over the ramp.
    pub fn deal(&self, count: usize, seed: u64) -> Vec<Behaviour> {
        let sum = self.sum().max(1);
        let share = |weight: u32| (weight as usize * count / sum, weight as usize * count % sum);
        let mut shares: Vec<_> =
            self.0.iter().map(|(behaviour, weight)| (*behaviour, share(*weight))).collect();
        let dealt: usize = shares.iter().map(|(_, (whole, _))| whole).sum();
        shares.sort_by_key(|(behaviour, (_, rest))| (std::cmp::Reverse(*rest), *behaviour));
        let mut all = Vec::with_capacity(count);
        for (rank, (behaviour, (whole, _))) in shares.into_iter().enumerate() {
            all.extend(std::iter::repeat_n(behaviour, whole + usize::from(rank < count - dealt)));
        }
        all.shuffle(&mut dice(seed, 0, Stream::Deal));
        all
    }
}

impl FromStr for Mix {
    type Err = MixError;

    fn from_str(text: &str) -> Result<Self, MixError> {
        let mut weights = BTreeMap::new();
        for part in text.split(',').map(str::trim) {
            let form = || MixError::Form(part.to_owned());
            let (name, weight) = part.split_once('=').ok_or_else(form)?;
            let behaviour: Behaviour = name.trim().parse()?;
            let weight =
                weight.trim().parse().ok().filter(|weight| *weight <= WEIGHT_MAX).ok_or_else(form)?;
            if weights.insert(behaviour, weight).is_some() {
                return Err(MixError::Twice(behaviour));
            }
        }
        if weights.values().all(|weight| *weight == 0) {
            return Err(MixError::Empty);
        }
        Ok(Self(weights))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(all: &[Behaviour]) -> BTreeMap<Behaviour, usize> {
        let mut counts = BTreeMap::new();
        all.iter().for_each(|behaviour| *counts.entry(*behaviour).or_default() += 1);
        counts
    }

    #[test]
    fn a_mix_is_read_from_its_words() {
        let mix: Mix = "stroll=900, stage=50,slow=0".parse().unwrap();
        assert_eq!(mix.sum(), 950);
        assert_eq!(mix.0[&Behaviour::Slow], 0);
        for behaviour in Behaviour::ALL {
            assert_eq!(behaviour.name().parse(), Ok(behaviour));
        }
    }

    #[test]
    fn a_mix_that_says_nothing_usable_says_why() {
        let error = |text: &str| text.parse::<Mix>().unwrap_err();
        assert_eq!(error("dance=1"), MixError::Unknown("dance".into()));
        assert!(error("dance=1").to_string().contains("stroll, stand, stage, chatter, flaky, slow, play"));
        for form in ["", "stroll", "stroll=", "stroll=-1", "stroll=1000001", "stroll=1,"] {
            assert!(matches!(error(form), MixError::Form(_)), "{form:?}");
        }
        assert_eq!(error("slow=1,slow=2"), MixError::Twice(Behaviour::Slow));
        assert_eq!(error("slow=0,stroll=0"), MixError::Empty);
    }

    #[test]
    fn as_many_are_dealt_as_the_weights_say() {
        let mix: Mix = "stroll=900,stage=50,stand=20,chatter=10,flaky=10,slow=10".parse().unwrap();
        let thousand = counts(&mix.deal(1_000, 1));
        assert_eq!((thousand[&Behaviour::Stroll], thousand[&Behaviour::Slow]), (900, 10));
        let thirds: Mix = "stroll=1,stand=1,stage=1".parse().unwrap();
        assert_eq!(counts(&thirds.deal(10, 1)).values().copied().collect::<Vec<_>>(), [4, 3, 3]);
        for count in 0..50 {
            assert_eq!(mix.deal(count, 1).len(), count);
        }
    }

    #[test]
    fn the_order_is_the_seeds_and_spreads_over_rooms() {
        let mix: Mix = "stroll=1,slow=1".parse().unwrap();
        let all = mix.deal(1_000, 3);
        assert_eq!(all, mix.deal(1_000, 3));
        assert_ne!(all, mix.deal(1_000, 4));
        let first_room: Vec<_> = all.into_iter().step_by(2).collect();
        let slow = counts(&first_room)[&Behaviour::Slow];
        assert!((200..300).contains(&slow), "{slow}");
    }
}

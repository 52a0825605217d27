//! What a bot does besides moving, and when: a timetable that is a function of its dice. Does nothing itself.

use crate::limits::{CUT_S, PAUSE_S, READ_S, SAY_S, SILENT_S, SPEAK_S};
use crate::mix::Behaviour;
use rand::RngExt;
use rand::rngs::SmallRng;

/// Small talk.
const LINES: [&str; 6] = [
    "Good to see you here.",
    "Can you hear me over there?",
    "Look at the stage!",
    "I will be right back.",
    "How many of us are there?",
    "Let us meet at the table.",
];

/// Something to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Begins or ends speaking.
    Speak(bool),
    /// Says a line in the chat.
    Say(&'static str),
    /// Loses its connection.
    Cut,
    /// Reads its socket, or leaves it.
    Read(bool),
}

/// A timetable.
#[derive(Debug)]
pub(crate) struct Habit {
    dice: SmallRng,
    now: State,
    /// When the state changes, seconds; never when infinite.
    change_s: f64,
    /// When the next line is due, seconds.
    say_s: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Plain,
    Silent,
    Speaking,
    Connected,
    Reading,
    Pausing,
}

impl Habit {
    /// The timetable of a behaviour, beginning at 0 seconds.
    pub fn new(behaviour: Behaviour, dice: SmallRng) -> Self {
        let now = match behaviour {
            Behaviour::Stroll | Behaviour::Stand | Behaviour::Stage | Behaviour::Play => State::Plain,
            Behaviour::Chatter => State::Silent,
            Behaviour::Flaky => State::Connected,
            Behaviour::Slow => State::Reading,
        };
        let mut habit = Self { dice, now, change_s: 0.0, say_s: f64::INFINITY };
        habit.change_s = habit.lasts_s();
        if behaviour == Behaviour::Chatter {
            habit.say_s = habit.between(SAY_S);
        }
        habit
    }

    /// The next thing that is due, once.
    pub fn due(&mut self, now_s: f64) -> Option<Act> {
        if now_s >= self.say_s {
            self.say_s = now_s + self.between(SAY_S);
            return Some(Act::Say(LINES[self.dice.random_range(0..LINES.len())]));
        }
        if now_s < self.change_s {
            return None;
        }
        let (next, act) = match self.now {
            State::Plain => return None,
            State::Silent => (State::Speaking, Act::Speak(true)),
            State::Speaking => (State::Silent, Act::Speak(false)),
            State::Connected => (State::Connected, Act::Cut),
            State::Reading => (State::Pausing, Act::Read(false)),
            State::Pausing => (State::Reading, Act::Read(true)),
        };
        self.now = next;
        self.change_s = now_s + self.lasts_s();
        Some(act)
    }

    fn lasts_s(&mut self) -> f64 {
        match self.now {
            State::Plain => f64::INFINITY,
            State::Silent => self.between(SILENT_S),
            State::Speaking => self.between(SPEAK_S),
            State::Connected => self.between(CUT_S),
            State::Reading => self.between(READ_S),
            State::Pausing => self.between(PAUSE_S),
        }
    }

    fn between(&mut self, (least, most): (f64, f64)) -> f64 {
        self.dice.random_range(least..most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::{Stream, dice};

    /// What is done in ten minutes, and when, looking twenty times a second.
    fn ten_minutes(behaviour: Behaviour, number: u64) -> Vec<(f64, Act)> {
        let mut habit = Habit::new(behaviour, dice(1, number, Stream::Habit));
        let times = (0..12_000).map(|step| f64::from(step) / 20.0);
        times.filter_map(|now_s| habit.due(now_s).map(|act| (now_s, act))).collect()
    }

    #[test]
    fn walkers_have_no_habits() {
        for behaviour in [Behaviour::Stroll, Behaviour::Stand, Behaviour::Stage] {
            assert_eq!(ten_minutes(behaviour, 1), []);
        }
    }

    #[test]
    fn a_chatter_speaks_on_and_off_and_says_few_lines() {
        let acts = ten_minutes(Behaviour::Chatter, 1);
        let speech: Vec<Act> =
            acts.iter().map(|(_, act)| *act).filter(|act| !matches!(act, Act::Say(_))).collect();
        assert!(speech.len() > 60);
        let alternates = |pair: &[Act]| pair[0] != pair[1];
        assert!(speech[0] == Act::Speak(true) && speech.windows(2).all(alternates));
        let lines = acts.len() - speech.len();
        assert!((10..=30).contains(&lines), "{lines}");
    }

    #[test]
    fn a_slow_reader_pauses_for_seconds_and_reads_on() {
        let acts = ten_minutes(Behaviour::Slow, 1);
        for pair in acts.windows(2) {
            let [(from_s, was), (to_s, is)] = pair else { unreachable!() };
            assert_ne!(was, is);
            let (least, most) = if *was == Act::Read(false) { PAUSE_S } else { READ_S };
            assert!((least..most + 0.1).contains(&(to_s - from_s)), "{from_s} {to_s}");
        }
        assert!(acts.len() > 50);
    }

    #[test]
    fn a_flaky_line_is_cut_now_and_then_each_at_times_of_its_own() {
        let acts = ten_minutes(Behaviour::Flaky, 1);
        assert!((10..=40).contains(&acts.len()) && acts.iter().all(|(_, act)| *act == Act::Cut));
        assert_eq!(acts, ten_minutes(Behaviour::Flaky, 1));
        assert_ne!(acts, ten_minutes(Behaviour::Flaky, 2));
    }
}

//! The door: joins that wait, admitted in turn over where they come from. Knows no room.
//!
//! Who knocks a thousand times keeps nobody else waiting: every door has one turn in each round. What waits is bounded: at
//! the number that may wait, the newest of the longest line gives way, and history beyond its bytes is not kept.

use crate::people::asking::Join;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use thexr_wire::limits::{
    CONNECTIONS_PER_PERSON_MAX, JOINS_WAITING_MAX, JOINS_WAITING_PER_DOOR_MAX, PREVIEWS_PER_PERSON_MAX,
    TAILS_WAITING_BYTES_MAX,
};
use thexr_wire::message::Mode;
use thexr_wire::{PeerId, UserId};

/// Joins of one person that may wait: as many connections as they may have.
const JOINS_WAITING_PER_PERSON_MAX: usize = CONNECTIONS_PER_PERSON_MAX + PREVIEWS_PER_PERSON_MAX;

/// Nothing more may wait at this door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowded;

/// Joins of one person that wait.
#[derive(Debug, Default)]
struct OfPerson {
    all: usize,
    to_enter: usize,
}

/// Everyone who waits.
#[derive(Debug, Default)]
pub(crate) struct Door {
    lines: BTreeMap<u64, Queue>,
    /// Doors with a line, by turn.
    turns: BTreeMap<u64, u64>,
    /// Lines by length.
    lengths: BTreeSet<(usize, u64)>,
    /// Door and number of everyone who waits.
    places: BTreeMap<PeerId, (u64, u64)>,
    people: BTreeMap<UserId, OfPerson>,
    tail_bytes: usize,
    /// The next number or turn.
    next: u64,
}

/// Who waits at one door, by the order in which they came.
#[derive(Debug, Default)]
struct Queue {
    turn: u64,
    joins: BTreeMap<u64, (PeerId, Box<Join>)>,
}

impl Door {
    /// Joins that wait.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether this peer waits.
    pub fn holds(&self, peer: PeerId) -> bool {
        self.places.contains_key(&peer)
    }

    /// Whether a connection of this person waits to enter.
    pub fn holds_entry_of(&self, user: &UserId) -> bool {
        self.people.get(user).is_some_and(|of_person| of_person.to_enter > 0)
    }

    /// Lets a join wait; returns who had to give way for it. Errors: its door, its person or all doors have too many.
    pub fn wait(&mut self, peer: PeerId, join: Box<Join>) -> Result<Vec<PeerId>, Crowded> {
        let of_door = self.lines.get(&join.door).map_or(0, |line| line.joins.len());
        let of_person = self.people.get(&join.user).map_or(0, |of_person| of_person.all);
        if of_door >= JOINS_WAITING_PER_DOOR_MAX || of_person >= JOINS_WAITING_PER_PERSON_MAX {
            return Err(Crowded);
        }
        let mut gave_way = Vec::new();
        while self.len() >= JOINS_WAITING_MAX {
            let longest = self.lengths.last().copied().filter(|(length, _)| *length > of_door + 1);
            let (_, door) = longest.ok_or(Crowded)?;
            gave_way.extend(self.newest_of(door).inspect(|peer| drop(self.remove(*peer))));
        }
        self.add(peer, join);
        Ok(gave_way)
    }

    fn add(&mut self, peer: PeerId, mut join: Box<Join>) {
        if self.tail_bytes + join.tail_bytes() > TAILS_WAITING_BYTES_MAX {
            join.resume = None;
        }
        self.tail_bytes += join.tail_bytes();
        let of_person = self.people.entry(join.user.clone()).or_default();
        of_person.all += 1;
        of_person.to_enter += usize::from(join.mode == Mode::Enter);
        let (door, number) = (join.door, self.next());
        self.places.insert(peer, (door, number));
        if !self.lines.contains_key(&door) {
            let turn = self.next();
            self.turns.insert(turn, door);
            self.lines.insert(door, Queue { turn, joins: BTreeMap::new() });
        }
        let Some(line) = self.lines.get_mut(&door) else { return };
        self.lengths.remove(&(line.joins.len(), door));
        line.joins.insert(number, (peer, join));
        self.lengths.insert((line.joins.len(), door));
    }

    /// The next one in turn; its door has its next turn after all others.
    pub fn admit(&mut self) -> Option<(PeerId, Box<Join>)> {
        let (_, door) = self.turns.pop_first()?;
        let turn = self.next();
        let line = self.lines.get_mut(&door)?;
        line.turn = turn;
        self.turns.insert(turn, door);
        let (peer, _) = line.joins.values().next()?;
        let peer = *peer;
        Some((peer, self.remove(peer)?))
    }

    /// Gives up waiting.
    pub fn remove(&mut self, peer: PeerId) -> Option<Box<Join>> {
        let (door, number) = self.places.remove(&peer)?;
        let line = self.lines.get_mut(&door)?;
        self.lengths.remove(&(line.joins.len(), door));
        let (_, join) = line.joins.remove(&number)?;
        if line.joins.is_empty() {
            self.turns.remove(&line.turn);
            self.lines.remove(&door);
        } else {
            self.lengths.insert((line.joins.len(), door));
        }
        self.tail_bytes -= join.tail_bytes();
        if let Some(of_person) = self.people.get_mut(&join.user) {
            of_person.all -= 1;
            of_person.to_enter -= usize::from(join.mode == Mode::Enter);
            if of_person.all == 0 {
                self.people.remove(&join.user);
            }
        }
        Some(join)
    }

    fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn newest_of(&self, door: u64) -> Option<PeerId> {
        self.lines.get(&door)?.joins.values().next_back().map(|(peer, _)| *peer)
    }

    /// Everyone who waits in the order in which they will be admitted, if nobody else comes.
    pub fn in_turn(&self) -> impl Iterator<Item = (PeerId, &Join)> {
        let lines = self.turns.values().filter_map(|door| Some(self.lines.get(door)?.joins.values()));
        let mut lines: VecDeque<_> = lines.collect();
        std::iter::from_fn(move || {
            let mut line = lines.pop_front()?;
            let next = line.next();
            if line.len() > 0 {
                lines.push_back(line);
            }
            next.map(|(peer, join)| (*peer, &**join))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::missed::ResumeFrom;
    use crate::outbox::{Actor, Event};
    use serde_json::json;
    use std::sync::Arc;

    fn join_as(door: u64, user: u64, payload: serde_json::Value) -> Join {
        let user = UserId::parse(&format!("{user:020}")).unwrap();
        Join::new(user, serde_json::from_value(payload).unwrap(), door).unwrap()
    }

    fn join(door: u64, user: u64) -> Box<Join> {
        Box::new(join_as(door, user, json!({})))
    }

    fn knock(waiting: &mut Door, door: u64, peer: u64) -> Result<Vec<PeerId>, Crowded> {
        waiting.wait(PeerId(peer), join(door, peer))
    }

    fn admitted(door: &mut Door) -> Vec<u64> {
        std::iter::from_fn(|| door.admit()).map(|(peer, _)| peer.0).collect()
    }

    #[test]
    fn doors_take_turns_and_within_one_the_first_comes_first() {
        let mut door = Door::default();
        for (from, peer) in [(7, 1), (7, 2), (7, 3), (8, 4), (9, 5), (8, 6)] {
            knock(&mut door, from, peer).unwrap();
        }
        let foretold: Vec<u64> = door.in_turn().map(|(peer, _)| peer.0).collect();
        assert_eq!(foretold, [1, 4, 5, 2, 6, 3]);
        assert_eq!(admitted(&mut door), foretold);
        assert!(door.is_empty() && door.lines.is_empty() && door.turns.is_empty() && door.lengths.is_empty());
        assert_eq!((door.tail_bytes, door.people.len()), (0, 0));
    }

    #[test]
    fn who_knocks_a_thousand_times_keeps_nobody_else_waiting() {
        let mut door = Door::default();
        (0..1_900).for_each(|peer| drop(knock(&mut door, 1, peer)));
        (0..40).for_each(|_| drop(door.admit()));
        knock(&mut door, 2, 5_000).unwrap();
        let at = admitted(&mut door).iter().position(|peer| *peer == 5_000);
        assert!(at.unwrap() <= 1, "{at:?}");
    }

    #[test]
    fn who_gives_up_leaves_no_gap() {
        let mut door = Door::default();
        for (from, peer) in [(1, 1), (1, 2), (2, 3), (3, 4)] {
            knock(&mut door, from, peer).unwrap();
        }
        for peer in [1, 3] {
            assert!(door.remove(PeerId(peer)).is_some() && door.remove(PeerId(peer)).is_none());
        }
        knock(&mut door, 2, 5).unwrap();
        assert_eq!(admitted(&mut door), [2, 4, 5]);
    }

    #[test]
    fn a_door_and_a_person_have_so_many_waiting_and_no_more() {
        let mut door = Door::default();
        (0..JOINS_WAITING_PER_DOOR_MAX as u64).for_each(|peer| drop(knock(&mut door, 1, peer).unwrap()));
        assert_eq!(knock(&mut door, 1, 90_000), Err(Crowded));
        assert_eq!(knock(&mut door, 2, 90_000), Ok(vec![]));
        for peer in 0..JOINS_WAITING_PER_PERSON_MAX as u64 {
            door.wait(PeerId(100_000 + peer), join(peer + 3, 77_777)).unwrap();
        }
        assert_eq!(door.wait(PeerId(200_000), join(99, 77_777)), Err(Crowded), "from wherever they come");
    }

    #[test]
    fn at_the_bound_the_newest_of_the_longest_line_gives_way() {
        let mut door = Door::default();
        let half = JOINS_WAITING_MAX as u64 / 2;
        (0..half).for_each(|peer| drop(knock(&mut door, 1, peer).unwrap()));
        (half..2 * half).for_each(|peer| drop(knock(&mut door, 2, peer).unwrap()));
        assert_eq!(knock(&mut door, 3, 90_000), Ok(vec![PeerId(2 * half - 1)]));
        assert_eq!(knock(&mut door, 4, 90_001), Ok(vec![PeerId(half - 1)]));
        assert_eq!(door.len(), JOINS_WAITING_MAX);
    }

    #[test]
    fn history_that_waits_is_bounded_and_who_comes_late_gets_a_snapshot_instead() {
        let event = Arc::new(Event {
            seq: 7,
            at_ms: 0,
            actor: Actor::Server,
            name: "e".into(),
            payload: json!({"text": "x".repeat(900_000)}),
            ops: Vec::new(),
            hearers: crate::outbox::Hearers::Everyone,
            inverse: None,
            undoes: None,
            command_id: None,
        });
        let missed = ResumeFrom::new(6, vec![event]);
        let resuming = |peer| {
            let join = join_as(peer, peer, json!({"dialect": "thexr.1"}));
            Box::new(join.resuming(Some(missed.clone())))
        };
        let one = resuming(1).tail_bytes();
        assert!(one > 900_000);
        let mut door = Door::default();
        let fit = TAILS_WAITING_BYTES_MAX / one;
        for peer in 0..fit as u64 + 5 {
            door.wait(PeerId(peer), resuming(peer)).unwrap();
        }
        assert!(door.tail_bytes <= TAILS_WAITING_BYTES_MAX);
        let with_history = door.in_turn().filter(|(_, join)| join.resume.is_some()).count();
        assert_eq!((with_history, door.len()), (fit, fit + 5));
        while door.admit().is_some() {}
        assert_eq!(door.tail_bytes, 0);
    }
}

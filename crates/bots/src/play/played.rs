//! What became of somebody who plays, in numbers: rounds, kills, shots, and how often the room put them back. Counts facts; knows
//! no socket.

use crate::lanes::Lanes;
use crate::limits::ROUNDS_TOLD_MAX;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use thexr_wire::RoomId;

/// What one bot, or all of them, did from joining on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Played {
    /// The room.
    pub room: String,
    /// Rounds that began, were won and were lost.
    pub rounds_begun: u64,
    /// See `rounds_begun`.
    pub won: u64,
    /// See `rounds_begun`.
    pub lost: u64,
    /// From the beginning of each round to its end, seconds.
    pub round_s: Vec<f64>,
    /// Monsters and people killed.
    pub kills: u64,
    /// Times one died.
    pub deaths: u64,
    /// Shots that the room took.
    pub shots: u64,
    /// Those of them while measuring.
    pub shots_measured: u64,
    /// Facts of whom they hit.
    pub hits: u64,
    /// Things picked up.
    pub items: u64,
    /// Doors opened.
    pub doors: u64,
    /// Times the room put one back, who goes nowhere that people cannot go: false alarms.
    pub moved_back: u64,
    /// Commands of play that the room refused, by reason; in a crowd some are.
    pub refused: BTreeMap<String, u64>,
    /// What came by which lane while measuring.
    pub lanes: Lanes,
    #[serde(skip)]
    begun_ms: Option<i64>,
}

/// What all that played did, and each of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Games {
    /// Sums; rounds are those of each room, once.
    pub all: Played,
    /// Shots that the room took in a second, while measuring.
    pub shots_per_s: f64,
    /// By the ordered lane to each, mean, kbit/s.
    pub ordered_kbit_s: f64,
    /// By the latest lane.
    pub latest_kbit_s: f64,
    /// The ordered lane by message, kbit/s.
    pub ordered_by_message_kbit_s: BTreeMap<String, f64>,
    /// By bot.
    pub by_bot: Vec<Played>,
}

impl Played {
    /// Nothing yet, in a room.
    pub fn of(room: &RoomId) -> Self {
        Self { room: room.to_string(), ..Self::default() }
    }

    /// Takes a fact that somebody with this avatar heard.
    pub fn hear(&mut self, own: &str, user: &str, name: &str, payload: &Value, at_ms: i64) {
        let is = |field: &str, id: &str| payload.get(field).and_then(Value::as_str) == Some(id);
        let (by_me, me) = (u64::from(is("by", own)), u64::from(is("user_id", user)));
        match name {
            "game_began" => {
                self.rounds_begun += 1;
                self.begun_ms = Some(at_ms);
            }
            "level_won" => {
                self.won += 1;
                self.end(at_ms);
            }
            "level_lost" => {
                self.lost += 1;
                self.end(at_ms);
            }
            "monster_died" => self.kills += by_me,
            "user_died" => {
                self.kills += by_me * (1 - me);
                self.deaths += me;
            }
            "monster_hit" | "target_hit" | "user_damaged" => self.hits += by_me,
            "item_collected" => self.items += me,
            "door_opened" => self.doors += by_me,
            "user_moved_back" => self.moved_back += me,
            _ => {}
        }
    }

    fn end(&mut self, at_ms: i64) {
        if let Some(begun_ms) = self.begun_ms.take().filter(|_| self.round_s.len() < ROUNDS_TOLD_MAX) {
            self.round_s.push((at_ms - begun_ms) as f64 / 1_000.0);
        }
    }

    fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.deaths += other.deaths;
        self.shots += other.shots;
        self.shots_measured += other.shots_measured;
        self.hits += other.hits;
        self.items += other.items;
        self.doors += other.doors;
        self.moved_back += other.moved_back;
        self.lanes.add(&other.lanes);
        for (reason, number) in &other.refused {
            *self.refused.entry(reason.clone()).or_default() += number;
        }
    }

    /// A command was refused.
    pub fn refuse(&mut self, name: &str, reason: &str) {
        *self.refused.entry(format!("{name}: {reason}")).or_default() += 1;
    }
}

impl Games {
    /// Adds up; nothing where nobody played.
    pub fn of(by_bot: Vec<Played>, seconds: f64) -> Option<Self> {
        if by_bot.is_empty() {
            return None;
        }
        let mut all = Played::default();
        let mut rooms: BTreeMap<&str, &Played> = BTreeMap::new();
        for played in &by_bot {
            all.add(played);
            let best = rooms.entry(&played.room).or_insert(played);
            if played.rounds_begun > best.rounds_begun {
                *best = played;
            }
        }
        for of_room in rooms.values() {
            all.rounds_begun += of_room.rounds_begun;
            all.won += of_room.won;
            all.lost += of_room.lost;
            all.round_s.extend(&of_room.round_s);
        }
        all.round_s.truncate(ROUNDS_TOLD_MAX);
        let per_s = |count: f64| if seconds > 0.0 { count / seconds } else { 0.0 };
        let kbit_s = |bytes: u64| per_s(bytes as f64 * 8.0 / 1_000.0 / by_bot.len() as f64);
        let Lanes { latest_bytes, ordered_bytes } = std::mem::take(&mut all.lanes);
        let by_message = ordered_bytes.iter().map(|(name, bytes)| (name.clone(), kbit_s(*bytes)));
        Some(Self {
            shots_per_s: per_s(all.shots_measured as f64),
            ordered_kbit_s: kbit_s(ordered_bytes.values().sum()),
            latest_kbit_s: kbit_s(latest_bytes),
            ordered_by_message_kbit_s: by_message.collect(),
            all,
            by_bot,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_round_is_counted_once_for_a_room_however_many_hear_of_it() {
        let mut ada = Played { room: "aaaaa".into(), ..Played::default() };
        let mut ben = ada.clone();
        for (own, played) in [("ada", &mut ada), ("ben", &mut ben)] {
            played.hear(own, own, "game_began", &json!({}), 1_000);
            played.hear(own, own, "monster_hit", &json!({"by": "ada"}), 2_000);
            played.hear(own, own, "monster_died", &json!({"by": "ada"}), 2_000);
            played.hear(own, own, "user_died", &json!({"user_id": "ben", "by": "monster"}), 3_000);
            played.hear(own, own, "user_moved_back", &json!({"user_id": "ben"}), 3_000);
            played.hear(own, own, "level_won", &json!({}), 61_000);
        }
        assert_eq!((ada.kills, ada.hits, ada.deaths, ada.moved_back), (1, 1, 0, 0));
        assert_eq!((ben.kills, ben.hits, ben.deaths, ben.moved_back), (0, 0, 1, 1));
        let games = Games::of(vec![ada, ben], 10.0).unwrap();
        let all = &games.all;
        assert_eq!((all.rounds_begun, all.won, all.round_s.clone()), (1, 1, vec![60.0]));
        assert_eq!((all.kills, all.deaths, all.moved_back), (1, 1, 1));
        assert_eq!(Games::of(Vec::new(), 10.0), None);
    }
}

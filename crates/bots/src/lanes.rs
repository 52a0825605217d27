//! What comes by which lane, and as which message: bytes of text and of frames of motion. Reads as little of them as it takes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes by lane.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lanes {
    /// Frames of motion.
    pub latest_bytes: u64,
    /// Everything else, by the name of the message; facts by their own.
    pub ordered_bytes: BTreeMap<String, u64>,
}

impl Lanes {
    /// A text message came.
    pub fn text(&mut self, text: &str) {
        *self.ordered_bytes.entry(name(text).to_owned()).or_default() += text.len() as u64;
    }

    /// A binary message came.
    pub fn binary(&mut self, bytes: usize) {
        self.latest_bytes += bytes as u64;
    }

    /// Adds another bot's.
    pub fn add(&mut self, other: &Self) {
        self.latest_bytes += other.latest_bytes;
        for (name, bytes) in &other.ordered_bytes {
            *self.ordered_bytes.entry(name.clone()).or_default() += bytes;
        }
    }

    /// Bytes of the ordered lane.
    pub fn ordered(&self) -> u64 {
        self.ordered_bytes.values().sum()
    }
}

/// The name of a message `[join_ref, ref, topic, name, payload]`, of a fact its own.
fn name(text: &str) -> &str {
    let string_after = |text: &'_ str, mark: &str| text.find(mark).map(|at| at + mark.len());
    let Some(payload) = text.find('{') else { return "other" };
    let head = &text[..payload];
    // The topic has no quotes in it.
    let name = head.rsplit('"').nth(1).unwrap_or("other");
    if name != "stoc" {
        return name;
    }
    let fact =
        string_after(&text[payload..], "\"event\":\"").and_then(|at| text[payload + at..].split('"').next());
    fact.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart_by_name_and_facts_by_theirs() {
        let patch = r#"[null,null,"room:abcde","state_patch",{"seq":3}]"#;
        let fact = r#"[null,null,"room:abcde","stoc",{"actor":"server","event":"monster_hit","payload":{}}]"#;
        let reply = r#"["1","7","room:abcde","phx_reply",{"status":"ok"}]"#;
        assert_eq!(
            [patch, fact, reply, "[]"].map(name),
            ["state_patch", "monster_hit", "phx_reply", "other"]
        );
        let mut lanes = Lanes::default();
        lanes.text(fact);
        lanes.text(fact);
        lanes.binary(60);
        let mut all = lanes.clone();
        all.add(&lanes);
        assert_eq!((all.ordered(), all.latest_bytes), (4 * fact.len() as u64, 120));
    }
}

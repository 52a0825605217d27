//! The JSON side of the binding: options in, entities and measurements out. Knows no browser, so that tests run natively.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thexr_client::{Client, Detail, Mode, Options, Replica};
use thexr_wire::{RoomId, Tier, UserId};

#[derive(Deserialize)]
struct OptionsJson {
    room_id: RoomId,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    nickname: Option<String>,
    #[serde(default)]
    avatar: Value,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    seed: Option<u64>,
}

/// Reads the constructor's options; `seed` is asked when they name none.
pub fn options(text: &str, seed: impl FnOnce() -> u64) -> Result<Options, String> {
    let json: OptionsJson = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let user = json.user_id.filter(|user| !user.is_empty());
    Ok(Options {
        room: json.room_id,
        user: user.map(|user| UserId::parse(&user)).transpose().map_err(|error| error.to_string())?,
        nickname: json.nickname.unwrap_or_default(),
        avatar: json.avatar,
        // The lobby looks into the room before anyone enters.
        mode: json.mode.unwrap_or(Mode::Preview),
        command_id_seed: json.seed.unwrap_or_else(seed),
        detail: Detail::Full,
    })
}

/// Reads an avatar component; empty text is none.
pub fn avatar(text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct EntityJson<Id, Components> {
    id: Id,
    version: u64,
    components: Components,
}

/// `{"id", "version", "components"}` of an index.
pub fn entity_json(replica: &Replica, index: u32) -> Option<String> {
    let id = replica.id_of(index)?;
    let world = replica.world();
    let entity = world.entity(id)?;
    let told = EntityJson { id, version: world.version(entity), components: entity.as_json() };
    serde_json::to_string(&told).ok()
}

/// Round trip, pose ages and all counters.
pub fn stats_json(client: &Client) -> Value {
    let [p50, p95, p99] = client.ages().percentiles(Tier::A, [0.5, 0.95, 0.99]);
    let mut stats = json!(client.stats());
    stats["rtt_ms"] = json!(client.rtt_ms().unwrap_or(0.0));
    stats["pose_age_p50_ms"] = json!(p50);
    stats["pose_age_p95_ms"] = json!(p95);
    stats["pose_age_p99_ms"] = json!(p99);
    stats["unanswered_ms"] = json!(client.unanswered_ms());
    stats["outstanding"] = json!(client.outstanding());
    stats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_a_preview_until_it_is_told_to_enter() {
        let text = r##"{"room_id":"abcde","user_id":"","nickname":"Ann","avatar":{"color":"#FF0000"}}"##;
        let options = options(text, || 5);
        let options = options.unwrap();
        assert_eq!((options.mode, options.command_id_seed, options.user), (Mode::Preview, 5, None));
        assert_eq!((options.nickname.as_str(), &options.avatar["color"]), ("Ann", &json!("#FF0000")));
    }

    #[test]
    fn options_that_are_none_are_an_error() {
        for text in ["", "{}", r#"{"room_id":"a/b"}"#, r#"{"room_id":"abcde","user_id":"short"}"#] {
            assert!(options(text, || 5).is_err(), "{text}");
        }
    }

    #[test]
    fn the_stats_have_the_fields_the_page_shows() {
        let client = Client::new(options(r#"{"room_id":"abcde"}"#, || 5).unwrap());
        let stats = stats_json(&client);
        for field in [
            "rtt_ms",
            "unanswered_ms",
            "pose_age_p50_ms",
            "pose_age_p95_ms",
            "received_bytes",
            "sent_bytes",
            "frames",
        ] {
            assert!(stats[field].is_number(), "{field}");
        }
    }

    #[test]
    fn an_index_without_entity_has_no_json() {
        let client = Client::new(options(r#"{"room_id":"abcde"}"#, || 5).unwrap());
        assert_eq!(entity_json(client.replica(), 0), None);
    }
}

//! A crowd at the door: how long everyone waits, and what they are told, over the shell that ships.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use thexr_client::Transmit;
use thexr_room::Caps;
use thexr_sim::connection::Packet;
use thexr_sim::disk::Disk;
use thexr_sim::host::{Host, Machine, START_MS};
use thexr_wire::limits::{ADMISSION_BYTES_PER_S, TICK_MS};
use thexr_wire::{RoomId, UserId};

const PEOPLE: u64 = 2_000;
/// Everybody has come after so long.
const COMING_MS: u64 = 10_000;
/// Everybody is in after so long.
const IN_MS: u64 = 15_000;

/// What a crowd has heard so far.
#[derive(Default)]
struct Heard {
    /// When each was let in, milliseconds.
    joined_ms: BTreeMap<u64, u64>,
    /// Who was told how many are ahead.
    queued: BTreeSet<u64>,
    refused: Vec<Value>,
    /// Bytes of text to everyone, by the second.
    bytes: BTreeMap<u64, usize>,
}

impl Heard {
    fn take(&mut self, connection: u64, packet: &Packet, now_ms: u64) {
        let Packet::Message(Transmit::Text(text)) = packet else { return };
        *self.bytes.entry(now_ms / 1_000).or_default() += text.len();
        // Only the small ones are read: two thousand states are not.
        if text.len() > 4_000 {
            return;
        }
        let frame: Value = serde_json::from_str(text).unwrap();
        match (frame[3].as_str(), frame[4]["status"].as_str()) {
            (Some("phx_reply"), Some("ok")) => {
                self.joined_ms.insert(connection, now_ms);
            }
            (Some("phx_reply"), Some("error")) => self.refused.push(frame[4]["response"].clone()),
            (Some("queued"), _) => {
                self.queued.insert(connection);
            }
            _ => {}
        }
    }
}

#[test]
fn two_thousand_who_join_within_ten_seconds_are_all_in_within_fifteen() {
    let room = RoomId::parse("storm").unwrap();
    let caps = Caps { people_max: 2_500, peers_max: 3_000 };
    let machine = Machine { commit: (2.0, 8.0), overruns: 0.0, frame_bytes: 1_360, caps };
    let mut host = Host::start(Disk::new(1, START_MS), &room, 0.0, machine);
    let mut heard = Heard::default();
    let mut came = 0;
    for tick in 0..IN_MS / TICK_MS {
        let now_ms = tick * TICK_MS;
        while came < PEOPLE && came * COMING_MS <= now_ms * PEOPLE {
            came += 1;
            host.connect(came, UserId::parse(&format!("{came:020}")).unwrap());
            let payload = json!({"dialect": "thexr.1", "version": 4, "nickname": format!("Guest {came}")});
            let join = json!(["1", "1", "room:storm", "phx_join", payload]).to_string();
            host.receive(came, Packet::Message(Transmit::Text(join)), now_ms as f64);
        }
        host.step(now_ms as f64);
        while let Some((connection, packet)) = host.poll() {
            heard.take(connection, &packet, now_ms);
        }
        if heard.joined_ms.len() as u64 == PEOPLE {
            break;
        }
    }
    assert_eq!(heard.refused, Vec::<Value>::new());
    assert_eq!(heard.joined_ms.len() as u64, PEOPLE, "bytes by second: {:?}", heard.bytes);
    let waited =
        |connection: &u64, joined_ms: &u64| joined_ms.saturating_sub(connection * COMING_MS / PEOPLE);
    let long: Vec<u64> =
        heard.joined_ms.iter().filter(|(who, at)| waited(who, at) > 1_200).map(|(who, _)| *who).collect();
    assert!(long.iter().all(|who| heard.queued.contains(who)), "who waits is told so");
    // What is told a second is what the door allows, and half a second of it that was saved up.
    let most = ADMISSION_BYTES_PER_S as usize * 3 / 2;
    assert!(heard.bytes.values().all(|bytes| *bytes <= most), "{:?}", heard.bytes);
    println!("all in after {:?} ms, bytes by second {:?}", heard.joined_ms.values().max(), heard.bytes);
}

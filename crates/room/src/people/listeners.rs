//! Who hears a room, and from where they may be heard.

use crate::log::Log;
use crate::people::People;
use crate::people::whereabouts::told_place;
use crate::rights::Permission;
use serde_json::Value;
use thexr_wire::message::Mode;
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::schema::VOICE_ZONE_RADIUS_M;

/// Zones of voices that count in one room, by id; voices carry in others as everywhere.
pub const VOICE_ZONES_MAX: usize = 64;
/// How far below its place a zone reaches, metres, by heads: who sits at a table and who stands on a stage are in it.
pub const VOICE_ZONE_BELOW_M: f32 = 1.0;
/// How far above, metres.
pub const VOICE_ZONE_ABOVE_M: f32 = 4.0;

/// Somebody who hears a room: inside, or watching.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    /// Their connection.
    pub peer: PeerId,
    /// Who they are.
    pub user: UserId,
    /// Where their head is, metres; `None` before somebody who watches has said whence.
    pub head: Option<[f32; 3]>,
    /// Whether they may be heard: they are inside with this connection, and may talk.
    pub speaks: bool,
    /// At which private table they are: who is at the same one hears them, nobody else; 0 for none.
    pub zone: u32,
    /// Whether the whole room hears them: they stand on a stage, or hold a megaphone.
    pub stage: bool,
}

/// Where voices carry otherwise.
struct Zone {
    middle: [f32; 3],
    radius: f32,
    /// Its number, for a private one; a stage has none.
    private: Option<u32>,
}

impl Zone {
    fn holds(&self, [x, y, z]: [f32; 3]) -> bool {
        let (east, north, up) = (x - self.middle[0], z - self.middle[2], y - self.middle[1]);
        east * east + north * north <= self.radius * self.radius
            && (-VOICE_ZONE_BELOW_M..=VOICE_ZONE_ABOVE_M).contains(&up)
    }
}

impl People {
    /// Everyone who hears the room, in the order of peers; lobbies do not.
    pub fn listeners<'a>(&'a self, log: &'a Log) -> impl Iterator<Item = Listener> + 'a {
        let zones = self.voice_zones(log);
        self.peers.iter().filter(|(_, peer)| !peer.is_preview()).map(move |(id, peer)| {
            let inside = self
                .persons
                .get(&peer.user)
                .filter(|person| peer.mode == Mode::Enter && person.entered.contains(id));
            let head = inside.map(|person| person.pose.head).or(peer.camera).map(|[x, y, z, ..]| [x, y, z]);
            let speaks = inside.is_some() && log.rights.permit(&peer.user, Permission::Talk).is_ok();
            let around = zones.iter().filter(|zone| head.is_some_and(|head| zone.holds(head)));
            let private = around.clone().find_map(|zone| zone.private);
            let on_stage = || around.clone().any(|zone| zone.private.is_none());
            let stage = speaks && (on_stage() || holds_a_megaphone(log, &peer.user));
            Listener { peer: *id, user: peer.user.clone(), head, speaks, zone: private.unwrap_or(0), stage }
        })
    }

    fn voice_zones(&self, log: &Log) -> Vec<Zone> {
        let zone = |(nth, id): (usize, &EntityId)| {
            let zone = log.world.entity(id)?.value("voice_zone")?;
            let told = |name: &str| zone.get(name);
            let radius =
                told("radius").and_then(Value::as_f64).map_or(VOICE_ZONE_RADIUS_M, |radius| radius as f32);
            let [x, y, z, ..] = told_place(log, self, id)?;
            let private = told("kind").and_then(Value::as_str) == Some("private");
            Some(Zone { middle: [x, y, z], radius, private: private.then_some(nth as u32 + 1) })
        };
        log.world.voice_zones().take(VOICE_ZONES_MAX).enumerate().filter_map(zone).collect()
    }
}

fn holds_a_megaphone(log: &Log, user: &UserId) -> bool {
    let is_one = |id: &EntityId| {
        let mark = log.world.entity(id).and_then(|entity| entity.value("megaphone"));
        mark.is_some_and(|mark| *mark != Value::Bool(false))
    };
    log.world.children(&EntityId::avatar(user)).any(is_one)
}

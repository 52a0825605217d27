//! What voices need to know of a room: who stands where, who may speak, who must not hear whom, and who shares onto which screen.

use crate::limits::{VOICES_HARD_PRESSED, VOICES_PRESSED};
use std::collections::{BTreeMap, BTreeSet};
use thexr_media::limits::VOICE_SLOTS_MAX;
use thexr_media::{Person, Scene, Screen};
use thexr_room::{Room, Shared, Strain};
use thexr_wire::{PeerId, UserId};

/// The scene of a room as it is now; whose line is strained hears fewer.
pub fn of_room(room: &Room, strained: &BTreeMap<PeerId, Strain>) -> Scene {
    let mut scene = Scene::default();
    for listener in room.listeners() {
        let Some(ear) = listener.head else { continue };
        let mouth = listener.speaks.then_some(ear);
        let (zone, stage) = (listener.zone, listener.stage);
        let most = voices_of(strained.get(&listener.peer).copied().unwrap_or_default());
        scene.people.push(Person { line: listener.peer, user: listener.user, ear, mouth, zone, stage, most });
    }
    let present: BTreeSet<UserId> = scene.people.iter().map(|person| person.user.clone()).collect();
    for user in &present {
        for blocked in room.rights().blocked(user).filter(|blocked| present.contains(*blocked)) {
            scene.part(user, blocked);
        }
    }
    scene.screens = room
        .shared_screens()
        .map(|Shared { screen, peer, place }| Screen { entity: screen, line: peer, place })
        .collect();
    scene
}

/// How many voices go by a line beside motion.
fn voices_of(strain: Strain) -> usize {
    match strain {
        Strain::None => VOICE_SLOTS_MAX,
        Strain::Pressed => VOICES_PRESSED,
        Strain::HardPressed => VOICES_HARD_PRESSED,
    }
}
